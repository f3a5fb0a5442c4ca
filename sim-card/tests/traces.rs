//! Replays what real clients send, and compares each answer with the one they were content with: status word, length, and
//! every byte that depends on no key and no person.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use std::path::Path;

use sim_card::script::{self, Act, Expected, ExpectedData};
use sim_card::{Card, PinName};

/// Reads a trace; the lines that begin with `#` say where it comes from.
fn load(name: &str) -> Vec<Act> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let steps = script::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    steps.into_iter().map(|step| step.act).collect()
}

/// The data an answer began with, how many there were, and the status word.
fn answered(expected: Option<Expected>) -> (Vec<u8>, usize, Vec<u8>) {
    let Expected { data, status } = expected.expect("a recorded answer");
    let digits: Vec<u8> = status.into_iter().map(|digit| digit.expect("a digit")).collect();
    let status = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    match data {
        ExpectedData::Exactly(data) => (data.clone(), data.len(), status),
        ExpectedData::BeginOfLength(head, length) => (head, length, status),
        ExpectedData::Any | ExpectedData::Begin(_) => panic!("recordings tell lengths"),
    }
}

/// Where the card stands, to know which bytes of an answer are the same on every card.
#[derive(Default)]
struct Place {
    application: u16,
    file: u8,
}

impl Place {
    /// Leading bytes of the answer to this command that depend on no key and no person.
    fn fixed(&mut self, command: &[u8]) -> usize {
        match command {
            [0x00, 0xA4, 0x04, _, _, aid @ ..] => {
                let tail = aid.last_chunk().copied().unwrap_or_default();
                *self = Self { application: u16::from_be_bytes(tail), file: 0 };
                0
            }
            [0x00, 0xA4, 0x02, _, _, 0x00, id] => {
                self.file = *id;
                0
            }
            [0x00, 0xB0, high, low, ..] => {
                self.head().saturating_sub(usize::from(u16::from_be_bytes([*high, *low])))
            }
            [0x00, 0xB2, ..] => 2,
            [0x00, 0xCA, 0x5F, 0x51, ..] => 8,
            [0x00, 0xCA, ..] => 2,
            _ => 0,
        }
    }

    /// Bytes at the head of the current EF that are the same on every card.
    fn head(&self) -> usize {
        match (self.application, self.file) {
            (0x0001, 0x01 | 0x02 | 0x0A | 0x0B) => 4,
            (0x0001, 0x06) => 32,
            (0x0001, 0x08) => 3,
            (0x0408, 0x01) => 17,
            (0x0408, 0x02) => 17,
            (0x0408, 0x03) => 8,
            (0x0408, 0x04) | (0x0402, 0x04) => 10,
            (0x0408, 0x05) | (0x0408, 0x07) | (0x0402, 0x03) => 15,
            (0x0402, 0x01) => 16,
            (0x0402, 0x02) => 26,
            (0x0402, 0x05) => 5,
            (0x0408, 0x08) | (0x0402, 0x06) => 16,
            _ => 0,
        }
    }
}

fn replay(name: &str, card: &mut Card) {
    // Not every recording tells its power-on.
    card.power_on();
    go_on(name, card);
}

fn go_on(name: &str, card: &mut Card) {
    let mut at = Place::default();
    for (place, line) in load(name).into_iter().enumerate() {
        match line {
            Act::PowerOn => card.power_on(),
            Act::PowerOff => card.power_off(),
            Act::Reset => card.reset(),
            Act::Send { command, expected } => {
                let (head, length, status) = answered(expected);
                let answer = card.transmit(&command);
                let got = answer.split_at(answer.len() - 2);
                let fixed = at.fixed(&command).min(head.len()).min(length);
                let place = format!("{name} {place}: {}", hex::encode_upper(&command));
                assert_eq!((got.0.len(), got.1), (length, &status[..]), "{place}");
                assert_eq!(hex::encode(&got.0[..fixed]), hex::encode(&head[..fixed]), "{place}");
            }
        }
    }
}

/// A new card with this many tries left for the user's PIN, as it was when the trace began.
fn with_tries(left: u8) -> Card {
    let mut contents = support::contents();
    // The recorded card was one of those without it.
    contents.open_questions.level_certificate = false;
    let mut card = Card::new(contents);
    card.set_tries_left(PinName::UserAuthentication, left);
    card
}

/// Every recording in the folder.
fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let entries = std::fs::read_dir(folder).expect("the traces");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| name.ends_with(".txt"))
        .collect();
    names.sort();
    names
}

/// Recordings that go on where another one left the card.
const CONTINUED: [(&str, &str); 4] = [
    ("myna-pin-change-auth.txt", "myna-pin-change-auth-back.txt"),
    ("myna-pin-change-card.txt", "myna-pin-change-card-back.txt"),
    ("myna-pin-change-sign.txt", "myna-pin-change-sign-back.txt"),
    ("opensc-0.23-persist-1-verify.txt", "opensc-0.23-persist-2-read-cert-02-no-pin.txt"),
];

/// Tries left when a recording began.
fn tries(name: &str) -> u8 {
    match name {
        // Recorded after one wrong try.
        "opensc-0.23-blocked-1.txt"
        | "opensc-0.23-openssl-engine-sign.txt"
        | "opensc-0.23-p11tool-list-all-certs.txt"
        | "opensc-0.23-pkcs15-crypt-sign.txt"
        | "opensc-0.23-pkcs15-tool-change-pin.txt"
        | "opensc-0.23-pkcs15-tool-verify-pin-02.txt"
        | "opensc-0.23-ssh-keygen-D.txt" => 2,
        "opensc-0.23-blocked-2.txt" => 1,
        _ if name.contains("blocked") => 0,
        _ => 3,
    }
}

#[test]
fn every_recording_replays() {
    let names = names();
    assert_eq!(names.len(), 68);
    for name in names.iter().filter(|name| CONTINUED.iter().all(|(_, next)| next != name)) {
        let mut card = with_tries(tries(name));
        replay(name, &mut card);
        if let Some((_, next)) = CONTINUED.iter().find(|(first, _)| first == name) {
            continue_with(next, &mut card);
        }
    }
}

/// A continued recording: with power kept where it tells of no power-on.
fn continue_with(name: &str, card: &mut Card) {
    let kept = !load(name).contains(&Act::PowerOn);
    if kept { go_on(name, card) } else { replay(name, card) }
}
