//! Message and file names: which family a name means, and whether it is simulated.
//!
//! Source: OQS messages, message catalogue and shared folders.

/// A message this bench reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// OQSsiquc01req.
    NumberQuery,
    /// OQSsiquc01res, also the face result.
    QualificationAnswer,
    /// OQSmuquc01req.
    BulkQuery,
    /// OQSmuquc01res.
    BulkQueryReception,
    /// OQSmuquc02req.
    BulkQueryResultRequest,
    /// OQSmuquc02res.
    BulkQueryResult,
    /// OQSsiimm01req.
    ReferenceNumberRequest,
    /// OQSsiimm01res.
    ReferenceNumberAnswer,
    /// OQSmuimm01req.
    BulkReferenceNumberRequest,
    /// OQSmuimm01res.
    BulkReferenceNumberReception,
    /// OQSmuimm02req.
    BulkReferenceNumberResultRequest,
    /// OQSmuimm02res.
    BulkReferenceNumberResult,
    /// OQSmutic01req.
    MedicalAidQuery,
    /// OQSmutic01res.
    MedicalAidReception,
    /// OQSmutic02req.
    MedicalAidResultRequest,
    /// OQSmutic02res.
    MedicalAidResult,
    /// OQSmuhvq01req.
    HomeVisitQuery,
    /// OQSmuhvq01res.
    HomeVisitReception,
    /// OQSmuhvq02req.
    HomeVisitResultRequest,
    /// OQSmuhvq02res.
    HomeVisitResult,
    /// OQSmuonq01req.
    OnlineCareQuery,
    /// OQSmuonq01res.
    OnlineCareReception,
    /// OQSmuonq02req.
    OnlineCareResultRequest,
    /// OQSmuonq02res.
    OnlineCareResult,
    /// YZKsiquc01req.
    DrugRequest,
    /// YZKsiquc01res.
    DrugAnswer,
    /// TKKsiquc01req.
    HealthCheckRequest,
    /// TKKsiquc01res.
    HealthCheckAnswer,
    /// SIMchalng01req (bench profile).
    ChallengeRequest,
    /// SIMchalng01res (bench profile).
    ChallengeAnswer,
    /// SIMcertif01req (bench profile).
    CertificateRequest,
    /// SIMcertif01res (bench profile).
    CertificateAnswer,
    /// SIMqualif01req (bench profile).
    QualificationRequest,
    /// SIMperson01req (bench profile).
    PersonQuery,
    /// SIMperson01res (bench profile).
    PersonAnswer,
    /// SIMrepeat01req (bench profile).
    RepeatRequest,
    /// SIMerrorm01res: the answer to a request of a family that has no answer here (bench profile).
    ErrorAnswer,
}

/// What a message or file name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A message of the bench.
    Simulated(Family),
    /// A message of the real interface whose layout is not public, or that is out of scope.
    KnownByName(&'static str),
    /// No message anybody knows.
    Unknown,
}

/// Prefix of face result files.
pub const FACE_PREFIX: &str = "OQSsiquc01res_face_";

