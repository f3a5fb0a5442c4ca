//! The session's part of the JSON interface (bench profile); `openapi.json` describes it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use reports::Text2;
use reports::evidence::EvidenceEntry;
use serde::Deserialize;
use serde_json::Value;

use super::requests::{Placed, Wanted, wanted};
use super::{NotDone, SessionTold};
use crate::counter_page::api::Desk;
use crate::counter_page::fields::Fields;
use crate::counter_page::problem::Problem;
use crate::counter_page::reception::{Attendance, Job};
use crate::counter_page::request::Body;
use crate::counter_page::story;
use crate::model::{Mode, Visit};

type Served = State<Arc<Desk>>;

/// From where on something is asked for.
#[derive(Debug, Deserialize)]
pub struct From {
    after: Option<i64>,
}

/// `GET /api/session`, at once or, with `after`, as soon as there is something else than that revision.
pub async fn session(State(desk): Served, Query(from): Query<From>) -> Json<SessionTold> {
    Json(match from.after {
        Some(seen) => desk.session().after(seen).await,
        None => desk.session().told(),
    })
}

/// `POST /api/session/acts`; answers when somebody is asked the next question, or the visit is over.
pub async fn act(State(desk): Served, Body(body): Body) -> Result<Json<SessionTold>, Problem> {
    let session = desk.session();
    match wanted(desk.names(), &body)? {
        Wanted::UseReader(institution) => session.use_reader(institution),
        Wanted::Place(placed) => place(&desk, placed).await,
        Wanted::Do(act) => session.order(act).await,
    }
    .map_err(|refused| not_done(refused, &session.told()))?;
    Ok(Json(session.settled().await))
}

async fn place(desk: &Desk, placed: Placed) -> Result<(), NotDone> {
    let session = desk.session().clone();
    let begun = session.begin(&placed.name, placed.presented.phone())?;
    let person = placed.presented.holder().unwrap_or_default();
    let visit = Visit {
        person: person.to_owned(),
        institution: session.told().institution,
        presented: placed.presented,
        mode: Mode::Face,
        then: Vec::new(),
        occasion: None,
        consents: BTreeSet::new(),
        register: false,
        prescription: None,
        trouble: None,
    };
    let attendance = Attendance { visit, session: session.clone(), begun };
    let sent = desk.door().send(Job::Attend(Box::new(attendance))).await;
    sent.map_err(|_| {
        session.ended(None);
        NotDone::Gone
    })
}

fn not_done(refused: NotDone, told: &SessionTold) -> Problem {
    let (ja, en) = match refused {
        NotDone::NotNow => (
            format!("いまできること: {}", told.next.join("、")),
            format!("what may be done now: {}", told.next.join(", ")),
        ),
        NotDone::Gone => (
            "窓口が終わっています。起動し直してください。".to_owned(),
            "the counter has ended; start it again".to_owned(),
        ),
    };
    let title = ("いまはできません", "this is not the time for it");
    Problem::new(StatusCode::CONFLICT, "not-now", title, Text2::new(ja, en))
}

/// `GET /api/evidence`: what crossed the seams after this sequence number.
pub async fn evidence(State(desk): Served, Query(from): Query<From>) -> Json<Vec<EvidenceEntry>> {
    let after = from.after.and_then(|after| u64::try_from(after).ok()).unwrap_or(0);
    let entries = desk.door().taps.entries().into_iter();
    Json(entries.filter(|entry| entry.seq > after).collect())
}

/// `POST /api/claims`: the institution claims today's visit from what was confirmed.
pub async fn claim(State(desk): Served, Body(body): Body) -> Result<Json<Value>, Problem> {
    let fields = Fields::of(&body, &["person", "institution"])?;
    let person = desk.names().person("/person", fields.text("person")?)?;
    let institution = desk.names().institution("/institution", fields.text("institution")?)?;
    let event = story::claim(person, institution, desk.now());
    Ok(Json(desk.happen(event).await?))
}

/// `POST /api/feed`: the person's insurer reports that the person is insured elsewhere from today.
pub async fn feed(State(desk): Served, Body(body): Body) -> Result<Json<Value>, Problem> {
    let person = Fields::of(&body, &["person"])?.text("person")?;
    let person = desk.names().person("/person", person)?;
    let records = story::change_of_insurer(&person, desk.names().catalogue, desk.now());
    let mut told = Vec::new();
    for record in records {
        told.push(desk.happen(record).await?);
    }
    Ok(Json(Value::Array(told)))
}
