//! CSV of a coverage: one line an assertion, one line for a requirement without any. Source of the form: RFC 4180.

use std::io::{self, Write};

use super::{Coverage, CoverageWriter, Row};
use crate::model::Level;

/// The writer of CSV.
#[derive(Debug, Clone, Copy, Default)]
pub struct Csv;

/// Names of the columns.
const HEAD: [&str; 10] = [
    "requirement",
    "level",
    "tier",
    "actor",
    "risk",
    "check",
    "scenario",
    "deviation",
    "assertion",
    "mutants",
];

impl CoverageWriter for Csv {
    fn write(&self, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        line(&HEAD, out)?;
        coverage.rows.iter().try_for_each(|row| lines(row, out))
    }
}

fn lines(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let level = match row.level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
    };
    let check = match row.check {
        crate::scope::CheckKind::Auto => "auto",
        crate::scope::CheckKind::Guided => "guided",
        crate::scope::CheckKind::Attest => "attest",
        crate::scope::CheckKind::None => "none",
    };
    let (tier, mutants) = (row.tier.to_string(), row.mutants.join(" "));
    let mut told = |scenario: &str, deviation: &str, assertion: &str| {
        let of_row = [&row.id, level, &tier, &row.actor, &row.risk, check];
        let cells: Vec<&str> =
            of_row.into_iter().chain([scenario, deviation, assertion, &mutants]).collect();
        line(&cells, out)
    };
    for scene in &row.scenarios {
        let deviation = if scene.deviation { "yes" } else { "no" };
        scene.assertions.iter().try_for_each(|text| told(&scene.id, deviation, text))?;
    }
    if row.scenarios.is_empty() { told("", "", "") } else { Ok(()) }
}

fn line(cells: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// A cell; one that a spreadsheet would take for a formula begins with an apostrophe.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
