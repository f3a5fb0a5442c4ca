//! Questions about many persons at once, an institution's own numbers for its patients, and what comes of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ConsentKind, Numbers, Record};

/// Seconds of the story that a bulk request is in process. Bench profile.
pub const BULK_SECONDS: i64 = 3;

/// A query by the numbers of many (一括照会, OQSmuquc01 and 02). It takes [`BULK_SECONDS`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkQuery {
    /// Who asks.
    pub institution: String,
    /// QualificationConfirmationDate.
    pub date: Date,
    /// About whom.
    pub entries: Vec<BulkEntry>,
    /// What happens to the result on its way.
    #[serde(default)]
    pub trouble: Option<AnswerTrouble>,
}

/// One person of a bulk query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkEntry {
    /// ArbitraryIdentifier; no other entry of the query has it.
    pub identifier: String,
    /// The numbers on file.
    pub numbers: Numbers,
    /// 生年月日 on file.
    pub birthdate: Date,
    /// 限度額 flag (CD012) on file, to be asked whether it changed.
    #[serde(default)]
    pub known_limit: Option<String>,
    /// 照会番号 on file, to be compared with the answer's.
    #[serde(default)]
    pub reference_number: Option<String>,
}

/// What happens to a bulk result between the backend and the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerTrouble {
    /// Its units come in the opposite order, which the interface allows.
    UnitsReversed,
    /// It bears another reception number.
    OtherReceptionNumber,
    /// All its units bear this reference number.
    OtherReferenceNumber(String),
}

/// What came of a bulk query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BulkOutcome {
    /// A result.
    Answered(BulkAnswer),
    /// The receipt computer took the result for another request's.
    Alarm,
    /// A whole-file error.
    Refused,
    /// No result at all.
    Silent,
}

/// The result of a bulk query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkAnswer {
    /// The first answer was a reception number and told nobody's qualification.
    pub received_first: bool,
    /// "In process" came before the result.
    pub in_process_first: bool,
    /// NumberOfNormalProcessing.
    pub normal: u32,
    /// NumberOfError.
    pub errors: u32,
    /// What the result says, by the identifier of the entry.
    pub units: BTreeMap<String, UnitOutcome>,
}

/// What a bulk result says of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "few at a time; a box would be in everybody's way")]
pub enum UnitOutcome {
    /// An answer.
    Answered {
        /// QualificationValidity.
        validity: u8,
        /// The record, when one is given; its reference number stands beside it.
        record: Option<Record>,
        /// Whether the limit certificate is another than the known one; `None` when that was not asked.
        limit_changed: Option<bool>,
        /// ReferenceNumber.
        reference_number: Option<String>,
        /// 限度額 flag: never to be given here.
        limit: Option<String>,
        /// Consent flags that stand at 1: never to be given here.
        consents: BTreeSet<ConsentKind>,
    },
    /// The entry alone was refused.
    Refused,
    /// The receipt computer took the answer for another patient's (照会番号不一致).
    Alarm,
}

/// Registers numbers of the institution's own (照会番号): one by OQSsiimm01, many by OQSmuimm01 and 02, which takes
/// [`BULK_SECONDS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Who registers.
    pub institution: String,
    /// In one bulk request; else there is exactly one entry.
    pub bulk: bool,
    /// For whom.
    pub entries: Vec<ReferenceEntry>,
}

/// A reference number for the person of these numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceEntry {
    /// 照会番号.
    pub reference_number: String,
    /// Whose.
    pub numbers: Numbers,
}

/// What came of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegistrationOutcome {
    /// Each entry, in order: whether its number stands.
    Answered(Vec<bool>),
    /// A whole-file error.
    Refused,
    /// No result at all.
    Silent,
}
