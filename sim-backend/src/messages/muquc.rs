//! OQSmuquc01/02: the eligibility query for many persons (一括照会), in two steps.
//!
//! Source: OQS messages, bulk query; OQS-BULK-01 to -07. Nobody is present, so an answer carries neither consents nor the limit
//! certificate, only whether that changed. `LimitApplicationCertificateChanged` stands in the unit, after the record (bench profile:
//! the public sources do not agree on its place).

use jiff::civil::Date;

use super::bulk::{Batch, unit_status};
use super::codes::{
    LimitCertificateChange, LimitCertificateClassification, LimitCertificateFlag,
    ProcessingResultStatus, QualificationValidity,
};
use super::element::{Lenient, group};
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, QueryHeader};
use super::message::Message;
use super::names::Family;
use super::number::{BranchNumber, InsurerNumber};
use super::record::{CardText, ResultOfQualificationConfirmation};
use super::scalar::{Identifier, LongText};

group! {
    /// The limit certificate the institution knows of, to be asked whether it changed.
    pub KnownLimitCertificate {
        "LimitApplicationCertificateClassification" limit_application_certificate_classification: LimitCertificateClassification, "kind";
        "LimitApplicationCertificateClassificationFlag" limit_application_certificate_classification_flag: LimitCertificateFlag, "income class";
    }
}

group! {
    /// What is known of one of the persons, 照会条件. An entry with a part that cannot be read is refused, and the others are not.
    pub BulkSearchInfo {
        "InsurerNumber" insurer_number: Lenient<InsurerNumber>, "保険者番号; required";
        "InsuredCardSymbol" insured_card_symbol: Lenient<CardText>, "被保険者証記号, absent for 後期高齢者";
        "InsuredIdentificationNumber" insured_identification_number: Lenient<CardText>, "被保険者証番号; required";
        "InsuredBranchNumber" insured_branch_number: Lenient<BranchNumber>, "枝番; without it several persons can match";
        "Birthdate" birthdate: Lenient<Date>, "生年月日; required";
        "LimitApplicationCertificateRelatedInfo" limit_application_certificate_related_info: Lenient<KnownLimitCertificate>, "known before";
        "ArbitraryIdentifier" arbitrary_identifier: Lenient<Identifier>, "echoed unchanged: tells the persons apart";
    }
}

group! {
    /// Body of OQSmuquc01req.
    pub BulkQueryBody {
        "QualificationConfirmSearchInfo" queries: Vec<BulkSearchInfo>, "照会条件, one each";
    }
}

group! {
    /// OQSmuquc01req.
    pub BulkQuery {
        "MessageHeader" header: QueryHeader, "header";
        "MessageBody" body: BulkQueryBody, "body";
    }
}

group! {
    /// What became of one person's query.
    pub BulkConfirmUnit checked by validity_and_record {
        "QualificationConfirmSearchInfo" qualification_confirm_search_info: BulkSearchInfo, "echo of the query";
        "ProcessingResultStatus" processing_result_status: ProcessingResultStatus, "処理結果";
        "ProcessingResultCode" processing_result_code: Option<Identifier>, "on error";
        "ProcessingResultMessage" processing_result_message: Option<LongText>, "the code in words";
        "QualificationValidity" qualification_validity: Option<QualificationValidity>, "資格有効性; required with status 1";
        "ResultOfQualificationConfirmation" result: Option<ResultOfQualificationConfirmation>, "資格確認結果";
        "LimitApplicationCertificateChanged" limit_application_certificate_changed: Option<LimitCertificateChange>, "限度額適用認定証の変更有無";
        "ReferenceNumber" reference_number: Option<Identifier>, "照会番号 of the asking institution";
    }
}

group! {
    /// Body of OQSmuquc02res.
    pub BulkConfirmBody {
        "BulkConfirmUnit" units: Vec<BulkConfirmUnit>, "one each";
    }
}

fn validity_and_record(unit: &BulkConfirmUnit) -> Result<(), Fault> {
    unit_status(unit.processing_result_status, unit.processing_result_code.as_ref())?;
    match (unit.processing_result_status, unit.qualification_validity) {
        (ProcessingResultStatus::Normal, None) => {
            Err(Fault::rule("QualificationValidity", "is required with ProcessingResultStatus 1"))
        }
        (ProcessingResultStatus::Normal, Some(QualificationValidity::Valid))
            if unit.result.is_none() =>
        {
            let rule = "is required with QualificationValidity 1";
            Err(Fault::rule("ResultOfQualificationConfirmation", rule))
        }
        (ProcessingResultStatus::Normal, Some(_)) | (ProcessingResultStatus::Error, _) => Ok(()),
    }
}

impl Batch for BulkConfirmBody {
    const FAMILY: Family = Family::BulkQueryResult;

    fn into_message(answer: Answer<Self>) -> Message {
        Message::BulkQueryResult(answer)
    }

    fn from_message(message: Message) -> Option<Answer<Self>> {
        if let Message::BulkQueryResult(answer) = message { Some(answer) } else { None }
    }

    fn statuses(&self) -> impl Iterator<Item = ProcessingResultStatus> {
        self.units.iter().map(|unit| unit.processing_result_status)
    }
}

impl AnswerBody for BulkConfirmBody {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        header.counts_of(self)
    }
}

/// OQSmuquc02res.
pub type BulkQueryResult = Answer<BulkConfirmBody>;
