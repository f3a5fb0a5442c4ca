//! What stands beside the persons, in SQL.

use jiff::{Timestamp, civil::Date};
use sqlx::{Row, any::AnyRow};

use super::{
    SqlStore,
    rows::{instant, parsed},
};
use crate::{
    messages::{InstitutionCode, InsurerNumber},
    service::records::{PersonCode, PersonState},
    store::{Ledger, OrderKind, Page, StoreError, Stored},
};

impl Ledger for SqlStore {
    fn keep_order<'a>(
        &'a self,
        kind: OrderKind,
        subject: &'a str,
        body: Option<&'a str>,
    ) -> Stored<'a, ()> {
        const KEEP: &str = "INSERT INTO standing_order (kind, subject, body) VALUES ($1, $2, $3) \
             ON CONFLICT (kind, subject) DO UPDATE SET body = excluded.body";
        const DROP: &str = "DELETE FROM standing_order WHERE kind = $1 AND subject = $2";
        Box::pin(async move {
            let _alone = self.writing.lock().await;
            let query = match body {
                Some(body) => sqlx::query(KEEP).bind(kind.word()).bind(subject).bind(body),
                None => sqlx::query(DROP).bind(kind.word()).bind(subject),
            };
            query.execute(&mut *self.doors.writing.acquire().await?).await?;
            Ok(())
        })
    }

    fn order<'a>(&'a self, kind: OrderKind, subject: &'a str) -> Stored<'a, Option<String>> {
        const SQL: &str = "SELECT body FROM standing_order WHERE kind = $1 AND subject = $2";
        Box::pin(async move {
            let query = sqlx::query(SQL).bind(kind.word()).bind(subject);
            let row = query.fetch_optional(&mut *self.doors.reading.acquire().await?).await?;
            row.map(|row| Ok(row.try_get("body")?)).transpose()
        })
    }

    fn orders(&self, kind: OrderKind) -> Stored<'_, Vec<(String, String)>> {
        const SQL: &str =
            "SELECT subject, body FROM standing_order WHERE kind = $1 ORDER BY subject";
        Box::pin(async move {
            let rows = sqlx::query(SQL)
                .bind(kind.word())
                .fetch_all(&mut *self.doors.reading.acquire().await?)
                .await?;
            let order = |row: &AnyRow| Ok((row.try_get("subject")?, row.try_get("body")?));
            rows.iter().map(order).collect()
        })
    }

    fn keep_certificate<'a>(
        &'a self,
        serial: &'a str,
        person: &'a PersonCode,
        ends: Timestamp,
    ) -> Stored<'a, ()> {
        const SQL: &str = "INSERT INTO certificate (serial, person, ends_at) VALUES ($1, $2, $3) \
             ON CONFLICT (serial) DO UPDATE SET person = excluded.person, ends_at = excluded.ends_at";
        Box::pin(async move {
            let _alone = self.writing.lock().await;
            let query = sqlx::query(SQL).bind(serial).bind(person.as_str());
            query
                .bind(ends.as_millisecond())
                .execute(&mut *self.doors.writing.acquire().await?)
                .await?;
            Ok(())
        })
    }

    fn ended_certificates<'a>(
        &'a self,
        insurer: &'a InsurerNumber,
        (from, to): (Timestamp, Timestamp),
        page: Page<'a>,
    ) -> Stored<'a, Vec<(PersonState, Timestamp)>> {
        const SQL: &str = "SELECT p.person AS person, p.body AS body, e.ends_at AS ends_at FROM person p \
             JOIN (SELECT person, MAX(ends_at) AS ends_at FROM certificate GROUP BY person) e ON e.person = p.person \
             WHERE p.person IN (SELECT person FROM insured_number WHERE insurer_number = $1) \
             AND e.ends_at >= $2 AND e.ends_at < $3 AND p.person > $4 ORDER BY p.person LIMIT $5";
        Box::pin(async move {
            let query = sqlx::query(SQL).bind(insurer.as_str()).bind(from.as_millisecond());
            let query = query.bind(to.as_millisecond()).bind(page.begins());
            let rows = query
                .bind(i64::from(page.limit))
                .fetch_all(&mut *self.doors.reading.acquire().await?)
                .await?;
            let ended = |row: &AnyRow| Ok((state(row)?, instant(row.try_get("ends_at")?)?));
            rows.iter().map(ended).collect()
        })
    }

    fn insured_with<'a>(
        &'a self,
        insurer: &'a InsurerNumber,
        page: Page<'a>,
    ) -> Stored<'a, Vec<PersonState>> {
        const SQL: &str = "SELECT body FROM person \
             WHERE person IN (SELECT person FROM insured_number WHERE insurer_number = $1) AND person > $2 \
             ORDER BY person LIMIT $3";
        Box::pin(async move {
            let query = sqlx::query(SQL).bind(insurer.as_str()).bind(page.begins());
            let rows = query
                .bind(i64::from(page.limit))
                .fetch_all(&mut *self.doors.reading.acquire().await?)
                .await?;
            rows.iter().map(state).collect()
        })
    }

    fn born_on(&self, birthdate: Date) -> Stored<'_, Vec<PersonState>> {
        const SQL: &str = "SELECT body FROM person WHERE body LIKE $1 ORDER BY person";
        Box::pin(async move {
            let pattern = format!("%\"birthdate\":\"{birthdate}\"%");
            let rows = sqlx::query(SQL)
                .bind(pattern)
                .fetch_all(&mut *self.doors.reading.acquire().await?)
                .await?;
            rows.iter().map(state).collect()
        })
    }

    fn keep_emergency_use<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
        used: Timestamp,
    ) -> Stored<'a, ()> {
        const SQL: &str = "INSERT INTO emergency_use (institution, person, used_at) VALUES ($1, $2, $3) \
             ON CONFLICT (institution, person) DO UPDATE SET used_at = excluded.used_at";
        Box::pin(async move {
            let _alone = self.writing.lock().await;
            let query = sqlx::query(SQL).bind(institution.as_str()).bind(person.as_str());
            query
                .bind(used.as_millisecond())
                .execute(&mut *self.doors.writing.acquire().await?)
                .await?;
            Ok(())
        })
    }

    fn emergency_use<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Option<Timestamp>> {
        const SQL: &str =
            "SELECT used_at FROM emergency_use WHERE institution = $1 AND person = $2";
        Box::pin(async move {
            let query = sqlx::query(SQL).bind(institution.as_str()).bind(person.as_str());
            let row = query.fetch_optional(&mut *self.doors.reading.acquire().await?).await?;
            row.map(|row| instant(row.try_get("used_at")?)).transpose()
        })
    }
}

fn state(row: &AnyRow) -> Result<PersonState, StoreError> {
    parsed("a person", row)
}
