//! The verifier against certificates, answers and lists of the issuer: two independent codes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

mod certificate_support;

use certificate_support::{Always, Direct, World, at, issue};
use jiff::civil::Date;
use rsa::pkcs1v15::SigningKey;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer};
use sim_backend::certificate::{
    AnswerFault, CertIdHash, CertificateState, CertificateStatus, RefusalReason, RevocationList,
    SignatureError, Status, StatusError, StatusQuery, TrustAnchors, VerifyError, verify,
    verify_challenge,
};
use sim_card::pki::{
    CaKind, Generation, IssueRequest, Municipality, RevocationReason, SignatureIssueRequest,
    pooled_key,
};

const NOW: &str = "2026-06-01T00:00:00Z";

fn reason(result: Result<sim_backend::certificate::Verified, VerifyError>) -> RefusalReason {
    match result {
        Err(VerifyError::Refused(refusal)) => refusal.reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_issued_certificate_is_accepted_with_its_serial() {
    let world = World::new();
    let verified =
        verify(&world.trust(), &Direct(&world), &world.issued.certificate, at(NOW)).await.unwrap();
    assert_eq!(verified.serial, hex::encode(&world.issued.serial));
    assert_eq!(verified.state, CertificateState::Valid);
}

#[test]
fn status_comes_through_with_either_hash() {
    let mut world = World::new();
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256] {
        assert_eq!(world.status(at(NOW), hash), Ok(Status::Good));
    }
    let (serial, when) = (world.issued.serial.clone(), at("2026-05-01T00:00:00Z"));
    world.authority.revoke(&serial, RevocationReason::KeyCompromise, when).unwrap();
    let revoked = Status::Revoked {
        reason: Some(sim_backend::certificate::RevocationReason::KeyCompromise),
        time: when,
    };
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256] {
        assert_eq!(world.status(at(NOW), hash), Ok(revoked));
    }
}

#[test]
fn a_certificate_nobody_issued_is_unknown() {
    let mut world = World::new();
    world.issued.serial = vec![0x4F, 0xFF];
    assert_eq!(world.status(at(NOW), CertIdHash::Sha1), Ok(Status::Unknown));
}

#[tokio::test]
async fn every_reason_of_revocation_looks_the_same_outside() {
    let mut shown = std::collections::BTreeSet::new();
    for reason in RevocationReason::ALL {
        let mut world = World::new();
        let serial = world.issued.serial.clone();
        world.authority.revoke(&serial, reason, at("2026-05-01T00:00:00Z")).unwrap();
        let trust = world.trust();
        let result = verify(&trust, &Direct(&world), &world.issued.certificate, at(NOW)).await;
        shown.insert(result.unwrap_err().to_string());
    }
    assert_eq!(shown.len(), 1, "{shown:?}");
}

#[tokio::test]
async fn a_held_certificate_is_refused_until_it_is_released() {
    let mut world = World::new();
    let serial = world.issued.serial.clone();
    world.authority.hold(&serial, at("2026-05-01T00:00:00Z")).unwrap();
    let trust = world.trust();
    let certificate = world.issued.certificate.clone();
    let held = verify(&trust, &Direct(&world), &certificate, at(NOW)).await;
    assert!(matches!(reason(held), RefusalReason::Revoked { .. }));
    world.authority.release(&serial, at("2026-05-15T00:00:00Z")).unwrap();
    assert!(verify(&trust, &Direct(&world), &certificate, at(NOW)).await.is_ok());
}

