//! The patient's portal: log-in by card, registration, and own data only.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation fails the test"
)]

mod backend_support;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use backend_support::{
    Bench, HERE,
    credentials::{FakeAnswer, TestCard},
    element, header, message, someone,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::{Value, json};
use sim_backend::certificate::RevocationReason;
use tower::ServiceExt as _;

const DATA: [&str; 8] = [
    "/portal/qualifications",
    "/portal/medicines",
    "/portal/health-checks",
    "/portal/care",
    "/portal/operations",
    "/portal/prescriptions",
    "/portal/costs",
    "/portal/costs/2026",
];

/// An answer of the portal.
#[derive(Debug)]
struct Told {
    status: StatusCode,
    text: String,
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The last part of a problem's type.
    fn kind(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// A card whose certificate is good until 2029.
fn card(serial: u8) -> TestCard {
    TestCard::until(serial, (2029, 4, 1))
}

async fn send(bench: &Bench, method: &str, path: &str, token: &str, body: &Value) -> Told {
    let mut request = Request::builder().method(method).uri(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let answer = bench.backend.portal_router().oneshot(request.body(body).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    let status = answer.status();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    Told { status, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

async fn get(bench: &Bench, path: &str, token: &str) -> Told {
    send(bench, "GET", path, token, &Value::Null).await
}

/// What a card answers to a fresh challenge.
async fn proof(bench: &Bench, card: &TestCard) -> Value {
    let told = send(bench, "POST", "/portal/challenges", "", &Value::Null).await;
    assert_eq!(told.status, StatusCode::CREATED);
    let asked = told.json();
    let challenge = STANDARD.decode(asked["challenge"].as_str().unwrap()).unwrap();
    json!({
        "challenge_identifier": asked["challenge_identifier"],
        "certificate": STANDARD.encode(&card.der),
        "signature": STANDARD.encode(card.sign(&challenge)),
        "identification": "pin",
    })
}

async fn log_in_by(bench: &Bench, proof: &Value) -> Told {
    send(bench, "POST", "/portal/sessions", "", proof).await
}

async fn log_in(bench: &Bench, card: &TestCard) -> String {
    let told = log_in_by(bench, &proof(bench, card).await).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.text);
    told.json()["token"].as_str().unwrap().to_owned()
}

async fn register(bench: &Bench, token: &str) -> Told {
    send(bench, "POST", "/portal/registration", token, &Value::Null).await
}

fn holds(bench: &Bench, serial: u8, person: &str) {
    bench.link.people.lock().unwrap().insert(format!("{serial:02x}"), person.to_owned());
}

fn place(name: &str) -> Value {
    json!({"code": "1319999999", "name": name})
}

/// Reports of every kind about a person, each with a word that stands nowhere else.
fn reports(person: &str) -> Value {
    let record = |kind: &str, data: Value| json!({"record_id": format!("{person}-{kind}"), "insurer_number": "99990013", "person": person, "kind": kind, "data": data});
    let drug = json!([{"code": "990000001", "name": format!("処方薬{person}"), "quantity": "1"}]);
    json!([
        record(
            "medicine",
            json!({"dispensed": "2026-03-01", "code": "990000002", "name": format!("薬剤{person}"), "quantity": "1"})
        ),
        record(
            "health_check",
            json!({"made": "2025-06-01", "items": [{"code": "9N001000000000001", "name": "身長", "value": format!("健診{person}")}]})
        ),
        record(
            "care",
            json!({"on": "2026-02-01", "institution": place("架空病院"), "code": "990000003", "name": format!("診療{person}")})
        ),
        record(
            "operation",
            json!({"on": "2026-02-02", "institution": place("架空病院"), "code": "990000004", "name": format!("手術{person}")})
        ),
        record(
            "medical_cost",
            json!({"month": "202602", "institution": place(&format!("病院{person}")), "total": 10_000, "insurer": 7_000, "paid": 3_000})
        ),
        record(
            "prescription",
            json!({"number": format!("RX-{person}"), "issued": "2026-04-01", "prescriber": place("架空病院"), "drugs": drug,
                "dispensed": {"on": "2026-04-01", "pharmacy": place("架空薬局"), "drugs": drug}})
        ),
    ])
}

/// Feeds one person with everything, and gives a registered card.
async fn insured(bench: &Bench, serial: u8, person: &str) -> String {
    bench.feed(Value::from(someone(person, &format!("{serial:07}"), "1985-05-05").to_vec())).await;
    bench.feed(reports(person)).await;
    holds(bench, serial, person);
    let token = log_in(bench, &card(serial)).await;
    assert_eq!(register(bench, &token).await.status, StatusCode::CREATED);
    token
}

#[tokio::test]
async fn who_logs_in_by_card_sees_own_data_of_every_kind() {
    let bench = Bench::open().await;
    let token = insured(&bench, 1, "P-1").await;
    for (path, word) in [
        ("/portal/qualifications", "架空健康保険組合"),
        ("/portal/medicines", "薬剤P-1"),
        ("/portal/medicines", "処方薬P-1"), // rows OQS-INFO-06, OQS-RX-02: dispensed today, seen today
        ("/portal/health-checks", "健診P-1"),
        ("/portal/care", "診療P-1"),
        ("/portal/operations", "手術P-1"),
        ("/portal/prescriptions", "RX-P-1"),
        ("/portal/costs", "\"paid\":3000"),
        ("/portal/costs/2026", "病院P-1"),
        ("/portal/costs/2026/file", "病院P-1"),
    ] {
        let told = get(&bench, path, &token).await;
        assert_eq!(told.status, StatusCode::OK, "{path}: {}", told.text);
        assert!(told.text.contains(word), "{path}: {}", told.text);
    }
}

/// The names that the page and other clients read: whoever changes one breaks them.
#[tokio::test]
async fn each_answer_bears_the_names_its_readers_know() {
    let bench = Bench::open().await;
    let token = insured(&bench, 1, "P-1").await;
    for (path, names) in [
        ("/portal/qualifications", &["as_of", "holder", "periods", "validity"][..]),
        ("/portal/medicines", &["medicines"]),
        ("/portal/health-checks", &["health_checks"]),
        ("/portal/care", &["available_from", "care"]),
        ("/portal/operations", &["available_from", "operations"]),
        ("/portal/prescriptions", &["available_from", "prescriptions"]),
        ("/portal/costs", &["years"]),
        ("/portal/costs/2026", &["rows", "sums", "year"]),
        ("/portal/session", &["registered", "valid_until"]),
        ("/portal/registration", &["cancelled_from", "registered", "since"]),
    ] {
        let told = get(&bench, path, &token).await.json();
        let found: Vec<&String> = told.as_object().unwrap().keys().collect();
        assert_eq!(found, names, "{path}");
    }
}

#[tokio::test] // row OQS-FALL-02: the screen tells who is insured with whom, and when it was made
async fn the_qualification_screen_tells_today_and_all_periods() {
    let bench = Bench::open().await;
    let token = insured(&bench, 1, "P-1").await;
    let screen = get(&bench, "/portal/qualifications", &token).await.json();
    assert_eq!(screen["as_of"], "2026-04-01T09:30:00+09:00");
    assert_eq!((&screen["validity"], &screen["holder"]["name"]), (&json!(1), &json!("架空　花子")));
    assert_eq!(
        screen["holder"].get("address"),
        None,
        "row OQS-PRIV-08: the screen is shown to others"
    );
    assert_eq!(screen["periods"][0]["standing"], "active");
    assert_eq!(screen["periods"][0]["insurer_number"], "99990013");
    let lost = json!({"record_id": "P-1-loss", "insurer_number": "99990013", "person": "P-1", "kind": "loss", "data": {"loss": {"on": "2026-04-01"}}});
    bench.feed(json!([lost])).await;
    let screen = get(&bench, "/portal/qualifications", &token).await.json();
    assert_eq!(
        (&screen["validity"], &screen["periods"][0]["standing"]),
        (&json!(2), &json!("ended"))
    );
}

#[tokio::test]
async fn a_session_ends_by_log_out_by_time_and_by_the_next_log_in() {
    let bench = Bench::open().await;
    let token = insured(&bench, 1, "P-1").await;
    for wrong in ["", "0", &token[1..], &token.to_uppercase()] {
        let told = get(&bench, "/portal/care", wrong).await;
        assert_eq!((told.status, told.kind().as_str()), (StatusCode::UNAUTHORIZED, "no-session"));
    }
    let again = log_in(&bench, &card(1)).await;
    assert_eq!(get(&bench, "/portal/session", &token).await.status, StatusCode::UNAUTHORIZED);
    bench.turn(15 * 60);
    assert_eq!(get(&bench, "/portal/session", &again).await.status, StatusCode::OK);
    bench.turn(1);
    assert_eq!(get(&bench, "/portal/session", &again).await.status, StatusCode::UNAUTHORIZED);
    let last = log_in(&bench, &card(1)).await;
    let out = send(&bench, "DELETE", "/portal/session", &last, &Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(get(&bench, "/portal/session", &last).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test] // row OQS-CERT-03
async fn a_challenge_serves_once_for_one_card_and_five_minutes() {
    let bench = Bench::open().await;
    holds(&bench, 1, "P-1");
    let refused = async |proof: &Value| {
        let told = log_in_by(&bench, proof).await;
        assert_eq!(
            (told.status, told.kind().as_str()),
            (StatusCode::UNAUTHORIZED, "signature-refused")
        );
    };
    let first = proof(&bench, &card(1)).await;
    assert_eq!(log_in_by(&bench, &first).await.status, StatusCode::CREATED);
    refused(&first).await;
    let mut altered = proof(&bench, &card(1)).await;
    altered["signature"] = first["signature"].clone();
    refused(&altered).await;
    let late = proof(&bench, &card(1)).await;
    bench.turn(5 * 60 + 1);
    refused(&late).await;
    // A challenge that an institution was given opens nothing here.
    let asked = bench.ask(HERE, "SIMchalng01req", message(&header(HERE), "")).await;
    let challenge = STANDARD.decode(element(&asked, "Challenge").unwrap()).unwrap();
    let mut foreign = proof(&bench, &card(1)).await;
    foreign["challenge_identifier"] = element(&asked, "ChallengeIdentifier").unwrap().into();
    foreign["signature"] = STANDARD.encode(card(1).sign(&challenge)).into();
    refused(&foreign).await;
}

#[tokio::test] // rows OQS-CERT-05, -07, -13, -14, -19, -20
async fn a_certificate_that_is_not_good_today_opens_nothing() {
    let bench = Bench::open().await;
    for serial in 1..=4 {
        holds(&bench, serial, "P-1");
    }
    let refused = async |row: &str, card: TestCard, status: StatusCode, kind: &str| {
        let told = log_in_by(&bench, &proof(&bench, &card).await).await;
        assert_eq!((told.status, told.kind().as_str()), (status, kind), "{row}");
    };
    let forbidden = StatusCode::FORBIDDEN;
    refused("foreign", TestCard::foreign(1), forbidden, "certificate-refused").await;
    refused("in grace", TestCard::until(2, (2026, 3, 15)), forbidden, "certificate-refused").await;
    refused("ended", TestCard::until(3, (2025, 1, 1)), forbidden, "certificate-refused").await;
    refused("of nobody known", card(9), forbidden, "nobody-known").await;
    let revoked = FakeAnswer::Revoked(Some(RevocationReason::KeyCompromise));
    *bench.status.answer.lock().unwrap() = revoked;
    refused("revoked", card(4), forbidden, "certificate-refused").await;
    *bench.status.answer.lock().unwrap() = FakeAnswer::Silent;
    refused("silent", card(4), StatusCode::SERVICE_UNAVAILABLE, "status-unavailable").await;
    *bench.status.answer.lock().unwrap() = FakeAnswer::Good;
    assert!(!log_in(&bench, &card(4)).await.is_empty());
}

#[tokio::test] // rows OQS-REG-02, OQS-REG-05, OQS-REG-06
async fn registration_opens_the_data_and_counts_at_the_counter_too() {
    let bench = Bench::open().await;
    bench.feed(Value::from(someone("P-1", "0000001", "1985-05-05").to_vec())).await;
    bench.feed(reports("P-1")).await;
    holds(&bench, 1, "P-1");
    let token = log_in(&bench, &card(1)).await;
    for path in DATA {
        let told = get(&bench, path, &token).await;
        assert_eq!((told.status, told.kind().as_str()), (StatusCode::FORBIDDEN, "not-registered"));
    }
    let before = get(&bench, "/portal/registration", &token).await.json();
    assert_eq!((&before["registered"], &before["since"]), (&json!(false), &Value::Null));
    let told = register(&bench, &token).await;
    assert_eq!((told.status, &told.json()["registered"]), (StatusCode::CREATED, &json!(true)));
    bench.turn(60);
    let again = register(&bench, &token).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["since"], told.json()["since"], "registered once");
    assert_eq!(get(&bench, "/portal/care", &token).await.status, StatusCode::OK);
    let kept = bench.backend.store().registered_serial("01").await.unwrap().unwrap();
    assert_eq!(kept.person.as_str(), "P-1");
}

#[tokio::test] // row OQS-REG-03
async fn who_was_not_identified_by_pin_is_sent_to_the_reader() {
    let bench = Bench::open().await;
    holds(&bench, 1, "P-1");
    for identification in ["face", "visual"] {
        let mut proof = proof(&bench, &card(1)).await;
        proof["identification"] = identification.into();
        let told = log_in_by(&bench, &proof).await;
        assert_eq!((told.status, told.kind().as_str()), (StatusCode::FORBIDDEN, "pin-needed"));
    }
    assert!(bench.backend.store().registered_serial("01").await.unwrap().is_none());
}

#[tokio::test] // row OQS-REG-08
async fn a_registration_is_not_cancelled_here() {
    let bench = Bench::open().await;
    let token = insured(&bench, 1, "P-1").await;
    let told = send(&bench, "DELETE", "/portal/registration", &token, &Value::Null).await;
    assert_eq!(
        (told.status, told.kind().as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, "cancel-at-insurer")
    );
    assert_eq!(get(&bench, "/portal/session", &token).await.json()["registered"], true);
    // The insurer's record ends it at the end of the month after the request.
    bench.feed(json!([{"record_id": "C", "insurer_number": "99990013", "person": "P-1", "kind": "cancellation", "data": {"requested": "2026-04-10"}}])).await;
    let told = get(&bench, "/portal/registration", &token).await.json();
    assert_eq!(
        (&told["registered"], &told["cancelled_from"]),
        (&json!(true), &json!("2026-06-01"))
    );
}

#[tokio::test] // row OQS-REG-10
async fn a_person_who_is_barred_neither_registers_nor_sees() {
    let bench = Bench::open().await;
    let [mut who, gain] = someone("P-1", "0000001", "1985-05-05");
    who["data"]["self_information_refused"] = true.into();
    bench.feed(json!([who, gain])).await;
    holds(&bench, 1, "P-1");
    let token = log_in(&bench, &card(1)).await;
    let told = register(&bench, &token).await;
    assert_eq!((told.status, told.kind().as_str()), (StatusCode::FORBIDDEN, "barred"));
    for path in DATA {
        assert_eq!(get(&bench, path, &token).await.kind(), "barred", "{path}");
    }
    assert!(bench.backend.store().registered_serial("01").await.unwrap().is_none());
}

#[tokio::test] // row OQS-INFO-05
async fn the_cost_file_of_a_year_is_marked_and_names_nobody() {
    let bench = Bench::open().await;
    let token = insured(&bench, 1, "P-1").await;
    let file = get(&bench, "/portal/costs/2026/file", &token).await.text;
    assert!(file.contains("profile=\"bench\"") && file.contains("国税庁"), "{file}");
    assert_eq!(element(&file, "Month"), Some("2026-02"));
    assert_eq!(element(&file, "Paid"), Some("3000"));
    for personal in ["花子", "P-1\"", "0000001", "1985"] {
        assert!(!file.contains(personal), "{personal}: {file}");
    }
    let empty = get(&bench, "/portal/costs/2025/file", &token).await.text;
    assert!(empty.contains("<Year>2025</Year>") && !empty.contains("<Month>"), "{empty}");
    for year in ["26", "20261", "abcd", "-026"] {
        let told = get(&bench, &format!("/portal/costs/{year}"), &token).await;
        assert_eq!(
            (told.status, told.kind().as_str()),
            (StatusCode::NOT_FOUND, "no-year"),
            "{year}"
        );
    }
}

#[tokio::test]
async fn problems_speak_two_languages_and_repeat_nothing() {
    let bench = Bench::open().await;
    let secret = "0123-himitsu";
    for (method, path, body, kind) in [
        ("POST", "/portal/sessions", json!({"pin": secret}), "unreadable"),
        ("POST", "/portal/sessions", json!(secret), "unreadable"),
        ("POST", "/portal/sessions", json!("x".repeat(40_000)), "body"),
        ("GET", "/portal/care", Value::Null, "no-session"),
        ("GET", "/portal/0123-himitsu", Value::Null, "no-such-path"),
        ("PUT", "/portal/care", Value::Null, "no-such-method"),
    ] {
        let told = send(&bench, method, path, "", &body).await;
        assert_eq!(told.kind(), kind, "{method} {path}: {}", told.text);
        assert!(!told.text.contains("himitsu"), "{}", told.text);
        let problem = told.json();
        assert_eq!(problem["status"], told.status.as_u16());
        for name in ["title", "detail"] {
            assert!(problem[name].as_str().unwrap().is_ascii(), "{problem}");
            let japanese = problem[format!("{name}_ja")].as_str().unwrap();
            assert!(!japanese.is_ascii(), "{problem}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    /// Whoever is there, in whatever order they come and register: everybody sees every word of their own and none of
    /// anybody else's.
    #[test]
    fn everybody_sees_their_own_data_and_nobody_elses(
        order in Just((1..=5u8).collect::<Vec<_>>()).prop_shuffle(),
        asks in prop::collection::vec((0..5usize, 0..DATA.len()), 1..40),
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let bench = Bench::open().await;
            let mut tokens = Vec::new();
            for serial in &order {
                tokens.push(insured(&bench, *serial, &format!("人{serial}号")).await);
            }
            for (who, what) in asks {
                let told = get(&bench, DATA[what], &tokens[who]).await;
                for (place, serial) in order.iter().enumerate() {
                    let own = place == who;
                    let named = told.text.contains(&format!("人{serial}号"))
                        || told.text.contains(&format!("\"{serial:07}\""));
                    // The sums of the years name nobody.
                    let expected = own && DATA[what] != "/portal/costs";
                    assert_eq!(named, expected, "{} of {serial}: {}", DATA[what], told.text);
                }
            }
        });
    }
}
