//! Cards of citizens: the same bytes in any order, certificates that say where they were applied for and what they substitute, and an authority
//! that knows them all without keeping any.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod openssl_support;

use jiff::{SignedDuration, Timestamp, tz::Offset};
use openssl_support::{Shop, openssl};
use proptest::prelude::*;
use sim_card::pki::{
    Authority, AuthorityConfig, AuthorityError, CaKind, LifeEvent, ListKind, ListOrder,
    RevocationReason, StandingError, ocsp_wire,
};
use sim_card::population::{
    Citizen, Oddity, OpenError, OpenedCard, Population, REFERENCE_DAY, SIZE,
};
use x509_cert::der::{Decode, Encode};

fn citizen(index: u64) -> Citizen {
    Population::new(1).citizen(index).unwrap()
}

fn adult(from: u64) -> Citizen {
    (from..).map(citizen).find(|one| one.age(one.card_issued) >= 20).unwrap()
}

fn authority() -> Authority {
    Authority::new(AuthorityConfig::default()).unwrap()
}

fn noon(day: jiff::civil::Date) -> Timestamp {
    Offset::constant(9).to_timestamp(day.at(12, 0, 0, 0)).unwrap()
}

/// A photo that tells whose it is.
fn photo(face: u64) -> Vec<u8> {
    face.to_be_bytes().to_vec()
}

/// Both certificates, that for signing empty where there is none.
fn certificates(card: OpenedCard) -> [Vec<u8>; 2] {
    let signing = card.contents.digital_signature.map(|pair| pair.certificate);
    [card.contents.user_authentication.unwrap().certificate, signing.unwrap_or_default()]
}

fn open(issuer: &mut Authority, index: u64) -> [Vec<u8>; 2] {
    let one = citizen(index);
    certificates(one.card(issuer, noon(REFERENCE_DAY), photo).unwrap())
}

/// What the responder of a CA says about a serial number.
fn status(issuer: &Authority, ca: CaKind, serial: u64, at: Timestamp) -> ocsp_wire::CertStatus {
    let serial = serial.to_be_bytes();
    let serial = serial.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
    let question = ocsp_wire::OcspRequest::about(issuer.certificate_of(ca), &serial).unwrap();
    let answer = issuer.ocsp(&question.to_der().unwrap(), at);
    let bytes = ocsp_wire::OcspResponse::from_der(&answer).unwrap().response_bytes.unwrap();
    let basic = ocsp_wire::BasicOcspResponse::from_der(bytes.response.as_bytes()).unwrap();
    basic.tbs_response_data.responses[0].cert_status.clone()
}

fn is_good(issuer: &Authority, ca: CaKind, serial: u64, at: Timestamp) -> bool {
    matches!(status(issuer, ca, serial, at), ocsp_wire::CertStatus::Good(_))
}

fn is_unknown(issuer: &Authority, ca: CaKind, serial: u64, at: Timestamp) -> bool {
    matches!(status(issuer, ca, serial, at), ocsp_wire::CertStatus::Unknown(_))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_order_and_any_number_of_openings_give_the_same_bytes(
        first in prop::collection::vec(prop::sample::select(vec![0, 1, 77, 4_242, 124_999_999]), 1..8),
        second in Just(vec![77, 124_999_999, 0, 4_242, 1]).prop_shuffle(),
        between in prop::collection::vec(0..SIZE, 0..3),
    ) {
        let (mut one, mut other) = (authority(), authority());
        for index in between {
            open(&mut other, index);
        }
        let seen: Vec<_> = second.iter().map(|index| (*index, open(&mut other, *index))).collect();
        for index in first {
            let known = seen.iter().find(|(known, _)| *known == index).unwrap();
            prop_assert_eq!(&open(&mut one, index), &known.1, "citizen {}", index);
        }
        prop_assert_eq!((one.records(), other.records()), (0, 0));
    }
}

#[test]
fn opening_leaves_no_record_but_every_certificate_is_known() {
    let mut issuer = authority();
    issuer.introduce(Population::new(1)).unwrap();
    let today = noon(REFERENCE_DAY);
    for index in (0..SIZE).step_by(1_000_003) {
        for one in citizen(index).certificates() {
            let lives = one.issued <= today;
            assert_eq!(is_good(&issuer, one.ca, one.serial, today), lives, "citizen {index}");
            assert!(is_unknown(
                &issuer,
                one.ca,
                one.serial,
                one.issued - SignedDuration::from_secs(1)
            ));
            let bytes = one.serial.to_be_bytes();
            assert_eq!(issuer.person_of(&bytes), Some(citizen(index).holder));
        }
    }
    let nobody = (0x3000_0000..0x3000_1000).find(|n| Population::new(1).certificate(*n).is_none());
    assert!(is_unknown(&issuer, CaKind::UserAuthentication, nobody.unwrap(), today));
    assert_eq!(issuer.records(), 0);
}

