//! A terminal that is a server: the reference behind HTTP, as a product of somebody else, with a session for each institution.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use harness::sut::http::SESSION;
use harness::sut::terminal::{Serving, TerminalOrder, TerminalReset};
use jiff::Timestamp;
use serde::Deserialize;
use sim_reader::institution::protocol::{Hello, Reply, Status};
use sim_reader::terminal::{
    BackendClient, FolderService, Settings, Terminal, TerminalConfig, server,
};

/// The clock of each session.
#[derive(Clone, Default)]
struct Product {
    clocks: Arc<Mutex<BTreeMap<String, Arc<Mutex<Timestamp>>>>>,
    habit: Habit,
}

/// What is not as with the reference.
#[derive(Clone, Copy, Default, PartialEq)]
enum Habit {
    #[default]
    None,
    /// It serves readers and overlooks `req`.
    Deaf,
    /// It refuses by codes of its own, and says no kind.
    OwnCodes,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
    #[serde(flatten)]
    order: TerminalOrder,
}

async fn perform(
    State(product): State<Product>,
    headers: HeaderMap,
    Json(Numbered { id, order }): Json<Numbered>,
) -> Json<Reply> {
    let session = headers.get(SESSION).unwrap().to_str().unwrap().to_owned();
    Json(match order {
        TerminalOrder::Hello => {
            let (name, version) = ("Served".to_owned(), "1".to_owned());
            Reply::ok(id, Hello { product: name, version, positions: vec!["terminal".into()] })
        }
        TerminalOrder::Reset(reset) => {
            let clock = Arc::new(Mutex::new(reset.now));
            product.clocks.lock().unwrap().insert(session, Arc::clone(&clock));
            Reply::ok(id, open(reset, clock, product.habit).await)
        }
        TerminalOrder::Clock { now } => {
            let clock = product.clocks.lock().unwrap().get(&session).cloned().unwrap();
            *clock.lock().unwrap() = now;
            Reply::ok(id, ())
        }
        TerminalOrder::NoSuchOperation => {
            Reply::not_ok(id, Status::Unsupported, None, "nobody knows it".into())
        }
    })
}

/// A refusal in the product's own words.
async fn own_codes(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut answer: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    if let Some(refused) = answer.get_mut("refused") {
        *refused = serde_json::json!({"code": format!("V-{}", refused["code"].as_str().unwrap())});
    }
    parts.headers.remove("content-length");
    Response::from_parts(parts, answer.to_string().into())
}

/// Opens the reference terminal.
async fn open(reset: TerminalReset, clock: Arc<Mutex<Timestamp>>, habit: Habit) -> Serving {
    let (ca, pem) = (std::fs::read(&reset.backend.ca), std::fs::read(&reset.backend.certificate));
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(&ca.unwrap()).unwrap()])
        .identity(reqwest::Identity::from_pem(&pem.unwrap()).unwrap())
        .build()
        .unwrap();
    let config = TerminalConfig {
        accounts: vec![reset.account],
        encoding: reset.encoding,
        seed: 1,
        settings: Settings::default(),
    };
    let backend = BackendClient::new(http, reset.backend.url, reset.institution);
    let now = Arc::new(move || *clock.lock().unwrap());
    let terminal = Terminal::new(config, backend, reset.folders, now, Arc::new(|_| {})).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let reader_url = format!("http://{}/", listener.local_addr().unwrap());
    let mut router = server::router(terminal.clone());
    if habit == Habit::OwnCodes {
        router = router.layer(axum::middleware::map_response(own_codes));
    }
    tokio::spawn(async move { axum::serve(listener, router).await });
    if habit != Habit::Deaf {
        let service = FolderService::new(terminal, 40);
        tokio::spawn(service.run(Duration::from_millis(3), std::future::pending()));
    }
    Serving { reader_url }
}

/// Serves the product and runs scenarios against it.
fn judge(habit: Habit, which: [&str; 2], more: &str) -> Output {
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/madoguchi", listener.local_addr().unwrap());
    let product = Product { habit, ..Product::default() };
    let router = Router::new().route("/madoguchi", post(perform)).with_state(product);
    runtime.spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    let sut = folder.path().join("madoguchi.yaml");
    std::fs::write(&sut, format!("product: {{name: Served, version: '1', vendor: Test}}\npositions:\n  terminal:\n    adapter: http\n    url: {url}\n    timeout_ms: 30000\n{more}")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.arg("run").args(which).arg("--sut").arg(&sut);
    command.arg("--out").arg(folder.path().join("out")).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn the_reference_terminal_is_conformant_as_somebody_elses() {
    let tags = "@area:files or @area:query or @area:bulk or @area:registration or @area:disaster";
    let output = judge(Habit::None, ["--tags", tags], "");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_request_without_an_answer_file_is_inconclusive_and_never_a_refusal() {
    let output = judge(Habit::Deaf, ["--only", "files/answer-to-numbers"], "");
    let told = told(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("Served gave no answer within"), "{told}");
}

#[test]
fn codes_of_the_vendors_own_are_refusals_of_the_class_that_the_map_gives_them() {
    for (more, code, word) in [
        // Nobody can tell what it means.
        ("", 4, "no reply"),
        ("codes: {V-SIM-E2001: certificate-refused}\n", 0, "Conformant"),
        ("codes: {V-SIM-E2001: not-registered}\n", 1, "certificate-refused"),
        ("codes: {V-SIM-E2001: not-registered}\ngrade: conceptual\n", 0, "conceptual: a refusal"),
        ("codes: {V-SIM-E2001: system-error}\ngrade: conceptual\n", 1, "certificate-refused"),
    ] {
        let output = judge(Habit::OwnCodes, ["--only", "certificate/revoked"], more);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(code), "{more}: {told}");
        assert!(told.contains(word), "{more}: {told}");
    }
}
