//! `POST /feed/records` with `application/x-ndjson`: a record a line, as many as there are, answered while they come.
//! Bench profile.
//!
//! Reading, storing and telling go on side by side, with a chunk between them; nothing else is in memory, however long the
//! stream. An answer line with counts is written when what it counts is committed.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::{
    deliver::{STOPPED, outcome, read_text},
    lines::{LINE_LIMIT, Line, Lines},
    record::{FeedRecord, Outcome},
};
use crate::{
    http::{FeedCounter, Problem},
    operator::stopped_feeds,
    store::{Delivery, Store, StoreError},
};

/// The content type of a stream of records, and of its answer.
pub const NDJSON: &str = "application/x-ndjson";

/// Most records of one transaction: so many that they share the pages of an index of a million.
const CHUNK_RECORDS: usize = 10_000;
/// With how many records a chunk is handed on when nothing else waits to be stored.
const CHUNK_ENOUGH: usize = 1_000;
/// Text after which a chunk is full with fewer records, bytes.
const CHUNK_BYTES: usize = 8 * 1024 * 1024;
/// How much of a piece is read before it is asked whether the chunk is full, bytes.
const PART_BYTES: usize = 256 * 1024;
/// Full chunks that wait to be stored, and stored ones that wait to be told of.
const CHUNKS_WAITING: usize = 1;
/// Answers that wait to be read by the insurer, each those of one chunk.
const ANSWERS_WAITING: usize = 4;

/// One record of a stream, or why it is none.
type Read = Result<FeedRecord, Refused>;

/// What cannot be stored.
struct Refused {
    record_id: Option<String>,
    reason: String,
}

/// Records of one transaction, each with the number of its line.
#[derive(Default)]
struct Chunk {
    records: Vec<(u64, Read)>,
    bytes: usize,
}

/// A chunk that is committed.
struct Kept {
    /// The line of each record, and why it was not stored.
    lines: Vec<(u64, Option<Refused>)>,
    /// Those that were stored, in order.
    records: Vec<FeedRecord>,
    delivery: Delivery,
}

/// What is committed so far.
#[derive(Debug, Default, Clone, Serialize)]
struct Progress {
    /// Records read, accepted and rejected together.
    received: u64,
    accepted: u64,
    rejected: u64,
}

/// One line about one record.
#[derive(Serialize)]
struct Remark<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'a str>,
}

/// The last line.
#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    progress: Progress,
    /// Whether the whole stream was read.
    finished: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// Takes a stream in; the answer begins at once and ends with it.
pub(super) fn receive(store: Arc<dyn Store>, body: Body, counter: Option<FeedCounter>) -> Response {
    let (chunks, waiting) = channel(CHUNKS_WAITING);
    let (stored, committed) = channel(CHUNKS_WAITING);
    let (answers, answer) = channel::<Bytes>(ANSWERS_WAITING);
    tokio::spawn(read(body, chunks));
    tokio::spawn(async move { store_all(store.as_ref(), waiting, &stored).await });
    tokio::spawn(tell_all(committed, answers, counter));
    let lines = futures::stream::unfold(answer, |mut answer| async {
        let line = answer.recv().await?;
        Some((Ok::<_, Infallible>(line), answer))
    });
    ([(header::CONTENT_TYPE, NDJSON)], Body::from_stream(lines)).into_response()
}

/// Reads the body into chunks. An error is the last that is sent: what was read of the chunk before it is not stored.
async fn read(body: Body, chunks: Sender<Result<Chunk, &'static str>>) {
    let (mut pieces, mut lines) = (body.into_data_stream(), Lines::default());
    let mut chunk = Chunk::default();
    loop {
        let piece = match pieces.next().await {
            Some(Ok(piece)) => piece,
            None => break,
            // The connection is gone, or the server will not wait any longer for the next piece.
            Some(Err(_)) => return refuse(&chunks, "the stream broke off").await,
        };
        for part in piece.chunks(PART_BYTES) {
            lines.push(part, |line| chunk.add(line));
            let storing_waits = chunks.capacity() > 0;
            if chunk.is_full(storing_waits) && !hand_on(&chunks, &mut chunk).await {
                return;
            }
        }
    }
    lines.end(|line| chunk.add(line));
    hand_on(&chunks, &mut chunk).await;
}

async fn refuse(chunks: &Sender<Result<Chunk, &'static str>>, reason: &'static str) {
    // Nobody is left to be told when the store has failed.
    let _ = chunks.send(Err(reason)).await;
}

/// Whether somebody is there to store it.
async fn hand_on(chunks: &Sender<Result<Chunk, &'static str>>, chunk: &mut Chunk) -> bool {
    chunks.send(Ok(std::mem::take(chunk))).await.is_ok()
}

impl Chunk {
    /// An empty line is no record.
    fn add(&mut self, (number, text): Line<'_>) {
        let read = match text {
            Some(text) if text.trim_ascii().is_empty() => return,
            Some(text) => {
                self.bytes += text.len();
                read_text(text).map_err(|(record_id, reason)| Refused { record_id, reason })
            }
            None => {
                let reason = format!("the line is longer than {LINE_LIMIT} bytes");
                Err(Refused { record_id: None, reason })
            }
        };
        self.records.push((number, read));
    }

