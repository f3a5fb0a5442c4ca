//! How soon a request file is answered once it is complete, and 20,000 of them at once with the terminal killed in the middle:
//! `cargo bench -p sim-reader --bench folders [-- answer|drop]`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench tells people what it measured, and ends when it cannot"
)]

#[path = "../tests/careless/mod.rs"]
mod careless;
#[path = "../tests/counter/mod.rs"]
mod counter;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use careless::Writer;
use counter::{Backend, CODE, friendly, http, now, oqs_router, query, serve};
use sim_reader::terminal::{
    BackendClient, Encoding, FolderService, Folders, Terminal, TerminalConfig,
};

/// The variables that make this program the terminal that is killed.
const ROOT: &str = "BENCH_TERMINAL_ROOT";
const BACKEND: &str = "BENCH_TERMINAL_BACKEND";
const WRITERS: u64 = 4;
const FILES: usize = 20_000;
const ANSWERS: usize = 1_000;
/// From the complete file to the answer, the pause between two looks apart.
const GOAL: Duration = Duration::from_millis(50);

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let (Ok(root), Ok(backend)) = (std::env::var(ROOT), std::env::var(BACKEND)) {
        return runtime.block_on(be_killed(Path::new(&root), &backend));
    }
    let parts: Vec<String> =
        std::env::args().skip(1).filter(|part| !part.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    if wanted("answer") {
        for lying in [0, 1_000] {
            runtime.block_on(answer(lying));
        }
    }
    if wanted("drop") {
        for files in [FILES / 10, FILES] {
            drop_at_once(&runtime, files);
        }
    }
}

fn service(root: &Path, backend: &str) -> FolderService {
    let client = BackendClient::new(http(), backend, CODE);
    let (config, folders) = (TerminalConfig::default(), Folders::under(root));
    let terminal = Terminal::new(config, client, folders, now(), Arc::new(|_| {})).unwrap();
    FolderService::new(terminal, u32::MAX)
}

async fn be_killed(root: &Path, backend: &str) {
    let service = service(root, backend);
    println!("serving");
    service.run(Duration::from_millis(1), std::future::pending()).await;
}

/// One request at a time, while so many other files lie in `req` and `res`.
async fn answer(lying: usize) {
    let base = serve(oqs_router(Backend::new(friendly()))).await;
    let root = tempfile::tempdir().unwrap();
    let folders = Folders::under(root.path());
    folders.create().unwrap();
    for number in 0..lying {
        fs::write(folders.req.join(format!("memo {number}.txt")), "x").unwrap();
        fs::write(folders.res.join(format!("OQSsiquc01res_old{number}.xml")), "x").unwrap();
    }
    let mut service = service(root.path(), &base);
    let mut times = Vec::new();
    for number in 0..ANSWERS {
        let request = folders.req.join(format!("OQSsiquc01req{number}.xml"));
        fs::write(&request, query(&format!("Q{number}"), Encoding::ShiftJis)).unwrap();
        let begin = Instant::now();
        service.sweep().await.unwrap();
        times.push(begin.elapsed());
        fs::remove_file(folders.res.join(format!("OQSsiquc01res{number}.xml"))).expect("an answer");
    }
    times.sort();
    let (median, late, last) = (times[ANSWERS / 2], times[ANSWERS * 99 / 100], times[ANSWERS - 1]);
    println!(
        "answer  {lying:>5} other files   median {median:.1?}   99 % within {late:.1?}   slowest {last:.1?}   goal {GOAL:.0?}: {}",
        if late <= GOAL { "met" } else { "missed" }
    );
}

/// Four writers drop everything at once; the terminal is killed when half is answered, and started again.
fn drop_at_once(runtime: &tokio::runtime::Runtime, files: usize) {
    let backend = Backend::new(friendly());
    let base = runtime.block_on(serve(oqs_router(backend.clone())));
    let root = tempfile::tempdir().unwrap();
    let folders = Folders::under(root.path());
    folders.create().unwrap();
    let each = files / usize::try_from(WRITERS).unwrap();
    let begin = Instant::now();
    let writers: Vec<Writer> = std::thread::scope(|scope| {
        let write = |number| {
            let req = &folders.req;
            scope.spawn(move || Writer::new(req, number).drop_all(each))
        };
        let threads: Vec<_> = (0..WRITERS).map(write).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let written = begin.elapsed();
    let begin = Instant::now();
    let first = start(root.path(), &base);
    let mut taken = BTreeMap::new();
    take(&folders, &mut taken, files / 2);
    let first_memory = kill(first);
    let second = start(root.path(), &base);
    take(&folders, &mut taken, files);
    let time = begin.elapsed();
    let memory = kill(second);
    let due = writers.iter().flat_map(|writer| writer.answers.keys());
    let once = due.filter(|file| taken.get(*file) == Some(&1)).count();
    writers.iter().for_each(Writer::assert_rest_untouched);
    let rate = f64::from(u32::try_from(files).unwrap()) / time.as_secs_f64();
    println!(
        "drop    {files:>5} requests by {WRITERS} writers in {written:.1?}   answered exactly once {once} of {} in {time:.1?} ({rate:.0}/s), killed once   most memory {} and {} MiB",
        taken.len(),
        first_memory / 1024,
        memory / 1024,
    );
    assert_eq!((once, taken.len()), (files, files), "each exactly once, and no other");
}

fn start(root: &Path, backend: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(ROOT, root).env(BACKEND, backend).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "serving\n");
    child
}

/// Takes answers away as they come, counting each name, until there are as many.
fn take(folders: &Folders, taken: &mut BTreeMap<String, u32>, enough: usize) {
    while taken.len() < enough {
        for entry in fs::read_dir(&folders.res).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                fs::remove_file(entry.path()).unwrap();
                *taken.entry(entry.file_name().into_string().unwrap()).or_default() += 1;
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// SIGKILL; the most memory the process ever had, in KiB.
fn kill(mut child: Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
