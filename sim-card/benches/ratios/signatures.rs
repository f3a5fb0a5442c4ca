//! Signatures of a card's key on one core, against `openssl speed`.

use std::hint::black_box;

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use sim_card::RsaSigner;
use sim_card::pki::pooled_key;

use super::measure::{contest, left_out, line, rate};
use super::outside::{is_there, openssl_speed};

/// The feature has to reach it; the default prints its ratio.
const GOAL: Option<f64> = if cfg!(feature = "fast-crypto") { Some(0.8) } else { None };
/// A DigestInfo of SHA-256 around some hash.
const DIGEST_INFO: [u8; 51] = {
    let prefix = [
        0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let (mut info, mut place) = ([0x5A; 51], 0);
    while place < prefix.len() {
        info[place] = prefix[place];
        place += 1;
    }
    info
};

pub fn measure() {
    if !is_there("openssl") {
        return left_out("signatures", "openssl is not installed");
    }
    let signer = RsaSigner::new(pooled_key(0).unwrap());
    let p256 = p256::ecdsa::SigningKey::from_slice(&[0x11; 32]).unwrap();
    let p384 = p384::ecdsa::SigningKey::from_slice(&[0x11; 48]).unwrap();
    let [ours, theirs] = contest([
        &mut || rate(8, || drop(black_box(signer.sign_as_given(&DIGEST_INFO).unwrap()))),
        &mut || openssl_speed("rsa2048", "1"),
    ]);
    line("RSA-2048, SHA-256 DigestInfo", ours, ("openssl speed rsa2048", theirs), GOAL);
    let [ours, theirs] = contest([
        &mut || {
            rate(64, || {
                black_box::<p256::ecdsa::Signature>(p256.sign_prehash(&[0x5A; 32]).unwrap());
            })
        },
        &mut || openssl_speed("ecdsap256", "1"),
    ]);
    line("ECDSA P-256, deterministic", ours, ("openssl speed ecdsap256", theirs), GOAL);
    let [ours, theirs] = contest([
        &mut || {
            rate(16, || {
                black_box::<p384::ecdsa::Signature>(p384.sign_prehash(&[0x5A; 48]).unwrap());
            })
        },
        &mut || openssl_speed("ecdsap384", "1"),
    ]);
    line("ECDSA P-384, deterministic", ours, ("openssl speed ecdsap384", theirs), None);
}
