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

#[cfg(test)]
mod tests {
    use super::*;

    /// How many programs of this shell script wait for the next scenario after one question.
    async fn wait_after_one_question(script: &str) -> usize {
        let adapter = ProcessAdapter {
            command: vec!["sh".into(), "-c".into(), script.into()],
            timeout_ms: 500,
            env: std::collections::BTreeMap::new(),
        };
        let kept = Kept::default();
        let mut lent = kept.lend("Example", &adapter, Path::new("")).unwrap();
        drop(lent.exchange("{}".into()).await);
        drop(lent);
        kept.0.lock().unwrap().len()
    }

    #[tokio::test]
    async fn a_program_comes_back_unless_it_owes_an_answer() {
        assert_eq!(wait_after_one_question("read a; echo ok; read b").await, 1);
        assert_eq!(wait_after_one_question("read a; sleep 5; echo late").await, 0);
        assert_eq!(wait_after_one_question("read a; exit 3").await, 0);
    }
}
