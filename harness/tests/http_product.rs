//! A receipt computer that is a server: the reference behind HTTP, as a product of somebody else.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use harness::sut::http::SESSION;
use sim_reader::institution::Institution;
use sim_reader::institution::protocol::{Op, Reply, Request, Status};
use tokio::sync::Mutex;

/// What each session was told. A product that mixes them up has one for all.
#[derive(Clone, Default)]
struct Product {
    sessions: Arc<Mutex<BTreeMap<String, Arc<Mutex<Institution>>>>>,
    mixes_sessions: bool,
}

async fn perform(
    State(product): State<Product>,
    headers: HeaderMap,
    Json(request): Json<Request>,
) -> Json<Reply> {
    let session = headers.get(SESSION).unwrap().to_str().unwrap();
    let session = if product.mixes_sessions { "one" } else { session }.to_owned();
    let id = request.id;
    let Op::Reset(start) = request.op else {
        if matches!(request.op, Op::Hello) {
            let hello = serde_json::json!({"product": "Served", "version": "1", "positions": ["receipt-computer"]});
            return Json(Reply::ok(id, hello));
        }
        let found = product.sessions.lock().await.get(&session).cloned();
        return Json(match found {
            Some(institution) => institution.lock().await.perform(request).await,
            None => Reply::not_ok(id, Status::Error, None, "no reset".to_owned()),
        });
    };
    let institution = Arc::new(Mutex::new(Institution::new(start)));
    product.sessions.lock().await.insert(session, institution);
    Json(Reply::ok(id, ()))
}

/// Serves the product and runs the scenarios of one area against it.
fn judge(mixes_sessions: bool) -> Output {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/madoguchi", listener.local_addr().unwrap());
    let product = Product { mixes_sessions, ..Product::default() };
    let router = Router::new().route("/madoguchi", post(perform)).with_state(product);
    runtime.spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    let sut = folder.path().join("madoguchi.yaml");
    std::fs::write(&sut, format!("product: {{name: Served, version: '1', vendor: Test}}\npositions:\n  receipt-computer:\n    adapter: http\n    url: {url}\n    timeout_ms: 30000\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--tags", "@area:inbox", "--sut"]).arg(&sut);
    command.arg("--out").arg(folder.path().join("out")).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn sessions_keep_scenarios_apart() {
    let output = judge(false);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_product_that_mixes_its_sessions_up_is_not_conformant() {
    let output = judge(true);
    assert_ne!(output.status.code(), Some(0), "{}", told(&output));
}
