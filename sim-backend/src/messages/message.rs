//! The message of any family: decode, encode, and the order of elements.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::element::Element;
use super::encoding::Encoding;
use super::error::{Fault, MessageError, MessageErrorKind, Position};
use super::header::{self, Answer, AnswerBody, AnswerHeader, ErrorReport, Outcome};
use super::names::Family;
use super::sim::{
    CertificateAnswer, CertificateRequest, ChallengeAnswer, ChallengeRequest, QualificationRequest,
};
use super::siquc::{NumberQuery, QualificationAnswer};
use super::xml::{self, MAX_BYTES, Node};
use super::yzk::{DrugAnswer, DrugOutcome, DrugRequest};

const ROOT: &str = "XmlMsg";

/// A message of one of the simulated families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// OQSsiquc01req.
    NumberQuery(NumberQuery),
    /// OQSsiquc01res or face result.
    QualificationAnswer(Box<QualificationAnswer>),
    /// YZKsiquc01req.
    DrugRequest(DrugRequest),
    /// YZKsiquc01res.
    DrugAnswer(DrugAnswer),
    /// SIMchalng01req.
    ChallengeRequest(ChallengeRequest),
    /// SIMchalng01res.
    ChallengeAnswer(ChallengeAnswer),
    /// SIMcertif01req.
    CertificateRequest(CertificateRequest),
    /// SIMcertif01res.
    CertificateAnswer(CertificateAnswer),
    /// SIMqualif01req.
    QualificationRequest(QualificationRequest),
    /// SIMerrorm01res: header and error only.
    ErrorAnswer(Answer<Nothing>),
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
}

impl AnswerBody for Nothing {
    fn fits(&self, _: &AnswerHeader) -> Result<(), Fault> {
        match *self {}
    }
}

/// Order of the elements within a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As the layout lists them.
    #[default]
    Layout,
    /// Scattered, as real files are; the same seed gives the same order. Repeats of one element
    /// keep their order among themselves (OQS-MSG-04).
    Shuffled(u64),
}

impl Message {
    /// The family.
    pub fn family(&self) -> Family {
        match self {
            Self::NumberQuery(_) => Family::NumberQuery,
            Self::QualificationAnswer(_) => Family::QualificationAnswer,
            Self::DrugRequest(_) => Family::DrugRequest,
            Self::DrugAnswer(_) => Family::DrugAnswer,
            Self::ChallengeRequest(_) => Family::ChallengeRequest,
            Self::ChallengeAnswer(_) => Family::ChallengeAnswer,
            Self::CertificateRequest(_) => Family::CertificateRequest,
            Self::CertificateAnswer(_) => Family::CertificateAnswer,
            Self::QualificationRequest(_) => Family::QualificationRequest,
            Self::ErrorAnswer(_) => Family::ErrorAnswer,
        }
    }

    /// The error answer to a request of the family, in the shape of that family's answers; `None`,
    /// or a family that is an answer itself, gives the answer without a family.
    pub fn refusal(request: Option<Family>, header: AnswerHeader, report: ErrorReport) -> Self {
        match request.and_then(Family::answer) {
            Some(Family::QualificationAnswer) => {
                Self::QualificationAnswer(Box::new(error(header, report)))
            }
            Some(Family::ChallengeAnswer) => Self::ChallengeAnswer(error(header, report)),
            Some(Family::CertificateAnswer) => Self::CertificateAnswer(error(header, report)),
            Some(Family::DrugAnswer) => Self::DrugAnswer(DrugAnswer {
                process_execution_time: header.process_execution_time,
                medical_institution_code: header.medical_institution_code,
                arbitrary_file_identifier: header.arbitrary_file_identifier,
                outcome: DrugOutcome::Refused {
                    result_code: report.code,
                    message_contents: report.message,
                },
            }),
            Some(
                Family::NumberQuery
                | Family::DrugRequest
                | Family::ChallengeRequest
                | Family::CertificateRequest
                | Family::QualificationRequest
                | Family::ErrorAnswer,
            )
            | None => Self::ErrorAnswer(error(header, report)),
        }
    }

    fn read(family: Family, root: &Node<'_>, encoding: Encoding) -> Result<Self, Fault> {
        if root.name != ROOT {
            return Err(Fault::at(MessageErrorKind::Root { expected: ROOT }, root.offset));
        }
        Ok(match family {
            Family::NumberQuery => Self::NumberQuery(Element::read(root)?),
            Family::QualificationAnswer => {
                Self::QualificationAnswer(Box::new(header::read(root, encoding)?))
            }
            Family::DrugRequest => Self::DrugRequest(Element::read(root)?),
            Family::DrugAnswer => Self::DrugAnswer(Element::read(root)?),
            Family::ChallengeRequest => Self::ChallengeRequest(Element::read(root)?),
            Family::ChallengeAnswer => Self::ChallengeAnswer(header::read(root, encoding)?),
            Family::CertificateRequest => Self::CertificateRequest(Element::read(root)?),
            Family::CertificateAnswer => Self::CertificateAnswer(header::read(root, encoding)?),
            Family::QualificationRequest => Self::QualificationRequest(Element::read(root)?),
            Family::ErrorAnswer => Self::ErrorAnswer(header::read(root, encoding)?),
        })
    }

    fn write(&self, encoding: Encoding) -> Node<'static> {
        match self {
            Self::NumberQuery(message) => message.write(ROOT),
            Self::QualificationAnswer(message) => header::write(message, encoding),
            Self::DrugRequest(message) => message.write(ROOT),
            Self::DrugAnswer(message) => message.write(ROOT),
            Self::ChallengeRequest(message) => message.write(ROOT),
            Self::ChallengeAnswer(message) => header::write(message, encoding),
            Self::CertificateRequest(message) => message.write(ROOT),
            Self::CertificateAnswer(message) => header::write(message, encoding),
            Self::QualificationRequest(message) => message.write(ROOT),
            Self::ErrorAnswer(message) => header::write(message, encoding),
        }
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
    let mut root = message.write(encoding);
    let whole = |kind| MessageError { kind, position: None };
    Message::read(message.family(), &root, encoding).map_err(|fault| whole(fault.kind))?;
    if let Order::Shuffled(seed) = order {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        root.children.iter_mut().for_each(|child| shuffle(child, &mut rng));
    }
    let text = xml::write(&root, encoding);
    encoding.encode(&text).map_err(|error| whole(error.into()))
}

/// Shuffles the children of a group by name, and theirs.
fn shuffle(node: &mut Node<'_>, rng: &mut ChaCha8Rng) {
    let mut by_name: Vec<Vec<Node<'_>>> = Vec::new();
    for child in node.children.drain(..) {
        match by_name.iter_mut().find(|group| group.iter().any(|other| other.name == child.name)) {
            Some(group) => group.push(child),
            None => by_name.push(vec![child]),
        }
    }
    by_name.shuffle(rng);
    node.children = by_name.into_iter().flatten().collect();
    node.children.iter_mut().for_each(|child| shuffle(child, rng));
}
