//! Damage: one flipped bit is never accepted, and no octets make a parser panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

mod certificate_support;

use std::sync::LazyLock;

use certificate_support::{World, at};
use proptest::prelude::*;
use sim_backend::certificate::{
    CertIdHash, Question, RevocationList, TrustAnchors, verify_challenge,
};
use sim_card::pki::RevocationReason;

const NOW: &str = "2026-06-01T00:00:00Z";

struct Objects {
    trust: TrustAnchors,
    ca: Vec<u8>,
    certificate: Vec<u8>,
    question: Question,
    answer: Vec<u8>,
    list: Vec<u8>,
}

static OBJECTS: LazyLock<Objects> = LazyLock::new(|| {
    let mut world = World::new();
    let question = world.question(at(NOW), CertIdHash::Sha1);
    let answer = world.authority.ocsp(&question.der, at(NOW));
    let serial = world.issued.serial.clone();
    world.authority.revoke(&serial, RevocationReason::KeyCompromise, at(NOW)).unwrap();
    Objects {
        trust: world.trust(),
        ca: world.authority.ca_certificate().to_vec(),
        certificate: world.issued.certificate.clone(),
        question,
        answer,
        list: world.authority.crl(at(NOW), at("2026-06-02T00:00:00Z")).unwrap(),
    }
});

fn flipped(octets: &[u8], bit: usize) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[bit / 8] ^= 1 << (bit % 8);
    octets
}

fn accepted_flips(octets: &[u8], accepts: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    assert!(accepts(octets), "the undamaged object is refused");
    (0..octets.len() * 8).filter(|bit| accepts(&flipped(octets, *bit))).collect()
}

#[test]
fn no_flipped_bit_of_a_certificate_is_accepted() {
    let objects = &*OBJECTS;
    let accepts = |octets: &[u8]| objects.trust.issuer_of(octets).is_ok();
    assert_eq!(accepted_flips(&objects.certificate, accepts), Vec::<usize>::new());
}

#[test]
fn no_flipped_bit_of_an_answer_is_accepted() {
    let objects = &*OBJECTS;
    let accepts = |octets: &[u8]| objects.question.read_answer(octets).is_ok();
    assert_eq!(accepted_flips(&objects.answer, accepts), Vec::<usize>::new());
}

#[test]
fn no_flipped_bit_of_a_list_is_accepted() {
    let objects = &*OBJECTS;
    let accepts = |octets: &[u8]| RevocationList::verify(octets, &objects.ca).is_ok();
    assert_eq!(accepted_flips(&objects.list, accepts), Vec::<usize>::new());
}

#[test]
fn nothing_may_follow_or_be_missing() {
    let objects = &*OBJECTS;
    let longer = |octets: &[u8]| [octets, &[0]].concat();
    assert!(objects.trust.issuer_of(&longer(&objects.certificate)).is_err());
    assert!(objects.question.read_answer(&longer(&objects.answer)).is_err());
    assert!(RevocationList::verify(&longer(&objects.list), &objects.ca).is_err());
    for length in 0..objects.answer.len() {
        assert!(objects.question.read_answer(&objects.answer[..length]).is_err());
    }
}

/// Octets: anything, or a true object with some of its octets replaced.
fn octets(model: fn(&Objects) -> &Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        damage.prop_map(move |damage| {
            let mut octets = model(&OBJECTS).clone();
            for (index, octet) in damage {
                let at = index.index(octets.len());
                octets[at] = octet;
            }
            octets
        }),
    ]
}

proptest! {
    #[test]
    fn no_octets_make_the_certificate_parser_panic(octets in octets(|o| &o.certificate)) {
        let accepted = OBJECTS.trust.issuer_of(&octets).is_ok();
        prop_assert_eq!(accepted, octets == OBJECTS.certificate);
        let _ = verify_challenge(&octets, &[0; 32], &[0; 256]);
        let _ = TrustAnchors::new([octets]);
    }

    #[test]
    fn no_octets_make_the_answer_parser_panic(octets in octets(|o| &o.answer)) {
        let accepted = OBJECTS.question.read_answer(&octets).is_ok();
        prop_assert_eq!(accepted, octets == OBJECTS.answer);
    }

    #[test]
    fn no_octets_make_the_list_parser_panic(octets in octets(|o| &o.list)) {
        let accepted = RevocationList::verify(&octets, &OBJECTS.ca).is_ok();
        prop_assert_eq!(accepted, octets == OBJECTS.list);
    }
}
