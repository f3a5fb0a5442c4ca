//! Terminal authentication, a bench profile.

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

use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest, Sha256};
use sim_card::Card;
use sim_card::apdu::{CommandApdu, ResponseApdu};
use sim_card::face_info::{card_verifiable_certificate, key_id};
use support::{SELECT_FACE, SELECT_JPKI, card, contents, data, expect};

const KEY_SIGNS: &str = "802A0097 01 5A 00";

fn certificate(authority: &RsaPrivateKey) -> CommandApdu {
    let (from, to) = (key_id("9900016", "001"), key_id("9913199", "001"));
    let terminal = support::terminal_key();
    let bytes = card_verifiable_certificate(&from, &to, terminal.as_public_key(), authority);
    CommandApdu::new([0x80, 0xA2, 0x00, 0x80], bytes, None)
}

fn transmit(card: &mut Card, command: &CommandApdu) -> u16 {
    ResponseApdu::parse(&card.transmit(&command.to_bytes())).unwrap().sw.0
}

/// The answer to a fresh challenge, made with this key.
fn proof(card: &mut Card, key: &RsaPrivateKey) -> CommandApdu {
    let challenge = data(card, "0084000010");
    let signature = key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(challenge)).unwrap();
    CommandApdu::new([0x00, 0x82, 0x00, 0x80], signature, None)
}

fn authenticated() -> Card {
    let mut card = card();
    data(&mut card, SELECT_JPKI);
    assert_eq!(transmit(&mut card, &certificate(&support::issuer_key())), 0x9000);
    let proof = proof(&mut card, &support::terminal_key());
    assert_eq!(transmit(&mut card, &proof), 0x9000);
    card
}

#[test]
fn an_approved_terminal_uses_the_user_key_and_no_other() {
    expect(
        &mut authenticated(),
        &[
            (KEY_SIGNS, "9000"),
            (KEY_SIGNS, "9000"),
            ("802A009A 01 5A 00", "6982"),
            ("00B0810004", "6982"),
            ("00240198 04 34333231", "6982"),
        ],
    );
}

#[test]
fn without_it_the_key_stays_shut() {
    let mut card = card();
    expect(&mut card, &[(SELECT_JPKI, "9000"), (KEY_SIGNS, "6982")]);
    assert_eq!(transmit(&mut card, &certificate(&support::issuer_key())), 0x9000);
    expect(&mut card, &[(KEY_SIGNS, "6982")]);
}

#[test]
fn the_right_ends_with_the_application_and_with_power() {
    let mut card = authenticated();
    expect(&mut card, &[(SELECT_JPKI, "9000"), (KEY_SIGNS, "9000")]);
    card.reset();
    expect(&mut card, &[(KEY_SIGNS, "9000")]);
    expect(&mut card, &[(SELECT_FACE, "9000"), (SELECT_JPKI, "9000"), (KEY_SIGNS, "6982")]);
    let mut card = authenticated();
    card.power_off();
    card.power_on();
    expect(&mut card, &[(SELECT_JPKI, "9000"), (KEY_SIGNS, "6982")]);
}

#[test]
fn a_challenge_serves_once_and_only_the_certified_key() {
    let mut card = card();
    data(&mut card, SELECT_JPKI);
    let early = proof(&mut card, &support::terminal_key());
    assert_eq!(transmit(&mut card, &early), 0x6985, "no certificate yet");
    assert_eq!(transmit(&mut card, &certificate(&support::issuer_key())), 0x9000);
    let foreign = proof(&mut card, &support::user_key());
    assert_eq!(transmit(&mut card, &foreign), 0x6300);
    let right = proof(&mut card, &support::terminal_key());
    assert_eq!(transmit(&mut card, &right), 0x9000);
    assert_eq!(transmit(&mut card, &right), 0x6985, "replayed");
    let stale = proof(&mut card, &support::terminal_key());
    data(&mut card, "0084000010");
    assert_eq!(transmit(&mut card, &stale), 0x6300, "another challenge came after");
    expect(&mut card, &[(KEY_SIGNS, "6982")]);
}

#[test]
fn what_a_terminal_began_is_forgotten() {
    for forget in [
        (|card: &mut Card| expect(card, &[(SELECT_FACE, "9000"), (SELECT_JPKI, "9000")]))
            as fn(&mut Card),
        |card| assert_eq!(transmit(card, &certificate(&support::user_key())), 0x6982),
    ] {
        let mut card = card();
        data(&mut card, SELECT_JPKI);
        assert_eq!(transmit(&mut card, &certificate(&support::issuer_key())), 0x9000);
        forget(&mut card);
        let proof = proof(&mut card, &support::terminal_key());
        assert_eq!(transmit(&mut card, &proof), 0x6985, "the accepted certificate is gone");
    }
    let mut card = card();
    data(&mut card, SELECT_JPKI);
    assert_eq!(transmit(&mut card, &certificate(&support::issuer_key())), 0x9000);
    let proof = proof(&mut card, &support::terminal_key());
    card.reset();
    assert_eq!(transmit(&mut card, &proof), 0x6985, "a reset ends the challenge");
}

#[test]
fn certificates_that_are_refused() {
    let mut card = card();
    let good = certificate(&support::issuer_key());
    assert_eq!(transmit(&mut card, &good), 0x6985, "no JPKI application");
    data(&mut card, SELECT_JPKI);
    assert_eq!(
        transmit(&mut card, &certificate(&support::user_key())),
        0x6982,
        "foreign authority"
    );
    let mut altered = good.clone();
    altered.data[20] ^= 1;
    assert_eq!(transmit(&mut card, &altered), 0x6982);
    let cut = CommandApdu::new(good.header, &good.data[..500], None);
    assert_eq!(transmit(&mut card, &cut), 0x6A80);
    for p1_p2 in [[0x00, 0x00], [0x00, 0xAE], [0x80, 0x00], [0x00, 0xB6]] {
        let mut other = good.clone();
        other.header[2..].copy_from_slice(&p1_p2);
        assert_eq!(transmit(&mut card, &other), 0x6A86, "{p1_p2:02X?}");
    }
}

#[test]
fn a_card_without_an_authority_accepts_no_terminal() {
    let mut contents = contents();
    contents.terminal_authority = None;
    let mut card = Card::new(contents);
    card.power_on();
    data(&mut card, SELECT_JPKI);
    assert_eq!(transmit(&mut card, &certificate(&support::issuer_key())), 0x6A88);
}
