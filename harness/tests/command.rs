//! The command as its users meet it: exit codes, errors with a next step, files it writes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::path::Path;
use std::process::{Command, Output};

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).env("LANG", "C").output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A product that is started with this command.
fn product(folder: &Path, command: &str) -> String {
    let file = folder.join("madoguchi.yaml");
    let yaml = format!(
        "product: {{name: Broken, version: '0', vendor: Test}}\npositions:\n  receipt-computer:\n    adapter: process\n    command: {command}\n    timeout_ms: 300\n"
    );
    std::fs::write(&file, yaml).unwrap();
    file.to_string_lossy().into_owned()
}

#[test]
fn one_scenario_is_run_and_everything_is_written() {
    let out = tempfile::tempdir().unwrap();
    let output = madoguchi(&[
        "run",
        "--only",
        "certificate/revoked",
        "--out",
        &out.path().to_string_lossy(),
    ]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    for file in ["index.html", "junit.xml", "result.json", "evidence/certificate--revoked.jsonl"] {
        assert!(out.path().join(file).metadata().unwrap().len() > 0, "{file}");
    }
    assert!(told(&output).contains("index.html"), "the path of the report is printed");
    let evidence = std::fs::read(out.path().join("evidence/certificate--revoked.jsonl")).unwrap();
    assert!(reports::evidence::verify_chain(&evidence).is_ok());
}

#[test]
fn quiet_says_nothing() {
    let out = tempfile::tempdir().unwrap();
    let output = madoguchi(&[
        "run",
        "--quiet",
        "--only",
        "identity/no-card",
        "--out",
        &out.path().to_string_lossy(),
    ]);
    assert_eq!((code(&output), told(&output)), (0, String::new()));
}

#[test]
fn an_unknown_name_is_usage_and_the_nearest_is_offered() {
    for arguments in
        [&["run", "--only", "certificate/revokd"][..], &["explain", "certificate/revokd"]]
    {
        let output = madoguchi(arguments);
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains("certificate/revoked"), "{}", told(&output));
    }
    assert_eq!(code(&madoguchi(&["run", "--tags", "@nowhere"])), 2);
    assert_eq!(code(&madoguchi(&["run", "--sed", "1"])), 2);
    let output = madoguchi(&["card", "issue", "--persona", "hanak", "--out", "unused"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("hanako"));
}

#[test]
fn a_wrong_configuration_is_3_and_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.yaml");
    assert_eq!(code(&madoguchi(&["run", "--sut", &missing.to_string_lossy()])), 3);
    let file = folder.path().join("typo.yaml");
    std::fs::write(&file, "product: {name: P, version: '1', vendr: V}\n").unwrap();
    let output = madoguchi(&["run", "--sut", &file.to_string_lossy()]);
    assert_eq!(code(&output), 3);
    assert!(told(&output).contains("line 1"), "{}", told(&output));
    assert!(told(&output).contains("next:"), "{}", told(&output));
}

#[test]
fn a_product_that_cannot_be_started_is_a_configuration_error() {
    let folder = tempfile::tempdir().unwrap();
    let sut = product(folder.path(), "[no-such-program-anywhere]");
    let out = folder.path().join("out");
    let output = madoguchi(&[
        "run",
        "--sut",
        &sut,
        "--only",
        "inbox/chart",
        "--out",
        &out.to_string_lossy(),
    ]);
    assert_eq!(code(&output), 3, "{}", told(&output));
}

#[test]
fn a_folder_that_cannot_be_written_is_said_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let output = madoguchi(&[
        "run",
        "--only",
        "identity/no-card",
        "--out",
        &file.join("below").to_string_lossy(),
    ]);
    assert_eq!(code(&output), 4, "{}", told(&output));
    assert!(told(&output).contains("--out"), "{}", told(&output));
}

#[test]
fn lists_are_for_people_and_for_programs() {
    for what in ["scenarios", "requirements", "personas"] {
        let text = madoguchi(&["list", what]);
        assert_eq!(code(&text), 0);
        let json = madoguchi(&["list", what, "--format", "json"]);
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(rows.len(), String::from_utf8_lossy(&text.stdout).lines().count(), "{what}");
        assert!(rows.len() >= 16);
    }
}

#[test]
fn scenarios_and_requirements_are_explained() {
    let scenario = told(&madoguchi(&["explain", "certificate/revoked"]));
    assert!(
        scenario.contains("certificate/valid") && scenario.contains("OQS-CERT-07"),
        "{scenario}"
    );
    let requirement = told(&madoguchi(&["explain", "OQS-MSG-19"]));
    assert!(requirement.contains("inbox/two-readers"), "{requirement}");
}

#[test]
fn an_issued_card_holds_throwaway_keys_and_never_the_number() {
    let out = tempfile::tempdir().unwrap();
    let output = madoguchi(&[
        "card",
        "issue",
        "--persona",
        "hanako",
        "--out",
        &out.path().to_string_lossy(),
    ]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let number = harness::catalogue::Catalogue::embedded().unwrap().personas["hanako"]
        .individual_number
        .clone();
    for entry in std::fs::read_dir(out.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(&number));
    }
    assert!(out.path().join("user-authentication.key.pem").is_file());
    assert!(out.path().join("photo.png").is_file());
}

#[test]
fn a_taken_port_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = madoguchi(&["authority", "serve", "--listen", &address]);
    assert_eq!(code(&output), 4);
    assert!(
        told(&output).contains(&address) && told(&output).contains("--listen"),
        "{}",
        told(&output)
    );
}
