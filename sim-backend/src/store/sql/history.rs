//! Care histories: one row a person, written when a record concerns it and read when somebody asks for it.

use sqlx::AnyConnection;

use super::{
    batch::Statement,
    rows::{json, parsed},
};
use crate::{
    service::{care_history::CareHistory, records::PersonCode},
    store::{StoreError, engine::Engine},
};

/// Puts the history of each person in place of what was known.
pub(super) async fn write(
    store: (&mut AnyConnection, Engine),
    reported: &[(&PersonCode, CareHistory)],
) -> Result<(), StoreError> {
    const WRITE: Statement = Statement(
        "INSERT INTO care_history (person, body) VALUES",
        "($, $)",
        " ON CONFLICT (person) DO UPDATE SET body = excluded.body",
    );
    let values = |(person, history): &(&PersonCode, CareHistory)| {
        Ok([person.as_str().to_owned(), json("a care history", history)?])
    };
    WRITE.execute(store, reported, values).await?;
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
