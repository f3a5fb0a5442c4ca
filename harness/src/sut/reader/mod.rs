//! A card reader that is the product: it leads the visit, and reaches the bench's card over vpcd's socket. Bench profile: `docs/reader-protocol.md`.

pub mod protocol;

use jiff::Timestamp;
use sim_reader::CardChannel;

use self::protocol::{Awaiting, ReaderOrder, ReaderReset, VisitOrder, VisitTold, Way};
use super::adapter::Adapter;
use super::config::SutConfig;
use super::product::Product;
use super::vpcd::Seat;
use crate::error::BenchError;

/// A product in the reader's place at one counter. It ends with the value.
#[derive(Debug)]
pub struct ReaderProduct {
    product: Product,
    door: String,
    now: Timestamp,
}

impl ReaderProduct {
    /// Starts the product at a counter and learns where it awaits cards.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be started or does not tell.
    pub async fn start(
        sut: &SutConfig,
        adapter: &Adapter,
        reset: ReaderReset,
    ) -> Result<Self, BenchError> {
        let mut product = Product::start(sut, adapter)?;
        let now = reset.now;
        let Awaiting { card } = product.must(&ReaderOrder::Reset(reset)).await?;
        Ok(Self { product, door: card, now })
    }

    /// Tells the product what time it is, unless it knows.
    ///
    /// # Errors
    /// [`BenchError`] when it does not reply, or anything but ok.
    pub async fn tell_time(&mut self, now: Timestamp) -> Result<(), BenchError> {
        if self.now != now {
            self.product.must::<_, serde_json::Value>(&ReaderOrder::Clock { now }).await?;
            self.now = now;
        }
        Ok(())
    }

    /// Has the product lead a visit, with what lies on it, once no other card does.
    ///
    /// # Errors
    /// [`BenchError`] when it does not tell how the visit ended; [`BenchError::ProductUnsupported`] when it does not lead such visits.
    pub async fn visit(
        &mut self,
        card: Option<&mut dyn CardChannel>,
        visit: VisitOrder,
    ) -> Result<VisitTold, BenchError> {
        let mut seat = Seat::take(card, &self.door).await.map_err(|error| self.shut(&error))?;
        let order = ReaderOrder::Visit(visit);
        let told = seat.during(self.product.must(&order)).await;
        told.map_err(|error| hushed(error, &order))
    }

    fn shut(&self, error: &std::io::Error) -> BenchError {
        let reason = format!("no card can be put into its reader at {}: {error}", self.door);
        BenchError::ProductError { product: self.product.name().to_owned(), reason }
    }
}

/// What the product said of its trouble, without what was typed: its words end up in reports.
fn hushed(mut error: BenchError, order: &ReaderOrder) -> BenchError {
    if let BenchError::ProductError { reason: said, .. }
    | BenchError::ProductUnreadable { reason: said, .. }
    | BenchError::ProductUnsupported { what: said, .. } = &mut error
    {
        for entry in typed(order).filter(|entry| !entry.is_empty()) {
            *said = said.replace(entry, "****");
        }
    }
    error
}

fn typed(order: &ReaderOrder) -> impl Iterator<Item = &str> {
    let ways = match order {
        ReaderOrder::Visit(visit) => visit.ways.as_slice(),
        ReaderOrder::Hello
        | ReaderOrder::Reset(_)
        | ReaderOrder::Clock { .. }
        | ReaderOrder::NoSuchOperation => &[],
    };
    ways.iter().flat_map(Way::entries).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::protocol::{Placed, VisitOrder};
    use super::*;

    #[test]
    fn what_was_typed_is_taken_out_of_the_products_words() {
        let entries = vec!["1234".to_owned(), String::new()];
        let order = VisitOrder {
            placed: Placed::Card,
            front: None,
            ways: vec![Way::Pin { entries }],
            consents: Vec::new(),
            register: true,
            prescription: None,
            occasion: None,
            silent: false,
        };
        let order = ReaderOrder::Visit(order);
        let (product, reason) = ("P".to_owned(), "the PIN 1234 is none".to_owned());
        let error = hushed(BenchError::ProductError { product, reason }, &order);
        assert_eq!(error.to_string(), "P could not do its work: the PIN **** is none");
    }
}
