//! Only the issued certificate is accepted, whatever bytes come instead.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use sim_backend::certificate::{TrustAnchors, verify_challenge};
use sim_card::pki::{Authority, AuthorityConfig, IssueRequest, pooled_key};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    Damage(Vec<(u16, u8)>),
}

struct World {
    trust: TrustAnchors,
    certificate: Vec<u8>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
    let request = IssueRequest {
        holder: "P-0001".to_owned(),
        birthdate: date(1980, 2, 17),
        at: "2026-04-01T03:00:00Z".parse().unwrap(),
        card_expiry: date(2036, 2, 17),
        key: &pooled_key(0).unwrap().to_public_key(),
        not_after: None,
    };
    let certificate = authority.issue_user_authentication(request).unwrap().certificate;
    let trust = TrustAnchors::new([authority.ca_certificate().to_vec()]).unwrap();
    World { trust, certificate }
});

fuzz_target!(|input: Input<'_>| {
    let octets = match input {
        Input::Bytes(bytes) => bytes.to_vec(),
        Input::Damage(damage) => {
            let mut octets = WORLD.certificate.clone();
            for (at, octet) in damage {
                let at = usize::from(at) % octets.len();
                octets[at] = octet;
            }
            octets
        }
    };
    assert_eq!(WORLD.trust.issuer_of(&octets).is_ok(), octets == WORLD.certificate);
    let _ = verify_challenge(&octets, &[0; 32], &[0; 256]);
    let _ = TrustAnchors::new([octets]);
});
