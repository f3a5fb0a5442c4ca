//! OpenSSL follows the link certificates from one generation of the authority to the other, and reads the smartphone's chains.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use jiff::civil::date;
use openssl_support::{Said, Shop, days_ago, openssl};
use sim_card::pki::{
    CaKind, Generation, IssueRequest, Links, Municipality, SignatureIssueRequest, pooled_key,
};

fn verify(root: &str, links: &[String], certificate: &str) -> Said {
    let mut arguments = vec!["verify", "-no-CApath", "-no-CAstore", "-x509_strict"];
    arguments.extend(["-show_chain", "-CAfile", root]);
    arguments.extend(links.iter().flat_map(|link| ["-untrusted", link.as_str()]));
    arguments.push(certificate);
    openssl(&arguments)
}

/// A shop of a generation with one user certificate and both links of its authority.
fn linked(generation: Generation) -> Shop {
    let mut shop = Shop::of(generation);
    shop.issue("user");
    let links = Links::of(CaKind::UserAuthentication).unwrap().unwrap();
    shop.put("new-with-old", &links.new_with_old);
    shop.put("old-with-new", &links.old_with_new);
    shop
}

#[test]
fn who_trusts_the_former_root_reaches_the_current_key_by_the_link_only() {
    let (former, current) = (linked(Generation::Former), linked(Generation::Current));
    let (root, user) = (former.path("ca.pem"), current.path("user.pem"));
    assert!(!verify(&root, &[], &user).content);
    assert!(!verify(&root, &[current.path("old-with-new.pem")], &user).content);
    let said = verify(&root, &[current.path("new-with-old.pem")], &user);
    assert!(said.content, "{}", said.text);
    assert!(said.text.contains("depth=2"), "{}", said.text);
}

#[test]
fn who_trusts_the_current_root_reaches_the_former_key_by_the_link_only() {
    let (former, current) = (linked(Generation::Former), linked(Generation::Current));
    let (root, user) = (current.path("ca.pem"), former.path("user.pem"));
    assert!(!verify(&root, &[], &user).content);
    assert!(!verify(&root, &[current.path("new-with-old.pem")], &user).content);
    let said = verify(&root, &[current.path("old-with-new.pem")], &user);
    assert!(said.content, "{}", said.text);
    assert!(said.text.contains("depth=2"), "{}", said.text);
}

#[test]
fn each_root_verifies_its_own_and_both_signature_authorities_have_links() {
    for generation in [Generation::Former, Generation::Current] {
        let shop = linked(generation);
        let said = verify(&shop.path("ca.pem"), &[], &shop.path("user.pem"));
        assert!(said.content, "{}", said.text);
    }
    let shop = Shop::of(Generation::Former);
    let links = Links::of(CaKind::DigitalSignature).unwrap().unwrap();
    shop.put("link", &links.new_with_old);
    let said = verify(&shop.path("signature-ca.pem"), &[], &shop.path("link.pem"));
    assert!(said.content, "{}", said.text);
    assert!(!verify(&shop.path("ca.pem"), &[], &shop.path("link.pem")).content);
}

#[test]
fn a_link_does_not_lead_to_the_foreign_hierarchy() {
    let (foreign, current) = (linked(Generation::Foreign), linked(Generation::Current));
    let links = [current.path("new-with-old.pem"), current.path("old-with-new.pem")];
    assert!(!verify(&current.path("ca.pem"), &links, &foreign.path("user.pem")).content);
}

#[test]
fn smartphones_have_authorities_and_policies_of_their_own() {
    let mut shop = Shop::open();
    let key = pooled_key(2).unwrap().to_public_key();
    let issue = || IssueRequest {
        holder: String::from("person-1"),
        birthdate: date(1980, 2, 17),
        at: days_ago(30),
        card_expiry: date(2099, 2, 17),
        key: &key,
        not_after: None,
    };
    let mut office = shop.authority.office(Municipality::new("Kaku-ken", "Kaku-cho", "99998"));
    let user = office.issue_mobile_user_authentication(issue()).unwrap();
    let (name, address) = (String::from("架空　花子"), String::from("架空県架空町"));
    let request = SignatureIssueRequest { issue: issue(), name, address, sex: '2' };
    let signature = office.issue_mobile_digital_signature(request).unwrap();
    shop.put("mobile-user", &user.certificate);
    shop.put("mobile-signature", &signature.certificate);
    for (ca, name, policy, eku) in [
        (CaKind::MobileUserAuthentication, "mobile-user", "1.2.392.200149.8.5.1.0.50", true),
        (CaKind::MobileDigitalSignature, "mobile-signature", "1.2.392.200149.8.5.1.0.40", false),
    ] {
        shop.put("mobile-ca", shop.authority.certificate_of(ca));
        let path = shop.path(&format!("{name}.pem"));
        let said = verify(&shop.path("mobile-ca.pem"), &[], &path);
        assert!(said.content, "{}", said.text);
        assert!(!verify(&shop.path("ca.pem"), &[], &path).content, "{name}");
        let said = openssl(&["x509", "-in", &path, "-noout", "-text"]);
        said.must_say(policy);
        said.must_say(
            "on smartphone, OU = CRL Distribution Points, OU = Kaku-ken, CN = Kaku-cho CRLDP",
        );
        assert_eq!(said.text.contains("TLS Web Client Authentication"), eku);
        assert!(Links::of(ca).unwrap().is_none());
    }
}
