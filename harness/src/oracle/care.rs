//! Stage: care outside the institution (訪問診療等, オンライン診療等). Rows OQS-VISIT-01 to 04.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::model::{
    CareDay, ConsentKind, Mode, NumberQuery, Occasion, QueryOutcome, Repeat, World,
};

use super::calendar::day;
use super::state::{Examination, State};
use super::{disclosure, qualification, shares};

/// Months from the last examination for which care counts as going on, to the end of the day (bench profile).
const MONTHS: i32 = 6;

/// At home the PIN or the eyes of staff, through the web the PIN alone. Row OQS-VISIT-01.
pub(super) fn offers(occasion: Option<Occasion>, mode: &Mode) -> bool {
    match (occasion, mode) {
        (None, _) | (Some(_), Mode::Pin(_)) | (Some(Occasion::HomeVisit), Mode::Visual(_)) => true,
        (Some(Occasion::HomeVisit), Mode::Face)
        | (Some(Occasion::Online), Mode::Face | Mode::Visual(_)) => false,
    }
}

/// The last second of the care that an examination on this day begins or prolongs.
pub(super) fn until(today: Date) -> Timestamp {
    let last = today.checked_add(MONTHS.months()).map(|last| last.at(23, 59, 59, 0));
    let japan = TimeZone::fixed(Offset::constant(9));
    last.and_then(|last| japan.to_timestamp(last)).unwrap_or(Timestamp::MAX)
}

/// Whether a kind of information is open to this institution on such an occasion: by what was agreed to in the newest examination
/// of that kind there, as long as care goes on. Row OQS-VISIT-03.
pub(super) fn lives(
    state: &State,
    institution: &str,
    person: &str,
    occasion: Occasion,
    kind: ConsentKind,
) -> bool {
    agreed(state, institution, person, occasion).contains(&kind)
}

/// What was agreed to in the newest examination of that kind, as long as care goes on; nothing after that.
pub(super) fn agreed(
    state: &State,
    institution: &str,
    person: &str,
    occasion: Occasion,
) -> BTreeSet<ConsentKind> {
    let key = (institution.to_owned(), person.to_owned(), occasion);
    let Some(consents) = state.care.get(&key) else { return BTreeSet::new() };
    let own = examinations(state, institution, occasion).filter(|one| one.person == person);
    let last = own.map(|one| one.on).max().unwrap_or_else(|| day(consents.given));
    if state.now <= until(last) { consents.kinds.clone() } else { BTreeSet::new() }
}

fn examinations<'a>(
    state: &'a State,
    institution: &'a str,
    occasion: Occasion,
) -> impl Iterator<Item = &'a Examination> {
    let here = move |one: &&Examination| one.institution == institution && one.occasion == occasion;
    state.examinations.iter().filter(here)
}

/// Somebody is examined now, who consents now.
pub(super) fn examined(state: &mut State, institution: &str, person: &str, occasion: Occasion) {
    state.examinations.push(Examination {
        institution: institution.to_owned(),
        person: person.to_owned(),
        occasion,
        on: day(state.now),
        given: state.now,
    });
}

/// A later visit without card: while care goes on the qualification is answered to the institution that gives it, under the
/// consent before (OQS-VISIT-02). It is an examination of its own, so care goes on from there. Nobody, several and somebody whom
/// the institution does not care for look alike (bench choice).
pub(super) fn repeat(world: &World, state: &mut State, repeat: &Repeat) -> QueryOutcome {
    let Repeat { institution, numbers, birthdate, occasion } = repeat;
    let query = NumberQuery {
        institution: institution.clone(),
        numbers: numbers.clone(),
        birthdate: *birthdate,
        date: day(state.now),
        limit_consent: false,
    };
    let found = qualification::by_numbers(world, state, &query);
    let Some((person, _)) = found.told else { return QueryOutcome::Refused };
    let person = person.to_owned();
    let own = examinations(state, institution, *occasion).filter(|one| one.person == person);
    let visits: Vec<(Date, Timestamp)> = own.map(|one| (one.on, one.given)).collect();
    let last = visits.iter().map(|(on, _)| *on).max().filter(|on| state.now <= until(*on));
    let given = visits.iter().map(|(_, given)| *given).max();
    let (Some(_), Some(given)) = (last, given) else { return QueryOutcome::Refused };
    let kinds = agreed(state, institution, &person, *occasion);
    let agreed = shares::Agreed {
        limit: kinds.contains(&ConsentKind::Limit),
        diseases: kinds.contains(&ConsentKind::SpecificDiseases),
    };
    let outcome = disclosure::answered(world, state, found, (institution, agreed, query.date));
    let (institution, occasion, on) = (institution.clone(), *occasion, query.date);
    state.examinations.push(Examination { institution, person, occasion, on, given });
    outcome
}

/// The newest examination of each person whom the institution cared for on one of the days, both ends included. Row
/// OQS-VISIT-04.
pub(super) fn cared_for<'a>(
    state: &'a State,
    institution: &'a str,
    occasion: Occasion,
    (by, from, to): (CareDay, Date, Date),
) -> Vec<&'a Examination> {
    let of = |one: &Examination| match by {
        CareDay::Consent => day(one.given),
        CareDay::Examination => one.on,
    };
    let mut newest: Vec<&Examination> = Vec::new();
    for one in examinations(state, institution, occasion) {
        if from <= of(one) && of(one) <= to {
            newest.retain(|other| other.person != one.person);
            newest.push(one);
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::state::Consents;
    use super::super::testing::{CLINIC, HANAKO, OTHER_CLINIC, at, world};
    use super::*;

    /// Row OQS-VISIT-03.
    #[test]
    fn consents_outside_live_while_care_goes_on() {
        let mut state = State::before(&world());
        let consents =
            Consents { given: at("2026-05-01T09:00:00"), kinds: [ConsentKind::Drugs].into() };
        state.care.insert((CLINIC.into(), HANAKO.into(), Occasion::HomeVisit), consents);
        let (drugs, care) = (ConsentKind::Drugs, ConsentKind::Care);
        for (now, institution, occasion, kind, expected) in [
            ("2026-05-02T09:00:01", CLINIC, Occasion::HomeVisit, drugs, true),
            ("2026-11-01T23:59:59", CLINIC, Occasion::HomeVisit, drugs, true),
            ("2026-11-02T00:00:00", CLINIC, Occasion::HomeVisit, drugs, false),
            ("2026-05-01T10:00:00", CLINIC, Occasion::Online, drugs, false),
            ("2026-05-01T10:00:00", CLINIC, Occasion::HomeVisit, care, false),
            ("2026-05-01T10:00:00", OTHER_CLINIC, Occasion::HomeVisit, drugs, false),
        ] {
            state.now = at(now);
            let lives = lives(&state, institution, HANAKO, occasion, kind);
            assert_eq!(lives, expected, "{now} {institution} {occasion:?} {kind:?}");
        }
    }

    /// Row OQS-VISIT-01.
    #[test]
    fn modes_by_place() {
        let pin = Mode::Pin(vec!["1234".into()]);
        for (occasion, face, by_pin, sight) in [
            (None, true, true, true),
            (Some(Occasion::HomeVisit), false, true, true),
            (Some(Occasion::Online), false, true, false),
        ] {
            let offered = [&Mode::Face, &pin, &Mode::Visual(true)].map(|m| offers(occasion, m));
            assert_eq!(offered, [face, by_pin, sight], "{occasion:?}");
        }
    }

    #[test]
    fn care_goes_on_for_six_months() {
        let ends = until(date(2026, 4, 1));
        assert_eq!(ends.to_string(), "2026-10-01T14:59:59Z");
    }
}
