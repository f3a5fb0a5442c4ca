//! Mutual TLS over loopback: the certificate says who asks.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;
mod messages_support;

use std::{sync::Arc, time::Duration};

use backend_support::{
    Bench, ELSEWHERE, HERE, element, number_query, someone,
    tls::{Leaf, Pki},
};
use serde_json::json;
use sim_backend::{
    http::{serve_mtls, serve_plain},
    messages::{Encoding, Family, encode},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

struct Running {
    port: u16,
    root: Pki,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
    _bench: Bench,
}

async fn running() -> Running {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let root = Pki::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = oneshot::channel();
    let router = bench.backend.institution_router();
    let server = tokio::spawn(serve_mtls(listener, Arc::new(root.server()), router, async {
        drop(stopped.await)
    }));
    Running { port, root, stop, server, _bench: bench }
}

fn client(running: &Running, identity: Option<&Leaf>) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let root = reqwest::Certificate::from_pem(running.root.certificate().pem().as_bytes()).unwrap();
    let builder = reqwest::Client::builder()
        .tls_certs_only([root])
        .no_proxy()
        .resolve("localhost", ([127, 0, 0, 1], running.port).into());
    let pem = |leaf: &Leaf| format!("{}{}", leaf.key.serialize_pem(), leaf.pem);
    match identity {
        Some(leaf) => builder.identity(reqwest::Identity::from_pem(pem(leaf).as_bytes()).unwrap()),
        None => builder,
    }
    .build()
    .unwrap()
}

async fn ask(running: &Running, client: &reqwest::Client) -> Result<String, reqwest::Error> {
    send(running, client, "OQSsiquc01req", number_query("0001234", "1985-05-05")).await
}

async fn send(
    running: &Running,
    client: &reqwest::Client,
    family: &str,
    body: Vec<u8>,
) -> Result<String, reqwest::Error> {
    let request = client
        .post(format!("https://localhost:{}/oqs", running.port))
        .header("x-oqs-message", family);
    request.body(body).send().await?.text().await
}

#[tokio::test]
async fn the_certificate_says_who_asks() {
    let running = running().await;
    for (name, validity, error) in [
        (HERE, Some("1"), None),
        (ELSEWHERE, None, Some("SIM-E1002")), // a body with another institution's code
    ] {
        let leaf = running.root.client(name);
        let answer = ask(&running, &client(&running, Some(&leaf))).await.unwrap();
        assert_eq!(
            (element(&answer, "QualificationValidity"), element(&answer, "ErrorCode")),
            (validity, error),
            "{name}: {answer}"
        );
    }
}

/// The code of a refusal; histories have another name for it.
fn code(answer: &str) -> Option<&str> {
    element(answer, "ErrorCode").or(element(answer, "ResultCode"))
}

/// With the certificate of one institution and the code of another in the body, whatever is asked.
#[tokio::test]
async fn no_family_answers_one_institution_in_the_name_of_another() {
    let running = running().await;
    let asking = |name| client(&running, Some(&running.root.client(name)));
    let (own, other) = (asking(HERE), asking(ELSEWHERE));
    let samples = messages_support::samples();
    for family in Family::ALL.iter().filter(|family| family.answer().is_some()) {
        let name = family.name();
        let sample = samples.iter().find(|sample| sample.family() == *family);
        let sample = sample.unwrap_or_else(|| panic!("no sample of {name}"));
        assert_eq!(sample.sender().unwrap().institution.as_str(), HERE, "{name}");
        let body = encode(sample, Encoding::Utf8).unwrap();
        let refused = send(&running, &other, name, body.clone()).await.unwrap();
        assert_eq!(code(&refused), Some("SIM-E1002"), "{name}: {refused}");
        let told = element(&refused, "MedicalInstitutionCode");
        assert!(told.is_none_or(|told| told == ELSEWHERE), "{name}: {refused}");
        let answered = send(&running, &own, name, body).await.unwrap();
        assert_ne!(code(&answered), Some("SIM-E1002"), "{name}: {answered}");
    }
}

#[tokio::test]
async fn a_connection_is_kept_and_stays_the_institution_s() {
    let running = running().await;
    let leaf = running.root.client(ELSEWHERE);
    let one = client(&running, Some(&leaf));
    for _ in 0..3 {
        let answer = ask(&running, &one).await.unwrap();
        assert_eq!(element(&answer, "ErrorCode"), Some("SIM-E1002"), "{answer}");
    }
}

#[tokio::test]
async fn nobody_and_strangers_are_not_let_in() {
    let running = running().await;
    assert!(ask(&running, &client(&running, None)).await.is_err());
    let stranger = Pki::new().client(HERE);
    assert!(ask(&running, &client(&running, Some(&stranger))).await.is_err());
}

#[tokio::test]
async fn a_client_that_says_nothing_holds_up_nobody() {
    let running = running().await;
    let _silent = tokio::net::TcpStream::connect(("127.0.0.1", running.port)).await.unwrap();
    let leaf = running.root.client(HERE);
    let asked = tokio::time::timeout(Duration::from_secs(5), async {
        ask(&running, &client(&running, Some(&leaf))).await
    });
    assert!(asked.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_shutdown_ends_the_server() {
    let running = running().await;
    let leaf = running.root.client(HERE);
    let client = client(&running, Some(&leaf));
    ask(&running, &client).await.unwrap();
    running.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running.server).await.unwrap().unwrap();
}

#[tokio::test]
async fn without_tls_the_router_is_served_alike() {
    let bench = Bench::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve_plain(listener, bench.backend.insurer_router(), async {
        drop(stopped.await)
    }));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let health = client.get(format!("http://{address}/health")).send().await.unwrap();
    assert_eq!(health.json::<serde_json::Value>().await.unwrap(), json!({"status": "ok"}));
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server).await.unwrap().unwrap();
}
