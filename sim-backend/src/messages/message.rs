//! The message of any family: decode, encode, and the order of elements.

use super::bulk::{Reception, ReceptionRequest};
use super::care::RepeatRequest;
use super::element::Element;
use super::encoding::Encoding;
use super::error::{Fault, MessageError, MessageErrorKind, Position};
use super::form::{self, Form, Order, Syntax};
use super::header::{self, Answer, AnswerBody, AnswerHeader, ErrorReport, Outcome};
use super::history::HistoryAnswer;
use super::json;
use super::muhvq::{HomeVisitQuery, HomeVisitResult};
use super::muonq::{OnlineCareQuery, OnlineCareResult};
use super::muquc::{BulkQuery, BulkQueryResult};
use super::mutic::{MedicalAidQuery, MedicalAidResult};
use super::names::Family;
use super::number::InstitutionCode;
use super::person::{PersonAnswer, PersonQuery};
use super::scalar::Identifier;
use super::shape::{Content, Group};
use super::siimm::{
    BulkReferenceNumberRequest, BulkReferenceNumberResult, ReferenceNumberAnswer,
    ReferenceNumberRequest,
};
use super::sim::{
    CertificateAnswer, CertificateRequest, ChallengeAnswer, ChallengeRequest, QualificationRequest,
};
use super::siquc::{self, NumberQuery, QualificationAnswer, QualificationBody};
use super::tkk::{HealthCheckAnswer, HealthCheckRequest};
use super::xml::{self, MAX_BYTES, Node};
use super::yzk::{DrugAnswer, DrugRequest};

const ROOT: &str = "XmlMsg";

/// What can be a whole message: read from the root and written to it.
trait Whole: Sized {
    fn read(root: &Node<'_>, encoding: Encoding) -> Result<Self, Fault>;
    fn write(&self, encoding: Encoding) -> Node<'static>;
    fn shape() -> Group;
}

impl<T: Element> Whole for T {
    fn read(root: &Node<'_>, _: Encoding) -> Result<Self, Fault> {
        Element::read(root)
    }

    fn write(&self, _: Encoding) -> Node<'static> {
        Element::write(self, ROOT)
    }

    fn shape() -> Group {
        match T::content() {
            Content::Group(group) => group,
            Content::Value(_) | Content::List(_) => Group { name: ROOT, places: Vec::new() },
        }
    }
}

impl<B: AnswerBody> Whole for Answer<B> {
    fn read(root: &Node<'_>, encoding: Encoding) -> Result<Self, Fault> {
        header::read(root, encoding)
    }

    fn write(&self, encoding: Encoding) -> Node<'static> {
        header::write(self, encoding)
    }

    fn shape() -> Group {
        header::shape::<B>()
    }
}

impl Whole for Box<PersonAnswer> {
    fn read(root: &Node<'_>, encoding: Encoding) -> Result<Self, Fault> {
        header::read(root, encoding).map(Self::new)
    }

    fn write(&self, encoding: Encoding) -> Node<'static> {
        header::write(self, encoding)
    }

    fn shape() -> Group {
        <PersonAnswer as Whole>::shape()
    }
}

impl Whole for Box<QualificationAnswer> {
    fn read(root: &Node<'_>, encoding: Encoding) -> Result<Self, Fault> {
        let mut answer: QualificationAnswer = header::read(root, encoding)?;
        siquc::take_prescription_of_record(&mut answer, root)?;
        Ok(Self::new(answer))
    }

    fn write(&self, encoding: Encoding) -> Node<'static> {
        header::write(self, encoding)
    }

    fn shape() -> Group {
        siquc::with_prescription_in_record(header::shape::<QualificationBody>())
    }
}

/// Who sent a request, and the name it gave its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// `MedicalInstitutionCode`, as stated.
    pub institution: InstitutionCode,
    /// `ArbitraryFileIdentifier`.
    pub file: Option<Identifier>,
}

