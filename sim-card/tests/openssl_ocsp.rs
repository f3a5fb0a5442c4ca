//! OpenSSL asks the responder and verifies its answers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use openssl_support::{Said, Shop, days_ago, openssl, present};
use sim_card::pki::{Generation, RevocationReason};

/// Asks about certificates by files. OpenSSL writes the request, then reads the response twice: against the request for the nonce, since `-reqin`
/// knows no certificates, and against the certificates for their states, since `-cert` makes a new nonce.
fn ask(shop: &Shop, certificates: &[&str], options: &[&str]) -> Said {
    ask_also(shop, certificates, &[], options)
}

/// As [`ask`], and about bare serial numbers of the same CA.
fn ask_also(shop: &Shop, certificates: &[&str], serials: &[&str], options: &[&str]) -> Said {
    let (request, response) = (shop.path("request.der"), shop.path("response.der"));
    let ca = shop.path("ca.pem");
    let mut about = options.to_vec();
    about.extend(["-issuer", &ca]);
    let paths: Vec<_> = certificates.iter().map(|name| shop.path(&format!("{name}.pem"))).collect();
    about.extend(paths.iter().flat_map(|path| ["-cert", path.as_str()]));
    about.extend(serials.iter().flat_map(|serial| ["-serial", serial]));
    let asked = openssl(&[&["ocsp"], &about[..], &["-reqout", &request]].concat());
    assert!(asked.content, "{}", asked.text);

    let answer = shop.authority.ocsp(&std::fs::read(&request).unwrap(), present());
    std::fs::write(&response, answer).unwrap();
    let given = ["-respin", &response, "-CAfile", &ca];
    let whole = openssl(&[&["ocsp", "-reqin", &request, "-resp_text"], &given[..]].concat());
    let states = openssl(&[&["ocsp", "-no_nonce"], &about[..], &given[..]].concat());
    let text = [whole.text, states.text].concat();
    Said { content: whole.content && states.content, text }
}

fn must_verify(said: &Said) {
    assert!(said.content, "{}", said.text);
    assert_eq!(said.text.matches("Response verify OK").count(), 2, "{}", said.text);
    for trouble in ["WARNING", "Nonce Verify error", "Status times invalid"] {
        assert!(!said.text.contains(trouble), "{}", said.text);
    }
}

#[test]
fn good_with_and_without_nonce_by_both_hashes() {
    let mut shop = Shop::open();
    shop.issue("user");
    for (options, hash) in [
        (&[][..], "Hash Algorithm: sha1"),
        (&["-no_nonce"][..], "Hash Algorithm: sha1"),
        (&["-sha256"][..], "Hash Algorithm: sha256"),
    ] {
        let said = ask(&shop, &["user"], options);
        must_verify(&said);
        said.must_say("user.pem: good");
        said.must_say(hash);
        let without = options.contains(&"-no_nonce");
        assert_eq!(said.text.contains("OCSP Nonce"), !without, "{}", said.text);
    }
}

#[test]
fn revoked_with_each_reason_and_its_time() {
    // By code, since this OpenSSL has no words for 9 and 10.
    for (reason, code) in
        RevocationReason::ALL.into_iter().zip(["none", "1", "2", "3", "4", "5", "6", "9", "a"])
    {
        let mut shop = Shop::open();
        let serial = shop.issue("user").serial;
        let at = days_ago(3);
        shop.authority.revoke(&serial, reason, at).unwrap();
        let said = ask(&shop, &["user"], &[]);
        must_verify(&said);
        said.must_say("user.pem: revoked");
        said.must_say(&at.strftime("Revocation Time: %b %e %H:%M:%S %Y GMT").to_string());
        if reason == RevocationReason::Unspecified {
            assert!(!said.text.contains("Reason:"), "{}", said.text);
        } else {
            said.must_say(&format!("(0x{code})\n    This Update"));
        }
    }
}

#[test]
fn a_released_hold_is_good_again() {
    let mut shop = Shop::open();
    let serial = shop.issue("user").serial;
    shop.authority.hold(&serial, days_ago(3)).unwrap();
    ask(&shop, &["user"], &[]).must_say("Reason: certificateHold");
    shop.authority.release(&serial, days_ago(2)).unwrap();
    ask(&shop, &["user"], &[]).must_say("user.pem: good");
}

#[test]
fn what_was_never_issued_is_unknown() {
    let said = ask_also(&Shop::open(), &[], &["5000"], &[]);
    must_verify(&said);
    said.must_say("5000: unknown");
}

#[test]
fn another_ca_s_certificate_is_unknown_and_openssl_does_not_believe_even_that() {
    let mut shop = Shop::open();
    shop.issue_signature("signature");
    let (request, response) = (shop.path("request.der"), shop.path("response.der"));
    let (issuer, user_ca) = (shop.path("signature-ca.pem"), shop.path("ca.pem"));
    let certificate = shop.path("signature.pem");
    openssl(&["ocsp", "-issuer", &issuer, "-cert", &certificate, "-reqout", &request]);
    let answer = shop.authority.ocsp(&std::fs::read(&request).unwrap(), present());
    std::fs::write(&response, answer).unwrap();
    let said = openssl(&["ocsp", "-respin", &response, "-CAfile", &user_ca, "-resp_text"]);
    said.must_say("Cert Status: unknown");
    said.must_say("Response Verify Failure");
}

#[test]
fn several_questions_in_one_request() {
    let mut shop = Shop::open();
    let old = shop.issue("old").serial;
    shop.issue("good");
    shop.authority.revoke(&old, RevocationReason::Superseded, days_ago(1)).unwrap();
    let said = ask_also(&shop, &["good", "old"], &["5000"], &["-sha256"]);
    must_verify(&said);
    for words in ["good.pem: good", "old.pem: revoked", "5000: unknown"] {
        said.must_say(words);
    }
}

#[test]
fn the_responder_is_delegated_and_not_to_be_checked() {
    let mut shop = Shop::open();
    shop.issue("user");
    let said = ask(&shop, &["user"], &[]);
    for words in ["OCSP Signing", "OCSP No Check", "CN=OCSP Responder"] {
        said.must_say(words);
    }
}

#[test]
fn the_foreign_responder_is_not_believed() {
    let mut shop = Shop::of(Generation::Foreign);
    shop.issue("user");
    shop.put_ca(Shop::open().authority.ca_certificate());
    let said = ask(&shop, &["user"], &[]);
    assert!(!said.text.contains("Response verify OK"), "{}", said.text);
}
