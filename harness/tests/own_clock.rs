//! A product that goes by its machine's clock, whatever time it is told: with `clock: own` its scenarios begin today, and what cannot be
//! told so is not applicable, never failed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::path::Path;
use std::process::Command;

use harness::clock::{jst_day, wall};
use reports::model::{CaseResult, RunRecord, Verdict};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// What came of a run.
struct Judged {
    code: i32,
    said: String,
    record: Option<RunRecord>,
}

impl Judged {
    fn case(&self, id: &str) -> &CaseResult {
        let found = self.record.as_ref().unwrap().cases.iter().find(|case| case.id == id);
        found.unwrap_or_else(|| panic!("{id} is not in {}", self.said))
    }
}

/// Runs scenarios against the example authority client, which asks its machine what time it is; once more if midnight in Japan came
/// in between.
fn judge(clock: &str, words: &[&str], fault: Option<&str>) -> Judged {
    let day = jst_day(wall());
    let judged = judge_once(clock, words, fault);
    if jst_day(wall()) == day { judged } else { judge_once(clock, words, fault) }
}

fn judge_once(clock: &str, words: &[&str], fault: Option<&str>) -> Judged {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(EXAMPLES).join("authority-client-python");
    let script = example.join("authority_client.py").canonicalize().unwrap();
    let yaml = std::fs::read_to_string(example.join("madoguchi.yaml")).unwrap();
    let yaml = yaml.replace("authority_client.py", &script.display().to_string());
    // Whatever it claims: scenarios that say nothing of it are told relative to now as well.
    let (yaml, _) = yaml.split_once("claims:").unwrap();
    let yaml = format!("{yaml}\nclock: {clock}\n");
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(words).args(["--sut", "madoguchi.yaml"]).current_dir(folder.path());
    command.env("OWN_CLOCK", "1").env_remove("FAULT");
    if let Some(fault) = fault {
        command.env("FAULT", fault);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into();
    let record = std::fs::read(folder.path().join("madoguchi-report/result.json")).ok();
    let record = record.map(|bytes| reports::json::read(&bytes).unwrap());
    Judged { code: output.status.code().unwrap(), said, record }
}

const CERTIFICATES: [&str; 3] = ["run", "--tags", "@area:certificate"];

#[test]
fn told_the_storys_time_such_a_product_fails_for_its_clock_alone() {
    let judged = judge("told", &["run", "--only", "certificate/valid"], None);
    assert_eq!(judged.code, 1, "{}", judged.said);
    assert_eq!(judged.record.unwrap().scope.relative_to, None);
}

#[test]
fn relative_to_now_it_is_judged_by_what_begins_today_and_by_nothing_else() {
    let judged = judge("own", &CERTIFICATES, None);
    assert_eq!(judged.code, 0, "{}", judged.said);
    let today = jst_day(wall());
    assert_eq!(judged.record.as_ref().unwrap().scope.relative_to, Some(today.to_string()));
    assert!(judged.said.contains(&today.to_string()), "{}", judged.said);
    for id in ["valid", "revoked", "held", "died", "foreign-ca", "responder-silent"] {
        let case = judged.case(&format!("certificate/{id}"));
        assert_eq!(case.verdict, Verdict::Pass, "{id}: {:?}", case.why);
        assert!(case.virtual_start.starts_with(&today.to_string()), "{}", case.virtual_start);
    }
    let (year, month, day) = (today.year(), today.month(), today.day());
    let told = format!("日時は{year}年{month}月{day}日9時30分である");
    assert_eq!(judged.case("certificate/valid").steps.first().unwrap().text, told);
    let gap = judged.case("certificate/renewed-and-unknown");
    assert_eq!(gap.verdict, Verdict::NotApplicable);
    assert!(gap.why.as_ref().unwrap().contains("can't be moved"), "{:?}", gap.why);
    assert!(gap.evidence_head.is_none(), "it was not begun");
}

#[test]
fn what_belongs_to_its_calendar_is_not_held_against_the_product() {
    // In its own year a function had not begun, and today it has.
    let id = "consent/clinical-before-2025";
    let judged = judge("own", &["run", "--only", id], None);
    // Where nothing applies, nothing is conformant either.
    assert_eq!(judged.code, 4, "{}", judged.said);
    let case = judged.case(id);
    assert_eq!(case.verdict, Verdict::NotApplicable);
    assert!(case.why.as_ref().unwrap().contains("belong to their calendar"), "{:?}", case.why);
    assert!(case.checks.is_empty() && case.judgements.is_empty(), "nothing was judged");
}

#[test]
fn a_fault_of_a_product_with_a_clock_of_its_own_is_found_all_the_same() {
    let judged = judge("own", &["run", "--only", "OQS-CERT-08"], Some("held-is-good"));
    assert_eq!(judged.code, 1, "{}", judged.said);
    assert_eq!(judged.case("certificate/held").verdict, Verdict::Fail);
    assert_eq!(judged.case("certificate/hold-lifted").verdict, Verdict::Pass);
}

#[test]
fn what_draws_days_of_its_own_takes_no_such_product() {
    let judged = judge("own", &["fuzz", "--cases", "1"], None);
    assert_eq!(judged.code, 3, "{}", judged.said);
    assert!(judged.said.contains("`clock: own` is for `madoguchi run`"), "{}", judged.said);
}

#[test]
fn a_clock_that_is_neither_is_named_with_the_one_that_was_meant() {
    let judged = judge("owns", &["doctor"], None);
    assert_eq!(judged.code, 3, "{}", judged.said);
    assert!(judged.said.contains("did you mean `own`?"), "{}", judged.said);
}
