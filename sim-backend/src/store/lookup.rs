//! All a number query reads, in one statement: persons by number, with the asking institution's own number for each.

use sqlx::{AnyPool, Row, any::AnyRow};

use super::{
    Asked, Candidate, StoreError,
    sql::{parse, state},
};
use crate::messages::Identifier;

/// Persons with this number, each with the institution's own number. Rows OQS-QUAL-01, OQS-REF-02.
pub(super) async fn asked(pool: &AnyPool, asked: &Asked) -> Result<Vec<Candidate>, StoreError> {
    const SQL: &str = "SELECT p.body AS body, r.reference_number AS reference_number FROM insured_number n \
         JOIN person p ON p.person = n.person \
         LEFT JOIN reference_number r ON r.institution = $1 AND r.person = n.person \
         WHERE n.insurer_number = $2 AND n.number = $3 ORDER BY n.person";
    let query = sqlx::query(SQL)
        .bind(asked.institution.as_str())
        .bind(asked.insurer_number.as_str())
        .bind(asked.number.as_str());
    query.fetch_all(pool).await?.iter().map(candidate).collect()
}

fn candidate(row: &AnyRow) -> Result<Candidate, StoreError> {
    let number: Option<String> = row.try_get("reference_number")?;
    let number = number.map(|text| parse("reference_number", text, Identifier::new));
    Ok(Candidate { state: state(row)?, reference_number: number.transpose()? })
}
