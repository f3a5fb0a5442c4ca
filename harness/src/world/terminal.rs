//! What stands where an institution's terminal stands: ours, or the product.

use std::net::SocketAddr;
use std::time::Duration;

use sim_reader::terminal::{
    BackendClient, FolderService, Folders, Observer, Settings, Terminal, TerminalConfig, server,
};

use super::actors::{Setup, account, encoding};
use super::serving::{Served, plain};
use super::terminal_product::TerminalProduct;
use super::witness;
use crate::error::BenchError;
use crate::model::Institution;
use crate::mutants::{ClockOf, Seam};
use crate::taps::{folder, http};

/// How often a terminal looks into its `req` folder, and a ferry into both sides.
pub(super) const SWEEP: Duration = Duration::from_millis(3);
/// An institution that never asked: what reaches it went astray.
const NOT_ASKING: &str = "0000000000";
/// Looks a terminal gives a file that cannot be read yet.
const PATIENCE: u32 = 40;

/// A terminal that serves readers and folders.
pub struct TerminalSide {
    /// Where readers reach it.
    pub url: String,
    /// The folders that it shares with the receipt computer.
    pub folders: Folders,
    /// The product's name, if it is one.
    pub product: Option<String>,
    _served: Served,
    _folders: FolderLoop,
    _root: Option<tempfile::TempDir>,
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
        let root = tempfile::tempdir().map_err(|error| BenchError::setup("folders", error))?;
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
        let served = plain(router).await?;
        let service = FolderService::new(terminal, PATIENCE);
        let folder_loop = FolderLoop(tokio::spawn(service.run(SWEEP, std::future::pending())));
        Ok(Self {
            url: served.url(),
            folders,
            product: None,
            _served: served,
            _folders: folder_loop,
            _root: Some(root),
        })
    }

    async fn product(
        setup: &Setup<'_>,
        place: &Place<'_>,
        (sut, adapter): (&crate::sut::config::SutConfig, &crate::sut::adapter::Adapter),
    ) -> Result<Self, BenchError> {
        let observer = observer(setup, place.code);
        let product = TerminalProduct::start(setup, place, (sut, adapter), observer).await?;
        let (folders, ferry) = (product.folders(), product.ferry());
        let tap = |router| http::tapped(router, http::Place::Reader, setup.taps.clone());
        let served = plain(setup.planted.around(product.door(), Seam::Reader, tap)).await?;
        let ferry_loop = tokio::spawn(async move {
            loop {
                ferry.carry();
                tokio::time::sleep(SWEEP).await;
            }
        });
        Ok(Self {
            url: served.url(),
            folders,
            product: Some(sut.product.name.clone()),
            _served: served,
            _folders: FolderLoop(ferry_loop),
            _root: None,
        })
    }
}

/// The folder seam's tap, with whoever is shown each answer.
fn observer(setup: &Setup<'_>, code: &str) -> Observer {
    let observer = folder::observer(setup.taps.clone(), code.to_owned());
    witness::folders(observer, setup.workshop.witness())
}
