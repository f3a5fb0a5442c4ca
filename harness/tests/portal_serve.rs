//! `madoguchi portal serve` as its users meet it: the page, a persona's card put on, own data with curl, no secrets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "support/served.rs"]
mod served;

use std::process::Command;

use harness::catalogue::Catalogue;
use harness::world::plain_client;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use served::Served;

/// A portal of its own and a client at it.
struct Portal {
    served: Served,
    http: Client,
}

impl Portal {
    fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let served = Served::start(&["portal", "serve"]);
        Self { served, http: plain_client().unwrap() }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, String) {
        let mut request = self.http.request(method, format!("{}{path}", self.served.url));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        for (slug, person) in &Catalogue::embedded().unwrap().personas {
            assert!(!text.contains(&person.individual_number), "the number of {slug}");
        }
        (status, text)
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, String) {
        self.send(Method::GET, path, token, None).await
    }

    /// The helper's answer for a card and a PIN, with the challenge's identifier in it.
    async fn put_on(&self, persona: &str, pin: &str) -> (StatusCode, Value) {
        let (_, asked) = self.send(Method::POST, "/portal/challenges", "", None).await;
        let asked: Value = serde_json::from_str(&asked).unwrap();
        let path = format!("/bench/cards/{persona}/signature");
        let body = json!({"challenge": asked["challenge"], "pin": pin});
        let (status, text) = self.send(Method::POST, &path, "", Some(body)).await;
        let mut proof: Value = serde_json::from_str(&text).unwrap();
        proof["challenge_identifier"] = asked["challenge_identifier"].clone();
        (status, proof)
    }

    async fn log_in(&self, persona: &str, pin: &str) -> String {
        let (status, proof) = self.put_on(persona, pin).await;
        assert_eq!(status, StatusCode::OK, "{proof}");
        let (status, text) = self.send(Method::POST, "/portal/sessions", "", Some(proof)).await;
        assert_eq!(status, StatusCode::CREATED, "{text}");
        let session: Value = serde_json::from_str(&text).unwrap();
        session["token"].as_str().unwrap().to_owned()
    }

    async fn tries_left(&self, persona: &str) -> Value {
        let (_, text) = self.get("/bench/personas", "").await;
        let personas: Vec<Value> = serde_json::from_str(&text).unwrap();
        personas.iter().find(|one| one["id"] == persona).unwrap()["tries_left"].clone()
    }
}

fn kind(problem: &Value) -> &str {
    problem["type"].as_str().unwrap().rsplit('/').next().unwrap()
}

#[tokio::test]
async fn a_persona_logs_in_and_sees_own_data() {
    let portal = Portal::open();
    let answer = portal.http.get(format!("{}/", portal.served.url)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(answer.text().await.unwrap().contains("カードでログイン"));
    let token = portal.log_in("hanako", "1234").await;
    for (path, word) in [
        ("/portal/qualifications", "架空協会けんぽ"),
        ("/portal/medicines", "架空薬カナリア錠10mg"),
        ("/portal/health-checks", "架空検査オーロラ"),
        ("/portal/care", "架空カナリア診療"),
        ("/portal/operations", "架空カナリア手術"),
        ("/portal/prescriptions", "架空-RX-0001"),
        ("/portal/costs/2025/file", "<Paid>47220</Paid>"),
    ] {
        let (status, text) = portal.get(path, &token).await;
        assert!(status == StatusCode::OK && text.contains(word), "{path}: {text}");
    }
    let (status, _) = portal.send(Method::DELETE, "/portal/session", &token, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(portal.get("/portal/care", &token).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_virtual_card_counts_wrong_pins_and_locks() {
    let portal = Portal::open();
    let (status, problem) = portal.put_on("taro", "12").await;
    assert_eq!((status, kind(&problem)), (StatusCode::FORBIDDEN, "not-four-digits"));
    assert_eq!(portal.tries_left("taro").await, 3, "the card was not asked");
    for (entry, expected, left) in [
        ("9753", "wrong-pin", 2),
        ("9753", "wrong-pin", 1),
        ("9753", "pin-blocked", 0),
        ("2468", "pin-blocked", 0),
    ] {
        let (status, problem) = portal.put_on("taro", entry).await;
        assert_eq!((status, kind(&problem)), (StatusCode::FORBIDDEN, expected));
        assert!(!problem.to_string().contains("9753"), "no entry is repeated");
        assert_eq!(portal.tries_left("taro").await, left);
    }
}

#[tokio::test] // rows OQS-REG-02, OQS-REG-03, OQS-REG-10
async fn who_may_register_here() {
    let portal = Portal::open();
    let (status, problem) = portal.put_on("shiro", "").await;
    assert_eq!((status, kind(&problem)), (StatusCode::FORBIDDEN, "no-pin"));
    let (status, problem) = portal.put_on("nanako", "1234").await;
    assert_eq!((status, kind(&problem)), (StatusCode::NOT_FOUND, "no-card"));
    for (persona, pin, status) in [
        ("misato", "0820", StatusCode::CREATED),
        ("rokuro", "0606", StatusCode::FORBIDDEN),
        ("hanako", "1234", StatusCode::OK),
    ] {
        let token = portal.log_in(persona, pin).await;
        let (told, text) = portal.send(Method::POST, "/portal/registration", &token, None).await;
        assert_eq!(told, status, "{persona}: {text}");
    }
}

/// The commands of the block that logs in with curl, as the documentation has them, but for the address.
fn documented(url: &str) -> String {
    let page = include_str!("../../docs/portal.md");
    let block = page.split("```console\n").nth(1).unwrap().split("```").next().unwrap();
    let commands: String = block
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("$ ").unwrap_or(line)))
        .collect();
    assert!(commands.starts_with("P=http://127.0.0.1:8882\n"), "{commands}");
    commands.replacen("http://127.0.0.1:8882", url, 1)
}

#[test]
fn the_commands_of_the_documentation_work_one_after_the_other() {
    let portal = Portal::open();
    let mut script = String::new();
    for command in documented(&portal.served.url).split_inclusive('\n') {
        script.push_str(command);
        if !command.ends_with("\\\n") {
            script.push_str("echo; echo =====\n");
        }
    }
    // What was logged out stays out.
    script.push_str("curl -s -H \"Authorization: Bearer $T\" $P/portal/qualifications");
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("NO_PROXY", "*")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let wrong = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && wrong.is_empty(), "Debian: curl, jq: {wrong}\n{told}");
    let answers: Vec<&str> = told.split("=====").map(str::trim).collect();
    for (at, words) in [
        (4, &["架空協会けんぽ", r#""validity":1"#][..]),
        (5, &["<?xml", "<Paid>47220</Paid>"]),
        (6, &[""]),
        (7, &["no-session"]),
    ] {
        for word in words {
            assert!(answers[at].contains(word), "{at}, {word}: {told}");
        }
    }
    assert_eq!(answers[6], "", "log-out says nothing");
}
