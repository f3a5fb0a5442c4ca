//! `madoguchi run`: the suite, its progress, its verdict, its report.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::civil::Date;
use reports::model::{BenchInfo, Level, RequirementRow, RunRecord, Verdict, Wall};
use reports::text::Text;
use reports::{ReportWriter, html, json, junit, rollup};

use super::plan::Plan;
use super::{Failure, RunArgs, doctor, own, say};
use crate::catalogue::{Case, bracketed};
use crate::clock;
use crate::error::BenchError;
use crate::expected;
pub use crate::locale::language;
use crate::relative::{self, Relative};
use crate::runner::{self, Progress, Stop};
use crate::seed::Seed;
use crate::sut::human::{Desk, Ended};
use crate::whose;
use crate::world::Workshop;

/// Exit code of a command that was interrupted twice, as shells know it.
const INTERRUPTED: i32 = 130;

/// Runs, reports, and gives the exit code.
pub fn run(args: &RunArgs) -> Result<u8, Failure> {
    let catalogue = own::catalogue(args.scenarios.as_deref())?;
    if args.shard.is_some() && !args.expected.is_empty() {
        return Err(Failure::Usage(
            "a share knows only its own failures: give --waivers, --conformance and --baseline to `madoguchi merge`"
                .to_owned(),
        ));
    }
    let Some(plan) = Plan::of(args, catalogue)? else {
        say("nothing failed in that report: there is nothing to run again");
        return Ok(0);
    };
    let today = clock::jst_day(clock::wall());
    let expected = super::expected::read(&args.expected, catalogue, today)?;
    if args.dry_run {
        plan.tell();
        return Ok(0);
    }
    plan.sut.as_ref().map(doctor::admit).transpose()?;
    // Before the work, so that a folder that cannot be written is not found out after it.
    std::fs::create_dir_all(&args.out)
        .map_err(|source| BenchError::Write { path: args.out.clone(), source })?;
    let mut record = record(plan, args.quiet)?;
    super::expected::apply(&expected, &mut record, today)?;
    finish(&record, &args.out, args.quiet)
}

/// Writes the report, shows it, and gives the exit code.
pub fn finish(record: &RunRecord, out: &Path, quiet: bool) -> Result<u8, Failure> {
    write_report(record, out)?;
    if !quiet {
        show(record, out)?;
    }
    Ok(rollup::exit_code(rollup::run_verdict(record)))
}

/// Runs the cases and records what came of them.
///
/// # Errors
/// [`BenchError`] when the bench cannot be set up.
pub fn record(plan: Plan, quiet: bool) -> Result<RunRecord, BenchError> {
    let started = clock::wall();
    let Plan {
        catalogue,
        cases,
        product,
        sut,
        plant,
        seed,
        answers,
        binding,
        rows,
        scope,
        breaker,
        complete,
        digest,
    } = plan;
    let equipped = |sut| -> Result<Workshop, BenchError> {
        let workshop = Workshop::new(Seed(seed), sut)?.with_catalogue(catalogue);
        Ok(workshop.with_answers(answers).with_binding(binding.clone()))
    };
    let stop = stop_at_ctrl_c();
    let day = scope.relative_to.as_ref().and_then(|day| day.parse().ok());
    let rehearse = |day| rehearse(&cases, &equipped(None)?, day, (quiet, &stop));
    let (cases, relative) = match day.map(rehearse).transpose()? {
        Some((moved, relative)) => (moved, Some(relative)),
        None => (cases.clone(), None),
    };
    let mut workshop = equipped(sut)?;
    if let Some(relative) = relative {
        workshop = workshop.with_relative(relative);
    }
    if let Some(plant) = plant {
        workshop = workshop.with_plant(plant);
    }
    if let Some(limit) = breaker {
        workshop = workshop.with_breaker(limit);
    }
    let desk = person(&workshop);
    // Where a person is asked, the question says how far the run is.
    let (bar, progress) = progress(cases.len(), quiet || desk.is_some(), "scenarios");
    if let Some(desk) = &desk {
        desk.belongs_to(Stop::clone(&stop));
    }
    let (results, took) = runner::run_timed(&cases, &Arc::new(workshop), &progress, &stop)?;
    bar.finish_and_clear();
    let seconds = clock::wall().duration_since(started).as_secs_f64();
    let ended = desk.as_ref().and_then(Desk::ended);
    let interrupted = stop.load(Ordering::Relaxed).then(|| whose::interrupted(ended));
    if let Some(desk) = &desk {
        desk.end(Ended::Finished);
    }
    let mut record = RunRecord {
        bench: BenchInfo {
            name: "madoguchi".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        plan_digest: digest,
        product,
        seed,
        cases: results,
        requirements: rows.into_iter().collect(),
        wall: Some(Wall { started: clock::rfc3339(started), seconds, cases: took }),
        incomplete: interrupted,
        scope,
    };
    if binding.claims.is_some() {
        let rows = &catalogue.requirements;
        let unclaimed = |id: &str| rows.get(id).is_some_and(|row| !binding.claims(row));
        expected::set_aside(&mut record, unclaimed);
    }
    if complete {
        record.incomplete = record.incomplete.take().or_else(|| unexercised(&record));
    }
    Ok(record)
}

/// Moves the scenarios to a day and finds out, without the product, which of them hold there.
fn rehearse(
    cases: &[&'static Case],
    workshop: &Workshop,
    day: Date,
    (quiet, stop): (bool, &Stop),
) -> Result<(Vec<&'static Case>, Relative), BenchError> {
    let (bar, progress) = progress(cases.len(), quiet, "scenarios moved and rehearsed");
    let planned = relative::plan(cases, workshop, day, (&progress, stop));
    bar.finish_and_clear();
    planned
}

/// Where the person is asked who operates the product, if one does.
fn person(workshop: &Workshop) -> Option<Desk> {
    let sut = workshop.sut.as_ref().filter(|sut| sut.positions.one_at_a_time());
    sut.map(|sut| sut.desk.clone())
}

/// Names the MUSTs that an assertion should have checked and none did. One whose steps are not for this product is not among
/// them.
pub fn unexercised(record: &RunRecord) -> Option<String> {
    let outcomes = rollup::requirements(record);
    let spared: BTreeSet<String> = record
        .cases
        .iter()
        .flat_map(|case| &case.steps)
        .filter(|step| step.verdict == Verdict::NotApplicable)
        .flat_map(|step| bracketed(&step.text))
        .collect();
    let missed = |(id, row): &(&String, &RequirementRow)| {
        row.level == Level::Must
            && row.check.is_auto()
            && outcomes.get(*id).is_none_or(|outcome| outcome.evaluated == 0)
            && !spared.contains(*id)
    };
    let ids: Vec<&str> =
        record.requirements.iter().filter(missed).map(|(id, _)| id.as_str()).collect();
    (!ids.is_empty()).then(|| whose::unexercised(record, &ids))
}

/// A bar where somebody looks, a line every so often where nobody does, nothing when asked to be quiet.
pub fn progress(total: usize, quiet: bool, what: &'static str) -> (ProgressBar, Progress) {
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
            say(format_args!("{done}/{total} {what}"));
        }
    };
    (bar, Arc::new(told))
}

/// The first Ctrl-C lets what is under way end and be reported; the second ends the command at once.
pub fn stop_at_ctrl_c() -> Stop {
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