#[test]
fn what_is_revoked_stays_so_however_often_the_card_is_opened() {
    let mut issuer = authority();
    let (one, today) = (adult(9), noon(REFERENCE_DAY));
    let card = one.card(&mut issuer, today, photo).unwrap();
    let serial = card.user_authentication_serial.clone();
    issuer.revoke(&serial, RevocationReason::KeyCompromise, today).unwrap();
    assert_eq!(issuer.records(), 1);
    let again = one.card(&mut issuer, today, photo).unwrap();
    assert_eq!(certificates(again), certificates(card));
    assert_eq!(issuer.records(), 1);
    let number = one.certificate_on(CaKind::UserAuthentication, REFERENCE_DAY).unwrap().serial;
    assert!(!is_good(&issuer, CaKind::UserAuthentication, number, today));
    let refused = issuer.hold(&serial, today).unwrap_err();
    assert!(matches!(refused, AuthorityError::Standing(StandingError::AlreadyRevoked)));
}

#[test]
fn a_change_that_is_refused_leaves_no_record() {
    let mut issuer = authority();
    issuer.introduce(Population::new(1)).unwrap();
    let one = adult(9).certificates()[0];
    let serial = one.serial.to_be_bytes();
    assert!(issuer.release(&serial, noon(REFERENCE_DAY)).is_err());
    assert!(issuer.hold(&serial, one.issued - SignedDuration::from_secs(1)).is_err());
    assert_eq!(issuer.records(), 0);
}

#[test]
fn life_happens_to_citizens_whose_card_was_never_opened() {
    let (one, today) = (adult(2_000), noon(REFERENCE_DAY));
    let on_card = |ca: CaKind| one.certificate_on(ca, REFERENCE_DAY).unwrap().serial;
    let both = [CaKind::UserAuthentication, CaKind::DigitalSignature].map(on_card);
    for (event, good) in [
        (LifeEvent::Moved, [true, false]),
        (LifeEvent::CardLost, [false, false]),
        (LifeEvent::Died, [false, false]),
    ] {
        let mut issuer = authority();
        issuer.introduce(Population::new(1)).unwrap();
        issuer.life_event(&one.holder, event, today).unwrap();
        let told = [CaKind::UserAuthentication, CaKind::DigitalSignature]
            .map(|ca| is_good(&issuer, ca, on_card(ca), today));
        assert_eq!(told, good, "{event:?} of {both:?}");
        let neighbour = adult(one.index + 1).certificates()[0];
        assert!(is_good(&issuer, neighbour.ca, neighbour.serial, today));
    }
}

#[test]
fn the_dead_do_not_renew() {
    let one = (0..).map(citizen).find(|one| one.certificates().len() == 4).unwrap();
    let [first, second] = [one.certificates()[0], one.certificates()[1]];
    let mut issuer = authority();
    issuer.introduce(Population::new(1)).unwrap();
    assert!(is_good(&issuer, second.ca, second.serial, second.issued));
    issuer.life_event(&one.holder, LifeEvent::Died, first.issued).unwrap();
    assert!(is_unknown(&issuer, second.ca, second.serial, second.issued));
}

#[test]
fn the_partition_of_the_own_municipality_lists_a_citizen_and_others_do_not() {
    let mut issuer = authority();
    issuer.introduce(Population::new(1)).unwrap();
    let (one, today) = (adult(9), noon(REFERENCE_DAY));
    let other = (0..).map(citizen).find(|other| other.municipality() != one.municipality());
    issuer.life_event(&one.holder, LifeEvent::Died, today).unwrap();
    let listed = |place| {
        let (ca, kind) = (CaKind::UserAuthentication, ListKind::Partition(place));
        let order = ListOrder { ca, kind, this_update: today, next_update: today };
        let list = issuer.list(&order).unwrap();
        let list: x509_cert::crl::CertificateList =
            x509_cert::crl::CertificateList::from_der(&list).unwrap();
        list.tbs_cert_list.revoked_certificates.unwrap_or_default().len()
    };
    assert_eq!((listed(one.municipality()), listed(other.unwrap().municipality())), (1, 0));
}

#[test]
fn one_authority_knows_one_population() {
    let mut issuer = authority();
    citizen(1).card(&mut issuer, noon(REFERENCE_DAY), photo).unwrap();
    let other = Population::new(2).citizen(1).unwrap();
    let refused = other.card(&mut issuer, noon(REFERENCE_DAY), photo).unwrap_err();
    assert!(matches!(refused, OpenError::Authority(AuthorityError::OtherPopulation)), "{refused}");
    assert!(issuer.introduce(Population::new(1)).is_ok());
}

