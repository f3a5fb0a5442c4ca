//! Stage: what the review and payment agency makes of a claim. Rows OQS-CLM-01 to 05, 13, OQS-OPS-03.

use std::collections::BTreeSet;

use crate::model::{Chart, Claim, ClaimEnd, ClaimOutcome, Coverage, NumberName, Numbers, World};

use super::qualification::is_active;
use super::state::State;
use super::{inbox, numbers};

/// From confirmed data, or by the old flow from what staff typed.
pub(super) fn judge(world: &World, state: &mut State, claim: &Claim) -> ClaimOutcome {
    match &claim.typed {
        None => ClaimOutcome { end: confirmed(world, state, claim), reported: BTreeSet::new() },
        Some(typed) => ClaimOutcome {
            end: by_hand(world, state, typed, claim),
            reported: reported(world, state, typed, claim),
        },
    }
}

/// What was typed and is not what this visit confirmed, results that still wait included, is reported before the claim goes
/// out (OQS-CLM-04); without a confirmation there is nothing to hold it against.
fn reported(world: &World, state: &State, typed: &Numbers, claim: &Claim) -> BTreeSet<NumberName> {
    let mut seen = state.clone(); // staff who only type decide nothing about what waits
    inbox::collect(world, &mut seen, &claim.institution);
    let visit = (claim.institution.clone(), chart_id(claim), claim.day);
    seen.confirmations.get(&visit).map(|told| numbers::differing(typed, told)).unwrap_or_default()
}

/// The chart a claim is written from (bench profile: charts are named after their person).
fn chart_id(claim: &Claim) -> String {
    format!("chart-{}", claim.person)
}

/// A valid qualification that was told for this chart and day is paid (OQS-CLM-01, 02), whatever is fed later (OQS-CLM-03).
/// Results that wait are taken in first, so that nothing confirmed is left out (bench choice).
fn confirmed(world: &World, state: &mut State, claim: &Claim) -> ClaimEnd {
    inbox::collect(world, state, &claim.institution);
    let key = (claim.institution.clone(), chart_id(claim), claim.day);
    if state.confirmations.contains_key(&key) {
        ClaimEnd::Accepted
    } else {
        ClaimEnd::NothingConfirmed
    }
}

/// Typed numbers are found wrong only now (OQS-CLM-05). Nobody with the chart's birth date has them → unknown; somebody had
/// them, on another day → not qualified. A stranger of the same birth date passes: one of the faults of the old flow (OQS-OPS-03).
fn by_hand(world: &World, state: &State, typed: &Numbers, claim: &Claim) -> ClaimEnd {
    let named: Vec<&Coverage> = chart(world, claim)
        .map(|chart| claimed(world, state, typed, chart))
        .into_iter()
        .flatten()
        .collect();
    if named.is_empty() {
        ClaimEnd::ReturnedUnknown
    } else if named.iter().any(|coverage| is_active(coverage, claim.day)) {
        ClaimEnd::Accepted
    } else {
        ClaimEnd::ReturnedNotQualified
    }
}

/// A claim tells the chart's birth date and, without SN record, no branch.
fn claimed<'a>(
    world: &World,
    state: &'a State,
    typed: &Numbers,
    chart: &Chart,
) -> Vec<&'a Coverage> {
    let born_then = |name: &str| {
        world.people.get(name).is_some_and(|person| person.birthdate == chart.birthdate)
    };
    state
        .coverages
        .iter()
        .filter(|(name, _)| born_then(name))
        .flat_map(|(_, held)| held)
        .filter(|coverage| numbers::claimed(typed, &numbers::of(coverage)))
        .collect()
}

