//! The actors of one world and how they are joined: authority, backend, and at each institution a terminal, a reader
//! and a receipt computer. Started as they are needed, so that a scenario pays for what it uses.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use sim_backend::messages::InstitutionCode;
use sim_card::pki::{Authority, AuthorityConfig, ResponderBehaviour, router as authority_router};
use sim_reader::institution::Institution as ReferenceInstitution;
use sim_reader::institution::protocol::{Op, Request, Reset, Status, code};
use sim_reader::reader_link::HttpTerminalLink;
use sim_reader::terminal::{BackendClient, Encoding, Folders};

use super::calls::{BackendByCall, ReaderLink, Seams};
use super::serving::{Served, plain};
use super::terminal::{Place, TerminalSide};
use super::tls::BACKEND_HOST;
use super::workshop::Workshop;
use crate::clock::VirtualClock;
use crate::error::BenchError;
use crate::model::{FileEncoding, Institution, World};
use crate::mutants::Planted;
use crate::seed::Seed;
use crate::sut::breaker::{Attendance, Attended};
use crate::sut::troubles::Troubles;
use crate::sut::{self, ReceiptComputer, Reference};
use crate::taps::{Taps, http};

/// The authority and its services.
pub struct AuthoritySide {
    /// Issues and revokes.
    pub authority: Arc<Mutex<Authority>>,
    /// Whether its responder answers.
    pub behaviour: Arc<Mutex<ResponderBehaviour>>,
    router: Router,
    served: Served,
}

impl AuthoritySide {
    /// Starts it.
    ///
    /// # Errors
    /// [`BenchError`].
    pub async fn start(clock: &VirtualClock, taps: &Taps) -> Result<Self, BenchError> {
        let authority = Authority::new(AuthorityConfig::default())
            .map_err(|error| BenchError::setup("authority", error))?;
        let authority = Arc::new(Mutex::new(authority));
        let behaviour = Arc::new(Mutex::new(ResponderBehaviour::Answering));
        let router =
            authority_router(Arc::clone(&authority), clock.handle(), Arc::clone(&behaviour));
        let router = http::tapped(router, http::Place::ValidationAuthority, taps.clone());
        let served = plain(router.clone()).await?;
        Ok(Self { authority, behaviour, router, served })
    }

    /// Its services with their tap, for whoever calls them within the process.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// `http://…` of its services.
    pub fn url(&self) -> String {
        self.served.url()
    }
}

/// What every actor is started with.
pub struct Setup<'a> {
    /// What the run shares.
    pub workshop: &'a Arc<Workshop>,
    /// The world as data.
    pub world: &'a World,
    /// The scenario's seed.
    pub seed: Seed,
    /// The virtual clock.
    pub clock: &'a VirtualClock,
    /// The taps.
    pub taps: &'a Taps,
    /// The defect, if one is planted.
    pub planted: &'a Planted,
    /// Where it is noted that a product left something undone.
    pub troubles: &'a Troubles,
    /// How the product does in this scenario.
    pub attendance: &'a Arc<Attendance>,
}

/// One institution: terminal with its folders, reader link and receipt computer.
pub struct Counter {
    /// The reader's way to the terminal.
    pub link: ReaderLink,
    /// The receipt computer, ours or the product.
    pub receipt_computer: Box<dyn ReceiptComputer>,
    /// Client of the backend seam with the institution's certificate, for whoever sends a message again.
    pub backend: BackendClient,
    /// What stands where the terminal stands.
    pub terminal: TerminalSide,
    requests: u64,
}

impl Counter {
    /// Opens the counter of an institution.
    ///
    /// # Errors
    /// [`BenchError`].
    pub async fn open(
        setup: &Setup<'_>,
        code: &str,
        institution: &Institution,
        backend: (SocketAddr, Router),
    ) -> Result<Self, BenchError> {
        let (backend, door) = backend;
        let client = match setup.workshop.seams() {
            Seams::Sockets => backend_client(setup.workshop, code, backend)?,
            Seams::Calls => called_backend(door, code)?,
        };
        let place = Place { code, institution, client: &client, backend };
        let terminal = TerminalSide::open(setup, &place).await?;
        let start = reset(code, institution, terminal.folders.clone());
        let right = receipt_computer(setup, start.clone())?;
        let mut counter = Self {
            link: reader_link(setup, &terminal)?,
            receipt_computer: setup.planted.receipt_computer(right),
            backend: client,
            terminal,
            requests: 0,
        };
        counter.perform(Op::Reset(start)).await?;
        Ok(counter)
    }

