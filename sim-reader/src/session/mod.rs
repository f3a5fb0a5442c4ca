//! One visit at the reader: from "place your card" to "take your card back".
//!
//! [`machine`] says what may follow what; [`run_visit`] does it with a card, a camera, a visitor and a
//! terminal. Nothing of a visit outlives it but [`FaceFailures`].

mod driver;
pub mod failures;
pub mod machine;
pub mod modes;
pub mod report;

use std::collections::BTreeSet;
use std::fmt;

pub use driver::run_visit;
pub use failures::{CardKey, FACE_LIMIT, FaceFailures};
pub use machine::{Action, Cause, Event, State, step};
pub use modes::{CardFacts, offered};
pub use report::{End, ResultSummary, Screen, VisitReport};

use crate::card_client::{CardFront, TerminalCredential};
use crate::consent::{ConsentKind, Consents};

/// A reader as it is set up at a counter.
#[derive(Debug, Clone)]
pub struct ReaderConfig {
    /// The face account; one reader, one account.
    pub account: String,
    /// The institution's code (医療機関コード), ten digits.
    pub institution: String,
    /// Consents the institution has switched on.
    pub offers: BTreeSet<ConsentKind>,
    /// Whether the patient may choose between electronic and paper prescription.
    pub electronic_prescriptions: bool,
    /// Face scores from here on are a match, 0 to 1.
    pub threshold: f64,
    /// Opens the card's key without PIN; a reader without it cannot use face and visual mode.
    pub terminal: Option<TerminalCredential>,
}

/// Who stands at the counter, and what they will do.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The way of proving identity.
    pub mode: ModeChoice,
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
    /// The patient chooses the PIN and types these entries until one is right.
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
