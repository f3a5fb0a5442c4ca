//! Cards that lie ready for products that speak to cards: one of somebody who does not exist, and one of another kind.

use std::sync::{Arc, Mutex, PoisonError};

use sim_card::pki::{Authority, AuthorityConfig};
use sim_card::population::Population;
use sim_card::{Card, CardContents, Silence};
use sim_reader::{CardChannel, ChannelError};

use crate::clock::wall;
use crate::error::BenchError;

/// What is on the card of somebody who does not exist.
///
/// # Errors
/// [`BenchError::Setup`] when a fixture is damaged.
pub(super) fn contents() -> Result<CardContents, BenchError> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("card", error);
    let mut authority =
        Authority::new(AuthorityConfig::default()).map_err(|error| failed(&error))?;
    let citizen = Population::new(1).citizen(0).map_err(|error| failed(&error))?;
    let opened = citizen.card(&mut authority, wall(), |_| Vec::new());
    Ok(opened.map_err(|error| failed(&error))?.contents)
}

/// A card that answers at once.
pub(super) struct OnTable(Arc<Mutex<Card>>);

impl OnTable {
    /// Lays a card with these contents on the table.
    pub fn lay(contents: CardContents) -> Self {
        Self(Arc::new(Mutex::new(Card::new(contents))))
    }
}

impl CardChannel for OnTable {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let answer = self.0.lock().unwrap_or_else(PoisonError::into_inner).exchange(command);
        answer.map_err(|silence| match silence {
            Silence::Removed => ChannelError::Removed,
            Silence::Mute | Silence::NoPower => ChannelError::Mute,
        })
    }

    fn power_up(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).power_on();
    }
}

/// A card that knows no application.
pub(super) struct Other;

impl CardChannel for Other {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let select = command.get(1) == Some(&0xA4);
        Ok(if select { vec![0x6A, 0x82] } else { vec![0x6D, 0x00] })
    }
}
