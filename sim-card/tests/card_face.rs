//! The card-face application and the small public parts of the others.

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
use rsa::pkcs8::DecodePrivateKey;
use sha2::{Digest, Sha256};
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::{Card, tlv};
use support::{
    BIRTH_KEY, NUMBER_A, NUMBER_B, SELECT_COMMON, SELECT_FACE, SELECT_TEXT, card, contents, data,
    expect, read_all, status, verify,
};

/// The card with this EF verified by this text.
fn opened(reference: &str, text: &str) -> Card {
    let mut card = card();
    expect(
        &mut card,
        &[
            (SELECT_FACE, "9000"),
            (&format!("00A4020C 02 {reference}"), "9000"),
            (&verify(text), "9000"),
        ],
    );
    card
}

fn file(card: &mut Card, id: &str) -> Vec<u8> {
    data(card, &format!("00A4020C 02 {id}"));
    read_all(card)
}

#[test]
fn what_each_reference_opens() {
    for (reference, text, age, face, number) in [
        ("0011", BIRTH_KEY, "9000", "6982", "6982"),
        ("0012", NUMBER_B, "6982", "9000", "6982"),
        ("0013", NUMBER_A, "6982", "9000", "9000"),
    ] {
        expect(
            &mut opened(reference, text),
            &[
                ("00B0810007", age),
                ("00B0820007", face),
                ("00B0850007", number),
                ("00B0830007", "9000"),
                ("00B0840007", "9000"),
                ("00B0860007", "9000"),
            ],
        );
    }
    expect(
        &mut card(),
        &[
            (SELECT_FACE, "9000"),
            ("00B0810007", "6982"),
            ("00B0820007", "6982"),
            ("00B0850007", "6982"),
            ("00B0830007", "9000"),
            ("00B0840007", "9000"),
        ],
    );
}

#[test]
fn ten_wrong_tries_block_reference_number_b() {
    let mut card = card();
    expect(&mut card, &[(SELECT_FACE, "9000"), ("00A4020C 02 0012", "9000"), ("00200080", "63CA")]);
    for left in (0..10).rev() {
        assert_eq!(status(&mut card, &verify("00000000000000")), format!("63C{left:X}"));
    }
    expect(&mut card, &[(&verify(NUMBER_B), "6984"), ("00200080", "63C0"), ("00200093", "63CA")]);
}

#[test]
fn the_face_record_has_its_objects_at_its_offsets() {
    let record = file(&mut opened("0012", NUMBER_B), "0002");
    let (outer, rest) = tlv::read(&record).unwrap();
    assert_eq!((outer.tag, rest), (0xFF20, &[][..]));
    let table = tlv::find(outer.value, 0xDF21).unwrap().unwrap().value;
    let tags: Vec<u32> = table
        .chunks(2)
        .map(|pair| usize::from(u16::from_be_bytes([pair[0], pair[1]])))
        .map(|at| tlv::read(&record[at..]).unwrap().0.tag)
        .collect();
    assert_eq!(tags, (0xDF22..=0xDF2A).collect::<Vec<u32>>());
    for (tag, value) in [
        (0xDF22, &b"19800217"[..]),
        (0xDF23, b"1"),
        (0xDF27, contents().face.photo.as_deref().unwrap()),
        (0xDF29, b"20350217"),
    ] {
        assert_eq!(tlv::find(outer.value, tag).unwrap().unwrap().value, value, "{tag:04X}");
    }
}

#[test]
fn the_face_signature_covers_three_hashes() {
    let record = file(&mut opened("0012", NUMBER_B), "0002");
    let (outer, _) = tlv::read(&record).unwrap();
    let raw = |tag| tlv::find(outer.value, tag).unwrap().unwrap().raw;
    let mut info = support::bytes("3071 300D0609608648016503040201 0500 0460");
    info.extend(Sha256::digest([raw(0xDF22), raw(0xDF23), raw(0xDF24)].concat()));
    info.extend(Sha256::digest([raw(0xDF25), raw(0xDF26)].concat()));
    info.extend(Sha256::digest(raw(0xDF27)));
    let signature = tlv::find(outer.value, 0xDF28).unwrap().unwrap().value;
    support::issuer_key()
        .as_public_key()
        .verify(Pkcs1v15Sign::new_unprefixed(), &info, signature)
        .unwrap();
}

#[test]
fn the_other_signatures_cover_what_stands_before_them() {
    for (reference, text, id, signature_tag) in
        [("0011", BIRTH_KEY, "0001", 0xDF13), ("0013", NUMBER_A, "0005", 0xDF43)]
    {
        let record = file(&mut opened(reference, text), id);
        let (outer, _) = tlv::read(&record).unwrap();
        let signature = tlv::find(outer.value, signature_tag).unwrap().unwrap();
        let covered = &outer.value[..outer.value.len() - signature.raw.len()];
        support::issuer_key()
            .as_public_key()
            .verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(covered), signature.value)
            .unwrap();
    }
}

