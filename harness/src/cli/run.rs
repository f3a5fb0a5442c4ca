//! `madoguchi run`: the suite, its progress, its verdict, its report.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use reports::model::{BenchInfo, ProductInfo, RunRecord, Wall};
use reports::text::Text;
use reports::words::Language;
use reports::{ReportWriter, html, json, junit, rollup};
use sha2::{Digest as _, Sha256};
use sim_backend::messages::Form;

use super::selection::select;
use super::{Failure, RunArgs, doctor, say};
use crate::catalogue::{Case, Catalogue};
use crate::clock;
use crate::error::BenchError;
use crate::runner::{self, Progress, Stop};
use crate::seed::Seed;
use crate::sut::config::SutConfig;
use crate::world::Workshop;

/// Exit code of a command that was interrupted twice, as shells know it.
const INTERRUPTED: i32 = 130;

/// Runs, reports, and gives the exit code.
pub fn run(args: &RunArgs) -> Result<u8, Failure> {
    let catalogue = Catalogue::embedded()?;
    let sut = args.sut.as_deref().map(SutConfig::read).transpose()?;
    let cases = select(catalogue, args.only.as_deref(), args.tags.as_deref())?;
    sut.as_ref().map(doctor::admit).transpose()?;
    // Before the work, so that a folder that cannot be written is not found out after it.
    std::fs::create_dir_all(&args.out)
        .map_err(|source| BenchError::Write { path: args.out.clone(), source })?;
    let plan = Plan { cases: &cases, sut, seed: args.seed, answers: args.answers.form(args.seed) };
    let record = record(catalogue, plan, args.quiet)?;
    write_report(&record, &args.out)?;
    if !args.quiet {
        show(&record, &args.out)?;
    }
    Ok(rollup::exit_code(rollup::run_verdict(&record)))
}

/// What is to be run, and how.
pub struct Plan<'a> {
    /// The scenarios.
    pub cases: &'a [&'static Case],
    /// The product, if it is not the reference stack.
    pub sut: Option<SutConfig>,
    /// Seed of everything that looks random.
    pub seed: u64,
    /// How the backend's answers look.
    pub answers: Form,
}

/// Runs the cases and records what came of them.
///
/// # Errors
/// [`BenchError`] when the bench cannot be set up.
pub fn record(
    catalogue: &'static Catalogue,
    Plan { cases, sut, seed, answers }: Plan<'_>,
    quiet: bool,
) -> Result<RunRecord, BenchError> {
    let started = clock::wall();
    let product = sut.as_ref().map_or_else(reference, SutConfig::info);
    let workshop = Arc::new(Workshop::new(Seed(seed), sut)?.with_answers(answers));
    let (bar, progress) = progress(cases.len(), quiet);
    let stop = stop_at_ctrl_c();
    let results = runner::run(cases, &workshop, &progress, &stop)?;
    bar.finish_and_clear();
    let borne: Vec<String> = cases.iter().flat_map(|case| case.requirements()).collect();
    let rows = catalogue.requirements.iter().filter(|(id, _)| borne.contains(id));
    let seconds = clock::wall().duration_since(started).as_secs_f64();
    Ok(RunRecord {
        bench: BenchInfo {
            name: "madoguchi".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        plan_digest: plan_digest(cases, &product, &answers),
        product,
        seed,
        cases: results,
        requirements: rows.map(|(id, row)| (id.clone(), row.row())).collect(),
        wall: Some(Wall { started: clock::rfc3339(started), seconds, cases: BTreeMap::new() }),
        incomplete: stop.load(Ordering::Relaxed).then(|| "interrupted by Ctrl-C".to_owned()),
    })
}

fn reference() -> ProductInfo {
    ProductInfo {
        name: "Madoguchi reference stack".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        vendor: "Madoguchi".to_owned(),
        positions: Vec::new(),
    }
}

/// Names the plan: the scenarios word for word, the product, and the form of answers unless it is the layout's.
fn plan_digest(cases: &[&Case], product: &ProductInfo, answers: &Form) -> String {
    let mut digest = Sha256::new();
    for case in cases {
        digest.update(case.id.as_bytes());
        case.steps().for_each(|step| digest.update(step.value.as_bytes()));
    }
    digest.update(product.name.as_bytes());
    digest.update(product.version.as_bytes());
    if *answers != Form::default() {
        digest.update(format!("{answers:?}").as_bytes());
    }
    hex::encode(digest.finalize())
}

/// A bar where somebody looks, a line every so often where nobody does, nothing when asked to be quiet.
fn progress(total: usize, quiet: bool) -> (ProgressBar, Progress) {
    let length = u64::try_from(total).unwrap_or(u64::MAX);
    let looked_at = std::io::stderr().is_terminal();
    let target = if quiet || !looked_at {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    let (shown, done) = (bar.clone(), AtomicUsize::new(0));
    let lines = !quiet && !looked_at;
    let told = move |id: &str| {
        shown.set_message(id.to_owned());
        shown.inc(1);
        let done = 1 + done.fetch_add(1, Ordering::Relaxed);
        if lines && (done.is_multiple_of(20) || done == total) {
            say(format_args!("{done}/{total} scenarios"));
        }
    };
    (bar, Arc::new(told))
}

/// The first Ctrl-C lets what is under way end and be reported; the second ends the command at once.
fn stop_at_ctrl_c() -> Stop {
    let stop = Stop::default();
    let told = Arc::clone(&stop);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if told.swap(true, Ordering::Relaxed) {
                    std::process::exit(INTERRUPTED);
                }
            }
        });
    });
    stop
}

fn write_report(record: &RunRecord, out: &Path) -> Result<(), Failure> {
    let evidence = out.join("evidence");
    // Evidence of an earlier run must not be taken for this one's.
    if evidence.is_dir() {
        std::fs::remove_dir_all(&evidence)
            .map_err(|source| BenchError::Write { path: evidence.clone(), source })?;
    }
    for case in &record.cases {
        let mut lines = Vec::new();
        let path = out.join(&case.evidence_file);
        let failed = |source| BenchError::Write { path: path.clone(), source };
        reports::evidence::write_lines(&case.evidence, &mut lines).map_err(failed)?;
        super::write(&path, &lines)?;
    }
    for (name, writer) in [
        ("index.html", &html::Html as &dyn ReportWriter),
        ("junit.xml", &junit::Junit),
        ("result.json", &json::Json),
    ] {
        let path = out.join(name);
        let mut bytes = Vec::new();
        writer
            .write(record, &mut bytes)
            .map_err(|source| BenchError::Write { path: path.clone(), source })?;
        super::write(&path, &bytes)?;
    }
    Ok(())
}

fn show(record: &RunRecord, out: &Path) -> Result<(), Failure> {
    let stdout = std::io::stdout();
    let text = Text { language: language(), colour: stdout.is_terminal(), ..Text::default() };
    let mut bytes = Vec::new();
    let failed = |source| BenchError::Write { path: out.to_owned(), source };
    text.write(record, &mut bytes).map_err(failed)?;
    // A reader that went away has seen enough.
    let _ = stdout.lock().write_all(&bytes);
    say(format_args!("\n{}", out.join("index.html").display()));
    Ok(())
}

/// Japanese unless the locale says otherwise.
fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("ja")) {
        Language::Japanese
    } else {
        Language::English
    }
}
