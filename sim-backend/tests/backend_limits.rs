//! What one sender may take of the server, over real sockets: time, connections, bytes. Each limit beside who does not touch it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::{future::Future, net::SocketAddr, time::Duration};

use axum::{Router, body::Body, response::Response, routing::get};
use backend_support::{Bench, ELSEWHERE, HERE, element, number_query, someone, tls::Pki};
use serde_json::{Value, json};
use sim_backend::http::{HttpLimits, Server};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// So short that a test may wait for it.
const SHORT: Duration = Duration::from_millis(100);
/// So long that nothing but a fault of the server makes a test wait for it.
const PATIENCE: Duration = Duration::from_secs(30);

fn limits() -> HttpLimits {
    HttpLimits::default()
}

/// What is done before the time is over in which the server must have acted.
async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what)
        .await
        .unwrap_or_else(|_| panic!("the server must act first"))
}

async fn serve(router: Router, limits: HttpLimits) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new(router).within(limits).plain(listener, std::future::pending()));
    address
}

async fn backend(limits: HttpLimits) -> (Bench, SocketAddr) {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let address = serve(bench.backend.institution_router(), limits).await;
    (bench, address)
}

/// All that comes until the server closes.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut all = Vec::new();
    let _ = in_time(stream.read_to_end(&mut all)).await;
    String::from_utf8_lossy(&all).into_owned()
}

/// One answer of a connection that stays open: its status and body.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> (u16, String) {
    let mut text = Vec::new();
    in_time(async {
        while !text.ends_with(b"\r\n\r\n") {
            text.push(stream.read_u8().await.unwrap());
        }
    })
    .await;
    let head = String::from_utf8(text).unwrap().to_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    in_time(stream.read_exact(&mut body)).await.unwrap();
    (head[9..12].parse().unwrap(), String::from_utf8(body).unwrap())
}

fn head(length: usize) -> String {
    format!(
        "POST /oqs HTTP/1.1\r\nhost: a\r\nx-oqs-message: OQSsiquc01req\r\ncontent-length: {length}\r\n\r\n"
    )
}

fn question() -> Vec<u8> {
    let body = number_query("0001234", "1985-05-05");
    [head(body.len()).into_bytes(), body].concat()
}

async fn is_served(address: SocketAddr) {
    let mut other = TcpStream::connect(address).await.unwrap();
    other.write_all(&question()).await.unwrap();
    let (status, text) = answer(&mut other).await;
    assert_eq!((status, element(&text, "QualificationValidity")), (200, Some("1")));
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let (_bench, address) = backend(HttpLimits { head: SHORT, ..limits() }).await;
    for start in ["", "GET /health HTT", "GET /health HTTP/1.1\r\nhost: a\r\nx-"] {
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(start.as_bytes()).await.unwrap();
        assert_eq!(rest(&mut slow).await, "", "{start:?}");
    }
    is_served(address).await;
}

#[tokio::test]
async fn a_connection_that_rests_after_an_answer_is_closed() {
    let (_bench, address) = backend(HttpLimits { head: SHORT, ..limits() }).await;
    let mut kept = TcpStream::connect(address).await.unwrap();
    kept.write_all(&question()).await.unwrap();
    assert_eq!(answer(&mut kept).await.0, 200);
    assert_eq!(rest(&mut kept).await, "");
}

#[tokio::test]
async fn a_body_that_drips_gets_408() {
    let (_bench, address) = backend(HttpLimits { request: SHORT, ..limits() }).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(head(1_000).as_bytes()).await.unwrap();
    let (mut reading, mut writing) = slow.into_split();
    let dripping = tokio::spawn(async move {
        while writing.write_all(b" ").await.is_ok() {
            tokio::time::sleep(SHORT / 10).await;
        }
    });
    let told = rest(&mut reading).await;
    assert!(
        told.starts_with("HTTP/1.1 408 ") && told.contains("application/problem+json"),
        "{told}"
    );
    assert!(told.to_lowercase().contains("connection: close"), "{told}");
    in_time(dripping).await.unwrap();
}

