//! What a scenario does to the authority over HTTP: issue, hold, release, revoke, renew, and what happens to people.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, http::Request};
use jiff::Timestamp;
use serde_json::{Value, json};
use sim_card::pki::{Authority, AuthorityConfig, CaKind, RevocationReason, router};
use sim_card::population::{Population, REFERENCE_DAY};
use tower::ServiceExt;
use x509_cert::{
    Certificate,
    der::{DecodePem, Encode, EncodePem, pem::LineEnding},
};

const NOW: &str = "2026-10-01T03:00:00Z";

fn service() -> Router {
    let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
    authority.introduce(Population::new(1)).unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    router(Arc::new(Mutex::new(authority)), Arc::new(move || now), Arc::default())
}

async fn ask(service: &Router, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(service, method, path, body).await
}

async fn send(service: &Router, method: &str, path: &str, body: String) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
    let response = service.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let told: Value = serde_json::from_slice(&bytes).unwrap();
    if status >= 400 {
        assert_eq!(told["status"], status, "{told}");
        assert!(told["detail"].as_str().unwrap().len() > 20, "{told}");
    }
    (status, told)
}

async fn post(service: &Router, path: &str, body: Value) -> (u16, Value) {
    ask(service, "POST", path, &body).await
}

fn user() -> Value {
    json!({"ca": "user-authentication", "person": "person-1", "birthdate": "1980-02-17", "card_expiry": "2035-02-17"})
}

fn signing(ca: CaKind) -> Value {
    let mut order = with(user(), "ca", json!(ca));
    for (name, value) in [("name", "架空　花子"), ("address", "見本都見本市"), ("sex", "2")]
    {
        order = with(order, name, json!(value));
    }
    order
}

fn with(mut order: Value, name: &str, value: Value) -> Value {
    order[name] = value;
    order
}

async fn issued(service: &Router, order: Value) -> (String, Certificate) {
    let (status, told) = post(service, "/control/certificates", order).await;
    assert_eq!(status, 201, "{told}");
    let certificate = Certificate::from_pem(told["certificate"].as_str().unwrap()).unwrap();
    let serial = told["serial"].as_str().unwrap().to_owned();
    assert_eq!(hex::encode(certificate.tbs_certificate().serial_number().as_bytes()), serial);
    (serial, certificate)
}

