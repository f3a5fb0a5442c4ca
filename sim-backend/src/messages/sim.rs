//! The card messages of this bench (bench profile): challenge, certificate, qualification.
//!
//! The real messages between reader, terminal and backend are not public. These are named `SIM…`
//! so that nobody takes them for official ones.

use super::codes::{
    CertificateStateCode, IdentificationMode, MedicalTreatmentFlag, PrescriptionIssueSelect,
};
use super::element::{Element, Field, group};
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, ErrorReport, QueryHeader, RequestHeader};
use super::scalar::{LongText, Octets, Text};
use super::shape::{Content, Group, Place, Times};
use super::xml::Node;

/// An identifier of ours: challenge or ticket.
pub type Token = Text<64>;

/// SIMchalng01req: asks for a challenge; the body is empty (bench profile).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeRequest {
    /// Header.
    pub header: RequestHeader,
}

impl Element for ChallengeRequest {
    fn read(root: &Node<'_>) -> Result<Self, Fault> {
        Ok(Self { header: RequestHeader::pick(root, "MessageHeader")? })
    }

    fn write(&self, name: &'static str) -> Node<'static> {
        let body = Node::group("MessageBody", Vec::new());
        Node::group(name, vec![self.header.write("MessageHeader"), body])
    }

    fn content() -> Content {
        let empty = Content::Group(Group { name: "EmptyBody", places: Vec::new() });
        let mut places = RequestHeader::places("MessageHeader", "header");
        places.push(Place::new("MessageBody", "empty", Times::Maybe, empty));
        Content::Group(Group { name: "ChallengeRequest", places })
    }
}

group! {
    /// Body of SIMchalng01res (bench profile).
    pub ChallengeBody {
        "ChallengeIdentifier" challenge_identifier: Token, "names the challenge";
        "Challenge" challenge: [u8; 32], "the octets whose SHA-256 the card signs";
    }
}

/// SIMchalng01res (bench profile).
pub type ChallengeAnswer = Answer<ChallengeBody>;

group! {
    /// Body of SIMcertif01req (bench profile).
    pub CertificateRequestBody {
        "ChallengeIdentifier" challenge_identifier: Token, "the challenge that was signed";
        "UserAuthenticationCertificate" user_authentication_certificate: Octets, "利用者証明用電子証明書, DER";
        "Signature" signature: Octets, "RSASSA-PKCS1-v1_5 with SHA-256 over the challenge";
        "IdentificationMode" identification_mode: IdentificationMode, "how the holder was identified";
    }
}

group! {
    /// SIMcertif01req (bench profile).
    pub CertificateRequest {
        "MessageHeader" header: RequestHeader, "header";
        "MessageBody" body: CertificateRequestBody, "body";
    }
}

group! {
    /// Body of SIMcertif01res (bench profile).
    pub CertificateBody {
        "AuthenticationTicket" authentication_ticket: Token, "to be presented once in SIMqualif01req";
        "CertificateState" certificate_state: CertificateStateCode, "state on the day";
        "Registered" registered: bool, "whether the card is registered as a certificate of insurance";
    }
}

/// SIMcertif01res (bench profile).
pub type CertificateAnswer = Answer<CertificateBody>;

group! {
    /// Body of SIMqualif01req (bench profile).
    pub QualificationRequestBody {
        "AuthenticationTicket" authentication_ticket: Token, "from SIMcertif01res";
        "Registration" registration: bool, "whether the holder registers the card now (初回登録)";
        "LimitApplicationCertificateRelatedConsFlg" limit_application_certificate_related_cons_flg: bool, "限度額適用認定証提供同意";
        "SpecificDiseasesCertificateRelatedConsFlg" specific_diseases_certificate_related_cons_flg: bool, "特定疾病療養受療証提供同意";
        "SpecificHealthCheckupsInfoConsFlg" specific_health_checkups_info_cons_flg: bool, "特定健診情報閲覧同意";
        "PharmacistsInfoConsFlg" pharmacists_info_cons_flg: bool, "薬剤情報閲覧同意";
        "DiagnosisInfoConsFlg" diagnosis_info_cons_flg: bool, "診療情報閲覧同意";
        "OperationInfoConsFlg" operation_info_cons_flg: bool, "手術情報閲覧同意";
        "DiagnosisNameConsFlg" diagnosis_name_cons_flg: Option<bool>, "傷病名情報閲覧同意, absent is 0";
        "InfectiousInfoConsFlg" infectious_info_cons_flg: Option<bool>, "感染症情報閲覧同意, absent is 0";
        "AllergyInfoConsFlg" allergy_info_cons_flg: Option<bool>, "アレルギー情報閲覧同意, absent is 0";
        "ContraindicationInfoConsFlg" contraindication_info_cons_flg: Option<bool>, "薬剤禁忌情報閲覧同意, absent is 0";
        "TestInfoConsFlg" test_info_cons_flg: Option<bool>, "検査情報閲覧同意, absent is 0";
        "PrescriptionInfoConsFlg" prescription_info_cons_flg: Option<bool>, "処方情報閲覧同意, absent is 0";
        "PrescriptionIssueSelect" prescription_issue_select: Option<PrescriptionIssueSelect>, "処方箋発行形態";
        "MedicalTreatmentFlag" medical_treatment_flag: Option<MedicalTreatmentFlag>, "occasion (CD028), absent is 1; 4 is emergency care";
        "MedicalAidSupported" medical_aid_supported: Option<bool>, "whether the terminal can show medical aid (医療扶助); absent is 1";
    }
}

group! {
    /// SIMqualif01req (bench profile); the answer is a face result.
    pub QualificationRequest {
        "MessageHeader" header: QueryHeader, "header";
        "MessageBody" body: QualificationRequestBody, "body";
    }
}

impl AnswerBody for ChallengeBody {
    fn fits(&self, _: &AnswerHeader) -> Result<(), Fault> {
        Ok(())
    }
}

impl AnswerBody for CertificateBody {
    fn fits(&self, _: &AnswerHeader) -> Result<(), Fault> {
        Ok(())
    }
}

/// The bench's own error codes: not official, since the official list is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimError {
    /// `SIM-E1001` the message cannot be read.
    MalformedMessage,
    /// `SIM-E1002` the institution is unknown, or not the one of the connection.
    InstitutionRefused,
    /// `SIM-E1003` the message family is not simulated.
    UnknownFamily,
    /// `SIM-E1004` a bulk request of more entries than are taken at once.
    TooManyEntries,
    /// `SIM-E2001` the certificate is refused; the reason is not told (OQS-CERT-20).
    CertificateRefused,
    /// `SIM-E2002` challenge or signature is refused.
    SignatureRefused,
    /// `SIM-E2003` the card is not registered and the holder does not register it.
    NotRegistered,
    /// `SIM-E2004` the ticket is unknown, used or too old.
    TicketUnknown,
    /// `SIM-E2005` the holder was identified in a way that is not allowed on this occasion (OQS-VISIT-01).
    IdentificationRefused,
    /// `SIM-E3001` the status service gives no usable answer: a system error (OQS-CERT-19).
    StatusUnavailable,
    /// `SIM-E4001` no consent, or its time is over.
    ConsentMissing,
    /// `SIM-E5001` the numbers lead to nobody.
    NobodyFound,
    /// `SIM-E5002` the numbers lead to several persons.
    SeveralFound,
    /// `SIM-E5003` this institution was given no such reception number (受付番号).
    ReceptionUnknown,
    /// `SIM-E6001` disaster mode or the emergency function is not open here now (OQS-DIS-01, OQS-FALL-12).
    FunctionClosed,
    /// `SIM-E6002` the institution has no authority in emergency care (OQS-DIS-06).
    NotAuthorised,
}

