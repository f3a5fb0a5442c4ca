//! What the families of medical information share: who is asked about, and an answer that is a history or a refusal.
//!
//! The names of these families differ from those of OQSsiquc01. The place of `ResultCode` and `MessageContents`, the answer's outer
//! elements and the form of its times are not public: they are the bench's (bench profile).

use jiff::civil::DateTime;

use super::element::{Element, Field, group, single};
use super::error::Fault;
use super::header::{AnswerHeader, ErrorReport};
use super::number::{BranchNumber, InstitutionCode, InsurerNumber};
use super::record::CardText;
use super::scalar::{Identifier, LongText, Text};
use super::shape::{Content, Group, Place, Times};
use super::xml::Node;

group! {
    /// Header of a request for medical information.
    pub HistoryRequestHeader {
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "医療機関コード of the asking institution";
        "InsurerNumber" insurer_number: InsurerNumber, "保険者番号";
        "InsuranceCardSymbol" insurance_card_symbol: Option<CardText>, "被保険者証記号";
        "InsuredPersonIdentificationNumber" insured_person_identification_number: CardText, "被保険者証番号";
        "BranchNumber" branch_number: Option<BranchNumber>, "枝番";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "echoed unchanged";
    }
}

/// An answer in its XML form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryAnswer<H> {
    /// When the answer was made, Japanese time.
    pub process_execution_time: DateTime,
    /// 医療機関コード of the institution that gets the answer.
    pub medical_institution_code: InstitutionCode,
    /// Echo of the request's.
    pub arbitrary_file_identifier: Option<Identifier>,
    /// What came of the request.
    pub outcome: HistoryOutcome<H>,
}

/// History or refusal. A refusal carries no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryOutcome<H> {
    /// `ResultCode` 1.
    History(H),
    /// Any other `ResultCode`.
    Refused {
        /// `ResultCode`. The official list is not public; ours begins with `SIM-`.
        result_code: Identifier,
        /// `MessageContents`.
        message_contents: LongText,
    },
}

/// A person's history as it lies in the file: the person in the header, the rest in the body.
pub(crate) trait History: Sized {
    /// Name of the person's element in the header.
    const PERSON: &'static str;
    /// The person.
    type Person: Element;
    /// The body.
    type Body: Element;

    /// Put together; an absent body is an empty history.
    fn join(person: Self::Person, body: Option<Self::Body>) -> Self;
    /// Taken apart.
    fn split(&self) -> (Self::Person, Self::Body);
}

group! {
    /// The answer header as it lies in the file, without the person.
    HistoryHeader {
        "ProcessExecutionTime" process_execution_time: DateTime, "see [`HistoryAnswer`]";
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "see [`HistoryAnswer`]";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "see [`HistoryAnswer`]";
        "ResultCode" result_code: Identifier, "see [`HistoryOutcome`]";
        "MessageContents" message_contents: Option<LongText>, "see [`HistoryOutcome`]";
    }
}

/// `ResultCode` of an answer that carries a history.
const RESULT_OK: &str = "1";

impl<H> HistoryAnswer<H> {
    /// The refusal of a request.
    pub(super) fn refused(header: AnswerHeader, report: ErrorReport) -> Self {
        Self {
            process_execution_time: header.process_execution_time,
            medical_institution_code: header.medical_institution_code,
            arbitrary_file_identifier: header.arbitrary_file_identifier,
            outcome: HistoryOutcome::Refused {
                result_code: report.code,
                message_contents: report.message,
            },
        }
    }
}

impl<H: History> Element for HistoryAnswer<H> {
    fn read(root: &Node<'_>) -> Result<Self, Fault> {
        let header = HistoryHeader::pick(root, "MessageHeader")?;
        let person = match single(root, "MessageHeader")? {
            Some(header) => Option::<H::Person>::pick(header, H::PERSON)?,
            None => None,
        };
        let body = Option::<H::Body>::pick(root, "MessageBody")?;
        let fault = |element, rule| Err(Fault::rule(element, rule).within(root.offset));
        let outcome = match (header.result_code.as_str(), person, body) {
            (RESULT_OK, Some(person), body) => HistoryOutcome::History(H::join(person, body)),
            (RESULT_OK, None, _) => return fault(H::PERSON, "is required with ResultCode 1"),
            (_, None, None) => match header.message_contents {
                Some(message_contents) => {
                    HistoryOutcome::Refused { result_code: header.result_code, message_contents }
                }
                None => return fault("MessageContents", "is required unless ResultCode is 1"),
            },
            (_, _, _) => return fault("ResultCode", "does not go with data of a person"),
        };
        Ok(Self {
            process_execution_time: header.process_execution_time,
            medical_institution_code: header.medical_institution_code,
            arbitrary_file_identifier: header.arbitrary_file_identifier,
            outcome,
        })
    }

    fn write(&self, name: &'static str) -> Node<'static> {
        let (result_code, message_contents, history) = match &self.outcome {
            HistoryOutcome::History(history) => {
                (Text::lossy(RESULT_OK), None, Some(history.split()))
            }
            HistoryOutcome::Refused { result_code, message_contents } => {
                (result_code.clone(), Some(message_contents.clone()), None)
            }
        };
        let (person, body) = history.unzip();
        let header = HistoryHeader {
            process_execution_time: self.process_execution_time,
            medical_institution_code: self.medical_institution_code.clone(),
            arbitrary_file_identifier: self.arbitrary_file_identifier.clone(),
            result_code,
            message_contents,
        };
        let mut header = header.write("MessageHeader");
        header.children.extend(person.map(|person| person.write(H::PERSON)));
        let empty = || Node::group("MessageBody", Vec::new());
        let body = body.map_or_else(empty, |body| body.write("MessageBody"));
        Node::group(name, vec![header, body])
    }

    fn content() -> Content {
        let mut header = match HistoryHeader::content() {
            Content::Group(header) => header,
            Content::Value(_) | Content::List(_) => {
                Group { name: "HistoryHeader", places: Vec::new() }
            }
        };
        header.places.extend(Option::<H::Person>::places(H::PERSON, "whose history it is"));
        let header = Place::new("MessageHeader", "header", Times::One, Content::Group(header));
        let body = Option::<H::Body>::places("MessageBody", "body, empty in a refusal");
        let places = std::iter::once(header).chain(body).collect();
        Content::Group(Group { name: "HistoryAnswer", places })
    }
}
