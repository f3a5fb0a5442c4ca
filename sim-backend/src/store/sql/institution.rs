//! What an institution leaves with the backend besides visits: its own numbers for persons, and bulk requests.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::rows::{instant, taken};
use crate::{
    messages::{Identifier, InstitutionCode},
    service::records::PersonCode,
    store::{Reception, ReferenceNumber, StoreError, turn},
};

/// Digits of a reception number. Bench profile.
const WIDTH: usize = 10;

/// Row OQS-REF-01: an earlier number under the same insurance numbers is replaced.
pub(super) async fn keep_numbers(
    work: &mut AnyConnection,
    numbers: &[ReferenceNumber],
) -> Result<(), StoreError> {
    let mut lasts = BTreeMap::new();
    for given in numbers {
        let whose = (&given.institution, &given.person);
        if let Entry::Vacant(vacant) = lasts.entry(whose) {
            vacant.insert(last_number(&mut *work, given).await?);
        }
    }
    // Later ones are newer, as they were told; but written always in the same order, so that two who keep the same numbers never
    // wait for each other.
    let mut sorted: Vec<(i64, &ReferenceNumber)> = (1..).zip(numbers).collect();
    sorted.sort_by_key(|(_, given)| {
        (&given.institution, &given.person, &given.insurer_number, &given.insured_number)
    });
    for (place, given) in sorted {
        let last = lasts.get(&(&given.institution, &given.person)).copied().unwrap_or_default();
        keep_number(&mut *work, given, last.saturating_add(place)).await?;
    }
    Ok(())
}

/// The sequence of the number that the institution gave the person last; 0 before the first.
async fn last_number(work: &mut AnyConnection, given: &ReferenceNumber) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COALESCE(MAX(sequence), 0) AS last FROM reference_number_under WHERE institution = $1 AND person = $2";
    let query = sqlx::query(SQL).bind(given.institution.as_str()).bind(given.person.as_str());
    Ok(query.fetch_one(work).await?.try_get("last")?)
}

async fn keep_number(
    work: &mut AnyConnection,
    given: &ReferenceNumber,
    sequence: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO reference_number_under \
         (institution, person, insurer_number, insured_number, sequence, reference_number) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (institution, person, insurer_number, insured_number) \
         DO UPDATE SET sequence = excluded.sequence, reference_number = excluded.reference_number";
    let query = sqlx::query(SQL).bind(given.institution.as_str()).bind(given.person.as_str());
    let query = query.bind(given.insurer_number.as_str()).bind(given.insured_number.as_str());
    query.bind(sequence).bind(given.number.as_str()).execute(work).await?;
    Ok(())
}

/// Rows OQS-REF-02, OQS-VISIT-05: of this institution only, the last one in front.
pub(super) async fn numbers(
    work: &mut AnyConnection,
    institution: &InstitutionCode,
    person: &PersonCode,
) -> Result<Vec<Identifier>, StoreError> {
    const SQL: &str = "SELECT reference_number FROM reference_number_under WHERE institution = $1 AND person = $2 ORDER BY sequence DESC";
    let query = sqlx::query(SQL).bind(institution.as_str()).bind(person.as_str());
    let rows = query.fetch_all(work).await?;
    let mut numbers: Vec<Identifier> = Vec::with_capacity(rows.len());
    for row in &rows {
        let number = taken(row, "reference_number", Identifier::new)?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// Gives the next number of the institution to a bulk request.
pub(super) async fn receive(
    work: &mut AnyConnection,
    reception: &Reception,
) -> Result<Identifier, StoreError> {
    const LAST: &str =
        "SELECT COALESCE(MAX(sequence), 0) AS last FROM reception WHERE institution = $1";
    const ADD: &str = "INSERT INTO reception (institution, sequence, family, received_at, result) VALUES ($1, $2, $3, $4, $5)";
    let institution = reception.institution.as_str();
    turn::take(work, &format!("receptions {institution}")).await?;
    let row = sqlx::query(LAST).bind(institution).fetch_one(&mut *work).await?;
    let sequence = row.try_get::<i64, _>("last")?.saturating_add(1);
    let query = sqlx::query(ADD).bind(institution).bind(sequence).bind(reception.family.as_str());
    let query = query.bind(reception.received.as_millisecond()).bind(reception.result.as_str());
    query.execute(work).await?;
    Ok(Identifier::lossy(&format!("{sequence:0WIDTH$}")))
}

/// Row OQS-BULK-02: the numbers of other institutions are unknown here.
pub(super) async fn reception(
    work: &mut AnyConnection,
    institution: &InstitutionCode,
    number: &Identifier,
) -> Result<Option<Reception>, StoreError> {
    const SQL: &str = "SELECT family, received_at, result FROM reception WHERE institution = $1 AND sequence = $2";
    let Some(sequence) = sequence(number) else { return Ok(None) };
    let query = sqlx::query(SQL).bind(institution.as_str()).bind(sequence);
    query.fetch_optional(work).await?.map(|row| read(institution, &row)).transpose()
}

/// Exactly the digits that were given: `7` is not `0000000007`.
fn sequence(number: &Identifier) -> Option<i64> {
    let text = number.as_str();
    let digits = text.len() >= WIDTH && text.bytes().all(|byte| byte.is_ascii_digit());
    let sequence = text.parse().ok().filter(|_| digits)?;
    (format!("{sequence:0WIDTH$}") == text).then_some(sequence)
}

fn read(institution: &InstitutionCode, row: &AnyRow) -> Result<Reception, StoreError> {
    let received: Timestamp = instant(row.try_get("received_at")?)?;
    Ok(Reception {
        institution: institution.clone(),
        family: row.try_get("family")?,
        received,
        result: row.try_get("result")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reception_number_is_read_as_it_was_given() {
        for (text, expected) in [
            ("0000000007", Some(7)),
            ("7", None),
            ("00000000007", None),
            ("-000000007", None),
            ("12345678901", Some(12_345_678_901)),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(sequence(&Identifier::lossy(text)), expected, "{text}");
        }
    }
}
