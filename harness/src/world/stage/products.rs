//! Products that the stage starts when they are first needed, and keeps for its world.

use std::sync::{Arc, Mutex};

use sim_card::{Card, CardContents};

use super::super::reader_product::ReaderAtCounter;
use super::Stage;
use crate::error::BenchError;
use crate::sut::card::{CardWay, VirtualCard};
use crate::sut::middleware::Middleware;
use crate::world::channels::MovesAfter;
use crate::world::plastic::{Plastic, USER_PIN};

/// Tries of a PIN that nobody mistyped.
const ALL_TRIES: u8 = 3;

impl Stage {
    /// Whatever speaks to cards in the place of the reader's own client, for one visit; `None` where that is no product. It comes back by
    /// [`Self::keep_middleware`]; one that does not is started anew.
    pub(in crate::world) fn take_middleware(&mut self) -> Result<Option<Middleware>, BenchError> {
        if let Some(started) = self.middleware.take() {
            return Ok(Some(started));
        }
        let Some(sut) = &self.workshop.sut else { return Ok(None) };
        let adapter = sut.positions.card_middleware.as_ref();
        adapter.map(|adapter| Middleware::start(sut, adapter)).transpose()
    }

    pub(in crate::world) fn keep_middleware(&mut self, middleware: Option<Middleware>) {
        self.middleware = middleware;
    }

    /// The product that stands where an institution's reader stands, for one visit; `None` where that is no product. It comes back by
    /// [`Self::keep_reader`]; one that does not is started anew.
    pub(in crate::world) async fn take_reader(
        &mut self,
        code: &str,
    ) -> Result<Option<ReaderAtCounter>, BenchError> {
        if let Some(started) = self.readers.remove(code) {
            return Ok(Some(started));
        }
        let workshop = Arc::clone(&self.workshop);
        let Some(sut) = &workshop.sut else { return Ok(None) };
        let Some(adapter) = &sut.positions.reader else { return Ok(None) };
        ReaderAtCounter::start(self, code, (sut, adapter)).await.map(Some)
    }

    pub(in crate::world) fn keep_reader(&mut self, code: &str, reader: ReaderAtCounter) {
        self.readers.insert(code.to_owned(), reader);
    }

    /// Where an institution's terminal is reached by its reader.
    pub(in crate::world) fn terminal_url(&self, code: &str) -> Result<String, BenchError> {
        let counter = self.counters.get(code).ok_or_else(|| BenchError::setup("counter", code))?;
        Ok(counter.terminal.url.clone())
    }

    /// A card made of these contents, ours or the product's.
    pub(super) fn plastic(
        &self,
        person: &str,
        contents: CardContents,
    ) -> Result<Plastic, BenchError> {
        let sut = self.workshop.sut.as_ref();
        let way = sut.and_then(|sut| Some((sut, sut.positions.card.as_ref()?.way()?)));
        match way {
            Some((sut, CardWay::Vpcd(adapter))) => {
                let made = VirtualCard::insert(sut, adapter, (person, &contents), &self.troubles)?;
                Ok(Plastic::Product(Arc::new(Mutex::new(made))))
            }
            Some((_, CardWay::Pcsc(_))) | None => {
                Ok(Plastic::Ours(Arc::new(Mutex::new(Card::new(contents)))))
            }
        }
    }

    /// Whether cards of the product are in the story.
    pub(in crate::world) fn card_is_product(&self) -> bool {
        self.workshop.sut.as_ref().is_some_and(|sut| sut.positions.card.is_some())
    }

    pub(in crate::world) fn moves_after(&self) -> &MovesAfter {
        &self.moves_after
    }

    /// What no product can be asked for: its card is as it was delivered.
    pub(in crate::world) fn not_of_a_product(&self, what: &str) -> BenchError {
        let product = self.workshop.sut.as_ref().map(|sut| sut.product.name.clone());
        let product = product.unwrap_or_default();
        BenchError::ProductUnsupported { product, what: what.to_owned() }
    }

    /// Writes a card anew with what its contents are now: its PIN counter stays. A product's card is made anew, which is the same as long
    /// as all tries are left.
    pub(super) fn rewrite(&mut self, person: &str) -> Result<(), BenchError> {
        let Some(held) = self.cards.get_mut(person) else { return Ok(()) };
        match &held.plastic {
            None => {}
            Some(Plastic::Ours(card)) => {
                let mut card = card.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let left = card.tries_left(USER_PIN);
                *card = Card::new(held.contents.clone());
                card.set_tries_left(USER_PIN, left);
            }
            Some(product) => {
                let is_made_here = self.lying.as_ref().is_none_or(|lying| !lying.is_of(person));
                let is_as_new = product.tries_left() == Some(ALL_TRIES);
                if !is_made_here || !is_as_new && held.contents.user_pin.is_some() {
                    return Err(self.not_of_a_product("a new certificate on a card in use"));
                }
                held.plastic = None;
            }
        }
        Ok(())
    }
}
