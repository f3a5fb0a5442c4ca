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

use std::time::Duration;

use rsa::Pkcs1v15Sign;
use sim_card::apdu::StatusWord;
use sim_card::{Card, CertificateName, Damage, Fault, PinName, Silence, tlv};
use support::{
    NUMBER_B, PASSWORD, SELECT_FACE, SELECT_ISD, SELECT_JPKI, bytes, card, data, expect, read_all,
    verify,
};

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

#[test]
fn an_answer_that_takes_time_is_the_same_answer() {
    let mut right = card();
    let mut late = faulty(Fault::Delayed { ins: 0xB0, milliseconds: 1_500 });
    for (command, waited) in [(SELECT_JPKI, 0), ("00B0860020", 1_500), (SELECT_ISD, 0)] {
        assert_eq!(late.exchange(&bytes(command)), right.exchange(&bytes(command)));
        assert_eq!(late.delay(), Duration::from_millis(waited), "{command}");
        assert_eq!(right.delay(), Duration::ZERO);
    }
}

/// The tries left of the user's PIN after a VERIFY that power was taken from, and after a whole one.
#[test]
fn a_try_is_taken_before_the_pin_is_compared() {
    for (written, pin, torn, whole) in
        [(false, "1234", 2, 3), (false, "0000", 2, 2), (true, "1234", 3, 3), (true, "0000", 2, 2)]
    {
        let tries = |fault: Option<Fault>| {
            let mut card = card();
            expect(&mut card, &[(SELECT_JPKI, "9000"), ("00A4020C 02 0018", "9000")]);
            card.set_faults(fault.into_iter().collect());
            let answer = card.exchange(&bytes(&verify(pin)));
            assert_eq!(answer.is_err(), fault.is_some());
            card.tries_left(PinName::UserAuthentication)
        };
        assert_eq!(tries(Some(Fault::TornInside { ins: 0x20, written })), torn, "{written} {pin}");
        assert_eq!(tries(None), whole);
    }
}

#[test]
fn nobody_gains_a_try_by_taking_the_power_away() {
    let mut card = card();
    for left in [2, 1, 0, 0] {
        card.set_faults(vec![Fault::TornInside { ins: 0x20, written: false }]);
        card.power_on();
        expect(&mut card, &[(SELECT_JPKI, "9000"), ("00A4020C 02 0018", "9000")]);
        assert_eq!(card.exchange(&bytes(&verify("0000"))), Err(Silence::Removed));
        assert_eq!(card.tries_left(PinName::UserAuthentication), left);
    }
    card.set_faults(Vec::new());
    assert!(!card.is_present(), "what is torn stays so until it is powered again");
    assert_eq!(card.exchange(&bytes(SELECT_JPKI)), Err(Silence::Removed));
    card.power_on();
    expect(
        &mut card,
        &[(SELECT_JPKI, "9000"), ("00200098", "63C0"), ("00200098 04 31323334", "6984")],
    );
}

#[test]
fn a_torn_change_leaves_the_old_value_or_the_new_one() {
    for (written, valid, gone) in [(false, "1234", "4321"), (true, "4321", "1234")] {
        let mut card = card();
        expect(&mut card, &[(SELECT_JPKI, "9000"), ("00200098 04 31323334", "9000")]);
        card.set_faults(vec![Fault::TornInside { ins: 0x24, written }]);
        assert_eq!(card.exchange(&bytes("00240198 04 34333231")), Err(Silence::Removed));
        card.power_on();
        let rows =
            [("00A4020C 02 0018", "9000"), (&verify(gone), "63C2"), (&verify(valid), "9000")];
        expect(&mut card, &[(SELECT_JPKI, "9000")]);
        expect(&mut card, &rows);
    }
}

#[test]
fn a_card_that_is_put_back_has_forgotten_what_it_granted() {
    for missed in [0, 2] {
        let mut card = faulty(Fault::PutBackAfter { commands: 2, missed });
        expect(&mut card, &[(SELECT_JPKI, "9000"), ("00200098 04 31323334", "9000")]);
        for _ in 0..missed {
            assert!(!card.is_present());
            assert_eq!(card.exchange(&bytes(SELECT_JPKI)), Err(Silence::Removed));
        }
        assert!(card.is_present());
        expect(
            &mut card,
            &[
                ("802A0097 01 5A 00", "6A88"),
                (SELECT_JPKI, "9000"),
                ("802A0097 01 5A 00", "6982"),
                ("00200098", "63C3"),
            ],
        );
    }
}

/// A card whose user PIN is 9876.
fn another() -> Card {
    let mut contents = support::contents();
    contents.user_pin = Some("9876".to_owned());
    Card::new(contents)
}

#[test]
fn a_swapped_card_answers_with_its_own_values_and_counters() {
    let mut card = faulty(Fault::SwappedAfter { commands: 2 });
    card.lay_under(another().persistent().clone());
    card.power_on();
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            ("00200098 04 31323334", "9000"),
            ("00200098", "6A88"),
            (SELECT_JPKI, "9000"),
            ("00200098 04 31323334", "63C2"),
        ],
    );
    assert_eq!(card.tries_left(PinName::UserAuthentication), 2);
    card.power_off();
    assert_eq!(card.tries_left(PinName::UserAuthentication), 3, "each has its own place again");
    let under = card.take_from_under().unwrap();
    assert_eq!(under.tries_left(PinName::UserAuthentication), 2);
    card.power_on();
    expect(&mut card, &[(SELECT_JPKI, "9000"), ("00200098 04 31323334", "9000")]);
    assert_eq!(card.exchange(&bytes(SELECT_JPKI)), Err(Silence::Removed), "nothing lies under it");
}

#[test]
fn a_stale_counter_tells_of_the_time_before() {
    let mut card = faulty(Fault::StaleCounter);
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            ("00200098 04 30303030", "63C3"),
            ("00200098", "63C2"),
            ("00200098 04 30303030", "63C2"),
            ("00200098 04 30303030", "63C1"),
            ("00200098 04 31323334", "6984"),
        ],
    );
    assert_eq!(card.tries_left(PinName::UserAuthentication), 0);
}

#[test]
fn one_byte_of_one_certificate_is_turned() {
    let certificates = |card: &mut Card| {
        expect(card, &[(SELECT_JPKI, "9000"), ("00A4020C 02 001B", "9000")]);
        expect(card, &[(&verify(PASSWORD), "9000")]);
        ["000A", "0001"].map(|id| {
            expect(card, &[(&format!("00A4020C 02 {id}"), "9000")]);
            read_all(card)
        })
    };
    let right = certificates(&mut card());
    for (place, certificate) in
        [CertificateName::UserAuthentication, CertificateName::DigitalSignature]
            .into_iter()
            .enumerate()
    {
        for (damage, at) in [(Damage::Der, 4), (Damage::Signature, right[place].len() - 1)] {
            let wrong =
                certificates(&mut faulty(Fault::CorruptCertificate { certificate, damage }));
            assert_eq!(wrong[1 - place], right[1 - place]);
            let turned: Vec<usize> = (0..right[place].len())
                .filter(|at| right[place][*at] != wrong[place][*at])
                .collect();
            assert_eq!(turned, [at], "{certificate:?} {damage:?}");
        }
    }
}
