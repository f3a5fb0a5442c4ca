//! A card whose memory outlives the process: what a command changed is on disk before its answer leaves.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::apdu::StatusWord;
use crate::card::{Card, CardState, StateError};
use crate::faults::Silence;
use crate::link::CardSlot;

/// Why the state of a card is not read or written. A file that is refused is left as it is.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum KeepError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is in use by another program", path.display())]
    InUse { path: PathBuf },
    #[error("{} cannot be used: {source}", path.display())]
    State { path: PathBuf, source: StateError },
}

/// The state in a file, to look at; `None` without a file.
///
/// # Errors
/// [`KeepError::State`] when it is none.
pub fn load(path: &Path) -> Result<Option<CardState>, KeepError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(KeepError::Read { path: path.to_owned(), source }),
    };
    let state = CardState::from_json(&bytes);
    Ok(Some(state.map_err(|source| KeepError::State { path: path.to_owned(), source })?))
}

/// The file a card's state stands in. While this value lives, no other program opens the same file through it: the file
/// beside it that ends in `.lock` says so.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    _lock: File,
}

impl StateFile {
    /// Takes the file, which need not be there yet.
    ///
    /// # Errors
    /// [`KeepError::InUse`]; [`KeepError::Write`] when its folder takes no files.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeepError> {
        let path = path.into();
        let mut beside = path.clone().into_os_string();
        beside.push(".lock");
        let failed = |source| KeepError::Write { path: PathBuf::from(&beside), source };
        let lock = File::create(&beside).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(KeepError::InUse { path }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The state in the file; `None` without a file.
    ///
    /// # Errors
    /// Those of [`load`].
    pub fn load(&self) -> Result<Option<CardState>, KeepError> {
        load(&self.path)
    }

    /// Replaces the file as a whole, readable by its owner alone; when this returns, it is on the disk.
    ///
    /// # Errors
    /// [`KeepError::Write`]; then the file is as it was.
    pub fn save(&self, state: &CardState) -> Result<(), KeepError> {
        let written = state.to_json().map_err(io::Error::from).and_then(|bytes| self.put(&bytes));
        written.map_err(|source| KeepError::Write { path: self.path.clone(), source })
    }

    fn put(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // Mode 0600 is what temporary files have.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        // The new name is on the disk when its folder is.
        File::open(folder)?.sync_all()
    }
}

/// A virtual card with its state in a file.
///
/// As a real card writes its memory before it answers, so does this one: whoever ends the process after an answer, or
/// before it, gains no try. Where the file cannot be written, the answer is 6581 (memory failure), again and again until it
/// can.
#[derive(Debug)]
pub struct KeptCard {
    card: Card,
    file: StateFile,
    saved: CardState,
}

impl KeptCard {
    /// Puts the state of the file on the card; a file that is not there is begun with the card's state.
    ///
    /// # Errors
    /// [`KeepError`] when the file cannot be used, or is another card's.
    pub fn open(mut card: Card, name: &str, file: StateFile) -> Result<Self, KeepError> {
        let saved = match file.load()? {
            Some(state) => {
                card.put_state(&state)
                    .map_err(|source| KeepError::State { path: file.path.clone(), source })?;
                state
            }
            None => {
                let state = card.state(name);
                file.save(&state)?;
                state
            }
        };
        Ok(Self { card, file, saved })
    }

    /// Writes what changed, if anything did.
    fn keep(&mut self) -> Result<(), KeepError> {
        let now = self.card.state(self.saved.name());
        if now != self.saved {
            self.file.save(&now)?;
            self.saved = now;
        }
        Ok(())
    }
}

impl CardSlot for KeptCard {
    fn atr(&self) -> Vec<u8> {
        self.card.atr().to_vec()
    }

    fn is_present(&self) -> bool {
        self.card.is_present()
    }

    fn has_power(&self) -> bool {
        self.card.has_power()
    }

    fn power_on(&mut self) {
        self.card.power_on();
    }

    fn power_off(&mut self) {
        self.card.power_off();
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
        let outcome = self.card.exchange(command);
        match self.keep() {
            Ok(()) => outcome,
            Err(_) => outcome.map(|_| StatusWord::MEMORY_FAILURE.0.to_be_bytes().to_vec()),
        }
    }

    fn delay(&self) -> Duration {
        self.card.delay()
    }
}
