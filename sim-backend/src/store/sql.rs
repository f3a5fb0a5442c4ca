//! The store on SQL, through a driver that is chosen by the address.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use sqlx::{
    Any, AnyConnection, AnyPool, Row, Transaction,
    any::{AnyPoolOptions, AnyRow},
};

use super::{
    Appended, Confirmation, Delivery, Reception, ReferenceNumber, Registered, Store, StoreError,
    Stored, Visit, institution, schema,
};
use crate::{
    feed::{Change, FeedRecord, RecordId, fold},
    messages::{BranchNumber, Identifier, InstitutionCode, InsurerNumber, record::CardText},
    service::{
        consent::{Consent, MedicalKind},
        records::{PersonCode, PersonState},
    },
};

/// How many readers a file serves at once.
const FILE_CONNECTIONS: u32 = 4;

/// The store on SQLite; in memory or in a file.
pub struct SqlStore {
    pub(super) pool: AnyPool,
    /// One writer at a time, so that no transaction has to be repeated.
    pub(super) writing: tokio::sync::Mutex<()>,
}

impl SqlStore {
    /// Opens or creates a store: `sqlite::memory:` or `sqlite:PATH?mode=rwc`.
    ///
    /// # Errors
    /// [`StoreError::Address`] for another engine, [`StoreError::Database`] when it cannot be opened, and
    /// [`StoreError::FromTheFuture`] for a store of a later version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let place =
            url.strip_prefix("sqlite:").ok_or_else(|| StoreError::Address(url.to_owned()))?;
        let in_memory = place.starts_with(":memory:");
        sqlx::any::install_default_drivers();
        // A database in memory lives and dies with its one connection.
        let connections = if in_memory { 1 } else { FILE_CONNECTIONS };
        let options = AnyPoolOptions::new()
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None);
        let pool = options.test_before_acquire(false).connect(url).await?;
        if !in_memory {
            sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&pool).await?;
        }
        schema::migrate(&pool).await?;
        Ok(Self { pool, writing: tokio::sync::Mutex::new(()) })
    }

    /// Closes the store; what was committed is in it.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn append_all(&self, records: &[FeedRecord]) -> Result<Delivery, StoreError> {
        let _alone = self.writing.lock().await;
        let mut work = self.pool.begin().await?;
        let mut delivery = Delivery::default();
        for record in records {
            delivery.appended.push(append_one(&mut work, record).await?);
        }
        let touched: BTreeSet<_> = records.iter().map(|record| &record.person).collect();
        for person in touched {
            delivery.states.push(refresh(&mut work, person).await?);
        }
        work.commit().await?;
        Ok(delivery)
    }

    async fn keep(&self, visit: &Visit) -> Result<(), StoreError> {
        let _alone = self.writing.lock().await;
        let mut work = self.pool.begin().await?;
        if let Some((serial, at)) = &visit.registration {
            register(&mut work, serial, &visit.person, *at).await?;
        }
        replace_consents(&mut work, visit).await?;
        if let Some(confirmation) = &visit.confirmation {
            confirm(&mut work, confirmation).await?;
        }
        work.commit().await?;
        Ok(())
    }

    async fn keep_one(&self, confirmation: &Confirmation) -> Result<(), StoreError> {
        let _alone = self.writing.lock().await;
        let mut work = self.pool.begin().await?;
        confirm(&mut work, confirmation).await?;
        work.commit().await?;
        Ok(())
    }

    async fn keep_numbers(&self, numbers: &[ReferenceNumber]) -> Result<(), StoreError> {
        let _alone = self.writing.lock().await;
        let mut work = self.pool.begin().await?;
        for number in numbers {
            institution::keep_number(&mut work, number).await?;
        }
        work.commit().await?;
        Ok(())
    }

    async fn take_in(&self, reception: &Reception) -> Result<Identifier, StoreError> {
        let _alone = self.writing.lock().await;
        let mut work = self.pool.begin().await?;
        let number = institution::receive(&mut work, reception).await?;
        work.commit().await?;
        Ok(number)
    }

    async fn numbered(
        &self,
        insurer_number: &InsurerNumber,
        number: &CardText,
    ) -> Result<Vec<PersonState>, StoreError> {
        const SQL: &str = "SELECT p.body AS body FROM insured_number n JOIN person p ON p.person = n.person \
             WHERE n.insurer_number = $1 AND n.number = $2 ORDER BY n.person";
        let rows = sqlx::query(SQL)
            .bind(insurer_number.as_str())
            .bind(number.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(state).collect()
    }

    async fn confirmed(
        &self,
        institution: &InstitutionCode,
        insurer: &InsurerNumber,
        number: &CardText,
        days: (Date, Date),
    ) -> Result<Vec<Confirmation>, StoreError> {
        const SQL: &str = "SELECT * FROM confirmation WHERE institution = $1 AND insurer_number = $2 AND number = $3 \
             AND day >= $4 AND day <= $5 ORDER BY day, person";
        let query = sqlx::query(SQL)
            .bind(institution.as_str())
            .bind(insurer.as_str())
            .bind(number.as_str());
        let rows =
            query.bind(days.0.to_string()).bind(days.1.to_string()).fetch_all(&self.pool).await?;
        rows.iter().map(confirmation).collect()
    }
}

