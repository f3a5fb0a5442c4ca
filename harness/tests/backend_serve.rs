//! `madoguchi backend serve` as its operator meets it: what it prints works, what it logs can be read, and it ends when told to.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A backend of its own, which ends with the value, also when a test panics.
struct Backend {
    process: Child,
    stdout: BufReader<ChildStdout>,
    /// All it printed before it served.
    told: String,
    folder: tempfile::TempDir,
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Backend {
    fn start(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tls = folder.path().join("tls");
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(["backend", "serve", "--log-format", "json", "--tls-dir"]).arg(&tls);
        for door in ["--listen", "--feed", "--claims", "--portal", "--operator"] {
            command.args([door, "127.0.0.1:0"]);
        }
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        command.args(more).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("  curl ") {
            let mut line = String::new();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it ended after:\n{told}");
            told.push_str(&line);
        }
        Self { process, stdout, told, folder }
    }

    /// The host and port of a door.
    fn door(&self, name: &str) -> String {
        let line = self.told.lines().find(|line| line.starts_with(name)).unwrap();
        line.split("//").nth(1).unwrap().split('/').next().unwrap().to_owned()
    }

    /// A GET without TLS: status and body.
    fn get(&self, door: &str, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.door(door)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        answer(&mut stream)
    }

    fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end; the exit code.
    fn ended(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    fn log(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
            .collect()
    }
}

fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
    (head[9..12].parse().unwrap(), body.to_owned())
}

/// A delivery of which the last byte is not sent yet; with that byte it is an empty one.
fn open_request(backend: &Backend) -> TcpStream {
    let mut stream = TcpStream::connect(backend.door("insurers")).unwrap();
    write!(stream, "POST /feed/records HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n").unwrap();
    // The server asks for the body when the request has reached its handler.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100 "));
    stream.write_all(b"[").unwrap();
    stream
}

/// Runs the command that was printed, as it was printed.
fn asked(backend: &Backend) -> String {
    let command = backend.told.lines().find(|line| line.starts_with("  curl ")).unwrap();
    let command = command.replacen("curl", "curl --silent --show-error --noproxy '*'", 1);
    let output = Command::new("sh").args(["-c", &command]).output().unwrap();
    assert!(
        output.status.success(),
        "curl (Debian: curl): {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_printed_query_is_answered_with_personas_and_with_citizens() {
    for (more, words) in [
        (&["--world", "personas"][..], "every persona"),
        (&["--population", "30", "--seed", "2"], "30 citizens of seed 2"),
    ] {
        let backend = Backend::start(more);
        assert!(backend.told.contains(words), "{}", backend.told);
        let answer = asked(&backend);
        assert!(answer.contains("<QualificationValidity>1</QualificationValidity>"), "{answer}");
    }
}

/// People whom no population knows, one record each.
fn deliver(backend: &Backend, from: usize, count: usize) {
    let record = |n| {
        format!(
            r#"{{"record_id":"F-{n}","insurer_number":"99990013","person":"P-{n}","kind":"person","data":{{"name":"架空　花子","sex1":"2","birthdate":"1985-05-05"}}}}"#
        )
    };
    let lines: String = (from..from + count).map(|n| record(n) + "\n").collect();
    let length = lines.len();
    let mut stream = TcpStream::connect(backend.door("insurers")).unwrap();
    write!(stream, "POST /feed/records HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/x-ndjson\r\ncontent-length: {length}\r\n\r\n{lines}").unwrap();
    let (status, answer) = answer(&mut stream);
    assert_eq!(status, 200);
    assert!(answer.contains(r#""finished":true"#), "{answer}");
}

#[test]
fn a_killed_backend_is_started_again_with_all_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("people.db").to_string_lossy().into_owned();
    for round in 1..4 {
        let mut backend = Backend::start(&["--population", "30", "--store", &store]);
        deliver(&backend, round * 100, 20);
        // SIGKILL: nothing is tidied up.
        backend.signal("-KILL");
        assert_eq!(backend.ended(), None);
        let again = Backend::start(&["--population", "30", "--store", &store]);
        let (_, counters) = again.get("operator", "/metrics");
        let persons = format!("madoguchi_store_persons {}\n", 30 + 20 * round);
        assert!(counters.contains(&persons), "{persons} in\n{counters}");
    }
}

#[test]
fn a_store_that_cannot_be_is_told_with_a_next_step_and_without_its_password() {
    let place =
        ["postgres://somebody:secret@127.0.0.1:1/nowhere", "mysql://somebody:secret@127.0.0.1/x"];
    let (code, words) = if cfg!(feature = "postgres") {
        (4, "cannot open the store")
    } else {
        (2, "cargo build --release --features postgres")
    };
    for (url, code, words) in [(place[0], code, words), (place[1], 2, "postgres://HOST/DATABASE")] {
        let tls = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["backend", "serve", "--store", url, "--tls-dir"])
            .arg(tls.path())
            .args(
                ["--listen", "--feed", "--claims", "--portal", "--operator"]
                    .map(|door| [door, "127.0.0.1:0"])
                    .concat(),
            )
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(words) && !told.contains("secret"), "{told}");
    }
}

#[test]
fn only_the_operator_sees_the_counters_and_everybody_the_description() {
    let backend = Backend::start(&["--population", "30"]);
    asked(&backend);
    let (status, counters) = backend.get("operator", "/metrics");
    assert_eq!(status, 200);
    for line in [
        "madoguchi_store_persons 30",
        "madoguchi_requests_total{family=\"OQSsiquc01req\",outcome=\"answered\"} 1",
        "madoguchi_connections_total{listener=\"institutions\",outcome=\"served\"} 1",
    ] {
        assert!(counters.contains(line), "{line} in\n{counters}");
    }
    for door in ["insurers", "claims", "patients"] {
        assert_eq!(backend.get(door, "/metrics").0, 404, "{door}");
        assert_eq!(backend.get(door, "/openapi.json").0, 200, "{door}");
        assert_eq!(backend.get(door, "/ready").0, 200, "{door}");
    }
    let log = backend.log();
    let asked = log.iter().find(|line| line["fields"]["family"] == "OQSsiquc01req").unwrap();
    assert_eq!(asked["target"], "madoguchi::request");
    assert_eq!(asked["fields"]["listener"], "institutions");
    assert!(asked["fields"]["institution"].as_str().unwrap().len() == 10);
}

#[test]
fn a_store_in_a_file_is_filled_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("people.db");
    let store = store.to_str().unwrap();
    for (count, already) in [("30", None), ("30", Some("30 citizens")), ("40", Some("30 citizens"))]
    {
        let mut backend = Backend::start(&["--population", count, "--store", store]);
        assert!(already.is_none_or(|words| backend.told.contains(words)), "{}", backend.told);
        let counters = backend.get("operator", "/metrics").1;
        assert!(counters.contains(&format!("madoguchi_store_persons {count}")), "{counters}");
        backend.signal("-TERM");
        assert_eq!(backend.ended(), Some(0));
    }
    assert!(Path::new(store).exists());
}

