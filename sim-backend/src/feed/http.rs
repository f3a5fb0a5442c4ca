//! `POST /feed/records`: one record or an array of them, as JSON, or a stream of them; and the routes of what insurers fetch.
//! Bench profile.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State, rejection::BytesRejection},
    http::{HeaderMap, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::Value;

use super::{
    deliver::deliver,
    lists,
    record::{Outcome, RecordOutcome},
    stream,
};
use crate::{
    http::{FeedCounter, PeerInstitution, Problem, must_be},
    store::Store,
};

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
        .layer(from_fn(insurers_only))
        .with_state(store)
}

/// What insurers report, no institution may: where both come by mutual TLS, their certificates are of one authority.
async fn insurers_only(request: Request, next: Next) -> Response {
    if request.extensions().get::<PeerInstitution>().is_some() {
        return Problem::not_for_institutions().into_response();
    }
    next.run(request).await
}

async fn receive(
    State(store): State<Arc<dyn Store>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let counter = request.extensions().get::<FeedCounter>().cloned();
    if is_stream(&headers) {
        return stream::receive(store, request.into_body(), counter);
    }
    let body = Bytes::from_request(request, &()).await;
    receive_whole(store.as_ref(), &headers, body, counter.as_ref()).await.into_response()
}

/// Whether the content type names a record a line.
fn is_stream(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = named.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    ["application/x-ndjson", "application/ndjson", "application/jsonl"]
        .iter()
        .any(|name| essence.eq_ignore_ascii_case(name))
}

async fn receive_whole(
    store: &dyn Store,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    counter: Option<&FeedCounter>,
) -> Result<Json<Results>, Problem> {
    must_be(headers, &["application/json"])?;
    let body = body.map_err(|rejection| Problem::body(&rejection))?;
    let records = match serde_json::from_slice(&body).map_err(|error| Problem::no_json(&error))? {
        Value::Array(records) => records,
        record @ Value::Object(_) => vec![record],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(Problem::unprocessable("a record or an array of records is expected")
                .in_japanese("レコード一つ、またはレコードの配列を送ってください。"));
        }
    };
    let results = deliver(store, &records).await.map_err(|error| Problem::store(&error))?;
    if let Some(counter) = counter {
        count(counter, &results);
    }
    Ok(Json(Results { results }))
}

fn count(counter: &FeedCounter, results: &[RecordOutcome]) {
    let taken = |result: &&RecordOutcome| match result.outcome {
        Outcome::Accepted { .. } => true,
        Outcome::Rejected { .. } => false,
    };
    let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
    let accepted = results.iter().filter(taken).count();
    counter.count(number(accepted), number(results.len() - accepted));
}
