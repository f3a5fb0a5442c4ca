//! How a person is reached: the adapter of a position, and the one desk that all positions share.

use std::net::SocketAddr;

use reports::words::Language;
use serde::Deserialize;

use super::desk::{Desk, Ended};
use super::{console, page};
use crate::error::BenchError;
use crate::locale::language;

/// A position whose product a person operates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HumanAdapter {
    /// How long the person may take for one answer, in milliseconds; as long as it takes when absent, since somebody at lunch is no refusal.
    pub timeout_ms: Option<u64>,
}

/// The desk, from `madoguchi.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HumanSettings {
    /// Where the page is served, `IP:PORT`; none when absent.
    pub page: Option<SocketAddr>,
    /// `ja` or `en`; the locale's when absent.
    pub language: Option<Tongue>,
}

/// A language by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl HumanSettings {
    /// The language of the questions.
    fn language(&self) -> Language {
        match self.language {
            Some(Tongue::Ja) => Language::Japanese,
            Some(Tongue::En) => Language::English,
            None => language(),
        }
    }
}

/// Starts whatever asks the person, once for each desk.
///
/// # Errors
/// [`BenchError::Address`].
pub(super) fn open(desk: &Desk, settings: Option<&HumanSettings>) -> Result<(), BenchError> {
    if desk.opened().get().is_some() {
        return Ok(());
    }
    let settings = settings.cloned().unwrap_or_default();
    let url = settings.page.map(|address| page::serve(desk, address)).transpose()?;
    if desk.opened().set(url.clone()).is_ok() {
        console::start(desk, settings.language(), url);
    }
    Ok(())
}

impl Ended {
    /// How it ended, in the words of an error.
    pub fn words(self) -> &'static str {
        match self {
            Self::ByPerson => "the person who operates the product ended the run",
            Self::InputEnded => "nobody is there to answer: the input has come to its end",
            Self::Interrupted => "the run was interrupted by Ctrl-C while a question waited",
            Self::Finished => "the run is over",
        }
    }
}
