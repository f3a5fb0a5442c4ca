//! What outlives a request: records, states, registrations, consents and confirmations.
//!
//! Everything is keyed by an opaque person code; no column can hold a 12-digit number of a person. What a method
//! reported as done is committed. SQLite serves one process; PostgreSQL (feature `postgres`) is shared by several, and
//! there whatever two of them do at once ends as if one had done it after the other.

mod connections;
mod engine;
mod ledger;
mod schema;
mod sql;
mod turn;

use std::{future::Future, pin::Pin};

use jiff::{Timestamp, civil::Date};

pub use ledger::{Ledger, OrderKind, Page};
pub use sql::SqlStore;

use crate::{
    feed::FeedRecord,
    messages::{
        BranchNumber, Identifier, InstitutionCode, InsurerNumber, YearMonth,
        codes::MedicalTreatmentFlag, record::CardText,
    },
    service::{
        care::{CareSpan, CareVisit},
        care_history::CareHistory,
        consent::Consent,
        records::{PersonCode, PersonState},
    },
};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is gone.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// What is stored cannot be read back.
    #[error("stored data of {what} cannot be read: {detail}")]
    Unreadable {
        /// Which data.
        what: &'static str,
        /// Where it went wrong.
        detail: String,
    },
    /// The address names no engine. Its scheme; the rest may hold a password.
    #[error(
        "{0:?} begins no address of a store: use sqlite::memory:, sqlite:PATH?mode=rwc or postgres://HOST/DATABASE"
    )]
    Address(String),
    /// It failed for all that were written together.
    #[error(transparent)]
    Shared(std::sync::Arc<StoreError>),
    /// The process ends and no writer is left.
    #[error("the writer is gone")]
    WriterGone,
    /// The address names PostgreSQL, and this build has none.
    #[error(
        "this build has no PostgreSQL: build it with `cargo build --release --features postgres`"
    )]
    NotBuiltIn,
    /// Another process wrote a record of the same name in between, again and again.
    #[error("others wrote the same records at the same time")]
    Contended,
    /// The store was written by a later version.
    #[error("the store has schema {found}, this version knows up to {known}")]
    FromTheFuture {
        /// Version in the store.
        found: i64,
        /// Newest version known here.
        known: i64,
    },
}

/// What became of a record handed to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// New.
    Stored,
    /// There already, with the same content.
    Known,
    /// There already, with other content: nothing was changed.
    Conflict,
    /// It corrects a record that is not the insurer's, not the person's, or itself a correction: nothing was changed.
    NotItsToCorrect,
}

/// A delivery after it was stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// One for each record, in order.
    pub appended: Vec<Appended>,
    /// Persons touched, as they are now, by person code.
    pub states: Vec<PersonState>,
}

/// A confirmation given: an answer with validity 1. What later changes does not undo it. Row OQS-CLM-03.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Whom it was given.
    pub institution: InstitutionCode,
    /// The day it was given for.
    pub day: Date,
    /// About whom.
    pub person: PersonCode,
    /// `InsurerNumber`.
    pub insurer_number: InsurerNumber,
    /// `InsuredCardSymbol`.
    pub symbol: Option<CardText>,
    /// `InsuredIdentificationNumber`.
    pub number: CardText,
    /// `InsuredBranchNumber`.
    pub branch: Option<BranchNumber>,
}

/// What one use of a card leaves behind; all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Where.
    pub institution: InstitutionCode,
    /// Who.
    pub person: PersonCode,
    /// A serial to bind to the person, with the instant. Row OQS-REG-05.
    pub registration: Option<(String, Timestamp)>,
    /// All consents of this person inside this institution from now on; `None` leaves them as they are. Row OQS-CONS-05.
    pub consents: Option<Vec<Consent>>,
    /// The examination, when it was outside the institution. Row OQS-VISIT-03.
    pub care: Option<CareVisit>,
    /// The confirmation given, if one was.
    pub confirmation: Option<Confirmation>,
}

/// What is known of a certificate's serial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Whose it is.
    pub person: PersonCode,
    /// When the person last registered.
    pub at: Timestamp,
}

/// An institution's own number (照会番号) for a person, registered under a set of insurance numbers. Rows OQS-REF-01, OQS-REF-06.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceNumber {
    /// Whose number it is.
    pub institution: InstitutionCode,
    /// Whom it means.
    pub person: PersonCode,
    /// `InsurerNumber` of the registration.
    pub insurer_number: InsurerNumber,
    /// `InsuredIdentificationNumber` of the registration.
    pub insured_number: CardText,
    /// `ReferenceNumber`.
    pub number: Identifier,
}

/// A bulk request that was taken, with its result. Row OQS-BULK-01.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reception {
    /// Who asked.
    pub institution: InstitutionCode,
    /// Name of the family whose result this is, e.g. `OQSmuquc02res`.
    pub family: String,
    /// When it was taken.
    pub received: Timestamp,
    /// The result as a message in UTF-8, made at once and given when its time has come.
    pub result: String,
}

/// How much is in a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Census {
    /// Persons.
    pub persons: u64,
    /// Feed records.
    pub records: u64,
    /// Bytes it takes; of a server, those of its database.
    pub bytes: u64,
}

/// What a number query asks, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who asks.
    pub institution: InstitutionCode,
    /// `InsurerNumber`.
    pub insurer_number: InsurerNumber,
    /// `InsuredIdentificationNumber`.
    pub number: CardText,
}

