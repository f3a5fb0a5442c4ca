//! Message headers, and the answer's three outcomes: normal, in process, error.

use jiff::civil::{Date, DateTime};

use super::bulk::Counts;
use super::codes::{ReferenceClassification, SegmentOfResult};
use super::element::{Element, Field, group, single};
use super::encoding::Encoding;
use super::error::{Fault, MessageErrorKind};
use super::number::InstitutionCode;
use super::scalar::{Identifier, LongText};
use super::shape::{Facet, Group};
use super::xml::Node;

group! {
    /// Header of a request that asks about no particular day.
    pub RequestHeader {
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "医療機関コード of the asking institution";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "echoed unchanged";
    }
}

group! {
    /// Header of a request for the qualification of a day. Source: OQS messages, one-person query.
    pub QueryHeader {
        "QualificationConfirmationDate" qualification_confirmation_date: Date, "the day in question, Japanese calendar day";
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "医療機関コード of the asking institution";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "echoed unchanged";
    }
}

/// What an answer's header says besides its outcome. Source: OQS messages, answer header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerHeader {
    /// `ProcessExecutionTime`: when the answer was made, Japanese time.
    pub process_execution_time: DateTime,
    /// `QualificationConfirmationDate`: the day in question.
    pub qualification_confirmation_date: Option<Date>,
    /// `MedicalInstitutionCode`: 医療機関コード of the institution that gets the answer.
    pub medical_institution_code: InstitutionCode,
    /// `ArbitraryFileIdentifier`: the request's own, or made by the system in face results.
    pub arbitrary_file_identifier: Option<Identifier>,
    /// `ReferenceClassification`: card or numbers; only in qualification answers.
    pub reference_classification: Option<ReferenceClassification>,
    /// `ReceptionNumber`: 受付番号; only in the second answer of a bulk family.
    pub reception_number: Option<Identifier>,
    /// `NumberOfProcessingResult`, `NumberOfNormalProcessing`, `NumberOfError`: only in a bulk result.
    pub counts: Option<Counts>,
    /// `QualificationConfirmationKey`: seen in face results only.
    pub qualification_confirmation_key: Option<Identifier>,
}

impl AnswerHeader {
    /// A header with what every answer has; the rest is empty.
    pub fn new(
        process_execution_time: DateTime,
        medical_institution_code: InstitutionCode,
    ) -> Self {
        Self {
            process_execution_time,
            qualification_confirmation_date: None,
            medical_institution_code,
            arbitrary_file_identifier: None,
            reference_classification: None,
            reception_number: None,
            counts: None,
            qualification_confirmation_key: None,
        }
    }
}

/// `ErrorCode` and `ErrorMessage` of a whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReport {
    /// `ErrorCode`. The official list is not public; ours begins with `SIM-`.
    pub code: Identifier,
    /// `ErrorMessage`.
    pub message: LongText,
}

/// An answer. An error carries no body, so it carries no person (OQS-MSG-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<B> {
    /// The header without its outcome.
    pub header: AnswerHeader,
    /// What came of the request.
    pub outcome: Outcome<B>,
}

/// `SegmentOfResult` with what belongs to it (CD003).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<B> {
    /// `1` normal.
    Normal(B),
    /// `2` in process: ask again (OQS-MSG-12).
    InProcess,
    /// `9` error.
    Error(ErrorReport),
}

group! {
    /// The answer header as it lies in the file.
    HeaderLayout {
        "ProcessExecutionTime" process_execution_time: DateTime, "see [`AnswerHeader`]";
        "QualificationConfirmationDate" qualification_confirmation_date: Option<Date>, "see [`AnswerHeader`]";
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "see [`AnswerHeader`]";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "see [`AnswerHeader`]";
        "ReferenceClassification" reference_classification: Option<ReferenceClassification>, "see [`AnswerHeader`]";
        "ReceptionNumber" reception_number: Option<Identifier>, "see [`AnswerHeader`]";
        "SegmentOfResult" segment_of_result: SegmentOfResult, "see [`Outcome`]";
        "ErrorCode" error_code: Option<Identifier>, "see [`ErrorReport`]";
        "ErrorMessage" error_message: Option<LongText>, "see [`ErrorReport`]";
        "NumberOfProcessingResult" number_of_processing_result: Option<u32>, "see [`Counts`]";
        "NumberOfNormalProcessing" number_of_normal_processing: Option<u32>, "see [`Counts`]";
        "NumberOfError" number_of_error: Option<u32>, "see [`Counts`]";
        "CharacterCodeIdentifier" character_code_identifier: Option<Encoding>, "must be the file's own";
        "QualificationConfirmationKey" qualification_confirmation_key: Option<Identifier>, "see [`AnswerHeader`]";
    }
}

impl super::element::Scalar for Encoding {
    fn shape() -> String {
        "0 (UTF-8) or 1 (Shift_JIS)".to_owned()
    }

    fn facet() -> Facet {
        let codes = [Self::Utf8, Self::ShiftJis].map(Self::identifier).to_vec();
        Facet::Code { table: "CharacterCode", codes }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Utf8, Self::ShiftJis].into_iter().find(|encoding| encoding.identifier() == text)
    }

    fn text(&self) -> String {
        self.identifier().to_owned()
    }
}

/// The body of an answer, with the rules that tie it to the header.
pub(crate) trait AnswerBody: Element {
    /// # Errors
    /// The rule that is broken.
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault>;

    /// The body without anything in it, where that says something: that nobody was found.
    fn empty() -> Option<Self> {
        None
    }
}

