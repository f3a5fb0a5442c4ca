//! Seams without sockets: the same bytes, handed by a call to the same routers with the same taps, for many visits a second in one process. Bench profile
//!
//! What a socket adds is left out: connections, mutual TLS, HTTP's own bytes. Which institution asks, the backend knows from the
//! client certificate otherwise; here the bench says so. Everything else happens: each message is written and read, each signature is made and verified.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, header, request, response};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sim_backend::certificate::{
    BoxFuture, CertIdHash, CertificateStatus, Question, Status, StatusError, StatusQuery,
};
use sim_backend::http::PeerInstitution;
use sim_backend::messages::InstitutionCode;
use sim_backend::person_link::{LinkError, Linked, PersonLink};
use sim_backend::service::records::PersonCode;
use sim_reader::reader_link::{
    CERTIFICATE_PATH, CHALLENGE_PATH, CertifyAnswer, CertifyRequest, ChallengeAnswer,
    ChallengeRequest, HttpTerminalLink, LinkError as TerminalError, LinkFuture, QUALIFICATION_PATH,
    QualifyAnswer, QualifyRequest, TerminalLink,
};
use sim_reader::terminal::client::MESSAGE_HEADER;
use sim_reader::terminal::{BackendAnswer, BackendError, BackendWay, Carried};
use tower::ServiceExt as _;

use crate::seed::Seed;

/// How long a reader waits for the terminal, as over HTTP.
const READER_PATIENCE: Duration = Duration::from_secs(15);

/// How the actors of a world reach each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seams {
    /// Over loopback sockets: as products do.
    #[default]
    Sockets,
    /// By calls within the process.
    Calls,
}

/// The whole answer of a router, `None` if it breaks off.
async fn ask(router: &Router, request: Request<Body>) -> Option<(response::Parts, Bytes)> {
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    Some((parts, body.collect().await.ok()?.to_bytes()))
}

fn post(path: &str, kind: &str) -> request::Builder {
    Request::post(path).header(header::CONTENT_TYPE, kind)
}

/// The reader's way to the terminal.
#[derive(Debug, Clone)]
pub enum ReaderLink {
    /// Over HTTP.
    Http(HttpTerminalLink),
    /// By a call of the terminal's router.
    Call(Router),
}

impl TerminalLink for ReaderLink {
    fn challenge(&self, request: ChallengeRequest) -> LinkFuture<'_, ChallengeAnswer> {
        match self {
            Self::Http(link) => link.challenge(request),
            Self::Call(router) => by_call(router, CHALLENGE_PATH, request),
        }
    }

    fn certify(&self, request: CertifyRequest) -> LinkFuture<'_, CertifyAnswer> {
        match self {
            Self::Http(link) => link.certify(request),
            Self::Call(router) => by_call(router, CERTIFICATE_PATH, request),
        }
    }

    fn qualify(&self, request: QualifyRequest) -> LinkFuture<'_, QualifyAnswer> {
        match self {
            Self::Http(link) => link.qualify(request),
            Self::Call(router) => by_call(router, QUALIFICATION_PATH, request),
        }
    }
}

fn by_call<'a, Q, A>(router: &'a Router, path: &'static str, request: Q) -> LinkFuture<'a, A>
where
    Q: Serialize + Send + 'static,
    A: DeserializeOwned + 'static,
{
    Box::pin(async move {
        let unreadable = TerminalError::Unreadable;
        let body = serde_json::to_vec(&request).map_err(|_| unreadable.clone())?;
        let request = post(path, "application/json").body(Body::from(body));
        let asked = ask(router, request.map_err(|_| unreadable.clone())?);
        let answer = tokio::time::timeout(READER_PATIENCE, asked).await.ok().flatten();
        let (parts, body) = answer.ok_or(TerminalError::Silent)?;
        if !parts.status.is_success() {
            return Err(TerminalError::Status { status: parts.status.as_u16() });
        }
        serde_json::from_slice(&body).map_err(|_| unreadable)
    })
}

