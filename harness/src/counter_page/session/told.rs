//! What a session tells of itself: the screen, the question, what may be done next. Never a PIN, a picture or a number.

use std::collections::BTreeSet;

use serde::Serialize;
use sim_reader::consent::ConsentKind;
use sim_reader::reader_link::{Mode, Notice};
use sim_reader::session::{End, Question, Screen, State, VisitReport};

use super::camera::Capture;
use crate::counter_page::reception::Done;
use crate::model::PhoneKind;

/// The session as the interface tells it.
#[derive(Debug, Clone, Serialize)]
pub struct SessionTold {
    /// Counts every change.
    pub revision: u64,
    /// Whose reader.
    pub institution: String,
    /// Where the visit stands.
    pub state: State,
    /// The screen, by its code of the bench.
    pub screen: &'static str,
    /// Its public three-digit code, if it has one.
    pub code: Option<&'static str>,
    /// What is asked; nothing while the reader works.
    pub question: Option<Question>,
    /// What may be done now.
    pub next: Vec<&'static str>,
    /// What lies on the reader.
    pub card: Option<String>,
    /// The phone that is held over it instead of that person's card.
    pub phone: Option<PhoneKind>,
    /// What went wrong just before, by the screen that said so.
    pub wrong: Option<&'static str>,
    /// Consents that are asked in this visit, in their order.
    pub consents: Vec<ConsentKind>,
    /// What may stand before the camera.
    pub captures: Vec<Capture>,
    /// Notices for the patient.
    pub notices: BTreeSet<Notice>,
    /// How the visit ended, once that is settled.
    pub end: Option<EndTold>,
    /// The number under which the last visit can be looked at.
    pub visit: Option<usize>,
    /// How far a guided visit has come.
    pub guide: Option<Guide>,
}

/// How a visit ended, for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndTold {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<u8>,
    registered_now: bool,
}

/// How far the steps of a guided visit have come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Guide {
    /// The evidence from which on each step was at work: the step, and the sequence number before it.
    pub steps: Vec<(u8, u64)>,
    /// The step at which the visit is held until somebody lets it go on.
    pub held: Option<u8>,
}

impl SessionTold {
    /// An empty reader.
    pub fn idle(institution: String, guided: bool) -> Self {
        Self {
            revision: 0,
            institution,
            state: State::Idle,
            screen: Screen::PlaceCard.code(),
            code: None,
            question: None,
            next: vec!["place-card", "use-reader"],
            card: None,
            phone: None,
            wrong: None,
            consents: Vec::new(),
            captures: Capture::all(),
            notices: BTreeSet::new(),
            end: None,
            visit: None,
            guide: guided.then(Guide::default),
        }
    }

    /// An empty reader after what was: nothing of it stays but the count of changes.
    pub(super) fn after(before: &Self, institution: String) -> Self {
        let blank = Self::idle(institution, before.guide.is_some());
        Self { revision: before.revision, ..blank }
    }

    /// Something is placed.
    pub(super) fn begins(&mut self, card: &str, phone: Option<PhoneKind>) {
        (self.card, self.phone) = (Some(card.to_owned()), phone);
        self.next = vec![TAKE_CARD];
    }

    /// The visit is over.
    pub(super) fn ends(&mut self, done: Option<Done>) {
        let blank = Self::after(self, self.institution.clone());
        let (end, code, guide) = (self.end.take(), self.code, self.guide.take());
        *self = Self { state: State::Done, end, code, guide, ..blank };
        if let Some(Done { number, end }) = done {
            self.visit = number;
            self.end = Some(EndTold::of(&end));
        }
    }

    /// Whether somebody has to do something before anything goes on.
    pub(super) fn waits(&self) -> bool {
        self.next.iter().any(|act| *act != TAKE_CARD)
            || self.question == Some(Question::TakeCardBack)
    }

    /// A screen is shown.
    pub(super) fn shows(&mut self, screen: Screen) {
        self.screen = screen.code();
        if public(screen.code()) {
            self.code = Some(screen.code());
        }
        self.wrong = failure(screen).or(self.wrong);
    }

