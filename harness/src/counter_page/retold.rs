//! What people did in a session, retold as events of the model, so that the oracle knows of it too.

use std::collections::BTreeSet;

use sim_reader::face::Setting;
use sim_reader::session::{Question, Reply, Screen};

use super::session::Capture;
use crate::model::{ConsentKind, Event, Mode, Prescription, Visit};
use crate::world::consent;

/// What people did in one visit, attempt by attempt.
#[derive(Debug, Default)]
pub struct Attempts {
    tried: Vec<Tried>,
    consents: BTreeSet<ConsentKind>,
    register: bool,
    prescription: Option<Prescription>,
    /// Something no event of the model says.
    beyond: bool,
}

/// One attempt to prove identity.
#[derive(Debug)]
enum Tried {
    /// The face of this person; whether it was said not to match.
    Face { person: Option<String>, mismatch: bool },
    /// These entries.
    Pin(Vec<String>),
    /// Staff, and their word.
    Visual(bool),
}

/// A visit as the model tells it.
#[derive(Debug)]
pub struct Retold {
    /// What happened before, of which only the counters matter: earlier attempts of the same visit.
    pub before: Vec<Event>,
    /// The visit, or its last attempt.
    pub visit: Visit,
    /// Whether that is all there is to say, so that the oracle can judge what came of it.
    pub exact: bool,
}

impl Attempts {
    /// A face was put before the camera.
    pub fn looked(&mut self, person: String, capture: Capture) {
        self.beyond |= capture != Capture::Face(Setting::Clean);
        if let Some(Tried::Face { person: seen, .. }) = self.tried.last_mut() {
            *seen = Some(person);
        }
    }

    /// A screen was shown.
    pub fn shown(&mut self, screen: Screen) {
        let mismatched = screen == Screen::FaceMismatch || screen == Screen::FaceLocked;
        if let (true, Some(Tried::Face { mismatch, .. })) = (mismatched, self.tried.last_mut()) {
            *mismatch = true;
        }
        self.beyond |= screen == Screen::NoPicture;
    }

    /// A question was answered.
    pub fn answered(&mut self, question: &Question, reply: &Reply) {
        match (question, reply) {
            (Question::TakeCardBack, _) => {}
            (_, Reply::CardTaken | Reply::GiveUp | Reply::Silent) => self.beyond = true,
            (_, Reply::Face) => self.tried.push(Tried::Face { person: None, mismatch: false }),
            (_, Reply::Pin) => self.tried.push(Tried::Pin(Vec::new())),
            (_, Reply::StaffStart) => self.tried.push(Tried::Visual(false)),
            (Question::Pin { .. }, Reply::Typed(entry)) => self.typed(entry.0.clone()),
            (Question::StaffCheck, Reply::StaffConfirm) => {
                if let Some(Tried::Visual(confirmed)) = self.tried.last_mut() {
                    *confirmed = true;
                }
            }
            (Question::Registration, reply) => self.register = *reply == Reply::Yes,
            (Question::Consent { kind }, Reply::Yes) => {
                self.consents.insert(consent(*kind));
            }
            (Question::PrescriptionForm, Reply::Electronic) => {
                self.prescription = Some(Prescription::Electronic);
            }
            (Question::PrescriptionForm, Reply::Paper) => {
                self.prescription = Some(Prescription::Paper);
            }
            (Question::PhonePin, Reply::Typed(entry)) => self.typed_for_phone(entry.0.clone()),
            (
                Question::Mode { .. }
                | Question::Look
                | Question::PhonePin
                | Question::HoldPhone { .. }
                | Question::Pin { .. }
                | Question::StaffCheck
                | Question::Consent { .. }
                | Question::PrescriptionForm,
                _,
            ) => {}
        }
    }

    fn typed(&mut self, entry: String) {
        if let Some(Tried::Pin(entries)) = self.tried.last_mut() {
            entries.push(entry);
        }
    }

    /// A phone's PIN is the first way of its visit, and no other is chosen before.
    fn typed_for_phone(&mut self, entry: String) {
        if self.tried.is_empty() {
            self.tried.push(Tried::Pin(Vec::new()));
        }
        self.typed(entry);
    }

    /// The whole as events. `other` is somebody whose face does not match: what stood before the camera may have no event,
    /// but the mismatch counts.
    pub fn retold(self, base: &Visit, other: &str) -> Retold {
        let answers = (self.consents, self.register, self.prescription);
        // Who stands there: whoever was seen first. Neither PIN nor staff's word tells of a face.
        let stands = self.tried.iter().find_map(|tried| match tried {
            Tried::Face { person, .. } => person.clone(),
            Tried::Pin(_) | Tried::Visual(_) => None,
        });
        let stands = stands.unwrap_or_else(|| base.person.clone());
        let attempt = |tried: &Tried| -> Option<Visit> {
            let (person, mode) = match tried {
                Tried::Face { person: None, .. } => return None,
                // What stood there was no plain face of the holder's, and yet the mismatch counts.
                Tried::Face { mismatch: true, person: Some(person) } if *person == base.person => {
                    (other.to_owned(), Mode::Face)
                }
                Tried::Face { person: Some(person), .. } => (person.clone(), Mode::Face),
                Tried::Pin(entries) => (stands.clone(), Mode::Pin(entries.clone())),
                Tried::Visual(confirmed) => (stands.clone(), Mode::Visual(*confirmed)),
            };
            Some(Visit { person, mode, ..base.clone() })
        };
        let mut visits: Vec<Visit> = self.tried.iter().filter_map(attempt).collect();
        let (consents, register, prescription) = answers;
        let whole = |visit| Visit { consents, register, prescription, ..visit };
        let one = visits.windows(2).all(|two| matches!(two, [a, b] if a.person == b.person));
        if one && !self.beyond {
            // One person before the camera: several ways of one visit.
            let mut ways = visits.into_iter();
            let first = ways.next().unwrap_or_else(|| base.clone());
            let then = ways.map(|visit| visit.mode).collect();
            return Retold {
                before: Vec::new(),
                visit: whole(Visit { then, ..first }),
                exact: true,
            };
        }
        let last = visits.pop().unwrap_or_else(|| base.clone());
        let before = visits.into_iter().map(Event::Visit).collect();
        Retold { before, visit: whole(last), exact: false }
    }
}
