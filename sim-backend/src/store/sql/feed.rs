//! Feed records, and the persons brought up to date by them.

use std::collections::BTreeSet;

use sqlx::AnyConnection;

use super::{
    history, people,
    rows::{json, parsed},
};
use crate::{
    feed::{Change, FeedRecord, RecordId, fold, fold_history},
    service::records::{PersonCode, PersonState},
    store::{Appended, Delivery, StoreError},
};

/// Stores the records of a delivery and derives the persons they are about anew.
pub(super) async fn append(
    work: &mut AnyConnection,
    records: &[FeedRecord],
) -> Result<Delivery, StoreError> {
    let mut delivery = Delivery::default();
    for record in records {
        delivery.appended.push(append_one(work, record).await?);
    }
    let touched: BTreeSet<_> = records.iter().map(|record| &record.person).collect();
    for person in touched {
        delivery.states.push(refresh(work, person).await?);
    }
    Ok(delivery)
}

async fn append_one(work: &mut AnyConnection, record: &FeedRecord) -> Result<Appended, StoreError> {
    if !may_correct(work, record).await? {
        return Ok(Appended::NotItsToCorrect);
    }
    const SQL: &str = "INSERT INTO feed_record (record_id, person, body) VALUES ($1, $2, $3) ON CONFLICT (record_id) DO NOTHING";
    let body = json("a feed record", record)?;
    let query =
        sqlx::query(SQL).bind(record.record_id.as_str()).bind(record.person.as_str()).bind(body);
    if query.execute(&mut *work).await?.rows_affected() == 1 {
        return Ok(Appended::Stored);
    }
    let known = stored_record(work, &record.record_id).await?;
    Ok(if known.as_ref() == Some(record) { Appended::Known } else { Appended::Conflict })
}

/// An unknown target may still come; the fold judges it then by the same rule.
async fn may_correct(work: &mut AnyConnection, record: &FeedRecord) -> Result<bool, StoreError> {
    let Change::Correction(correction) = &record.change else { return Ok(true) };
    let Some(target) = stored_record(work, &correction.corrects).await? else { return Ok(true) };
    let own = target.insurer_number == record.insurer_number && target.person == record.person;
    Ok(own && !target.change.is_correction())
}

async fn stored_record(
    work: &mut AnyConnection,
    record_id: &RecordId,
) -> Result<Option<FeedRecord>, StoreError> {
    let query =
        sqlx::query("SELECT body FROM feed_record WHERE record_id = $1").bind(record_id.as_str());
    query.fetch_optional(work).await?.map(|row| parsed("a feed record", &row)).transpose()
}

/// Derives a person's state anew from all records about that person.
async fn refresh(work: &mut AnyConnection, person: &PersonCode) -> Result<PersonState, StoreError> {
    let query = sqlx::query("SELECT body FROM feed_record WHERE person = $1").bind(person.as_str());
    let rows = query.fetch_all(&mut *work).await?;
    let records: Vec<_> =
        rows.iter().map(|row| parsed("a feed record", row)).collect::<Result<_, _>>()?;
    let state = fold(person, &records);
    people::write(work, &state).await?;
    if let Some(reported) = fold_history(person, &records) {
        history::write(work, person, &reported).await?;
    }
    Ok(state)
}
