//! One fictitious card for tests, benches and fuzz targets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

use jiff::civil::date;
use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::{
    Card, CardContents, FaceImages, FaceIssuer, FaceRecord, Holder, KeyAndCertificate,
    OpenQuestions, OtherPins, Token,
};

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

/// White images of one size, as the recorded card had them.
fn blank_images() -> FaceImages {
    let blank = || vec![0; 67];
    FaceImages { name: blank(), address: blank(), security_code: blank(), number: blank() }
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
    let text_certificate = card_verifiable_certificate(
        &key_id("9900033", "001"),
        &key_id("9999999", "001"),
        issuer.as_public_key(),
        &issuer,
    );
    CardContents {
        token: Token::Card,
        user_authentication: Some(KeyAndCertificate {
            key: user_key().into(),
            certificate: der_shaped(1689),
            ca_certificate: der_shaped(1446),
        }),
        digital_signature: Some(KeyAndCertificate {
            key: signature_key().into(),
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
            photo: Some((0..1512u16).map(|place| (place % 253) as u8).collect::<Vec<u8>>().into()),
            images: Some(blank_images().into()),
        },
        other_pins: OtherPins::all(Some(PIN)),
        holder: Holder {
            name: "架空　太郎".to_owned(),
            kana: None,
            address: "架空県見本市見本一丁目１番地１".to_owned(),
        },
        individual_number: NUMBER_A.to_owned(),
        issuer: std::sync::Arc::new(FaceIssuer {
            key: issuer.clone(),
            certificate,
            text_certificate,
        }),
        terminal_authority: Some(issuer.to_public_key()),
        challenge_seed: [7; 32],
        open_questions: OpenQuestions::default(),
    }
}

/// The card of [`contents`], with power.
pub fn card() -> Card {
    let mut card = Card::new(contents());
    card.power_on();
    card
}

/// Sends one command in hex (spaces allowed) and gives the answer in upper-case hex.
pub fn send(card: &mut Card, command: &str) -> String {
    hex::encode_upper(card.transmit(&bytes(command)))
}

/// Sends one command and gives the last two bytes of the answer in hex.
pub fn status(card: &mut Card, command: &str) -> String {
    let answer = send(card, command);
    answer[answer.len() - 4..].to_owned()
}

/// Sends commands and compares each status word.
pub fn expect(card: &mut Card, rows: &[(&str, &str)]) {
    for (place, (command, wanted)) in rows.iter().enumerate() {
        assert_eq!(&status(card, command), wanted, "row {place}: {command}");
    }
}

/// The data of an answer that must be 9000.
pub fn data(card: &mut Card, command: &str) -> Vec<u8> {
    let mut answer = card.transmit(&bytes(command));
    assert_eq!(answer.split_off(answer.len() - 2), [0x90, 0x00], "{command}");
    answer
}

/// VERIFY of the current EF with a text.
pub fn verify(text: &str) -> String {
    format!("00200080 {:02X} {}", text.len(), hex::encode(text))
}

/// Reads the current EF in pieces of 256 bytes until its end.
pub fn read_all(card: &mut Card) -> Vec<u8> {
    let mut file = Vec::new();
    loop {
        let answer = card.transmit(&bytes(&format!("00B0 {:04X} 00", file.len())));
        let (data, status) = answer.split_at(answer.len() - 2);
        match status {
            [0x90, 0x00] => file.extend_from_slice(data),
            [0x6B, 0x00] => return file,
            other => panic!("status {other:02X?} at offset {}", file.len()),
        }
    }
}

pub fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).expect("test commands are hex")
}

pub const SELECT_ISD: &str = "00A4040C 07 A0000001510000";
pub const SELECT_JPKI: &str = "00A4040C 0A D392F000260100000001";
pub const SELECT_FACE: &str = "00A4040C 0A D3921000310001010402";
pub const SELECT_TEXT: &str = "00A4040C 0A D3921000310001010408";
pub const SELECT_COMMON: &str = "00A4040C 0A D3921000310001010100";
pub const SELECT_RESIDENT: &str = "00A4040C 0A D3921000310001010401";
