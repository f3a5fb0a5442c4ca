//! What faults do to a card as a whole: who answers, how late, whether it is there.

use std::time::Duration;

use super::{Card, Persistent};
use crate::faults::{Fault, Faults, Found, Silence};

impl Card {
    /// Switches exactly these faults on; an empty list makes the card right again, the next command on. What a swap or a tear
    /// has done lasts until the power goes.
    pub fn set_faults(&mut self, faults: Vec<Fault>) {
        self.faults = Faults::new(faults);
    }

    /// Lets the faults decide who answers the next command.
    pub(super) fn meet(&mut self) -> Result<(), Silence> {
        let volatile = self.volatile.as_mut().ok_or(Silence::NoPower)?;
        if self.faults.none() && !volatile.progress.torn {
            return Ok(());
        }
        match self.faults.found(&volatile.progress, self.under.is_some()) {
            Found::Card => (),
            Found::CardAgain => {
                *volatile = volatile.powered_anew();
                volatile.progress.returned = true;
            }
            Found::Another => {
                *volatile = volatile.powered_anew();
                volatile.progress.swapped = true;
                self.change_places();
            }
            Found::Nothing(silence) => {
                volatile.progress.missed = volatile.progress.missed.saturating_add(1);
                return Err(silence);
            }
        }
        Ok(())
    }

    pub(super) fn change_places(&mut self) {
        if let Some(under) = &mut self.under {
            std::mem::swap(&mut **under, &mut self.persistent);
        }
    }

    /// How long the last answer takes: zero unless a fault delays it. The card does not wait; whoever carries the answer does,
    /// or moves a clock of its own.
    pub fn delay(&self) -> Duration {
        self.delay
    }

    /// Another card's persistent half, to answer once [`Fault::SwappedAfter`] strikes. When the power goes, each has its own
    /// place again.
    pub fn lay_under(&mut self, other: Persistent) {
        self.power_off();
        self.under = Some(Box::new(other));
    }

    /// Takes that other half back, with what was done to it. The card loses power.
    pub fn take_from_under(&mut self) -> Option<Persistent> {
        self.power_off();
        self.under.take().map(|under| *under)
    }

    /// Whether the card lies on the reader: false once a fault has pulled it.
    pub fn is_present(&self) -> bool {
        let progress = self.volatile.as_ref().map(|volatile| volatile.progress);
        let found = self.faults.found(&progress.unwrap_or_default(), self.under.is_some());
        found != Found::Nothing(Silence::Removed)
    }
}
