//! Products that the stage starts when they are first needed, and keeps for its world.

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
}
