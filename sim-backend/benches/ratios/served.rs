//! A backend in a process of its own, and an insurer that streams to it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use sim_backend::http::serve_plain;

use super::{insured, support::Bench};

/// People of one piece of the stream.
const PIECE: usize = 500;

/// The process: serves the insurers' side and says where, until its standard input closes.
pub fn serve(file: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let bench = Bench::open_at(&address(file)).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        let stopped = async {
            let read = || std::io::stdin().read_to_end(&mut Vec::new());
            tokio::task::spawn_blocking(read).await.unwrap().unwrap();
        };
        serve_plain(listener, bench.backend.insurer_router(), stopped).await;
        bench.backend.close().await;
    });
}

/// The address of a store in a file.
pub fn address(file: &str) -> String {
    format!("sqlite:{file}?mode=rwc")
}

/// The process, seen from outside.
pub struct Served {
    child: Child,
    address: String,
}

impl Served {
    pub fn start(file: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["served", file]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }

    /// Streams the records of these people, two each; how long it took until the last was acknowledged.
    pub fn feed(&self, people: std::ops::Range<usize>) -> Duration {
        let records = people.len() * 2;
        let begun = Instant::now();
        let mut sending = TcpStream::connect(&self.address).unwrap();
        let answer = sending.try_clone().unwrap();
        let answered = std::thread::spawn(move || last_line(answer));
        write!(
            sending,
            "POST /feed/records HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\
             Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        .unwrap();
        let mut piece = String::new();
        let (mut next, end) = (people.start, people.end);
        while next < end {
            piece.clear();
            (next..end.min(next + PIECE)).for_each(|n| insured::write(&mut piece, n));
            next += PIECE;
            write!(sending, "{:x}\r\n{piece}\r\n", piece.len()).unwrap();
        }
        sending.write_all(b"0\r\n\r\n").unwrap();
        let last = answered.join().unwrap();
        assert_eq!(
            (&last["accepted"], &last["finished"]),
            (&records.into(), &true.into()),
            "{last}"
        );
        begun.elapsed()
    }

    /// The most memory the process had at once, MiB.
    pub fn most_memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// Ends it in good order.
    pub fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The last line of JSON in the chunks of an answer.
fn last_line(answer: TcpStream) -> Value {
    let lines = BufReader::new(answer).lines().map(Result::unwrap);
    let last = lines.filter(|line| line.starts_with('{')).last().unwrap();
    serde_json::from_str(&last).unwrap()
}
