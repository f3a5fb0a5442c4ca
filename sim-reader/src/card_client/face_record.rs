//! The face record of the 券面事項確認AP: is it authentic, and where is the photo?

use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use sim_card::tlv::{self, Tlv};

use super::FaceFiles;

const TEMPLATE: u32 = 0xFF20;
const BIRTH: u32 = 0xDF22;
const CARD_KEY: u32 = 0xDF24;
const NAME_IMAGE: u32 = 0xDF25;
const ADDRESS_IMAGE: u32 = 0xDF26;
const PHOTO: u32 = 0xDF27;
const SIGNATURE: u32 = 0xDF28;

/// Why a face record is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaceRecordError {
    /// The record or its issuer's certificate is not of its form.
    #[error("the face record is malformed")]
    Malformed,
    /// The signature does not verify: something was changed after issue.
    #[error("the signature of the face record does not verify")]
    Signature,
}

/// The photo as stored (JPEG 2000), after the signature over the whole record was found right; `None`
/// on a card without photo.
///
/// The signature is one PKCS #1 v1.5 signature over a `DigestInfo` whose digest field holds three
/// SHA-256 values: over birth date to card key, over the two images, over the photo, as stored.
///
/// # Errors
/// [`FaceRecordError`]; the photo of such a record is not to be used.
pub fn authentic_photo(files: &FaceFiles) -> Result<Option<Vec<u8>>, FaceRecordError> {
    let (record, _) = tlv::read(&files.record).map_err(|_| FaceRecordError::Malformed)?;
    let fields: Vec<Tlv<'_>> = tlv::items(record.value)
        .collect::<Result<_, _>>()
        .map_err(|_| FaceRecordError::Malformed)?;
    if record.tag != TEMPLATE {
        return Err(FaceRecordError::Malformed);
    }
    let parts = [(BIRTH, CARD_KEY), (NAME_IMAGE, ADDRESS_IMAGE), (PHOTO, PHOTO)];
    let info = digest_info(parts.map(|(first, last)| digest(&fields, first, last)));
    let signature = one(&fields, SIGNATURE).ok_or(FaceRecordError::Malformed)?;
    let issuer = issuer_key(&files.issuer_certificate).ok_or(FaceRecordError::Malformed)?;
    issuer
        .verify(Pkcs1v15Sign::new_unprefixed(), &info, signature)
        .map_err(|_| FaceRecordError::Signature)?;
    let photo = one(&fields, PHOTO).unwrap_or_default();
    Ok((!photo.is_empty()).then(|| photo.to_vec()))
}

/// The value of the only field with this tag; a record with two of them is ambiguous.
fn one<'a>(fields: &[Tlv<'a>], tag: u32) -> Option<&'a [u8]> {
    let mut found = fields.iter().filter(|field| field.tag == tag);
    match (found.next(), found.next()) {
        (Some(field), None) => Some(field.value),
        _ => None,
    }
}

fn digest(fields: &[Tlv<'_>], first: u32, last: u32) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in fields.iter().filter(|field| (first..=last).contains(&field.tag)) {
        hash.update(field.raw);
    }
    hash.finalize().into()
}

fn digest_info(digests: [[u8; 32]; 3]) -> Vec<u8> {
    const PREFIX: [u8; 19] = [
        0x30, 0x71, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x60,
    ];
    let mut info = PREFIX.to_vec();
    info.extend(digests.as_flattened());
    info
}

/// The public key of a card-verifiable certificate: `7F21` { `5F4E` two key ids of 16 bytes, `90`
/// exponent, `91` modulus; `5F37` signature }.
fn issuer_key(certificate: &[u8]) -> Option<RsaPublicKey> {
    let outer = tlv::find(certificate, 0x7F21).ok()??;
    let body = tlv::find(outer.value, 0x5F4E).ok()??.value;
    let key = body.get(32..)?;
    let exponent = number(tlv::find(key, 0x90).ok()??.value)?;
    let modulus = number(tlv::find(key, 0x91).ok()??.value)?;
    RsaPublicKey::new(modulus, exponent).ok()
}

fn number(bytes: &[u8]) -> Option<BoxedUint> {
    let bits = u32::try_from(bytes.len()).ok()?.checked_mul(8)?;
    BoxedUint::from_be_slice(bytes, bits).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            record in prop::collection::vec(any::<u8>(), 0..200),
            certificate in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut framed = vec![0xFF, 0x20, 0x82, 0x00, 0xC8];
            framed.extend(&record);
            for record in [record, framed] {
                let files = FaceFiles { record, issuer_certificate: certificate.clone() };
                prop_assert!(authentic_photo(&files).is_err());
            }
        }
    }
}
