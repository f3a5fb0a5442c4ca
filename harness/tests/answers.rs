//! What the backend answers: every message of a whole run fits its schema, and receipt computers survive each form of answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use harness::catalogue::{Case, Catalogue};
use harness::runner;
use harness::seed::Seed;
use harness::world::{Witness, Workshop};
use reports::model::{CaseResult, Verdict};
use sim_backend::messages::{Family, Named, identify, schema};

const EXAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/receipt-computer-python/receipt_computer.py");
/// Files given to one xmllint.
const BATCH: usize = 200;

type Seen = Arc<Mutex<BTreeMap<Family, BTreeSet<Vec<u8>>>>>;

fn run(cases: &[&'static Case], workshop: Workshop) -> Vec<CaseResult> {
    let progress = Arc::new(|_: &str| {}) as runner::Progress;
    runner::run(cases, &Arc::new(workshop), &progress, &runner::Stop::default()).unwrap()
}

fn workshop() -> Workshop {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Workshop::new(Seed(1), None).unwrap()
}

#[test]
fn xmllint_accepts_every_answer_of_the_suite() {
    let catalogue = Catalogue::embedded().unwrap();
    let cases: Vec<_> = catalogue.cases.iter().collect();
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let witness: Witness = Arc::new(move |name, bytes| {
        let Named::Simulated(family) = identify(name) else { panic!("{name} is no message") };
        kept.lock().unwrap().entry(family).or_default().insert(bytes.to_vec());
    });
    let results = run(&cases, workshop().with_witness(witness));
    assert!(results.iter().all(|case| case.verdict == Verdict::Pass));
    let seen = seen.lock().unwrap();
    for family in [
        Family::QualificationAnswer,
        Family::DrugAnswer,
        Family::ChallengeAnswer,
        Family::CertificateAnswer,
    ] {
        assert!(seen.get(&family).is_some_and(|seen| seen.len() > 3), "{family:?}");
    }
    for (family, answers) in seen.iter() {
        // A history that was asked for as a document is no message (OQS-INFO-07).
        let answers: Vec<_> =
            answers.iter().filter(|answer| !answer.starts_with(b"%PDF-")).collect();
        answers.chunks(BATCH).for_each(|batch| lint(*family, batch));
    }
}

/// Holds documents against the schema of their family, all in one process.
fn lint(family: Family, documents: &[&Vec<u8>]) {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join(schema::file_name(family));
    std::fs::write(&rules, schema::xsd(family)).unwrap();
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--schema"]).arg(&rules);
    for (at, document) in documents.iter().enumerate() {
        let file = folder.path().join(format!("{at}.xml"));
        std::fs::write(&file, readable(document)).unwrap();
        command.arg(file);
    }
    let output = command.output().expect("this test needs the Debian package: libxml2-utils");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{family:?}: {said}");
    assert_eq!(said.matches(" validates").count(), documents.len(), "{said}");
}

/// The interface says Shift_JIS and means Windows-31J; iconv behind xmllint knows that as CP932.
fn readable(document: &[u8]) -> Vec<u8> {
    match document.windows(9).position(|label| label == b"Shift_JIS") {
        Some(at) => [&document[..at], b"CP932", &document[at + 9..]].concat(),
        None => document.to_vec(),
    }
}

/// Scenarios in which answers of each kind reach a receipt computer.
const AREAS: &str = "@area:query or @area:story";

/// The command with answers of some forms, against the reference stack or a product.
fn madoguchi(answers: &str, sut: Option<&str>) -> (i32, String) {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--tags", AREAS, "--answers", answers, "--out"]).arg(out.path());
    if let Some(sut) = sut {
        command.args(["--sut", sut]);
    }
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}

const FORMS: [&str; 8] = [
    "shuffled",
    "empty-optionals",
    "unknown-elements",
    "prescription-after-records",
    "prescription-in-record",
    "utf-8",
    "shift-jis",
    "shuffled,empty-optionals,unknown-elements,prescription-in-record,shift-jis",
];

#[test]
fn the_reference_survives_every_form_of_answers() {
    for form in FORMS {
        let (code, said) = madoguchi(form, None);
        assert_eq!(code, 0, "{form}: {said}");
    }
}

/// The example with the patience of a machine that is busy with other tests.
fn example(folder: &Path) -> String {
    let file = folder.join("madoguchi.yaml");
    let yaml = format!(
        "product: {{name: Example Receipt Computer, version: 1.0.0, vendor: Test}}\npositions:\n  receipt-computer:\n    adapter: process\n    command: [python3, -B, {EXAMPLE}]\n    timeout_ms: 60000\n"
    );
    std::fs::write(&file, yaml).unwrap();
    file.to_string_lossy().into_owned()
}

#[test]
fn the_example_survives_every_form_of_answers() {
    let folder = tempfile::tempdir().unwrap();
    let sut = example(folder.path());
    for form in FORMS {
        let (code, said) = madoguchi(form, Some(&sut));
        assert_eq!(code, 0, "{form}: {said}");
    }
}

#[test]
fn schemas_are_exported_and_forms_are_named_when_misspelt() {
    let out = tempfile::tempdir().unwrap();
    let export = |folder: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(["export", "schemas", "--out"]).arg(folder).output().unwrap()
    };
    assert!(export(out.path()).status.success());
    for family in Family::ALL {
        let text = std::fs::read_to_string(out.path().join(schema::file_name(*family))).unwrap();
        assert_eq!(text, schema::xsd(*family));
    }
    let (code, said) = madoguchi("shufled", None);
    assert_eq!(code, 2);
    assert!(said.contains("shuffled") && said.contains("empty-optionals"), "{said}");
}
