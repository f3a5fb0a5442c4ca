//! What the catalogue covers: requirement by scenario, by assertion, by mutant; as table, CSV, JSON and page.

mod csv;
mod page;
mod text;

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::model::{Level, Source, Text2};
use crate::scope::CheckKind;

pub use csv::Csv;
pub use page::Page;
pub use text::Table;

/// What a catalogue covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The bench with its version.
    pub bench: String,
    /// Whether there are mutants: without any, nothing can be said about which rows they prove.
    pub with_mutants: bool,
    /// One row a requirement, by id.
    pub rows: Vec<Row>,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// `OQS-…`.
    pub id: String,
    /// `CERT` of `OQS-CERT-07`.
    pub group: String,
    /// How strongly it binds.
    pub level: Level,
    /// Strength of the source.
    pub tier: u8,
    /// Whom it binds.
    pub actor: String,
    /// What it says.
    pub statement: Text2,
    /// Where it comes from.
    pub source: Source,
    /// What goes wrong without it.
    pub risk: String,
    /// How it is checked.
    pub check: CheckKind,
    /// Why no assertion checks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text2>,
    /// The scenarios that bear it, by id.
    pub scenarios: Vec<Scene>,
    /// Mutants that must die by it, by id.
    pub mutants: Vec<String>,
}

/// One scenario that bears a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// `area/slug`.
    pub id: String,
    /// Its name.
    pub title: Text2,
    /// Whether it is a deviation with a twin.
    pub deviation: bool,
    /// The assertions in it that bear the requirement.
    pub assertions: Vec<String>,
}

/// How far a requirement is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// An assertion bears it, and a mutant must die by it.
    Proven,
    /// An assertion bears it; no mutant shows that it can fail.
    Checked,
    /// A person checks it or answers for it.
    ByHand,
    /// Nothing checks it.
    Open,
}

impl State {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Proven, Self::Checked, Self::ByHand, Self::Open];

    /// In words.
    #[must_use]
    pub fn word(self) -> Text2 {
        let (ja, en) = match self {
            Self::Proven => ("判定と変異体あり", "asserted, with mutants"),
            Self::Checked => ("判定あり", "asserted"),
            Self::ByHand => ("人が確かめる", "by people"),
            Self::Open => ("確かめない", "not checked"),
        };
        Text2::new(ja, en)
    }
}

impl Row {
    /// How far it is covered.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.assertions(), self.check) {
            (0, CheckKind::Guided | CheckKind::Attest) => State::ByHand,
            (0, CheckKind::Auto | CheckKind::None) => State::Open,
            _ if self.mutants.is_empty() => State::Checked,
            _ => State::Proven,
        }
    }

    /// How many assertions bear it.
    #[must_use]
    pub fn assertions(&self) -> usize {
        self.scenarios.iter().map(|scene| scene.assertions.len()).sum()
    }
}

impl Coverage {
    /// How many rows of a tier are in a state.
    #[must_use]
    pub fn count(&self, tier: u8, state: State) -> usize {
        self.rows.iter().filter(|row| row.tier == tier && row.state() == state).count()
    }
}

/// Turns a coverage into a file or screen.
pub trait CoverageWriter {
    /// Writes it; the same coverage gives the same bytes.
    ///
    /// # Errors
    /// Whatever `out` reports.
    fn write(&self, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()>;
}

/// The writer of JSON.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

impl CoverageWriter for Json {
    fn write(&self, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, coverage)?;
        writeln!(out)
    }
}

#[cfg(test)]
mod tests;
