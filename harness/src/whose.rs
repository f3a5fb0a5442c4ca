//! Whose a result that is not green is, and what to do next: the words for every scenario and for a run that was cut short, in one
//! place. What keeps the bench from a verdict has its words in `error.rs`.

use reports::model::{Blame, Check, Judgement, RunRecord, StepResult, Verdict};
use reports::words;

use crate::bench::Hindrance;
use crate::sut::human::Ended;

/// Why a scenario is not green.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// One sentence.
    pub why: Option<String>,
    /// What to do next, as an order.
    pub next_step: Option<String>,
    /// On whose side the cause lies.
    pub blame: Option<Blame>,
}

impl Explanation {
    fn new(blame: Blame, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self { why: Some(why.into()), next_step: Some(next.into()), blame: Some(blame) }
    }
}

/// What a scenario left behind.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    /// Its steps.
    pub steps: &'a [StepResult],
    /// Its assertions.
    pub checks: &'a [Check],
    /// The oracle's judgements.
    pub judgements: &'a [Judgement],
    /// What kept the bench from going on.
    pub trouble: Option<&'a Hindrance>,
    /// Whether somebody else than the bench wrote it.
    pub is_own: bool,
}

/// What a scenario is worth: in one that the bench did not write, what cannot be carried out or contradicts the oracle is a
/// mistake of the configuration and no fault of the bench.
pub fn verdict(verdict: Verdict, left: Left<'_>) -> Verdict {
    let is_written_wrong = left.is_own && left.trouble.is_none();
    if is_written_wrong && verdict == Verdict::BenchError { Verdict::ConfigError } else { verdict }
}

/// Explains a scenario. Whatever does not pass has all three.
pub fn of_case(verdict: Verdict, left: Left<'_>) -> Explanation {
    if verdict == Verdict::Pass {
        return Explanation::default();
    }
    if let Some((_, blame, why, help)) = left.trouble {
        return Explanation::new(*blame, why, *help);
    }
    contradiction(left)
        .or_else(|| failure(left.checks))
        .or_else(|| parting(left.judgements))
        .unwrap_or_else(|| of_steps(left))
}

/// An assertion that the oracle contradicts.
fn contradiction(left: Left<'_>) -> Option<Explanation> {
    let check = left.checks.iter().find(|check| check.verdict == Verdict::BenchError)?;
    let why = check.note.clone().unwrap_or_else(|| check.step.clone());
    Some(if left.is_own {
        let next = "correct the assertion, or report the oracle with the row it misreads";
        Explanation::new(Blame::Configuration, why, next)
    } else {
        let next =
            "correct the scenario or the oracle: the two must agree before a product is judged";
        Explanation::new(Blame::Bench, why, next)
    })
}

/// An assertion that does not hold.
fn failure(checks: &[Check]) -> Option<Explanation> {
    let check = checks.iter().find(|check| check.verdict == Verdict::Fail)?;
    let Check { expected, actual, requirement, step, .. } = check;
    Some(match requirement.first() {
        Some(first) => Explanation::new(
            Blame::Product,
            format!("{}: expected {expected}, seen {actual}", requirement.join(", ")),
            format!("read the requirement with `madoguchi explain {first}`"),
        ),
        None => Explanation::new(
            Blame::Product,
            format!("{step}: expected {expected}, seen {actual}"),
            COMPARE,
        ),
    })
}

const COMPARE: &str =
    "compare expectation and outcome in the report, at the marked place of the picture";

/// An event that went otherwise than the oracle expects.
fn parting(judgements: &[Judgement]) -> Option<Explanation> {
    let judgement = judgements.iter().find(|judgement| !judgement.agrees)?;
    let place = judgement.divergence.as_ref();
    let why = place.map_or_else(
        || format!("{}: not as expected", judgement.event),
        |place| {
            format!(
                "{}: {} expected {}, seen {}",
                judgement.event, place.pointer, place.expected, place.actual
            )
        },
    );
    Some(Explanation::new(Blame::Product, why, COMPARE))
}

/// A step that could not be carried out, or a scenario that asserts nothing.
fn of_steps(left: Left<'_>) -> Explanation {
    let failed = left.steps.iter().find_map(|step| step.message.clone());
    let why = failed.unwrap_or_else(|| "the scenario asserts nothing".to_owned());
    if left.is_own {
        let next = "correct the scenario: `madoguchi lint --scenarios` names its line";
        return Explanation::new(Blame::Configuration, why, next);
    }
    let next = "correct the scenario: `madoguchi explain` shows it, `madoguchi lint` its line";
    Explanation::new(Blame::Bench, why, next)
}

/// A run that did not come to its end: what happened, whose it is, what to do next.
pub fn interrupted(person: Option<Ended>) -> String {
    match person {
        None => told("interrupted by Ctrl-C", Blame::Environment, "run again"),
        Some(ended) => told(
            ended.words(),
            Blame::Environment,
            "go on with `madoguchi run --rerun-failed` and the same --sut, into another --out",
        ),
    }
}