#[test]
fn the_first_signal_finishes_what_is_open() {
    for signal in ["-TERM", "-INT"] {
        let mut backend = Backend::start(&["--population", "5"]);
        let mut open = open_request(&backend);
        backend.signal(signal);
        let insurers = backend.door("insurers");
        while TcpStream::connect(&insurers).is_ok() {
            std::thread::yield_now();
        }
        open.write_all(b"]").unwrap();
        let (status, body) = answer(&mut open);
        assert_eq!((status, body.as_str()), (200, r#"{"results":[]}"#), "{signal}");
        assert_eq!(backend.ended(), Some(0), "{signal}");
        let mut rest = String::new();
        backend.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nothing more is printed");
    }
}

#[test]
fn the_second_signal_ends_at_once() {
    let mut backend = Backend::start(&["--population", "5"]);
    let _open = open_request(&backend);
    backend.signal("-TERM");
    let insurers = backend.door("insurers");
    while TcpStream::connect(&insurers).is_ok() {
        std::thread::yield_now();
    }
    backend.signal("-TERM");
    assert_eq!(backend.ended(), Some(130));
}

#[test]
fn an_address_in_use_is_told_with_a_next_step() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["backend", "serve", "--operator", &address, "--listen", "127.0.0.1:0"])
        .args([
            "--feed",
            "127.0.0.1:0",
            "--claims",
            "127.0.0.1:0",
            "--portal",
            "127.0.0.1:0",
            "--tls-dir",
        ])
        .arg(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains(&address) && told.contains("next:"), "{told}");
}