    /// Has the receipt computer do one thing that must succeed.
    ///
    /// # Errors
    /// [`BenchError`] when it does not answer or answers anything but ok.
    pub async fn perform(
        &mut self,
        op: Op,
    ) -> Result<sim_reader::institution::protocol::Reply, BenchError> {
        let reply = self.try_perform(op).await?;
        let told = || reply.reason.clone().or_else(|| reply.error_code.clone()).unwrap_or_default();
        let product = "the receipt computer".to_owned();
        match reply.status {
            Status::Ok => Ok(reply),
            Status::Unsupported => Err(BenchError::ProductUnsupported { product, what: told() }),
            Status::Rejected | Status::Error => {
                Err(BenchError::ProductError { product, reason: told() })
            }
        }
    }

    /// Has the receipt computer do one thing; a refusal is an answer.
    ///
    /// # Errors
    /// [`BenchError`] when it does not answer.
    pub async fn try_perform(
        &mut self,
        op: Op,
    ) -> Result<sim_reader::institution::protocol::Reply, BenchError> {
        self.requests += 1;
        let reply = self.receipt_computer.perform(Request { id: self.requests, op }).await?;
        let unanswered = reply.error_code.as_deref() == Some(code::NO_ANSWER);
        match &self.terminal.product {
            // Its silence is no refusal, and nothing that the receipt computer could be blamed for.
            Some(product) if unanswered => Err(BenchError::ProductSilent {
                product: product.clone(),
                waited_ms: super::desk::ANSWER_LIMIT_MS,
            }),
            Some(_) | None => Ok(reply),
        }
    }

    /// A name for the next request file.
    pub fn next_identifier(&self) -> String {
        format!("MADOGUCHI{:06}", self.requests + 1)
    }
}

/// The face account of an institution's one reader. Source: account ids of readers begin with F0.
pub fn account(code: &str) -> String {
    format!("F0{code}")
}

fn reset(code: &str, institution: &Institution, folders: Folders) -> Reset {
    let charts = institution.charts.iter().map(super::desk::chart).collect();
    Reset { institution: code.to_owned(), name: institution.name.clone(), folders, charts }
}

fn receipt_computer(
    setup: &Setup<'_>,
    start: Reset,
) -> Result<Box<dyn ReceiptComputer>, BenchError> {
    let sut = setup.workshop.sut.as_ref();
    let Some(product) = sut.map(sut::receipt_computer).transpose()?.flatten() else {
        return Ok(Box::new(Reference(ReferenceInstitution::new(start))));
    };
    let name = sut.map(|sut| sut.product.name.as_str()).unwrap_or_default();
    Ok(Box::new(Attended::new(name, product, Arc::clone(setup.attendance))))
}

/// The encoding as terminal and receipt computer know it.
pub fn encoding(encoding: FileEncoding) -> Encoding {
    match encoding {
        FileEncoding::Utf8 => Encoding::Utf8,
        FileEncoding::ShiftJis => Encoding::ShiftJis,
    }
}

/// An HTTP client for the seams that are not encrypted.
///
/// # Errors
/// [`BenchError`].
pub fn plain_client() -> Result<reqwest::Client, BenchError> {
    let built = reqwest::Client::builder().no_proxy().tls_certs_only(std::iter::empty()).build();
    built.map_err(|error| BenchError::setup("HTTP client", error))
}

fn reader_link(setup: &Setup<'_>, terminal: &TerminalSide) -> Result<ReaderLink, BenchError> {
    Ok(match setup.workshop.seams() {
        Seams::Sockets => ReaderLink::Http(HttpTerminalLink::new(&terminal.url, plain_client()?)),
        Seams::Calls => ReaderLink::Call(terminal.router.clone()),
    })
}

fn called_backend(door: Router, code: &str) -> Result<BackendClient, BenchError> {
    let institution = InstitutionCode::new(code);
    let institution = institution.map_err(|error| BenchError::setup("backend seam", error))?;
    Ok(BackendClient::by(Arc::new(BackendByCall { door, institution }), code))
}

fn backend_client(
    workshop: &Workshop,
    code: &str,
    address: SocketAddr,
) -> Result<BackendClient, BenchError> {
    let http = tls_client(workshop, code, address)?;
    Ok(BackendClient::new(http, format!("https://{BACKEND_HOST}:{}", address.port()), code))
}

/// An HTTP client with the TLS certificate of an institution, which finds the backend at this address.
///
/// # Errors
/// [`BenchError`].
pub fn tls_client(
    workshop: &Workshop,
    code: &str,
    address: SocketAddr,
) -> Result<reqwest::Client, BenchError> {
    let failed = |error: reqwest::Error| BenchError::setup("TLS client", error);
    let identity = workshop.identity(code)?;
    let identity = reqwest::Identity::from_pem(identity.pem.as_bytes()).map_err(failed)?;
    let root = reqwest::Certificate::from_der(&workshop.tls().root()).map_err(failed)?;
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([root])
        .identity(identity)
        .resolve(BACKEND_HOST, address);
    http.build().map_err(failed)
}

/// Kept by the world so that nothing of a start-up stands in two places.
pub type Counters = BTreeMap<String, Counter>;
