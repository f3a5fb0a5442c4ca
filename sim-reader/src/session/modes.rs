//! Which ways of proving identity the reader offers for a card.

use std::collections::BTreeSet;

use crate::card_client::PinCounter;
use crate::reader_link::{Mode, Occasion};

/// What the reader knows of a card so far. It asks only for what the chosen mode needs, so a PIN
/// counter is not asked for in face mode, nor a photo opened in PIN mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CardFacts {
    /// Whether the chip gives a usable photo; `None` while nobody has looked.
    pub photo: Option<bool>,
    /// The PIN counter; `None` while nobody has asked.
    pub pin: Option<PinCounter>,
    /// Whether face mode is locked for this card after too many mismatches.
    pub face_locked: bool,
}

/// The modes on offer; what is not known counts as possible. The visual check is offered to staff,
/// never to the patient.
pub fn offered(facts: &CardFacts) -> BTreeSet<Mode> {
    let face = facts.photo.unwrap_or(true) && !facts.face_locked;
    let pin = match facts.pin {
        None | Some(PinCounter::Left(_)) => true,
        Some(PinCounter::Blocked | PinCounter::NoPin) => false,
    };
    let modes = [(Mode::Face, face), (Mode::Pin, pin), (Mode::Visual, true)];
    modes.into_iter().filter_map(|(mode, on)| on.then_some(mode)).collect()
}

/// Of these the modes that are allowed where the reader stands: at a patient's home the PIN or the visual check, through the
/// web the PIN alone. Row OQS-VISIT-01.
pub fn at_place(modes: BTreeSet<Mode>, occasion: Option<Occasion>) -> BTreeSet<Mode> {
    let allowed = |mode: &Mode| match (occasion, mode) {
        (None, _) | (Some(_), Mode::Pin) | (Some(Occasion::HomeVisit), Mode::Visual) => true,
        (Some(Occasion::HomeVisit), Mode::Face)
        | (Some(Occasion::Online), Mode::Face | Mode::Visual) => false,
    };
    modes.into_iter().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // card, photo, PIN, face lock → offered
    fn modes_by_photo_pin_and_lock() {
        use Mode::{Face, Pin, Visual};
        let (ok, locked, none) = (PinCounter::Left(3), PinCounter::Blocked, PinCounter::NoPin);
        for (name, photo, pin, face_locked, expected) in [
            ("normal", true, ok, false, vec![Face, Pin, Visual]),
            ("PIN locked", true, locked, false, vec![Face, Visual]),
            ("face locked", true, ok, true, vec![Pin, Visual]),
            ("both locked", true, locked, true, vec![Visual]),
            ("holder under one year", false, ok, false, vec![Pin, Visual]),
            ("card without PIN", true, none, false, vec![Face, Visual]),
            ("one try left", true, PinCounter::Left(1), false, vec![Face, Pin, Visual]),
        ] {
            let facts = CardFacts { photo: Some(photo), pin: Some(pin), face_locked };
            assert_eq!(offered(&facts), BTreeSet::from_iter(expected), "{name}");
        }
    }

    #[test] // OQS-VISIT-01
    fn modes_by_place() {
        use Mode::{Face, Pin, Visual};
        let all = BTreeSet::from([Face, Pin, Visual]);
        for (occasion, expected) in [
            (None, vec![Face, Pin, Visual]),
            (Some(Occasion::HomeVisit), vec![Pin, Visual]),
            (Some(Occasion::Online), vec![Pin]),
        ] {
            assert_eq!(at_place(all.clone(), occasion), BTreeSet::from_iter(expected));
        }
        assert!(at_place(BTreeSet::from([Face]), Some(Occasion::Online)).is_empty());
    }

    #[test]
    fn what_nobody_looked_at_is_offered() {
        assert_eq!(offered(&CardFacts::default()).len(), 3);
    }
}
