//! All a number query reads, in one statement: persons by number, with the asking institution's own number for each.

use sqlx::{AnyConnection, any::AnyRow};

use super::rows::{parsed, possible};
use crate::{
    messages::Identifier,
    store::{Asked, Candidate, StoreError},
};

/// Persons with this number, each with the institution's own number. Rows OQS-QUAL-01, OQS-REF-02.
pub(super) async fn asked(
    work: &mut AnyConnection,
    asked: &Asked,
) -> Result<Vec<Candidate>, StoreError> {
    const SQL: &str = "SELECT p.body AS body, \
         (SELECT r.reference_number FROM reference_number_under r \
         WHERE r.institution = $1 AND r.person = n.person ORDER BY r.sequence DESC LIMIT 1) AS reference_number \
         FROM insured_number n JOIN person p ON p.person = n.person \
         WHERE n.insurer_number = $2 AND n.number = $3 ORDER BY n.person";
    let query = sqlx::query(SQL)
        .bind(asked.institution.as_str())
        .bind(asked.insurer_number.as_str())
        .bind(asked.number.as_str());
    query.fetch_all(work).await?.iter().map(candidate).collect()
}

fn candidate(row: &AnyRow) -> Result<Candidate, StoreError> {
    Ok(Candidate {
        state: parsed("a person", row)?,
        reference_number: possible(row, "reference_number", Identifier::new)?,
    })
}