/// A long body that keeps coming is no slow one.
#[tokio::test]
async fn a_body_that_comes_steadily_may_take_its_time() {
    let bench = Bench::open().await;
    let quick = HttpLimits { request: SHORT, progress_bytes: 64, ..limits() };
    let address = serve(bench.backend.insurer_router(), quick).await;
    let mut steady = TcpStream::connect(address).await.unwrap();
    let body = serde_json::to_vec(&someone("P-1", "0001234", "1985-05-05")).unwrap();
    let head =
        format!("POST /feed/records HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
    steady.write_all(head.as_bytes()).await.unwrap();
    for part in body.chunks(body.len() / 8) {
        tokio::time::sleep(SHORT / 4).await;
        steady.write_all(part).await.unwrap();
    }
    assert_eq!(answer(&mut steady).await.0, 200);
}

#[tokio::test]
async fn a_client_that_closed_its_side_still_gets_its_answer() {
    let (_bench, address) = backend(limits()).await;
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(&question()).await.unwrap();
    half.shutdown().await.unwrap();
    let told = rest(&mut half).await;
    assert_eq!(element(&told, "QualificationValidity"), Some("1"), "{told}");
}

#[tokio::test]
async fn a_body_cut_by_a_half_close_is_a_problem_and_ends_the_connection() {
    let (_bench, address) = backend(limits()).await;
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(head(1_000).as_bytes()).await.unwrap();
    half.write_all(b"<XmlMsg>").await.unwrap();
    half.shutdown().await.unwrap();
    let told = rest(&mut half).await;
    assert!(told.starts_with("HTTP/1.1 400 ") && told.contains("problems/incomplete"), "{told}");
}

#[tokio::test]
async fn what_follows_an_answer_of_a_client_that_takes_nothing_is_not_kept() {
    let large = || async { Response::new(Body::from(vec![b'x'; 32 << 20])) };
    let router = Router::new().route("/large", get(large)).route("/health", get(|| async { "ok" }));
    let one = HttpLimits { taking: SHORT, connections: 1, ..limits() };
    let address = serve(router, one).await;
    let mut deaf = TcpStream::connect(address).await.unwrap();
    deaf.write_all(b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    // There is one place only: the next is served when the deaf one lost it.
    let mut next = TcpStream::connect(address).await.unwrap();
    next.write_all(b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    assert_eq!(answer(&mut next).await, (200, "ok".to_owned()));
}

/// Highest resident size of this process so far, bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1_024
}

#[tokio::test]
async fn a_body_of_64_mib_is_refused_and_not_held() {
    let (_bench, address) = backend(limits()).await;
    is_served(address).await;
    let before = peak();
    for chunked in [false, true] {
        let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
        let sending = tokio::spawn(async move {
            let head = if chunked {
                head(0).replace("content-length: 0", "transfer-encoding: chunked")
            } else {
                head(64 << 20)
            };
            writing.write_all(head.as_bytes()).await.unwrap();
            let piece = vec![b' '; 1 << 20];
            for _ in 0..64 {
                if chunked {
                    writing.write_all(b"100000\r\n").await.unwrap();
                }
                writing.write_all(&piece).await.unwrap();
                if chunked {
                    writing.write_all(b"\r\n").await.unwrap();
                }
            }
            if chunked {
                writing.write_all(b"0\r\n\r\n").await.unwrap();
            }
            // Held until the answer was read.
            writing
        });
        let (status, problem) = answer(&mut reading).await;
        let problem: Value = serde_json::from_str(&problem).unwrap();
        assert_eq!((status, problem["status"].as_u64()), (413, Some(413)), "chunked {chunked}");
        in_time(sending).await.unwrap();
    }
    let grown = peak().saturating_sub(before);
    assert!(grown < 32 << 20, "{grown} bytes more were in use at once");
    is_served(address).await;
}

#[tokio::test]
async fn who_asks_before_sending_too_much_is_told_at_once() {
    let (_bench, address) = backend(limits()).await;
    let mut polite = TcpStream::connect(address).await.unwrap();
    let head = "POST /nowhere HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 67108864\r\n\r\n";
    polite.write_all(head.as_bytes()).await.unwrap();
    let (status, _) = answer(&mut polite).await;
    assert_eq!(status, 404, "not 100: nothing of the body is wanted");
}

#[tokio::test]
async fn eighty_thousand_attributes_and_elements_are_refused() {
    let (_bench, address) = backend(limits()).await;
    let attributes: String = (0..80_000).map(|n| format!(" a{n}=\"1\"")).collect();
    let elements = "<QualificationConfirmSearchInfo/>".repeat(80_000);
    for (row, body) in [
        ("attributes", format!("<XmlMsg{attributes}></XmlMsg>")),
        ("elements", format!("<XmlMsg><MessageBody>{elements}</MessageBody></XmlMsg>")),
        ("nested", "<a>".repeat(80_000)),
    ] {
        let mut sender = TcpStream::connect(address).await.unwrap();
        sender.write_all(head(body.len()).as_bytes()).await.unwrap();
        sender.write_all(body.as_bytes()).await.unwrap();
        let (status, text) = answer(&mut sender).await;
        assert_eq!((status, element(&text, "ErrorCode")), (200, Some("SIM-E1001")), "{row}");
    }
}

#[tokio::test]
async fn heads_beyond_their_limits_are_refused() {
    let (_bench, address) = backend(limits()).await;
    let fields = |count: usize| (0..count).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    for (row, request, status) in [
        ("long path", format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(2_048)), 414),
        (
            "path at the limit",
            format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(2_047)),
            404,
        ),
        ("many fields", format!("GET /health HTTP/1.1\r\nhost: a\r\n{}\r\n", fields(64)), 431),
        (
            "as many as may be",
            format!("GET /health HTTP/1.1\r\nhost: a\r\n{}\r\n", fields(63)),
            200,
        ),
        (
            "more than are read",
            format!("GET /health HTTP/1.1\r\nhost: a\r\n{}\r\n", fields(200)),
            431,
        ),
        (
            "a large field",
            format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", "a".repeat(20_000)),
            431,
        ),
        (
            "one that is not read",
            format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", "a".repeat(300_000)),
            431,
        ),
        ("no HTTP", "HELO a\r\n\r\n".to_owned(), 400),
    ] {
        let mut sender = TcpStream::connect(address).await.unwrap();
        let _ = sender.write_all(request.as_bytes()).await;
        let mut start = [0; 12];
        in_time(sender.read_exact(&mut start)).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&start), format!("HTTP/1.1 {status}"), "{row}");
    }
    is_served(address).await;
}

