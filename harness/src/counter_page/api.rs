//! The JSON interface of the counter (bench profile); `openapi.json` describes it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::reception::{Door, Job, Reply};
use super::request::{self, Body, Names};
use super::session::Session;
use crate::clock::rfc3339;
use crate::model::{CardFacts, ConsentKind, Coverage, Event, FileEncoding, Issuer, Person};

type Served = State<Arc<Desk>>;

/// What the handlers share.
#[derive(Debug)]
pub struct Desk {
    door: Door,
    began: Timestamp,
    names: Names,
    session: Session,
}

impl Desk {
    /// A desk in front of this door, with the session at its reader.
    pub fn new(door: Door, names: Names, session: Session) -> Self {
        Self { began: door.clock.now(), door, names, session }
    }

    /// The session at the reader.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whom and what a request may name.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The way to the reception.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Lets something happen and tells what came of it.
    pub async fn happen(&self, event: Event) -> Result<Value, Problem> {
        self.ask(|reply| Job::Other(Box::new(event), reply)).await
    }

    /// One thing happens after the other: while somebody stands at the reader, nothing else does.
    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, Problem> {
        if self.session.goes_on() {
            return Err(Problem::occupied());
        }
        self.door.ask(job).await.map_err(|error| Problem::bench(&error))
    }

    /// What the virtual clock shows.
    pub fn now(&self) -> Timestamp {
        self.door.clock.now()
    }

    fn shown(&self) -> Value {
        json!({"began": rfc3339(self.began), "now": rfc3339(self.now())})
    }
}

/// A persona without anything secret.
#[derive(Debug, Serialize)]
pub struct PersonaTold {
    id: &'static str,
    name: &'static str,
    kana: &'static str,
    birthdate: Date,
    sex: u8,
    address_withheld: bool,
    disclosure_barred: bool,
    card: Option<CardTold>,
    coverages: Vec<CoverageTold>,
}

#[derive(Debug, Serialize)]
struct CardTold {
    issued: String,
    expiry: Date,
    pin: bool,
    photo: bool,
    registered: bool,
    certificate: bool,
    issuer: Issuer,
}

#[derive(Debug, Serialize)]
struct CoverageTold {
    insurer_number: &'static str,
    insurer_name: &'static str,
    gained: Date,
    lost: Option<Date>,
    valid_until: Option<Date>,
}

/// An institution and what its reader asks.
#[derive(Debug, Serialize)]
pub struct InstitutionTold {
    code: &'static str,
    name: &'static str,
    offers: Vec<ConsentKind>,
    electronic_prescriptions: bool,
    encoding: FileEncoding,
}

fn persona((id, person): (&'static String, &'static Person)) -> PersonaTold {
    PersonaTold {
        id,
        name: &person.name,
        kana: &person.kana,
        birthdate: person.birthdate,
        sex: person.sex,
        address_withheld: person.address_withheld,
        disclosure_barred: person.disclosure_barred,
        card: person.card.as_ref().map(card),
        coverages: person.coverages.iter().map(coverage).collect(),
    }
}

fn card(facts: &CardFacts) -> CardTold {
    CardTold {
        issued: rfc3339(facts.issued),
        expiry: facts.expiry,
        pin: facts.pin.is_some(),
        photo: facts.photo,
        registered: facts.registered,
        certificate: facts.certificate,
        issuer: facts.issuer,
    }
}

fn coverage(coverage: &'static Coverage) -> CoverageTold {
    CoverageTold {
        insurer_number: &coverage.insurer_number,
        insurer_name: &coverage.insurer_name,
        gained: coverage.gained,
        lost: coverage.lost,
        valid_until: coverage.valid_until,
    }
}

/// `GET /api/personas`.
pub async fn personas(State(desk): Served) -> Json<Vec<PersonaTold>> {
    Json(desk.names.catalogue.personas.iter().map(persona).collect())
}

/// `GET /api/institutions`.
pub async fn institutions(State(desk): Served) -> Json<Vec<InstitutionTold>> {
    let told =
        desk.names.catalogue.institutions.iter().map(|(code, institution)| InstitutionTold {
            code,
            name: &institution.name,
            offers: institution.offers.iter().copied().collect(),
            electronic_prescriptions: institution.electronic_prescriptions,
            encoding: institution.encoding,
        });
    Json(told.collect())
}

/// `POST /api/visits`.
pub async fn visit(State(desk): Served, Body(body): Body) -> Result<Response, Problem> {
    let visit = desk.names.visit(&body)?;
    let told = desk.ask(|reply| Job::Visit(visit, reply)).await?;
    let location = format!("/api/visits/{}", told.number);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(&*told)).into_response())
}

/// `GET /api/visits/{number}`.
pub async fn earlier_visit(
    State(desk): Served,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let found = number.parse().ok().and_then(|number| desk.door.visits.get(number));
    found.map(|told| Json(&*told).into_response()).ok_or_else(Problem::no_visit)
}

/// `GET /api/clock`.
pub async fn clock(State(desk): Served) -> Json<Value> {
    Json(desk.shown())
}

/// `POST /api/clock`.
pub async fn advance(State(desk): Served, Body(body): Body) -> Result<Json<Value>, Problem> {
    let event = request::clock(&body, desk.now())?;
    desk.happen(event).await?;
    Ok(Json(desk.shown()))
}

/// `POST /api/authority`.
pub async fn authority(State(desk): Served, Body(body): Body) -> Result<Json<Value>, Problem> {
    let (person, act) = desk.names.authority(&body)?;
    let event = Event::Authority { person: person.clone(), act };
    desk.happen(event).await?;
    Ok(Json(json!({"person": person, "act": act, "at": rfc3339(desk.now())})))
}
