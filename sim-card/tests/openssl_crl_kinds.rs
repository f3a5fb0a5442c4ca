//! OpenSSL judges lists that are partial, old or signed by the wrong keys.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use jiff::{SignedDuration, Timestamp, civil::date};
use openssl_support::{Said, Shop, days_ago, openssl, present};
use sim_card::pki::{
    CaKind, Entry, IssueRequest, ListKind, ListOrder, Municipality, RevocationReason, pooled_key,
};

fn order(kind: ListKind, this_update: Timestamp, hours: i64) -> ListOrder {
    let next_update = this_update + SignedDuration::from_hours(hours);
    ListOrder { ca: CaKind::UserAuthentication, kind, this_update, next_update }
}

fn put_list(shop: &Shop, name: &str, kind: ListKind, this_update: Timestamp, hours: i64) -> Said {
    let list = shop.authority.list(&order(kind, this_update, hours)).unwrap();
    shop.put_pem(name, "X509 CRL", &list);
    read(shop, name)
}

fn read(shop: &Shop, name: &str) -> Said {
    let (list, ca) = (shop.path(&format!("{name}.pem")), shop.path("ca.pem"));
    openssl(&["crl", "-in", &list, "-CAfile", &ca, "-noout", "-text"])
}

fn check(shop: &Shop, lists: &[&str], options: &[&str], certificate: &str) -> Said {
    let ca = shop.path("ca.pem");
    let lists: Vec<_> = lists.iter().map(|name| shop.path(&format!("{name}.pem"))).collect();
    let certificate = shop.path(&format!("{certificate}.pem"));
    let mut arguments = vec!["verify", "-crl_check", "-CAfile", &ca];
    arguments.extend(lists.iter().flat_map(|list| ["-CRLfile", list.as_str()]));
    arguments.extend(options);
    arguments.push(&certificate);
    openssl(&arguments)
}

#[test]
fn a_stale_list_is_refused_as_expired() {
    let mut shop = Shop::open();
    shop.issue("user");
    put_list(&shop, "stale", ListKind::Full, days_ago(3), 24).must_say("verify OK");
    let said = check(&shop, &["stale"], &[], "user");
    assert!(!said.content, "{}", said.text);
    said.must_say("error 12 at 0 depth lookup: CRL has expired");
}

#[test]
fn a_list_of_tomorrow_is_refused_as_not_yet_valid() {
    let mut shop = Shop::open();
    shop.issue("user");
    put_list(&shop, "early", ListKind::Full, days_ago(-1), 24);
    let said = check(&shop, &["early"], &[], "user");
    assert!(!said.content, "{}", said.text);
    said.must_say("CRL is not yet valid");
}

#[test]
fn a_list_of_other_keys_is_refused_though_it_bears_the_name() {
    let mut shop = Shop::open();
    shop.issue("user");
    let list = shop.authority.list_by_stranger(&order(ListKind::Full, present(), 24)).unwrap();
    shop.put_pem("wrong", "X509 CRL", &list);
    let said = read(&shop, "wrong");
    said.must_say("Issuer: C = JP, O = JPKI-TEST, OU = JPKI for user authentication");
    assert!(!said.text.contains("verify OK"), "{}", said.text);
    let said = check(&shop, &["wrong"], &[], "user");
    assert!(!said.content, "{}", said.text);
    said.must_say("unable to get certificate CRL");
}

#[test]
fn a_delta_list_adds_to_its_base() {
    let mut shop = Shop::open();
    let serial = shop.issue("revoked").serial;
    shop.issue("good");
    shop.authority.revoke(&serial, RevocationReason::KeyCompromise, days_ago(1)).unwrap();
    // Read once: a second later the delta list would be one of another base.
    let since = days_ago(2);
    put_list(&shop, "base", ListKind::Base, since, 72).must_say("X509v3 Freshest CRL");
    let delta = ListKind::Delta { since };
    let said = put_list(&shop, "delta", delta, present(), 24);
    for words in ["verify OK", "X509v3 Delta CRL Indicator: critical", "Key Compromise"] {
        said.must_say(words);
    }
    let with_deltas = ["-extended_crl", "-use_deltas"];
    assert!(check(&shop, &["base"], &[], "revoked").content, "the base alone is old");
    check(&shop, &["base", "delta"], &with_deltas, "revoked").must_say("certificate revoked");
    assert!(check(&shop, &["base", "delta"], &with_deltas, "good").content);
}

