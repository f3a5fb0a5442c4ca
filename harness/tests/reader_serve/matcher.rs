//! A vendor's matcher at a reader that is served.

use serde_json::{Value, json};

use crate::counter::{Counter, command};

const EXAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/face-matcher-python/matcher.py");

fn with(matcher: &str, threshold: &str) -> Counter {
    let mut command = command("127.0.0.1:0");
    command.args(["--matcher", matcher, "--threshold", threshold]);
    Counter::of(command)
}

async fn look(counter: &Counter, person: &str) -> Value {
    counter.act(json!({"act": "look", "capture": "clean", "person": person})).await
}

#[tokio::test]
async fn its_score_decides_against_the_threshold_that_was_given() {
    let matcher = format!("python3 {EXAMPLE}");
    for (threshold, question) in [("0", "consent"), ("1", "mode")] {
        let mut counter = with(&matcher, threshold);
        let said: Vec<String> = (0..4).map(|_| counter.served.line()).collect();
        assert!(said[3].contains("matcher.py") && said[3].contains(threshold), "{said:?}");
        counter.act(json!({"act": "place-card", "card": "hanako"})).await;
        counter.act(json!({"act": "face"})).await;
        let looked = look(&counter, "taro").await;
        assert_eq!(looked["question"]["question"], question, "threshold {threshold}");
    }
}

/// The two questions when the counter opens are answered, the next is not: no decision, and the next patient's is.
#[tokio::test]
async fn a_failure_is_no_decision_and_no_mismatch() {
    let counter = with(&format!("env FAULT=gone FAULT_EVERY=3 python3 {EXAMPLE}"), "0");
    counter.act(json!({"act": "place-card", "card": "hanako"})).await;
    counter.act(json!({"act": "face"})).await;
    let failed = look(&counter, "hanako").await;
    assert_eq!(
        (&failed["question"]["question"], &failed["wrong"]),
        (&json!("mode"), &json!("no-picture"))
    );
    counter.act(json!({"act": "face"})).await;
    assert_eq!(look(&counter, "hanako").await["question"]["question"], "consent");
}

#[test]
fn a_matcher_that_does_not_answer_is_told_before_anybody_stands_there() {
    for (matcher, kind, next) in [
        ("/nowhere/matcher".to_owned(), "unreachable", "--matcher"),
        ("http://127.0.0.1:1/match".to_owned(), "unreachable", "--matcher"),
        (format!("env FAULT=gone python3 {EXAMPLE}"), "gone", "docs/faces.md"),
        (format!("env FAULT=out-of-range python3 {EXAMPLE}"), "out-of-range", "docs/faces.md"),
    ] {
        let mut command = command("127.0.0.1:0");
        let output = command.args(["--matcher", &matcher, "--threshold", "0.9"]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(told.contains(&format!("({kind})")) && told.contains(next), "{matcher}: {told}");
    }
}

#[test]
fn a_matcher_without_a_threshold_is_told_how_to_find_one() {
    let output = command("127.0.0.1:0").args(["--matcher", "anything"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("--threshold") && told.contains("face evaluate"), "{told}");
}
