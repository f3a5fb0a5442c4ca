//! Confirmations written together: those of all requests that wait for the writer go into one statement, and each is reported
//! as kept when that is committed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{AnyPool, AssertSqlSafe};
use tokio::sync::{Mutex as Turn, oneshot};

use crate::store::{Confirmation, StoreError};

/// Most confirmations in one statement.
const ROWS: usize = 64;
/// Columns of a confirmation.
const COLUMNS: usize = 7;

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
        pool: &AnyPool,
        turn: &Arc<Turn<()>>,
    ) -> Result<(), StoreError> {
        let (done, kept) = oneshot::channel();
        if self.enqueue((confirmation.clone(), done)) {
            tokio::spawn(self.clone().write(pool.clone(), Arc::clone(turn)));
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
    async fn write(self, pool: AnyPool, turn: Arc<Turn<()>>) {
        let _alone = turn.lock_owned().await;
        let mut waiting = std::mem::take(&mut *self.queue());
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(ROWS));
            insert(&pool, waiting).await;
            waiting = rest;
        }
    }

    fn queue(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One statement, so all or none without a transaction around it.
async fn insert(pool: &AnyPool, waiting: Vec<Waiting>) {
    let mut waiting = waiting;
    // Always in the same order, so that two processes that keep the same confirmations never wait for each other.
    waiting.sort_by_cached_key(|(given, _)| order(given));
    let (given, done): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
    let kept = insert_rows(pool, &given).await.map_err(Arc::new);
    for done in done {
        let _ = done.send(kept.clone().map_err(StoreError::Shared));
    }
}

fn order(given: &Confirmation) -> (String, String, String) {
    let (institution, person) = (given.institution.to_string(), given.person.as_str().to_owned());
    (institution, person, given.number.to_string())
}

async fn insert_rows(pool: &AnyPool, given: &[Confirmation]) -> Result<(), StoreError> {
    let rows = given.len().next_power_of_two();
    let Some(last) = given.last() else { return Ok(()) };
    let mut query = sqlx::query(AssertSqlSafe(statement(rows)));
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
    query.execute(pool).await?;
    Ok(())
}

/// Names of columns and numbers of placeholders only; no value stands in it.
fn statement(rows: usize) -> String {
    let row = |row: usize| {
        let place = |column| format!("${}", row * COLUMNS + column);
        format!("({})", (1..=COLUMNS).map(place).collect::<Vec<_>>().join(", "))
    };
    let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO confirmation (institution, insurer_number, number, day, person, symbol, branch) \
         VALUES {rows} ON CONFLICT DO NOTHING"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_a_place_for_each_value() {
        let text = statement(2);
        assert!(
            text.contains(
                "VALUES ($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14) ON"
            )
        );
    }
}
