//! Signatures by AWS-LC, over the DigestInfos it makes itself: SHA-256, SHA-384, SHA-512.

use std::sync::OnceLock;

use aws_lc_rs::{
    digest::{self, Digest},
    signature::{self, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents},
};
use rsa::{RsaPrivateKey, RsaPublicKey, pkcs8::EncodePrivateKey, traits::PublicKeyParts};

use super::SHA_256_INFO;

/// DigestInfo of SHA-384 up to the 48 bytes of the hash. Source: RFC 8017 §9.2, note 1.
const SHA_384_INFO: [u8; 19] = [
    0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05,
    0x00, 0x04, 0x30,
];

/// DigestInfo of SHA-512 up to the 64 bytes of the hash. Source: as before.
const SHA_512_INFO: [u8; 19] = [
    0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05,
    0x00, 0x04, 0x40,
];

/// A key within AWS-LC, taken over at the first signature; `None` when it takes no such key (under 2048 bits, for one).
#[derive(Default)]
pub(super) struct Imported(OnceLock<Option<RsaKeyPair>>);

impl Imported {
    /// Signs what AWS-LC can sign byte for byte as the `rsa` crate would; `None` leaves it to that.
    pub(super) fn sign(&self, key: &RsaPrivateKey, data: &[u8]) -> Option<Vec<u8>> {
        let (encoding, digest) = recognised(data)?;
        let pair = self.0.get_or_init(|| import(key)).as_ref()?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign_digest(encoding, &digest, &mut signature).ok()?;
        Some(signature)
    }
}

fn import(key: &RsaPrivateKey) -> Option<RsaKeyPair> {
    RsaKeyPair::from_pkcs8(key.to_pkcs8_der().ok()?.as_bytes()).ok()
}

/// Whether AWS-LC finds this a `sha256WithRSAEncryption` signature by the key, which has 2048 bits or more.
pub(super) fn verifies(key: &RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
    let key = RsaPublicKeyComponents { n: key.n_bytes(), e: key.e_bytes() };
    key.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
}

/// The hash in one of the three DigestInfos, compared byte for byte: without NULL, longer or shorter is none of them.
fn recognised(data: &[u8]) -> Option<(&'static dyn RsaEncoding, Digest)> {
    let (info, hash) = data.split_first_chunk()?;
    let (encoding, algorithm): (&'static dyn RsaEncoding, _) = match *info {
        SHA_256_INFO => (&signature::RSA_PKCS1_SHA256, &digest::SHA256),
        SHA_384_INFO => (&signature::RSA_PKCS1_SHA384, &digest::SHA384),
        SHA_512_INFO => (&signature::RSA_PKCS1_SHA512, &digest::SHA512),
        _ => return None,
    };
    Some((encoding, Digest::import_less_safe(hash, algorithm).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rsa::Pkcs1v15Sign;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::pki::pooled_key;

    fn info(prefix: &[u8], length: usize) -> Vec<u8> {
        let hash = (0..length).map(|place| u8::try_from(place % 251).unwrap());
        prefix.iter().copied().chain(hash).collect()
    }

    #[test]
    fn three_digest_infos_are_recognised_and_nothing_near_them() {
        let with_null = info(&SHA_256_INFO, 32);
        for (case, data, ours) in [
            ("SHA-256", with_null.clone(), true),
            ("SHA-384", info(&SHA_384_INFO, 48), true),
            ("SHA-512", info(&SHA_512_INFO, 64), true),
            ("a byte short", info(&SHA_256_INFO, 31), false),
            ("a byte more", info(&SHA_256_INFO, 33), false),
            ("another length within", info(&SHA_384_INFO, 32), false),
            ("a bare hash", info(&[], 32), false),
            ("nothing", Vec::new(), false),
            ("SHA-1", info(&hex::decode("3021300906052B0E03021A05000414").unwrap(), 20), false),
            (
                "SHA-256 without NULL",
                info(
                    &hex::decode("302F300B0609608648016503040201 0420".replace(' ', "")).unwrap(),
                    32,
                ),
                false,
            ),
        ] {
            assert_eq!(recognised(&data).is_some(), ours, "{case}");
        }
    }

    #[test]
    fn a_small_key_is_left_to_the_other() {
        let key = RsaPrivateKey::new(&mut seeded(), 1024).unwrap();
        assert_eq!(Imported::default().sign(&key, &info(&SHA_256_INFO, 32)), None);
    }

    fn seeded() -> rand_chacha::ChaCha20Rng {
        rand_chacha::rand_core::SeedableRng::from_seed([9; 32])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_bytes_are_those_of_the_rsa_crate(
            key in 0_usize..8,
            (prefix, length) in prop::sample::select(vec![(SHA_256_INFO, 32), (SHA_384_INFO, 48), (SHA_512_INFO, 64)]),
            hash in prop::collection::vec(any::<u8>(), 64),
        ) {
            let key = pooled_key(key).unwrap();
            let data = [prefix.as_slice(), &hash[..length]].concat();
            let theirs = key.sign(Pkcs1v15Sign::new_unprefixed(), &data).unwrap();
            let message = hash.as_slice();
            let signed = key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)).unwrap();
            let public = key.to_public_key();
            prop_assert!(verifies(&public, message, &signed) && !verifies(&public, message, &theirs));
            prop_assert_eq!(Imported::default().sign(&key, &data), Some(theirs));
        }
    }
}
