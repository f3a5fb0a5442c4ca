//! Stage: which chart a result belongs to, 0, 1 or many; never the next in line. Rows OQS-MSG-19, OQS-QUAL-27, 31, OQS-PRIV-09.

use std::collections::BTreeMap;

use crate::model::{Chart, InboxDecision, Person, Record, World};

use super::numbers;
use super::state::{State, Waiting};
use super::text::folded;

/// Decides every result that waits at an institution and empties its folder (OQS-PRIV-11). A valid one that opens a chart is
/// kept there for the claim (OQS-CLM-01).
///
/// Who stands at the counter is not asked: it would be a guess (OQS-MSG-19). Of several results of one holder the newest
/// one's decision is kept, charts are not changed by a decision (bench choices).
pub(super) fn collect(
    world: &World,
    state: &mut State,
    institution: &str,
) -> BTreeMap<String, InboxDecision> {
    let charts =
        world.institutions.get(institution).map_or(&[][..], |institution| &institution.charts);
    let mut decisions = BTreeMap::new();
    for Waiting { holder, record, validity, day } in
        state.waiting.remove(institution).unwrap_or_default()
    {
        let decision = match (&record, world.people.get(&holder)) {
            (Some(record), Some(holder)) => decide(charts, record, holder),
            (None, _) | (_, None) => InboxDecision::Unknown, // no person data to go by
        };
        if let (InboxDecision::Opened(chart), 1, Some(record)) = (&decision, validity, record) {
            let visit = (institution.to_owned(), chart.clone(), day);
            state.confirmations.insert(visit, record.numbers);
        }
        decisions.insert(holder, decision);
    }
    decisions
}

/// Numbers, birth date and name agree with one chart → it is opened. With several, or numbers without the rest → staff (OQS-QUAL-27).
/// Numbers nowhere on file → by person.
fn decide(charts: &[Chart], record: &Record, holder: &Person) -> InboxDecision {
    let insured: Vec<&Chart> = charts.iter().filter(|chart| has_numbers(chart, record)).collect();
    let agreeing: Vec<&Chart> =
        insured.iter().copied().filter(|chart| is_person(chart, record)).collect();
    match (agreeing.as_slice(), insured.as_slice()) {
        ([chart], _) => InboxDecision::Opened(chart.id.clone()),
        ([], []) => by_person(charts, record, holder),
        _ => InboxDecision::AskStaff,
    }
}

/// Somebody who changed the insurer is recognised by birth date, kana, sex and name together (bench choice); a name that differs
/// from the chart's stops and asks (OQS-QUAL-27), kana never replaces it (OQS-QUAL-31).
fn by_person(charts: &[Chart], record: &Record, holder: &Person) -> InboxDecision {
    let alike: Vec<&Chart> =
        charts.iter().filter(|chart| is_alike(chart, record, holder)).collect();
    match alike.as_slice() {
        [] => InboxDecision::Unknown,
        [chart] if is_person(chart, record) => InboxDecision::Opened(chart.id.clone()),
        _ => InboxDecision::AskStaff,
    }
}

fn has_numbers(chart: &Chart, record: &Record) -> bool {
    chart.insurance.as_ref().is_some_and(|held| numbers::agree(held, &record.numbers))
}

fn is_person(chart: &Chart, record: &Record) -> bool {
    chart.birthdate == record.birthdate && folded(&chart.name) == folded(&record.name)
}

