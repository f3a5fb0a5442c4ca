//! `madoguchi fuzz`: drawn stories against a product, and the smallest counterexample as a scenario.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use clap::Args;
use jiff::SignedDuration;
use reports::model::Verdict;
use reports::rollup;

use super::breaker::BreakerArgs;
use super::run::{progress, stop_at_ctrl_c};
use super::{Failure, doctor, own, say, write};
use crate::catalogue::Catalogue;
use crate::clock;
use crate::error::BenchError;
use crate::properties::fuzz::{Found, Fuzz, Tally, Work};
use crate::properties::gherkin::{Heading, Must, feature};
use crate::properties::shrink::{Ended, Limits, Shrunk};
use crate::seed::Seed;
use crate::sut::config::{Clock, SutConfig};
use crate::world::{Seams, Workshop};

/// Folder of counterexamples, unless another is named.
const OUT: &str = "madoguchi-fuzz";
/// Stories that could not be seen, of which the reason is told.
const REASONS: usize = 3;

/// Replays after which somebody who sees no bar is told of them.
const TOLD: u32 = 50;
/// Characters of a value that are shown.
const LONGEST: usize = 80;

/// Arguments of `fuzz`.
#[derive(Debug, Args)]
pub struct FuzzArgs {
    /// Product under test: its madoguchi.yaml. Without it the reference stack is held against the oracle
    #[arg(long, value_name = "FILE")]
    sut: Option<PathBuf>,
    /// Plant this defect into the reference stack, to see what a counterexample looks like; see `list mutants`
    #[arg(long, value_name = "ID", conflicts_with = "sut")]
    mutant: Option<String>,
    /// How many stories are drawn
    #[arg(long, value_name = "N", default_value_t = 200)]
    cases: u32,
    /// The first of them; story N of a seed is always the same
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    from: u32,
    /// Seed from which they are drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Folder of the counterexample, for `run --scenarios`
    #[arg(long, value_name = "DIR", default_value = OUT)]
    out: PathBuf,
    /// How often a story may be played again to make it smaller
    #[arg(long, value_name = "N", default_value_t = 400)]
    shrink: u32,
    /// How many seconds that may take; what time cuts short may be larger than it has to be
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    shrink_seconds: u32,
    /// Join the actors by calls instead of sockets: the same bytes and signatures, and more stories a second. For the reference stack, with or without a defect
    #[arg(long, conflicts_with = "sut")]
    in_process: bool,
    /// When a product is given up
    #[command(flatten)]
    breaker: BreakerArgs,
    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

fn by_own_clock(sut: Option<&SutConfig>) -> bool {
    sut.is_some_and(|sut| sut.clock == Clock::Own)
}

/// Draws, plays, shrinks, tells, and gives the exit code.
pub fn fuzz(args: &FuzzArgs) -> Result<u8, Failure> {
    let catalogue = Catalogue::embedded()?;
    let sut = args.sut.as_deref().map(SutConfig::read).transpose()?;
    if let Some(path) = args.sut.as_ref().filter(|_| by_own_clock(sut.as_ref())) {
        let reason = "`clock: own` is for `madoguchi run`: fuzz draws days of its own".to_owned();
        return Err(BenchError::Config { path: path.clone(), reason }.into());
    }
    let mutant = args.mutant.as_deref().map(|id| own::mutant(catalogue, id)).transpose()?;
    sut.as_ref().map(doctor::admit).transpose()?;
    let mut workshop = Workshop::new(Seed(args.seed), sut)?;
    if args.in_process {
        workshop = workshop.with_seams(Seams::Calls);
    }
    if let Some(mutant) = mutant {
        workshop = workshop.with_plant(mutant.plant.clone());
    }
    if let Some(limit) = args.breaker.limit() {
        workshop = workshop.with_breaker(limit);
    }
    let (bar, told) =
        progress(usize::try_from(args.cases).unwrap_or(usize::MAX), args.quiet, "stories");
    let work = Fuzz {
        workshop: Arc::new(workshop),
        seed: args.seed,
        first: args.from,
        cases: args.cases,
        limits: Limits {
            replays: args.shrink.max(1),
            time: SignedDuration::from_secs(args.shrink_seconds.into()),
        },
        stop: stop_at_ctrl_c(),
        now: clock::wall,
    };
    let replays = AtomicU32::new(0);
    let began = clock::wall();
    let done = work.run(&|work| match work {
        Work::Story => told(""),
        Work::Replay => {
            let replays = 1 + replays.fetch_add(1, Ordering::Relaxed);
            let words = format!("made smaller: replay {replays} of at most {}", args.shrink);
            if bar.is_hidden() && !args.quiet && replays.is_multiple_of(TOLD) {
                say(&words);
            }
            bar.set_message(words);
        }
    });
    bar.finish_and_clear();
    let (tally, found) = done?;
    let took = clock::wall().duration_since(began);
    if !args.quiet {
        tell(args, &tally);
        if found.is_none() {
            say(rate(&tally, took));
        }
    }
    match found {
        None => Ok(rollup::exit_code(verdict(&tally))),
        Some(found) => {
            let told = Told { args, found: &found };
            let path = told.write()?;
            if !args.quiet {
                told.say(&path)?;
            }
            Ok(rollup::exit_code(Verdict::Fail))
        }
    }
}

/// What it is worth that nothing was found.
fn verdict(tally: &Tally) -> Verdict {
    if !tally.unseen.is_empty() || !tally.unrepeatable.is_empty() {
        Verdict::Inconclusive
    } else if tally.left > 0 || tally.judged == 0 {
        Verdict::NotRun
    } else {
        Verdict::Pass
    }
}

fn tell(args: &FuzzArgs, tally: &Tally) {
    let Tally { judged, visits, in_part, unseen, unrepeatable, left } = tally;
    say(format_args!("{judged} stories of seed {} judged, {visits} visits as expected", args.seed));
    if *in_part > 0 {
        say(format_args!("{in_part} of them without what the product does not do"));
    }
    if *left > 0 {
        say(format_args!("{left} stories not played"));
    }
    for (number, error) in unseen.iter().take(REASONS) {
        say(format_args!(
            "inconclusive, story {number} ({}): {error}\n  next: {}",
            error.blame_word().en,
            error.help()
        ));
    }
    if unseen.len() > REASONS {
        say(format_args!("inconclusive, and {} more stories", unseen.len() - REASONS));
    }
    for number in unrepeatable {
        say(format_args!(
            "inconclusive, story {number}: it parted once and not when it was played again\n  next: let the product do the same at every try: give it one clock and no memory between sessions"
        ));
    }
}

/// How fast that went on the wall clock: the only line that differs from one run to the next.
fn rate(tally: &Tally, took: SignedDuration) -> String {
    let seconds = took.as_secs_f64().max(f64::MIN_POSITIVE);
    let each = |number: u32| f64::from(number) / seconds;
    let (stories, visits) = (each(tally.judged), each(tally.visits));
    format!("in {seconds:.1} s: {stories:.1} stories and {visits:.1} visits a second")
}

/// A counterexample as it is told.
struct Told<'a> {
    args: &'a FuzzArgs,
    found: &'a Found,
}

