//! Random drops, renames, withdrawals, outages and crashes in any order: each complete request is answered exactly once in the end,
//! and no other file is touched.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests end the test"
)]

mod counter;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use counter::{Backend, CODE, Script, friendly, http, now, oqs_router, query, serve};
use proptest::prelude::*;
use sim_reader::terminal::xml;
use sim_reader::terminal::{
    BackendClient, Encoding, FolderService, Folders, Terminal, TerminalConfig,
};
use tempfile::TempDir;

/// Request names that the steps share, so that they meet.
const NAMES: [&str; 4] = ["_1", "_患者 2", "req", ""];
const RUBBISH: [&str; 5] = [
    "メモ.txt",
    "OQSsiquc01res_9.xml",
    "._OQSsiquc01req_9.xml",
    "OQSsiquc01req.xml.bak",
    "req9.xml",
];

#[derive(Debug, Clone)]
enum Step {
    Write(usize, Encoding),
    WriteHalf(usize),
    FinishHalf(usize),
    MoveIn(usize),
    Rename(usize, usize),
    Withdraw(usize),
    Rubbish(usize),
    Outage(bool),
    Take,
    Sweep,
    /// The terminal dies as it tells of its n-th act from now.
    Crash(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let name = 0..NAMES.len();
    let encoding = prop_oneof![Just(Encoding::Utf8), Just(Encoding::ShiftJis)];
    prop_oneof![
        3 => (name.clone(), encoding).prop_map(|(name, encoding)| Step::Write(name, encoding)),
        2 => name.clone().prop_map(Step::WriteHalf),
        2 => name.clone().prop_map(Step::FinishHalf),
        2 => name.clone().prop_map(Step::MoveIn),
        2 => (name.clone(), name.clone()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => name.prop_map(Step::Withdraw),
        1 => (0..RUBBISH.len()).prop_map(Step::Rubbish),
        1 => any::<bool>().prop_map(Step::Outage),
        3 => Just(Step::Take),
        4 => Just(Step::Sweep),
        4 => (0..6_usize).prop_map(Step::Crash),
    ]
}

fn request(name: usize) -> String {
    format!("OQSsiquc01req{}.xml", NAMES[name])
}

/// The place, and what must come of it.
struct Bench {
    _root: TempDir,
    folders: Folders,
    backend: Backend,
    base: String,
    fuse: Arc<AtomicUsize>,
    service: Option<FolderService>,
    written: usize,
    /// The request that was put under a name last and is due an answer.
    due: BTreeMap<usize, String>,
    halves: BTreeMap<usize, (String, Vec<u8>)>,
    rubbish: BTreeSet<usize>,
    /// Answers that were taken: identifier and the name each came under.
    taken: Vec<(String, String)>,
}

impl Bench {
    async fn open() -> Self {
        let root = tempfile::tempdir().unwrap();
        let backend = Backend::new(friendly());
        let folders = Folders::under(root.path());
        folders.create().unwrap();
        let base = serve(oqs_router(backend.clone())).await;
        let fuse = Arc::new(AtomicUsize::new(usize::MAX));
        Self {
            _root: root,
            folders,
            backend,
            base,
            fuse,
            service: None,
            written: 0,
            due: BTreeMap::new(),
            halves: BTreeMap::new(),
            rubbish: BTreeSet::new(),
            taken: Vec::new(),
        }
    }

    /// A terminal that dies without a word when the fuse has burnt down.
    fn start(&self) -> FolderService {
        let fuse = Arc::clone(&self.fuse);
        let observer = Arc::new(move |_| {
            if fuse.fetch_sub(1, Ordering::SeqCst) == 0 {
                std::panic::resume_unwind(Box::new("crash"));
            }
        });
        let client = BackendClient::new(http(), &self.base, CODE);
        let config = TerminalConfig::default();
        let terminal = Terminal::new(config, client, self.folders.clone(), now(), observer);
        FolderService::new(terminal.unwrap(), u32::MAX)
    }

    fn path(&self, name: usize) -> PathBuf {
        self.folders.req.join(request(name))
    }

    fn message(&mut self, encoding: Encoding) -> (String, Vec<u8>) {
        self.written += 1;
        let identifier = format!("Q{}", self.written);
        let bytes = query(&identifier, encoding);
        (identifier, bytes)
    }

    async fn perform(&mut self, step: Step) {
        match step {
            Step::Write(name, encoding) => {
                let (identifier, bytes) = self.message(encoding);
                fs::write(self.path(name), bytes).unwrap();
                self.is_due(name, identifier);
            }
            Step::WriteHalf(name) => {
                let (identifier, bytes) = self.message(Encoding::ShiftJis);
                fs::write(self.path(name), &bytes[..bytes.len() / 2]).unwrap();
                self.due.remove(&name);
                self.halves.insert(name, (identifier, bytes));
            }
            Step::FinishHalf(name) => {
                if let Some((identifier, bytes)) = self.halves.remove(&name) {
                    fs::write(self.path(name), bytes).unwrap();
                    self.is_due(name, identifier);
                }
            }
            Step::MoveIn(name) => {
                let (identifier, bytes) = self.message(Encoding::Utf8);
                let aside = self.folders.req.join(format!("{}.tmp", request(name)));
                fs::write(&aside, bytes).unwrap();
                fs::rename(aside, self.path(name)).unwrap();
                self.is_due(name, identifier);
            }
            Step::Rename(from, to) => self.rename(from, to),
            Step::Withdraw(name) => {
                if fs::remove_file(self.path(name)).is_ok() {
                    self.due.remove(&name);
                    self.halves.remove(&name);
                }
            }
            Step::Rubbish(which) => {
                fs::write(self.folders.req.join(RUBBISH[which]), RUBBISH[which]).unwrap();
                self.rubbish.insert(which);
            }
            Step::Outage(true) => *self.backend.script.lock().unwrap() = Script::Status(503),
            Step::Outage(false) => *self.backend.script.lock().unwrap() = friendly(),
            Step::Take => self.take(),
            Step::Sweep => self.sweep(usize::MAX).await,
            Step::Crash(acts) => self.sweep(acts).await,
        }
    }

    fn is_due(&mut self, name: usize, identifier: String) {
        self.halves.remove(&name);
        self.due.insert(name, identifier);
    }

    /// What is no longer in `req` cannot be renamed any more: it stays due under its old name.
    fn rename(&mut self, from: usize, to: usize) {
        if from == to || fs::rename(self.path(from), self.path(to)).is_err() {
            return;
        }
        self.due.remove(&to);
        self.halves.remove(&to);
        if let Some(half) = self.halves.remove(&from) {
            self.halves.insert(to, half);
        } else if let Some(identifier) = self.due.remove(&from) {
            self.due.insert(to, identifier);
        }
    }

    /// One look, which ends with the terminal when it tells of as many acts.
    async fn sweep(&mut self, acts: usize) {
        let mut service = self.service.take().unwrap_or_else(|| self.start());
        self.fuse.store(acts, Ordering::SeqCst);
        let swept = tokio::spawn(async move {
            service.sweep().await.unwrap();
            service
        });
        self.service = swept.await.ok();
        self.fuse.store(usize::MAX, Ordering::SeqCst);
    }

    fn take(&mut self) {
        for entry in fs::read_dir(&self.folders.res).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let (root, _) = xml::parse(&fs::read(&path).unwrap()).expect("a whole answer");
                let identifier = root.anywhere("ArbitraryFileIdentifier").unwrap().to_owned();
                self.taken.push((identifier, path.file_name().unwrap().to_str().unwrap().into()));
                fs::remove_file(path).unwrap();
            }
        }
    }

