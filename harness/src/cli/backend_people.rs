//! Who is insured with the backend that is served by itself: every persona, or the first citizens of a population.

use std::io::IsTerminal as _;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::civil::Date;
use serde_json::Value;
use sim_backend::feed::FeedRecord;
use sim_backend::service::records::PersonCode;
use sim_backend::store::Store;
use sim_card::population::{Citizen, Population, REFERENCE_DAY};

use super::{Failure, say};
use crate::catalogue::Catalogue;
use crate::error::BenchError;
use crate::world::feeding;
use crate::world::insuring::{self, Insurance};

/// Citizens in one delivery: few enough to hold, enough to share a commit.
const DELIVERY: u64 = 1_000;
/// Deliveries that wait for the store.
const AHEAD: usize = 4;

/// Who is insured.
#[derive(Debug, Args)]
pub struct People {
    /// The people of a world
    #[arg(long, value_enum, default_value_t = Named::Personas, conflicts_with = "population")]
    world: Named,
    /// The first N citizens of the population instead, 1 to 125000000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=sim_card::population::SIZE))]
    population: Option<u64>,
    /// Seed of the population
    #[arg(long, value_name = "S", default_value_t = 1, requires = "population")]
    seed: u64,
}

/// A world with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Named {
    /// Every persona of `madoguchi list personas`
    Personas,
}

/// What a number query for one of the people says.
pub struct Example {
    /// Whom it is about, in words.
    pub who: String,
    /// The numbers.
    pub insurer_number: String,
    /// 記号.
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番.
    pub branch: Option<String>,
    /// Date of birth.
    pub birthdate: Date,
}

impl People {
    /// Every persona.
    pub const PERSONAS: Self = Self { world: Named::Personas, population: None, seed: 1 };

    /// The population, if it is one.
    pub fn population(&self) -> Option<Population> {
        self.population.map(|_| Population::new(self.seed))
    }

    /// In words.
    pub fn words(&self) -> String {
        match self.population {
            Some(count) => format!("{count} citizens of seed {}", self.seed),
            None => "every persona".to_owned(),
        }
    }

    /// Has them insured.
    pub async fn insure(&self, store: Arc<dyn Store>, today: Date) -> Result<(), Failure> {
        match self.population {
            Some(count) => stream(Population::new(self.seed), count, store).await,
            None => {
                let catalogue = Catalogue::embedded()?;
                let before =
                    |(slug, person): (&String, _)| feeding::before_story(slug, person, today);
                let records: Vec<Value> = catalogue.personas.iter().flat_map(before).collect();
                sim_backend::feed::deliver(store.as_ref(), &records).await.map_err(failed)?;
                Ok(())
            }
        }
    }

    /// Somebody to ask about.
    pub fn example(&self) -> Result<Example, Failure> {
        match self.population {
            Some(_) => citizen(Population::new(self.seed), 0).map(|citizen| of_citizen(&citizen)),
            None => of_persona(),
        }
    }
}

fn of_persona() -> Result<Example, Failure> {
    let catalogue = Catalogue::embedded()?;
    let insured = catalogue.personas.iter().find_map(|(slug, person)| {
        let coverage = person.coverages.iter().find(|coverage| coverage.lost.is_none())?;
        Some(Example {
            who: format!("persona {slug}"),
            insurer_number: coverage.insurer_number.clone(),
            symbol: coverage.symbol.clone(),
            number: coverage.number.clone(),
            branch: coverage.branch.clone(),
            birthdate: person.birthdate,
        })
    });
    Ok(insured.ok_or_else(|| BenchError::setup("catalogue", "no persona is insured"))?)
}

fn of_citizen(citizen: &Citizen) -> Example {
    let insurance = Insurance::of(citizen, REFERENCE_DAY);
    Example {
        who: format!("citizen {}", citizen.index),
        insurer_number: insurance.insurer_number,
        symbol: insurance.symbol,
        number: insurance.number,
        branch: insurance.branch,
        birthdate: citizen.birthdate,
    }
}

/// Computes citizens on a thread of its own and stores them as they come, so that memory does not grow with their number.
async fn stream(population: Population, count: u64, store: Arc<dyn Store>) -> Result<(), Failure> {
    let from = stored(population, count, store.as_ref()).await?;
    if from > 0 {
        say(format_args!("{from} citizens are in the store already"));
    }
    let (hand, mut taken) = tokio::sync::mpsc::channel(AHEAD);
    let making = std::thread::spawn(move || {
        let mut next = from;
        while next < count {
            let end = count.min(next + DELIVERY);
            let made = (next..end).map(|index| records(population, index));
            let delivery: Result<Vec<_>, Failure> = made.collect();
            if hand
                .blocking_send(delivery.map(|records| records.into_iter().flatten().collect()))
                .is_err()
            {
                return;
            }
            next = end;
        }
    });
    let bar = progress(count, from);
    while let Some(delivery) = taken.recv().await {
        let delivery: Vec<FeedRecord> = delivery?;
        store.append(&delivery).await.map_err(failed)?;
        bar.inc(u64::try_from(delivery.len() / 2).unwrap_or(DELIVERY));
    }
    bar.finish_and_clear();
    making.join().map_err(|_| BenchError::setup("population", "its thread ended early").into())
}

/// How many of these citizens, from the first on, an earlier run has stored: deliveries come in order and whole.
async fn stored(population: Population, count: u64, store: &dyn Store) -> Result<u64, Failure> {
    let persons = store.census().await.map_err(failed)?.persons.min(count);
    let Some(last) = persons.checked_sub(1) else { return Ok(0) };
    for index in [0, last] {
        let holder = citizen(population, index)?.holder;
        let code = PersonCode::new(holder).map_err(failed)?;
        if store.person(&code).await.map_err(failed)?.is_none() {
            return Ok(0);
        }
    }
    Ok(persons)
}

fn citizen(population: Population, index: u64) -> Result<Citizen, Failure> {
    population.citizen(index).map_err(|error| Failure::Usage(error.to_string()))
}

fn records(population: Population, index: u64) -> Result<Vec<FeedRecord>, Failure> {
    let citizen = citizen(population, index)?;
    let records = insuring::records(&citizen, REFERENCE_DAY);
    let read = records.into_iter().map(serde_json::from_value).collect::<Result<Vec<_>, _>>();
    Ok(read.map_err(failed)?)
}

fn failed(error: impl std::fmt::Display) -> BenchError {
    BenchError::setup("store", error)
}

/// A bar where somebody looks.
fn progress(count: u64, from: u64) -> ProgressBar {
    let looked_at = std::io::stderr().is_terminal();
    let target =
        if looked_at { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(count), target).with_position(from);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:32} {pos}/{len} insured, {per_sec}, {eta} left")
    {
        bar.set_style(style);
    }
    bar
}
