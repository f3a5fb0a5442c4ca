//! Those at the counter: what the reader asks of patient and staff, and how long it waits for them.

use std::fmt;
use std::future::Future;
use std::pin::Pin as Pinned;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::machine::State;
use super::report::{Screen, VisitReport};
use crate::card_client::PhoneKind;
use crate::consent::ConsentKind;
use crate::reader_link::Mode;

/// What an answer resolves to.
pub type ReplyFuture<'a> = Pinned<Box<dyn Future<Output = Reply> + Send + 'a>>;

/// The patient at the reader and staff near it: a script, a page in a browser, a person.
pub trait People: Send {
    /// A screen is shown. Nothing is expected.
    fn shown(&mut self, _screen: Screen) {}

    /// The visit has come to this state. Nothing is expected.
    fn entered(&mut self, _state: State) {}

    /// It is settled how the visit ends; at most the card has still to be taken back.
    fn settled(&mut self, _report: &VisitReport) {}

    /// Answers a question; whoever has no answer at `until` says [`Reply::Silent`]. A reply that fits no answer of the question
    /// counts as [`Reply::GiveUp`], one that comes later than `until` as silence.
    fn answer(&mut self, question: Question, until: Timestamp) -> ReplyFuture<'_>;
}

/// What a screen asks, and what is known beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "question")]
pub enum Question {
    /// Which way of proving identity? [`Reply::Face`], [`Reply::Pin`], and [`Reply::StaffStart`] by staff, who need no button of
    /// the patient's. What is not offered is asked for again.
    Mode {
        /// What the patient may choose; never the visual check.
        offered: BTreeSet<Mode>,
    },
    /// Look into the camera: [`Reply::Done`] when somebody stands there, or [`Reply::StaffStart`].
    Look,
    /// Four digits: [`Reply::Typed`], or [`Reply::StaffStart`].
    Pin {
        /// Tries the card still has.
        tries_left: u8,
    },
    /// To staff: is this the holder? [`Reply::StaffConfirm`] or [`Reply::StaffRefuse`].
    StaffCheck,
    /// First registration as insurance card? [`Reply::Yes`] or [`Reply::No`].
    Registration,
    /// Consent to one kind of information? [`Reply::Yes`]; anything else is none.
    Consent {
        /// Which.
        kind: ConsentKind,
    },
    /// [`Reply::Electronic`] or [`Reply::Paper`]; anything else is no choice.
    PrescriptionForm,
    /// The PIN of the certificate in an Android phone: [`Reply::Typed`].
    PhonePin,
    /// Hold the phone over the second reader, an iPhone after its own check of its holder: [`Reply::Done`].
    HoldPhone {
        /// Which phone.
        phone: PhoneKind,
    },
    /// Take your card back: [`Reply::CardTaken`].
    TakeCardBack,
}

/// What patient or staff do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The patient chooses face recognition.
    Face,
    /// The patient chooses the PIN.
    Pin,
    /// The patient has typed this.
    Typed(Entry),
    /// The patient has done what the screen asks.
    Done,
    /// The patient says yes.
    Yes,
    /// The patient says no.
    No,
    /// The patient chooses the electronic prescription.
    Electronic,
    /// The patient chooses the prescription on paper.
    Paper,
    /// The patient turns back.
    GiveUp,
    /// The card is taken away.
    CardTaken,
    /// Staff start the visual check.
    StaffStart,
    /// Staff say that this is the holder.
    StaffConfirm,
    /// Staff say that this is not the holder, or end their check without a word.
    StaffRefuse,
    /// Nobody does anything.
    Silent,
}

/// What was typed on the keypad; not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entry(pub String);

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({} characters)", self.0.chars().count())
    }
}

/// How long the reader waits for people (bench profile).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the patient, at each question.
    pub patient: SignedDuration,
    /// For staff to compare card and person.
    pub staff: SignedDuration,
    /// For the card to be taken back; then staff are called and the visit is over.
    pub card: SignedDuration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            patient: SignedDuration::from_secs(60),
            staff: SignedDuration::from_secs(300),
            card: SignedDuration::from_secs(120),
        }
    }
}

impl Patience {
    /// For how long a question is open.
    pub fn of(&self, question: &Question) -> SignedDuration {
        match question {
            Question::StaffCheck => self.staff,
            Question::TakeCardBack => self.card,
            Question::Mode { .. }
            | Question::Look
            | Question::Pin { .. }
            | Question::Registration
            | Question::Consent { .. }
            | Question::PrescriptionForm
            | Question::PhonePin
            | Question::HoldPhone { .. } => self.patient,
        }
    }
}
