//! Secure messaging of 券面入力補助AP, as a terminal drives it and as it goes wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

mod secure_client;
#[allow(dead_code, reason = "shared with other tests")]
mod support;

use proptest::prelude::*;
use secure_client::{MATERIAL, Terminal, delivery, set_session_key};
use sim_card::apdu::StatusWord;
use sim_card::{Card, OpenQuestions, PinName};
use support::{
    NUMBER_A, SELECT_FACE, SELECT_TEXT, bytes, card, contents, expect, read_all, status, verify,
};

const VERIFY_A: [u8; 3] = [0x20, 0x00, 0x94];
const SELECT_NUMBER: [u8; 3] = [0xA4, 0x02, 0x0C];
const READ_SECURED: &str = "08B00000 000005 96030000FF 0000";

/// A card with the PIN verified, and the key its EF 0006 tells.
fn prepared(questions: impl FnOnce(&mut OpenQuestions)) -> (Card, Vec<u8>) {
    let mut contents = contents();
    questions(&mut contents.open_questions);
    let mut card = Card::new(contents);
    card.power_on();
    expect(&mut card, &[(SELECT_TEXT, "9000"), ("00200091 04 31323334", "9000")]);
    expect(&mut card, &[("00A4020C 02 0006", "9000")]);
    let key = read_all(&mut card);
    (card, key)
}

/// A card in a session.
fn opened_with(questions: impl FnOnce(&mut OpenQuestions)) -> (Card, Terminal) {
    let (mut card, key) = prepared(questions);
    assert_eq!(card.transmit(&set_session_key(&key, &delivery())), [0x90, 0x00]);
    (card, Terminal::new())
}

fn opened() -> (Card, Terminal) {
    opened_with(|_| ())
}

fn sent(card: &mut Card, command: &[u8]) -> String {
    hex::encode_upper(card.transmit(command))
}

#[test]
fn a_terminal_presents_and_reads_the_number_in_secret() {
    let (mut card, mut terminal) = opened();
    expect(&mut card, &[("00A4020C 02 0001", "9000")]);
    let in_the_clear = read_all(&mut card);
    let presented = terminal.command(VERIFY_A, NUMBER_A.as_bytes());
    assert_eq!(sent(&mut card, &presented), "9000");
    assert!(!presented.windows(12).any(|part| part == NUMBER_A.as_bytes()));
    for id in [0x0001u16, 0x0002, 0x0003] {
        assert_eq!(sent(&mut card, &terminal.command(SELECT_NUMBER, &id.to_be_bytes())), "9000");
        let whole = terminal.read(&mut card, 0, 0).unwrap();
        assert_eq!(terminal.read(&mut card, 3, 5).unwrap(), whole[3..8]);
        assert_eq!(terminal.read(&mut card, 3, 9_999).unwrap(), whole[3..]);
        if id == 0x0001 {
            assert_eq!(whole, in_the_clear);
        }
    }
    assert_eq!(terminal.read(&mut card, 5_000, 0), Err(0x6B00));
}

#[test]
fn the_pin_comes_first_and_no_other_reference_will_do() {
    let (_, key) = prepared(|_| ());
    let deliver = set_session_key(&key, &delivery());
    let mut card = card();
    expect(&mut card, &[(SELECT_TEXT, "9000")]);
    assert_eq!(sent(&mut card, &deliver), "6982");
    expect(&mut card, &[("00A4020C 02 0014", "9000"), (&verify(NUMBER_A), "9000")]);
    assert_eq!(sent(&mut card, &deliver), "6982");
    expect(&mut card, &[("00200091 04 31323334", "9000")]);
    assert_eq!(sent(&mut card, &deliver), "9000");
}

