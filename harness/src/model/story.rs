//! The story: what happens, one event after another.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    BulkQuery, CardFault, Coverage, DiseaseCertificate, ElderlyShare, ElectronicPrescription,
    EmergencyStep, Finding, Limit, Numbers, PersonQuery, PortalUse, Registration, Repeat,
};

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
    /// The ministry opens disaster mode (災害時) for an area and a period, or for another than before.
    Disaster(DisasterMode),
    /// Somebody takes a step about the emergency function of an outage.
    Emergency(EmergencyStep),
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
    /// A later visit at home or online is asked without the card.
    Repeat(Repeat),
    /// Staff ask for a person by what stands on the front of the card.
    PersonQuery(PersonQuery),
    /// Staff ask for whoever there is of a month or of some days.
    Finding(Finding),
    /// The institution asks for the care history of a patient.
    Information(InformationRequest),
    /// Staff ask by the numbers of many.
    BulkQuery(BulkQuery),
    /// The result of the last bulk query is asked for by its reception number, by whoever made the query or by another.
    BulkFetch {
        /// Who asks.
        institution: String,
    },
    /// The institution registers numbers of its own for patients.
    Register(Registration),
    /// The receipt computer takes in the result files that wait for it.
    Collect {
        /// Whose folder.
        institution: String,
        /// The chart that is open at the counter, if any.
        waiting: Option<String>,
    },
    /// Something odd lies in an institution's shared folders.
    Oddity {
        /// Whose folders.
        institution: String,
        /// What.
        what: FolderOddity,
    },
    /// The institution claims one visit.
    Claim(Claim),
    /// Somebody uses the patient's portal at home.
    Portal(PortalUse),
}

/// Something odd in the shared folders, which a receipt computer must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FolderOddity {
    /// The last result is only half there when the receipt computer looks, and whole from then on. Row OQS-MSG-13.
    HalfResult,
    /// The last answer lies there once more, under the name of another request. Row OQS-MSG-15.
    StrayAnswer,
}

/// Disaster mode of one area. Both days belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisasterMode {
    /// 都道府県番号, two digits: how the codes of the area's institutions begin.
    pub prefecture: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
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
    /// The same, and for two days nobody knows whose the new serial is. Row OQS-CERT-18.
    RenewUnlinked,
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
    /// 高齢受給者証 for the coverage with these numbers; all there are.
    ElderlyShares {
        /// Which coverage.
        numbers: Numbers,
        /// By period.
        shares: Vec<ElderlyShare>,
    },
    /// 特定疾病療養受療証 for the coverage with these numbers; all there are.
    Diseases {
        /// Which coverage.
        numbers: Numbers,
        /// Each.
        certificates: Vec<DiseaseCertificate>,
    },
    /// 医療扶助 granted by a welfare office (福祉事務所): its 公費負担者番号 stands for the insurer's, 受給者番号 for the number.
    Aid(Coverage),
    /// All tickets (医療券・調剤券) of a month for the medical aid with these numbers.
    Tickets {
        /// Which medical aid.
        numbers: Numbers,
        /// The first day of the month.
        month: Date,
        /// The institutions that the tickets name.
        institutions: Vec<String>,
    },
    /// What the resident register (J-LIS) was found to say of the person's name. Row OQS-INS-07.
    Register {
        /// 氏名 there.
        name: String,
    },
    /// The insurer confirms who the person is, whatever the register says. Row OQS-INS-07.
    Confirmed,
    /// The insurer takes back a record that was about somebody else. Row OQS-INS-08.
    Withdrawal {
        /// Its `record_id`.
        record: String,
        /// The insurer that fed it.
        insurer_number: String,
    },
    /// An electronic prescription was issued or dispensed. It reaches the backend by the same seam.
    Prescription(ElectronicPrescription),
    /// The person asked the insurer to cancel the registration as insurance card (利用登録の解除). Row OQS-REG-08.
    Cancellation {
        /// The day of the request.
        requested: Date,
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
    /// The ways that are tried after that, one after the other, as long as none has succeeded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Mode>,
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
    /// Where, when that is not the institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<Occasion>,
}

