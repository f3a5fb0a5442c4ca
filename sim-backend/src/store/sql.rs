//! The store on SQL, through a driver that is chosen by the address.

mod batch;
mod care;
mod census;
mod confirming;
mod feed;
mod handed;
mod history;
mod institution;
mod ledger;
mod lookup;
mod people;
mod rows;
mod visits;

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use sqlx::Connection as _;
use tokio::sync::MutexGuard;

use confirming::Confirming;

use super::{
    Asked, Candidate, Census, Confirmation, Delivery, HandedOut, Reception, ReferenceNumber,
    Registered, Store, StoreError, Stored, Visit,
    engine::{Doors, Engine},
    schema, turn,
};
use crate::{
    feed::FeedRecord,
    messages::{
        Identifier, InstitutionCode, InsurerNumber, YearMonth, codes::MedicalTreatmentFlag,
        record::CardText,
    },
    service::{
        care::{CareSpan, CareVisit},
        care_history::CareHistory,
        consent::Consent,
        records::{PersonCode, PersonState},
    },
};

/// How often a delivery is tried when others store records of the same names meanwhile.
const TRIES: usize = 3;

/// The store on SQLite, in memory or in a file, or on PostgreSQL.
pub struct SqlStore {
    doors: Doors,
    engine: Engine,
    /// One writer at a time, where the engine has no more; everywhere for confirmations, which are written together.
    writing: Arc<tokio::sync::Mutex<()>>,
    confirming: Confirming,
}

/// One transaction that writes: `written!(self, |work| …)`; committed when the work is done, undone when it fails.
macro_rules! written {
    ($store:expr, |$work:ident| $done:expr) => {{
        let _alone = $store.alone().await;
        let mut connection = $store.doors.writing.acquire().await?;
        let mut transaction = connection.begin().await?;
        let $work = &mut *transaction;
        let done = $done.await?;
        transaction.commit().await?;
        Ok(done)
    }};
}

/// One question on a connection that is its own meanwhile.
macro_rules! asked {
    ($store:expr, |$work:ident| $asked:expr) => {{
        let mut connection = $store.doors.reading.acquire().await?;
        let $work = &mut *connection;
        $asked.await
    }};
}

impl SqlStore {
    /// Opens or creates a store: `sqlite::memory:`, `sqlite:PATH?mode=rwc`, or with the feature `postgres` the database
    /// `postgres://USER:PASSWORD@HOST/DATABASE`, which has to be there.
    ///
    /// # Errors
    /// [`StoreError::Address`] and [`StoreError::NotBuiltIn`] for another engine, [`StoreError::Database`] when it cannot be
    /// opened, and [`StoreError::FromTheFuture`] for a store of a later version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let engine = Engine::of(url)?;
        let doors = engine.connect(url).await?;
        schema::migrate(&doors.writing).await?;
        Ok(Self { doors, engine, writing: Arc::default(), confirming: Confirming::default() })
    }

    /// Whether the address names an engine that is built in; nothing is opened.
    ///
    /// # Errors
    /// [`StoreError::Address`] and [`StoreError::NotBuiltIn`].
    pub fn is_possible(url: &str) -> Result<(), StoreError> {
        Engine::of(url).map(|_| ())
    }

    /// Closes the store; what was committed is in it.
    pub async fn close(&self) {
        self.doors.close().await;
    }

    async fn alone(&self) -> Option<MutexGuard<'_, ()>> {
        if self.engine.has_one_writer() { Some(self.writing.lock().await) } else { None }
    }

    async fn append_all(&self, records: &[FeedRecord]) -> Result<Delivery, StoreError> {
        for _ in 0..TRIES {
            let _alone = self.alone().await;
            let mut connection = self.doors.writing.acquire().await?;
            let mut work = connection.begin().await?;
            if let Some(delivery) = feed::append((&mut work, self.engine), records).await? {
                work.commit().await?;
                return Ok(delivery);
            }
            work.rollback().await?;
        }
        Err(StoreError::Contended)
    }
}

impl Store for SqlStore {
    fn append<'a>(&'a self, records: &'a [FeedRecord]) -> Stored<'a, Delivery> {
        Box::pin(self.append_all(records))
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
        Box::pin(async move { asked!(self, |work| census::census(work, self.engine)) })
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
        Box::pin(async move { written!(self, |work| visits::keep((work, self.engine), visit)) })
    }

    fn keep_confirmation<'a>(&'a self, confirmation: &'a Confirmation) -> Stored<'a, ()> {
        Box::pin(self.confirming.keep(
            confirmation,
            (&self.doors.writing, self.engine),
            &self.writing,
        ))
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
        Box::pin(async move {
            let numbers = asked!(self, |work| institution::numbers(work, institution, person))?;
            Ok(numbers.into_iter().next())
        })
    }

    fn reference_numbers<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
    ) -> Stored<'a, Vec<Identifier>> {
        Box::pin(
            async move { asked!(self, |work| institution::numbers(work, institution, person)) },
        )
    }

    fn ticketed<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        month: YearMonth,
    ) -> Stored<'a, Vec<PersonState>> {
        Box::pin(async move { asked!(self, |work| care::ticketed(work, institution, month)) })
    }

    fn care_of<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        person: &'a PersonCode,
        occasion: MedicalTreatmentFlag,
    ) -> Stored<'a, Vec<CareVisit>> {
        Box::pin(async move {
            asked!(self, |work| care::of_person(work, institution, person, occasion))
        })
    }

    fn care_between<'a>(
        &'a self,
        institution: &'a InstitutionCode,
        occasion: MedicalTreatmentFlag,
        span: CareSpan,
    ) -> Stored<'a, Vec<CareVisit>> {
        Box::pin(
            async move { asked!(self, |work| care::between(work, institution, occasion, span)) },
        )
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

    fn is_shared(&self) -> bool {
        self.engine.is_shared()
    }

    fn process_number(&self) -> Stored<'_, i64> {
        Box::pin(async move { written!(self, |work| turn::take(work, "processes")) })
    }

    fn hand_out<'a>(&'a self, handed: &'a HandedOut, now: Timestamp) -> Stored<'a, ()> {
        Box::pin(async move { written!(self, |work| handed::keep(work, handed, now)) })
    }

    fn take_back<'a>(
        &'a self,
        kind: &'static str,
        identifier: &'a str,
        institution: &'a InstitutionCode,
    ) -> Stored<'a, Option<HandedOut>> {
        Box::pin(
            async move { written!(self, |work| handed::take(work, kind, identifier, institution)) },
        )
    }
}
