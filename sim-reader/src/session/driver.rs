//! Does what the states of [`super::machine`] ask for.

mod backend;
mod card;
mod identity;

use std::collections::BTreeSet;

use super::machine::{Action, Cause, Event, State, step};
use super::modes::{CardFacts, offered};
use super::report::{End, ResultSummary, Screen, VisitReport};
use super::{CardKey, FaceFailures, ModeChoice, ReaderConfig, Visitor};
use crate::card_client::{CardClient, CardError, Pin, PinCounter};
use crate::consent::ConsentKind;
use crate::face::{GreyImage, Matcher};
use crate::reader_link::{CertificateState, Challenge, Mode, Notice, Qualified, TerminalLink};
use crate::{Camera, CardChannel, ChannelError};

/// Runs one visit from an empty reader to an empty reader.
///
/// `card` is what lies on the reader, powered up, or `None`. `failures` is the reader's memory of
/// mismatches; nothing else is carried from visit to visit. Every failure is an [`End`]: a terminal
/// that cannot be reached or says nothing ends in [`End::SystemError`], never in a refusal.
pub async fn run_visit(
    config: &ReaderConfig,
    matcher: &dyn Matcher,
    card: Option<&mut dyn CardChannel>,
    camera: &mut dyn Camera,
    visitor: &Visitor,
    link: &dyn TerminalLink,
    failures: &FaceFailures,
) -> VisitReport {
    let placed = if card.is_some() { Event::CardPlaced } else { Event::NoCardPlaced };
    // Spelt out, so that the borrow of the channel may end with the visit.
    let card = card.map(|channel| CardClient::new(&mut *channel));
    let mut visit = Visit {
        config,
        matcher,
        camera,
        visitor,
        link,
        failures,
        card,
        entries: typed(visitor).into_iter(),
        told: Told::default(),
        report: blank(),
        cause: None,
    };
    let mut state = visit.take(State::Idle, placed);
    while state != State::Done {
        let event = visit.perform(state).await;
        state = visit.take(state, event);
    }
    visit.finish()
}

/// What of the typed entries is a PIN at all; the keypad takes four digits and nothing else.
fn typed(visitor: &Visitor) -> Vec<Pin> {
    match &visitor.mode {
        ModeChoice::Pin(entries) => entries.iter().filter_map(|entry| Pin::new(entry)).collect(),
        ModeChoice::Face | ModeChoice::Visual => Vec::new(),
    }
}

fn blank() -> VisitReport {
    VisitReport {
        end: End::NoCard,
        screens: vec![Screen::PlaceCard],
        mode: None,
        offered: BTreeSet::new(),
        face_failures: 0,
        pin_tries_left: None,
        queried: false,
        asked: BTreeSet::new(),
        notices: BTreeSet::new(),
        steps: vec![State::Idle],
    }
}

/// One visit under way. Dropped as a whole when it ends.
struct Visit<'a> {
    config: &'a ReaderConfig,
    matcher: &'a dyn Matcher,
    camera: &'a mut dyn Camera,
    visitor: &'a Visitor,
    link: &'a dyn TerminalLink,
    failures: &'a FaceFailures,
    card: Option<CardClient<'a>>,
    entries: std::vec::IntoIter<Pin>,
    told: Told,
    report: VisitReport,
    /// Why and in which state the visit was settled.
    cause: Option<(Cause, State)>,
}

/// What card, camera and terminal have said so far.
#[derive(Default)]
struct Told {
    facts: CardFacts,
    /// Under what the card's mismatches are counted; `None` until it is recognised.
    key: Option<CardKey>,
    certificate: Vec<u8>,
    photo: Option<GreyImage>,
    picture: Option<GreyImage>,
    /// The camera failed, which is why face mode was left.
    no_picture: bool,
    pin: Option<Pin>,
    challenge: Option<Challenge>,
    signature: Vec<u8>,
    ticket: String,
    certificate_state: Option<CertificateState>,
    register: bool,
    qualified: Option<Qualified>,
    /// The code of a failure of link, terminal or backend.
    failure: String,
}

