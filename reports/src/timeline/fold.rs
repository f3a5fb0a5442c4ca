//! From evidence entries to the rows of a picture: a card command and its response become one row, and a run of like
//! commands becomes one row with a count, so that a whole visit stays readable.

use crate::evidence::{Bytes, Direction, EvidenceEntry, Seam};
use crate::model::Text2;

/// Runs shorter than this stay single rows: two SELECTs tell more than "SELECT ×2".
const SHORTEST_RUN: usize = 3;

/// How an arrow is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    /// There.
    Request,
    /// Back.
    Answer,
    /// Alone.
    Event,
    /// There and back in one row.
    Exchange,
}

/// One row of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub first_seq: u64,
    pub last_seq: u64,
    pub time: String,
    pub seam: Seam,
    pub from: String,
    pub to: String,
    pub stroke: Stroke,
    pub label: Text2,
    pub marked: bool,
    /// What makes two card exchanges alike: the command's name and the status word.
    alike: Option<(String, String)>,
}

/// The rows of a case's evidence; the row that holds the entry `marked` stays alone.
pub(super) fn rows(entries: &[EvidenceEntry], marked: Option<u64>) -> Vec<Row> {
    join_runs(pair_exchanges(entries, marked))
}

fn pair_exchanges(entries: &[EvidenceEntry], marked: Option<u64>) -> Vec<Row> {
    let mut rows = vec![];
    let mut rest = entries;
    while let Some((entry, after)) = rest.split_first() {
        match after.split_first() {
            Some((answer, beyond)) if is_exchange(entry, answer) => {
                rows.push(exchange(entry, answer, marked));
                rest = beyond;
            }
            _ => {
                rows.push(single(entry, marked));
                rest = after;
            }
        }
    }
    rows
}

fn is_exchange(request: &EvidenceEntry, answer: &EvidenceEntry) -> bool {
    let directions =
        (request.direction, answer.direction) == (Direction::Request, Direction::Answer);
    let on_card = request.seam == Seam::Card && answer.seam == Seam::Card;
    directions && on_card && request.from == answer.to && request.to == answer.from
}

fn single(entry: &EvidenceEntry, marked: Option<u64>) -> Row {
    Row {
        first_seq: entry.seq,
        last_seq: entry.seq,
        time: entry.virtual_time.clone(),
        seam: entry.seam,
        from: entry.from.clone(),
        to: entry.to.clone(),
        stroke: match entry.direction {
            Direction::Request => Stroke::Request,
            Direction::Answer => Stroke::Answer,
            Direction::Event => Stroke::Event,
        },
        label: entry.summary.clone().unwrap_or_else(|| unnamed(entry)),
        marked: marked == Some(entry.seq),
        alike: None,
    }
}

fn exchange(request: &EvidenceEntry, answer: &EvidenceEntry, marked: Option<u64>) -> Row {
    let status = status_word(answer);
    let row = single(request, marked);
    let arrow = |text: &str| {
        if status.is_empty() { text.to_owned() } else { format!("{text} → {status}") }
    };
    Row {
        last_seq: answer.seq,
        stroke: Stroke::Exchange,
        marked: row.marked || marked == Some(answer.seq),
        label: Text2::new(arrow(&row.label.ja), arrow(&row.label.en)),
        alike: Some((command_name(request), status)),
        ..row
    }
}

fn join_runs(rows: Vec<Row>) -> Vec<Row> {
    let alike = |a: &Row, b: &Row| {
        a.alike.is_some() && a.alike == b.alike && !a.marked && !b.marked && a.from == b.from
    };
    rows.chunk_by(alike).flat_map(joined).collect()
}

fn joined(run: &[Row]) -> Vec<Row> {
    match run {
        [first, .., last] if run.len() >= SHORTEST_RUN => {
            let (name, status) = first.alike.clone().unwrap_or_default();
            let label = format!(
                "{name} ×{}{}",
                run.len(),
                if status.is_empty() { status } else { format!(" → {status}") }
            );
            vec![Row {
                last_seq: last.last_seq,
                label: Text2::new(label.clone(), label),
                ..first.clone()
            }]
        }
        _ => run.to_vec(),
    }
}

/// The command's name by its instruction byte, or by the leading capitals of its summary when the bytes are hidden.
fn command_name(request: &EvidenceEntry) -> String {
    let by_bytes = match &request.bytes {
        Bytes::Hex(hex) => hex.get(2..4).and_then(instruction),
        Bytes::Text(_) | Bytes::Redacted { .. } => None,
    };
    let summary = request.summary.as_ref().map(|summary| summary.en.as_str()).unwrap_or_default();
    let capital = |word: &&str| word.chars().all(|c| c.is_ascii_uppercase() || c == ':');
    let leading: Vec<_> = summary.split(' ').take_while(capital).collect();
    match (by_bytes, leading.is_empty()) {
        (Some(name), _) => name.to_owned(),
        (None, false) => leading.join(" "),
        (None, true) => summary.to_owned(),
    }
}

