//! OpenSSL asks the service over the network in each of its behaviours, and says exactly what is wrong with the answer.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod openssl_support;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use openssl_support::{Said, Shop, days_ago, openssl, present};
use sim_card::pki::{ResponderBehaviour, RevocationReason, router};

/// A served authority with a good and a revoked certificate.
struct Service {
    behaviour: Arc<Mutex<ResponderBehaviour>>,
    now: Arc<Mutex<Option<Timestamp>>>,
    url: String,
    ca: String,
    good: String,
    revoked: String,
    _directory: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Service {
    fn start(behaviour: ResponderBehaviour) -> Self {
        let mut shop = Shop::open();
        shop.issue("good");
        let serial = shop.issue("revoked").serial;
        shop.authority.revoke(&serial, RevocationReason::KeyCompromise, days_ago(5)).unwrap();
        let path = |name: &str| shop.path(name);
        let (ca, good, revoked) = (path("ca.pem"), path("good.pem"), path("revoked.pem"));
        let (authority, directory) = shop.close();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let behaviour = Arc::new(Mutex::new(behaviour));
        let now = Arc::new(Mutex::new(None));
        let clock = Arc::clone(&now);
        let routes = router(
            Arc::new(Mutex::new(authority)),
            Arc::new(move || clock.lock().unwrap().unwrap_or_else(present)),
            Arc::clone(&behaviour),
        );
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { behaviour, now, url, ca, good, revoked, _directory: directory, _runtime: runtime }
    }

    fn ask(&self, options: &[&str]) -> Said {
        self.ask_within("10", options)
    }

    fn ask_within(&self, seconds: &str, options: &[&str]) -> Said {
        let about = ["ocsp", "-issuer", &self.ca, "-cert", &self.good, "-cert", &self.revoked];
        let at = ["-serial", "5000", "-url", &self.url, "-CAfile", &self.ca, "-timeout", seconds];
        openssl(&[&about[..], &at[..], options].concat())
    }
}

fn must_be_right(said: &Said) {
    assert!(said.content, "{}", said.text);
    for words in ["Response verify OK", "good.pem: good", "revoked.pem: revoked", "5000: unknown"] {
        said.must_say(words);
    }
    assert!(!said.text.contains("Status times invalid"), "{}", said.text);
}

/// The answer must not be believed, and OpenSSL must say why.
fn must_be_refused(behaviour: ResponderBehaviour, why: &[&str]) {
    let said = Service::start(behaviour).ask(&[]);
    assert!(!said.text.contains("Response verify OK"), "{behaviour}: {}", said.text);
    assert!(!said.text.contains("WARNING: no nonce"), "{behaviour}: {}", said.text);
    why.iter().for_each(|words| said.must_say(words));
}

#[test]
fn good_revoked_and_unknown_by_what_the_authority_knows() {
    let said = Service::start(ResponderBehaviour::Answering).ask(&[]);
    must_be_right(&said);
    assert!(!said.text.contains("WARNING"), "{}", said.text);
    said.must_say("Reason: keyCompromise");
}

#[test]
fn answers_signed_before_are_right_but_carry_no_nonce() {
    let service = Service::start(ResponderBehaviour::PreSigned);
    must_be_right(&service.ask(&["-no_nonce"]));
    let said = service.ask(&[]);
    must_be_right(&said);
    said.must_say("WARNING: no nonce in response");
}

#[test]
fn refusals_carry_their_status() {
    for (behaviour, words) in [
        (ResponderBehaviour::TryLater, "Responder Error: trylater (3)"),
        (ResponderBehaviour::InternalError, "Responder Error: internalerror (2)"),
    ] {
        must_be_refused(behaviour, &[words]);
    }
}

#[test]
fn half_an_answer_is_none() {
    must_be_refused(ResponderBehaviour::Malformed, &["Error querying OCSP responder"]);
}

#[test]
fn an_answer_without_signature_is_not_believed() {
    must_be_refused(
        ResponderBehaviour::Unsigned,
        &["Response Verify Failure", "wrong signature length"],
    );
}

#[test]
fn an_answer_with_the_signature_of_other_bytes_is_not_believed() {
    must_be_refused(
        ResponderBehaviour::BadSignature,
        &["Response Verify Failure", "signature failure"],
    );
}

#[test]
fn an_answer_of_other_keys_is_not_believed() {
    must_be_refused(
        ResponderBehaviour::WrongSigner,
        &["Response Verify Failure", "certificate verify error", "unable to get local issuer"],
    );
}

#[test]
fn an_answer_of_a_responder_whose_certificate_has_ended_is_not_believed() {
    must_be_refused(
        ResponderBehaviour::ExpiredResponder,
        &["Response Verify Failure", "certificate verify error", "certificate has expired"],
    );
}

#[test]
fn a_stale_answer_verifies_with_times_that_are_over() {
    let said = Service::start(ResponderBehaviour::Stale).ask(&[]);
    for words in ["Response verify OK", "WARNING: Status times invalid", "status expired"] {
        said.must_say(words);
    }
}

#[test]
fn a_dropped_nonce_is_warned_of() {
    let said = Service::start(ResponderBehaviour::NonceDropped).ask(&[]);
    must_be_right(&said);
    said.must_say("WARNING: no nonce in response");
}

#[test]
fn another_nonce_is_refused() {
    must_be_refused(ResponderBehaviour::NonceWrong, &["Nonce Verify error"]);
}

#[test]
fn a_late_answer_is_right_for_who_waits() {
    let service = Service::start(ResponderBehaviour::Delayed { milliseconds: 1_500 });
    let asked = Instant::now();
    must_be_right(&service.ask(&[]));
    assert!(asked.elapsed() >= Duration::from_millis(1_500));
    *service.behaviour.lock().unwrap() = ResponderBehaviour::Delayed { milliseconds: 10_000 };
    assert!(!service.ask_within("1", &[]).text.contains("Response verify OK"));
}

#[test]
fn silence_is_left_by_the_client() {
    let said = Service::start(ResponderBehaviour::Silent).ask_within("1", &[]);
    assert!(!said.content && !said.text.contains("Response verify"), "{}", said.text);
    said.must_say("Error querying OCSP responder");
}

#[test]
fn an_answer_signed_before_the_revocation_is_replaced_in_the_next_period() {
    let service = Service::start(ResponderBehaviour::PreSigned);
    // OpenSSL finds these answers old, and still says what they say.
    let before = days_ago(5) - SignedDuration::from_mins(1);
    for (now, good, revoked) in [(before, 2, 0), (before + SignedDuration::from_mins(30), 1, 1)] {
        *service.now.lock().unwrap() = Some(now);
        let said = service.ask(&["-no_nonce"]).text;
        assert_eq!(said.matches("\ngood\n").count(), good, "{said}");
        assert_eq!(said.matches("\nrevoked\n").count(), revoked, "{said}");
    }
}
