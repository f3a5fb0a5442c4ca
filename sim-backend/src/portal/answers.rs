//! Answers of the portal as JSON. Days are `YYYY-MM-DD`, instants RFC 3339 with the Japanese offset, money whole yen.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::session::Session;
use crate::{
    messages::{Name, codes::Sex},
    service::{
        care_history::{Care, Operation, Place, Prescription},
        coded,
        days::{clock_of, day_of},
        portal::{InstitutionMonth, MedicineSeen, Own, PeriodSeen, Sums},
        qualify::{Qualification, by_card},
        records::{HealthCheck, Holder},
    },
};

/// An instant with the Japanese offset, whole seconds.
pub(super) fn instant(at: Timestamp) -> String {
    let at = clock_of(crate::service::days::whole_second(at));
    format!("{at}+09:00")
}

/// A session without its token.
#[derive(Debug, Serialize)]
pub(super) struct SessionSeen {
    valid_until: String,
    registered: bool,
}

/// A session that was just opened.
#[derive(Debug, Serialize)]
pub(super) struct SessionOpened {
    token: String,
    #[serde(flatten)]
    session: SessionSeen,
}

impl SessionSeen {
    /// The session as its holder sees it.
    pub fn new(session: &Session, registered: bool) -> Self {
        Self { valid_until: instant(session.until), registered }
    }

    /// With its token, which is told once.
    pub fn with(self, token: String) -> SessionOpened {
        SessionOpened { token, session: self }
    }
}

/// Whether the card counts as insurance card.
#[derive(Debug, Serialize)]
pub(super) struct RegistrationSeen {
    /// Today.
    pub registered: bool,
    /// When the person last registered.
    pub since: Option<String>,
    /// The first day on which this registration counts no more, where it was cancelled. Row OQS-REG-08.
    pub cancelled_from: Option<Date>,
}

/// The screen with the own qualification, which counts at a counter together with the card. Row OQS-FALL-02.
#[derive(Debug, Serialize)]
pub(super) struct QualificationScreen {
    /// When the screen was made: proof for this moment and no other.
    as_of: String,
    /// Whose it is.
    holder: Option<HolderSeen>,
    /// `QualificationValidity` of today, as a card visit would be answered: 1, 2 or 4.
    validity: u8,
    /// All periods, the newest first.
    periods: Vec<PeriodSeen>,
}

/// The holder without address: the screen is shown to others. Row OQS-PRIV-08.
#[derive(Debug, Serialize)]
struct HolderSeen {
    #[serde(with = "coded")]
    name: Name,
    #[serde(with = "coded::optional")]
    name_kana: Option<Name>,
    #[serde(with = "coded")]
    sex: Sex,
    birthdate: Date,
}

impl QualificationScreen {
    /// The screen of this moment.
    pub fn new(own: Own<'_>, now: Timestamp) -> Self {
        let validity = match by_card(own.state, day_of(now)) {
            Qualification::Valid(..) => 1,
            Qualification::Invalid(..) => 2,
            Qualification::Superseded(..) => 3,
            Qualification::Nothing => 4,
            Qualification::Several => 5,
            Qualification::Unregistered(..) => 6,
        };
        let holder = own.state.holder.as_ref().map(HolderSeen::new);
        Self { as_of: instant(now), holder, validity, periods: own.periods() }
    }
}

impl HolderSeen {
    fn new(holder: &Holder) -> Self {
        Self {
            name: holder.name.clone(),
            name_kana: holder.name_kana.clone(),
            sex: holder.sex1,
            birthdate: holder.birthdate,
        }
    }
}

/// Medicines and where they are known from. Rows OQS-INFO-04, OQS-INFO-06.
#[derive(Debug, Serialize)]
pub(super) struct Medicines {
    pub medicines: Vec<MedicineSeen>,
}

/// Specific health checks.
#[derive(Debug, Serialize)]
pub(super) struct HealthChecks<'a> {
    pub health_checks: Vec<&'a HealthCheck>,
}

/// Care information, and since when the portal shows it.
#[derive(Debug, Serialize)]
pub(super) struct CareSeen<'a> {
    pub available_from: Date,
    pub care: Vec<&'a Care>,
}

/// Operations, and since when the portal shows them.
#[derive(Debug, Serialize)]
pub(super) struct Operations<'a> {
    pub available_from: Date,
    pub operations: Vec<&'a Operation>,
}

/// Electronic prescriptions, and since when there are any.
#[derive(Debug, Serialize)]
pub(super) struct Prescriptions {
    pub available_from: Date,
    pub prescriptions: Vec<Prescription>,
}

/// Years with costs.
#[derive(Debug, Serialize)]
pub(super) struct CostYears {
    years: Vec<CostYear>,
}

#[derive(Debug, Serialize)]
struct CostYear {
    year: i16,
    #[serde(flatten)]
    sums: Sums,
}

impl CostYears {
    /// The years of a person.
    pub fn new(own: Own<'_>) -> Self {
        let year = |(year, sums)| CostYear { year, sums };
        Self { years: own.cost_years().into_iter().map(year).collect() }
    }
}

/// Costs of one year, and the sums of the rows.
#[derive(Debug, Serialize)]
pub(super) struct CostsOfYear {
    year: i16,
    rows: Vec<CostRow>,
    sums: Sums,
}

#[derive(Debug, Serialize)]
struct CostRow {
    /// `YYYY-MM`.
    month: String,
    institution: Place,
    #[serde(flatten)]
    sums: Sums,
}

impl CostsOfYear {
    /// The year as a person sees it.
    pub fn new(year: i16, rows: &[InstitutionMonth]) -> Self {
        let row = |row: &InstitutionMonth| CostRow {
            month: month(row),
            institution: row.institution.clone(),
            sums: row.sums,
        };
        Self { year, sums: Sums::of(rows), rows: rows.iter().map(row).collect() }
    }
}

/// The month of a row, `YYYY-MM`.
pub(super) fn month(row: &InstitutionMonth) -> String {
    let first = row.month.first_day();
    format!("{:04}-{:02}", first.year(), first.month())
}
