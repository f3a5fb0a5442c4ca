//! `madoguchi reader serve` as its users meet it: visits with a browser or curl, errors that name the place, no secrets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "reader_serve/captures.rs"]
mod captures;
#[path = "support/counter.rs"]
mod counter;
#[path = "reader_serve/matcher.rs"]
mod matcher;
#[path = "reader_serve/pictures.rs"]
mod pictures;
#[path = "support/served.rs"]
mod served;

use std::process::Command;

use counter::{CLINIC, Counter, assert_no_secret, body, command, pin_of, whole};
use harness::catalogue::Catalogue;
use harness::counter_page::{Attendance, Job, Reception, Session};
use harness::model::{Mode, Presented, Visit};
use harness::seed::Seed;
use harness::world::Workshop;
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sim_reader::session::Patience;

#[tokio::test]
async fn a_visit_by_face_is_answered_and_can_be_looked_at_again() {
    let counter = Counter::open();
    let visit = counter.visit(json!({"prescription": "electronic"})).await;
    assert_eq!(visit["outcome"]["end"], "completed");
    let answer = &visit["outcome"]["answer"];
    assert_eq!((&answer["validity"], &answer["prescription"]), (&json!(1), &json!("electronic")));
    assert_eq!(answer["consents"], json!(["limit", "drugs"]));
    assert_eq!(visit["outcome"], visit["expected"]);
    let evidence = visit["evidence"].as_array().unwrap();
    for seam in ["card", "camera", "reader", "backend", "va", "folder"] {
        assert!(evidence.iter().any(|entry| entry["seam"] == seam), "{seam}");
    }
    assert!(
        evidence
            .iter()
            .all(|entry| !entry["summary"]["ja"].is_null() && !entry["summary"]["en"].is_null())
    );
    assert_eq!(whole(counter.get("/api/visits/1").await).await, visit);
    let second = counter.visit(json!({"card": "none"})).await;
    assert_eq!((&second["number"], &second["outcome"]["end"]), (&json!(2), &json!("no-card")));
    assert_eq!(second["evidence"], json!([]), "only its own evidence");
}

#[tokio::test]
async fn a_phone_is_held_over_where_phones_are_taken() {
    let counter = Counter::open();
    for (at, phone, mode, end) in [
        (CLINIC, "iphone", json!({"mode": "face"}), "completed"),
        (CLINIC, "android", json!({"mode": "pin", "pin_entries": [pin_of("hanako")]}), "completed"),
        (CLINIC, "android", json!({"mode": "pin", "pin_entries": ["0000"]}), "wrong-pin"),
        ("1319999998", "iphone", json!({"mode": "face"}), "phone-not-taken"),
    ] {
        let mut wanted = json!({"phone": phone, "institution": at});
        wanted.as_object_mut().unwrap().extend(mode.as_object().unwrap().clone());
        let visit = counter.visit(wanted).await;
        assert_eq!(
            (&visit["outcome"]["end"], &visit["card"], &visit["phone"], &visit["agrees"]),
            (&json!(end), &json!("hanako"), &json!(phone), &json!(true)),
            "{phone} at {at}"
        );
    }
}

