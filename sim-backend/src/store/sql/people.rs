//! What is known of persons, and the numbers that lead to them.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    batch::Statement,
    care,
    rows::{json, parsed, taken},
};
use crate::{
    messages::{InsurerNumber, record::CardText},
    service::records::{PersonCode, PersonState},
    store::{StoreError, engine::Engine},
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

/// What was known of a person who is held.
#[derive(Default)]
pub(super) struct Known {
    /// `None` of a person of whom nothing was stored.
    pub state: Option<PersonState>,
    /// `record_id` of each record about the person.
    pub records: Vec<String>,
}

/// Makes the persons ours until the transaction is over, and says what was known of each.
///
/// Where there is one writer, they are ours already. Elsewhere a person of whom nothing is known gets a row without content,
/// which nobody else sees before [`write`] fills it.
pub(super) async fn hold(
    (work, engine): (&mut AnyConnection, Engine),
    persons: &BTreeSet<&PersonCode>,
) -> Result<BTreeMap<PersonCode, Known>, StoreError> {
    const READ: Statement =
        Statement("SELECT person, body, records FROM person WHERE person IN (", "$", ")");
    const HOLD: Statement = Statement(
        "INSERT INTO person (person, body) VALUES",
        "($, '')",
        " ON CONFLICT (person) DO UPDATE SET body = person.body RETURNING person, body, records",
    );
    let mut held: BTreeMap<_, _> =
        persons.iter().map(|person| ((*person).clone(), Known::default())).collect();
    let codes: Vec<_> = persons.iter().map(|person| person.as_str()).collect();
    let statement = if engine.has_one_writer() { READ } else { HOLD };
    for row in statement.fetch((work, engine), &codes).await? {
        let is_new = row.try_get::<&str, _>("body")?.is_empty();
        let state = if is_new { None } else { Some(state(&row)?) };
        let records = row.try_get::<&str, _>("records")?.lines().map(str::to_owned).collect();
        held.insert(taken(&row, "person", PersonCode::new)?, Known { state, records });
    }
    Ok(held)
}

/// Writes what is known of persons who are held, each with the names of all records about them, and the numbers that lead to
/// them.
pub(super) async fn write(
    (work, engine): (&mut AnyConnection, Engine),
    before: &BTreeMap<PersonCode, Known>,
    after: &[(PersonState, Vec<&str>)],
) -> Result<(), StoreError> {
    let (mut changed, mut gone, mut come) = (Vec::new(), Vec::new(), Vec::new());
    for now in after {
        let (state, records) = now;
        let known = before.get(&state.person);
        let old = known.and_then(|known| known.state.as_ref());
        let told = known.map_or(0, |known| known.records.len());
        if old == Some(state) && told == records.len() {
            continue;
        }
        let (had, has) = (old.map(numbers).unwrap_or_default(), numbers(state));
        gone.extend(had.difference(&has).map(|number| (*number, &state.person)));
        come.extend(has.difference(&had).map(|number| (*number, &state.person)));
        changed.push(now);
    }
    write_states((work, engine), &changed).await?;
    drop_numbers(work, &gone).await?;
    add_numbers((work, engine), &come).await?;
    for (state, _) in changed {
        care::index_tickets(work, state).await?;
    }
    Ok(())
}

/// Insurer number and number, and whom they lead to.
type Leading<'a> = ((&'a str, &'a str), &'a PersonCode);

async fn write_states(
    store: (&mut AnyConnection, Engine),
    persons: &[&(PersonState, Vec<&str>)],
) -> Result<(), StoreError> {
    const WRITE: Statement = Statement(
        "INSERT INTO person (person, body, records) VALUES",
        "($, $, $)",
        " ON CONFLICT (person) DO UPDATE SET body = excluded.body, records = excluded.records",
    );
    let values = |(state, records): &&(PersonState, Vec<&str>)| {
        Ok([state.person.as_str().to_owned(), json("a person", state)?, records.join("\n")])
    };
    WRITE.execute(store, persons, values).await?;
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

async fn add_numbers(
    store: (&mut AnyConnection, Engine),
    come: &[Leading<'_>],
) -> Result<(), StoreError> {
    const ADD: Statement = Statement(
        "INSERT INTO insured_number (insurer_number, number, person) VALUES",
        "($, $, $)",
        " ON CONFLICT DO NOTHING",
    );
    let values = |((insurer_number, number), person): &Leading<'_>| {
        Ok([*insurer_number, *number, person.as_str()].map(str::to_owned))
    };
    ADD.execute(store, come, values).await?;
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
