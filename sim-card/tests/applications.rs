//! 券面入力補助AP, 共通カードAP, 住基AP, the power-up level, the switches, and what ends a right.

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

use std::num::NonZeroU8;

use p384::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::Pkcs1v15Sign;
use rsa::pkcs8::DecodePrivateKey;
use sha2::{Digest, Sha256, Sha384};
use sim_card::apdu::StatusWord;
use sim_card::contents::{ContactAtr, FileControlInformation, MalformedValue};
use sim_card::{Card, CardContents, OpenQuestions, PinName, Token, tlv};
use support::{
    NUMBER_A, NUMBER_B, PIN, SELECT_COMMON, SELECT_FACE, SELECT_ISD, SELECT_JPKI, SELECT_RESIDENT,
    SELECT_TEXT, card, contents, data, expect, read_all, send, status, verify,
};

fn made_of(change: impl FnOnce(&mut CardContents)) -> Card {
    let mut contents = contents();
    change(&mut contents);
    let mut card = Card::new(contents);
    card.power_on();
    card
}

fn asked(change: impl FnOnce(&mut OpenQuestions)) -> Card {
    made_of(|contents| change(&mut contents.open_questions))
}

/// The text-input application with one reference verified.
fn opened(reference: &str, text: &str) -> Card {
    let mut card = card();
    let select = format!("00A4020C 02 {reference}");
    expect(&mut card, &[(SELECT_TEXT, "9000"), (&select, "9000"), (&verify(text), "9000")]);
    card
}

fn file(card: &mut Card, id: &str) -> Vec<u8> {
    data(card, &format!("00A4020C 02 {id}"));
    read_all(card)
}

#[test]
fn what_each_text_input_reference_opens() {
    for (reference, text, number, attributes) in [
        ("0011", PIN, "9000", "9000"),
        ("0014", NUMBER_A, "9000", "6982"),
        ("0015", NUMBER_B, "6982", "9000"),
    ] {
        expect(
            &mut opened(reference, text),
            &[
                ("00B0810007", number),
                ("00B0820007", attributes),
                ("00B0830007", "9000"),
                ("00B0860007", "9000"),
                ("00B0870007", "9000"),
            ],
        );
    }
    expect(
        &mut card(),
        &[
            (SELECT_TEXT, "9000"),
            ("00B0810007", "6982"),
            ("00B0820007", "6982"),
            ("00B0830007", "6982"),
            ("00B0860007", "6982"),
            ("00B0870007", "6982"),
            ("00B0840007", "9000"),
            ("00B0850007", "9000"),
            ("00B0880007", "9000"),
            ("00B0910007", "6981"),
            ("00200092", "63C0"), // EF 0012 is delivered blocked
            ("00200092 04 31323334", "6984"),
        ],
    );
}

#[test]
fn the_offsets_point_at_the_attributes() {
    let mut long = made_of(|contents| contents.holder.address = "架空県".repeat(60));
    expect(&mut long, &[(SELECT_TEXT, "9000"), ("00200091 04 31323334", "9000")]);
    for card in [&mut opened("0011", PIN), &mut long] {
        let record = file(card, "0002");
        let (outer, rest) = tlv::read(&record).unwrap();
        assert_eq!((outer.tag, rest), (0xFF20, &[][..]));
        let table = tlv::find(outer.value, 0xDF21).unwrap().unwrap().value;
        let tags: Vec<u32> = table
            .chunks(2)
            .map(|pair| usize::from(u16::from_be_bytes([pair[0], pair[1]])))
            .map(|at| tlv::read(&record[at..]).unwrap().0.tag)
            .collect();
        assert_eq!(tags, [0xDF22, 0xDF23, 0xDF24, 0xDF25]);
        for (tag, value) in [(0xDF24, &b"19800217"[..]), (0xDF25, b"1")] {
            assert_eq!(tlv::find(outer.value, tag).unwrap().unwrap().value, value);
        }
        let name = tlv::find(outer.value, 0xDF22).unwrap().unwrap().value;
        assert_eq!(name, "架空　太郎".as_bytes());
    }
}

