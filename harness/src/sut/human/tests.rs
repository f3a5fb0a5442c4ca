//! What a person tells becomes the replies that a program would have sent

use serde_json::{Value, json};
use sim_reader::institution::protocol::{
    Asked, Bulked, Claimed, Collected, Hello, Informed, Registered, Reply, Status, Verdict,
};

use super::*;

/// A line whose person tells these answers, one a question.
fn line(desk: &Desk) -> HumanLine {
    HumanLine {
        product: "P".into(),
        version: "1".into(),
        desk: desk.clone(),
        patience: Some(Duration::from_secs(20)),
        face: PathBuf::new(),
        told: BTreeSet::new(),
        turn: None,
        sees_files: false,
    }
}

/// The reply to an order, when the person tells these things, and what was asked.
async fn told(order: Value, answers: &[(&str, Value)]) -> (Reply, Vec<Prompt>) {
    let desk = Desk::default();
    let mut line = line(&desk);
    let order = order.to_string();
    let answering = async {
        let (mut view, mut asked) = (desk.watch(), Vec::new());
        for (choice, fields) in answers {
            let seen = view.wait_for(|view| view.prompt.is_some()).await.unwrap().clone();
            asked.push((*seen.prompt.unwrap()).clone());
            let fields = serde_json::from_value(fields.clone()).unwrap();
            let answer = Answer { choice: (*choice).to_owned(), fields };
            desk.answer(seen.number, answer).unwrap();
        }
        asked
    };
    let (reply, asked) = tokio::join!(line.exchange(&order), answering);
    (serde_json::from_slice(&reply.unwrap()).unwrap(), asked)
}

fn numbers() -> Value {
    json!({"insurer_number": "99990013", "symbol": "01", "number": "0001234", "branch": "02"})
}

