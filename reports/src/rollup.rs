//! What a case, a requirement and a run are worth. Decided here and nowhere else.
//!
//! # Precedence
//! Of several verdicts the weightiest stands:
//!
//! bench-error > config-error > fail > inconclusive > not-run > needs-review > warn > pass > not-applicable
//!
//! * A **bench error** outweighs a failure: a bench that has caught itself in a fault cannot convict a product. The
//!   failures stay in the counts and lists, they are only not the last word.
//! * A **configuration error** outweighs a failure for the same reason: the product may have been asked for the wrong thing.
//! * A **failure** outweighs what was not seen: a counterexample needs no further evidence.
//! * **Not seen** (inconclusive, not-run, needs-review) outweighs warn and pass: nobody looked, or nobody has decided, so
//!   the run is not conformant yet. This holds for recommendations too: it says that the run is unfinished, not that
//!   the product is wrong.
//! * **Not applicable** is lightest: it neither bears a pass nor spoils one.
//!
//! A failed recommendation (SHOULD) weighs as a warning. Steps can worsen a case but never bear it: only an evaluated
//! check or a judgement does, so a scenario that asserts nothing is *not run*, not *pass*.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{CaseResult, Check, Flow, Judgement, Level, RunRecord, StepResult, Verdict};

/// Position of a verdict in the precedence; the greater stands.
fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotApplicable => 0,
        Verdict::Pass => 1,
        Verdict::Warn => 2,
        Verdict::NeedsReview => 3,
        Verdict::NotRun => 4,
        Verdict::Inconclusive => 5,
        Verdict::Fail => 6,
        Verdict::ConfigError => 7,
        Verdict::BenchError => 8,
    }
}

/// The weightiest of several verdicts; *not-run* when there is none.
pub fn weightiest(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    verdicts.into_iter().max_by_key(|verdict| weight(*verdict)).unwrap_or(Verdict::NotRun)
}

/// What one check weighs: a failed recommendation warns, everything else stands as recorded.
#[must_use]
pub fn check_verdict(check: &Check) -> Verdict {
    match (check.level, check.verdict) {
        (Level::Should, Verdict::Fail) => Verdict::Warn,
        (_, verdict) => verdict,
    }
}

/// What one judgement weighs.
#[must_use]
pub fn judgement_verdict(judgement: &Judgement) -> Verdict {
    if judgement.agrees { Verdict::Pass } else { Verdict::Fail }
}

/// What one step adds to its checks: nothing when it went well, and nothing when it failed through its own checks, which
/// know whether a requirement or a recommendation failed.
fn step_verdict(step: &StepResult, checks: &[Check]) -> Option<Verdict> {
    let explained =
        || checks.iter().any(|check| check.step == step.text && check.verdict == Verdict::Fail);
    match step.verdict {
        Verdict::Pass | Verdict::Warn => None,
        Verdict::Fail if explained() => None,
        verdict @ (Verdict::Fail
        | Verdict::NotApplicable
        | Verdict::Inconclusive
        | Verdict::NeedsReview
        | Verdict::ConfigError
        | Verdict::BenchError
        | Verdict::NotRun) => Some(verdict),
    }
}

/// What a case is worth.
#[must_use]
pub fn case_verdict(steps: &[StepResult], checks: &[Check], judgements: &[Judgement]) -> Verdict {
    // What went well before the product was asked for what it does not do was only the way there: nothing was asserted of it.
    let only_the_way =
        checks.is_empty() && steps.iter().any(|step| step.verdict == Verdict::NotApplicable);
    let judged = judgements.iter().map(judgement_verdict);
    let judged = judged.filter(|verdict| !(only_the_way && *verdict == Verdict::Pass));
    let borne = checks.iter().map(check_verdict).chain(judged);
    weightiest(borne.chain(steps.iter().filter_map(|step| step_verdict(step, checks))))
}

