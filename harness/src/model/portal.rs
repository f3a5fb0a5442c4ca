//! A log-in at the patient's portal, and what an outsider can see of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Numbers;

/// Somebody puts their card on at home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalUse {
    /// Who, with the own card.
    pub person: String,
    /// The PIN as typed, once.
    pub pin: String,
    /// Whether the card is registered as insurance card before anything is looked at.
    pub register: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalOutcome {
    /// How it ended.
    pub end: PortalEnd,
    /// The card's own PIN counter afterwards; `None` without a card or without a PIN.
    pub pin_tries_left: Option<u8>,
    /// What was seen.
    pub seen: Option<Box<PortalSeen>>,
}

/// How a log-in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortalEnd {
    /// Own data were seen.
    Seen,
    /// There is no card.
    NoCard,
    /// No user-authentication certificate on the card.
    NoCertificate,
    /// A card without PIN cannot log in.
    NoPin,
    /// The entry was wrong, or no PIN at all; tries are left.
    WrongPin,
    /// The card's PIN is blocked.
    PinLocked,
    /// Path, period or status; the grace is no help here.
    CertificateRefused,
    /// Not registered as insurance card.
    NotRegistered,
    /// 自己情報提供不可.
    Barred,
    /// Nobody could tell.
    SystemError,
}

/// What the portal shows. Names and not whole records: they are canaries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalSeen {
    /// QualificationValidity of today.
    pub validity: u8,
    /// The numbers of the qualification that runs today, else of the one that ended last.
    pub numbers: Option<Numbers>,
    /// Medicines by name.
    pub medicines: BTreeSet<String>,
    /// Days of health checks.
    pub health_checks: BTreeSet<String>,
    /// Care by name.
    pub care: BTreeSet<String>,
    /// Operations by name.
    pub operations: BTreeSet<String>,
    /// Drugs on electronic prescriptions.
    pub prescribed: BTreeSet<String>,
    /// What was paid, by year, as the file of the year sums it up.
    pub paid: BTreeMap<i16, u64>,
}