#[tokio::test]
async fn one_address_cannot_hold_every_connection() {
    let few = HttpLimits { connections: 8, connections_of_address: 4, ..limits() };
    let bench = Bench::open().await;
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::new(bench.backend.insurer_router()).within(few);
    tokio::spawn(server.plain(listener, std::future::pending()));
    let mut greedy = Vec::new();
    for _ in 0..8 {
        greedy.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    for refused in &mut greedy[4..] {
        assert_eq!(rest(refused).await, "", "the fifth and later ones are closed");
    }
    let request = b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await.unwrap();
    other.write_all(request).await.unwrap();
    assert_eq!(answer(&mut other).await.0, 200, "another address is served");
    for kept in &mut greedy[..4] {
        kept.write_all(request).await.unwrap();
        assert_eq!(answer(kept).await.0, 200, "those within the limit were kept");
    }
}

#[tokio::test]
async fn an_institution_has_its_share_of_connections() {
    let pki = Pki::new();
    let bench = Bench::open().await;
    let two = HttpLimits { connections_of_institution: 2, ..limits() };
    let port = pki.serve(bench.backend.institution_router(), two).await;
    let request = b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut stream = pki.connect(port, Some(&pki.client(HERE))).await.unwrap();
        stream.write_all(request).await.unwrap();
        assert_eq!(answer(&mut stream).await.0, 200);
        kept.push(stream);
    }
    let mut third = pki.connect(port, Some(&pki.client(HERE))).await.unwrap();
    let _ = third.write_all(request).await;
    assert_eq!(rest(&mut third).await, "", "a third connection of the institution is closed");
    let mut other = pki.connect(port, Some(&pki.client(ELSEWHERE))).await.unwrap();
    other.write_all(request).await.unwrap();
    assert_eq!(answer(&mut other).await.0, 200, "another institution is served");
}

