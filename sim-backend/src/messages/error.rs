//! What can be wrong with a message, and where.

use std::fmt;

use super::encoding::EncodingError;

/// A place in a received file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before the place, counted in the file as received.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, column {} (byte {})", self.line, self.column, self.offset)
    }
}

/// A message that cannot be read, or a value that cannot be written.
///
/// The text never repeats a value of the message: it may be personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageError {
    /// What is wrong.
    pub kind: MessageErrorKind,
    /// Where; `None` when the message was never a file, or the file as a whole is at fault.
    pub position: Option<Position>,
}

impl fmt::Display for MessageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(out, "{} at {position}", self.kind),
            None => write!(out, "{}", self.kind),
        }
    }
}

impl std::error::Error for MessageError {}

/// The faults of a message, by kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum MessageErrorKind {
    #[error("the message is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    #[error("the XML is not well-formed: {what}")]
    NotWellFormed { what: String },
    #[error("a document type declaration is refused")]
    DocumentType,
    #[error("entity `&{name};` is refused: only the five of XML itself are read")]
    Entity { name: String },
    #[error("elements are nested deeper than {limit}")]
    TooDeep { limit: usize },
    #[error("the message has more than {limit} elements")]
    TooManyElements { limit: usize },
    #[error("an element has more than {limit} attributes")]
    TooManyAttributes { limit: usize },
    #[error("character U+{code:04X} is not allowed in XML")]
    IllegalCharacter { code: u32 },
    #[error("the root element is not {expected}")]
    Root { expected: &'static str },
    #[error("{element} is missing")]
    Missing { element: &'static str },
    #[error("{element} appears more than once")]
    Repeated { element: &'static str },
    #[error("{element} is not {expected}")]
    Value { element: String, expected: String },
    #[error("{element} holds elements where a value belongs")]
    NotAValue { element: String },
    #[error("{element} is an array where one value or object belongs")]
    NotOne { element: String },
    #[error("the JSON cannot be read: {what}")]
    NotJson { what: String },
    #[error("{element} is neither text, object nor array; write numbers and codes as text")]
    NotText { element: String },
    #[error("{element} holds text between its elements")]
    StrayText { element: String },
    #[error("{element}: {rule}")]
    Rule { element: &'static str, rule: &'static str },
}

/// A fault with its place in the decoded text, before that is turned into a [`Position`].
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub kind: MessageErrorKind,
    pub offset: Option<usize>,
}

impl Fault {
    /// A fault at a byte of the decoded text.
    pub fn at(kind: MessageErrorKind, offset: usize) -> Self {
        Self { kind, offset: Some(offset) }
    }

    /// A breach of a rule that ties several elements together.
    pub fn rule(element: &'static str, rule: &'static str) -> Self {
        Self { kind: MessageErrorKind::Rule { element, rule }, offset: None }
    }

    /// Gives a fault without a place the place of the element it happened in.
    pub fn within(mut self, offset: usize) -> Self {
        self.offset.get_or_insert(offset);
        self
    }
}
