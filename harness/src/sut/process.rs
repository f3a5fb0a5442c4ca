//! The `process` adapter: a product as a program that reads one JSON request a line and writes one reply a line.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::adapter::ProcessAdapter;
use crate::error::BenchError;

/// How long a process that closed its output may take to end.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The pipes to a running product. It ends with the value.
#[derive(Debug)]
pub(super) struct ProcessLine {
    name: String,
    limit: Duration,
    requests: ChildStdin,
    replies: Lines<BufReader<ChildStdout>>,
    // It is killed when the value is dropped.
    child: Child,
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
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (requests, replies) =
            pipes.ok_or_else(|| failed(std::io::ErrorKind::BrokenPipe.into()))?;
        Ok(Self {
            name: name.to_owned(),
            limit: Duration::from_millis(adapter.timeout_ms),
            requests,
            replies: BufReader::new(replies).lines(),
            child,
        })
    }

    /// Sends one line and waits for one.
    pub async fn exchange(&mut self, mut line: String) -> Result<Vec<u8>, BenchError> {
        line.push('\n');
        if self.requests.write_all(line.as_bytes()).await.is_err() {
            return Err(self.gone().await);
        }
        match tokio::time::timeout(self.limit, self.replies.next_line()).await {
            Err(_) => Err(self.silent()),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                Err(self.unreadable(&"the line is not UTF-8"))
            }
            Ok(Err(_) | Ok(None)) => Err(self.gone().await),
            Ok(Ok(Some(line))) => Ok(line.into_bytes()),
        }
    }

    /// It closed its ends of the pipes; mostly because it has ended.
    async fn gone(&mut self) -> BenchError {
        let ended = tokio::time::timeout(LAST_WORDS, self.child.wait()).await;
        let how = match ended {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(_)) | Err(_) => "it closed its standard output and runs on".to_owned(),
        };
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