    /// A question is asked.
    pub(super) fn asks(&mut self, question: Question) {
        self.next = answers(&question);
        if self.phone.is_some() && put_away(&question) {
            self.next.retain(|act| *act != TAKE_CARD);
        }
        self.question = Some(question);
    }

    /// The visit is held, so that a step can be explained.
    pub(super) fn holds(&mut self, step: u8) {
        self.next = vec!["continue", TAKE_CARD];
        if let Some(guide) = self.guide.as_mut() {
            guide.held = Some(step);
        }
    }

    /// It is answered, and the reader works.
    pub(super) fn works(&mut self) {
        (self.question, self.wrong) = (None, None);
        if let Some(guide) = self.guide.as_mut() {
            guide.held = None;
        }
        self.next = vec![TAKE_CARD];
    }

    /// The result is settled; only the card may still have to be taken back.
    pub(super) fn settles(&mut self, report: &VisitReport) {
        self.end = Some(EndTold::of(&report.end));
        self.notices.clone_from(&report.notices);
    }
}

impl EndTold {
    /// The name of the end.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What of an end the screen shows.
    pub fn of(end: &End) -> Self {
        let told = serde_json::to_value(end).unwrap_or_default();
        // An end with more to say is an object of one member, the others are their name.
        let more = told.as_object().and_then(|one| one.keys().next()).map(String::as_str);
        let kind = more.or(told.as_str()).unwrap_or_default().to_owned();
        let summary = if let End::Completed(summary) = end { Some(summary) } else { None };
        Self {
            kind,
            validity: summary.map(|summary| summary.validity),
            registered_now: summary.is_some_and(|summary| summary.registered_now),
        }
    }
}

const TAKE_CARD: &str = "take-card";

/// Codes known from public readers' manuals have three digits; letters are the bench's own.
fn public(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// A screen that tells of something that went wrong and may be tried again.
fn failure(screen: Screen) -> Option<&'static str> {
    match screen {
        Screen::NoPicture
        | Screen::FaceMismatch
        | Screen::FaceLocked
        | Screen::PinWrong
        | Screen::PinLocked => Some(screen.code()),
        Screen::PlaceCard
        | Screen::NotRecognised
        | Screen::NotMyNumberCard
        | Screen::UseTheCard
        | Screen::EnterPhonePin
        | Screen::HoldPhone
        | Screen::ChooseMode
        | Screen::LookIntoCamera
        | Screen::EnterPin
        | Screen::StaffCheck
        | Screen::Registration
        | Screen::Consent(_)
        | Screen::PrescriptionForm
        | Screen::CertificateRefused
        | Screen::OtherProofs
        | Screen::Finished
        | Screen::TimedOut
        | Screen::TakeCardBack
        | Screen::CardLeft => None,
    }
}

/// Whether a phone is no longer held over when this is asked: it has signed.
fn put_away(question: &Question) -> bool {
    match question {
        Question::Registration
        | Question::Consent { .. }
        | Question::PrescriptionForm
        | Question::TakeCardBack => true,
        Question::Mode { .. }
        | Question::Look
        | Question::Pin { .. }
        | Question::StaffCheck
        | Question::PhonePin
        | Question::HoldPhone { .. } => false,
    }
}

/// The acts that answer a question; the card may be taken away at each.
fn answers(question: &Question) -> Vec<&'static str> {
    let mut acts = match question {
        Question::Mode { offered } => {
            let modes = [(Mode::Face, "face"), (Mode::Pin, "pin")];
            let open = modes.into_iter().filter(|(mode, _)| offered.contains(mode));
            open.map(|(_, act)| act).chain(["start-visual", "give-up"]).collect()
        }
        Question::Look => vec!["look", "start-visual", "give-up"],
        Question::Pin { .. } => vec!["type", "start-visual", "give-up"],
        Question::StaffCheck => vec!["confirm", "refuse"],
        Question::Registration | Question::Consent { .. } => vec!["yes", "no"],
        Question::PrescriptionForm => vec!["electronic", "paper"],
        Question::PhonePin => vec!["type", "give-up"],
        Question::HoldPhone { .. } => vec!["done", "give-up"],
        Question::TakeCardBack => Vec::new(),
    };
    acts.push(TAKE_CARD);
    acts
}
