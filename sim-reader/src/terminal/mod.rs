//! The terminal (資格確認端末): asks the backend and serves the shared folders.
//!
//! Towards the reader it answers JSON ([`server`]), towards the backend it speaks the interface's XML ([`client`],
//! [`messages`]), towards the institution it reads `req` and writes `res` and `face` ([`folder`], [`store`]).
//! It decides nothing about a patient: refusals are the backend's, and silence is never turned into a refusal.

pub mod client;
mod duty;
pub mod encoding;
pub mod folder;
pub mod messages;
pub mod names;
mod once;
mod readers;
mod seal;
pub mod server;
mod settings;
mod stay;
pub mod store;
pub mod xml;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rand::SeedableRng as _;
use rand::distr::{Alphanumeric, SampleString as _};
use rand_chacha::ChaCha8Rng;

use crate::clock::Now;
pub use client::{BackendAnswer, BackendClient, BackendError, BackendWay, Carried};
use duty::LogIn;
pub use duty::{NoPlannedStop, PlannedStop};
pub use encoding::Encoding;
pub use folder::{FolderService, Sweep};
use readers::Readers;
pub use readers::{AccountRefusal, INSTANCE_HEADER};
pub use seal::Seal;
pub use settings::Settings;
use store::Store;
pub use store::{Action, Folder, FolderEvent, Folders, Observer};
use xml::Element;

/// Names tried for one result before the terminal gives up; two already collide once in 62^20.
const NAME_TRIES: u32 = 16;

/// How a terminal is set up.
#[derive(Debug, Clone, Default)]
pub struct TerminalConfig {
    /// Face accounts of its readers; one reader, one account.
    pub accounts: Vec<String>,
    /// Encoding of the files in `face`.
    pub encoding: Encoding,
    /// Draws the free part of names and identifiers.
    pub seed: u64,
    /// What an operator sets.
    pub settings: Settings,
}

/// Why a terminal cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// One face account was given to two readers.
    #[error("the face account {0} is listed twice; give each reader its own")]
    DuplicateAccount(String),
    /// A shared folder cannot be created, or takes no files.
    #[error("a shared folder cannot be created or written: {0}")]
    Folder(#[from] io::Error),
    /// Another terminal holds the lock on `req`: two would answer the same request.
    #[error("another terminal serves these folders")]
    Shared,
}

/// One terminal of one institution. Clones share everything.
#[derive(Clone)]
pub struct Terminal(Arc<Inner>);

struct Inner {
    encoding: Encoding,
    settings: Settings,
    log_in: LogIn,
    backend: BackendClient,
    store: Store,
    now: Now,
    readers: Readers,
    names: Mutex<ChaCha8Rng>,
}

impl Terminal {
    /// Sets a terminal up and creates its folders. It speaks for the institution of `backend`.
    ///
    /// # Errors
    /// [`TerminalError`].
    pub fn new(
        config: TerminalConfig,
        backend: BackendClient,
        folders: Folders,
        now: Now,
        observer: Observer,
    ) -> Result<Self, TerminalError> {
        let readers = Readers::new(config.accounts).map_err(TerminalError::DuplicateAccount)?;
        let store = Store::open(folders, observer, now.clone())?;
        let names = Mutex::new(ChaCha8Rng::seed_from_u64(config.seed));
        let (encoding, settings) = (config.encoding, config.settings);
        let log_in = LogIn::new(settings.idle, now());
        let inner = Inner { encoding, settings, log_in, backend, store, now, readers, names };
        Ok(Self(Arc::new(inner)))
    }

    /// Lets another reader take over an account, as staff do when a device is exchanged.
    pub fn release(&self, account: &str) {
        self.0.readers.release(account);
    }

    /// Logs the terminal in again, as staff do when its log-in has ended by idle time.
    pub fn log_in(&self) {
        self.0.log_in.renew(self.now());
    }

    /// Asks the backend. In a planned stop nobody is asked: the service is closed.
    ///
    /// # Errors
    /// [`BackendError`].
    async fn ask(&self, family: &str, message: Vec<u8>) -> Result<BackendAnswer, BackendError> {
        let now = self.now();
        if self.settings().stops.iter().any(|stop| stop.covers(now)) {
            return Err(BackendError::Closed);
        }
        self.0.backend.send(family, message).await
    }

    /// Whether the terminal is logged in; asking counts as using it.
    fn is_logged_in(&self) -> bool {
        self.0.log_in.allows(self.now())
    }

    /// The file as it goes out: as it is, or encrypted.
    fn sealed(&self, folder: Folder, file: &str, bytes: Vec<u8>) -> io::Result<(String, Vec<u8>)> {
        match &self.settings().seal {
            Some(seal) if seal.covers(folder, file) => seal.pack(file, &bytes, self.now()),
            Some(_) | None => Ok((file.to_owned(), bytes)),
        }
    }

    fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn institution(&self) -> &str {
        self.0.backend.institution()
    }

    fn readers(&self) -> &Readers {
        &self.0.readers
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn now(&self) -> Timestamp {
        (self.0.now)()
    }

    /// Characters for a name or identifier, different at every call.
    fn draw(&self, length: usize) -> String {
        let mut names = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
        Alphanumeric.sample_string(&mut *names, length)
    }

    /// Writes one result into `face` and returns its name (OQS-MSG-02); empty when the output is off.
    fn publish(&self, result: Element) -> io::Result<String> {
        if !self.settings().face_output {
            return Ok(String::new());
        }
        let bytes = render(result, self.0.encoding);
        let time = messages::fourteen_digits(self.now());
        for _ in 0..NAME_TRIES {
            let file = names::face(self.institution(), &self.draw(20), &time);
            let (file, bytes) = self.sealed(Folder::Face, &file, bytes.clone())?;
            if self.store().result(&file, &bytes)? {
                return Ok(file);
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "no free name in the face folder"))
    }
}

/// A message in the wanted encoding; in UTF-8 where a character would be lost. It says which.
fn render(mut root: Element, wanted: Encoding) -> Vec<u8> {
    messages::state_encoding(&mut root, wanted);
    xml::write(&root, wanted).unwrap_or_else(|_| {
        messages::state_encoding(&mut root, Encoding::Utf8);
        // UTF-8 carries every character, so this cannot fail.
        xml::write(&root, Encoding::Utf8).unwrap_or_default()
    })
}
