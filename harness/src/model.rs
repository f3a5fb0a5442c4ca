//! World → visit → outcome, as plain data: what steps build, properties generate, the oracle maps and the actors produce.
//!
//! Nothing here acts. Instants are `jiff::Timestamp`; days are Japanese calendar days (UTC+9). No field ever holds key material.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Everything that is true before the first event of a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// The one seed that keys, challenges and captures are drawn from.
    pub seed: u64,
    /// The instant at which the story begins.
    pub now: Timestamp,
    /// Who exists, by persona name.
    pub people: BTreeMap<String, Person>,
    /// Who asks, by institution code (医療機関コード, ten digits).
    pub institutions: BTreeMap<String, Institution>,
}

/// One citizen, visibly fictitious.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// 氏名: family and given name with a full-width space between.
    pub name: String,
    /// 氏名 in half-width katakana, a half-width space between.
    pub kana: String,
    /// 生年月日.
    pub birthdate: Date,
    /// 性別: 1 male, 2 female (CD007).
    pub sex: u8,
    /// 住所.
    pub address: String,
    /// 郵便番号, `nnn-nnnn`.
    pub postcode: String,
    /// 個人番号: twelve digits whose check digit is wrong on purpose, so that it can be nobody's.
    pub individual_number: String,
    /// Seed of the face; two people with one seed are twins to a camera.
    pub face: u64,
    /// 不開示: the address is left out of answers.
    #[serde(default)]
    pub address_withheld: bool,
    /// 自己情報提供不可: the person cannot register and no data are given.
    #[serde(default)]
    pub disclosure_barred: bool,
    /// The My Number Card; `None` for somebody who has none.
    #[serde(default)]
    pub card: Option<CardFacts>,
    /// Qualifications that insurers had fed before the story begins.
    #[serde(default)]
    pub coverages: Vec<Coverage>,
    /// Medicine names in the care history: canaries, not pharmacology.
    #[serde(default)]
    pub medicines: Vec<String>,
}

/// The card a person holds, and what the authority knows of its certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFacts {
    /// When the user-authentication certificate (利用者証明用電子証明書) was issued.
    pub issued: Timestamp,
    /// Last day of the card itself (10th or 5th birthday).
    pub expiry: Date,
    /// 暗証番号, four digits; `None` is a 顔認証 card without PIN.
    pub pin: Option<String>,
    /// セキュリティコード printed on the front, four digits.
    pub security_code: String,
    /// Whether the chip holds a photo.
    #[serde(default = "yes")]
    pub photo: bool,
    /// Whether the card is registered as insurance card (健康保険証利用登録).
    #[serde(default = "yes")]
    pub registered: bool,
    /// Whether a user-authentication certificate is on the card at all.
    #[serde(default = "yes")]
    pub certificate: bool,
    /// Whose CA signed the certificate.
    #[serde(default)]
    pub issuer: Issuer,
}

const fn yes() -> bool {
    true
}

/// Who signed a user-authentication certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Issuer {
    /// The test hierarchy that the backend trusts.
    #[default]
    Trusted,
    /// A CA with the same name and another key.
    Foreign,
}

/// One period of insurance (資格) with one insurer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// 保険者番号 without padding, six or eight digits.
    pub insurer_number: String,
    /// 保険者名称.
    pub insurer_name: String,
    /// 記号; absent for 後期高齢者.
    #[serde(default)]
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番, two digits; absent for 後期高齢者.
    #[serde(default)]
    pub branch: Option<String>,
    /// 本人 or 家族.
    pub relation: Relation,
    /// 資格取得日: the first day covered.
    pub gained: Date,
    /// 資格喪失日: the first day **not** covered.
    #[serde(default)]
    pub lost: Option<Date>,
    /// 喪失事由 (CD008): `01`, `02`, `03`, `99`.
    #[serde(default)]
    pub loss_reason: Option<String>,
    /// Last day of a short-term certificate (短期証).
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// 限度額適用区分, if the insurer granted one.
    #[serde(default)]
    pub limit: Option<Limit>,
}

