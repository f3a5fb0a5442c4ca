//! `result.json`: the whole record, with what it adds up to in front. Evidence stays in its own files.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::ReportWriter;
use crate::model::{RunRecord, Verdict};
use crate::rollup::{self, RequirementOutcome, ReturnedShares};

/// Name of the format; it changes when a reader of the old one would misunderstand the new one.
pub const FORMAT: &str = "madoguchi-result/1";

/// The writer of `result.json`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    verdict: Verdict,
    exit_code: u8,
    counts: BTreeMap<&'static str, usize>,
    requirement_outcomes: BTreeMap<String, RequirementOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    returned_claims: Option<ReturnedShares>,
    #[serde(flatten)]
    run: &'a RunRecord,
}

impl ReportWriter for Json {
    fn write(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let verdict = rollup::run_verdict(run);
        let counts = rollup::counts(&run.cases)
            .into_iter()
            .map(|(verdict, count)| (verdict.name(), count))
            .collect();
        let document = Document {
            format: FORMAT,
            verdict,
            exit_code: rollup::exit_code(verdict),
            counts,
            requirement_outcomes: rollup::requirements(run),
            returned_claims: rollup::returned(run),
            run,
        };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    }
}

/// Reads a record back from `result.json`; its evidence is in its own files.
///
/// # Errors
/// The text is no such record; the error names line and column.
pub fn read(text: &[u8]) -> Result<RunRecord, serde_json::Error> {
    serde_json::from_slice(text)
}
