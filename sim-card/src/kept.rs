//! A card whose memory outlives the process: what a command changed is on disk before its answer leaves.

use std::fs::{self, File, OpenOptions, TryLockError};
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
    #[error("a card with another card under it has no one state that a file could hold")]
    TwoCards,
}

/// The state in a file, to look at; `None` without a file.
///
/// # Errors
/// [`KeepError::State`] when it is none.
pub fn load(path: &Path) -> Result<Option<CardState>, KeepError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(KeepError::Read { path: path.to_owned(), source }),
    };
    let state = CardState::from_json(&bytes);
    Ok(Some(state.map_err(|source| KeepError::State { path: path.to_owned(), source })?))
}

/// The file a card's state stands in. While this value lives, no other program opens the same file through it, by whichever
/// symbolic link: the file beside it that ends in `.lock` says so.
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
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeepError> {
        let path = one_spelling(path.as_ref());
        let beside = beside(&path, ".lock");
        let failed = |source| KeepError::Write { path: beside.clone(), source };
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
        // One fixed name: what a killed process left of it is replaced here and does not lie about with its PINs.
        let next = beside(&self.path, ".new");
        match fs::remove_file(&next) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => (),
        }
        let written = written(&next, bytes).and_then(|()| fs::rename(&next, &self.path));
        if written.is_err() {
            // Its failure is the smaller one; the next save removes it.
            let _ = fs::remove_file(&next);
        }
        written?;
        // The new name is on the disk when its folder is.
        File::open(folder_of(&self.path))?.sync_all()
    }
}

/// The path without symbolic links, so that two spellings of one file have one lock.
fn one_spelling(path: &Path) -> PathBuf {
    // A file that is not there yet has a folder that is.
    let in_folder = || Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or_else(|| Path::new("."))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a new file for its owner alone, to the disk.
fn written(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// INS of VERIFY and CHANGE REFERENCE DATA, whose answers tell whether a value is right.
const COMPARING: [u8; 2] = [0x20, 0x24];

/// A virtual card with its state in a file.
///
/// As a real card writes its memory before it answers, so does this one: whoever ends the process after an answer, or
/// before it, gains no try. What a command changed and cannot be written did not happen: the answer is 6581 (memory failure)
/// and the card is as before the command, without the right it may have given. VERIFY and CHANGE REFERENCE DATA are answered
/// only after a write, also when they changed nothing: a right PIN and a wrong one then look alike where nothing can be
/// written. After a failure every command is answered 6581 until a write succeeds.
#[derive(Debug)]
pub struct KeptCard {
    card: Card,
    file: StateFile,
    saved: CardState,
    /// Whether the last write failed, so that nobody knows what the file holds.
    unsure: bool,
}

impl KeptCard {
    /// Puts the state of the file on the card; a file that is not there is begun with the card's state. In both cases the
    /// file is written, so that a card that could not keep what happens to it does not begin.
    ///
    /// # Errors
    /// [`KeepError`] when the file cannot be used or written, is another card's, or there is a card under the card.
    pub fn open(mut card: Card, name: &str, file: StateFile) -> Result<Self, KeepError> {
        if card.has_another_under() {
            return Err(KeepError::TwoCards);
        }
        let saved = match file.load()? {
            Some(state) => {
                card.put_state(&state)
                    .map_err(|source| KeepError::State { path: file.path.clone(), source })?;
                state
            }
            None => card.state(name),
        };
        file.save(&saved)?;
        Ok(Self { card, file, saved, unsure: false })
    }

    /// Writes what changed, if anything did, or at any rate.
    fn keep(&mut self, at_any_rate: bool) -> Result<(), KeepError> {
        let now = self.card.state(self.saved.name());
        if at_any_rate || self.unsure || now != self.saved {
            self.unsure = true;
            self.file.save(&now)?;
            self.saved = now;
            self.unsure = false;
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
        let before = self.card.clone();
        let outcome = self.card.exchange(command);
        match self.keep(command.get(1).is_some_and(|ins| COMPARING.contains(ins))) {
            Ok(()) => outcome,
            Err(_) => {
                self.card = before;
                outcome.map(|_| StatusWord::MEMORY_FAILURE.0.to_be_bytes().to_vec())
            }
        }
    }

    fn delay(&self) -> Duration {
        self.card.delay()
    }
}
