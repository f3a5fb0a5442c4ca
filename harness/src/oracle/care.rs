//! Stage: care outside the institution (訪問診療等, オンライン診療等). Rows OQS-VISIT-01, 03.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::model::{ConsentKind, Mode, Occasion};

use super::calendar::day;
use super::state::State;

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
    let key = (institution.to_owned(), person.to_owned(), occasion);
    state.care.get(&key).is_some_and(|consents| {
        consents.kinds.contains(&kind) && state.now <= until(day(consents.given))
    })
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
