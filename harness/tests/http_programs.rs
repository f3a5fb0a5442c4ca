//! Example products behind HTTP: a server that keeps a program for each session, as a product of somebody else, in the positions card
//! middleware and backend.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use harness::sut::http::SESSION;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::Mutex;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// A program, and the pipes to it.
struct Program {
    orders: ChildStdin,
    replies: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

/// A server that starts a program for each session.
#[derive(Clone)]
struct Served {
    folder: PathBuf,
    program: &'static str,
    fault: Option<&'static str>,
    sessions: Arc<Mutex<BTreeMap<String, Arc<Mutex<Program>>>>>,
}

impl Served {
    fn start(&self) -> Program {
        let mut command = tokio::process::Command::new("python3");
        command.args(["-B", self.program]).current_dir(&self.folder).env_remove("FAULT");
        command.envs(self.fault.map(|fault| ("FAULT", fault)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let replies = BufReader::new(child.stdout.take().unwrap()).lines();
        Program { orders: child.stdin.take().unwrap(), replies, _child: child }
    }
}

async fn perform(State(served): State<Served>, headers: HeaderMap, order: String) -> String {
    let session = headers[SESSION].to_str().unwrap().to_owned();
    let mut sessions = served.sessions.lock().await;
    let program = sessions.entry(session).or_insert_with(|| Arc::new(Mutex::new(served.start())));
    let program = Arc::clone(program);
    drop(sessions);
    let mut program = program.lock().await;
    program.orders.write_all(format!("{order}\n").as_bytes()).await.unwrap();
    program.replies.next_line().await.unwrap().unwrap_or_default()
}

/// Serves an example and has it judged.
fn judge(
    (example, program): (&str, &'static str),
    fault: Option<&'static str>,
    which: &[&str],
) -> Output {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/madoguchi", listener.local_addr().unwrap());
    let folder = Path::new(EXAMPLES).join(example);
    let yaml = std::fs::read_to_string(folder.join("madoguchi.yaml")).unwrap();
    let served = Served { folder, program, fault, sessions: Arc::default() };
    let router = Router::new().route("/madoguchi", post(perform)).with_state(served);
    runtime.spawn(async move { axum::serve(listener, router).await });
    let own = tempfile::tempdir().unwrap();
    let sut = own.path().join("madoguchi.yaml");
    std::fs::write(&sut, behind_http(&yaml, &url)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.arg("run").args(which).arg("--sut").arg(&sut);
    command.arg("--out").arg(own.path().join("out")).output().unwrap()
}

/// The same configuration, with a server in the place of the program.
fn behind_http(yaml: &str, url: &str) -> String {
    let line = |line: &str| match line.trim_start() {
        text if text.starts_with("adapter: process") => line.replace("process", "http"),
        text if text.starts_with("command:") => {
            format!("{}url: {url}", &line[..line.len() - text.len()])
        }
        _ => line.to_owned(),
    };
    let changed: Vec<String> = yaml.lines().map(line).collect();
    let changed = changed.join("\n");
    assert!(changed.contains("adapter: http") && changed.contains(url), "{changed}");
    changed
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

const MIDDLEWARE: (&str, &str) = ("card-client-python", "card_client.py");
const BACKEND: (&str, &str) = ("backend-python", "backend.py");

#[test]
fn card_middleware_that_is_a_server_is_conformant() {
    let output = judge(MIDDLEWARE, None, &["--tags", "@area:identity or @area:card"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn card_middleware_that_is_a_server_is_found_out_by_the_requirement_that_it_breaks() {
    let output = judge(MIDDLEWARE, Some("number-file"), &["--only", "OQS-PRIV-02"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("OQS-PRIV-02"), "{}", told(&output));
}

#[test]
fn a_backend_that_is_a_server_is_conformant() {
    let output = judge(BACKEND, None, &["--tags", "@area:certificate or @area:query"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_backend_that_is_a_server_is_found_out_by_the_requirement_that_it_breaks() {
    let output = judge(BACKEND, Some("revoked-accepted"), &["--only", "OQS-CERT-07"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("OQS-CERT-07"), "{}", told(&output));
}
