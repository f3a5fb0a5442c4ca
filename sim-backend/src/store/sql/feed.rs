//! Feed records, and the persons brought up to date by them.
//!
//! The persons of a delivery are held first, in the order of their codes. From then on their records are ours alone, so the
//! state derived is the fold of all of them, whoever delivers at the same time.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use sqlx::{AnyConnection, AssertSqlSafe};

use super::{
    batch::{batches, places},
    history, people,
    rows::{json, parsed},
};
use crate::{
    feed::{Change, FeedRecord, fold, fold_history},
    service::records::{PersonCode, PersonState},
    store::{Appended, Delivery, StoreError},
};

/// Stores the records of a delivery and derives the persons they are about anew. `None` when another transaction stored a
/// record of the same name about somebody else meanwhile: the work is to be undone and done again.
pub(super) async fn append(
    work: &mut AnyConnection,
    records: &[FeedRecord],
) -> Result<Option<Delivery>, StoreError> {
    let touched: BTreeSet<_> = records.iter().map(|record| &record.person).collect();
    let before = people::hold(work, &touched).await?;
    let known = known(work, records).await?;
    let (appended, new) = decide(records, &known);
    let earlier = of_persons(work, &before).await?;
    if !insert(work, &new).await? {
        return Ok(None);
    }
    let about = by_person(&touched, earlier.iter().chain(new));
    let states: Vec<_> =
        about.iter().map(|(person, own)| fold(person, own.iter().copied())).collect();
    people::write(work, &before, &states).await?;
    for (person, own) in &about {
        if let Some(reported) = fold_history(person, own.iter().copied()) {
            history::write(work, person, &reported).await?;
        }
    }
    Ok(Some(Delivery { appended, states }))
}

/// The records stored under the names in a delivery: its own, and those it corrects.
async fn known(
    work: &mut AnyConnection,
    records: &[FeedRecord],
) -> Result<Vec<FeedRecord>, StoreError> {
    let mut names = BTreeSet::new();
    for record in records {
        names.insert(record.record_id.as_str());
        if let Change::Correction(correction) = &record.change {
            names.insert(correction.corrects.as_str());
        }
    }
    let names: Vec<_> = names.into_iter().collect();
    stored(work, "record_id", &names).await
}

/// The records stored about persons of whom something is known.
async fn of_persons(
    work: &mut AnyConnection,
    before: &BTreeMap<PersonCode, Option<PersonState>>,
) -> Result<Vec<FeedRecord>, StoreError> {
    let known: Vec<_> = before
        .iter()
        .filter(|(_, state)| state.is_some())
        .map(|(person, _)| person.as_str())
        .collect();
    stored(work, "person", &known).await
}

async fn stored(
    work: &mut AnyConnection,
    column: &str,
    values: &[&str],
) -> Result<Vec<FeedRecord>, StoreError> {
    let mut found = Vec::new();
    for batch in batches(values) {
        let places = places(batch.len(), "$");
        let sql = format!("SELECT body FROM feed_record WHERE {column} IN ({places})");
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = batch.iter().fold(query, |query, value| query.bind(*value));
        for row in query.fetch_all(&mut *work).await? {
            found.push(parsed("a feed record", &row)?);
        }
    }
    Ok(found)
}

/// What becomes of each record, in order, and those that are to be stored.
fn decide<'a>(
    records: &'a [FeedRecord],
    known: &'a [FeedRecord],
) -> (Vec<Appended>, Vec<&'a FeedRecord>) {
    let mut held: BTreeMap<_, _> =
        known.iter().map(|record| (record.record_id.as_str(), record)).collect();
    let mut new = Vec::new();
    let mut decide_one = |record: &'a FeedRecord| {
        if !may_correct(record, &held) {
            return Appended::NotItsToCorrect;
        }
        match held.entry(record.record_id.as_str()) {
            Entry::Occupied(held) if *held.get() == record => Appended::Known,
            Entry::Occupied(_) => Appended::Conflict,
            Entry::Vacant(free) => {
                free.insert(record);
                new.push(record);
                Appended::Stored
            }
        }
    };
    let appended = records.iter().map(&mut decide_one).collect();
    (appended, new)
}

/// An unknown target may still come; the fold judges it then by the same rule.
fn may_correct(record: &FeedRecord, held: &BTreeMap<&str, &FeedRecord>) -> bool {
    let Change::Correction(correction) = &record.change else { return true };
    let Some(target) = held.get(correction.corrects.as_str()) else { return true };
    let own = target.insurer_number == record.insurer_number && target.person == record.person;
    own && !target.change.is_correction()
}

/// Whether all of them were new. Sorted, so that two deliveries of the same names never wait for each other.
async fn insert(work: &mut AnyConnection, new: &[&FeedRecord]) -> Result<bool, StoreError> {
    let mut sorted = new.to_vec();
    sorted.sort_by(|one, other| one.record_id.cmp(&other.record_id));
    for batch in batches(&sorted) {
        let places = places(batch.len(), "($, $, $)");
        let mut query = sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO feed_record (record_id, person, body) VALUES {places} ON CONFLICT (record_id) DO NOTHING"
        )));
        for record in batch {
            let body = json("a feed record", record)?;
            query = query.bind(record.record_id.as_str()).bind(record.person.as_str()).bind(body);
        }
        let stored = query.execute(&mut *work).await?.rows_affected();
        if usize::try_from(stored) != Ok(batch.len()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The records about each person, by person code.
fn by_person<'a>(
    touched: &BTreeSet<&'a PersonCode>,
    records: impl Iterator<Item = &'a FeedRecord>,
) -> BTreeMap<&'a PersonCode, Vec<&'a FeedRecord>> {
    let mut about: BTreeMap<_, Vec<_>> =
        touched.iter().map(|person| (*person, Vec::new())).collect();
    for record in records {
        if let Some(own) = about.get_mut(&record.person) {
            own.push(record);
        }
    }
    about
}
