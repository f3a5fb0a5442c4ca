//! 券面入力補助AP: the number and the four basic attributes for forms, signed as a whole.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::TEXT_INPUT_AID;
use super::face_info::{eight_digits, key_id, objects, signed_template, with_offsets};
use crate::contents::CardContents;
use crate::files::{Access, Application, ApplicationName, Content, File, Right};
use crate::pin::PinName;
use crate::tlv;

/// EF of the 個人番号.
pub const NUMBER: u16 = 0x0001;
/// EF of the four basic attributes.
pub const ATTRIBUTES: u16 = 0x0002;
/// EF of the integrity record.
pub const INTEGRITY: u16 = 0x0003;
/// EF of the issuer's card-verifiable certificate.
pub const CERTIFICATE: u16 = 0x0004;
/// EF of the application's basic data.
pub const BASIC: u16 = 0x0005;
/// EF of the session-key public key.
pub const SESSION_KEY: u16 = 0x0006;
/// EF of the application's public key.
pub const PUBLIC_KEY: u16 = 0x0007;

const PIN: Right = Right::Verified(PinName::TextInput);
const NUMBER_A: Right = Right::Verified(PinName::TextReferenceNumberA);
const NUMBER_B: Right = Right::Verified(PinName::TextReferenceNumberB);
const ANY: Access = Access::AnyOf(&[PIN, NUMBER_A, NUMBER_B]);

/// The table of the application. Signed files are made when they are first read.
pub(crate) fn application(contents: &Arc<CardContents>, own: &[u8]) -> Application {
    let late = |make: fn(&CardContents, &[u8]) -> Vec<u8>| {
        let (contents, own) = (Arc::clone(contents), own.to_vec());
        Content::signed(move || make(&contents, &own))
    };
    let files = vec![
        File::new(NUMBER, Content::Transparent(number(contents)), Access::AnyOf(&[PIN, NUMBER_A])),
        File::new(ATTRIBUTES, late(attributes), Access::AnyOf(&[PIN, NUMBER_B])),
        File::new(INTEGRITY, late(integrity), ANY),
        File::free(CERTIFICATE, contents.issuer.text_certificate.clone()),
        File::new(BASIC, late(basic_data), Access::Free),
        File::new(SESSION_KEY, late(session_key), ANY),
        File::new(PUBLIC_KEY, late(public_key), ANY),
        File::free(0x0008, [0xFF; 16]),
        File::reference(0x0011, PinName::TextInput),
        File::reference(0x0012, PinName::TextInputSpare),
        File::reference(0x0014, PinName::TextReferenceNumberA),
        File::reference(0x0015, PinName::TextReferenceNumberB),
    ];
    Application { name: ApplicationName::TextInput, aid: &TEXT_INPUT_AID, files, own_key: true }
}

/// EF 0001: `FF10`, twelve digits and two bytes of filler.
fn number(contents: &CardContents) -> Vec<u8> {
    let mut file = vec![0xFF, 0x10, 0x0C];
    file.extend(contents.individual_number.bytes().chain(std::iter::repeat(0xFF)).take(14));
    file
}

/// The value of EF 0002 after its offset table: name, address, birth, sex, and 振り仮名 if it is kept (`DF26`, bench
/// profile).
fn attribute_objects(contents: &CardContents) -> Vec<u8> {
    let (holder, face) = (&contents.holder, &contents.face);
    let mut sex = [0; 4];
    let mut out = objects(&[
        (0xDF22, holder.name.as_bytes()),
        (0xDF23, holder.address.as_bytes()),
        (0xDF24, &eight_digits(face.birthdate)),
        (0xDF25, face.sex.encode_utf8(&mut sex).as_bytes()),
    ]);
    if let Some(kana) = &holder.kana {
        tlv::write(&mut out, 0xDF26, kana.as_bytes());
    }
    out
}

/// EF 0002, `FF20`, with the shortest length form; its table counts every attribute: clients refuse one that leaves any out.
fn attributes(contents: &CardContents, _own: &[u8]) -> Vec<u8> {
    let objects = attribute_objects(contents);
    let listed = tlv::items(&objects).count();
    with_offsets((0xFF20, tlv::write), 0xDF21, &objects, listed)
}

/// EF 0003, `FF30`: SHA-256 of the whole EF 0001 with its filler, of EF 0002 after its offset table, signature over both.
fn integrity(contents: &CardContents, _own: &[u8]) -> Vec<u8> {
    let number = Sha256::digest(number(contents));
    let attributes = Sha256::digest(attribute_objects(contents));
    let fields: [(u32, &[u8]); 2] = [(0xDF31, &number), (0xDF32, &attributes)];
    signed_template(0xFF30, &fields, 0xDF33, &contents.issuer.key)
}

/// EF 0005, `FF40`: version, extended lengths, vendor; key id; 128 bytes of unknown use, here of the seed (bench profile).
fn basic_data(contents: &CardContents, _own: &[u8]) -> Vec<u8> {
    let mut unknown = Vec::with_capacity(128);
    for part in 0u8..4 {
        let hash = Sha256::new().chain_update([part]).chain_update(contents.challenge_seed);
        unknown.extend_from_slice(&hash.finalize());
    }
    let mut fields =
        objects(&[(0xDF41, &[0x01, 0x03, 0x0E, 0x01]), (0xDF42, &key_id("9900034", "001"))]);
    tlv::write_wide(&mut fields, 0xDF43, &unknown);
    let mut out = Vec::new();
    tlv::write_wide(&mut out, 0xFF40, &fields);
    out
}

/// EF 0006, `A1`: the key session keys are wrapped with; here the card's own (bench profile).
fn session_key(_contents: &CardContents, own: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    tlv::write_wide(&mut out, 0xA1, own);
    out
}

/// EF 0007, `FF50`: the application's public key and a signature over it.
fn public_key(contents: &CardContents, own: &[u8]) -> Vec<u8> {
    signed_template(0xFF50, &[(0xDF51, own)], 0xDF52, &contents.issuer.key)
}
