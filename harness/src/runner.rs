//! Runs scenarios: one cucumber runner per core on its own share, results merged in the order of the plan.
//!
//! Each scenario has a world of its own: own cards, ports, store and evidence. So neither order nor company changes what
//! comes of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cucumber::event::{self, StepError};
use cucumber::gherkin::{self, StepType};
use cucumber::{Cucumber, Event, Parser, World as _, Writer, cli, parser, writer};
use futures::stream;
use reports::evidence::EvidenceEntry;
use reports::model::{CaseResult, StepResult, Verdict};
use reports::rollup;

use crate::bench::{Bench, Leavings, trouble};
use crate::catalogue::Case;
use crate::clock::{rfc3339, wall};
use crate::error::BenchError;
use crate::sut::human::{Desk, Place};
use crate::whose::{self, Explanation, Left};
use crate::world::Workshop;

/// Scenarios that one runner keeps under way at once, so that it does not stand still while a folder is polled.
const AT_ONCE: usize = 4;

/// Told of each scenario that has ended.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// Once set, no further scenario is begun; those under way end as they would.
pub type Stop = Arc<AtomicBool>;

/// Results in the order of the cases, and how long each scenario took in seconds, by id, on the wall clock and beside others.
pub type Timed = (Vec<CaseResult>, BTreeMap<String, f64>);

/// Runs the cases and gives their results in the same order.
///
/// # Errors
/// [`BenchError`] when a runner cannot be started.
pub fn run(
    cases: &[&'static Case],
    workshop: &Arc<Workshop>,
    progress: &Progress,
    stop: &Stop,
) -> Result<Vec<CaseResult>, BenchError> {
    Ok(run_timed(cases, workshop, progress, stop)?.0)
}

/// The same, and how long each took.
///
/// # Errors
/// [`BenchError`] when a runner cannot be started.
pub fn run_timed(
    cases: &[&'static Case],
    workshop: &Arc<Workshop>,
    progress: &Progress,
    stop: &Stop,
) -> Result<Timed, BenchError> {
    let notes = Notes::default();
    let played = notes.set_aside(cases, workshop, progress);
    let shares = runners(workshop).min(played.len().max(1));
    // Each runner silences panics while it runs and then puts back what it found, which the others would not survive in silence.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let ran = std::thread::scope(|scope| {
        let share =
            |index: usize| played.iter().copied().skip(index).step_by(shares).collect::<Vec<_>>();
        let start = |index| {
            let share = Share {
                cases: share(index),
                workshop: Arc::clone(workshop),
                notes: notes.clone(),
                progress: Arc::clone(progress),
                stop: Arc::clone(stop),
                of: cases.len(),
            };
            scope.spawn(move || share.run())
        };
        let runners: Vec<_> = (0..shares).map(start).collect();
        runners.into_iter().try_for_each(|runner| {
            runner.join().unwrap_or_else(|_| Err(BenchError::setup("runner", "a runner panicked")))
        })
    });
    std::panic::set_hook(told);
    ran?;
    let mut notes = notes.0.lock().unwrap_or_else(PoisonError::into_inner);
    let took = notes.iter().filter_map(|(id, note)| Some((id.clone(), note.seconds()?))).collect();
    let result = |case: &&'static Case| result(case, notes.remove(&case.id).unwrap_or_default());
    Ok((cases.iter().map(result).collect(), took))
}