#[test]
fn the_integrity_record_covers_number_and_attributes() {
    let mut card = opened("0011", PIN);
    let (number, attributes) = (file(&mut card, "0001"), file(&mut card, "0002"));
    let record = file(&mut card, "0003");
    assert_eq!((number.len(), record.len()), (17, 336));
    let (outer, _) = tlv::read(&record).unwrap();
    let value = |tag| tlv::find(outer.value, tag).unwrap().unwrap().value;
    assert_eq!(value(0xDF31), &Sha256::digest(&number)[..]);
    let (four, _) = tlv::read(&attributes).unwrap();
    let table = tlv::find(four.value, 0xDF21).unwrap().unwrap();
    assert_eq!(value(0xDF32), &Sha256::digest(&four.value[table.raw.len()..])[..]);
    let covered = &outer.value[..outer.value.len() - 261];
    support::issuer_key()
        .as_public_key()
        .verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(covered), value(0xDF33))
        .unwrap();
}

#[test]
fn the_resident_register_pins_are_two() {
    let change = "80320080 04 34333231";
    for (application, pin, other) in [
        (SELECT_COMMON, PinName::Common, PinName::Resident),
        (SELECT_RESIDENT, PinName::Resident, PinName::Common),
    ] {
        let mut card = card();
        expect(
            &mut card,
            &[
                (application, "9000"),
                ("00A4020C 02 001C", "9000"),
                ("00200080", "63C3"),
                (change, "6982"),
                (&verify("9999"), "63C2"),
                (&verify(PIN), "9000"),
                ("00240180 04 34333231", "6982"), // CHANGE REFERENCE DATA is for the others
                ("80320080 05 3433323130", "6700"),
                (change, "9000"),
                (&verify(PIN), "63C2"),
                (&verify("4321"), "9000"),
                (&verify(PIN), "63C2"),
            ],
        );
        assert_eq!((card.tries_left(pin), card.tries_left(other)), (2, 3));
    }
    expect(
        &mut card(),
        &[(SELECT_JPKI, "9000"), ("00200098 04 31323334", "9000"), (change, "6982")],
    );
}

#[test]
fn internal_authenticate_signs_in_the_common_application_alone() {
    let mut card = card();
    data(&mut card, SELECT_COMMON);
    let signature = data(&mut card, "00880099 02 AABB 00");
    let own = rsa::RsaPrivateKey::from_pkcs8_der(include_bytes!("../fixtures/card/own.p8.der"));
    own.unwrap()
        .as_public_key()
        .verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest([0xAA, 0xBB]), &signature)
        .unwrap();
    // Less than a signature is nothing.
    expect(&mut card, &[("00880099 02 AABB FF", "6700")]);
    for (application, wanted) in
        [(SELECT_JPKI, "6982"), (SELECT_FACE, "6985"), (SELECT_TEXT, "6985")]
    {
        expect(&mut card, &[(application, "9000"), ("00880099 02 AABB 00", wanted)]);
    }
}

#[test]
fn the_power_up_level_has_its_objects() {
    let mut card = card();
    for (command, wanted) in [
        ("00CA004200", "9000"),
        ("00CA004500", "9000"),
        ("00CA006600", "9000"),
        ("00CA00F000", "9000"),
        ("00CA00F200", "9000"),
        ("00CA00F700", "9000"),
        ("00CA5F5100", "9000"),
        ("00CA00F800", "6700"), // more than a short Le can ask for
        ("00CA00F8000000", "9000"),
        ("00CA7F2100", "6700"),
        ("00CA7F21000000", "9000"),
        ("00CA00F900", "6A88"),
        ("00A4020C 02 001E", "9000"),
        ("00B0000000", "6981"),
        ("00B2010400", "6981"),
        ("00A4020C 02 2F11", "6A82"),
    ] {
        assert_eq!(status(&mut card, command), wanted, "{command}");
    }
    expect(&mut card, &[(SELECT_JPKI, "9000"), ("00CA004500", "6A88")]);
}

