//! The authority on the network: status answers, the revocation list, and the link service.

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
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    authority::Authority,
    behaviour::ResponderBehaviour,
    crl::{ListKind, ListOrder},
    names::CaKind,
    ocsp::{OcspQuestion, refusal},
    ocsp_wire::OcspResponseStatus,
    presigned::{Shelf, period},
};
use crate::clock::Now;

/// Largest request taken; a question about one certificate has some 100 bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The revocation list is made anew each day.
const LIST_HOLDS: SignedDuration = SignedDuration::from_hours(24);

#[derive(Clone)]
struct Service {
    authority: Arc<Mutex<Authority>>,
    now: Now,
    behaviour: Arc<Mutex<ResponderBehaviour>>,
    shelf: Arc<Mutex<Shelf>>,
}

/// The routes:
/// - `POST /` with `application/ocsp-request`, and `GET /{base64}`. Source: RFC 6960 appendix A.1.
/// - `GET /crl/{ca}.crl`, the full lists, e.g. `/crl/user-authentication.crl`
/// - `GET` and `PUT /control/behaviour` with `{"behaviour":"stale"}`: how the service behaves from now on (bench profile)
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
        .route("/crl/{list}", get(revocation_list))
        .route("/control/behaviour", get(control_read).put(control_write))
        .route("/link/{serial}", get(link))
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

async fn revocation_list(
    State(service): State<Service>,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let found = path.ok().and_then(|Path(name)| {
        CaKind::ALL.into_iter().find(|ca| format!("{}.crl", ca.slug()) == name)
    });
    let Some(ca) = found else {
        return problem(StatusCode::NOT_FOUND, "no authority has a revocation list of this name");
    };
    service.hesitate().await;
    match service.behaviour() {
        ResponderBehaviour::TryLater => {
            problem(StatusCode::SERVICE_UNAVAILABLE, "the revocation list is not available now")
        }
        ResponderBehaviour::InternalError => {
            problem(StatusCode::INTERNAL_SERVER_ERROR, "the revocation list cannot be made")
        }
        ResponderBehaviour::WrongSigner => service.list(ca, Authority::list_by_stranger),
        ResponderBehaviour::Answering
        | ResponderBehaviour::PreSigned
        | ResponderBehaviour::Silent
        | ResponderBehaviour::Delayed { .. }
        | ResponderBehaviour::Malformed
        | ResponderBehaviour::Unsigned
        | ResponderBehaviour::BadSignature
        | ResponderBehaviour::ExpiredResponder
        | ResponderBehaviour::Stale
        | ResponderBehaviour::NonceDropped
        | ResponderBehaviour::NonceWrong => service.list(ca, Authority::list),
    }
}

async fn control_read(State(service): State<Service>) -> Response {
    axum::Json(service.behaviour()).into_response()
}

