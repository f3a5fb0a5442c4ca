//! The store on SQL, through a driver that is chosen by the address.

mod census;
mod confirming;
mod feed;
mod history;
mod institution;
mod ledger;
mod lookup;
mod people;
mod rows;
mod visits;

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use sqlx::{AnyPool, any::AnyPoolOptions};

use confirming::Confirming;

use super::{
    Asked, Candidate, Census, Confirmation, Delivery, Reception, ReferenceNumber, Registered,
    Store, StoreError, Stored, Visit, schema,
};
use crate::{
    feed::FeedRecord,
    messages::{Identifier, InstitutionCode, InsurerNumber, record::CardText},
    service::{
        care_history::CareHistory,
        consent::Consent,
        records::{PersonCode, PersonState},
    },
};

/// How many readers a file serves at once.
const FILE_CONNECTIONS: u32 = 4;

/// The store on SQLite; in memory or in a file.
pub struct SqlStore {
    pool: AnyPool,
    /// One writer at a time, so that no transaction has to be repeated.
    writing: Arc<tokio::sync::Mutex<()>>,
    confirming: Confirming,
}

/// One transaction that writes: `written!(self, |work| …)`; committed when the work is done, undone when it fails.
macro_rules! written {
    ($store:expr, |$work:ident| $done:expr) => {{
        let _alone = $store.writing.lock().await;
        let mut transaction = $store.pool.begin().await?;
        let $work = &mut *transaction;
        let done = $done.await?;
        transaction.commit().await?;
        Ok(done)
    }};
}

/// One question on a connection of its own.
macro_rules! asked {
    ($store:expr, |$work:ident| $asked:expr) => {{
        let mut connection = $store.pool.acquire().await?;
        let $work = &mut *connection;
        $asked.await
    }};
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
        Ok(Self { pool, writing: Arc::default(), confirming: Confirming::default() })
    }

    /// Closes the store; what was committed is in it.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Store for SqlStore {
    fn append<'a>(&'a self, records: &'a [FeedRecord]) -> Stored<'a, Delivery> {
        Box::pin(async move { written!(self, |work| feed::append(work, records)) })
    }

    fn person<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, Option<PersonState>> {
        Box::pin(async move { asked!(self, |work| people::person(work, person)) })
    }

    fn care_history<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, CareHistory> {
        Box::pin(async move { asked!(self, |work| history::read(work, person)) })
    }

    fn by_number<'a>(
        &'a self,
        insurer_number: &'a InsurerNumber,
        number: &'a CardText,
    ) -> Stored<'a, Vec<PersonState>> {
        Box::pin(async move { asked!(self, |work| people::numbered(work, insurer_number, number)) })
    }

    fn ready(&self) -> Stored<'_, ()> {
        Box::pin(async move { asked!(self, |work| census::ready(work)) })
    }

    fn census(&self) -> Stored<'_, Census> {
        Box::pin(async move { asked!(self, |work| census::census(work)) })
    }

    fn asked<'a>(&'a self, asked: &'a Asked) -> Stored<'a, Vec<Candidate>> {
        Box::pin(async move { asked!(self, |work| lookup::asked(work, asked)) })
    }

    fn knows_insurer<'a>(&'a self, insurer_number: &'a InsurerNumber) -> Stored<'a, bool> {
        Box::pin(async move { asked!(self, |work| people::knows_insurer(work, insurer_number)) })
    }

    fn registered_serial<'a>(&'a self, serial: &'a str) -> Stored<'a, Option<Registered>> {
        Box::pin(async move { asked!(self, |work| visits::registered_serial(work, serial)) })
    }

    fn registered_person<'a>(&'a self, person: &'a PersonCode) -> Stored<'a, Option<Timestamp>> {
        Box::pin(async move { asked!(self, |work| visits::registered_person(work, person)) })
    }

    fn register<'a>(
        &'a self,
        serial: &'a str,
        person: &'a PersonCode,
        at: Timestamp,
    ) -> Stored<'a, ()> {
        Box::pin(async move { written!(self, |work| visits::register(work, serial, person, at)) })
    }

    fn keep_visit<'a>(&'a self, visit: &'a Visit) -> Stored<'a, ()> {
        Box::pin(async move { written!(self, |work| visits::keep(work, visit)) })
    }

    fn keep_confirmation<'a>(&'a self, confirmation: &'a Confirmation) -> Stored<'a, ()> {
        Box::pin(self.confirming.keep(confirmation, &self.pool, &self.writing))
    }

    fn consents<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Vec<Consent>> {
        Box::pin(async move { asked!(self, |work| visits::consents(work, institution, person)) })
    }

    fn confirmations<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        insurer_number: &'a InsurerNumber,
        number: &'a CardText,
        days: (Date, Date),
    ) -> Stored<'a, Vec<Confirmation>> {
        Box::pin(async move {
            asked!(self, |work| visits::confirmed(work, institution, insurer_number, number, days))
        })
    }

    fn keep_reference_numbers<'a>(&'a self, numbers: &'a [ReferenceNumber]) -> Stored<'a, ()> {
        Box::pin(async move { written!(self, |work| institution::keep_numbers(work, numbers)) })
    }

    fn reference_number<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Option<Identifier>> {
        Box::pin(async move { asked!(self, |work| institution::number(work, institution, person)) })
    }

    fn receive<'a>(&'a self, reception: &'a Reception) -> Stored<'a, Identifier> {
        Box::pin(async move { written!(self, |work| institution::receive(work, reception)) })
    }

    fn reception<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        number: &'a Identifier,
    ) -> Stored<'a, Option<Reception>> {
        Box::pin(
            async move { asked!(self, |work| institution::reception(work, institution, number)) },
        )
    }
}
