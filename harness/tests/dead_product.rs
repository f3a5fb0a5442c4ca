//! The circuit breaker: a product whose process dies in every scenario is given up, and the rest of the run says so at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use reports::model::{Blame, CaseResult, RunRecord, Verdict};
use tempfile::TempDir;

/// The example product, which notes each start and dies from the second on: the first is the one that is looked at before the run.
const PRODUCT: &str = r#"
import os, sys
with open("starts", "a") as starts: starts.write(".")
if os.path.getsize("starts") > int(os.environ["GOOD_STARTS"]):
    sys.stdin.readline()
    sys.exit(7)
folder = os.environ["EXAMPLE"]
sys.path.insert(0, folder)
os.execv(sys.executable, [sys.executable, "-B", os.path.join(folder, "receipt_computer.py")])
"#;
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/receipt-computer-python");

/// A folder with a product that works for so many starts.
fn product(good_starts: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("product.py"), PRODUCT).unwrap();
    let yaml = format!(
        "product: {{name: Example Receipt Computer, version: 1.0.0, vendor: Test}}\npositions:\n  receipt-computer:\n    adapter: process\n    command: [python3, -B, product.py]\n    timeout_ms: 30000\n    env: {{GOOD_STARTS: '{good_starts}', EXAMPLE: '{EXAMPLE}'}}\n"
    );
    fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    folder
}

fn madoguchi(folder: &Path, arguments: &[&str]) -> Output {
    let sut = folder.join("madoguchi.yaml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(arguments).arg("--sut").arg(sut).arg("--out").arg(folder.join("out"));
    command.env("LANG", "C").env_remove("FAULT").output().unwrap()
}

fn recorded(folder: &Path) -> RunRecord {
    reports::json::read(&fs::read(folder.join("out/result.json")).unwrap()).unwrap()
}

fn starts(folder: &Path) -> usize {
    fs::read(folder.join("starts")).unwrap().len()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn is_given_up(case: &&CaseResult) -> bool {
    case.why.as_ref().is_some_and(|why| why.contains("was not asked any more"))
}

/// Scenarios that may be under way when the product is given up: four at once on each core.
fn under_way() -> usize {
    4 * std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

#[test]
fn a_product_that_dies_in_every_scenario_is_given_up_and_the_rest_is_inconclusive() {
    let folder = product(1);
    let area = ["run", "--tags", "@area:certificate or @area:identity"];
    let output = madoguchi(folder.path(), &[&area[..], &["--circuit-breaker", "3"]].concat());
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    let record = recorded(folder.path());
    let asked: Vec<&CaseResult> =
        record.cases.iter().filter(|case| case.verdict == Verdict::Inconclusive).collect();
    assert!(asked.len() > 20, "{} scenarios ask the product", asked.len());
    for case in &asked {
        assert_eq!(case.blame, Some(Blame::Product), "{}", case.id);
        assert!(case.next_step.is_some(), "{}", case.id);
    }
    let given_up = asked.iter().filter(|case| is_given_up(case)).count();
    // One start before the run; a scenario may open two counters.
    let most = 1 + 2 * (3 + under_way());
    assert!(starts(folder.path()) <= most, "{} starts", starts(folder.path()));
    assert!(given_up + 3 + under_way() >= asked.len(), "{given_up} of {}", asked.len());
    assert!(said(&output).contains("madoguchi doctor"), "{}", said(&output));
    let junit = fs::read_to_string(folder.path().join("out/junit.xml")).unwrap();
    assert!(junit.contains("lies with: product") && junit.contains("was not asked any more"));
}

#[test]
fn without_the_breaker_it_is_asked_every_time() {
    let folder = product(1);
    let run = ["run", "--tags", "@area:registration", "--no-circuit-breaker"];
    let output = madoguchi(folder.path(), &run);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    let record = recorded(folder.path());
    let ended = record.cases.iter().filter(|case| case.verdict == Verdict::Inconclusive).count();
    assert!(ended > 5, "{ended}");
    assert!(starts(folder.path()) > ended, "{} starts", starts(folder.path()));
    assert_eq!(record.cases.iter().filter(is_given_up).count(), 0);
}

#[test]
fn a_dead_product_is_no_counterexample_and_is_given_up_by_the_fuzzer_too() {
    let folder = product(1);
    let output = madoguchi(folder.path(), &["fuzz", "--cases", "60"]);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("was not asked any more"), "{}", said(&output));
    assert!(starts(folder.path()) < 40, "{} starts", starts(folder.path()));
    assert!(!folder.path().join("out").exists(), "no counterexample is written");
}
