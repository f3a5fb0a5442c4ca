//! The hash chain: building, checking.

use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::lines::{Line, read_lines, to_line};
use super::{Crossing, EvidenceEntry};

/// What stands in `prev` of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A chain being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    head: Head,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries it has.
    pub length: u64,
    /// Hash of the last one, [`GENESIS`] when there is none.
    pub hash: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self { head: Head { length: 0, hash: GENESIS.to_owned() } }
    }
}

impl Chain {
    /// An empty chain.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Chains one crossing.
    pub fn append(&mut self, crossing: Crossing) -> EvidenceEntry {
        let Crossing { virtual_time, seam, from, to, direction, summary, bytes } = crossing;
        let (seq, prev) = (self.head.length.saturating_add(1), self.head.hash.clone());
        let hash = String::new();
        let mut entry = EvidenceEntry {
            seq,
            virtual_time,
            seam,
            from,
            to,
            direction,
            summary,
            bytes,
            prev,
            hash,
        };
        entry.hash = hash_of(&entry);
        self.head = Head { length: seq, hash: entry.hash.clone() };
        entry
    }

    /// Where the chain stands.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }
}

/// Why a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakReason {
    /// The line is no evidence entry.
    NotAnEntry(String),
    /// The file ends in the middle of a line: the writer was interrupted.
    HalfWritten,
    /// The line means the same but is not written the way the bench writes it.
    NotCanonical,
    /// An entry is missing, added or moved.
    Sequence {
        /// The number that belongs here.
        expected: u64,
        /// The number that stands here.
        actual: u64,
    },
    /// `prev` is not the hash of the entry before.
    Link,
    /// The content does not give the hash that stands in the entry.
    Content,
}

/// The first line at which a chain breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("evidence line {line}: {reason}")]
pub struct Break {
    /// Number of the line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: BreakReason,
}

impl fmt::Display for BreakReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnEntry(why) => write!(out, "not an evidence entry ({why})"),
            Self::HalfWritten => out.write_str(
                "half-written; the writer was interrupted here, the lines before are whole",
            ),
            Self::NotCanonical => out.write_str("rewritten: same content, other spelling"),
            Self::Sequence { expected, actual } => {
                write!(out, "entry {expected} belongs here, entry {actual} stands here")
            }
            Self::Link => out.write_str("does not follow the entry before (`prev` differs)"),
            Self::Content => out.write_str("its content was changed (`hash` differs)"),
        }
    }
}

/// Checks an evidence file, byte for byte.
///
/// # Errors
/// [`Break`] names the first line that breaks the chain.
pub fn verify_chain(file: &[u8]) -> Result<Head, Break> {
    let mut chain = Chain::new();
    for (index, line) in read_lines(file).lines.into_iter().enumerate() {
        let broken = |reason| Break { line: index + 1, reason };
        match line {
            Line::Entry { entry, bytes } => {
                follow(&mut chain, &entry).map_err(broken)?;
                if to_line(&entry).as_bytes() != bytes {
                    return Err(broken(BreakReason::NotCanonical));
                }
            }
            Line::Broken { reason, .. } => return Err(broken(BreakReason::NotAnEntry(reason))),
            Line::HalfWritten { .. } => return Err(broken(BreakReason::HalfWritten)),
        }
    }
    Ok(chain.head)
}

/// Checks entries already read; [`Break::line`] counts them from 1.
///
/// # Errors
/// [`Break`] names the first entry that breaks the chain.
pub fn verify_entries(entries: &[EvidenceEntry]) -> Result<Head, Break> {
    let mut chain = Chain::new();
    for (index, entry) in entries.iter().enumerate() {
        follow(&mut chain, entry).map_err(|reason| Break { line: index + 1, reason })?;
    }
    Ok(chain.head)
}

fn follow(chain: &mut Chain, entry: &EvidenceEntry) -> Result<(), BreakReason> {
    let expected = chain.head.length.saturating_add(1);
    if entry.seq != expected {
        return Err(BreakReason::Sequence { expected, actual: entry.seq });
    }
    if entry.prev != chain.head.hash {
        return Err(BreakReason::Link);
    }
    if entry.hash != hash_of(entry) {
        return Err(BreakReason::Content);
    }
    chain.head = Head { length: expected, hash: entry.hash.clone() };
    Ok(())
}

