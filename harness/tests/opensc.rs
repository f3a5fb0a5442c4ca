//! OpenSC, unchanged, through pcscd and the vpcd driver: it must take a persona's card for a My Number Card, and OpenSSL
//! must agree with what it reads and signs. Exit codes alone prove nothing here: pkcs11-tool ends with 0 after writing a
//! signature of zeros.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use support::{ATR, Desk, madoguchi, openssl};

/// 暗証番号 of the persona.
const PIN: &str = "1234";
/// 署名用パスワード of every persona.
const PASSWORD: &str = "ABC123";
/// An instant within the certificate's life, so that the tests do not end with it: 2026-04-01.
const THEN: &str = "1775003400";

/// SELECT the JPKI application, SELECT the PIN's EF, VERIFY without data: the counter, without a try.
const COUNTER: [&str; 6] = [
    "-s",
    "00:A4:04:0C:0A:D3:92:F0:00:26:01:00:00:00:01",
    "-s",
    "00:A4:02:0C:02:00:18",
    "-s",
    "00:20:00:80",
];

/// Tries left as the card says it, which must be what OpenSC shows.
fn tries_left(desk: &Desk) -> u8 {
    let said = desk.client("opensc-tool", &COUNTER).content();
    let (_, status) = said.rsplit_once("SW1=0x63, SW2=0xC").expect(&said);
    let told = status[..1].parse().unwrap();
    let pins = desk.client("pkcs15-tool", &["--list-pins"]).content();
    let shown = pins.lines().find_map(|line| line.trim().strip_prefix("Tries left")).expect(&pins);
    assert_eq!(shown.trim_start_matches([' ', ':']), format!("{told}"), "{pins}");
    told
}

/// Reads a certificate and writes it to the desk's folder, as PEM and as DER.
fn read_certificate(desk: &Desk, id: &str) {
    let (pem, der) = (desk.arg(&format!("{id}.pem")), desk.arg(&format!("{id}.der")));
    desk.client("pkcs15-tool", &["--read-certificate", id, "--output", &pem]).content();
    openssl(&["x509", "-in", &pem, "-outform", "der", "-out", &der]).content();
}

/// Signs the file `message` into `name`, with the key of a slot.
fn sign(desk: &Desk, slot: &str, pin: &str, name: &str) -> support::Said {
    let (message, signature) = (desk.arg("message"), desk.arg(name));
    let login = ["--slot-index", slot, "--login", "--pin", pin];
    let files = ["--input-file", &message, "--output-file", &signature];
    desk.client(
        "pkcs11-tool",
        &[&login[..], &["--sign", "--mechanism", "SHA256-RSA-PKCS"], &files].concat(),
    )
}

/// Has OpenSSL verify a signature over `message` with the key in a certificate.
fn verify(desk: &Desk, certificate: &str, signature: &str, message: &str) -> support::Said {
    let key = desk.arg("key.pem");
    openssl(&["x509", "-in", &desk.arg(certificate), "-noout", "-pubkey", "-out", &key]).content();
    openssl(&[
        "dgst",
        "-sha256",
        "-verify",
        &key,
        "-signature",
        &desk.arg(signature),
        &desk.arg(message),
    ])
}

#[test]
fn opensc_takes_it_for_a_my_number_card() {
    let desk = Desk::with_card_of("hanako");
    assert!(desk.client("opensc-tool", &["--atr"]).content().contains(ATR));
    let name = desk.client("opensc-tool", &["--name"]).content();
    assert!(name.lines().any(|line| line == "jpki"), "{name}");
    let slots = desk.client("pkcs11-tool", &["--list-slots"]).content();
    for label in ["JPKI (User Authentication PIN)", "JPKI (Digital Signature PIN)"] {
        assert!(slots.contains(label), "{slots}");
    }
}