/// OpenSSL reads the certificate: municipality, distribution point, substitutes.
#[test]
fn certificates_name_the_municipality_and_mark_substitutes() {
    for oddity in [
        Oddity::VariationSelector,
        Oddity::OutsideJis,
        Oddity::PrivateUse,
        Oddity::AddressOutsideJis,
    ] {
        let shop = Shop::open();
        let adults = Population::new(1).with(oddity).map(citizen);
        let one = adults.into_iter().find(|one| one.age(one.card_issued) >= 20).unwrap();
        let [user, signing] = open(&mut authority(), one.index);
        shop.put("user", &user);
        shop.put("signing", &signing);
        let (address, name) = (&one.address, &one.name.name);
        let place = format!(
            "OU = {}, CN = {} CRLDP",
            address.prefecture_romaji, address.municipality_romaji
        );
        for file in ["user.pem", "signing.pem"] {
            let said = openssl(&["x509", "-in", &shop.path(file), "-noout", "-text"]);
            said.must_say(&place);
            said.must_say(&format!("{}003A", address.municipality_code));
        }
        let subject = openssl(&["x509", "-in", &shop.path("signing.pem"), "-noout", "-subject"]);
        subject.must_say(&format!(
            "L = {}, L = {}",
            address.prefecture_romaji, address.municipality_romaji
        ));
        let tree = openssl(&[
            "asn1parse",
            "-inform",
            "DER",
            "-in",
            &shop.path("signing.der"),
            "-strparse",
            &offset_of_alternative_names(&shop),
        ]);
        for (arc, value) in [("5", &address.address), ("1", name)] {
            let marks = if arc == "5" { "6" } else { "2" };
            tree.must_say(&format!("1.2.392.200149.8.5.5.{arc}\n"));
            tree.must_say(&format!("1.2.392.200149.8.5.5.{marks}\n"));
            assert!(
                tree.text.contains(&format!(":{}\n", value.substitutes)),
                "{oddity}: {}",
                tree.text
            );
            assert!(contains(&signing, value.certificate.as_bytes()), "{oddity}");
        }
        assert!([name, &address.address].iter().any(|text| text.substitutes.contains('1')));
        let ca = shop.path("signature-ca.pem");
        assert!(
            openssl(&[
                "verify",
                "-attime",
                &noon(REFERENCE_DAY).as_second().to_string(),
                "-CAfile",
                &ca,
                &shop.path("signing.pem")
            ])
            .content
        );
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Where the content of the subjectAltName begins, as OpenSSL counts.
fn offset_of_alternative_names(shop: &Shop) -> String {
    let said = openssl(&["asn1parse", "-inform", "DER", "-in", &shop.path("signing.der")]);
    let mut lines =
        said.text.lines().skip_while(|line| !line.contains("X509v3 Subject Alternative Name"));
    let value = lines.find(|line| line.contains("OCTET STRING")).unwrap();
    value.split(':').next().unwrap().trim().to_owned()
}

#[test]
fn the_photo_is_made_from_the_face_of_the_citizen() {
    let one = adult(0);
    let card = one.card(&mut authority(), one.issued_at(), photo).unwrap();
    assert_eq!(*card.contents.face.photo.unwrap(), photo(one.face));
}

#[test]
fn children_do_not_sign_and_infants_have_no_photo() {
    for one in Population::new(1).with(Oddity::Newborn).take(20).map(citizen) {
        let card = one.card(&mut authority(), one.issued_at(), photo).unwrap();
        assert!(
            card.contents.digital_signature.is_none() && card.digital_signature_serial.is_none()
        );
        assert!(card.contents.signature_password.is_none() && card.contents.face.photo.is_none());
        assert!(card.contents.user_authentication.is_some());
    }
}

#[test]
fn every_oddity_opens_as_a_card() {
    for (oddity, name, _) in Oddity::TABLE {
        for one in Population::new(1).with(oddity).take(2).map(citizen) {
            let card = one.card(&mut authority(), one.issued_at(), photo);
            let mut card = sim_card::Card::new(card.expect(name).contents);
            card.power_on();
            let answer = card.transmit(&[
                0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00,
                0x01,
            ]);
            assert_eq!(answer, [0x90, 0x00], "{name}");
        }
    }
}

#[test]
fn a_card_is_not_opened_outside_of_its_days() {
    let one = citizen(12);
    let day_after = one.card_expiry.tomorrow().unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap();
    for at in [one.issued_at() - jiff::SignedDuration::from_hours(24), day_after.timestamp()] {
        assert!(matches!(one.card(&mut authority(), at, photo), Err(OpenError::NotValid { .. })));
    }
    for at in [Timestamp::MIN, Timestamp::MAX] {
        assert!(one.card(&mut authority(), at, photo).is_err());
    }
}
