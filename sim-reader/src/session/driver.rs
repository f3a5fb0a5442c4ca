//! Does what the states of [`super::machine`] ask for.

mod backend;
mod card;
mod ending;
mod identity;
mod phone;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::machine::{Action, Cause, Event, State, step};
use super::modes::{CardFacts, at_place, offered};
use super::report::{End, Screen, VisitReport};
use super::{
    CardKey, Entry, FaceFailures, People, Question, ReaderConfig, Reply, Scripted, Visitor,
};
use crate::card_client::{
    CardClient, CardError, CardFront, CardMiddleware, PhoneKind, Pin, PinCounter,
};
use crate::clock::Now;
use crate::consent::ConsentKind;
use crate::face::{GreyImage, Matcher};
use crate::reader_link::{
    CertificateState, Challenge, Mode, Notice, Prescription, Qualified, TerminalLink,
};
use crate::{Camera, CardChannel, ChannelError};

/// A reader at work: how it is set up, and whom it asks.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// How it is set up.
    pub config: &'a ReaderConfig,
    /// Compares faces.
    pub matcher: &'a dyn Matcher,
    /// The terminal.
    pub link: &'a dyn TerminalLink,
    /// Its memory of mismatches; nothing else is carried from visit to visit.
    pub failures: &'a FaceFailures,
    /// The clock by which people are waited for.
    pub now: &'a Now,
}

/// What is put on the reader, powered up.
pub enum Placed<'a> {
    /// Nothing.
    Nothing,
    /// A card, or something that may be one.
    Card {
        /// The way to it.
        channel: &'a mut dyn CardChannel,
        /// Its front as the reader can read it; `None` when it cannot.
        front: Option<CardFront>,
    },
    /// The patient says that they use their phone; it is held over the second reader once that asks for it.
    Phone {
        /// Which.
        phone: PhoneKind,
        /// The way to it, over the second reader.
        channel: &'a mut dyn CardChannel,
    },
    /// A card or phone, to which the reader speaks through middleware that is not its own.
    Through {
        /// The middleware.
        middleware: &'a mut dyn CardMiddleware,
        /// The front of a card as the reader can read it.
        front: Option<CardFront>,
        /// Which phone the patient says that they use, if they do.
        phone: Option<PhoneKind>,
    },
}

impl Reader<'_> {
    /// Runs one visit from an empty reader to an empty reader.
    ///
    /// Every failure is an [`End`]: a terminal that cannot be reached or says nothing ends in [`End::SystemError`], never in a
    /// refusal.
    pub async fn visit(
        &self,
        placed: Placed<'_>,
        camera: &mut dyn Camera,
        people: &mut dyn People,
    ) -> VisitReport {
        let begins = self.begins(&placed);
        let mut placed = placed;
        let mut own;
        // Borrowed anew, so that the borrow of the channel may end with the visit.
        let (card, front, phone): (Option<&mut dyn CardMiddleware>, _, _) = match &mut placed {
            Placed::Nothing => (None, None, None),
            Placed::Card { channel, front } => {
                own = CardClient::new(&mut **channel);
                (Some(&mut own), front.take(), None)
            }
            Placed::Phone { phone, channel } => {
                own = CardClient::new(&mut **channel);
                (Some(&mut own), None, Some(*phone))
            }
            Placed::Through { middleware, front, phone } => {
                (Some(&mut **middleware), front.take(), *phone)
            }
        };
        let mut told = Told { front, phone, ..Told::default() };
        told.facts.photo = told.front.is_none().then_some(false);
        let mut visit = Visit { reader: *self, camera, people, card, told, report: blank(phone) };
        visit.people.shown(Screen::PlaceCard);
        let mut state = visit.take(State::Idle, begins);
        while state != State::Done {
            let event = visit.perform(state).await;
            state = visit.take(state, event);
        }
        visit.finish()
    }

    fn begins(&self, placed: &Placed<'_>) -> Event {
        match placed {
            Placed::Nothing => Event::NoCardPlaced,
            Placed::Card { .. } | Placed::Through { phone: None, .. } => Event::CardPlaced,
            Placed::Phone { phone, .. } | Placed::Through { phone: Some(phone), .. } => {
                self.begins_with(*phone)
            }
        }
    }

    fn begins_with(&self, phone: PhoneKind) -> Event {
        match phone {
            PhoneKind::Android | PhoneKind::Iphone if !self.config.phones => Event::PhoneNotTaken,
            PhoneKind::Android => Event::AndroidChosen,
            PhoneKind::Iphone => Event::IphoneChosen,
        }
    }
}

/// Runs one visit of a [`Visitor`], who answers everything at once. `card` is what lies on the reader, powered up, or `None`.
pub async fn run_visit(
    config: &ReaderConfig,
    matcher: &dyn Matcher,
    card: Option<&mut dyn CardChannel>,
    camera: &mut dyn Camera,
    visitor: &Visitor,
    link: &dyn TerminalLink,
    failures: &FaceFailures,
) -> VisitReport {
    let now: Now = Arc::new(|| Timestamp::UNIX_EPOCH);
    let placed = match card {
        Some(channel) => Placed::Card { channel, front: visitor.front.clone() },
        None => Placed::Nothing,
    };
    let reader = Reader { config, matcher, link, failures, now: &now };
    reader.visit(placed, camera, &mut Scripted::new(visitor)).await
}

