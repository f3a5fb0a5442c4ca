//! A tap at the shared folders of a running pair: it looks at `req`, `res` and `face` every few milliseconds and touches
//! nothing.
//!
//! What comes and goes between two looks is not seen, so a file that is missing here convicts nobody.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use reports::Text2;
use reports::evidence::{Direction, Seam, party};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::form::shown;
use super::heard::{Heard, Trouble};
use crate::sut::reverse::FolderTap;
use crate::taps::{Crossed, words};

/// The folders, as the interface calls them.
pub const FOLDERS: [&str; 3] = ["req", "res", "face"];

/// A file that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNote {
    /// `req`, `res` or `face`.
    pub folder: &'static str,
    /// Its name.
    pub name: String,
    /// Its content when it was seen last.
    pub bytes: Vec<u8>,
    /// Whether it was seen while it was still being written under its own name.
    pub grew: bool,
    /// Whether it is gone again.
    pub gone: bool,
    /// The evidence entry that shows it first.
    pub seq: u64,
}

/// What tells one state of a file from another.
type Stamp = (Option<SystemTime>, u64);

/// Looks at the folders of one institution.
pub struct FolderSeam {
    root: PathBuf,
    poll: Duration,
    heard: Heard,
    /// What lay there at the last look, with the place of its note; none for what lay there before the tap.
    known: BTreeMap<(&'static str, String), (Stamp, Option<usize>)>,
    is_lost: bool,
}

impl FolderSeam {
    /// Remembers what lies there already: it did not pass while the tap listened.
    pub fn open(tap: &FolderTap, folder: &Path, heard: Heard) -> Self {
        let (root, poll) = (folder.join(&tap.at), Duration::from_millis(tap.poll_ms.max(1)));
        let mut seam = Self { root, poll, heard, known: BTreeMap::new(), is_lost: false };
        for (key, stamp) in seam.list() {
            seam.known.insert(key, (stamp, None));
        }
        seam
    }

    /// Looks until `stop` is told, and once more.
    pub async fn serve(mut self, mut stop: watch::Receiver<bool>) {
        let mut looks = interval(self.poll);
        looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            self.look();
            tokio::select! {
                _ = looks.tick() => {}
                _ = stop.wait_for(|stopped| *stopped) => break,
            }
        }
        self.look();
    }

    fn look(&mut self) {
        let now = self.list();
        self.known.retain(|key, (_, note)| {
            let is_there = now.contains_key(key);
            if let (false, Some(note)) = (is_there, note) {
                self.heard.file_gone(*note);
            }
            is_there
        });
        for (key, stamp) in now {
            let before = self.known.get(&key);
            if before.is_none_or(|(known, _)| *known != stamp) {
                let note = before.and_then(|(_, note)| *note);
                let note = self.read(&key, note);
                self.known.insert(key, (stamp, note));
            }
        }
    }

    /// The files with names of their own. What is written aside is nobody's yet.
    fn list(&mut self) -> BTreeMap<(&'static str, String), Stamp> {
        let mut found = BTreeMap::new();
        let mut lost = false;
        for folder in FOLDERS {
            let Ok(entries) = std::fs::read_dir(self.root.join(folder)) else {
                lost = true;
                continue;
            };
            let files = entries.flatten().filter_map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                let file = entry.metadata().ok().filter(Metadata::is_file)?;
                (!is_aside(&name)).then(|| ((folder, name), (file.modified().ok(), file.len())))
            });
            found.extend(files);
        }
        self.tell_lost(lost);
        found
    }

    /// Once, and not at every look.
    fn tell_lost(&mut self, lost: bool) {
        if lost && !self.is_lost {
            let what = "a shared folder cannot be listed".to_owned();
            self.heard.trouble(Trouble { seam: Seam::Folder, what });
        }
        self.is_lost = lost;
    }

    /// Takes down a file that is new or changed; one that goes before it is read was not seen.
    fn read(&self, (folder, name): &(&'static str, String), note: Option<usize>) -> Option<usize> {
        let bytes = std::fs::read(self.root.join(folder).join(name)).ok()?;
        if let Some(note) = note.filter(|note| self.heard.file_grew(*note, &bytes)) {
            return Some(note);
        }
        let crossed = crossed(folder, name);
        let line = format!("{} {}   {} bytes", arrow(folder), crossed.summary.en, bytes.len());
        self.heard.take(crossed, &bytes);
        self.heard.tell(Seam::Folder, &format!("{folder:<5} {line}"));
        let seq = self.heard.taps().last_seq().unwrap_or_default();
        let (grew, gone, name) = (false, false, name.clone());
        Some(self.heard.file(FileNote { folder, name, bytes, grew, gone, seq }))
    }
}

/// Names under which a file is written before it is moved. Source: the public clients of the interface.
fn is_aside(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with(['.', '~']) || [".tmp", ".part", ".bak"].iter().any(|end| lower.ends_with(end))
}

fn arrow(folder: &str) -> &'static str {
    if folder == "req" { "→" } else { "←" }
}

fn crossed(folder: &'static str, name: &str) -> Crossed {
    let (from, to, direction) = match folder {
        "req" => (party::RECEIPT_COMPUTER, party::TERMINAL, Direction::Request),
        "res" => (party::TERMINAL, party::RECEIPT_COMPUTER, Direction::Answer),
        _ => (party::TERMINAL, party::RECEIPT_COMPUTER, Direction::Event),
    };
    let name = shown(name);
    let summary = match folder {
        "face" => Text2::new(format!("face に結果 {name}"), format!("result into face: {name}")),
        _ => words::family(&name),
    };
    Crossed { seam: Seam::Folder, from, to, direction, summary }
}
