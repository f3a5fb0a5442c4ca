//! Adapters: how a product is reached, whatever position it fills.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How a position is reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "adapter", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Adapter {
    /// A program that speaks JSON lines on standard input and output.
    Process(ProcessAdapter),
    /// A server that takes each request by HTTP.
    Http(HttpAdapter),
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
            Self::Http(_) | Self::Reverse(_) => false,
        }
    }

    /// Whether nothing is ordered of it, only listened to.
    pub fn is_reverse(&self) -> bool {
        match self {
            Self::Reverse(_) => true,
            Self::Process(_) | Self::Http(_) => false,
        }
    }

    /// How long one operation may take, in milliseconds.
    pub fn timeout_ms(&self) -> u64 {
        match self {
            Self::Process(adapter) => adapter.timeout_ms,
            Self::Http(adapter) => adapter.timeout_ms,
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
            Self::Process(_) | Self::Http(_) | Self::Reverse(_) => (self.timeout_ms() == 0)
                .then_some("`timeout_ms` is 0: nothing can be answered in no time"),
        }
    }
}
