//! A reader that is a server: the reference behind HTTP, as a product of somebody else, with every face, card and phone of the suite before it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod served_reader;

use std::process::{Command, Output};

use served_reader::{Habit, serve};

/// Serves the product and runs scenarios against it.
fn judge(habit: Habit, which: [&str; 2], timeout_ms: u64) -> Output {
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = serve(&runtime, habit);
    let folder = tempfile::tempdir().unwrap();
    let sut = folder.path().join("madoguchi.yaml");
    std::fs::write(&sut, format!("product: {{name: Served, version: '1', vendor: Test}}\npositions:\n  reader:\n    adapter: http\n    url: {url}\n    timeout_ms: {timeout_ms}\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.arg("run").args(which).arg("--sut").arg(&sut);
    let output = command.arg("--out").arg(folder.path().join("out")).output().unwrap();
    runtime.shutdown_background();
    output
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn the_reference_reader_is_conformant_as_somebody_elses() {
    let areas = ["identity", "card", "consent", "privacy", "certificate", "registration", "story"];
    let tags = areas.map(|area| format!("@area:{area}")).join(" or ");
    let output = judge(Habit::None, ["--tags", &tags], 60_000);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(!told.contains("not applicable"), "{told}");
}

#[test]
fn a_reader_that_takes_one_consent_for_all_is_found_out() {
    let output = judge(Habit::AssumesConsents, ["--only", "consent/drugs-only"], 60_000);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("OQS-CONS-02"), "{told}");
}

#[test]
fn a_reader_that_knows_every_face_is_found_out() {
    let output = judge(Habit::KnowsEverybody, ["--only", "identity/face-mismatch"], 60_000);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("OQS-FACE-04"), "{told}");
}

#[test]
fn a_reader_that_does_not_tell_how_a_visit_ended_is_inconclusive_and_never_failed() {
    for (habit, word) in
        [(Habit::Dreams, "gave no answer within"), (Habit::TellsHalf, "missing field `asked`")]
    {
        let output = judge(habit, ["--only", "identity/right-pin"], 2_000);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(4), "{habit:?}: {told}");
        assert!(told.contains(word), "{habit:?}: {told}");
    }
}
