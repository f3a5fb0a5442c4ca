//! Bringing a store to the present schema, step by step, under a version table of our own.

use sqlx::{AnyPool, Row};

use super::StoreError;

/// Step `n` leads from version `n` to `n + 1`. Steps are only ever added. The SQL is plain enough for SQLite and
/// PostgreSQL.
const STEPS: [&str; 4] = [
    include_str!("schema/0001_first.sql"),
    include_str!("schema/0002_institution.sql"),
    include_str!("schema/0003_care_history.sql"),
    include_str!("schema/0004_ledger.sql"),
];

/// Creates or updates the tables; a no-op on a store of the present version.
///
/// # Errors
/// [`StoreError::FromTheFuture`] for a store of a later version, [`StoreError::Database`] when a step fails; the version
/// then stays what it was.
pub(super) async fn migrate(pool: &AnyPool) -> Result<(), StoreError> {
    let mut step = pool.begin().await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        .execute(&mut *step)
        .await?;
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version")
        .fetch_one(&mut *step)
        .await?;
    let found: i64 = row.try_get("version")?;
    for (sql, version) in pending(found)? {
        sqlx::raw_sql(sql).execute(&mut *step).await?;
        sqlx::query("INSERT INTO schema_version (version) VALUES ($1)")
            .bind(version)
            .execute(&mut *step)
            .await?;
    }
    step.commit().await?;
    Ok(())
}

fn pending(found: i64) -> Result<impl Iterator<Item = (&'static str, i64)>, StoreError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::FromTheFuture { found, known });
    }
    Ok(STEPS.into_iter().zip(1..).filter(move |(_, version)| *version > found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_steps_are_taken() {
        assert_eq!(pending(0).unwrap().count(), STEPS.len());
        assert_eq!(pending(1).unwrap().count(), STEPS.len() - 1);
        assert!(matches!(pending(99), Err(StoreError::FromTheFuture { found: 99, .. })));
    }
}
