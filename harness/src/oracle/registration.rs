//! Stage: is this card registered as insurance card (健康保険証利用登録)? Rows OQS-REG-01, 04, 06, 08, 09, 10.

use crate::model::{Visit, VisitEnd};

use super::reader::Card;
use super::state::State;
use super::{calendar, feed};

/// Somebody whose data must not be given (自己情報提供不可) can neither register nor use a registration (OQS-REG-10), and learns
/// so at once: nothing is asked, and nothing else is told of the certificate (bench choice).
pub(super) fn possible(card: Card<'_>) -> Result<(), VisitEnd> {
    if card.person.disclosure_barred { Err(VisitEnd::NotRegistered) } else { Ok(()) }
}

/// Registered before, or registered now because the patient agrees (OQS-REG-01); declining ends the card route (OQS-REG-04).
///
/// Registration is by person: it outlives a renewal and any change of insurance (OQS-REG-06), and also a qualification
/// that is not there yet (OQS-REG-07).
pub(super) fn require(state: &mut State, card: Card<'_>, visit: &Visit) -> Result<(), VisitEnd> {
    if counts(state, card.holder) {
        return Ok(());
    }
    if !visit.register {
        return Err(VisitEnd::NotRegistered);
    }
    register(state, card.holder);
    Ok(())
}

/// Whether somebody's registration counts today. A cancellation takes effect at the end of the month after the request
/// (OQS-REG-08); whoever registers after that is registered again (OQS-REG-09).
pub(super) fn counts(state: &State, person: &str) -> bool {
    let Some(registered) = state.registered.get(person) else { return false };
    let today = calendar::day(state.now);
    let ended = |requested| {
        let last = calendar::end_of_month_after(requested, 1);
        *registered <= last && last < today
    };
    !feed::cancellations(state, person).into_iter().any(ended)
}

/// Registers somebody today, unless a registration counts.
pub(super) fn register(state: &mut State, person: &str) {
    if !counts(state, person) {
        state.registered.insert(person.to_owned(), calendar::day(state.now));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{HANAKO, visit, world};
    use super::*;
    use crate::model::{Change, FeedRecord};

    #[test]
    fn who_gets_past_registration() {
        for (registered, barred, register, end, registered_after) in [
            (true, false, false, Ok(()), true),
            (true, false, true, Ok(()), true),
            (false, false, true, Ok(()), true),
            (false, false, false, Err(VisitEnd::NotRegistered), false),
            (false, true, true, Err(VisitEnd::NotRegistered), false),
            (true, true, true, Err(VisitEnd::NotRegistered), true),
        ] {
            let mut world = world();
            let person = world.people.get_mut(HANAKO).unwrap();
            person.disclosure_barred = barred;
            person.card.as_mut().unwrap().registered = registered;
            let mut state = State::before(&world);
            let visit = Visit { register, ..visit(HANAKO) };
            let card = super::super::reader::card(&world, &visit.presented).unwrap();
            let case = format!("registered {registered}, barred {barred}, agrees {register}");
            let seen = possible(card).and_then(|()| require(&mut state, card, &visit));
            assert_eq!(seen, end, "{case}");
            assert_eq!(state.registered.contains_key(HANAKO), registered_after, "{case}");
        }
    }

    #[test]
    fn a_cancellation_ends_with_the_next_month_what_was_registered_before_and_no_more() {
        for (row, registered, requested, today, expected) in [
            (
                "OQS-REG-08: on the day of the request",
                "2025-01-06",
                "2026-04-01",
                "2026-04-01",
                true,
            ),
            (
                "OQS-REG-08: to the end of the next month",
                "2025-01-06",
                "2026-04-01",
                "2026-05-31",
                true,
            ),
            ("OQS-REG-08: no longer", "2025-01-06", "2026-04-01", "2026-06-01", false),
            (
                "OQS-REG-08: the last day of a month",
                "2025-01-06",
                "2026-04-30",
                "2026-06-01",
                false,
            ),
            ("OQS-REG-08: the first of the next", "2025-01-06", "2026-05-01", "2026-06-30", true),
            (
                "OQS-REG-08: over the turn of a year",
                "2025-01-06",
                "2025-12-15",
                "2026-02-01",
                false,
            ),
            (
                "OQS-REG-09: registered after the end",
                "2026-06-01",
                "2026-04-01",
                "2026-06-01",
                true,
            ),
            ("OQS-REG-09: and for good", "2026-06-01", "2026-04-01", "2027-01-01", true),
        ] {
            let mut state = State::before(&world());
            state.registered.insert(HANAKO.to_owned(), registered.parse().unwrap());
            state.now = format!("{today}T09:30:00+09:00").parse().unwrap();
            let change = Change::Cancellation { requested: requested.parse().unwrap() };
            let (record_id, person) = ("1".to_owned(), HANAKO.to_owned());
            let record = FeedRecord { record_id: record_id.clone(), person, change };
            state.feed_records.insert(record_id, record);
            assert_eq!(counts(&state, HANAKO), expected, "{row}");
        }
    }
}