impl Visit<'_> {
    /// Lets the machine take one event; what the event settles is kept.
    fn take(&mut self, state: State, event: Event) -> State {
        let (next, action) = step(state, event);
        match action {
            Action::Perform => {}
            Action::End(cause) => self.settle(cause, state),
            // An event this driver should not have made: better no result than a wrong one.
            Action::Ignore => {
                "reader-out-of-step".clone_into(&mut self.told.failure);
                self.settle(Cause::SystemError, state);
                return State::Done;
            }
        }
        self.report.steps.push(next);
        next
    }

    fn settle(&mut self, cause: Cause, at: State) {
        self.cause = Some((cause, at));
        self.show(screens_of(cause));
    }

    fn show(&mut self, screens: &[Screen]) {
        self.report.screens.extend_from_slice(screens);
    }

    async fn perform(&mut self, state: State) -> Event {
        match state {
            // `Idle` is left before the loop and `Done` ends it; neither waits for anything.
            State::Idle | State::Done => Event::CardRemoved,
            State::Recognising => self.recognise(),
            State::ReadingCertificate => self.read_certificate(),
            State::ChoosingMode => self.choose_mode(),
            State::OpeningFace => self.open_face(),
            State::TakingPicture => self.take_picture(),
            State::Comparing => self.compare(),
            State::AskingCounter => self.ask_counter(),
            State::EnteringPin => self.enter_pin(),
            State::CheckingPin => self.check_pin(),
            State::StaffChecking => self.staff_check(),
            State::Authorising => self.authorise(),
            State::FetchingChallenge => self.fetch_challenge().await,
            State::Signing => self.sign(),
            State::Certifying => self.certify().await,
            State::OfferingRegistration => self.offer_registration(),
            State::AskingConsents => self.ask_consents(),
            State::Qualifying => self.qualify().await,
            State::ReturningCard => self.return_card(),
        }
    }

    /// The screen stays until the card is gone; only then is the reader free for the next patient.
    fn return_card(&mut self) -> Event {
        self.show(&[Screen::TakeCardBack]);
        self.card = None;
        Event::CardRemoved
    }

    fn finish(mut self) -> VisitReport {
        if let Some((cause, at)) = self.cause {
            self.report.end = self.end(cause, at);
        }
        if let Some(card) = self.told.key {
            self.report.face_failures = self.failures.of(card);
            self.report.offered = self.offered();
        }
        self.report
    }

    fn offered(&self) -> BTreeSet<Mode> {
        let locked = self.told.key.is_some_and(|card| self.failures.locked(card));
        let photo = if self.visitor.front.is_some() { self.told.facts.photo } else { Some(false) };
        offered(&CardFacts { photo, face_locked: locked, ..self.told.facts })
    }

    fn end(&mut self, cause: Cause, at: State) -> End {
        match cause {
            Cause::Completed => self.summary().map_or_else(|| self.failed(), End::Completed),
            Cause::NoCard => End::NoCard,
            Cause::NotRecognised => End::NotRecognised,
            Cause::NotMyNumberCard => End::NotMyNumberCard,
            Cause::PhoneNotSupported => End::PhoneNotSupported,
            Cause::CardRemoved => End::CardRemoved { at },
            Cause::CardUnreadable => End::CardUnreadable { at },
            Cause::NoCertificate => End::NoCertificate,
            Cause::NoModeAgreed if self.told.no_picture => End::NoPicture,
            Cause::NoModeAgreed => End::ModeNotOffered,
            Cause::TamperedFace => End::TamperedFace,
            Cause::FaceMismatch => End::FaceMismatch,
            Cause::FaceLocked => End::FaceLocked,
            Cause::WrongPin => End::WrongPin { left: self.report.pin_tries_left.unwrap_or(0) },
            Cause::PinLocked => End::PinLocked,
            Cause::StaffRefused => End::StaffRefused,
            Cause::TerminalNotApproved => End::TerminalNotApproved,
            Cause::CertificateRefused => End::CertificateRefused,
            Cause::SignatureRefused => End::SignatureRefused,
            Cause::NotRegistered => End::NotRegistered,
            Cause::RegistrationDeclined => End::RegistrationDeclined,
            Cause::Closed => End::Closed,
            Cause::SystemError => self.failed(),
        }
    }

    fn failed(&self) -> End {
        End::SystemError { code: self.told.failure.clone() }
    }

    fn summary(&mut self) -> Option<ResultSummary> {
        let Qualified { validity, file, .. } = self.told.qualified.take()?;
        let certificate_state = self.told.certificate_state?;
        Some(ResultSummary {
            validity,
            certificate_state,
            registered_now: self.told.register,
            file,
        })
    }
}

/// The screens that tell the patient how it ended.
fn screens_of(cause: Cause) -> &'static [Screen] {
    match cause {
        Cause::Completed => &[Screen::Finished],
        Cause::NotRecognised => &[Screen::NotRecognised],
        Cause::NotMyNumberCard => &[Screen::NotMyNumberCard],
        Cause::PhoneNotSupported => &[Screen::UseTheCard],
        Cause::CertificateRefused => &[Screen::CertificateRefused, Screen::OtherProofs],
        Cause::NoCard | Cause::CardRemoved => &[],
        Cause::CardUnreadable
        | Cause::NoCertificate
        | Cause::NoModeAgreed
        | Cause::TamperedFace
        | Cause::FaceMismatch
        | Cause::FaceLocked
        | Cause::WrongPin
        | Cause::PinLocked
        | Cause::StaffRefused
        | Cause::TerminalNotApproved
        | Cause::SignatureRefused
        | Cause::NotRegistered
        | Cause::RegistrationDeclined
        | Cause::SystemError
        | Cause::Closed => &[Screen::OtherProofs],
    }
}

/// What a failed step with the card means when nothing more special is known.
fn lost(error: CardError) -> Event {
    match error {
        CardError::Channel(ChannelError::Removed) => Event::CardRemoved,
        CardError::Channel(ChannelError::Mute)
        | CardError::Refused { .. }
        | CardError::Unreadable { .. } => Event::CardFailed,
    }
}