#[test]
fn the_certificate_is_the_one_that_was_issued_and_leads_to_the_authority() {
    let desk = Desk::with_card_of("hanako");
    let (issued, exported) = (desk.arg("issued"), desk.arg("exported"));
    madoguchi(&["card", "issue", "--persona", "hanako", "--out", &issued]).content();
    madoguchi(&["authority", "export", "--out", &exported]).content();
    let file = |name: &str| std::fs::read(desk.path(name)).unwrap();
    for id in ["01", "03", "04"] {
        read_certificate(&desk, id);
    }
    assert_eq!(file("01.der"), file("issued/user-authentication.crt"));
    assert_eq!(
        file("01.der"),
        file("exported/hanako.crt"),
        "one serial names one person everywhere"
    );
    assert_eq!(file("03.der"), file("exported/user-authentication-ca.crt"));
    assert_eq!(file("04.der"), file("exported/digital-signature-ca.crt"));
    let (pem, der) = (desk.arg("02.pem"), desk.arg("02.der"));
    let entry = ["--auth-id", "02", "--verify-pin", "--pin", PASSWORD, "--output", &pem];
    desk.client("pkcs15-tool", &[&["--read-certificate", "02"][..], &entry].concat()).content();
    openssl(&["x509", "-in", &pem, "-outform", "der", "-out", &der]).content();
    assert_eq!(file("02.der"), file("issued/digital-signature.crt"));
    let trusting = |ca: &str| {
        let (ca, certificate) = (desk.arg(ca), desk.arg("01.pem"));
        openssl(&["verify", "-attime", THEN, "-CAfile", &ca, "-purpose", "sslclient", &certificate])
    };
    trusting("03.pem").content();
    trusting("04.pem").refused("unable to get local issuer certificate");
}

#[test]
fn the_dump_shows_two_pins_two_keys_and_four_certificates() {
    let desk = Desk::with_card_of("hanako");
    let dump = desk.client("pkcs15-tool", &["--dump"]).content();
    for line in [
        "PKCS#15 Card [JPKI]:",
        "PIN [User Authentication PIN]",
        "PIN [Digital Signature PIN]",
        "Private RSA Key [User Authentication Key]",
        "Private RSA Key [Digital Signature Key]",
        "X.509 Certificate [User Authentication Certificate]",
        "X.509 Certificate [Digital Signature Certificate]",
        "X.509 Certificate [User Authentication Certificate CA]",
        "X.509 Certificate [Digital Signature Certificate CA]",
    ] {
        assert_eq!(dump.lines().filter(|shown| *shown == line).count(), 1, "{line}: {dump}");
    }
    for (kind, number) in [("PIN [", 2), ("Private RSA Key [", 2), ("X.509 Certificate [", 4)] {
        assert_eq!(dump.lines().filter(|line| line.starts_with(kind)).count(), number, "{dump}");
    }
    let pins = desk.client("pkcs15-tool", &["--list-pins"]).content();
    for tries in ["Tries left     : 3", "Tries left     : 5"] {
        assert_eq!(pins.matches(tries).count(), 1, "{pins}");
    }
}

#[test]
fn each_pin_verifies_by_itself_and_a_wrong_one_costs_a_try_of_its_own() {
    let desk = Desk::with_card_of("hanako");
    let verify =
        |id, pin| desk.client("pkcs15-tool", &["--verify-pin", "--auth-id", id, "--pin", pin]);
    verify("01", PIN).content();
    verify("02", PASSWORD).content();
    verify("01", "9999").refused("PIN code or key incorrect");
    verify("02", "ZZZ999").refused("PIN code or key incorrect");
    verify("02", "ZZZ998").refused("PIN code or key incorrect");
    let pins = desk.client("pkcs15-tool", &["--list-pins"]).content();
    let left = pins.lines().filter(|line| line.contains("Tries left"));
    let left: Vec<_> = left.filter_map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(left, ["2", "3"], "{pins}");
    verify("01", PIN).content();
    verify("02", PASSWORD).content();
}

