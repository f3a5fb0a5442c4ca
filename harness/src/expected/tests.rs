//! What the three files may say, and what comes of it.

use std::path::PathBuf;

use jiff::civil::date;
use reports::Text2;
use reports::model::{BenchInfo, Judgement, ProductInfo};
use reports::scope::{Scope, WaiverState};

use super::*;

const TODAY: Date = date(2026, 11, 30);
// MUSTs that may be waived.
const A: &str = "OQS-CARD-01";
const B: &str = "OQS-MSG-05";
const C: &str = "OQS-PRIV-08";

fn check(ids: &[&str], verdict: Verdict) -> Check {
    Check {
        requirement: ids.iter().map(|id| (*id).to_owned()).collect(),
        level: Level::Must,
        step: "the result is read".into(),
        verdict,
        expected: "1".into(),
        actual: "2".into(),
        note: None,
    }
}

fn case(id: &str, checks: Vec<Check>) -> CaseResult {
    let judgement = Judgement {
        event: "visit 1".into(),
        expected: 1.into(),
        actual: 2.into(),
        agrees: false,
        divergence: None,
    };
    CaseResult {
        id: id.into(),
        title: Text2::default(),
        area: "test".into(),
        tags: vec![],
        feature: String::new(),
        steps: vec![],
        verdict: rollup::case_verdict(&[], &checks, std::slice::from_ref(&judgement)),
        checks,
        judgements: vec![judgement],
        claims: vec![],
        why: None,
        next_step: None,
        blame: None,
        evidence_file: String::new(),
        evidence_head: None,
        evidence: vec![],
        virtual_start: String::new(),
    }
}

fn record(cases: Vec<CaseResult>) -> RunRecord {
    RunRecord {
        bench: BenchInfo { name: "madoguchi".into(), version: "0".into() },
        product: ProductInfo {
            name: "架空レセコン".into(),
            version: "1.5".into(),
            vendor: "架空".into(),
            positions: vec![],
        },
        seed: 1,
        plan_digest: String::new(),
        cases,
        requirements: std::collections::BTreeMap::new(),
        wall: None,
        incomplete: None,
        scope: Scope::default(),
    }
}

/// Writes a file and reads it as one of the three.
fn read(kind: &str, text: &str) -> Result<Expected, ExpectedError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.yaml");
    std::fs::write(&path, text).unwrap();
    let some = |wanted| (kind == wanted).then_some(path.as_path());
    let files = Files {
        conformance: some("conformance"),
        waivers: some("waivers"),
        baseline: some("baseline"),
    };
    Expected::read(&files, Catalogue::embedded().unwrap(), TODAY)
}

fn waiver(id: &str, more: &str) -> String {
    format!(
        "- requirement: {id}\n  owner: 架空太郎\n  reason: 次の版で直す\n  granted: 2026-11-01\n  expires: 2027-03-31\n  hits: 2\n{more}"
    )
}

fn applied(waivers: &str, cases: Vec<CaseResult>) -> RunRecord {
    let mut record = record(cases);
    read("waivers", waivers).unwrap().apply(&mut record, TODAY).unwrap();
    record
}

#[test]
fn what_a_waiver_may_not_say_is_told_with_its_line() {
    for (change, to, line, told) in [
        (A, "OQS-CARD-99", 2, "no requirement"),
        (A, "OQS-MSG-19", 2, "cannot be waived"), // a mix-up of patients
        (A, "OQS-CERT-07", 2, "cannot be waived"), // a dead certificate
        ("架空太郎", "''", 2, "owner and a reason"),
        ("次の版で直す", "' '", 2, "owner and a reason"),
        ("hits: 2", "hits: 0", 2, "excuses nothing"),
        ("2026-11-01", "2026-12-01", 2, "only on 2026-12-01"),
        ("2027-03-31", "2027-05-01", 2, "181 days"),
        ("2027-03-31", "2026-10-31", 2, "-1 days"),
    ] {
        let text = format!("# waived\n{}", waiver(A, "").replace(change, to));
        match read("waivers", &text).unwrap_err() {
            ExpectedError::Says { line: at, reason, .. } => {
                assert_eq!(at, line, "{to}");
                assert!(reason.contains(told), "{to}: {reason}");
            }
            other @ (ExpectedError::Read { .. } | ExpectedError::Unreadable { .. }) => {
                panic!("{to}: {other}")
            }
        }
    }
    assert!(
        read("waivers", &waiver(A, "").replace("2027-03-31", "2027-04-30")).is_ok(),
        "180 days"
    );
    let twice = format!("{}{}", waiver(A, ""), waiver(A, ""));
    assert!(matches!(read("waivers", &twice), Err(ExpectedError::Says { line: 7, .. })));
    let typo = waiver(A, "  ownr: x\n");
    assert!(read("waivers", &typo).unwrap_err().to_string().contains("line 7"));
}

#[test]
fn a_waived_failure_warns_and_the_requirement_still_shows_as_failed() {
    let run = applied(&waiver(A, ""), vec![case("test/one", vec![check(&[A], Verdict::Fail)])]);
    assert_eq!(rollup::run_verdict(&run), Verdict::Warn);
    assert_eq!(rollup::requirements(&run)[A].verdict, Verdict::Fail);
    assert!(run.cases[0].why.as_ref().unwrap().contains("架空太郎"));
    assert_eq!((run.scope.waivers[0].hits, run.scope.waivers[0].state), (1, WaiverState::Used));
}

