//! `--fault`: a card that misbehaves on purpose.

use clap::Args;
use sim_card::{Card, Fault};

use super::Failure;
use super::card_holder::Holder;

/// How the card misbehaves.
#[derive(Debug, Args)]
pub struct Misbehaviour {
    /// A fault of the card, e.g. mute-after:5 or wrong-status:B0:6F00; may be given several times. A wrong one lists them all
    #[arg(long = "fault", value_name = "FAULT", conflicts_with = "state")]
    faults: Vec<Fault>,
    /// The persona whose card takes this one's place when --fault swapped-after:N strikes
    #[arg(long, value_name = "NAME", requires = "faults")]
    under: Option<String>,
}

impl Misbehaviour {
    /// Makes the card misbehave.
    pub fn lay_on(&self, card: &mut Card) -> Result<(), Failure> {
        let swapped = self.faults.iter().any(|fault| matches!(fault, Fault::SwappedAfter { .. }));
        match &self.under {
            Some(_) if !swapped => {
                let words =
                    "--under is for --fault swapped-after:N; leave it out, or add that fault";
                return Err(Failure::Usage(words.to_owned()));
            }
            Some(name) => {
                let other = Holder::of_the_persona(name).card()?;
                card.lay_under(Card::new(other.contents).persistent().clone());
            }
            None if swapped => {
                let words = "swapped for whose card? Name a persona with --under";
                return Err(Failure::Usage(words.to_owned()));
            }
            None => (),
        }
        card.set_faults(self.faults.clone());
        Ok(())
    }
}