#[test]
fn a_card_without_photo_has_an_empty_object() {
    let mut contents = contents();
    contents.face.photo = None;
    let mut card = Card::new(contents);
    card.power_on();
    expect(
        &mut card,
        &[(SELECT_FACE, "9000"), ("00A4020C 02 0012", "9000"), (&verify(NUMBER_B), "9000")],
    );
    let record = file(&mut card, "0002");
    let (outer, _) = tlv::read(&record).unwrap();
    assert_eq!(tlv::find(outer.value, 0xDF27).unwrap().unwrap().value, b"");
}

#[test]
fn the_cards_own_key_signs_without_pin_and_stands_in_the_record() {
    let mut card = card();
    data(&mut card, SELECT_FACE);
    let signature = data(&mut card, "802A0000 01 5A 00");
    let der = include_bytes!("../fixtures/card/own.p8.der");
    let own = rsa::RsaPrivateKey::from_pkcs8_der(der).unwrap();
    own.as_public_key().verify(Pkcs1v15Sign::new_unprefixed(), &[0x5A], &signature).unwrap();
    let record = file(&mut opened("0012", NUMBER_B), "0002");
    let (outer, _) = tlv::read(&record).unwrap();
    let key = tlv::find(outer.value, 0xDF24).unwrap().unwrap().value;
    assert_eq!(key, sim_card::face_info::public_key_objects(own.as_public_key()));
}

#[test]
fn a_card_may_have_its_own_key_for_itself() {
    let mut card = Card::with_own_key(contents(), support::terminal_key());
    card.power_on();
    data(&mut card, SELECT_FACE);
    let signature = data(&mut card, "802A0000 01 5A 00");
    let key = support::terminal_key();
    key.as_public_key().verify(Pkcs1v15Sign::new_unprefixed(), &[0x5A], &signature).unwrap();
}

#[test]
fn a_card_verifiable_certificate_has_568_bytes_and_verifies() {
    let issuer = support::issuer_key();
    let (from, to) = (key_id("9900023", "001"), key_id("9999999", "002"));
    let subject = support::terminal_key();
    let bytes = card_verifiable_certificate(&from, &to, subject.as_public_key(), &issuer);
    assert_eq!(bytes.len(), 568);
    let (outer, rest) = tlv::read(&bytes).unwrap();
    assert_eq!((outer.tag, rest), (0x7F21, &[][..]));
    let body = tlv::find(outer.value, 0x5F4E).unwrap().unwrap().value;
    assert_eq!(body.len(), 297);
    assert_eq!((&body[..16], &body[16..32]), (&from[..], &to[..]));
    let signature = tlv::find(outer.value, 0x5F37).unwrap().unwrap().value;
    issuer
        .as_public_key()
        .verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(body), signature)
        .unwrap();
}

#[test]
fn sizes_of_the_free_files() {
    let mut card = card();
    data(&mut card, SELECT_FACE);
    for (id, size) in [("0003", 320), ("0004", 568), ("0006", 16)] {
        assert_eq!(file(&mut card, id).len(), size, "EF {id}");
    }
}

#[test]
fn the_common_application_tells_the_cards_number() {
    let mut card = card();
    data(&mut card, SELECT_COMMON);
    let record = data(&mut card, "00B2010C00");
    assert_eq!((record.len(), &record[..2]), (30, &b"\x01\x1C"[..]));
    assert_eq!(&record[17..], b"9999920350217");
    expect(
        &mut card,
        &[
            ("00A4020C 02 0001", "9000"),
            ("00B2010400", "9000"),
            ("00B2020400", "6A83"),
            ("00B2000400", "6A83"),
            ("00B2010500", "6A81"),
            ("00B2010D00", "6A81"),
            ("00B2010100", "6A86"),
            ("00B0000000", "6981"),
            ("00B2017C00", "6A82"),
        ],
    );
}

#[test]
fn the_text_application_gives_the_number_to_pin_and_number_a() {
    for (reference, text, number) in
        [("0011", "1234", "9000"), ("0014", NUMBER_A, "9000"), ("0015", NUMBER_B, "6982")]
    {
        expect(
            &mut card(),
            &[
                (SELECT_TEXT, "9000"),
                ("00B0810011", "6982"),
                (&format!("00A4020C 02 {reference}"), "9000"),
                (&verify(text), "9000"),
                ("00B0810011", number),
            ],
        );
    }
}
