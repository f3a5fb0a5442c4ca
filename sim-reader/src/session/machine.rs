//! The visit as a state machine: states, events and transitions as data, and one pure function.
//!
//! The machine knows no card, camera or terminal. [`super::run_visit`] does what the state asks for
//! and tells the machine what came of it.

use serde::Serialize;

use Event as E;
use State as S;

/// Where a visit stands; each state but the two at the ends waits for one thing to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The screen invites to place a card.
    Idle,
    /// Is it a My Number Card, and does it say that it carries a certificate?
    Recognising,
    /// The patient chooses, or staff start the visual check.
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
    GaveUp,
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
    TamperedFace,
    FaceMismatch,
    FaceLocked,
    WrongPin,
    PinLocked,
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

const fn go(from: State, event: Event, to: State) -> Transition {
    Transition { from, event, to, action: Action::Perform }
}

/// The visit is settled and the card lies on the reader.
const fn end(from: State, event: Event, cause: Cause) -> Transition {
    Transition { from, event, to: S::ReturningCard, action: Action::End(cause) }
}

/// The visit is settled and there is no card to give back.
const fn gone(from: State, event: Event, cause: Cause) -> Transition {
    Transition { from, event, to: S::Done, action: Action::End(cause) }
}

/// All arrows but those of a card that is removed or fails, which leave every state of [`AT_WORK`].
const ARROWS: &[Transition] = &[
    go(S::Idle, E::CardPlaced, S::Recognising),
    gone(S::Idle, E::NoCardPlaced, Cause::NoCard),
    go(S::Recognising, E::CardRecognised, S::ChoosingMode),
    end(S::Recognising, E::NothingAnswers, Cause::NotRecognised),
    end(S::Recognising, E::ForeignCard, Cause::NotMyNumberCard),
    end(S::Recognising, E::PhonePresented, Cause::PhoneNotSupported),
    end(S::Recognising, E::NoCertificate, Cause::NoCertificate),
    go(S::ChoosingMode, E::FaceChosen, S::OpeningFace),
    go(S::ChoosingMode, E::PinChosen, S::AskingCounter),
    go(S::ChoosingMode, E::VisualStarted, S::StaffChecking),
    end(S::ChoosingMode, E::GaveUp, Cause::NoModeAgreed),
    go(S::OpeningFace, E::PhotoOpened, S::TakingPicture),
    go(S::OpeningFace, E::FaceUnavailable, S::ChoosingMode),
    end(S::OpeningFace, E::FaceTampered, Cause::TamperedFace),
    go(S::TakingPicture, E::PictureTaken, S::Comparing),
    go(S::TakingPicture, E::NoPicture, S::ChoosingMode),
    go(S::Comparing, E::FaceMatched, S::Authorising),
    go(S::Comparing, E::NoPicture, S::ChoosingMode),
    end(S::Comparing, E::FaceMismatched, Cause::FaceMismatch),
    end(S::Comparing, E::FaceLocked, Cause::FaceLocked),
    go(S::AskingCounter, E::CounterRead, S::EnteringPin),
    go(S::AskingCounter, E::PinUnavailable, S::ChoosingMode),
    go(S::EnteringPin, E::PinEntered, S::CheckingPin),
    end(S::EnteringPin, E::GaveUp, Cause::WrongPin),
    go(S::CheckingPin, E::PinRight, S::ReadingCertificate),
    go(S::CheckingPin, E::PinWrong, S::EnteringPin),
    end(S::CheckingPin, E::PinBlocked, Cause::PinLocked),
    go(S::StaffChecking, E::StaffConfirmed, S::Authorising),
    end(S::StaffChecking, E::StaffRefused, Cause::StaffRefused),
    go(S::Authorising, E::TerminalProved, S::ReadingCertificate),
    // A reader without approval asks all the same; it is the card that refuses to sign.
    go(S::Authorising, E::TerminalWithoutKey, S::ReadingCertificate),
    end(S::Authorising, E::TerminalRejected, Cause::TerminalNotApproved),
    go(S::ReadingCertificate, E::CertificateRead, S::FetchingChallenge),
    // The card said that it carries one, and the file is empty.
    end(S::ReadingCertificate, E::NoCertificate, Cause::NoCertificate),
    go(S::FetchingChallenge, E::ChallengeFetched, S::Signing),
    end(S::FetchingChallenge, E::SystemFailed, Cause::SystemError),
    end(S::FetchingChallenge, E::ServiceClosed, Cause::Closed),
    go(S::Signing, E::Signed, S::Certifying),
    end(S::Signing, E::SignatureDenied, Cause::TerminalNotApproved),
    go(S::Certifying, E::CertificateAccepted, S::AskingConsents),
    go(S::Certifying, E::CertificateUnregistered, S::OfferingRegistration),
    end(S::Certifying, E::CertificateRefused, Cause::CertificateRefused),
    end(S::Certifying, E::SignatureRefused, Cause::SignatureRefused),
    end(S::Certifying, E::NotRegistered, Cause::NotRegistered),
    end(S::Certifying, E::SystemFailed, Cause::SystemError),
    end(S::Certifying, E::ServiceClosed, Cause::Closed),
    go(S::OfferingRegistration, E::RegistrationAccepted, S::AskingConsents),
    end(S::OfferingRegistration, E::RegistrationDeclined, Cause::RegistrationDeclined),
    go(S::AskingConsents, E::ConsentsAnswered, S::Qualifying),
    end(S::Qualifying, E::Qualified, Cause::Completed),
    end(S::Qualifying, E::CertificateRefused, Cause::CertificateRefused),
    end(S::Qualifying, E::SignatureRefused, Cause::SignatureRefused),
    end(S::Qualifying, E::NotRegistered, Cause::NotRegistered),
    end(S::Qualifying, E::SystemFailed, Cause::SystemError),
    end(S::Qualifying, E::ServiceClosed, Cause::Closed),
    go(S::ReturningCard, E::CardRemoved, S::Done),
];

