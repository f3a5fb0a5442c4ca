//! OQSsiquc01: the eligibility query for one person, its answer, and the face result.

use jiff::civil::Date;

use super::codes::{
    PrescriptionIssueSelect, ProcessingResultStatus, QualificationValidity, ReferenceClassification,
};
use super::element::group;
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, QueryHeader};
use super::number::{BranchNumber, InsurerNumber};
use super::record::{CardText, ResultOfQualificationConfirmation};
use super::scalar::{Identifier, LongText};

group! {
    /// What is known of the person from the certificate, 照会条件.
    pub QualificationConfirmSearchInfo {
        "InsurerNumber" insurer_number: InsurerNumber, "保険者番号";
        "InsuredCardSymbol" insured_card_symbol: Option<CardText>, "被保険者証記号, absent for 後期高齢者";
        "InsuredIdentificationNumber" insured_identification_number: CardText, "被保険者証番号";
        "InsuredBranchNumber" insured_branch_number: Option<BranchNumber>, "枝番; without it several persons can match";
        "Birthdate" birthdate: Date, "生年月日";
        "LimitApplicationCertificateRelatedConsFlg" limit_application_certificate_related_cons_flg: Option<bool>, "限度額適用認定証提供同意, given orally";
        "ArbitraryIdentifier" arbitrary_identifier: Option<Identifier>, "echoed unchanged";
    }
}

group! {
    /// Body of a query by numbers.
    pub NumberQueryBody {
        "QualificationConfirmSearchInfo" qualification_confirm_search_info: QualificationConfirmSearchInfo, "照会条件";
    }
}

group! {
    /// OQSsiquc01req. Source: OQS messages, one-person query.
    pub NumberQuery {
        "MessageHeader" header: QueryHeader, "header";
        "MessageBody" body: NumberQueryBody, "body";
    }
}

group! {
    /// Body of a normal qualification answer.
    pub QualificationBody checked by validity_and_records {
        "QualificationConfirmSearchInfo" qualification_confirm_search_info: Option<QualificationConfirmSearchInfo>, "echo of the query; never in a face result";
        "PrescriptionIssueSelect" prescription_issue_select: Option<PrescriptionIssueSelect>, "処方箋発行形態, chosen at the reader";
        "ProcessingResultStatus" processing_result_status: ProcessingResultStatus, "処理結果";
        "ProcessingResultCode" processing_result_code: Option<Identifier>, "on error, or as a notice beside status 1";
        "ProcessingResultMessage" processing_result_message: Option<LongText>, "the code in words";
        "QualificationValidity" qualification_validity: Option<QualificationValidity>, "資格有効性; required with status 1";
        "ResultList/ResultOfQualificationConfirmation" results: Vec<ResultOfQualificationConfirmation>, "資格確認結果";
    }
}

/// OQSsiquc01res and the face result. Source: OQS messages, answer and face file.
pub type QualificationAnswer = Answer<QualificationBody>;

impl QualificationBody {
    /// A body of status 1 with its records.
    pub fn normal(
        validity: QualificationValidity,
        results: Vec<ResultOfQualificationConfirmation>,
    ) -> Self {
        Self {
            qualification_confirm_search_info: None,
            prescription_issue_select: None,
            processing_result_status: ProcessingResultStatus::Normal,
            processing_result_code: None,
            processing_result_message: None,
            qualification_validity: Some(validity),
            results,
        }
    }
}

impl AnswerBody for QualificationBody {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        let by_numbers = self.qualification_confirm_search_info.is_some();
        match (header.reference_classification, by_numbers) {
            (None, _) => Err(Fault::rule("ReferenceClassification", "is required")),
            (Some(ReferenceClassification::Card), true) => {
                let rule = "does not belong into the result of a card";
                Err(Fault::rule("QualificationConfirmSearchInfo", rule))
            }
            (Some(_), _) => Ok(()),
        }
    }
}

/// Which records go with which validity. Source: OQS messages, consequence table of the body.
fn validity_and_records(body: &QualificationBody) -> Result<(), Fault> {
    use QualificationValidity as V;
    let found = !body.results.is_empty();
    let rule = |rule| Err(Fault::rule("ResultOfQualificationConfirmation", rule));
    match (body.processing_result_status, body.qualification_validity) {
        (ProcessingResultStatus::Error, _) if body.processing_result_code.is_none() => {
            Err(Fault::rule("ProcessingResultCode", "is required with ProcessingResultStatus 2"))
        }
        (ProcessingResultStatus::Error, _) if found => rule("does not belong to an error"),
        (ProcessingResultStatus::Error, _) => Ok(()),
        (ProcessingResultStatus::Normal, None) => {
            Err(Fault::rule("QualificationValidity", "is required with ProcessingResultStatus 1"))
        }
        (ProcessingResultStatus::Normal, Some(V::Valid)) if !found => {
            rule("is required with QualificationValidity 1")
        }
        (ProcessingResultStatus::Normal, Some(V::NoMatch | V::SeveralMatch)) if found => {
            rule("does not belong to QualificationValidity 4 and 5")
        }
        (
            ProcessingResultStatus::Normal,
            Some(
                V::Valid
                | V::Invalid
                | V::InvalidNewerExists
                | V::NoMatch
                | V::SeveralMatch
                | V::ValidUnregistered,
            ),
        ) => Ok(()),
    }
}