#[test]
fn refused_deliveries() {
    let (mut card, key) = prepared(|_| ());
    let checksum = [&[0xA0, 34, 0x81, 32], &MATERIAL[..]].concat();
    let both = [&[0xA0, 68, 0x80, 32], &MATERIAL[..], &[0x81, 32], &MATERIAL[..]].concat();
    for message in [checksum, both, MATERIAL.to_vec(), Vec::new()] {
        assert_eq!(sent(&mut card, &set_session_key(&key, &message)), "6A80");
    }
    let mut wrong_key = set_session_key(&key, &delivery());
    *wrong_key.last_mut().unwrap() ^= 1;
    assert_eq!(sent(&mut card, &wrong_key), "6A80");
    let mut too_large = wrong_key;
    too_large[7..].fill(0xFF);
    assert_eq!(sent(&mut card, &too_large), "6F00");
    expect(
        &mut card,
        &[
            ("80AE0000 01 A0", "6A80"),
            ("80AE0000", "6700"),
            ("80AE0000 01 A0 00", "6700"),
            ("80AE0001 01 A0", "6A86"),
            (READ_SECURED, "69FC"),
        ],
    );
}

#[test]
fn refused_commands_count_and_plain_ones_do_not() {
    let (mut card, mut terminal) = opened();
    assert_eq!(sent(&mut card, &terminal.command(VERIFY_A, b"000000000000")), "63C9");
    assert_eq!(sent(&mut card, &terminal.command([0x20, 0x00, 0x92], b"0000")), "6984");
    assert_eq!(sent(&mut card, &terminal.command(SELECT_NUMBER, &[0x00, 0x77])), "6A82");
    expect(
        &mut card,
        &[("00200094", "63C9"), ("00A4020C 02 0001", "9000"), ("00B0000000", "9000")],
    );
    assert_eq!(sent(&mut card, &terminal.command(VERIFY_A, NUMBER_A.as_bytes())), "9000");
    assert_eq!(card.tries_left(PinName::TextReferenceNumberA), 10);
}

#[test]
fn a_wrong_object_ends_the_session() {
    let object = |terminal: &Terminal| hex::encode(terminal.object(NUMBER_A.as_bytes()));
    let read = "9603000010";
    for (command, data, refusal) in [
        ("08200094", "", "6987"),
        ("08B00000", "", "6987"),
        ("08200094", read, "6988"),
        ("08B00000", "OBJECT", "6988"),
        ("08200094", "OBJECT OBJECT", "6988"),
        ("08200094", "OBJECT 9603000010", "6988"),
        ("08200094", "OBJECT 00", "6988"),
        ("08B00000", "9603000010 9603000010", "6988"),
        ("08B00000", "96020010", "6988"),
        ("08B00000", "9603010010", "6988"),
        ("08200094", "861102 00000000000000000000000000000000", "6988"),
        ("08200094", "861101 00000000000000000000000000000000", "6988"),
        ("08200094", "8601", "6988"),
        ("08200094", "860101", "6988"),
        ("08200094", "8600", "6988"),
        ("08200094", "870201AA", "6988"),
        ("0C200094", "OBJECT", "6987"),
        ("08240194", "OBJECT", "6882"),
    ] {
        let (mut card, terminal) = opened();
        let data = bytes(&data.replace("OBJECT", &object(&terminal)));
        let header: [u8; 4] = bytes(command).try_into().unwrap();
        let command = sim_card::apdu::CommandApdu::new(header, data, None).to_bytes();
        assert_eq!(sent(&mut card, &command), refusal, "{}", hex::encode(&command));
        assert_eq!(status(&mut card, READ_SECURED), "69FC");
        assert_eq!(card.tries_left(PinName::TextReferenceNumberA), 10, "nothing was presented");
        expect(&mut card, &[("00A4020C 02 0001", "9000"), ("00B0000000", "9000")]);
    }
}

#[test]
fn a_number_out_of_step_ends_the_session() {
    let (mut card, mut terminal) = opened();
    terminal.number = 2;
    assert_eq!(sent(&mut card, &terminal.command(VERIFY_A, NUMBER_A.as_bytes())), "6988");
    assert_eq!(sent(&mut card, &terminal.command(VERIFY_A, NUMBER_A.as_bytes())), "69FC");
}

#[test]
fn the_long_form_of_a_length_is_taken() {
    let (mut card, terminal) = opened();
    let mut object = terminal.object(NUMBER_A.as_bytes());
    object.insert(1, 0x81);
    let command = sim_card::apdu::CommandApdu::new([0x08, 0x20, 0x00, 0x94], object, None);
    assert_eq!(sent(&mut card, &command.to_bytes()), "9000");
}

