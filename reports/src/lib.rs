//! What came of a run: verdicts, evidence and their writers.
//!
//! The bench fills one [`model::RunRecord`]; every writer here is a pure function of that record. Nothing in this
//! crate reads a clock, the environment or a file: the same record always gives the same bytes. What a run is worth
//! is decided in one place, [`rollup`]; the writers only show it.
//!
//! | file | writer |
//! | --- | --- |
//! | `report.html` | [`html::Html`] |
//! | `junit.xml` | [`junit::Junit`] |
//! | `result.json` | [`json::Json`] |
//! | terminal | [`text::Text`] |
//! | evidence lines | [`evidence::write_lines`] |
//!
//! [`coverage`] shows what the catalogue covers, whether or not anything ran.

mod clean;
mod columns;
pub mod coverage;
pub mod evidence;
pub mod html;
pub mod json;
pub mod junit;
pub mod model;
mod page;
pub mod rollup;
pub mod scope;
pub mod text;
pub mod timeline;
pub mod words;

pub use model::{CaseResult, RunRecord, Text2, Verdict};

/// Turns a recorded run into one file or screen.
pub trait ReportWriter {
    /// Writes the report; the same run gives the same bytes.
    ///
    /// # Errors
    /// Whatever `out` reports.
    fn write(&self, run: &RunRecord, out: &mut dyn std::io::Write) -> std::io::Result<()>;
}