    fn assert_all(&self) {
        for (name, identifier) in &self.due {
            let answer = format!("OQSsiquc01res{}.xml", NAMES[*name]);
            let came: Vec<_> = self.taken.iter().filter(|(id, _)| id == identifier).collect();
            assert_eq!(came, [&(identifier.clone(), answer)], "each due request once");
        }
        let identifiers: BTreeSet<_> = self.taken.iter().map(|(id, _)| id).collect();
        assert_eq!(identifiers.len(), self.taken.len(), "no request twice: {:?}", self.taken);
        let entries = fs::read_dir(&self.folders.req).unwrap();
        let left: BTreeSet<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let rubbish = self.rubbish.iter().map(|which| RUBBISH[*which].to_owned());
        let halves = self.halves.keys().map(|name| request(*name));
        assert_eq!(left, rubbish.chain(halves).collect(), "nothing else is gone, nothing is left");
        for which in &self.rubbish {
            let path = self.folders.req.join(RUBBISH[*which]);
            assert_eq!(fs::read_to_string(path).unwrap(), RUBBISH[*which]);
        }
        assert_eq!(fs::read_dir(&self.folders.res).unwrap().count(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn each_complete_request_is_answered_exactly_once(
        steps in prop::collection::vec(step(), 0..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut bench = Bench::open().await;
            for step in steps {
                bench.perform(step).await;
            }
            for step in [Step::Outage(false), Step::Take, Step::Sweep, Step::Sweep, Step::Take] {
                bench.perform(step).await;
            }
            bench.assert_all();
        });
    }
}
