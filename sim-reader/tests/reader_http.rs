//! The link over HTTP against a small server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use sim_reader::reader_link::{
    CHALLENGE_PATH, ChallengeAnswer, ChallengeRequest, HttpTerminalLink, LinkError, TerminalLink,
};

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().build().unwrap()
}

async fn ask(router: Router) -> Result<ChallengeAnswer, LinkError> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let link = HttpTerminalLink::new(base, client()).with_patience(Duration::from_millis(300));
    link.challenge(ChallengeRequest { account: "F0000001".into() }).await
}

fn answering(status: StatusCode, body: &'static str) -> Router {
    Router::new().route(CHALLENGE_PATH, post(move || async move { (status, body) }))
}

#[tokio::test]
async fn an_answer_a_refusal_and_what_is_neither() {
    let given = answering(StatusCode::OK, r#"{"challenge_id":"7","challenge":"AAEC"}"#);
    let ChallengeAnswer::Given(challenge) = ask(given).await.unwrap() else { panic!("refused") };
    assert_eq!(challenge.challenge.0, [0, 1, 2]);
    let refused = r#"{"refused":{"code":"SIM-E1002","kind":"system_error"}}"#;
    let answer = ask(answering(StatusCode::OK, refused)).await;
    assert!(matches!(answer, Ok(ChallengeAnswer::Refused { .. })));
    let nonsense = ask(answering(StatusCode::OK, "<html>")).await;
    assert_eq!(nonsense, Err(LinkError::Unreadable));
    let failed = ask(answering(StatusCode::BAD_GATEWAY, "{}")).await;
    assert_eq!(failed, Err(LinkError::Status { status: 502 }));
}

#[tokio::test]
async fn a_silent_terminal_and_an_absent_one() {
    let silent = Router::new().route(CHALLENGE_PATH, post(std::future::pending::<()>));
    assert_eq!(ask(silent).await, Err(LinkError::Silent));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let link = HttpTerminalLink::new(base, client());
    let answer = link.challenge(ChallengeRequest { account: "F0000001".into() }).await;
    assert_eq!(answer, Err(LinkError::Unreachable));
}