fn with_numbers(more: Value) -> Value {
    let mut all = numbers();
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn shown() -> Value {
    with_numbers(json!({"validity": "1", "name": "架空　花子"}))
}

#[tokio::test]
async fn an_answer_on_the_screen() {
    let search = with_numbers(json!({"birthdate": "1990-05-15", "limit_consent": true}));
    let order = json!({"id": 7, "op": "ask", "search": search, "date": "2026-04-01", "file_identifier": "Q", "timeout_ms": 1});
    let (reply, _) = told(order.clone(), &[("shown", shown())]).await;
    let asked: Asked = reply.body().unwrap();
    assert_eq!((reply.id, reply.status, asked.validity), (7, Status::Ok, 1));
    assert_eq!((asked.branch.as_deref(), asked.limit), (Some("02"), None));
    let code = json!({"error_code": "E-1", "reason": "閉局"});
    let (reply, _) = told(order.clone(), &[("refused", code)]).await;
    assert_eq!((reply.status, reply.error_code.as_deref()), (Status::Rejected, Some("E-1")));
    assert!(reply.body.is_empty(), "{reply:?}");
    let (reply, _) = told(order.clone(), &[("no-answer", json!({}))]).await;
    assert_eq!((reply.status, reply.error_code.as_deref()), (Status::Error, Some("no-answer")));
    let (reply, asked) = told(order, &[("again", json!({})), ("unsupported", json!({}))]).await;
    assert_eq!((reply.status, asked.len()), (Status::Unsupported, 2));
}

#[tokio::test]
async fn the_greeting_and_what_nobody_knows() {
    let (reply, _) = told(json!({"id": 1, "op": "hello"}), &[("this", json!({}))]).await;
    let hello: Hello = reply.body().unwrap();
    assert_eq!((hello.product.as_str(), hello.positions.len()), ("P", 1));
    let other = json!({"product": "Q", "version": "2"});
    let (reply, _) = told(json!({"id": 1, "op": "hello"}), &[("other", other)]).await;
    assert_eq!(reply.body::<Hello>().unwrap().version, "2");
    let (reply, _) = told(json!({"id": 1, "op": "no-such-operation"}), &[]).await;
    assert_eq!(reply.status, Status::Unsupported);
}

#[tokio::test]
async fn medical_information_by_its_kind() {
    let order = |kind| {
        with_numbers(
            json!({"id": 1, "op": "information", "kind": kind, "from": "2026-01", "to": "2026-04", "timeout_ms": 1}),
        )
    };
    for (kind, fields, pointer, expected) in [
        ("drugs", json!({"medicines": "甲、乙"}), "/medicines", json!(["甲", "乙"])),
        ("drugs", json!({}), "/medicines", json!([])),
        ("drugs-document", json!({"document": "a.pdf"}), "/document", json!("a.pdf")),
        ("care", json!({"operations": "丙"}), "/operations", json!(["丙"])),
        (
            "health-checks",
            json!({"made": "2025-10-01", "items": "身長"}),
            "/checks/0/items/0/name",
            json!("身長"),
        ),
    ] {
        let (reply, _) = told(order(kind), &[("shown", fields)]).await;
        let body = serde_json::to_value(reply.body::<Informed>().unwrap()).unwrap();
        assert_eq!(body.pointer(pointer), Some(&expected), "{kind}: {body}");
        assert_eq!(body["result_code"], "1");
    }
}

#[tokio::test]
async fn each_entry_of_many() {
    let entry = |identifier: &str, more: Value| {
        let mut entry = with_numbers(json!({"identifier": identifier, "birthdate": "1990-05-15"}));
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    let limited = json!({"known_limit": {"class": "1", "flag": "A"}});
    let entries = [
        entry("a", limited),
        entry("b", json!({})),
        entry("c", json!({"reference_number": "P-1"})),
    ];
    let order = json!({"id": 1, "op": "bulk", "entries": entries, "date": "2026-04-01", "file_identifier": "Q", "timeout_ms": 1});
    let changed = with_numbers(json!({"validity": "1", "limit_changed": "はい"}));
    let answers = [
        ("done", json!({})),
        ("shown", changed),
        ("refused", json!({"error_code": "E"})),
        ("reference-number", json!({})),
    ];
    let (reply, _) = told(order, &answers).await;
    let Bulked { results } = reply.body().unwrap();
    let [a, b, c] = results.as_slice() else { panic!("{results:?}") };
    assert_eq!((a.identifier.as_str(), a.validity, a.limit_changed), ("a", Some(1), Some(true)));
    assert_eq!((b.error_code.as_deref(), b.validity), (Some("E"), None));
    assert_eq!((c.alarm.as_deref(), c.validity), (Some("reference-number"), None));
    let entries = ["P-1", "P-2"].map(|number| with_numbers(json!({"reference_number": number})));
    let order =
        json!({"id": 1, "op": "register", "entries": entries, "bulk": true, "timeout_ms": 1});
    let answers =
        [("done", json!({})), ("accepted", json!({})), ("refused", json!({"error_code": "E"}))];
    let (reply, _) = told(order, &answers).await;
    let Registered { results } = reply.body().unwrap();
    assert_eq!(results.iter().map(|it| it.accepted).collect::<Vec<_>>(), [true, false]);
    assert_eq!(results[1].error_code.as_deref(), Some("E"));
}

#[tokio::test]
async fn a_claim_with_what_was_reported() {
    let order = json!({"id": 1, "op": "claim", "chart": "K", "month": "2026-04", "day": "2026-04-01", "typed": numbers()});
    let written = json!({"claim_base64": "AA==", "differences": "branch, symbol"});
    let (reply, asked) = told(order.clone(), &[("written", written)]).await;
    let claimed: Claimed = reply.body().unwrap();
    assert_eq!((claimed.claim_base64.as_str(), claimed.differences.len()), ("AA==", 2));
    assert!(asked[0].facts.iter().any(|fact| fact.value.en == "0001234"), "{asked:?}");
    let (reply, _) = told(order, &[("nothing-confirmed", json!({}))]).await;
    assert_eq!(reply.error_code.as_deref(), Some("nothing-confirmed"));
}

#[tokio::test]
async fn each_file_of_face_is_asked_about_until_something_came_of_it() {
    let (face, desk) = (tempfile::tempdir().unwrap(), Desk::default());
    let mut line = line(&desk);
    line.face = face.path().to_owned();
    for name in ["a_1.xml", "b_2.xml", "c_3.xml"] {
        std::fs::write(face.path().join(name), "").unwrap();
    }
    let order = json!({"id": 1, "op": "collect", "wait_files": 3, "timeout_ms": 1000}).to_string();
    for (answers, results, duplicates) in [
        (
            vec![
                ("opened", json!({"chart": "K"})),
                ("nothing", json!({})),
                ("duplicate", json!({})),
            ],
            1,
            1,
        ),
        (vec![("ask-staff", json!({"validity": "1"}))], 1, 0),
        (vec![("none", json!({}))], 0, 0),
        (vec![("told", json!({"chart": "K"}))], 1, 0),
    ] {
        let answering = async {
            let mut view = desk.watch();
            for (choice, fields) in answers {
                let seen = view.wait_for(|view| view.prompt.is_some()).await.unwrap().number;
                let fields = serde_json::from_value(fields).unwrap();
                desk.answer(seen, Answer { choice: choice.to_owned(), fields }).unwrap();
            }
        };
        let (reply, ()) = tokio::join!(line.exchange(&order), answering);
        let reply: Reply = serde_json::from_slice(&reply.unwrap()).unwrap();
        let collected: Collected = reply.body().unwrap();
        assert_eq!((collected.results.len(), collected.duplicates), (results, duplicates));
        let unknown =
            |it: &sim_reader::institution::protocol::Decision| it.decision == Verdict::Unknown;
        assert!(!collected.results.iter().any(unknown));
    }
}

#[tokio::test]
async fn a_second_institution_waits_for_another_product() {
    let order = json!({"id": 1, "op": "reset", "institution": "1319999999", "folders": {"req": "/a", "res": "/b", "face": "/c"}, "charts": []}).to_string();
    let desk = Desk::default();
    let (mut first, mut second) = (line(&desk), line(&desk));
    let answering = async {
        let mut view = desk.watch();
        let number = view.wait_for(|view| view.prompt.is_some()).await.unwrap().number;
        desk.answer(number, Answer { choice: "done".into(), ..Answer::default() }).unwrap();
    };
    let (done, ()) = tokio::join!(first.exchange(&order), answering);
    let status = |reply: Vec<u8>| serde_json::from_slice::<Reply>(&reply).unwrap().status;
    assert_eq!(status(done.unwrap()), Status::Ok);
    assert_eq!(status(second.exchange(&order).await.unwrap()), Status::Unsupported);
    drop(first);
    assert!(desk.claim("the product").is_some());
}
