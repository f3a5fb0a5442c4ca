//! Evidence taken at the seams: one entry per crossing, chained by hash, one JSON line each.
//!
//! The hash of an entry is SHA-256 over its canonical JSON (keys sorted, no white space) without the member `hash`; it
//! covers `prev`, the hash of the entry before, so nothing in the middle can be changed, dropped, added or moved. A cut at
//! the end leaves a sound chain: compare its [`Head`] with the one written elsewhere
//! ([`crate::model::CaseResult::evidence_head`]).

mod chain;
mod lines;

pub use chain::{Break, BreakReason, Chain, GENESIS, Head, verify_chain, verify_entries};
pub use lines::{Line, Reading, read_lines, to_line, write_lines};

use serde::{Deserialize, Serialize};

use crate::model::Text2;

/// Names of the parties as they stand in [`EvidenceEntry::from`] and [`EvidenceEntry::to`]. Other names are allowed.
pub mod party {
    /// The patient (患者).
    pub const PATIENT: &str = "patient";
    /// The My Number Card.
    pub const CARD: &str = "card";
    /// The face reader at the counter (顔認証付きカードリーダー).
    pub const READER: &str = "reader";
    /// What compares faces for the reader, where it is another's.
    pub const MATCHER: &str = "matcher";
    /// The terminal of the institution (資格確認端末).
    pub const TERMINAL: &str = "terminal";
    /// The qualification backend (資格確認機関).
    pub const BACKEND: &str = "backend";
    /// The certification and validation authority (認証局).
    pub const AUTHORITY: &str = "authority";
    /// The receipt computer of the institution (レセコン).
    pub const RECEIPT_COMPUTER: &str = "receipt-computer";
    /// The insurer (医療保険者).
    pub const INSURER: &str = "insurer";
    /// The review and payment agency (審査支払機関).
    pub const CLAIMS: &str = "claims";
    /// The bench itself, when it changes the world.
    pub const BENCH: &str = "bench";
}

/// The place between two actors where the entry was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seam {
    /// Face to reader: frames.
    Camera,
    /// Reader to matcher: two pictures, a score.
    Matcher,
    /// Card to reader: APDUs.
    Card,
    /// Reader to terminal: HTTP, JSON.
    Reader,
    /// Terminal to backend: mutual TLS, OQS XML.
    Backend,
    /// Terminal to receipt computer: files.
    Folder,
    /// Backend to authority: OCSP, CRL.
    #[serde(rename = "va")]
    ValidationAuthority,
    /// Insurer to backend: qualification records.
    Feed,
    /// Receipt computer to review and payment agency: claim records.
    Claim,
    /// Patient to portal: HTTP, JSON.
    Portal,
    /// Bench to the world: clock, faults, people.
    Control,
}

impl Seam {
    /// The stable name, as written in the evidence file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Matcher => "matcher",
            Self::Card => "card",
            Self::Reader => "reader",
            Self::Backend => "backend",
            Self::Folder => "folder",
            Self::ValidationAuthority => "va",
            Self::Feed => "feed",
            Self::Claim => "claim",
            Self::Portal => "portal",
            Self::Control => "control",
        }
    }
}

/// The part an entry plays in an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Asks for an answer.
    Request,
    /// Answers a request.
    Answer,
    /// Stands alone: a file that appears, a card that is pulled out.
    Event,
}

/// What crossed the seam.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Bytes {
    /// Bytes in hexadecimal.
    Hex(String),
    /// Text as it stood.
    Text(String),
    /// A secret: what it was, how long, and a keyed digest that only tells equal from different.
    Redacted {
        /// What it was, for example "PIN".
        kind: String,
        /// Its length in bytes.
        length: u64,
        /// Its keyed digest.
        digest: String,
    },
}

/// What is known of a crossing before it is chained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// Virtual time, RFC 3339 with the Japanese offset.
    pub virtual_time: String,
    /// Where.
    pub seam: Seam,
    /// Who sent; see [`party`].
    pub from: String,
    /// Who received.
    pub to: String,
    /// Part in the exchange.
    pub direction: Direction,
    /// One line of meaning.
    pub summary: Option<Text2>,
    /// What crossed.
    pub bytes: Bytes,
}

/// One crossing of a seam, chained to the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEntry {
    /// Position in the case, counted from 1.
    pub seq: u64,
    /// Virtual time, RFC 3339 with the Japanese offset.
    pub virtual_time: String,
    /// Where.
    pub seam: Seam,
    /// Who sent; see [`party`].
    pub from: String,
    /// Who received.
    pub to: String,
    /// Part in the exchange.
    pub direction: Direction,
    /// One line of meaning.
    pub summary: Option<Text2>,
    /// What crossed.
    pub bytes: Bytes,
    /// Hash of the entry before, [`GENESIS`] for the first.
    pub prev: String,
    /// Hash of this entry, in lower-case hexadecimal.
    pub hash: String,
}
