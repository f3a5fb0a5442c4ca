//! A product in the backend's place: it is told of the world, and the bench's own doors lead to its doors, so that every message goes
//! by the taps.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use sim_backend::http::{MESSAGE_HEADER, PeerInstitution};
use sim_card::pki::CaKind;
use sim_reader::terminal::xml;
use tempfile::TempDir;

use super::actors::{AuthoritySide, Setup, plain_client, tls_client};
use super::tls::BACKEND_HOST;
use super::workshop::Workshop;
use crate::clock::VirtualClock;
use crate::error::BenchError;
use crate::model::World;
use crate::sut::adapter::Adapter;
use crate::sut::backend::{Doors, NOT_SIMULATED, Op, Registered, Reset, understood};
use crate::sut::codes::VendorCodes;
use crate::sut::config::SutConfig;
use crate::sut::product::Product;
use crate::sut::troubles::Troubles;

/// The longest a product may take for one answer, whatever `timeout_ms` says: a terminal gives up by itself soon after.
const LONGEST: Duration = Duration::from_secs(9);

/// What passes by the bench's doors as it came.
const PASSED: [HeaderName; 2] = [header::CONTENT_TYPE, HeaderName::from_static(MESSAGE_HEADER)];

/// The backend of a product, with the files it was given. It ends with the value.
pub struct BackendProduct {
    way: Arc<Way>,
    _files: TempDir,
}

/// The way from the bench's doors to the product's.
struct Way {
    name: String,
    institutions: SocketAddr,
    insurers: String,
    limit: Duration,
    clock: VirtualClock,
    workshop: Arc<Workshop>,
    clients: Mutex<BTreeMap<String, reqwest::Client>>,
    told: tokio::sync::Mutex<Told>,
    troubles: Troubles,
    codes: VendorCodes,
}

/// The product, and the time that it was told last.
struct Told {
    product: Product,
    now: Timestamp,
}

impl BackendProduct {
    /// Starts the product and tells it of the world.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be started, or does not open its doors.
    pub async fn start(
        setup: &Setup<'_>,
        side: &AuthoritySide,
        (sut, adapter): (&SutConfig, &Adapter),
    ) -> Result<Self, BenchError> {
        let files = tempfile::tempdir().map_err(|error| BenchError::setup("backend", error))?;
        let mut product = Product::start(sut, adapter)?;
        let reset = reset(setup, side, files.path())?;
        let now = reset.now;
        let Doors { institutions, insurers } = product.must(&Op::Reset(Box::new(reset))).await?;
        let way = Way {
            name: sut.product.name.clone(),
            institutions: address(&sut.product.name, &institutions)?,
            insurers,
            limit: Duration::from_millis(adapter.timeout_ms()).min(LONGEST),
            clock: setup.clock.clone(),
            workshop: Arc::clone(setup.workshop),
            clients: Mutex::default(),
            told: tokio::sync::Mutex::new(Told { product, now }),
            troubles: setup.troubles.clone(),
            codes: sut.codes.clone(),
        };
        Ok(Self { way: Arc::new(way), _files: files })
    }

    /// The door of institutions, in front of the product's.
    pub fn institution_router(&self) -> Router {
        Router::new().fallback(to_institutions_door).with_state(Arc::clone(&self.way))
    }

    /// The door of insurers, in front of the product's.
    pub fn insurer_router(&self) -> Router {
        Router::new().fallback(to_insurers_door).with_state(Arc::clone(&self.way))
    }

    /// For what this position cannot be asked.
    pub fn unsupported(&self, what: &str) -> BenchError {
        self.way.unsupported(what)
    }
}

async fn to_institutions_door(
    State(way): State<Arc<Way>>,
    peer: Option<Extension<PeerInstitution>>,
    request: Request,
) -> Response {
    let code = peer.map(|Extension(PeerInstitution(code))| code.as_str().to_owned());
    let client = way.client(&code.unwrap_or_default());
    let base = format!("https://{BACKEND_HOST}:{}", way.institutions.port());
    way.pass(client, &base, request).await
}

async fn to_insurers_door(State(way): State<Arc<Way>>, request: Request) -> Response {
    way.pass(plain_client(), &way.insurers, request).await
}

