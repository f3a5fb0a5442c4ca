//! ECDSA on P-256 with its one dear step, the point of the nonce, by AWS-LC.
//!
//! AWS-LC alone would draw the nonce by chance. Here it is the nonce of RFC 6979, and AWS-LC multiplies the base point with it as if it were a key;
//! the rest is a little arithmetic. So the bytes are those of the `p256` crate.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use p256::{
    FieldBytes, NistP256, NonZeroScalar, Scalar, U256,
    ecdsa::{Signature, SigningKey},
    elliptic_curve::{Curve, PrimeField, ops::Reduce},
};
use rfc6979::KGenerator;
use sha2::Sha256;

/// Signs a SHA-256 value; `None` leaves it to the `p256` crate, which knows what to do in the cases that never happen.
///
/// The inversion takes a time that depends on the nonce: nothing is won by it, the keys of this card are fictitious.
///
/// Source: RFC 6979 §3.2 for the nonce, FIPS 186-5 §6.4.1 for the signature.
pub(super) fn sign_p256(key: &SigningKey, hash: &[u8]) -> Option<Signature> {
    let secret = key.as_nonzero_scalar();
    let hash = FieldBytes::try_from(hash).ok()?;
    let nonce = nonce(secret, &hash);
    let point = PrivateKey::from_private_key(&ECDH_P256, &nonce).ok()?.compute_public_key().ok()?;
    // Uncompressed: 04, x, y.
    let x = FieldBytes::try_from(point.as_ref().get(1..33)?).ok()?;
    let inverse: Scalar = Option::from(Scalar::from_repr(nonce).into_option()?.invert_vartime())?;
    let r = <Scalar as Reduce<FieldBytes>>::reduce(&x);
    let s = inverse * (<Scalar as Reduce<FieldBytes>>::reduce(&hash) + r * secret.as_ref());
    Signature::from_scalars(r, s).ok()
}

fn nonce(secret: &NonZeroScalar, hash: &FieldBytes) -> FieldBytes {
    let order: U256 = *NistP256::ORDER;
    let mut nonce = FieldBytes::default();
    KGenerator::<Sha256, U256>::new(&secret.to_repr(), hash, &[], &order).fill_next_k(&mut nonce);
    nonce
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::hazmat::PrehashSigner;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hashes_of_another_length_are_left_to_the_other() {
        let key = SigningKey::from_slice(&[0x11; 32]).unwrap();
        assert!(sign_p256(&key, &[0; 31]).is_none() && sign_p256(&key, &[0; 48]).is_none());
    }

    proptest! {
        #[test]
        fn the_bytes_are_those_of_the_p256_crate(secret in any::<[u8; 32]>(), hash in any::<[u8; 32]>()) {
            let Ok(key) = SigningKey::from_slice(&secret) else { return Ok(()) };
            let theirs: Signature = key.sign_prehash(&hash).unwrap();
            prop_assert_eq!(sign_p256(&key, &hash), Some(theirs));
        }

        #[test]
        fn hashes_beyond_the_order_are_reduced_alike(low in any::<[u8; 16]>(), secret in 1_u8..255) {
            let key = SigningKey::from_slice(&[secret; 32]).unwrap();
            let mut hash = [0xFF; 32];
            hash[16..].copy_from_slice(&low);
            let theirs: Signature = key.sign_prehash(&hash).unwrap();
            prop_assert_eq!(sign_p256(&key, &hash), Some(theirs));
        }
    }
}
