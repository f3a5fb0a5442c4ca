//! Mutual TLS over loopback: the certificate says who asks.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::{sync::Arc, time::Duration};

use backend_support::{Bench, ELSEWHERE, HERE, element, number_query, someone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use sim_backend::http::{serve_mtls, serve_plain, server_config};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// A certification authority for TLS, of the test's own.
struct Root {
    params: CertificateParams,
    key: KeyPair,
}

struct Leaf {
    pem: String,
    key: KeyPair,
    der: Vec<u8>,
}

impl Root {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "TLS root");
        Self { params, key: KeyPair::generate().unwrap() }
    }

    fn issue(&self, common_name: &str, names: &[String], purpose: ExtendedKeyUsagePurpose) -> Leaf {
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Leaf { pem: certificate.pem(), der: certificate.der().to_vec(), key }
    }

    fn client(&self, common_name: &str) -> Leaf {
        self.issue(common_name, &[], ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn certificate(&self) -> rcgen::Certificate {
        self.params.self_signed(&self.key).unwrap()
    }
}

struct Running {
    port: u16,
    root: Root,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
    _bench: Bench,
}

async fn running() -> Running {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let root = Root::new();
    let server = root.issue("backend", &["localhost".into()], ExtendedKeyUsagePurpose::ServerAuth);
    let key = PrivateKeyDer::try_from(server.key.serialize_der()).unwrap();
    let config =
        server_config(vec![server.der.into()], key, [root.certificate().der().clone()]).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = oneshot::channel();
    let router = bench.backend.institution_router();
    let server =
        tokio::spawn(serve_mtls(listener, Arc::new(config), router, async { drop(stopped.await) }));
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
    let request = client
        .post(format!("https://localhost:{}/oqs", running.port))
        .header("x-oqs-message", "OQSsiquc01req");
    request.body(number_query("0001234", "1985-05-05")).send().await?.text().await
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

#[tokio::test]
async fn nobody_and_strangers_are_not_let_in() {
    let running = running().await;
    assert!(ask(&running, &client(&running, None)).await.is_err());
    let stranger = Root::new().client(HERE);
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
