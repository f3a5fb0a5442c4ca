//! Expected failures, in three files: what a product does not claim, which failures are excused for a while, and what an
//! earlier run knew. Only a waiver excuses a failure, and only for a time.

mod baseline;
mod conformance;
mod waiver;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use reports::model::{CaseResult, Check, Level, RunRecord, Verdict};
use reports::rollup;

pub use conformance::{Conformance, set_aside};
pub use waiver::{Versions, Waiver};

use crate::catalogue::Catalogue;

/// What is wrong with one of the three files.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum ExpectedError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{}:{line}: {reason}", path.display())]
    Says { path: PathBuf, line: usize, reason: String },
}

/// Where the three files are; each may be missing.
#[derive(Debug, Clone, Default)]
pub struct Files<'a> {
    /// What the product does not claim.
    pub conformance: Option<&'a Path>,
    /// What is excused.
    pub waivers: Option<&'a Path>,
    /// `result.json` of an earlier run.
    pub baseline: Option<&'a Path>,
}

/// What the three files say.
#[derive(Debug, Default)]
pub struct Expected {
    conformance: Option<Conformance>,
    waivers: Vec<Waiver>,
    baseline: Option<RunRecord>,
}

impl Expected {
    /// Reads the files and holds them against the catalogue.
    ///
    /// # Errors
    /// [`ExpectedError`] names the file and, where it can, the line.
    pub fn read(
        files: &Files<'_>,
        catalogue: &Catalogue,
        today: Date,
    ) -> Result<Self, ExpectedError> {
        let conformance =
            files.conformance.map(|path| conformance::read(path, catalogue)).transpose()?;
        let waivers = files.waivers.map(|path| waiver::read(path, catalogue, today)).transpose()?;
        let baseline = files.baseline.map(baseline::read).transpose()?;
        Ok(Self { conformance, waivers: waivers.unwrap_or_default(), baseline })
    }

    /// Applies them to what came of a run.
    ///
    /// # Errors
    /// The conformance statement is for another product, in words.
    pub fn apply(&self, record: &mut RunRecord, today: Date) -> Result<(), String> {
        if let Some(conformance) = &self.conformance {
            conformance.apply(record)?;
        }
        if let Some(before) = &self.baseline {
            record.scope.since = Some(baseline::compare(before, record));
        }
        record.scope.waivers = waiver::apply(&self.waivers, record, today);
        Ok(())
    }
}

/// Whether a check fails a run.
fn fails(check: &Check) -> bool {
    check.level == Level::Must && check.verdict == Verdict::Fail
}

/// Weighs a case anew after some of its failed checks were set aside. Where no other check fails, what the oracle found in
/// the same scenario is taken for the same failure.
fn weigh(case: &mut CaseResult, set_aside: impl Fn(&Check) -> bool, instead: Verdict, why: &str) {
    if case.checks.iter().any(|check| fails(check) && !set_aside(check)) {
        return;
    }
    if case.verdict != Verdict::Fail {
        return;
    }
    let kept: Vec<Check> = case.checks.iter().filter(|it| !set_aside(it)).cloned().collect();
    let rest = rollup::case_verdict(&case.steps, &kept, &[]);
    let nothing_else = kept.is_empty() && rest == Verdict::NotRun;
    case.verdict = if nothing_else { instead } else { rollup::weightiest([rest, instead]) };
    case.why = Some(why.to_owned());
    case.next_step = None;
}

/// The text of a file.
fn text(path: &Path) -> Result<String, ExpectedError> {
    std::fs::read_to_string(path)
        .map_err(|source| ExpectedError::Read { path: path.to_owned(), source })
}

/// Reads YAML; an error names line and column.
fn yaml<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T, ExpectedError> {
    serde_yaml::from_str(text).map_err(|error| ExpectedError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// The line, from 1, of the entry that names this requirement for the n-th time.
fn line_of(text: &str, requirement: &str, nth: usize) -> usize {
    let named = |line: &str| line.contains("requirement:") && line.contains(requirement);
    let mut lines = text.lines().enumerate().filter(|(_, line)| named(line));
    lines.nth(nth).map_or(1, |(index, _)| index + 1)
}

#[cfg(test)]
mod tests;
