//! Feed records, and the persons brought up to date by them.
//!
//! The persons of a delivery are held first, in the order of their codes. From then on their records are ours alone, so the
//! state derived is the fold of all of them, whoever delivers at the same time.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use sqlx::AnyConnection;

use super::{
    batch::Statement,
    history,
    people::{self, Known},
    rows::{json, parsed},
};
use crate::{
    feed::{Change, FeedRecord, fold, fold_history},
    service::records::PersonCode,
    store::{Appended, Delivery, StoreError, engine::Engine},
};

/// Stores the records of a delivery and derives the persons they are about anew. `None` when another transaction stored a
/// record of the same name about somebody else meanwhile: the work is to be undone and done again.
pub(super) async fn append(
    (work, engine): (&mut AnyConnection, Engine),
    records: &[FeedRecord],
) -> Result<Option<Delivery>, StoreError> {
    let touched: BTreeSet<_> = records.iter().map(|record| &record.person).collect();
    let before = people::hold((work, engine), &touched).await?;
    let known = known((work, engine), records, &before).await?;
    let (appended, new) = decide(records, &known);
    if !insert((work, engine), &new).await? {
        return Ok(None);
    }
    let about = by_person(&touched, known.iter().chain(new));
    let after: Vec<_> =
        about.iter().map(|(person, own)| (fold(person, own.iter().copied()), names(own))).collect();
    people::write((work, engine), &before, &after).await?;
    let reported: Vec<_> = about
        .iter()
        .filter_map(|(person, own)| Some((*person, fold_history(person, own.iter().copied())?)))
        .collect();
    history::write((work, engine), &reported).await?;
    let states = after.into_iter().map(|(state, _)| state).collect();
    Ok(Some(Delivery { appended, states }))
}

/// The records stored about the persons of a delivery, and those of any name in it: its own, and those it corrects.
async fn known(
    store: (&mut AnyConnection, Engine),
    records: &[FeedRecord],
    before: &BTreeMap<PersonCode, Known>,
) -> Result<Vec<FeedRecord>, StoreError> {
    const NAMED: Statement =
        Statement("SELECT body FROM feed_record WHERE record_id IN (", "$", ")");
    let mut names: BTreeSet<_> =
        before.values().flat_map(|known| &known.records).map(String::as_str).collect();
    for record in records {
        names.insert(record.record_id.as_str());
        if let Change::Correction(correction) = &record.change {
            names.insert(correction.corrects.as_str());
        }
    }
    let names: Vec<_> = names.into_iter().collect();
    let rows = NAMED.fetch(store, &names).await?;
    rows.iter().map(|row| parsed("a feed record", row)).collect()
}

fn names<'a>(records: &[&'a FeedRecord]) -> Vec<&'a str> {
    records.iter().map(|record| record.record_id.as_str()).collect()
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
async fn insert(
    store: (&mut AnyConnection, Engine),
    new: &[&FeedRecord],
) -> Result<bool, StoreError> {
    const INSERT: Statement = Statement(
        "INSERT INTO feed_record (record_id, person, body) VALUES",
        "($, $, $)",
        " ON CONFLICT (record_id) DO NOTHING",
    );
    let mut sorted = new.to_vec();
    sorted.sort_by(|one, other| one.record_id.cmp(&other.record_id));
    let values = |record: &&FeedRecord| {
        let (name, person) = (record.record_id.as_str(), record.person.as_str());
        Ok([name.to_owned(), person.to_owned(), json("a feed record", record)?])
    };
    let stored = INSERT.execute(store, &sorted, values).await?;
    Ok(usize::try_from(stored) == Ok(new.len()))
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
