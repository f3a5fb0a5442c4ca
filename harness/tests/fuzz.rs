//! `madoguchi fuzz`: a planted defect is found by drawn stories; the counterexample, pasted and run, fails in the same way under the same
//! defect, and passes without it.

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
use std::sync::Arc;

use harness::catalogue::Catalogue;
use harness::clock;
use harness::properties::fuzz::{Found, Fuzz};
use harness::properties::gherkin::{Heading, Must, feature};
use harness::properties::play::Parting;
use harness::properties::shrink::Limits;
use harness::runner::{self, Stop};
use harness::seed::Seed;
use harness::world::Workshop;
use reports::model::{CaseResult, Verdict};

/// Defects of different positions, each with a seed that finds it soon and a part of the place in the outcome where it shows.
const DEFECTS: [(&str, u64, &str); 12] = [
    ("every-face-matches", 5, "/visit/"),
    ("revoked-accepted", 7, "/visit/"),
    ("pin-tries-refilled", 1, "/visit/pin_tries_left"),
    ("consent-endless", 7, "/information"),
    ("reference-not-told", 3, "record/reference_number"),
    ("lead-zeros-lost", 1, "record/numbers/number"),
    ("newest-file", 5, "/inbox/"),
    ("lapse-paid", 5, "/claim/end"),
    ("disaster-everywhere", 2, "/information"),
    ("emergency-open", 2, "/query"),
    ("repeat-as-online", 1, "/query"),
    ("portal-valid-told-invalid", 1, "/portal/seen/validity"),
];

fn workshop(mutant: Option<&str>) -> Workshop {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let workshop = Workshop::new(Seed(1), None).unwrap();
    let Some(id) = mutant else { return workshop };
    let mutants = &Catalogue::embedded().unwrap().mutants;
    let mutant = mutants.iter().find(|mutant| mutant.id == id).unwrap();
    workshop.with_plant(mutant.plant.clone())
}

fn found(mutant: &str, seed: u64) -> Found {
    let fuzz = Fuzz {
        workshop: Arc::new(workshop(Some(mutant))),
        seed,
        first: 1,
        cases: 600,
        limits: Limits { replays: 24, ..Limits::default() },
        stop: Stop::default(),
        now: clock::wall,
    };
    let (tally, found) = fuzz.run(&|_| {}).unwrap();
    found.unwrap_or_else(|| panic!("{mutant} is not found in {} stories", tally.judged))
}

/// The counterexample pasted into a folder and run with or without the defect.
fn run_pasted(text: &str, mutant: Option<&str>) -> CaseResult {
    let pasted = vec![("features/found/one.feature".to_owned(), text.to_owned())];
    let catalogue: &'static Catalogue = Box::leak(Box::new(Catalogue::with(pasted).unwrap()));
    let workshop = workshop(mutant).with_catalogue(catalogue);
    let cases: Vec<_> = catalogue.cases.iter().collect();
    runner::run_alone(&cases, &Arc::new(workshop)).unwrap().remove(0)
}

fn told(found: &Found) -> (String, Parting) {
    let (world, story) = &found.shrunk.tale;
    let parting = found.shrunk.parting.clone();
    let heading = Heading { id: "one", name: "反例 | One", remarks: &[] };
    let must = Must { pointer: &parting.pointer, value: &parting.expected };
    (feature(&heading, world, story, Some(&must)).unwrap(), parting)
}

#[test]
fn what_is_found_fails_in_the_same_way_when_it_is_pasted_and_passes_without_the_defect() {
    for (mutant, seed, outcome) in DEFECTS {
        let (text, parting) = told(&found(mutant, seed));
        assert!(parting.pointer.contains(outcome), "{mutant}: {parting:?}");
        let with = run_pasted(&text, Some(mutant));
        assert_eq!(with.verdict, Verdict::Fail, "{mutant}: {:?}\n{text}", with.why);
        let judged: Vec<_> = with.judgements.iter().map(|it| it.divergence.as_ref()).collect();
        let (last, before) = judged.split_last().unwrap();
        let last = last.unwrap();
        assert_eq!(
            (&last.pointer, &last.expected, &last.actual),
            (&parting.pointer, &parting.expected, &parting.actual),
            "{mutant}\n{text}"
        );
        assert!(before.iter().all(Option::is_none), "{mutant} shows before the last event\n{text}");
        assert_eq!(with.checks.len(), 1);
        assert_eq!(with.checks[0].verdict, Verdict::Fail, "{mutant}\n{text}");
        let without = run_pasted(&text, None);
        assert_eq!(without.verdict, Verdict::Pass, "{mutant}: {:?}\n{text}", without.why);
    }
}

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).env("LANG", "C").output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn written(folder: &Path) -> Vec<(String, String)> {
    let found = fs::read_dir(folder.join("features/found")).unwrap();
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    found.map(|entry| read(entry.unwrap())).collect()
}

