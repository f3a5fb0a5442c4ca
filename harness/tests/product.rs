//! The example receipt computer in Python, as a foreign product: conformant as it is, found out with its planted fault.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::process::Command;

use reports::model::{RunRecord, Verdict};

const SUT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/receipt-computer-python/madoguchi.yaml");

fn judge(only: Option<&str>, fault: Option<&str>) -> (i32, RunRecord) {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--quiet", "--sut", SUT, "--out"]).arg(out.path());
    if let Some(id) = only {
        command.args(["--only", id]);
    }
    match fault {
        Some(fault) => command.env("FAULT", fault),
        None => command.env_remove("FAULT"),
    };
    let status = command.status().unwrap();
    let result = std::fs::read(out.path().join("result.json"))
        .expect("the run wrote its result; is python3 installed?");
    (status.code().unwrap_or(-1), reports::json::read(&result).unwrap())
}

#[test]
fn the_example_is_conformant() {
    let (code, record) = judge(None, None);
    let worst: Vec<_> = record
        .cases
        .iter()
        .filter(|case| case.verdict != Verdict::Pass)
        .map(|case| (&case.id, &case.why))
        .collect();
    assert_eq!(code, 0, "{worst:?}");
    assert_eq!(record.product.positions, ["receipt-computer"]);
}

#[test]
fn its_planted_fault_is_a_mix_up_of_patients_and_names_the_requirement() {
    let (code, record) = judge(Some("OQS-MSG-19"), Some("newest-file"));
    assert_eq!(code, 1);
    let failed: Vec<_> = record.cases.iter().filter(|case| case.verdict == Verdict::Fail).collect();
    let case = failed
        .iter()
        .find(|case| case.id == "inbox/waiting-for-another")
        .expect("the mix-up is found");
    let check = case.checks.iter().find(|check| check.verdict == Verdict::Fail).unwrap();
    assert!(check.requirement.iter().any(|id| id == "OQS-PRIV-09"), "{check:?}");
    assert!(case.why.as_ref().unwrap().contains("OQS-"), "{:?}", case.why);
}