#[tokio::test]
async fn what_happens_stays_happened() {
    let counter = Counter::open();
    let pin =
        Catalogue::embedded().unwrap().personas["taro"].card.as_ref().unwrap().pin.clone().unwrap();
    let taro = |changes: Value| {
        let mut own = json!({"person": "taro", "card": "taro"});
        own.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        own
    };
    let wrong = counter.visit(taro(json!({"mode": "pin", "pin_entries": ["0000"]}))).await;
    assert_eq!(
        (&wrong["outcome"]["end"], &wrong["outcome"]["pin_tries_left"]),
        (&json!("wrong-pin"), &json!(2))
    );
    let right = counter.visit(taro(json!({"mode": "pin", "pin_entries": ["0000", pin]}))).await;
    assert_eq!(
        (&right["outcome"]["end"], &right["outcome"]["pin_tries_left"]),
        (&json!("completed"), &json!(3))
    );
    let refused = counter.visit(taro(json!({"mode": "visual", "staff_confirms": false}))).await;
    assert_eq!(refused["outcome"]["end"], "staff-refused");
    let (status, _) =
        counter.post("/api/authority", &json!({"person": "taro", "act": "hold"})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(counter.visit(taro(json!({}))).await["outcome"]["end"], "certificate-refused");
    let (_, clock) = counter.post("/api/clock", &json!({"to": "2026-04-11T09:30"})).await;
    assert_eq!(
        clock,
        json!({"began": "2026-04-01T09:30:00+09:00", "now": "2026-04-11T09:30:00+09:00"})
    );
    let (status, problem) = counter.post("/api/clock", &json!({"to": "2026-04-10T09:30"})).await;
    assert_eq!((status, &problem["pointer"]), (StatusCode::CONFLICT, &json!("/to")));
    let expired = counter.visit(json!({"person": "ichiro", "card": "ichiro"})).await;
    assert_eq!(
        (&expired["outcome"]["notice"], &expired["at"]),
        (&json!("grace"), &json!("2026-04-11T09:30:00+09:00"))
    );
}

#[tokio::test]
async fn errors_name_the_place_in_both_languages() {
    let counter = Counter::open();
    let json = "application/json";
    let broken = counter.raw(json, "{\"person\":\n \"hanako\",}".to_owned()).await;
    let typed = counter.raw("application/x-www-form-urlencoded", body(json!({})).to_string()).await;
    let long = counter.raw(json, " ".repeat(20_000)).await;
    for ((status, problem), wanted, word) in [
        (broken, 400, "2行11桁"),
        (typed, 415, "application/json"),
        (long, 413, "16 KiB"),
        (
            counter.post("/api/visits", &body(json!({"mode": "smile"}))).await,
            422,
            "face、pin、visual",
        ),
        (counter.post("/api/visits", &body(json!({"person": "hanak"}))).await, 404, "hanako"),
        (
            counter.post("/api/visits", &body(json!({"institution": "1319999996"}))).await,
            404,
            "131999999",
        ),
        (
            counter.post("/api/authority", &json!({"person": "nanako", "act": "hold"})).await,
            422,
            "カード",
        ),
        (counter.post("/api/personas", &json!({})).await, 405, "Allow"),
        (counter.post("/api/nothing", &json!({})).await, 404, "/openapi.json"),
    ] {
        assert_eq!((status.as_u16(), &problem["status"]), (wanted, &json!(wanted)), "{problem}");
        assert!(problem["detail_ja"].as_str().unwrap().contains(word), "{problem}");
        assert!(
            problem["title"].is_string()
                && problem["detail"].is_string()
                && problem["type"].is_string()
        );
    }
    let (_, unknown) = counter.post("/api/visits", &body(json!({"card": "hanak"}))).await;
    assert_eq!((&unknown["pointer"], &unknown["nearest"]), (&json!("/card"), &json!("hanako")));
    let stray = body(json!({"mode": "pin", "pin_entries": "1234"}));
    let (_, misplaced) = counter.post("/api/visits", &stray).await;
    assert_eq!(misplaced["pointer"], "/pin_entries");
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let counter = Counter::open();
    for (path, words) in
        [("/", "マイナンバーカードを"), ("/staff", "職員"), ("/visits", "受付する")]
    {
        page_needs_nothing(&counter, path, words).await;
    }
    for path in ["/openapi.json", "/api/personas", "/api/institutions", "/api/clock"] {
        assert!(!whole(counter.get(path).await).await.is_null(), "{path}");
    }
}

async fn page_needs_nothing(counter: &Counter, path: &str, words: &str) {
    let answer = counter.get(path).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let page = answer.text().await.unwrap();
    assert_no_secret(&page);
    assert!(page.contains(words) && !page.contains("/*S"), "style and script are in it");
    for way_out in ["http://", "https://", "\"//", "src=", "@import"] {
        assert!(!page.contains(way_out), "{path}: {way_out}");
    }
}

// ---- a visit act by act ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_session_advances_act_by_act() {
    let counter = Counter::open();
    let idle = whole(counter.get("/api/session").await).await;
    assert_eq!((&idle["state"], &idle["card"]), (&json!("idle"), &Value::Null));
    let placed = counter.act(json!({"act": "place-card", "card": "hanako"})).await;
    assert_eq!(placed["question"], json!({"question": "mode", "offered": ["face", "pin"]}));
    let early = counter.refused(json!({"act": "yes"})).await;
    assert!(early["detail"].as_str().unwrap().contains("face, pin"), "{early}");
    let (status, _) = counter.post("/api/visits", &body(json!({}))).await;
    assert_eq!(status, StatusCode::CONFLICT, "one thing after the other");
    counter.act(json!({"act": "face"})).await;
    let other = counter.act(json!({"act": "look", "capture": "clean", "person": "taro"})).await;
    assert_eq!(
        (&other["wrong"], &other["question"]["question"]),
        (&json!("face-mismatch"), &json!("mode"))
    );
    let counted = counter.act(json!({"act": "pin"})).await;
    assert_eq!(
        counted["question"],
        json!({"question": "pin", "tries_left": 3}),
        "no face failure counts there"
    );
    let wrong = counter.act(json!({"act": "type", "pin": "0000"})).await;
    assert_eq!(wrong["question"], json!({"question": "pin", "tries_left": 2}));
    let right = counter.act(json!({"act": "type", "pin": pin_of("hanako")})).await;
    assert_eq!(right["question"], json!({"question": "consent", "kind": "limit"}));
    let form = counter.acts(&["yes", "no", "no", "yes", "no", "no"]).await;
    assert_eq!(form["question"]["question"], "prescription-form");
    let ended = counter.acts(&["paper"]).await;
    assert_eq!(ended["question"]["question"], "take-card-back");
    assert_eq!(ended["end"], json!({"kind": "completed", "validity": 1, "registered_now": false}));
    let over = counter.acts(&["take-card"]).await;
    assert_eq!(
        (&over["card"], &over["visit"], &over["notices"]),
        (&Value::Null, &json!(1), &json!([]))
    );
    let visit = whole(counter.get("/api/visits/1").await).await;
    assert_eq!(visit["outcome"]["answer"]["consents"], json!(["limit", "drugs"]));
    assert_eq!(visit["outcome"]["answer"]["prescription"], "paper");
    // Somebody else's face first, then the PIN: nothing the model could not tell.
    assert_eq!(visit["agrees"], true, "{}", visit["divergence"]);
}

