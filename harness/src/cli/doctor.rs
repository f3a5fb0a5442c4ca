//! `madoguchi doctor`: everything a run needs, looked at before anything is judged.

use std::path::PathBuf;

use clap::Args;
use reports::model::Blame;
use reports::words;

use super::{CONFIGURATION, Failure, INCOMPLETE, block_on, say};
use crate::doctor::{Check, Finding, State, examine, honest};
use crate::sut::config::SutConfig;

/// Exit code when the bench itself is the matter.
const BENCH: u8 = 5;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Product under test: its madoguchi.yaml
    #[arg(long, value_name = "FILE")]
    pub sut: PathBuf,
}

/// Looks, tells, and gives the exit code.
pub fn run(args: &DoctorArgs) -> Result<u8, Failure> {
    let checks = block_on(async { Ok(examine(&args.sut).await) })?;
    checks.iter().for_each(tell);
    let bad = checks.iter().find_map(|check| match &check.state {
        State::Bad(finding) => Some(finding),
        State::Good | State::Open => None,
    });
    if bad.is_none() {
        let is_pair = SutConfig::read(&args.sut).is_ok_and(|sut| sut.taps.is_some());
        let next = if is_pair { "tap" } else { "run" };
        say(format_args!("\nnext: madoguchi {next} --sut {}", args.sut.display()));
    }
    Ok(bad.map_or(0, |finding| code(finding.blame)))
}

fn tell(check: &Check) {
    match &check.state {
        State::Good => say(format_args!("ok      {}", check.name)),
        State::Open => say(format_args!("-       {}", check.name)),
        State::Bad(Finding { blame, what, next }) => say(format_args!(
            "BAD     {}\n        {}: {what}\n        next: {next}",
            check.name,
            label(*blame)
        )),
    }
}

fn label(blame: Blame) -> &'static str {
    words::blame(blame).en
}

fn code(blame: Blame) -> u8 {
    match blame {
        Blame::Configuration => CONFIGURATION,
        Blame::Product | Blame::Environment => INCOMPLETE,
        Blame::Bench => BENCH,
    }
}

/// Ends the command where a product cannot be judged.
///
/// # Errors
/// What is the matter with it.
pub fn admit(sut: &SutConfig) -> Result<(), Failure> {
    let found = block_on(async { Ok(honest(sut).await) })?;
    found.map_err(|Finding { blame, what, next }| Failure::Told {
        code: code(blame),
        message: format!("{}: {what}", label(blame)),
        next: next.into(),
    })
}
