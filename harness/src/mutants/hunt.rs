//! The hunt: each mutant meets the scenarios bound to its requirements until each of these has turned red; one mutant a core at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use reports::model::{CaseResult, Verdict};

use super::{Mutant, Plant, Variant};
use crate::catalogue::{Case, Catalogue};
use crate::error::BenchError;
use crate::runner;
use crate::world::Workshop;

/// Scenarios that are run before it is looked what they have found.
const AT_A_TIME: usize = 4;

/// What is hunted with.
#[derive(Debug)]
pub struct Hunt {
    catalogue: &'static Catalogue,
    workshop: Arc<Workshop>,
    reach: Reach,
}

/// Which scenarios a mutant meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those bound to its requirements, until each of these has turned red.
    UntilRed,
    /// All that are bound to its requirements.
    Bound,
    /// Every scenario.
    Every,
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Found.
    Killed,
    /// Nobody noticed.
    Survived,
    /// Nobody can notice, and why.
    Equivalent(String),
}

/// One assertion that failed as it should.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kill {
    /// The scenario.
    pub scenario: String,
    /// The requirement.
    pub requirement: String,
}

/// A mutant after the hunt.
#[derive(Debug, Clone)]
pub struct Found<'m> {
    /// Which.
    pub mutant: &'m Mutant,
    /// What became of it.
    pub fate: Fate,
    /// What found it among the scenarios it met.
    pub kills: Vec<Kill>,
    /// How many scenarios it met.
    pub met: usize,
}

/// A variant after its scenarios.
#[derive(Debug, Clone)]
pub struct Tried<'v> {
    /// Which.
    pub variant: &'v Variant,
    /// How many scenarios it met.
    pub met: usize,
    /// Scenarios that did not pass, with the reason.
    pub failed: Vec<(String, String)>,
}

impl Hunt {
    /// A hunt.
    pub fn new(catalogue: &'static Catalogue, workshop: Arc<Workshop>, reach: Reach) -> Self {
        Self { catalogue, workshop, reach }
    }

    /// Scenarios that do not pass without any defect: with one of them nothing else means anything. Those that these mutants will
    /// meet are tried.
    ///
    /// # Errors
    /// [`BenchError`] when a runner cannot be started.
    pub fn baseline(&self, mutants: &[&Mutant]) -> Result<Vec<(String, String)>, BenchError> {
        let wanted: Vec<String> =
            mutants.iter().flat_map(|mutant| mutant.requirements.iter().cloned()).collect();
        let cases = self.met_by(&wanted);
        let some: Vec<&[&'static Case]> = cases.chunks(AT_A_TIME).collect();
        let failed =
            in_parallel(&some, |some| Ok(failures(&runner::run_alone(some, &self.workshop)?)))?;
        Ok(failed.into_iter().flatten().collect())
    }

    /// The scenarios that a mutant of these requirements meets.
    fn met_by(&self, requirements: &[String]) -> Vec<&'static Case> {
        match self.reach {
            Reach::Every => self.catalogue.cases.iter().collect(),
            Reach::UntilRed | Reach::Bound => bound(self.catalogue, requirements),
        }
    }

    /// Hunts mutants, each in a stack of its own; `told` hears of each that is done.
    ///
    /// # Errors
    /// [`BenchError`] when a runner cannot be started.
    pub fn mutants<'m>(
        &self,
        mutants: &[&'m Mutant],
        told: &(dyn Fn(&str) + Sync),
    ) -> Result<Vec<Found<'m>>, BenchError> {
        in_parallel(mutants, |mutant| {
            let found = self.hunt(mutant)?;
            told(&mutant.id);
            Ok(found)
        })
    }

    fn hunt<'m>(&self, mutant: &'m Mutant) -> Result<Found<'m>, BenchError> {
        if let Some(why) = &mutant.equivalent {
            let fate = Fate::Equivalent(why.clone());
            return Ok(Found { mutant, fate, kills: Vec::new(), met: 0 });
        }
        let workshop = self.with(&mutant.plant);
        let cases = self.met_by(&mutant.requirements);
        let (mut kills, mut met) = (Vec::new(), 0);
        for some in cases.chunks(AT_A_TIME) {
            met += some.len();
            for result in runner::run_alone(some, &workshop)? {
                kills.extend(killed_by(mutant, &result));
            }
            if self.reach == Reach::UntilRed && are_all_red(mutant, &kills) {
                break;
            }
        }
        let fate = if kills.is_empty() { Fate::Survived } else { Fate::Killed };
        Ok(Found { mutant, fate, kills, met })
    }

    /// Lets variants meet their scenarios; `told` hears of each that is done.
    ///
    /// # Errors
    /// [`BenchError`] when a runner cannot be started.
    pub fn variants<'v>(
        &self,
        variants: &[&'v Variant],
        told: &(dyn Fn(&str) + Sync),
    ) -> Result<Vec<Tried<'v>>, BenchError> {
        in_parallel(variants, |variant| {
            let workshop = self.with(&variant.plant);
            let cases = if variant.requirements.is_empty() {
                self.catalogue.cases.iter().collect()
            } else {
                bound(self.catalogue, &variant.requirements)
            };
            let failed = failures(&runner::run_alone(&cases, &workshop)?);
            told(&variant.id);
            Ok(Tried { variant, met: cases.len(), failed })
        })
    }

    fn with(&self, plant: &Plant) -> Arc<Workshop> {
        Arc::new(self.workshop.as_ref().clone().with_plant(plant.clone()))
    }
}

/// Whether every requirement of the mutant has turned red: then nothing more is to be learnt.
fn are_all_red(mutant: &Mutant, kills: &[Kill]) -> bool {
    mutant.requirements.iter().all(|id| kills.iter().any(|kill| kill.requirement == *id))
}

/// The scenarios that bear one of these requirements.
fn bound(catalogue: &'static Catalogue, requirements: &[String]) -> Vec<&'static Case> {
    let bears = |case: &&Case| case.requirements().iter().any(|id| requirements.contains(id));
    catalogue.cases.iter().filter(bears).collect()
}

/// The assertions of a scenario that found the mutant: a verdict *fail* under one of its own ids, and nothing else.
fn killed_by(mutant: &Mutant, result: &CaseResult) -> BTreeSet<Kill> {
    let failed = result.checks.iter().filter(|check| check.verdict == Verdict::Fail);
    failed
        .flat_map(|check| &check.requirement)
        .filter(|id| mutant.requirements.contains(id))
        .map(|id| Kill { scenario: result.id.clone(), requirement: id.clone() })
        .collect()
}

fn failures(results: &[CaseResult]) -> Vec<(String, String)> {
    let failed = results.iter().filter(|result| result.verdict != Verdict::Pass);
    failed.map(|result| (result.id.clone(), result.why.clone().unwrap_or_default())).collect()
}

/// Does the work on one item a core at a time; results in the order of the items.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, BenchError> + Sync,
) -> Result<Vec<R>, BenchError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        let worker = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(index) else { return Ok(()) };
                let result = work(item)?;
                done.lock().unwrap_or_else(PoisonError::into_inner).insert(index, result);
            }
        };
        let workers: Vec<_> = (0..cores.min(items.len())).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(BenchError::setup("hunt", "a runner panicked")))
        })
    })?;
    // Cucumber silences panics while it runs; two runners may leave the hook silent.
    drop(std::panic::take_hook());
    Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
}