#[tokio::test]
async fn the_card_may_be_taken_at_every_question_and_the_next_patient_finds_nothing() {
    let counter = Counter::open();
    let before: [&[Value]; 5] = [
        &[],
        &[json!({"act": "face"})],
        &[json!({"act": "pin"})],
        &[json!({"act": "start-visual"})],
        &[json!({"act": "start-visual"}), json!({"act": "confirm"})],
    ];
    for acts in before {
        let placed = counter.act(json!({"act": "place-card", "card": "taro"})).await;
        assert_eq!(placed["question"]["offered"], json!(["face", "pin"]));
        assert_eq!((&placed["end"], &placed["wrong"]), (&Value::Null, &Value::Null));
        for act in acts {
            counter.act(act.clone()).await;
        }
        let over = counter.acts(&["take-card"]).await;
        assert_eq!(over["end"]["kind"], "card-removed", "{acts:?}");
        assert!(over["next"].as_array().unwrap().contains(&json!("place-card")));
        let visit = whole(counter.get(&format!("/api/visits/{}", over["visit"])).await).await;
        assert_eq!(
            (&visit["outcome"]["result_files"], &visit["agrees"]),
            (&json!(0), &Value::Null)
        );
    }
}

#[tokio::test]
async fn public_codes_stand_on_the_screens_that_have_them() {
    let counter = Counter::open();
    counter.post("/api/authority", &json!({"person": "taro", "act": "revoke"})).await;
    for (card, acts, code, end) in [
        ("blank", &[][..], "001", "not-recognised"),
        ("foreign", &[], "002", "not-my-number-card"),
        ("taro", &["start-visual", "confirm"], "006", "certificate-refused"),
    ] {
        let placed = counter.act(json!({"act": "place-card", "card": card})).await;
        let told = if acts.is_empty() { placed } else { counter.acts(acts).await };
        assert_eq!((&told["code"], &told["end"]["kind"]), (&json!(code), &json!(end)), "{told}");
        counter.acts(&["take-card"]).await;
    }
    let staff = counter.act(json!({"act": "place-card", "card": "hanako"})).await;
    assert_eq!(staff["code"], Value::Null, "nothing of the one before");
    let refused = counter.acts(&["start-visual", "refuse"]).await;
    assert_eq!(refused["end"]["kind"], "staff-refused");
}

/// Whoever lets the time run out ends the visit; a card that stays does not occupy the reader.
#[tokio::test]
async fn time_that_runs_out_ends_a_session() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let workshop = std::sync::Arc::new(Workshop::new(Seed(1), None).unwrap());
    let (reception, door) = Reception::open(workshop).await.unwrap();
    let none = Patience {
        patient: SignedDuration::ZERO,
        staff: SignedDuration::ZERO,
        card: SignedDuration::ZERO,
    };
    let session = Session::new(CLINIC.to_owned(), false);
    let visit = Visit {
        person: "hanako".to_owned(),
        institution: CLINIC.to_owned(),
        presented: Presented::CardOf("hanako".to_owned()),
        mode: Mode::Face,
        then: Vec::new(),
        occasion: None,
        consents: Default::default(),
        register: false,
        prescription: None,
        trouble: None,
    };
    let begun = session.begin("hanako", None).unwrap();
    let attendance = Attendance { visit, session: session.clone(), begun };
    door.send(Job::Attend(Box::new(attendance))).await.unwrap();
    drop(door);
    reception.with_patience(Some(none)).run().await;
    let told = serde_json::to_value(session.told()).unwrap();
    assert_eq!(told["end"]["kind"], "timed-out", "{told}");
    assert!(!session.goes_on() && told["card"].is_null());
}

#[test]
fn a_taken_port_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = command(&address).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4));
    assert!(told.contains(&address) && told.contains("--listen"), "{told}");
}

#[tokio::test]
async fn ctrl_c_ends_it() {
    let mut counter = Counter::open();
    assert_eq!(counter.get("/api/clock").await.status(), StatusCode::OK);
    let sent =
        Command::new("kill").args(["-INT", &counter.served.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(counter.served.wait().code(), Some(0));
}
