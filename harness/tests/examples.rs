//! The example products of the positions beside the receipt computer's, as foreign processes: each is conformant in what it claims, and
//! found out, by the requirement that it breaks, with its planted fault.

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
fn the_matcher_is_conformant_and_decides_every_face() {
    let record = conformant("face-matcher-python", "matcher");
    let asked = |case: &CaseResult| {
        case.evidence_file.contains("identity--")
            && case
                .checks
                .iter()
                .any(|check| check.requirement.iter().any(|id| id == "OQS-FACE-04"))
    };
    assert!(record.cases.iter().any(asked));
    assert!(record.requirements.keys().all(|id| id.starts_with("OQS-FACE-")));
}

#[test]
fn a_matcher_that_gives_way_at_the_second_try_lets_a_stranger_through() {
    let case = found_out("face-matcher-python", "OQS-FACE-04", "second-try", "OQS-FACE-04");
    assert!(case.id.starts_with("identity/"), "{}", case.id);
}

#[test]
fn a_matcher_that_falls_silent_is_never_a_mismatch() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = std::fs::read_to_string(sut("face-matcher-python")).unwrap();
    let example = Path::new(EXAMPLES).join("face-matcher-python/matcher.py");
    // It answers what doctor asks, one question after another, and then no more.
    let script =
        format!("[sh, -c, 'FAULT=gone FAULT_EVERY=12 exec python3 -B {}']", example.display());
    let yaml = yaml.replace("[python3, -B, matcher.py]", &script);
    let (yaml, _) = yaml.split_once("claims:").unwrap();
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let out = folder.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--only", "identity/ten-failures", "--sut"]);
    command.arg(folder.path().join("madoguchi.yaml")).arg("--out").arg(&out);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_terminal_is_conformant() {
    let record = conformant("terminal-node", "terminal");
    let not_claimed: Vec<_> =
        record.scope.not_claimed.iter().map(|row| row.requirement.as_str()).collect();
    assert!(not_claimed.contains(&"OQS-OPS-05"), "{not_claimed:?}");
    assert!(record.requirements.contains_key("OQS-MSG-02"));
}

#[test]
fn a_terminal_that_puts_each_result_out_twice_is_named_by_the_rule_of_one_result() {
    found_out("terminal-node", "OQS-MSG-02", "twice", "OQS-MSG-02");
}

#[test]
fn what_is_not_claimed_is_not_applicable_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = std::fs::read_to_string(sut("terminal-node")).unwrap();
    let example = Path::new(EXAMPLES).canonicalize().unwrap().join("terminal-node/terminal.js");
    let yaml = yaml.replace("terminal.js", &example.display().to_string());
    let yaml = yaml.replace("OQS-MSG,", "OQS-MSG-01,");
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let out = folder.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--quiet", "--only", "story/eight-steps", "--sut"]);
    command.arg(folder.path().join("madoguchi.yaml")).arg("--out").arg(&out);
    // What it breaks is not what it claims.
    assert_eq!(command.env("FAULT", "twice").status().unwrap().code(), Some(0));
    let record = reports::json::read(&std::fs::read(out.join("result.json")).unwrap()).unwrap();
    let bears = |id: &str| {
        let checks = record.cases.iter().flat_map(|case| &case.checks);
        checks.filter(|check| check.requirement.iter().any(|borne| borne == id)).collect::<Vec<_>>()
    };
    assert!(bears("OQS-MSG-02").iter().all(|check| check.verdict == Verdict::NotApplicable));
    assert!(bears("OQS-CERT-02").iter().all(|check| check.verdict == Verdict::Pass));
    let not_claimed = &record.scope.not_claimed;
    assert!(not_claimed.iter().any(|row| row.requirement == "OQS-MSG-02"), "{not_claimed:?}");
    assert!(!record.requirements.contains_key("OQS-MSG-02"));
}

