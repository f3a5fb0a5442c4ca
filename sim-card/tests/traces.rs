//! Replays what real clients send and compares status words and lengths with what they were content with.

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

use sim_card::{Card, PinName};

/// One line of a trace.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    PowerOn,
    PowerOff,
    Reset,
    Exchange { command: Vec<u8>, length: usize, status: [u8; 2] },
}

/// Reads a trace; the lines that begin with `#` say where it comes from.
fn load(name: &str) -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut command = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_at(3) {
            ("-- ", "POWER_ON") => lines.push(Line::PowerOn),
            ("-- ", "POWER_OFF") => lines.push(Line::PowerOff),
            ("-- ", "RESET") => lines.push(Line::Reset),
            ("C: ", hex) => command = support::bytes(hex),
            ("R: ", answer) => lines.push(exchange(std::mem::take(&mut command), answer)),
            _ => panic!("{name}: {line}"),
        }
    }
    lines
}

/// `SW`, `DATA SW` or `DATA…(N bytes) SW`.
fn exchange(command: Vec<u8>, answer: &str) -> Line {
    let (data, status) = answer.rsplit_once(' ').unwrap_or(("", answer));
    let length = match data.split_once("…(") {
        Some((_, rest)) => rest.trim_end_matches(" bytes)").parse().expect("a length"),
        None => data.len() / 2,
    };
    let status = support::bytes(status).try_into().expect("two bytes");
    Line::Exchange { command, length, status }
}

/// Whether a command meets a file of the text-input application that is not simulated.
#[derive(Default)]
struct Scope {
    text_input: bool,
    missing_file: bool,
}

impl Scope {
    fn follows(&mut self, command: &[u8]) -> bool {
        match command {
            [0x00, 0xA4, 0x04, _, _, aid @ ..] => {
                *self = Self { text_input: aid.ends_with(&[0x04, 0x08]), missing_file: false };
            }
            [0x00, 0xA4, 0x02, _, _, 0x00, id] => {
                self.missing_file = self.text_input && (2..=7).contains(id);
            }
            _ => (),
        }
        !self.missing_file
    }
}

fn replay(name: &str, card: &mut Card) {
    let mut scope = Scope::default();
    for (place, line) in load(name).into_iter().enumerate() {
        match line {
            Line::PowerOn => card.power_on(),
            Line::PowerOff => card.power_off(),
            Line::Reset => card.reset(),
            Line::Exchange { command, length, status } => {
                let answer = card.transmit(&command);
                let got = answer.split_at(answer.len() - 2);
                if scope.follows(&command) {
                    let command = hex::encode_upper(&command);
                    assert_eq!(
                        (got.0.len(), got.1),
                        (length, &status[..]),
                        "{name} {place}: {command}"
                    );
                }
            }
        }
    }
}

/// A new card with this many tries left for the user's PIN, as it was when the trace began.
fn with_tries(left: u8) -> Card {
    let mut card = Card::new(support::contents());
    card.set_tries_left(PinName::UserAuthentication, left);
    card
}

#[test]
fn the_loader_reads_the_three_forms_of_an_answer() {
    let line = |length, status| Line::Exchange { command: vec![1], length, status };
    assert_eq!(exchange(vec![1], "63C3"), line(0, [0x63, 0xC3]));
    assert_eq!(exchange(vec![1], "30820695 9000"), line(4, [0x90, 0x00]));
    assert_eq!(exchange(vec![1], "3082…(153 bytes) 9000"), line(153, [0x90, 0x00]));
}

#[test]
fn myna() {
    for name in [
        "myna-jpki-cert-auth.txt",
        "myna-jpki-cert-auth-ca.txt",
        "myna-jpki-cert-sign.txt",
        "myna-jpki-cert-sign-ca.txt",
        "myna-jpki-cms-sign-sha256.txt",
        "myna-jpki-pkey-sign-auth.txt",
        "myna-jpki-pkey-verify-auth.txt",
        "myna-pin-change-auth.txt",
        "myna-pin-status.txt",
        "myna-visual-basic-info.txt",
        "myna-visual-photo.txt",
    ] {
        replay(name, &mut with_tries(3));
    }
    replay("myna-blocked-pin-status.txt", &mut with_tries(0));
}

#[test]
fn myna_card() {
    replay("myna-card-3.3.4-read-card.txt", &mut with_tries(3));
    replay("myna-card-3.3.4-blocked-dump.txt", &mut with_tries(0));
}

#[test]
fn opensc() {
    for name in [
        "opensc-0.23-opensc-tool-name.txt",
        "opensc-0.23-opensc-tool-send-apdu.txt",
        "opensc-0.23-pkcs11-tool-sign-SHA256-RSA-PKCS-slot1.txt",
        "opensc-0.23-pkcs11-tool-test-slot0.txt",
        "opensc-0.23-pkcs11-tool-test-slot1.txt",
        "opensc-0.23-pkcs15-tool-read-cert-02-sign-with-pin.txt",
        "opensc-0.23-pkcs15-tool-read-cert-02-sign-without-pin.txt",
        "opensc-0.23-pkcs15-tool-verify-pin-01-wrong.txt",
        "opensc-0.23-pykcs11.txt",
    ] {
        replay(name, &mut with_tries(3));
    }
    replay("opensc-0.23-blocked-5-list-pins.txt", &mut with_tries(0));
    replay("opensc-0.23-blocked-6-pkcs11-login.txt", &mut with_tries(0));
}
