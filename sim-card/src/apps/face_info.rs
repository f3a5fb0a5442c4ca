//! 券面事項確認AP: what is printed on the card, signed, for readers that compare a face.

use std::sync::Arc;

use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest, Sha256};

use super::{CARD_FACE_AID, lettering};
use crate::contents::{CardContents, FaceImages, FaceRecord, Token};
use crate::files::{Access, Application, ApplicationName, Content, File, Right};
use crate::pin::PinName;
use crate::tlv;

/// EF of the age record.
pub const AGE: u16 = 0x0001;
/// EF of the face record.
pub const FACE: u16 = 0x0002;
/// EF of the application's basic data.
pub const BASIC: u16 = 0x0003;
/// EF of the issuer's card-verifiable certificate.
pub const CERTIFICATE: u16 = 0x0004;
/// EF of the image of the 個人番号.
pub const NUMBER_IMAGE: u16 = 0x0005;
/// EF of the 生年月日 key.
pub const BIRTH_KEY: u16 = 0x0011;
/// EF of 照合番号B.
pub const REFERENCE_NUMBER_B: u16 = 0x0012;
/// EF of 照合番号A.
pub const REFERENCE_NUMBER_A: u16 = 0x0013;

const BIRTH: Right = Right::Verified(PinName::BirthDate);
const NUMBER_A: Right = Right::Verified(PinName::ReferenceNumberA);
const NUMBER_B: Right = Right::Verified(PinName::ReferenceNumberB);

/// The municipality of every virtual card; no real one has this code.
pub(crate) const MUNICIPALITY: &str = "99999";

/// The table of the application. Signed files are made when they are first read.
pub(crate) fn application(contents: &Arc<CardContents>, own: &[u8]) -> Application {
    let late = |make: fn(&CardContents, &[u8]) -> Vec<u8>| {
        let (contents, own) = (Arc::clone(contents), own.to_vec());
        Content::signed(move || make(&contents, &own))
    };
    let files = vec![
        File::new(AGE, late(age_record), Access::AnyOf(&[BIRTH])),
        File::new(FACE, late(face_record), Access::AnyOf(&[NUMBER_A, NUMBER_B])),
        File::new(BASIC, late(basic_data), Access::Free),
        File::free(CERTIFICATE, contents.issuer.certificate.clone()),
        File::new(NUMBER_IMAGE, late(number_image), Access::AnyOf(&[NUMBER_A])),
        File::free(0x0006, [0xFF; 16]),
        File::reference(BIRTH_KEY, PinName::BirthDate),
        File::reference(REFERENCE_NUMBER_B, PinName::ReferenceNumberB),
        File::reference(REFERENCE_NUMBER_A, PinName::ReferenceNumberA),
    ];
    Application { name: ApplicationName::CardFace, aid: &CARD_FACE_AID, files, own_key: true }
}

/// The first and last position of the photo's bytes in EF 0002, if it has any.
pub(crate) fn photo_range(file: &[u8]) -> Option<std::ops::Range<usize>> {
    let (outer, _) = tlv::read(file).ok()?;
    let header = file.len() - outer.value.len();
    let mut at = header;
    for object in tlv::items(outer.value) {
        let object = object.ok()?;
        let end = at + object.raw.len();
        if object.tag == 0xDF27 {
            return Some(end - object.value.len()..end);
        }
        at = end;
    }
    None
}

/// EF 0002, `FF20`: offsets, birth, sex, card key, name, address, photo, signature, expiry, security code.
///
/// Sex is not printed on the next card: its object is empty there (bench profile).
fn face_record(contents: &CardContents, own: &[u8]) -> Vec<u8> {
    let images = images(contents);
    let FaceRecord { birthdate, sex, expiry, photo, .. } = &contents.face;
    let mut sex_digit = [0; 4];
    let sex = sex.encode_utf8(&mut sex_digit).as_bytes();
    let first: [(u32, &[u8]); 3] = [
        (0xDF22, &eight_digits(*birthdate)),
        (0xDF23, if contents.token == Token::NextGeneration { b"" } else { sex }),
        (0xDF24, own),
    ];
    let second: [(u32, &[u8]); 2] = [(0xDF25, &images.name), (0xDF26, &images.address)];
    let photo: [(u32, &[u8]); 1] = [(0xDF27, photo.as_deref().map_or(&[][..], Vec::as_slice))];
    let parts = [objects(&first), objects(&second), objects(&photo)];
    let signature = sign_face(&contents.issuer.key, &parts);
    let last: [(u32, &[u8]); 3] =
        [(0xDF28, &signature), (0xDF29, &eight_digits(*expiry)), (0xDF2A, &images.security_code)];
    let [a, b, c] = parts;
    with_offsets((0xFF20, tlv::write_wide), 0xDF21, &[a, b, c, objects(&last)].concat(), 9)
}

