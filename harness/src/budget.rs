//! Chooses scenarios for a run that may take only so long: those first that could find the most mutants per second.
//!
//! Which mutants a scenario finds was measured (`scenarios/kills.yaml`); of a scenario or a mutant that is newer it is taken that it
//! finds those that break a requirement which one of its assertions bears. What a scenario costs is estimated from how much happens in it, or taken from the report of an
//! earlier run. The choice depends on nothing else, so it is the same wherever it is made.

use std::collections::{BTreeMap, BTreeSet};

use cucumber::gherkin::StepType;
use jiff::SignedDuration;
use reports::model::RunRecord;

use crate::catalogue::Case;
use crate::mutants::{Kills, Mutant};

/// Microseconds that a scenario adds to a run on two busy cores by being there: estimated rather high.
const FOR_A_SCENARIO: u64 = 40_000;
/// The same for each thing that happens in it.
const FOR_AN_EVENT: u64 = 20_000;

/// What scenarios cost, in microseconds of the whole run's time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Costs {
    measured: BTreeMap<String, u64>,
}

impl Costs {
    /// The shares of an earlier run's time, by scenario; what was not in it is estimated.
    pub fn of(record: &RunRecord) -> Self {
        let Some(wall) = &record.wall else { return Self::default() };
        // Scenarios run side by side: together they took longer than the run.
        let sum: f64 = wall.cases.values().sum();
        let share = |seconds: f64| {
            let micros = seconds / sum * wall.seconds * 1e6;
            SignedDuration::try_from_secs_f64(micros / 1e6).map_or(0, |it| it.as_micros())
        };
        let measured = wall.cases.iter().map(|(id, seconds)| {
            (id.clone(), u64::try_from(share(*seconds)).unwrap_or(u64::MAX).max(1))
        });
        Self { measured: measured.collect() }
    }

    fn of_case(&self, case: &Case) -> u64 {
        let events = case.steps().filter(|step| step.ty == StepType::When).count();
        let events = u64::try_from(events).unwrap_or(u64::MAX);
        let estimated = FOR_AN_EVENT.saturating_mul(events).saturating_add(FOR_A_SCENARIO);
        self.measured.get(&case.id).copied().unwrap_or(estimated)
    }
}

/// What is run, and what is not.
#[derive(Debug)]
pub struct Choice<'c> {
    /// In the order in which they are begun.
    pub chosen: Vec<&'c Case>,
    /// In the order of the plan.
    pub left_out: Vec<&'c Case>,
    /// Mutants that the chosen ones are expected to find.
    pub mutants: usize,
    /// Mutants that all are expected to find.
    pub of: usize,
    /// Time that the chosen ones are expected to take.
    pub expected: SignedDuration,
}

/// A scenario that may be chosen.
struct Candidate<'c> {
    case: &'c Case,
    cost: u64,
    finds: BTreeSet<usize>,
}

impl Candidate<'_> {
    /// Whether it finds more per second than another: with what is found already left out, then with everything, then the
    /// cheaper one, then by name.
    fn is_before(&self, other: &Self, found: &BTreeSet<usize>) -> bool {
        let new = |one: &Self| one.finds.difference(found).count() as u128;
        let all = |one: &Self| one.finds.len() as u128;
        let per_second = |mine: u128, theirs: u128| {
            (mine * u128::from(other.cost)).cmp(&(theirs * u128::from(self.cost))).reverse()
        };
        per_second(new(self), new(other))
            .then(per_second(all(self), all(other)))
            .then(self.cost.cmp(&other.cost))
            .then(self.case.id.cmp(&other.case.id))
            .is_lt()
    }
}

/// Chooses. Nothing is chosen where nothing fits.
pub fn choose<'c>(
    cases: &[&'c Case],
    (mutants, kills): (&[Mutant], &Kills),
    costs: &Costs,
    budget: SignedDuration,
) -> Choice<'c> {
    let mut left = u64::try_from(budget.as_micros()).unwrap_or(0);
    let mut open: Vec<Candidate<'c>> = cases
        .iter()
        .map(|case| Candidate {
            case,
            cost: costs.of_case(case),
            finds: finds(case, mutants, kills),
        })
        .collect();
    let of = open.iter().flat_map(|it| it.finds.iter()).collect::<BTreeSet<_>>().len();
    let (mut chosen, mut found, mut spent) = (Vec::new(), BTreeSet::new(), 0);
    loop {
        open.retain(|it| it.cost <= left);
        let first = (1..open.len()).fold(0, |best, next| match (open.get(next), open.get(best)) {
            (Some(one), Some(other)) if one.is_before(other, &found) => next,
            _ => best,
        });
        if open.is_empty() {
            break;
        }
        let Candidate { case, cost, finds } = open.swap_remove(first);
        left -= cost;
        spent += cost;
        found.extend(finds);
        chosen.push(case);
    }
    let is_chosen = |case: &&Case| chosen.iter().any(|it| it.id == case.id);
    let left_out = cases.iter().copied().filter(|case| !is_chosen(case)).collect();
    let expected = SignedDuration::from_micros(i64::try_from(spent).unwrap_or(i64::MAX));
    Choice { chosen, left_out, mutants: found.len(), of, expected }
}

