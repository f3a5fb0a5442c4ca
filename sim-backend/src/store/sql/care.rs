//! What the store keeps of care outside the institution, and of the tickets that lead to people on medical aid.

use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    people::state,
    rows::{instant, json, parsed, taken},
};
use crate::{
    messages::{InstitutionCode, YearMonth, codes::MedicalTreatmentFlag},
    service::{
        care::{CareSpan, CareVisit},
        days::day_of,
        records::{PersonCode, PersonState},
    },
    store::StoreError,
};

/// Of two examinations on one day the later report counts.
pub(super) async fn keep(work: &mut AnyConnection, visit: &CareVisit) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO care_visit (institution, person, occasion, examined, consented, given_at, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (institution, person, occasion, examined) \
         DO UPDATE SET consented = excluded.consented, given_at = excluded.given_at, body = excluded.body";
    let query = sqlx::query(SQL).bind(visit.institution.as_str()).bind(visit.person.as_str());
    let query = query.bind(visit.occasion.code()).bind(visit.examined.to_string());
    let query = query.bind(day_of(visit.given).to_string()).bind(visit.given.as_millisecond());
    query.bind(json("a visit", &visit.consents)?).execute(work).await?;
    Ok(())
}

pub(super) async fn of_person(
    work: &mut AnyConnection,
    institution: &InstitutionCode,
    person: &PersonCode,
    occasion: MedicalTreatmentFlag,
) -> Result<Vec<CareVisit>, StoreError> {
    const SQL: &str =
        "SELECT * FROM care_visit WHERE institution = $1 AND person = $2 AND occasion = $3";
    let query = sqlx::query(SQL).bind(institution.as_str()).bind(person.as_str());
    let rows = query.bind(occasion.code()).fetch_all(work).await?;
    rows.iter().map(visit).collect()
}

pub(super) async fn between(
    work: &mut AnyConnection,
    institution: &InstitutionCode,
    occasion: MedicalTreatmentFlag,
    span: CareSpan,
) -> Result<Vec<CareVisit>, StoreError> {
    const EXAMINED: &str = "SELECT * FROM care_visit WHERE institution = $1 AND occasion = $2 AND examined >= $3 AND examined <= $4";
    const CONSENTED: &str = "SELECT * FROM care_visit WHERE institution = $1 AND occasion = $2 AND consented >= $3 AND consented <= $4";
    let (sql, first, last) = match span {
        CareSpan::Examined(first, last) => (EXAMINED, first, last),
        CareSpan::Consented(first, last) => (CONSENTED, first, last),
    };
    let query = sqlx::query(sql).bind(institution.as_str()).bind(occasion.code());
    let rows = query.bind(first.to_string()).bind(last.to_string()).fetch_all(work).await?;
    rows.iter().map(visit).collect()
}

fn visit(row: &AnyRow) -> Result<CareVisit, StoreError> {
    Ok(CareVisit {
        institution: taken(row, "institution", |text| InstitutionCode::new(&text))?,
        person: taken(row, "person", PersonCode::new)?,
        occasion: taken(row, "occasion", |text| {
            MedicalTreatmentFlag::from_code(&text).ok_or("not a code of MedicalTreatmentFlag")
        })?,
        examined: taken(row, "examined", |text| text.parse::<jiff::civil::Date>())?,
        given: instant(row.try_get("given_at")?)?,
        consents: parsed("a visit", row)?,
    })
}

/// Brings the way from an institution to a person up to date. A way that leads to somebody without such a ticket does no harm,
/// so people without any ticket cost nothing.
pub(super) async fn index_tickets(
    work: &mut AnyConnection,
    state: &PersonState,
) -> Result<(), StoreError> {
    const ADD: &str = "INSERT INTO aid_ticket (institution, month, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let person = state.person.as_str();
    if state.coverages.iter().all(|coverage| coverage.tickets.is_empty()) {
        return Ok(());
    }
    sqlx::query("DELETE FROM aid_ticket WHERE person = $1")
        .bind(person)
        .execute(&mut *work)
        .await?;
    for of in state.coverages.iter().flat_map(|coverage| &coverage.tickets) {
        for ticket in &of.tickets {
            let query = sqlx::query(ADD).bind(ticket.institution.as_str());
            query.bind(of.month.first_day().to_string()).bind(person).execute(&mut *work).await?;
        }
    }
    Ok(())
}

pub(super) async fn ticketed(
    work: &mut AnyConnection,
    institution: &InstitutionCode,
    month: YearMonth,
) -> Result<Vec<PersonState>, StoreError> {
    const SQL: &str = "SELECT p.body AS body FROM aid_ticket t JOIN person p ON p.person = t.person \
         WHERE t.institution = $1 AND t.month = $2";
    let query = sqlx::query(SQL).bind(institution.as_str()).bind(month.first_day().to_string());
    let rows = query.fetch_all(work).await?;
    let mut found: Vec<_> = rows.iter().map(state).collect::<Result<_, _>>()?;
    // Here and not by the database, whose order of texts depends on its locale.
    found.sort_by(|one, other| one.person.cmp(&other.person));
    Ok(found)
}
