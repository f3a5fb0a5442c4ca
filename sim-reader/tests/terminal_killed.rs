//! A terminal that is killed at any moment and started again has answered every request exactly once, and touched nothing else.
//!
//! The terminal runs in a process of its own, which is this program once more. Four careless writers drop files the whole time, and a
//! client takes each answer away as soon as it is there: an answer that came again would be counted twice.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed preparation fails the test"
)]

mod careless;
mod counter;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use careless::{Writer, requests_in};
use counter::{Backend, CODE, friendly, http, now, oqs_router, serve};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sim_reader::terminal::xml;
use sim_reader::terminal::{
    BackendClient, FolderService, Folders, Observer, Sweep, Terminal, TerminalConfig,
};

/// The variables that make this program the process to be killed.
const ROOT: &str = "KILLED_TERMINAL_ROOT";
const BACKEND: &str = "KILLED_TERMINAL_BACKEND";
/// After so many acts on files the process is killed in the middle of the next; without it from outside.
const ACTS: &str = "KILLED_TERMINAL_ACTS";
const WRITERS: u64 = 4;
const FILES_EACH: usize = 400;
const KILLS: usize = 10;
/// What is not answered by then never will be.
const NEVER: Duration = Duration::from_mins(3);
/// A writer may pause for long on a busy machine; only what never changes again would be refused.
const PATIENCE: u32 = u32::MAX;

fn service(root: &Path, backend: &str, observer: Observer) -> FolderService {
    let client = BackendClient::new(http(), backend, CODE);
    let (config, folders) = (TerminalConfig::default(), Folders::under(root));
    let terminal = Terminal::new(config, client, folders, now(), observer).unwrap();
    FolderService::new(terminal, PATIENCE)
}

/// As the kernel kills it, by its number, while it tells of an act: exactly between two steps of a request.
fn kill_this_process() {
    let id = std::process::id().to_string();
    Command::new("kill").args(["-KILL", &id]).status().unwrap();
}

/// No test by itself: the process that the test kills.
#[tokio::test]
async fn the_terminal_that_is_killed() {
    let (Ok(root), Ok(backend)) = (std::env::var(ROOT), std::env::var(BACKEND)) else { return };
    let acts: usize = std::env::var(ACTS).unwrap().parse().unwrap();
    let left = AtomicUsize::new(acts);
    let observer = Arc::new(move |_| {
        if left.fetch_sub(1, Ordering::SeqCst) == 0 {
            kill_this_process();
        }
    });
    let service = service(Path::new(&root), &backend, observer);
    println!("\nserving");
    service.run(Duration::from_millis(1), std::future::pending()).await;
}

fn start(root: &Path, backend: &str, acts: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_terminal_that_is_killed", "--nocapture"]);
    command.env(ROOT, root).env(BACKEND, backend).env(ACTS, acts.to_string());
    command.stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    { said }.find(|line| line == "serving").expect("it serves");
    child
}

