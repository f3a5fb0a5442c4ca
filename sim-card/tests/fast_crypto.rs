//! The feature `fast-crypto` changes no byte: whatever the card and the authority sign is what the `rsa` crate makes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use der::{Decode as _, Encode as _};
use jiff::{Timestamp, civil::date};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use sha2::{Digest as _, Sha256};
use sim_card::pki::{Authority, AuthorityConfig, FixtureKey, IssueRequest, fixture_key};
use sim_card::{Card, RsaSigner};
use support::{SELECT_JPKI, data, expect, user_key};
use x509_cert::Certificate;

/// What the `rsa` crate makes of the data as they are.
fn by_rsa(key: &RsaPrivateKey, data: &[u8]) -> Vec<u8> {
    key.sign(Pkcs1v15Sign::new_unprefixed(), data).unwrap()
}

/// DigestInfo and hash of a message of zeros, for each hash a card signs in the field, and forms that are near to one.
fn signing_inputs() -> Vec<(&'static str, Vec<u8>)> {
    let info = |prefix: &str, length| [hex::decode(prefix).unwrap(), vec![0xA5; length]].concat();
    vec![
        ("SHA-256", info("3031300D060960864801650304020105000420", 32)),
        ("SHA-384", info("3041300D060960864801650304020205000430", 48)),
        ("SHA-512", info("3051300D060960864801650304020305000440", 64)),
        ("SHA-1", info("3021300906052B0E03021A05000414", 20)),
        ("SHA-224", info("302D300D06096086480165030402040500041C", 28)),
        ("SHA-256 without NULL", info("302F300B06096086480165030402010420", 32)),
        ("SHA-256 cut short", info("3031300D060960864801650304020105000420", 31)),
        ("SHA-256 and a byte", info("3031300D060960864801650304020105000420", 33)),
        ("a bare hash", info("", 32)),
        ("one byte", info("", 1)),
        ("as much as fits", info("", 245)),
    ]
}

/// The sample card, its user key open to sign.
fn signing_card() -> Card {
    let mut card = support::card();
    let verify = support::verify(support::PIN);
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            ("00A4020C 02 0018", "9000"),
            (&verify, "9000"),
            ("00A4020C 02 0017", "9000"),
        ],
    );
    card
}

fn signed(card: &mut Card, p1: u8, input: &[u8]) -> Vec<u8> {
    data(card, &format!("802A{p1:02X}80 {:02X} {} 00", input.len(), hex::encode(input)))
}

#[test]
fn the_signer_gives_the_bytes_of_the_rsa_crate() {
    let signer = RsaSigner::new(user_key());
    for (case, input) in signing_inputs() {
        assert_eq!(signer.sign_as_given(&input).unwrap(), by_rsa(&user_key(), &input), "{case}");
    }
    assert!(signer.sign_as_given(&[0; 246]).is_err());
    assert!(signer.sign_hash(&[0; 31]).is_err());
}

#[test]
fn the_card_gives_the_bytes_of_the_rsa_crate() {
    let (mut card, key) = (signing_card(), user_key());
    for (case, input) in signing_inputs() {
        assert_eq!(signed(&mut card, 0x00, &input), by_rsa(&key, &input), "{case}");
    }
    let hash = Sha256::digest(b"visit");
    let whole = key.sign(Pkcs1v15Sign::new::<Sha256>(), &hash).unwrap();
    assert_eq!(signed(&mut card, 0x01, b"visit"), by_rsa(&key, &hash));
    assert_eq!(signed(&mut card, 0x02, &hash), whole);
    assert_eq!(signed(&mut card, 0x03, b"visit"), whole);
}

#[test]
fn pss_is_salted_by_the_cards_seed() {
    let hash = Sha256::digest(b"visit");
    let mut random = ChaCha20Rng::from_seed(support::contents().challenge_seed);
    let theirs = user_key().sign_with_rng(&mut random, Pss::<Sha256>::new(), &hash).unwrap();
    assert_eq!(signed(&mut signing_card(), 0x04, &hash), theirs);
    assert_eq!(signed(&mut signing_card(), 0x05, b"visit"), theirs);
}

#[test]
fn the_authority_gives_the_bytes_of_the_rsa_crate() {
    let at = Timestamp::constant(1_760_000_000, 0);
    let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
    let issued = authority
        .issue_user_authentication(IssueRequest {
            holder: String::from("person-1"),
            birthdate: date(1980, 2, 17),
            at,
            card_expiry: date(2035, 2, 17),
            key: &user_key().to_public_key(),
            not_after: None,
        })
        .unwrap();
    let certificate = Certificate::from_der(&issued.certificate).unwrap();
    let hash = Sha256::digest(certificate.tbs_certificate().to_der().unwrap());
    let ca = fixture_key(FixtureKey::UserAuthenticationCa).unwrap();
    let theirs = ca.sign(Pkcs1v15Sign::new::<Sha256>(), &hash).unwrap();
    assert_eq!(certificate.signature().raw_bytes(), theirs);
}

/// Any bytes, and any bytes behind a DigestInfo: whole, cut, too long.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let heads: Vec<Vec<u8>> = signing_inputs().into_iter().map(|(_, input)| input).collect();
    let cut = (prop::sample::select(heads), any::<prop::sample::Index>());
    let cut = cut.prop_map(|(head, end)| head.get(..end.index(head.len() + 1)).unwrap().to_vec());
    (cut, prop::collection::vec(any::<u8>(), 0..260)).prop_map(|(head, rest)| [head, rest].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_input_is_signed_or_refused_as_by_the_rsa_crate(input in anything()) {
        let (key, signer) = (user_key(), RsaSigner::new(user_key()));
        let theirs = key.sign(Pkcs1v15Sign::new_unprefixed(), &input).ok();
        prop_assert_eq!(signer.sign_as_given(&input).ok(), theirs);
    }
}
