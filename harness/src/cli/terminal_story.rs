//! What `madoguchi terminal serve` tells while it runs: one line for each file, and the backend when it falls silent or comes back.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use sim_reader::terminal::{Action, Folder, FolderEvent, Sweep};

use super::say;
use crate::clock::{JST, wall};

/// Files that wait are told by name up to this number at once.
const NAMED: usize = 8;

/// Remembers what was told, so that nothing is told at each look.
#[derive(Default)]
pub struct Story(Mutex<Told>);

#[derive(Default)]
struct Told {
    waiting: BTreeSet<String>,
    left_alone: BTreeSet<String>,
    is_silent: bool,
    trouble: Option<String>,
}

impl Story {
    /// Tells what was done with a file.
    pub fn hear(&self, event: &FolderEvent) {
        let FolderEvent { folder, file, bytes, action } = event;
        let what = match (folder, action) {
            (Folder::Req, Action::Read) => "taken",
            (Folder::Res, Action::Written) if file.starts_with("DEL") => "notice",
            (Folder::Res, Action::Written) => "answered",
            (Folder::Face, Action::Written) => "result",
            (Folder::Res | Folder::Face, Action::Removed) => "stale, removed",
            (Folder::Req, Action::Written | Action::Removed)
            | (Folder::Res | Folder::Face, Action::Read) => return,
        };
        line(word(*folder), what, format_args!("{file}   {} bytes", bytes.len()));
    }

    /// Tells what one look brought, as far as it is new.
    pub fn tell(&self, swept: io::Result<Sweep>) {
        let mut told = self.told();
        let sweep = match swept {
            Ok(sweep) => sweep,
            Err(error) => return told.trouble(&error.to_string()),
        };
        told.trouble = None;
        if told.is_silent != sweep.outage {
            told.is_silent = sweep.outage;
            line(
                "backend",
                if sweep.outage { "no answer; requests wait" } else { "answers again" },
                "",
            );
        }
        told.waiting = news("waits", &told.waiting, sweep.waiting);
        told.left_alone = news("left alone", &told.left_alone, sweep.left_alone);
    }

    /// Tells whether the backend can be reached; a terminal that starts before it waits for it.
    pub async fn reach(&self, http: &reqwest::Client, backend: &str) {
        if let Err(error) = http.get(backend).send().await {
            self.told().is_silent = true;
            say(format_args!(
                "\nThe backend cannot be reached yet: {}.\nRequests wait for it. Start `madoguchi backend serve`, or check --backend and --tls-dir.\n",
                innermost(&error)
            ));
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    fn trouble(&mut self, words: &str) {
        if self.trouble.as_deref() != Some(words) {
            line(
                "folders",
                "cannot be used",
                format_args!("{words}; check that they exist and can be written"),
            );
            self.trouble = Some(words.to_owned());
        }
    }
}

/// Tells of files that were not so before; what is so now.
fn news(what: &str, before: &BTreeSet<String>, now: Vec<String>) -> BTreeSet<String> {
    let now: BTreeSet<String> = now.into_iter().collect();
    let new: Vec<&String> = now.difference(before).collect();
    for file in new.iter().take(NAMED) {
        line(word(Folder::Req), what, file);
    }
    if let Some(more) = new.len().checked_sub(NAMED).filter(|more| *more > 0) {
        line(word(Folder::Req), what, format_args!("and {more} more"));
    }
    now
}

fn line(place: &str, what: &str, rest: impl Display) {
    let time = wall().to_zoned(TimeZone::fixed(JST)).strftime("%H:%M:%S").to_string();
    say(format_args!("{time}  {place:<8} {what:<15} {rest}"));
}

fn word(folder: Folder) -> &'static str {
    match folder {
        Folder::Req => "req",
        Folder::Res => "res",
        Folder::Face => "face",
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
