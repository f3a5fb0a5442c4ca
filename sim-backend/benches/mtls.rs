//! Number queries over mutual TLS with kept connections, as a ratio to a bare axum answer of equal size behind the same accept loop:
//! `cargo bench -p sim-backend --bench mtls`.
//!
//! All are asked by the same client in the same run, in turns; the best of its turns counts for each. No query is asked twice: each
//! is about another person or another day, so each leaves a confirmation to keep. Two more answers are as bare and only use the store,
//! once to read and once also to keep a confirmation: what is left for everything else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may fail, and prints"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, http::header, routing::post};
use jiff::{ToSpan, civil::date};
use sim_backend::{
    http::{HttpLimits, Metrics, Server, Watch},
    messages::{InstitutionCode, InsurerNumber, Text},
    service::records::PersonCode,
    store::Confirmation,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::client::TlsStream;

#[path = "../tests/backend_support/mod.rs"]
mod support;

use support::{Bench, HERE, number_query_on, tls::Pki};

/// People in the store.
const PEOPLE: usize = 20_000;
/// People in one delivery.
const DELIVERY: usize = 1_000;
/// Turns of each side.
const TURNS: usize = 5;
const TURN: Duration = Duration::from_millis(1_500);
/// What is to be reached.
const GOAL: f64 = 0.4;

/// Makes requests, none of them twice.
#[derive(Clone, Default)]
struct Questions(Arc<AtomicUsize>);

impl Questions {
    fn next(&self) -> Vec<u8> {
        let turn = self.0.fetch_add(1, Ordering::Relaxed);
        let day = date(2026, 4, 1) + i64::try_from(turn / PEOPLE).unwrap().days();
        let day = day.strftime("%Y%m%d").to_string();
        let body = number_query_on(&day, HERE, &format!("{:07}", turn % PEOPLE), "1985-05-05", "");
        let head = format!(
            "POST /oqs HTTP/1.1\r\nhost: localhost\r\nx-oqs-message: OQSsiquc01req\r\n\
             content-type: application/xml\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), &body].concat()
    }
}

/// One kept connection.
struct Client {
    stream: TlsStream<TcpStream>,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(pki: &Pki, port: u16) -> Self {
        let stream = pki.connect(port, Some(&pki.client(HERE))).await.unwrap();
        Self { stream, buffer: Vec::with_capacity(16 * 1_024) }
    }

    /// Sends a request and takes the answer; its body.
    async fn ask(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let (start, end) = loop {
            assert_ne!(self.stream.read_buf(&mut self.buffer).await.unwrap(), 0, "closed early");
            if let Some(place) = place(&self.buffer) {
                break place;
            }
        };
        while self.buffer.len() < end {
            assert_ne!(self.stream.read_buf(&mut self.buffer).await.unwrap(), 0, "cut");
        }
        assert!(self.buffer.starts_with(b"HTTP/1.1 200 "), "refused");
        self.buffer.get(start..end).unwrap()
    }
}

/// Where the body begins and ends, once the head is there.
fn place(answer: &[u8]) -> Option<(usize, usize)> {
    let start = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(answer.get(..start)?).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap();
    Some((start, start + length.parse::<usize>().unwrap()))
}

/// Answers a second over so many kept connections.
async fn rate(pki: &Pki, port: u16, connections: usize, questions: &Questions) -> f64 {
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Client::open(pki, port).await);
    }
    let begun = Instant::now();
    let asking = clients.into_iter().map(|mut client| {
        let questions = questions.clone();
        tokio::spawn(async move {
            let mut done = 0_u32;
            while begun.elapsed() < TURN {
                client.ask(&questions.next()).await;
                done += 1;
            }
            done
        })
    });
    let asking: Vec<_> = asking.collect();
    let mut done = 0;
    for one in asking {
        done += one.await.unwrap();
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

async fn serve(pki: &Pki, server: Server) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(server.mtls(listener, Arc::new(pki.server()), std::future::pending()));
    port
}

/// What an answer that is bare otherwise does with the store.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Nothing,
    Read,
    ReadAndKeep,
}

/// Takes the body, uses the store and answers so many bytes.
fn bare(size: usize, bench: &Bench, what: Use) -> Router {
    let bytes = Bytes::from(vec![b'x'; size]);
    let kind = [(header::CONTENT_TYPE, "application/xml; charset=UTF-8")];
    let (backend, asked) = (bench.backend.clone(), Arc::new(AtomicUsize::new(0)));
    let answer = move |_body: Bytes| async move {
        let given = confirmation(asked.fetch_add(1, Ordering::Relaxed));
        if what != Use::Nothing {
            assert!(backend.store().knows_insurer(&given.insurer_number).await.unwrap());
        }
        if what == Use::ReadAndKeep {
            backend.store().keep_confirmation(&given).await.unwrap();
        }
        (kind, bytes)
    };
    Router::new().route("/oqs", post(answer))
}

/// A confirmation like no other.
fn confirmation(turn: usize) -> Confirmation {
    Confirmation {
        institution: InstitutionCode::new(HERE).unwrap(),
        day: date(2026, 4, 1),
        person: PersonCode::new(format!("bare-{turn}")).unwrap(),
        insurer_number: InsurerNumber::new("99990013").unwrap(),
        symbol: None,
        number: Text::new(format!("b{turn}")).unwrap(),
        branch: None,
    }
}

async fn measure(what: &str, store_url: &str) {
    let pki = Pki::new();
    let bench = Bench::open_at(store_url).await;
    for first in (0..PEOPLE).step_by(DELIVERY) {
        bench.feed_people_from(first, DELIVERY).await;
    }
    let limits = HttpLimits::default();
    let watch = Watch::new("institutions", Arc::<Metrics>::default());
    let server = Server::new(bench.backend.institution_router()).within(limits).watched(watch);
    let backend = serve(&pki, server).await;
    let questions = Questions::default();
    let mut client = Client::open(&pki, backend).await;
    let answer = client.ask(&questions.next()).await;
    assert!(String::from_utf8_lossy(answer).contains("<QualificationValidity>1<"), "not found");
    let size = answer.len();
    let mut ports = vec![backend];
    for what in [Use::Nothing, Use::Read, Use::ReadAndKeep] {
        ports.push(serve(&pki, Server::new(bare(size, &bench, what)).within(limits)).await);
    }
    for connections in [1, 16, 48] {
        let mut best = [0.0_f64; 4];
        for _ in 0..TURNS {
            for (best, port) in best.iter_mut().zip(&ports) {
                *best = best.max(rate(&pki, *port, connections, &questions).await);
            }
        }
        let [ours, bare, reading, keeping] = best;
        let verdict = if ours / bare >= GOAL { "reached" } else { "missed" };
        println!(
            "{what:<9} {connections:>3} connections  {ours:>8.0}/s = {:.3} x bare answer of {size} bytes ({bare:.0}/s)  goal {GOAL}: {verdict}\n{:>58.3} x if it only reads one row, {:.3} x if it also keeps a confirmation",
            ours / bare,
            reading / bare,
            keeping / bare,
        );
    }
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}?mode=rwc", folder.path().join("store.db").display());
    measure("in a file", &file).await;
    measure("in memory", "sqlite::memory:").await;
}
