//! `madoguchi feed send`: a file of feed records sent to a running backend, and what became of each.

use std::io::{IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use clap::{Args, Subcommand};
use http_body::Frame;
use http_body_util::StreamBody;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use sim_backend::feed::NDJSON;
use tokio::sync::mpsc::{Sender, channel};

use super::backend_tls::INSURERS;
use super::terminal::client;
use super::{CONFIGURATION, Failure, INCOMPLETE, block_on, say};

/// How much of the file is read and sent at once, bytes.
const PIECE: usize = 64 * 1024;
/// Pieces that wait to be sent.
const PIECES_WAITING: usize = 4;
/// Longest line of an answer that is waited for, bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

const EXAMPLES: &str = "\
Examples:
  madoguchi backend serve                                                first, in another window
  madoguchi feed send records.ndjson
  madoguchi backend serve --feed-tls                                     or with mutual TLS
  madoguchi feed send records.ndjson --backend https://127.0.0.1:8444

Exit codes: 0 every record accepted, 1 some rejected, 2 usage, 3 the file or the certificates cannot be read, 4 the backend cannot be
reached or stopped in between. A record that is sent again changes nothing. docs/backend.md shows what a record looks like.";

/// What to do with the feed.
#[derive(Debug, Subcommand)]
pub enum FeedCommand {
    /// Send a file of records, one a line (NDJSON), to a running backend; exits with 1 if one is rejected
    #[command(after_help = EXAMPLES)]
    Send(SendArgs),
}

/// Arguments of `feed send`.
#[derive(Debug, Args)]
pub struct SendArgs {
    /// The file, one record a line; - is standard input
    file: PathBuf,
    /// Where a backend takes records: http://, or https:// with the certificates of --tls-dir
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8444")]
    backend: String,
    /// Folder with ca.pem and insurers.pem, as `backend serve` makes it
    #[arg(long, value_name = "DIR", default_value = "madoguchi-tls")]
    tls_dir: PathBuf,
}

/// Carries the command out.
pub fn run(command: &FeedCommand) -> Result<u8, Failure> {
    match command {
        FeedCommand::Send(arguments) => send(arguments),
    }
}

fn send(arguments: &SendArgs) -> Result<u8, Failure> {
    let http = client(&arguments.backend, &arguments.tls_dir, INSURERS)?;
    let (file, length) = open(&arguments.file)?;
    let bar = progress(length);
    let sent = block_on(async {
        let url = format!("{}/feed/records", arguments.backend.trim_end_matches('/'));
        let request = http.post(&url).header("content-type", NDJSON);
        let answer = request.body(body(file, bar.clone())).send().await;
        let answer = answer.map_err(|error| unreached(&arguments.backend, &error))?;
        told(answer, &bar).await
    });
    bar.finish_and_clear();
    let Told { accepted, rejected } = sent?;
    say(format_args!("accepted {accepted}   rejected {rejected}"));
    Ok(u8::from(rejected > 0))
}

/// The file, and its length where it has one.
fn open(path: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let opened = std::fs::File::open(path).and_then(|file| {
        let about = file.metadata()?;
        if about.is_dir() {
            Err(std::io::ErrorKind::IsADirectory.into())
        } else {
            Ok((file, about))
        }
    });
    let (file, about) = opened.map_err(|error| {
        let message = format!("cannot read {}: {error}", path.display());
        Failure::told(CONFIGURATION, message, "check the path of the file of records")
    })?;
    Ok((Box::new(file), about.is_file().then_some(about.len())))
}

/// The file as the body of a request, read as it is sent.
fn body(file: Box<dyn Read + Send>, bar: ProgressBar) -> reqwest::Body {
    let (pieces, mut waiting) = channel(PIECES_WAITING);
    tokio::task::spawn_blocking(move || read(file, &pieces));
    let frames = futures::stream::poll_fn(move |context| {
        let piece = waiting.poll_recv(context);
        piece.map(|piece| {
            piece.map(|piece: std::io::Result<Bytes>| {
                piece.map(|piece| {
                    bar.inc(u64::try_from(piece.len()).unwrap_or_default());
                    Frame::data(piece)
                })
            })
        })
    });
    reqwest::Body::wrap(StreamBody::new(frames))
}

/// Reads until the end, an error, or nobody sends any more.
fn read(mut file: Box<dyn Read + Send>, pieces: &Sender<std::io::Result<Bytes>>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
        let read = file.by_ref().take(limit).read_to_end(&mut piece);
        let goes_on = matches!(read, Ok(1..));
        if matches!(read, Ok(0)) {
            return;
        }
        let sent = pieces.blocking_send(read.map(|_| Bytes::from(piece)));
        if sent.is_err() || !goes_on {
            return;
        }
    }
}

