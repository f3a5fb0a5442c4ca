//! OQSsiquc01: the eligibility query for one person, its answer, and the face result.

use jiff::civil::Date;

use super::codes::{
    PrescriptionIssueSelect, ProcessingResultStatus, QualificationValidity, ReferenceClassification,
};
use super::element::{Field, group};
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader, Outcome, QueryHeader};
use super::number::{BranchNumber, InsurerNumber};
use super::record::{CardText, ResultOfQualificationConfirmation};
use super::scalar::{Identifier, LongText};
use super::shape::{Content, Group, Place};
use super::xml::Node;

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

/// The element whose place depends on the version: of the body, or of the record.
pub(crate) const PRESCRIPTION: &str = "PrescriptionIssueSelect";

/// The way from the root to the records of an answer.
pub(crate) const RECORDS: [&str; 3] =
    ["MessageBody", "ResultList", "ResultOfQualificationConfirmation"];

/// Takes the prescription's choice from the first record that states it, unless the body does. Source: OQS messages, body; the two
/// public consumers of the element look for it in different places.
pub(crate) fn take_prescription_of_record(
    answer: &mut QualificationAnswer,
    root: &Node<'_>,
) -> Result<(), Fault> {
    let Outcome::Normal(body) = &mut answer.outcome else { return Ok(()) };
    let records = RECORDS.iter().fold(vec![root], |nodes, name| {
        nodes.into_iter().flat_map(|node| node.every(name)).collect()
    });
    for record in records {
        let stated = Option::<PrescriptionIssueSelect>::pick(record, PRESCRIPTION)?;
        body.prescription_issue_select = body.prescription_issue_select.or(stated);
    }
    Ok(())
}

/// The shape of the answer with both places of the prescription's choice.
pub(crate) fn with_prescription_in_record(mut shape: Group) -> Group {
    add_prescription(&mut shape.places, &RECORDS);
    shape
}

fn add_prescription(places: &mut Vec<Place>, way: &[&str]) {
    let [name, rest @ ..] = way else {
        let meaning = "処方箋発行形態, where it stands in the record";
        places.extend(Option::<PrescriptionIssueSelect>::places(PRESCRIPTION, meaning));
        return;
    };
    for place in places.iter_mut().filter(|place| place.name == *name) {
        match &mut place.content {
            Content::Group(group) => add_prescription(&mut group.places, rest),
            Content::List(item) => add_prescription_to_list(item, rest),
            Content::Value(_) => {}
        }
    }
}

fn add_prescription_to_list(item: &mut Place, way: &[&str]) {
    match (&mut item.content, way) {
        (Content::Group(group), [name, rest @ ..]) if *name == item.name => {
            add_prescription(&mut group.places, rest);
        }
        (Content::Group(_) | Content::List(_) | Content::Value(_), _) => {}
    }
}

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
