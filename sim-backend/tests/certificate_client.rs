//! The OCSP client on a real socket: what a network can do to a question.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

mod certificate_support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use certificate_support::{World, at};
use sim_backend::certificate::{
    AnswerFault, CertIdHash, CertificateStatus, OcspClient, Status, StatusError, StatusQuery,
};
use sim_card::pki::{ResponderBehaviour, router};
use tokio::net::TcpListener;

const NOW: &str = "2026-06-01T00:00:00Z";

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/")
}

fn client(url: String) -> OcspClient {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    OcspClient::new(http, url, Duration::from_millis(1500), [1; 32])
}

async fn ask(client: &OcspClient) -> Result<Status, StatusError> {
    let world = World::new();
    let query = StatusQuery {
        issuer: world.authority.ca_certificate(),
        serial: &world.issued.serial,
        now: at(NOW),
    };
    client.status(query).await
}

async fn authority(behaviour: ResponderBehaviour) -> String {
    let authority = Arc::new(Mutex::new(World::new().authority));
    let now = Arc::new(|| at(NOW));
    serve(router(authority, now, Arc::new(Mutex::new(behaviour)))).await
}

#[tokio::test]
async fn the_authority_answers_over_http() {
    let url = authority(ResponderBehaviour::Answering).await;
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256] {
        let client = client(url.clone()).with_hash(hash);
        assert_eq!(ask(&client).await, Ok(Status::Good));
        assert_eq!(ask(&client).await, Ok(Status::Good), "a second question, a second nonce");
    }
}

#[tokio::test]
async fn silence_ends_with_the_time_limit() {
    let client = client(authority(ResponderBehaviour::Silent).await);
    assert_eq!(ask(&client).await, Err(StatusError::Timeout { waited_ms: 1500 }));
}

#[tokio::test]
async fn a_busy_service_asks_to_try_later() {
    let client = client(authority(ResponderBehaviour::TryLater).await);
    assert_eq!(ask(&client).await, Err(StatusError::TryLater));
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(ask(&client(url)).await, Err(StatusError::Connection { .. })));
}

#[tokio::test]
async fn answers_that_are_none() {
    for (status, body, expected) in [
        (StatusCode::SERVICE_UNAVAILABLE, Vec::new(), StatusError::Http { status: 503 }),
        (StatusCode::OK, b"<html>".to_vec(), AnswerFault::Malformed.into()),
        (StatusCode::OK, Vec::new(), AnswerFault::Malformed.into()),
        (StatusCode::OK, vec![0; 70_000], StatusError::TooLarge { limit: 65_536 }),
    ] {
        let answer = move || std::future::ready((status, body));
        let url = serve(Router::new().route("/", post(answer))).await;
        assert_eq!(ask(&client(url)).await, Err(expected));
    }
}

#[tokio::test]
async fn an_old_answer_played_again_is_not_believed() {
    let recorded = {
        let world = World::new();
        world.authority.ocsp(&world.question(at(NOW), CertIdHash::Sha1).der, at(NOW))
    };
    let answer = move || std::future::ready(recorded);
    let url = serve(Router::new().route("/", post(answer))).await;
    assert_eq!(ask(&client(url)).await, Err(AnswerFault::Nonce.into()));
}
