//! How a defect is planted: one kind of mistake with its numbers, and what the actors of one world see of it.

use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};
use sim_backend::messages::Form;
use sim_card::Fault;
use sim_reader::GreyImage;

use super::counter::ReaderDefect;
use super::desk::DeskDefect;
use super::edit::Edit;
use super::files::FileDefect;
use crate::clock::Now;
use crate::model::World;
use crate::world::Deviation;

/// One kind of mistake. Nothing but this tells a mutant from the reference stack.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plant {
    /// A clock is wrong by so much, or stands still.
    #[serde(rename_all = "kebab-case")]
    Clock {
        /// Whose.
        of: ClockOf,
        /// How far ahead, e.g. `9h` or `-9h`; without it the clock stands still from the beginning.
        #[serde(default)]
        ahead: Option<SignedDuration>,
    },
    /// The backend misreads what the authority says.
    Status(StatusDefect),
    /// The backend looks up another person for every certificate.
    LinkedToAnother,
    /// The backend believes an authority that it does not know.
    ForeignAuthorityTrusted,
    /// The backend takes its data for something else.
    Backend(sim_backend::Defect),
    /// A message is changed on its way.
    Edit(Box<Edit>),
    /// Every card has these faults, spelt as for `card serve --fault`.
    Card(Faults),
    /// Between visits the PIN of every card has its tries back.
    TriesRefilled,
    /// Every visit takes a try of the PIN.
    TryLostByVisit,
    /// The reader misbehaves.
    Reader(ReaderDefect),
    /// The terminal mistreats the shared folders.
    Files(FileDefect),
    /// The receipt computer misbehaves.
    Desk(DeskDefect),
    /// The authority revokes the user-authentication certificate of whoever moves.
    MovingRevokes,
    /// Answers of the backend in other lawful forms.
    Form(OtherForm),
    /// Nothing at all: what must be reported as a survivor.
    Nothing,
}

/// Whose clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockOf {
    /// The backend's.
    Backend,
    /// Each terminal's.
    Terminal,
}

/// How the backend misreads the status of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusDefect {
    /// Whatever is revoked or held counts as good.
    RevokedIsGood,
    /// A held certificate counts as good.
    HeldIsGood,
    /// A certificate that fell with its holder's death counts as good.
    DeadIsGood,
    /// Any revoked certificate but a held one counts as good.
    RevokedForGoodIsGood,
    /// Silence counts as good.
    SilenceIsGood,
    /// Silence counts as revoked.
    SilenceIsRevoked,
    /// Nobody is asked.
    NeverAsked,
    /// Once good, always good.
    Remembered,
}

/// Faults of a card, read from their spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl<'de> Deserialize<'de> for Faults {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spelt = Vec::<String>::deserialize(deserializer)?;
        let faults = spelt.iter().map(|word| Fault::from_str(word));
        faults.collect::<Result<_, _>>().map(Self).map_err(serde::de::Error::custom)
    }
}

/// Answers that say the same in another form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OtherForm {
    /// What is different.
    pub deviations: Vec<Deviation>,
    /// Decides a scattered order.
    #[serde(default)]
    pub seed: u64,
}

/// The defect of one world, and what it remembers from visit to visit. Empty for the reference stack.
#[derive(Debug, Clone, Default)]
pub struct Planted {
    pub(super) plant: Option<Arc<Plant>>,
    pub(super) secrets: Arc<Secrets>,
    pub(super) memory: Arc<Mutex<Memory>>,
}

/// What stands in a message in place of `$PIN` and `$NUMBER`: of the first person who has one.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    pub pin: String,
    pub number: String,
}

/// What a mistaken reader carries from one visit into the next.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub picture: Option<GreyImage>,
    pub by_sight: bool,
    pub consented: bool,
}

impl Planted {
    /// The defect in a world.
    pub fn new(plant: Option<&Arc<Plant>>, world: &World) -> Self {
        let mut people = world.people.values();
        let number = people.next().map(|person| person.individual_number.clone());
        let pin = world.people.values().find_map(|person| person.card.as_ref()?.pin.clone());
        let secrets = Secrets { pin: pin.unwrap_or_default(), number: number.unwrap_or_default() };
        Self { plant: plant.cloned(), secrets: Arc::new(secrets), memory: Arc::default() }
    }

    pub(super) fn get(&self) -> Option<&Plant> {
        self.plant.as_deref()
    }

    pub(super) fn remember<T>(&self, change: impl FnOnce(&mut Memory) -> T) -> T {
        change(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The clock as this actor sees it.
    pub fn clock(&self, whose: ClockOf, now: Now) -> Now {
        let Some(&Plant::Clock { of, ahead }) = self.get() else { return now };
        if of != whose {
            return now;
        }
        let began = now();
        Arc::new(move || match ahead {
            Some(ahead) => now().checked_add(ahead).unwrap_or(began),
            None => began,
        })
    }

    /// The backend's own mistake.
    pub fn backend(&self) -> Option<sim_backend::Defect> {
        if let Some(Plant::Backend(defect)) = self.get() { Some(*defect) } else { None }
    }

    /// The form of the backend's answers.
    pub fn form(&self, form: Form) -> Form {
        let Some(Plant::Form(OtherForm { deviations, seed })) = self.get() else { return form };
        deviations.iter().fold(form, |form, deviation| deviation.applied(form, *seed))
    }

    /// Faults that every card has.
    pub fn card_faults(&self) -> Vec<Fault> {
        if let Some(Plant::Card(Faults(faults))) = self.get() { faults.clone() } else { Vec::new() }
    }

    /// How many tries a card's PIN has after a visit.
    pub fn tries_after_visit(&self, left: u8) -> u8 {
        match self.get() {
            Some(Plant::TriesRefilled) => 3,
            Some(Plant::TryLostByVisit) => left.saturating_sub(1),
            Some(_) | None => left,
        }
    }

    /// Whether the authority revokes the certificate of whoever moves.
    pub fn moving_revokes(&self) -> bool {
        self.get() == Some(&Plant::MovingRevokes)
    }

    /// What the reader does wrong.
    pub fn reader(&self) -> Option<ReaderDefect> {
        if let Some(Plant::Reader(defect)) = self.get() { Some(*defect) } else { None }
    }
}
