//! The card over HTTP, for products in containers: one card, commands in JSON or in plain hexadecimal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Request, State, rejection::BytesRejection},
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CardSlot, Event};
use crate::apdu::ResponseApdu;
use crate::faults::Silence;

/// Longest command APDU: header, extended Lc, 65 535 data bytes, extended Le.
const LONGEST: usize = 4 + 3 + 65_535 + 2;
/// Largest body: the longest command in hexadecimal with a space after each byte, and the JSON around it.
const BODY_LIMIT: usize = 3 * LONGEST + 1024;

type Observer = Box<dyn FnMut(&Event<'_>) + Send>;

/// One card and who watches it. The observer is locked first, so that it is told in the order in which the card worked.
struct Service<S> {
    /// Held until the answer leaves, the delay of a slow one included: as on a reader, the next command waits.
    turn: tokio::sync::Mutex<()>,
    card: Arc<Mutex<S>>,
    observer: Mutex<Observer>,
}

/// The routes (bench profile):
/// - `GET /` → `{"present": …, "power": …, "atr": "3BE0…"}`
/// - `POST /power-on`, `POST /reset` → `{"atr": "3BE0…"}`; `POST /power-off` → `{"power": false}`
/// - `POST /apdu` with `{"command": "00A4…"}` → `{"response": "…", "sw": "9000", "meaning": "done"}`, or with plain
///   hexadecimal → data and status word in plain hexadecimal
///
/// A refusal of the card is an answer like any other: 200 with its status word. Silence is a problem (RFC 9457) of its own:
/// no power 409, removed 410, mute 504. A request that carries `Origin`, so one that a web page makes, is refused with 403.
/// `observer` is told of each event, in order, before the answer leaves.
pub fn router<S: CardSlot + 'static>(
    card: Arc<Mutex<S>>,
    observer: impl FnMut(&Event<'_>) + Send + 'static,
) -> Router {
    let turn = tokio::sync::Mutex::default();
    let service = Service { turn, card, observer: Mutex::new(Box::new(observer)) };
    Router::new()
        .route("/", get(status::<S>))
        .route("/power-on", post(power_on::<S>))
        .route("/power-off", post(power_off::<S>))
        .route("/reset", post(reset::<S>))
        .route("/apdu", post(apdu::<S>))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(no_web_page))
        .with_state(Arc::new(service))
}

/// A page from anywhere must not use the card behind its visitor's back.
async fn no_web_page(request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::ORIGIN) {
        let detail = "web pages may not use the card; ask from a program, without an Origin header";
        return problem(StatusCode::FORBIDDEN, "origin", detail);
    }
    next.run(request).await
}

async fn nothing_here() -> Response {
    let detail = "there is GET /, POST /apdu, POST /power-on, POST /power-off and POST /reset";
    problem(StatusCode::NOT_FOUND, "no-such-path", detail)
}

async fn wrong_method() -> Response {
    let detail = "GET / tells how the card stands; everything else is asked with POST";
    problem(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", detail)
}

type Shared<S> = State<Arc<Service<S>>>;

async fn status<S: CardSlot + 'static>(State(service): Shared<S>) -> Response {
    let look = |card: &mut S| {
        let (present, power) = (card.is_present(), card.has_power());
        json!({ "present": present, "power": power, "atr": hex::encode_upper(card.atr()) })
    };
    service.with_card(look).await.map_or_else(|refused| refused, told)
}

async fn power_on<S: CardSlot + 'static>(State(service): Shared<S>) -> Response {
    service.switched(Event::PowerOn, S::power_on).await
}

async fn reset<S: CardSlot + 'static>(State(service): Shared<S>) -> Response {
    service.switched(Event::Reset, S::reset).await
}

async fn power_off<S: CardSlot + 'static>(State(service): Shared<S>) -> Response {
    let _turn = service.turn.lock().await;
    let (card, watched) = (Arc::clone(&service), Event::PowerOff);
    let done = tokio::task::spawn_blocking(move || {
        card.observed(|slot| {
            slot.power_off();
            ((), watched)
        });
    });
    done.await.map_or_else(|_| broken(), |()| told(json!({ "power": false })))
}

/// How a command came, so how it is answered.
enum Form {
    Json,
    Hex,
}

async fn apdu<S: CardSlot + 'static>(
    State(service): Shared<S>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("a command has at most {LONGEST} bytes");
            return problem(StatusCode::PAYLOAD_TOO_LARGE, "too-long", &detail);
        }
        Err(rejection) => return problem(rejection.status(), "body", "the body broke off"),
    };
    let (command, form) = match read_command(&body) {
        Ok(read) => read,
        Err(detail) => return problem(StatusCode::BAD_REQUEST, "malformed", &detail),
    };
    let _turn = service.turn.lock().await;
    let card = Arc::clone(&service);
    let work = tokio::task::spawn_blocking(move || card.exchange(&command));
    match work.await {
        Ok(Ok((answer, delay))) => {
            tokio::time::sleep(delay).await;
            answered(&answer, &form)
        }
        Ok(Err(silence)) => silent(silence),
        Err(_) => broken(),
    }
}