#[test]
fn the_command_prints_what_it_writes_and_what_it_writes_can_be_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let fuzz = |out: &str| {
        let seeded = ["fuzz", "--mutant", "every-face-matches", "--seed", "5"];
        madoguchi(&[&seeded[..], &["--shrink", "40", "--out", out]].concat())
    };
    let (first, second) = (at("first"), at("second"));
    let output = fuzz(&first);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let files = written(Path::new(&first));
    assert_eq!(files.len(), 1);
    assert!(said(&output).contains(&files[0].1), "{}", said(&output));
    assert!(said(&output).contains("next: madoguchi run --scenarios"), "{}", said(&output));
    assert_eq!(code(&fuzz(&second)), 1);
    assert_eq!(written(Path::new(&second)), files, "the same seed tells the same");

    let run = |more: &[&str]| {
        let out = at("report");
        madoguchi(&[&["run", "--scenarios", &first, "--out", &out], more].concat())
    };
    let failing = run(&["--mutant", "every-face-matches"]);
    assert_eq!(code(&failing), 1, "{}", said(&failing));
    assert!(said(&failing).contains("with the mutant every-face-matches"), "{}", said(&failing));
    let passing = run(&[]);
    assert_eq!(code(&passing), 0, "{}", said(&passing));
    let linted = madoguchi(&["lint", "--scenarios", &first]);
    let unused = |line: &&str| line.contains("[") && !line.contains("[unused-step]");
    let said_by_lint = said(&linted);
    assert_eq!(said_by_lint.lines().filter(unused).collect::<Vec<_>>(), Vec::<&str>::new());
}

const EXAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/receipt-computer-python/madoguchi.yaml");

/// The example product with or without its planted fault.
fn against_example(fault: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(arguments).args(["--sut", EXAMPLE]).env("LANG", "C");
    match fault {
        Some(fault) => command.env("FAULT", fault).output().unwrap(),
        None => command.env_remove("FAULT").output().unwrap(),
    }
}

#[test]
fn a_foreign_product_is_found_out_by_a_story_and_without_its_fault_does_it_right() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (found, report) = (at("found"), at("report"));
    let fuzz = ["fuzz", "--from", "47", "--cases", "400", "--shrink", "12", "--out", &found];
    let output = against_example(Some("newest-file"), &fuzz);
    assert_eq!(code(&output), 1, "{}", said(&output));
    assert!(said(&output).contains("(product)"), "{}", said(&output));
    let run = ["run", "--scenarios", &found, "--out", &report];
    let failing = against_example(Some("newest-file"), &run);
    assert_eq!(code(&failing), 1, "{}", said(&failing));
    let passing = against_example(None, &run);
    assert_eq!(code(&passing), 0, "{}", said(&passing));
}

#[test]
fn nothing_is_found_where_nothing_is_wrong_and_wrong_words_are_told() {
    let output = madoguchi(&["fuzz", "--cases", "6", "--out", "never-written"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("6 stories of seed 1 judged"), "{}", said(&output));
    assert!(!Path::new("never-written").exists());
    let output = madoguchi(&["fuzz", "--mutant", "every-face-match"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("`every-face-matches`"), "{}", said(&output));
    let output = madoguchi(&["run", "--scenarios", "no-such-folder"]);
    assert_eq!(code(&output), 3, "{}", said(&output));
    assert!(said(&output).contains("next:"), "{}", said(&output));
}

#[test]
fn what_is_wrong_with_a_scenario_of_ones_own_is_no_fault_of_bench_or_product() {
    const VISIT: &str = "    もし 「架空花子」が「見本診療所」で顔認証により受付する\n";
    for (steps, why) in [
        ("    もし 天気がよい\n".to_owned(), "no step of the vocabulary"),
        (format!("{VISIT}    ならば 受付は顔の不一致で終わる [OQS-FACE-04]\n"), "disagrees"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let feature = format!("# language: ja\n機能: f\n  @id:s\n  シナリオ: s\n{steps}");
        fs::write(folder.path().join("mine.feature"), feature).unwrap();
        let (at, out) = (folder.path().to_string_lossy(), folder.path().join("out"));
        let output = madoguchi(&["run", "--scenarios", &at, "--out", &out.to_string_lossy()]);
        assert_eq!(code(&output), 3, "{}", said(&output));
        assert!(said(&output).contains(why), "{}", said(&output));
        assert!(said(&output).contains("own/s"), "{}", said(&output));
        let record = reports::json::read(&fs::read(out.join("result.json")).unwrap()).unwrap();
        assert_eq!(record.cases[0].blame, Some(reports::model::Blame::Configuration));
    }
}
