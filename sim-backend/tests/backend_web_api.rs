//! The Web API: tokens, the query as JSON, JSON for every family, and answers in every form.
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
use backend_support::{Bench, ELSEWHERE, HERE, as_peer, element, number_query, someone};
use serde_json::{Value, json};
use sim_backend::messages::{
    Absent, Encoding, Family, Form, Order, PrescriptionPlace, Syntax, decode, decode_json,
    encode_as,
};
use tower::ServiceExt;

const LOGIN: &str = "/oqs-api-pro/MSA12020/ILI12020SV01/auth";
const SEARCH: &str = "/oqs-api-pro/MSA01030/ILI01030SV01/search";

async fn bench() -> Bench {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    bench
}

struct Reply {
    status: StatusCode,
    content_type: String,
    bytes: Vec<u8>,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn problem(&self) -> (u16, String) {
        assert_eq!(self.content_type, "application/problem+json");
        let kind = self.json()["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (self.status.as_u16(), kind)
    }
}

async fn post(router: Router, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = router.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let content_type = answer.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    let status = answer.status();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec();
    Reply { status, content_type, bytes }
}

async fn login(bench: &Bench, peer: &str, body: Value) -> Reply {
    let router = as_peer(bench.backend.institution_router(), peer);
    post(router, LOGIN, &[("content-type", "application/json")], body.to_string().into()).await
}

async fn id_token(bench: &Bench, peer: &str) -> String {
    let reply = login(bench, peer, json!({"loginId": "R01319999999", "password": "架空"})).await;
    assert_eq!(reply.status, StatusCode::OK);
    reply.json()["result"]["idToken"].as_str().unwrap().to_owned()
}

fn asked(institution: &str) -> Value {
    json!({"XmlMsg": {
        "MessageHeader": {"QualificationConfirmationDate": "20260401", "MedicalInstitutionCode": institution},
        "MessageBody": {"QualificationConfirmSearchInfo": {
            "InsurerNumber": "99990013", "InsuredCardSymbol": "記号1", "InsuredIdentificationNumber": "0001234",
            "Birthdate": "19850505", "LimitApplicationCertificateRelatedConsFlg": "1",
        }},
    }})
}

async fn search(bench: &Bench, peer: &str, token: &str, body: Value) -> Reply {
    let router = as_peer(bench.backend.institution_router(), peer);
    let headers = [("authorization", token), ("content-type", "application/json;charset=UTF-8")];
    post(router, SEARCH, &headers, body.to_string().into()).await
}

#[tokio::test] // OQS-MSG-17
async fn a_login_and_a_query() {
    let bench = bench().await;
    let token = id_token(&bench, HERE).await;
    for token in [token.clone(), format!("Bearer {token}")] {
        let reply = search(&bench, HERE, &token, asked(HERE)).await;
        assert_eq!(reply.content_type, "application/json; charset=UTF-8");
        let body = &reply.json()["XmlMsg"]["MessageBody"];
        assert_eq!(body["QualificationValidity"], "1");
        let record = &body["ResultList"][0]["ResultOfQualificationConfirmation"];
        assert_eq!(record["Name"], "架空　花子");
    }
}

#[tokio::test]
async fn the_query_says_the_same_as_in_xml() {
    let bench = bench().await;
    let token = id_token(&bench, HERE).await;
    let xml = number_query("0001234", "1985-05-05");
    let (query, _) = decode(Family::NumberQuery, &xml).unwrap();
    let json = encode_as(&query, Syntax::Json, &Form::default()).unwrap();
    let json = serde_json::from_slice(&json).unwrap();
    let by_json = search(&bench, HERE, &token, json).await.bytes;
    let by_xml = bench.ask(HERE, "OQSsiquc01req", xml).await;
    assert_eq!(
        decode_json(Family::QualificationAnswer, &by_json).unwrap(),
        decode(Family::QualificationAnswer, by_xml.as_bytes()).unwrap().0
    );
}

#[tokio::test]
async fn tokens_are_the_institutions_own() {
    let bench = bench().await;
    let (here, there) = (id_token(&bench, HERE).await, id_token(&bench, ELSEWHERE).await);
    let logged_out = (401, "logged-out".to_owned());
    for (peer, token) in [(ELSEWHERE, here.as_str()), (HERE, &there), (HERE, ""), (HERE, "x")] {
        assert_eq!(search(&bench, peer, token, asked(peer)).await.problem(), logged_out);
    }
    let mixed = search(&bench, HERE, &here, asked(ELSEWHERE)).await.json();
    assert_eq!(mixed["XmlMsg"]["MessageHeader"]["ErrorCode"], "SIM-E1002");
    let bare = post(bench.backend.institution_router(), LOGIN, &[], b"{}".to_vec()).await;
    assert_eq!(bare.problem(), (401, "no-certificate".to_owned()));
    let (router, headers) =
        (bench.backend.institution_router(), [("authorization", here.as_str())]);
    let bare = post(router, SEARCH, &headers, asked(HERE).to_string().into()).await;
    assert_eq!(bare.problem(), (401, "no-certificate".to_owned()));
    let stranger = login(&bench, "1319999997", json!({"loginId": "R01319999997"})).await;
    assert_eq!(stranger.problem(), (403, "unknown-institution".to_owned()));
}

#[tokio::test] // OQS-OPS-05
async fn an_idle_login_ends() {
    let bench = bench().await;
    let token = id_token(&bench, HERE).await;
    for (seconds, status) in [(30 * 60, 200), (30 * 60, 200), (30 * 60 + 1, 401), (0, 401)] {
        bench.turn(seconds);
        assert_eq!(search(&bench, HERE, &token, asked(HERE)).await.status.as_u16(), status);
    }
}

#[tokio::test]
async fn a_login_is_renewed_and_forced() {
    let bench = bench().await;
    let first = login(&bench, HERE, json!({"loginId": "R01319999999"})).await.json();
    let renew = json!({"refreshToken": first["result"]["refreshToken"]});
    let second = login(&bench, HERE, renew.clone()).await.json();
    assert_eq!(login(&bench, HERE, renew).await.problem(), (401, "logged-out".to_owned()));
    let tokens: Vec<&str> = [&first, &second]
        .into_iter()
        .flat_map(|answer| answer["result"].as_object().unwrap().values())
        .map(|token| token.as_str().unwrap())
        .collect();
    let distinct: std::collections::BTreeSet<_> = tokens.iter().collect();
    assert_eq!((tokens.len(), distinct.len()), (6, 6));
    let token = second["result"]["idToken"].as_str().unwrap();
    assert_eq!(search(&bench, HERE, token, asked(HERE)).await.status, StatusCode::OK);
    for _ in 1..10 {
        let more = login(&bench, HERE, json!({"loginId": "R01319999999"})).await;
        assert_eq!(more.status, StatusCode::OK);
    }
    let full = login(&bench, HERE, json!({"loginId": "R01319999999"})).await;
    assert_eq!(full.problem(), (409, "too-many-logins".to_owned()));
    let forced = login(&bench, HERE, json!({"loginId": "R01319999999", "forcedLogin": true})).await;
    assert_eq!(forced.status, StatusCode::OK);
    assert_eq!(search(&bench, HERE, token, asked(HERE)).await.problem().0, 401);
}

#[tokio::test]
async fn logins_that_are_none_are_told_what_to_send() {
    let bench = bench().await;
    for (body, status) in [
        (json!({"loginId": 7_654_321}), 400),
        (json!([]), 400),
        (json!({}), 422),
        (json!({"loginId": "F01319999999"}), 422),
        (json!({"loginId": "R0 架空"}), 422),
        (json!({"loginId": "R01", "refreshToken": "x"}), 422),
    ] {
        let reply = login(&bench, HERE, body.clone()).await;
        let (told, _) = reply.problem();
        assert_eq!(told, status, "{body}");
        let text = String::from_utf8(reply.bytes).unwrap();
        assert!(text.contains("loginId") && !text.contains("7654321"), "{text}");
    }
}

#[tokio::test]
async fn every_family_answers_json_with_json() {
    let bench = bench().await;
    for family in Family::ALL.iter().filter(|family| family.answer().is_some()) {
        let router = as_peer(bench.backend.institution_router(), HERE);
        let headers = [("content-type", "application/json"), ("x-oqs-message", family.name())];
        let broken = post(router, "/oqs", &headers, b"{\"XmlMsg\":{}}".to_vec()).await;
        assert_eq!(broken.content_type, "application/json; charset=UTF-8", "{family:?}");
        let text = String::from_utf8(broken.bytes).unwrap();
        assert!(text.contains("SIM-E1001"), "{family:?}: {text}");
        assert!(decode_json(family.answer().unwrap(), text.as_bytes()).is_ok(), "{text}");
    }
    let router = as_peer(bench.backend.institution_router(), HERE);
    let headers = [("content-type", "application/json"), ("x-oqs-message", "SIMchalng01req")];
    let body =
        json!({"XmlMsg": {"MessageHeader": {"MedicalInstitutionCode": HERE}, "MessageBody": {}}});
    let answer = post(router, "/oqs", &headers, body.to_string().into()).await.json();
    assert_eq!(answer["XmlMsg"]["MessageHeader"]["SegmentOfResult"], "1", "{answer}");
}

#[tokio::test]
async fn the_backend_answers_in_the_form_it_is_told() {
    let all = Form {
        order: Order::Shuffled(3),
        absent: Absent::Empty,
        unknown_elements: true,
        prescription: PrescriptionPlace::InRecord,
        encoding: Some(Encoding::ShiftJis),
    };
    let plain =
        bench().await.ask(HERE, "OQSsiquc01req", number_query("0001234", "1985-05-05")).await;
    let (expected, _) = decode(Family::QualificationAnswer, plain.as_bytes()).unwrap();
    let bench = Bench::open_with("sqlite::memory:", all).await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    for (query, code) in
        [(number_query("0001234", "1985-05-05"), None), (b"<XmlMsg/>".to_vec(), Some("SIM-E1001"))]
    {
        let router = as_peer(bench.backend.institution_router(), HERE);
        let reply = post(router, "/oqs", &[("x-oqs-message", "OQSsiquc01req")], query).await;
        assert_eq!(reply.content_type, "application/xml; charset=Shift_JIS");
        let (message, encoding) = decode(Family::QualificationAnswer, &reply.bytes).unwrap();
        assert_eq!(encoding, Encoding::ShiftJis);
        let text = Encoding::ShiftJis.decode(&reply.bytes).unwrap();
        assert!(text.contains("BenchUnknownElement") && text.contains("<ReceptionNumber/>"));
        assert_eq!(element(&text, "ErrorCode"), code);
        assert_eq!(message == expected, code.is_none());
    }
}
