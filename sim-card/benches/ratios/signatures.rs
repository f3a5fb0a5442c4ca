//! Signatures of a card's key, asked for by COMPUTE DIGITAL SIGNATURE, on one core, against `openssl speed`.

use std::hint::black_box;

use sim_card::apdu::CommandApdu;
use sim_card::apps::JPKI_AID;
use sim_card::pki::pooled_key;
use sim_card::{Card, CardKey};

use super::measure::{contest, left_out, line, rate};
use super::outside::{is_there, openssl_speed};
use super::support;

/// The feature has to reach it; the default prints its ratio.
const GOAL: Option<f64> = if cfg!(feature = "fast-crypto") { Some(0.8) } else { None };
/// DigestInfo of SHA-256 without its hash.
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// The sample card with this user key, which may sign.
fn card(key: CardKey) -> Card {
    let mut contents = support::contents();
    if let Some(pair) = &mut contents.user_authentication {
        pair.key = key;
    }
    let mut card = Card::new(contents);
    card.power_on();
    for command in [
        CommandApdu::select_application(&JPKI_AID),
        CommandApdu::select_file(0x0018),
        CommandApdu::verify(support::PIN.as_bytes()),
        CommandApdu::select_file(0x0017),
    ] {
        assert_eq!(card.transmit(&command.to_bytes()), [0x90, 0x00], "{command:?}");
    }
    card
}

/// Signatures a second over the same input.
fn signatures(card: &mut Card, input: &[u8]) -> f64 {
    let command = CommandApdu::compute_signature(input).to_bytes();
    rate(8, || assert!(card.transmit(black_box(&command)).len() > 64, "a signature"))
}

pub fn measure() {
    if !is_there("openssl") {
        return left_out("signatures", "openssl is not installed");
    }
    let p256 = p256::ecdsa::SigningKey::from_slice(&[0x11; 32]).unwrap();
    let p384 = p384::ecdsa::SigningKey::from_slice(&[0x11; 48]).unwrap();
    let digest_info = [&DIGEST_INFO[..], &[0x5A; 32]].concat();
    for (what, key, input, algorithm, goal) in [
        ("RSA-2048", pooled_key(0).unwrap().into(), digest_info, "rsa2048", GOAL),
        ("ECDSA P-256", CardKey::from(p256), vec![0x5A; 32], "ecdsap256", GOAL),
        ("ECDSA P-384", CardKey::from(p384), vec![0x5A; 48], "ecdsap384", None),
    ] {
        let mut card = card(key);
        let [ours, theirs] =
            contest([&mut || signatures(&mut card, &input), &mut || openssl_speed(algorithm, "1")]);
        line(what, ours, (&format!("openssl speed {algorithm}"), theirs), goal);
    }
}