impl Way {
    /// A client with the TLS certificate of an institution.
    fn client(&self, code: &str) -> Result<reqwest::Client, BenchError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(code) {
            return Ok(client.clone());
        }
        let client = tls_client(&self.workshop, code, self.institutions)?;
        clients.insert(code.to_owned(), client.clone());
        Ok(client)
    }

    /// What cannot be passed on is no answer: whoever asked is told so, and the story stops.
    async fn pass(
        &self,
        client: Result<reqwest::Client, BenchError>,
        base: &str,
        request: Request,
    ) -> Response {
        let passed = match client {
            Ok(client) => self.exchange(&client, base, request).await,
            Err(error) => Err(error),
        };
        passed.unwrap_or_else(|error| {
            let silent = matches!(error, BenchError::ProductSilent { .. });
            let status = if silent { StatusCode::GATEWAY_TIMEOUT } else { StatusCode::BAD_GATEWAY };
            self.troubles.note(error);
            status.into_response()
        })
    }

    async fn exchange(
        &self,
        client: &reqwest::Client,
        base: &str,
        request: Request,
    ) -> Result<Response, BenchError> {
        self.tell_time().await?;
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes);
        let url = format!("{base}{}", parts.uri.path());
        let asked = client.request(parts.method, url).headers(passed(&parts.headers));
        let answer = asked.timeout(self.limit).body(body.unwrap_or_default()).send().await;
        let answer = answer.map_err(|error| self.failed(&error))?;
        let (status, headers) = (answer.status(), passed(answer.headers()));
        let bytes = answer.bytes().await.map_err(|error| self.failed(&error))?;
        let family = parts.headers.get(MESSAGE_HEADER).and_then(|name| name.to_str().ok());
        if says_not_simulated(&bytes) {
            self.troubles.note(self.unsupported(family.unwrap_or_default()));
        }
        let bytes = match understood(&self.codes, &bytes) {
            Some(understood) => Body::from(understood),
            None => Body::from(bytes),
        };
        Ok((status, headers, bytes).into_response())
    }

    fn unsupported(&self, what: &str) -> BenchError {
        BenchError::ProductUnsupported { product: self.name.clone(), what: what.to_owned() }
    }

    fn failed(&self, error: &reqwest::Error) -> BenchError {
        let product = self.name.clone();
        if error.is_timeout() {
            let waited_ms = u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX);
            return BenchError::ProductSilent { product, waited_ms };
        }
        BenchError::ProductGone { product, how: innermost(error) }
    }

    async fn tell_time(&self) -> Result<(), BenchError> {
        let (now, mut told) = (self.clock.now(), self.told.lock().await);
        if told.now != now {
            told.product.must::<_, serde_json::Value>(&Op::Clock { now }).await?;
            told.now = now;
        }
        Ok(())
    }
}

fn passed(headers: &HeaderMap) -> HeaderMap {
    let kept = PASSED.into_iter().filter_map(|name| {
        let value = headers.get(&name)?.clone();
        Some((name, value))
    });
    kept.collect()
}

fn says_not_simulated(answer: &[u8]) -> bool {
    let root = xml::parse(answer).ok();
    root.is_some_and(|(root, _)| root.anywhere("ErrorCode") == Some(NOT_SIMULATED))
}

/// Without the address, which stands in no result.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

fn address(product: &str, told: &str) -> Result<SocketAddr, BenchError> {
    told.parse().map_err(|_| BenchError::ProductUnreadable {
        product: product.to_owned(),
        reason: "its door for institutions is not IP:PORT".to_owned(),
    })
}

fn reset(setup: &Setup<'_>, side: &AuthoritySide, folder: &Path) -> Result<Reset, BenchError> {
    let write = |name: &str, content: &str| -> Result<PathBuf, BenchError> {
        let path = folder.join(name);
        let written = std::fs::write(&path, content);
        written.map_err(|source| BenchError::Write { path: path.clone(), source })?;
        Ok(path)
    };
    let (cards, phones) = {
        let authority = side.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let phones = authority.certificate_of(CaKind::MobileUserAuthentication);
        (pem(authority.ca_certificate()), pem(phones))
    };
    Ok(Reset {
        now: setup.clock.now(),
        identity: write("identity.pem", &setup.workshop.server_identity()?.pem)?,
        client_ca: write("clients.pem", &setup.workshop.tls().root_pem())?,
        trust: vec![write("cards.pem", &cards)?, write("phones.pem", &phones)?],
        authority: side.url(),
        institutions: setup.world.institutions.keys().cloned().collect(),
        registered: registered(setup.world),
    })
}

/// Whose cards were registered before the story. Who may not be registered is not.
fn registered(world: &World) -> Vec<Registered> {
    let of = |(person, facts): (&String, &crate::model::Person)| {
        let card =
            facts.card.as_ref().filter(|card| card.registered && !facts.disclosure_barred)?;
        Some(Registered { person: person.clone(), at: card.issued.min(world.now) })
    };
    world.people.iter().filter_map(of).collect()
}

/// A certificate as PEM. Source: RFC 7468 §2.
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let body: String = lines.map(|line| format!("{line}\n")).collect();
    format!("-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")
}
