//! Adapters: how a product is reached, whatever position it fills.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::folder::FolderAdapter;
use super::human::HumanAdapter;
use crate::catalogue::Position;

/// How a position is reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "adapter", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Adapter {
    /// A program that speaks JSON lines on standard input and output.
    Process(ProcessAdapter),
    /// A server that takes each request by HTTP.
    Http(HttpAdapter),
    /// A person who operates the product and tells what it did.
    Human(HumanAdapter),
    /// Shared folders that lie where they always lie, and a person or hooks for the rest.
    Folder(FolderAdapter),
    /// A product that works already beside another: the bench stands between them and listens; see [`super::reverse`].
    Reverse(ReverseAdapter),
}

/// Nothing is ordered of it, so nothing is said here: `taps` names the seams.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReverseAdapter {}

/// A server that is running already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpAdapter {
    /// Where each request is posted, `http://…`.
    pub url: String,
    /// How long one operation may take, in milliseconds.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u64,
}

/// A program that is started for the run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessAdapter {
    /// Program and arguments; run in the folder of `madoguchi.yaml`.
    pub command: Vec<String>,
    /// How long one operation may take, in milliseconds.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u64,
    /// Environment variables beside the bench's own.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

pub(super) const fn five_seconds() -> u64 {
    5_000
}

impl Adapter {
    /// Whether it is a program that the bench starts.
    pub fn is_process(&self) -> bool {
        match self {
            Self::Process(_) => true,
            Self::Http(_) | Self::Human(_) | Self::Folder(_) | Self::Reverse(_) => false,
        }
    }

    /// Whether nothing is ordered of it, only listened to.
    pub fn is_reverse(&self) -> bool {
        match self {
            Self::Reverse(_) => true,
            Self::Process(_) | Self::Http(_) | Self::Human(_) | Self::Folder(_) => false,
        }
    }

    /// Whether there is one of it for all scenarios: one person, or one set of folders.
    pub fn is_one_for_all(&self) -> bool {
        match self {
            Self::Human(_) | Self::Folder(_) => true,
            Self::Process(_) | Self::Http(_) | Self::Reverse(_) => false,
        }
    }

    /// Why it is no way to reach a product in this position, where it is none.
    pub(super) fn misplaced(&self, position: Position) -> Option<&'static str> {
        match self {
            Self::Process(_) | Self::Http(_) | Self::Reverse(_) => None,
            Self::Folder(adapter) => adapter.misplaced(position),
            Self::Human(_) => Self::beyond_people(position),
        }
    }

    /// Why no person can fill a position, where none can.
    fn beyond_people(position: Position) -> Option<&'static str> {
        match position {
            Position::ReceiptComputer => None,
            Position::CardMiddleware | Position::Card => Some(
                "a person cannot speak to a card, command by command: give it `process` or `http`",
            ),
            Position::Terminal | Position::Reader => Some(
                "a reader waits seconds for each answer, which is too short for a person: give it `process`, `http` or `folder`",
            ),
            Position::Matcher | Position::Backend | Position::AuthorityClient => Some(
                "it is asked again and again within one step, which no person keeps up with: give it `process` or `http`",
            ),
        }
    }

    /// How long one operation may take, in milliseconds.
    pub fn timeout_ms(&self) -> u64 {
        match self {
            Self::Process(adapter) => adapter.timeout_ms,
            Self::Http(adapter) => adapter.timeout_ms,
            Self::Human(adapter) => adapter.timeout_ms.unwrap_or(u64::MAX),
            Self::Folder(adapter) => adapter.timeout_ms.unwrap_or(u64::MAX),
            Self::Reverse(_) => five_seconds(),
        }
    }

    /// What is wrong with it, although it can be read.
    pub(super) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Process(adapter) if adapter.command.is_empty() => {
                Some("`command` is empty: it needs at least the program to start")
            }
            Self::Http(adapter) if !adapter.url.starts_with("http://") => {
                Some("`url` must begin with http://")
            }
            Self::Folder(adapter) if adapter.fault().is_some() => adapter.fault(),
            Self::Process(_)
            | Self::Http(_)
            | Self::Human(_)
            | Self::Folder(_)
            | Self::Reverse(_) => (self.timeout_ms() == 0)
                .then_some("`timeout_ms` is 0: nothing can be answered in no time"),
        }
    }
}
