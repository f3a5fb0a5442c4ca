//! Ways for programs outside to reach the card.

pub mod guard;
pub mod http;
#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod vpcd;

use std::time::Duration;

use crate::card::Card;
use crate::faults::Silence;

/// A card in a slot, as a link sees it: a virtual one, one whose memory is kept in a file, or one on a real reader.
pub trait CardSlot: Send {
    /// Answer to reset.
    fn atr(&self) -> Vec<u8>;

    /// Whether the card still lies there.
    fn is_present(&self) -> bool;

    /// Whether the card has power.
    fn has_power(&self) -> bool;

    /// Gives the card power, and takes all that was granted before.
    fn power_on(&mut self);

    /// Takes the power away.
    fn power_off(&mut self);

    /// Warm reset; a card without power gets it.
    fn reset(&mut self);

    /// Carries out one command.
    ///
    /// # Errors
    /// [`Silence`] when no answer comes.
    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence>;

    /// How much longer than its work the last answer takes; whoever carries the answer waits.
    fn delay(&self) -> Duration {
        Duration::ZERO
    }
}

impl CardSlot for Card {
    fn atr(&self) -> Vec<u8> {
        Self::atr(self).to_vec()
    }

    fn is_present(&self) -> bool {
        Self::is_present(self)
    }

    fn has_power(&self) -> bool {
        Self::has_power(self)
    }

    fn power_on(&mut self) {
        Self::power_on(self);
    }

    fn power_off(&mut self) {
        Self::power_off(self);
    }

    fn reset(&mut self) {
        Self::reset(self);
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
        Self::exchange(self, command)
    }

    fn delay(&self) -> Duration {
        Self::delay(self)
    }
}

/// What passes between a reader and the card in its slot, as an observer of a link is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// The reader gave power.
    PowerOn,
    /// The reader took the power away.
    PowerOff,
    /// The reader asked for a warm reset.
    Reset,
    /// A command was answered.
    Exchange {
        /// The command as it came.
        command: &'a [u8],
        /// The answer, not sent yet.
        answer: &'a [u8],
    },
    /// A command met no answer.
    Silence {
        /// The command as it came.
        command: &'a [u8],
        /// Why none came.
        silence: Silence,
    },
}
