//! What stands where an institution's terminal stands: ours, or the product.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use sim_reader::terminal::{
    BackendClient, Folder, FolderEvent, FolderService, Folders, Observer, Settings, Terminal,
    TerminalConfig, server,
};

use super::actors::{Setup, account, encoding};
use super::calls::Seams;
use super::ferry::Ferry;
use super::fixed_folders::{FixedFolders, Tidy};
use super::serving::{Served, plain};
use super::terminal_product::{Fixed, TerminalProduct};
use super::witness;
use crate::error::BenchError;
use crate::model::Institution;
use crate::mutants::{ClockOf, Seam};
use crate::sut::relay::Behind;
use crate::taps::{folder, http};

/// How often a terminal looks into its `req` folder, and a ferry into both sides.
const SWEEP: Duration = Duration::from_millis(3);
/// How often a terminal looks by calls: many stories share the cores then, and while one waits the others go on.
const SWEEP_BY_CALLS: Duration = Duration::from_millis(10);
/// An institution that never asked: what reaches it went astray.
const NOT_ASKING: &str = "0000000000";
/// How long a terminal looks again at a file that cannot be read yet.
const PATIENCE: Duration = Duration::from_millis(120);

/// A terminal that serves readers and folders.
pub struct TerminalSide {
    /// Where readers reach it.
    pub url: String,
    /// What is served there, with its tap.
    pub router: Router,
    /// The folders that it shares with the receipt computer.
    pub folders: Folders,
    /// The product's name, if it is one.
    pub product: Option<String>,
    _served: Served,
    _backend: Option<Behind>,
    _ferry: Option<FolderLoop>,
    _folders: FolderLoop,
    // After the loop, which would carry on.
    tidy: Vec<Tidy>,
    _root: Option<tempfile::TempDir>,
}

/// Where the folders lie. By calls no product sees them: then in memory, where the system has a folder for that, since some file systems take
/// long for many short-lived files.
fn root(setup: &Setup<'_>) -> std::io::Result<tempfile::TempDir> {
    match setup.workshop.seams() {
        Seams::Calls => tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()),
        Seams::Sockets => tempfile::tempdir(),
    }
}

/// What looks into folders again and again; it ends when dropped.
pub(super) struct FolderLoop(pub tokio::task::JoinHandle<()>);

impl Drop for FolderLoop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whose terminal it is.
pub(super) struct Place<'a> {
    pub code: &'a str,
    pub institution: &'a Institution,
    /// The way to the backend of whoever speaks for the institution.
    pub client: &'a BackendClient,
    /// Where the backend listens.
    pub backend: SocketAddr,
}

impl TerminalSide {
    /// Has whatever carries files between two sets of folders carry now, so that what is there for one side is there for the other.
    pub fn carry(&self) {
        self.tidy.iter().for_each(|Tidy(ferry, _)| ferry.carry());
    }

    /// Opens the terminal of an institution.
    ///
    /// # Errors
    /// [`BenchError`].
    pub(super) async fn open(setup: &Setup<'_>, place: &Place<'_>) -> Result<Self, BenchError> {
        let sut = setup.workshop.sut.as_ref();
        match sut.and_then(|sut| Some((sut, sut.positions.terminal.as_ref()?))) {
            Some(product) => Self::product(setup, place, product).await,
            None => Self::ours(setup, place).await,
        }
    }