fn is_alike(chart: &Chart, record: &Record, holder: &Person) -> bool {
    chart.birthdate == record.birthdate
        && chart.sex == holder.sex
        && folded(&chart.kana) == folded(&holder.kana)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{CLINIC, HANAKO, TARO, chart, record_of, world};
    use super::*;

    fn waiting(holder: &str, record: Option<Record>) -> Waiting {
        Waiting { holder: holder.into(), record, validity: 1, day: date(2026, 5, 1) }
    }

    fn opened(id: &str) -> InboxDecision {
        InboxDecision::Opened(id.to_owned())
    }

    fn other_insurance(chart: Chart) -> Chart {
        let insurance = chart
            .insurance
            .clone()
            .map(|numbers| crate::model::Numbers { number: "9999".into(), ..numbers });
        Chart { insurance, ..chart }
    }

    #[test]
    fn none_one_or_many() {
        let world = world();
        let (own, taro) = (chart("1", &world, HANAKO), chart("2", &world, TARO));
        let without = Chart { insurance: None, ..own.clone() };
        let renamed = Chart { name: "仮名　花子".into(), ..own.clone() };
        let narrow =
            Chart {
                name: "架空 花子".into(), kana: "カクウ　ハナコ".into(), ..own.clone()
            };
        let born_later = Chart { birthdate: date(1990, 6, 16), ..own.clone() };
        let copy = Chart { id: "3".into(), ..own.clone() };
        let changed = other_insurance(own.clone());
        for (case, charts, expected) in [
            ("no chart", vec![], InboxDecision::Unknown),
            ("somebody else's", vec![taro.clone()], InboxDecision::Unknown),
            ("own", vec![taro.clone(), own.clone()], opened("1")),
            ("own, other spaces and widths", vec![narrow.clone()], opened("1")),
            ("two charts of one person", vec![own.clone(), copy.clone()], InboxDecision::AskStaff),
            ("numbers, other name", vec![renamed.clone()], InboxDecision::AskStaff),
            ("numbers, other birth date", vec![born_later.clone()], InboxDecision::AskStaff),
            ("a wrong and the right one", vec![renamed.clone(), copy.clone()], opened("3")),
            ("new insurer", vec![changed.clone()], opened("1")),
            ("new insurer, other spelling", vec![other_insurance(narrow)], opened("1")),
            ("no insurance on file", vec![without.clone()], opened("1")),
            (
                "no insurance on file, other name",
                vec![Chart { insurance: None, ..renamed.clone() }],
                InboxDecision::AskStaff,
            ),
            (
                "no insurance on file, other birth date",
                vec![Chart { insurance: None, ..born_later }],
                InboxDecision::Unknown,
            ),
            (
                "no insurance on file, other sex",
                vec![Chart { sex: 1, ..without.clone() }],
                InboxDecision::Unknown,
            ),
            (
                "no insurance on file, twice",
                vec![without.clone(), other_insurance(copy)],
                InboxDecision::AskStaff,
            ),
            (
                "numbers elsewhere, person here",
                vec![renamed, Chart { id: "4".into(), ..without }],
                InboxDecision::AskStaff,
            ),
        ] {
            let record = record_of(&world, HANAKO);
            assert_eq!(decide(&charts, &record, &world.people[HANAKO]), expected, "{case}");
        }
    }

    #[test]
    fn a_missing_branch_on_the_chart_is_no_difference() {
        let world = world();
        let mut own = chart("1", &world, HANAKO);
        own.insurance.as_mut().unwrap().branch = None;
        assert_eq!(decide(&[own], &record_of(&world, HANAKO), &world.people[HANAKO]), opened("1"));
    }

    #[test]
    fn each_result_is_decided_once_and_for_its_own_holder() {
        let mut world = world();
        let charts = vec![chart("1", &world, HANAKO)];
        world.institutions.get_mut(CLINIC).unwrap().charts = charts;
        let mut state = State::before(&world);
        let results = vec![
            waiting(TARO, Some(record_of(&world, TARO))),
            waiting(HANAKO, Some(record_of(&world, HANAKO))),
        ];
        state.waiting.insert(CLINIC.into(), results);
        let decided = collect(&world, &mut state, CLINIC);
        let expected =
            [(TARO.to_owned(), InboxDecision::Unknown), (HANAKO.to_owned(), opened("1"))];
        assert_eq!(decided, BTreeMap::from(expected));
        assert_eq!(collect(&world, &mut state, CLINIC), BTreeMap::new());
        let kept = (CLINIC.to_owned(), "1".to_owned(), date(2026, 5, 1));
        let told = record_of(&world, HANAKO).numbers;
        assert_eq!(state.confirmations, BTreeMap::from([(kept, told)]));
    }

    #[test]
    fn a_result_without_record_names_nobody() {
        let mut world = world();
        let charts = vec![chart("1", &world, HANAKO)];
        world.institutions.get_mut(CLINIC).unwrap().charts = charts;
        let mut state = State::before(&world);
        state.waiting.insert(CLINIC.into(), vec![waiting(HANAKO, None)]);
        assert_eq!(collect(&world, &mut state, CLINIC)[HANAKO], InboxDecision::Unknown);
    }
}
