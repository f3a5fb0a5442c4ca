//! The stay time of answers: what nobody has taken in time is removed, and a notice says so (OQS-MSG-14, OQS-PRIV-11).
//!
//! That stale answers go after a set number of minutes, and that a `DEL….txt` may then be in `res`, is public. Bench profile: the rest of
//! the notice's name and what it says (names of answers, UTF-8), the removal of results, and that the time counts from the date of the file, which the terminal
//! sets by its own clock. Only files with the name of an answer, result or notice are removed.

use std::fs;
use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::messages::fourteen_digits;
use super::names::{is_answer, is_face};
use super::settings::Settings;
use super::store::{Action, Folder, Store, names};

/// What the name of a notice begins with.
const NOTICE: &str = "DEL";
/// How often is looked at the dates of all files.
const EVERY: SignedDuration = SignedDuration::from_secs(60);

/// When was looked last.
#[derive(Debug, Default)]
pub(super) struct Stay {
    looked: Option<Timestamp>,
}

impl Stay {
    /// Removes what has stayed too long; looks once a minute of the terminal's clock, and when that has jumped.
    ///
    /// # Errors
    /// When a folder cannot be read or the notice not be written.
    pub fn clear(&mut self, store: &Store, settings: &Settings, now: Timestamp) -> io::Result<()> {
        let was_lately = self.looked.is_some_and(|looked| now.duration_since(looked).abs() < EVERY);
        if was_lately || (settings.stay.is_none() && settings.face_stay.is_none()) {
            return Ok(());
        }
        self.looked = Some(now);
        let removed = clear(store, Folder::Res, settings.stay, now)?;
        if settings.notice && !removed.is_empty() {
            notice(store, &removed, now)?;
        }
        clear(store, Folder::Face, settings.face_stay, now).map(drop)
    }
}

/// Removes the stale files of one folder; the names of those that a client waited for.
fn clear(
    store: &Store,
    folder: Folder,
    stay: Option<SignedDuration>,
    now: Timestamp,
) -> io::Result<Vec<String>> {
    let Some(stay) = stay else { return Ok(Vec::new()) };
    let place = store.folders().path(folder);
    let mut removed = Vec::new();
    for file in names(place)?.into_iter().filter(|file| is_ours(folder, file)) {
        let path = place.join(&file);
        if !is_stale(&path, stay, now) {
            continue;
        }
        let bytes = fs::read(&path).unwrap_or_default();
        if let Err(error) = fs::remove_file(&path) {
            tracing::debug!(file, %error, "a stale file cannot be removed now");
            continue;
        }
        store.tell(folder, &file, bytes, Action::Removed);
        if !is_notice(&file) {
            removed.push(file);
        }
    }
    Ok(removed)
}

fn is_ours(folder: Folder, file: &str) -> bool {
    match folder {
        Folder::Req => false,
        Folder::Res => is_answer(file) || is_notice(file),
        Folder::Face => is_face(file),
    }
}

fn is_notice(file: &str) -> bool {
    file.starts_with(NOTICE) && file.ends_with(".txt")
}

/// A file that is not there any more, or has no date, is not stale.
fn is_stale(path: &Path, stay: SignedDuration, now: Timestamp) -> bool {
    let modified = fs::metadata(path).and_then(|about| about.modified()).ok();
    let written = modified.and_then(|modified| Timestamp::try_from(modified).ok());
    written.is_some_and(|written| now.duration_since(written) >= stay)
}

/// Tells which answers were removed, a name a line.
fn notice(store: &Store, removed: &[String], now: Timestamp) -> io::Result<()> {
    let file = format!("{NOTICE}{}.txt", fourteen_digits(now));
    let text: String = removed.iter().map(|file| format!("{file}\r\n")).collect();
    let res = &store.folders().res;
    let aside = res.join(format!(".{file}.part"));
    store.write(&aside, text.as_bytes())?;
    fs::rename(aside, res.join(&file))?;
    store.tell(Folder::Res, &file, text.into_bytes(), Action::Written);
    Ok(())
}