#[tokio::test]
async fn what_is_no_tls_and_who_says_nothing_are_closed() {
    let pki = Pki::new();
    let bench = Bench::open().await;
    let quick = HttpLimits { handshake: SHORT, connections: 1, ..limits() };
    let port = pki.serve(bench.backend.institution_router(), quick).await;
    for garbage in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", &[0xFF; 64], b"\x16\x03\x01\x00\x05hello"]
    {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        let told = rest(&mut stream).await;
        assert!(!told.contains("HTTP"), "{told}");
    }
    // With one place only this is answered when each of them has given it back.
    let mut client = pki.connect(port, Some(&pki.client(HERE))).await.unwrap();
    client.write_all(b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    assert_eq!(answer(&mut client).await.0, 200);
}

#[tokio::test]
async fn requests_sent_ahead_are_answered_in_order() {
    let (bench, address) = backend(limits()).await;
    bench.feed(json!(someone("P-2", "0005678", "1990-01-01"))).await;
    let second = number_query("0005678", "1990-01-01");
    let mut ahead = question();
    ahead.extend([head(second.len()).into_bytes(), second].concat());
    ahead.extend(question());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&ahead).await.unwrap();
    for number in ["0001234", "0005678", "0001234"] {
        let (status, text) = answer(&mut stream).await;
        let told = element(&text, "InsuredIdentificationNumber");
        assert_eq!((status, told), (200, Some(number)));
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_of_ours_and_harms_nobody_else() {
    let router = Router::new()
        .route("/panic", get(|| async { if true { panic!("of the test's own") } else { "" } }))
        .route("/health", get(|| async { "ok" }));
    let address = serve(router, limits()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /panic HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let told = rest(&mut stream).await;
    assert!(told.starts_with("HTTP/1.1 500 ") && told.contains("problems/fault"), "{told}");
    assert!(!told.contains("of the test's own"), "{told}");
    let mut next = TcpStream::connect(address).await.unwrap();
    next.write_all(b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    assert_eq!(answer(&mut next).await.0, 200);
}

#[tokio::test]
async fn open_requests_are_finished_at_the_shutdown_and_no_longer_than_the_grace() {
    for (grace, finishes) in [(PATIENCE, true), (SHORT, false)] {
        let (entered, mut inside) = tokio::sync::mpsc::channel::<()>(1);
        let (open, door) = tokio::sync::watch::channel(false);
        let slow = move || {
            let (entered, mut door) = (entered.clone(), door.clone());
            async move {
                entered.send(()).await.unwrap();
                let _ = door.wait_for(|open| *open).await;
                "done"
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = Server::new(Router::new().route("/slow", get(slow)));
        let server = server.within(HttpLimits { grace, ..limits() });
        let server = tokio::spawn(server.plain(listener, async { drop(stopped.await) }));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        in_time(inside.recv()).await.unwrap();
        stop.send(()).unwrap();
        if finishes {
            open.send(true).unwrap();
        }
        let told = rest(&mut stream).await;
        assert_eq!(told.ends_with("done"), finishes, "{told}");
        in_time(server).await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }
}
