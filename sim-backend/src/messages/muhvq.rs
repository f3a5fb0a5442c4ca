//! OQSmuhvq01/02: who consented at home visits (訪問診療等) of this institution, in two steps.
//!
//! Source: OQS messages, bulk variants; OQS-VISIT-04, OQS-VISIT-05. What both occasions share is in [`super::care`].

use super::bulk::Batch;
use super::care::{CareSearchInfo, is_of};
use super::codes::{MedicalTreatmentFlag, ProcessingResultStatus};
use super::element::group;
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, RequestHeader};
use super::message::Message;
use super::mutic::FoundUnit;
use super::names::Family;

group! {
    /// Body of OQSmuhvq01req; `MedicalTreatmentFlag` is 2.
    pub HomeVisitQueryBody checked by of_its_occasion {
        "QualificationConfirmSearchInfo" qualification_confirm_search_info: CareSearchInfo, "照会条件";
    }
}

fn of_its_occasion(body: &HomeVisitQueryBody) -> Result<(), Fault> {
    is_of(MedicalTreatmentFlag::HomeVisit, &body.qualification_confirm_search_info)
}

group! {
    /// OQSmuhvq01req.
    pub HomeVisitQuery {
        "MessageHeader" header: RequestHeader, "header";
        "MessageBody" body: HomeVisitQueryBody, "body";
    }
}

group! {
    /// Body of OQSmuhvq02res.
    pub HomeVisitBody {
        "BulkConfirmUnit" units: Vec<FoundUnit>, "one a person who consented; none is a result too";
    }
}

impl Batch for HomeVisitBody {
    const FAMILY: Family = Family::HomeVisitResult;

    fn into_message(answer: Answer<Self>) -> Message {
        Message::HomeVisitResult(answer)
    }

    fn from_message(message: Message) -> Option<Answer<Self>> {
        if let Message::HomeVisitResult(answer) = message { Some(answer) } else { None }
    }

    fn statuses(&self) -> impl Iterator<Item = ProcessingResultStatus> {
        self.units.iter().map(|unit| unit.processing_result_status)
    }
}

impl AnswerBody for HomeVisitBody {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        header.counts_of(self)
    }

    fn empty() -> Option<Self> {
        Some(Self { units: Vec::new() })
    }
}

/// OQSmuhvq02res.
pub type HomeVisitResult = Answer<HomeVisitBody>;
