//! PKCS #11 through OpenSC's module: every mechanism it lists for the card, and the same keys from OpenSSL's commands.
//! OpenSSL alone, without the card, is the judge of what was signed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use support::{Desk, openssl};

/// An instant within the certificate's life, so that the tests do not end with it: 2026-04-01.
const THEN: &str = "1775003400";
const MESSAGE: &str = "資格を確認しました";

/// A key of the card as PKCS #11 shows it: each PIN has a slot of its own.
struct Key {
    slot: &'static str,
    pin: &'static str,
    certificate: &'static str,
    authority: &'static str,
    /// Its token and object in a PKCS #11 URI.
    uri: &'static str,
}

const KEYS: [Key; 2] = [
    Key {
        slot: "0",
        pin: "1234",
        certificate: "01",
        authority: "03",
        uri: "token=JPKI%20%28User%20Authentication%20PIN%29;id=%01",
    },
    Key {
        slot: "1",
        pin: "ABC123",
        certificate: "02",
        authority: "04",
        uri: "token=JPKI%20%28Digital%20Signature%20PIN%29;id=%02",
    },
];

/// How OpenSSL verifies what a mechanism signs. A mechanism that is not here is one nobody has looked at.
fn digest(mechanism: &str) -> Option<&'static str> {
    Some(match mechanism {
        "SHA1-RSA-PKCS" => "-sha1",
        "SHA224-RSA-PKCS" => "-sha224",
        "SHA256-RSA-PKCS" => "-sha256",
        "SHA384-RSA-PKCS" => "-sha384",
        "SHA512-RSA-PKCS" => "-sha512",
        "MD5-RSA-PKCS" => "-md5",
        "RIPEMD160-RSA-PKCS" => "-rmd160",
        _ => return None,
    })
}

/// A persona's card, a message to sign, and the certificates and public keys of both slots.
fn desk() -> Desk {
    let desk = Desk::with_card_of("hanako");
    std::fs::write(desk.path("message"), MESSAGE).unwrap();
    for key in &KEYS {
        for id in [key.certificate, key.authority] {
            let pem = desk.arg(&format!("{id}.pem"));
            let read = ["--read-certificate", id, "--output", &pem];
            let entry = ["--auth-id", key.certificate, "--verify-pin", "--pin", key.pin];
            desk.client("pkcs15-tool", &[&read[..], &entry].concat()).content();
            let public = desk.arg(&format!("{id}.pub"));
            openssl(&["x509", "-in", &pem, "-noout", "-pubkey", "-out", &public]).content();
        }
    }
    desk
}

/// The mechanisms the module lists for a slot, each with what it can do.
fn mechanisms(desk: &Desk, slot: &str) -> Vec<(String, String)> {
    let list = ["--slot-index", slot, "--list-mechanisms"];
    let said = desk.client("pkcs11-tool", &list).content();
    let (_, listed) = said.split_once("Supported mechanisms:\n").expect(&said);
    let rows = listed.lines().map_while(|line| line.strip_prefix("  ")?.split_once(", "));
    rows.map(|(name, uses)| (name.to_owned(), uses.to_owned())).collect()
}

/// Runs pkcs11-tool logged in to a slot.
fn logged_in(desk: &Desk, key: &Key, arguments: &[&str]) -> support::Said {
    let login = ["--slot-index", key.slot, "--login", "--pin", key.pin];
    desk.client("pkcs11-tool", &[&login[..], arguments].concat())
}

/// Signs the message; the signature's file.
fn sign(desk: &Desk, key: &Key, mechanism: &str) -> String {
    let (message, signature) = (desk.arg("message"), desk.arg(&format!("{mechanism}.sig")));
    let files = ["--input-file", &message, "--output-file", &signature];
    logged_in(desk, key, &[&["--sign", "--mechanism", mechanism][..], &files].concat()).content();
    signature
}

/// Has OpenSSL verify a signature over a file with the key of a certificate.
fn verify(desk: &Desk, key: &Key, digest: Option<&str>, signature: &str, file: &str) -> bool {
    let public = desk.arg(&format!("{}.pub", key.certificate));
    let said = match digest {
        Some(digest) => {
            openssl(&["dgst", digest, "-verify", &public, "-signature", signature, file])
        }
        // RSA-PKCS pads what it is given: here the message itself.
        None => openssl(&[
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            &public,
            "-in",
            file,
            "-sigfile",
            signature,
            "-pkeyopt",
            "rsa_padding_mode:pkcs1",
        ]),
    };
    said.code == 0
}

#[test]
fn every_mechanism_that_is_listed_signs_what_openssl_verifies() {
    let desk = desk();
    let other = desk.arg("other");
    std::fs::write(&other, "資格を確認しませんでした").unwrap();
    for key in &KEYS {
        let mut signed = 0;
        for (mechanism, uses) in mechanisms(&desk, key.slot) {
            if !uses.split(", ").any(|use_| use_ == "sign") {
                assert_eq!(uses, "digest", "{mechanism} is no mechanism of the module alone");
                continue;
            }
            let digest = digest(&mechanism);
            assert!(digest.is_some() || mechanism == "RSA-PKCS", "who verifies {mechanism}?");
            let signature = sign(&desk, key, &mechanism);
            assert!(verify(&desk, key, digest, &signature, &desk.arg("message")), "{mechanism}");
            assert!(!verify(&desk, key, digest, &signature, &other), "{mechanism}");
            signed += 1;
        }
        assert!(signed > 0, "slot {} lists nothing to sign with", key.slot);
    }
}

