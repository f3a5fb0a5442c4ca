//! ECDSA answers of the outlook profile. **Bench profile**: the next card's commands are not public.
//!
//! P1 = 00 and 02 take a hash of the curve's own size (32 bytes for P-256, 48 for P-384), P1 = 03 hashes 1 to 255 bytes on
//! the card; the RSA paddings 01, 04 and 05 are refused with 6A86. The answer is an ECDSA-Sig-Value in DER.

#[cfg(feature = "fast-crypto")]
mod aws_lc;

use p256::ecdsa::signature::hazmat::PrehashSigner;
use sha2::{Digest, Sha256, Sha384};

use crate::apdu::StatusWord;

/// `None`: input of a wrong size.
pub(super) type Signed = Result<Option<Vec<u8>>, StatusWord>;

/// ECDSA on P-256 with SHA-256. Deterministic.
///
/// Source: RFC 6979 §3.2; RFC 5480 for the form of the answer.
pub(super) fn sign_p256(key: &p256::ecdsa::SigningKey, p1: u8, data: &[u8]) -> Signed {
    let Some(hash) = prehash::<Sha256>(p1, data, 32)? else { return Ok(None) };
    #[cfg(feature = "fast-crypto")]
    let fast = aws_lc::sign_p256(key, &hash);
    #[cfg(not(feature = "fast-crypto"))]
    let fast = None;
    let signature: Option<p256::ecdsa::Signature> = fast.or_else(|| key.sign_prehash(&hash).ok());
    Ok(signature.map(|signature| signature.to_der().as_bytes().to_vec()))
}

/// ECDSA on P-384 with SHA-384. Deterministic.
pub(super) fn sign_p384(key: &p384::ecdsa::SigningKey, p1: u8, data: &[u8]) -> Signed {
    let Some(hash) = prehash::<Sha384>(p1, data, 48)? else { return Ok(None) };
    let signature: Option<p384::ecdsa::Signature> = key.sign_prehash(&hash).ok();
    Ok(signature.map(|signature| signature.to_der().as_bytes().to_vec()))
}

fn prehash<D: Digest>(p1: u8, data: &[u8], size: usize) -> Signed {
    match p1 {
        0x00 | 0x02 => Ok((data.len() == size).then(|| data.to_vec())),
        0x03 => Ok((1..=255).contains(&data.len()).then(|| D::digest(data).to_vec())),
        _ => Err(StatusWord::WRONG_P1_P2),
    }
}
