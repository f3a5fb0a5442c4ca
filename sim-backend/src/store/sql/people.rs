//! What is known of persons, and the numbers that lead to them.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AnyConnection, AssertSqlSafe, Row, any::AnyRow};

use super::{
    batch::{batches, places},
    care,
    rows::{json, parsed, taken},
};
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

/// Makes the persons ours until the transaction is over, and says what was known of each.
///
/// A person of whom nothing is known gets a row without content, which nobody else sees before [`write`] fills it.
pub(super) async fn hold(
    work: &mut AnyConnection,
    persons: &BTreeSet<&PersonCode>,
) -> Result<BTreeMap<PersonCode, Option<PersonState>>, StoreError> {
    let persons: Vec<_> = persons.iter().collect();
    let mut held = BTreeMap::new();
    for batch in batches(&persons) {
        let places = places(batch.len(), "($, '')");
        let query = sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO person (person, body) VALUES {places} \
             ON CONFLICT (person) DO UPDATE SET body = person.body RETURNING person, body"
        )));
        let query = batch.iter().fold(query, |query, person| query.bind(person.as_str()));
        for row in query.fetch_all(&mut *work).await? {
            let is_new = row.try_get::<&str, _>("body")?.is_empty();
            let known = if is_new { None } else { Some(state(&row)?) };
            held.insert(taken(&row, "person", PersonCode::new)?, known);
        }
    }
    Ok(held)
}

/// Writes what is known of persons who are held, and the numbers that lead to them.
pub(super) async fn write(
    work: &mut AnyConnection,
    before: &BTreeMap<PersonCode, Option<PersonState>>,
    states: &[PersonState],
) -> Result<(), StoreError> {
    let (mut changed, mut gone, mut come) = (Vec::new(), Vec::new(), Vec::new());
    for state in states {
        let old = before.get(&state.person).and_then(Option::as_ref);
        if old == Some(state) {
            continue;
        }
        let (had, has) = (old.map(numbers).unwrap_or_default(), numbers(state));
        gone.extend(had.difference(&has).map(|number| (*number, &state.person)));
        come.extend(has.difference(&had).map(|number| (*number, &state.person)));
        changed.push(state);
    }
    write_states(work, &changed).await?;
    drop_numbers(work, &gone).await?;
    add_numbers(work, &come).await?;
    for state in changed {
        care::index_tickets(work, state).await?;
    }
    Ok(())
}

/// Insurer number and number, and whom they lead to.
type Leading<'a> = ((&'a str, &'a str), &'a PersonCode);

async fn write_states(work: &mut AnyConnection, states: &[&PersonState]) -> Result<(), StoreError> {
    for batch in batches(states) {
        let places = places(batch.len(), "($, $)");
        let mut query = sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO person (person, body) VALUES {places} ON CONFLICT (person) DO UPDATE SET body = excluded.body"
        )));
        for state in batch {
            query = query.bind(state.person.as_str()).bind(json("a person", state)?);
        }
        query.execute(&mut *work).await?;
    }
    Ok(())
}

/// One by one: a number ends seldom.
async fn drop_numbers(work: &mut AnyConnection, gone: &[Leading<'_>]) -> Result<(), StoreError> {
    const SQL: &str =
        "DELETE FROM insured_number WHERE insurer_number = $1 AND number = $2 AND person = $3";
    for ((insurer_number, number), person) in gone {
        let query = sqlx::query(SQL).bind(*insurer_number).bind(*number).bind(person.as_str());
        query.execute(&mut *work).await?;
    }
    Ok(())
}

async fn add_numbers(work: &mut AnyConnection, come: &[Leading<'_>]) -> Result<(), StoreError> {
    for batch in batches(come) {
        let places = places(batch.len(), "($, $, $)");
        let mut query = sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO insured_number (insurer_number, number, person) VALUES {places} ON CONFLICT DO NOTHING"
        )));
        for ((insurer_number, number), person) in batch {
            query = query.bind(*insurer_number).bind(*number).bind(person.as_str());
        }
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

pub(super) fn state(row: &AnyRow) -> Result<PersonState, StoreError> {
    parsed("a person", row)
}
