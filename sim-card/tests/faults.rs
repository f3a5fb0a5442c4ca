//! Each deliberate misbehaviour, and the right card as its twin.

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

use rsa::Pkcs1v15Sign;
use sim_card::apdu::StatusWord;
use sim_card::{Card, Fault, Silence, tlv};
use support::{NUMBER_B, SELECT_FACE, SELECT_JPKI, bytes, card, data, expect, read_all, verify};

fn faulty(fault: Fault) -> Card {
    let mut card = card();
    card.set_faults(vec![fault]);
    card
}

#[test]
fn a_wrong_status_word_replaces_the_command() {
    let mut card = faulty(Fault::WrongStatus { ins: 0x20, status: StatusWord(0x6F00) });
    expect(
        &mut card,
        &[(SELECT_JPKI, "9000"), ("00A4020C 02 0018", "9000"), (&verify("0000"), "6F00")],
    );
    card.set_faults(Vec::new());
    expect(&mut card, &[("00200080", "63C3")]);
}

#[test]
fn answers_are_cut() {
    let mut card = faulty(Fault::Truncated { ins: 0xB0, keep: 3 });
    data(&mut card, SELECT_JPKI);
    assert_eq!(data(&mut card, "00B0860020"), b"JPK");
    card.set_faults(Vec::new());
    assert_eq!(data(&mut card, "00B0860020").len(), 32);
}

#[test]
fn a_card_falls_silent_or_is_pulled() {
    for (fault, silence) in [
        (Fault::MuteAfter { commands: 2 }, Silence::Mute),
        (Fault::PulledAfter { commands: 2 }, Silence::Removed),
    ] {
        let mut card = faulty(fault);
        let command = bytes(SELECT_JPKI);
        assert_eq!(card.exchange(&command), Ok(vec![0x90, 0x00]));
        assert!(card.is_present());
        assert_eq!(card.exchange(&command), Ok(vec![0x90, 0x00]));
        assert_eq!(card.exchange(&command), Err(silence));
        assert_eq!(card.transmit(&command), [0x6F, 0x00]);
        assert_eq!(card.is_present(), silence == Silence::Mute);
        card.power_on();
        assert_eq!(card.exchange(&command), Ok(vec![0x90, 0x00]), "put on the reader again");
    }
    let mut card = card();
    card.power_off();
    assert_eq!(card.exchange(&bytes(SELECT_JPKI)), Err(Silence::NoPower));
}

#[test]
fn the_first_command_fails_after_each_power_up() {
    let mut card = faulty(Fault::FirstCommandFails);
    expect(&mut card, &[(SELECT_JPKI, "6F00"), (SELECT_JPKI, "9000")]);
    card.power_off();
    card.power_on();
    expect(&mut card, &[(SELECT_JPKI, "6F00"), (SELECT_JPKI, "9000")]);
}

#[test]
fn one_photo_byte_is_turned_wherever_it_is_read() {
    let record = |card: &mut Card| {
        expect(
            card,
            &[
                (SELECT_FACE, "9000"),
                ("00A4020C 02 0012", "9000"),
                (&verify(NUMBER_B), "9000"),
                ("00A4020C 02 0002", "9000"),
            ],
        );
        read_all(card)
    };
    let right = record(&mut card());
    for index in [0, 700, 1511, 1512] {
        let wrong = record(&mut faulty(Fault::FlippedPhotoByte { index }));
        let places: Vec<usize> = (0..right.len()).filter(|at| right[*at] != wrong[*at]).collect();
        let (outer, _) = tlv::read(&right).unwrap();
        let photo = tlv::find(outer.value, 0xDF27).unwrap().unwrap().value;
        let start = photo.as_ptr() as usize - right.as_ptr() as usize;
        assert_eq!(places, [start + index % photo.len()]);
    }
}

#[test]
fn a_wrong_key_signs() {
    for (faults, right) in [(vec![Fault::WrongKey], false), (Vec::new(), true)] {
        let mut card = card();
        card.set_faults(faults);
        expect(
            &mut card,
            &[(SELECT_JPKI, "9000"), ("00A4020C 02 0018", "9000"), (&verify("1234"), "9000")],
        );
        let signature = data(&mut card, "802A0097 01 5A 00");
        let key = support::user_key().to_public_key();
        let verdict = key.verify(Pkcs1v15Sign::new_unprefixed(), &[0x5A], &signature);
        assert_eq!(verdict.is_ok(), right);
    }
}

#[test]
fn an_open_key_signs_without_pin() {
    let mut card = faulty(Fault::OpenKey);
    expect(
        &mut card,
        &[(SELECT_JPKI, "9000"), ("802A0097 01 5A 00", "9000"), ("802A009A 01 5A 00", "6982")],
    );
}
