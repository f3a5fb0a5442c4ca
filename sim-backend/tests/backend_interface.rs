//! What the HTTP interfaces promise beside their messages: problem details, the description, readiness, counters and a log
//! without people in it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::{
    collections::BTreeSet,
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
    response::Response,
};
use backend_support::{Bench, HERE, number_query, number_query_on, someone};
use serde_json::{Value, json};
use sim_backend::http::{Metrics, Server, Watch};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;

/// The interfaces by their name in the description.
fn interfaces(bench: &Bench) -> [(&'static str, Router); 5] {
    let backend = &bench.backend;
    [
        ("institution", backend.institution_router()),
        ("insurer", backend.insurer_router()),
        ("claims", backend.claims_router()),
        ("portal", backend.portal_router()),
        ("operator", backend.operator_router(&Arc::default())),
    ]
}

fn interface(bench: &Bench, name: &str) -> Router {
    interfaces(bench).into_iter().find(|(known, _)| *known == name).unwrap().1
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn request(method: &str, path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    request.header("x-oqs-message", "OQSsiquc01req").body(body.into()).unwrap()
}

async fn described(bench: &Bench) -> Value {
    let router = interface(bench, "institution");
    let response = router.oneshot(request("GET", "/openapi.json", "", "")).await.unwrap();
    serde_json::from_str(&text(response).await).unwrap()
}

/// Somebody whose data must turn up nowhere.
const CANARIES: [&str; 6] =
    ["架空　金糸雀", "カナリア", "7654321", "1911-11-11", "19111111", "P-CANARY"];

#[tokio::test]
async fn every_failure_is_problem_details_in_both_languages() {
    let bench = Bench::open().await;
    let big = |megabytes: usize| vec![b' '; megabytes << 20];
    let xml = "application/xml";
    for (interface_name, request, status, kind) in [
        (
            "institution",
            request("GET", "/架空　金糸雀".replace('　', "%E3%80%80").as_str(), "", ""),
            404,
            "no-such-path",
        ),
        ("insurer", request("POST", "/oqs", "", ""), 404, "no-such-path"),
        ("claims", request("GET", "/metrics", "", ""), 404, "no-such-path"),
        ("institution", request("GET", "/oqs", "", ""), 405, "no-such-method"),
        ("insurer", request("DELETE", "/feed/records", "", ""), 405, "no-such-method"),
        ("claims", request("PUT", "/claims", "", ""), 405, "no-such-method"),
        ("operator", request("POST", "/metrics", "", ""), 405, "no-such-method"),
        (
            "institution",
            request("POST", "/oqs", "application/x-www-form-urlencoded", ""),
            415,
            "wrong-content-type",
        ),
        (
            "insurer",
            request("POST", "/feed/records", "text/csv; charset=utf-8", "{}"),
            415,
            "wrong-content-type",
        ),
        ("claims", request("POST", "/claims", "application/json", "{}"), 415, "wrong-content-type"),
        ("institution", request("POST", "/oqs", xml, big(5)), 413, "too-large"),
        (
            "insurer",
            request("POST", "/feed/records", "application/json", big(17)),
            413,
            "too-large",
        ),
        ("claims", request("POST", "/claims", "text/csv", big(65)), 413, "too-large"),
        (
            "insurer",
            request(
                "POST",
                "/feed/records",
                "application/json",
                r#"{"name": "架空　金糸雀", カナリア"#,
            ),
            400,
            "unreadable",
        ),
        (
            "insurer",
            request("POST", "/feed/records", "application/json", r#""架空　金糸雀""#),
            422,
            "unprocessable",
        ),
        (
            "claims",
            request("POST", "/claims", "text/csv", "RE,カナリア,7654321"),
            422,
            "unprocessable",
        ),
        (
            "operator",
            request("PUT", "/operator/feed-stops/1", "application/json", big(3)),
            413,
            "too-large",
        ),
        (
            "operator",
            request("PUT", "/operator/disasters/%FF", "application/json", "{}"),
            400,
            "not-taken",
        ),
        (
            "operator",
            request("PUT", "/operator/disasters/a", "application/json", r#"{"架空　金糸雀": 1}"#),
            422,
            "unprocessable",
        ),
        (
            "insurer",
            request("GET", "/feed/warnings?架空=1".replace("架空", "P-CANARY").as_str(), "", ""),
            422,
            "unprocessable",
        ),
    ] {
        let row = format!("{interface_name} {} {}", request.method(), request.uri().path());
        let response = interface(&bench, interface_name).oneshot(request).await.unwrap();
        let allow = response.headers().get("allow").cloned();
        is_problem(response, status, kind, &row).await;
        assert_eq!(allow.is_some(), status == 405, "{row}: Allow names the methods there are");
    }
}

async fn is_problem(response: Response, status: u16, kind: &str, row: &str) {
    assert_eq!(response.status(), status, "{row}");
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{row}");
    let text = text(response).await;
    let problem: Value = serde_json::from_str(&text).unwrap();
    let names: BTreeSet<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["detail", "detail_ja", "status", "title", "title_ja", "type"];
    assert_eq!(names, expected.into(), "{row}");
    assert_eq!(problem["status"], status, "{row}");
    let r#type = problem["type"].as_str().unwrap();
    assert!(r#type.ends_with(&format!("/problems/{kind}")), "{row}: {type}");
    let is_japanese = |text: &str| text.chars().any(|c| ('ぁ'..='ー').contains(&c));
    for (name, japanese) in [("title", false), ("title_ja", true), ("detail_ja", true)] {
        let words = problem[name].as_str().unwrap();
        assert!(!words.is_empty() && is_japanese(words) == japanese, "{row}: {name} {words:?}");
    }
    // The English one may name a field of the claim file, which has a Japanese name only.
    assert!(problem["detail"].as_str().unwrap().is_ascii() || kind == "unprocessable", "{row}");
    for canary in CANARIES {
        assert!(!text.contains(canary), "{row}: {text}");
    }
}

#[tokio::test]
async fn a_store_that_is_gone_is_503_and_said_by_readiness_alone() {
    let bench = Bench::open().await;
    let ready = || request("GET", "/ready", "", "");
    for (_, router) in interfaces(&bench) {
        assert_eq!(router.oneshot(ready()).await.unwrap().status(), 200);
    }
    bench.backend.clone().close().await;
    let query = number_query("0001234", "1985-05-05");
    let records = serde_json::to_vec(&someone("P-1", "0001234", "1985-05-05")).unwrap();
    for (name, request) in [
        ("institution", request("POST", "/oqs", "application/xml", query)),
        ("insurer", request("POST", "/feed/records", "application/json", records)),
        ("operator", request("GET", "/metrics", "", "")),
        ("institution", ready()),
        ("insurer", ready()),
        ("claims", ready()),
        ("operator", ready()),
    ] {
        let row = format!("{name} {}", request.uri().path());
        let response = interface(&bench, name).oneshot(request).await.unwrap();
        assert_eq!(response.headers()["retry-after"], "5", "{row}");
        is_problem(response, 503, "store", &row).await;
    }
    for (name, router) in interfaces(&bench) {
        let alive = router.oneshot(request("GET", "/health", "", "")).await.unwrap();
        assert_eq!(alive.status(), 200, "{name} is alive");
    }
}

/// Every path that the sources give a router, wherever it is added.
fn routes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            routes(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let code = source.split("#[cfg(test)]").next().unwrap();
            let after = code.split(".route(").skip(1);
            found.extend(after.filter_map(|rest| {
                Some(rest.trim_start().strip_prefix('"')?.split('"').next()?.to_owned())
            }));
        }
    }
}

#[tokio::test]
async fn every_route_is_described_and_every_description_is_served() {
    let bench = Bench::open().await;
    let document = described(&bench).await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut served = BTreeSet::new();
    routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut served);
    let paths = document["paths"].as_object().unwrap();
    for path in &served {
        assert!(paths.contains_key(path), "{path} is served and stands in no part of src/openapi");
    }
    for (path, methods) in paths {
        assert!(served.contains(path), "{path} is described and served nowhere");
        for (name, router) in interfaces(&bench) {
            for method in ["GET", "POST", "PUT", "DELETE"] {
                let operation = &methods[method.to_lowercase()];
                let tag = operation["tags"][0].as_str();
                let expected = tag.is_some_and(|tag| tag == "every" || tag == name);
                let request = request(method, &path.replace(['{', '}'], ""), "", "");
                let status = router.clone().oneshot(request).await.unwrap().status();
                // A path with a parameter may answer 404 of its own; a method it lacks is 405 in any case.
                let is_there = status != 405 && (status != 404 || path.contains('{') && expected);
                assert_eq!(
                    is_there, expected,
                    "{method} {path} on the listener for {name}: {status}"
                );
            }
        }
    }
}

/// Whether a value is of a schema, as far as the description uses them; the places where it is not.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
        return misfits(document, schema, value, at);
    }
    let mut found = Vec::new();
    let is_type = match schema["type"].as_str() {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some(other) => panic!("{other}: the test knows no such type"),
    };
    let named = schema.get("const").is_none_or(|only| only == value)
        && schema["enum"].as_array().is_none_or(|known| known.contains(value));
    if !is_type || !named {
        found.push(format!("{at}: {value}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, held) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => found.extend(misfits(document, schema, held, &format!("{at}/{name}"))),
            None if schema["additionalProperties"] == false => {
                found.push(format!("{at}/{name} is not described"));
            }
            None => {}
        }
    }
    if let Some(items) = schema.get("items") {
        let each = value.as_array().into_iter().flatten().enumerate();
        found.extend(each.flat_map(|(n, one)| misfits(document, items, one, &format!("{at}/{n}"))));
    }
    if let Some(forms) = schema["oneOf"].as_array() {
        let fitting = forms.iter().filter(|form| misfits(document, form, value, at).is_empty());
        if fitting.count() != 1 {
            found.push(format!("{at}: not exactly one of its forms"));
        }
    }
    found
}

fn json_schema(document: &Value, path: &str, method: &str, status: &str) -> Value {
    let answer = &document["paths"][path][method]["responses"][status];
    let answer = match answer["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => answer,
    };
    let content = answer["content"].as_object().unwrap();
    content.values().next().unwrap()["schema"].clone()
}

#[tokio::test]
async fn real_answers_and_examples_are_of_their_schemas() {
    let bench = Bench::open().await;
    let document = described(&bench).await;
    let example =
        &document["paths"]["/feed/records"]["post"]["requestBody"]["content"]["application/json"];
    let records = &example["examples"]["one person"]["value"];
    assert_eq!(misfits(&document, &example["schema"], records, "example"), [""; 0]);
    assert!(!misfits(&document, &example["schema"], &json!([{"kind": "gain"}]), "").is_empty());
    let delivery = json!([records[0], records[1], {"record_id": "F-9", "kind": "gaining"}, 1]);
    let claims = "IR,1,13,1,9999999,,架空診療所,202604,00,0300000000\r\nRE,1,1112,202604,架空　花子,2,19850505\r\n";
    let claims = json!(claims);
    for (name, path, method, body, status) in [
        ("insurer", "/feed/records", "post", delivery.to_string(), 200),
        ("insurer", "/feed/records", "post", "3".to_owned(), 422),
        ("insurer", "/feed/records", "post", "{".to_owned(), 400),
        ("claims", "/claims", "post", claims.as_str().unwrap().to_owned(), 200),
        ("claims", "/health", "get", String::new(), 200),
        ("claims", "/ready", "get", String::new(), 200),
    ] {
        let kind = if name == "insurer" { "application/json" } else { "text/csv" };
        let bytes = if path == "/claims" { shift_jis(&body) } else { body.into_bytes() };
        let request = request(&method.to_uppercase(), path, kind, bytes);
        let response = interface(&bench, name).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let answer: Value = serde_json::from_str(&text(response).await).unwrap();
        let schema = json_schema(&document, path, method, &status.to_string());
        assert_eq!(misfits(&document, &schema, &answer, path), [""; 0], "{answer}");
    }
}

fn shift_jis(text: &str) -> Vec<u8> {
    sim_backend::messages::Encoding::ShiftJis.encode(text).unwrap()
}

/// serde lists the kinds it knows when it meets another.
#[tokio::test]
async fn every_kind_of_record_is_described() {
    let document = described(&Bench::open().await).await;
    let forms = document["components"]["schemas"]["FeedRecord"]["oneOf"].as_array().unwrap();
    let described: BTreeSet<String> = forms
        .iter()
        .map(|form| form["properties"]["kind"]["const"].as_str().unwrap().to_owned())
        .collect();
    let unknown = json!({"record_id": "F-1", "insurer_number": "99990013", "person": "P-1", "kind": "?", "data": {}});
    let error =
        serde_json::from_value::<sim_backend::feed::FeedRecord>(unknown).unwrap_err().to_string();
    let known = error.split("expected one of ").nth(1).unwrap();
    let known: BTreeSet<String> = known.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(described, known);
}

#[tokio::test]
async fn the_page_is_served_with_a_policy_that_lets_nothing_else_in() {
    let bench = Bench::open().await;
    for (name, router) in interfaces(&bench) {
        let response = router.oneshot(request("GET", "/docs", "", "")).await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{name}");
        assert!(text(response).await.contains("<title>窓口"), "{name}");
    }
}

/// Takes what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

async fn exchange(router: Router, watch: Watch, requests: &[Vec<u8>]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = Server::new(router).watched(watch);
    let server = tokio::spawn(server.plain(listener, async { drop(stopped.await) }));
    let mut answers = Vec::new();
    for request in requests {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        answers.push(String::from_utf8_lossy(&answer).into_owned());
    }
    drop(stop);
    server.await.unwrap();
    answers
}

fn raw(method: &Method, path: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: a\r\n{more}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// One person goes through every interface, well and badly; the log at its most talkative and the counters know nothing of it.
#[tokio::test]
async fn neither_log_nor_counters_name_a_person() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let (bench, metrics) = (Bench::open().await, Arc::<Metrics>::default());
    let watch = |listener| Watch::new(listener, Arc::clone(&metrics));
    let mut records = someone("P-CANARY", "7654321", "1911-11-11");
    records[0]["data"]["name"] = json!("架空　金糸雀");
    records[0]["data"]["name_kana"] = json!("カナリア");
    let bad = json!({"record_id": "X", "person": "P-CANARY", "insurer_number": "カナリア", "kind": "架空　金糸雀"});
    let delivery = json!([records[0], records[1], bad]).to_string();
    let post = |path: &str, body: &[u8]| {
        raw(&Method::POST, path, "x-oqs-message: OQSsiquc01req\r\n", body)
    };
    let told = exchange(
        bench.backend.insurer_router(),
        watch("insurers"),
        &[
            post("/feed/records", delivery.as_bytes()),
            post("/feed/records", "{架空　金糸雀".as_bytes()),
            raw(
                &Method::POST,
                "/feed/records",
                "content-type: application/x-ndjson\r\n",
                format!("{}\n{bad}\n{bad}\n", records[0]).as_bytes(),
            ),
            raw(
                &Method::GET,
                "/P-CANARY/7654321?birthdate=1911-11-11",
                "x-name: カナリア\r\n",
                b"",
            ),
        ],
    )
    .await;
    let more = "<InsuredBranchNumber>架空　金糸雀</InsuredBranchNumber>";
    let answers = exchange(
        bench.backend.institution_router(),
        watch("institutions"),
        &[
            post("/oqs", &number_query("7654321", "1911-11-11")),
            post("/oqs", &number_query_on("20260401", HERE, "7654321", "1911-11-11", more)),
            post("/oqs", &number_query_on("20260401", "1319999900", "7654321", "1911-11-11", "")),
            raw(&Method::POST, "/oqs", "x-oqs-message: カナリア\r\n", "架空　金糸雀".as_bytes()),
        ],
    )
    .await;
    assert!(answers[0].contains("架空　金糸雀"), "the person was found: {}", answers[0]);
    exchange(
        bench.backend.claims_router(),
        watch("claims"),
        &[post("/claims", &shift_jis("IR,架空　金糸雀"))],
    )
    .await;
    let counters = metrics.text(&bench.backend.store().census().await.unwrap());
    for told in &told {
        assert!(!told.contains("金糸雀") && !told.contains("カナリア"), "{told}");
    }
    for canary in CANARIES {
        for (what, text) in [("log", log.text()), ("counters", counters.clone())] {
            assert!(!text.contains(canary), "{canary} stands in the {what}");
        }
    }
    lines_are_whole(&log.text());
    for line in [
        "madoguchi_requests_total{family=\"OQSsiquc01req\",outcome=\"answered\"} 1",
        "madoguchi_requests_total{family=\"OQSsiquc01req\",outcome=\"SIM-E1002\"} 1",
        "madoguchi_requests_total{family=\"unknown\",outcome=\"SIM-E1003\"} 1",
        "madoguchi_requests_total{family=\"none\",outcome=\"no-such-path\"} 1",
        "madoguchi_feed_records_total{outcome=\"accepted\"} 3",
        "madoguchi_feed_records_total{outcome=\"rejected\"} 3",
        "madoguchi_connections_open{listener=\"institutions\"} 0",
        "madoguchi_store_persons 1",
    ] {
        assert!(counters.lines().any(|told| told == line), "{line} in\n{counters}");
    }
}

/// One line for each of the nine requests, with all that it should tell.
fn lines_are_whole(log: &str) {
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<&Value> =
        lines.iter().filter(|line| line["target"] == "madoguchi::request").collect();
    assert_eq!(requests.len(), 9);
    let mut ids = BTreeSet::new();
    for line in requests {
        let fields = &line["fields"];
        for name in ["listener", "family", "outcome", "status", "milliseconds"] {
            assert!(!fields[name].is_null(), "{name} in {line}");
        }
        assert!(ids.insert(fields["request_id"].as_str().unwrap().to_owned()), "{line}");
    }
}
