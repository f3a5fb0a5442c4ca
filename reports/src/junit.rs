//! JUnit XML for CI systems: one suite an area, one test case a scenario.
//!
//! JUnit knows four outcomes, so nine verdicts are folded: *fail* is a failure, *config-error* and *bench-error* are
//! errors, *pass* and *warn* succeed, the rest is skipped with a message. The property `verdict` always keeps the word.
//! A run that is empty or was cut short gets one error of its own, because skipped cases alone would look green; a waiver that
//! fails the run gets a failure.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::model::{Blame, CaseResult, Check, RunRecord, Verdict};
use crate::scope::WaiverUse;
use crate::{ReportWriter, clean, rollup, words};

/// The writer of JUnit XML. Times stand in it only if the record has wall-clock times.
#[derive(Debug, Clone, Copy, Default)]
pub struct Junit;

impl ReportWriter for Junit {
    fn write(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let mut report = Report::new(xml(&format!("{} {}", run.bench.name, run.product.name)));
        if let Some(wall) = &run.wall {
            report.time = duration(wall.seconds);
        }
        report.add_test_suites(
            rollup::by_area(run).into_iter().map(|(area, cases)| suite(run, area, &cases)),
        );
        report.add_test_suites(unfinished(run));
        report.add_test_suites(waivers(run));
        report.serialize(&mut *out).map_err(io::Error::other)
    }
}

fn suite(run: &RunRecord, area: &str, cases: &[&CaseResult]) -> TestSuite {
    let mut suite = TestSuite::new(xml(area));
    suite.add_property(("seed", run.seed.to_string().as_str()));
    if let Some(budget) = &run.scope.budget {
        suite.add_property((xml("budget"), xml(&budget.words().en)));
    }
    suite.add_property((
        xml("product"),
        xml(&format!("{} {}", run.product.name, run.product.version)),
    ));
    suite.add_test_cases(cases.iter().map(|case| test_case(run, case)));
    suite
}

fn test_case(run: &RunRecord, case: &CaseResult) -> TestCase {
    let mut test = TestCase::new(xml(&case.id), status(case));
    test.set_classname(xml(&format!("{}.{}", run.bench.name, case.area)));
    test.assertions = Some(case.checks.len() + case.judgements.len());
    test.time = run.wall.as_ref().and_then(|wall| duration(*wall.cases.get(&case.id)?));
    test.add_property(("verdict", case.verdict.name()));
    test.add_property((xml("title"), xml(&format!("{} / {}", case.title.ja, case.title.en))));
    if let Some(blame) = case.blame {
        test.add_property(("lies-with", words::blame(blame).en));
    }
    for id in case.checks.iter().flat_map(|check| &check.requirement) {
        test.add_property((xml("requirement"), xml(id)));
    }
    if case.verdict == Verdict::Warn {
        test.set_system_out(block(&details(case)));
    }
    test
}

fn status(case: &CaseResult) -> TestCaseStatus {
    let mut status = match case.verdict {
        Verdict::Pass | Verdict::Warn => return TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::ConfigError | Verdict::BenchError => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        Verdict::NotApplicable | Verdict::Inconclusive | Verdict::NeedsReview | Verdict::NotRun => {
            TestCaseStatus::skipped()
        }
    };
    let word = case.verdict.word();
    let why = case.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    status.set_message(xml(&format!("{} {}{why}", word.ja, word.en)));
    status.set_type(case.verdict.name());
    status.set_description(block(&details(case)));
    status
}

/// Failed checks with their requirements, divergences, and what to do next; one thought a line.
fn details(case: &CaseResult) -> String {
    let failed = case.checks.iter().filter(|check| check.verdict == Verdict::Fail).map(check_line);
    let diverged = case.judgements.iter().filter_map(|judgement| {
        let at = judgement.divergence.as_ref()?;
        Some(format!(
            "{} {}: expected {}, actual {}",
            judgement.event, at.pointer, at.expected, at.actual
        ))
    });
    let whose = case.blame.iter().map(|blame| format!("lies with: {}", words::blame(*blame).en));
    let next = case.next_step.iter().map(|next| format!("next: {next}"));
    let evidence = [format!("evidence: {}", case.evidence_file)];
    failed.chain(diverged).chain(whose).chain(next).chain(evidence).collect::<Vec<_>>().join("\n")
}

fn check_line(check: &Check) -> String {
    format!("{}: expected {}, actual {}", check.requirement.join(" "), check.expected, check.actual)
}

fn unfinished(run: &RunRecord) -> Option<TestSuite> {
    let why = match (&run.incomplete, run.cases.is_empty()) {
        (Some(why), _) => why.as_str(),
        (None, true) => "no scenario was run",
        (None, false) => return None,
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(xml(why)).set_type(Verdict::NotRun.name());
    let mut suite = TestSuite::new("run");
    suite.add_test_case(TestCase::new("the run is complete", status));
    Some(suite)
}

/// Waivers that fail the run: without a case of their own the file would look green.
fn waivers(run: &RunRecord) -> Option<TestSuite> {
    let mut failing = run.scope.waivers.iter().filter(|it| it.state.fails_the_run()).peekable();
    failing.peek()?;
    let mut suite = TestSuite::new("waivers");
    for waiver in failing {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let word = waiver.state.word();
        let WaiverUse { requirement, owner, hits, limit, expires, .. } = waiver;
        status
            .set_message(xml(&format!(
                "{} {}: {hits}/{limit}, {expires}, {owner}",
                word.ja, word.en
            )))
            .set_type("waiver");
        if let Some(next) = waiver.state.next() {
            let whose = words::blame(Blame::Configuration).en;
            status.set_description(block(&format!("lies with: {whose}\nnext: {}", next.en)));
        }
        suite.add_test_case(TestCase::new(xml(requirement), status));
    }
    Some(suite)
}

/// Nothing for a time that is negative or no number.
fn duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

fn xml(text: &str) -> XmlString {
    XmlString::new(clean::one_line(text))
}

fn block(text: &str) -> XmlString {
    XmlString::new(clean::block(text))
}