/// An institution's way to the backend.
#[derive(Debug)]
pub struct BackendByCall {
    /// The institutions' door, with its taps.
    pub door: Router,
    /// Whose client certificate it would be.
    pub institution: InstitutionCode,
}

impl BackendWay for BackendByCall {
    fn carry<'a>(&'a self, family: &'a str, body: Vec<u8>) -> Carried<'a> {
        Box::pin(async move {
            let unreachable =
                |error: axum::http::Error| BackendError::Unreachable(error.to_string());
            let request = post("/oqs", "application/xml")
                .header(MESSAGE_HEADER, family)
                .extension(PeerInstitution(self.institution.clone()))
                .body(Body::from(body))
                .map_err(unreachable)?;
            let (parts, body) = ask(&self.door, request).await.ok_or(BackendError::Silent)?;
            let family = BackendAnswer::family_of(parts.status, &parts.headers)?;
            Ok(BackendAnswer { family, bytes: body.to_vec() })
        })
    }
}

/// The backend's question to the responder: the same bytes there and back, and the same verification.
pub struct StatusByCall {
    authority: Router,
    limit: Duration,
    nonces: (Seed, AtomicU64),
}

impl StatusByCall {
    /// Asks this authority, no longer than `limit`; `seed` decides the sequence of nonces.
    pub fn new(authority: Router, limit: Duration, seed: Seed) -> Self {
        Self { authority, limit, nonces: (seed, AtomicU64::new(0)) }
    }

    fn nonce(&self) -> [u8; 32] {
        let (seed, asked) = &self.nonces;
        seed.bytes(&format!("OCSP nonce {}", asked.fetch_add(1, Ordering::Relaxed)))
    }

    async fn ask(&self, query: StatusQuery<'_>) -> Result<Status, StatusError> {
        let question = Question::new(query, CertIdHash::default(), self.nonce())?;
        let broken = |what: &str| StatusError::Connection { what: what.to_owned() };
        let request = post("/", "application/ocsp-request").body(question.der.clone().into());
        let asked = ask(&self.authority, request.map_err(|error| broken(&error.to_string()))?);
        let waited_ms = self.limit.as_millis();
        let answer = tokio::time::timeout(self.limit, asked).await;
        let answer = answer.map_err(|_| StatusError::Timeout { waited_ms })?;
        let (parts, body) = answer.ok_or_else(|| broken("the answer breaks off"))?;
        if parts.status.as_u16() != 200 {
            return Err(StatusError::Http { status: parts.status.as_u16() });
        }
        question.read_answer(&body)
    }
}

impl CertificateStatus for StatusByCall {
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        Box::pin(self.ask(query))
    }
}

/// The backend's question whose certificate a serial is.
pub struct LinkByCall {
    /// The authority's services, with their taps.
    pub authority: Router,
    /// How long it is waited for.
    pub limit: Duration,
}

#[derive(Deserialize)]
struct LinkedPerson {
    person: PersonCode,
}

impl LinkByCall {
    async fn ask(&self, serial_hex: &str) -> Result<Option<PersonCode>, LinkError> {
        let failed = |what: &str| LinkError(what.to_owned());
        let request = Request::get(format!("/link/{serial_hex}")).body(Body::empty());
        let asked = ask(&self.authority, request.map_err(|_| failed("no such serial"))?);
        let answer = tokio::time::timeout(self.limit, asked).await.ok().flatten();
        let (parts, body) = answer.ok_or_else(|| failed("no answer in time"))?;
        match parts.status.as_u16() {
            404 => Ok(None),
            200 => serde_json::from_slice::<LinkedPerson>(&body)
                .map(|linked| Some(linked.person))
                .map_err(|_| failed("unreadable")),
            status => Err(LinkError(format!("HTTP status {status}"))),
        }
    }
}

impl PersonLink for LinkByCall {
    fn person<'a>(&'a self, serial_hex: &'a str) -> Linked<'a> {
        Box::pin(self.ask(serial_hex))
    }
}
