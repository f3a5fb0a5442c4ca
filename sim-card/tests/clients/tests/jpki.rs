//! myna-card on 公的個人認証AP: certificates, token, counters, PINs, every signature scheme.

use myna_card::ap::jpki::{JpkiAp, SignatureScheme, TokenType, token_flag};
use myna_card::certificate::{Certificate, roots::Accept};
use myna_card::{Error, Pin, Retries};
use sim_card_clients::{Client, citizen, client, day, digits};

/// Every scheme with an input it takes.
const SCHEMES: [(SignatureScheme, &[u8]); 6] = [
    (SignatureScheme::Verbatim, b"what the card does not look at"),
    (SignatureScheme::Sha256Bare, b"hashed and padded"),
    (SignatureScheme::PreHashedDigestInfo, &[0x5A; 32]),
    (SignatureScheme::Sha256DigestInfo, b"hashed on the card"),
    (SignatureScheme::PreHashedPss, &[0xA5; 32]),
    (SignatureScheme::Sha256Pss, b"hashed on the card, PSS"),
];

fn password(text: &str) -> Pin {
    Pin::new(text).expect("a password")
}

#[test]
fn the_token_is_a_card_with_both_certificates() {
    let mut client = client(&citizen());
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    assert_eq!(jpki.read_token_type().unwrap(), TokenType::Card);
    let token = jpki.read_token_info().unwrap();
    assert!(token.token_type.is_physical_card());
    for flag in [token_flag::RNG, token_flag::LOGIN_REQUIRED, token_flag::TOKEN_INITIALIZED] {
        assert!(token.has_flag(flag), "{flag:08X}");
    }
    assert_eq!((token.min_pin_len, token.max_pin_len), (6, 16));
    let availability = jpki.read_certificate_availability().unwrap();
    assert!(availability.has_sign_certificate() && availability.has_auth_certificate());
}

#[test]
fn both_certificates_lead_to_their_authority_on_the_card() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    let issued = day(citizen.card_issued);
    let auth = jpki.read_auth_certificate().unwrap();
    let auth_ca = jpki.read_auth_ca_certificate().unwrap();
    Certificate::verify_chain(&[auth.clone(), auth_ca.clone()], issued).unwrap();
    assert!(matches!(jpki.read_sign_certificate(), Err(Error::Status(sw)) if sw.value() == 0x6982));
    jpki.verify_sign_pin(&password(&citizen.signature_password)).unwrap();
    let sign = jpki.read_sign_certificate().unwrap();
    let sign_ca = jpki.read_sign_ca_certificate().unwrap();
    Certificate::verify_chain(&[sign.clone(), sign_ca.clone()], issued).unwrap();
    // Neither authority vouches for the other's certificate.
    assert!(auth.verify_signature(&sign_ca).is_err() && sign.verify_signature(&auth_ca).is_err());
}

/// The client carries the roots of the real card and of its test card. A card of nobody reaches none of them.
#[test]
fn no_certificate_reaches_a_root_of_the_real_authority() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    jpki.verify_sign_pin(&password(&citizen.signature_password)).unwrap();
    let certificates = [
        jpki.read_auth_certificate().unwrap(),
        jpki.read_auth_ca_certificate().unwrap(),
        jpki.read_sign_certificate().unwrap(),
        jpki.read_sign_ca_certificate().unwrap(),
    ];
    for certificate in certificates {
        for accept in [Accept::ProductionOnly, Accept::ProductionAndTest] {
            let failure = certificate.verify_to_root(day(citizen.card_issued), accept);
            let wanted = "no root this crate carries signed this certificate";
            assert!(matches!(failure, Err(Error::SignatureInvalid(why)) if why == wanted));
        }
    }
}

#[test]
fn the_authentication_key_signs_in_every_scheme() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    let refused = jpki.sign_with_auth_key(SignatureScheme::Sha256DigestInfo, b"too early");
    assert!(matches!(refused, Err(Error::Status(sw)) if sw.value() == 0x6982));
    jpki.verify_auth_pin(&digits(&citizen.user_pin)).unwrap();
    for (scheme, data) in SCHEMES {
        let signature = jpki.sign_with_auth_key_checked(scheme, data).unwrap();
        assert_eq!(signature.len(), 256, "{scheme:?}");
    }
}

