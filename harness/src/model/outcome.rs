//! The outcome: what an outsider can see of one event.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    BulkOutcome, Certificates, ConsentKind, FindingOutcome, Numbers, PortalOutcome, Prescription,
    RegistrationOutcome, Relation,
};

/// What came of one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Of a clock, authority or responder event: nothing to observe.
    Done,
    /// Of a feed record.
    Feed {
        /// Whether the backend took it.
        accepted: bool,
    },
    /// Of a visit.
    Visit(VisitOutcome),
    /// Of a replay.
    Replay {
        /// Whether the backend took the old proof.
        accepted: bool,
    },
    /// Of a step about the emergency function.
    Emergency {
        /// Whether the step could be taken now.
        taken: bool,
    },
    /// Of a query by numbers or by name, without the card at hand.
    Query(QueryOutcome),
    /// Of asking for whoever there is.
    Finding(FindingOutcome),
    /// Of an information request.
    Information(InformationOutcome),
    /// Of a bulk query.
    Bulk(BulkOutcome),
    /// Of asking for a bulk result by its number.
    BulkFetch {
        /// Whether the result was given.
        given: bool,
    },
    /// Of registering reference numbers.
    Register(RegistrationOutcome),
    /// Of taking in result files: one decision a result, by the holder of the card that was used.
    Inbox(BTreeMap<String, InboxDecision>),
    /// Of a claim.
    Claim(ClaimOutcome),
    /// Of a use of the portal.
    Portal(PortalOutcome),
}

/// What an outsider can observe of one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitOutcome {
    /// How it ended.
    pub end: VisitEnd,
    /// Whether anything about this card was asked of the backend.
    pub asked_backend: bool,
    /// The card's own PIN counter afterwards; `None` without a My Number Card or without a PIN.
    pub pin_tries_left: Option<u8>,
    /// Consents that were put before the patient.
    pub consents_asked: BTreeSet<ConsentKind>,
    /// Notice shown to the patient.
    pub notice: Option<Notice>,
    /// Result files that appeared in the institution's `face` folder.
    pub result_files: u32,
    /// What the result says.
    pub answer: Option<Answer>,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VisitEnd {
    /// The qualification was answered.
    Completed,
    /// No card on the reader.
    NoCard,
    /// Screen 002.
    NotMyNumberCard,
    /// Phones are not taken here.
    PhoneNotTaken,
    /// The card signs for no reader of this kind without its PIN.
    ReaderNotApproved,
    /// The card went away.
    CardRemoved,
    /// Face and photo do not match.
    FaceMismatch,
    /// The camera gave no usable picture.
    NoPicture,
    /// The face record's signature does not verify.
    FaceRecordRefused,
    /// Every entry was wrong, tries are left.
    WrongPin,
    /// The card's PIN is blocked.
    PinLocked,
    /// The mode is not offered for this card.
    ModeNotOffered,
    /// Nobody answered the reader in time.
    TimedOut,
    /// Staff did not confirm the person.
    StaffRefused,
    /// No user-authentication certificate on the card.
    NoCertificate,
    /// Refused by the backend: path, period or status. Screen 006.
    CertificateRefused,
    /// Refused by the backend: the challenge was not signed by this certificate's key.
    SignatureRefused,
    /// Not registered, and registration was declined or is barred.
    NotRegistered,
    /// The system could not decide. Never a statement about the patient.
    SystemError,
}

/// Notices about the certificate's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// Three months or less until expiry.
    ExpiresSoon,
    /// Expired, within the grace period.
    Grace,
}

/// What a qualification answer says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// QualificationValidity (CD006), 1 to 6.
    pub validity: u8,
    /// The record, when one is given.
    pub record: Option<Record>,
    /// Consent flags that stand at 1.
    pub consents: BTreeSet<ConsentKind>,
    /// AvailableTime of the medical consents, when there are any.
    pub available_until: Option<Timestamp>,
    /// 限度額 flag, when it is given.
    pub limit: Option<String>,
    /// PrescriptionIssueSelect.
    pub prescription: Option<Prescription>,
}

