//! Orders over HTTP, as JSON: disaster mode, emergency function, emergency care, stopped feeds, and the table of functions.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    routing::{get, put},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;

use super::orders::{self, Named, Switch};
use crate::{
    http::Problem,
    messages::{InstitutionCode, InsurerNumber},
    service::{
        disaster::DisasterOrder,
        emergency::{Act, Emergency, NotNow},
        functions::OPENINGS,
    },
    store::{OrderKind, Store},
};

/// Longest name of an order, characters.
const NAME_LIMIT: usize = 64;

#[derive(Clone)]
struct Operator {
    store: Arc<dyn Store>,
    /// Acts of the emergency function one after the other.
    acting: Arc<Mutex<()>>,
}

/// The operator's side of the backend.
pub fn router(store: Arc<dyn Store>, acting: Arc<Mutex<()>>) -> Router {
    Router::new()
        .route("/operator/functions", get(functions))
        .route("/operator/disasters", get(disasters))
        .route("/operator/disasters/{name}", put(disaster))
        .route("/operator/emergency/{institution}", get(emergency).post(act))
        .route("/operator/emergency-care/{institution}", put(emergency_care))
        .route("/operator/feed-stops/{insurer}", put(feed_stop))
        .with_state(Operator { store, acting })
}

/// One line of the table of functions.
#[derive(Serialize)]
struct Line {
    function: String,
    first_day: jiff::civil::Date,
    row: &'static str,
}

/// Row OQS-OPS-08.
async fn functions() -> Json<Vec<Line>> {
    let line = |opening: &crate::service::functions::Opening| Line {
        function: opening.function.word().to_owned(),
        first_day: opening.first_day,
        row: opening.row,
    };
    Json(OPENINGS.iter().map(line).collect())
}

async fn disasters(
    State(operator): State<Operator>,
) -> Result<Json<Vec<Named<DisasterOrder>>>, Problem> {
    let orders = orders::all(operator.store.as_ref(), OrderKind::Disaster).await;
    orders.map(Json).map_err(|error| Problem::store(&error))
}

/// Row OQS-DIS-01. The same name again replaces the order, so that a mode can be closed early or last longer.
async fn disaster(
    State(operator): State<Operator>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<DisasterOrder>, Problem> {
    if name.chars().count() > NAME_LIMIT {
        return Err(Problem::unprocessable(format!("a name has at most {NAME_LIMIT} characters")));
    }
    let order: DisasterOrder = read(&body)?;
    order.check().map_err(Problem::unprocessable)?;
    let kept = orders::keep(operator.store.as_ref(), OrderKind::Disaster, &name, &order).await;
    kept.map(|()| Json(order)).map_err(|error| Problem::store(&error))
}

async fn emergency(
    State(operator): State<Operator>,
    Path(institution): Path<String>,
) -> Result<Json<Emergency>, Problem> {
    let institution = institution_of(&institution)?;
    let state = orders::emergency(operator.store.as_ref(), &institution).await;
    state.map(Json).map_err(|error| Problem::store(&error))
}

/// Row OQS-FALL-12. A query is no act of the operator.
async fn act(
    State(operator): State<Operator>,
    Path(institution): Path<String>,
    body: Bytes,
) -> Result<Json<Emergency>, Problem> {
    let institution = institution_of(&institution)?;
    let act: Act = read(&body)?;
    if act == Act::Query {
        return Err(Problem::conflict("a query is made by the institution, with SIMperson01req"));
    }
    let _alone = operator.acting.lock().await;
    let after = orders::emergency_act(operator.store.as_ref(), &institution, act).await;
    match after.map_err(|error| Problem::store(&error))? {
        Ok(state) => Ok(Json(state)),
        Err(refused @ (NotNow::Step | NotNow::Count)) => Err(Problem::conflict(refused)),
    }
}

/// Row OQS-DIS-06.
async fn emergency_care(
    State(operator): State<Operator>,
    Path(institution): Path<String>,
    body: Bytes,
) -> Result<Json<Switch>, Problem> {
    let institution = institution_of(&institution)?;
    switch(&operator, OrderKind::EmergencyCare, institution.as_str(), &body).await
}

/// Row OQS-INS-12.
async fn feed_stop(
    State(operator): State<Operator>,
    Path(insurer): Path<String>,
    body: Bytes,
) -> Result<Json<Switch>, Problem> {
    let insurer = InsurerNumber::new(&insurer).map_err(Problem::unprocessable)?;
    switch(&operator, OrderKind::FeedStop, insurer.as_str(), &body).await
}

async fn switch(
    operator: &Operator,
    kind: OrderKind,
    subject: &str,
    body: &[u8],
) -> Result<Json<Switch>, Problem> {
    let order: Switch = read(body)?;
    let kept = orders::switch(operator.store.as_ref(), kind, subject, order.on).await;
    kept.map(|()| Json(order)).map_err(|error| Problem::store(&error))
}

fn institution_of(text: &str) -> Result<InstitutionCode, Problem> {
    InstitutionCode::new(text).map_err(Problem::unprocessable)
}

/// The parser's own words stay out: they may repeat a value.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            let (line, column) = (error.line(), error.column());
            Problem::unprocessable(format!(
                "no order of this kind: see line {line}, column {column}"
            ))
        } else {
            Problem::no_json(&error)
        }
    })
}
