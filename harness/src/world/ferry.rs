//! Carries files between the folders of a receipt computer and those of a terminal that is the product: the tap of the folder
//! seam where no side of it is ours.
//!
//! | folder | from | to | when |
//! | --- | --- | --- | --- |
//! | `req` | receipt computer | terminal | complete, or unchanged for long; withdrawn there when it is withdrawn here |
//! | `res`, `face` | terminal | receipt computer | the same |

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sim_reader::terminal::{Action, Folder, FolderEvent, Folders, Observer, xml};

/// Looks at a file that is no message yet before it is carried as it is.
const PATIENCE: u32 = 40;

/// The ferry of one institution. Clones are the same.
#[derive(Clone)]
pub struct Ferry(Arc<Inner>);

struct Inner {
    /// Of the receipt computer.
    desk: Folders,
    /// Of the terminal.
    terminal: Folders,
    observer: Observer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Requests that lie before the terminal.
    asked: Vec<String>,
    /// Files that are no message yet: what they were, and how often they were looked at.
    unready: BTreeMap<(Folder, String), (Vec<u8>, u32)>,
    /// Answers and results that were carried to the receipt computer.
    brought: Vec<PathBuf>,
}

impl Ferry {
    /// A ferry between two sets of folders, which exist, with whoever observes what crosses.
    pub fn new(desk: Folders, terminal: Folders, observer: Observer) -> Self {
        Self(Arc::new(Inner { desk, terminal, observer, state: Mutex::default() }))
    }

    /// Carries what is ready, answers and results first. A file that vanishes meanwhile was taken back by its owner.
    pub fn carry(&self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { desk, terminal, .. } = &*self.0;
        for (folder, from, to) in
            [(Folder::Face, &terminal.face, &desk.face), (Folder::Res, &terminal.res, &desk.res)]
        {
            for name in waiting(from) {
                self.hand_over(&mut state, (folder, &name), (from, to));
            }
        }
        self.settle_requests(&mut state);
        for name in waiting(&desk.req) {
            if !state.asked.contains(&name) {
                self.ask(&mut state, &name);
            }
        }
    }

    /// An answer or a result leaves the terminal's folder.
    fn hand_over(
        &self,
        state: &mut State,
        (folder, name): (Folder, &str),
        (from, to): (&Path, &Path),
    ) {
        let Some(bytes) = ready(state, folder, name, from) else { return };
        // Told before it is there, so that nobody has read what nobody saw.
        self.tell(folder, name, &bytes, Action::Written);
        if put(to, name, &bytes).is_ok() {
            drop(fs::remove_file(from.join(name)));
            state.brought.push(to.join(name));
        }
    }

    /// A request is laid before the terminal, and stays here until the terminal has taken it.
    fn ask(&self, state: &mut State, name: &str) {
        let Inner { desk, terminal, .. } = &*self.0;
        let Some(bytes) = ready(state, Folder::Req, name, &desk.req) else { return };
        self.tell(Folder::Req, name, &bytes, Action::Read);
        if put(&terminal.req, name, &bytes).is_ok() {
            state.asked.push(name.to_owned());
        }
    }

    fn settle_requests(&self, state: &mut State) {
        let Inner { desk, terminal, .. } = &*self.0;
        state.asked.retain(|name| {
            let (here, there) = (desk.req.join(name), terminal.req.join(name));
            if !there.exists() {
                drop(fs::remove_file(here));
                return false;
            }
            if !here.exists() {
                drop(fs::remove_file(there));
                return false;
            }
            true
        });
    }

    /// Takes away what it brought to either side and nobody took, and the requests that it has laid before the terminal.
    pub fn take_back(&self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { desk, terminal, .. } = &*self.0;
        state.brought.drain(..).for_each(|path| drop(fs::remove_file(path)));
        for name in std::mem::take(&mut state.asked) {
            drop(fs::remove_file(terminal.req.join(&name)));
            drop(fs::remove_file(desk.req.join(&name)));
        }
    }

    fn tell(&self, folder: Folder, file: &str, bytes: &[u8], action: Action) {
        let event = FolderEvent { folder, file: file.to_owned(), bytes: bytes.to_vec(), action };
        (self.0.observer)(event);
    }
}

/// The names of the files in a folder that nobody is still writing aside, in order.
fn waiting(folder: &Path) -> Vec<String> {
    let aside = |name: &String| {
        name.starts_with(['.', '~'])
            || [".tmp", ".part", ".bak"].iter().any(|end| name.to_lowercase().ends_with(end))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut names: Vec<String> =
        files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !aside(name));
    names.sort();
    names
}