/// The states in which a card lies on the reader and the result is still open.
pub const AT_WORK: &[State] = &[
    S::Recognising,
    S::ChoosingMode,
    S::OpeningFace,
    S::TakingPicture,
    S::Comparing,
    S::AskingCounter,
    S::EnteringPin,
    S::CheckingPin,
    S::StaffChecking,
    S::Authorising,
    S::ReadingCertificate,
    S::FetchingChallenge,
    S::Signing,
    S::Certifying,
    S::OfferingRegistration,
    S::AskingConsents,
    S::Qualifying,
];

/// Every arrow of the machine.
pub fn transitions() -> impl Iterator<Item = Transition> {
    let lost = AT_WORK.iter().flat_map(|&from| {
        [
            gone(from, E::CardRemoved, Cause::CardRemoved),
            end(from, E::CardFailed, Cause::CardUnreadable),
        ]
    });
    ARROWS.iter().copied().chain(lost)
}

/// The state after an event, and what to do on entering it. Pure and total.
pub fn step(state: State, event: Event) -> (State, Action) {
    transitions()
        .find(|arrow| arrow.from == state && arrow.event == event)
        .map_or((state, Action::Ignore), |arrow| (arrow.to, arrow.action))
}

/// The machine as a Mermaid state diagram.
pub fn diagram() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned(), "    [*] --> Idle".to_owned()];
    for Transition { from, event, to, action } in ARROWS {
        let why = match action {
            Action::End(cause) => format!(" / {cause:?}"),
            Action::Perform | Action::Ignore => String::new(),
        };
        lines.push(format!("    {from:?} --> {to:?}: {event:?}{why}"));
    }
    lines.push("    Done --> [*]".to_owned());
    lines.join("\n")
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
    fn the_readme_shows_the_machine_as_it_is() {
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&diagram()), "put this into README.md:\n{}", diagram());
    }

    #[test]
    fn identity_comes_before_the_certificate_and_that_before_the_backend() {
        let proofs = [
            (State::Authorising, &[Event::FaceMatched, Event::StaffConfirmed][..]),
            (
                State::ReadingCertificate,
                &[Event::PinRight, Event::TerminalProved, Event::TerminalWithoutKey],
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
