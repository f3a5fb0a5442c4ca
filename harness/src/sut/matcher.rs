//! A product that compares faces for the reader, by the contract of `docs/faces.md`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use sim_reader::face::vendor::{HttpMatcher, ProcessMatcher, Start};
use sim_reader::face::{Matcher, NoScore};

use super::config::SutConfig;
use crate::error::BenchError;

/// How the matcher is reached, and what its scores mean.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "adapter", rename_all = "kebab-case", deny_unknown_fields)]
pub enum MatcherAdapter {
    /// A program that speaks JSON lines on standard input and output.
    Process(MatcherProcess),
    /// A server that takes each request by HTTP.
    Http(MatcherServer),
}

/// A program that is started as often as comparisons run side by side.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatcherProcess {
    /// Program and arguments; run in the folder of `madoguchi.yaml`.
    pub command: Vec<String>,
    /// How long one answer may take, in milliseconds.
    #[serde(default = "ten_seconds")]
    pub timeout_ms: u64,
    /// Environment variables beside the bench's own.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Score from which on two pictures are the same person's, 0 to 1.
    pub threshold: f64,
    /// Score from which on a capture is an attack, 0 to 1.
    #[serde(default = "half")]
    pub attack_threshold: f64,
}

/// A server that is running already.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatcherServer {
    /// Where each request is posted, `http://…`.
    pub url: String,
    /// How long one answer may take, in milliseconds.
    #[serde(default = "ten_seconds")]
    pub timeout_ms: u64,
    /// Score from which on two pictures are the same person's, 0 to 1.
    pub threshold: f64,
    /// Score from which on a capture is an attack, 0 to 1.
    #[serde(default = "half")]
    pub attack_threshold: f64,
}

const fn ten_seconds() -> u64 {
    10_000
}

const fn half() -> f64 {
    0.5
}

impl MatcherAdapter {
    /// Scores from which on two pictures are the same person's, and a capture is an attack.
    pub fn thresholds(&self) -> (f64, f64) {
        match self {
            Self::Process(of) => (of.threshold, of.attack_threshold),
            Self::Http(of) => (of.threshold, of.attack_threshold),
        }
    }

    fn timeout_ms(&self) -> u64 {
        match self {
            Self::Process(of) => of.timeout_ms,
            Self::Http(of) => of.timeout_ms,
        }
    }

    /// What is wrong with it, although it can be read.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let (same, attack) = self.thresholds();
        match self {
            Self::Process(of) if of.command.is_empty() => {
                Some("`command` is empty: it needs at least the program to start")
            }
            Self::Http(of) if !of.url.starts_with("http://") => {
                Some("`url` must begin with http://")
            }
            Self::Process(_) | Self::Http(_) if self.timeout_ms() == 0 => {
                Some("`timeout_ms` is 0: nothing can be answered in no time")
            }
            Self::Process(_) | Self::Http(_) => [same, attack]
                .iter()
                .any(|score| !(0.0..=1.0).contains(score))
                .then_some("`threshold` and `attack_threshold` are scores from 0 to 1"),
        }
    }

    fn matcher(&self, folder: &Path) -> Result<Arc<dyn Matcher>, BenchError> {
        let patience = Duration::from_millis(self.timeout_ms());
        let failed = |error| BenchError::setup("HTTP client", error);
        Ok(match self {
            Self::Process(of) => {
                let folder = (!folder.as_os_str().is_empty()).then(|| folder.to_owned());
                let (command, env) = (of.command.clone(), of.env.clone());
                Arc::new(ProcessMatcher::started(Start { command, folder, env }, patience))
            }
            Self::Http(of) => {
                let client = reqwest::Client::builder().no_proxy().build().map_err(failed)?;
                Arc::new(HttpMatcher::new(&of.url, client, patience))
            }
        })
    }
}

/// The product's matcher; `None` where the product is none. Nothing is started before the first comparison.
///
/// # Errors
/// [`BenchError::Setup`] when there is no HTTP client to be had.
pub fn matcher(sut: &SutConfig) -> Result<Option<Arc<dyn Matcher>>, BenchError> {
    sut.positions.matcher.as_ref().map(|adapter| adapter.matcher(&sut.folder)).transpose()
}

/// Why a matcher gave no score, unless the pictures are the reason: then it has said so, and that is an answer.
pub fn trouble(product: &str, why: &NoScore) -> Option<BenchError> {
    let product = product.to_owned();
    let unreadable = |product| BenchError::ProductUnreadable { product, reason: why.to_string() };
    match why {
        NoScore::Unusable(_) => None,
        NoScore::Silent { waited_ms } => {
            Some(BenchError::ProductSilent { product, waited_ms: *waited_ms })
        }
        NoScore::Unreachable(how) => Some(BenchError::ProductStart {
            command: product,
            source: std::io::Error::other(how.clone()),
        }),
        NoScore::Gone => Some(BenchError::ProductGone { product, how: why.kind().to_owned() }),
        NoScore::Unreadable(_) | NoScore::Status { .. } | NoScore::OutOfRange => {
            Some(unreadable(product))
        }
    }
}