/// What a run is worth: the weightiest of its cases; a run that ended early is *not-run* at least, and an empty one too. A
/// waiver that has expired, excuses nothing or excuses too much fails it.
#[must_use]
pub fn run_verdict(run: &RunRecord) -> Verdict {
    let cut_short = run.incomplete.as_ref().map(|_| Verdict::NotRun);
    let waivers = run.scope.waivers.iter().filter(|waiver| waiver.state.fails_the_run());
    let waivers = waivers.map(|_| Verdict::Fail);
    weightiest(run.cases.iter().map(|case| case.verdict).chain(cut_short).chain(waivers))
}

/// The exit code of the command for a run's verdict.
///
/// | code | meaning |
/// | --- | --- |
/// | 0 | conformant: pass, or warn (recommendations only) |
/// | 1 | a MUST failed |
/// | 2 | kept for a wrong command line; never from here |
/// | 3 | the configuration is wrong |
/// | 4 | no verdict yet: incomplete, inconclusive, waiting for review, or nothing applied |
/// | 5 | the bench is at fault |
#[must_use]
pub fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Warn => 0,
        Verdict::Fail => 1,
        Verdict::ConfigError => 3,
        Verdict::Inconclusive | Verdict::NotRun | Verdict::NeedsReview | Verdict::NotApplicable => {
            4
        }
        Verdict::BenchError => 5,
    }
}

/// How many cases have each verdict; all nine are present.
#[must_use]
pub fn counts<'a>(cases: impl IntoIterator<Item = &'a CaseResult>) -> BTreeMap<Verdict, usize> {
    let mut counts: BTreeMap<_, _> = Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect();
    for case in cases {
        *counts.entry(case.verdict).or_default() += 1;
    }
    counts
}

/// The cases of each area: areas by name, the cases of one area in the order of the plan.
#[must_use]
pub fn by_area(run: &RunRecord) -> BTreeMap<&str, Vec<&CaseResult>> {
    let mut areas: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for case in &run.cases {
        areas.entry(case.area.as_str()).or_default().push(case);
    }
    areas
}

/// How many of some claims came back (返戻).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// Claims that the agency judged.
    pub claims: usize,
    /// Those of them that came back.
    pub returned: usize,
}

impl Returned {
    /// The share that came back in tenths of a percent, rounded half up; `None` when there was no claim.
    #[must_use]
    pub fn per_mille(self) -> Option<usize> {
        (self.claims > 0).then(|| (self.returned * 2000 + self.claims) / (self.claims * 2))
    }

    /// The share and what it is of: `25.0 % (1/4)`; a dash when there was no claim.
    #[must_use]
    pub fn in_words(self) -> String {
        let Self { claims, returned } = self;
        self.per_mille().map_or_else(
            || "– (0/0)".to_owned(),
            |share| format!("{}.{} % ({returned}/{claims})", share / 10, share % 10),
        )
    }
}

/// 返戻率: the share of the run's claims that came back, the old flow against the new; `None` when nothing was claimed. It
/// tells of the scenarios of this run, which are chosen, and is no estimate of any institution's claims. Row OQS-OPS-10.
#[must_use]
pub fn returned(run: &RunRecord) -> Option<ReturnedShares> {
    let mut shares = ReturnedShares::default();
    for claim in run.cases.iter().flat_map(|case| &case.claims) {
        let share = match claim.flow {
            Flow::Old => &mut shares.old,
            Flow::New => &mut shares.new,
        };
        share.claims += 1;
        share.returned += usize::from(claim.returned);
    }
    (shares != ReturnedShares::default()).then_some(shares)
}

/// The returned claims of both flows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedShares {
    /// 従来の流れ.
    pub old: Returned,
    /// 新しい流れ.
    pub new: Returned,
}

/// What came of one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementOutcome {
    /// Pass only if some evaluated check bore it; *not-run* when no check did anything for it.
    pub verdict: Verdict,
    /// How many checks named it and were evaluated.
    pub evaluated: usize,
    /// Ids of the cases whose checks named it, without repetition, in the order of the plan.
    pub cases: Vec<String>,
    /// Whether the run's catalogue knows it.
    pub listed: bool,
}

