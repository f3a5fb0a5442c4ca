//! Turns: rows that are written first, so that whoever else wants the same waits until the transaction is over.
//!
//! One text for both engines: PostgreSQL locks the row, and SQLite takes its one write lock before anything is read.

use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Row};

use super::StoreError;
use crate::service::records::PersonCode;

/// The table of turns. It stands outside the steps of the schema because they take a turn themselves.
pub(super) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS turn (name TEXT NOT NULL PRIMARY KEY, taken BIGINT NOT NULL)";

/// Waits until nobody else has the turn; it ends with the transaction. How often it was taken, from 1.
pub(super) async fn take(work: &mut AnyConnection, name: &str) -> Result<i64, StoreError> {
    const SQL: &str = "INSERT INTO turn (name, taken) VALUES ($1, 1) \
         ON CONFLICT (name) DO UPDATE SET taken = turn.taken + 1 RETURNING taken";
    let row = sqlx::query(SQL).bind(name).fetch_one(work).await?;
    Ok(row.try_get("taken")?)
}

/// The turn of visits of a person. Some persons share one, so that the table stays small.
pub(super) fn of_visits(person: &PersonCode) -> String {
    let digest = Sha256::digest(person.as_str());
    let place = digest.iter().take(2).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    format!("visits {}", place % 1024)
}
