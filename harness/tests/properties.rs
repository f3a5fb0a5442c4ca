//! The living actors held against the reference pipeline, visit by visit, in worlds and stories that nobody wrote.
//!
//! Each story is performed on a stage of its own, over every seam and real sockets, and each event's outcome is compared with
//! what the oracle expects, while insurers feed beside it. A run is deterministic. `MADOGUCHI_CASES` asks for more visits than an
//! ordinary run has, `MADOGUCHI_SEED` for other stories. What fails shrinks, is told in words, and is kept in
//! `proptest-regressions/`, from where every later run takes it up first.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::cell::Cell;
use std::sync::Arc;

use harness::model::{Event, World};
use harness::properties::describe;
use harness::properties::generate::story;
use harness::properties::play::{Parting, Played, play};
use harness::seed::Seed;
use harness::world::Workshop;
use proptest::test_runner::{
    Config, FileFailurePersistence, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner,
};
use tokio::runtime::{Builder, Runtime};

/// Visits of an ordinary run.
const VISITS: u32 = 2_000;
/// Stages at work side by side.
const THREADS: u32 = 2;
/// Stories that failed once.
const REGRESSIONS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/properties.txt");

type Story = (World, Vec<Event>);

/// One thread's share of the run.
struct Examiner {
    workshop: Arc<Workshop>,
    runtime: Runtime,
    wanted: u32,
    visits: Cell<u32>,
    failing: Cell<bool>,
}

impl Examiner {
    fn new(workshop: Arc<Workshop>, wanted: u32) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { workshop, runtime, wanted, visits: Cell::new(0), failing: Cell::new(false) }
    }

    /// Examines stories until enough visits have been made; the failing story in words.
    fn run(&self, seed: u64) -> Result<u32, String> {
        let config = Config {
            // No story is without a visit for long; those beyond the wanted number are drawn and not performed.
            cases: self.wanted,
            failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
            max_shrink_iters: 1_000,
            ..Config::default()
        };
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(config, rng);
        runner.run(&story(), |story| self.examine(&story)).map_err(|error| in_words(&error))?;
        Ok(self.visits.get())
    }

    fn examine(&self, story: &Story) -> Result<(), TestCaseError> {
        // While a failure shrinks, every story counts.
        if !self.failing.get() && self.visits.get() >= self.wanted {
            return Ok(());
        }
        let performed = self.runtime.block_on(perform(&self.workshop, story));
        self.failing.set(self.failing.get() || performed.is_err());
        self.visits.set(self.visits.get() + performed.map_err(TestCaseError::fail)?);
        Ok(())
    }
}

/// The number of visits in a story in which the actors do as expected, or the first place where they do not.
async fn perform(workshop: &Arc<Workshop>, (world, story): &Story) -> Result<u32, String> {
    match play(workshop, world, story).await {
        Played::Agrees { visits } => Ok(visits),
        Played::Parts(Parting { nth, pointer, expected, actual, .. }) => {
            Err(format!("at event {}, {pointer}: expected {expected}, actual {actual}", nth + 1))
        }
        Played::NotForIt(_) => Err("the reference stack does not do this".to_owned()),
        Played::Unseen(error) => Err(format!("the bench fails: {error}")),
    }
}

fn in_words(error: &TestError<Story>) -> String {
    match error {
        TestError::Abort(reason) => format!("no story could be drawn: {reason}"),
        TestError::Fail(reason, (world, story)) => format!("{reason}\n{}", describe(world, story)),
    }
}

fn number_from(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

#[test]
fn the_actors_do_what_the_oracle_expects() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
    let wanted = number_from("MADOGUCHI_CASES", VISITS).div_ceil(THREADS);
    let seed = u64::from(number_from("MADOGUCHI_SEED", 1)) * u64::from(THREADS);
    let examined: Vec<Result<u32, String>> = std::thread::scope(|scope| {
        let seeds = (0..THREADS).map(|nth| seed + u64::from(nth));
        let workshop = &workshop;
        let examine = |seed| move || Examiner::new(Arc::clone(workshop), wanted).run(seed);
        let threads: Vec<_> = seeds.map(|seed| scope.spawn(examine(seed))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for share in &examined {
        let visits = share.as_ref().unwrap_or_else(|failure| panic!("{failure}"));
        assert!(*visits >= wanted, "only {visits} of {wanted} visits were made");
    }
}
