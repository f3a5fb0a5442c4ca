//! `POST /feed/records`: one record or an array of them, as JSON, or a stream of them; and the routes of what insurers fetch.
//! Bench profile.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State, rejection::BytesRejection},
    http::{HeaderMap, header},
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
    http::{FeedCount, Problem, must_be},
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
        .with_state(store)
}

async fn receive(
    State(store): State<Arc<dyn Store>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    if is_stream(&headers) {
        return stream::receive(store, request.into_body());
    }
    let body = Bytes::from_request(request, &()).await;
    receive_whole(store.as_ref(), &headers, body).await.into_response()
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
) -> Result<(Extension<FeedCount>, Json<Results>), Problem> {
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
    Ok((Extension(counted(&results)), Json(Results { results })))
}

/// For log and metrics.
fn counted(results: &[RecordOutcome]) -> FeedCount {
    let taken = |result: &&RecordOutcome| match result.outcome {
        Outcome::Accepted { .. } => true,
        Outcome::Rejected { .. } => false,
    };
    let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
    let accepted = results.iter().filter(taken).count();
    FeedCount { accepted: number(accepted), rejected: number(results.len() - accepted) }
}
