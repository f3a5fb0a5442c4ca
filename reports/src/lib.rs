//! What came of a run: verdicts, evidence and their writers.
//!
//! The bench fills one [`model::RunRecord`]; every writer here is a pure function of that record. Nothing in this
//! crate reads a clock, the environment or a file: the same record always gives the same bytes. What a run is worth
//! is decided in one place, [`rollup`]; the writers only show it.

pub mod evidence;
pub mod model;
pub mod rollup;
pub mod words;

pub use model::{CaseResult, RunRecord, Text2, Verdict};
