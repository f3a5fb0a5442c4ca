//! The backend over HTTP: one route for all institution traffic, JSON for insurers and claims.
//!
//! The messages are the interface's own; that they travel as the body of `POST /oqs` with the family in a header is the
//! bench's. Bench profile.

mod bulk;
mod bulk_query;
mod card;
mod credential;
mod drugs;
mod fault;
mod health_checks;
mod history;
mod numbers;
mod oqs;
mod peer;
mod person;
mod problem;
mod qualification;
mod record;
mod reference_numbers;
mod serve;

use axum::{Json, Router, routing::get};
use jiff::{Timestamp, civil::DateTime};
use serde_json::{Value, json};

use crate::{
    backend::Desk,
    messages::{Identifier, InstitutionCode},
    service::qualify::Qualification,
    store::StoreError,
};

pub use oqs::MESSAGE_HEADER;
pub(crate) use oqs::router as institution_router;
pub use peer::{PeerInstitution, TlsError, server_config};
pub use problem::Problem;
pub use qualification::RENEWAL_NOTICE;
pub use serve::{serve_mtls, serve_plain};

/// `GET /health`: the process answers. It asks neither store nor authority, so it never hides a fault of theirs.
pub fn health() -> Router {
    Router::new().route("/health", get(alive))
}

async fn alive() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// The asking institution's own number for the person of an answer. Rows OQS-REF-01, OQS-REF-02, OQS-REF-06.
async fn reference_number(
    desk: &Desk,
    institution: &InstitutionCode,
    found: &Qualification<'_>,
) -> Result<Option<Identifier>, StoreError> {
    match found.person() {
        Some(state) => desk.store.reference_number(institution, &state.person).await,
        None => Ok(None),
    }
}

/// `ProcessExecutionTime`.
fn execution_time(now: Timestamp) -> DateTime {
    crate::messages::japanese_time(now)
}