/// Sends a file of records with the command; exit code, what it says and what it complains of.
fn sent(backend: &Backend, url: &str, lines: &str) -> (Option<i32>, String, String) {
    let file = backend.folder.path().join("records.ndjson");
    std::fs::write(&file, lines).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["feed", "send", "--backend", url, "--tls-dir"])
        .arg(backend.folder.path().join("tls"))
        .arg(&file)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A line about somebody, born on a day that may be none.
fn line(n: usize, birthdate: &str) -> String {
    format!(
        r#"{{"record_id":"F-{n}","insurer_number":"99990013","person":"P-{n}","kind":"person","data":{{"name":"架空　花子","sex1":"2","birthdate":"{birthdate}"}}}}"#
    ) + "\n"
}

#[test]
fn a_file_of_records_is_sent_and_each_rejected_one_is_named() {
    for (more, scheme) in [(&["--feed-tls"][..], "https"), (&[], "http")] {
        let arguments = [&["--population", "1"][..], more].concat();
        let backend = Backend::start(&arguments);
        let url = format!("{scheme}://{}", backend.door("insurers"));
        let good: String = (10..1_500).map(|n| line(n, "1985-05-05")).collect();
        assert_eq!(
            sent(&backend, &url, &good),
            (Some(0), "accepted 1490   rejected 0\n".to_owned(), String::new()),
            "{scheme}"
        );
        let lines = [&line(1, "1985-05-05"), &line(2, "1985-02-30"), "{\n", &line(4, "1985-05-05")]
            .concat();
        let told = "line 2  F-2  rejected: data.birthdate: not a real day in the form YYYY-MM-DD\n\
                    line 3  rejected: not JSON: EOF while parsing an object at byte 1\n\
                    accepted 2   rejected 2\n";
        assert_eq!(sent(&backend, &url, &lines), (Some(1), told.to_owned(), String::new()));
        let (_, counters) = backend.get("operator", "/metrics");
        for line in [
            "madoguchi_store_persons 1493\n",
            "madoguchi_feed_records_total{outcome=\"accepted\"} 1492\n",
            "madoguchi_feed_records_total{outcome=\"rejected\"} 2\n",
        ] {
            assert!(counters.contains(line), "{line} in\n{counters}");
        }
    }
}

#[test]
fn by_mutual_tls_insurers_come_in_and_nobody_else() {
    let backend = Backend::start(&["--population", "1", "--feed-tls"]);
    let door = backend.door("insurers");
    let tls = backend.folder.path().join("tls");
    let asked = |whose: Option<&str>| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--write-out", "%{http_code}", "--cacert"])
            .arg(tls.join("ca.pem"))
            .args(["--json", "[]"])
            .arg(format!("https://{door}/feed/records"));
        if let Some(whose) = whose {
            curl.arg("--cert").arg(tls.join(whose));
        }
        String::from_utf8(curl.output().unwrap().stdout).unwrap()
    };
    assert!(asked(Some("insurers.pem")).ends_with("200"));
    let refused = asked(Some("1319999999.pem"));
    assert!(refused.contains("not-for-institutions") && refused.ends_with("403"), "{refused}");
    assert_eq!(asked(None), "000");
    let institutions = format!("https://{}", backend.door("institutions"));
    let (code, told, why) = sent(&backend, &institutions, &line(1, "1985-05-05"));
    assert_eq!((code, told.as_str()), (Some(4), ""), "{why}");
    assert!(why.contains("HTTP 404") && why.contains("next: check --backend"), "{why}");
}

#[test]
fn what_keeps_a_file_from_being_sent_is_told_with_a_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("records.ndjson");
    std::fs::write(&file, "").unwrap();
    let (file, missing) = (file.to_str().unwrap(), folder.path().join("none"));
    let (missing, folder) = (missing.to_str().unwrap(), folder.path().to_str().unwrap());
    for (arguments, code, words) in [
        (
            &["--backend", "http://127.0.0.1:1", file][..],
            4,
            "next: start `madoguchi backend serve`",
        ),
        (&["--backend", "http://127.0.0.1:1", missing], 3, "next: check the path"),
        (&["--backend", "http://127.0.0.1:1", folder], 3, "next: check the path"),
        (&["--backend", "https://127.0.0.1:1", "--tls-dir", missing, file], 3, "next: start"),
        (&["--backend", "127.0.0.1:1", file], 2, "no address of a backend"),
        (&[], 2, "Usage"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["feed", "send"])
            .args(arguments)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}