/// Runs the cases one runner alone, in this thread, and gives their results in the same order.
///
/// # Errors
/// [`BenchError`] when the runner cannot be started.
pub fn run_alone(
    cases: &[&'static Case],
    workshop: &Arc<Workshop>,
) -> Result<Vec<CaseResult>, BenchError> {
    let notes = Notes::default();
    let share = Share {
        cases: cases.to_vec(),
        workshop: Arc::clone(workshop),
        notes: notes.clone(),
        progress: Arc::new(|_: &str| {}),
        stop: Stop::default(),
        of: cases.len(),
    };
    share.run()?;
    let mut notes = notes.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(cases.iter().map(|case| result(case, notes.remove(&case.id).unwrap_or_default())).collect())
}

/// What one runner works on.
struct Share {
    cases: Vec<&'static Case>,
    workshop: Arc<Workshop>,
    notes: Notes,
    progress: Progress,
    stop: Stop,
    /// How many scenarios there are in all.
    of: usize,
}

impl Share {
    fn run(self) -> Result<(), BenchError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| BenchError::setup("runner", error))?;
        let Self { cases, workshop, notes, progress, stop, of } = self;
        let at_once = at_once(&workshop);
        let desk = desk(&workshop);
        let scribe = Scribe(notes.clone(), desk.clone());
        let by_id: BTreeMap<&str, &'static Case> =
            cases.iter().map(|case| (case.id.as_str(), *case)).collect();
        let before = {
            let notes = notes.clone();
            move |feature: &gherkin::Feature, bench: &mut Bench| {
                let id = id_of(feature);
                let Some(case) = by_id.get(id.as_str()) else { return };
                notes.with(&id, |note| note.wall = Some((wall(), wall())));
                if let Some(desk) = &desk {
                    desk.scenario(place(case, desk.begun() + 1, of));
                }
                if stop.load(Ordering::Relaxed) {
                    bench.give_up();
                } else if let Err(error) = bench.prepare(Arc::clone(&workshop), case) {
                    bench.hinder(&error);
                }
            }
        };
        let after = {
            let notes = notes.clone();
            move |feature: &gherkin::Feature, bench: Option<&mut Bench>| {
                let id = id_of(feature);
                if let Some(bench) = bench {
                    notes.take_from(&id, bench);
                }
                progress(&id);
            }
        };
        runtime.block_on(async {
            let steps = cucumber::runner::Basic::default().steps(Bench::collection());
            let cucumber = Cucumber::<Bench, _, Vec<&'static Case>, _, _, cli::Empty>::custom(
                Parsed, steps, scribe,
            )
            .max_concurrent_scenarios(at_once)
            .before(move |feature, _, _, bench| {
                before(feature, bench);
                Box::pin(std::future::ready(()))
            })
            .after(move |feature, _, _, _, bench| {
                after(feature, bench);
                Box::pin(std::future::ready(()))
            })
            .with_default_cli();
            cucumber.run(cases).await;
        });
        Ok(())
    }
}

/// A reader that waits for a product's card middleware stands still with all of its runner: then no other scenario may wait for it.
pub(crate) fn at_once(workshop: &Workshop) -> usize {
    let sut = workshop.sut.as_ref();
    let waits = sut.is_some_and(|sut| sut.positions.card_middleware.is_some());
    if waits || one_at_a_time(workshop) { 1 } else { AT_ONCE }
}

/// One runner a core; a single one where there is one person, or one folder, for all scenarios.
pub fn runners(workshop: &Workshop) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    if one_at_a_time(workshop) { 1 } else { cores }
}

/// Whether scenarios run one after the other.
fn one_at_a_time(workshop: &Workshop) -> bool {
    workshop.sut.as_ref().is_some_and(|sut| sut.positions.one_at_a_time())
}

/// Where the person is told how far the run is, if there is one.
fn desk(workshop: &Workshop) -> Option<Desk> {
    one_at_a_time(workshop).then(|| workshop.sut.as_ref().map(|sut| sut.desk.clone()))?
}

fn place(case: &Case, nth: usize, of: usize) -> Place {
    let (id, title) = (case.id.clone(), case.title.clone());
    Place { nth, of, id, title, step: String::new() }
}

/// What is known of each scenario while runners are at work, by id.
#[derive(Debug, Clone, Default)]
struct Notes(Arc<Mutex<BTreeMap<String, Note>>>);

#[derive(Debug, Default)]
struct Note {
    steps: Vec<StepResult>,
    left: Leavings,
    evidence: Vec<EvidenceEntry>,
    began: Option<jiff::Timestamp>,
    /// On the wall clock, from its first step to its last.
    wall: Option<(jiff::Timestamp, jiff::Timestamp)>,
}

impl Note {
    fn seconds(&self) -> Option<f64> {
        self.wall.map(|(from, to)| to.duration_since(from).as_secs_f64())
    }
}

