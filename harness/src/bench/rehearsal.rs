//! Reads a scenario back into the world and the story that it tells, without any actor.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use cucumber::World as _;
use futures::FutureExt as _;

use super::Bench;
use crate::catalogue::Case;
use crate::error::BenchError;
use crate::model::{Event, World};
use crate::world::Workshop;

/// Why a scenario cannot be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum Unread {
    #[error("no step of the vocabulary reads like this: {0}")]
    NoStep(String),
    #[error("several steps of the vocabulary read like this: {0}")]
    Ambiguous(String),
    #[error("this step cannot be carried out: {0}")]
    Step(String),
    #[error(transparent)]
    Bench(#[from] BenchError),
}

/// The world before the story, and what happens in it.
///
/// # Errors
/// [`Unread`] names the step.
pub async fn read_back(
    workshop: &Arc<Workshop>,
    case: &Case,
) -> Result<(World, Vec<Event>), Unread> {
    let mut bench = Bench { rehearsed: true, ..Bench::default() };
    bench.prepare(Arc::clone(workshop), case)?;
    let vocabulary = Bench::collection();
    for step in case.steps() {
        let text = || step.value.clone();
        let found = vocabulary.find(step).map_err(|_| Unread::Ambiguous(text()))?;
        let (carry_out, _, _, context) = found.ok_or_else(|| Unread::NoStep(text()))?;
        let done = AssertUnwindSafe(carry_out(&mut bench, context)).catch_unwind().await;
        done.map_err(|_| Unread::Step(text()))?;
    }
    let world = bench.world().map_err(|_| BenchError::setup("world", "not prepared"))?.clone();
    Ok((world, bench.story))
}