/// The images given at personalisation, or drawn ones.
fn images(contents: &CardContents) -> FaceImages {
    match &contents.face.images {
        Some(images) => FaceImages::clone(images),
        None => FaceImages {
            name: lettering::png(&contents.holder.name),
            address: lettering::png(&contents.holder.address),
            security_code: lettering::png(&contents.face.security_code),
            number: lettering::png(&contents.individual_number),
        },
    }
}

/// EF 0001, `FF10`: birth, card key, signature over both.
fn age_record(contents: &CardContents, own: &[u8]) -> Vec<u8> {
    let birth = eight_digits(contents.face.birthdate);
    signed_template(0xFF10, &[(0xDF11, &birth), (0xDF12, own)], 0xDF13, &contents.issuer.key)
}

/// EF 0005, `FF40`: image of the number, card key, signature over both.
fn number_image(contents: &CardContents, own: &[u8]) -> Vec<u8> {
    let number = images(contents).number;
    signed_template(0xFF40, &[(0xDF41, &number), (0xDF42, own)], 0xDF43, &contents.issuer.key)
}

/// EF 0003, `FF30`: version and vendor bytes, key id, version, municipality, key id with 256 bytes.
///
/// What those 256 bytes are is not public; here they sign what stands before them (bench profile).
fn basic_data(contents: &CardContents, _own: &[u8]) -> Vec<u8> {
    let fields = objects(&[
        (0xDF31, &[0x06, 0x03, 0x0E, 0x01]),
        (0xDF32, &key_id("9900024", "001")),
        (0xDF33, b"0"),
        (0xDF34, MUNICIPALITY.as_bytes()),
    ]);
    let mut reference = key_id("9900025", "001").to_vec();
    reference.extend(sign_sha256(&contents.issuer.key, &fields));
    let mut out = Vec::new();
    tlv::write_wide(&mut out, 0xFF30, &[fields, objects(&[(0xDF35, &reference)])].concat());
    out
}

/// A template whose last object signs the ones before it, as they are stored.
pub(super) fn signed_template(
    tag: u32,
    fields: &[(u32, &[u8])],
    last: u32,
    key: &RsaPrivateKey,
) -> Vec<u8> {
    let mut value = objects(fields);
    let signature = sign_sha256(key, &value);
    tlv::write(&mut value, last, &signature);
    let mut out = Vec::with_capacity(value.len() + 5);
    tlv::write_wide(&mut out, tag, &value);
    out
}

