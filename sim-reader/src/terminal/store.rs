//! The three shared folders as files: list, read, write aside and move, remove.
//!
//! The calls are short and local, so they block; a share that hangs hangs this terminal only.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::xml::MAX_BYTES;

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
        [&self.req, &self.res, &self.face].into_iter().try_for_each(fs::create_dir_all)
    }

    fn path(&self, folder: Folder) -> &Path {
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

/// The folders with their observer.
#[derive(Clone)]
pub(super) struct Store {
    folders: Folders,
    observer: Observer,
}

impl Store {
    pub fn open(folders: Folders, observer: Observer) -> io::Result<Self> {
        folders.create()?;
        Ok(Self { folders, observer })
    }

    /// Names of the regular files in `req`, sorted. Names that are no Unicode are nobody's request.
    pub fn waiting(&self) -> io::Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(&self.folders.req)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.extend(entry.file_name().into_string().ok());
            }
        }
        Ok(names)
    }

    /// A request's bytes, at most one more than the limit so that the reader notices.
    pub fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        fs::File::open(self.folders.req.join(file))?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Puts an answer into `res`; a stale answer of the same name gives way in one step.
    pub fn answer(&self, file: &str, bytes: Vec<u8>) -> io::Result<()> {
        let aside = self.aside(Folder::Res, file, &bytes)?;
        fs::rename(aside, self.folders.res.join(file))?;
        self.tell(Folder::Res, file, bytes, Action::Written);
        Ok(())
    }

    /// Puts a result into `face`; `false` when the name is taken, which leaves the older file alone.
    pub fn result(&self, file: &str, bytes: &[u8]) -> io::Result<bool> {
        let aside = self.aside(Folder::Face, file, bytes)?;
        let linked = fs::hard_link(&aside, self.folders.face.join(file));
        fs::remove_file(aside)?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
            other => other?,
        }
        self.tell(Folder::Face, file, bytes.to_vec(), Action::Written);
        Ok(true)
    }

    /// Takes an answered request away, unless the client has replaced it meanwhile.
    ///
    /// It is moved aside before it is compared, so that a request which arrives in between is never taken for the answered one.
    pub fn remove(&self, file: &str, answered: Vec<u8>) -> io::Result<()> {
        let aside = format!(".{file}.answered");
        match fs::rename(self.folders.req.join(file), self.folders.req.join(&aside)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            moved => moved?,
        }
        if self.read(&aside)? != answered {
            return self.put_back(&aside, file);
        }
        fs::remove_file(self.folders.req.join(aside))?;
        self.tell(Folder::Req, file, answered, Action::Removed);
        Ok(())
    }

    /// Puts a request back under its name, unless a newer one has the name by now.
    fn put_back(&self, aside: &str, file: &str) -> io::Result<()> {
        let aside = self.folders.req.join(aside);
        let linked = fs::hard_link(&aside, self.folders.req.join(file));
        fs::remove_file(aside)?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }

    pub fn tell(&self, folder: Folder, file: &str, bytes: Vec<u8>, action: Action) {
        (self.observer)(FolderEvent { folder, file: file.to_owned(), bytes, action });
    }

    /// A complete file under a name no reader looks at, beside its final place.
    fn aside(&self, folder: Folder, file: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let aside = self.folders.path(folder).join(format!(".{file}.part"));
        fs::write(&aside, bytes)?;
        Ok(aside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(root: &Path) -> Store {
        Store::open(Folders::under(root), Arc::new(|_| {})).unwrap()
    }

    #[test]
    fn a_result_never_overwrites_another() {
        let root = tempfile::tempdir().unwrap();
        let store = store(root.path());
        assert!(store.result("a.xml", b"first").unwrap());
        assert!(!store.result("a.xml", b"second").unwrap());
        assert_eq!(fs::read(root.path().join("face/a.xml")).unwrap(), b"first");
        assert_eq!(fs::read_dir(root.path().join("face")).unwrap().count(), 1);
    }

    #[test]
    fn a_request_replaced_while_being_answered_stays() {
        let root = tempfile::tempdir().unwrap();
        let store = store(root.path());
        fs::write(root.path().join("req/a.xml"), "new").unwrap();
        store.remove("a.xml", b"old".to_vec()).unwrap();
        assert!(root.path().join("req/a.xml").exists());
        store.remove("a.xml", b"new".to_vec()).unwrap();
        assert!(!root.path().join("req/a.xml").exists());
    }

    #[test]
    fn a_request_put_back_gives_way_to_a_newer_one() {
        let root = tempfile::tempdir().unwrap();
        let store = store(root.path());
        let name = |file: &str| root.path().join("req").join(file);
        for (newer, kept) in [(None, "aside"), (Some("newer"), "newer")] {
            fs::write(name(".a.answered"), "aside").unwrap();
            let _ = fs::remove_file(name("a.xml"));
            newer.into_iter().for_each(|text| fs::write(name("a.xml"), text).unwrap());
            store.put_back(".a.answered", "a.xml").unwrap();
            assert_eq!(fs::read_to_string(name("a.xml")).unwrap(), kept);
            assert!(!name(".a.answered").exists());
        }
    }
}