impl<S: CardSlot + 'static> Service<S> {
    /// Works on the card without telling the observer.
    async fn with_card<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut S) -> T + Send + 'static,
    ) -> Result<T, Response> {
        let service = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            work(&mut service.card.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(|_| broken())
    }

    /// Switches the power or resets, and gives the ATR of a card that has power now.
    async fn switched(self: Arc<Self>, event: Event<'static>, switch: fn(&mut S)) -> Response {
        let _turn = self.turn.lock().await;
        let service = Arc::clone(&self);
        let done = tokio::task::spawn_blocking(move || {
            service.observed(|card| {
                switch(card);
                let stands = match (card.is_present(), card.has_power()) {
                    (true, true) => Ok(card.atr()),
                    (true, false) => Err(Silence::NoPower),
                    (false, _) => Err(Silence::Removed),
                };
                (stands, event)
            })
        });
        match done.await {
            Ok(Ok(atr)) => told(json!({ "atr": hex::encode_upper(atr) })),
            Ok(Err(Silence::NoPower)) => {
                let detail = "the card got no power; end other programs that hold it, then POST /power-on again";
                problem(StatusCode::CONFLICT, "no-power", detail)
            }
            Ok(Err(silence)) => silent(silence),
            Err(_) => broken(),
        }
    }

    /// An answer and how much later it leaves.
    fn exchange(&self, command: &[u8]) -> Result<(Vec<u8>, Duration), Silence> {
        let mut observer = self.observer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = card.exchange(command).map(|answer| (answer, card.delay()));
        drop(card);
        match &outcome {
            Ok((answer, _)) => observer(&Event::Exchange { command, answer }),
            Err(silence) => observer(&Event::Silence { command, silence: *silence }),
        }
        outcome
    }

    /// Works on the card and tells the observer, which may look at the card itself.
    fn observed<T>(&self, work: impl FnOnce(&mut S) -> (T, Event<'static>)) -> T {
        let mut observer = self.observer.lock().unwrap_or_else(PoisonError::into_inner);
        let (done, event) = work(&mut self.card.lock().unwrap_or_else(PoisonError::into_inner));
        observer(&event);
        done
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    command: String,
}

/// A command from a body, and the form of it. The refusals never repeat what came: it may hold a PIN.
fn read_command(body: &[u8]) -> Result<(Vec<u8>, Form), String> {
    let text = std::str::from_utf8(body).map_err(|_| "the body must be text".to_owned())?;
    if !text.trim_start().starts_with('{') {
        return Ok((from_hex(text)?, Form::Hex));
    }
    let order: Order = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("the body must be JSON like {{\"command\":\"00A4040C\"}}; it goes wrong at line {line}, column {column}")
    })?;
    Ok((from_hex(&order.command)?, Form::Json))
}

/// Hexadecimal digits, spaces and line ends between them allowed.
fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    if let Some(place) = digits.chars().position(|one| !one.is_ascii_hexdigit()) {
        return Err(format!(
            "the command must be hexadecimal; character {} is no such digit",
            place + 1
        ));
    }
    let bytes = hex::decode(&digits)
        .map_err(|_| format!("the command has {} digits; two make a byte", digits.len()))?;
    match bytes.len() {
        0 => Err("the command is empty; write it in hexadecimal, e.g. 00A4040C".to_owned()),
        1..=LONGEST => Ok(bytes),
        length => Err(format!("the command has {length} bytes; none has more than {LONGEST}")),
    }
}

fn answered(answer: &[u8], form: &Form) -> Response {
    match (form, ResponseApdu::parse(answer)) {
        (Form::Json, Ok(ResponseApdu { data, sw })) => told(json!({
            "response": hex::encode_upper(data),
            "sw": sw.to_string(),
            "meaning": sw.meaning(),
        })),
        (Form::Json, Err(_)) => told(json!({ "response": hex::encode_upper(answer), "sw": null })),
        (Form::Hex, _) => format!("{}\n", hex::encode_upper(answer)).into_response(),
    }
}

/// What a silent card is on HTTP: never a status word, so that nobody takes it for a refusal.
fn silent(silence: Silence) -> Response {
    let (status, kind, detail) = match silence {
        Silence::NoPower => {
            (StatusCode::CONFLICT, "no-power", "the card has no power; POST /power-on first")
        }
        Silence::Removed => (
            StatusCode::GONE,
            "removed",
            "the card was taken off the reader; POST /power-on brings a virtual card back, a relayed one stays gone: start the relay again",
        ),
        Silence::Mute => (
            StatusCode::GATEWAY_TIMEOUT,
            "mute",
            "the card is there and does not answer; this is no refusal. POST /power-on wakes it",
        ),
    };
    problem(status, kind, detail)
}

fn broken() -> Response {
    problem(StatusCode::INTERNAL_SERVER_ERROR, "broken", "the card's work broke off")
}

fn told(value: Value) -> Response {
    axum::Json(value).into_response()
}

/// Problem details whose type tells one problem from another. Source: RFC 9457 §3.
fn problem(status: StatusCode, kind: &str, detail: &str) -> Response {
    let body = json!({
        "type": format!("urn:madoguchi:card:{kind}"),
        "title": status.canonical_reason().unwrap_or("error"),
        "status": status.as_u16(),
        "detail": detail,
    });
    let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, content_type, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_body_is_read_or_refused_without_being_repeated(body in "\\PC{0,60}", pin in "[0-9]{7}") {
            let _ = read_command(body.as_bytes());
            for around in [format!("{{\"command\":{pin}}}"), format!("{{\"{pin}\":\"\"}}"), format!("0020{pin}!"), pin.clone()] {
                if let Err(detail) = read_command(around.as_bytes()) {
                    prop_assert!(!detail.contains(&pin), "{}", detail);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = read_command(&body);
        }
    }
}
