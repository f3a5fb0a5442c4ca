//! One fictitious card for tests, benches and fuzz targets.

use jiff::civil::date;
use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::{Card, CardContents, FaceIssuer, FaceRecord, KeyAndCertificate, Token};

pub const PIN: &str = "1234";
pub const PASSWORD: &str = "ABC123";
/// Its check digit is wrong.
pub const NUMBER_A: &str = "123456789019";
pub const NUMBER_B: &str = "55021720350000";
pub const BIRTH_KEY: &str = "550217";

macro_rules! test_key {
    ($name:literal) => {
        RsaPrivateKey::from_pkcs8_der(include_bytes!(concat!("../keys/", $name, ".p8.der")))
            .expect("a test key is PKCS #8")
    };
}

pub fn user_key() -> RsaPrivateKey {
    test_key!("authentication")
}

pub fn signature_key() -> RsaPrivateKey {
    test_key!("signature")
}

pub fn issuer_key() -> RsaPrivateKey {
    test_key!("issuer")
}

pub fn terminal_key() -> RsaPrivateKey {
    test_key!("terminal")
}

/// Bytes with the outer shape of a DER certificate and the given size.
fn der_shaped(size: u16) -> Vec<u8> {
    let [high, low] = (size - 4).to_be_bytes();
    let filler = (0..usize::from(size) - 4).map(|place| (place % 251) as u8);
    [0x30, 0x82, high, low].into_iter().chain(filler).collect()
}

/// The issuer's key also stands in for the authority that approves terminals.
pub fn contents() -> CardContents {
    let issuer = issuer_key();
    let certificate = card_verifiable_certificate(
        &key_id("9900023", "001"),
        &key_id("9999999", "001"),
        issuer.as_public_key(),
        &issuer,
    );
    CardContents {
        token: Token::Card,
        user_authentication: Some(KeyAndCertificate {
            key: user_key(),
            certificate: der_shaped(1689),
            ca_certificate: der_shaped(1446),
        }),
        digital_signature: Some(KeyAndCertificate {
            key: signature_key(),
            certificate: der_shaped(1850),
            ca_certificate: der_shaped(1422),
        }),
        user_pin: Some(PIN.to_owned()),
        signature_password: Some(PASSWORD.to_owned()),
        face: FaceRecord {
            birthdate: date(1980, 2, 17),
            sex: '1',
            expiry: date(2035, 2, 17),
            security_code: "0000".to_owned(),
            photo: Some((0..1512u16).map(|place| (place % 253) as u8).collect()),
        },
        individual_number: NUMBER_A.to_owned(),
        issuer: FaceIssuer { key: issuer.clone(), certificate },
        terminal_authority: Some(issuer.to_public_key()),
        challenge_seed: [7; 32],
    }
}

/// The card of [`contents`], with power.
pub fn card() -> Card {
    let mut card = Card::new(contents());
    card.power_on();
    card
}