async fn control_write(
    State(service): State<Service>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return problem(rejection.status(), &rejection.body_text()),
    };
    match serde_json::from_slice::<ResponderBehaviour>(&body) {
        Ok(wanted) => {
            *lock(&service.behaviour) = wanted;
            axum::Json(wanted).into_response()
        }
        Err(error) => {
            let known = ResponderBehaviour::names();
            let detail = format!("{error}; write {{\"behaviour\":\"NAME\"}}, known are {known}");
            problem(StatusCode::UNPROCESSABLE_ENTITY, &detail)
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

    /// Waits as long as the behaviour says, for ever if need be.
    async fn hesitate(&self) {
        match self.behaviour() {
            ResponderBehaviour::Silent => std::future::pending().await,
            ResponderBehaviour::Delayed { milliseconds } => {
                tokio::time::sleep(Duration::from_millis(u64::from(milliseconds))).await;
            }
            ResponderBehaviour::Answering
            | ResponderBehaviour::PreSigned
            | ResponderBehaviour::TryLater
            | ResponderBehaviour::InternalError
            | ResponderBehaviour::Malformed
            | ResponderBehaviour::Unsigned
            | ResponderBehaviour::BadSignature
            | ResponderBehaviour::WrongSigner
            | ResponderBehaviour::ExpiredResponder
            | ResponderBehaviour::Stale
            | ResponderBehaviour::NonceDropped
            | ResponderBehaviour::NonceWrong => {}
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

    /// Signs outside of the lock, so questions wait for each other's look-up only.
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
        if let Some(answer) = lock(&self.shelf).find(begun, &asked) {
            return answer;
        }
        let answer = self.fresh(request, begun, ResponderBehaviour::PreSigned);
        lock(&self.shelf).keep(begun, asked, answer.clone());
        answer
    }

    fn list<E: std::fmt::Display>(
        &self,
        ca: CaKind,
        make: impl Fn(&Authority, &ListOrder) -> Result<Vec<u8>, E>,
    ) -> Response {
        let this_update = self.behaviour().tells_of((self.now)());
        let next_update = this_update.checked_add(LIST_HOLDS).unwrap_or(Timestamp::MAX);
        let order = ListOrder { ca, kind: ListKind::Full, this_update, next_update };
        match make(&lock(&self.authority), &order) {
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

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use der::{Decode, Encode};
    use jiff::civil::date;
    use tower::ServiceExt;

    use super::*;
    use crate::pki::{
        AuthorityConfig, IssueRequest,
        ocsp_wire::{OcspRequest, OcspResponse},
        pooled_key,
    };

    struct Bench {
        router: Router,
        behaviour: Arc<Mutex<ResponderBehaviour>>,
        question: Vec<u8>,
        serial: String,
    }

    fn bench() -> Bench {
        let at: Timestamp = "2026-01-10T00:00:00Z".parse().unwrap();
        let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
        let key = pooled_key(0).unwrap().to_public_key();
        let request = IssueRequest {
            holder: String::from("person-1"),
            birthdate: date(1980, 2, 17),
            at,
            card_expiry: date(2035, 2, 17),
            key: &key,
            not_after: None,
        };
        let serial = authority.issue_user_authentication(request).unwrap().serial;
        let question = OcspRequest::about(authority.ca_certificate(), &serial).unwrap();
        let behaviour = Arc::default();
        let now: Now = Arc::new(move || at);
        Bench {
            router: router(Arc::new(Mutex::new(authority)), now, Arc::clone(&behaviour)),
            behaviour,
            question: question.to_der().unwrap(),
            serial: hex::encode(serial),
        }
    }

    impl Bench {
        async fn ask(&self, request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let content_type =
                response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, content_type, body.to_vec())
        }

        async fn get(&self, path: &str) -> (StatusCode, String, Vec<u8>) {
            self.ask(Request::get(path).body(Body::empty()).unwrap()).await
        }

        fn post(&self, content_type: &str, body: Vec<u8>) -> Request<Body> {
            Request::post("/").header("content-type", content_type).body(Body::from(body)).unwrap()
        }

        fn question(&self) -> Request<Body> {
            self.post("application/ocsp-request", self.question.clone())
        }
    }

    fn status(body: &[u8]) -> OcspResponseStatus {
        OcspResponse::from_der(body).unwrap().response_status
    }

    #[tokio::test]
    async fn post_and_get_give_the_same_answer() {
        let bench = bench();
        let (code, content_type, posted) = bench.ask(bench.question()).await;
        assert_eq!((code, content_type.as_str()), (StatusCode::OK, "application/ocsp-response"));
        assert_eq!(status(&posted), OcspResponseStatus::Successful);
        let encoded = STANDARD.encode(&bench.question);
        for path in [
            format!("/{}", encoded.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D")),
            format!("//{encoded}"),
        ] {
            assert_eq!(bench.get(&path).await.2, posted, "{path}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_malformed() {
        let bench = bench();
        for path in ["/", "/nonsense", "/%FF"] {
            let (code, _, body) = bench.get(path).await;
            assert_eq!(code, StatusCode::OK);
            assert_eq!(status(&body), OcspResponseStatus::MalformedRequest, "{path}");
        }
    }

    #[tokio::test]
    async fn refusals_are_problem_details() {
        let bench = bench();
        let large = bench.post("application/ocsp-request", vec![0; BODY_LIMIT + 1]);
        let strange = bench.post("text/plain", bench.question.clone());
        let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
        for (case, request, code) in [
            ("large body", large, StatusCode::PAYLOAD_TOO_LARGE),
            ("content type", strange, StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("unknown serial", get("/link/7f"), StatusCode::NOT_FOUND),
            ("no serial", get("/link/xyz"), StatusCode::BAD_REQUEST),
        ] {
            let (status, content_type, body) = bench.ask(request).await;
            assert_eq!(
                (status, content_type.as_str()),
                (code, "application/problem+json"),
                "{case}"
            );
            let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(problem["status"], code.as_u16(), "{case}");
        }
    }

    #[tokio::test]
    async fn the_link_service_names_the_person() {
        let bench = bench();
        for serial in [bench.serial.clone(), format!("00{}", bench.serial)] {
            let (code, _, body) = bench.get(&format!("/link/{serial}")).await;
            assert_eq!(code, StatusCode::OK);
            assert_eq!(body, br#"{"person":"person-1"}"#);
        }
    }

    #[tokio::test]
    async fn try_later_is_told_and_ends() {
        let bench = bench();
        *bench.behaviour.lock().unwrap() = ResponderBehaviour::TryLater;
        let (_, _, body) = bench.ask(bench.question()).await;
        assert_eq!(status(&body), OcspResponseStatus::TryLater);
        let (code, ..) = bench.get("/crl/user-authentication.crl").await;
        assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
        *bench.behaviour.lock().unwrap() = ResponderBehaviour::Answering;
        let (code, content_type, _) = bench.get("/crl/user-authentication.crl").await;
        assert_eq!((code, content_type.as_str()), (StatusCode::OK, "application/pkix-crl"));
    }

    fn put(body: &'static str) -> Request<Body> {
        Request::put("/control/behaviour").body(Body::from(body)).unwrap()
    }

    #[tokio::test]
    async fn the_behaviour_is_switched_while_it_serves() {
        let bench = bench();
        let (code, _, body) = bench.ask(put(r#"{"behaviour":"internal-error"}"#)).await;
        assert_eq!(
            (code, body.as_slice()),
            (StatusCode::OK, &br#"{"behaviour":"internal-error"}"#[..])
        );
        let (_, _, body) = bench.ask(bench.question()).await;
        assert_eq!(status(&body), OcspResponseStatus::InternalError);
        assert_eq!(bench.get("/control/behaviour").await.2, br#"{"behaviour":"internal-error"}"#);
        for wrong in ["", "{}", "stale", r#"{"behaviour":"asleep"}"#, r#"{"behaviour":"delayed"}"#]
        {
            let (code, content_type, body) = bench.ask(put(wrong)).await;
            assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert_eq!(content_type, "application/problem+json");
            assert!(String::from_utf8(body).unwrap().contains("expired-responder"), "{wrong}");
        }
        assert_eq!(*bench.behaviour.lock().unwrap(), ResponderBehaviour::InternalError);
    }

    #[tokio::test]
    async fn an_answer_signed_before_is_given_again() {
        let bench = bench();
        let fresh = bench.ask(bench.question()).await.2;
        *bench.behaviour.lock().unwrap() = ResponderBehaviour::PreSigned;
        let first = bench.ask(bench.question()).await.2;
        assert_eq!(first, bench.ask(bench.question()).await.2);
        // The clock stands on a full quarter of an hour, so the fresh answer is the same.
        assert_eq!(first, fresh);
    }

    #[tokio::test]
    async fn a_late_answer_is_right() {
        let bench = bench();
        let prompt = bench.ask(bench.question()).await.2;
        *bench.behaviour.lock().unwrap() = ResponderBehaviour::Delayed { milliseconds: 300 };
        let short = Duration::from_millis(100);
        assert!(tokio::time::timeout(short, bench.ask(bench.question())).await.is_err());
        assert_eq!(bench.ask(bench.question()).await.2, prompt);
    }

    #[tokio::test]
    async fn silence_lasts_but_the_link_service_answers() {
        let bench = bench();
        *bench.behaviour.lock().unwrap() = ResponderBehaviour::Silent;
        let a_while = Duration::from_millis(200);
        assert!(tokio::time::timeout(a_while, bench.ask(bench.question())).await.is_err());
        let list = bench.get("/crl/user-authentication.crl");
        assert!(tokio::time::timeout(a_while, list).await.is_err());
        assert_eq!(bench.get(&format!("/link/{}", bench.serial)).await.0, StatusCode::OK);
    }
}
