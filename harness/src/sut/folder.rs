//! The `folder` adapter: a product that knows nothing of the bench but its shared folders, which lie where they always lie.
//!
//! What cannot be seen in files is told by a person, or by programs of the product's maker, one for each operation.
//! Bench profile: `docs/human.md`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use sim_reader::terminal::Folders;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::config::SutConfig;
use super::human::{HumanAdapter, HumanLine};
use crate::catalogue::Position;
use crate::error::BenchError;

/// How long a hook may take where nothing else is said. A person has no such limit.
const HOOK_LIMIT: Duration = Duration::from_secs(60);

/// Folders, and what is needed beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderAdapter {
    /// Folder with `req`, `res` and `face` in it; relative to `madoguchi.yaml`.
    pub root: Option<PathBuf>,
    /// The three folders, where they do not lie together.
    pub folders: Option<Folders>,
    /// How long one answer of a person, or one hook, may take, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// Of a receipt computer: programs that have the product carry out an operation, by its name. A person does the rest.
    #[serde(default)]
    pub hooks: BTreeMap<String, Vec<String>>,
    /// Of a terminal: its institution, ten digits.
    pub institution: Option<String>,
    /// Of a terminal: where it finds the backend, `IP:PORT`.
    pub backend: Option<SocketAddr>,
    /// Of a terminal: the folder into which the bench writes the files for TLS; relative to `madoguchi.yaml`.
    pub tls: Option<PathBuf>,
    /// Of a terminal: where readers reach it, `http://…`; without it nobody stands at a reader.
    pub reader_url: Option<String>,
}

impl FolderAdapter {
    /// The folders by their whole paths: the bench, its hooks and the person look at them from different places.
    pub fn fixed(&self, sut: &SutConfig) -> Folders {
        let under = |path: &Path| {
            let path = sut.folder.join(path);
            std::path::absolute(&path).unwrap_or(path)
        };
        match (&self.folders, &self.root) {
            (Some(Folders { req, res, face }), _) => {
                Folders { req: under(req), res: under(res), face: under(face) }
            }
            (None, root) => Folders::under(&under(root.as_deref().unwrap_or(Path::new(".")))),
        }
    }

    /// What is wrong with it, although it can be read.
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.root.is_some() == self.folders.is_some() {
            return Some(
                "give either `root`, with req, res and face below it, or the three `folders`",
            );
        }
        let is_empty = self.hooks.values().any(Vec::is_empty);
        is_empty.then_some("a hook is empty: it needs at least the program to start")
    }

    /// What does not belong to this position, or is missing in it.
    pub(super) fn misplaced(&self, position: Position) -> Option<&'static str> {
        let of_terminal = self.institution.is_some()
            || self.backend.is_some()
            || self.tls.is_some()
            || self.reader_url.is_some();
        match position {
            Position::ReceiptComputer => of_terminal
                .then_some("`institution`, `backend`, `tls` and `reader_url` are for a terminal"),
            Position::Terminal => self.fault_of_terminal(),
            Position::CardMiddleware
            | Position::Card
            | Position::Reader
            | Position::Matcher
            | Position::Backend
            | Position::AuthorityClient => Some(
                "`folder` is for what works through the shared folders: a receipt computer or a terminal",
            ),
        }
    }

    fn fault_of_terminal(&self) -> Option<&'static str> {
        if !self.hooks.is_empty() {
            return Some(
                "`hooks` are for a receipt computer: a terminal gets no orders but its files",
            );
        }
        let has_all = self.institution.is_some() && self.backend.is_some() && self.tls.is_some();
        (!has_all).then_some(
            "a terminal needs `institution`, `backend` (IP:PORT where it looks for the backend) and `tls` (where its files for TLS are put)",
        )
    }
}

/// A product behind its folders, for one scenario.
#[derive(Debug)]
pub(super) struct FolderLine {
    product: String,
    folder: PathBuf,
    hooks: BTreeMap<String, Vec<String>>,
    limit: Duration,
    person: HumanLine,
}

impl FolderLine {
    /// Begins; a hook is started with each order.
    ///
    /// # Errors
    /// [`BenchError::Address`].
    pub fn start(sut: &SutConfig, adapter: &FolderAdapter) -> Result<Self, BenchError> {
        let timeout_ms = adapter.timeout_ms;
        let folder = &sut.folder;
        Ok(Self {
            product: sut.product.name.clone(),
            folder: if folder.as_os_str().is_empty() { ".".into() } else { folder.clone() },
            hooks: adapter.hooks.clone(),
            limit: timeout_ms.map_or(HOOK_LIMIT, Duration::from_millis),
            person: HumanLine::start(sut, &HumanAdapter { timeout_ms })?.seeing_files(),
        })
    }

    /// Has the product carry out one order.
    ///
    /// # Errors
    /// [`BenchError`] when nobody told what came of it.
    pub async fn exchange(&mut self, order: &str) -> Result<Vec<u8>, BenchError> {
        let read: Value = serde_json::from_str(order).map_err(|error| self.unreadable(&error))?;
        let op = read.get("op").and_then(Value::as_str).unwrap_or_default();
        match self.hooks.get(op).cloned() {
            Some(command) => self.hooked(&command, order, read.get("id")).await,
            None => self.person.exchange(order).await,
        }
    }

    /// A hook reads the order and writes the reply; one that writes nothing has done it.
    async fn hooked(
        &self,
        command: &[String],
        order: &str,
        id: Option<&Value>,
    ) -> Result<Vec<u8>, BenchError> {
        let told = tokio::time::timeout(self.limit, self.run(command, order)).await;
        let waited_ms = u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX);
        let silent = || BenchError::ProductSilent { product: self.product.clone(), waited_ms };
        let told = told.map_err(|_| silent())??;
        let mut reply = match told.trim_ascii() {
            [] => json!({}),
            told => serde_json::from_slice(told).map_err(|error| self.unreadable(&error))?,
        };
        let Some(object) = reply.as_object_mut() else {
            return Err(self.unreadable(&"a hook writes one JSON object, or nothing"));
        };
        object.insert("id".to_owned(), id.cloned().unwrap_or_default());
        object.entry("status").or_insert_with(|| "ok".into());
        Ok(reply.to_string().into_bytes())
    }

    async fn run(&self, command: &[String], order: &str) -> Result<Vec<u8>, BenchError> {
        let words = command.join(" ");
        let failed = |source| BenchError::ProductStart { command: words.clone(), source };
        let (program, arguments) =
            command.split_first().ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        if let Some(mut orders) = child.stdin.take() {
            // A hook that needs no values need not read them.
            let _ = orders.write_all(order.as_bytes()).await;
        }
        let output = child.wait_with_output().await.map_err(failed)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let how = format!("the hook {words}: {}", output.status);
        Err(BenchError::ProductGone { product: self.product.clone(), how })
    }

    fn unreadable(&self, reason: &impl ToString) -> BenchError {
        BenchError::ProductUnreadable { product: self.product.clone(), reason: reason.to_string() }
    }
}
