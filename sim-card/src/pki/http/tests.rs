//! What the service says on each of its paths.

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
        let content_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
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
        assert_eq!((status, content_type.as_str()), (code, "application/problem+json"), "{case}");
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
    for wrong in ["", "{}", "stale", r#"{"behaviour":"asleep"}"#, r#"{"behaviour":"delayed"}"#] {
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
async fn an_order_dated_back_is_seen_in_answers_signed_before() {
    let bench = bench();
    *bench.behaviour.lock().unwrap() = ResponderBehaviour::PreSigned;
    let good = bench.ask(bench.question()).await.2;
    let path = format!("/control/certificates/{}/revoke", bench.serial);
    let order = Body::from(r#"{"at":"2026-01-10T00:00:00Z"}"#);
    assert_eq!(bench.ask(Request::post(path).body(order).unwrap()).await.0, StatusCode::OK);
    let revoked = bench.ask(bench.question()).await.2;
    assert_ne!(revoked, good);
    *bench.behaviour.lock().unwrap() = ResponderBehaviour::Answering;
    assert_eq!(revoked, bench.ask(bench.question()).await.2);
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