impl Store for SqlStore {
    fn append<'a>(&'a self, records: &'a [FeedRecord]) -> Stored<'a, Delivery> {
        Box::pin(self.append_all(records))
    }

    fn person<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, Option<PersonState>> {
        Box::pin(async move {
            let query =
                sqlx::query("SELECT body FROM person WHERE person = $1").bind(person.as_str());
            query.fetch_optional(&self.pool).await?.as_ref().map(state).transpose()
        })
    }

    fn by_number<'a>(
        &'a self,
        insurer_number: &'a InsurerNumber,
        number: &'a CardText,
    ) -> Stored<'a, Vec<PersonState>> {
        Box::pin(self.numbered(insurer_number, number))
    }

    fn knows_insurer<'a>(&'a self, insurer_number: &'a InsurerNumber) -> Stored<'a, bool> {
        Box::pin(async move {
            let query =
                sqlx::query("SELECT person FROM insured_number WHERE insurer_number = $1 LIMIT 1")
                    .bind(insurer_number.as_str());
            Ok(query.fetch_optional(&self.pool).await?.is_some())
        })
    }

    fn registered_serial<'a>(&'a self, serial: &'a str) -> Stored<'a, Option<Registered>> {
        Box::pin(async move {
            let query =
                sqlx::query("SELECT person, registered_at FROM registration WHERE serial = $1")
                    .bind(serial);
            let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
            Ok(Some(Registered {
                person: taken(&row, "person", PersonCode::new)?,
                at: instant(row.try_get("registered_at")?)?,
            }))
        })
    }

    fn registered_person<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, Option<Timestamp>> {
        Box::pin(async move {
            const SQL: &str = "SELECT registered_at FROM registration WHERE person = $1 ORDER BY registered_at DESC LIMIT 1";
            let Some(row) =
                sqlx::query(SQL).bind(person.as_str()).fetch_optional(&self.pool).await?
            else {
                return Ok(None);
            };
            instant(row.try_get("registered_at")?).map(Some)
        })
    }

    fn keep_visit<'a>(&'a self, visit: &'a Visit) -> Stored<'a, ()> {
        Box::pin(self.keep(visit))
    }

    fn keep_confirmation<'a>(&'a self, confirmation: &'a Confirmation) -> Stored<'a, ()> {
        Box::pin(self.keep_one(confirmation))
    }

    fn consents<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Vec<Consent>> {
        Box::pin(async move {
            const SQL: &str = "SELECT kind, given_at FROM consent WHERE institution = $1 AND person = $2 ORDER BY kind";
            let rows = sqlx::query(SQL)
                .bind(institution.as_str())
                .bind(person.as_str())
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(consent).collect()
        })
    }

    fn confirmations<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        insurer_number: &'a InsurerNumber,
        number: &'a CardText,
        days: (Date, Date),
    ) -> Stored<'a, Vec<Confirmation>> {
        Box::pin(self.confirmed(institution, insurer_number, number, days))
    }

    fn keep_reference_numbers<'a>(&'a self, numbers: &'a [ReferenceNumber]) -> Stored<'a, ()> {
        Box::pin(self.keep_numbers(numbers))
    }

    fn reference_number<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Option<Identifier>> {
        Box::pin(async move {
            let mut work = self.pool.acquire().await?;
            institution::number(&mut work, institution, person).await
        })
    }

    fn receive<'a>(&'a self, reception: &'a Reception) -> Stored<'a, Identifier> {
        Box::pin(self.take_in(reception))
    }

    fn reception<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        number: &'a Identifier,
    ) -> Stored<'a, Option<Reception>> {
        Box::pin(async move {
            let mut work = self.pool.acquire().await?;
            institution::reception(&mut work, institution, number).await
        })
    }
}