/// SHA-256 over the canonical JSON of everything but `hash`.
fn hash_of(entry: &EvidenceEntry) -> String {
    let mut value = serde_json::to_value(entry).unwrap_or(Value::Null);
    if let Value::Object(members) = &mut value {
        members.remove("hash");
    }
    hex::encode(Sha256::digest(canonical(&value)))
}

/// JSON with sorted keys and no white space. Sorting is done here, so that no feature of the JSON library can change a hash.
pub(super) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            list(members, ['{', '}'], out, |(key, value), out| {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(value, out);
            });
        }
        Value::Array(items) => list(items, ['[', ']'], out, write),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}

/// Items between brackets, with commas.
fn list<T>(
    items: impl IntoIterator<Item = T>,
    [open, close]: [char; 2],
    out: &mut String,
    mut item: impl FnMut(T, &mut String),
) {
    out.push(open);
    for (place, each) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        item(each, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::evidence::{Bytes, Direction, Seam, party, write_lines};

    fn crossing(text: &str) -> Crossing {
        Crossing {
            virtual_time: "2026-11-24T09:00:00+09:00".into(),
            seam: Seam::Card,
            from: party::READER.into(),
            to: party::CARD.into(),
            direction: Direction::Request,
            summary: None,
            bytes: Bytes::Hex(text.into()),
        }
    }

    fn file(texts: &[&str]) -> Vec<u8> {
        let mut chain = Chain::new();
        let entries: Vec<_> = texts.iter().map(|text| chain.append(crossing(text))).collect();
        let mut out = vec![];
        write_lines(&entries, &mut out).unwrap();
        out
    }

    fn reason(file: &str) -> (usize, BreakReason) {
        let found = verify_chain(file.as_bytes()).unwrap_err();
        (found.line, found.reason)
    }

    #[test]
    fn keys_are_sorted_and_strings_escaped() {
        let value = json!({"b": [1, null, {"z": "\"", "a": true}], "a": "窓\n"});
        assert_eq!(canonical(&value), r#"{"a":"窓\n","b":[1,null,{"a":true,"z":"\""}]}"#);
    }

    #[test]
    fn the_first_hash_is_stable() {
        let hash = Chain::new().append(crossing("00B0000000")).hash;
        assert_eq!(hash, "abc2609d71072a2b36d34db52660e38153aa3f05a603c5722ad9b077b42f354f");
    }

    #[test]
    fn the_first_broken_line_is_named() {
        let whole = String::from_utf8(file(&["00A4", "00B0", "00B1", "00B2"])).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        let without_second = format!("{}\n{}\n{}\n", lines[0], lines[2], lines[3]);
        assert_eq!(reason(&without_second), (2, BreakReason::Sequence { expected: 2, actual: 3 }));
        assert_eq!(reason(&whole.replacen("00B1", "00B9", 1)), (3, BreakReason::Content));
        assert_eq!(
            reason(&whole.replacen(r#"{"bytes""#, r#"{ "bytes""#, 1)),
            (1, BreakReason::NotCanonical)
        );
        let other = String::from_utf8(file(&["00FF", "00B0"])).unwrap();
        let spliced = format!("{}\n{}\n", lines[0], other.lines().nth(1).unwrap());
        assert_eq!(reason(&spliced), (2, BreakReason::Link));
    }

    #[test]
    fn a_half_written_end_is_told_from_a_change() {
        let whole = file(&["00A4", "00B0"]);
        let cut = &whole[..whole.len() - 20];
        let found = verify_chain(cut).unwrap_err();
        assert_eq!((found.line, found.reason), (2, BreakReason::HalfWritten));
        assert_eq!(read_lines(cut).entries().count(), 1);
    }

    #[test]
    fn an_empty_file_is_an_empty_chain() {
        assert_eq!(verify_chain(b""), Ok(Head { length: 0, hash: GENESIS.into() }));
    }
}