/// Source: ISO/IEC 7816-4:2020, table of commands by instruction byte; 7816-8 for PSO.
fn instruction(byte: &str) -> Option<&'static str> {
    Some(match byte.to_ascii_uppercase().as_str() {
        "20" => "VERIFY",
        "22" => "MANAGE SECURITY ENVIRONMENT",
        "24" => "CHANGE REFERENCE DATA",
        "2A" => "PERFORM SECURITY OPERATION",
        "2C" => "RESET RETRY COUNTER",
        "82" => "EXTERNAL AUTHENTICATE",
        "84" => "GET CHALLENGE",
        "88" => "INTERNAL AUTHENTICATE",
        "A4" => "SELECT",
        "B0" | "B1" => "READ BINARY",
        "B2" | "B3" => "READ RECORD",
        "C0" => "GET RESPONSE",
        "D6" | "D7" => "UPDATE BINARY",
        _ => return None,
    })
}

/// SW1-SW2 of a response: its last two bytes, or the word in the summary when the bytes are hidden.
fn status_word(answer: &EvidenceEntry) -> String {
    let is_status = |word: &str| {
        word.len() == 4
            && word.starts_with(['6', '9'])
            && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let tail = match &answer.bytes {
        Bytes::Hex(hex) => hex.len().checked_sub(4).and_then(|from| hex.get(from..)),
        Bytes::Text(_) | Bytes::Redacted { .. } => None,
    };
    let summary = answer.summary.as_ref().map(|summary| summary.en.as_str()).unwrap_or_default();
    let named = || summary.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| is_status(word));
    tail.filter(|word| is_status(word)).or_else(named).unwrap_or_default().to_ascii_uppercase()
}

/// A label for an entry that carries no summary.
fn unnamed(entry: &EvidenceEntry) -> Text2 {
    let what = match &entry.bytes {
        Bytes::Hex(hex) => format!("{} B", hex.len() / 2),
        Bytes::Text(text) => text.lines().next().unwrap_or_default().to_owned(),
        Bytes::Redacted { kind, length, .. } => format!("{kind}, {length} B"),
    };
    let label = format!("{}: {what}", entry.seam.name());
    Text2::new(label.clone(), label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Chain, Crossing, party};

    /// A command and its response, by their bytes.
    fn exchanges(pairs: &[(&str, &str)]) -> Vec<EvidenceEntry> {
        let mut chain = Chain::new();
        let mut entry = |direction, from: &str, to: &str, hex: &str| {
            chain.append(Crossing {
                virtual_time: "2026-11-24T09:00:00+09:00".into(),
                seam: Seam::Card,
                from: from.into(),
                to: to.into(),
                direction,
                summary: None,
                bytes: Bytes::Hex(hex.into()),
            })
        };
        let both = |(command, response): &(&str, &str)| {
            [
                entry(Direction::Request, party::READER, party::CARD, command),
                entry(Direction::Answer, party::CARD, party::READER, response),
            ]
        };
        pairs.iter().flat_map(both).collect()
    }

    fn labels(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.label.en.as_str()).collect()
    }

    #[test]
    fn a_run_of_like_commands_is_one_row() {
        let rows = rows(&exchanges(&[("00B0000000", "AA9000"); 12]), None);
        assert_eq!(labels(&rows), ["READ BINARY ×12 → 9000"]);
        assert_eq!((rows[0].first_seq, rows[0].last_seq), (1, 24));
    }

    #[test]
    fn another_status_word_ends_the_run() {
        let pairs = [
            ("00B00000", "9000"),
            ("00B00001", "9000"),
            ("00B00002", "9000"),
            ("00B00003", "6B00"),
        ];
        assert_eq!(
            labels(&rows(&exchanges(&pairs), None)),
            ["READ BINARY ×3 → 9000", "card: 4 B → 6B00"]
        );
    }

    #[test]
    fn two_alike_stay_two() {
        assert_eq!(rows(&exchanges(&[("00A4040C", "9000"); 2]), None).len(), 2);
    }

    #[test]
    fn the_marked_entry_stays_alone() {
        let rows = rows(&exchanges(&[("00B00000", "9000"); 7]), Some(8));
        let marked: Vec<_> =
            rows.iter().map(|row| (row.marked, row.first_seq, row.last_seq)).collect();
        assert_eq!(marked, [(false, 1, 6), (true, 7, 8), (false, 9, 14)]);
    }

    #[test]
    fn a_command_without_answer_is_seen() {
        let mut entries = exchanges(&[("00B00000", "9000")]);
        entries.pop();
        assert_eq!(rows(&entries, None)[0].stroke, Stroke::Request);
    }
}