/// The part of ResultOfQualificationConfirmation that is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The four numbers.
    pub numbers: Numbers,
    /// 本人・家族.
    pub relation: Relation,
    /// 氏名.
    pub name: String,
    /// 生年月日.
    pub birthdate: Date,
    /// 住所, unless withheld.
    pub address: Option<String>,
    /// 資格取得日.
    pub gained: Date,
    /// 資格喪失日.
    pub lost: Option<Date>,
    /// 喪失事由.
    pub loss_reason: Option<String>,
    /// 照会番号 of the asking institution.
    #[serde(default)]
    pub reference_number: Option<String>,
    /// What is told beside it.
    #[serde(default, skip_serializing_if = "Certificates::is_empty")]
    pub certificates: Certificates,
}

/// What a number query brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "one a query; a box would be in everybody's way")]
pub enum QueryOutcome {
    /// An answer.
    Answered {
        /// QualificationValidity.
        validity: u8,
        /// The record, when one is given.
        record: Option<Record>,
        /// 限度額 flag, when it is given.
        limit: Option<String>,
    },
    /// A whole-file error.
    Refused,
    /// No answer at all.
    Silent,
}

/// What a request for the care history brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InformationOutcome {
    /// The medicines, what was done, or the items of the health checks, by name, in order.
    Given(Vec<String>),
    /// A document.
    Document,
    /// No living consent for this institution.
    Refused,
    /// No answer at all.
    Silent,
}

/// What the receipt computer made of one result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InboxDecision {
    /// It opened this chart by itself.
    Opened(String),
    /// It left the decision to staff.
    AskStaff,
    /// It found no chart.
    Unknown,
}

/// What an outsider can observe of one claim file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimOutcome {
    /// How it ended; of several claims, the first.
    pub end: ClaimEnd,
    /// How the others of the same file ended: a change within the month gives separate claims.
    #[serde(default)]
    pub further: Vec<ClaimEnd>,
    /// 保険者番号 of each claim, without pad; none when no claim was written.
    #[serde(default)]
    pub insurers: Vec<String>,
    /// Typed numbers that the receipt computer reported as other than the confirmed ones, before the claim went out.
    pub reported: BTreeSet<NumberName>,
}

/// One of the four numbers that name an insured person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberName {
    /// 保険者番号.
    InsurerNumber,
    /// 記号.
    Symbol,
    /// 番号.
    Number,
    /// 枝番.
    Branch,
}

/// What the review and payment agency made of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimEnd {
    /// Paid by the insurer that is stated.
    Accepted,
    /// 振替: paid by another insurer.
    Transferred,
    /// 分割: paid by several.
    Split,
    /// 返戻: not insured there on the day of the visit.
    ReturnedNotQualified,
    /// 返戻: nobody with these numbers.
    ReturnedUnknown,
    /// 返戻: the form is wrong, so nobody was looked up.
    ReturnedForm,
    /// Not taken at all: it did not come as records.
    NotRecords,
    /// There is nothing confirmed to claim on.
    NothingConfirmed,
}

impl ClaimOutcome {
    /// How each claim of the file ended; none when no claim was written or taken.
    pub fn ends(&self) -> impl Iterator<Item = ClaimEnd> + '_ {
        [self.end].into_iter().chain(self.further.iter().copied()).filter(|end| match end {
            ClaimEnd::NothingConfirmed | ClaimEnd::NotRecords => false,
            ClaimEnd::Accepted
            | ClaimEnd::Transferred
            | ClaimEnd::Split
            | ClaimEnd::ReturnedNotQualified
            | ClaimEnd::ReturnedUnknown
            | ClaimEnd::ReturnedForm => true,
        })
    }
}

impl ClaimEnd {
    /// Whether the claim came back (返戻).
    pub fn is_returned(self) -> bool {
        match self {
            Self::ReturnedNotQualified | Self::ReturnedUnknown | Self::ReturnedForm => true,
            Self::Accepted
            | Self::Transferred
            | Self::Split
            | Self::NotRecords
            | Self::NothingConfirmed => false,
        }
    }
}
