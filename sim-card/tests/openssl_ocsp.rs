//! OpenSSL asks the responder and verifies its answers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use jiff::civil::date;
use openssl_support::{Said, Shop, days_ago, openssl, present};
use sim_card::pki::{
    Authority, CaKind, Generation, IssueRequest, Municipality, RevocationReason,
    SignatureIssueRequest, pooled_key,
};

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

/// The file names of an authority's certificate and of one that it issued, and the serial number of that.
fn issued_by(shop: &mut Shop, ca: CaKind) -> [String; 3] {
    let key = pooled_key(1).unwrap().to_public_key();
    let issue = IssueRequest {
        holder: String::from("person-1"),
        birthdate: date(1980, 2, 17),
        at: days_ago(30),
        card_expiry: date(2099, 2, 17),
        key: &key,
        not_after: None,
    };
    let signing = SignatureIssueRequest {
        issue: issue.clone(),
        name: String::from("架空　花子"),
        address: String::from("見本都見本市見本町一丁目１番"),
        sex: '2',
    };
    let mut office = shop.authority.office(Municipality::default());
    let issued = match ca {
        CaKind::UserAuthentication => office.issue_user_authentication(issue),
        CaKind::DigitalSignature => office.issue_digital_signature(signing),
        CaKind::MobileUserAuthentication => office.issue_mobile_user_authentication(issue),
        CaKind::MobileDigitalSignature => office.issue_mobile_digital_signature(signing),
    };
    let issued = issued.unwrap();
    let name = format!("{}-ca", ca.slug());
    shop.put(&name, shop.authority.certificate_of(ca));
    shop.put(ca.slug(), &issued.certificate);
    [name, ca.slug().to_owned(), hex::encode(issued.serial)]
}

/// Asks about certificates of one authority and trusts it alone.
fn ask_of(shop: &Shop, ca: &str, certificate: &str, authority: &Authority) -> Said {
    let (request, response) = (shop.path("request.der"), shop.path("response.der"));
    let (ca, certificate) =
        (shop.path(&format!("{ca}.pem")), shop.path(&format!("{certificate}.pem")));
    openssl(&["ocsp", "-issuer", &ca, "-cert", &certificate, "-reqout", &request]);
    let answer = authority.ocsp(&std::fs::read(&request).unwrap(), present());
    std::fs::write(&response, answer).unwrap();
    let about = ["ocsp", "-no_nonce", "-issuer", &ca, "-cert", &certificate];
    openssl(&[&about[..], &["-respin", &response, "-CAfile", &ca, "-resp_text"]].concat())
}

#[test]
fn every_authority_has_a_responder_of_its_own() {
    for ca in CaKind::ALL {
        let mut shop = Shop::open();
        let [issuer, name, serial] = issued_by(&mut shop, ca);
        let said = ask_of(&shop, &issuer, &name, &shop.authority);
        for words in ["Response verify OK", ": good", "OCSP Signing"] {
            said.must_say(words);
        }
        let reason = RevocationReason::KeyCompromise;
        shop.authority.revoke(&hex::decode(serial).unwrap(), reason, days_ago(1)).unwrap();
        let said = ask_of(&shop, &issuer, &name, &shop.authority);
        for words in ["Response verify OK", ": revoked", "keyCompromise"] {
            said.must_say(words);
        }
        let foreign = Shop::of(Generation::Foreign).authority;
        let said = ask_of(&shop, &issuer, &name, &foreign);
        said.must_say("Cert Status: unknown");
        assert!(!said.text.contains("Response verify OK"), "{ca:?}: {}", said.text);
    }
}

#[test]
fn one_answer_speaks_for_one_authority() {
    let mut shop = Shop::open();
    let [user_ca, user, _] = issued_by(&mut shop, CaKind::UserAuthentication);
    let [phone_ca, phone, _] = issued_by(&mut shop, CaKind::MobileUserAuthentication);
    let [request, response] = ["request.der", "response.der"].map(|name| shop.path(name));
    let [user_ca, user, phone_ca, phone] =
        [user_ca, user, phone_ca, phone].map(|name| shop.path(&format!("{name}.pem")));
    for (first, then, signer) in [
        ([&user_ca, &user], [&phone_ca, &phone], "authentication, CN=OCSP Responder"),
        ([&phone_ca, &phone], [&user_ca, &user], "on smartphone, CN=OCSP Responder"),
    ] {
        let first = ["ocsp", "-issuer", first[0], "-cert", first[1]];
        let then = ["-issuer", then[0], "-cert", then[1], "-reqout", &request];
        openssl(&[&first[..], &then[..]].concat());
        let answer = shop.authority.ocsp(&std::fs::read(&request).unwrap(), present());
        std::fs::write(&response, answer).unwrap();
        // OpenSSL would have one answer about two authorities from a signer that it trusts outright, so it is not asked to believe this.
        let said = openssl(&["ocsp", "-respin", &response, "-noverify", "-resp_text"]);
        let said_of =
            |words| said.text.find(words).unwrap_or_else(|| panic!("{words}: {}", said.text));
        assert!(said_of("Cert Status: good") < said_of("Cert Status: unknown"), "{}", said.text);
        said.must_say(signer);
    }
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
