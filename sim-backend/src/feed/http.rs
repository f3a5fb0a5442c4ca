//! `POST /feed/records`: one record or an array of them, as JSON; and the routes of what insurers fetch. Bench profile.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::Value;

use super::{deliver::deliver, lists, record::RecordOutcome};
use crate::{http::Problem, store::Store};

/// Largest delivery, bytes.
const DELIVERY_LIMIT: usize = 16 * 1024 * 1024;

/// The answer to a delivery.
#[derive(Debug, Serialize)]
struct Results {
    results: Vec<RecordOutcome>,
}

/// The insurers' side of the backend.
pub fn router(store: Arc<dyn Store>) -> Router {
    Router::new()
        .route("/feed/records", post(receive))
        .route("/feed/warnings", get(lists::warned))
        .route("/feed/ended-certificates", get(lists::ended))
        .layer(DefaultBodyLimit::max(DELIVERY_LIMIT))
        .with_state(store)
}

async fn receive(
    State(store): State<Arc<dyn Store>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Results>, Problem> {
    let body = body.map_err(|rejection| Problem::body(&rejection))?;
    let records = match serde_json::from_slice(&body).map_err(Problem::unreadable)? {
        Value::Array(records) => records,
        record @ Value::Object(_) => vec![record],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(Problem::unprocessable("a record or an array of records is expected"));
        }
    };
    let results =
        deliver(store.as_ref(), &records).await.map_err(|error| Problem::store(&error))?;
    Ok(Json(Results { results }))
}