#[test]
fn a_delta_list_takes_a_released_certificate_off_its_base() {
    let mut shop = Shop::open();
    let serial = shop.issue("user").serial;
    shop.authority.hold(&serial, days_ago(5)).unwrap();
    shop.authority.release(&serial, days_ago(1)).unwrap();
    // Read once: a second later the delta list would be one of another base.
    let since = days_ago(2);
    put_list(&shop, "base", ListKind::Base, since, 72).must_say("Certificate Hold");
    let delta = ListKind::Delta { since };
    put_list(&shop, "delta", delta, present(), 24).must_say("Remove From CRL");
    check(&shop, &["base"], &[], "user").must_say("certificate revoked");
    let said = check(&shop, &["base", "delta"], &["-extended_crl", "-use_deltas"], "user");
    assert!(said.content, "{}", said.text);
}

#[test]
fn a_delta_list_without_changes_is_empty() {
    let mut shop = Shop::open();
    let serial = shop.issue("user").serial;
    shop.authority.hold(&serial, days_ago(9)).unwrap();
    let delta = ListKind::Delta { since: days_ago(2) };
    put_list(&shop, "delta", delta, present(), 24).must_say("No Revoked Certificates.");
}

#[test]
fn a_list_of_one_municipality_speaks_for_no_other() {
    let places = [
        Municipality::new("Mihon-to", "Mihon-shi", "99999"),
        Municipality::new("Kaku-ken", "Kaku-cho", "99998"),
    ];
    let mut shop = Shop::open();
    let key = pooled_key(0).unwrap().to_public_key();
    for (name, place) in ["here", "there"].into_iter().zip(&places) {
        let request = IssueRequest {
            holder: name.to_owned(),
            birthdate: date(1980, 2, 17),
            at: days_ago(30),
            card_expiry: date(2099, 2, 17),
            key: &key,
            not_after: None,
        };
        let issued =
            shop.authority.office(place.clone()).issue_user_authentication(request).unwrap();
        shop.put(name, &issued.certificate);
        shop.authority.revoke(&issued.serial, RevocationReason::Superseded, days_ago(1)).unwrap();
    }
    let [here, there] = places;
    let said = put_list(&shop, "list-here", ListKind::Partition(here), present(), 24);
    said.must_say("X509v3 Issuing Distribution Point: critical");
    said.must_say("CN = Mihon-shi CRLDP");
    assert_eq!(said.text.matches("Serial Number:").count(), 1, "{}", said.text);
    put_list(&shop, "list-there", ListKind::Partition(there), present(), 24);

    check(&shop, &["list-here"], &[], "here").must_say("certificate revoked");
    check(&shop, &["list-there"], &[], "there").must_say("certificate revoked");
    let said = check(&shop, &["list-here"], &[], "there");
    assert!(!said.content, "{}", said.text);
    said.must_say("different CRL scope");
    check(&shop, &["list-here", "list-there"], &[], "there").must_say("certificate revoked");
}

#[test]
fn a_long_list_written_piece_by_piece_verifies() {
    let mut shop = Shop::open();
    let listed = shop.issue("listed").serial;
    shop.issue("good");
    let serial = listed.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    let since = days_ago(1);
    let entry = |n| Entry { serial: n, since, reason: RevocationReason::Superseded.code() };
    let entries = [serial].into_iter().chain(5_000..25_000).map(entry);
    let (path, pem) = (shop.path("long.der"), shop.path("long.pem"));
    let file = std::fs::File::create(&path).unwrap();
    let order = order(ListKind::Full, present(), 24);
    shop.authority.write_list_of(&order, entries, file).unwrap();
    openssl(&["crl", "-inform", "DER", "-in", &path, "-out", &pem]);
    assert_eq!(read(&shop, "long").text.matches("Serial Number:").count(), 20_001);
    read(&shop, "long").must_say("verify OK");
    check(&shop, &["long"], &[], "listed").must_say("certificate revoked");
    assert!(check(&shop, &["long"], &[], "good").content);
}
