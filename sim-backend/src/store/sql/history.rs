//! Care histories: one row a person, written when a record concerns it and read when somebody asks for it.

use sqlx::AnyConnection;

use super::rows::{json, parsed};
use crate::{
    service::{care_history::CareHistory, records::PersonCode},
    store::StoreError,
};

/// Puts the history of a person in place of what was known.
pub(super) async fn write(
    work: &mut AnyConnection,
    person: &PersonCode,
    history: &CareHistory,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO care_history (person, body) VALUES ($1, $2) \
         ON CONFLICT (person) DO UPDATE SET body = excluded.body";
    let body = json("a care history", history)?;
    sqlx::query(SQL).bind(person.as_str()).bind(body).execute(work).await?;
    Ok(())
}

/// The history of a person; nothing reported is an empty one.
pub(super) async fn read(
    work: &mut AnyConnection,
    person: &PersonCode,
) -> Result<CareHistory, StoreError> {
    const SQL: &str = "SELECT body FROM care_history WHERE person = $1";
    let row = sqlx::query(SQL).bind(person.as_str()).fetch_optional(work).await?;
    row.map_or_else(|| Ok(CareHistory::default()), |row| parsed("a care history", &row))
}