/// What came of each requirement: those of the run's catalogue and those that only checks name.
#[must_use]
pub fn requirements(run: &RunRecord) -> BTreeMap<String, RequirementOutcome> {
    let mut found: BTreeMap<&str, Vec<(&str, Verdict)>> =
        run.requirements.keys().map(|id| (id.as_str(), vec![])).collect();
    for case in &run.cases {
        for check in &case.checks {
            for id in &check.requirement {
                found.entry(id).or_default().push((&case.id, check_verdict(check)));
            }
        }
    }
    found
        .into_iter()
        .map(|(id, checks)| (id.to_owned(), outcome(&checks, run.requirements.contains_key(id))))
        .collect()
}

fn outcome(checks: &[(&str, Verdict)], listed: bool) -> RequirementOutcome {
    let mut cases: Vec<String> = checks.iter().map(|(case, _)| (*case).to_owned()).collect();
    cases.dedup();
    RequirementOutcome {
        verdict: weightiest(checks.iter().map(|(_, verdict)| *verdict)),
        evaluated: checks.iter().filter(|(_, verdict)| verdict.is_evaluated()).count(),
        cases,
        listed,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::model::{BenchInfo, ProductInfo, RequirementRow, Source, Text2};

    fn check(level: Level, verdict: Verdict) -> Check {
        Check {
            requirement: vec!["OQS-CERT-07".into()],
            level,
            step: "the result is read".into(),
            verdict,
            expected: String::new(),
            actual: String::new(),
            note: None,
        }
    }

    fn step(verdict: Verdict) -> StepResult {
        StepResult {
            keyword: "Then".into(),
            text: "the result is read".into(),
            verdict,
            message: None,
        }
    }

    fn judgement(agrees: bool) -> Judgement {
        Judgement {
            event: "visit 1".into(),
            expected: Value::Null,
            actual: Value::Null,
            agrees,
            divergence: None,
        }
    }

    fn case(verdict: Verdict, checks: Vec<Check>) -> CaseResult {
        CaseResult {
            id: "certificate/revoked".into(),
            title: Text2::default(),
            area: "certificate".into(),
            tags: vec![],
            feature: String::new(),
            steps: vec![],
            checks,
            judgements: vec![],
            claims: vec![],
            verdict,
            why: None,
            next_step: None,
            blame: None,
            evidence_file: String::new(),
            evidence_head: None,
            evidence: vec![],
            virtual_start: String::new(),
        }
    }

    fn run(cases: Vec<CaseResult>) -> RunRecord {
        RunRecord {
            bench: BenchInfo { name: String::new(), version: String::new() },
            product: ProductInfo {
                name: String::new(),
                version: String::new(),
                vendor: String::new(),
                positions: vec![],
            },
            seed: 0,
            plan_digest: String::new(),
            cases,
            requirements: BTreeMap::new(),
            wall: None,
            incomplete: None,
            scope: crate::scope::Scope::default(),
        }
    }

    #[test] // row OQS-OPS-10
    fn returned_claims_are_counted_by_flow() {
        use crate::model::ClaimSeen;
        let seen = |flow, returned| ClaimSeen { flow, returned };
        let with = |claims| CaseResult { claims, ..case(Verdict::Pass, vec![]) };
        let record = run(vec![
            with(vec![seen(Flow::Old, true), seen(Flow::New, false)]),
            with(vec![]),
            with(vec![seen(Flow::Old, false), seen(Flow::Old, false)]),
        ]);
        let shares = returned(&record).unwrap();
        assert_eq!(shares.old, Returned { claims: 3, returned: 1 });
        assert_eq!(shares.new, Returned { claims: 1, returned: 0 });
        assert_eq!(returned(&run(vec![with(vec![])])), None);
    }

    #[test]
    fn a_share_is_told_with_what_it_is_of() {
        for (claims, returned, words) in [
            (0, 0, "– (0/0)"),
            (3, 1, "33.3 % (1/3)"),
            (3, 2, "66.7 % (2/3)"),
            (4, 0, "0.0 % (0/4)"),
            (2000, 1, "0.1 % (1/2000)"),
            (7, 7, "100.0 % (7/7)"),
        ] {
            assert_eq!(Returned { claims, returned }.in_words(), words);
        }
    }

    #[test]
    fn the_precedence_is_the_documented_one() {
        use Verdict::{
            BenchError, ConfigError, Fail, Inconclusive, NeedsReview, NotApplicable, NotRun, Pass,
            Warn,
        };
        let order = [
            BenchError,
            ConfigError,
            Fail,
            Inconclusive,
            NotRun,
            NeedsReview,
            Warn,
            Pass,
            NotApplicable,
        ];
        for (index, heavier) in order.into_iter().enumerate() {
            for lighter in order.into_iter().skip(index) {
                assert_eq!(weightiest([lighter, heavier]), heavier, "{heavier:?} over {lighter:?}");
            }
        }
    }

    #[test]
    fn exit_codes_by_verdict() {
        for (verdict, code) in [
            (Verdict::Pass, 0),
            (Verdict::Warn, 0),
            (Verdict::Fail, 1),
            (Verdict::NotApplicable, 4),
            (Verdict::Inconclusive, 4),
            (Verdict::NeedsReview, 4),
            (Verdict::ConfigError, 3),
            (Verdict::BenchError, 5),
            (Verdict::NotRun, 4),
        ] {
            assert_eq!(exit_code(verdict), code, "{verdict:?}");
        }
    }

    #[test]
    fn cases_by_their_parts() {
        use Level::{Must, Should};
        use Verdict::{Fail, Inconclusive, NeedsReview, NotApplicable, NotRun, Pass, Warn};
        for (name, steps, checks, agrees, verdict) in [
            ("nothing at all", vec![], vec![], None, NotRun),
            ("steps alone bear nothing", vec![Pass, Pass], vec![], None, NotRun),
            ("a warned step alone bears nothing", vec![Warn], vec![], None, NotRun),
            ("a check bears", vec![Pass], vec![(Must, Pass)], None, Pass),
            ("a judgement bears", vec![Pass], vec![], Some(true), Pass),
            ("a judgement convicts", vec![Pass], vec![(Must, Pass)], Some(false), Fail),
            ("a MUST fails", vec![Fail], vec![(Must, Fail)], Some(true), Fail),
            (
                "a SHOULD warns though its step failed",
                vec![Fail],
                vec![(Should, Fail)],
                Some(true),
                Warn,
            ),
            ("a step fails by itself", vec![Fail], vec![(Must, Pass)], None, Fail),
            ("a step was not run", vec![NotRun], vec![(Must, Pass)], None, NotRun),
            (
                "a SHOULD was not seen",
                vec![],
                vec![(Should, Inconclusive), (Must, Pass)],
                None,
                Inconclusive,
            ),
            ("a person must look", vec![NeedsReview], vec![], None, NeedsReview),
            ("not for this product", vec![NotApplicable], vec![], None, NotApplicable),
            ("the way there bears nothing", vec![NotApplicable], vec![], Some(true), NotApplicable),
            ("and convicts all the same", vec![NotApplicable], vec![], Some(false), Fail),
            ("what was asserted stands", vec![NotApplicable], vec![(Must, Pass)], Some(true), Pass),
            (
                "one part does not apply",
                vec![],
                vec![(Must, NotApplicable), (Must, Pass)],
                None,
                Pass,
            ),
        ] {
            let steps: Vec<_> = steps.into_iter().map(step).collect();
            let checks: Vec<_> =
                checks.into_iter().map(|(level, verdict)| check(level, verdict)).collect();
            let judgements: Vec<_> = agrees.into_iter().map(judgement).collect();
            assert_eq!(case_verdict(&steps, &checks, &judgements), verdict, "{name}");
        }
    }

    #[test]
    fn an_empty_run_is_not_run() {
        assert_eq!(run_verdict(&run(vec![])), Verdict::NotRun);
    }

    #[test]
    fn a_run_cut_short_does_not_pass_but_keeps_its_failure() {
        let cut = |cases| RunRecord { incomplete: Some("stopped".into()), ..run(cases) };
        assert_eq!(run_verdict(&cut(vec![case(Verdict::Pass, vec![])])), Verdict::NotRun);
        assert_eq!(run_verdict(&cut(vec![case(Verdict::Fail, vec![])])), Verdict::Fail);
    }

    #[test]
    fn a_requirement_that_nothing_bore_is_not_run() {
        let mut run = run(vec![case(Verdict::Pass, vec![check(Level::Must, Verdict::Pass)])]);
        let row = RequirementRow {
            level: Level::Must,
            statement: Text2::default(),
            source: Source::Public,
            tier: 1,
            check: crate::scope::CheckKind::Auto,
            reason: None,
        };
        run.requirements.insert("OQS-CERT-08".into(), row);
        let found = requirements(&run);
        assert_eq!(
            (found["OQS-CERT-08"].verdict, found["OQS-CERT-08"].listed),
            (Verdict::NotRun, true)
        );
        assert_eq!(
            (found["OQS-CERT-07"].verdict, found["OQS-CERT-07"].listed),
            (Verdict::Pass, false)
        );
    }

    fn any_verdict() -> impl Strategy<Value = Verdict> {
        prop::sample::select(Verdict::ALL.to_vec())
    }

    fn any_check() -> impl Strategy<Value = Check> {
        (prop::sample::select(vec![Level::Must, Level::Should]), any_verdict())
            .prop_map(|(l, v)| check(l, v))
    }

    proptest! {
        #[test]
        fn order_does_not_matter(verdicts in prop::collection::vec(any_verdict(), 0..12)) {
            prop_assert_eq!(weightiest(verdicts.iter().rev().copied()), weightiest(verdicts));
        }

        #[test]
        fn grouping_does_not_matter(a in prop::collection::vec(any_verdict(), 1..8), b in prop::collection::vec(any_verdict(), 1..8)) {
            let parts = [weightiest(a.clone()), weightiest(b.clone())];
            prop_assert_eq!(weightiest(parts), weightiest(a.into_iter().chain(b)));
        }

        #[test]
        fn a_further_check_never_hides_a_failure(checks in prop::collection::vec(any_check(), 0..8), more in any_check()) {
            let before = case_verdict(&[], &checks, &[judgement(false)]);
            let all: Vec<_> = checks.into_iter().chain([more]).collect();
            let after = case_verdict(&[], &all, &[judgement(false)]);
            prop_assert!(weight(after) >= weight(before));
            prop_assert!(exit_code(after) != 0);
        }

        #[test]
        fn a_case_passes_only_if_a_check_or_judgement_bore_it(
            steps in prop::collection::vec(any_verdict(), 0..6),
            checks in prop::collection::vec(any_check(), 0..6),
        ) {
            let steps: Vec<_> = steps.into_iter().map(step).collect();
            if exit_code(case_verdict(&steps, &checks, &[])) == 0 {
                prop_assert!(checks.iter().any(|check| check.verdict.is_evaluated()));
            }
        }

        #[test]
        fn recommendations_alone_never_fail_a_run(verdicts in prop::collection::vec(any_verdict(), 0..8)) {
            let checks: Vec<_> = verdicts.into_iter().map(|verdict| check(Level::Should, verdict)).collect();
            let verdict = case_verdict(&[], &checks, &[]);
            prop_assert!(exit_code(run_verdict(&run(vec![case(verdict, checks)]))) != 1);
        }

        #[test]
        fn a_requirement_passes_only_if_evaluated(checks in prop::collection::vec(any_check(), 0..8)) {
            for outcome in requirements(&run(vec![case(Verdict::Pass, checks)])).values() {
                prop_assert!(outcome.verdict != Verdict::Pass || outcome.evaluated > 0);
            }
        }

        #[test]
        fn every_case_is_counted_once(verdicts in prop::collection::vec(any_verdict(), 0..30)) {
            let cases: Vec<_> = verdicts.iter().map(|verdict| case(*verdict, vec![])).collect();
            prop_assert_eq!(counts(&cases).values().sum::<usize>(), verdicts.len());
        }
    }
}