/// Takes answers away as they come, until nothing is on its way any more: which came how often, and what each says.
fn take_answers(folders: &Folders, all_written: &AtomicBool) -> BTreeMap<String, Vec<String>> {
    let mut taken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let started = Instant::now();
    loop {
        let waiting = || requests_in(&folders.req).into_iter().take(5).collect::<Vec<_>>();
        assert!(started.elapsed() < NEVER, "still not answered: {:?}", waiting());
        let may_end = all_written.load(Ordering::SeqCst);
        // In the direction in which files move, so that none slips through.
        // Looked at twice, since a terminal that starts again puts a request back.
        let is_quiet = requests_in(&folders.req).is_empty()
            && !folders.req.join(".taken").exists()
            && !folders.res.join(".ready").exists()
            && requests_in(&folders.req).is_empty();
        let mut found = false;
        for entry in std::fs::read_dir(&folders.res).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let (root, _) = xml::parse(&std::fs::read(&path).unwrap()).expect("a whole answer");
                let identifier = root.anywhere("ArbitraryFileIdentifier").unwrap_or_default();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                taken.entry(name).or_default().push(identifier.to_owned());
                std::fs::remove_file(&path).unwrap();
                found = true;
            }
        }
        if may_end && is_quiet && !found {
            return taken;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Kills the terminal again and again, in turns at an act of its own and at any moment, and leaves a living one.
fn kill_again_and_again(root: &Path, base: &str, backend: &Backend, all_taken: &AtomicBool) {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let asked = || backend.asked.lock().unwrap().len();
    let is_over = || all_taken.load(Ordering::SeqCst);
    for kill in 0..KILLS {
        let is_own = kill % 2 == 0;
        let acts = if is_own { random.random_range(0..300) } else { usize::MAX };
        let enough = asked() + random.random_range(1..100_usize);
        let mut child = start(root, base, acts);
        let is_time = |child: &mut Child| {
            if is_own { child.try_wait().unwrap().is_some() } else { asked() >= enough }
        };
        while !is_time(&mut child) && !is_over() {
            std::thread::sleep(Duration::from_micros(200));
        }
        // Some more microseconds, so that each step of a request has its turn.
        for _ in 0..random.random_range(0..20_000) {
            std::hint::spin_loop();
        }
        end(child);
    }
    let child = start(root, base, usize::MAX);
    while !is_over() {
        std::thread::sleep(Duration::from_millis(1));
    }
    end(child);
}

/// SIGKILL, unless it is dead already.
fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_terminal_has_answered_each_request_exactly_once() {
    let backend = Backend::new(friendly());
    let base = serve(oqs_router(backend.clone())).await;
    let root = tempfile::tempdir().unwrap();
    let folders = Folders::under(root.path());
    folders.create().unwrap();
    let work = {
        let (backend, base, folders, root) =
            (backend.clone(), base.clone(), folders.clone(), root.path().to_owned());
        move || drop_kill_and_take(&root, &base, &backend, &folders)
    };
    let (writers, taken) = tokio::task::spawn_blocking(work).await.unwrap();
    let mut expected = BTreeMap::new();
    for writer in &writers {
        expected.extend(writer.answers.iter().map(|(file, id)| (file.clone(), vec![id.clone()])));
    }
    assert_eq!(expected.len(), usize::try_from(WRITERS).unwrap() * FILES_EACH);
    assert!(taken == expected, "{}", difference(&expected, &taken));
    // Nothing is left that could be answered again, and what is no request is as it was.
    let mut last = service(root.path(), &base, Arc::new(|_| {}));
    let Sweep { answered, waiting, .. } = last.sweep().await.unwrap();
    assert_eq!((answered, waiting), (Vec::new(), Vec::new()));
    for writer in &writers {
        writer.assert_rest_untouched();
    }
    let rest: usize = writers.iter().map(|writer| writer.rest.len()).sum();
    assert_eq!(std::fs::read_dir(&folders.req).unwrap().count(), rest);
    assert_eq!(std::fs::read_dir(&folders.res).unwrap().count(), 0);
}

fn drop_kill_and_take(
    root: &Path,
    base: &str,
    backend: &Backend,
    folders: &Folders,
) -> (Vec<Writer>, BTreeMap<String, Vec<String>>) {
    let (all_written, all_taken) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        // Told also when a thread has panicked, since others wait for it.
        let (written, answered) = (Told(&all_written), Told(&all_taken));
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                scope.spawn(move || Writer::new(&folders.req, number).drop_all(FILES_EACH))
            })
            .collect();
        let taking = scope.spawn(|| take_answers(folders, &all_written));
        scope.spawn(|| kill_again_and_again(root, base, backend, &all_taken));
        let writers = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        drop(written);
        let taken = taking.join().unwrap();
        drop(answered);
        (writers, taken)
    })
}

/// Says that something is over, at the latest when it is dropped.
struct Told<'a>(&'a AtomicBool);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The first few requests that were not answered exactly once, for the message of a failure.
fn difference(
    expected: &BTreeMap<String, Vec<String>>,
    taken: &BTreeMap<String, Vec<String>>,
) -> String {
    let wrong = expected.iter().filter(|(file, ids)| taken.get(*file) != Some(ids));
    let told = wrong.map(|(file, _)| format!("{file}: {:?}", taken.get(file)));
    let strange = taken.keys().filter(|file| !expected.contains_key(*file)).cloned();
    told.chain(strange).take(5).collect::<Vec<_>>().join("\n")
}