#[tokio::test]
async fn period_and_revocation_in_their_combinations() {
    // Ends on its fifth birthday after issue, the 17th of February 2031; grace to the end of May.
    for (now, revoked, expected) in [
        ("2026-03-31T00:00:00Z", false, Err("not valid before")),
        ("2030-11-16T14:59:59Z", false, Ok(CertificateState::Valid)),
        ("2030-11-16T15:00:00Z", false, Ok(CertificateState::ExpiresSoon)),
        ("2031-02-17T14:59:59Z", false, Ok(CertificateState::ExpiresSoon)),
        ("2031-02-17T15:00:00Z", false, Ok(CertificateState::Grace)),
        ("2031-05-31T14:59:59Z", false, Ok(CertificateState::Grace)),
        ("2031-05-31T15:00:00Z", false, Err("expired")),
        ("2030-11-16T14:59:59Z", true, Err("revoked")),
        ("2031-02-17T14:59:59Z", true, Err("revoked")),
        ("2031-02-17T15:00:00Z", true, Err("revoked")), // grace never heals
        ("2031-05-31T15:00:00Z", true, Err("expired")),
    ] {
        let mut world = World::new();
        if revoked {
            let (serial, why) = (world.issued.serial.clone(), RevocationReason::Superseded);
            world.authority.revoke(&serial, why, at("2026-05-01T00:00:00Z")).unwrap();
        }
        let trust = world.trust();
        let result = verify(&trust, &Direct(&world), &world.issued.certificate, at(now)).await;
        match expected {
            Ok(state) => assert_eq!(result.unwrap().state, state, "{now}"),
            Err(word) => {
                let reason = reason(result).to_string();
                assert!(reason.starts_with(word), "{now}: {reason}");
            }
        }
    }
}

#[tokio::test]
async fn revocation_counts_at_the_next_use() {
    let mut world = World::new();
    let (trust, certificate) = (world.trust(), world.issued.certificate.clone());
    assert!(verify(&trust, &Direct(&world), &certificate, at(NOW)).await.is_ok());
    let (serial, why) = (world.issued.serial.clone(), RevocationReason::CessationOfOperation);
    world.authority.revoke(&serial, why, at(NOW)).unwrap();
    let later = at("2026-06-01T00:00:01Z");
    let refused = reason(verify(&trust, &Direct(&world), &certificate, later).await);
    assert!(matches!(refused, RefusalReason::Revoked { .. }));
}

#[tokio::test]
async fn a_foreign_authority_of_the_same_name_is_refused_before_any_status() {
    let (ours, foreign) = (World::new(), World::of(Generation::Foreign));
    let status = Always::new(Ok(Status::Good));
    let result = verify(&ours.trust(), &status, &foreign.issued.certificate, at(NOW)).await;
    assert_eq!(reason(result), RefusalReason::Signature);
    assert_eq!(*status.asked.lock().unwrap(), 0);
}

#[tokio::test]
async fn generations_of_one_name_stand_side_by_side() {
    let (one, two) = (World::new(), World::of(Generation::Foreign));
    let anchors = [&two, &one].map(|world| world.authority.ca_certificate().to_vec());
    let trust = TrustAnchors::new(anchors).unwrap();
    for world in [&one, &two] {
        let result = verify(&trust, &Direct(world), &world.issued.certificate, at(NOW)).await;
        assert!(result.is_ok());
    }
}

#[tokio::test]
async fn the_signature_certificate_is_refused_even_if_its_authority_is_trusted() {
    let mut world = World::new();
    let issue = IssueRequest {
        holder: "P-0001".to_owned(),
        birthdate: Date::constant(1980, 2, 17),
        at: at("2026-04-01T03:00:00Z"),
        card_expiry: Date::constant(2036, 2, 17),
        key: &world.key.to_public_key(),
        not_after: None,
    };
    let request = SignatureIssueRequest {
        issue,
        name: "架空　花子".to_owned(),
        address: "架空県架空市一丁目".to_owned(),
        sex: '2',
    };
    let other = world.authority.issue_digital_signature(request).unwrap().certificate;
    let status = Always::new(Ok(Status::Good));
    let result = verify(&world.trust(), &status, &other, at(NOW)).await;
    assert_eq!(reason(result), RefusalReason::UnknownIssuer);
    let both = [world.authority.ca_certificate(), world.authority.signature_ca_certificate()];
    let trust = TrustAnchors::new(both.map(<[u8]>::to_vec)).unwrap();
    assert_eq!(reason(verify(&trust, &status, &other, at(NOW)).await), RefusalReason::KeyUsage);
}