#[test]
fn the_signature_key_signs_in_every_scheme_and_is_another_one() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    jpki.verify_sign_pin(&password(&citizen.signature_password)).unwrap();
    let other = jpki.read_auth_certificate().unwrap().public_key().unwrap();
    for (scheme, data) in SCHEMES {
        let signature = jpki.sign_with_sign_key_checked(scheme, data).unwrap();
        assert!(scheme.verify(&other, data, &signature).is_err(), "{scheme:?}");
    }
}

#[test]
fn the_client_checks_the_size_of_an_input_as_the_card_does() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    jpki.verify_auth_pin(&digits(&citizen.user_pin)).unwrap();
    for (scheme, longest) in [(SignatureScheme::Verbatim, 245), (SignatureScheme::Sha256Pss, 255)] {
        jpki.sign_with_auth_key_checked(scheme, &vec![7; longest]).unwrap();
        let refused = jpki.sign_with_auth_key(scheme, &vec![7; longest + 1]);
        assert!(matches!(refused, Err(Error::BadSigningInput { .. })), "{scheme:?}");
    }
}

/// Tries left of the two PINs, as the client reads them.
fn tries(client: &mut Client) -> (Retries, Retries) {
    let mut jpki = JpkiAp::select(client).unwrap();
    (jpki.auth_pin_retries().unwrap(), jpki.sign_pin_retries().unwrap())
}

#[test]
fn wrong_pins_count_down_to_the_block_and_each_has_its_own_counter() {
    let citizen = citizen();
    let mut client = client(&citizen);
    assert_eq!(tries(&mut client), (Retries::Remaining(3), Retries::Remaining(5)));
    // A value of its form that it cannot be.
    let wrong = digits(if citizen.user_pin == "0000" { "1111" } else { "0000" });
    for left in [2, 1] {
        let refused = JpkiAp::select(&mut client).unwrap().verify_auth_pin(&wrong);
        assert!(matches!(refused, Err(Error::PinIncorrect { retries }) if retries == Some(left)));
        assert_eq!(tries(&mut client).0, Retries::Remaining(left));
    }
    let right = digits(&citizen.user_pin);
    JpkiAp::select(&mut client).unwrap().verify_auth_pin(&right).unwrap();
    assert_eq!(tries(&mut client).0, Retries::Remaining(3));
    for _ in 0..3 {
        assert!(JpkiAp::select(&mut client).unwrap().verify_auth_pin(&wrong).is_err());
    }
    let blocked = JpkiAp::select(&mut client).unwrap().verify_auth_pin(&right);
    assert!(matches!(blocked, Err(Error::PinBlocked)));
    assert_eq!(tries(&mut client), (Retries::Blocked, Retries::Remaining(5)));
}

#[test]
fn both_pins_can_be_changed_and_the_old_ones_are_gone() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    let (old, new) = (digits(&citizen.user_pin), digits("9517"));
    jpki.change_auth_pin(&old, &new).unwrap();
    assert!(matches!(jpki.verify_auth_pin(&old), Err(Error::PinIncorrect { retries: Some(2) })));
    jpki.verify_auth_pin(&new).unwrap();
    let (old, new) = (password(&citizen.signature_password), password("NEW0PASSWORD1"));
    jpki.change_sign_pin(&old, &new).unwrap();
    assert!(matches!(jpki.verify_sign_pin(&old), Err(Error::PinIncorrect { retries: Some(4) })));
    jpki.verify_sign_pin(&new).unwrap();
}

#[test]
fn the_file_of_unknown_use_stays_closed() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut jpki = JpkiAp::select(&mut client).unwrap();
    jpki.verify_auth_pin(&digits(&citizen.user_pin)).unwrap();
    jpki.verify_sign_pin(&password(&citizen.signature_password)).unwrap();
    let closed = jpki.read_ef(myna_card::ap::jpki::ef::UNKNOWN_0009);
    assert!(matches!(closed, Err(Error::Status(sw)) if sw.value() == 0x6982));
}
