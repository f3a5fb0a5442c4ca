//! What is handed out once and taken back once, for backends that share a store.

use jiff::Timestamp;
use sqlx::{AnyConnection, Row};

use super::rows::instant;
use crate::{
    messages::InstitutionCode,
    store::{HandedOut, StoreError, turn},
};

/// The turn of those who throw away what is late.
const TURN: &str = "handed out";
/// Identifiers are random: with one in 256 what is late is thrown away. It is void before that.
const TIDY: &str = "00";

/// Keeps it until it is taken back.
pub(super) async fn keep(
    work: &mut AnyConnection,
    handed: &HandedOut,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO handed_out (kind, identifier, institution, until_at, content) VALUES ($1, $2, $3, $4, $5)";
    if handed.identifier.starts_with(TIDY) {
        turn::take(work, TURN).await?;
        let late = sqlx::query("DELETE FROM handed_out WHERE until_at < $1");
        late.bind(now.as_millisecond()).execute(&mut *work).await?;
    }
    let query = sqlx::query(SQL).bind(handed.kind).bind(handed.identifier.as_str());
    let query = query.bind(handed.institution.as_str()).bind(handed.until.as_millisecond());
    query.bind(handed.content.as_str()).execute(work).await?;
    Ok(())
}

/// Takes it back, so that nobody else does. One statement: of two at once, one finds it.
pub(super) async fn take(
    work: &mut AnyConnection,
    kind: &'static str,
    identifier: &str,
    institution: &InstitutionCode,
) -> Result<Option<HandedOut>, StoreError> {
    const SQL: &str = "DELETE FROM handed_out WHERE kind = $1 AND identifier = $2 AND institution = $3 \
         RETURNING until_at, content";
    let query = sqlx::query(SQL).bind(kind).bind(identifier).bind(institution.as_str());
    let Some(row) = query.fetch_optional(work).await? else { return Ok(None) };
    Ok(Some(HandedOut {
        kind,
        identifier: identifier.to_owned(),
        institution: institution.clone(),
        until: instant(row.try_get("until_at")?)?,
        content: row.try_get("content")?,
    }))
}
