//! A run with a budget: what is chosen, what is said to be left out, and that nothing left out is called fulfilled.

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

use reports::RunRecord;
use reports::rollup;

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).env("LANG", "C").output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn recorded(folder: &Path, arguments: &[&str]) -> (Output, RunRecord) {
    let out = folder.to_string_lossy();
    let output = madoguchi(&[arguments, &["--out", &out]].concat());
    let result = fs::read(folder.join("result.json"));
    let result = result.unwrap_or_else(|_| panic!("{}", said(&output)));
    (output, reports::json::read(&result).unwrap())
}

#[test]
fn what_is_left_out_is_told_and_not_called_fulfilled() {
    let folder = tempfile::tempdir().unwrap();
    let (output, record) = recorded(folder.path(), &["run", "--budget", "600ms"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let budget = record.scope.budget.as_ref().unwrap();
    assert_eq!(budget.chosen, record.cases.len());
    assert!(!budget.left_out.is_empty() && budget.mutants < budget.of_mutants);
    assert!(record.cases.iter().all(|case| !budget.left_out.contains(&case.id)));
    let outcomes = rollup::requirements(&record);
    let open = outcomes.values().filter(|it| it.listed && it.evaluated == 0).count();
    assert!(open > 0, "rows that nothing evaluated are listed");
    assert!(outcomes.values().all(|it| it.evaluated > 0 || it.verdict != reports::Verdict::Pass));
    let text = said(&output);
    assert!(text.contains("budget") && text.contains("left out"), "{text}");
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    let escaped = budget.left_out[0].replace('/', "&#x2f;");
    assert!(page.contains(&escaped), "the page names what was left out");
    let junit = fs::read_to_string(folder.path().join("junit.xml")).unwrap();
    assert!(junit.contains("not evaluated"));
}

#[test]
fn the_choice_is_the_same_each_time_and_follows_what_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let part = ["run", "--tags", "@area:inbox or @area:registration"];
    let (_, mut measured) = recorded(folder.path(), &part);
    let dry = |more: &[&str]| {
        said(&madoguchi(&[&part[..], &["--dry-run", "--budget", "300ms"], more].concat()))
    };
    let estimated = dry(&[]);
    assert_eq!(dry(&[]), estimated);
    assert!(estimated.contains("left out: "), "{estimated}");
    // Were the first of them to take a minute, it would be left out.
    let first = estimated.split_whitespace().next().unwrap().to_owned();
    let wall = measured.wall.as_mut().unwrap();
    assert!(wall.cases[&first] > 0.0);
    wall.seconds = 60.0;
    wall.cases.insert(first.clone(), 6_000.0);
    let mut bytes = Vec::new();
    reports::ReportWriter::write(&reports::json::Json, &measured, &mut bytes).unwrap();
    fs::write(folder.path().join("result.json"), bytes).unwrap();
    let told = dry(&["--durations", &folder.path().to_string_lossy()]);
    let (_, left_out) = told.split_once("left out: ").unwrap();
    assert!(left_out.contains(&first), "{told}");
}

#[test]
fn a_budget_that_cannot_be_is_usage() {
    for (wrong, word) in [
        (&["--budget", "1us"][..], "allow more time"),
        (&["--budget", "soon"], "--budget"),
        (&["--budget", "30s", "--shard", "1/2"], "--shard"),
        (&["--durations", "report"], "--budget"),
    ] {
        let output = madoguchi(&[&["run", "--dry-run"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(word), "{}", said(&output));
    }
}
