//! What a faulty card makes of a visit. Rows OQS-CARD-09, 10 and 14: a failed card leads nowhere, and never to another person.

use jiff::SignedDuration;

use crate::model::{CardFault, Mode, Trouble, Visit, VisitEnd};

use super::reader::FACE_LOCK;
use super::state::{CardMemory, State};

/// How long a slow card takes to sign, and how long a reader waits for a stalled one (bench profile).
const SLOW: SignedDuration = SignedDuration::from_secs(2);
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);

/// How long a reader waits for a patient's answer (bench profile).
const PATIENCE_WITH_PATIENTS: SignedDuration = SignedDuration::from_secs(60);

/// What goes wrong while a PIN is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InPin {
    /// Power is lost inside the check.
    Torn,
    /// The card tells the tries that were left before.
    Stale,
}

/// A card that cannot be read is no statement about anybody: the system could not decide. Row OQS-CARD-14.
pub(super) fn read(visit: &Visit) -> Result<(), VisitEnd> {
    match card_fault(visit) {
        Some(CardFault::Mute | CardFault::CutAnswers | CardFault::WrongStatus) => {
            Err(VisitEnd::SystemError)
        }
        _ => Ok(()),
    }
}

/// A card that goes after it was recognised, even for another one or for a moment, ends the visit at the first thing that is
/// asked of it (OQS-CARD-09, 10). Asked it is in every mode, unless face mode is locked or staff refuse before.
pub(super) fn leaves(memory: &CardMemory, visit: &Visit, mode: &Mode) -> Result<(), VisitEnd> {
    let face_asks = memory.face_failures < FACE_LOCK;
    match (card_fault(visit), mode) {
        (
            Some(CardFault::PutBack | CardFault::SwappedFor(_)),
            Mode::Pin(_) | Mode::Visual(true),
        ) => Err(VisitEnd::CardRemoved),
        (
            Some(CardFault::PutBack | CardFault::SwappedFor(_) | CardFault::TornInVerify),
            Mode::Face,
        ) if face_asks => Err(VisitEnd::CardRemoved),
        _ => Ok(()),
    }
}

/// A patient who answers nothing ends the visit, once the reader has waited (bench profile).
pub(super) fn answers(state: &mut State, visit: &Visit) -> Result<(), VisitEnd> {
    if visit.trouble != Some(Trouble::NoAnswer) {
        return Ok(());
    }
    state.now = state.now.checked_add(PATIENCE_WITH_PATIENTS).unwrap_or(state.now);
    Err(VisitEnd::TimedOut)
}

/// What befalls the check of a PIN.
pub(super) fn in_pin(visit: &Visit) -> Option<InPin> {
    match card_fault(visit) {
        Some(CardFault::TornInVerify) => Some(InPin::Torn),
        Some(CardFault::StaleCounter) => Some(InPin::Stale),
        _ => None,
    }
}

/// The signature and the time it takes. A reader that gives up waiting knows nothing of the card, so nothing is refused.
pub(super) fn signs(state: &mut State, visit: &Visit) -> Result<(), VisitEnd> {
    let (waited, end) = match card_fault(visit) {
        Some(CardFault::Slow) => (SLOW, Ok(())),
        Some(CardFault::Stalled) => (PATIENCE, Err(VisitEnd::SystemError)),
        _ => return Ok(()),
    };
    state.now = state.now.checked_add(waited).unwrap_or(state.now);
    end
}

fn card_fault(visit: &Visit) -> Option<&CardFault> {
    if let Some(Trouble::Card(fault)) = &visit.trouble { Some(fault) } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{HANAKO, TARO, visit, world};
    use super::super::visit::judge;
    use super::*;

    /// End, whether the backend was asked, tries left, seconds that passed: by face, by PIN after one wrong entry, by sight.
    #[test]
    fn each_fault_in_each_mode() {
        use CardFault as F;
        use VisitEnd as E;
        const fn of(
            end: VisitEnd,
            asked: bool,
            tries: u8,
            seconds: i64,
        ) -> (VisitEnd, bool, u8, i64) {
            (end, asked, tries, seconds)
        }
        let fine = of(E::Completed, true, 3, 0);
        let unread = of(E::SystemError, false, 3, 0);
        let gone = of(E::CardRemoved, false, 3, 0);
        let refused = of(E::CertificateRefused, true, 3, 0);
        let slow = of(E::Completed, true, 3, 2);
        let stalled = of(E::SystemError, false, 3, 5);
        for (fault, face, pin, sight) in [
            (F::Mute, unread, unread, unread),
            (F::CutAnswers, unread, unread, unread),
            (F::WrongStatus, unread, unread, unread),
            (F::FirstCommandFails, fine, fine, fine),
            (F::PutBack, gone, gone, gone),
            (F::SwappedFor(TARO.into()), gone, gone, gone),
            (F::TornInVerify, gone, of(E::CardRemoved, false, 2, 0), fine),
            (F::StaleCounter, fine, fine, fine),
            (F::CertificateGarbled, refused, refused, refused),
            (F::CertificateForged, refused, refused, refused),
            (
                F::WrongKey,
                of(E::SignatureRefused, true, 3, 0),
                of(E::SignatureRefused, true, 3, 0),
                of(E::SignatureRefused, true, 3, 0),
            ),
            (F::OpenKey, fine, fine, fine),
            (F::Slow, slow, slow, slow),
            (F::Stalled, stalled, stalled, stalled),
        ] {
            let by_pin = Mode::Pin(vec!["0000".into(), "1234".into()]);
            for (mode, expected) in [(Mode::Face, face), (by_pin, pin), (Mode::Visual(true), sight)]
            {
                let world = world();
                let mut state = State::before(&world);
                let trouble = Some(Trouble::Card(fault.clone()));
                let visit = Visit { mode: mode.clone(), trouble, ..visit(HANAKO) };
                let seen = judge(&world, &mut state, &visit);
                let passed = state.now.duration_since(world.now).as_secs();
                let actual = (seen.end, seen.asked_backend, seen.pin_tries_left.unwrap(), passed);
                assert_eq!(actual, expected, "{fault:?} by {mode:?}");
            }
        }
    }

    #[test]
    fn a_counter_told_too_late_hides_the_lock_and_does_not_lift_it() {
        let world = world();
        let mut state = State::before(&world);
        let stale = |entries: &[&str]| Visit {
            mode: Mode::Pin(entries.iter().map(|&entry| entry.to_owned()).collect()),
            trouble: Some(Trouble::Card(CardFault::StaleCounter)),
            ..visit(HANAKO)
        };
        let seen = judge(&world, &mut state, &stale(&["0000", "0000", "0000"]));
        assert_eq!((seen.end, seen.pin_tries_left), (VisitEnd::WrongPin, Some(0)));
        let mut state = State::before(&world);
        let seen = judge(&world, &mut state, &stale(&["0000", "0000", "0000", "1234"]));
        assert_eq!((seen.end, seen.pin_tries_left), (VisitEnd::PinLocked, Some(0)));
    }
}
