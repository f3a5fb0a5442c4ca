//! Operations about many persons at once, and an institution's own numbers for them. A product may leave them out.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::chart::Insurance;
use crate::terminal::Encoding;

/// See [`super::Op::Bulk`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    /// Whom to ask about.
    pub entries: Vec<BulkEntry>,
    /// The day for which validity is asked; past days are allowed.
    pub date: Date,
    /// `ArbitraryFileIdentifier`.
    pub file_identifier: String,
    /// Encoding of the request files.
    #[serde(default)]
    pub encoding: Encoding,
    /// How long to wait before the result is asked for once more, in milliseconds.
    #[serde(default)]
    pub pause_ms: u64,
    /// How long to wait for the result, in milliseconds, everything included.
    pub timeout_ms: u64,
}

/// One person of a bulk query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkEntry {
    /// `ArbitraryIdentifier`: ties the answer to the entry, whatever the order (OQS-BULK-03).
    pub identifier: String,
    /// The numbers on file.
    #[serde(flatten)]
    pub insurance: Insurance,
    /// 生年月日.
    pub birthdate: Date,
    /// The limit certificate on file, to be asked whether it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_limit: Option<KnownLimit>,
    /// 照会番号 on file for the patient; another one in the answer is an alarm (OQS-BULK-06).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_number: Option<String>,
}

/// A limit certificate (限度額適用認定証) by its codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownLimit {
    /// `LimitApplicationCertificateClassification` (CD011).
    pub class: String,
    /// `LimitApplicationCertificateClassificationFlag` (CD012).
    pub flag: String,
}

/// Reply to [`super::Op::Bulk`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulked {
    /// One an entry; the order is free, the identifier counts.
    pub results: Vec<BulkResult>,
}

/// What came of one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult {
    /// The entry's.
    pub identifier: String,
    /// `QualificationValidity`; absent when the entry was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<u8>,
    /// 氏名.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 保険者番号, no pads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insurer_number: Option<String>,
    /// 記号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// 番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 枝番.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether the limit certificate is another than the known one; absent when that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_changed: Option<bool>,
    /// 照会番号 as answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_number: Option<String>,
    /// `ProcessingResultCode` of an entry that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// [`REFERENCE_NUMBER`]: the answer is about somebody else's patient number, so nothing of it is taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<String>,
}

/// The alarm of an answer whose 照会番号 is not the one on file (照会番号不一致).
pub const REFERENCE_NUMBER: &str = "reference-number";

/// See [`super::Op::Register`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// Whose numbers. Exactly one unless `bulk`.
    pub entries: Vec<Registration>,
    /// In one bulk request with two steps (`OQSmuimm01`/`02`), else by `OQSsiimm01`.
    #[serde(default)]
    pub bulk: bool,
    /// Encoding of the request files.
    #[serde(default)]
    pub encoding: Encoding,
    /// How long to wait before the result is asked for once more, in milliseconds.
    #[serde(default)]
    pub pause_ms: u64,
    /// How long to wait for the result, in milliseconds, everything included.
    pub timeout_ms: u64,
}

/// A 照会番号 for the person of these numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// 照会番号, the institution's own.
    pub reference_number: String,
    /// Whose.
    #[serde(flatten)]
    pub insurance: Insurance,
}

/// Reply to [`super::Op::Register`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// One an entry, in the order of the entries.
    pub results: Vec<Registering>,
}

/// What came of one registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registering {
    /// The entry's number.
    pub reference_number: String,
    /// Whether it stands now.
    pub accepted: bool,
    /// `ProcessingResultCode` when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
}
