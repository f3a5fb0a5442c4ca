//! What is known of persons, and the numbers that lead to them.

use std::collections::BTreeSet;

use sqlx::{AnyConnection, any::AnyRow};

use super::rows::{json, parsed};
use crate::{
    messages::{InsurerNumber, record::CardText},
    service::records::{PersonCode, PersonState},
    store::StoreError,
};

/// What is known of a person.
pub(super) async fn person(
    work: &mut AnyConnection,
    person: &PersonCode,
) -> Result<Option<PersonState>, StoreError> {
    let query = sqlx::query("SELECT body FROM person WHERE person = $1").bind(person.as_str());
    query.fetch_optional(work).await?.as_ref().map(state).transpose()
}

/// Everybody who has or had the number with the insurer, by person code.
pub(super) async fn numbered(
    work: &mut AnyConnection,
    insurer_number: &InsurerNumber,
    number: &CardText,
) -> Result<Vec<PersonState>, StoreError> {
    const SQL: &str = "SELECT p.body AS body FROM insured_number n JOIN person p ON p.person = n.person \
         WHERE n.insurer_number = $1 AND n.number = $2";
    let query = sqlx::query(SQL).bind(insurer_number.as_str()).bind(number.as_str());
    let rows = query.fetch_all(work).await?;
    let mut found: Vec<_> = rows.iter().map(state).collect::<Result<_, _>>()?;
    // Here and not by the database, whose order of texts depends on its locale.
    found.sort_by(|one, other| one.person.cmp(&other.person));
    Ok(found)
}

/// Whether somebody has or had a number with the insurer.
pub(super) async fn knows_insurer(
    work: &mut AnyConnection,
    insurer_number: &InsurerNumber,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT person FROM insured_number WHERE insurer_number = $1 LIMIT 1";
    let query = sqlx::query(SQL).bind(insurer_number.as_str());
    Ok(query.fetch_optional(work).await?.is_some())
}

/// Writes what is known of a person, and the numbers that lead there.
pub(super) async fn write(work: &mut AnyConnection, state: &PersonState) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO person (person, body) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET body = excluded.body";
    let query = sqlx::query(SQL).bind(state.person.as_str()).bind(json("a person", state)?);
    query.execute(&mut *work).await?;
    sqlx::query("DELETE FROM insured_number WHERE person = $1")
        .bind(state.person.as_str())
        .execute(&mut *work)
        .await?;
    for (insurer_number, number) in numbers(state) {
        const SQL: &str = "INSERT INTO insured_number (insurer_number, number, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let query = sqlx::query(SQL).bind(insurer_number).bind(number).bind(state.person.as_str());
        query.execute(&mut *work).await?;
    }
    Ok(())
}

/// Insurer number and number of each qualification, each pair once.
fn numbers(state: &PersonState) -> BTreeSet<(&str, &str)> {
    state
        .coverages
        .iter()
        .map(|coverage| (coverage.insurer_number.as_str(), coverage.details.number.as_str()))
        .collect()
}

fn state(row: &AnyRow) -> Result<PersonState, StoreError> {
    parsed("a person", row)
}
