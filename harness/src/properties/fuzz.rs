//! Draws stories, plays each against a product or the reference stack, and makes the first that parts from the oracle small.
//!
//! Story N of a seed is the same whatever else is drawn, on any number of cores: of several that part the first by number is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use reports::model::Verdict;
use tokio::runtime::{Builder, Runtime};

use super::generate::story;
use super::play::{Played, play_what_it_does};
use super::shrink::{Limits, Means, Shrinking, Shrunk, Tale};
use crate::error::BenchError;
use crate::runner::{Stop, at_once, runners};
use crate::seed::Seed;
use crate::world::Workshop;

/// What is drawn, and against what it is played.
pub struct Fuzz {
    /// The reference stack, a product in it, or a defect in it.
    pub workshop: Arc<Workshop>,
    /// The seed from which stories are drawn.
    pub seed: u64,
    /// The first story, from 1.
    pub first: u32,
    /// How many.
    pub cases: u32,
    /// How long a counterexample may be shrunk.
    pub limits: Limits,
    /// Once set, nothing further is begun.
    pub stop: Stop,
    /// The wall clock, for the longest time of shrinking.
    pub now: fn() -> Timestamp,
}

/// What has just been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A story was played.
    Story,
    /// One that parts was played again, to make it smaller.
    Replay,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Tally {
    /// Stories that were played to their end, or to where they part.
    pub judged: u32,
    /// Visits in them.
    pub visits: u32,
    /// Stories that were played without what the product does not do.
    pub in_part: u32,
    /// Stories of which nobody could see what came of them, each with the reason.
    pub unseen: BTreeMap<u32, BenchError>,
    /// Stories that parted once and not again.
    pub unrepeatable: Vec<u32>,
    /// Stories that were not begun.
    pub left: u32,
}

/// A counterexample.
#[derive(Debug)]
pub struct Found {
    /// Which story of the seed.
    pub number: u32,
    /// The same, small.
    pub shrunk: Shrunk,
}

impl Fuzz {
    /// Plays stories until one parts from the oracle, and again when it is played once more. `told` hears of each story and
    /// each replay.
    ///
    /// # Errors
    /// What is nobody's verdict and keeps everything further from being played: a fault of the bench or of the configuration, a product that is
    /// not asked any more.
    pub fn run(&self, told: &(dyn Fn(Work) + Sync)) -> Result<(Tally, Option<Found>), BenchError> {
        let mut tally = Tally::default();
        let mut from = self.first;
        while let Some(number) = self.first_that_parts(from, &mut tally, told)? {
            let runtime = runtime()?;
            let replay = |tale: &Tale| {
                told(Work::Replay);
                runtime.block_on(play_what_it_does(&self.workshop, tale))
            };
            let now = || (self.now)();
            let is_unwished = || self.stop.load(Ordering::Relaxed);
            let means = Means { now: &now, is_unwished: &is_unwished, play: &replay };
            let shrinking = Shrinking::new(self.limits, means);
            if let Some(shrunk) = shrinking.shrink(self.tree(number)?) {
                return Ok((tally, Some(Found { number, shrunk })));
            }
            tally.judged -= 1;
            tally.unrepeatable.push(number);
            from = number + 1;
        }
        Ok((tally, None))
    }

    /// The story of this number, with everything smaller.
    fn tree(&self, number: u32) -> Result<Box<dyn ValueTree<Value = Tale>>, BenchError> {
        let bytes = Seed(self.seed).bytes(&format!("story {number}"));
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let config = Config { failure_persistence: None, ..Config::default() };
        let tree = story().new_tree(&mut TestRunner::new_with_rng(config, rng));
        Ok(Box::new(tree.map_err(|reason| BenchError::setup("stories", reason))?))
    }

    fn first_that_parts(
        &self,
        from: u32,
        tally: &mut Tally,
        told: &(dyn Fn(Work) + Sync),
    ) -> Result<Option<u32>, BenchError> {
        let played = self.played(from, told)?;
        let end = self.first.saturating_add(self.cases);
        let parting = played.iter().find(|(_, (_, it))| matches!(it, Played::Parts(_)));
        let parting = parting.map(|(number, _)| *number);
        let mut left = end.saturating_sub(from);
        for (number, (is_whole, played)) in played {
            // What was played beyond the first that parts depends on the cores.
            if parting.is_some_and(|first| number > first) {
                break;
            }
            left -= 1;
            tally.in_part += u32::from(!is_whole);
            tally.add(number, played)?;
        }
        tally.left = left;
        Ok(parting)
    }

    /// Plays stories from this number on, each whole or in part, as many at once as scenarios of a run, up to the first that parts or the first that ends everything.
    fn played(
        &self,
        from: u32,
        told: &(dyn Fn(Work) + Sync),
    ) -> Result<BTreeMap<u32, (bool, Played)>, BenchError> {
        // A story mostly waits for folders to be looked into: others play meanwhile.
        let at_once = runners(&self.workshop) * at_once(&self.workshop);
        let end = self.first.saturating_add(self.cases).saturating_sub(1);
        let (next, end) = (AtomicU32::new(from), AtomicU32::new(end));
        let all = Mutex::new(BTreeMap::new());
        let work = || {
            let runtime = runtime()?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number > end.load(Ordering::Relaxed) || self.stop.load(Ordering::Relaxed) {
                    return Ok(());
                }
                let drawn = self.tree(number)?.current();
                let ((_, story), played) =
                    runtime.block_on(play_what_it_does(&self.workshop, &drawn));
                let is_whole = story.len() == drawn.1.len();
                told(Work::Story);
                if ends_everything(&played) {
                    end.fetch_min(number, Ordering::Relaxed);
                }
                all.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(number, (is_whole, played));
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| Err(BenchError::setup("fuzz", "a thread panicked")))
            })
        })?;
        Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Tally {
    fn add(&mut self, number: u32, played: Played) -> Result<(), BenchError> {
        match played {
            Played::Agrees { visits } => {
                self.judged += 1;
                self.visits += visits;
            }
            Played::Parts(_) => self.judged += 1,
            // What the product does not do was left out before.
            Played::NotForIt(_) => {}
            Played::Unseen(error) if is_fatal(&error) => return Err(error),
            Played::Unseen(error) => drop(self.unseen.insert(number, error)),
        }
        Ok(())
    }
}

fn ends_everything(played: &Played) -> bool {
    match played {
        Played::Parts(_) => true,
        Played::Unseen(error) => is_fatal(error),
        Played::Agrees { .. } | Played::NotForIt(_) => false,
    }
}

/// Whether there is no use in going on.
fn is_fatal(error: &BenchError) -> bool {
    let is_given_up = matches!(error, BenchError::ProductGivenUp { .. });
    is_given_up || error.verdict() != Verdict::Inconclusive
}

fn runtime() -> Result<Runtime, BenchError> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| BenchError::setup("runtime", error))
}
