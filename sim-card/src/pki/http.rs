//! The authority on the network: status answers, revocation lists, the link service, and what steers them.

mod control;
mod lists;
mod orders;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

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
use jiff::Timestamp;
use serde_json::json;

use super::{
    authority::Authority,
    behaviour::ResponderBehaviour,
    ocsp::{OcspQuestion, refusal},
    ocsp_wire::OcspResponseStatus,
    presigned::{Shelf, period},
};
use crate::clock::Now;

/// Largest request taken; a question about one certificate has some 100 bytes.
const BODY_LIMIT: usize = 64 * 1024;

#[derive(Clone)]
struct Service {
    authority: Arc<Mutex<Authority>>,
    now: Now,
    behaviour: Arc<Mutex<ResponderBehaviour>>,
    shelf: Arc<Mutex<Shelf>>,
}

/// The routes:
/// - `POST /` with `application/ocsp-request`, and `GET /{base64}`. Source: RFC 6960 appendix A.1.
/// - `GET /crl/{name}`, the lists of [`NamedList`](super::NamedList), e.g. `/crl/user-authentication.crl`, `/crl/user-authentication-delta.crl`
/// - `GET /directory/{name}`, the lists by the directory names of the profile, which are the distribution points of certificates and lists, from the
///   country on, e.g. `/directory/C=JP/O=JPKI-TEST/OU=JPKI%20for%20user%20authentication/OU=CRL%20Distribution%20Points/OU=Mihon-to/CN=Mihon-shi%20CRLDP`
///   (bench profile). Both take `?made-up=1000000`, which adds so many entries that nobody issued.
/// - `GET` and `PUT /control/behaviour` with `{"behaviour":"stale"}`: how the service behaves from now on; `/control/certificates` and
///   `/control/people`: what happens to certificates and people from now on (bench profile)
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
        .route("/crl/{list}", get(lists::by_name))
        .route("/directory/{*name}", get(lists::by_directory_name))
        .route("/link/{serial}", get(link))
        .merge(control::routes())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Service { authority, now, behaviour, shelf: Arc::default() })
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

    /// Waits as long as the behaviour says, for ever if need be.
    async fn hesitate(&self) {
        let behaviour = self.behaviour();
        if behaviour == ResponderBehaviour::Silent {
            std::future::pending().await
        } else if let ResponderBehaviour::Delayed { milliseconds } = behaviour {
            tokio::time::sleep(Duration::from_millis(u64::from(milliseconds))).await;
        }
    }

    async fn ocsp(&self, request: &[u8]) -> Response {
        self.hesitate().await;
        let answer = self.answer(request, self.behaviour());
        ([(header::CONTENT_TYPE, "application/ocsp-response")], answer).into_response()
    }

    fn answer(&self, request: &[u8], behaviour: ResponderBehaviour) -> Bytes {
        if behaviour == ResponderBehaviour::PreSigned {
            return self.pre_signed(request);
        }
        let at = behaviour.tells_of((self.now)());
        self.fresh(request, at, behaviour)
    }

    /// Signs outside of the lock, so questions wait for each other's look-up, and for certificates being issued, which are signed under it.
    fn fresh(&self, request: &[u8], at: Timestamp, behaviour: ResponderBehaviour) -> Bytes {
        let draft = lock(&self.authority).ocsp_draft(request, at);
        Bytes::from(draft.sign_as(behaviour))
    }

    fn pre_signed(&self, request: &[u8]) -> Bytes {
        let begun = period((self.now)());
        let subject = OcspQuestion::parse(request).map(|question| question.subject());
        let Ok(Ok(asked)) = subject else {
            return Bytes::from(refusal(OcspResponseStatus::MalformedRequest));
        };
        let (kept, edition) = lock(&self.shelf).find(begun, &asked);
        if let Some(answer) = kept {
            return answer;
        }
        let answer = self.fresh(request, begun, ResponderBehaviour::PreSigned);
        lock(&self.shelf).keep((begun, edition), asked, answer.clone());
        answer
    }

    /// Has the authority carry out an order; answers signed before may be wrong from then on, since an order may be dated back.
    fn carry_out<T, E>(&self, order: impl FnOnce(&mut Authority) -> Result<T, E>) -> Result<T, E> {
        let done = order(&mut lock(&self.authority))?;
        lock(&self.shelf).clear();
        Ok(done)
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

#[cfg(test)]
mod tests;
