//! What every interface has beside its own routes, and what only the operator sees.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{METRICS_TYPE, Metrics, Problem};
use crate::store::Store;

/// `GET /health`: the process answers. It asks neither store nor authority, so it never hides a fault of theirs. `GET /ready`: the
/// store answers too.
pub(crate) fn common(store: Arc<dyn Store>) -> Router {
    Router::new().route("/health", get(alive)).route("/ready", get(ready)).with_state(store)
}

/// `GET /metrics`. Bench profile.
pub(crate) fn operator(store: Arc<dyn Store>, metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(counted)).with_state((store, metrics))
}

async fn alive() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

async fn ready(State(store): State<Arc<dyn Store>>) -> Result<Json<Value>, Problem> {
    store.ready().await.map_err(|error| Problem::store(&error))?;
    Ok(Json(json!({"status": "ok"})))
}

async fn counted(
    State((store, metrics)): State<(Arc<dyn Store>, Arc<Metrics>)>,
) -> Result<Response, Problem> {
    let census = store.census().await.map_err(|error| Problem::store(&error))?;
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], metrics.text(&census)).into_response())
}