/// What becomes of application, EF and right; each event begins with the user's PIN verified and EF 0018 current.
#[test]
fn what_ends_what() {
    type Event = fn(&mut Card);
    let events: [(&str, Event, [&str; 3]); 9] = [
        ("nothing", |_| (), ["6985", "63C3", "9000"]),
        ("the same application", |card| drop(send(card, SELECT_JPKI)), ["6985", "6986", "9000"]),
        (
            "a part of its AID",
            |card| drop(send(card, "00A4040C 02 D392")),
            ["6985", "6986", "9000"],
        ),
        (
            "an unknown application",
            |card| drop(send(card, "00A4040C 02 FFFF")),
            ["6985", "63C3", "9000"],
        ),
        ("no data", |card| drop(send(card, "00A40000")), ["6985", "63C3", "9000"]),
        ("warm reset", Card::reset, ["6985", "6986", "9000"]),
        ("another application", |card| drop(send(card, SELECT_FACE)), ["6A88", "6986", "6A82"]),
        ("the power-up level", |card| drop(send(card, SELECT_ISD)), ["6A88", "6986", "6A82"]),
        (
            "power",
            |card| {
                card.power_off();
                card.power_on()
            },
            ["6A88", "6986", "6A82"],
        ),
    ];
    for (event, happens, [key, query, password]) in events {
        let mut card = card();
        expect(
            &mut card,
            &[(SELECT_JPKI, "9000"), ("00A4020C 02 0018", "9000"), (&verify(PIN), "9000")],
        );
        happens(&mut card);
        assert_eq!(status(&mut card, "00200080"), query, "EF after {event}");
        assert_eq!(status(&mut card, "802A0297 01 5A 00"), key, "right after {event}");
        assert_eq!(status(&mut card, "00A4020C 02 001B"), password, "application after {event}");
    }
}

#[test]
fn the_issuer_unblocks() {
    let mut card = card();
    expect(&mut card, &[(SELECT_JPKI, "9000"), ("00A4020C 02 0018", "9000")]);
    for _ in 0..3 {
        send(&mut card, &verify("0000"));
    }
    expect(&mut card, &[(&verify(PIN), "6984"), ("80540080 04 31323334", "6982")]);
    assert!(card.unblock(PinName::UserAuthentication));
    expect(&mut card, &[("00200080", "63C3"), (&verify(PIN), "9000")]);
    assert!(!card.unblock(PinName::TextInputSpare), "there is no value to be used again");
    assert!(!card.unblock_with(PinName::UserAuthentication, "12345"));
    assert!(card.unblock_with(PinName::UserAuthentication, "9876"));
    expect(&mut card, &[(&verify(PIN), "63C2"), (&verify("9876"), "9000")]);
}

#[test]
fn a_right_does_not_lift_a_block() {
    let mut card = asked(|questions| questions.wrong_verify_keeps_right = true);
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            ("00A4020C 02 0018", "9000"),
            (&verify(PIN), "9000"),
            (&verify("0000"), "63C2"),
            ("802A0297 01 5A 00", "6985"), // the right is still there
            ("00A4020C 02 0018", "9000"),
            (&verify("0000"), "63C1"),
            (&verify("0000"), "63C0"),
            ("00240180 04 34333231", "6984"),
            ("00200080", "63C0"),
        ],
    );
}

#[test]
fn each_open_question_has_its_other_answer() {
    let jpki: [(&str, &str); 3] =
        [(SELECT_JPKI, "9000"), ("00A4020C 02 0018", "9000"), ("00200080 04 31323334", "9000")];
    let mut card =
        asked(|q| q.malformed_new_value = MalformedValue::Always(StatusWord::WRONG_DATA));
    expect(&mut card, &jpki);
    expect(&mut card, &[("00240180 05 3433323130", "6A80")]);
    let mut card = asked(|q| q.wrong_kind_of_file = StatusWord::REFERENCE_NOT_FOUND);
    expect(&mut card, &jpki);
    expect(&mut card, &[("00200086 04 31323334", "6A88"), ("802A0098 01 5A 00", "6A88")]);
    let mut card = asked(|q| q.warm_reset_ends_rights = true);
    expect(&mut card, &jpki);
    card.reset();
    expect(&mut card, &[("00A4020C 02 0006", "6A82")]);
    let mut card = asked(|q| q.certificate_filler = 3);
    expect(&mut card, &[(SELECT_JPKI, "9000")]);
    assert!(file(&mut card, "000A").ends_with(&[0xFF; 3]));
    let mut card = asked(|q| q.file_control_information = FileControlInformation::Empty);
    assert_eq!(send(&mut card, "00A40400 0A D392F000260100000001 00"), "6F009000");
    assert_eq!(send(&mut card, "00A40400 0A D392F000260100000001 01"), "6F9000");
    for (answer, inside, outside) in
        [(ContactAtr::InApplications, "9000", "6A88"), (ContactAtr::AtPowerUp, "6A88", "9000")]
    {
        let mut card = asked(|q| q.contact_atr = answer);
        expect(
            &mut card,
            &[("00CA5F5100", outside), (SELECT_JPKI, "9000"), ("00CA5F5100", inside)],
        );
    }
}

