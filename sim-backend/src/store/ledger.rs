//! What stands beside the persons: orders of the operator, ends of certificates, uses in emergency care, and lists for insurers.

use jiff::{Timestamp, civil::Date};

use super::Stored;
use crate::{
    messages::{InstitutionCode, InsurerNumber},
    service::records::{PersonCode, PersonState},
};

/// What an order of the operator is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderKind {
    /// Disaster mode, by the name of the order.
    Disaster,
    /// The emergency function of an outage, by institution.
    Emergency,
    /// An institution's authority in emergency care, by institution.
    EmergencyCare,
    /// A stopped feed, by insurer.
    FeedStop,
}

impl OrderKind {
    /// The word the store keeps.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Disaster => "disaster",
            Self::Emergency => "emergency",
            Self::EmergencyCare => "emergency_care",
            Self::FeedStop => "feed_stop",
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The person after whom it begins; `None` is the beginning.
    pub after: Option<&'a PersonCode>,
    /// Most entries.
    pub limit: u32,
}

/// The part of the store that is no person's and no visit's.
///
/// # Errors
/// Each method: [`super::StoreError`] when the database fails; then nothing of the call is stored.
pub trait Ledger: Send + Sync {
    /// Keeps an order; an earlier one about the same is replaced. No body drops it.
    fn keep_order<'a>(
        &'a self,
        kind: OrderKind,
        subject: &'a str,
        body: Option<&'a str>,
    ) -> Stored<'a, ()>;

    /// An order.
    fn order<'a>(&'a self, kind: OrderKind, subject: &'a str) -> Stored<'a, Option<String>>;

    /// All orders of a kind, by subject.
    fn orders(&self, kind: OrderKind) -> Stored<'_, Vec<(String, String)>>;

    /// Keeps when a certificate ends; an earlier word about it is replaced. Row OQS-CERT-23.
    fn keep_certificate<'a>(
        &'a self,
        serial: &'a str,
        person: &'a PersonCode,
        ends: Timestamp,
    ) -> Stored<'a, ()>;

    /// People of an insurer whose last certificate ended in `[from, to)`, with that instant. Row OQS-CERT-23.
    fn ended_certificates<'a>(
        &'a self,
        insurer: &'a InsurerNumber,
        span: (Timestamp, Timestamp),
        page: Page<'a>,
    ) -> Stored<'a, Vec<(PersonState, Timestamp)>>;

    /// Everybody who has or had a number with an insurer, by person code.
    fn insured_with<'a>(
        &'a self,
        insurer: &'a InsurerNumber,
        page: Page<'a>,
    ) -> Stored<'a, Vec<PersonState>>;

    /// Everybody born on a day. Reads all persons: for modes that are rare.
    fn born_on(&self, birthdate: Date) -> Stored<'_, Vec<PersonState>>;

    /// Keeps that a card was used in emergency care. Row OQS-DIS-06.
    fn keep_emergency_use<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
        used: Timestamp,
    ) -> Stored<'a, ()>;

    /// When a person's card was last used in emergency care at an institution.
    fn emergency_use<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Option<Timestamp>>;
}

impl Page<'_> {
    /// Every code is greater than the empty text.
    pub(super) fn begins(&self) -> &str {
        self.after.map_or("", PersonCode::as_str)
    }
}