/// A person whom a number may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is known.
    pub state: PersonState,
    /// The asking institution's own number for the person.
    pub reference_number: Option<Identifier>,
}

impl Candidate {
    /// Both parts.
    #[must_use]
    pub fn parts(self) -> (PersonState, Option<Identifier>) {
        (self.state, self.reference_number)
    }
}

/// Something handed out once to an institution, a challenge or a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// Which of the two.
    pub kind: &'static str,
    /// What it is asked back by.
    pub identifier: String,
    /// Who alone may use it.
    pub institution: InstitutionCode,
    /// Until when, this instant included.
    pub until: Timestamp,
    /// What it stands for, as JSON.
    pub content: String,
}

/// A future of the store.
pub type Stored<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The store, whatever stands behind it.
///
/// # Errors
/// Each method: [`StoreError`] when the database fails; then nothing of the call is stored.
pub trait Store: Ledger + Send + Sync {
    /// Stores the records of one delivery and brings the persons they concern up to date.
    fn append<'a>(&'a self, records: &'a [FeedRecord]) -> Stored<'a, Delivery>;

    /// What is known of a person.
    fn person<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, Option<PersonState>>;

    /// What was reported of a person's care; empty when nothing was.
    fn care_history<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, CareHistory>;

    /// Everybody who has or had this number with this insurer.
    fn by_number<'a>(
        &'a self,
        insurer_number: &'a InsurerNumber,
        number: &'a CardText,
    ) -> Stored<'a, Vec<PersonState>>;

    /// Whether it answers.
    fn ready(&self) -> Stored<'_, ()>;

    /// How much is in it.
    fn census(&self) -> Stored<'_, Census>;

    /// Persons with this number of the insurer, as [`Store::by_number`] gives them, with what the asking institution left about
    /// each.
    fn asked<'a>(&'a self, asked: &'a Asked) -> Stored<'a, Vec<Candidate>>;

    /// Whether somebody has or had a number with this insurer.
    fn knows_insurer<'a>(&'a self, insurer_number: &'a InsurerNumber) -> Stored<'a, bool>;

    /// Whose serial this is.
    fn registered_serial<'a>(&'a self, serial: &'a str) -> Stored<'a, Option<Registered>>;

    /// When a person last registered.
    fn registered_person<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, Option<Timestamp>>;

    /// Binds a serial to a person, outside of a visit. Rows OQS-REG-02, OQS-REG-05.
    fn register<'a>(
        &'a self,
        serial: &'a str,
        person: &'a PersonCode,
        at: Timestamp,
    ) -> Stored<'a, ()>;

    /// Keeps what a use of the card leaves behind.
    fn keep_visit<'a>(&'a self, visit: &'a Visit) -> Stored<'a, ()>;

    /// Keeps a confirmation.
    fn keep_confirmation<'a>(&'a self, confirmation: &'a Confirmation) -> Stored<'a, ()>;

    /// Consents of a person to an institution, living or not.
    fn consents<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Vec<Consent>>;

    /// Confirmations an institution was given about this number in these days, both ends included.
    fn confirmations<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        insurer_number: &'a InsurerNumber,
        number: &'a CardText,
        days: (Date, Date),
    ) -> Stored<'a, Vec<Confirmation>>;

    /// Keeps reference numbers; an earlier one of the same institution under the same insurance numbers is replaced. All or
    /// none.
    fn keep_reference_numbers<'a>(&'a self, numbers: &'a [ReferenceNumber]) -> Stored<'a, ()>;

    /// An institution's own number for a person: of several the one registered last.
    fn reference_number<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Option<Identifier>>;

    /// All numbers of an institution for a person, the one registered last in front. Row OQS-VISIT-05.
    fn reference_numbers<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Vec<Identifier>>;

    /// Everybody of whom a ticket of the month names the institution. Row OQS-AID-03.
    fn ticketed<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        month: YearMonth,
    ) -> Stored<'a, Vec<PersonState>>;

    /// A person's examinations by an institution on one kind of occasion.
    fn care_of<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
        occasion: MedicalTreatmentFlag,
    ) -> Stored<'a, Vec<CareVisit>>;

    /// An institution's examinations on one kind of occasion within a span. Row OQS-VISIT-04.
    fn care_between<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        occasion: MedicalTreatmentFlag,
        span: CareSpan,
    ) -> Stored<'a, Vec<CareVisit>>;

    /// Keeps what a bulk request led to, and gives it a reception number that this institution was never given before.
    fn receive<'a>(&'a self, reception: &'a Reception) -> Stored<'a, Identifier>;

    /// What this institution was given a reception number for.
    fn reception<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        number: &'a Identifier,
    ) -> Stored<'a, Option<Reception>>;

    /// Whether other processes may have it open too.
    fn is_shared(&self) -> bool;

    /// A number that no other process behind this store was given, from 1.
    fn process_number(&self) -> Stored<'_, i64>;

    /// Keeps what is handed out until it is taken back, or is late.
    fn hand_out<'a>(&'a self, handed: &'a HandedOut, now: Timestamp) -> Stored<'a, ()>;

    /// Takes back what was handed out to this institution; whoever comes second finds nothing.
    fn take_back<'a>(
        &'a self,
        kind: &'static str,
        identifier: &'a str,
        institution: &'a InstitutionCode,
    ) -> Stored<'a, Option<HandedOut>>;
}
