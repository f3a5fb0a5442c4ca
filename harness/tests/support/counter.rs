//! A counter that is served, and a client at it that lets no secret pass.

use std::process::Command;

use harness::catalogue::Catalogue;
use harness::world::plain_client;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::served::Served;

pub const CLINIC: &str = "1319999999";

/// A counter of its own.
pub struct Counter {
    pub served: Served,
    http: Client,
}

/// The command that serves it at this address.
pub fn command(address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["reader", "serve", "--listen", address]);
    command
}

impl Counter {
    pub fn open() -> Self {
        Self::of(command("127.0.0.1:0"))
    }

    /// The one that this command serves.
    pub fn of(command: Command) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { served: Served::of(command), http: plain_client().unwrap() }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.served.url)).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.served.url);
        let answer = self.http.post(url).json(body).send().await.unwrap();
        (answer.status(), whole(answer).await)
    }

    pub async fn raw(&self, kind: &str, body: String) -> (StatusCode, Value) {
        let request = self.http.post(format!("{}/api/visits", self.served.url));
        let request = request.header("content-type", kind).body(body);
        let answer = request.send().await.unwrap();
        (answer.status(), whole(answer).await)
    }

    pub async fn visit(&self, changes: Value) -> Value {
        let (status, told) = self.post("/api/visits", &body(changes)).await;
        assert_eq!(status, StatusCode::CREATED, "{told}");
        assert_eq!(told["agrees"], true, "{}", told["divergence"]);
        told
    }

    pub async fn act(&self, act: Value) -> Value {
        let (status, told) = self.post("/api/session/acts", &act).await;
        assert_eq!(status, StatusCode::OK, "{act}: {told}");
        told
    }

    pub async fn refused(&self, act: Value) -> Value {
        let (status, told) = self.post("/api/session/acts", &act).await;
        assert_eq!(status, StatusCode::CONFLICT, "{act}: {told}");
        told
    }

    /// The same acts, each by its name and nothing more.
    pub async fn acts(&self, names: &[&str]) -> Value {
        let mut told = Value::Null;
        for name in names {
            told = self.act(json!({"act": name})).await;
        }
        told
    }
}

pub async fn whole(answer: Response) -> Value {
    let text = answer.text().await.unwrap();
    assert_no_secret(&text);
    serde_json::from_str(&text).unwrap()
}

/// Neither a 12-digit number nor a PIN of anybody: four digits count where they stand alone.
pub fn assert_no_secret(text: &str) {
    let alone: Vec<&str> =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-:.".contains(c))).collect();
    for (slug, person) in &Catalogue::embedded().unwrap().personas {
        assert!(!text.contains(&person.individual_number), "the number of {slug}");
        let pin = person.card.as_ref().and_then(|card| card.pin.as_deref());
        assert!(pin.is_none_or(|pin| !alone.contains(&pin)), "the PIN of {slug}");
    }
}

/// Hanako at the clinic with her own card, by face, with other members where `changes` has them.
pub fn body(changes: Value) -> Value {
    let mut body = json!({"person": "hanako", "institution": CLINIC, "card": "hanako", "mode": "face", "consents": ["limit", "drugs"], "register": false});
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub fn pin_of(persona: &str) -> String {
    let catalogue = Catalogue::embedded().unwrap();
    catalogue.personas[persona].card.as_ref().unwrap().pin.clone().unwrap()
}
