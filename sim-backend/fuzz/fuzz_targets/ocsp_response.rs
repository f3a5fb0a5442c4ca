//! Only the true answer is believed, whatever bytes come instead.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use sim_backend::certificate::{CertIdHash, Question, RevocationList, StatusQuery};
use sim_card::pki::{Authority, AuthorityConfig};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    Damage(Vec<(u16, u8)>),
}

struct World {
    ca: Vec<u8>,
    question: Question,
    answer: Vec<u8>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = Authority::new(AuthorityConfig::default()).unwrap();
    let ca = authority.ca_certificate().to_vec();
    let now = "2026-06-01T00:00:00Z".parse().unwrap();
    let query = StatusQuery { issuer: &ca, serial: &[0x12, 0x34], now };
    let question = Question::new(query, CertIdHash::Sha1, [7; 32]).unwrap();
    let answer = authority.ocsp(&question.der, now);
    World { ca, question, answer }
});

fuzz_target!(|input: Input<'_>| {
    let octets = match input {
        Input::Bytes(bytes) => bytes.to_vec(),
        Input::Damage(damage) => {
            let mut octets = WORLD.answer.clone();
            for (at, octet) in damage {
                let at = usize::from(at) % octets.len();
                octets[at] = octet;
            }
            octets
        }
    };
    assert_eq!(WORLD.question.read_answer(&octets).is_ok(), octets == WORLD.answer);
    let _ = RevocationList::verify(&octets, &WORLD.ca);
});
