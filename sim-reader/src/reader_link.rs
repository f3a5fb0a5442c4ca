//! The reader seam: what the reader says to the terminal, as JSON over HTTP.
//!
//! Bench profile: the real protocol between reader and terminal is not public. Three calls, in this
//! order: a fresh challenge, the certificate with the card's signature, the qualification.
//!
//! | path | request | answer |
//! | --- | --- | --- |
//! | [`CHALLENGE_PATH`] | [`ChallengeRequest`] | [`ChallengeAnswer`] |
//! | [`CERTIFICATE_PATH`] | [`CertifyRequest`] | [`CertifyAnswer`] |
//! | [`QUALIFICATION_PATH`] | [`QualifyRequest`] | [`QualifyAnswer`] |

mod bytes;
mod http;

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

pub use bytes::Bytes;
pub use http::HttpTerminalLink;

/// `POST` for a fresh challenge.
pub const CHALLENGE_PATH: &str = "/reader/challenge";
/// `POST` with the certificate and the signed challenge.
pub const CERTIFICATE_PATH: &str = "/reader/certificate";
/// `POST` with the consents, for the qualification.
pub const QUALIFICATION_PATH: &str = "/reader/qualification";

/// What a call over the link resolves to.
pub type LinkFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, LinkError>> + Send + 'a>>;

/// The terminal as the reader sees it. Each call answers or fails within a limit of the link's own.
pub trait TerminalLink: Send + Sync {
    /// Asks for a challenge that nobody has signed before.
    fn challenge(&self, request: ChallengeRequest) -> LinkFuture<'_, ChallengeAnswer>;
    /// Hands over the certificate and the signature over the challenge.
    fn certify(&self, request: CertifyRequest) -> LinkFuture<'_, CertifyAnswer>;
    /// Hands over the consents and asks for the qualification.
    fn qualify(&self, request: QualifyRequest) -> LinkFuture<'_, QualifyAnswer>;
}

/// Why the terminal gave no answer. None of these is a refusal of the patient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nobody accepted the connection.
    #[error("the terminal cannot be reached")]
    Unreachable,
    /// The connection stood, but no complete answer came within the limit.
    #[error("the terminal did not answer in time")]
    Silent,
    /// An HTTP status other than success.
    #[error("the terminal answered with HTTP status {status}")]
    Status {
        /// The status code.
        status: u16,
    },
    /// Bytes that are no answer of this protocol.
    #[error("the terminal's answer cannot be read")]
    Unreadable,
}

impl LinkError {
    /// The code under which the reader reports the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "terminal-unreachable",
            Self::Silent => "terminal-silent",
            Self::Status { .. } => "terminal-status",
            Self::Unreadable => "terminal-unreadable",
        }
    }
}

/// How the reader made sure that the card belongs to the person at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Face recognition against the photo in the chip (顔認証).
    Face,
    /// The four-digit PIN (暗証番号).
    Pin,
    /// Comparison by staff (目視確認).
    Visual,
}

/// Asks for a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeRequest {
    /// The reader's face account; one reader, one account.
    pub account: String,
}

/// A challenge: for one signature, for a few minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ChallengeAnswer {
    /// No challenge is given.
    Refused {
        /// Why.
        refused: Refusal,
    },
    /// The challenge.
    Given(Challenge),
}

/// See [`ChallengeAnswer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Names the challenge in the next request.
    pub challenge_id: String,
    /// The bytes to be signed, base64.
    pub challenge: Bytes,
}

/// The certificate of the card and its signature over the challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifyRequest {
    /// The reader's face account.
    pub account: String,
    /// The challenge that was signed.
    pub challenge_id: String,
    /// The user-authentication certificate (利用者証明用電子証明書), DER, base64.
    pub certificate: Bytes,
    /// RSASSA-PKCS1-v1_5 with SHA-256 over the challenge bytes, base64.
    pub signature: Bytes,
    /// How the holder was identified.
    pub mode: Mode,
}

/// What the backend thinks of the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CertifyAnswer {
    /// The certificate or the signature is not accepted, or nobody could tell.
    Refused {
        /// Why.
        refused: Refusal,
    },
    /// The card may be used.
    Accepted(Certified),
}

/// See [`CertifyAnswer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certified {
    /// Stands for the authenticated holder in the next request; single use.
    pub ticket: String,
    /// Where the certificate stands in its life.
    pub certificate_state: CertificateState,
    /// Whether the card is registered as insurance card (健康保険証利用登録).
    pub registered: bool,
}

/// Where an accepted certificate stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateState {
    /// Valid, more than three months left.
    Valid,
    /// Valid, three months or less left.
    ExpiresSoon,
    /// Expired, within the three months of grace: eligibility only, no medical information.
    Grace,
}

/// The last request: registration, consents, qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualifyRequest {
    /// The reader's face account.
    pub account: String,
    /// The ticket of [`Certified`].
    pub ticket: String,
    /// The holder accepted the first registration in this run.
    pub register: bool,
    /// The consents given on the reader.
    pub consents: ConsentFlags,
    /// The form of the prescription, where the institution offers the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prescription: Option<Prescription>,
    /// Where the visit takes place when that is not the institution (bench profile).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<Occasion>,
}