/// Places of the mutants that a scenario finds, or could find where that was not measured.
fn finds(case: &Case, mutants: &[Mutant], kills: &Kills) -> BTreeSet<usize> {
    let borne = case.requirements();
    let could = |mutant: &Mutant| {
        mutant.equivalent.is_none() && mutant.requirements.iter().any(|id| borne.contains(id))
    };
    let finds = |mutant: &Mutant| kills.tell(&case.id, &mutant.id).unwrap_or_else(|| could(mutant));
    mutants.iter().enumerate().filter(|(_, it)| finds(it)).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    fn chosen(seconds: i64) -> Choice<'static> {
        let catalogue = Catalogue::embedded().unwrap();
        let cases: Vec<&Case> = catalogue.cases.iter().collect();
        choose(
            &cases,
            (&catalogue.mutants, &catalogue.kills),
            &Costs::default(),
            SignedDuration::from_secs(seconds),
        )
    }

    #[test]
    fn a_budget_is_kept_and_a_greater_one_finds_no_less() {
        let all = Catalogue::embedded().unwrap().cases.len();
        let mut before = 0;
        for seconds in [1, 2, 5, 10, 1_000] {
            let choice = chosen(seconds);
            assert!(choice.expected <= SignedDuration::from_secs(seconds));
            assert_eq!(choice.chosen.len() + choice.left_out.len(), all);
            assert!(choice.mutants >= before && choice.mutants <= choice.of, "{seconds} s");
            before = choice.mutants;
        }
        assert_eq!((before, chosen(1_000).left_out.len()), (chosen(1_000).of, 0));
        assert_eq!((chosen(0).chosen.len(), chosen(0).mutants), (0, 0));
    }

    #[test]
    fn a_tenth_of_the_time_finds_more_than_half_of_the_mutants() {
        let whole = chosen(1_000);
        let tenth =
            SignedDuration::from_micros(i64::try_from(whole.expected.as_micros() / 10).unwrap());
        let catalogue = Catalogue::embedded().unwrap();
        let cases: Vec<&Case> = catalogue.cases.iter().collect();
        let choice =
            choose(&cases, (&catalogue.mutants, &catalogue.kills), &Costs::default(), tenth);
        assert!(choice.mutants * 2 > choice.of, "{} of {}", choice.mutants, choice.of);
        assert!(choice.chosen.len() * 4 < cases.len(), "{} scenarios", choice.chosen.len());
    }

    #[test]
    fn the_order_of_the_plan_does_not_matter() {
        let catalogue = Catalogue::embedded().unwrap();
        let cases: Vec<&Case> = catalogue.cases.iter().rev().collect();
        let budget = SignedDuration::from_secs(3);
        let turned =
            choose(&cases, (&catalogue.mutants, &catalogue.kills), &Costs::default(), budget);
        let ids = |choice: &Choice<'_>| -> Vec<String> {
            choice.chosen.iter().map(|case| case.id.clone()).collect()
        };
        assert_eq!(ids(&turned), ids(&chosen(3)));
    }

    #[test]
    fn a_measured_scenario_costs_its_share_of_the_run() {
        use reports::model::{BenchInfo, ProductInfo, Wall};
        let text = || String::new();
        let cases = BTreeMap::from([("a/slow".to_owned(), 6.0), ("a/fast".to_owned(), 2.0)]);
        let record = RunRecord {
            bench: BenchInfo { name: text(), version: text() },
            product: ProductInfo {
                name: text(),
                version: text(),
                vendor: text(),
                positions: vec![],
            },
            seed: 1,
            plan_digest: text(),
            cases: vec![],
            requirements: BTreeMap::new(),
            wall: Some(Wall { started: text(), seconds: 2.0, cases }),
            incomplete: None,
            scope: reports::scope::Scope::default(),
        };
        let measured = Costs::of(&record).measured;
        assert_eq!((measured["a/slow"], measured["a/fast"]), (1_500_000, 500_000));
        let without = RunRecord { wall: None, ..record };
        assert_eq!(Costs::of(&without), Costs::default());
    }
}
