//! The exact commands of a PIN visit, against a channel that answers from a script.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod reader_support;

use std::collections::VecDeque;

use reader_support::*;
use sim_reader::session::End;
use sim_reader::{CardChannel, ChannelError};

/// Command and answer, in hexadecimal; every command must come as written.
struct Script(VecDeque<(&'static str, String)>);

impl Script {
    fn new(lines: &[(&'static str, &str)]) -> Self {
        let line = |(command, answer): &(&'static str, &str)| (*command, (*answer).to_owned());
        Self(lines.iter().map(line).collect())
    }
}

impl CardChannel for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let (expected, answer) = self.0.pop_front().ok_or(ChannelError::Mute)?;
        assert!(hex::encode_upper(command).starts_with(&expected.replace(' ', "")), "{expected}");
        Ok(hex::decode(answer.replace(' ', "")).unwrap())
    }
}

const OK: &str = "9000";
const SELECT_JPKI: &str = "00A4040C0A D392F000260100000001";
const TOKEN: &str = "4A504B49415049434354 4F4B454E32 2020202020202020202020202020202020 9000";

#[test]
fn a_pin_visit_sends_these_commands() {
    let signature = format!("{}9000", "AB".repeat(256));
    let mut card = Script::new(&[
        (SELECT_JPKI, "6F00"), // once after power-up
        (SELECT_JPKI, OK),
        ("00A4020C02 0006", OK),
        ("00B00000A0", TOKEN),
        ("00A4020C02 0008", OK),
        ("00A4020C02 0008", OK),
        ("00B0000003", "8F8F00 9000"),
        ("00A4020C02 0018", OK),
        ("00200080", "63C3"),
        ("00A4020C02 0018", OK),
        ("0020008004 34303331", OK),
        ("00A4020C02 000A", OK),
        ("00B0000004", "30820101 9000"),
        ("00B0000000", &format!("30820101{}9000", "11".repeat(252))),
        ("00B0010005", "2222222222 9000"),
        ("00A4020C02 0017", OK),
        ("802A008033 3031300D0609608648016503040201050004 20", &signature),
        // Before anything is sent: is it still the same card? And again before the end.
        (SELECT_JPKI, OK),
        ("00A4020C02 0006", OK),
        ("00B00000A0", TOKEN),
        (SELECT_JPKI, OK),
        ("00A4020C02 0006", OK),
        ("00B00000A0", TOKEN),
    ]);
    let counter = Counter::default();
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&[PIN])));
    assert!(matches!(report.end, End::Completed(_)), "{report:?}");
    assert!(card.0.is_empty());
}

#[test]
fn strange_objects_on_the_reader() {
    for (script, expected) in [
        (Script::new(&[]), End::NotRecognised),
        (Script::new(&[(SELECT_JPKI, "6A82")]), End::NotMyNumberCard),
        (Script::new(&[(SELECT_JPKI, "6F00"), (SELECT_JPKI, "6F00")]), End::NotMyNumberCard),
        (Script::new(&[(SELECT_JPKI, "")]), End::NotRecognised),
    ] {
        let mut card = script;
        let counter = Counter::default();
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&[PIN])));
        assert_eq!(report.end, expected);
        assert!(!report.queried);
    }
}

#[test]
fn a_certificate_that_stops_in_the_middle_is_a_broken_card() {
    let mut card = Script::new(&[
        (SELECT_JPKI, OK),
        ("00A4020C02 0006", OK),
        ("00B00000A0", TOKEN),
        ("00A4020C02 0008", "6A82"), // a card without that file
        (SELECT_JPKI, OK),           // no approved terminal
        ("00A4020C02 000A", OK),
        ("00B0000004", "30820400 9000"),
        ("00B0000000", &format!("30820400{}9000", "11".repeat(252))),
        ("00B0010000", OK), // no data
    ]);
    let mut counter = Counter::default();
    counter.config.terminal = None;
    let visual = visitor(sim_reader::session::ModeChoice::Visual);
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visual);
    let at = sim_reader::session::State::ReadingCertificate;
    assert_eq!(report.end, End::CardUnreadable { at });
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// A card that answers anything.
    struct Random(VecDeque<Vec<u8>>);

    impl CardChannel for Random {
        fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, ChannelError> {
            self.0.pop_front().ok_or(ChannelError::Removed)
        }
    }

    fn answer() -> impl Strategy<Value = Vec<u8>> {
        let ok = prop::collection::vec(any::<u8>(), 0..8).prop_map(|mut data| {
            data.extend([0x90, 0x00]);
            data
        });
        prop_oneof![
            4 => Just(vec![0x90, 0x00]),
            2 => Just(hex::decode(TOKEN.replace(' ', "")).unwrap()),
            2 => Just(vec![0x63, 0xC2]),
            1 => ok,
            1 => prop::collection::vec(any::<u8>(), 0..300),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn no_card_makes_the_reader_panic_or_hang(answers in prop::collection::vec(answer(), 0..60)) {
            for mode in [pin(&["1111", "2222"]), sim_reader::session::ModeChoice::Visual] {
                let counter = Counter::default();
                let mut card = Random(answers.clone().into());
                let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode));
                prop_assert!(report.queried || !matches!(report.end, End::Completed(_)));
            }
        }
    }
}
