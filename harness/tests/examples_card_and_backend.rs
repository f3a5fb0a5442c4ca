//! The example card client and the example backend, as foreign processes: each is conformant in what it claims, and found out, by the
//! requirement that it breaks, with its planted fault.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use reports::model::{CaseResult, RunRecord, Verdict};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

fn sut(example: &str) -> PathBuf {
    Path::new(EXAMPLES).join(example).join("madoguchi.yaml")
}

fn judge(example: &str, more: &[&str], fault: Option<&str>) -> (i32, RunRecord) {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--quiet", "--sut"]).arg(sut(example)).args(more);
    command.arg("--out").arg(out.path());
    match fault {
        Some(fault) => command.env("FAULT", fault),
        None => command.env_remove("FAULT"),
    };
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let result = std::fs::read(out.path().join("result.json"));
    let result = result.unwrap_or_else(|_| panic!("{example} was not judged: {said}"));
    (output.status.code().unwrap_or(-1), reports::json::read(&result).unwrap())
}

fn conformant(example: &str, position: &str) -> RunRecord {
    let (code, record) = judge(example, &[], None);
    let fine = [Verdict::Pass, Verdict::Warn, Verdict::NotApplicable];
    let worst: Vec<_> = record
        .cases
        .iter()
        .filter(|case| !fine.contains(&case.verdict))
        .map(|case| (&case.id, &case.verdict, &case.why))
        .collect();
    assert_eq!(code, 0, "{worst:?} {:?}", record.incomplete);
    assert_eq!(record.product.positions, [position]);
    record
}

/// The failing scenario of a run with a fault, whose failed assertion must bear the requirement.
fn found_out(example: &str, only: &str, fault: &str, requirement: &str) -> CaseResult {
    let (code, record) = judge(example, &["--only", only], Some(fault));
    assert_eq!(code, 1, "{fault}");
    let failed = |case: &&CaseResult| {
        let checks = case.checks.iter().filter(|check| check.verdict == Verdict::Fail);
        checks.flat_map(|check| &check.requirement).any(|id| id == requirement)
    };
    let case = record.cases.iter().find(failed);
    case.unwrap_or_else(|| panic!("{fault} is not found by {requirement}")).clone()
}

#[test]
fn the_card_client_is_conformant_behind_the_reader() {
    let record = conformant("card-client-python", "card-middleware");
    assert!(record.cases.iter().any(|case| case.id == "card/put-back"));
    assert!(record.requirements.contains_key("OQS-PRIV-02"));
    assert!(!record.requirements.contains_key("OQS-FACE-08"), "it is not claimed");
}

#[test]
fn a_card_client_that_opens_the_file_of_the_number_is_seen_at_the_card() {
    found_out("card-client-python", "OQS-PRIV-02", "number-file", "OQS-PRIV-02");
}

#[test]
fn a_card_client_that_looks_into_the_signature_certificate_is_seen_at_the_card() {
    found_out("card-client-python", "OQS-CERT-01", "signature-certificate", "OQS-CERT-01");
}

#[test]
fn a_card_client_that_presents_a_pin_in_face_mode_costs_a_try() {
    found_out("card-client-python", "identity/face-match", "pin-in-face-mode", "OQS-FACE-06");
}

#[test]
fn the_backend_is_conformant_in_what_it_claims() {
    let record = conformant("backend-python", "backend");
    assert!(record.requirements.contains_key("OQS-CERT-07"));
    let left_out = |case: &&CaseResult| case.verdict == Verdict::NotApplicable;
    let why = |case: &CaseResult| case.why.clone().unwrap_or_default();
    assert!(record.cases.iter().filter(left_out).all(|case| why(case).contains("does not do")));
}

#[test]
fn a_backend_that_accepts_a_revoked_certificate_is_named_by_the_rule_of_revocation() {
    let case =
        found_out("backend-python", "certificate/revoked", "revoked-accepted", "OQS-CERT-07");
    assert_eq!(case.id, "certificate/revoked");
}

#[test]
fn a_backend_that_confuses_persons_is_found_out_by_twins() {
    found_out("backend-python", "inbox/twins", "first-person", "OQS-QUAL-24");
}