#[test]
fn a_waiver_excuses_nothing_else() {
    for checks in [
        vec![check(&[A], Verdict::Fail), check(&[B], Verdict::Fail)],
        vec![check(&[A, B], Verdict::Fail)],
        vec![check(&[B], Verdict::Fail)],
    ] {
        let run = applied(&waiver(A, ""), vec![case("test/one", checks)]);
        assert_eq!(rollup::run_verdict(&run), Verdict::Fail);
    }
    // What the oracle found where no waived check failed stays a failure.
    let run = applied(&waiver(A, ""), vec![case("test/one", vec![check(&[A], Verdict::Pass)])]);
    assert_eq!(run.cases[0].verdict, Verdict::Fail);
}

#[test]
fn each_state_of_a_waiver_and_whether_it_fails_the_run() {
    let failing = || vec![case("test/one", vec![check(&[A], Verdict::Fail)])];
    let thrice = || vec![case("test/one", vec![check(&[A], Verdict::Fail); 3])];
    let mut holding = case("test/one", vec![check(&[A], Verdict::Pass)]);
    (holding.judgements, holding.verdict) = (vec![], Verdict::Pass);
    let versions = |range: &str| waiver(A, &format!("  versions: {range}\n"));
    for (text, cases, state, verdict) in [
        (waiver(A, ""), failing(), WaiverState::Used, Verdict::Warn),
        (waiver(A, ""), thrice(), WaiverState::OverUsed, Verdict::Fail),
        (waiver(A, ""), vec![holding.clone()], WaiverState::Unused, Verdict::Fail),
        (waiver(C, ""), vec![holding], WaiverState::NotReached, Verdict::Pass),
        (
            waiver(A, "").replace("2027-03-31", "2026-11-29"),
            failing(),
            WaiverState::Expired,
            Verdict::Fail,
        ),
        (
            waiver(A, "").replace("2027-03-31", "2026-11-30"),
            failing(),
            WaiverState::Used,
            Verdict::Warn,
        ),
        (versions("{from: '1.6'}"), failing(), WaiverState::OtherVersion, Verdict::Fail),
        (versions("{below: '1.5'}"), failing(), WaiverState::OtherVersion, Verdict::Fail),
        (versions("{from: '1.5', below: '1.10'}"), failing(), WaiverState::Used, Verdict::Warn),
    ] {
        let run = applied(&text, cases);
        assert_eq!(
            (run.scope.waivers[0].state, rollup::run_verdict(&run)),
            (state, verdict),
            "{text}"
        );
    }
}

#[test]
fn versions_are_compared_number_by_number() {
    let range = Versions { from: Some("1.9".into()), below: Some("2.0".into()) };
    for (version, within) in
        [("1.9", true), ("1.10.3", true), ("v1.9.0", true), ("1.8.9", false), ("2", false)]
    {
        assert_eq!(range.contain(version), within, "{version}");
    }
}

#[test]
fn what_is_not_claimed_is_no_failure_and_no_pass() {
    let text = format!(
        "product: 架空レセコン\nnot_claimed:\n  - {{requirement: {A}, reason: 対応しない}}\n"
    );
    let one = case("test/one", vec![check(&[A], Verdict::Fail)]);
    let two = case("test/two", vec![check(&[A], Verdict::Fail), check(&[B], Verdict::Pass)]);
    let three = case("test/three", vec![check(&[A, B], Verdict::Fail)]);
    let mut run = record(vec![one, two, three]);
    read("conformance", &text).unwrap().apply(&mut run, TODAY).unwrap();
    let verdicts: Vec<Verdict> = run.cases.iter().map(|case| case.verdict).collect();
    assert_eq!(verdicts, [Verdict::NotApplicable, Verdict::Pass, Verdict::Fail]);
    let outcomes = rollup::requirements(&run);
    assert_eq!((outcomes[A].verdict, outcomes[A].evaluated), (Verdict::NotApplicable, 0));
    assert_eq!(outcomes[B].verdict, Verdict::Fail);
    assert_eq!(run.scope.not_claimed[0].requirement, A);
}

#[test]
fn a_statement_for_another_product_or_about_nothing_is_refused() {
    let other = read("conformance", "product: 別の製品\n").unwrap();
    assert!(other.apply(&mut record(vec![]), TODAY).unwrap_err().contains("別の製品"));
    let unknown = "product: 架空レセコン\nnot_claimed:\n  - requirement: OQS-NO-1\n    reason: x\n";
    assert!(matches!(read("conformance", unknown), Err(ExpectedError::Says { line: 3, .. })));
}

#[test]
fn a_baseline_tells_what_is_new_and_excuses_nothing() {
    let before = record(vec![case(
        "test/one",
        vec![check(&[A], Verdict::Fail), check(&[B], Verdict::Fail)],
    )]);
    let mut bytes = vec![];
    reports::ReportWriter::write(&reports::json::Json, &before, &mut bytes).unwrap();
    let checks =
        vec![check(&[A], Verdict::Fail), check(&[B], Verdict::Pass), check(&[C], Verdict::Fail)];
    let mut now = record(vec![case("test/one", checks)]);
    read("baseline", &String::from_utf8(bytes).unwrap()).unwrap().apply(&mut now, TODAY).unwrap();
    let since = now.scope.since.clone().unwrap();
    assert_eq!(
        (since.new, since.still, since.repaired),
        (vec![C.to_owned()], vec![A.to_owned()], vec![B.to_owned()])
    );
    assert_eq!(rollup::run_verdict(&now), Verdict::Fail);
    let missing = PathBuf::from("/nowhere/result.json");
    let files = Files { baseline: Some(&missing), ..Files::default() };
    assert!(Expected::read(&files, Catalogue::embedded().unwrap(), TODAY).is_err());
}
