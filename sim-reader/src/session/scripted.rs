//! People who do what a script says, at once.

use std::fmt;
use std::future::ready;

use jiff::Timestamp;

use super::people::{Entry, People, Question, Reply, ReplyFuture};
use crate::card_client::CardFront;
use crate::consent::Consents;
use crate::reader_link::Prescription;

/// Who stands at the counter, and what they will do.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The way of proving identity.
    pub mode: ModeChoice,
    /// The ways they try after that, one after the other, as long as none has succeeded. Then they give up.
    pub then: Vec<ModeChoice>,
    /// Whether staff confirm the person, when they are asked to.
    pub staff_confirms: bool,
    /// The answers to the consent screens.
    pub consents: Consents,
    /// The answer to the offer of registration.
    pub register: bool,
    /// The front of the card as the reader can read it; `None` when it cannot.
    pub front: Option<CardFront>,
}

/// The mode that patient or staff choose.
#[derive(Clone, PartialEq, Eq)]
pub enum ModeChoice {
    /// The patient chooses face recognition.
    Face,
    /// The patient chooses the PIN and types these entries until one is right. With an Android phone they are those for the phone.
    Pin(Vec<String>),
    /// Staff start the visual check; the patient cannot.
    Visual,
}

/// Tells how many entries there are, not what they are.
impl fmt::Debug for ModeChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Face => f.write_str("Face"),
            Self::Pin(entries) => write!(f, "Pin({} entries)", entries.len()),
            Self::Visual => f.write_str("Visual"),
        }
    }
}

impl ModeChoice {
    fn entries(&self) -> std::slice::Iter<'_, String> {
        match self {
            Self::Pin(entries) => entries.iter(),
            Self::Face | Self::Visual => [].iter(),
        }
    }
}

/// A [`Visitor`] in the course of one visit.
pub struct Scripted<'a> {
    visitor: &'a Visitor,
    wishes: std::iter::Chain<std::iter::Once<&'a ModeChoice>, std::slice::Iter<'a, ModeChoice>>,
    entries: std::slice::Iter<'a, String>,
}

impl<'a> Scripted<'a> {
    /// The visitor as they come to the counter.
    pub fn new(visitor: &'a Visitor) -> Self {
        let wishes = std::iter::once(&visitor.mode).chain(visitor.then.iter());
        Self { visitor, wishes, entries: visitor.mode.entries() }
    }

    /// The next wish, on offer or not.
    fn choose(&mut self) -> Reply {
        let Some(wish) = self.wishes.next() else { return Reply::GiveUp };
        self.entries = wish.entries();
        match wish {
            ModeChoice::Face => Reply::Face,
            ModeChoice::Pin(_) => Reply::Pin,
            ModeChoice::Visual => Reply::StaffStart,
        }
    }

    fn reply(&mut self, question: &Question) -> Reply {
        let yes = |yes| if yes { Reply::Yes } else { Reply::No };
        match question {
            Question::Mode { .. } => self.choose(),
            Question::Pin { .. } | Question::PhonePin => match self.entries.next() {
                Some(entry) => Reply::Typed(Entry(entry.clone())),
                None => Reply::GiveUp,
            },
            Question::StaffCheck if self.visitor.staff_confirms => Reply::StaffConfirm,
            Question::StaffCheck => Reply::StaffRefuse,
            Question::Registration => yes(self.visitor.register),
            Question::Consent { kind } => yes(self.visitor.consents.wants(*kind)),
            Question::PrescriptionForm => match self.visitor.consents.prescription {
                Some(Prescription::Electronic) => Reply::Electronic,
                Some(Prescription::Paper) => Reply::Paper,
                None => Reply::GiveUp,
            },
            Question::Look | Question::HoldPhone { .. } => Reply::Done,
            Question::TakeCardBack => Reply::CardTaken,
        }
    }
}

impl People for Scripted<'_> {
    fn answer(&mut self, question: Question, _until: Timestamp) -> ReplyFuture<'_> {
        Box::pin(ready(self.reply(&question)))
    }
}
