//! OpenSSL reads and verifies the revocation lists.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use jiff::{SignedDuration, Timestamp};
use openssl_support::{Said, Shop, days_ago, openssl, present};
use sim_card::pki::RevocationReason;

fn list(shop: &Shop, at: Timestamp) -> Said {
    let next = at + SignedDuration::from_hours(24);
    let list = shop.authority.crl(at, next).unwrap();
    shop.put_pem("list", "X509 CRL", &list);
    let (list, ca) = (shop.path("list.pem"), shop.path("ca.pem"));
    openssl(&["crl", "-in", &list, "-CAfile", &ca, "-noout", "-text"])
}

fn check(shop: &Shop, name: &str) -> Said {
    let (list, ca) = (shop.path("list.pem"), shop.path("ca.pem"));
    let certificate = shop.path(&format!("{name}.pem"));
    openssl(&["verify", "-crl_check", "-CAfile", &ca, "-CRLfile", &list, &certificate])
}

#[test]
fn an_empty_list_verifies_and_refuses_nobody() {
    let mut shop = Shop::open();
    shop.issue("user");
    let said = list(&shop, present());
    said.must_say("verify OK");
    said.must_say("No Revoked Certificates.");
    said.must_say("Version 2 (0x1)");
    assert!(check(&shop, "user").content);
}

#[test]
fn each_reason_is_listed_by_its_name() {
    let mut shop = Shop::open();
    let serials: Vec<_> =
        (0..RevocationReason::ALL.len()).map(|i| shop.issue(&format!("user-{i}")).serial).collect();
    shop.issue("good");
    for (serial, reason) in serials.iter().zip(RevocationReason::ALL) {
        shop.authority.revoke(serial, reason, days_ago(2)).unwrap();
    }
    let said = list(&shop, present());
    said.must_say("verify OK");
    for name in [
        "Key Compromise",
        "CA Compromise",
        "Affiliation Changed",
        "Superseded",
        "Cessation Of Operation",
        "Certificate Hold",
        "Privilege Withdrawn",
        "AA Compromise",
    ] {
        said.must_say(name);
    }
    assert!(!said.text.contains("Unspecified"), "no reason is written for no reason");
    assert_eq!(said.text.matches("Serial Number:").count(), serials.len());
    for i in 0..serials.len() {
        check(&shop, &format!("user-{i}")).must_say("certificate revoked");
    }
    assert!(check(&shop, "good").content);
}

#[test]
fn a_hold_is_listed_until_the_release() {
    let mut shop = Shop::open();
    let serial = shop.issue("user").serial;
    shop.authority.hold(&serial, days_ago(5)).unwrap();
    list(&shop, present()).must_say("Certificate Hold");
    check(&shop, "user").must_say("certificate revoked");

    shop.authority.release(&serial, days_ago(1)).unwrap();
    list(&shop, present()).must_say("No Revoked Certificates.");
    assert!(check(&shop, "user").content);
    // The list of the day before yesterday still says what was true then.
    list(&shop, days_ago(2)).must_say("Certificate Hold");
}

#[test]
fn the_signature_ca_has_a_list_of_its_own() {
    let mut shop = Shop::open();
    let serial = shop.issue_signature("signature").serial;
    let at = days_ago(0);
    shop.authority.revoke(&serial, RevocationReason::AffiliationChanged, at).unwrap();
    list(&shop, at).must_say("No Revoked Certificates.");
    let own = shop.authority.signature_crl(at, at + SignedDuration::from_hours(24)).unwrap();
    shop.put_pem("own", "X509 CRL", &own);
    let (own, ca) = (shop.path("own.pem"), shop.path("signature-ca.pem"));
    let said = openssl(&["crl", "-in", &own, "-CAfile", &ca, "-noout", "-text"]);
    said.must_say("verify OK");
    said.must_say("Affiliation Changed");
}