#[test]
fn counters_nobody_has_measured_have_the_tries_they_are_given() {
    let (birth, resident) = (PinName::BirthDate, PinName::Resident);
    let card = asked(|_| ());
    assert_eq!((card.tries_left(birth), card.tries_left(resident)), (10, 3));
    let mut card = asked(|q| {
        q.birth_date_tries = NonZeroU8::new(3).unwrap();
        q.resident_pin_tries = NonZeroU8::new(5).unwrap();
    });
    assert_eq!((card.tries_left(birth), card.tries_left(resident)), (3, 5));
    expect(&mut card, &[(SELECT_FACE, "9000"), ("00200091 06 303030303030", "63C2")]);
    card.unblock(birth);
    assert_eq!(card.tries_left(birth), 3);
}

#[test]
fn the_outlook_card_signs_on_a_curve() {
    let key = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap();
    let small = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let mut card = made_of(|contents| {
        contents.token = Token::NextGeneration;
        contents.user_authentication.as_mut().unwrap().key = key.clone().into();
        contents.digital_signature.as_mut().unwrap().key = small.clone().into();
    });
    expect(&mut card, &[(SELECT_JPKI, "9000"), ("00200098 04 31323334", "9000")]);
    let signature = data(&mut card, "802A0397 03 616263 00");
    let signature = p384::ecdsa::Signature::from_der(&signature).unwrap();
    key.verifying_key().verify_prehash(&Sha384::digest(b"abc"), &signature).unwrap();
    data(&mut card, "0020009B 06 414243313233");
    let signature = data(&mut card, "802A039A 03 616263 00");
    let signature = p256::ecdsa::Signature::from_der(&signature).unwrap();
    small.verifying_key().verify_prehash(&Sha256::digest(b"abc"), &signature).unwrap();
    expect(
        &mut card,
        &[
            ("802A0497 03 616263 00", "6A86"),
            ("802A0097 03 616263 00", "6985"),
            (SELECT_TEXT, "6A82"),
            (SELECT_FACE, "9000"),
        ],
    );
}

#[test]
fn the_old_resident_card_has_an_atr_of_its_own() {
    let mut card = made_of(|contents| contents.token = Token::OldResident);
    assert_eq!(hex::encode(card.atr()), "3bda13ff8131fb468012392f31c173c601c03b");
    assert_eq!(data(&mut card, "00CA5F5100"), card.atr()[1..].to_vec());
}

#[test]
fn logical_channels_and_session_keys_elsewhere_are_refused() {
    expect(
        &mut card(),
        &[
            ("01A4040C 0A D3921000310001010408", "6881"),
            (SELECT_TEXT, "9000"),
            ("08B0810000", "69FC"),
            ("80AE0000 01 A0", "6982"),
            ("00200091 04 31323334", "9000"),
            ("80AE0000 01 A0", "6A80"),
            (SELECT_FACE, "9000"),
            ("80AE0000 01 A0", "66F1"),
            (SELECT_RESIDENT, "9000"),
            ("80AE0000 01 A0", "6982"),
        ],
    );
}

#[test]
fn nothing_deferred_is_made_before_it_is_read() {
    let mut card = made_of(|contents| {
        contents.face.photo = Some(sim_card::Deferred::of(|| panic!("made too early")));
    });
    expect(
        &mut card,
        &[
            (SELECT_FACE, "9000"),
            ("00B0840000", "9000"),
            (SELECT_JPKI, "9000"),
            ("00B08A0000", "9000"),
        ],
    );
}
