//! The authority on the network: status answers, the revocation list, and the link service.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Path, State,
        rejection::{BytesRejection, PathRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{authority::Authority, ocsp::refusal, ocsp_wire::OcspResponseStatus};
use crate::clock::Now;

/// Largest request taken; a question about one certificate has some 100 bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The revocation list is made anew each day.
const LIST_HOLDS: SignedDuration = SignedDuration::from_hours(24);

/// How status service and revocation list behave; the link service always answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResponderBehaviour {
    /// Answers.
    #[default]
    Answering,
    /// Takes the request and never answers: the client leaves first. A server that waits for open requests before it ends waits as long.
    Silent,
    /// Answers `tryLater`; the list is 503.
    TryLater,
}

#[derive(Clone)]
struct Service {
    authority: Arc<Mutex<Authority>>,
    now: Now,
    behaviour: Arc<Mutex<ResponderBehaviour>>,
}

/// The routes:
/// - `POST /` with `application/ocsp-request`, and `GET /{base64}`. Source: RFC 6960 appendix A.1.
/// - `GET /crl/user-authentication.crl`
/// - `GET /link/{serial, hexadecimal}` → `{"person": "…"}` (bench profile)
///
/// Errors that are no OCSP answers are problem details (RFC 9457).
pub fn router(
    authority: Arc<Mutex<Authority>>,
    now: Now,
    behaviour: Arc<Mutex<ResponderBehaviour>>,
) -> Router {
    Router::new()
        .route("/", get(ocsp_get_nothing).post(ocsp_post))
        .route("/{*request}", get(ocsp_get))
        .route("/crl/user-authentication.crl", get(revocation_list))
        .route("/link/{serial}", get(link))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Service { authority, now, behaviour })
}

async fn ocsp_post(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if headers.get(header::CONTENT_TYPE).is_none_or(|found| found != "application/ocsp-request") {
        let detail = "the content type must be application/ocsp-request";
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
    }
    match body {
        Ok(request) => service.ocsp(&request).await,
        Err(rejection) => problem(rejection.status(), &rejection.body_text()),
    }
}

async fn ocsp_get(
    State(service): State<Service>,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    // What is no base64 is answered like any other request that cannot be read.
    let request =
        path.ok().and_then(|Path(text)| STANDARD.decode(text.trim_start_matches('/')).ok());
    service.ocsp(&request.unwrap_or_default()).await
}

async fn ocsp_get_nothing(State(service): State<Service>) -> Response {
    service.ocsp(&[]).await
}

async fn revocation_list(State(service): State<Service>) -> Response {
    match service.behaviour() {
        ResponderBehaviour::Answering => service.list(),
        ResponderBehaviour::Silent => std::future::pending().await,
        ResponderBehaviour::TryLater => {
            problem(StatusCode::SERVICE_UNAVAILABLE, "the revocation list is not available now")
        }
    }
}

async fn link(
    State(service): State<Service>,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let Some(serial) = path.ok().and_then(|Path(text)| hex::decode(text).ok()) else {
        return problem(StatusCode::BAD_REQUEST, "the serial number must be hexadecimal");
    };
    match lock(&service.authority).person_of(&serial) {
        Some(person) => axum::Json(json!({ "person": person })).into_response(),
        None => problem(StatusCode::NOT_FOUND, "nothing was issued under this serial number"),
    }
}

impl Service {
    fn behaviour(&self) -> ResponderBehaviour {
        *lock(&self.behaviour)
    }

    async fn ocsp(&self, request: &[u8]) -> Response {
        let answer = match self.behaviour() {
            ResponderBehaviour::Answering => self.answer(request),
            ResponderBehaviour::Silent => std::future::pending().await,
            ResponderBehaviour::TryLater => refusal(OcspResponseStatus::TryLater),
        };
        ([(header::CONTENT_TYPE, "application/ocsp-response")], answer).into_response()
    }

    /// Signs outside of the lock, so questions wait for each other's look-up only.
    fn answer(&self, request: &[u8]) -> Vec<u8> {
        let at = (self.now)();
        let draft = lock(&self.authority).ocsp_draft(request, at);
        draft.sign()
    }

    fn list(&self) -> Response {
        let at = (self.now)();
        let next = at.checked_add(LIST_HOLDS).unwrap_or(Timestamp::MAX);
        match lock(&self.authority).crl(at, next) {
            Ok(list) => ([(header::CONTENT_TYPE, "application/pkix-crl")], list).into_response(),
            Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }
}

/// A panic elsewhere does not make the data behind the lock worse.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("error"),
        "status": status.as_u16(),
        "detail": detail,
    });
    let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, content_type, body.to_string()).into_response()
}
