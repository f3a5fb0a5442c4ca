//! Mutants: defects planted into the reference stack while it runs, and lawful variants of it, both as data of `scenarios/`.
//!
//! A mutant proves that an assertion can go red: it must *fail* under one of the mutant's requirement ids. A variant behaves
//! otherwise and still as it should: nothing may go red. A defect is handed in when a world's actors are built; most sit at a seam,
//! between one actor and the tap, the others where an actor takes its data or its people's answers.

mod certificate;
mod counter;
mod desk;
mod edit;
mod files;
mod hunt;
mod kills;
mod place;
mod plant;
mod score;
mod seam;

pub use counter::ReaderDefect;
pub use desk::DeskDefect;
pub use edit::{Edit, Rewrite, Seam, Way};
pub use files::FileDefect;
pub use hunt::{Fate, Found, Hunt, Kill, Reach, Tried};
pub use kills::Kills;
pub use place::Place;
pub use plant::{ClockOf, Plant, Planted, StatusDefect};
pub use score::{Score, Share};

use serde::Deserialize;

use crate::catalogue::{Catalogue, Risk};

/// One defect: a row of `scenarios/mutants/*.yaml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Lower case with hyphens; never changed.
    pub id: String,
    /// Which position misbehaves.
    pub place: Place,
    /// What it does wrong, `日本語 | English`.
    pub defect: String,
    /// Requirements one of whose assertions must fail.
    pub requirements: Vec<String>,
    /// What goes wrong for people.
    pub risk: Risk,
    /// How it is done.
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    pub plant: Plant,
    /// Why nothing can tell it from the right behaviour, where that is so.
    #[serde(default)]
    pub equivalent: Option<String>,
}

impl Mutant {
    /// Whether it breaks a MUST.
    pub fn is_must(&self, catalogue: &Catalogue) -> bool {
        let tier = |id: &String| catalogue.requirements.get(id).map(|row| row.tier);
        self.requirements.iter().any(|id| tier(id) == Some(1))
    }
}

/// Another lawful way: a row of `scenarios/variants/*.yaml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Lower case with hyphens; never changed.
    pub id: String,
    /// Which position does it otherwise.
    pub place: Place,
    /// What it does otherwise, and why it may, `日本語 | English`.
    pub variation: String,
    /// Only scenarios that bear one of these; without any, all.
    #[serde(default)]
    pub requirements: Vec<String>,
    /// How it is done.
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    pub plant: Plant,
}
