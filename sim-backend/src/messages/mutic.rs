//! OQSmutic01/02: whose medical aid (医療扶助) of a month names this institution, in two steps.
//!
//! Source: OQS messages, bulk variants; OQS-AID-01, OQS-AID-03. The header of the request names no day, unlike that of OQSmuquc01.
//! That a unit holds several records and reference numbers, as those of OQSmuhvq do, is read from public clients.

use super::bulk::{Batch, unit_status};
use super::codes::{ProcessingResultStatus, QualificationValidity};
use super::element::group;
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, RequestHeader};
use super::message::Message;
use super::names::Family;
use super::record::ResultOfQualificationConfirmation;
use super::scalar::{Identifier, LongText, YearMonth};

group! {
    /// Which month, 照会条件.
    pub MedicalAidSearchInfo {
        "MedicalTreatmentMonth" medical_treatment_month: YearMonth, "診療年月";
    }
}

group! {
    /// Body of OQSmutic01req.
    pub MedicalAidQueryBody {
        "QualificationConfirmSearchInfo" qualification_confirm_search_info: MedicalAidSearchInfo, "照会条件";
    }
}

group! {
    /// OQSmutic01req.
    pub MedicalAidQuery {
        "MessageHeader" header: RequestHeader, "header";
        "MessageBody" body: MedicalAidQueryBody, "body";
    }
}

group! {
    /// One person of a result that nobody was named in the request of.
    pub FoundUnit checked by status_and_validity {
        "ProcessingResultStatus" processing_result_status: ProcessingResultStatus, "処理結果";
        "ProcessingResultCode" processing_result_code: Option<Identifier>, "on error";
        "ProcessingResultMessage" processing_result_message: Option<LongText>, "the code in words";
        "QualificationValidity" qualification_validity: Option<QualificationValidity>, "資格有効性; required with status 1";
        "ResultOfQualificationConfirmation" results: Vec<ResultOfQualificationConfirmation>, "資格確認結果";
        "ReferenceNumber" reference_numbers: Vec<Identifier>, "照会番号 of the asking institution, one or several (OQS-VISIT-05)";
    }
}

fn status_and_validity(unit: &FoundUnit) -> Result<(), Fault> {
    unit_status(unit.processing_result_status, unit.processing_result_code.as_ref())?;
    match (unit.processing_result_status, unit.qualification_validity) {
        (ProcessingResultStatus::Normal, None) => {
            Err(Fault::rule("QualificationValidity", "is required with ProcessingResultStatus 1"))
        }
        (ProcessingResultStatus::Normal, Some(QualificationValidity::Valid))
            if unit.results.is_empty() =>
        {
            let rule = "is required with QualificationValidity 1";
            Err(Fault::rule("ResultOfQualificationConfirmation", rule))
        }
        (ProcessingResultStatus::Normal, Some(_)) | (ProcessingResultStatus::Error, _) => Ok(()),
    }
}

impl FoundUnit {
    /// A person who was found.
    pub fn normal(
        validity: QualificationValidity,
        results: Vec<ResultOfQualificationConfirmation>,
        reference_numbers: Vec<Identifier>,
    ) -> Self {
        Self {
            processing_result_status: ProcessingResultStatus::Normal,
            processing_result_code: None,
            processing_result_message: None,
            qualification_validity: Some(validity),
            results,
            reference_numbers,
        }
    }
}

group! {
    /// Body of OQSmutic02res.
    pub MedicalAidBody {
        "BulkConfirmUnit" units: Vec<FoundUnit>, "one a person; none is a result too";
    }
}

impl Batch for MedicalAidBody {
    const FAMILY: Family = Family::MedicalAidResult;

    fn into_message(answer: Answer<Self>) -> Message {
        Message::MedicalAidResult(answer)
    }

    fn from_message(message: Message) -> Option<Answer<Self>> {
        if let Message::MedicalAidResult(answer) = message { Some(answer) } else { None }
    }

    fn statuses(&self) -> impl Iterator<Item = ProcessingResultStatus> {
        self.units.iter().map(|unit| unit.processing_result_status)
    }
}

impl AnswerBody for MedicalAidBody {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        header.counts_of(self)
    }

    fn empty() -> Option<Self> {
        Some(Self { units: Vec::new() })
    }
}

/// OQSmutic02res.
pub type MedicalAidResult = Answer<MedicalAidBody>;
