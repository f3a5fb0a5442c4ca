//! The `process` adapter: a product as a program that reads one JSON request a line and writes one reply a line.
//!
//! Threads of its own write and read its pipes, so that a program may outlive the runner that started it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::adapter::ProcessAdapter;
use crate::error::BenchError;

/// How long a process that closed its output may take to end, and how often one looks.
const LAST_WORDS: Duration = Duration::from_millis(500);
const LOOK: Duration = Duration::from_millis(5);

/// The pipes to a running product. It ends with the value.
#[derive(Debug)]
pub(super) struct ProcessLine {
    name: String,
    limit: Duration,
    requests: std::sync::mpsc::Sender<String>,
    replies: UnboundedReceiver<Vec<u8>>,
    owed: bool,
    child: Ended,
}

/// A program that is killed when the value is dropped.
#[derive(Debug)]
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl ProcessLine {
    /// Starts the product in the folder of its `madoguchi.yaml`. What it writes to standard error is shown as it is.
    pub fn start(name: &str, adapter: &ProcessAdapter, folder: &Path) -> Result<Self, BenchError> {
        let command = adapter.command.join(" ");
        let failed = |source| BenchError::ProductStart { command: command.clone(), source };
        let (program, arguments) = adapter
            .command
            .split_first()
            .ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut child = Command::new(program)
            .args(arguments)
            .envs(&adapter.env)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map(Ended)
            .map_err(failed)?;
        let pipes = child.0.stdin.take().zip(child.0.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| failed(std::io::ErrorKind::BrokenPipe.into()))?;
        let (requests, written) = std::sync::mpsc::channel();
        let (heard, replies) = unbounded_channel();
        std::thread::spawn(move || write(stdin, &written));
        std::thread::spawn(move || read(stdout, &heard));
        let limit = Duration::from_millis(adapter.timeout_ms);
        Ok(Self { name: name.to_owned(), limit, requests, replies, owed: false, child })
    }

    /// Sends one line and waits for one.
    pub async fn exchange(&mut self, mut line: String) -> Result<Vec<u8>, BenchError> {
        line.push('\n');
        self.owed = true;
        if self.requests.send(line).is_err() {
            return Err(self.gone().await);
        }
        match tokio::time::timeout(self.limit, self.replies.recv()).await {
            Err(_) => Err(self.silent()),
            Ok(None) => Err(self.gone().await),
            Ok(Some(line)) if std::str::from_utf8(&line).is_err() => {
                Err(self.unreadable(&"the line is not UTF-8"))
            }
            Ok(Some(line)) => {
                self.owed = false;
                Ok(line)
            }
        }
    }

    /// Whether every request was answered in words that can be read.
    pub fn owes_nothing(&self) -> bool {
        !self.owed && self.replies.is_empty()
    }

    /// It closed its ends of the pipes; mostly because it has ended.
    async fn gone(&mut self) -> BenchError {
        let ended = tokio::time::timeout(LAST_WORDS, self.child.ended()).await;
        let how = ended.ok().flatten();
        let how = how.unwrap_or_else(|| "it closed its standard output and runs on".to_owned());
        BenchError::ProductGone { product: self.name.clone(), how }
    }

    fn silent(&self) -> BenchError {
        let waited_ms = u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX);
        BenchError::ProductSilent { product: self.name.clone(), waited_ms }
    }

    fn unreadable(&self, reason: &impl ToString) -> BenchError {
        BenchError::ProductUnreadable { product: self.name.clone(), reason: reason.to_string() }
    }
}

impl Ended {
    /// How it ended, once it has; `None` when that cannot be known.
    async fn ended(&mut self) -> Option<String> {
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Some(status.to_string()),
                Ok(None) => tokio::time::sleep(LOOK).await,
                Err(_) => return None,
            }
        }
    }
}

/// Writes lines until nobody sends any, or nobody reads them.
fn write(mut to: ChildStdin, lines: &std::sync::mpsc::Receiver<String>) {
    while let Ok(line) = lines.recv() {
        if to.write_all(line.as_bytes()).and_then(|()| to.flush()).is_err() {
            break;
        }
    }
}

/// Reads lines until there are no more, or nobody wants them.
fn read(from: ChildStdout, heard: &UnboundedSender<Vec<u8>>) {
    for line in BufReader::new(from).split(b'\n') {
        if line.is_ok_and(|line| heard.send(line).is_ok()) {
            continue;
        }
        break;
    }
}
