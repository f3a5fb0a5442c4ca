//! The insurers' feed over HTTP: idempotent, patient with bad records, blind to order.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use backend_support::place::Place;
use proptest::prelude::*;
use serde_json::{Value, json};
use sim_backend::{
    feed,
    service::records::{PersonCode, PersonState},
    store::{SqlStore, Store},
};
use std::{convert::Infallible, sync::Arc};
use tower::ServiceExt;

async fn store() -> Arc<SqlStore> {
    Arc::new(SqlStore::open(&Place::asked_for().await.url).await.unwrap())
}

async fn post(router: &Router, body: impl Into<Body>) -> (StatusCode, Value) {
    let request = Request::post("/feed/records").body(body.into()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let expected =
        if status.is_success() { "application/json" } else { "application/problem+json" };
    assert_eq!(answer.headers()["content-type"], expected);
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn send(router: &Router, records: Value) -> Vec<String> {
    let (status, answer) = post(router, records.to_string()).await;
    assert_eq!(status, StatusCode::OK);
    let word = |result: &Value| result["outcome"].as_str().unwrap().to_owned();
    answer["results"].as_array().unwrap().iter().map(word).collect()
}

fn record(id: &str, insurer: &str, kind: &str, data: Value) -> Value {
    json!({"record_id": id, "insurer_number": insurer, "person": "P-1", "kind": kind, "data": data})
}

fn gain(id: &str, insurer: &str, on: &str) -> Value {
    let name = "架空健康保険組合";
    record(
        id,
        insurer,
        "gain",
        json!({"insurer_name": name, "number": "0001234", "branch": "00", "own_or_family": "1", "gained": on}),
    )
}

fn loss(id: &str, insurer: &str, on: &str) -> Value {
    record(id, insurer, "loss", json!({"loss": {"on": on, "reason": "03"}}))
}

fn who(id: &str) -> Value {
    record(
        id,
        "99990013",
        "person",
        json!({"name": "架空　花子", "sex1": "2", "birthdate": "1985-05-05"}),
    )
}

async fn state(store: &SqlStore) -> PersonState {
    store.person(&PersonCode::new("P-1").unwrap()).await.unwrap().unwrap()
}

#[tokio::test] // row OQS-INS-01
async fn an_accepted_record_changes_the_state() {
    let store = store().await;
    let router = feed::router(store.clone());
    assert_eq!(send(&router, gain("F-1", "99990013", "2024-04-01")).await, ["accepted"]);
    assert_eq!(
        send(&router, json!([loss("F-2", "99990013", "2026-01-01"), who("F-3")])).await,
        ["accepted", "accepted"]
    );
    let state = state(&store).await;
    assert_eq!(state.coverages[0].lost.unwrap().on.to_string(), "2026-01-01");
    assert_eq!(state.holder.unwrap().name.as_str(), "架空　花子");
}

#[tokio::test]
async fn the_same_record_again_is_accepted_and_another_under_its_name_is_not() {
    let store = store().await;
    let router = feed::router(store.clone());
    let first = gain("F-1", "99990013", "2024-04-01");
    assert_eq!(send(&router, json!([first, first])).await, ["accepted", "accepted"]);
    let before = state(&store).await;
    assert_eq!(
        send(&router, json!([first, gain("F-1", "99990013", "2024-05-01")])).await,
        ["accepted", "rejected"]
    );
    assert_eq!(state(&store).await, before);
}

#[tokio::test]
async fn a_bad_record_is_named_and_the_rest_goes_through() {
    let store = store().await;
    let router = feed::router(store.clone());
    let mut bad = gain("F-2", "99990013", "2024-02-30");
    bad["person"] = json!("P-2");
    let (status, answer) = post(
        &router,
        json!([gain("F-1", "99990013", "2024-04-01"), bad, 7, who("F-3")]).to_string(),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    let results = &answer["results"];
    assert_eq!(results[0], json!({"index": 0, "record_id": "F-1", "outcome": "accepted"}));
    assert_eq!(
        (&results[1]["index"], &results[1]["record_id"], &results[1]["outcome"]),
        (&json!(1), &json!("F-2"), &json!("rejected"))
    );
    assert!(results[1]["reason"].as_str().unwrap().contains("data.gained: not a real day"));
    assert_eq!(results[2]["reason"], "not a JSON object");
    assert_eq!(results[3]["outcome"], "accepted");
    assert!(state(&store).await.holder.is_some());
}

#[tokio::test] // rows OQS-QUAL-25, OQS-INS-10
async fn an_overlap_is_accepted_with_a_warning() {
    let router = feed::router(store().await);
    send(&router, gain("F-1", "99990013", "2024-04-01")).await;
    let (_, answer) = post(&router, gain("F-2", "99990021", "2026-01-01").to_string()).await;
    assert_eq!(answer["results"][0]["outcome"], "accepted");
    assert!(answer["results"][0]["warning"].as_str().unwrap().contains("99990021"));
}

#[tokio::test] // row OQS-INS-08
async fn a_correction_is_its_insurers_own() {
    let store = store().await;
    let router = feed::router(store.clone());
    send(&router, gain("F-1", "99990013", "2024-04-01")).await;
    assert_eq!(
        send(&router, record("F-2", "99990021", "correction", json!({"corrects": "F-1"}))).await,
        ["rejected"]
    );
    assert_eq!(state(&store).await.coverages.len(), 1);
    assert_eq!(
        send(&router, record("F-3", "99990013", "correction", json!({"corrects": "F-1"}))).await,
        ["accepted"]
    );
    assert!(state(&store).await.coverages.is_empty());
    let replaced = json!({"corrects": "F-1", "replacement": {"kind": "gain", "data": gain("", "", "2025-04-01")["data"]}});
    assert_eq!(
        send(&router, record("F-4", "99990013", "correction", replaced)).await,
        ["accepted"]
    );
    assert_eq!(state(&store).await.coverages[0].details.gained.to_string(), "2025-04-01");
    assert_eq!(
        send(&router, record("F-5", "99990013", "correction", json!({"corrects": "F-4"}))).await,
        ["rejected"]
    );
}

#[tokio::test]
async fn what_is_no_delivery_gets_problem_details() {
    let router = feed::router(store().await);
    for (body, status) in [("{", 400), ("7", 422), ("", 400)] {
        let (actual, problem) = post(&router, body).await;
        assert_eq!(
            (actual.as_u16(), problem["status"].as_u64()),
            (status, Some(u64::from(status))),
            "{body:?}"
        );
        assert!(problem["title"].is_string() && problem["type"].is_string());
    }
    let (status, _) = post(&router, vec![b' '; 17 * 1024 * 1024]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// Sends a stream in pieces of a size; the lines of the answer.
async fn stream(router: &Router, body: impl Into<Vec<u8>>, size: usize) -> Vec<Value> {
    let body: Vec<u8> = body.into();
    let pieces: Vec<_> =
        body.chunks(size).map(|piece| Ok::<_, Infallible>(piece.to_vec())).collect();
    lines_of(router, Body::from_stream(futures::stream::iter(pieces))).await
}

async fn lines_of(router: &Router, body: Body) -> Vec<Value> {
    let request = Request::post("/feed/records")
        .header("content-type", "application/x-ndjson; charset=utf-8");
    let answer = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], feed::NDJSON);
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A gain of a person of their own.
fn gain_of(n: usize) -> Value {
    let mut record = gain(&format!("F-{n}"), "99990013", "2024-04-01");
    record["person"] = json!(format!("P-{n}"));
    record["data"]["number"] = json!(format!("{n:07}"));
    record
}

#[tokio::test]
async fn a_stream_is_answered_while_it_comes_and_names_what_it_rejects() {
    let store = store().await;
    let router = feed::router(store.clone());
    let mut body = Vec::new();
    for n in 0..2_500 {
        let line = match n {
            7 => b"{\"record_id\": \"F-7\"".to_vec(),
            8 => Vec::new(),
            1_001 => b"{\"record_id\": \"\xff\"}".to_vec(),
            1_500 => vec![b' '; 300 * 1024],
            2_000 => gain_of(0).to_string().replace("2024-04-01", "2024-04-02").into_bytes(),
            _ => gain_of(n).to_string().into_bytes(),
        };
        body.extend(line);
        body.extend(if n % 2 == 0 { &b"\n"[..] } else { b"\r\n" });
    }
    let lines = stream(&router, body, 10_000).await;
    let rejected: Vec<_> = lines.iter().filter(|line| line.get("line").is_some()).collect();
    let reasons = [
        (8, json!(null), "not JSON: EOF while parsing an object"),
        (1_002, json!(null), "not UTF-8"),
        (1_501, json!(null), "the line is longer than 262144 bytes"),
        (2_001, json!("F-0"), "this record_id was used before with other content"),
    ];
    assert_eq!(rejected.len(), reasons.len(), "{rejected:?}");
    for (line, (number, name, reason)) in rejected.iter().zip(&reasons) {
        assert_eq!((&line["line"], &line["record_id"]), (&json!(number), name));
        assert!(line["reason"].as_str().unwrap().contains(reason), "{line}");
    }
    let progress: Vec<_> = lines
        .iter()
        .filter(|line| line.get("line").is_none())
        .map(|line| line["received"].as_u64().unwrap())
        .collect();
    assert!(progress.is_sorted() && progress.len() >= 3, "{progress:?}");
    let last = json!({"received": 2_499, "accepted": 2_495, "rejected": 4, "finished": true});
    assert_eq!(lines.last(), Some(&last));
    for (n, is_known) in
        [(0, true), (7, false), (9, true), (999, true), (1_500, false), (2_499, true)]
    {
        let who = PersonCode::new(format!("P-{n}")).unwrap();
        assert_eq!(store.person(&who).await.unwrap().is_some(), is_known, "{n}");
    }
}

#[tokio::test] // rows OQS-QUAL-25, OQS-INS-10
async fn a_stream_warns_of_an_overlap() {
    let router = feed::router(store().await);
    let body = [gain("F-1", "99990013", "2024-04-01"), gain("F-2", "99990021", "2026-01-01")];
    let lines = stream(&router, body.map(|record| record.to_string()).join("\n"), 50).await;
    let warned: Vec<_> = lines.iter().filter(|line| line.get("warning").is_some()).collect();
    assert!(warned.iter().any(|line| line["line"] == 2 && line["record_id"] == "F-2"), "{lines:?}");
    assert_eq!(lines.last().unwrap()["accepted"], 2);
}

#[tokio::test]
async fn an_empty_stream_is_finished() {
    let router = feed::router(store().await);
    let last = json!({"received": 0, "accepted": 0, "rejected": 0, "finished": true});
    assert_eq!(stream(&router, "\n\n", 1).await.last(), Some(&last));
    assert_eq!(stream(&router, "", 1).await.last(), Some(&last));
}

#[tokio::test]
async fn what_was_counted_before_a_stream_breaks_off_is_stored_and_half_a_line_is_not() {
    let store = store().await;
    let router = feed::router(store.clone());
    let whole: String = (0..1_000).map(|n| format!("{}\n", gain_of(n))).collect();
    let half = gain_of(1_000).to_string();
    let pieces =
        [Ok(whole.into_bytes()), Ok(half.into_bytes()), Err(std::io::Error::other("gone"))];
    let lines = lines_of(&router, Body::from_stream(futures::stream::iter(pieces))).await;
    assert_eq!(
        lines.last(),
        Some(
            &json!({"received": 1_000, "accepted": 1_000, "rejected": 0, "finished": false, "reason": "the stream broke off"})
        )
    );
    let known = |n: usize| {
        let (store, who) = (store.clone(), PersonCode::new(format!("P-{n}")).unwrap());
        async move { store.person(&who).await.unwrap().is_some() }
    };
    assert!(known(0).await && known(999).await);
    assert!(!known(1_000).await);
}

#[tokio::test]
async fn a_store_that_fails_ends_the_stream_and_says_so() {
    let store = store().await;
    let router = feed::router(store.clone());
    store.close().await;
    let lines = stream(&router, gain_of(0).to_string(), 50).await;
    let [last] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&last["finished"], &last["received"]), (&json!(false), &json!(0)));
    assert!(last["reason"].as_str().unwrap().contains("send the stream again"), "{last}");
}

fn life() -> Vec<Value> {
    vec![
        who("F-0"),
        gain("F-1", "99990013", "2024-04-01"),
        loss("F-2", "99990013", "2026-04-01"),
        loss("F-3", "99990013", "2026-02-01"),
        gain("F-4", "99990021", "2026-02-01"),
        record("F-5", "99990021", "correction", json!({"corrects": "F-4"})),
        record(
            "F-6",
            "99990013",
            "limit",
            json!({"certificates": {"limits": [
            {"class": "01", "flag": "A03", "period": {"start": "2025-08-01", "end": "2026-07-31"}}]}}),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(Place::cases(24)))]

    #[test] // row OQS-INS-11
    fn order_and_cuts_of_deliveries_do_not_matter(shuffled in Just(life()).prop_shuffle(), cut in 0..7_usize, again in 0..7_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (straight, mixed) = (store().await, store().await);
            send(&feed::router(straight.clone()), json!(life())).await;
            let router = feed::router(mixed.clone());
            let (first, second) = shuffled.split_at(cut);
            send(&router, json!(first)).await;
            send(&router, json!(second)).await;
            send(&router, shuffled[again].clone()).await;
            assert_eq!(state(&mixed).await, state(&straight).await);
            let streamed = store().await;
            let lines: Vec<_> = shuffled.iter().map(Value::to_string).collect();
            stream(&feed::router(streamed.clone()), lines.join("\n"), 100).await;
            assert_eq!(state(&streamed).await, state(&straight).await);
        });
    }
}