/// What became of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    accepted: u64,
    rejected: u64,
}

/// Reads the answer while the file is still being sent, and says what there is to say of a record.
async fn told(mut answer: reqwest::Response, bar: &ProgressBar) -> Result<Told, Failure> {
    if !answer.status().is_success() {
        return Err(refused(answer).await);
    }
    let mut begun = Vec::new();
    let mut last = Value::Null;
    while let Some(piece) =
        answer.chunk().await.map_err(|_| broken_off(&last, "the connection ended"))?
    {
        begun.extend_from_slice(&piece);
        while let Some(end) = begun.iter().position(|byte| *byte == b'\n') {
            let rest = begun.split_off(end + 1);
            let line = std::mem::replace(&mut begun, rest);
            last = heard(&line, bar).unwrap_or(last);
        }
        if begun.len() > ANSWER_LIMIT {
            return Err(broken_off(&last, "the answer is none of a backend"));
        }
    }
    match last.get("finished").and_then(Value::as_bool) {
        Some(true) => {
            Ok(Told { accepted: number(&last, "accepted"), rejected: number(&last, "rejected") })
        }
        Some(false) => {
            let why = text(&last, "reason").to_owned();
            Err(broken_off(&last, &why))
        }
        None => Err(broken_off(&last, "the answer ended early")),
    }
}

/// Takes a line of the answer: a remark about a record is said, counts are given back.
fn heard(line: &[u8], bar: &ProgressBar) -> Option<Value> {
    let line: Value = serde_json::from_slice(line).ok()?;
    if line.get("received").is_some() {
        let rejected = number(&line, "rejected");
        bar.set_message(format!("{} accepted, {rejected} rejected", number(&line, "accepted")));
        return Some(line);
    }
    let (what, words) = match text(&line, "reason") {
        "" => ("warning", text(&line, "warning")),
        reason => ("rejected", reason),
    };
    let name = text(&line, "record_id");
    let gap = if name.is_empty() { "" } else { "  " };
    bar.suspend(|| say(format_args!("line {}{gap}{name}  {what}: {words}", number(&line, "line"))));
    None
}

/// Problem details that came instead of an answer.
async fn refused(answer: reqwest::Response) -> Failure {
    let status = answer.status().as_u16();
    let problem: Value = answer.json().await.unwrap_or_default();
    let message =
        format!("the backend refuses the file: HTTP {status} {}", text(&problem, "detail"));
    Failure::told(
        INCOMPLETE,
        message.trim_end().to_owned(),
        "check --backend: it is the insurers' address that is printed by `backend serve`",
    )
}

fn unreached(backend: &str, error: &reqwest::Error) -> Failure {
    // The words of the error name the place, which is said already; what lies under it tells why.
    let mut why: &dyn std::error::Error = error;
    while let Some(source) = why.source() {
        why = source;
    }
    Failure::told(
        INCOMPLETE,
        format!("cannot send to {backend}: {why}"),
        "start `madoguchi backend serve`, or name its insurers' address with --backend; https:// needs `--feed-tls` there",
    )
}

fn broken_off(last: &Value, why: &str) -> Failure {
    let (accepted, rejected) = (number(last, "accepted"), number(last, "rejected"));
    Failure::told(
        INCOMPLETE,
        format!("{why}; until then accepted {accepted}, rejected {rejected}"),
        "send the file again: records that are stored already change nothing",
    )
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// A bar where somebody looks.
fn progress(length: Option<u64>) -> ProgressBar {
    let looked_at = std::io::stderr().is_terminal();
    let target =
        if looked_at { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(length, target);
    let template = match length {
        Some(_) => "{bar:32} {bytes}/{total_bytes}, {eta} left; {msg}",
        None => "{spinner} {bytes}; {msg}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