/// The certificate of a smartphone of the same holder, and the trust that knows its authority.
fn phone(world: &mut World, not_after: Option<&str>) -> (Vec<u8>, TrustAnchors) {
    let request = IssueRequest {
        holder: "P-0001".to_owned(),
        birthdate: Date::constant(1980, 2, 17),
        at: at("2025-09-01T03:00:00Z"),
        card_expiry: Date::constant(2036, 2, 17),
        key: &world.key.to_public_key(),
        not_after: not_after.map(at),
    };
    let mut office = world.authority.office(Municipality::default());
    let issued = office.issue_mobile_user_authentication(request).unwrap();
    let anchor = world.authority.certificate_of(CaKind::MobileUserAuthentication).to_vec();
    (issued.certificate, TrustAnchors::new([anchor]).unwrap())
}

#[tokio::test] // rows OQS-MOB-04 (no grace) and OQS-OPS-08 (from 2025-09-19)
async fn a_smartphone_serves_from_its_first_day_and_has_no_grace() {
    let mut world = World::new();
    let (certificate, trust) = phone(&mut world, Some("2026-05-31T14:59:59Z"));
    let status = Always::new(Ok(Status::Good));
    let refused = |reason: &RefusalReason| {
        if matches!(reason, RefusalReason::Policy) {
            "policy"
        } else if matches!(reason, RefusalReason::Expired { .. }) {
            "expired"
        } else {
            "another reason"
        }
    };
    for (now, expected) in [
        ("2025-09-18T14:59:59Z", Err("policy")),
        ("2025-09-18T15:00:00Z", Ok(CertificateState::Valid)),
        ("2026-05-31T14:59:59Z", Ok(CertificateState::ExpiresSoon)),
        ("2026-05-31T15:00:00Z", Err("expired")),
    ] {
        let result = match verify(&trust, &status, &certificate, at(now)).await {
            Ok(verified) => Ok(verified.state),
            Err(VerifyError::Refused(refusal)) => Err(refused(&refusal.reason)),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(result, expected, "{now}");
    }
    let none = trust.with_phone_policies(Vec::new());
    let result = verify(&none, &status, &certificate, at("2026-05-01T00:00:00Z")).await;
    assert_eq!(reason(result), RefusalReason::Policy, "where no phone is accepted");
}

#[tokio::test]
async fn a_silent_service_is_an_error_of_the_system() {
    let world = World::new();
    let errors = [
        StatusError::Timeout { waited_ms: 1 },
        StatusError::TryLater,
        StatusError::Http { status: 503 },
        AnswerFault::Signature.into(),
    ];
    for error in errors {
        let status = Always::new(Err(error.clone()));
        let result = verify(&world.trust(), &status, &world.issued.certificate, at(NOW)).await;
        assert_eq!(result, Err(VerifyError::StatusUnavailable(error)));
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_refused() {
    let world = World::new();
    let status = Always::new(Ok(Status::Unknown));
    let result = verify(&world.trust(), &status, &world.issued.certificate, at(NOW)).await;
    assert_eq!(reason(result), RefusalReason::StatusUnknown);
}

#[test]
fn answers_are_good_for_their_question_only() {
    let world = World::new();
    let now = at(NOW);
    let question = world.question(now, CertIdHash::Sha1);
    let answer = world.authority.ocsp(&question.der, now);
    let fault = |question: sim_backend::certificate::Question| match question.read_answer(&answer) {
        Err(StatusError::Unverifiable(fault)) => fault,
        other => panic!("believed: {other:?}"),
    };
    assert_eq!(question.read_answer(&answer), Ok(Status::Good));
    let ask = |world: &World, serial: &[u8], now, nonce| {
        let query = StatusQuery { issuer: world.authority.ca_certificate(), serial, now };
        sim_backend::certificate::Question::new(query, CertIdHash::Sha1, nonce).unwrap()
    };
    let serial = &world.issued.serial;
    assert_eq!(fault(ask(&world, serial, now, [8; 32])), AnswerFault::Nonce);
    assert_eq!(fault(ask(&world, &[0x12, 0x34], now, [7; 32])), AnswerFault::Certificate);
    let (early, late) = (at("2026-05-31T23:54:00Z"), at("2026-06-01T00:21:00Z"));
    assert_eq!(fault(ask(&world, serial, early, [7; 32])), AnswerFault::Time);
    assert_eq!(fault(ask(&world, serial, late, [7; 32])), AnswerFault::Time);
    let foreign = World::of(Generation::Foreign);
    assert_eq!(fault(ask(&foreign, serial, now, [7; 32])), AnswerFault::Signer);
}

#[test]
fn a_question_the_responder_cannot_read_is_declined() {
    let world = World::new();
    let answer = world.authority.ocsp(b"no question", at(NOW));
    let question = world.question(at(NOW), CertIdHash::Sha1);
    let declined = StatusError::Declined { what: "malformedRequest" };
    assert_eq!(question.read_answer(&answer), Err(declined));
}

#[tokio::test]
async fn the_list_tells_the_same_as_the_responder() {
    let mut world = World::new();
    let key = pooled_key(1).unwrap();
    let second = issue(&mut world.authority, &key, None);
    let third = issue(&mut world.authority, &key, None);
    let when = at("2026-05-01T00:00:00Z");
    world.authority.revoke(&second.serial, RevocationReason::KeyCompromise, when).unwrap();
    world.authority.hold(&third.serial, when).unwrap();
    let (this, next) = (at(NOW), at("2026-06-02T00:00:00Z"));
    let list = world.authority.crl(this, next).unwrap();
    let list = RevocationList::verify(&list, world.authority.ca_certificate()).unwrap();
    for serial in [&world.issued.serial, &second.serial, &third.serial] {
        let query = StatusQuery { issuer: world.authority.ca_certificate(), serial, now: this };
        let online = Direct(&world).status(query).await.unwrap();
        assert_eq!(list.status(query).await.unwrap(), online);
        let stale = StatusQuery { now: at("2026-06-02T00:00:01Z"), ..query };
        let outdated = Err(StatusError::Unverifiable(AnswerFault::Time));
        assert_eq!(list.status(stale).await, outdated);
    }
}

#[test]
fn lists_of_others_are_refused() {
    let (ours, foreign) = (World::new(), World::of(Generation::Foreign));
    let (this, next) = (at(NOW), at("2026-06-02T00:00:00Z"));
    let list = foreign.authority.crl(this, next).unwrap();
    let verify = |list: &[u8], ca: &[u8]| RevocationList::verify(list, ca).unwrap_err();
    assert_eq!(verify(&list, ours.authority.ca_certificate()), AnswerFault::Signature);
    assert_eq!(verify(&list, ours.authority.signature_ca_certificate()), AnswerFault::Issuer);
}

#[test]
fn the_cards_signature_fits_one_challenge_and_one_key() {
    let world = World::new();
    let challenge = [0x5A; 32];
    let sign = |key: &rsa::RsaPrivateKey, message: &[u8]| {
        SigningKey::<Sha256>::new(key.clone()).sign(message).to_vec()
    };
    let good = sign(&world.key, &challenge);
    let certificate = &world.issued.certificate;
    assert_eq!(verify_challenge(certificate, &challenge, &good), Ok(()));
    let other = sign(&pooled_key(1).unwrap(), &challenge);
    for (challenge, signature) in [
        (&[0x5B; 32][..], &good[..]),
        (&challenge, &other),
        (&challenge, &[]),
        (&challenge, &good[1..]),
    ] {
        let refused = Err(SignatureError::Signature);
        assert_eq!(verify_challenge(certificate, challenge, signature), refused);
    }
    let unread = verify_challenge(b"", &challenge, &good);
    assert_eq!(unread, Err(SignatureError::Certificate(RefusalReason::Malformed)));
}
