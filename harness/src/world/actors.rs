//! The actors of one world and how they are joined: authority, backend, and at each institution a terminal, a reader
//! and a receipt computer. Started as they are needed, so that a scenario pays for what it uses.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sim_backend::certificate::{OcspClient, TrustAnchors};
use sim_backend::person_link::HttpPersonLink;
use sim_backend::{Backend, BackendConfig};
use sim_card::pki::{
    Authority, AuthorityConfig, CaKind, ResponderBehaviour, router as authority_router,
};
use sim_reader::institution::Institution as ReferenceInstitution;
use sim_reader::institution::protocol::{Op, Request, Reset, Status};
use sim_reader::reader_link::HttpTerminalLink;
use sim_reader::terminal::{
    BackendClient, Encoding, FolderService, Folders, Settings, Terminal, TerminalConfig, server,
};

use super::bulk_seam::BulkSeam;
use super::link::{GapLink, Gaps};
use super::serving::{Served, mutual_tls, plain};
use super::status::SwitchedStatus;
use super::tls::BACKEND_HOST;
use super::witness;
use super::workshop::Workshop;
use crate::clock::VirtualClock;
use crate::error::BenchError;
use crate::model::{FileEncoding, Institution, World};
use crate::mutants::{ClockOf, Planted, Seam};
use crate::seed::Seed;
use crate::sut::{self, ReceiptComputer, Reference};
use crate::taps::{Taps, folder, http};

/// How long the backend waits for the status of a certificate before it calls it a system error.
const STATUS_LIMIT: Duration = Duration::from_secs(5);
/// The same when the world says that the responder is silent: nobody needs to wait long for nothing.
const SILENT_LIMIT: Duration = Duration::from_millis(150);
/// How often a terminal looks into its `req` folder.
const SWEEP: Duration = Duration::from_millis(3);
/// An institution that never asked: what reaches it went astray.
const NOT_ASKING: &str = "0000000000";
/// Looks a terminal gives a file that cannot be read yet.
const PATIENCE: u32 = 40;

/// The authority and its services.
pub struct AuthoritySide {
    /// Issues and revokes.
    pub authority: Arc<Mutex<Authority>>,
    /// Whether its responder answers.
    pub behaviour: Arc<Mutex<ResponderBehaviour>>,
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
        let served =
            plain(http::tapped(router, http::Place::ValidationAuthority, taps.clone())).await?;
        Ok(Self { authority, behaviour, served })
    }
}

/// The backend and the doors it is reached by.
pub struct BackendSide {
    /// The backend.
    pub backend: Backend,
    institutions: Served,
    /// Where insurers send to.
    pub insurers: Served,
    /// Where claims go to.
    pub claims: Served,
    /// What happens to bulk results on their way.
    pub bulk: BulkSeam,
    /// Where patients look at their own data.
    pub patients: Served,
    /// Whose new certificate nobody knows yet.
    pub gaps: Gaps,
}

impl BackendSide {
    /// Starts it.
    ///
    /// # Errors
    /// [`BenchError`].
    pub async fn start(setup: &Setup<'_>, side: &AuthoritySide) -> Result<Self, BenchError> {
        let failed = |error: &dyn std::fmt::Display| BenchError::setup("backend", error);
        let client = plain_client()?;
        let trust = {
            let authority =
                side.authority.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let phones = authority.certificate_of(CaKind::MobileUserAuthentication).to_vec();
            let mut anchors = setup.planted.also_trusted();
            anchors.extend([authority.ca_certificate().to_vec(), phones]);
            TrustAnchors::new(anchors).map_err(|error| failed(&error))?
        };
        let ask = |limit| {
            OcspClient::new(
                client.clone(),
                side.served.url(),
                limit,
                setup.seed.bytes("OCSP nonces"),
            )
        };
        let status =
            SwitchedStatus::new(Arc::clone(&side.behaviour), ask(STATUS_LIMIT), ask(SILENT_LIMIT));
        let link = Arc::new(HttpPersonLink::new(client, &side.served.url(), STATUS_LIMIT));
        let (gaps, clock) = (Gaps::default(), setup.clock.clone());
        let link = Arc::new(GapLink { link, gaps: Arc::clone(&gaps), clock });
        let config = BackendConfig {
            store_url: "sqlite::memory:".to_owned(),
            institutions: setup.world.institutions.keys().cloned().collect(),
            trust,
            status: setup.planted.status(Arc::new(status)),
            link: setup.planted.link(link, setup.world),
            now: setup.planted.clock(ClockOf::Backend, setup.clock.handle()),
            seed: setup.seed.bytes("backend"),
            trust_stated_institution: false,
            form: setup.planted.form(setup.workshop.answers),
            defect: setup.planted.backend(),
        };
        let backend = Backend::open(config).await.map_err(|error| failed(&error))?;
        let tap = |router, seam, place| {
            let tapped = |router| http::tapped(router, place, setup.taps.clone());
            setup.planted.around(router, seam, tapped)
        };
        let shown = witness::door(backend.institution_router(), setup.workshop.witness());
        let bulk = BulkSeam::new(setup.clock.clone());
        let institutions = tap(bulk.around(shown), Seam::Backend, http::Place::Backend);
        let institutions = mutual_tls(institutions, setup.workshop.server_config()).await?;
        let insurers = tap(backend.insurer_router(), Seam::Feed, http::Place::Feed);
        let insurers = plain(insurers).await?;
        let claims = plain(tap(backend.claims_router(), Seam::Claim, http::Place::Claim)).await?;
        let patients = tap(backend.portal_router(), Seam::Portal, http::Place::Portal);
        let patients = plain(patients).await?;
        Ok(Self { backend, institutions, insurers, claims, bulk, patients, gaps })
    }

