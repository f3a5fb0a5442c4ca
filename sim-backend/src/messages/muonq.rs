//! OQSmuonq01/02: who consented to online care (オンライン診療等) of this institution, in two steps.
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
    /// Body of OQSmuonq01req; `MedicalTreatmentFlag` is 3.
    pub OnlineCareQueryBody checked by of_its_occasion {
        "QualificationConfirmSearchInfo" qualification_confirm_search_info: CareSearchInfo, "照会条件";
    }
}

fn of_its_occasion(body: &OnlineCareQueryBody) -> Result<(), Fault> {
    is_of(MedicalTreatmentFlag::Online, &body.qualification_confirm_search_info)
}

group! {
    /// OQSmuonq01req.
    pub OnlineCareQuery {
        "MessageHeader" header: RequestHeader, "header";
        "MessageBody" body: OnlineCareQueryBody, "body";
    }
}

group! {
    /// Body of OQSmuonq02res.
    pub OnlineCareBody {
        "BulkConfirmUnit" units: Vec<FoundUnit>, "one a person who consented; none is a result too";
    }
}

impl Batch for OnlineCareBody {
    const FAMILY: Family = Family::OnlineCareResult;

    fn into_message(answer: Answer<Self>) -> Message {
        Message::OnlineCareResult(answer)
    }

    fn from_message(message: Message) -> Option<Answer<Self>> {
        if let Message::OnlineCareResult(answer) = message { Some(answer) } else { None }
    }

    fn statuses(&self) -> impl Iterator<Item = ProcessingResultStatus> {
        self.units.iter().map(|unit| unit.processing_result_status)
    }
}

impl AnswerBody for OnlineCareBody {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        header.counts_of(self)
    }

    fn empty() -> Option<Self> {
        Some(Self { units: Vec::new() })
    }
}

/// OQSmuonq02res.
pub type OnlineCareResult = Answer<OnlineCareBody>;
