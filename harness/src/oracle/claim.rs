//! Stage: what the review and payment agency makes of a claim. Rows OQS-CLM-01 to 05, 07, 09 to 13, OQS-DIS-05, OQS-OPS-03.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::{
    Chart, Claim, ClaimEnd, ClaimOutcome, Coverage, NumberName, Numbers, Unclear, World,
};

use super::qualification::{by_card, is_active};
use super::state::State;
use super::{inbox, numbers};

/// From confirmed data, by the old flow from what staff typed, or in an unclear case from the best that is known.
pub(super) fn judge(world: &World, state: &mut State, claim: &Claim) -> ClaimOutcome {
    let reported =
        claim.typed.as_ref().map(|typed| reported(world, state, typed, claim)).unwrap_or_default();
    let claims = match (&claim.typed, &claim.unclear) {
        (Some(typed), _) => vec![(named(typed), by_hand(world, state, typed, claim))],
        (None, Some(known)) => vec![unclear(world, state, known, claim)],
        (None, None) => confirmed(world, state, claim),
    };
    let (insurers, ends): (Vec<_>, Vec<_>) = claims.into_iter().unzip();
    // Records only: on paper nothing is taken (OQS-CLM-09).
    let taken = |end| if claim.on_paper { ClaimEnd::NotRecords } else { end };
    match ends.as_slice() {
        [] => ClaimOutcome { end: ClaimEnd::NothingConfirmed, further: vec![], insurers, reported },
        [first, further @ ..] => {
            let further = if claim.on_paper { vec![] } else { further.to_vec() };
            ClaimOutcome { end: taken(*first), further, insurers, reported }
        }
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

/// The insurer a claim names, without pad.
fn named(numbers: &Numbers) -> String {
    numbers.insurer_number.trim_matches(' ').to_owned()
}

fn days(claim: &Claim) -> BTreeSet<Date> {
    claim.also.iter().copied().chain([claim.day]).collect()
}

/// A valid qualification that was told for this chart and day is paid (OQS-CLM-01, 02), whatever is fed later (OQS-CLM-03), each
/// qualification of the month by a claim of its own (OQS-CLM-10). Nothing is claimed when one of the days is not confirmed.
/// Results that wait are taken in first, so that nothing confirmed is left out (bench choice).
fn confirmed(world: &World, state: &mut State, claim: &Claim) -> Vec<(String, ClaimEnd)> {
    inbox::collect(world, state, &claim.institution);
    let mut told: Vec<&Numbers> = Vec::new();
    for day in days(claim) {
        let key = (claim.institution.clone(), chart_id(claim), day);
        let Some(numbers) = state.confirmations.get(&key) else { return vec![] };
        if !told.contains(&numbers) {
            told.push(numbers);
        }
    }
    told.into_iter().map(|numbers| (named(numbers), ClaimEnd::Accepted)).collect()
}

/// The present number, else an old qualification, else unknown (OQS-CLM-12). On an old one the stated insurer is asked, so it
/// does not come back for a mere loss, but for one by death (bench choice). Unknown is filled and remarked (OQS-CLM-11, OQS-DIS-05).
fn unclear(world: &World, state: &State, known: &Unclear, claim: &Claim) -> (String, ClaimEnd) {
    match (&known.current, &known.old, &known.declared) {
        (Some(current), _, _) => (named(current), by_hand(world, state, current, claim)),
        (None, Some(old), _) => {
            let end = by_hand(world, state, old, claim);
            let merely_lost =
                end == ClaimEnd::ReturnedNotQualified && is_merely_lost(world, state, old, claim);
            (named(old), if merely_lost { ClaimEnd::Accepted } else { end })
        }
        (None, None, Some(_)) => ("77777777".to_owned(), ClaimEnd::Accepted),
        (None, None, None) => ("99999999".to_owned(), ClaimEnd::Accepted),
    }
}

/// On the first day that nobody pays for, the newest of the stated coverages that had begun has ended, and not by death.
fn is_merely_lost(world: &World, state: &State, old: &Numbers, claim: &Claim) -> bool {
    let Some(chart) = chart(world, claim) else { return false };
    let stated: Vec<_> =
        claimed(world, state, old, chart).into_iter().map(|(_, one)| one).collect();
    let unpaid = days(claim).into_iter().find(|day| !stated.iter().any(|one| is_active(one, *day)));
    let ended = stated.iter().filter(|one| unpaid.is_some_and(|day| one.gained <= day));
    let newest = ended.max_by_key(|one| one.gained);
    newest.is_some_and(|one| one.loss_reason.as_deref() != Some("01"))
}

/// Typed numbers are found wrong only now (OQS-CLM-05). Nobody with the chart's birth date has them → unknown. Days that the
/// stated insurance does not cover go to the person's own of those days: all of them to one → transferred, else → split
/// (OQS-CLM-07); a day without any → not qualified. A stranger of the same birth date passes: one of the faults of the old
/// flow (OQS-OPS-03).
fn by_hand(world: &World, state: &State, typed: &Numbers, claim: &Claim) -> ClaimEnd {
    let stated = chart(world, claim).map(|chart| claimed(world, state, typed, chart));
    let stated = stated.unwrap_or_default();
    let people: BTreeSet<&str> = stated.iter().map(|(name, _)| *name).collect();
    let (Some(person), several) = (people.first(), people.len() > 1) else {
        return ClaimEnd::ReturnedUnknown;
    };
    let mut payers: BTreeMap<Option<String>, u32> = BTreeMap::new();
    for day in days(claim) {
        let payer = if stated.iter().any(|(_, coverage)| is_active(coverage, day)) {
            None
        } else {
            let today = by_card(state, person, day);
            match today.told.filter(|_| today.validity == 1 && !several) {
                Some((_, other)) => Some(format!("{:?}", numbers::of(other))),
                None => return ClaimEnd::ReturnedNotQualified,
            }
        };
        *payers.entry(payer).or_default() += 1;
    }
    match (payers.len(), payers.contains_key(&None)) {
        (1, true) => ClaimEnd::Accepted,
        (1, false) => ClaimEnd::Transferred,
        _ => ClaimEnd::Split,
    }
}

/// A claim tells the chart's birth date and, without SN record, no branch.
fn claimed<'a>(
    world: &World,
    state: &'a State,
    typed: &Numbers,
    chart: &Chart,
) -> Vec<(&'a str, &'a Coverage)> {
    let born_then = |name: &str| {
        world.people.get(name).is_some_and(|person| person.birthdate == chart.birthdate)
    };
    state
        .coverages
        .iter()
        .filter(|(name, _)| born_then(name))
        .flat_map(|(name, held)| held.iter().map(move |coverage| (name.as_str(), coverage)))
        .filter(|(_, coverage)| numbers::claimed(typed, &numbers::of(coverage)))
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
        CLINIC, HANAKO, OTHER_CLINIC, TARO, at, chart, coverage, feed_gain, feed_loss, numbers_of,
        visit, world,
    };
    use super::super::{feed, visit};
    use super::*;

    fn claim(institution: &str, person: &str, day: Date, typed: Option<Numbers>) -> Claim {
        Claim {
            institution: institution.into(),
            person: person.into(),
            day,
            also: vec![],
            typed,
            unclear: None,
            on_paper: false,
        }
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

    /// Hanako changes from 1001 to 2002 on 10 May.
    fn changed() -> (World, State) {
        let world = with_charts();
        let mut state = State::before(&world);
        let loss = feed_loss("r1", HANAKO, "1001", date(2026, 5, 10));
        let gain = feed_gain("r2", HANAKO, coverage("2002", date(2026, 5, 10)));
        assert!(feed::record(&world, &mut state, &loss) && feed::record(&world, &mut state, &gain));
        (world, state)
    }

    #[test] // row OQS-CLM-07
    fn days_that_the_stated_insurance_does_not_cover_are_anothers_to_pay() {
        let (world, mut state) = changed();
        let typed = Some(numbers_of(&world, HANAKO));
        let may = |day| date(2026, 5, day);
        for (case, day, also, expected) in [
            ("before the change", 9, vec![], ClaimEnd::Accepted),
            ("on its day", 10, vec![], ClaimEnd::Transferred),
            ("after it, twice", 11, vec![may(12)], ClaimEnd::Transferred),
            ("before and after", 9, vec![may(10)], ClaimEnd::Split),
            ("the day twice", 9, vec![may(9)], ClaimEnd::Accepted),
        ] {
            let claim = Claim { also, ..claim(CLINIC, HANAKO, may(day), typed.clone()) };
            assert_eq!(judge(&world, &mut state, &claim).end, expected, "{case}");
        }
    }

    #[test] // row OQS-CLM-10
    fn a_change_within_the_month_gives_separate_claims() {
        let (world, mut state) = changed();
        let (first, second) = (date(2026, 5, 1), date(2026, 5, 20));
        let month = Claim { also: vec![second], ..claim(CLINIC, HANAKO, first, None) };
        visit::judge(&world, &mut state, &visit(HANAKO));
        assert_eq!(judge(&world, &mut state, &month).end, ClaimEnd::NothingConfirmed);
        state.now = at("2026-05-20T09:00:00");
        visit::judge(&world, &mut state, &visit(HANAKO));
        let outcome = judge(&world, &mut state, &month);
        assert_eq!((outcome.end, outcome.further), (ClaimEnd::Accepted, vec![ClaimEnd::Accepted]));
        assert_eq!(outcome.insurers, ["999901", "999901"]);
    }

    #[test] // rows OQS-CLM-11, OQS-CLM-12, OQS-DIS-05
    fn unclear_cases_in_their_order() {
        let (world, mut state) = changed();
        let old = || Some(numbers_of(&world, HANAKO));
        let current = || Some(Numbers { number: "2002".into(), ..numbers_of(&world, HANAKO) });
        let declared = || {
            Some(crate::model::Declared {
                address: "架空県".into(),
                employer: "架空商事".into(),
                contact: "000".into(),
            })
        };
        for (current, old, declared, insurer, expected) in [
            (current(), old(), declared(), "999901", ClaimEnd::Accepted),
            (None, old(), declared(), "999901", ClaimEnd::Transferred),
            (None, None, declared(), "77777777", ClaimEnd::Accepted),
            (None, None, None, "99999999", ClaimEnd::Accepted),
        ] {
            let unclear = Some(Unclear { current, old, declared });
            let claim = Claim { unclear, ..claim(CLINIC, HANAKO, date(2026, 5, 20), None) };
            let outcome = judge(&world, &mut state, &claim);
            assert_eq!((outcome.end, outcome.insurers), (expected, vec![insurer.to_owned()]));
        }
    }

    #[test] // row OQS-CLM-12
    fn an_old_qualification_without_a_new_one_is_asked_about_and_the_dead_are_not() {
        for (reason, day, expected) in [
            (None, 20, ClaimEnd::Accepted),
            (Some("01"), 20, ClaimEnd::ReturnedNotQualified),
            (Some("01"), 9, ClaimEnd::Accepted),
        ] {
            let mut world = with_charts();
            let held = &mut world.people.get_mut(HANAKO).unwrap().coverages[0];
            held.lost = Some(date(2026, 5, 10));
            held.loss_reason = reason.map(str::to_owned);
            let mut state = State::before(&world);
            let unclear =
                Some(Unclear { old: Some(numbers_of(&world, HANAKO)), ..Unclear::default() });
            let claim = Claim { unclear, ..claim(CLINIC, HANAKO, date(2026, 5, day), None) };
            assert_eq!(judge(&world, &mut state, &claim).end, expected, "{reason:?} {day}");
        }
    }

    #[test] // row OQS-CLM-09
    fn paper_is_not_taken() {
        let world = with_charts();
        let typed = Some(numbers_of(&world, HANAKO));
        let claim = Claim { on_paper: true, ..claim(CLINIC, HANAKO, date(2026, 5, 9), typed) };
        let outcome = judge(&world, &mut State::before(&world), &claim);
        assert_eq!((outcome.end, outcome.further.len()), (ClaimEnd::NotRecords, 0));
    }
}
