//! How well a matcher tells people apart, and finds attacks out: many comparisons of drawn faces, counted in the terms of
//! ISO/IEC 19795-1 and ISO/IEC 30107-3.
//!
//! Impostors are of like age, sex and colouring. Everything follows from the seed; the pictures are made company by
//! company on all cores, and none is kept.

mod baseline;
mod det;
mod outcome;
mod people;
mod rates;
mod table;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub use baseline::{MeanColour, RawPixels};
pub use det::det_curve;
pub use outcome::{AttackOutcome, Evaluation, Outcome};
pub use rates::Rates;
pub use table::table;

use super::photo::PhotoError;
use super::{Attack, GreyImage, Matcher, NoScore, Setting};
use outcome::Tally;
use people::Gathering;

/// A matcher that fails this often is not asked any more.
const PATIENCE: usize = 20;

/// What is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Comparisons of one person's photo and capture.
    pub genuine: usize,
    /// Comparisons of one person's photo and another's capture.
    pub impostors: usize,
    /// Attacks of each kind.
    pub attacks: usize,
    /// Decides who is compared and what every picture looks like.
    pub seed: u64,
    /// How captures are taken.
    pub setting: Setting,
    /// False match rate that the threshold shall keep.
    pub target_fmr: f64,
}

/// One of the matchers that are measured on the same pictures.
pub struct Subject<'a> {
    /// Its name in the table.
    pub name: String,
    /// The matcher.
    pub matcher: &'a dyn Matcher,
}

/// Takes a portrait to the form in which a chip stores it, and back.
pub type ChipForm<'a> = &'a (dyn Fn(&GreyImage) -> Result<GreyImage, PhotoError> + Sync);

/// Why an evaluation ended early.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EvaluationError {
    /// A photo could not be brought to the form of the chip.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// A matcher failed too often.
    #[error("{name} failed {PATIENCE} times; the last time: {last}")]
    Failing {
        /// Which.
        name: String,
        /// How.
        last: NoScore,
    },
}

/// Measures every subject on the same pictures. `progress` hears of each company that is done, and of how many there are.
///
/// # Errors
/// [`EvaluationError`]. What merely cannot be used is counted.
pub fn evaluate(
    plan: &Plan,
    subjects: &[Subject<'_>],
    chip: ChipForm<'_>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Evaluation, EvaluationError> {
    let companies = people::companies(plan);
    let work = Work {
        plan,
        subjects,
        chip,
        progress,
        failures: failures(subjects),
        next: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..cores.min(companies) {
            scope.spawn(|| {
                while let Some(index) = work.next(companies) {
                    let measured = work.company(index, companies);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, measured));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    let mut tallies: Vec<Tally> = subjects.iter().map(|_| Tally::default()).collect();
    for (_, measured) in done {
        for (tally, more) in tallies.iter_mut().zip(measured?) {
            tally.add(more);
        }
    }
    Ok(outcome::evaluation(plan, subjects, tallies))
}

/// How many companies a plan needs; what `progress` counts towards.
pub fn companies(plan: &Plan) -> usize {
    people::companies(plan)
}

fn failures(subjects: &[Subject<'_>]) -> Vec<AtomicUsize> {
    subjects.iter().map(|_| AtomicUsize::new(0)).collect()
}

/// What the threads share.
struct Work<'a> {
    plan: &'a Plan,
    subjects: &'a [Subject<'a>],
    chip: ChipForm<'a>,
    progress: &'a (dyn Fn(usize) + Sync),
    /// Of each subject, over all companies.
    failures: Vec<AtomicUsize>,
    next: AtomicUsize,
    stop: AtomicBool,
}

impl Work<'_> {
    fn next(&self, companies: usize) -> Option<usize> {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        (next < companies && !self.stop.load(Ordering::Relaxed)).then_some(next)
    }

    /// The scores of every subject on one company.
    fn company(&self, index: usize, companies: usize) -> Result<Vec<Tally>, EvaluationError> {
        let measured = Gathering::of(self.plan, index, companies, self.chip)
            .map_err(EvaluationError::Photo)
            .and_then(|gathering| {
                let subjects = self.subjects.iter().zip(&self.failures);
                subjects.map(|(subject, failures)| measure(&gathering, subject, failures)).collect()
            });
        self.stop.fetch_or(measured.is_err(), Ordering::Relaxed);
        (self.progress)(companies);
        measured
    }
}

fn measure(
    gathering: &Gathering,
    subject: &Subject<'_>,
    failures: &AtomicUsize,
) -> Result<Tally, EvaluationError> {
    let Gathering { photos, captures, genuine, impostors, attacks } = gathering;
    let mut tally = Tally::default();
    for score in subject.matcher.scores(photos, captures, genuine) {
        tally.genuine.take(score);
    }
    tally.check(subject, failures)?;
    for score in subject.matcher.scores(photos, captures, impostors) {
        tally.impostors.take(score);
    }
    tally.check(subject, failures)?;
    for capture in captures {
        tally.bona_fide.take_attack(subject.matcher.attack(capture));
    }
    for attack in Attack::ALL {
        let shown: Vec<_> = attacks.iter().filter(|one| one.attack == attack).collect();
        let pictures: Vec<GreyImage> = shown.iter().map(|one| one.picture.clone()).collect();
        let pairs: Vec<_> = (0..).zip(&shown).map(|(at, one)| (one.victim, at)).collect();
        let matches = subject.matcher.scores(photos, &pictures, &pairs);
        let suspicions = pictures.iter().map(|picture| subject.matcher.attack(picture));
        for (score, suspicion) in matches.into_iter().zip(suspicions) {
            tally.attack(attack, score, suspicion);
        }
    }
    tally.check(subject, failures)?;
    Ok(tally)
}