/// 本人・家族の別 (CD009).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// 1 本人.
    Insured,
    /// 2 家族.
    Family,
}

/// A limit certificate (限度額適用認定証) as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// CD012: `A01` … `B10`.
    pub flag: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// A clinic, hospital or pharmacy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// 医療機関等名称.
    pub name: String,
    /// Consents its reader asks for.
    pub offers: BTreeSet<ConsentKind>,
    /// Whether it hands out electronic prescriptions.
    #[serde(default)]
    pub electronic_prescriptions: bool,
    /// The charts (診療録) it keeps.
    #[serde(default)]
    pub charts: Vec<Chart>,
    /// Encoding of its files.
    #[serde(default)]
    pub encoding: FileEncoding,
}

/// Encoding of the shared folders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileEncoding {
    /// CharacterCodeIdentifier 0.
    #[default]
    Utf8,
    /// CharacterCodeIdentifier 1, Windows-31J.
    ShiftJis,
}

/// What an institution has on file about a patient, right or wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// 診察券番号.
    pub id: String,
    /// 氏名 on the chart.
    pub name: String,
    /// カナ氏名 on the chart.
    pub kana: String,
    /// 生年月日 on the chart.
    pub birthdate: Date,
    /// 性別 on the chart.
    pub sex: u8,
    /// Insurance on file from the last visit.
    #[serde(default)]
    pub insurance: Option<Numbers>,
}

/// The four numbers that name an insured person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// 保険者番号 without padding.
    pub insurer_number: String,
    /// 記号.
    #[serde(default)]
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番.
    #[serde(default)]
    pub branch: Option<String>,
}

/// One thing that happens. A story is a list of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The virtual clock moves forward to this instant.
    Clock(Timestamp),
    /// The authority acts on somebody's user-authentication certificate.
    Authority {
        /// Whose certificate.
        person: String,
        /// What it does.
        act: AuthorityAct,
    },
    /// The status responder (OCSP) begins or ceases to answer.
    Responder {
        /// `true`: it accepts requests and says nothing.
        silent: bool,
    },
    /// An insurer sends one change to the backend.
    Feed(FeedRecord),
    /// Somebody stands at an institution's reader.
    Visit(Visit),
    /// The message in which the last visit proved its card is sent a second time, byte for byte.
    Replay {
        /// The institution that sends it.
        institution: String,
    },
    /// Staff ask by the numbers of a card or certificate.
    NumberQuery(NumberQuery),
    /// The institution asks for the care history of a patient.
    Information(InformationRequest),
    /// The receipt computer takes in the result files that wait for it.
    Collect {
        /// Whose folder.
        institution: String,
        /// The chart that is open at the counter, if any.
        waiting: Option<String>,
    },
    /// The institution claims one visit.
    Claim(Claim),
}

/// What the authority does to a user-authentication certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityAct {
    /// Revoked at the holder's wish or because the key is compromised.
    Revoke,
    /// Revoked because the holder died.
    Died,
    /// 一時停止: the card was reported lost.
    Hold,
    /// The hold is lifted.
    Release,
    /// A new certificate with a new serial is put on the same card.
    Renew,
    /// The holder moved: the user-authentication certificate stays as it is.
    Moved,
}

/// One change that an insurer feeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedRecord {
    /// Makes a repeated record recognisable.
    pub record_id: String,
    /// Whose insurance.
    pub person: String,
    /// What changed.
    pub change: Change,
}

/// The kinds of change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// 資格取得.
    Gain(Coverage),
    /// 資格喪失 of the coverage with these numbers; the date may lie in the past.
    Loss {
        /// Which coverage.
        numbers: Numbers,
        /// 資格喪失日.
        date: Date,
        /// 喪失事由.
        reason: Option<String>,
    },
    /// 限度額適用 granted to the coverage with these numbers.
    Limit {
        /// Which coverage.
        numbers: Numbers,
        /// What was granted.
        limit: Limit,
    },
}