impl Notes {
    fn with(&self, id: &str, write: impl FnOnce(&mut Note)) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write(notes.entry(id.to_owned()).or_default());
    }

    /// Notes why scenarios are not played that say nothing of this product, and gives the others.
    fn set_aside(
        &self,
        cases: &[&'static Case],
        workshop: &Workshop,
        progress: &Progress,
    ) -> Vec<&'static Case> {
        let Some(relative) = workshop.relative() else { return cases.to_vec() };
        let plays = |case: &&&Case| match relative.aside(&case.id) {
            Some(error) => {
                self.with(&case.id, |note| note.left.trouble = Some(trouble(&error)));
                progress(&case.id);
                false
            }
            None => true,
        };
        cases.iter().filter(plays).copied().collect()
    }

    fn take_from(&self, id: &str, bench: &mut Bench) {
        let began = bench.began();
        let (left, stage) = bench.leave();
        let evidence = stage.map(|stage| stage.taps().entries()).unwrap_or_default();
        self.with(id, |note| {
            note.wall = note.wall.map(|(from, _)| (from, wall()));
            note.left = left;
            note.evidence = evidence;
            note.began = began;
        });
    }
}

fn id_of(feature: &gherkin::Feature) -> String {
    feature.path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Hands parsed scenarios to cucumber, each as a feature of its own whose path is the scenario's id.
struct Parsed;

impl Parser<Vec<&'static Case>> for Parsed {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<gherkin::Feature>>>;

    fn parse(self, cases: Vec<&'static Case>, _: cli::Empty) -> Self::Output {
        let feature = |case: &Case| {
            Ok(gherkin::Feature { path: Some(PathBuf::from(&case.id)), ..case.gherkin.clone() })
        };
        stream::iter(cases.into_iter().map(feature).collect::<Vec<_>>())
    }
}

/// Writes down how each step went.
struct Scribe(Notes, Option<Desk>);

impl writer::NonTransforming for Scribe {}
impl writer::Normalized for Scribe {}

impl Writer<Bench> for Scribe {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<event::Cucumber<Bench>>>,
        _: &cli::Empty,
    ) {
        let Ok(event) = event else { return };
        let event::Cucumber::Feature(feature, event::Feature::Scenario(_, scenario)) = event.value
        else {
            return;
        };
        let (step, went) = match scenario.event {
            event::Scenario::Background(step, went) | event::Scenario::Step(step, went) => {
                (step, went)
            }
            event::Scenario::Started
            | event::Scenario::Hook(..)
            | event::Scenario::Log(_)
            | event::Scenario::Finished => return,
        };
        let (verdict, message) = match went {
            event::Step::Started => {
                if let Some(desk) = &self.1 {
                    desk.step(format!("{} {}", step.keyword.trim(), step.value));
                }
                return;
            }
            event::Step::Passed(..) => (Verdict::Pass, None),
            event::Step::Skipped => {
                (Verdict::BenchError, Some("no step of the vocabulary reads like this".to_owned()))
            }
            event::Step::Failed(_, _, _, error) => (Verdict::BenchError, Some(message(&error))),
        };
        let result = StepResult {
            keyword: step.keyword.trim().to_owned(),
            text: step.value.clone(),
            verdict,
            message,
        };
        self.0.with(&id_of(&feature), |note| note.steps.push(result));
    }
}

fn message(error: &StepError) -> String {
    let StepError::Panic(info) = error else { return error.to_string() };
    let text = info
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| info.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "the step panicked".to_owned())
}

/// Puts together what came of a scenario.
fn result(case: &Case, note: Note) -> CaseResult {
    let Note { mut steps, left, evidence, began, .. } = note;
    let Leavings { checks, judgements, claims, trouble } = left;
    // A step that the product's silence ended is no fault of the step.
    if let Some((verdict, ..)) = &trouble {
        for step in steps.iter_mut().filter(|step| step.verdict == Verdict::BenchError) {
            step.verdict = *verdict;
        }
    }
    // What builds on a step that is not for this product is not for it either.
    let left = match &trouble {
        Some((Verdict::NotApplicable, ..)) => Verdict::NotApplicable,
        Some(_) | None => Verdict::NotRun,
    };
    steps.extend(not_reached(case, steps.len(), left));
    let mut verdict = rollup::case_verdict(&steps, &checks, &judgements);
    let contradicted = checks.iter().find(|check| check.verdict == Verdict::BenchError);
    if contradicted.is_some() {
        verdict = Verdict::BenchError;
    }
    let left = Left {
        steps: &steps,
        checks: &checks,
        judgements: &judgements,
        trouble: trouble.as_ref(),
        is_own: case.is_own,
    };
    let verdict = whose::verdict(verdict, left);
    let Explanation { why, next_step, blame } = whose::of_case(verdict, left);
    CaseResult {
        id: case.id.clone(),
        title: case.title.clone(),
        area: case.area.clone(),
        tags: case.tags(),
        feature: case.feature.clone(),
        steps,
        checks,
        judgements,
        claims,
        verdict,
        why,
        next_step,
        blame,
        evidence_file: format!("evidence/{}.jsonl", case.id.replace('/', "--")),
        evidence_head: evidence.last().map(|entry| entry.hash.clone()),
        evidence,
        virtual_start: began.map(rfc3339).unwrap_or_default(),
    }
}