    async fn ours(setup: &Setup<'_>, place: &Place<'_>) -> Result<Self, BenchError> {
        let root = root(setup).map_err(|error| BenchError::setup("folders", error))?;
        let folders = Folders::under(root.path());
        let code = place.code;
        let config = TerminalConfig {
            accounts: vec![account(code)],
            encoding: encoding(place.institution.encoding),
            seed: setup.seed.number(&format!("terminal of {code}")),
            settings: Settings {
                medical_aid: place.institution.medical_aid,
                ..Settings::default()
            },
        };
        let elsewhere = folder::observer(setup.taps.clone(), NOT_ASKING.to_owned());
        let observer = setup.planted.folders(&folders, observer(setup, code), elsewhere);
        let now = setup.planted.clock(ClockOf::Terminal, setup.clock.handle());
        let client = place.client.clone();
        let terminal = Terminal::new(config, client, folders.clone(), now, observer)
            .map_err(|error| BenchError::setup("terminal", error))?;
        let tap = |router| http::tapped(router, http::Place::Reader, setup.taps.clone());
        let router = setup.planted.around(server::router(terminal.clone()), Seam::Reader, tap);
        let served = plain(router.clone()).await?;
        let sweep = match setup.workshop.seams() {
            Seams::Calls => SWEEP_BY_CALLS,
            Seams::Sockets => SWEEP,
        };
        let looks = PATIENCE.as_millis() / sweep.as_millis();
        let service = FolderService::new(terminal, u32::try_from(looks).unwrap_or(u32::MAX));
        let folder_loop = FolderLoop(tokio::spawn(service.run(sweep, std::future::pending())));
        let desk = fixed_desk(setup)?;
        let shared = desk.as_ref().map_or(&folders, |desk| &desk.folders).clone();
        let tidy = desk.map(|desk| {
            // The terminal itself tells the tap what it reads and writes.
            Tidy(Ferry::new(shared.clone(), folders, remembering(setup, Arc::new(|_| {}))), desk)
        });
        Ok(Self {
            url: served.url(),
            router,
            folders: shared,
            product: None,
            _served: served,
            _backend: None,
            _ferry: tidy.as_ref().map(|Tidy(ferry, _)| carrying(ferry.clone())),
            _folders: folder_loop,
            tidy: tidy.into_iter().collect(),
            _root: Some(root),
        })
    }

    async fn product(
        setup: &Setup<'_>,
        place: &Place<'_>,
        (sut, adapter): (&crate::sut::config::SutConfig, &crate::sut::adapter::Adapter),
    ) -> Result<Self, BenchError> {
        let observer = remembering(setup, observer(setup, place.code));
        let product = TerminalProduct::start(setup, place, (sut, adapter), observer).await?;
        let (folders, ferry) = (product.folders(), product.ferry());
        let tap = |router| http::tapped(router, http::Place::Reader, setup.taps.clone());
        let router = setup.planted.around(product.door(), Seam::Reader, tap);
        let served = plain(router.clone()).await?;
        let Fixed { desk, own, backend } = product.fixed();
        let tidy = |folders| Tidy(ferry.clone(), folders);
        let tidy = desk.into_iter().chain(own).map(tidy).collect();
        Ok(Self {
            url: served.url(),
            router,
            folders,
            product: Some(sut.product.name.clone()),
            _served: served,
            _backend: backend,
            _ferry: None,
            _folders: carrying(ferry),
            tidy,
            _root: None,
        })
    }
}

/// Has a ferry carry for as long as the value lives.
fn carrying(ferry: Ferry) -> FolderLoop {
    FolderLoop(tokio::spawn(async move {
        loop {
            ferry.carry();
            tokio::time::sleep(SWEEP).await;
        }
    }))
}

/// The same observer; answers are kept too where a person is asked what became of them.
fn remembering(setup: &Setup<'_>, observer: Observer) -> Observer {
    let sut = setup.workshop.sut.as_ref().filter(|sut| sut.positions.one_at_a_time());
    let Some(desk) = sut.map(|sut| sut.desk.clone()) else { return observer };
    Arc::new(move |event: FolderEvent| {
        if event.folder == Folder::Res {
            desk.brought(event.bytes.clone());
        }
        observer(event);
    })
}

/// The receipt computer's own folders, where it has its own.
pub(super) fn fixed_desk(setup: &Setup<'_>) -> Result<Option<FixedFolders>, BenchError> {
    let sut = setup.workshop.sut.as_ref();
    let product = sut.and_then(|sut| Some((sut, sut.positions.receipt_computer.as_ref()?)));
    product.map_or(Ok(None), |(sut, adapter)| FixedFolders::claim(sut, adapter))
}

/// The folder seam's tap, with whoever is shown each answer.
fn observer(setup: &Setup<'_>, code: &str) -> Observer {
    let observer = folder::observer(setup.taps.clone(), code.to_owned());
    witness::folders(observer, setup.workshop.witness())
}