/// Declares the messages: each variant is called as its family, requests first.
macro_rules! messages {
    (
        requests { $($request:ident($asked:ty),)+ }
        answers { $($answer:ident($given:ty) $refused:expr,)+ }
    ) => {
        /// A message of one of the simulated families; its [`Family`] tells the name.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Message {
            $(#[doc = concat!("A request, [`Family::", stringify!($request), "`].")] $request($asked),)+
            $(#[doc = concat!("An answer, [`Family::", stringify!($answer), "`].")] $answer($given),)+
        }

        impl Message {
            /// The family.
            pub fn family(&self) -> Family {
                match self {
                    $(Self::$request(_) => Family::$request,)+
                    $(Self::$answer(_) => Family::$answer,)+
                }
            }

            /// Who asks; an answer asks nothing.
            pub fn sender(&self) -> Option<Sender> {
                match self {
                    $(Self::$request(message) => Some(Sender {
                        institution: message.header.medical_institution_code.clone(),
                        file: message.header.arbitrary_file_identifier.clone(),
                    }),)+
                    $(Self::$answer(_) => None,)+
                }
            }

            /// The error answer to a request of the family, in the shape of that family's answers; `None`, or a family
            /// that is an answer itself, gives the answer without a family.
            pub fn refusal(
                request: Option<Family>,
                header: AnswerHeader,
                report: ErrorReport,
            ) -> Self {
                match request.and_then(Family::answer) {
                    $(Some(Family::$answer) => {
                        let refused: fn(AnswerHeader, ErrorReport) -> $given = $refused;
                        Self::$answer(refused(header, report))
                    })+
                    $(Some(Family::$request))|+ | None => Self::ErrorAnswer(error(header, report)),
                }
            }

            fn read(family: Family, root: &Node<'_>, encoding: Encoding) -> Result<Self, Fault> {
                if root.name != ROOT {
                    return Err(Fault::at(MessageErrorKind::Root { expected: ROOT }, root.offset));
                }
                Ok(match family {
                    $(Family::$request => Self::$request(Whole::read(root, encoding)?),)+
                    $(Family::$answer => Self::$answer(Whole::read(root, encoding)?),)+
                })
            }

            /// The shape of the messages of a family, its root element's.
            #[must_use]
            pub fn shape(family: Family) -> Group {
                match family {
                    $(Family::$request => <$asked as Whole>::shape(),)+
                    $(Family::$answer => <$given as Whole>::shape(),)+
                }
            }

            fn write(&self, encoding: Encoding) -> Node<'static> {
                match self {
                    $(Self::$request(message) => Whole::write(message, encoding),)+
                    $(Self::$answer(message) => Whole::write(message, encoding),)+
                }
            }
        }
    };
}

messages! {
    requests {
        NumberQuery(NumberQuery),
        BulkQuery(BulkQuery),
        BulkQueryResultRequest(ReceptionRequest),
        ReferenceNumberRequest(ReferenceNumberRequest),
        BulkReferenceNumberRequest(BulkReferenceNumberRequest),
        BulkReferenceNumberResultRequest(ReceptionRequest),
        MedicalAidQuery(MedicalAidQuery),
        MedicalAidResultRequest(ReceptionRequest),
        HomeVisitQuery(HomeVisitQuery),
        HomeVisitResultRequest(ReceptionRequest),
        OnlineCareQuery(OnlineCareQuery),
        OnlineCareResultRequest(ReceptionRequest),
        DrugRequest(DrugRequest),
        HealthCheckRequest(HealthCheckRequest),
        ChallengeRequest(ChallengeRequest),
        CertificateRequest(CertificateRequest),
        QualificationRequest(QualificationRequest),
        PersonQuery(PersonQuery),
        RepeatRequest(RepeatRequest),
    }
    answers {
        QualificationAnswer(Box<QualificationAnswer>) |header, report| Box::new(error(header, report)),
        BulkQueryReception(Answer<Reception>) error,
        BulkQueryResult(BulkQueryResult) error,
        ReferenceNumberAnswer(ReferenceNumberAnswer) error,
        BulkReferenceNumberReception(Answer<Reception>) error,
        BulkReferenceNumberResult(BulkReferenceNumberResult) error,
        MedicalAidReception(Answer<Reception>) error,
        MedicalAidResult(MedicalAidResult) error,
        HomeVisitReception(Answer<Reception>) error,
        HomeVisitResult(HomeVisitResult) error,
        OnlineCareReception(Answer<Reception>) error,
        OnlineCareResult(OnlineCareResult) error,
        DrugAnswer(DrugAnswer) HistoryAnswer::refused,
        HealthCheckAnswer(HealthCheckAnswer) HistoryAnswer::refused,
        ChallengeAnswer(ChallengeAnswer) error,
        CertificateAnswer(CertificateAnswer) error,
        PersonAnswer(Box<PersonAnswer>) |header, report| Box::new(error(header, report)),
        ErrorAnswer(Answer<Nothing>) error,
    }
}

