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
use std::sync::Arc;
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
    assert!(results[1]["reason"].as_str().unwrap().contains("`2024-02` is invalid"));
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
    #![proptest_config(ProptestConfig::with_cases(24))]

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
        });
    }
}
