//! What uses of cards and numbers leave behind: registrations, consents, confirmations.

use jiff::{Timestamp, civil::Date};
use sqlx::{AnyConnection, AssertSqlSafe, Row, any::AnyRow};

use super::{
    batch::Statement,
    care,
    rows::{instant, present, taken},
};
use crate::{
    messages::{BranchNumber, InstitutionCode, InsurerNumber, record::CardText},
    service::{
        consent::{Consent, MedicalKind},
        records::PersonCode,
    },
    store::{Confirmation, Registered, StoreError, Visit, engine::Engine, turn},
};

/// Keeps all of a visit; of two at once about a person, one after the other.
pub(super) async fn keep(
    (work, engine): (&mut AnyConnection, Engine),
    visit: &Visit,
) -> Result<(), StoreError> {
    // Where there is one writer, it is our turn already.
    if !engine.has_one_writer() {
        turn::take(work, &turn::of_visits(&visit.person)).await?;
    }
    if let Some((serial, at)) = &visit.registration {
        register(work, serial, &visit.person, *at).await?;
    }
    if let Some(consents) = &visit.consents {
        replace_consents((work, engine), visit, consents).await?;
    }
    if let Some(care) = &visit.care {
        care::keep(work, care).await?;
    }
    if let Some(confirmation) = &visit.confirmation {
        confirm(work, confirmation).await?;
    }
    Ok(())
}

/// Whose serial it is.
pub(super) async fn registered_serial(
    work: &mut AnyConnection,
    serial: &str,
) -> Result<Option<Registered>, StoreError> {
    const SQL: &str = "SELECT person, registered_at FROM registration WHERE serial = $1";
    let Some(row) = sqlx::query(SQL).bind(serial).fetch_optional(work).await? else {
        return Ok(None);
    };
    let at = instant(row.try_get("registered_at")?)?;
    Ok(Some(Registered { person: taken(&row, "person", PersonCode::new)?, at }))
}

/// When the person last registered.
pub(super) async fn registered_person(
    work: &mut AnyConnection,
    person: &PersonCode,
) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT registered_at FROM registration WHERE person = $1 ORDER BY registered_at DESC LIMIT 1";
    let row = sqlx::query(SQL).bind(person.as_str()).fetch_optional(work).await?;
    row.map(|row| instant(row.try_get("registered_at")?)).transpose()
}

/// Consents of the person to the institution, living or not.
pub(super) async fn consents(
    work: &mut AnyConnection,
    institution: &InstitutionCode,
    person: &PersonCode,
) -> Result<Vec<Consent>, StoreError> {
    const SQL: &str =
        "SELECT kind, given_at FROM consent WHERE institution = $1 AND person = $2 ORDER BY kind";
    let query = sqlx::query(SQL).bind(institution.as_str()).bind(person.as_str());
    query.fetch_all(work).await?.iter().map(consent).collect()
}

/// Confirmations the institution was given about the number in these days.
pub(super) async fn confirmed(
    work: &mut AnyConnection,
    institution: &InstitutionCode,
    insurer: &InsurerNumber,
    number: &CardText,
    days: (Date, Date),
) -> Result<Vec<Confirmation>, StoreError> {
    const SQL: &str = "SELECT * FROM confirmation WHERE institution = $1 AND insurer_number = $2 AND number = $3 \
         AND day >= $4 AND day <= $5 ORDER BY day, person";
    let query =
        sqlx::query(SQL).bind(institution.as_str()).bind(insurer.as_str()).bind(number.as_str());
    let query = query.bind(days.0.to_string()).bind(days.1.to_string());
    query.fetch_all(work).await?.iter().map(confirmation).collect()
}

/// Keeps a confirmation; the same again changes nothing.
pub(super) async fn confirm(
    work: &mut AnyConnection,
    given: &Confirmation,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO confirmation (institution, insurer_number, number, day, person, symbol, branch) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let query = sqlx::query(SQL)
        .bind(given.institution.as_str())
        .bind(given.insurer_number.as_str())
        .bind(given.number.as_str());
    let query = query.bind(given.day.to_string()).bind(given.person.as_str());
    query
        .bind(given.symbol.as_ref().map_or("", |symbol| symbol.as_str()))
        .bind(given.branch.as_ref().map_or("", |branch| branch.as_str()))
        .execute(work)
        .await?;
    Ok(())
}

/// Binds a serial to a person.
pub(super) async fn register(
    work: &mut AnyConnection,
    serial: &str,
    person: &PersonCode,
    at: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO registration (serial, person, registered_at) VALUES ($1, $2, $3) \
         ON CONFLICT (serial) DO UPDATE SET person = excluded.person, registered_at = excluded.registered_at";
    let query = sqlx::query(SQL).bind(serial).bind(person.as_str()).bind(at.as_millisecond());
    query.execute(work).await?;
    Ok(())
}

/// Row OQS-CONS-05: the consents of the newest visit are all there are.
async fn replace_consents(
    (work, engine): (&mut AnyConnection, Engine),
    visit: &Visit,
    consents: &[Consent],
) -> Result<(), StoreError> {
    const DROP: &str = "DELETE FROM consent WHERE institution = $1 AND person = $2";
    const ADD: Statement = Statement(
        "INSERT INTO consent (institution, person, kind, given_at) VALUES",
        "($, $, $, $)",
        "",
    );
    let query = sqlx::query(DROP).bind(visit.institution.as_str()).bind(visit.person.as_str());
    query.execute(&mut *work).await?;
    if consents.is_empty() {
        return Ok(());
    }
    let mut query = sqlx::query(AssertSqlSafe(ADD.text(engine, consents.len())));
    for Consent { kind, given, .. } in consents {
        query = query.bind(visit.institution.as_str()).bind(visit.person.as_str());
        query = query.bind(kind.word()).bind(given.as_millisecond());
    }
    query.execute(work).await?;
    Ok(())
}

fn consent(row: &AnyRow) -> Result<Consent, StoreError> {
    let word: String = row.try_get("kind")?;
    let kind = MedicalKind::from_word(&word)
        .ok_or(StoreError::Unreadable { what: "a consent", detail: word })?;
    Ok(Consent::given_at(kind, instant(row.try_get("given_at")?)?))
}

fn confirmation(row: &AnyRow) -> Result<Confirmation, StoreError> {
    Ok(Confirmation {
        institution: taken(row, "institution", |text| InstitutionCode::new(&text))?,
        day: taken(row, "day", |text| text.parse())?,
        person: taken(row, "person", PersonCode::new)?,
        insurer_number: taken(row, "insurer_number", |text| InsurerNumber::new(&text))?,
        symbol: present(row, "symbol", CardText::new)?,
        number: taken(row, "number", CardText::new)?,
        branch: present(row, "branch", |text| BranchNumber::new(&text))?,
    })
}
