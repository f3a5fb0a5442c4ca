//! `--waivers`, `--conformance` and `--baseline`: what was expected to fail, read and applied.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use reports::model::RunRecord;

use super::{CONFIGURATION, Failure};
use crate::catalogue::Catalogue;
use crate::expected::{Expected, Files};

/// The three files.
#[derive(Debug, Clone, Default, Args)]
pub struct ExpectedArgs {
    /// Failures that are excused for a while: who answers for each, why, until when, how often
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
    /// Conformance statement: requirements that the product does not claim
    #[arg(long, value_name = "FILE")]
    pub conformance: Option<PathBuf>,
    /// result.json of an earlier run: tells what is new and what was repaired, excuses nothing
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

impl ExpectedArgs {
    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.waivers.is_none() && self.conformance.is_none() && self.baseline.is_none()
    }
}

/// Reads them.
pub fn read(args: &ExpectedArgs, catalogue: &Catalogue, today: Date) -> Result<Expected, Failure> {
    let files = Files {
        conformance: args.conformance.as_deref(),
        waivers: args.waivers.as_deref(),
        baseline: args.baseline.as_deref(),
    };
    Expected::read(&files, catalogue, today).map_err(|error| {
        let next = "correct the line named; docs/expected-failures.md lists every key";
        Failure::told(CONFIGURATION, error.to_string(), next)
    })
}

/// Applies them.
pub fn apply(expected: &Expected, record: &mut RunRecord, today: Date) -> Result<(), Failure> {
    expected.apply(record, today).map_err(|reason| {
        let next =
            "give the statement of the product under test, under the name in its madoguchi.yaml";
        Failure::told(CONFIGURATION, reason, next)
    })
}
