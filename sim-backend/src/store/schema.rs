//! Bringing a store to the present schema, step by step, under a version table of our own.

use sqlx::{AnyConnection, Connection as _, Row};

use super::{StoreError, connections::Connections, turn};

/// The turn of those who bring the store to the present schema.
const TURN: &str = "schema";
/// How often the first tables are tried: PostgreSQL refuses one of two that create the same table at once.
const TRIES: usize = 10;

/// Step `n` leads from version `n` to `n + 1`. Steps are only ever added. The SQL is plain enough for SQLite and
/// PostgreSQL.
const STEPS: [&str; 7] = [
    include_str!("schema/0001_first.sql"),
    include_str!("schema/0002_institution.sql"),
    include_str!("schema/0003_care_history.sql"),
    include_str!("schema/0004_ledger.sql"),
    include_str!("schema/0005_volume.sql"),
    include_str!("schema/0006_aid_and_care.sql"),
    include_str!("schema/0007_records_of_a_person.sql"),
];

/// Creates or updates the tables; a no-op on a store of the present version.
///
/// # Errors
/// [`StoreError::FromTheFuture`] for a store of a later version, [`StoreError::Database`] when a step fails; the version
/// then stays what it was.
pub(super) async fn migrate(connections: &Connections) -> Result<(), StoreError> {
    let mut connection = connections.acquire().await?;
    begin(&mut connection).await?;
    let mut step = connection.begin().await?;
    // Several processes may start at once: the second finds the work of the first.
    turn::take(&mut step, TURN).await?;
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

/// Creates the tables that all else is done under.
async fn begin(connection: &mut AnyConnection) -> Result<(), StoreError> {
    const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";
    for table in [VERSIONS, turn::TABLE] {
        let mut created = sqlx::query(table).execute(&mut *connection).await;
        for _ in 1..TRIES {
            let Err(sqlx::Error::Database(_)) = created else { break };
            created = sqlx::query(table).execute(&mut *connection).await;
        }
        created?;
    }
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