async fn standing(service: &Router, serial: &str) -> Value {
    let (status, told) =
        ask(service, "GET", &format!("/control/certificates/{serial}"), &Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told["standing"].clone()
}

#[tokio::test]
async fn a_certificate_is_held_released_and_revoked() {
    let service = service();
    let (serial, _) = issued(&service, user()).await;
    let path = |act| format!("/control/certificates/{serial}/{act}");
    for (act, body, told) in [
        ("hold", Value::Null, "held"),
        ("release", json!({}), "good"),
        ("hold", json!({"at": NOW}), "held"),
        ("revoke", json!({"reason": "keyCompromise"}), "revoked"),
    ] {
        let (status, after) = post(&service, &path(act), body).await;
        assert_eq!((status, &after["standing"]), (200, &json!(told)), "{act}: {after}");
        assert_eq!(standing(&service, &serial).await, told);
    }
    for act in ["hold", "release", "revoke"] {
        let (status, told) = post(&service, &path(act), Value::Null).await;
        assert_eq!(status, 409, "{act}");
        assert_eq!(told["detail"], "the certificate is revoked already");
    }
}

#[tokio::test]
async fn every_reason_has_the_name_of_the_standard() {
    let names = [
        "unspecified",
        "keyCompromise",
        "cACompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "certificateHold",
        "privilegeWithdrawn",
        "aACompromise",
    ];
    for (reason, name) in RevocationReason::ALL.into_iter().zip(names) {
        let service = service();
        let (serial, _) = issued(&service, user()).await;
        let path = format!("/control/certificates/{serial}/revoke");
        let (status, told) = post(&service, &path, json!({"reason": name})).await;
        assert_eq!((status, &told["reason"]), (200, &json!(reason)), "{told}");
        assert_eq!((&told["reason"], &told["since"]), (&json!(name), &json!(NOW)));
    }
}

#[tokio::test]
async fn each_authority_issues_and_renews_its_own_kind() {
    for ca in CaKind::ALL {
        let service = service();
        let signs = ca.tells_name_and_address();
        let order = if signs { signing(ca) } else { with(user(), "ca", json!(ca)) };
        let (old, certificate) = issued(&service, order.clone()).await;
        let mut renewal = order;
        for member in ["ca", "person", "birthdate"] {
            renewal.as_object_mut().unwrap().remove(member);
        }
        let path = format!("/control/certificates/{old}/renew");
        let (status, told) = post(&service, &path, renewal).await;
        assert_eq!(status, 201, "{told}");
        let new = Certificate::from_pem(told["certificate"].as_str().unwrap()).unwrap();
        let issuer = |one: &Certificate| one.tbs_certificate().issuer().to_string();
        assert_eq!(issuer(&new), issuer(&certificate));
        assert_eq!(standing(&service, &old).await, "revoked");
        assert_eq!(standing(&service, told["serial"].as_str().unwrap()).await, "good");
    }
}

/// How many certificates a person has.
async fn owned(service: &Router, person: &str) -> usize {
    let path = format!("/control/people/{person}");
    let (status, told) = ask(service, "GET", &path, &Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told["certificates"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_renewal_that_is_refused_issues_nothing() {
    for order in [user(), signing(CaKind::DigitalSignature)] {
        let service = service();
        let (serial, _) = issued(&service, order.clone()).await;
        let path = |act| format!("/control/certificates/{serial}/{act}");
        let held = post(&service, &path("hold"), json!({"at": "2026-12-01T00:00:00Z"})).await;
        assert_eq!(held.0, 200, "{}", held.1);
        let mut renewal = with(order, "at", json!(NOW));
        for member in ["ca", "person", "birthdate"] {
            renewal.as_object_mut().unwrap().remove(member);
        }
        let (status, told) = post(&service, &path("renew"), renewal.clone()).await;
        assert_eq!(status, 409, "{told}");
        assert_eq!(owned(&service, "person-1").await, 1);
        let renewal = with(renewal, "at", json!("2026-12-02T00:00:00Z"));
        assert_eq!(post(&service, &path("renew"), renewal).await.0, 201);
        assert_eq!(owned(&service, "person-1").await, 2);
    }
}

#[tokio::test]
async fn keys_places_and_substitutes_are_those_asked_for() {
    let service = service();
    let key = sim_card::pki::pooled_key(7).unwrap().to_public_key();
    let key = x509_cert::spki::SubjectPublicKeyInfoOwned::from_key(&key).unwrap();
    let place = json!({"prefecture": "Kaku-ken", "name": "Kaku-cho", "code": "91301"});
    let order = signing(CaKind::DigitalSignature);
    let order = with(order, "public_key", json!(key.to_pem(LineEnding::LF).unwrap()));
    let order = with(with(order, "municipality", place), "name_substitutes", json!("01000"));
    let (_, certificate) = issued(&service, order).await;
    let tbs = certificate.tbs_certificate();
    assert_eq!(*tbs.subject_public_key_info(), key);
    let subject = tbs.subject().to_string();
    assert!(subject.contains("91301003A") && subject.contains("L=Kaku-cho"), "{subject}");
    let bytes = certificate.to_der().unwrap();
    assert!(bytes.windows(7).any(|seven| seven == b"\x0c\x0501000"));
    let (_, pooled) = issued(&service, with(user(), "pool_key", json!(7))).await;
    assert_eq!(*pooled.tbs_certificate().subject_public_key_info(), key);
}

#[tokio::test]
async fn events_end_what_they_must() {
    for (event, user_after, signing_after) in [
        ("moved", "good", "revoked"),
        ("renamed", "good", "revoked"),
        ("card-lost", "held", "held"),
        ("card-returned", "revoked", "revoked"),
        ("died", "revoked", "revoked"),
    ] {
        let service = service();
        let (user, _) = issued(&service, user()).await;
        let (signing, _) = issued(&service, signing(CaKind::DigitalSignature)).await;
        let path = "/control/people/person-1/events";
        let (status, told) = post(&service, path, json!({ "event": event })).await;
        assert_eq!(status, 200, "{told}");
        assert!(told["changed"].as_array().unwrap().contains(&json!(signing)), "{told}");
        assert_eq!(standing(&service, &user).await, user_after, "{event}");
        assert_eq!(standing(&service, &signing).await, signing_after, "{event}");
        let (_, told) = ask(&service, "GET", "/control/people/person-1", &Value::Null).await;
        assert_eq!(told["certificates"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn an_event_that_is_refused_changes_nothing() {
    let service = service();
    let (user, _) = issued(&service, user()).await;
    let (signing, _) = issued(&service, signing(CaKind::DigitalSignature)).await;
    let path = format!("/control/certificates/{signing}/hold");
    assert_eq!(post(&service, &path, json!({"at": "2027-01-01T00:00:00Z"})).await.0, 200);
    let events = "/control/people/person-1/events";
    let (status, told) = post(&service, events, json!({"event": "died", "at": NOW})).await;
    assert_eq!(status, 409, "{told}");
    assert_eq!(standing(&service, &user).await, "good");
}

#[tokio::test]
async fn any_citizen_is_known_and_can_die() {
    let service = service();
    let citizen = Population::new(1).citizen(123_456_789).unwrap();
    let now = citizen.certificate_on(CaKind::UserAuthentication, REFERENCE_DAY).unwrap();
    let serial = format!("{:08x}", now.serial);
    assert_eq!(standing(&service, &serial).await, "good");
    let path = format!("/control/people/{}/events", citizen.holder);
    let (status, told) = post(&service, &path, json!({"event": "died"})).await;
    assert!(
        status == 200 && told["changed"].as_array().unwrap().contains(&json!(serial)),
        "{told}"
    );
    assert_eq!(standing(&service, &serial).await, "revoked");
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let service = service();
    let (serial, _) = issued(&service, user()).await;
    let certificates = "/control/certificates";
    let act = |act: &str| format!("{certificates}/{serial}/{act}");
    let key = json!("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    let place = json!({"prefecture": "見本都", "name": "", "code": "1"});
    for (path, body, code, words) in [
        (certificates, json!({}), 422, "card_expiry"),
        (certificates, json!({"card_expiry": "2035-02-17"}), 422, "ca, person and birthdate"),
        (certificates, with(user(), "ca", json!("nobody")), 422, "user-authentication"),
        (certificates, with(user(), "colour", json!(1)), 422, "colour"),
        (certificates, with(user(), "person", json!(" ")), 422, "person"),
        (certificates, with(user(), "name", json!("架空")), 422, "leave them out"),
        (certificates, with(user(), "ca", json!("digital-signature")), 422, "needs name"),
        (certificates, with(user(), "public_key", key), 422, "PEM"),
        (certificates, with(user(), "pool_key", json!(88)), 422, "0 to 87"),
        (certificates, with(user(), "municipality", place), 422, "five digits"),
        (
            certificates,
            with(user(), "card_expiry", json!("2020-01-01")),
            422,
            "before its beginning",
        ),
        (
            certificates,
            with(signing(CaKind::DigitalSignature), "name_substitutes", json!("01")),
            422,
            "for each character",
        ),
        (&act("renew"), user(), 422, "leave them out"),
        (&act("revoke"), json!({"reason": "boredom"}), 422, "keyCompromise"),
        (&act("release"), Value::Null, 409, "not held"),
        (
            &act("hold"),
            json!({"at": "2020-01-01T00:00:00Z"}),
            409,
            "before the certificate's latest",
        ),
        ("/control/certificates/7f7f/hold", Value::Null, 404, "7f7f"),
        ("/control/certificates/7f7f/renew", json!({"card_expiry": "2035-02-17"}), 404, "7f7f"),
        ("/control/certificates/xyz/hold", Value::Null, 400, "hexadecimal"),
        ("/control/people/nobody/events", json!({"event": "died"}), 404, "person code"),
        ("/control/people/person-1/events", json!({"event": "wed"}), 422, "card-lost"),
    ] {
        let (status, told) = post(&service, path, body).await;
        assert_eq!(status, code, "{path}: {told}");
        assert!(told["detail"].as_str().unwrap().contains(words), "{path}: {told}");
    }
    assert_eq!(standing(&service, &serial).await, "good");
    for path in ["/control/certificates/7f7f", "/control/people/nobody"] {
        assert_eq!(ask(&service, "GET", path, &Value::Null).await.0, 404, "{path}");
    }
    let broken = send(&service, "POST", certificates, "{".to_owned()).await;
    assert_eq!(broken.0, 422);
}
