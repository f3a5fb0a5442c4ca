//! An authority client that is a server, and one with codes of its own: the example behind HTTP, in foreign processes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The example as a server: one client a session, or one for all, and a code of its own where `CODE` gives one.
const SERVER: &str = r#"
import http.server, json, os, sys, threading
sys.path.insert(0, os.environ["EXAMPLE"])
import authority_client as example
sessions, lock = {}, threading.Lock()

class Door(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        ask = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with lock:
            client = sessions.setdefault(self.headers["x-madoguchi-session"] if not os.environ.get("MIXES") else 1, example.Client())
        said = json.dumps({"id": ask["id"], **example.reply(client, ask)}).replace("no-status", os.environ.get("CODE", "no-status"))
        self.send_response(200)
        self.send_header("Content-Length", str(len(said.encode())))
        self.end_headers()
        self.wfile.write(said.encode())
    def log_message(self, *_): pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A running server; it ends with the value.
struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn serve(env: &[(&str, &str)]) -> Server {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/authority-client-python");
    let mut command = Command::new("python3");
    command.args(["-B", "-c", SERVER]).env("EXAMPLE", example).env_remove("FAULT");
    command.envs(env.iter().copied()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut port = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
    Server(child, format!("http://127.0.0.1:{}/", port.trim()))
}

/// What came of a run against a server.
struct Judged {
    code: i32,
    said: String,
    folder: tempfile::TempDir,
}

impl Judged {
    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("out").join(file)).unwrap()
    }
}

fn judge(server: &Server, more: &str, which: [&str; 2]) -> Judged {
    let folder = tempfile::tempdir().unwrap();
    let url = &server.1;
    let yaml = format!(
        "product: {{name: Example Authority Client, version: 1.0.0, vendor: Test}}\npositions:\n  authority-client:\n    adapter: http\n    url: {url}\n    timeout_ms: 9000\n{more}"
    );
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--sut", "madoguchi.yaml", "--out", "out"]).args(which);
    let output = command.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into();
    Judged { code: output.status.code().unwrap(), said, folder }
}

#[test]
fn a_server_is_asked_in_sessions_and_each_use_of_a_card_is_seen_to_ask_anew() {
    let judged = judge(&serve(&[]), "", ["--tags", "@area:certificate"]);
    assert_eq!(judged.code, 0, "{}", judged.said);
    let evidence = judged.read("evidence/certificate--revoked-between-visits.jsonl");
    assert_eq!(evidence.matches("asks about revocation (OCSP)").count(), 2, "{evidence}");
}

#[test]
fn a_server_that_mixes_its_sessions_up_is_not_conformant() {
    let judged = judge(&serve(&[("MIXES", "1")]), "", ["--tags", "@area:certificate"]);
    assert_ne!(judged.code, 0, "{}", judged.said);
}

#[test]
fn no_status_may_bear_a_code_of_the_products_own() {
    let server = serve(&[("CODE", "E-9")]);
    // Nobody knows what it means: doctor says so before anything is judged.
    let judged = judge(&server, "", ["--only", "certificate/responder-silent"]);
    assert_eq!(judged.code, 4, "{}", judged.said);
    let mapped = "codes: {E-9: system-error}\n";
    let judged = judge(&server, mapped, ["--only", "certificate/responder-silent"]);
    assert_eq!(judged.code, 0, "{}", judged.said);
}

#[test]
fn a_server_that_is_not_there_is_a_matter_of_the_configuration() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Server(Command::new("true").spawn().unwrap(), format!("http://{free}/"));
    let judged = judge(&nobody, "", ["--only", "certificate/valid"]);
    assert_eq!(judged.code, 3, "{}", judged.said);
    assert!(judged.said.contains("cannot be reached"), "{}", judged.said);
}
