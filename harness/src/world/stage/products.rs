//! Products that the stage starts when they are first needed, and keeps for its world.

use std::sync::Arc;

use super::super::reader_product::ReaderAtCounter;
use super::Stage;
use crate::error::BenchError;
use crate::sut::middleware::Middleware;

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
}
