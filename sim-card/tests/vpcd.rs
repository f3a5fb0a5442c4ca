//! The link to a virtual reader, with the reader's side played by the test.

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
use std::time::{Duration, Instant};

use sim_card::link::Event;
use sim_card::link::vpcd::{LinkError, serve};
use sim_card::{Card, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

type Seen = Arc<Mutex<Vec<(Vec<u8>, Vec<u8>)>>>;

/// The reader's side of a connection.
struct Reader {
    stream: TcpStream,
    served: JoinHandle<Result<(), LinkError>>,
    seen: Seen,
}

impl Reader {
    /// Waits for a card that connects, as vpcd does.
    async fn with(card: Card) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Seen::default();
        let notes = Arc::clone(&seen);
        let served = tokio::spawn(serve(Arc::new(Mutex::new(card)), address, move |event| {
            if let Event::Exchange { command, answer } = event {
                notes.lock().unwrap().push((command.to_vec(), answer.to_vec()));
            }
        }));
        let (stream, _) = listener.accept().await.unwrap();
        Self { stream, served, seen }
    }

    /// Length and body in two writes with Nagle's algorithm on, as vpcd sends them.
    async fn send(&mut self, message: &[u8]) {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        self.stream.write_all(&length).await.unwrap();
        self.stream.write_all(message).await.unwrap();
    }

    async fn receive(&mut self) -> Vec<u8> {
        let mut length = [0; 2];
        self.stream.read_exact(&mut length).await.unwrap();
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        self.stream.read_exact(&mut message).await.unwrap();
        message
    }

    async fn ask(&mut self, message: &[u8]) -> Vec<u8> {
        self.send(message).await;
        self.receive().await
    }
}

#[tokio::test]
async fn a_delayed_answer_comes_late_and_whole() {
    let mut card = Card::new(support::contents());
    card.set_faults(vec![Fault::Delayed { ins: 0xB0, milliseconds: 2_000 }]);
    let mut reader = Reader::with(card).await;
    reader.send(&[1]).await;
    reader.ask(&support::bytes(support::SELECT_JPKI)).await;
    let (asked, wait) = (Instant::now(), Duration::from_secs(2));
    assert_eq!(reader.ask(&support::bytes("00B0860020")).await.len(), 34);
    assert!(asked.elapsed() >= wait);
    let asked = Instant::now();
    assert_eq!(reader.ask(&[4]).await.len(), 9);
    assert!(asked.elapsed() < wait, "a poll is answered at once");
}

#[tokio::test]
async fn a_session_as_the_reader_runs_it() {
    let mut reader = Reader::with(Card::new(support::contents())).await;
    let atr = support::bytes("3BE000FF8131FE4514");
    let select = support::bytes(support::SELECT_JPKI);
    assert_eq!(reader.ask(&[4]).await, atr);
    reader.send(&[1]).await;
    assert_eq!(reader.ask(&[4]).await, atr);
    assert_eq!(reader.ask(&select).await, [0x90, 0x00]);
    assert_eq!(reader.ask(&[4]).await, atr, "polled between commands");
    assert_eq!(reader.ask(&support::bytes("00B0860020")).await.len(), 34);
    reader.send(&[2]).await;
    reader.send(&[0]).await;
    assert_eq!(reader.ask(&[4]).await, atr);
    let Reader { stream, served, seen } = reader;
    drop(stream);
    served.await.unwrap().unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2, "control messages are not commands");
    assert_eq!(seen[0], (select, vec![0x90, 0x00]));
}

#[tokio::test]
async fn a_pulled_card_closes_the_connection() {
    let mut card = Card::new(support::contents());
    card.set_faults(vec![Fault::PulledAfter { commands: 1 }]);
    let mut reader = Reader::with(card).await;
    reader.send(&[1]).await;
    let select = support::bytes(support::SELECT_JPKI);
    assert_eq!(reader.ask(&select).await, [0x90, 0x00]);
    reader.send(&select).await;
    assert_eq!(reader.stream.read(&mut [0; 1]).await.unwrap(), 0);
    reader.served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_reader_that_is_not_there_is_told() {
    // Bound and never listening: nobody else gets the port meanwhile.
    let silent = tokio::net::TcpSocket::new_v4().unwrap();
    silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = silent.local_addr().unwrap();
    let card = Arc::new(Mutex::new(Card::new(support::contents())));
    assert!(matches!(serve(card, address, |_| ()).await, Err(LinkError::Connect(_))));
}

/// Forty milliseconds a command is what the delayed acknowledgement would cost; a tenth of it is already slow.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn commands_do_not_wait_for_delayed_acknowledgements() {
    const COMMANDS: u32 = 10;
    let mut reader = Reader::with(Card::new(support::contents())).await;
    reader.send(&[1]).await;
    let select = support::bytes(support::SELECT_JPKI);
    // The fastest of several rounds: others may want the processor meanwhile.
    let mut each = Duration::MAX;
    for _ in 0..8 {
        let start = Instant::now();
        for _ in 0..COMMANDS {
            assert_eq!(reader.ask(&select).await, [0x90, 0x00]);
        }
        each = each.min(start.elapsed() / COMMANDS);
    }
    assert!(each < Duration::from_millis(10), "{each:?} for one command");
}