#[test]
fn an_answer_that_does_not_fit_is_refused() {
    let (mut card, mut terminal) = opened();
    expect(&mut card, &[("00A4020C 02 0003", "9000"), ("08B00000 05 9603000000 00", "6700")]);
    terminal.number += 1;
    assert_eq!(terminal.read(&mut card, 0, 4).unwrap().len(), 4, "it counted as a command");
    expect(&mut card, &[("08B00000 05 9603000004", "6700"), ("08B00000 05 9603000004 13", "9000")]);
}

/// What is done to a card in a session, and whether the session is there afterwards.
type Event = (fn(&mut Card), fn(&mut OpenQuestions), bool);

#[test]
fn what_ends_a_session() {
    let events: [Event; 9] = [
        (|card| expect(card, &[(SELECT_TEXT, "9000")]), |_| (), true),
        (|card| expect(card, &[(SELECT_TEXT, "9000")]), |q| q.reselect_ends_session = true, false),
        (|card| expect(card, &[(SELECT_FACE, "9000"), (SELECT_TEXT, "9000")]), |_| (), false),
        (Card::reset, |_| (), true),
        (Card::reset, |q| q.warm_reset_ends_rights = true, false),
        (
            |card| {
                card.power_off();
                card.power_on();
                expect(card, &[(SELECT_TEXT, "9000")]);
            },
            |_| (),
            false,
        ),
        (|card| expect(card, &[("80AE0000 01 A0", "6A80")]), |_| (), true),
        (
            |card| expect(card, &[("80AE0000 01 A0", "6A80")]),
            |q| q.refused_key_ends_session = true,
            false,
        ),
        (|card| expect(card, &[("00200091 04 39393939", "63C2")]), |_| (), true),
    ];
    for (place, (happens, questions, stays)) in events.into_iter().enumerate() {
        let (mut card, mut terminal) = opened_with(questions);
        happens(&mut card);
        let select = terminal.command(SELECT_NUMBER, &[0x00, 0x08]);
        let wanted = if stays { "9000" } else { "69FC" };
        assert_eq!(sent(&mut card, &select), wanted, "row {place}");
    }
}

#[test]
fn a_missing_object_may_leave_the_session_alone() {
    let (mut card, mut terminal) = opened_with(|questions| {
        questions.missing_object_ends_session = false;
        questions.unsecured_command = StatusWord::FUNCTION_NOT_SUPPORTED;
    });
    assert_eq!(status(&mut card, "08200094"), "6987");
    assert_eq!(status(&mut card, "0C200094"), "6987");
    assert_eq!(sent(&mut card, &terminal.command([0x24, 0x01, 0x91], b"4321")), "6A81");
    assert_eq!(sent(&mut card, &terminal.command(SELECT_NUMBER, &[0x00, 0x08])), "9000");
}

#[test]
fn a_new_key_starts_the_numbers_anew() {
    let (mut card, key) = prepared(|_| ());
    for _ in 0..2 {
        assert_eq!(sent(&mut card, &set_session_key(&key, &delivery())), "9000");
        let mut terminal = Terminal::new();
        for _ in 0..3 {
            assert_eq!(sent(&mut card, &terminal.command(SELECT_NUMBER, &[0x00, 0x08])), "9000");
        }
    }
}

proptest! {
    // Each case costs two RSA decryptions.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_hostile_terminal_gets_status_words(
        commands in prop::collection::vec(
            (
                prop::sample::select(vec![0x08u8, 0x0C]),
                prop::sample::select(vec![0xA4u8, 0xB0, 0x20, 0x24, 0xAE]),
                any::<[u8; 2]>(),
                prop::collection::vec(any::<u8>(), 0..40),
                prop::option::of(1u32..=65_536),
            ),
            1..6,
        ),
        material in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let (mut card, key) = prepared(|_| ());
        prop_assert!(card.transmit(&set_session_key(&key, &material)).len() == 2);
        prop_assert!(card.transmit(&set_session_key(&key, &delivery())).len() == 2);
        for (cla, ins, [p1, p2], data, ne) in commands {
            let command = sim_card::apdu::CommandApdu::new([cla, ins, p1, p2], data, ne);
            prop_assert!(card.transmit(&command.to_bytes()).len() >= 2);
        }
    }
}