async fn append_one(
    work: &mut Transaction<'_, Any>,
    record: &FeedRecord,
) -> Result<Appended, StoreError> {
    if !may_correct(work, record).await? {
        return Ok(Appended::NotItsToCorrect);
    }
    const SQL: &str = "INSERT INTO feed_record (record_id, person, body) VALUES ($1, $2, $3) ON CONFLICT (record_id) DO NOTHING";
    let body = json("a feed record", record)?;
    let query =
        sqlx::query(SQL).bind(record.record_id.as_str()).bind(record.person.as_str()).bind(&body);
    if query.execute(&mut **work).await?.rows_affected() == 1 {
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
    let query = sqlx::query("SELECT body FROM feed_record WHERE person = $1 ORDER BY record_id")
        .bind(person.as_str());
    let rows = query.fetch_all(&mut *work).await?;
    let records: Vec<_> =
        rows.iter().map(|row| parsed("a feed record", row)).collect::<Result<_, _>>()?;
    let state = fold(person, &records);
    write_state(work, &state).await?;
    Ok(state)
}

async fn write_state(work: &mut AnyConnection, state: &PersonState) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO person (person, body) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET body = excluded.body";
    sqlx::query(SQL)
        .bind(state.person.as_str())
        .bind(json("a person", state)?)
        .execute(&mut *work)
        .await?;
    sqlx::query("DELETE FROM insured_number WHERE person = $1")
        .bind(state.person.as_str())
        .execute(&mut *work)
        .await?;
    for coverage in &state.coverages {
        const SQL: &str = "INSERT INTO insured_number (insurer_number, number, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let query = sqlx::query(SQL)
            .bind(coverage.insurer_number.as_str())
            .bind(coverage.details.number.as_str())
            .bind(state.person.as_str());
        query.execute(&mut *work).await?;
    }
    Ok(())
}

async fn register(
    work: &mut AnyConnection,
    serial: &str,
    person: &PersonCode,
    at: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO registration (serial, person, registered_at) VALUES ($1, $2, $3) \
         ON CONFLICT (serial) DO UPDATE SET person = excluded.person, registered_at = excluded.registered_at";
    sqlx::query(SQL)
        .bind(serial)
        .bind(person.as_str())
        .bind(at.as_millisecond())
        .execute(work)
        .await?;
    Ok(())
}

async fn replace_consents(work: &mut AnyConnection, visit: &Visit) -> Result<(), StoreError> {
    const DROP: &str = "DELETE FROM consent WHERE institution = $1 AND person = $2";
    const ADD: &str =
        "INSERT INTO consent (institution, person, kind, given_at) VALUES ($1, $2, $3, $4)";
    sqlx::query(DROP)
        .bind(visit.institution.as_str())
        .bind(visit.person.as_str())
        .execute(&mut *work)
        .await?;
    for Consent { kind, given } in &visit.consents {
        let query = sqlx::query(ADD).bind(visit.institution.as_str()).bind(visit.person.as_str());
        query.bind(kind.word()).bind(given.as_millisecond()).execute(&mut *work).await?;
    }
    Ok(())
}

async fn confirm(work: &mut AnyConnection, given: &Confirmation) -> Result<(), StoreError> {
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

pub(super) fn state(row: &AnyRow) -> Result<PersonState, StoreError> {
    parsed("a person", row)
}

fn parsed<T: serde::de::DeserializeOwned>(
    what: &'static str,
    row: &AnyRow,
) -> Result<T, StoreError> {
    let body: String = row.try_get("body")?;
    serde_json::from_str(&body)
        .map_err(|error| StoreError::Unreadable { what, detail: error.to_string() })
}

fn json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Unreadable { what, detail: error.to_string() })
}

pub(super) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|error| StoreError::Unreadable { what: "an instant", detail: error.to_string() })
}

fn consent(row: &AnyRow) -> Result<Consent, StoreError> {
    let word: String = row.try_get("kind")?;
    let kind = MedicalKind::from_word(&word)
        .ok_or(StoreError::Unreadable { what: "a consent", detail: word })?;
    Ok(Consent { kind, given: instant(row.try_get("given_at")?)? })
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

pub(super) fn taken<T, E: ToString>(
    row: &AnyRow,
    column: &'static str,
    read: impl FnOnce(String) -> Result<T, E>,
) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    read(text).map_err(|error| StoreError::Unreadable { what: column, detail: error.to_string() })
}

/// An absent part of a key is stored as an empty text.
fn present<T, E: ToString>(
    row: &AnyRow,
    column: &'static str,
    read: impl FnOnce(String) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    let text: String = row.try_get(column)?;
    if text.is_empty() { Ok(None) } else { taken(row, column, read).map(Some) }
}