/// The body of an answer that can only be an error: there is no value of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nothing {}

impl Element for Nothing {
    fn read(node: &Node<'_>) -> Result<Self, Fault> {
        Err(Fault::rule("SegmentOfResult", "can only be 9 here").within(node.offset))
    }

    fn write(&self, _: &'static str) -> Node<'static> {
        match *self {}
    }

    fn content() -> Content {
        Content::Group(Group { name: "EmptyBody", places: Vec::new() })
    }
}

impl AnswerBody for Nothing {
    fn fits(&self, _: &AnswerHeader) -> Result<(), Fault> {
        match *self {}
    }
}

fn error<B>(header: AnswerHeader, report: ErrorReport) -> Answer<B> {
    Answer { header, outcome: Outcome::Error(report) }
}

/// Reads a message of a family from a sender we do not trust, and tells its encoding.
///
/// # Errors
/// [`MessageError`] with kind and place: size, encoding, XML, missing or wrong elements.
pub fn decode(family: Family, bytes: &[u8]) -> Result<(Message, Encoding), MessageError> {
    let whole = |kind| MessageError { kind, position: None };
    if bytes.len() > MAX_BYTES {
        return Err(whole(MessageErrorKind::TooLarge { limit: MAX_BYTES }));
    }
    let encoding = Encoding::of_xml(bytes).map_err(|error| whole(error.into()))?;
    let text = encoding.decode(bytes).map_err(|error| whole(error.into()))?;
    let mark = encoding.mark_length(bytes);
    let read = xml::read(&text).and_then(|root| Message::read(family, &root, encoding));
    let placed = read.map_err(|fault| place(fault, &text, encoding, mark));
    placed.map(|message| (message, encoding))
}

/// Turns a place in the decoded text into one in the file.
fn place(fault: Fault, text: &str, encoding: Encoding, mark: usize) -> MessageError {
    let before = fault.offset.map(|offset| text.get(..offset).unwrap_or(text));
    let position = before.map(|before| Position {
        offset: mark + before.chars().map(|c| encoding.width(c)).sum::<usize>(),
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
    });
    MessageError { kind: fault.kind, position }
}

/// Writes a message in layout order.
///
/// # Errors
/// [`MessageError`] for a character the encoding lacks, and for a message that breaks the rules
/// reading would hold it to.
pub fn encode(message: &Message, encoding: Encoding) -> Result<Vec<u8>, MessageError> {
    encode_ordered(message, encoding, Order::Layout)
}

/// Writes a message with its elements in the given order.
///
/// # Errors
/// As [`encode`].
pub fn encode_ordered(
    message: &Message,
    encoding: Encoding,
    order: Order,
) -> Result<Vec<u8>, MessageError> {
    encode_as(message, Syntax::Xml(encoding), &Form { order, ..Form::default() })
}

/// Reads a message of a family from JSON of a sender we do not trust.
///
/// # Errors
/// As [`decode`]; only what is no JSON has a place.
pub fn decode_json(family: Family, bytes: &[u8]) -> Result<Message, MessageError> {
    if bytes.len() > MAX_BYTES {
        let kind = MessageErrorKind::TooLarge { limit: MAX_BYTES };
        return Err(MessageError { kind, position: None });
    }
    let root = json::read(bytes)?;
    let read = Message::read(family, &root, Encoding::Utf8);
    read.map_err(|fault| MessageError { kind: fault.kind, position: None })
}

/// Writes a message in a syntax and a form; the encoding is the syntax's.
///
/// # Errors
/// As [`encode`].
pub fn encode_as(message: &Message, syntax: Syntax, form: &Form) -> Result<Vec<u8>, MessageError> {
    let mut root = message.write(syntax.encoding());
    let whole = |kind| MessageError { kind, position: None };
    let family = message.family();
    Message::read(family, &root, syntax.encoding()).map_err(|fault| whole(fault.kind))?;
    if *form != Form::default() {
        form::shape(&mut root, &Message::shape(family), form);
    }
    match syntax {
        Syntax::Xml(encoding) => {
            encoding.encode(&xml::write(&root, encoding)).map_err(|error| whole(error.into()))
        }
        Syntax::Json => json::write(&root)
            .map_err(|error| whole(MessageErrorKind::NotJson { what: error.to_string() })),
    }
}
