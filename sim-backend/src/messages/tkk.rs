//! TKKsiquc01: results of the specific health check (特定健診情報) of a person who agreed at the reader.
//!
//! Source: OQS messages, drug, care and health-check information; see [`super::history`] for what is public of its frame.

use jiff::civil::Date;

use super::codes::{FileCategory, MedicalTreatmentFlag, Sex};
use super::element::group;
use super::history::{History, HistoryAnswer, HistoryRequestHeader};
use super::scalar::{Name, Text};

group! {
    /// Body of the request.
    pub HealthCheckRequestBody {
        "FileCategory" file_category: FileCategory, "PDF or XML";
        "MedicalTreatmentFlag" medical_treatment_flag: Option<MedicalTreatmentFlag>, "occasion (CD028)";
    }
}

group! {
    /// TKKsiquc01req.
    pub HealthCheckRequest {
        "MessageHeader" header: HistoryRequestHeader, "header";
        "MessageBody" body: HealthCheckRequestBody, "body";
    }
}

group! {
    /// The person the results belong to.
    pub QualificationsInfo {
        "Name" name: Name, "氏名";
        "KanasName" kanas_name: Option<Name>, "氏名カナ";
        "Birthday" birthday: Date, "生年月日";
        "AdministrativeGenderCode" administrative_gender_code: Sex, "性別";
    }
}

group! {
    /// One result of a measurement, or one answer of the questionnaire.
    pub HealthCheckupResultAndQuestionInfo {
        "ItemCode" item_code: Text<17>, "項目コード (JLAC10)";
        "ItemName" item_name: Name, "項目名";
        "DataType" data_type: Option<Text<4>>, "データタイプ";
        "DataValue" data_value: Text<200>, "結果値";
        "Unit" unit: Option<Text<20>>, "単位";
        "Oid" oid: Option<Text<64>>, "code system of a coded value";
        "DataValueName" data_value_name: Option<Name>, "a coded value in words";
    }
}

group! {
    /// One health check.
    pub SpecificHealthCheckupInfo {
        "EffectiveTime" effective_time: Date, "受診年月日";
        "HealthCheckupResultAndQuestionInfos/HealthCheckupResultAndQuestionInfo" items: Vec<HealthCheckupResultAndQuestionInfo>, "結果・質問票";
    }
}

/// TKKsiquc01res in its XML form.
pub type HealthCheckAnswer = HistoryAnswer<HealthCheckHistory>;

/// A person's health checks, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheckHistory {
    /// Whose they are.
    pub person: QualificationsInfo,
    /// One each; none is a history too.
    pub checks: Vec<SpecificHealthCheckupInfo>,
}

group! {
    /// The answer body as it lies in the file.
    pub HealthCheckAnswerBody {
        "SpecificHealthCheckupInfo" checks: Vec<SpecificHealthCheckupInfo>, "see [`HealthCheckHistory`]";
    }
}

impl History for HealthCheckHistory {
    const PERSON: &'static str = "QualificationsInfo";
    type Person = QualificationsInfo;
    type Body = HealthCheckAnswerBody;

    fn join(person: QualificationsInfo, body: Option<HealthCheckAnswerBody>) -> Self {
        Self { person, checks: body.map_or(Vec::new(), |body| body.checks) }
    }

    fn split(&self) -> (QualificationsInfo, HealthCheckAnswerBody) {
        (self.person.clone(), HealthCheckAnswerBody { checks: self.checks.clone() })
    }
}
