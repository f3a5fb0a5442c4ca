//! A matcher as a program: one request a line on its standard input, one reply a line on its standard output.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Exchange;
use super::wire::{self, Answer, REPLY_LIMIT, Request};
use crate::face::NoScore;

/// How a program is started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Where it runs; here when `None`.
    pub folder: Option<PathBuf>,
    /// Environment variables beside our own.
    pub env: BTreeMap<String, String>,
}

/// A matcher that is started as often as comparisons run side by side. One that fails is ended, and another started
/// for the next comparison.
#[derive(Debug)]
pub struct ProcessMatcher {
    start: Start,
    patience: Duration,
    idle: Mutex<Vec<Running>>,
    next: AtomicU64,
}

impl ProcessMatcher {
    /// A matcher that this command line starts: words between spaces, no shell.
    pub fn new(command: &str, patience: Duration) -> Self {
        let command = command.split_whitespace().map(str::to_owned).collect();
        Self::started(Start { command, ..Start::default() }, patience)
    }

    /// A matcher that is started in this way.
    pub fn started(start: Start, patience: Duration) -> Self {
        Self { start, patience, idle: Mutex::default(), next: AtomicU64::new(1) }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Running>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exchange for ProcessMatcher {
    fn exchange(&self, request: &Request<'_>) -> Result<Answer, NoScore> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let line = request.numbered(id).text()?;
        let known = self.idle().pop();
        let running = match known {
            Some(running) => running,
            None => Running::start(&self.start)?,
        };
        let reply = running.ask(line, self.patience)?;
        let answer = wire::read(&reply, Some(id))?;
        self.idle().push(running);
        Ok(answer)
    }
}

/// One process. It ends with the value.
#[derive(Debug)]
struct Running {
    child: Child,
    requests: Sender<String>,
    replies: Receiver<Option<Vec<u8>>>,
}

impl Running {
    fn start(Start { command, folder, env }: &Start) -> Result<Self, NoScore> {
        let failed = |error: std::io::Error| NoScore::Unreachable(error.to_string());
        let (program, arguments) =
            command.split_first().ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
        let mut command = Command::new(program);
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        let mut child = command
            .args(arguments)
            .envs(env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| failed(std::io::ErrorKind::BrokenPipe.into()))?;
        let (requests, written) = channel();
        let (read, replies) = channel();
        // Threads of their own: a process that neither reads nor writes must not stop anybody else.
        std::thread::spawn(move || write_all(stdin, &written));
        std::thread::spawn(move || read_all(stdout, &read));
        Ok(Self { child, requests, replies })
    }

    fn ask(&self, line: String, patience: Duration) -> Result<Vec<u8>, NoScore> {
        self.requests.send(line).map_err(|_| NoScore::Gone)?;
        match self.replies.recv_timeout(patience) {
            Ok(Some(reply)) => Ok(reply),
            Ok(None) => Err(NoScore::Unreadable("a line without an end".to_owned())),
            Err(RecvTimeoutError::Disconnected) => Err(NoScore::Gone),
            Err(RecvTimeoutError::Timeout) => {
                let waited_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
                Err(NoScore::Silent { waited_ms })
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_all(mut stdin: ChildStdin, lines: &Receiver<String>) {
    while let Ok(line) = lines.recv() {
        if writeln!(stdin, "{line}").and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

/// Hands on each line; `None` stands for one that is too long.
fn read_all(stdout: ChildStdout, replies: &Sender<Option<Vec<u8>>>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        match stdout.by_ref().take(REPLY_LIMIT).read_until(b'\n', &mut line) {
            Ok(1..) => {}
            Ok(0) | Err(_) => return,
        }
        let whole = line.ends_with(b"\n");
        if replies.send(whole.then_some(line)).is_err() || !whole {
            return;
        }
    }
}