/// The content of a file that is complete: a message, a document, or what has not changed for long.
fn ready(state: &mut State, folder: Folder, name: &str, from: &Path) -> Option<Vec<u8>> {
    let bytes = fs::read(from.join(name)).ok()?;
    let key = (folder, name.to_owned());
    let complete = xml::parse(&bytes).is_ok() || bytes.starts_with(b"%PDF-");
    if !complete {
        let seen = state.unready.entry(key.clone()).or_default();
        *seen = if seen.0 == bytes { (bytes.clone(), seen.1 + 1) } else { (bytes.clone(), 0) };
        if seen.1 < PATIENCE {
            return None;
        }
    }
    state.unready.remove(&key);
    Some(bytes)
}

/// A whole file or none.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let aside = folder.join(format!(".{name}.part"));
    fs::write(&aside, bytes)?;
    fs::rename(aside, folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><XmlMsg><A>1</A></XmlMsg>";
    const ASKED: &str = "OQSsiquc01req_1.xml";
    const ANSWER: &str = "OQSsiquc01res_1.xml";

    struct Seam {
        _root: tempfile::TempDir,
        desk: Folders,
        terminal: Folders,
        ferry: Ferry,
        told: Arc<Mutex<Vec<(Folder, String)>>>,
    }

    fn seam() -> Seam {
        let root = tempfile::tempdir().unwrap();
        let (desk, terminal) =
            (Folders::under(&root.path().join("desk")), Folders::under(&root.path().join("own")));
        desk.create().unwrap();
        terminal.create().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let observer: Observer =
            Arc::new(move |event| heard.lock().unwrap().push((event.folder, event.file)));
        let ferry = Ferry::new(desk.clone(), terminal.clone(), observer);
        Seam { _root: root, desk, terminal, ferry, told }
    }

    #[test]
    fn a_request_is_laid_before_the_terminal_and_gone_once_it_was_taken() {
        let seam = seam();
        fs::write(seam.desk.req.join(ASKED), MESSAGE).unwrap();
        fs::write(seam.desk.req.join(".aside.xml"), MESSAGE).unwrap();
        seam.ferry.carry();
        seam.ferry.carry();
        assert_eq!(fs::read(seam.terminal.req.join(ASKED)).unwrap(), MESSAGE);
        assert!(seam.desk.req.join(ASKED).exists(), "not taken yet");
        fs::remove_file(seam.terminal.req.join(ASKED)).unwrap();
        fs::write(seam.terminal.res.join(ANSWER), MESSAGE).unwrap();
        seam.ferry.carry();
        assert!(!seam.desk.req.join(ASKED).exists());
        assert!(seam.desk.res.join(ANSWER).exists() && !seam.terminal.res.join(ANSWER).exists());
        let told = seam.told.lock().unwrap().clone();
        assert_eq!(told, [(Folder::Req, ASKED.to_owned()), (Folder::Res, ANSWER.to_owned())]);
    }

    #[test]
    fn what_was_brought_is_taken_back_and_nothing_else() {
        let seam = seam();
        fs::write(seam.terminal.face.join("face_1.xml"), MESSAGE).unwrap();
        fs::write(seam.desk.face.join("letter.xml"), MESSAGE).unwrap();
        fs::write(seam.desk.req.join(ASKED), MESSAGE).unwrap();
        seam.ferry.carry();
        fs::write(seam.desk.req.join("late.xml"), MESSAGE).unwrap();
        seam.ferry.take_back();
        let left = |folder: &Path| waiting(folder);
        assert_eq!(left(&seam.desk.face), ["letter.xml"]);
        assert_eq!(left(&seam.desk.req), ["late.xml"]);
        assert_eq!(left(&seam.terminal.req), Vec::<String>::new());
    }

    #[test]
    fn what_is_withdrawn_here_is_withdrawn_there() {
        let seam = seam();
        fs::write(seam.desk.req.join(ASKED), MESSAGE).unwrap();
        seam.ferry.carry();
        fs::remove_file(seam.desk.req.join(ASKED)).unwrap();
        seam.ferry.carry();
        assert!(!seam.terminal.req.join(ASKED).exists());
    }

    #[test]
    fn half_a_file_is_waited_for_and_what_stays_none_is_carried_as_it_is() {
        let seam = seam();
        let (half, _) = MESSAGE.split_at(30);
        fs::write(seam.terminal.face.join("face_1.xml"), half).unwrap();
        seam.ferry.carry();
        assert!(!seam.desk.face.join("face_1.xml").exists());
        fs::write(seam.terminal.face.join("face_1.xml"), MESSAGE).unwrap();
        seam.ferry.carry();
        assert_eq!(fs::read(seam.desk.face.join("face_1.xml")).unwrap(), MESSAGE);
        fs::write(seam.terminal.face.join("face_2.xml"), half).unwrap();
        (0..=PATIENCE).for_each(|_| seam.ferry.carry());
        assert_eq!(fs::read(seam.desk.face.join("face_2.xml")).unwrap(), half);
    }
}