impl Family {
    /// All families.
    pub const ALL: &'static [Self] = &[
        Self::NumberQuery,
        Self::QualificationAnswer,
        Self::BulkQuery,
        Self::BulkQueryReception,
        Self::BulkQueryResultRequest,
        Self::BulkQueryResult,
        Self::ReferenceNumberRequest,
        Self::ReferenceNumberAnswer,
        Self::BulkReferenceNumberRequest,
        Self::BulkReferenceNumberReception,
        Self::BulkReferenceNumberResultRequest,
        Self::BulkReferenceNumberResult,
        Self::MedicalAidQuery,
        Self::MedicalAidReception,
        Self::MedicalAidResultRequest,
        Self::MedicalAidResult,
        Self::HomeVisitQuery,
        Self::HomeVisitReception,
        Self::HomeVisitResultRequest,
        Self::HomeVisitResult,
        Self::OnlineCareQuery,
        Self::OnlineCareReception,
        Self::OnlineCareResultRequest,
        Self::OnlineCareResult,
        Self::DrugRequest,
        Self::DrugAnswer,
        Self::HealthCheckRequest,
        Self::HealthCheckAnswer,
        Self::ChallengeRequest,
        Self::ChallengeAnswer,
        Self::CertificateRequest,
        Self::CertificateAnswer,
        Self::QualificationRequest,
        Self::PersonQuery,
        Self::PersonAnswer,
        Self::RepeatRequest,
        Self::ErrorAnswer,
    ];

    /// The message name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NumberQuery => "OQSsiquc01req",
            Self::QualificationAnswer => "OQSsiquc01res",
            Self::BulkQuery => "OQSmuquc01req",
            Self::BulkQueryReception => "OQSmuquc01res",
            Self::BulkQueryResultRequest => "OQSmuquc02req",
            Self::BulkQueryResult => "OQSmuquc02res",
            Self::ReferenceNumberRequest => "OQSsiimm01req",
            Self::ReferenceNumberAnswer => "OQSsiimm01res",
            Self::BulkReferenceNumberRequest => "OQSmuimm01req",
            Self::BulkReferenceNumberReception => "OQSmuimm01res",
            Self::BulkReferenceNumberResultRequest => "OQSmuimm02req",
            Self::BulkReferenceNumberResult => "OQSmuimm02res",
            Self::MedicalAidQuery => "OQSmutic01req",
            Self::MedicalAidReception => "OQSmutic01res",
            Self::MedicalAidResultRequest => "OQSmutic02req",
            Self::MedicalAidResult => "OQSmutic02res",
            Self::HomeVisitQuery => "OQSmuhvq01req",
            Self::HomeVisitReception => "OQSmuhvq01res",
            Self::HomeVisitResultRequest => "OQSmuhvq02req",
            Self::HomeVisitResult => "OQSmuhvq02res",
            Self::OnlineCareQuery => "OQSmuonq01req",
            Self::OnlineCareReception => "OQSmuonq01res",
            Self::OnlineCareResultRequest => "OQSmuonq02req",
            Self::OnlineCareResult => "OQSmuonq02res",
            Self::DrugRequest => "YZKsiquc01req",
            Self::DrugAnswer => "YZKsiquc01res",
            Self::HealthCheckRequest => "TKKsiquc01req",
            Self::HealthCheckAnswer => "TKKsiquc01res",
            Self::ChallengeRequest => "SIMchalng01req",
            Self::ChallengeAnswer => "SIMchalng01res",
            Self::CertificateRequest => "SIMcertif01req",
            Self::CertificateAnswer => "SIMcertif01res",
            Self::QualificationRequest => "SIMqualif01req",
            Self::PersonQuery => "SIMperson01req",
            Self::PersonAnswer => "SIMperson01res",
            Self::RepeatRequest => "SIMrepeat01req",
            Self::ErrorAnswer => "SIMerrorm01res",
        }
    }

    /// The family of the answer to a request; an answer answers nothing.
    pub const fn answer(self) -> Option<Self> {
        match self {
            Self::NumberQuery | Self::QualificationRequest | Self::RepeatRequest => {
                Some(Self::QualificationAnswer)
            }
            Self::BulkQuery => Some(Self::BulkQueryReception),
            Self::BulkQueryResultRequest => Some(Self::BulkQueryResult),
            Self::ReferenceNumberRequest => Some(Self::ReferenceNumberAnswer),
            Self::BulkReferenceNumberRequest => Some(Self::BulkReferenceNumberReception),
            Self::BulkReferenceNumberResultRequest => Some(Self::BulkReferenceNumberResult),
            Self::MedicalAidQuery => Some(Self::MedicalAidReception),
            Self::MedicalAidResultRequest => Some(Self::MedicalAidResult),
            Self::HomeVisitQuery => Some(Self::HomeVisitReception),
            Self::HomeVisitResultRequest => Some(Self::HomeVisitResult),
            Self::OnlineCareQuery => Some(Self::OnlineCareReception),
            Self::OnlineCareResultRequest => Some(Self::OnlineCareResult),
            Self::DrugRequest => Some(Self::DrugAnswer),
            Self::HealthCheckRequest => Some(Self::HealthCheckAnswer),
            Self::ChallengeRequest => Some(Self::ChallengeAnswer),
            Self::CertificateRequest => Some(Self::CertificateAnswer),
            Self::PersonQuery => Some(Self::PersonAnswer),
            Self::QualificationAnswer
            | Self::BulkQueryReception
            | Self::BulkQueryResult
            | Self::ReferenceNumberAnswer
            | Self::BulkReferenceNumberReception
            | Self::BulkReferenceNumberResult
            | Self::MedicalAidReception
            | Self::MedicalAidResult
            | Self::HomeVisitReception
            | Self::HomeVisitResult
            | Self::OnlineCareReception
            | Self::OnlineCareResult
            | Self::DrugAnswer
            | Self::HealthCheckAnswer
            | Self::ChallengeAnswer
            | Self::CertificateAnswer
            | Self::PersonAnswer
            | Self::ErrorAnswer => None,
        }
    }
}

