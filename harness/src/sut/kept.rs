//! Programs that outlive a scenario: a product that forgets by its order `reset` is started as often as it is needed at the same time.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::adapter::ProcessAdapter;
use super::process::ProcessLine;
use crate::error::BenchError;

/// Programs that wait for their next scenario, with what started each. Clones share them; they end with the last clone.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<(ProcessAdapter, ProcessLine)>>>);

impl Kept {
    /// One that waits, or else one that is started now.
    ///
    /// # Errors
    /// [`BenchError::ProductStart`].
    pub(super) fn lend(
        &self,
        name: &str,
        adapter: &ProcessAdapter,
        folder: &Path,
    ) -> Result<Lent, BenchError> {
        let line = match self.take(adapter) {
            Some(line) => line,
            None => ProcessLine::start(name, adapter, folder)?,
        };
        let home = Some((self.clone(), adapter.clone()));
        Ok(Lent { line: Some(line), home })
    }

    fn take(&self, adapter: &ProcessAdapter) -> Option<ProcessLine> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.iter().position(|(started_by, _)| started_by == adapter)?;
        Some(waiting.swap_remove(place).1)
    }

    fn put(&self, adapter: ProcessAdapter, line: ProcessLine) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((adapter, line));
    }
}

/// A program for as long as a scenario needs it.
#[derive(Debug)]
pub(super) struct Lent {
    // Some until the value is dropped.
    line: Option<ProcessLine>,
    home: Option<(Kept, ProcessAdapter)>,
}

impl Lent {
    /// One that ends with the value.
    pub fn never_back(line: ProcessLine) -> Self {
        Self { line: Some(line), home: None }
    }

    /// Sends one line and waits for one.
    pub async fn exchange(&mut self, line: String) -> Result<Vec<u8>, BenchError> {
        match &mut self.line {
            Some(to) => to.exchange(line).await,
            None => Err(BenchError::setup("product's line", "it was given back")),
        }
    }
}

impl Drop for Lent {
    /// One that owes an answer does not come back: its late words would be taken for an answer to something else.
    fn drop(&mut self) {
        let owes_nothing = |line: &ProcessLine| line.owes_nothing();
        let line = self.line.take().filter(owes_nothing);
        if let Some(((home, adapter), line)) = self.home.take().zip(line) {
            home.put(adapter, line);
        }
    }
}
