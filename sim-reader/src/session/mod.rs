//! One visit at the reader: from "place your card" to "take your card back".
//!
//! [`machine`] says what may follow what; [`Reader::visit`] does it with a card or phone, a camera, people and a terminal.
//! Nothing of a visit outlives it but [`FaceFailures`].

pub mod diagram;
mod driver;
pub mod failures;
pub mod machine;
pub mod modes;
pub mod people;
pub mod report;
mod scripted;

use std::collections::BTreeSet;

pub use driver::{Placed, Reader, run_visit};
pub use failures::{CardKey, FACE_LIMIT, FaceFailures};
pub use machine::{Action, Cause, Event, State, step};
pub use modes::{CardFacts, offered};
pub use people::{Entry, Patience, People, Question, Reply, ReplyFuture};
pub use report::{End, ResultSummary, Screen, VisitReport};
pub use scripted::{ModeChoice, Scripted, Visitor};

use crate::card_client::TerminalCredential;
use crate::consent::ConsentKind;
use crate::reader_link::Occasion;

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
    /// Whether a second reader for phones stands beside this one. Row OQS-MOB-01.
    pub phones: bool,
    /// Where the reader stands, when that is not a counter: some ways of proving identity are for the counter only.
    /// Row OQS-VISIT-01.
    pub occasion: Option<Occasion>,
    /// How long people are waited for.
    pub patience: Patience,
}
