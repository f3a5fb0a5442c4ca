//! `madoguchi coverage`: which requirement is borne by which assertion of which scenario, and which mutants must die by it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reports::coverage::{Coverage, CoverageWriter, Csv, Json, Page, Row, Scene, Table};

use super::{Failure, say};
use crate::catalogue::{Case, Catalogue, Requirement, Statement, bracketed, embedded_files};
use crate::error::BenchError;
use crate::lint::Book;

/// Arguments of `coverage`.
#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// How
    #[arg(long, value_enum, default_value_t)]
    format: CoverageFormat,
    /// Only the rows of this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// File to write instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How a coverage is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum CoverageFormat {
    /// A table for a terminal
    #[default]
    Text,
    /// One line an assertion
    Csv,
    /// For programs
    Json,
    /// A page that opens by double click
    Html,
}

/// Writes the coverage.
pub fn coverage(args: &CoverageArgs) -> Result<u8, Failure> {
    let catalogue = Catalogue::embedded()?;
    let chosen = match &args.profile {
        Some(name) => Some(super::plan::profile(catalogue, name)?.1),
        None => None,
    };
    let mutants = mutants()?;
    let rows = catalogue.requirements.values().filter(|row| {
        chosen.is_none_or(|profile| profile.rows(catalogue).any(|it| it.id == row.id))
    });
    let coverage = Coverage {
        bench: format!("madoguchi {}", env!("CARGO_PKG_VERSION")),
        with_mutants: !mutants.is_empty(),
        rows: rows.map(|row| row_of(catalogue, row, &mutants)).collect(),
    };
    let table = Table { language: super::run::language() };
    let writer: &dyn CoverageWriter = match args.format {
        CoverageFormat::Text => &table,
        CoverageFormat::Csv => &Csv,
        CoverageFormat::Json => &Json,
        CoverageFormat::Html => &Page,
    };
    let mut bytes = Vec::new();
    let place = || args.out.clone().unwrap_or_default();
    writer
        .write(&coverage, &mut bytes)
        .map_err(|source| BenchError::Write { path: place(), source })?;
    match &args.out {
        Some(path) => super::write(path, &bytes)?,
        None => say(String::from_utf8_lossy(&bytes).trim_end()),
    }
    Ok(0)
}

/// Mutants by the requirements that must kill them.
fn mutants() -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let files = embedded_files().map_err(|error| BenchError::setup("catalogue", error))?;
    let files: Vec<(String, String)> =
        files.into_iter().map(|(path, text)| (path, text.to_owned())).collect();
    let (book, _) = Book::read(&files);
    let mut by_row: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, mutant) in book.mutants {
        for id in mutant.requirements {
            by_row.entry(id).or_default().push(mutant.id.clone());
        }
    }
    Ok(by_row)
}

fn row_of(
    catalogue: &Catalogue,
    row: &Requirement,
    mutants: &BTreeMap<String, Vec<String>>,
) -> Row {
    let scenarios = catalogue.cases.iter().filter_map(|case| scene(case, &row.id)).collect();
    Row {
        id: row.id.clone(),
        group: row.group().to_owned(),
        level: row.level(),
        tier: row.tier,
        actor: row.actor.clone(),
        statement: row.statement.text(),
        source: row.source,
        risk: row.risk.name().to_owned(),
        check: row.check,
        reason: row.reason.as_ref().map(Statement::text),
        scenarios,
        mutants: mutants.get(&row.id).cloned().unwrap_or_default(),
    }
}

/// The scenario, if an assertion in it bears the requirement.
fn scene(case: &Case, id: &str) -> Option<Scene> {
    let bears = |step: &&cucumber::gherkin::Step| bracketed(&step.value).iter().any(|it| it == id);
    let text = |step: &cucumber::gherkin::Step| {
        step.value.rsplit_once(" [").map_or(step.value.clone(), |(text, _)| text.to_owned())
    };
    let assertions: Vec<String> = case.steps().filter(bears).map(text).collect();
    (!assertions.is_empty()).then(|| Scene {
        id: case.id.clone(),
        title: case.title.clone(),
        deviation: case.tags().iter().any(|tag| tag.starts_with("twin:")),
        assertions,
    })
}