    fn is_full(&self, storing_waits: bool) -> bool {
        let enough = if storing_waits { CHUNK_ENOUGH } else { CHUNK_RECORDS };
        self.records.len() >= enough || self.bytes >= CHUNK_BYTES
    }
}

/// Stores chunk after chunk, until the stream ends, the store fails or nobody reads the answers.
async fn store_all(
    store: &dyn Store,
    mut chunks: Receiver<Result<Chunk, &'static str>>,
    stored: &Sender<Result<Kept, &'static str>>,
) {
    while let Some(chunk) = chunks.recv().await {
        let kept = match chunk {
            Ok(chunk) => keep(store, chunk).await.map_err(|error| {
                // Its log line; the status went out long ago.
                drop(Problem::store(&error));
                "the store failed; nothing after these records was stored; send the stream again"
            }),
            Err(why) => Err(why),
        };
        let is_last = kept.is_err();
        if stored.send(kept).await.is_err() {
            return;
        }
        if is_last {
            break;
        }
    }
    // An insurer that is cut off while it sends would not see why.
    while chunks.recv().await.is_some() {}
}

/// Stores a chunk.
async fn keep(store: &dyn Store, chunk: Chunk) -> Result<Kept, StoreError> {
    let (mut lines, mut records) = (Vec::with_capacity(chunk.records.len()), Vec::new());
    let stopped = stopped_feeds(store).await?;
    for (line, read) in chunk.records {
        match read {
            Ok(record) if stopped.contains(record.insurer_number.as_str()) => {
                let record_id = Some(record.record_id.to_string());
                lines.push((line, Some(Refused { record_id, reason: STOPPED.to_owned() })));
            }
            Ok(record) => {
                records.push(record);
                lines.push((line, None));
            }
            Err(refused) => lines.push((line, Some(refused))),
        }
    }
    let delivery = store.append(&records).await?;
    Ok(Kept { lines, records, delivery })
}

/// Tells of each chunk that is committed, and at the end whether the whole stream was read.
async fn tell_all(
    mut committed: Receiver<Result<Kept, &'static str>>,
    answers: Sender<Bytes>,
    counter: Option<FeedCounter>,
) {
    let (mut progress, mut reason) = (Progress::default(), None);
    while let Some(kept) = committed.recv().await {
        match kept {
            Ok(kept) => {
                let before = progress.clone();
                let lines = told(&kept, &mut progress);
                if let Some(counter) = &counter {
                    let (accepted, rejected) = progress.since(&before);
                    counter.count(accepted, rejected);
                }
                if answers.send(lines.into()).await.is_err() {
                    return;
                }
            }
            Err(why) => {
                reason = Some(why);
                break;
            }
        }
    }
    let mut last = Vec::new();
    write(&mut last, &Summary { progress, finished: reason.is_none(), reason });
    let _ = answers.send(last.into()).await;
}

/// The lines that tell what became of a chunk.
fn told(kept: &Kept, progress: &mut Progress) -> Vec<u8> {
    let mut stored = kept.records.iter().zip(&kept.delivery.appended);
    let mut answer = Vec::new();
    for (line, refused) in &kept.lines {
        let (record_id, outcome) = match refused {
            Some(Refused { record_id, reason }) => {
                (record_id.as_deref(), Outcome::rejected(reason))
            }
            None => match stored.next() {
                Some((record, appended)) => {
                    let outcome = outcome(record, Some(appended), &kept.delivery);
                    (Some(record.record_id.as_str()), outcome)
                }
                None => (None, Outcome::rejected("not stored")),
            },
        };
        progress.count(&outcome);
        remark(&mut answer, *line, record_id, &outcome);
    }
    write(&mut answer, progress);
    answer
}

impl Progress {
    /// How many were accepted and rejected since.
    fn since(&self, before: &Self) -> (u64, u64) {
        (self.accepted - before.accepted, self.rejected - before.rejected)
    }

    fn count(&mut self, outcome: &Outcome) {
        self.received += 1;
        match outcome {
            Outcome::Accepted { .. } => self.accepted += 1,
            Outcome::Rejected { .. } => self.rejected += 1,
        }
    }
}

/// A line about a record of which there is something to say.
fn remark(answer: &mut Vec<u8>, line: u64, record_id: Option<&str>, outcome: &Outcome) {
    let (reason, warning) = match outcome {
        Outcome::Accepted { warning: None } => return,
        Outcome::Accepted { warning: Some(warning) } => (None, Some(warning.as_str())),
        Outcome::Rejected { reason } => (Some(reason.as_str()), None),
    };
    write(answer, &Remark { line, record_id, reason, warning });
}

fn write(answer: &mut Vec<u8>, line: &impl Serialize) {
    match serde_json::to_writer(&mut *answer, line) {
        Ok(()) => answer.push(b'\n'),
        Err(error) => tracing::error!(%error, "an answer line cannot be written"),
    }
}
