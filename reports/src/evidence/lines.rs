//! The evidence file: one entry a line. Reading loses nothing: what is no entry is kept as it stood.

use std::io::{self, Write};

use super::EvidenceEntry;
use super::chain::canonical;

/// One line of an evidence file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// An entry.
    Entry {
        /// What it says.
        entry: Box<EvidenceEntry>,
        /// How it stood, without the line end.
        bytes: Vec<u8>,
    },
    /// A whole line that is no entry.
    Broken {
        /// How it stood, without the line end.
        bytes: Vec<u8>,
        /// What is wrong with it.
        reason: String,
    },
    /// The rest after the last line end: the writer was interrupted.
    HalfWritten {
        /// How it stood.
        bytes: Vec<u8>,
    },
}

/// A whole evidence file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Its lines in order; line 1 comes first.
    pub lines: Vec<Line>,
}

impl Reading {
    /// The entries that could be read, broken neighbours or not.
    pub fn entries(&self) -> impl Iterator<Item = &EvidenceEntry> {
        self.lines.iter().filter_map(|line| match line {
            Line::Entry { entry, .. } => Some(entry.as_ref()),
            Line::Broken { .. } | Line::HalfWritten { .. } => None,
        })
    }

    /// What could not be read, one sentence a line.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let numbered = self.lines.iter().enumerate();
        numbered.filter_map(|(index, line)| problem(index + 1, line)).collect()
    }
}

fn problem(number: usize, line: &Line) -> Option<String> {
    match line {
        Line::Entry { .. } => None,
        Line::Broken { reason, .. } => {
            Some(format!("evidence line {number}: not an evidence entry ({reason})"))
        }
        Line::HalfWritten { bytes } => Some(format!(
            "evidence line {number}: half-written, {} bytes; the writer was interrupted here, the lines before are whole",
            bytes.len()
        )),
    }
}

/// One entry as a line, without the line end. An entry is strings and numbers, so turning it into JSON cannot fail.
#[must_use]
pub fn to_line(entry: &EvidenceEntry) -> String {
    serde_json::to_value(entry).map(|value| canonical(&value)).unwrap_or_default()
}

/// Writes entries, one a line.
///
/// # Errors
/// Whatever `out` reports.
pub fn write_lines(entries: &[EvidenceEntry], out: &mut dyn Write) -> io::Result<()> {
    entries.iter().try_for_each(|entry| writeln!(out, "{}", to_line(entry)))
}

/// Reads an evidence file; never fails and never panics, see [`Reading`].
#[must_use]
pub fn read_lines(file: &[u8]) -> Reading {
    let mut pieces: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
    let rest = pieces.pop().unwrap_or_default();
    let mut lines: Vec<_> = pieces.into_iter().map(whole_line).collect();
    if !rest.is_empty() {
        lines.push(last_piece(rest));
    }
    Reading { lines }
}

fn whole_line(bytes: &[u8]) -> Line {
    match serde_json::from_slice(bytes) {
        Ok(entry) => Line::Entry { entry: Box::new(entry), bytes: bytes.to_vec() },
        Err(error) => Line::Broken { bytes: bytes.to_vec(), reason: error.to_string() },
    }
}

/// Only the line end may be missing; anything less than a whole entry is half-written.
fn last_piece(bytes: &[u8]) -> Line {
    match whole_line(bytes) {
        Line::Broken { bytes, .. } => Line::HalfWritten { bytes },
        whole @ (Line::Entry { .. } | Line::HalfWritten { .. }) => whole,
    }
}
