//! The lifelines of the picture, from the bench that moves the patient to the agency that pays.

use std::collections::BTreeSet;

use super::fold::Row;
use crate::evidence::party;

/// The head of one lifeline, each language on at most two lines.
pub(super) struct Party {
    pub id: String,
    pub ja: [String; 2],
    pub en: [String; 2],
}

type Known = (&'static str, [&'static str; 2], [&'static str; 2]);

const KNOWN: [Known; 11] = [
    (party::BENCH, ["ベンチ", ""], ["bench", ""]),
    (party::PATIENT, ["患者", ""], ["patient", ""]),
    (party::CARD, ["カード", ""], ["card", ""]),
    (party::READER, ["顔認証", "リーダー"], ["reader", ""]),
    (party::MATCHER, ["顔照合", ""], ["matcher", ""]),
    (party::TERMINAL, ["端末", ""], ["terminal", ""]),
    (party::BACKEND, ["資格確認", "機関"], ["backend", ""]),
    (party::AUTHORITY, ["認証局", ""], ["authority", ""]),
    (party::RECEIPT_COMPUTER, ["レセコン", ""], ["receipt", "computer"]),
    (party::INSURER, ["保険者", ""], ["insurer", ""]),
    (party::CLAIMS, ["審査支払", "機関"], ["review &", "payment"]),
];

/// The parties that take part, known ones in the order of the flow, others after them by name.
pub(super) fn taking_part(rows: &[Row]) -> Vec<Party> {
    let mut names: BTreeSet<&str> =
        rows.iter().flat_map(|row| [row.from.as_str(), row.to.as_str()]).collect();
    let known =
        KNOWN.iter().filter(|(id, ..)| names.remove(id)).map(known_party).collect::<Vec<_>>();
    known.into_iter().chain(names.into_iter().map(other_party)).collect()
}

fn known_party((id, ja, en): &Known) -> Party {
    Party { id: (*id).to_owned(), ja: ja.map(str::to_owned), en: en.map(str::to_owned) }
}

fn other_party(id: &str) -> Party {
    let lines = [id.to_owned(), String::new()];
    Party { id: id.to_owned(), ja: lines.clone(), en: lines }
}
