//! What the authority does over the life of a person's certificates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use jiff::{Timestamp, civil::date};
use rsa::RsaPublicKey;
use sim_card::pki::{
    Authority, AuthorityConfig, AuthorityError, IssueRequest, Issued, RenewRequest,
    RevocationReason, SignatureIssueRequest, StandingError, ocsp_wire, pooled_key,
};
use x509_cert::{
    Certificate,
    der::{Decode, Encode},
};

fn authority() -> Authority {
    Authority::new(AuthorityConfig::default()).unwrap()
}

fn key(index: usize) -> RsaPublicKey {
    pooled_key(index).unwrap().to_public_key()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn order<'a>(holder: &str, at: Timestamp, key: &'a RsaPublicKey) -> IssueRequest<'a> {
    IssueRequest {
        holder: holder.to_owned(),
        birthdate: date(1980, 2, 17),
        at,
        card_expiry: date(2035, 2, 17),
        key,
        not_after: None,
    }
}

fn renewal(at: Timestamp, key: &RsaPublicKey) -> RenewRequest<'_> {
    RenewRequest { at, card_expiry: date(2040, 2, 17), key, not_after: None }
}

fn issue_signature(authority: &mut Authority, at: Timestamp) -> Issued {
    let key = key(1);
    let issue = order("person-1", at, &key);
    let (name, address) = (String::from("架空　花子"), String::from("見本都見本市"));
    authority
        .issue_digital_signature(SignatureIssueRequest { issue, name, address, sex: '2' })
        .unwrap()
}

fn end(issued: &Issued) -> String {
    let certificate = Certificate::from_der(&issued.certificate).unwrap();
    certificate.tbs_certificate().validity().not_after.to_string()
}

fn is_good(authority: &Authority, serial: &[u8], at: Timestamp) -> bool {
    let question = ocsp_wire::OcspRequest::about(authority.ca_certificate(), serial).unwrap();
    let answer = authority.ocsp(&question.to_der().unwrap(), at);
    let response = ocsp_wire::OcspResponse::from_der(&answer).unwrap().response_bytes.unwrap();
    let basic = ocsp_wire::BasicOcspResponse::from_der(response.response.as_bytes()).unwrap();
    let single = basic.tbs_response_data.responses.first().unwrap();
    matches!(single.cert_status, ocsp_wire::CertStatus::Good(_))
}

#[test]
fn serial_numbers_count_up_over_both_authorities() {
    let mut authority = authority();
    let (now, key) = (at("2026-01-10T00:00:00Z"), key(0));
    let first = authority.issue_user_authentication(order("person-1", now, &key)).unwrap();
    let second = issue_signature(&mut authority, now);
    let third = authority.issue_user_authentication(order("person-2", now, &key)).unwrap();
    let serials = [first, second, third].map(|issued| issued.serial);
    assert_eq!(serials, [vec![0x03, 0xE9], vec![0x03, 0xEA], vec![0x03, 0xEB]]);
}

#[test]
fn a_serial_is_the_content_of_its_integer() {
    let mut authority = authority();
    let now = at("2026-01-10T00:00:00Z");
    let issued = issue_signature(&mut authority, now);
    let certificate = Certificate::from_der(&issued.certificate).unwrap();
    assert_eq!(certificate.tbs_certificate().serial_number().as_bytes(), issued.serial);
}

#[test]
fn renewal_gives_a_new_serial_to_the_same_person_and_ends_the_old_certificate() {
    let mut authority = authority();
    let (old_key, new_key) = (key(0), key(1));
    let then = at("2025-10-27T03:00:00Z");
    let old = authority.issue_user_authentication(order("person-1", then, &old_key)).unwrap();
    let now = at("2029-12-01T03:00:00Z");
    let new = authority.renew(&old.serial, renewal(now, &new_key)).unwrap();

    assert_ne!(new.serial, old.serial);
    assert_eq!(authority.person_of(&new.serial), Some("person-1"));
    assert_eq!(authority.person_of(&old.serial), Some("person-1"));
    assert_eq!(end(&old), "2030-02-17T14:59:59Z");
    assert_eq!(end(&new), "2034-02-17T14:59:59Z");
    assert!(is_good(&authority, &old.serial, at("2029-12-01T02:59:59Z")));
    assert!(!is_good(&authority, &old.serial, now));
    assert!(is_good(&authority, &new.serial, now));
}

#[test]
fn a_revoked_certificate_can_be_renewed_and_stays_revoked() {
    let mut authority = authority();
    let key = key(0);
    let (then, lost, now) =
        (at("2025-10-27T03:00:00Z"), at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
    let old = authority.issue_user_authentication(order("person-1", then, &key)).unwrap();
    authority.revoke(&old.serial, RevocationReason::KeyCompromise, lost).unwrap();
    let new = authority.renew(&old.serial, renewal(now, &key)).unwrap();
    assert!(!is_good(&authority, &old.serial, now));
    assert!(is_good(&authority, &new.serial, now));
}

#[test]
fn a_change_of_address_touches_the_signature_certificate_only() {
    let mut authority = authority();
    let (now, key) = (at("2026-01-10T00:00:00Z"), key(0));
    let user = authority.issue_user_authentication(order("person-1", now, &key)).unwrap();
    let signature = issue_signature(&mut authority, now);
    authority.revoke(&signature.serial, RevocationReason::AffiliationChanged, now).unwrap();
    assert!(is_good(&authority, &user.serial, now));
}

#[test]
fn another_end_than_the_regular_one() {
    let mut authority = authority();
    let (now, key) = (at("2026-01-10T00:00:00Z"), key(0));
    let not_after = Some(at("2026-04-01T14:59:59Z"));
    let request = IssueRequest { not_after, ..order("person-1", now, &key) };
    let issued = authority.issue_user_authentication(request).unwrap();
    assert_eq!(end(&issued), "2026-04-01T14:59:59Z");
}

#[test]
fn what_is_refused() {
    let mut authority = authority();
    let (now, key) = (at("2026-01-10T00:00:00Z"), key(0));
    let expired = IssueRequest { card_expiry: date(2025, 12, 31), ..order("p", now, &key) };
    let refused = authority.issue_user_authentication(expired).unwrap_err();
    assert!(matches!(refused, AuthorityError::ReversedPeriod { .. }), "{refused}");

    // Nothing was entered for the refused order.
    let unknown = authority.hold(&[0x03, 0xE9], now).unwrap_err();
    assert_eq!(unknown.to_string(), "no certificate has the serial number 03e9");

    let signature = issue_signature(&mut authority, now);
    let kind = authority.renew(&signature.serial, renewal(now, &key)).unwrap_err();
    assert!(matches!(kind, AuthorityError::NotForUserAuthentication { .. }), "{kind}");

    let idle = authority.release(&signature.serial, now).unwrap_err();
    assert!(matches!(idle, AuthorityError::Standing(StandingError::NotHeld)), "{idle}");
}

#[test]
fn the_person_is_known_under_both_kinds_of_certificate() {
    let mut authority = authority();
    let now = at("2026-01-10T00:00:00Z");
    let signature = issue_signature(&mut authority, now);
    assert_eq!(authority.person_of(&signature.serial), Some("person-1"));
    assert_eq!(authority.person_of(&[0x7F]), None);
}
