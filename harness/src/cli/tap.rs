//! `madoguchi tap`: listens between two products that work together, tells what passes, and judges what can be judged of it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::SignedDuration;
use tokio::sync::watch;

use super::shutdown::Shutdown;
use super::{Failure, REPORT, block_on, run, say};
use crate::clock::wall;
use crate::error::BenchError;
use crate::reverse::heard::{Heard, View, name};
use crate::reverse::report::record;
use crate::reverse::tapping::{Tapping, http_taps, seams};
use crate::seed::Seed;
use crate::sut::config::SutConfig;
use crate::sut::reverse::TapPlaces;

pub const EXAMPLES: &str = "\
Examples:
  madoguchi tap --sut madoguchi.yaml                 until Ctrl-C; then the report
  madoguchi tap --sut madoguchi.yaml --for 30s       for so long
  madoguchi tap --sut madoguchi.yaml --out friday    the report in another folder

Point whoever asks at `listen` of the seam; everything else stays as it is. docs/tap.md has the whole of it.";

/// Arguments of `tap`.
#[derive(Debug, Args)]
pub struct TapArgs {
    /// The pair: a madoguchi.yaml whose positions have `adapter: reverse`
    #[arg(long, value_name = "FILE")]
    sut: PathBuf,
    /// Folder of the report
    #[arg(long, value_name = "DIR", default_value = REPORT)]
    out: PathBuf,
    /// How long to listen, e.g. 30s, 10m or 2h. Without it until Ctrl-C
    #[arg(long = "for", value_name = "TIME")]
    limit: Option<SignedDuration>,
    /// Show no messages, only the report
    #[arg(long, short)]
    quiet: bool,
}

/// Listens, reports, and gives the exit code.
pub fn tap(args: &TapArgs) -> Result<u8, Failure> {
    let sut = SutConfig::read(&args.sut)?;
    let Some(taps) = sut.taps.clone() else { return Err(no_taps()) };
    // Before the work, so that a folder that cannot be written is not found out after it.
    std::fs::create_dir_all(&args.out)
        .map_err(|source| BenchError::Write { path: args.out.clone(), source })?;
    let started = wall();
    let heard = Heard::new(secret()?, view(args.quiet));
    block_on(async {
        let shutdown = Shutdown::at_signals()?;
        let tapping = Tapping::open(&taps, &sut.folder, &heard).await?;
        if !args.quiet {
            tell(&taps, args.limit);
        }
        listen(tapping, args.limit, &shutdown).await;
        Ok(())
    })?;
    let record = record(&sut, &seams(&taps), &heard, started)?;
    run::finish(&record, &args.out, false)
}

/// Serves until the time is over or somebody ends it.
async fn listen(tapping: Tapping, limit: Option<SignedDuration>, shutdown: &Shutdown) {
    let (stop, stopped) = watch::channel(false);
    let ending = async {
        let over = async {
            match limit {
                Some(limit) => tokio::time::sleep(limit.unsigned_abs()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => {}
            () = shutdown.clone().begun() => {}
        }
        let _ = stop.send(true);
    };
    tokio::join!(tapping.serve(stopped), ending);
}

/// Says where the taps are.
fn tell(taps: &TapPlaces, limit: Option<SignedDuration>) {
    for (place, tap) in http_taps(taps) {
        let (seam, asking, _) = place.parties();
        let (listen, to) = (&tap.listen, &tap.to);
        say(format_args!("{:<10} {listen} → {to}   point the {asking} at {listen}", name(seam)));
    }
    if let Some(tap) = &taps.folders {
        say(format_args!("folders    {}   nothing changes there", tap.at.display()));
    }
    if let Some(tap) = &taps.card {
        let (listen, to) = (&tap.listen, &tap.to);
        say(format_args!("card       {listen} → {to}   let the card connect to {listen}"));
    }
    let end = limit.map_or_else(|| "Ctrl-C ends it".to_owned(), |it| format!("for {it:#}"));
    say(format_args!("{end}; then the report\n"));
}

fn view(quiet: bool) -> View {
    if quiet { Arc::new(|_| {}) } else { Arc::new(say) }
}

/// Digests of secrets are keyed by what nobody can compute: a PIN has ten thousand values.
fn secret() -> Result<Seed, BenchError> {
    Seed::fresh().map_err(|error| BenchError::setup("evidence digests", error))
}

fn no_taps() -> Failure {
    Failure::told(
        super::CONFIGURATION,
        "no position of this madoguchi.yaml has `adapter: reverse`".to_owned(),
        "give the pair's positions `adapter: reverse` and name the seams under `taps`; docs/tap.md shows how",
    )
}
