//! Drawn visits a second within one process, on all cores: every signature made and verified, every outcome held against the oracle; over loopback sockets in the same run
//!
//! `cargo bench -p harness --features fast-crypto --bench in_process`. Worlds of some people and one or two institutions are drawn, in each so many
//! visits by face, by PIN and by the eyes of staff. Starting the world counts. As with `madoguchi fuzz`, more worlds are under way than there are
//! cores, so that none of these stands still while a store answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench may fail, and prints its figures"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use harness::checks::seams::Sighting;
use harness::judge::compare;
use harness::model::{Event, Mode, Outcome, World};
use harness::oracle::judge_story;
use harness::properties::generate;
use harness::seed::Seed;
use harness::world::{Seams, Stage, Workshop};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Visits of one world.
const VISITS: usize = 200;
/// Worlds of one turn, for each core: so many that the end, where cores run out of worlds, weighs little.
const WORLDS: u32 = 16;
/// Of them under way at once, for each core.
const AT_ONCE: usize = 4;
/// The best of so many turns.
const TURNS: u32 = 3;

type Tale = (World, Vec<Event>);

/// What was done in one turn.
#[derive(Default)]
struct Count {
    visits: u32,
    /// Of them with a card's signature that the backend verified, or refused.
    signed: usize,
    completed: u32,
}

fn tale(number: u32) -> Tale {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &Seed(1).bytes(&format!("tale {number}")));
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    generate::visits(VISITS).new_tree(&mut runner).unwrap().current()
}

/// The visits of one kind alone, or all of them.
fn only(tale: &Tale, kind: Option<&str>) -> Tale {
    let keep = |event: &&Event| {
        let Event::Visit(visit) = event else { return true };
        kind.is_none_or(|kind| kind == word(&visit.mode))
    };
    (tale.0.clone(), tale.1.iter().filter(keep).cloned().collect())
}

fn word(mode: &Mode) -> &'static str {
    match mode {
        Mode::Face => "by face",
        Mode::Pin(_) => "by PIN",
        Mode::Visual(_) => "by sight",
    }
}

async fn play(workshop: &Arc<Workshop>, (world, story): &Tale) -> Count {
    let mut stage = Stage::start(Arc::clone(workshop), world.clone()).await.unwrap();
    let mut count = Count::default();
    for (event, expected) in story.iter().zip(judge_story(world, story)) {
        let actual = stage.perform(event).await.unwrap();
        let judgement = compare(event, &expected, &actual, None);
        assert!(judgement.divergence.is_none(), "{event:?}: {:?}", judgement.divergence);
        if let Outcome::Visit(visit) = &actual {
            count.visits += 1;
            count.completed += u32::from(visit.answer.is_some());
        }
    }
    count.signed = stage.taps().count(Sighting::CertificateSent);
    count
}

/// One turn on all cores: visits a second, and what was done.
fn turn(workshop: &Arc<Workshop>, cores: usize, tales: &[Tale]) -> (f64, Count) {
    let waiting = Mutex::new(tales.iter());
    let next = || waiting.lock().unwrap().next();
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let tales = std::iter::from_fn(next);
        tales.map(|tale| runtime.block_on(play(workshop, tale))).collect::<Vec<_>>()
    };
    let began = Instant::now();
    let counts: Vec<Count> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores * AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let took = began.elapsed().as_secs_f64();
    let sum = counts.into_iter().fold(Count::default(), |sum, count| Count {
        visits: sum.visits + count.visits,
        signed: sum.signed + count.signed,
        completed: sum.completed + count.completed,
    });
    (f64::from(sum.visits) / took, sum)
}

fn main() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let tales: Vec<Tale> = (0..WORLDS * u32::try_from(cores).unwrap()).map(tale).collect();
    let sockets = Arc::new(Workshop::new(Seed(1), None).unwrap());
    let calls = Arc::new((*sockets).clone().with_seams(Seams::Calls));
    let mut best: BTreeMap<(&str, &str), (f64, Count)> = BTreeMap::new();
    for _ in 0..TURNS {
        for (way, workshop) in [("by calls", &calls), ("over sockets", &sockets)] {
            for kind in [None, Some("by face"), Some("by PIN"), Some("by sight")] {
                let tales: Vec<Tale> = tales.iter().map(|tale| only(tale, kind)).collect();
                let (rate, count) = turn(workshop, cores, &tales);
                let key = (way, kind.unwrap_or("as drawn"));
                if best.get(&key).is_none_or(|(before, _)| *before < rate) {
                    best.insert(key, (rate, count));
                }
            }
        }
    }
    for ((way, kind), (rate, Count { visits, signed, completed })) in best {
        println!(
            "{way}, {kind}: {rate:.0} visits a second on {cores} cores ({visits} visits, {signed} signed, {completed} completed)"
        );
    }
}