/// OpenSC's driver stops at these whatever the card says.
#[test]
fn what_the_driver_does_not_offer_is_refused_in_its_words() {
    let desk = Desk::with_card_of("hanako");
    let change = ["--change-pin", "--auth-id", "01", "--pin", PIN, "--new-pin", "4321"];
    desk.client("pkcs15-tool", &change).refused("Not supported");
    let key = ["--read-public-key", "01"];
    desk.client("pkcs15-tool", &key).refused("Required ASN.1 object not found");
    desk.client("pkcs15-tool", &["--read-certificate", "02"]).refused("Certificate read failed");
    assert_eq!(tries_left(&desk), 3);
}

#[test]
fn what_opensc_signs_verifies_with_the_certificate_it_reads() {
    let desk = Desk::with_card_of("hanako");
    std::fs::write(desk.path("message"), "資格を確認しました").unwrap();
    std::fs::write(desk.path("other"), "資格を確認しませんでした").unwrap();
    read_certificate(&desk, "01");
    sign(&desk, "0", PIN, "signature").content();
    assert!(verify(&desk, "01.pem", "signature", "message").content().contains("Verified OK"));
    verify(&desk, "01.pem", "signature", "other").refused("Verification failure");
}

#[test]
fn the_signature_certificate_and_its_key_want_the_password() {
    let desk = Desk::with_card_of("hanako");
    std::fs::write(desk.path("message"), "fictitious").unwrap();
    let output = desk.arg("02.pem");
    let read = ["--read-certificate", "02", "--output", &output];
    assert_ne!(desk.client("pkcs15-tool", &read).code, 0);
    assert!(!desk.path("02.pem").exists());
    let with_password = ["--auth-id", "02", "--verify-pin", "--pin", PASSWORD];
    desk.client("pkcs15-tool", &[&read[..], &with_password].concat()).content();
    sign(&desk, "1", PASSWORD, "signature").content();
    assert!(verify(&desk, "02.pem", "signature", "message").content().contains("Verified OK"));
}

#[test]
fn the_self_test_of_pkcs11_tool_finds_no_errors() {
    let desk = Desk::with_card_of("hanako");
    for (slot, pin) in [("0", PIN), ("1", PASSWORD)] {
        let said = desk
            .client("pkcs11-tool", &["--slot-index", slot, "--login", "--pin", pin, "--test"])
            .content();
        assert!(said.contains("No errors"), "{said}");
        assert!(said.contains("SHA256-RSA-PKCS: OK"), "{said}");
    }
}

#[test]
fn wrong_pins_count_down_from_client_to_client_until_the_card_refuses_the_right_one() {
    let mut desk = Desk::with_card_of("hanako");
    std::fs::write(desk.path("message"), "fictitious").unwrap();
    assert_eq!(tries_left(&desk), 3);
    sign(&desk, "0", "9999", "signature").refused("CKR_PIN_INCORRECT");
    assert_eq!(tries_left(&desk), 2);
    // Nobody uses the card meanwhile, so pcscd takes its power away. The counter outlives that.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    assert_eq!(tries_left(&desk), 2);
    sign(&desk, "0", PIN, "signature").content();
    assert_eq!(tries_left(&desk), 3);
    for left in [2, 1, 0] {
        sign(&desk, "0", "9999", "refused").refused("CKR_PIN_INCORRECT");
        assert_eq!(tries_left(&desk), left);
    }
    let entry = ["--verify-pin", "--auth-id", "01", "--pin", PIN];
    desk.client("pkcs15-tool", &entry).refused("Reference data not usable");
    sign(&desk, "0", PIN, "refused").refused("C_Login failed");
    assert!(!desk.path("refused").exists());
    assert_eq!(tries_left(&desk), 0);
    // The certificate is free to read all the same, and the other PIN has a counter of its own.
    read_certificate(&desk, "01");
    sign(&desk, "1", PASSWORD, "signature").content();
    assert!(desk.card_is_alive());
    let log = desk.card_log();
    assert!(log.contains("VERIFY"), "{log}");
    let entries = [PIN, "9999", PASSWORD].map(|entry| (entry.to_owned(), hex::encode(entry)));
    for (entry, hex) in entries {
        assert!(
            !log.contains(&entry) && !log.to_lowercase().contains(&hex),
            "a PIN stands in the log of APDUs"
        );
    }
}
