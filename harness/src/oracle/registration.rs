//! Stage: is this card registered as insurance card (健康保険証利用登録)? Rows OQS-REG-01, 04, 06, 10.

use crate::model::{Visit, VisitEnd};

use super::reader::Card;
use super::state::State;

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
    let registered = state.registered.contains(card.holder);
    if !(registered || visit.register) {
        return Err(VisitEnd::NotRegistered);
    }
    if !registered {
        state.registered.insert(card.holder.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{HANAKO, visit, world};
    use super::*;

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
            assert_eq!(state.registered.contains(HANAKO), registered_after, "{case}");
        }
    }
}
