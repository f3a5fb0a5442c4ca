//! `POST /claims`: a claim file in Shift_JIS, answered by a verdict for each claim. Bench profile.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::HeaderMap,
    routing::post,
};
use serde::Serialize;

use super::{
    check::{ClaimOutcome, Known, ReturnReason, judge, number_of},
    file::{Claim, read},
};
use crate::{
    http::{Problem, must_be},
    messages::{InstitutionCode, MAX_BYTES},
    store::{Store, StoreError},
};

/// What a claim file may be said to be.
const CONTENT_TYPES: [&str; 3] = ["text/csv", "text/plain", "application/octet-stream"];

/// The answer to a claim file.
#[derive(Debug, Serialize)]
struct Results {
    results: Vec<ClaimResult>,
}

/// What became of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimResult {
    /// Line of the RE record, from 1.
    pub row: usize,
    /// `レセプト番号`, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_number: Option<u32>,
    /// `accepted` or `returned`.
    pub outcome: &'static str,
    /// Why it goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
    /// The reason in Japanese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words_ja: Option<&'static str>,
    /// The reason in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words_en: Option<&'static str>,
}

impl ClaimResult {
    fn of(claim: &Claim, outcome: ClaimOutcome) -> Self {
        let (outcome, reason) = match outcome {
            ClaimOutcome::Accepted => ("accepted", None),
            ClaimOutcome::Returned(reason) => ("returned", Some(reason)),
        };
        Self {
            row: claim.row,
            receipt_number: claim.receipt.as_ref().map(|receipt| receipt.receipt_number),
            outcome,
            reason,
            words_ja: reason.map(ReturnReason::japanese),
            words_en: reason.map(ReturnReason::english),
        }
    }
}

/// The claims' side of the backend.
pub fn router(store: Arc<dyn Store>) -> Router {
    Router::new()
        .route("/claims", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(store)
}

async fn receive(
    State(store): State<Arc<dyn Store>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Results>, Problem> {
    must_be(&headers, &CONTENT_TYPES)?;
    let body = body.map_err(|rejection| Problem::body(&rejection))?;
    let file = read(&body).map_err(Problem::unprocessable)?;
    let mut results = Vec::new();
    for claim in &file.claims {
        let known = known(store.as_ref(), &file.institution, claim)
            .await
            .map_err(|error| Problem::store(&error))?;
        results.push(ClaimResult::of(claim, judge(claim, &known)));
    }
    Ok(Json(Results { results }))
}

async fn known(
    store: &dyn Store,
    institution: &InstitutionCode,
    claim: &Claim,
) -> Result<Known, StoreError> {
    let (Some((insurer, number)), Some(month)) = (number_of(claim), claim.month()) else {
        return Ok(Known::default());
    };
    Ok(Known {
        insurer: store.knows_insurer(&insurer.insurer_number).await?,
        holders: store.by_number(&insurer.insurer_number, number).await?,
        confirmations: store
            .confirmations(institution, &insurer.insurer_number, number, month)
            .await?,
    })
}