/// Steps that an earlier one kept from being reached.
fn not_reached(case: &Case, done: usize, verdict: Verdict) -> Vec<StepResult> {
    let result = |step: &gherkin::Step| StepResult {
        keyword: step.keyword.trim().to_owned(),
        text: step.value.clone(),
        verdict,
        message: None,
    };
    case.steps()
        .skip(done)
        .filter(|step| step.ty != StepType::Given || done > 0)
        .map(result)
        .collect()
}

#[cfg(test)]
mod tests {
    use cucumber::gherkin::GherkinEnv;
    use cucumber::then;

    use reports::model::Blame;

    use super::*;
    use crate::seed::Seed;

    #[then(expr = "the checker panics")]
    fn panics(_: &mut Bench) {
        panic!("a defect of the checker");
    }

    fn judge(steps: &str) -> CaseResult {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let text = format!("# language: ja\n機能: f\n  シナリオ: s\n{steps}\n");
        let gherkin = gherkin::Feature::parse(text, GherkinEnv::default()).unwrap();
        let title = reports::Text2::new("s", "s");
        let case = Case {
            id: "test/case".into(),
            area: "test".into(),
            title,
            feature: "f".into(),
            gherkin,
            is_own: false,
        };
        let case: &'static Case = Box::leak(Box::new(case));
        let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
        run(&[case], &workshop, &(Arc::new(|_: &str| {}) as Progress), &Stop::default())
            .unwrap()
            .remove(0)
    }

    const VISIT: &str = "    もし 「架空花子」が「見本診療所」で顔認証により受付する\n";

    #[test]
    fn a_scenario_that_asserts_what_holds_passes() {
        let result = judge(&format!("{VISIT}    ならば 受付は完了で終わる [OQS-FACE-03]"));
        assert_eq!(result.verdict, Verdict::Pass, "{:?}", result.why);
        assert!(result.judgements.iter().all(|judgement| judgement.agrees));
    }

    #[test]
    fn a_scenario_that_contradicts_the_oracle_is_a_fault_of_the_bench() {
        let result = judge(&format!("{VISIT}    ならば 受付は顔の不一致で終わる [OQS-FACE-04]"));
        assert_eq!(result.verdict, Verdict::BenchError);
        assert!(result.why.unwrap().contains("disagrees with the oracle"));
    }

    #[test]
    fn a_panic_in_a_checker_is_a_fault_of_the_bench() {
        let result = judge(&format!("{VISIT}    ならば the checker panics"));
        assert_eq!((result.verdict, result.blame), (Verdict::BenchError, Some(Blame::Bench)));
        assert!(result.why.unwrap().contains("a defect of the checker"));
    }

    #[test]
    fn a_step_outside_the_vocabulary_is_a_fault_of_the_bench_and_the_rest_is_not_run() {
        let result = judge(&format!("    もし 天気がよい\n{VISIT}"));
        assert_eq!(result.verdict, Verdict::BenchError);
        assert_eq!(result.steps.last().unwrap().verdict, Verdict::NotRun);
    }

    #[test]
    fn after_a_stop_nothing_is_begun_and_nothing_is_judged() {
        let catalogue = crate::catalogue::Catalogue::embedded().unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
        let stop = Stop::new(AtomicBool::new(true));
        let cases: Vec<_> = catalogue.cases.iter().take(3).collect();
        let results = run(&cases, &workshop, &(Arc::new(|_: &str| {}) as Progress), &stop).unwrap();
        assert!(
            results
                .iter()
                .all(|result| result.verdict == Verdict::NotRun && result.evidence.is_empty())
        );
    }

    #[test]
    fn a_scenario_that_asserts_nothing_is_not_run() {
        let result = judge("    前提 日時は2026年4月1日9時30分である");
        assert_eq!(result.verdict, Verdict::NotRun);
    }
}
