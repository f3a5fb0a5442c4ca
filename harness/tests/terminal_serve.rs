//! `madoguchi terminal serve` as an operator meets it: a request copied into `req` is answered, each file has its line, wrong settings are
//! told with a next step, and it ends when told to.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A service of the command, which ends with the value, also when a test panics.
struct Service {
    process: Child,
    stdout: BufReader<ChildStdout>,
    told: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Service {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(arguments).args(["--log", "off"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        Self { process, stdout, told: String::new() }
    }

    /// Reads on until it tells this.
    fn tells(&mut self, words: &str) -> &str {
        while !self.told.lines().any(|line| line.contains(words)) {
            let mut line = String::new();
            assert_ne!(
                self.stdout.read_line(&mut line).unwrap(),
                0,
                "it ended after:\n{}",
                self.told
            );
            self.told.push_str(&line);
        }
        self.told.lines().find(|line| line.contains(words)).unwrap()
    }

    /// SIGTERM; the exit code and what it still told.
    fn end(&mut self) -> (Option<i32>, String) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.process.wait().unwrap().code(), rest)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A backend with every persona, its certificates in a folder.
fn backend(tls: &Path) -> (Service, String) {
    let doors = ["--listen", "--feed", "--claims", "--portal", "--operator"];
    let mut arguments = vec!["backend", "serve", "--tls-dir", text(tls)];
    arguments.extend(doors.iter().flat_map(|door| [*door, "127.0.0.1:0"]));
    let mut backend = Service::start(&arguments);
    let line = backend.tells("/oqs").to_owned();
    backend.tells("  curl ");
    let url = line.split_whitespace().find(|word| word.starts_with("https://")).unwrap();
    (backend, url.trim_end_matches("/oqs").to_owned())
}

struct Place {
    _root: tempfile::TempDir,
    tls: PathBuf,
    oqs: PathBuf,
}

fn place() -> Place {
    let root = tempfile::tempdir().unwrap();
    let (tls, oqs) = (root.path().join("tls"), root.path().join("oqs"));
    Place { _root: root, tls, oqs }
}

fn terminal(place: &Place, url: &str, more: &[&str]) -> Service {
    let mut arguments = vec!["terminal", "serve", "--folders", text(&place.oqs), "--backend", url];
    arguments.extend(["--tls-dir", text(&place.tls), "--listen", "127.0.0.1:0", "--poll", "10"]);
    arguments.extend(more);
    Service::start(&arguments)
}

#[test]
fn a_request_that_is_copied_into_req_is_answered_and_each_file_has_its_line() {
    let place = place();
    let (_backend, url) = backend(&place.tls);
    let mut terminal = terminal(&place, &url, &[]);
    let example = terminal.tells("try  ").to_owned();
    terminal.tells("Ctrl-C ends it");
    assert!(terminal.told.contains(text(&place.oqs.join("face"))), "{}", terminal.told);
    // The line as it stands, without what it says for people.
    let command = example.trim_start_matches("try").split("   and").next().unwrap();
    assert!(Command::new("sh").args(["-c", command]).status().unwrap().success());
    std::fs::write(place.oqs.join("req/メモ.txt"), "x").unwrap();
    terminal.tells("left alone");
    terminal.tells("answered");
    let answer = std::fs::read_to_string(place.oqs.join("res/OQSsiquc01res_1.xml")).unwrap();
    assert!(answer.contains("<QualificationValidity>1</QualificationValidity>"), "{answer}");
    let (code, rest) = terminal.end();
    assert_eq!(code, Some(0));
    assert!(rest.contains("ended"), "{rest}");
    let taken = terminal.told.lines().filter(|line| line.contains("OQSsiquc01req_1.xml   "));
    assert_eq!(taken.filter(|line| line.contains(" taken ")).count(), 1, "{}", terminal.told);
}

#[test]
fn a_terminal_waits_for_a_backend_that_is_not_there_and_says_so() {
    let place = place();
    let mut terminal = terminal(&place, "http://127.0.0.1:9", &[]);
    let line = terminal.tells("cannot be reached yet").to_owned();
    assert!(line.contains("refused"), "{line}");
    std::fs::write(place.oqs.join("req/OQSsiquc01req_1.xml"), "<XmlMsg/>").unwrap();
    terminal.tells("waits");
    assert_eq!(terminal.end().0, Some(0));
    assert!(place.oqs.join("req/OQSsiquc01req_1.xml").exists());
    assert_eq!(std::fs::read_dir(place.oqs.join("res")).unwrap().count(), 0);
}

/// Exit code and standard error of a terminal that cannot serve.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["terminal", "serve", "--log", "off"])
        .args(arguments)
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_keeps_it_from_serving_is_told_with_a_next_step() {
    let place = place();
    let plain = ["--backend", "http://127.0.0.1:9", "--listen", "127.0.0.1:0"];
    let (oqs, tls) = (text(&place.oqs), text(&place.tls));
    let mut first = terminal(&place, "http://127.0.0.1:9", &[]);
    first.tells("Ctrl-C ends it");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let file = place.oqs.join("file");
    std::fs::write(&file, "\n").unwrap();
    let inside = file.join("inside");
    let secret = ["--zip-prefix", "YZK", "--zip-password-file", text(&file)];
    for (arguments, code, words) in [
        (vec!["--folders", oqs, "--tls-dir", tls], 3, "backend serve"),
        ([&["--folders", oqs][..], &plain].concat(), 4, "another terminal serves these folders"),
        ([&["--folders", text(&inside)][..], &plain].concat(), 4, "choose a folder"),
        (vec!["--folders", oqs, "--backend", plain[1], "--listen", &taken], 4, "--listen"),
        (vec!["--folders", oqs, "--backend", "127.0.0.1:9"], 2, "https://HOST:PORT"),
        ([&["--folders", oqs, "--institution", "13"][..], &plain].concat(), 2, "ten digits"),
        ([&["--folders", oqs, "--account", "F0", "--account", "F0"][..], &plain].concat(), 2, "F0"),
        ([&["--folders", oqs, "--closed", "22"][..], &plain].concat(), 2, "HH:MM-HH:MM"),
        ([&["--folders", oqs][..], &plain, &secret].concat(), 3, "write the password"),
    ] {
        let (found, told) = refused(&arguments);
        assert_eq!(found, Some(code), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}
