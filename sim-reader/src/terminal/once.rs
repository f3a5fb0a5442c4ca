//! A request becomes its answer exactly once, whenever the terminal is killed.
//!
//! A request is in one place at a time, and each step to the next place is one rename or one removal, which a file system does whole
//! or not at all:
//!
//! | where | means | what a terminal that starts again does |
//! | --- | --- | --- |
//! | `req/X` | not answered | asks |
//! | `req/.taken/X` | not answered; an answer in `res/.ready` may be half | removes that answer, puts X back and asks |
//! | `res/.ready/Y`, X is gone | answered, not handed over | moves Y to `res` |
//! | `res/Y`, or taken by the client | handed over | nothing |
//!
//! So the removal of `.taken/X` decides, and nothing that has been handed over leaves a trace that could make it come again, also when
//! the client has taken it away before the crash. That needs no journal, which would grow and could itself be half. Until its answer is
//! there a request stays in `req`: a client may withdraw or replace it, and in an outage sees that it waits. The backend may be asked
//! twice, by the terminal that was killed and by the next one; asking changes nothing there.
//!
//! Both hidden folders are there only while something is in them. Files are not synced to disk: this holds for a process that is killed,
//! not for a machine that loses power.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::names::RequestName;
use super::store::{Action, Folder, Store, move_unless_taken, names, read};

/// Requests whose answer is at hand. Inside `req`, so that a move is a rename on every share.
const TAKEN: &str = ".taken";
/// Answers that are not handed over yet. Inside `res` for the same reason.
const READY: &str = ".ready";

/// What became of a request with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handed {
    /// The request is gone, the answer is in `res`.
    Over,
    /// The client has withdrawn or replaced the request; there is no answer.
    Withdrawn,
    /// The request is gone; the answer waits because something blocks its name.
    Blocked,
}

impl Store {
    /// Takes the request away and puts its answer into `res`; a stale answer of the same name gives way in one step.
    ///
    /// # Errors
    /// When the request cannot be taken or the answer not be written; the request stays.
    pub fn hand_over(
        &self,
        request: &str,
        asked: Vec<u8>,
        (file, answer): (&str, Vec<u8>),
    ) -> io::Result<Handed> {
        if !self.take(request, &asked)? {
            return Ok(Handed::Withdrawn);
        }
        self.tell(Folder::Req, request, asked.clone(), Action::Read);
        if let Err(error) = self.make_ready(file, &answer) {
            self.put_back(request)?;
            return Err(error);
        }
        fs::remove_file(self.taken().join(request))?;
        self.tell(Folder::Req, request, asked, Action::Removed);
        if let Err(error) = self.publish(file) {
            tracing::error!(file, %error, "an answer cannot be put into res; look what has its name");
            return Ok(Handed::Blocked);
        }
        self.tell(Folder::Res, file, answer, Action::Written);
        Ok(Handed::Over)
    }

    /// Goes on where a terminal was killed, and tries blocked answers again.
    ///
    /// # Errors
    /// When the hidden folders cannot be read, or their files not be moved.
    pub fn resume(&self) -> io::Result<()> {
        let taken = hidden(&self.taken())?;
        for file in taken.iter().flatten() {
            self.drop_half_answer(file)?;
            self.put_back(file)?;
        }
        let ready = hidden(&self.ready())?;
        for file in ready.iter().flatten() {
            let answer = fs::read(self.ready().join(file))?;
            match self.publish(file) {
                Ok(()) => self.tell(Folder::Res, file, answer, Action::Written),
                Err(error) => tracing::debug!(file, %error, "an answer is still blocked"),
            }
        }
        // This is done at every look into the folders, and mostly there is nothing.
        if taken.is_some() || ready.is_some() {
            self.tidy_up();
        }
        Ok(())
    }

    /// Removes the hidden folders when nothing is in them.
    pub fn tidy_up(&self) {
        for folder in [self.taken(), self.ready()] {
            // Not there, or something is in it.
            let _ = fs::remove_dir(folder);
        }
    }