fn chart<'a>(world: &'a World, claim: &Claim) -> Option<&'a Chart> {
    let charts = &world.institutions.get(&claim.institution)?.charts;
    charts.iter().find(|chart| chart.id == chart_id(claim))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::super::testing::{
        CLINIC, HANAKO, OTHER_CLINIC, TARO, chart, feed_loss, numbers_of, visit, world,
    };
    use super::super::{feed, visit};
    use super::*;

    fn claim(institution: &str, person: &str, day: Date, typed: Option<Numbers>) -> Claim {
        Claim { institution: institution.into(), person: person.into(), day, typed }
    }

    /// Both people have their charts at the clinic, and only there.
    fn with_charts() -> World {
        let mut world = world();
        let charts =
            [HANAKO, TARO].map(|name| chart(&format!("chart-{name}"), &world, name)).to_vec();
        world.institutions.get_mut(CLINIC).unwrap().charts = charts;
        world
    }

    #[test]
    fn confirmed_claims() {
        let world = with_charts();
        let mut state = State::before(&world);
        visit::judge(&world, &mut state, &visit(HANAKO));
        let backdated = feed_loss("r1", HANAKO, "1001", date(2026, 4, 1));
        assert!(feed::record(&world, &mut state, &backdated));
        let day = date(2026, 5, 1);
        for (institution, person, day, expected) in [
            (CLINIC, HANAKO, day, ClaimEnd::Accepted),
            (CLINIC, HANAKO, date(2026, 5, 2), ClaimEnd::NothingConfirmed),
            (OTHER_CLINIC, HANAKO, day, ClaimEnd::NothingConfirmed),
            (CLINIC, TARO, day, ClaimEnd::NothingConfirmed),
        ] {
            let outcome = judge(&world, &mut state, &claim(institution, person, day, None));
            assert_eq!(outcome.end, expected, "{institution} {person} {day}");
        }
    }

    #[test]
    fn only_a_valid_result_that_opened_the_chart_is_claimed_on() {
        for (case, lost, charts, expected) in [
            ("valid and opened", false, true, ClaimEnd::Accepted),
            ("lost", true, true, ClaimEnd::NothingConfirmed),
            ("no chart", false, false, ClaimEnd::NothingConfirmed),
        ] {
            let world = if charts { with_charts() } else { world() };
            let mut state = State::before(&world);
            let loss = feed_loss("r1", HANAKO, "1001", date(2026, 5, 1));
            assert!(!lost || feed::record(&world, &mut state, &loss));
            visit::judge(&world, &mut state, &visit(HANAKO));
            let claim = claim(CLINIC, HANAKO, date(2026, 5, 1), None);
            assert_eq!(judge(&world, &mut state, &claim).end, expected, "{case}");
        }
    }

    #[test]
    fn typed_claims() {
        let world = with_charts();
        let mut state = State::before(&world);
        let loss = feed_loss("r1", HANAKO, "1001", date(2026, 5, 10));
        assert!(feed::record(&world, &mut state, &loss));
        let right = numbers_of(&world, HANAKO);
        let typo = Numbers { number: "1010".into(), ..right.clone() };
        let other_branch = Numbers { branch: Some("09".into()), ..right.clone() };
        let of_taro = numbers_of(&world, TARO);
        for (case, typed, day, expected) in [
            ("right", &right, date(2026, 5, 9), ClaimEnd::Accepted),
            ("any branch", &other_branch, date(2026, 5, 9), ClaimEnd::Accepted),
            ("lost", &right, date(2026, 5, 10), ClaimEnd::ReturnedNotQualified),
            ("before the gain", &right, date(2025, 3, 31), ClaimEnd::ReturnedNotQualified),
            ("nobody's", &typo, date(2026, 5, 9), ClaimEnd::ReturnedUnknown),
            ("somebody else's", &of_taro, date(2026, 5, 9), ClaimEnd::ReturnedUnknown),
        ] {
            let claim = claim(CLINIC, HANAKO, day, Some(typed.clone()));
            assert_eq!(judge(&world, &mut state, &claim).end, expected, "{case}");
        }
    }

    #[test]
    fn a_twin_passes_for_the_other_in_the_old_flow() {
        let mut world = with_charts();
        let birthdate = world.people[HANAKO].birthdate;
        world.people.get_mut(TARO).unwrap().birthdate = birthdate;
        let typed = Some(numbers_of(&world, TARO));
        let claim = claim(CLINIC, HANAKO, date(2026, 5, 9), typed);
        let mut state = State::before(&world);
        assert_eq!(judge(&world, &mut state, &claim).end, ClaimEnd::Accepted);
    }
}