/// `MedicalTreatmentFlag` of a visit outside the institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// 2, at the patient's home (訪問診療等).
    HomeVisit,
    /// 3, through the web (オンライン診療等).
    Online,
}

/// Consents as given; `false` also where the reader did not ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentFlags {
    /// `LimitApplicationCertificateRelatedConsFlg` (限度額).
    pub limit: bool,
    /// `SpecificDiseasesCertificateRelatedConsFlg` (特定疾病).
    pub specific_diseases: bool,
    /// `SpecificHealthCheckupsInfoConsFlg` (特定健診).
    pub health_check: bool,
    /// `PharmacistsInfoConsFlg` (薬剤).
    pub drugs: bool,
    /// `DiagnosisInfoConsFlg` (診療).
    pub care: bool,
    /// `OperationInfoConsFlg` (手術).
    pub operations: bool,
    /// `DiagnosisNameConsFlg` (傷病名).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub diagnosis_names: bool,
    /// `InfectiousInfoConsFlg` (感染症).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub infections: bool,
    /// `AllergyInfoConsFlg` (アレルギー).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allergies: bool,
    /// `ContraindicationInfoConsFlg` (薬剤禁忌).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contraindications: bool,
    /// `TestInfoConsFlg` (検査).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tests: bool,
    /// `PrescriptionInfoConsFlg` (処方).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prescriptions: bool,
}

/// `PrescriptionIssueSelect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prescription {
    /// 1, electronic.
    Electronic,
    /// 2, on paper.
    Paper,
}

/// The answer to [`QualifyRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum QualifyAnswer {
    /// No qualification is told.
    Refused {
        /// Why.
        refused: Refusal,
    },
    /// The result is in the institution's `face` folder.
    Answered(Qualified),
}

/// See [`QualifyAnswer`]. The reader learns the validity, not the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualified {
    /// `QualificationValidity`, 1 to 6.
    pub validity: u8,
    /// What the reader shows besides.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// The name of the result file, without folder; empty where the terminal puts out none.
    pub file: String,
}

/// A notice to the holder; never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The certificate ends within three months, or has ended: renew it.
    RenewCertificate,
    /// The certificate is in its grace period: medical information is not available.
    Grace,
    /// A notice this reader has no words for.
    #[serde(other)]
    Other,
}

/// A refusal or a failure told by the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The backend's `ErrorCode`, or the terminal's own.
    pub code: String,
    /// What it means for the reader.
    pub kind: RefusalKind,
}

/// What a refusal means for the reader. The reason behind a refused certificate is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The certificate is not accepted; one kind for all reasons.
    CertificateRefused,
    /// The signature does not belong to the challenge, or the challenge is used up.
    SignatureRefused,
    /// Not registered and not to be registered.
    NotRegistered,
    /// The backend is in a planned stop.
    Closed,
    /// The backend or the terminal could not tell. Also any kind this reader does not know: what it
    /// cannot read is not a refusal of the patient.
    #[serde(other)]
    SystemError,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_tell_themselves_apart() {
        let refused = r#"{"refused":{"code":"SIM-E2001","kind":"certificate_refused"}}"#;
        let answer: CertifyAnswer = serde_json::from_str(refused).unwrap();
        let CertifyAnswer::Refused { refused } = answer else { panic!("{answer:?}") };
        assert_eq!(refused.kind, RefusalKind::CertificateRefused);
        let accepted = r#"{"ticket":"t","certificate_state":"expires_soon","registered":true}"#;
        let answer: CertifyAnswer = serde_json::from_str(accepted).unwrap();
        let CertifyAnswer::Accepted(certified) = answer else { panic!("{answer:?}") };
        assert_eq!(certified.certificate_state, CertificateState::ExpiresSoon);
    }

    #[test]
    fn an_unknown_kind_is_a_system_error_and_an_unknown_notice_is_kept() {
        let refusal: Refusal = serde_json::from_str(r#"{"code":"X","kind":"lunch"}"#).unwrap();
        assert_eq!(refusal.kind, RefusalKind::SystemError);
        let notice: Notice = serde_json::from_str("\"festival\"").unwrap();
        assert_eq!(notice, Notice::Other);
    }

    #[test]
    fn requests_have_the_published_shape() {
        let request = QualifyRequest {
            account: "F0001".into(),
            ticket: "t".into(),
            register: true,
            consents: ConsentFlags { drugs: true, ..ConsentFlags::default() },
            prescription: Some(Prescription::Electronic),
            occasion: Some(Occasion::HomeVisit),
        };
        let json = serde_json::to_value(&request).unwrap();
        assert_eq!(json["consents"]["drugs"], true);
        assert_eq!(json["prescription"], "electronic");
        assert_eq!(json["occasion"], "home_visit");
        assert_eq!(serde_json::from_value::<QualifyRequest>(json).unwrap(), request);
    }
}
