//! The visit as a state machine: states, events and transitions as data, and one pure function.
//!
//! The machine knows no card, camera or terminal. [`super::Reader::visit`] does what the state asks for
//! and tells the machine what came of it.

mod arrows;

use serde::Serialize;

pub use arrows::{ARROWS, AT_WORK, WAITING, transitions};

/// Where a visit stands; each state but the two at the ends waits for one thing to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The screen invites to place a card.
    Idle,
    /// The patient types the PIN of the certificate in an Android phone.
    EnteringPhonePin,
    /// The phone is held over the second reader.
    HoldingPhone,
    /// Is it the phone that was spoken of, and does it carry a certificate?
    RecognisingPhone,
    /// The phone checks the PIN.
    CheckingPhonePin,
    /// Is it a My Number Card, and does it say that it carries a certificate?
    Recognising,
    /// The patient chooses, or staff start the visual check; again after a way that failed.
    ChoosingMode,
    /// 照合番号B opens the photo in the chip; its signature is checked.
    OpeningFace,
    /// The camera takes a picture.
    TakingPicture,
    /// Picture against photo.
    Comparing,
    /// The card is asked how many tries its PIN has.
    AskingCounter,
    /// The patient types.
    EnteringPin,
    /// The card checks the PIN.
    CheckingPin,
    /// Staff compare the person with the card.
    StaffChecking,
    /// The terminal proves to the card that it may use the key without PIN.
    Authorising,
    /// The user-authentication certificate is read, now that identity is proved.
    ReadingCertificate,
    /// A fresh challenge is fetched.
    FetchingChallenge,
    /// The card signs it.
    Signing,
    /// Certificate and signature go to the backend.
    Certifying,
    /// The first registration is offered.
    OfferingRegistration,
    /// Consents are asked.
    AskingConsents,
    /// The qualification is asked.
    Qualifying,
    /// The patient is told to take the card back.
    ReturningCard,
    /// Nothing of the visit is left.
    Done,
}

/// What came of what a state waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each name is its sentence")]
pub enum Event {
    CardPlaced,
    NoCardPlaced,
    AndroidChosen,
    IphoneChosen,
    PhoneNotTaken,
    PhoneHeld,
    AndroidRecognised,
    IphoneRecognised,
    PhoneLocked,
    CardRemoved,
    CardFailed,
    NothingAnswers,
    CardRecognised,
    ForeignCard,
    PhonePresented,
    NoCertificate,
    FaceChosen,
    PinChosen,
    VisualStarted,
    NotOffered,
    GaveUp,
    TimedOut,
    PhotoOpened,
    FaceUnavailable,
    FaceTampered,
    PictureTaken,
    NoPicture,
    FaceMatched,
    FaceMismatched,
    FaceLocked,
    CounterRead,
    PinUnavailable,
    PinEntered,
    NotAPin,
    PinRight,
    PinWrong,
    PinBlocked,
    StaffConfirmed,
    StaffRefused,
    TerminalProved,
    TerminalWithoutKey,
    TerminalRejected,
    CertificateRead,
    ChallengeFetched,
    Signed,
    SignatureDenied,
    CertificateAccepted,
    CertificateUnregistered,
    CertificateRefused,
    SignatureRefused,
    NotRegistered,
    RegistrationAccepted,
    RegistrationDeclined,
    ConsentsAnswered,
    Qualified,
    SystemFailed,
    ServiceClosed,
}

/// Why a visit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each name is its sentence; see `End` for what they carry")]
pub enum Cause {
    Completed,
    NoCard,
    NotRecognised,
    NotMyNumberCard,
    PhoneNotSupported,
    CardRemoved,
    CardUnreadable,
    NoCertificate,
    NoModeAgreed,
    TimedOut,
    TamperedFace,
    WrongPin,
    PinLocked,
    PhoneLocked,
    StaffRefused,
    TerminalNotApproved,
    CertificateRefused,
    SignatureRefused,
    NotRegistered,
    RegistrationDeclined,
    SystemError,
    Closed,
}

/// What to do on entering the new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// What the new state is there for.
    Perform,
    /// The result of the visit is settled; only the card may still have to be taken back.
    End(Cause),
    /// Nothing: the event means nothing in this state, which stays.
    Ignore,
}

/// One arrow of the diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each name is its sentence")]
pub struct Transition {
    pub from: State,
    pub event: Event,
    pub to: State,
    pub action: Action,
}

/// The state after an event, and what to do on entering it. Pure and total.
pub fn step(state: State, event: Event) -> (State, Action) {
    transitions()
        .find(|arrow| arrow.from == state && arrow.event == event)
        .map_or((state, Action::Ignore), |arrow| (arrow.to, arrow.action))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_state_has_two_arrows_for_one_event() {
        let mut seen = BTreeSet::new();
        for Transition { from, event, .. } in transitions() {
            assert!(seen.insert((from, event)), "{from:?} {event:?}");
        }
    }

    #[test]
    fn only_done_has_no_way_out_and_every_state_is_reached() {
        let from: BTreeSet<State> = transitions().map(|arrow| arrow.from).collect();
        let mut reached: BTreeSet<State> = transitions().map(|arrow| arrow.to).collect();
        reached.insert(State::Idle);
        let stuck: Vec<_> = reached.difference(&from).collect();
        assert_eq!(stuck, [&State::Done]);
        assert_eq!(from.difference(&reached).count(), 0);
    }

    #[test]
    fn identity_comes_before_the_certificate_and_that_before_the_backend() {
        let proofs = [
            (State::Authorising, &[Event::FaceMatched, Event::StaffConfirmed][..]),
            (
                State::ReadingCertificate,
                &[
                    Event::PinRight,
                    Event::TerminalProved,
                    Event::TerminalWithoutKey,
                    Event::IphoneRecognised, // which has checked its holder itself
                ],
            ),
            (State::FetchingChallenge, &[Event::CertificateRead]),
        ];
        for (step, proofs) in proofs {
            for arrow in transitions().filter(|arrow| arrow.to == step) {
                assert!(proofs.contains(&arrow.event), "{arrow:?}");
            }
        }
    }

    fn events() -> Vec<Event> {
        transitions().map(|arrow| arrow.event).collect::<BTreeSet<_>>().into_iter().collect()
    }

    proptest! {
        #[test]
        fn whatever_happens_taking_the_card_away_ends_the_visit(
            picks in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
        ) {
            let events = events();
            let mut state = State::Idle;
            let mut ended = 0;
            for pick in picks {
                let (next, action) = step(state, events[pick.index(events.len())]);
                prop_assert!(action != Action::Ignore || next == state);
                ended += u32::from(matches!(action, Action::End(_)));
                state = next;
            }
            prop_assert!(ended <= 1, "a visit has one result");
            if state == State::Idle {
                state = step(state, Event::NoCardPlaced).0;
            }
            prop_assert_eq!(step(state, Event::CardRemoved).0, State::Done);
        }

        #[test]
        fn only_a_qualified_visit_is_completed(
            picks in prop::collection::vec(any::<prop::sample::Index>(), 1..200),
        ) {
            let mut state = State::Idle;
            for pick in picks {
                let open: Vec<_> = transitions().filter(|arrow| arrow.from == state).collect();
                if open.is_empty() {
                    break;
                }
                let arrow = open[pick.index(open.len())];
                let (next, action) = step(state, arrow.event);
                let completed = action == Action::End(Cause::Completed);
                prop_assert_eq!(completed, (state, arrow.event) == (State::Qualifying, Event::Qualified));
                state = next;
            }
        }
    }
}