fn blank(phone: Option<PhoneKind>) -> VisitReport {
    VisitReport {
        end: End::NoCard,
        screens: vec![Screen::PlaceCard],
        mode: None,
        phone,
        offered: BTreeSet::new(),
        face_failures: 0,
        pin_tries_left: None,
        queried: false,
        asked: BTreeSet::new(),
        notices: BTreeSet::new(),
        steps: vec![State::Idle],
        card_left: false,
    }
}

/// One visit under way. Dropped as a whole when it ends.
struct Visit<'a> {
    reader: Reader<'a>,
    camera: &'a mut dyn Camera,
    people: &'a mut dyn People,
    card: Option<&'a mut dyn CardMiddleware>,
    told: Told,
    report: VisitReport,
}

/// What card, camera, people and terminal have said so far.
#[derive(Default)]
struct Told {
    front: Option<CardFront>,
    phone: Option<PhoneKind>,
    facts: CardFacts,
    /// Under what the card's mismatches are counted; `None` until it is recognised.
    key: Option<CardKey>,
    certificate: Vec<u8>,
    photo: Option<GreyImage>,
    picture: Option<GreyImage>,
    /// How the visit ends if the way that failed last was the last one.
    failed: Option<End>,
    pin: Option<Pin>,
    challenge: Option<Challenge>,
    signature: Vec<u8>,
    ticket: String,
    certificate_state: Option<CertificateState>,
    register: bool,
    consents: BTreeSet<ConsentKind>,
    prescription: Option<Prescription>,
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
        self.people.entered(next);
        next
    }

    fn settle(&mut self, cause: Cause, at: State) {
        self.report.end = self.end(cause, at);
        self.forget_faces();
        self.people.settled(&self.report);
        self.show(ending::screens_of(cause));
    }

    fn show(&mut self, screens: &[Screen]) {
        self.report.screens.extend_from_slice(screens);
        for screen in screens {
            self.people.shown(*screen);
        }
    }

    /// Puts a question to whoever it is for. What comes after its time is silence.
    async fn ask(&mut self, question: Question) -> Reply {
        let limit = self.reader.config.patience.of(&question);
        let now = self.reader.now;
        let until = now().checked_add(limit).unwrap_or(Timestamp::MAX);
        let reply = self.people.answer(question, until).await;
        if now() > until { Reply::Silent } else { reply }
    }

    /// What a reply means that is none of the answers: nobody is there, the card is gone, or else `event`.
    fn unless_gone(&self, reply: &Reply, event: Event) -> Event {
        if *reply == Reply::Silent {
            Event::TimedOut
        } else if *reply == Reply::CardTaken && self.told.phone.is_none() {
            Event::CardRemoved
        } else {
            event
        }
    }

    async fn perform(&mut self, state: State) -> Event {
        match state {
            // `Idle` is left before the loop and `Done` ends it; neither waits for anything.
            State::Idle | State::Done => Event::CardRemoved,
            State::EnteringPhonePin => self.enter_phone_pin().await,
            State::HoldingPhone => self.hold_phone().await,
            State::RecognisingPhone => self.recognise_phone(),
            State::CheckingPhonePin | State::CheckingPin => self.check_pin(),
            State::Recognising => self.recognise(),
            State::ReadingCertificate => self.read_certificate(),
            State::ChoosingMode => self.choose_mode().await,
            State::OpeningFace => self.open_face(),
            State::TakingPicture => self.take_picture().await,
            State::Comparing => self.compare(),
            State::AskingCounter => self.ask_counter(),
            State::EnteringPin => self.enter_pin().await,
            State::StaffChecking => self.staff_check().await,
            State::Authorising => self.authorise(),
            State::FetchingChallenge => self.fetch_challenge().await,
            State::Signing => self.sign(),
            State::Certifying => self.certify().await,
            State::OfferingRegistration => self.offer_registration().await,
            State::AskingConsents => self.ask_consents().await,
            State::Qualifying => self.qualify().await,
            State::ReturningCard => self.return_card().await,
        }
    }

    /// The screen stays until the card is gone; only then is the reader free for the next patient.
    async fn return_card(&mut self) -> Event {
        self.card = None;
        if self.told.phone.is_some() {
            return Event::CardRemoved;
        }
        self.show(&[Screen::TakeCardBack]);
        if self.ask(Question::TakeCardBack).await != Reply::Silent {
            return Event::CardRemoved;
        }
        self.report.card_left = true;
        self.show(&[Screen::CardLeft]);
        Event::TimedOut
    }

    fn finish(mut self) -> VisitReport {
        if let (Some(card), None) = (self.told.key, self.told.phone) {
            self.report.face_failures = self.reader.failures.of(card);
            self.report.offered = self.offered();
        }
        self.report
    }

    fn offered(&self) -> BTreeSet<Mode> {
        let face_locked = self.told.key.is_some_and(|card| self.reader.failures.locked(card));
        let facts = CardFacts { face_locked, ..self.told.facts };
        at_place(offered(&facts), self.reader.config.occasion)
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
