//! Whose card: a persona of the catalogue, or any citizen of the population.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Map, Value, json};
use sim_card::CardContents;
use sim_card::pki::Generation;
use sim_card::population::{CheckDigit, Population, REFERENCE_DAY};

use super::responder::Responder;
use super::{Failure, card};
use crate::error::BenchError;
use crate::world::chip_photo;

/// Whose card.
#[derive(Debug, Args)]
pub struct Holder {
    /// Of a persona, e.g. hanako (see `madoguchi list personas`)
    #[arg(long, value_name = "NAME")]
    persona: Option<String>,
    /// Of a citizen of the population, 0 to 124999999 (see `madoguchi population show`)
    #[arg(long, value_name = "N")]
    citizen: Option<u64>,
    /// Seed of the population
    #[arg(long, value_name = "S", requires = "citizen")]
    seed: Option<u64>,
    /// With a 個人番号 whose check digit is right. Such a number may be somebody's: for products that verify it, and nothing else
    #[arg(long, requires = "citizen")]
    valid_check_digit: bool,
    /// With certificates of other keys under the same names: a card that every verifier must refuse
    #[arg(long)]
    foreign: bool,
    #[command(flatten)]
    responder: Responder,
}

/// A card and whose it is.
pub struct HeldCard {
    /// In words: `persona hanako`, `citizen 42 of seed 1`.
    pub name: String,
    /// The same for programs.
    pub facts: Map<String, Value>,
    /// What is on the card.
    pub contents: CardContents,
    /// Whether the check digit of the 個人番号 is right.
    pub valid_check_digit: bool,
}

impl Holder {
    /// The card of this persona, nothing odd about it.
    pub fn of_the_persona(name: &str) -> Self {
        Self {
            persona: Some(name.to_owned()),
            citizen: None,
            seed: None,
            valid_check_digit: false,
            foreign: false,
            responder: Responder::default(),
        }
    }

    /// The card of whoever is named.
    pub fn card(&self) -> Result<HeldCard, Failure> {
        match (&self.persona, self.citizen) {
            (Some(name), None) => self.of_persona(name),
            (None, Some(index)) => self.of_citizen(index, self.seed.unwrap_or(1)),
            (Some(_), Some(_)) => Err(Failure::Usage(
                "a card has one holder; give --persona or --citizen, not both".to_owned(),
            )),
            (None, None) => Err(Failure::Usage(
                "whose card? Give --persona NAME (see `madoguchi list personas`) or --citizen N"
                    .to_owned(),
            )),
        }
    }

    fn of_persona(&self, name: &str) -> Result<HeldCard, Failure> {
        let (slug, _) = card::persona(name)?;
        let pressed = if self.foreign {
            card::foreign(slug)?
        } else {
            card::pressed(self.responder.authority(Generation::Current)?)?.1.remove(slug)
        };
        let pressed = pressed.ok_or_else(|| {
            Failure::Usage(format!(
                "{slug} has no My Number Card; `madoguchi list personas` shows the others"
            ))
        })?;
        let facts = Map::from_iter([("persona".to_owned(), json!(slug))]);
        let name = named(format!("persona {slug}"), self.foreign);
        Ok(HeldCard { name, facts, contents: pressed.contents, valid_check_digit: false })
    }

    /// `madoguchi authority serve` knows the certificates of every citizen, opened or not.
    fn of_citizen(&self, index: u64, seed: u64) -> Result<HeldCard, Failure> {
        let check = if self.valid_check_digit { CheckDigit::Valid } else { CheckDigit::Wrong };
        let citizen = Population::new(seed).with_check_digits(check).citizen(index);
        let citizen = citizen.map_err(|error| Failure::Usage(error.to_string()))?;
        let generation = if self.foreign { Generation::Foreign } else { Generation::Current };
        let mut authority = self.responder.authority(generation)?;
        let photo = |face| chip_photo(face).unwrap_or_default();
        let opened = citizen.card(&mut authority, issued_at()?, photo);
        let opened = opened.map_err(|error| BenchError::setup("citizen's card", error))?;
        let facts = [("citizen".to_owned(), json!(index)), ("seed".to_owned(), json!(seed))];
        Ok(HeldCard {
            name: named(format!("citizen {index} of seed {seed}"), self.foreign),
            facts: Map::from_iter(facts),
            contents: opened.contents,
            valid_check_digit: self.valid_check_digit,
        })
    }
}

fn named(holder: String, foreign: bool) -> String {
    if foreign { format!("{holder}, foreign certificates") } else { holder }
}

/// Noon in Japan on the day from which the population is seen: the same card in each command, whatever the day.
fn issued_at() -> Result<Timestamp, BenchError> {
    let noon = Offset::constant(9).to_timestamp(REFERENCE_DAY.at(12, 0, 0, 0));
    noon.map_err(|error| BenchError::setup("citizen's card", error))
}
