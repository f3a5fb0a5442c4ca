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
