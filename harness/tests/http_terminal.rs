//! A terminal that is a server: the reference behind HTTP, as a product of somebody else, with a session for each institution.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
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

/// The clock of each session; a product that mixes its sessions up has one for all.
#[derive(Clone, Default)]
struct Product {
    clocks: Arc<Mutex<BTreeMap<String, Arc<Mutex<Timestamp>>>>>,
    is_deaf: bool,
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
            Reply::ok(id, open(reset, clock, product.is_deaf).await)
        }
        TerminalOrder::Clock { now } => {
            *product.clocks.lock().unwrap()[&session].lock().unwrap() = now;
            Reply::ok(id, ())
        }
        TerminalOrder::NoSuchOperation => {
            Reply::not_ok(id, Status::Unsupported, None, "nobody knows it".into())
        }
    })
}

/// Opens the reference terminal. One that is deaf serves readers and overlooks `req`.
async fn open(reset: TerminalReset, clock: Arc<Mutex<Timestamp>>, is_deaf: bool) -> Serving {
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
    let router = server::router(terminal.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    if !is_deaf {
        let service = FolderService::new(terminal, 40);
        tokio::spawn(service.run(Duration::from_millis(3), std::future::pending()));
    }
    Serving { reader_url }
}

/// Serves the product and runs scenarios against it.
fn judge(is_deaf: bool, which: [&str; 2]) -> Output {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/madoguchi", listener.local_addr().unwrap());
    let product = Product { is_deaf, ..Product::default() };
    let router = Router::new().route("/madoguchi", post(perform)).with_state(product);
    runtime.spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    let sut = folder.path().join("madoguchi.yaml");
    std::fs::write(&sut, format!("product: {{name: Served, version: '1', vendor: Test}}\npositions:\n  terminal:\n    adapter: http\n    url: {url}\n    timeout_ms: 30000\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.arg("run").args(which).arg("--sut").arg(&sut);
    command.arg("--out").arg(folder.path().join("out")).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn the_reference_terminal_is_conformant_as_somebody_elses() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let tags = "@area:files or @area:query or @area:bulk or @area:registration or @area:disaster";
    let output = judge(false, ["--tags", tags]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_request_without_an_answer_file_is_inconclusive_and_never_a_refusal() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let output = judge(true, ["--only", "files/answer-to-numbers"]);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("Served gave no answer within"), "{told}");
}