/// Beginnings of the families known without a layout, and what they are for. Of some only the beginning is known.
const KNOWN: &[&str] = &[
    "OQSsihvq", // 訪問診療等の再照会
    "OQSsionq", // オンライン診療等の再照会
    "OQSsihvd", // 同意の取り消し, as the name says
    "OQSsiurl", // URL for the patient's phone
    "OQSsiinq", "OQSsiupd", "CIPsiquc", // 電子カルテ情報共有
    "PMHsimsm", // 公費負担医療等の受給者証
    "SRJ",      // 診療情報
    "SHJ",      // 手術情報
    "EPS",      // 電子処方箋
];

/// Reads a message name (`OQSsiquc01req`) or a file name that begins with one
/// (`OQSsiquc01req_20260401_0001.xml`); what follows is free. `SIMqualif01res` is read as another name of the face
/// result.
pub fn identify(name: &str) -> Named {
    if let Some(family) = Family::ALL.iter().find(|family| name.starts_with(family.name())) {
        return Named::Simulated(*family);
    }
    if name.starts_with("SIMqualif01res") {
        return Named::Simulated(Family::QualificationAnswer);
    }
    let known = KNOWN.iter().find(|base| name.starts_with(**base));
    known.map_or(Named::Unknown, |base| Named::KnownByName(base))
}

/// The name of the answer file to a request file: `req` becomes `res`, all else stays (OQS-MSG-01).
pub fn answer_file_name(request: &str) -> Option<String> {
    let at = request.find("req").filter(|at| *at >= "OQSsiquc01".len())?;
    let (before, after) = request.split_at_checked(at)?;
    let after = after.strip_prefix("req")?;
    let family_only = before.bytes().all(|byte| byte.is_ascii_alphanumeric());
    family_only.then(|| format!("{before}res{after}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_files_are_told_apart() {
        for (name, expected) in [
            ("OQSsiquc01req", Named::Simulated(Family::NumberQuery)),
            ("OQSsiquc01req_20260401_0001.xml", Named::Simulated(Family::NumberQuery)),
            (
                "OQSsiquc01res_face_1319999999AbCd_20260401093015.xml",
                Named::Simulated(Family::QualificationAnswer),
            ),
            ("SIMqualif01res", Named::Simulated(Family::QualificationAnswer)),
            ("YZKsiquc01req.xml", Named::Simulated(Family::DrugRequest)),
            ("OQSmuquc02res_1.xml", Named::Simulated(Family::BulkQueryResult)),
            ("OQSmutic02res_1.xml", Named::Simulated(Family::MedicalAidResult)),
            ("OQSmuhvq01req", Named::Simulated(Family::HomeVisitQuery)),
            ("OQSmuonq02req", Named::Simulated(Family::OnlineCareResultRequest)),
            ("OQSsihvq01req", Named::KnownByName("OQSsihvq")),
            ("OQSsionq01req_1.xml", Named::KnownByName("OQSsionq")),
            ("OQSsihvd01req", Named::KnownByName("OQSsihvd")),
            ("OQSsiurl01req", Named::KnownByName("OQSsiurl")),
            ("OQSsiinq01req", Named::KnownByName("OQSsiinq")),
            ("OQSsiupd01req", Named::KnownByName("OQSsiupd")),
            ("CIPsiquc01req", Named::KnownByName("CIPsiquc")),
            ("PMHsimsm01req", Named::KnownByName("PMHsimsm")),
            ("SRJsiquc01req", Named::KnownByName("SRJ")),
            ("SHJsiquc01req", Named::KnownByName("SHJ")),
            ("EPSsiquc01req", Named::KnownByName("EPS")),
            ("TKKsiquc01req", Named::Simulated(Family::HealthCheckRequest)),
            ("OQSsiquc01req20260401", Named::Simulated(Family::NumberQuery)),
            ("OQSmuquc01", Named::Unknown),
            ("OQSfavbs01req", Named::Unknown),
            ("oqssiquc01req", Named::Unknown),
            ("", Named::Unknown),
        ] {
            assert_eq!(identify(name), expected, "{name}");
        }
    }

    #[test]
    fn answers_keep_the_suffix() {
        for (request, answer) in [
            ("OQSsiquc01req_req.xml", Some("OQSsiquc01res_req.xml")),
            ("OQSsiquc01req患者1.xml", Some("OQSsiquc01res患者1.xml")),
            ("OQSsiquc01_req.xml", None),
            ("req.xml", None),
            ("memo.txt", None),
        ] {
            assert_eq!(answer_file_name(request).as_deref(), answer, "{request}");
        }
    }

    proptest! {
        #[test]
        fn no_name_makes_it_panic(name in any::<String>()) {
            let _ = (identify(&name), answer_file_name(&name));
        }

        #[test]
        fn the_suffix_comes_back(suffix in "[^/]{0,20}") {
            let answer = answer_file_name(&format!("OQSsiquc01req{suffix}"));
            prop_assert_eq!(answer, Some(format!("OQSsiquc01res{suffix}")));
        }
    }
}
