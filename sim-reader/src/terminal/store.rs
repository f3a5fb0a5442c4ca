//! The three shared folders as files: list, read, write aside and move.
//!
//! The calls are short and local, so they block; a share that hangs hangs this terminal only.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::TerminalError;
use super::xml::MAX_BYTES;
use crate::clock::Now;

/// The shared folders below the terminal's root.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Folders {
    /// Clients drop requests here.
    pub req: PathBuf,
    /// The terminal answers here.
    pub res: PathBuf,
    /// The terminal puts the results of card uses here, unasked.
    pub face: PathBuf,
}

impl Folders {
    /// `req`, `res` and `face` below one root.
    pub fn under(root: &Path) -> Self {
        Self { req: root.join("req"), res: root.join("res"), face: root.join("face") }
    }

    /// Creates what is missing.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn create(&self) -> io::Result<()> {
        self.all().into_iter().try_for_each(fs::create_dir_all)
    }

    /// Whether something can be put into each of them, which an operator likes to know before the first request.
    ///
    /// In a folder of its own, since a client that takes whatever file there is must not find a trial among its answers.
    fn try_out(&self) -> io::Result<()> {
        self.all().into_iter().try_for_each(|folder| {
            let aside = folder.join(".try");
            // A terminal that was killed may have left it.
            fs::create_dir_all(&aside)?;
            fs::write(aside.join("file"), "")?;
            fs::remove_dir_all(aside)
        })
    }

    fn all(&self) -> [&PathBuf; 3] {
        [&self.req, &self.res, &self.face]
    }

    pub(super) fn path(&self, folder: Folder) -> &Path {
        match folder {
            Folder::Req => &self.req,
            Folder::Res => &self.res,
            Folder::Face => &self.face,
        }
    }
}

/// One of the three folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Folder {
    /// `req`
    Req,
    /// `res`
    Res,
    /// `face`
    Face,
}

/// What the terminal did with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Took it in, complete or given up.
    Read,
    /// Put it there, complete.
    Written,
    /// Took it away.
    Removed,
}

/// One act of the terminal on a shared folder, for evidence taps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEvent {
    /// Where.
    pub folder: Folder,
    /// The file's name.
    pub file: String,
    /// The file's content.
    pub bytes: Vec<u8>,
    /// What was done.
    pub action: Action,
}

/// Hears of every [`FolderEvent`], in order.
pub type Observer = Arc<dyn Fn(FolderEvent) + Send + Sync>;

/// The folders with their observer, and the lock that keeps a second terminal out.
#[derive(Clone)]
pub(super) struct Store {
    folders: Folders,
    observer: Observer,
    now: Now,
    _alone: Arc<fs::File>,
}

impl Store {
    /// Creates what is missing and makes sure that no other terminal serves the same folders.
    pub fn open(folders: Folders, observer: Observer, now: Now) -> Result<Self, TerminalError> {
        folders.create()?;
        folders.try_out()?;
        let alone = fs::File::open(&folders.req)?;
        match alone.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(TerminalError::Shared),
            // Some shares know no locks; then the operator has to know.
            Err(fs::TryLockError::Error(error)) => {
                tracing::debug!(%error, "the folder req cannot be locked");
            }
        }
        Ok(Self { folders, observer, now, _alone: Arc::new(alone) })
    }

    /// The names of the regular files in `req`, sorted, as far as they are Unicode.
    pub fn waiting(&self) -> io::Result<BTreeSet<String>> {
        names(&self.folders.req)
    }

    /// A request's bytes, at most one more than the limit so that the reader notices.
    pub fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        read(&self.folders.req.join(file))
    }

    /// Puts a result into `face`; `false` when the name is taken, which leaves the older file alone.
    pub fn result(&self, file: &str, bytes: &[u8]) -> io::Result<bool> {
        let aside = self.folders.face.join(format!(".{file}.part"));
        self.write(&aside, bytes)?;
        let moved = move_unless_taken(&aside, &self.folders.face.join(file))?;
        if moved {
            self.tell(Folder::Face, file, bytes.to_vec(), Action::Written);
        }
        Ok(moved)
    }

    pub fn tell(&self, folder: Folder, file: &str, bytes: Vec<u8>, action: Action) {
        (self.observer)(FolderEvent { folder, file: file.to_owned(), bytes, action });
    }

    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// A whole file, dated by the terminal's clock: what the stay time counts from.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = fs::File::create(path)?;
        file.write_all(bytes)?;
        if let Err(error) = file.set_modified((self.now)().into()) {
            tracing::debug!(%error, "a file keeps the date of the share's clock");
        }
        Ok(())
    }
}

/// The names of the regular files in a folder, sorted. Names that are no Unicode are nobody's.
pub(super) fn names(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    Ok(names)
}

/// A file's bytes, at most one more than the limit.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Moves a file to a name that is free; `false` when it is not, and then the file is removed.
pub(super) fn move_unless_taken(from: &Path, to: &Path) -> io::Result<bool> {
    move_with(|from, to| fs::hard_link(from, to), from, to)
}

