//! What a product left undone while nobody waited for its reply: a server that a simulator asks, a matcher within a visit.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::BenchError;

/// The first such trouble since it was last looked for. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Troubles(Arc<Mutex<Option<BenchError>>>);

impl Troubles {
    /// Notes why the product could not be seen at work. The simulator that asked goes on as in an outage.
    pub fn note(&self, error: BenchError) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Forgets it.
    ///
    /// # Errors
    /// The trouble: whatever came of what was going on is no word of the product's.
    pub fn settle(&self) -> Result<(), BenchError> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        found.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_trouble_is_told_once() {
        let troubles = Troubles::default();
        let silent = |waited_ms| BenchError::ProductSilent { product: "P".into(), waited_ms };
        assert!(troubles.settle().is_ok());
        troubles.note(silent(1));
        troubles.clone().note(silent(2));
        let told = troubles.settle().unwrap_err();
        assert!(matches!(told, BenchError::ProductSilent { waited_ms: 1, .. }), "{told}");
        assert!(troubles.settle().is_ok());
    }
}