/// OpenSC lists decryption for any RSA card. These keys only sign, and the module says so before it asks the card.
#[test]
fn decryption_is_listed_and_refused_by_the_keys() {
    let desk = desk();
    for key in &KEYS {
        let listed = mechanisms(&desk, key.slot);
        let listed = listed.iter().find(|(name, _)| name == "RSA-PKCS").expect("RSA-PKCS");
        assert!(listed.1.contains("decrypt"), "{}", listed.1);
        let (public, secret) = (desk.arg(&format!("{}.pub", key.certificate)), desk.arg("secret"));
        let message = desk.arg("message");
        let encrypt = ["pkeyutl", "-encrypt", "-pubin", "-inkey", &public];
        openssl(&[&encrypt[..], &["-in", &message, "-out", &secret]].concat()).content();
        logged_in(&desk, key, &["--decrypt", "--mechanism", "RSA-PKCS", "--input-file", &secret])
            .refused("CKR_KEY_TYPE_INCONSISTENT");
    }
}

/// What the card could do by itself (PSS) or could never do, the module neither lists nor takes.
#[test]
fn what_is_not_listed_is_refused() {
    let desk = desk();
    let listed = mechanisms(&desk, "0");
    for mechanism in ["RSA-X-509", "SHA256-RSA-PKCS-PSS", "ECDSA"] {
        assert!(listed.iter().all(|(name, _)| name != mechanism), "{mechanism} is listed by now");
        let (message, signature) = (desk.arg("message"), desk.arg("refused"));
        let files = ["--input-file", &message, "--output-file", &signature];
        logged_in(&desk, &KEYS[0], &[&["--sign", "--mechanism", mechanism][..], &files].concat())
            .refused("CKR_MECHANISM_INVALID");
    }
}

#[test]
fn the_slots_and_their_objects_are_those_of_the_card() {
    let desk = desk();
    let slots = desk.client("pkcs11-tool", &["-L"]).content();
    for line in ["pin min/max        : 4/4", "pin min/max        : 6/16", "(empty)"] {
        assert!(slots.contains(line), "{slots}");
    }
    for (key, label) in KEYS.iter().zip(["User Authentication", "Digital Signature"]) {
        let objects = logged_in(&desk, key, &["-O"]).content();
        for object in ["Private Key Object; RSA", "Certificate Object; type = X.509 cert"] {
            assert!(objects.contains(object), "{objects}");
        }
        for kind in ["Key", "Certificate"] {
            let name = format!("label:      {label} {kind}\n");
            assert!(objects.contains(&name), "{name}: {objects}");
        }
    }
    let open = desk.client("pkcs11-tool", &["-O", "--slot-index", "0"]).content();
    assert!(!open.contains("Private Key Object"), "{open}");
}

/// Runs an OpenSSL command that uses a key of the card by PKCS #11, to its good end.
///
/// The signature key wants its password once more for each signature; OpenSSL asks for it on standard input.
fn openssl_on_the_card(desk: &Desk, key: &Key, option: &str, arguments: &[&str]) {
    let [command, rest @ ..] = arguments else { panic!("no command") };
    let uri = format!("pkcs11:{};type=private?pin-value={}", key.uri, key.pin);
    let engine = [command, "-engine", "pkcs11", "-keyform", "engine", option, &uri];
    let again = format!("{}\n", key.pin);
    desk.client_told(&again, "openssl", &[&engine[..], rest].concat()).content();
}

fn demand_engine() {
    let there = openssl(&["engine", "-t", "pkcs11"]).text.contains("[ available ]");
    assert!(there, "this test needs the Debian package: libengine-pkcs11-openssl");
}

#[test]
fn openssl_signs_with_the_card_and_verifies_without_it() {
    demand_engine();
    let desk = desk();
    let (message, signature) = (desk.arg("message"), desk.arg("engine.sig"));
    for key in &KEYS {
        for digest in ["-sha1", "-sha256", "-sha384", "-sha512"] {
            let arguments = ["dgst", digest, "-out", &signature, &message];
            openssl_on_the_card(&desk, key, "-sign", &arguments);
            assert!(verify(&desk, key, Some(digest), &signature, &message), "{digest}");
        }
    }
}

#[test]
fn openssl_makes_a_signed_message_and_a_certificate_request_with_the_card() {
    demand_engine();
    let desk = desk();
    let (message, signed, request) = (desk.arg("message"), desk.arg("cms"), desk.arg("csr"));
    for key in &KEYS {
        let [certificate, authority] =
            [key.certificate, key.authority].map(|id| desk.arg(&format!("{id}.pem")));
        let sign = ["cms", "-sign", "-signer", &certificate, "-binary", "-nodetach"];
        let files = ["-in", &message, "-outform", "DER", "-out", &signed];
        openssl_on_the_card(&desk, key, "-inkey", &[&sign[..], &files].concat());
        let check = ["cms", "-verify", "-inform", "DER", "-in", &signed, "-CAfile", &authority];
        let said = openssl(&[&check[..], &["-purpose", "any", "-attime", THEN]].concat()).content();
        assert!(said.contains(MESSAGE), "{said}");
        let new = ["req", "-new", "-subj", "/CN=mihon", "-out", &request];
        openssl_on_the_card(&desk, key, "-key", &new);
        openssl(&["req", "-in", &request, "-verify", "-noout"]).content();
    }
}
