//! `madoguchi face`: measures how well a matcher tells faces apart, and draws the faces it is measured on.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sim_reader::face::evaluate::{
    ChipForm, Evaluation, EvaluationError, MeanColour, Plan, RawPixels, Subject, companies,
    det_curve, evaluate, table,
};
use sim_reader::face::photo::{self, PhotoError};
use sim_reader::face::{Builtin, GreyImage, Matcher, Setting};

use super::matcher::MatcherArgs;
use super::{Failure, Format, INCOMPLETE, face_pictures, say, write};
use crate::error::BenchError;

const EVALUATE_EXAMPLES: &str = "\
Examples:
  madoguchi face evaluate                                          the built-in matcher, some minutes
  madoguchi face evaluate --condition mask --out report            with a DET curve, report/det.svg
  madoguchi face evaluate --matcher 'python3 examples/face-matcher-python/matcher.py' --genuine 200 --impostors 2000
  madoguchi face evaluate --matcher http://127.0.0.1:9000/match

The contract of a matcher is one page: docs/faces.md. Exit codes: 0 measured, 2 usage, 4 the matcher did not answer everything";

/// What can be done with faces.
#[derive(Debug, Subcommand)]
pub enum FaceCommand {
    /// Measure matchers on drawn faces: error rates, attacks, DET curve (ISO/IEC 19795-1 and 30107-3)
    #[command(after_help = EVALUATE_EXAMPLES)]
    Evaluate(EvaluateArgs),
    /// Draw people, each condition and each attack, as PNG
    Draw {
        /// Seed of the people
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        /// How many people of one company, of like age, sex and colouring
        #[arg(long, value_name = "K", default_value_t = 6, value_parser = clap::value_parser!(u64).range(1..=100))]
        people: u64,
        /// Folder of the pictures
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// Arguments of `face evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Genuine comparisons, a person's photo and the same person's capture
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = count)]
    genuine: usize,
    /// Impostor comparisons, of people of like age, sex and colouring
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = count)]
    impostors: usize,
    /// Presentation attacks of each kind
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = count)]
    attacks: usize,
    /// Seed of people and pictures
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How captures are taken: clean, poor, pose, light, blur, noise, age, glasses, mask or twins
    #[arg(long, value_name = "NAME", default_value = "clean")]
    condition: Setting,
    /// False match rate that the threshold shall keep
    #[arg(long, value_name = "RATE", default_value_t = 0.001, value_parser = rate)]
    target_fmr: f64,
    #[command(flatten)]
    matcher: MatcherArgs,
    /// How the measures are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write measures and DET curve to this folder too
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=10_000_000) => Ok(count),
        Ok(_) | Err(_) => Err("1 to 10000000".to_owned()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (1e-7..=0.5).contains(rate));
    rate.ok_or_else(|| "a share from 0.0000001 to 0.5, e.g. 0.001".to_owned())
}

/// Does what is asked.
pub fn run(command: &FaceCommand) -> Result<u8, Failure> {
    match command {
        FaceCommand::Evaluate(args) => measure(args),
        FaceCommand::Draw { seed, people, out } => face_pictures::draw_all(*seed, *people, out),
    }
}

fn measure(args: &EvaluateArgs) -> Result<u8, Failure> {
    let plan = Plan {
        genuine: args.genuine,
        impostors: args.impostors,
        attacks: args.attacks,
        seed: args.seed,
        setting: args.condition,
        target_fmr: args.target_fmr,
    };
    let vendor = args.matcher.matcher()?;
    let told = args.matcher.matcher.iter().cloned().zip(vendor.as_deref());
    let own: [(&str, &dyn Matcher); 3] =
        [("built-in", &Builtin), ("mean colour", &MeanColour), ("raw pixels", &RawPixels)];
    let own = own.into_iter().map(|(name, matcher)| (name.to_owned(), matcher));
    let subjects: Vec<_> =
        told.chain(own).map(|(name, matcher)| Subject { name, matcher }).collect();
    let bar = progress(companies(&plan));
    let chip: ChipForm<'_> = &as_in_chip;
    let evaluation = evaluate(&plan, &subjects, chip, &|_| bar.inc(1)).map_err(stopped)?;
    bar.finish_and_clear();
    told_all(args, &evaluation)
}

/// The photo as the chip stores it, JPEG 2000 at the size of the bench profile, and read again.
fn as_in_chip(drawn: &GreyImage) -> Result<GreyImage, PhotoError> {
    let stored = sim_card::photo::encode_photo(drawn.width, drawn.height, &drawn.pixels);
    photo::decode(&stored.map_err(|_| PhotoError::Unreadable)?)
}

fn stopped(error: EvaluationError) -> Failure {
    match &error {
        EvaluationError::Failing { last, .. } => {
            Failure::told(INCOMPLETE, error.to_string(), last.help())
        }
        EvaluationError::Photo(_) => BenchError::setup("photo", error).into(),
    }
}

/// A bar where somebody looks, nothing where nobody does.
fn progress(companies: usize) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let length = u64::try_from(companies).unwrap_or(u64::MAX);
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} companies, {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn told_all(args: &EvaluateArgs, evaluation: &Evaluation) -> Result<u8, Failure> {
    let json = serde_json::to_string_pretty(evaluation)
        .map_err(|error| BenchError::setup("measures", error))?;
    match args.format {
        Format::Text => say(table(evaluation).trim_end()),
        Format::Json => say(&json),
    }
    if let Some(out) = &args.out {
        keep(out, evaluation, &json)?;
    }
    let failed = evaluation.outcomes.iter().any(|outcome| !outcome.failed.is_empty());
    Ok(if failed { INCOMPLETE } else { 0 })
}

fn keep(out: &Path, evaluation: &Evaluation, json: &str) -> Result<(), Failure> {
    write(&out.join("det.svg"), det_curve(evaluation).as_bytes())?;
    write(&out.join("measures.txt"), table(evaluation).as_bytes())?;
    write(&out.join("measures.json"), format!("{json}\n").as_bytes())
}