#[test]
fn one_product_fills_two_positions() {
    let folder = tempfile::tempdir().unwrap();
    let examples = Path::new(EXAMPLES).canonicalize().unwrap();
    let yaml = format!(
        "product: {{name: Example Terminal, version: 1.0.0, vendor: Test}}\npositions:\n  matcher:\n    adapter: process\n    command: [python3, -B, {matcher}]\n    threshold: 0.85\n  terminal:\n    adapter: process\n    command: [node, {terminal}]\n    timeout_ms: 10000\n",
        matcher = examples.join("face-matcher-python/matcher.py").display(),
        terminal = examples.join("terminal-node/terminal.js").display(),
    );
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let out = folder.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--quiet", "--only", "story/eight-steps", "--sut"]);
    command.arg(folder.path().join("madoguchi.yaml")).arg("--out").arg(&out);
    assert_eq!(command.status().unwrap().code(), Some(0));
    let record = reports::json::read(&std::fs::read(out.join("result.json")).unwrap()).unwrap();
    assert_eq!(record.product.positions, ["matcher", "terminal"]);
    let evidence = std::fs::read_to_string(out.join("evidence/story--eight-steps.jsonl")).unwrap();
    for seam in ["matcher", "reader", "folder", "backend"] {
        assert!(evidence.contains(&format!("\"seam\":\"{seam}\"")), "{seam}");
    }
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
fn the_reader_is_conformant_in_what_it_claims() {
    let record = conformant("reader-python", "reader");
    for id in [
        "identity/five-digits",
        "identity/staff-confirm",
        "identity/android",
        "card/swapped-by-pin",
    ] {
        assert!(
            record.cases.iter().any(|case| case.id == id && case.verdict == Verdict::Pass),
            "{id}"
        );
    }
    assert!(record.requirements.contains_key("OQS-PIN-08"));
    let left_out = |case: &&CaseResult| case.verdict == Verdict::NotApplicable;
    let why = |case: &CaseResult| case.why.clone().unwrap_or_default();
    assert!(record.cases.iter().filter(left_out).all(|case| why(case).contains("no faces")));
}

#[test]
fn a_reader_that_hands_on_what_was_typed_is_named_by_the_rule_of_the_pin() {
    let case = found_out("reader-python", "privacy/pin", "pin-handed-on", "OQS-PIN-08");
    assert_eq!(case.id, "privacy/pin");
}

#[test]
fn the_authority_client_is_conformant_and_decides_every_certificate() {
    let record = conformant("authority-client-python", "authority-client");
    let bound: Vec<_> = record.requirements.keys().map(String::as_str).collect();
    let rows = ["05", "06", "07", "08", "09", "16", "19", "20", "21", "22"];
    assert_eq!(bound, rows.map(|row| format!("OQS-CERT-{row}")));
}

#[test]
fn an_authority_client_that_overlooks_a_hold_is_named_by_the_rule_of_loss() {
    let case = found_out("authority-client-python", "OQS-CERT-08", "held-is-good", "OQS-CERT-08");
    assert_eq!(case.id, "certificate/held");
}

#[test]
fn an_authority_client_that_asks_only_once_is_named_by_the_rule_of_each_use() {
    found_out(
        "authority-client-python",
        "certificate/revoked-between-visits",
        "remembered",
        "OQS-CERT-22",
    );
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

#[test]
fn the_card_is_conformant() {
    let record = conformant("card-python", "card");
    for id in ["OQS-CARD-08", "OQS-FACE-14", "OQS-PIN-02", "OQS-PIN-03", "OQS-PIN-09"] {
        assert!(record.requirements.contains_key(id), "{id}");
    }
    let passed = |id: &str| {
        let mut cases = record.cases.iter();
        cases.any(|case| case.id == id && case.verdict == Verdict::Pass)
    };
    // A hand at the reader moves the product's card, which knows nothing of it.
    assert!(passed("card/put-back") && passed("card/swapped-by-pin"));
    let left_out: Vec<_> =
        record.cases.iter().filter(|case| case.verdict == Verdict::NotApplicable).collect();
    let why = |case: &CaseResult| case.why.clone().unwrap_or_default();
    assert!(left_out.iter().any(|case| case.id == "card/mute"), "a product does not misbehave");
    assert!(left_out.iter().all(|case| why(case).contains("does not do this: a ")), "{left_out:?}");
}

#[test]
fn a_card_that_loses_the_count_of_wrong_pins_with_the_power_is_named() {
    let case = found_out("card-python", "identity/wrong-pin", "pin-forgiving", "OQS-PIN-02");
    assert_eq!(case.id, "identity/wrong-pin");
}

#[test]
fn a_card_that_takes_a_try_from_whoever_asks_is_named() {
    found_out("card-python", "OQS-PIN-09", "costly-question", "OQS-PIN-09");
}