/// The same on a share where `link` is what comes of a link.
fn move_with(
    link: impl Fn(&Path, &Path) -> io::Result<()>,
    from: &Path,
    to: &Path,
) -> io::Result<bool> {
    match link(from, to) {
        Ok(()) => fs::remove_file(from).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(from).map(|()| false)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        // A share without links: looked at first, which is as good as it gets there.
        Err(_) if to.exists() => fs::remove_file(from).map(|()| false),
        Err(_) => fs::rename(from, to).map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(root: &Path) -> Result<Store, TerminalError> {
        let now: Now = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
        Store::open(Folders::under(root), Arc::new(|_| {}), now)
    }

    #[test]
    fn a_result_never_overwrites_another() {
        let root = tempfile::tempdir().unwrap();
        let store = open(root.path()).unwrap();
        assert!(store.result("a.xml", b"first").unwrap());
        assert!(!store.result("a.xml", b"second").unwrap());
        assert_eq!(fs::read(root.path().join("face/a.xml")).unwrap(), b"first");
        assert_eq!(fs::read_dir(root.path().join("face")).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_dated_by_the_clock_of_the_terminal() {
        let root = tempfile::tempdir().unwrap();
        open(root.path()).unwrap().result("a.xml", b"text").unwrap();
        let modified = fs::metadata(root.path().join("face/a.xml")).unwrap().modified().unwrap();
        assert_eq!(modified, std::time::SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn a_folder_that_takes_no_file_is_told_at_once_and_nothing_is_left_of_the_trial() {
        let root = tempfile::tempdir().unwrap();
        drop(open(root.path()).unwrap());
        assert_eq!(fs::read_dir(root.path().join("res")).unwrap().count(), 0);
        // Whoever runs the tests may write everywhere; a folder that has the name in its way takes no file from anybody.
        fs::write(root.path().join("res/.try"), "").unwrap();
        assert!(matches!(open(root.path()), Err(TerminalError::Folder(_))));
    }

    /// SMB and FAT know no links, and say so in one of these ways.
    #[test]
    fn on_a_share_without_links_a_file_is_moved_as_well_and_overwrites_nothing() {
        for refusal in [
            io::ErrorKind::Unsupported,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::InvalidInput,
            io::ErrorKind::Other,
        ] {
            let no_links = |_: &Path, _: &Path| Err(io::Error::from(refusal));
            let root = tempfile::tempdir().unwrap();
            let (aside, there) = (root.path().join(".a.part"), root.path().join("a.xml"));
            fs::write(&aside, "first").unwrap();
            assert!(move_with(no_links, &aside, &there).unwrap(), "{refusal}: the name is free");
            fs::write(&aside, "second").unwrap();
            assert!(!move_with(no_links, &aside, &there).unwrap(), "{refusal}: the name is taken");
            assert_eq!(fs::read(&there).unwrap(), b"first", "{refusal}");
            assert_eq!(names(root.path()).unwrap(), ["a.xml".to_owned()].into(), "{refusal}");
        }
    }

    #[test]
    fn a_file_that_is_gone_before_it_is_moved_is_no_file_that_was_moved() {
        let root = tempfile::tempdir().unwrap();
        let (gone, there) = (root.path().join(".a.part"), root.path().join("a.xml"));
        fs::write(&there, "older").unwrap();
        let no_links = |_: &Path, _: &Path| Err(io::ErrorKind::NotFound.into());
        for moved in [
            move_unless_taken(&gone, &root.path().join("b.xml")),
            move_with(no_links, &gone, &there),
        ] {
            assert_eq!(moved.unwrap_err().kind(), io::ErrorKind::NotFound);
        }
        assert_eq!(fs::read(&there).unwrap(), b"older");
    }

    /// A folder of the kernel, into which nobody may write, stands for a share that was mounted read-only.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_read_only_share_is_told_before_the_first_request() {
        let root = tempfile::tempdir().unwrap();
        let read_only = PathBuf::from("/proc/self");
        let whole = Folders::under(root.path());
        for folders in [
            Folders { req: read_only.clone(), ..whole.clone() },
            Folders { res: read_only.clone(), ..whole.clone() },
            Folders { face: read_only.clone(), ..whole.clone() },
        ] {
            let told = folders.try_out();
            assert!(told.is_err(), "{folders:?}");
            let now: Now = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
            let opened = Store::open(folders, Arc::new(|_| {}), now);
            assert!(matches!(opened, Err(TerminalError::Folder(_))));
        }
    }

    /// The share turns read-only while the terminal serves: the result is not told as written, and comes when it can be.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_result_that_cannot_be_written_is_an_error_and_nothing_is_told() {
        let root = tempfile::tempdir().unwrap();
        let told = Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let now: Now = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
        let observer: Observer = Arc::new(move |event| heard.lock().unwrap().push(event));
        let mut store = Store::open(Folders::under(root.path()), observer, now).unwrap();
        store.folders.face = PathBuf::from("/proc/self");
        assert!(store.result("a.xml", b"text").is_err());
        assert!(told.lock().unwrap().is_empty());
        store.folders.face = root.path().join("face");
        assert!(store.result("a.xml", b"text").unwrap());
        assert_eq!(told.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_trial_that_a_killed_terminal_left_is_in_nobodys_way() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("req/.try")).unwrap();
        fs::write(root.path().join("req/.try/file"), "").unwrap();
        drop(open(root.path()).unwrap());
        assert_eq!(fs::read_dir(root.path().join("req")).unwrap().count(), 0);
    }

    #[test]
    fn a_second_terminal_on_the_same_folders_is_kept_out() {
        let root = tempfile::tempdir().unwrap();
        let first = open(root.path()).unwrap();
        assert!(matches!(open(root.path()), Err(TerminalError::Shared)));
        drop(first);
        assert!(open(root.path()).is_ok());
    }
}
