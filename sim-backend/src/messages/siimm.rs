//! OQSsiimm01 and OQSmuimm01/02: an institution's own reference number (照会番号) for a person, one or many.
//!
//! Source: OQS messages, reference number registration; OQS-REF-01 to -06. The numbers of the qualification name the person; there is no
//! birth date among them.

use super::bulk::{Batch, unit_status};
use super::codes::ProcessingResultStatus;
use super::element::{Lenient, group};
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, RequestHeader};
use super::message::Message;
use super::names::Family;
use super::number::{BranchNumber, InsurerNumber};
use super::record::CardText;
use super::scalar::{Identifier, LongText};

group! {
    /// Whose reference number it is to be, 照会番号登録情報. An entry with a part that cannot be read is refused, and the others are not.
    pub ReferenceNumberRegistrationInfo {
        "ReferenceNumber" reference_number: Lenient<Identifier>, "照会番号, the institution's own; required, at most 50 characters";
        "InsurerNumber" insurer_number: Lenient<InsurerNumber>, "保険者番号; required";
        "InsuredCardSymbol" insured_card_symbol: Lenient<CardText>, "被保険者証記号, absent for 後期高齢者";
        "InsuredIdentificationNumber" insured_identification_number: Lenient<CardText>, "被保険者証番号; required";
        "InsuredBranchNumber" insured_branch_number: Lenient<BranchNumber>, "枝番, absent for 後期高齢者";
    }
}

group! {
    /// Body of OQSsiimm01req.
    pub ReferenceNumberBody {
        "ReferenceNumberRegistrationInfo" reference_number_registration_info: ReferenceNumberRegistrationInfo, "照会番号登録情報";
    }
}

group! {
    /// OQSsiimm01req.
    pub ReferenceNumberRequest {
        "MessageHeader" header: RequestHeader, "header";
        "MessageBody" body: ReferenceNumberBody, "body";
    }
}

group! {
    /// What became of one registration: body of OQSsiimm01res, and `BulkRegistrationUnit` of OQSmuimm02res.
    pub RegistrationResult checked by status_and_code {
        "ReferenceNumberRegistrationInfo" reference_number_registration_info: ReferenceNumberRegistrationInfo, "echo of the request";
        "ProcessingResultStatus" processing_result_status: ProcessingResultStatus, "処理結果";
        "ProcessingResultCode" processing_result_code: Option<Identifier>, "on error";
        "ProcessingResultMessage" processing_result_message: Option<LongText>, "the code in words";
    }
}

/// OQSsiimm01res.
pub type ReferenceNumberAnswer = Answer<RegistrationResult>;

fn status_and_code(result: &RegistrationResult) -> Result<(), Fault> {
    unit_status(result.processing_result_status, result.processing_result_code.as_ref())
}

impl AnswerBody for RegistrationResult {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        header.without_counts()
    }
}

group! {
    /// Body of OQSmuimm01req.
    pub BulkReferenceNumberBody {
        "ReferenceNumberRegistrationInfo" registrations: Vec<ReferenceNumberRegistrationInfo>, "照会番号登録情報, one each";
    }
}

group! {
    /// OQSmuimm01req.
    pub BulkReferenceNumberRequest {
        "MessageHeader" header: RequestHeader, "header";
        "MessageBody" body: BulkReferenceNumberBody, "body";
    }
}

group! {
    /// Body of OQSmuimm02res.
    pub BulkRegistrationBody {
        "BulkRegistrationUnit" units: Vec<RegistrationResult>, "one each";
    }
}

impl Batch for BulkRegistrationBody {
    const FAMILY: Family = Family::BulkReferenceNumberResult;

    fn into_message(answer: Answer<Self>) -> Message {
        Message::BulkReferenceNumberResult(answer)
    }

    fn from_message(message: Message) -> Option<Answer<Self>> {
        if let Message::BulkReferenceNumberResult(answer) = message { Some(answer) } else { None }
    }

    fn statuses(&self) -> impl Iterator<Item = ProcessingResultStatus> {
        self.units.iter().map(|unit| unit.processing_result_status)
    }
}

impl AnswerBody for BulkRegistrationBody {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        header.counts_of(self)
    }
}

/// OQSmuimm02res.
pub type BulkReferenceNumberResult = Answer<BulkRegistrationBody>;
