//! A world whose actors are joined by calls is the same world as one over sockets: the same outcomes, the same messages across every seam, and the
//! same defects found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::path::Path;
use std::sync::Arc;

use harness::catalogue::Catalogue;
use harness::clock;
use harness::model::{Event, Outcome, World};
use harness::oracle::judge_story;
use harness::properties::fuzz::Fuzz;
use harness::properties::generate;
use harness::properties::shrink::Limits;
use harness::runner::Stop;
use harness::seed::Seed;
use harness::taps::Taps;
use harness::world::{Seams, Stage, Workshop};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use reports::evidence::EvidenceEntry;

fn workshop(seams: Seams) -> Workshop {
    drop(rustls::crypto::ring::default_provider().install_default());
    Workshop::new(Seed(1), None).unwrap().with_seams(seams)
}

/// Who said what to whom, without the bytes: nonces and sessions differ.
fn crossings(taps: &Taps) -> Vec<String> {
    let line = |entry: &EvidenceEntry| {
        let EvidenceEntry { virtual_time, seam, from, to, summary, .. } = entry;
        format!("{virtual_time} {seam:?} {from} {to} {summary:?}")
    };
    taps.entries().iter().map(line).collect()
}

async fn played(seams: Seams, (world, story): &(World, Vec<Event>)) -> (Vec<Outcome>, Vec<String>) {
    let mut stage = Stage::start(Arc::new(workshop(seams)), world.clone()).await.unwrap();
    let mut outcomes = Vec::new();
    for event in story {
        outcomes.push(stage.perform(event).await.unwrap());
    }
    (outcomes, crossings(stage.taps()))
}

#[tokio::test]
async fn the_same_messages_cross_by_calls_and_over_sockets() {
    let mut runner = TestRunner::deterministic();
    let tale = generate::visits(24).new_tree(&mut runner).unwrap().current();
    let (outcomes, crossed) = played(Seams::Calls, &tale).await;
    assert_eq!(outcomes, judge_story(&tale.0, &tale.1));
    assert_eq!((outcomes, crossed.clone()), played(Seams::Sockets, &tale).await);
    assert!(crossed.iter().any(|line| line.contains("OCSP")), "nobody asked the responder");
}

/// Some file systems take longer for short-lived files than all the rest of a visit.
#[tokio::test]
async fn by_calls_shared_folders_lie_in_memory_where_the_system_has_that() {
    let (world, story) =
        generate::visits(4).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let mut stage = Stage::start(Arc::new(workshop(Seams::Calls)), world.clone()).await.unwrap();
    for event in &story {
        stage.perform(event).await.unwrap();
    }
    let folders = world.institutions.keys().find_map(|code| stage.folders(code)).unwrap();
    let memory = Path::new("/dev/shm");
    let expected = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    assert!(folders.req.starts_with(&expected), "{}", folders.req.display());
}

fn fuzz(mutant: Option<&str>) -> Fuzz {
    let plant = mutant.map(|id| {
        let mutants = &Catalogue::embedded().unwrap().mutants;
        mutants.iter().find(|mutant| mutant.id == id).unwrap().plant.clone()
    });
    let workshop = workshop(Seams::Calls);
    let workshop = match plant {
        Some(plant) => workshop.with_plant(plant),
        None => workshop,
    };
    Fuzz {
        workshop: Arc::new(workshop),
        seed: 7,
        first: 1,
        cases: 40,
        limits: Limits { replays: 1, ..Limits::default() },
        stop: Stop::default(),
        now: clock::wall,
    }
}

#[test]
fn drawn_stories_agree_by_calls_and_a_planted_defect_is_found() {
    let (tally, found) = fuzz(None).run(&|_| {}).unwrap();
    assert!(found.is_none() && tally.judged == 40, "{tally:?}");
    let found = Fuzz { cases: 600, ..fuzz(Some("revoked-accepted")) }.run(&|_| {}).unwrap().1;
    assert!(found.unwrap().shrunk.parting.pointer.starts_with("/visit/"));
}