impl SimError {
    /// All codes.
    pub const ALL: &'static [Self] = &[
        Self::MalformedMessage,
        Self::InstitutionRefused,
        Self::UnknownFamily,
        Self::TooManyEntries,
        Self::CertificateRefused,
        Self::SignatureRefused,
        Self::NotRegistered,
        Self::TicketUnknown,
        Self::IdentificationRefused,
        Self::StatusUnavailable,
        Self::ConsentMissing,
        Self::NobodyFound,
        Self::SeveralFound,
        Self::ReceptionUnknown,
        Self::FunctionClosed,
        Self::NotAuthorised,
    ];

    /// The code for `ErrorCode`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MalformedMessage => "SIM-E1001",
            Self::InstitutionRefused => "SIM-E1002",
            Self::UnknownFamily => "SIM-E1003",
            Self::TooManyEntries => "SIM-E1004",
            Self::CertificateRefused => "SIM-E2001",
            Self::SignatureRefused => "SIM-E2002",
            Self::NotRegistered => "SIM-E2003",
            Self::TicketUnknown => "SIM-E2004",
            Self::IdentificationRefused => "SIM-E2005",
            Self::StatusUnavailable => "SIM-E3001",
            Self::ConsentMissing => "SIM-E4001",
            Self::NobodyFound => "SIM-E5001",
            Self::SeveralFound => "SIM-E5002",
            Self::ReceptionUnknown => "SIM-E5003",
            Self::FunctionClosed => "SIM-E6001",
            Self::NotAuthorised => "SIM-E6002",
        }
    }

    /// The sentence for `ErrorMessage`.
    pub const fn message(self) -> &'static str {
        match self {
            Self::MalformedMessage => "電文の形式に誤りがあります",
            Self::InstitutionRefused => "医療機関コードを確認できません",
            Self::UnknownFamily => "この電文は取り扱っていません",
            Self::TooManyEntries => "一括照会・一括登録の件数が上限の1000件を超えています",
            Self::CertificateRefused => "利用者証明用電子証明書が利用できません",
            Self::SignatureRefused => "署名を確認できません",
            Self::NotRegistered => "健康保険証利用の登録がありません",
            Self::TicketUnknown => "認証の有効時間が過ぎているか、認証が確認できません",
            Self::IdentificationRefused => "この診療区分では使えない本人確認方法です",
            Self::StatusUnavailable => "システムエラーのため証明書の有効性を確認できません",
            Self::ConsentMissing => "同意がないか、同意の有効時間が過ぎています",
            Self::NobodyFound => "該当する方が確認できません",
            Self::SeveralFound => "該当する方が複数います",
            Self::ReceptionUnknown => "受付番号が確認できません",
            Self::FunctionClosed => "この機能は現在開放されていません",
            Self::NotAuthorised => "救急時の閲覧が認められていません",
        }
    }

    /// Finds a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|error| error.code() == code)
    }

    /// Code and sentence for an answer's header.
    pub fn report(self) -> ErrorReport {
        ErrorReport { code: Text::lossy(self.code()), message: LongText::lossy(self.message()) }
    }
}