impl Told<'_> {
    fn id(&self) -> String {
        format!("seed-{}-story-{}", self.args.seed, self.found.number)
    }

    fn feature(&self) -> Result<String, Failure> {
        let Shrunk { tale: (world, story), parting, .. } = &self.found.shrunk;
        let (seed, number) = (self.args.seed, self.found.number);
        let name = format!("乱数の種{seed}の物語{number} | Story {number} of seed {seed}");
        let against = self.args.mutant.as_ref().map(|id| format!(" (mutant {id})"));
        let remark = format!(
            "{}: {} expected {}, seen {}{}",
            parting.event,
            parting.pointer,
            brief(&parting.expected),
            brief(&parting.actual),
            against.unwrap_or_default()
        );
        let heading = Heading { id: &self.id(), name: &name, remarks: &[remark] };
        let must = Must { pointer: &parting.pointer, value: &parting.expected };
        let told = feature(&heading, world, story, Some(&must));
        Ok(told.map_err(|error| BenchError::setup("scenario", error))?)
    }

    fn write(&self) -> Result<PathBuf, Failure> {
        let path = Path::new("features/found").join(format!("{}.feature", self.id()));
        write(&self.args.out.join(&path), self.feature()?.as_bytes())?;
        Ok(path)
    }

    fn say(&self, path: &Path) -> Result<(), Failure> {
        let Found { number, shrunk } = self.found;
        let Shrunk { parting, replays, ended, .. } = shrunk;
        let out = self.args.out.display();
        say(format_args!(
            "\nstory {number} parts from the reference pipeline ({}) at {}\n  {}: expected {}, seen {}",
            self.whose(),
            parting.event,
            parting.pointer,
            brief(&parting.expected),
            brief(&parting.actual)
        ));
        say(format_args!("  {}\n\n{}", ended_in_words(*ended, *replays), self.feature()?));
        say(format_args!("written to {}", self.args.out.join(path).display()));
        say(format_args!("next: madoguchi run --scenarios {out}{}", self.against()));
        Ok(())
    }

    fn whose(&self) -> &'static str {
        match (&self.args.sut, &self.args.mutant) {
            (Some(_), _) => "product",
            (None, Some(_)) => "mutant",
            (None, None) => {
                "bench: its own stack and its oracle differ; please report it with the seed"
            }
        }
    }

    fn against(&self) -> String {
        match (&self.args.sut, &self.args.mutant) {
            (Some(file), _) => format!(" --sut {}", file.display()),
            (None, Some(id)) => format!(" --mutant {id}"),
            (None, None) => String::new(),
        }
    }
}

/// The beginning of a long value; the report of a run shows the rest.
fn brief(json: &str) -> String {
    let (mut chars, mut text) = (json.chars(), String::new());
    text.extend(chars.by_ref().take(LONGEST));
    text + if chars.next().is_some() { "…" } else { "" }
}

fn ended_in_words(ended: Ended, replays: u32) -> String {
    match ended {
        Ended::AtTheSmallest => format!("made small in {replays} replays"),
        Ended::ByReplays => {
            format!("cut short after {replays} replays: a smaller one may exist; raise --shrink")
        }
        Ended::ByWish => format!("interrupted after {replays} replays: a smaller one may exist"),
        Ended::ByTime => {
            format!(
                "cut short by time after {replays} replays: a smaller one may exist; raise --shrink-seconds"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_counts_what_was_judged_by_the_time_it_took() {
        let tally = Tally { judged: 30, visits: 90, ..Tally::default() };
        let told = rate(&tally, SignedDuration::from_millis(1_500));
        assert_eq!(told, "in 1.5 s: 20.0 stories and 60.0 visits a second");
    }
}
