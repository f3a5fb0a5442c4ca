//! The card over HTTP, asked over a real socket by a client that knows nothing but HTTP/1.1.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sim_card::apdu::Describer;
use sim_card::link::http::router;
use sim_card::{Card, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ATR: &str = "3BE000FF8131FE4514";

/// A card behind a socket.
struct Served {
    address: std::net::SocketAddr,
    card: Arc<Mutex<Card>>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Served {
    async fn new() -> Self {
        let card = Arc::new(Mutex::new(Card::new(support::contents())));
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let (notes, mut words) = (Arc::clone(&lines), Describer::default());
        let routes = router(Arc::clone(&card), move |event| {
            notes.lock().unwrap().push(words.event(event));
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, card, lines }
    }

    /// Sends one request and gives the status, the content type and the body.
    async fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: card\r\n{more}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head[9..12].parse().unwrap();
        let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or("");
        (status, kind.to_owned(), body.to_owned())
    }

    async fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let (status, _, body) = self.ask("POST", path, "", body).await;
        (status, serde_json::from_str(&body).unwrap())
    }

    async fn apdu(&self, command: &str) -> (u16, Value) {
        self.post("/apdu", &json!({ "command": command }).to_string()).await
    }

    async fn power_on(&self) {
        assert_eq!(self.post("/power-on", "").await, (200, json!({ "atr": ATR })));
    }

    /// The problem a command meets: HTTP status and the last part of its type.
    async fn problem(&self, command: &str) -> (u16, String) {
        let (status, body) = self.apdu(command).await;
        assert_eq!(body["status"], status);
        assert!(!body["detail"].as_str().unwrap().is_empty());
        (status, body["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned())
    }
}

#[tokio::test]
async fn a_session_in_json() {
    let served = Served::new().await;
    let (status, _, body) = served.ask("GET", "/", "", "").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, body), (200, json!({ "present": true, "power": false, "atr": ATR })));
    served.power_on().await;
    let done = json!({ "response": "", "sw": "9000", "meaning": "done" });
    assert_eq!(served.apdu(support::SELECT_JPKI).await, (200, done));
    let (_, read) = served.apdu("00B0860020").await;
    assert_eq!((read["response"].as_str().unwrap().len(), &read["sw"]), (64, &json!("9000")));
    assert_eq!(served.post("/reset", "").await, (200, json!({ "atr": ATR })));
    assert_eq!(served.apdu("00B0860001").await.1["sw"], "9000", "a reset keeps the application");
    assert_eq!(served.post("/power-off", "").await, (200, json!({ "power": false })));
    let (status, kind, body) = served.ask("POST", "/apdu", "", "00840000 08").await;
    assert_eq!((status, kind.as_str()), (409, "application/problem+json"), "{body}");
    let lines = served.lines.lock().unwrap();
    assert_eq!(lines[0], "power on");
    assert_eq!(lines[1], "SELECT 公的個人認証AP (JPKI) -> 9000 done");
    assert_eq!(lines.last().unwrap(), "GET CHALLENGE, Ne 8 -> no answer: the card has no power");
    assert_eq!(lines.len(), 7);
}

#[tokio::test]
async fn hexadecimal_is_answered_in_hexadecimal() {
    let served = Served::new().await;
    served.power_on().await;
    let (status, kind, body) =
        served.ask("POST", "/apdu", "", "00a4 040c 0A D392F000260100000001\n").await;
    assert_eq!((status, body.as_str()), (200, "9000\n"));
    assert!(kind.starts_with("text/plain"), "{kind}");
    let (_, _, body) = served.ask("POST", "/apdu", "", "00B0860004").await;
    assert_eq!(body, "4A504B499000\n");
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_each_silence_a_problem_of_its_own() {
    let served = Served::new().await;
    assert_eq!(served.problem("00840000 08").await, (409, "no-power".to_owned()));
    served.power_on().await;
    served.apdu(support::SELECT_JPKI).await;
    let (status, refused) = served.apdu("00B0810004").await;
    assert_eq!((status, &refused["sw"]), (200, &json!("6982")));
    for (fault, problem) in [
        (Fault::MuteAfter { commands: 1 }, (504, "mute")),
        (Fault::PulledAfter { commands: 1 }, (410, "removed")),
    ] {
        served.card.lock().unwrap().set_faults(vec![fault]);
        served.power_on().await;
        assert_eq!(served.apdu("00840000 08").await.0, 200);
        assert_eq!(served.problem("00840000 08").await, (problem.0, problem.1.to_owned()));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_a_sentence_and_never_repeated() {
    let served = Served::new().await;
    served.power_on().await;
    let before = served.lines.lock().unwrap().len();
    for (body, sentence) in [
        ("", "is empty"),
        ("00A4040", "two make a byte"),
        ("00A4zz", "character 5 is no such digit"),
        ("{\"command\":\"0020008004 98765Z\"}", "no such digit"),
        ("{\"command\":98765}", "column"),
        ("{\"98765\":\"00\"}", "must be JSON like"),
        ("{\"command\":\"", "must be JSON like"),
        ("{}", "must be JSON like"),
    ] {
        let (status, told) = served.post("/apdu", body).await;
        assert_eq!(
            (status, &told["type"]),
            (400, &json!("urn:madoguchi:card:malformed")),
            "{body}"
        );
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains(sentence) && !detail.contains("98765"), "{body}: {detail}");
    }
    let (status, told) = served.post("/apdu", &"00".repeat(65_545)).await;
    assert_eq!((status, &told["type"]), (400, &json!("urn:madoguchi:card:malformed")));
    let (status, told) = served.post("/apdu", &"00".repeat(120_000)).await;
    assert_eq!((status, &told["type"]), (413, &json!("urn:madoguchi:card:too-long")));
    assert_eq!(served.lines.lock().unwrap().len(), before, "the card saw none of it");
}

#[tokio::test]
async fn web_pages_and_other_paths_are_refused() {
    let served = Served::new().await;
    let page = "Origin: http://page.invalid\r\n";
    assert_eq!(served.ask("POST", "/power-on", page, "").await.0, 403);
    assert_eq!(served.ask("GET", "/nowhere", "", "").await.0, 404);
    assert_eq!(served.ask("GET", "/apdu", "", "").await.0, 405);
    assert!(served.lines.lock().unwrap().is_empty());
}

#[tokio::test]
async fn many_clients_at_once_meet_one_card() {
    let served = Arc::new(Served::new().await);
    served.power_on().await;
    served.apdu(support::SELECT_JPKI).await;
    let wrong = |served: Arc<Served>| async move {
        served.apdu("0020009804 30303030").await.1["sw"].clone()
    };
    let tries: Vec<_> = (0..5).map(|_| tokio::spawn(wrong(Arc::clone(&served)))).collect();
    let mut met = Vec::new();
    for one in tries {
        met.push(one.await.unwrap().as_str().unwrap().to_owned());
    }
    met.sort();
    assert_eq!(met, ["63C0", "63C1", "63C2", "6984", "6984"]);
}

#[tokio::test]
async fn a_late_answer_holds_up_those_behind_it() {
    let served = Arc::new(Served::new().await);
    let delayed = Fault::Delayed { ins: 0xB0, milliseconds: 600 };
    served.card.lock().unwrap().set_faults(vec![delayed]);
    served.power_on().await;
    served.apdu(support::SELECT_JPKI).await;
    let slow = Arc::clone(&served);
    let asked = std::time::Instant::now();
    let slow = tokio::spawn(async move { slow.apdu("00B0860020").await });
    while served.lines.lock().unwrap().len() < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let status = served.ask("GET", "/", "", "").await.0;
    assert_eq!((status, slow.is_finished()), (200, false), "GET / waits for nobody");
    served.apdu("00840000 08").await;
    assert!(asked.elapsed().as_millis() >= 600);
    assert_eq!(slow.await.unwrap().1["sw"], "9000");
    assert_eq!(served.lines.lock().unwrap().len(), 4);
}

/// A card in a real reader that another program holds.
struct HeldElsewhere;

impl sim_card::link::CardSlot for HeldElsewhere {
    fn atr(&self) -> Vec<u8> {
        vec![0x3B]
    }
    fn is_present(&self) -> bool {
        true
    }
    fn has_power(&self) -> bool {
        false
    }
    fn power_on(&mut self) {}
    fn power_off(&mut self) {}
    fn reset(&mut self) {}
    fn exchange(&mut self, _: &[u8]) -> Result<Vec<u8>, sim_card::Silence> {
        Err(sim_card::Silence::NoPower)
    }
}

#[tokio::test]
async fn no_atr_is_told_where_no_power_came() {
    use tower::ServiceExt as _;
    let routes = router(Arc::new(Mutex::new(HeldElsewhere)), |_| ());
    for path in ["/power-on", "/reset"] {
        let request = axum::http::Request::post(path).body(axum::body::Body::empty()).unwrap();
        assert_eq!(routes.clone().oneshot(request).await.unwrap().status(), 409, "{path}");
    }
}
