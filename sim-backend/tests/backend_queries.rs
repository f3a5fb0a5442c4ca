//! Number queries and refusals through the institutions' route.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use axum::http::StatusCode;
use backend_support::{
    Bench, ELSEWHERE, HERE, as_peer, element, header, message, number_query, number_query_on, post,
    someone,
};
use serde_json::json;

const QUERY: &str = "OQSsiquc01req";

async fn bench() -> Bench {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    bench
}

#[tokio::test] // rows OQS-QUAL-04, OQS-QUAL-08, OQS-MSG-10, OQS-QUAL-32
async fn a_number_query_is_answered_with_the_record() {
    let bench = bench().await;
    let answer = bench.ask(HERE, QUERY, number_query("0001234", "1985-05-05")).await;
    for (name, text) in [
        ("ProcessExecutionTime", Some("20260401093000")),
        ("QualificationConfirmationDate", Some("20260401")),
        ("ArbitraryFileIdentifier", Some("F1")),
        ("ArbitraryIdentifier", Some("A-1")),
        ("ReferenceClassification", Some("2")),
        ("SegmentOfResult", Some("1")),
        ("QualificationValidity", Some("1")),
        ("InsurerNumber", Some("99990013")),
        ("Name", Some("架空　花子")),
        ("InsuredBranchNumber", Some("00")),
        ("PharmacistsInfoConsFlg", None),
        ("LimitApplicationCertificateRelatedConsFlg", Some("0")),
        ("LimitApplicationCertificateRelatedConsTime", None),
    ] {
        assert_eq!(element(&answer, name), text, "{name} in {answer}");
    }
}

#[tokio::test] // rows OQS-QUAL-09, -10, -11, -12, -14, -15, OQS-INS-09
async fn validity_follows_the_feed() {
    let bench = bench().await;
    let validity = async |day: &str, number: &str, birthdate: &str| {
        let answer =
            bench.ask(HERE, QUERY, number_query_on(day, HERE, number, birthdate, "")).await;
        (
            element(&answer, "QualificationValidity").unwrap().to_owned(),
            element(&answer, "DisqualificationDate").map(str::to_owned),
        )
    };
    assert_eq!(validity("20260401", "0001234", "1985-05-06").await, ("4".into(), None));
    assert_eq!(validity("20260401", "0009999", "1985-05-05").await, ("4".into(), None));
    assert_eq!(validity("20260401", "0001234", "1985-05-05").await, ("1".into(), None));
    let loss = json!({"loss": {"on": "2026-02-01", "reason": "03"}});
    bench.feed(json!([{"record_id": "L", "insurer_number": "99990013", "person": "P-1", "kind": "loss", "data": loss}])).await;
    assert_eq!(
        validity("20260401", "0001234", "1985-05-05").await,
        ("2".into(), Some("20260201".into()))
    );
    assert_eq!(
        validity("20260131", "0001234", "1985-05-05").await,
        ("1".into(), Some("20260201".into()))
    );
    let gain = json!({"insurer_name": "架空共済組合", "number": "77", "own_or_family": "1", "gained": "2026-02-01"});
    bench.feed(json!([{"record_id": "G", "insurer_number": "99990021", "person": "P-1", "kind": "gain", "data": gain}])).await;
    assert_eq!(
        validity("20260401", "0001234", "1985-05-05").await,
        ("3".into(), Some("20260201".into()))
    );
    bench.feed(json!(someone("P-2", "0001234", "1985-05-05"))).await;
    assert_eq!(validity("20260401", "0001234", "1985-05-05").await, ("5".into(), None));
}

#[tokio::test] // rows OQS-LIM-01, OQS-LIM-04
async fn the_limit_is_given_by_the_flag() {
    let bench = bench().await;
    let limit = json!({"certificates": {"limits": [{"class": "01", "flag": "A03", "period": {"start": "2025-08-01", "end": "2026-07-31"}}]}});
    bench.feed(json!([{"record_id": "L", "insurer_number": "99990013", "person": "P-1", "kind": "limit", "data": limit}])).await;
    for (flag, shown) in [("", None), ("0", None), ("1", Some("A03"))] {
        let flag = format!(
            "<LimitApplicationCertificateRelatedConsFlg>{flag}</LimitApplicationCertificateRelatedConsFlg>"
        );
        let answer = bench
            .ask(HERE, QUERY, number_query_on("20260401", HERE, "0001234", "1985-05-05", &flag))
            .await;
        assert_eq!(
            element(&answer, "LimitApplicationCertificateClassificationFlag"),
            shown,
            "{flag}"
        );
    }
}

#[tokio::test] // row OQS-MSG-05: the answer comes in the encoding of the question
async fn shift_jis_is_answered_in_shift_jis() {
    let bench = bench().await;
    let text = String::from_utf8(number_query("0001234", "1985-05-05"))
        .unwrap()
        .replace("UTF-8", "Shift_JIS");
    let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(&text);
    let router = as_peer(bench.backend.institution_router(), HERE);
    let request = axum::http::Request::post("/oqs")
        .header("x-oqs-message", QUERY)
        .body(axum::body::Body::from(bytes.into_owned()))
        .unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/xml; charset=Shift_JIS");
    assert_eq!(answer.headers()["x-oqs-message"], "OQSsiquc01res");
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert!(!broken && element(&text, "Name") == Some("架空　花子"), "{text}");
    assert_eq!(element(&text, "CharacterCodeIdentifier"), Some("1"));
}

#[tokio::test]
async fn refusals_are_answer_messages_without_a_person() {
    let bench = bench().await;
    let query = || number_query("0001234", "1985-05-05");
    let stranger = number_query_on("20260401", "1319999997", "0001234", "1985-05-05", "");
    for (row, peer, family, body, code) in [
        ("malformed", HERE, QUERY, b"<XmlMsg>".to_vec(), "SIM-E1001"),
        ("no birth date", HERE, QUERY, message(&header(HERE), ""), "SIM-E1001"),
        ("another institution's body", ELSEWHERE, QUERY, query(), "SIM-E1002"),
        ("OQS-QUAL-26 unknown institution", "1319999997", QUERY, stranger, "SIM-E1002"),
        ("known by name", HERE, "OQSsihvq01req", query(), "SIM-E1003"),
        ("not known", HERE, "OQSfavbs01req", query(), "SIM-E1003"),
        ("an answer", HERE, "OQSsiquc01res", query(), "SIM-E1003"),
        ("no name", HERE, "", query(), "SIM-E1003"),
    ] {
        let answer = bench.ask(peer, family, body).await;
        assert_eq!(element(&answer, "ErrorCode"), Some(code), "{row}: {answer}");
        assert_eq!(element(&answer, "SegmentOfResult"), Some("9"), "{row}");
        assert_eq!(element(&answer, "MedicalInstitutionCode"), Some(peer), "{row}");
        assert_eq!(element(&answer, "Name"), None, "{row}");
    }
}

#[tokio::test]
async fn a_body_too_large_is_a_problem_and_no_message() {
    let bench = bench().await;
    let router = as_peer(bench.backend.institution_router(), HERE);
    let (status, answer) = post(router, "/oqs", QUERY, vec![b' '; 5 * 1024 * 1024]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.contains("\"status\":413"), "{answer}");
}