/// A run that came to its end and left MUSTs unexercised.
pub fn unexercised(record: &RunRecord, ids: &[&str]) -> String {
    let open = |case: &&reports::model::CaseResult| !case.verdict.is_evaluated();
    let blame = record.cases.iter().filter(open).find_map(|case| case.blame);
    let next = match blame {
        Some(_) => "see to the scenarios that did not end, listed above, and run again",
        None => "run the scenarios that `madoguchi explain` names for them",
    };
    told(&format!("not exercised: {}", ids.join(", ")), blame.unwrap_or(Blame::Configuration), next)
}

fn told(what: &str, blame: Blame, next: &str) -> String {
    format!("{what} ({}); next: {next}", words::blame(blame).en)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reports::model::Level;

    use super::*;

    fn check(requirement: &[&str], verdict: Verdict) -> Check {
        Check {
            requirement: requirement.iter().map(|id| (*id).to_owned()).collect(),
            level: Level::Must,
            step: "受付は完了で終わる".to_owned(),
            verdict,
            expected: "1".to_owned(),
            actual: "2".to_owned(),
            note: None,
        }
    }

    fn judgement(agrees: bool) -> Judgement {
        Judgement {
            event: "visit".to_owned(),
            expected: serde_json::Value::Null,
            actual: serde_json::Value::Null,
            agrees,
            divergence: None,
        }
    }

    #[test]
    fn a_failure_names_the_requirement_where_there_is_one() {
        let of = |requirement: &[&str]| {
            let checks = [check(requirement, Verdict::Fail)];
            let left =
                Left { steps: &[], checks: &checks, judgements: &[], trouble: None, is_own: false };
            of_case(Verdict::Fail, left)
        };
        let borne = of(&["OQS-CERT-07"]);
        assert!(borne.next_step.unwrap().contains("explain OQS-CERT-07"));
        let unborne = of(&[]);
        assert!(unborne.why.unwrap().contains("受付は完了で終わる"));
        assert_eq!(unborne.blame, Some(Blame::Product));
    }

    #[test]
    fn a_fault_of_the_bench_outweighs_a_failure_and_what_hindered_outweighs_both() {
        let checks = [check(&["OQS-CERT-07"], Verdict::Fail), check(&[], Verdict::BenchError)];
        let left =
            Left { steps: &[], checks: &checks, judgements: &[], trouble: None, is_own: false };
        assert_eq!(of_case(Verdict::BenchError, left).blame, Some(Blame::Bench));
        let trouble = (Verdict::Inconclusive, Blame::Environment, "full".to_owned(), "free some");
        let left = Left { trouble: Some(&trouble), ..left };
        let told = of_case(Verdict::Inconclusive, left);
        assert_eq!(told, Explanation::new(Blame::Environment, "full", "free some"));
    }

    #[test]
    fn what_is_wrong_with_a_scenario_of_ones_own_is_no_fault_of_the_bench() {
        let checks = [check(&["OQS-CERT-07"], Verdict::BenchError)];
        for checks in [&checks[..], &[]] {
            let left = Left { steps: &[], checks, judgements: &[], trouble: None, is_own: true };
            assert_eq!(verdict(Verdict::BenchError, left), Verdict::ConfigError);
            assert_eq!(of_case(Verdict::ConfigError, left).blame, Some(Blame::Configuration));
            let ours = Left { is_own: false, ..left };
            assert_eq!(verdict(Verdict::BenchError, ours), Verdict::BenchError);
        }
        let trouble = (Verdict::BenchError, Blame::Bench, "no stage".to_owned(), "report it");
        let left = Left {
            steps: &[],
            checks: &[],
            judgements: &[],
            trouble: Some(&trouble),
            is_own: true,
        };
        assert_eq!(verdict(Verdict::BenchError, left), Verdict::BenchError);
    }

    fn any_verdict() -> impl Strategy<Value = Verdict> {
        prop::sample::select(Verdict::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn whatever_does_not_pass_has_all_three(
            verdict in any_verdict(),
            checks in prop::collection::vec((any::<bool>(), any_verdict()), 0..4),
            agree in prop::collection::vec(any::<bool>(), 0..3),
        ) {
            let ids = |has: bool| if has { vec!["OQS-CERT-07"] } else { vec![] };
            let checks: Vec<_> =
                checks.into_iter().map(|(has, verdict)| check(&ids(has), verdict)).collect();
            let judgements: Vec<_> = agree.into_iter().map(judgement).collect();
            let left = Left { steps: &[], checks: &checks, judgements: &judgements, trouble: None, is_own: false };
            let Explanation { why, next_step, blame } = of_case(verdict, left);
            let passes = verdict == Verdict::Pass;
            prop_assert_eq!((why.is_none(), next_step.is_none(), blame.is_none()), (passes, passes, passes));
        }
    }
}