    /// Whether the request is the terminal's now: still there, and still what was asked.
    ///
    /// It is moved before it is compared, so that a request which arrives in between is never taken for the answered one.
    fn take(&self, file: &str, asked: &[u8]) -> io::Result<bool> {
        make(&self.taken())?;
        let taken = self.taken().join(file);
        match fs::rename(self.folders().req.join(file), &taken) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            moved => moved?,
        }
        if read(&taken)? == asked {
            return Ok(true);
        }
        self.put_back(file)?;
        Ok(false)
    }

    /// Puts a request back under its name, unless a newer one has the name by now.
    fn put_back(&self, file: &str) -> io::Result<()> {
        move_unless_taken(&self.taken().join(file), &self.folders().req.join(file)).map(drop)
    }

    fn make_ready(&self, file: &str, answer: &[u8]) -> io::Result<()> {
        make(&self.ready())?;
        self.write(&self.ready().join(file), answer)
    }

    fn publish(&self, file: &str) -> io::Result<()> {
        fs::rename(self.ready().join(file), self.folders().res.join(file))
    }

    fn drop_half_answer(&self, request: &str) -> io::Result<()> {
        let Ok(request) = RequestName::parse(request) else { return Ok(()) };
        for file in request.answers() {
            match fs::remove_file(self.ready().join(file)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn taken(&self) -> PathBuf {
        self.folders().req.join(TAKEN)
    }

    fn ready(&self) -> PathBuf {
        self.folders().res.join(READY)
    }
}

/// The files in a hidden folder; `None` when it is not there.
fn hidden(folder: &Path) -> io::Result<Option<BTreeSet<String>>> {
    match names(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        listed => listed.map(Some),
    }
}

fn make(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::store::Folders;
    use super::*;

    const X: &str = "OQSsiquc01req1.xml";
    const Y: &str = "OQSsiquc01res1.xml";

    struct Place {
        root: tempfile::TempDir,
        store: Store,
    }

    impl Place {
        fn new(files: &[(&str, &str)]) -> Self {
            let root = tempfile::tempdir().unwrap();
            let now: crate::clock::Now = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
            let store = Store::open(Folders::under(root.path()), Arc::new(|_| {}), now).unwrap();
            for (file, text) in files {
                let path = root.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Self { root, store }
        }

        /// Everything below the root: path and content; an empty folder by its path.
        fn all(&self) -> Vec<(String, String)> {
            let mut found = Vec::new();
            for folder in ["req", "req/.taken", "res", "res/.ready"] {
                let path = self.root.path().join(folder);
                if !path.is_dir() {
                    continue;
                }
                for name in names(&path).unwrap() {
                    let text = fs::read_to_string(path.join(&name)).unwrap();
                    found.push((format!("{folder}/{name}"), text));
                }
                if folder.contains('.') && names(&path).unwrap().is_empty() {
                    found.push((folder.to_owned(), String::new()));
                }
            }
            found
        }
    }

    fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
        files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
    }

    #[test] // the table of this file's head, row by row
    fn what_a_killed_terminal_left_is_gone_on_with() {
        let taken = "req/.taken/OQSsiquc01req1.xml";
        let pdf = "res/.ready/OQSsiquc01res1.pdf";
        let zip = "res/.ready/OQSsiquc01res1.zip";
        let (req, res) = ("req/OQSsiquc01req1.xml", "res/OQSsiquc01res1.xml");
        let ready = "res/.ready/OQSsiquc01res1.xml";
        for (left, expected) in [
            (&[(req, "asked")][..], &[(req, "asked")][..]),
            (&[(taken, "asked")], &[(req, "asked")]),
            (&[(taken, "asked"), (ready, "ha")], &[(req, "asked")]),
            (&[(taken, "asked"), (pdf, "ha")], &[(req, "asked")]),
            (&[(taken, "asked"), (zip, "ha")], &[(req, "asked")]),
            (&[(ready, "answer")], &[(res, "answer")]),
            (&[(ready, "answer"), (res, "stale")], &[(res, "answer")]),
            // The client has dropped the name again.
            (&[(taken, "asked"), (req, "newer")], &[(req, "newer")]),
            (&[(ready, "answer"), (req, "newer")], &[(req, "newer"), (res, "answer")]),
            (&[(res, "answer")], &[(res, "answer")]),
        ] {
            let place = Place::new(left);
            place.store.resume().unwrap();
            assert_eq!(place.all(), owned(expected), "after {left:?}");
        }
    }

    #[test]
    fn an_answer_takes_the_place_of_its_request() {
        let place =
            Place::new(&[("req/OQSsiquc01req1.xml", "asked"), ("res/OQSsiquc01res1.xml", "stale")]);
        let handed = place.store.hand_over(X, b"asked".to_vec(), (Y, b"answer".to_vec()));
        assert_eq!(handed.unwrap(), Handed::Over);
        place.store.tidy_up();
        assert_eq!(place.all(), owned(&[("res/OQSsiquc01res1.xml", "answer")]));
    }

    #[test]
    fn a_request_that_was_replaced_or_withdrawn_gets_no_answer() {
        for left in [&[("req/OQSsiquc01req1.xml", "newer")][..], &[]] {
            let place = Place::new(left);
            let handed = place.store.hand_over(X, b"asked".to_vec(), (Y, b"answer".to_vec()));
            assert_eq!(handed.unwrap(), Handed::Withdrawn);
            place.store.tidy_up();
            assert_eq!(place.all(), owned(left));
        }
    }

    #[test]
    fn an_answer_whose_name_is_blocked_waits_and_is_not_lost() {
        let place = Place::new(&[("req/OQSsiquc01req1.xml", "asked")]);
        let blocked = place.root.path().join("res").join(Y);
        fs::create_dir(&blocked).unwrap();
        let handed = place.store.hand_over(X, b"asked".to_vec(), (Y, b"answer".to_vec()));
        assert_eq!(handed.unwrap(), Handed::Blocked);
        place.store.resume().unwrap();
        assert!(blocked.is_dir());
        fs::remove_dir(&blocked).unwrap();
        place.store.resume().unwrap();
        assert_eq!(place.all(), owned(&[("res/OQSsiquc01res1.xml", "answer")]));
    }

    #[test]
    fn the_longest_name_is_answered_too() {
        let suffix = "x".repeat(255 - "OQSsiquc01req.xml".len());
        let (request, answer) =
            (format!("OQSsiquc01req{suffix}.xml"), format!("OQSsiquc01res{suffix}.xml"));
        let place = Place::new(&[]);
        fs::write(place.root.path().join("req").join(&request), "asked").unwrap();
        let handed =
            place.store.hand_over(&request, b"asked".to_vec(), (&answer, b"answer".to_vec()));
        assert_eq!(handed.unwrap(), Handed::Over);
        assert!(place.root.path().join("res").join(answer).is_file());
    }
}
