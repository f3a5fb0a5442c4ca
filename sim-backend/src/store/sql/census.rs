//! How a store is: whether it answers, and how much is in it.

use sqlx::{AnyConnection, Row};

use crate::store::{Census, StoreError, engine::Engine};

/// Asks the store for something that is always there.
pub(super) async fn ready(work: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("SELECT MAX(version) AS version FROM schema_version").fetch_one(work).await?;
    Ok(())
}

/// Counts persons and records. Each is a walk over an index, so some milliseconds for each 100,000.
pub(super) async fn census(work: &mut AnyConnection, engine: Engine) -> Result<Census, StoreError> {
    Ok(Census {
        persons: count(work, "SELECT COUNT(*) AS count FROM person").await?,
        records: count(work, "SELECT COUNT(*) AS count FROM feed_record").await?,
        bytes: count(work, size(engine)).await?,
    })
}

/// Asks how large the store is, bytes.
fn size(engine: Engine) -> &'static str {
    match engine {
        Engine::Memory | Engine::File => {
            "SELECT page_count * page_size AS count FROM pragma_page_count(), pragma_page_size()"
        }
        Engine::Postgres => "SELECT pg_database_size(current_database()) AS count",
    }
}

async fn count(work: &mut AnyConnection, sql: &'static str) -> Result<u64, StoreError> {
    let row = sqlx::query(sql).fetch_one(work).await?;
    let count: i64 = row.try_get("count")?;
    Ok(u64::try_from(count).unwrap_or_default())
}
