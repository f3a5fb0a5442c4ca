//! `POST /claims`: a claim file in Shift_JIS, answered by a verdict for each claim, in JSON or as a claim file. Bench profile.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Serialize;

use super::{
    answer::answer,
    check::{Known, judge, number_of},
    file::{Claim, ClaimFile, read},
    reason::ReturnReason,
    ticket::{Ticket, issued},
    verdict::{ClaimOutcome, Judgement, Part, TicketDetail},
};
use crate::{
    http::{Problem, must_be},
    messages::{
        claim::{ClaimError, MAX_FILE},
        record::CardText,
    },
    store::{Store, StoreError},
};

/// Media types of a record file. Row OQS-CLM-09: claims, returns and repeats go online, as records; a picture of paper is not
/// taken.
const RECORDS: [&str; 4] =
    ["text/csv", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded"];
/// The media type of the answer file; also what to ask for it by.
const ANSWER_FILE: &str = "text/csv";

/// The answer to a claim file.
#[derive(Debug, Serialize)]
struct Results {
    results: Vec<ClaimResult>,
    /// Lines that belong to no claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    strays: Vec<Place>,
}

/// A line that cannot be used, with its place and never its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; 0 when it is the whole line.
    pub column: usize,
    /// What is wrong there.
    pub detail: String,
}

impl Place {
    fn of(error: &ClaimError) -> Self {
        Self { line: error.line, column: error.column, detail: error.kind.to_string() }
    }
}

/// What became of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimResult {
    /// Line of the RE record, from 1.
    pub row: usize,
    /// `レセプト番号`, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_number: Option<u32>,
    /// What becomes of it.
    pub outcome: ClaimOutcome,
    /// `確認区分` after the claim; absent when nobody was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<&'static str>,
    /// The qualifications that pay where they are not simply the stated one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub qualifications: Vec<Paying>,
    /// Why it goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
    /// The reason in Japanese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words_ja: Option<&'static str>,
    /// The reason in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words_en: Option<&'static str>,
    /// Details of the medical ticket that differ.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub differs: BTreeSet<TicketDetail>,
    /// The line that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A qualification that pays for days of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paying {
    /// `保険者番号`, without pad.
    pub insurer_number: String,
    /// `被保険者証記号`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// `被保険者証番号`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// `枝番`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Days of the month; none when the file tells none.
    pub days: BTreeSet<i8>,
}

impl Paying {
    fn of(part: &Part) -> Self {
        let text = |text: &crate::messages::record::CardText| text.to_string();
        Self {
            insurer_number: part.insurer_number.to_string(),
            symbol: part.symbol.as_ref().map(text),
            number: part.number.as_ref().map(text),
            branch: part.branch.as_ref().map(ToString::to_string),
            days: part.days.clone(),
        }
    }
}

impl ClaimResult {
    fn of(claim: &Claim, judgement: &Judgement) -> Self {
        Self {
            row: claim.row,
            receipt_number: claim.receipt.as_ref().map(|receipt| receipt.receipt_number),
            outcome: judgement.outcome,
            confirmation: judgement.confirmation.map(|kind| kind.code()),
            qualifications: judgement.parts.iter().map(Paying::of).collect(),
            reason: judgement.reason,
            words_ja: judgement.reason.map(ReturnReason::japanese),
            words_en: judgement.reason.map(ReturnReason::english),
            differs: judgement.differs.clone(),
            place: claim.unreadable.as_ref().map(Place::of),
        }
    }
}

/// The claims' side of the backend.
pub fn router(store: Arc<dyn Store>) -> Router {
    Router::new()
        .route("/claims", post(receive))
        .layer(DefaultBodyLimit::max(MAX_FILE))
        .with_state(store)
}

async fn receive(
    State(store): State<Arc<dyn Store>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    must_be(&headers, &RECORDS)?;
    let body = body.map_err(|rejection| Problem::body(&rejection))?;
    let file = read(&body).map_err(Problem::unprocessable)?;
    let mut judged = Vec::new();
    for claim in &file.claims {
        let known = known(store.as_ref(), claim).await.map_err(|error| Problem::store(&error))?;
        judged.push(judge(claim, &known));
    }
    if asks_for_file(&headers) {
        let answer = answer(&body, &file, &judged).map_err(|error| Problem::answer(&error))?;
        let kind = format!("{ANSWER_FILE}; charset=Shift_JIS");
        return Ok(([(header::CONTENT_TYPE, kind)], answer).into_response());
    }
    Ok(Json(results(&file, &judged)).into_response())
}

fn results(file: &ClaimFile, judged: &[Judgement]) -> Results {
    let results = file.claims.iter().zip(judged);
    Results {
        results: results.map(|(claim, judgement)| ClaimResult::of(claim, judgement)).collect(),
        strays: file.strays.iter().map(Place::of).collect(),
    }
}

fn asks_for_file(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.to_ascii_lowercase().contains(ANSWER_FILE))
}

async fn known(store: &dyn Store, claim: &Claim) -> Result<Known, StoreError> {
    let tickets = tickets(store, claim).await?;
    let (Some((insurer, number)), Some(month)) = (number_of(claim), claim.month()) else {
        return Ok(Known { tickets, ..Known::default() });
    };
    Ok(Known {
        insurer: store.knows_insurer(&insurer.insurer_number).await?,
        holders: store.by_number(&insurer.insurer_number, number).await?,
        confirmations: store
            .confirmations(&claim.institution, &insurer.insurer_number, number, month)
            .await?,
        tickets,
    })
}

/// Tickets of everybody whom the claim names as beneficiary. Row OQS-AID-05.
async fn tickets(store: &dyn Store, claim: &Claim) -> Result<Vec<Ticket>, StoreError> {
    let mut tickets = Vec::new();
    for payer in &claim.public {
        let Some(beneficiary) = &payer.beneficiary_number else { continue };
        let number = CardText::lossy(beneficiary.as_str());
        let holders = store.by_number(&payer.payer_number, &number).await?;
        tickets.extend(issued(&holders, payer));
    }
    Ok(tickets)
}