    /// Where institutions connect to.
    pub fn address(&self) -> SocketAddr {
        self.institutions.address
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
}

/// One institution: terminal with its folders, reader link and receipt computer.
pub struct Counter {
    /// The reader's way to the terminal.
    pub link: HttpTerminalLink,
    /// The receipt computer, ours or the product.
    pub receipt_computer: Box<dyn ReceiptComputer>,
    /// Client of the backend seam with the institution's certificate, for whoever sends a message again.
    pub backend: BackendClient,
    /// The shared folders, while the counter is open.
    pub folders: Folders,
    requests: u64,
    _terminal: Served,
    _folder_loop: FolderLoop,
    _folders: tempfile::TempDir,
}

/// The terminal's folder loop; it ends when dropped.
struct FolderLoop(tokio::task::JoinHandle<()>);

impl Drop for FolderLoop {
    fn drop(&mut self) {
        self.0.abort();
    }
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
        backend: SocketAddr,
    ) -> Result<Self, BenchError> {
        let backend = backend_client(setup.workshop, code, backend)?;
        let root = tempfile::tempdir().map_err(|error| BenchError::setup("folders", error))?;
        let folders = Folders::under(root.path());
        let config = TerminalConfig {
            accounts: vec![account(code)],
            encoding: encoding(institution.encoding),
            seed: setup.seed.number(&format!("terminal of {code}")),
            settings: Settings { medical_aid: institution.medical_aid, ..Settings::default() },
        };
        let observer = folder::observer(setup.taps.clone(), code.to_owned());
        let observer = witness::folders(observer, setup.workshop.witness());
        let elsewhere = folder::observer(setup.taps.clone(), NOT_ASKING.to_owned());
        let observer = setup.planted.folders(&folders, observer, elsewhere);
        let now = setup.planted.clock(ClockOf::Terminal, setup.clock.handle());
        let terminal = Terminal::new(config, backend.clone(), folders.clone(), now, observer)
            .map_err(|error| BenchError::setup("terminal", error))?;
        let tap = |router| http::tapped(router, http::Place::Reader, setup.taps.clone());
        let router = setup.planted.around(server::router(terminal.clone()), Seam::Reader, tap);
        let served = plain(router).await?;
        let service = FolderService::new(terminal, PATIENCE);
        let folder_loop = tokio::spawn(service.run(SWEEP, std::future::pending()));
        let mut counter = Self {
            link: HttpTerminalLink::new(served.url(), plain_client()?),
            receipt_computer: setup.planted.receipt_computer(receipt_computer(
                setup.workshop,
                reset(code, institution, folders.clone()),
            )?),
            backend,
            folders: folders.clone(),
            requests: 0,
            _terminal: served,
            _folder_loop: FolderLoop(folder_loop),
            _folders: root,
        };
        counter.perform(Op::Reset(reset(code, institution, folders))).await?;
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
        self.receipt_computer.perform(Request { id: self.requests, op }).await
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
    workshop: &Workshop,
    start: Reset,
) -> Result<Box<dyn ReceiptComputer>, BenchError> {
    let Some(sut) = &workshop.sut else {
        return Ok(Box::new(Reference(ReferenceInstitution::new(start))));
    };
    sut::receipt_computer(sut)
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

fn backend_client(
    workshop: &Workshop,
    code: &str,
    address: SocketAddr,
) -> Result<BackendClient, BenchError> {
    let failed = |error: reqwest::Error| BenchError::setup("TLS client", error);
    let identity = workshop.identity(code)?;
    let identity = reqwest::Identity::from_pem(identity.pem.as_bytes()).map_err(failed)?;
    let root = reqwest::Certificate::from_der(&workshop.tls().root()).map_err(failed)?;
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([root])
        .identity(identity)
        .resolve(BACKEND_HOST, address)
        .build()
        .map_err(failed)?;
    Ok(BackendClient::new(http, format!("https://{BACKEND_HOST}:{}", address.port()), code))
}

/// Kept by the world so that nothing of a start-up stands in two places.
pub type Counters = BTreeMap<String, Counter>;
