//! `lint`: whether the catalogue can be relied on. What it finds is a fault of scenarios, rows or steps, never of a product.
//!
//! It reads the sources and not what was made of them, so that it can tell the line, and so that one fault does not hide
//! another.

mod book;
mod features;
mod rows;
mod vocabulary;

use std::path::Path;

pub use book::Book;
pub use vocabulary::{Definition, Vocabulary};

use crate::catalogue::{CatalogueError, embedded_files};

/// What is looked at: each a path and its text.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Files of `scenarios/`, by path within it.
    pub scenarios: Vec<(String, String)>,
    /// Rust files that define steps, by path within the repository.
    pub steps: Vec<(String, String)>,
}

impl Sources {
    /// The sources from which this command was built.
    ///
    /// # Errors
    /// [`CatalogueError`] names a file that is no text.
    pub fn embedded() -> Result<Self, CatalogueError> {
        let scenarios = embedded_files()?.into_iter().map(|(path, text)| (path, text.to_owned()));
        Ok(Self { scenarios: scenarios.collect(), steps: vocabulary::sources() })
    }

    /// The scenarios in a folder, and the steps of this command.
    ///
    /// # Errors
    /// A file or folder cannot be read.
    pub fn from_folder(folder: &Path) -> std::io::Result<Self> {
        let mut scenarios = Vec::new();
        read_folder(folder, "", &mut scenarios)?;
        Ok(Self { scenarios, steps: vocabulary::sources() })
    }
}

fn read_folder(
    folder: &Path,
    within: &str,
    found: &mut Vec<(String, String)>,
) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{within}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), found)?;
        } else if path.ends_with(".yaml") || path.ends_with(".feature") {
            found.push((path, std::fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// The rules, by the name that findings bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A file that cannot be read as what it is.
    Unreadable,
    /// One name for two rows or two scenarios.
    TwoOfOneName,
    /// An id in brackets, in a profile or in a mutant that is no row.
    UnknownId,
    /// A row that claims `auto` and that no assertion bears.
    Orphan,
    /// A row without an assertion that does not say why, or with one that says there is none.
    Reason,
    /// A row that binds somebody nobody knows.
    UnknownActor,
    /// More rows of tier 1 without an assertion than are allowed.
    TooManyByHand,
    /// A scenario whose assertions bear no row.
    NoAssertion,
    /// A MUST that nothing shows to be refused: no pair of twins bears it, no mutant breaks it.
    NoNegative,
    /// A scenario that ends in a refusal and names no twin that is accepted.
    NoTwin,
    /// A twin that does not exist, or differs in more or less than one step.
    Twin,
    /// A step that no definition reads.
    UnknownStep,
    /// A step that several definitions read, or two definitions alike.
    DuplicateStep,
    /// A definition that no scenario uses.
    UnusedStep,
    /// A step that waits.
    Sleep,
}

impl Rule {
    /// The name in findings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TwoOfOneName => "two-of-one-name",
            Self::UnknownId => "unknown-id",
            Self::Orphan => "orphan",
            Self::Reason => "reason",
            Self::UnknownActor => "unknown-actor",
            Self::TooManyByHand => "too-many-by-hand",
            Self::NoAssertion => "no-assertion",
            Self::NoNegative => "no-negative",
            Self::NoTwin => "no-twin",
            Self::Twin => "twin",
            Self::UnknownStep => "unknown-step",
            Self::DuplicateStep => "duplicate-step",
            Self::UnusedStep => "unused-step",
            Self::Sleep => "sleep",
        }
    }

    /// What to do.
    pub fn next(self) -> &'static str {
        match self {
            Self::Unreadable => "correct the file at this line; scenarios/README.md tells its form",
            Self::TwoOfOneName => "give one of the two another id; a published id never changes",
            Self::UnknownId => "correct the id, or add its row to scenarios/requirements",
            Self::Orphan => {
                "end an assertion that can prove it wrong with this id, or set `check` and say the `reason`"
            }
            Self::Reason => {
                "an `auto` row has no `reason`; any other says why no assertion checks it"
            }
            Self::UnknownActor => "use an actor that scenarios/README.md lists",
            Self::TooManyByHand => "write scenarios for rows that a machine can check",
            Self::NoAssertion => "add an assertion that ends with the ids it bears: [OQS-…]",
            Self::NoNegative => {
                "add a deviation with @twin that bears it, or a mutant that must die by it"
            }
            Self::NoTwin => "add @twin: with the scenario that differs in one step and is accepted",
            Self::Twin => "let the two differ in exactly one step before the first assertion",
            Self::UnknownStep => {
                "use a step as other scenarios write it, or define it in harness/src/steps"
            }
            Self::DuplicateStep => "keep one of them",
            Self::UnusedStep => "use it in a scenario, or remove it",
            Self::Sleep => "let the virtual clock or a tap tell when it has happened",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path within the repository.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The rule.
    pub rule: Rule,
    /// What is wrong.
    pub what: String,
}

/// Everything that is wrong, by file and line.
pub fn lint(sources: &Sources, vocabulary: &Vocabulary) -> Vec<Finding> {
    let (book, mut findings) = Book::read(&sources.scenarios);
    findings.extend(rows::lint(&book));
    findings.extend(features::lint(&book));
    findings.extend(vocabulary.lint(&book, &sources.steps));
    findings.sort();
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests;
