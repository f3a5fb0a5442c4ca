//! One request file out, its answer file in.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::POLL;
use super::claim::ClaimError;
use super::messages::ResultError;
use super::protocol::{Reply, Status, code};
use crate::terminal::encoding::EncodingError;
use crate::terminal::messages::Problem;
use crate::terminal::xml::{self, Element};
use crate::terminal::{Encoding, Folders};

/// Why an operation brought no result.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The other side said no.
    #[error("refused with {code}: {message}")]
    Rejected {
        /// `ErrorCode`, `ProcessingResultCode` or `ResultCode`.
        code: String,
        /// The message beside it.
        message: String,
    },
    /// No answer file in time: an outage, no refusal (OQS-FALL-14).
    #[error("no answer file came in time; note the card's front and ask again later")]
    NoAnswer,
    /// The answer file names another request or institution (OQS-MSG-15).
    #[error("the answer file belongs to another request")]
    WrongAnswer,
    /// The answer is complete but not as its layout requires.
    #[error("the answer cannot be used: {0}")]
    Unusable(String),
    /// Nothing confirmed to claim on.
    #[error("no insurance was confirmed for this chart on that day")]
    NothingConfirmed,
    /// No such chart.
    #[error("there is no chart {0}")]
    NoChart(String),
    /// The operation itself makes no sense.
    #[error("{0}")]
    Request(String),
    /// Not simulated.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// A shared folder cannot be used.
    #[error("a shared folder cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// The claim cannot be written.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The request cannot be written in its encoding.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
}

impl DeskError {
    /// The error as a reply of the protocol.
    pub fn reply(&self, id: u64) -> Reply {
        let (status, code) = match self {
            Self::Rejected { code, .. } => (Status::Rejected, Some(code.as_str())),
            Self::NothingConfirmed => (Status::Rejected, Some(code::NOTHING_CONFIRMED)),
            Self::NoAnswer => (Status::Error, Some(code::NO_ANSWER)),
            Self::WrongAnswer => (Status::Error, Some(code::WRONG_ANSWER)),
            Self::NoChart(_) => (Status::Error, Some(code::NO_CHART)),
            Self::Unsupported(_) => (Status::Unsupported, None),
            Self::Unusable(_)
            | Self::Request(_)
            | Self::Folder(_)
            | Self::Claim(_)
            | Self::Encoding(_) => (Status::Error, None),
        };
        Reply::not_ok(id, status, code.map(str::to_owned), self.to_string())
    }
}

impl From<ResultError> for DeskError {
    fn from(error: ResultError) -> Self {
        match error {
            ResultError::Problem(Problem::Refused { code, message }) => {
                Self::Rejected { code, message }
            }
            ResultError::Problem(Problem::Incomplete(_))
            | ResultError::Xml(_)
            | ResultError::Value(_) => Self::Unusable(error.to_string()),
        }
    }
}

/// A request to be dropped.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub family: &'static str,
    pub message: Element,
    /// `ArbitraryFileIdentifier` of the message.
    pub identifier: String,
    pub encoding: Encoding,
}

/// What an answer file holds.
#[derive(Debug)]
pub(super) enum Fetched {
    /// A message.
    Message(Element),
    /// A document, by the file's name (OQS-INFO-07).
    Document(String),
}

/// The client's side of `req` and `res`.
#[derive(Debug)]
pub(super) struct Exchange {
    institution: String,
    folders: Folders,
    count: u32,
}

impl Exchange {
    pub fn new(institution: String, folders: Folders) -> Self {
        Self { institution, folders, count: 0 }
    }

    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// An identifier for a message that needs one of ours.
    pub fn identifier(&mut self) -> String {
        self.count += 1;
        format!("M{:07}", self.count)
    }

    /// Drops the request, waits for the answer of the same suffix and takes it away.
    pub async fn send(
        &mut self,
        outgoing: &Outgoing,
        limit: Duration,
    ) -> Result<Element, DeskError> {
        match self.fetch(outgoing, limit).await? {
            Fetched::Message(answer) => Ok(answer),
            Fetched::Document(file) => Err(DeskError::Unusable(format!("{file} is a document"))),
        }
    }

    /// The same where the answer may be a document.
    pub async fn fetch(
        &mut self,
        outgoing: &Outgoing,
        limit: Duration,
    ) -> Result<Fetched, DeskError> {
        let bytes = xml::write(&outgoing.message, outgoing.encoding)?;
        let suffix = self.free_suffix(outgoing.family);
        let request = format!("{}req{suffix}", outgoing.family);
        let aside = self.folders.req.join(format!(".{request}.part"));
        fs::write(&aside, bytes)?;
        fs::rename(aside, self.folders.req.join(request))?;
        let answer = self.answer(format!("{}res{suffix}", outgoing.family));
        let answer = tokio::time::timeout(limit, answer).await.map_err(|_| DeskError::NoAnswer)?;
        match &answer {
            Fetched::Message(message) if !self.belongs(message, outgoing) => {
                Err(DeskError::WrongAnswer)
            }
            Fetched::Message(_) | Fetched::Document(_) => Ok(answer),
        }
    }

    /// Waits for a complete answer file; half a file is looked at again (OQS-MSG-13).
    async fn answer(&self, file: String) -> Fetched {
        let document = file.replace(".xml", ".pdf");
        let (path, beside) = (self.folders.res.join(file), self.folders.res.join(&document));
        loop {
            let read = fs::read(&path).ok().and_then(|bytes| xml::parse(&bytes).ok());
            if let Some((root, _)) = read {
                take_away(&path);
                return Fetched::Message(root);
            }
            if fs::read(&beside).is_ok_and(|bytes| bytes.starts_with(b"%PDF-")) {
                take_away(&beside);
                return Fetched::Document(document);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// A suffix under which neither a request nor a stale answer lies (OQS-MSG-14).
    fn free_suffix(&mut self, family: &str) -> String {
        loop {
            self.count += 1;
            let suffix = format!("_{}_{:04}.xml", self.institution, self.count);
            let taken = self.folders.req.join(format!("{family}req{suffix}")).exists()
                || self.folders.res.join(format!("{family}res{suffix}")).exists();
            if !taken {
                return suffix;
            }
        }
    }

    /// What an answer says of its request must fit; an error answer may say less.
    fn belongs(&self, answer: &Element, outgoing: &Outgoing) -> bool {
        let Some(header) = answer.child("MessageHeader") else { return false };
        let fits = |name, ours: &str| {
            header.text_of(name).is_none_or(|theirs| theirs.trim() == ours.trim())
        };
        fits("MedicalInstitutionCode", &self.institution)
            && fits("ArbitraryFileIdentifier", &outgoing.identifier)
    }
}

fn take_away(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, "an answer file cannot be removed");
    }
}

/// `YYYY-MM` or `YYYYMM` as six digits.
pub(super) fn six_digits(month: &str) -> Result<String, DeskError> {
    let digits = month.replace('-', "");
    let real = digits.len() == 6
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && digits
            .get(4..)
            .and_then(|month| month.parse().ok())
            .is_some_and(|month: u8| (1..=12).contains(&month));
    real.then_some(digits)
        .ok_or_else(|| DeskError::Request(format!("{month:?} is no month; write YYYY-MM")))
}
