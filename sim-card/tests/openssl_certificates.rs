//! OpenSSL reads and verifies what the authority issues.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use openssl_support::{Shop, openssl};
use sim_card::pki::Generation;

/// Names of the extensions in the order of the bytes, a `!` after the critical ones.
fn extensions(path: &str) -> Vec<String> {
    let said = openssl(&["asn1parse", "-inform", "DER", "-in", path]);
    let mut found: Vec<String> = Vec::new();
    let value = |line: &str| line.split(':').next_back().unwrap().trim().to_owned();
    for line in said.text.lines().skip_while(|line| !line.contains("cont [ 3 ]")) {
        if line.contains("OBJECT") && line.contains("d=5") {
            found.push(value(line));
        } else if line.contains("BOOLEAN") && line.contains("d=5") {
            assert_eq!(value(line), "255");
            found.last_mut().unwrap().push('!');
        }
    }
    found
}

/// String types and values of the names and times before the extensions.
fn strings(path: &str) -> Vec<String> {
    let said = openssl(&["asn1parse", "-inform", "DER", "-in", path]);
    said.text
        .lines()
        .filter(|line| ["STRING   ", "STRING :", "UTCTIME"].iter().any(|kind| line.contains(kind)))
        .filter(|line| !line.contains("OCTET") && !line.contains("BIT"))
        .map(|line| {
            line.split("prim: ").nth(1).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn text(shop: &Shop, name: &str) -> openssl_support::Said {
    let path = shop.path(&format!("{name}.der"));
    openssl(&[
        "x509",
        "-in",
        &path,
        "-noout",
        "-text",
        "-nameopt",
        "RFC2253,sep_comma_plus_space,-esc_msb,utf8",
    ])
}

#[test]
fn extensions_come_in_the_order_of_real_certificates() {
    let mut shop = Shop::open();
    shop.issue("user");
    shop.issue_signature("signature");
    let ku = "X509v3 Key Usage!";
    let san = "X509v3 Subject Alternative Name";
    let policies = "X509v3 Certificate Policies!";
    let issuer_name = "X509v3 Issuer Alternative Name";
    let crldp = "X509v3 CRL Distribution Points";
    let aki = "X509v3 Authority Key Identifier";
    let ski = "X509v3 Subject Key Identifier";
    let constraints = "X509v3 Basic Constraints!";
    let eku = "X509v3 Extended Key Usage";
    let aia = "Authority Information Access";
    for (name, expected) in [
        ("ca", vec![ku, san, constraints, crldp, ski]),
        ("signature-ca", vec![ku, san, constraints, crldp, ski]),
        ("user", vec![ku, eku, policies, issuer_name, crldp, aia, aki, ski]),
        ("signature", vec![ku, san, policies, issuer_name, crldp, aki, ski]),
    ] {
        assert_eq!(extensions(&shop.path(&format!("{name}.der"))), expected, "{name}");
    }
}

#[test]
fn names_keep_order_repetition_and_string_types() {
    let mut shop = Shop::open();
    shop.issue_signature("signature");
    assert_eq!(
        strings(&shop.path("signature.der")),
        [
            "PRINTABLESTRING :JP",
            "UTF8STRING :JPKI-TEST",
            "UTF8STRING :JPKI for digital signature",
            "UTF8STRING :Japan Agency for Local Authority Information Systems",
            "UTCTIME :251027030000Z",
            "UTCTIME :300217145959Z",
            "PRINTABLESTRING :JP",
            "UTF8STRING :Mihon-to",
            "UTF8STRING :Mihon-shi",
            "UTF8STRING :202510271200000100199999003A",
        ]
    );
}

#[test]
fn the_ca_certificate_says_what_real_ones_say() {
    let shop = Shop::open();
    let said = text(&shop, "ca");
    for words in [
        "Version: 3 (0x2)",
        "Serial Number: 1 (0x1)",
        "Signature Algorithm: sha256WithRSAEncryption",
        "Not Before: Dec 31 15:00:00 2020 GMT",
        "Not After : Dec 31 14:59:59 2032 GMT",
        "Public-Key: (2048 bit)",
        "Certificate Sign, CRL Sign",
        "CA:TRUE\n",
        "OU=Japan Agency for Local Authority Information Systems, OU=JPKI for user authentication, O=JPKI-TEST, C=JP",
    ] {
        said.must_say(words);
    }
}

/// Values of the strings inside one extension, in the order of the bytes.
fn strings_inside(path: &str, extension: &str) -> Vec<String> {
    let whole = openssl(&["asn1parse", "-inform", "DER", "-in", path]);
    let after = whole.text.split(extension).nth(1).unwrap();
    let value = after.lines().find(|line| line.contains("OCTET STRING")).unwrap();
    let offset = value.split(':').next().unwrap().trim();
    let said = openssl(&["asn1parse", "-inform", "DER", "-in", path, "-strparse", offset]);
    let strings = said.text.lines().filter(|line| line.contains("UTF8STRING"));
    strings.map(|line| line.split_once(" :").unwrap().1.to_owned()).collect()
}

#[test]
fn japanese_names_stand_for_the_ca() {
    let mut shop = Shop::open();
    shop.issue("user");
    shop.issue_signature("signature");
    let user = "公的個人認証サービス利用者証明用";
    let signature = "公的個人認証サービス署名用";
    for (name, extension, unit) in [
        ("ca", "Subject Alternative Name", user),
        ("signature-ca", "Subject Alternative Name", signature),
        ("user", "Issuer Alternative Name", user),
        ("signature", "Issuer Alternative Name", signature),
    ] {
        assert_eq!(
            strings_inside(&shop.path(&format!("{name}.der")), extension),
            ["公的個人認証サービス", unit, "地方公共団体情報システム機構"],
            "{name}"
        );
    }
}

#[test]
fn the_user_certificate_says_what_real_ones_say_and_nothing_about_the_person() {
    let mut shop = Shop::open();
    shop.issue("user");
    let said = text(&shop, "user");
    for words in [
        "Serial Number: 1001 (0x3e9)",
        "14:59:59",
        "99999003A, C=JP",
        "Digital Signature\n",
        "TLS Web Client Authentication",
        "Policy: 1.2.392.200149.8.5.1.0.30",
        "CPS: http://www.jpki.go.jp/cps.html",
        "DirName:C = JP, O = JPKI-TEST, OU = JPKI for user authentication, OU = CRL Distribution Points, OU = Mihon-to, CN = Mihon-shi CRLDP",
        "OCSP - URI:http://ocsp.madoguchi.invalid",
        "DirName:/C=JP/O=JPKI-TEST/OU=JPKI for user authentication/OU=Japan Agency for Local Authority Information Systems",
        "serial:01",
    ] {
        said.must_say(words);
    }
    assert!(!said.text.contains("person-1"));
}

#[test]
fn the_signature_certificate_says_what_real_ones_say() {
    let mut shop = Shop::open();
    shop.issue_signature("signature");
    let said = text(&shop, "signature");
    for words in [
        "Digital Signature, Non Repudiation",
        "othername: 1.2.392.200149.8.5.5.1::架空　花子, \
         othername: 1.2.392.200149.8.5.5.4::319800217, \
         othername: 1.2.392.200149.8.5.5.3::2, \
         othername: 1.2.392.200149.8.5.5.5::見本都見本市見本町一丁目１番, \
         othername: 1.2.392.200149.8.5.5.2::00000, \
         othername: 1.2.392.200149.8.5.5.6::00000000000000",
        "Policy: 1.2.392.200149.8.5.1.0.20",
        "DirName:C = JP, O = JPKI-TEST, OU = JPKI for digital signature, OU = CRL Distribution Points, OU = Mihon-to, CN = Mihon-shi CRLDP",
        "DirName:/C=JP/O=JPKI-TEST/OU=JPKI for digital signature/OU=Japan Agency for Local Authority Information Systems",
    ] {
        said.must_say(words);
    }
}

#[test]
fn chains_verify_under_their_own_ca_only() {
    let mut shop = Shop::open();
    shop.issue("user");
    shop.issue_signature("signature");
    let mut foreign = Shop::of(Generation::Foreign);
    foreign.issue("user");
    // The signature certificate's dates are fixed, so its chain is judged in its own year.
    let then = "1780000000";
    for (ca, certificate, at, expected) in [
        (shop.path("ca.pem"), shop.path("user.pem"), None, true),
        (shop.path("signature-ca.pem"), shop.path("signature.pem"), Some(then), true),
        (shop.path("signature-ca.pem"), shop.path("user.pem"), None, false),
        (shop.path("ca.pem"), shop.path("signature.pem"), Some(then), false),
        (shop.path("ca.pem"), foreign.path("user.pem"), None, false),
        (foreign.path("ca.pem"), foreign.path("user.pem"), None, true),
    ] {
        let mut arguments = vec!["verify", "-no-CApath", "-no-CAstore", "-CAfile", ca.as_str()];
        arguments.extend(at.iter().flat_map(|at| ["-attime", at]));
        arguments.push(&certificate);
        let said = openssl(&arguments);
        assert_eq!(said.content, expected, "{arguments:?}\n{}", said.text);
    }
}

#[test]
fn the_same_orders_give_the_same_bytes() {
    let issue = || {
        let mut shop = Shop::open();
        shop.issue_signature("signature").certificate
    };
    assert_eq!(issue(), issue());
}