/// Reads an answer that came in the given encoding.
pub(crate) fn read<B: AnswerBody>(root: &Node<'_>, encoding: Encoding) -> Result<Answer<B>, Fault> {
    let layout = HeaderLayout::pick(root, "MessageHeader")?;
    if layout.character_code_identifier.is_some_and(|stated| stated != encoding) {
        let rule = "does not fit the encoding of the file";
        return Err(Fault::rule("CharacterCodeIdentifier", rule).within(root.offset));
    }
    let (header, stated) = layout.split().map_err(|fault| fault.within(root.offset))?;
    let outcome = match stated {
        Outcome::Normal(()) => {
            let body = match Option::<B>::pick(root, "MessageBody")?.or_else(B::empty) {
                Some(body) => body,
                None => B::pick(root, "MessageBody")?,
            };
            body.fits(&header).map_err(|fault| fault.within(root.offset))?;
            Outcome::Normal(body)
        }
        Outcome::InProcess => Outcome::InProcess,
        Outcome::Error(report) => Outcome::Error(report),
    };
    match (&outcome, single(root, "MessageBody")?) {
        (Outcome::InProcess | Outcome::Error(_), Some(body)) => {
            let rule = "must be empty unless SegmentOfResult is 1";
            Err(Fault::rule("MessageBody", rule).within(body.offset))
        }
        (Outcome::Normal(_), _) | (_, None) => Ok(Answer { header, outcome }),
    }
}

/// Writes an answer for the given encoding.
pub(crate) fn write<B: AnswerBody>(answer: &Answer<B>, encoding: Encoding) -> Node<'static> {
    let (segment_of_result, report, body) = match &answer.outcome {
        Outcome::Normal(body) => (SegmentOfResult::Normal, None, Some(body)),
        Outcome::InProcess => (SegmentOfResult::InProcess, None, None),
        Outcome::Error(report) => (SegmentOfResult::Error, Some(report), None),
    };
    let header = answer.header.clone();
    let layout = HeaderLayout {
        process_execution_time: header.process_execution_time,
        qualification_confirmation_date: header.qualification_confirmation_date,
        medical_institution_code: header.medical_institution_code,
        arbitrary_file_identifier: header.arbitrary_file_identifier,
        reference_classification: header.reference_classification,
        reception_number: header.reception_number,
        segment_of_result,
        error_code: report.map(|report| report.code.clone()),
        error_message: report.map(|report| report.message.clone()),
        number_of_processing_result: header.counts.map(Counts::all),
        number_of_normal_processing: header.counts.map(|counts| counts.normal),
        number_of_error: header.counts.map(|counts| counts.error),
        character_code_identifier: Some(encoding),
        qualification_confirmation_key: header.qualification_confirmation_key,
    };
    let empty = || Node::group("MessageBody", Vec::new());
    let body = body.map_or_else(empty, |body| body.write("MessageBody"));
    Node::group("XmlMsg", vec![layout.write("MessageHeader"), body])
}

/// The shape of an answer: with its body, or without.
pub(crate) fn shape<B: AnswerBody>() -> Group {
    let mut places = HeaderLayout::places("MessageHeader", "header");
    places.extend(Option::<B>::places("MessageBody", "body, empty unless SegmentOfResult is 1"));
    Group { name: "Answer", places }
}

impl HeaderLayout {
    /// Takes the outcome apart from the rest and checks that its elements belong together.
    fn split(self) -> Result<(AnswerHeader, Outcome<()>), Fault> {
        let counts = self.counts()?;
        let outcome = match (self.segment_of_result, self.error_code, self.error_message) {
            (SegmentOfResult::Normal, None, None) => Outcome::Normal(()),
            (SegmentOfResult::InProcess, None, None) => Outcome::InProcess,
            (SegmentOfResult::Normal | SegmentOfResult::InProcess, _, _) => {
                return Err(Fault::rule("ErrorCode", "only with SegmentOfResult 9"));
            }
            (SegmentOfResult::Error, Some(code), Some(message)) => {
                Outcome::Error(ErrorReport { code, message })
            }
            (SegmentOfResult::Error, None, _) => return Err(missing("ErrorCode")),
            (SegmentOfResult::Error, _, None) => return Err(missing("ErrorMessage")),
        };
        let header = AnswerHeader {
            process_execution_time: self.process_execution_time,
            qualification_confirmation_date: self.qualification_confirmation_date,
            medical_institution_code: self.medical_institution_code,
            arbitrary_file_identifier: self.arbitrary_file_identifier,
            reference_classification: self.reference_classification,
            reception_number: self.reception_number,
            counts,
            qualification_confirmation_key: self.qualification_confirmation_key,
        };
        Ok((header, outcome))
    }

    /// The three counts stand together, and the first is the sum of the others.
    fn counts(&self) -> Result<Option<Counts>, Fault> {
        match (
            self.number_of_processing_result,
            self.number_of_normal_processing,
            self.number_of_error,
        ) {
            (None, None, None) => Ok(None),
            (Some(all), Some(normal), Some(error)) if Some(all) == normal.checked_add(error) => {
                Ok(Some(Counts { normal, error }))
            }
            (Some(_), Some(_), Some(_)) => {
                Err(Fault::rule("NumberOfProcessingResult", "is not the sum of the other two"))
            }
            (None, _, _) => Err(missing("NumberOfProcessingResult")),
            (_, None, _) => Err(missing("NumberOfNormalProcessing")),
            (_, _, None) => Err(missing("NumberOfError")),
        }
    }
}

fn missing(element: &'static str) -> Fault {
    Fault { kind: MessageErrorKind::Missing { element }, offset: None }
}
