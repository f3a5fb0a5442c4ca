//! Confirmations written together: those of all requests that wait for the writer go into one statement, and each is reported
//! as kept when that is committed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::AssertSqlSafe;
use tokio::sync::{Mutex as Turn, oneshot};

use super::batch::Statement;
use crate::store::{Confirmation, StoreError, connections::Connections, engine::Engine};

/// Most confirmations in one statement.
const ROWS: usize = 64;

/// Waits for its commit.
type Waiting = (Confirmation, oneshot::Sender<Result<(), StoreError>>);

/// Who waits for the writer. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub(super) struct Confirming {
    queue: Arc<Mutex<Vec<Waiting>>>,
}

impl Confirming {
    /// Keeps a confirmation; returns when it is committed. The writing goes on when the caller is dropped, for others wait too.
    ///
    /// # Errors
    /// [`StoreError`] when it was not kept.
    pub async fn keep(
        &self,
        confirmation: &Confirmation,
        (connections, engine): (&Connections, Engine),
        turn: &Arc<Turn<()>>,
    ) -> Result<(), StoreError> {
        let (done, kept) = oneshot::channel();
        if self.enqueue((confirmation.clone(), done)) {
            tokio::spawn(self.clone().write((connections.clone(), engine), Arc::clone(turn)));
        }
        kept.await.unwrap_or(Err(StoreError::WriterGone))
    }

    /// Whether it is the first: then a writer is to be called. The others will be taken along by that one.
    fn enqueue(&self, waiting: Waiting) -> bool {
        let mut queue = self.queue();
        queue.push(waiting);
        queue.len() == 1
    }

    /// Writes all that wait when it is this writer's turn.
    async fn write(self, (connections, engine): (Connections, Engine), turn: Arc<Turn<()>>) {
        let _alone = turn.lock_owned().await;
        let mut waiting = std::mem::take(&mut *self.queue());
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(ROWS));
            insert((&connections, engine), waiting).await;
            waiting = rest;
        }
    }

    fn queue(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One statement, so all or none without a transaction around it.
async fn insert(store: (&Connections, Engine), waiting: Vec<Waiting>) {
    let mut waiting = waiting;
    // Always in the same order, so that two processes that keep the same confirmations never wait for each other.
    waiting.sort_by_cached_key(|(given, _)| order(given));
    let (given, done): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
    let kept = insert_rows(store, &given).await.map_err(Arc::new);
    for done in done {
        let _ = done.send(kept.clone().map_err(StoreError::Shared));
    }
}

fn order(given: &Confirmation) -> (String, String, String) {
    let (institution, person) = (given.institution.to_string(), given.person.as_str().to_owned());
    (institution, person, given.number.to_string())
}

async fn insert_rows(
    (connections, engine): (&Connections, Engine),
    given: &[Confirmation],
) -> Result<(), StoreError> {
    const KEEP: Statement = Statement(
        "INSERT INTO confirmation (institution, insurer_number, number, day, person, symbol, branch) VALUES",
        "($, $, $, $, $, $, $)",
        " ON CONFLICT DO NOTHING",
    );
    let rows = given.len().next_power_of_two();
    let Some(last) = given.last() else { return Ok(()) };
    let mut query = sqlx::query(AssertSqlSafe(KEEP.text(engine, rows)));
    // Few shapes, so that statements stay prepared: the last row again adds nothing.
    for given in given.iter().chain(std::iter::repeat(last)).take(rows) {
        query = query
            .bind(given.institution.as_str())
            .bind(given.insurer_number.as_str())
            .bind(given.number.as_str())
            .bind(given.day.to_string())
            .bind(given.person.as_str())
            .bind(given.symbol.as_ref().map_or("", |symbol| symbol.as_str()))
            .bind(given.branch.as_ref().map_or("", |branch| branch.as_str()));
    }
    query.execute(&mut *connections.acquire().await?).await?;
    Ok(())
}
