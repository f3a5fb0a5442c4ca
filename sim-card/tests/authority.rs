//! What the authority does over the life of a person's certificates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use jiff::{Timestamp, civil::date};
use rsa::RsaPublicKey;
use sim_card::pki::{
    Authority, AuthorityConfig, AuthorityError, CaKind, IssueRequest, Issued, LifeEvent, ListKind,
    ListOrder, Municipality, RenewRequest, RevocationReason, SignatureIssueRequest, StandingError,
    Substitutes, ocsp_wire, pooled_key,
};
use x509_cert::{
    Certificate,
    crl::CertificateList,
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
    assert_eq!(authority.person_of(&new.serial).as_deref(), Some("person-1"));
    assert_eq!(authority.person_of(&old.serial).as_deref(), Some("person-1"));
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
fn the_responder_of_the_real_service_is_never_named() {
    for url in ["http://ocspauthnorm.jpki.go.jp", "http://TEST-OCSPAUTHNORM.JPKI.GO.JP/"] {
        let config = AuthorityConfig { ocsp_url: url.to_owned(), ..AuthorityConfig::default() };
        let refused = Authority::new(config).err().unwrap();
        assert!(matches!(refused, AuthorityError::RealResponder { .. }), "{refused}");
    }
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
    assert_eq!(authority.person_of(&signature.serial).as_deref(), Some("person-1"));
    assert_eq!(authority.person_of(&[0x7F]), None);
}

/// One person with both card certificates and both smartphone certificates, in this order of serial numbers.
fn person_with_everything(authority: &mut Authority, now: Timestamp) -> [Vec<u8>; 4] {
    let key = key(0);
    let signing = || SignatureIssueRequest {
        issue: order("person-1", now, &key),
        name: String::from("架空　花子"),
        address: String::from("見本都見本市"),
        sex: '2',
    };
    let mut office = authority.office(Municipality::default());
    [
        office.issue_user_authentication(order("person-1", now, &key)).unwrap(),
        office.issue_digital_signature(signing()).unwrap(),
        office.issue_mobile_user_authentication(order("person-1", now, &key)).unwrap(),
        office.issue_mobile_digital_signature(signing()).unwrap(),
    ]
    .map(|issued| issued.serial)
}

/// Serial numbers on the lists of all authorities.
fn listed(authority: &Authority, this_update: Timestamp) -> Vec<Vec<u8>> {
    let mut listed = Vec::new();
    for ca in CaKind::ALL {
        let (kind, next_update) = (ListKind::Full, this_update);
        let list = authority.list(&ListOrder { ca, kind, this_update, next_update }).unwrap();
        let list: CertificateList = CertificateList::from_der(&list).unwrap();
        let entries = list.tbs_cert_list.revoked_certificates.unwrap_or_default();
        listed.extend(entries.iter().map(|entry| entry.serial_number.as_bytes().to_vec()));
    }
    listed.sort();
    listed
}

#[test]
fn what_life_does_to_each_certificate() {
    let (issued, told) = (at("2026-01-10T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    for (event, ended) in [
        (LifeEvent::Moved, vec![1, 3]),
        (LifeEvent::Renamed, vec![1, 3]),
        (LifeEvent::CardLost, vec![0, 1, 2, 3]),
        (LifeEvent::CardFound, vec![]),
        (LifeEvent::CardReturned, vec![0, 1, 2, 3]),
        (LifeEvent::Died, vec![0, 1, 2, 3]),
    ] {
        let mut authority = authority();
        let serials = person_with_everything(&mut authority, issued);
        let stranger = authority.issue_user_authentication(order("person-2", issued, &key(1)));
        let touched = authority.life_event("person-1", event, told).unwrap();
        let ended: Vec<_> = ended.into_iter().map(|i: usize| serials[i].clone()).collect();
        assert_eq!(touched, ended, "{event:?}");
        assert_eq!(listed(&authority, told), ended, "{event:?}");
        assert!(is_good(&authority, &stranger.unwrap().serial, told), "{event:?}");
        assert!(listed(&authority, issued).is_empty(), "{event:?}");
    }
}

#[test]
fn a_found_card_is_good_again_but_death_is_final() {
    let mut authority = authority();
    let day = |day| at(&format!("2026-03-{day:02}T00:00:00Z"));
    let serials = person_with_everything(&mut authority, day(1));
    authority.life_event("person-1", LifeEvent::CardLost, day(2)).unwrap();
    authority.revoke(&serials[2], RevocationReason::KeyCompromise, day(3)).unwrap();
    assert_eq!(authority.life_event("person-1", LifeEvent::CardFound, day(4)).unwrap().len(), 3);
    assert_eq!(listed(&authority, day(4)), [serials[2].clone()]);
    assert_eq!(authority.life_event("person-1", LifeEvent::Died, day(5)).unwrap().len(), 3);
    assert!(authority.life_event("person-1", LifeEvent::CardFound, day(6)).unwrap().is_empty());
    assert_eq!(listed(&authority, day(6)), serials);
    assert!(authority.life_event("nobody", LifeEvent::Died, day(6)).unwrap().is_empty());
}

#[test]
fn what_has_run_out_is_not_revoked() {
    let mut authority = authority();
    let issued = at("2026-01-10T00:00:00Z");
    let serials = person_with_everything(&mut authority, issued);
    let last = at("2030-02-17T14:59:59Z");
    let next = at("2030-02-17T15:00:00Z");
    assert!(authority.life_event("person-1", LifeEvent::Died, next).unwrap().is_empty());
    assert_eq!(authority.life_event("person-1", LifeEvent::Died, last).unwrap(), serials);
}

#[test]
fn a_certificate_of_a_smartphone_is_renewed_for_a_smartphone() {
    let mut authority = authority();
    let (then, now, key) = (at("2026-01-10T00:00:00Z"), at("2026-05-01T00:00:00Z"), key(1));
    let [user, _, phone, signing] = person_with_everything(&mut authority, then);
    let request = || SignatureIssueRequest {
        issue: order("person-1", now, &key),
        name: String::from("架空　花子"),
        address: String::from("見本都見本市"),
        sex: '2',
    };
    let signing = authority.renew_digital_signature(&signing, request()).unwrap();
    let phone = authority.renew(&phone, renewal(now, &key)).unwrap();
    for issued in [signing, phone] {
        let certificate = Certificate::from_der(&issued.certificate).unwrap();
        let issuer = certificate.tbs_certificate().issuer().to_string();
        assert!(issuer.contains("on smartphone"), "{issuer}");
    }
    let kind = authority.renew_digital_signature(&user, request()).unwrap_err();
    assert!(matches!(kind, AuthorityError::NotForDigitalSignature { .. }), "{kind}");
}

#[test]
fn a_signature_certificate_is_renewed_with_the_new_address_at_its_counter() {
    let mut authority = authority();
    let (then, now, key) = (at("2026-01-10T00:00:00Z"), at("2026-05-01T00:00:00Z"), key(1));
    let request = |address: &str, at| SignatureIssueRequest {
        issue: order("person-1", at, &key),
        name: String::from("架空　花子"),
        address: address.to_owned(),
        sex: '2',
    };
    let place = Municipality::new("Kaku-ken", "Kaku-cho", "99998");
    let mut office = authority.office(place);
    let old = office.issue_digital_signature(request("架空県架空町", then)).unwrap();
    authority.life_event("person-1", LifeEvent::Moved, now).unwrap();
    let new = authority.renew_digital_signature(&old.serial, request("見本都見本市", now)).unwrap();
    assert_eq!(listed(&authority, now), [old.serial]);
    let certificate = Certificate::from_der(&new.certificate).unwrap();
    let subject = certificate.tbs_certificate().subject().to_string();
    assert!(subject.contains("99998003A") && subject.contains("L=Kaku-cho"), "{subject}");
}

#[test]
fn substitute_characters_are_marked_in_the_certificate() {
    let mut authority = authority();
    let (now, key) = (at("2026-01-10T00:00:00Z"), key(1));
    let (name, address) = (String::from("架空　花子"), String::from("見本都見本市"));
    let request = SignatureIssueRequest { issue: order("p", now, &key), name, address, sex: '2' };
    let substitutes = Substitutes { name: vec![0], address: vec![4, 5] };
    let mut office = authority.office(Municipality::default()).with_substitutes(substitutes);
    let issued = office.issue_digital_signature(request).unwrap().certificate;
    for marks in ["\u{c}\u{5}10000", "\u{c}\u{6}000011"] {
        let found = issued.windows(marks.len()).filter(|bytes| *bytes == marks.as_bytes());
        assert_eq!(found.count(), 1, "{marks:?}");
    }
}
