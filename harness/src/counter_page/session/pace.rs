//! The pace of a guided visit: which state belongs to which step, and who lets it go on.

use std::sync::Arc;

use sim_reader::session::State;
use tokio::sync::Notify;

use super::told::Guide;
use super::{Session, SessionTold};

/// Holds a guided visit until somebody lets it go on; any other visit never. Clones are the same.
#[derive(Debug, Clone)]
pub struct Pace {
    session: Session,
    go_on: Arc<Notify>,
}

impl Pace {
    /// The pace of a session's visit.
    pub fn new(session: Session) -> Self {
        Self { session, go_on: Arc::default() }
    }

    /// Lets a held visit go on.
    pub fn go_on(&self) {
        self.go_on.notify_one();
    }

    /// Waits here, in a guided visit, until it is let go on. A card that is taken away meanwhile lets it go on too.
    pub(super) async fn hold(&self, step: u8) {
        if self.session.told().guide.is_none() {
            return;
        }
        self.session.tell(|told| told.holds(step));
        self.go_on.notified().await;
        self.session.tell(SessionTold::works);
    }
}

/// The step of the flow that a state belongs to, of the eight that the guide explains; nothing for a state in which no
/// seam is crossed.
pub fn step_of(state: State) -> Option<u8> {
    match state {
        State::Idle | State::Done | State::ReturningCard => None,
        State::EnteringPhonePin
        | State::HoldingPhone
        | State::RecognisingPhone
        | State::Recognising
        | State::ChoosingMode => Some(1),
        // The picture that is taken meanwhile belongs to the first step all the same.
        State::OpeningFace
        | State::TakingPicture
        | State::Comparing
        | State::AskingCounter
        | State::EnteringPin
        | State::CheckingPin
        | State::CheckingPhonePin
        | State::StaffChecking => Some(2),
        State::Authorising | State::ReadingCertificate => Some(3),
        State::FetchingChallenge | State::Signing | State::Certifying => Some(4),
        State::OfferingRegistration | State::AskingConsents | State::Qualifying => Some(6),
    }
}

impl Guide {
    /// A step is at work from here on. Who goes back to choose another way does not begin anew.
    pub(super) fn reached(&mut self, step: u8, seq: u64) {
        if self.steps.last().is_none_or(|(last, _)| *last < step) {
            self.steps.push((step, seq));
        }
    }
}
