//! The matcher that a command line names: a program, an address, or the built-in one.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use sim_reader::face::capture::capture;
use sim_reader::face::portrait::draw;
use sim_reader::face::vendor::{Guarded, HttpMatcher, ProcessMatcher};
use sim_reader::face::{Appearance, Conditions, Matcher, NoScore};

use super::{Failure, INCOMPLETE};
use crate::world::{Comparison, plain_client};

/// A matcher that is not the built-in one, the same for every command that takes one.
#[derive(Debug, Args)]
pub struct MatcherArgs {
    /// Another matcher than the built-in: a command (JSON lines) or an address (http://…); docs/faces.md has the contract
    #[arg(long, value_name = "COMMAND|URL")]
    pub matcher: Option<String>,
    /// How long that matcher may take for one answer
    #[arg(long, value_name = "MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout_ms: u64,
}

impl MatcherArgs {
    /// The matcher, if one is named.
    pub fn matcher(&self) -> Result<Option<Box<dyn Matcher>>, Failure> {
        self.matcher.as_deref().map(|told| named(told, self.timeout_ms)).transpose()
    }
}

/// How a reader that is served compares faces.
#[derive(Debug, Args)]
pub struct ComparisonArgs {
    #[command(flatten)]
    matcher: MatcherArgs,
    /// Score from which on that matcher means the same person; `madoguchi face evaluate` tells it for a false match rate
    #[arg(long, value_name = "SCORE", value_parser = share, requires = "matcher")]
    threshold: Option<f64>,
    /// Score from which on that matcher means an attack, if it looks for attacks; such a picture is not compared
    #[arg(long, value_name = "SCORE", value_parser = share, requires = "matcher", default_value = "0.5")]
    attack_threshold: f64,
}

impl ComparisonArgs {
    /// The comparison, once the matcher has answered a first time; and how to tell of it, unless it is the built-in one.
    pub fn comparison(&self) -> Result<(Comparison, Option<String>), Failure> {
        let (Some(named), Some(matcher)) = (&self.matcher.matcher, self.matcher.matcher()?) else {
            return Ok((Comparison::default(), None));
        };
        let threshold = self.threshold.ok_or_else(|| {
            let next = "`madoguchi face evaluate --matcher …` tells it for a false match rate";
            Failure::Usage(format!(
                "--matcher needs --threshold SCORE, since scores differ; {next}"
            ))
        })?;
        try_out(&*matcher).map_err(|why| {
            let message = format!("the reader cannot use this matcher ({}): {why}", why.kind());
            Failure::told(INCOMPLETE, message, why.help())
        })?;
        let told = format!("{named} (same person from {threshold})");
        let matcher = Arc::new(Guarded::new(matcher, self.attack_threshold));
        Ok((Comparison { matcher, threshold }, Some(told)))
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a score from 0 to 1, e.g. 0.9".to_owned())
}

/// A program or an address.
fn named(told: &str, timeout_ms: u64) -> Result<Box<dyn Matcher>, Failure> {
    let patience = Duration::from_millis(timeout_ms);
    if told.starts_with("http://") {
        return Ok(Box::new(HttpMatcher::new(told, plain_client()?, patience)));
    }
    if told.starts_with("https://") || told.trim().is_empty() {
        return Err(Failure::Usage("--matcher takes a command or an http:// address".to_owned()));
    }
    Ok(Box::new(ProcessMatcher::new(told, patience)))
}

/// Has two pictures of a drawn face compared, and one looked at, so that whoever serves a reader learns at once of a matcher that
/// does not answer. That it can use neither is an answer.
fn try_out(matcher: &dyn Matcher) -> Result<(), NoScore> {
    let face = Appearance::from_seed(1);
    let seen = capture(&face, &Conditions::steady(1));
    let answered = |answer: Result<(), NoScore>| match answer {
        Ok(()) | Err(NoScore::Unusable(_)) => Ok(()),
        Err(
            failure @ (NoScore::Unreachable(_)
            | NoScore::Silent { .. }
            | NoScore::Gone
            | NoScore::Unreadable(_)
            | NoScore::Status { .. }
            | NoScore::OutOfRange),
        ) => Err(failure),
    };
    answered(matcher.score(&draw(&face), &seen).map(drop))?;
    answered(matcher.attack(&seen).map(drop))
}
