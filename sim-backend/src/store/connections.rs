//! The connections of a store: one that goes from hand to hand, or a pool.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::{Any, AnyConnection, AnyPool, Connection, pool::PoolConnection};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use super::StoreError;

/// Where connections come from. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) enum Connections {
    /// One connection, until it is closed. A pool would try it each time that it comes back, which costs as much as a question.
    One(Arc<Mutex<Option<AnyConnection>>>),
    /// Several, each opened when it is needed.
    Pool(AnyPool),
}

/// A connection that is ours for now.
pub(super) enum Held<'a> {
    One(MappedMutexGuard<'a, AnyConnection>),
    Pooled(PoolConnection<Any>),
}

impl Connections {
    /// This connection alone.
    pub fn one(connection: AnyConnection) -> Self {
        Self::One(Arc::new(Mutex::new(Some(connection))))
    }

    /// Waits for a connection.
    ///
    /// # Errors
    /// [`StoreError::Database`] when none is to be had, as after [`Self::close`].
    pub async fn acquire(&self) -> Result<Held<'_>, StoreError> {
        match self {
            Self::One(connection) => {
                let held = MutexGuard::try_map(connection.lock().await, Option::as_mut);
                held.map(Held::One).map_err(|_| sqlx::Error::PoolClosed.into())
            }
            Self::Pool(pool) => Ok(Held::Pooled(pool.acquire().await?)),
        }
    }

    /// Closes what is open, after those that are held.
    pub async fn close(&self) {
        match self {
            Self::One(connection) => {
                let taken = connection.lock().await.take();
                if let Some(connection) = taken
                    && let Err(error) = connection.close().await
                {
                    tracing::warn!(%error, "the store was not closed in order");
                }
            }
            Self::Pool(pool) => pool.close().await,
        }
    }
}

impl Deref for Held<'_> {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            Self::One(connection) => connection,
            Self::Pooled(connection) => connection,
        }
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            Self::One(connection) => connection,
            Self::Pooled(connection) => connection,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};
    use std::time::Duration;

    use sqlx::{ConnectOptions as _, Row as _, any::AnyConnectOptions};

    use super::*;

    async fn in_memory() -> Connections {
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = "sqlite::memory:".parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql("CREATE TABLE kept (n BIGINT)").execute(&mut connection).await.unwrap();
        Connections::one(connection)
    }

    async fn keep(connections: &Connections) -> Result<(), StoreError> {
        let mut connection = connections.acquire().await?;
        let mut work = connection.begin().await?;
        sqlx::query("INSERT INTO kept VALUES (1)").execute(&mut *work).await?;
        work.commit().await?;
        Ok(())
    }

    async fn kept(connections: &Connections) -> i64 {
        let mut connection = connections.acquire().await.unwrap();
        let counted = sqlx::query("SELECT COUNT(*) AS n FROM kept").fetch_one(&mut *connection);
        counted.await.unwrap().get("n")
    }

    #[tokio::test]
    async fn who_leaves_at_any_point_leaves_a_connection_that_is_fit_for_the_next() {
        let connections = in_memory().await;
        let mut whole = 0;
        for steps in 1..16 {
            let mut leaving = pin!(keep(&connections));
            let mut done = false;
            for _ in 0..steps {
                let polled = leaving.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                done = polled.is_ready();
                if done {
                    break;
                }
                // The engine works in a thread of its own.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            whole += i64::from(done);
        }
        let before = kept(&connections).await;
        assert!(before >= whole, "{before} kept of {whole} that were told so");
        keep(&connections).await.unwrap();
        assert_eq!(kept(&connections).await, before + 1);
    }

    #[tokio::test]
    async fn what_is_closed_has_no_connection_to_give() {
        let connections = in_memory().await;
        connections.close().await;
        assert!(keep(&connections).await.is_err());
        connections.close().await;
    }
}
