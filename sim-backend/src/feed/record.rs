//! What an insurer sends: one record a change. Bench profile; the real feed is closed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    messages::{InsurerNumber, Text, record::CardText},
    service::{
        care_history::{Care, MedicalCost, Operation, Prescription},
        coded,
        proof::Proof,
        records::{Certificates, CoverageDetails, HealthCheck, Holder, Loss, Medicine, PersonCode},
        register::RegisterEntry,
        ticket::TicketMonth,
    },
};

/// The insurer's own name of a record.
pub type RecordId = Text<64>;

/// One change, reported by one insurer about one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRecord {
    /// The insurer's own name of this record. The same again with the same content changes nothing.
    #[serde(with = "coded")]
    pub record_id: RecordId,
    /// The insurer that reports.
    #[serde(with = "coded")]
    pub insurer_number: InsurerNumber,
    /// About whom.
    pub person: PersonCode,
    /// Orders records about the same thing: the higher counts, and with equal ones the greater `record_id`. Order of
    /// arrival never does. Row OQS-INS-11.
    #[serde(default)]
    pub revision: u32,
    /// What changed: `kind` and `data`.
    #[serde(flatten)]
    pub change: Change,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Change {
    /// A qualification was gained.
    Gain(CoverageDetails),
    /// A qualification was lost.
    Loss(Ending),
    /// An earlier record was wrong. Row OQS-INS-08.
    Correction(Correction),
    /// Limit, elderly share and specific-disease certificates.
    Limit(CertificatesOf),
    /// Who the person is.
    Person(Holder),
    /// A medicine was dispensed. For tests of the information route.
    Medicine(Medicine),
    /// A specific health check was made (特定健診).
    HealthCheck(HealthCheck),
    /// Something was done for the patient (診療情報).
    Care(Care),
    /// An operation (手術情報).
    Operation(Operation),
    /// What care cost in a month (医療費通知情報).
    MedicalCost(MedicalCost),
    /// An electronic prescription (電子処方箋) was issued or dispensed.
    Prescription(Prescription),
    /// Tickets of medical aid for a month, by the welfare office (福祉事務所) that reports. Rows OQS-AID-02, OQS-AID-03.
    Tickets(TicketsOf),
    /// The person asked to cancel the registration as insurance card. Row OQS-REG-08.
    Cancellation(Cancellation),
    /// What the resident register said when the registration was checked with J-LIS. Row OQS-INS-07.
    Register(RegisterEntry),
    /// The insurer confirms who the person is, whatever the register says. Row OQS-INS-07.
    Identity(IdentityConfirmation),
    /// Insurance card, 資格確認書 or 資格情報のお知らせ was handed out. Rows OQS-INS-13, OQS-INS-14.
    Proof(Proof),
}

impl Change {
    /// Whether it is about another record.
    #[must_use]
    pub fn is_correction(&self) -> bool {
        match self {
            Self::Correction(_) => true,
            Self::Gain(_)
            | Self::Loss(_)
            | Self::Limit(_)
            | Self::Person(_)
            | Self::Medicine(_)
            | Self::HealthCheck(_)
            | Self::Care(_)
            | Self::Operation(_)
            | Self::MedicalCost(_)
            | Self::Prescription(_)
            | Self::Tickets(_)
            | Self::Cancellation(_)
            | Self::Register(_)
            | Self::Identity(_)
            | Self::Proof(_) => false,
        }
    }
}

/// The end of a qualification of the reporting insurer: the newest one that began before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Which number lost it; absent when the person has one with this insurer.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub number: Option<CardText>,
    /// When and why.
    pub loss: Loss,
}

/// Takes the place of another record of the same insurer about the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// `record_id` of the record that was wrong; not itself a correction.
    #[serde(with = "coded")]
    pub corrects: RecordId,
    /// What it should have said; absent when it should not have been sent at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Box<Change>>,
}

/// Certificates of the person's qualifications with the reporting insurer. A list that is not empty tells all there are of its
/// kind, so a later record takes the place of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificatesOf {
    /// Which number they belong to; absent when the person has one with this insurer.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub number: Option<CardText>,
    /// The certificates.
    pub certificates: Certificates,
}

/// All tickets of a month for the person's medical aid of the reporting welfare office. A later record about the month takes
/// the place of an earlier one; no ticket says that nobody is entrusted (未委託).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketsOf {
    /// Which beneficiary number they belong to; absent when the person has one with this office.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub number: Option<CardText>,
    /// The month and its tickets.
    pub of: TicketMonth,
}

/// A request to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// The day of the request.
    pub requested: Date,
}

/// A confirmation of the insurer that a `person` record is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfirmation {
    /// `record_id` of the record that is right. The confirmation counts while that record describes the person.
    #[serde(with = "coded")]
    pub confirms: RecordId,
}

/// What became of one record of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordOutcome {
    /// Place in the delivery, from 0.
    pub index: usize,
    /// The record's name, as far as it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Accepted means committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Stored, now or by an earlier delivery of the same record.
    Accepted {
        /// What the insurer should look into, though the record stands. Rows OQS-QUAL-25, OQS-INS-07, OQS-INS-10, OQS-LIM-05.
        #[serde(skip_serializing_if = "Option::is_none")]
        warning: Option<String>,
    },
    /// Not stored.
    Rejected {
        /// What is wrong with it.
        reason: String,
    },
}

impl Outcome {
    /// Stored without remark.
    #[must_use]
    pub fn accepted() -> Self {
        Self::Accepted { warning: None }
    }

    /// Not stored.
    #[must_use]
    pub fn rejected(reason: impl ToString) -> Self {
        Self::Rejected { reason: reason.to_string() }
    }
}