/// One use of a reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Who stands before the camera.
    pub person: String,
    /// Where.
    pub institution: String,
    /// What is put on the reader.
    pub presented: Presented,
    /// How identity is to be checked.
    pub mode: Mode,
    /// What the patient consents to, when asked.
    pub consents: BTreeSet<ConsentKind>,
    /// What the patient answers when registration is offered.
    pub register: bool,
    /// 処方箋 form chosen, when asked.
    #[serde(default)]
    pub prescription: Option<Prescription>,
    /// What goes wrong.
    #[serde(default)]
    pub trouble: Option<Trouble>,
}

/// What lies on the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presented {
    /// Nothing.
    Nothing,
    /// An IC card that is no My Number Card.
    ForeignCard,
    /// The card of this person.
    CardOf(String),
}

/// Identity check chosen at the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// 顔認証.
    Face,
    /// 暗証番号, with the entries typed one after the other until one is right.
    Pin(Vec<String>),
    /// 目視確認, started by staff; `true` when staff confirm.
    Visual(bool),
}

/// What a patient may consent to, each kind apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentKind {
    /// 限度額情報.
    Limit,
    /// 特定疾病療養受療証.
    SpecificDiseases,
    /// 特定健診情報.
    HealthCheck,
    /// 薬剤情報.
    Drugs,
    /// 診療情報.
    Care,
    /// 手術情報.
    Operations,
}

/// 処方箋発行形態 (CD017).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prescription {
    /// 1 電子.
    Electronic,
    /// 2 紙.
    Paper,
}

/// What goes wrong in a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The card is taken away before its certificate is read.
    PulledBeforeCertificate,
    /// The card is taken away after the certificate was read, before it signs.
    PulledBeforeSignature,
    /// Another person's card makes the signature.
    SignedByCardOf(String),
    /// One byte of the photo in the chip is changed.
    PhotoTampered,
    /// The camera gives no picture.
    CameraDead,
}

/// A query by numbers (OQSsiquc01req).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberQuery {
    /// Who asks.
    pub institution: String,
    /// The numbers as staff read or typed them.
    pub numbers: Numbers,
    /// 生年月日 as typed.
    pub birthdate: Date,
    /// QualificationConfirmationDate.
    pub date: Date,
    /// Oral consent to the limit information.
    #[serde(default)]
    pub limit_consent: bool,
}

/// A request for the care history (YZKsiquc01req).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InformationRequest {
    /// Who asks.
    pub institution: String,
    /// About whom.
    pub person: String,
}

/// A claim for one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Who claims.
    pub institution: String,
    /// For whom.
    pub person: String,
    /// 診療日.
    pub day: Date,
    /// `None`: from the confirmed data. `Some`: the numbers staff typed from a card that was shown (old flow).
    #[serde(default)]
    pub typed: Option<Numbers>,
}

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
    /// Of a number query.
    Query(QueryOutcome),
    /// Of an information request.
    Information(InformationOutcome),
    /// Of taking in result files: one decision a result, by the holder of the card that was used.
    Inbox(BTreeMap<String, InboxDecision>),
    /// Of a claim.
    Claim(ClaimOutcome),
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
}

/// What a number query brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The medicines, by name, in order.
    Given(Vec<String>),
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

/// What the review and payment agency made of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimOutcome {
    /// Paid.
    Accepted,
    /// 返戻: not insured there on the day of the visit.
    ReturnedNotQualified,
    /// 返戻: nobody with these numbers.
    ReturnedUnknown,
    /// There is nothing confirmed to claim on.
    NothingConfirmed,
}

impl Coverage {
    /// The four numbers that name it.
    pub fn numbers(&self) -> Numbers {
        Numbers {
            insurer_number: self.insurer_number.clone(),
            symbol: self.symbol.clone(),
            number: self.number.clone(),
            branch: self.branch.clone(),
        }
    }
}