pub(super) fn objects(fields: &[(u32, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (tag, value) in fields {
        tlv::write(&mut out, *tag, value);
    }
    out
}

/// How a BER-TLV object is written: with the shortest length form or with two length bytes.
type Write = fn(&mut Vec<u8>, u32, &[u8]);

/// A template, by its tag and how it is written, that begins with a table of 16-bit offsets, counted from the start
/// of the file, of the first `listed` objects after it.
///
/// An offset beyond 65 535 is written as 65 535; such a file could not be read to its end anyway.
pub(super) fn with_offsets(
    (tag, write): (u32, Write),
    table: u32,
    fields: &[u8],
    listed: usize,
) -> Vec<u8> {
    let filled = |offsets: &[u8]| {
        let value = [&objects(&[(table, offsets)]), fields].concat();
        let mut out = Vec::with_capacity(value.len() + 5);
        write(&mut out, tag, &value);
        out
    };
    // An empty table of the same size gives the same headers, whatever form their lengths take.
    let mut at = filled(&vec![0; 2 * listed]).len() - fields.len();
    let mut offsets = Vec::with_capacity(2 * listed);
    for object in tlv::items(fields).flatten().take(listed) {
        offsets.extend(u16::try_from(at).unwrap_or(u16::MAX).to_be_bytes());
        at += object.raw.len();
    }
    filled(&offsets)
}

/// DF28: one PKCS #1 v1.5 signature over a DigestInfo whose digest field holds three SHA-256 values.
fn sign_face(key: &RsaPrivateKey, parts: &[Vec<u8>; 3]) -> Vec<u8> {
    // SEQUENCE { SEQUENCE { sha-256, NULL }, OCTET STRING of 96 bytes }
    let mut info = vec![0x30, 0x71, 0x30, 0x0D, 0x06, 0x09];
    info.extend_from_slice(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]);
    info.extend_from_slice(&[0x05, 0x00, 0x04, 0x60]);
    for part in parts {
        info.extend_from_slice(&Sha256::digest(part));
    }
    key.sign(Pkcs1v15Sign::new_unprefixed(), &info).unwrap_or_default()
}

fn sign_sha256(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)).unwrap_or_default()
}

pub(super) fn eight_digits(date: jiff::civil::Date) -> Vec<u8> {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()).into_bytes()
}

/// `90` exponent, `91` modulus: a public key as the card's files carry it.
pub fn public_key_objects(key: &RsaPublicKey) -> Vec<u8> {
    objects(&[(0x90, &key.e_bytes()), (0x91, &key.n_bytes())])
}

/// A 16-byte key id: seven digits of the authority, `08 05`, three digits of the key, padding.
///
/// Longer texts are cut and shorter ones padded with zero bytes. Use authorities of the form
/// `99xxxxx`, which no real one has.
pub fn key_id(authority: &str, key: &str) -> [u8; 16] {
    let mut id = [0; 16];
    let bytes = authority.bytes().chain(std::iter::repeat(0)).take(7).chain([0x08, 0x05]);
    for (place, byte) in id.iter_mut().zip(bytes.chain(key.bytes().take(3))) {
        *place = byte;
    }
    id
}

/// A card-verifiable certificate: `7F21` { `5F4E` issuer id, subject id, public key; `5F37` sha256WithRSA over it }.
///
/// 568 bytes with RSA-2048 keys and the exponent 65 537. Fits the issuer of card-face files as well as
/// a terminal (the latter bench profile). A key too small to sign a SHA-256 value leaves an empty signature.
pub fn card_verifiable_certificate(
    issuer_id: &[u8; 16],
    subject_id: &[u8; 16],
    subject_key: &RsaPublicKey,
    issuer_key: &RsaPrivateKey,
) -> Vec<u8> {
    let body = [&issuer_id[..], subject_id, &public_key_objects(subject_key)].concat();
    let signature = sign_sha256(issuer_key, &body);
    let mut out = Vec::with_capacity(568);
    tlv::write(&mut out, 0x7F21, &objects(&[(0x5F4E, &body), (0x5F37, &signature)]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_point_at_the_objects() {
        let file = with_offsets(
            (0xFF20, tlv::write_wide),
            0xDF21,
            &objects(&[(0xDF22, b"abc"), (0xDF23, b"d")]),
            2,
        );
        let (outer, rest) = tlv::read(&file).unwrap();
        assert!(rest.is_empty());
        let table = tlv::find(outer.value, 0xDF21).unwrap().unwrap().value;
        for (offset, tag) in table.chunks(2).zip([0xDF22, 0xDF23]) {
            let at = usize::from(u16::from_be_bytes([offset[0], offset[1]]));
            assert_eq!(tlv::read(&file[at..]).unwrap().0.tag, tag);
        }
    }

    #[test]
    fn key_ids_have_their_fixed_form() {
        assert_eq!(&key_id("9900023", "001"), b"9900023\x08\x05001\0\0\0\0");
        assert_eq!(&key_id("99", "0012"), b"99\0\0\0\0\0\x08\x05001\0\0\0\0");
    }
}