/// Care outside the institution (`MedicalTreatmentFlag`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// 2, at the patient's home (訪問診療等).
    HomeVisit,
    /// 3, through the web (オンライン診療等).
    Online,
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
    /// The phone of this person, with a certificate in it (スマホ用電子証明書), held over the second reader.
    PhoneOf {
        /// Whose.
        holder: String,
        /// Which.
        phone: PhoneKind,
    },
}

impl Presented {
    /// Whose card or phone it is.
    pub fn holder(&self) -> Option<&str> {
        match self {
            Self::CardOf(holder) | Self::PhoneOf { holder, .. } => Some(holder),
            Self::Nothing | Self::ForeignCard => None,
        }
    }

    /// Which phone, if it is one.
    pub fn phone(&self) -> Option<PhoneKind> {
        match self {
            Self::PhoneOf { phone, .. } => Some(*phone),
            Self::Nothing | Self::ForeignCard | Self::CardOf(_) => None,
        }
    }
}

/// Kinds of phones that carry a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhoneKind {
    /// Its certificate is behind a PIN, typed at the reader: the first way of the visit, if that is the PIN.
    Android,
    /// It checks its holder itself, and who holds it over is that.
    Iphone,
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
    /// 傷病名情報.
    DiagnosisNames,
    /// 感染症情報.
    Infections,
    /// アレルギー情報.
    Allergies,
    /// 薬剤禁忌情報.
    Contraindications,
    /// 検査情報.
    Tests,
    /// 処方情報.
    Prescriptions,
}

impl ConsentKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Limit,
        Self::SpecificDiseases,
        Self::HealthCheck,
        Self::Drugs,
        Self::Care,
        Self::Operations,
        Self::DiagnosisNames,
        Self::Infections,
        Self::Allergies,
        Self::Contraindications,
        Self::Tests,
        Self::Prescriptions,
    ];
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
    /// The patient answers nothing the reader asks, and takes the card back when told to.
    NoAnswer,
    /// The card misbehaves.
    Card(CardFault),
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

/// A request for the care history (YZKsiquc01req, TKKsiquc01req).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InformationRequest {
    /// Who asks.
    pub institution: String,
    /// About whom.
    pub person: String,
    /// Which information.
    #[serde(default)]
    pub kind: InformationKind,
    /// On what occasion, when that is not a visit at the institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<Occasion>,
}

/// Kinds of medical information that an institution can ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InformationKind {
    /// 薬剤情報.
    #[default]
    Drugs,
    /// 薬剤情報 as a document (PDF).
    DrugsDocument,
    /// 診療情報 and 手術情報.
    Care,
    /// 特定健診情報.
    HealthChecks,
}

/// A claim for one visit, or for several of one month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Who claims.
    pub institution: String,
    /// For whom.
    pub person: String,
    /// 診療日.
    pub day: Date,
    /// Further 診療日 of the same month.
    #[serde(default)]
    pub also: Vec<Date>,
    /// `None`: from the confirmed data. `Some`: the numbers staff typed from a card that was shown (old flow).
    #[serde(default)]
    pub typed: Option<Numbers>,
    /// What is known where nothing was confirmed and no card was shown (不詳).
    #[serde(default)]
    pub unclear: Option<Unclear>,
    /// Sent as a picture of paper and not as records.
    #[serde(default)]
    pub on_paper: bool,
}

/// What is known of the insurance in an unclear case, from the best to the least.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unclear {
    /// The present insurance, found out after the visit.
    #[serde(default)]
    pub current: Option<Numbers>,
    /// An insurance of the past.
    #[serde(default)]
    pub old: Option<Numbers>,
    /// What the patient declared (申立書); `None` in a disaster.
    #[serde(default)]
    pub declared: Option<Declared>,
}

/// Where a patient whose insurance is unknown can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// 住所.
    pub address: String,
    /// 事業所: the employer.
    pub employer: String,
    /// 連絡先.
    pub contact: String,
}
