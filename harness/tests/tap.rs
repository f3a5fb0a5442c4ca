//! `madoguchi tap` between processes that know nothing of it: whole visits of a terminal in JavaScript before the backend, a card
//! and its reader, peers that are slow, odd or gone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

const MADOGUCHI: &str = env!("CARGO_BIN_EXE_madoguchi");
const INSTITUTION: &str = "1319999999";

/// A process that speaks, ended with the value.
struct Spoken {
    process: Child,
    told: BufReader<ChildStdout>,
    heard: String,
}

impl Drop for Spoken {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Spoken {
    fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let told = BufReader::new(process.stdout.take().unwrap());
        Self { process, told, heard: String::new() }
    }

    /// Reads on to a line that holds this.
    fn until(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.told.read_line(&mut line).unwrap();
            assert_ne!(read, 0, "it ended before {words:?}:\n{}", self.heard);
            self.heard.push_str(&line);
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Ctrl-C; the exit code and all that it told.
    fn end(mut self) -> (i32, String) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.told.read_to_string(&mut self.heard).unwrap();
        let code = self.process.wait().unwrap().code().unwrap();
        (code, std::mem::take(&mut self.heard))
    }
}

/// An address that was free a moment ago.
fn free() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A folder with a `madoguchi.yaml` for these positions and taps.
fn written(folder: &Path, positions: &[&str], taps: &str) -> PathBuf {
    let filled: String =
        positions.iter().map(|position| format!("  {position}: {{adapter: reverse}}\n")).collect();
    let file = folder.join("madoguchi.yaml");
    let text = format!(
        "product: {{name: A pair, version: '1', vendor: Test}}\npositions:\n{filled}taps:\n{taps}"
    );
    std::fs::write(&file, text).unwrap();
    file
}

/// The tap, once it listens.
fn tap(sut: &Path, more: &[&str]) -> Spoken {
    let out = sut.parent().unwrap().join("report");
    let mut command = Command::new(MADOGUCHI);
    command.args(["tap", "--sut"]).arg(sut).arg("--out").arg(out).args(more);
    let mut tap = Spoken::start(&mut command);
    tap.until("then the report");
    tap
}

/// All assertions of a report that have this verdict, by their rule's name.
fn rules(folder: &Path, verdict: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("report/result.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    let cases = record["cases"].as_array().unwrap().iter();
    let checks = cases.flat_map(|case| case["checks"].as_array().unwrap().clone());
    let found = checks.filter(|check| check["verdict"] == verdict);
    found
        .map(|check| check["note"].as_str().unwrap().split(':').next().unwrap().to_owned())
        .collect()
}

/// All that the report and its evidence say.
fn everything(folder: &Path) -> String {
    let mut text = String::new();
    for place in ["report", "report/evidence"] {
        for entry in std::fs::read_dir(folder.join(place)).unwrap().flatten() {
            if entry.path().is_file() {
                text.push_str(&std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    text
}

/// The backend by itself, with everybody insured.
struct Backend {
    _process: Spoken,
    address: String,
}

impl Backend {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(MADOGUCHI);
        command.args(["backend", "serve", "--log", "off", "--tls-dir"]).arg(folder.join("tls"));
        for door in ["--listen", "--feed", "--claims", "--portal", "--operator"] {
            command.args([door, "127.0.0.1:0"]);
        }
        let mut process = Spoken::start(&mut command);
        let line = process.until("institutions");
        let address = line.split("https://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        process.until("curl");
        Self { _process: process, address }
    }
}

/// The example terminal, which takes its orders from us and knows no tap.
struct Terminal {
    process: Spoken,
    orders: ChildStdin,
    reader: String,
}

impl Terminal {
    fn start(folder: &Path, backend: &str, fault: &str) -> Self {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/terminal-node/terminal.js");
        let mut command = Command::new("node");
        command.arg(script).env("FAULT", fault).stdin(Stdio::piped());
        let mut process = Spoken::start(&mut command);
        let mut orders = process.process.stdin.take().unwrap();
        let at = |name: &str| folder.join("oqs").join(name);
        let shared = ["req", "res", "face"].map(|name| {
            std::fs::create_dir_all(at(name)).unwrap();
            at(name)
        });
        let tls = |name: &str| folder.join("tls").join(name);
        let now = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
        let order = json!({
            "id": 1, "op": "reset", "institution": INSTITUTION, "account": "F0", "encoding": "utf-8",
            "folders": {"req": shared[0], "res": shared[1], "face": shared[2]},
            "backend": {"url": format!("https://{backend}"), "ca": tls("ca.pem"), "certificate": tls(&format!("{INSTITUTION}.pem"))},
            "now": String::from_utf8(now.stdout).unwrap().trim(),
        });
        writeln!(orders, "{order}").unwrap();
        let reply: Value = serde_json::from_str(&process.until("reader_url")).unwrap();
        let reader = reply["reader_url"].as_str().unwrap().trim_start_matches("http://").to_owned();
        Self { process, orders, reader }
    }
}

/// One call of a reader, by a client that is not ours.
fn call(reader: &str, path: &str, body: &Value) -> Value {
    let url = format!("http://{reader}/reader/{path}");
    let mut command = Command::new("curl");
    command.args(["-s", "-H", "content-type: application/json", "-d", &body.to_string(), &url]);
    let said = command.output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"))
}

/// A visit with Hanako's card, whose throwaway key lies in a folder.
fn visit(reader: &str, card: &Path) -> Value {
    let challenge = call(reader, "challenge", &json!({"account": "F0"}));
    let bytes = STANDARD.decode(challenge["challenge"].as_str().unwrap()).unwrap();
    let signed = card.join("challenge");
    std::fs::write(&signed, bytes).unwrap();
    let key = card.join("user-authentication.key.pem");
    let mut openssl = Command::new("openssl");
    let signature =
        openssl.args(["dgst", "-sha256", "-sign"]).arg(key).arg(signed).output().unwrap();
    let certificate = std::fs::read(card.join("user-authentication.crt")).unwrap();
    let certified = call(
        reader,
        "certificate",
        &json!({
            "account": "F0", "challenge_id": challenge["challenge_id"], "mode": "face",
            "certificate": STANDARD.encode(certificate), "signature": STANDARD.encode(signature.stdout),
        }),
    );
    let none = json!({"limit": false, "specific_diseases": false, "health_check": false, "drugs": true, "care": false, "operations": false});
    call(
        reader,
        "qualification",
        &json!({
            "account": "F0", "ticket": certified["ticket"], "register": true, "consents": none,
        }),
    )
}

/// A terminal in JavaScript, with this fault, in front of the backend; all three seams between them tapped during one visit and one
/// query. What the tap said, its exit code, and the folder of its report.
fn pair(fault: &str) -> (i32, String, TempDir) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let backend = Backend::start(folder);
    let (to_backend, to_reader) = (free(), free());
    let terminal = Terminal::start(folder, &to_backend, fault);
    let taps = format!(
        "  reader: {{listen: 'http://{to_reader}', to: 'http://{}'}}\n  backend: {{listen: 'https://{to_backend}', to: 'https://{}', tls: {{ca: tls/ca.pem, server: tls/server.pem, client: tls}}}}\n  folders: {{at: oqs}}\n",
        terminal.reader, backend.address
    );
    let mut tap = tap(&written(folder, &["terminal", "backend"], &taps), &[]);
    let card = folder.join("card");
    let issued = Command::new(MADOGUCHI)
        .args(["card", "issue", "--persona", "hanako", "--out"])
        .arg(&card)
        .output();
    assert!(issued.unwrap().status.success());
    let answer = visit(&to_reader, &card);
    assert_eq!(answer["validity"], 1, "{answer}");
    tap.until("result into face");
    let query = folder.join("tls/number-query.xml");
    std::fs::copy(query, folder.join("oqs/req/OQSsiquc01req_7.tmp")).unwrap();
    std::fs::rename(
        folder.join("oqs/req/OQSsiquc01req_7.tmp"),
        folder.join("oqs/req/OQSsiquc01req_7.xml"),
    )
    .unwrap();
    tap.until("res   ←");
    let (code, told) = tap.end();
    drop((terminal.orders, terminal.process));
    (code, told, place)
}

#[test]
fn a_pair_that_works_passes_and_every_message_has_its_line() {
    let (code, told, place) = pair("");
    let failed = rules(place.path(), "fail");
    assert_eq!((code, failed), (0, vec![]), "{told}");
    for line in [
        "asks for a challenge",
        "SIMcertif01req",
        "OQSsiquc01res",
        "face  ← result into face",
        " ms",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let held = rules(place.path(), "pass");
    for rule in [
        "across/one-result",
        "across/as-answered",
        "across/challenge-handed-on",
        "backend/layout",
        "backend/consent-times",
        "folders/result-name",
        "reader/layout",
    ] {
        assert!(held.iter().any(|it| it == rule), "{rule}: {held:?}");
    }
    assert!(told.contains("nothing else, was judged"), "{told}");
    let page = std::fs::read_to_string(place.path().join("report/index.html")).unwrap();
    assert!(
        page.contains("Listened only") && !page.contains("numbers and certificates are fictitious")
    );
    assert!(!everything(place.path()).contains("127.0.0.1"), "ports and addresses stay out");
}

#[test]
fn a_planted_fault_is_found_from_outside() {
    let (code, told, place) = pair("twice");
    assert_eq!(code, 1, "{told}");
    assert_eq!(rules(place.path(), "fail"), ["across/one-result"]);
    assert!(told.contains("OQS-MSG-02"), "{told}");
}

/// A server that takes a whole request and then does this with the connection.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || listener.incoming().for_each(|stream| serve(stream.unwrap())));
    address
}

/// A tap before somebody, at the reader seam.
fn before(to: &str) -> (Spoken, String, TempDir) {
    let (place, listen) = (tempfile::tempdir().unwrap(), free());
    let taps = format!("  reader: {{listen: 'http://{listen}', to: 'http://{to}'}}\n");
    let tap = tap(&written(place.path(), &["terminal"], &taps), &[]);
    (tap, listen, place)
}

#[test]
fn slow_chunked_and_large_answers_arrive_byte_for_byte_after_a_half_close() {
    let piece: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let mut answer =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nX-Odd:  spaces \r\n\r\n".to_vec();
    for _ in 0..40 {
        answer.extend(format!("{:x};odd=1\r\n", piece.len()).into_bytes());
        answer.extend(&piece);
        answer.extend(b"\r\n");
    }
    answer.extend(b"0\r\nTrailer: 1\r\n\r\n");
    let due = answer.clone();
    let request =
        b"POST /x HTTP/1.1\r\nhost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let to = server(move |mut stream| {
        let mut asked = Vec::new();
        // The asking side has ended its sending side: only then is the answer begun.
        stream.read_to_end(&mut asked).unwrap();
        assert_eq!(asked, request);
        answer.chunks(9_999).for_each(|piece| stream.write_all(piece).unwrap());
    });
    let (mut tap, listen, place) = before(&to);
    let mut client = TcpStream::connect(listen).unwrap();
    for byte in request.chunks(3) {
        client.write_all(byte).unwrap();
    }
    client.shutdown(Shutdown::Write).unwrap();
    let mut got = Vec::new();
    client.read_to_end(&mut got).unwrap();
    assert!(got == due, "{} bytes of {}", got.len(), due.len());
    tap.until("2800000 bytes");
    let (code, told) = tap.end();
    assert_eq!(code, 0, "{told}");
    assert!(rules(place.path(), "fail").is_empty());
}

#[test]
fn several_exchanges_on_one_connection_are_told_apart() {
    let to = server(|mut stream| {
        let mut asked = [0; 37];
        while stream.read_exact(&mut asked).is_ok() {
            assert_eq!(&asked, b"GET /same HTTP/1.1\r\nhost: 127.0.0.1\r\n");
            stream.read_exact(&mut [0; 2]).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
        }
    });
    let (mut tap, listen, _place) = before(&to);
    let mut client = TcpStream::connect(listen).unwrap();
    for _ in 0..3 {
        client.write_all(b"GET /same HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
        client.read_exact(&mut [0; 40]).unwrap();
        tap.until("answers 200");
    }
    drop(client);
    let (_, told) = tap.end();
    assert_eq!(told.matches("← answers 200").count(), 3, "{told}");
    assert!(!told.contains("! "), "{told}");
}

#[test]
fn a_peer_that_is_gone_is_a_trouble_and_never_a_refusal() {
    let (mut tap, listen, place) = before(&free());
    let mut client = TcpStream::connect(listen).unwrap();
    let _ = client.write_all(b"GET / HTTP/1.1\r\n\r\n");
    let mut got = Vec::new();
    assert!(client.read_to_end(&mut got).is_err(), "reset, as the peer's machine would");
    assert_eq!(got, b"");
    tap.until("the terminal cannot be reached");
    let (code, told) = tap.end();
    assert_eq!(code, 4, "{told}");
    assert!(rules(place.path(), "fail").is_empty());
}

#[test]
fn half_an_answer_is_passed_on_as_half_and_told() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
    let to = server(move |mut stream| {
        let _ = stream.read(&mut [0; 1_000]).unwrap();
        stream.write_all(half).unwrap();
    });
    let (mut tap, listen, _place) = before(&to);
    let mut client = TcpStream::connect(listen).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut got = Vec::new();
    let _ = client.read_to_end(&mut got);
    assert_eq!(got, half);
    drop(client);
    tap.until("! an answer broke off in the middle");
    let (code, told) = tap.end();
    assert_eq!(code, 4, "{told}");
}

#[test]
fn a_client_that_gives_up_waiting_is_told_as_such() {
    let to = server(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let (mut tap, listen, _place) = before(&to);
    let mut client = TcpStream::connect(listen).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    tap.until("→");
    drop(client);
    tap.until("left without an answer; the reader ended the connection first");
    assert_eq!(tap.end().0, 4);
}

#[test]
fn a_run_in_which_nothing_passed_is_not_green() {
    let (tap, _, place) = before(&free());
    let (code, told) = tap.end();
    assert_eq!(code, 4, "{told}");
    assert!(told.contains("nothing passed at this seam"), "{told}");
    assert!(rules(place.path(), "pass").is_empty());
}

#[test]
fn secrets_are_told_by_name_and_stand_nowhere() {
    let to = server(|mut stream| {
        let _ = stream.read(&mut [0; 1_000]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    let (mut tap, listen, place) = before(&to);
    let mut client = TcpStream::connect(listen).unwrap();
    let body = r#"{"my_number":"123456789018","pin":"8642"}"#;
    let request = format!(
        "POST /x/123456789018?pin=8642 HTTP/1.1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    client.write_all(request.as_bytes()).unwrap();
    tap.until("answers 200");
    let (code, told) = tap.end();
    assert_eq!(
        (code, rules(place.path(), "fail")),
        (1, vec!["reader/no-number".into(), "reader/no-pin".into()])
    );
    for text in [told, everything(place.path())] {
        assert!(!text.contains("123456789018") && !text.contains("8642"), "{text}");
    }
}

/// A virtual reader: it sends what vpcd would, and gives the card's answers back.
struct VirtualReader(TcpStream);

impl VirtualReader {
    fn control(&mut self, message: u8) {
        self.0.write_all(&[0, 1, message]).unwrap();
    }

    fn command(&mut self, hexadecimal: &str) -> String {
        let command = hex::decode(hexadecimal).unwrap();
        let length = u16::try_from(command.len()).unwrap().to_be_bytes();
        // Apart, as vpcd does.
        self.0.write_all(&length).unwrap();
        self.0.write_all(&command).unwrap();
        let mut length = [0; 2];
        self.0.read_exact(&mut length).unwrap();
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        self.0.read_exact(&mut answer).unwrap();
        hex::encode_upper(answer)
    }
}

#[test]
fn a_card_and_its_reader_are_heard_and_no_secret_stands_in_the_evidence() {
    let place = tempfile::tempdir().unwrap();
    let (vpcd, listen) = (TcpListener::bind("127.0.0.1:0").unwrap(), free());
    let taps = format!("  card: {{listen: '{listen}', to: '{}'}}\n", vpcd.local_addr().unwrap());
    let mut tap = tap(&written(place.path(), &["card-middleware"], &taps), &[]);
    let mut command = Command::new(MADOGUCHI);
    let card =
        Spoken::start(command.args(["card", "serve", "--persona", "hanako", "--vpcd", &listen]));
    let mut reader = VirtualReader(vpcd.accept().unwrap().0);
    reader.control(1);
    assert_eq!(reader.command("00A4040C0AD392F000260100000001"), "9000");
    assert_eq!(reader.command("00A4020C020018"), "9000");
    assert_eq!(reader.command("002000800439393939"), "63C2");
    assert_eq!(reader.command("00200080"), "63C2");
    tap.until("63C2");
    // The number, by whoever may not read it.
    assert_eq!(reader.command("00A4040C0AD3921000310001010408"), "9000");
    assert_eq!(reader.command("00A4020C020001"), "9000");
    drop((reader, card));
    let (code, told) = tap.end();
    assert_eq!(
        (code, rules(place.path(), "fail")),
        (1, vec!["card/number-untouched".to_owned()]),
        "{told}"
    );
    assert!(rules(place.path(), "pass").contains(&"card/asking-is-free".to_owned()), "{told}");
    assert!(told.contains("VERIFY") && !everything(place.path()).contains("39393939"), "{told}");
}

fn once(arguments: &[&str], sut: &Path) -> (i32, String) {
    let said = Command::new(MADOGUCHI)
        .args(arguments)
        .arg("--sut")
        .arg(sut)
        .current_dir(sut.parent().unwrap())
        .output()
        .unwrap();
    let text = [said.stdout, said.stderr].concat();
    (said.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn mistakes_are_told_with_whose_they_are_and_a_next_step() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let held = held.local_addr().unwrap();
    let listen = free();
    let reader = |to: &str| format!("  reader: {{listen: 'http://{listen}', to: 'http://{to}'}}\n");
    let taken = format!("  reader: {{listen: 'http://{held}', to: 'http://{}'}}\n", free());
    let files = format!(
        "  backend: {{listen: 'https://{listen}', to: 'https://{held}', tls: {{ca: nothing.pem, server: s}}}}\n"
    );
    for (taps, arguments, code, told) in [
        (taken.clone(), &["tap"][..], 4, "the reader tap cannot listen on"),
        (files.clone(), &["tap"], 3, "nothing.pem"),
        (reader(&held.to_string()), &["run"], 3, "madoguchi tap"),
        (
            reader(&held.to_string()).replace("reader", "raeder"),
            &["tap"],
            3,
            "did you mean `reader`",
        ),
        (reader(&held.to_string()), &["tap", "--for", "x"], 2, "--for"),
        (taken, &["doctor"], 4, "BAD     reader: address to listen on"),
        (reader(&free()), &["doctor"], 4, "BAD     reader: who answers there"),
        (files, &["doctor"], 3, "BAD     backend: files for TLS"),
        (
            "  folders: {at: nowhere}\n".to_owned(),
            &["doctor"],
            3,
            "BAD     folders: req, res and face",
        ),
        (reader(&held.to_string()), &["doctor"], 0, "next: madoguchi tap"),
    ] {
        let place = tempfile::tempdir().unwrap();
        let said = once(arguments, &written(place.path(), &["terminal"], &taps));
        assert_eq!(said.0, code, "{arguments:?} {taps}{}", said.1);
        assert!(said.1.contains(told), "{arguments:?} {taps}{}", said.1);
        assert!(said.0 < 3 || said.1.contains("next: "), "{}", said.1);
    }
}

#[test]
fn it_ends_by_itself_when_its_time_is_over() {
    let place = tempfile::tempdir().unwrap();
    let taps = format!("  reader: {{listen: 'http://{}', to: 'http://{}'}}\n", free(), free());
    let (code, told) = once(&["tap", "--for", "1s"], &written(place.path(), &["terminal"], &taps));
    assert_eq!(code, 4, "{told}");
}

#[test]
fn the_configuration_in_the_docs_is_one() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tap.md");
    let page = std::fs::read_to_string(page).unwrap();
    let yaml = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("madoguchi.yaml");
    std::fs::write(&file, yaml).unwrap();
    let taps = harness::sut::config::SutConfig::read(&file).unwrap().taps.unwrap();
    assert_eq!(harness::reverse::tapping::seams(&taps).len(), 5);
}

#[test]
fn openssl_asks_the_authority_and_each_answer_is_about_its_certificate() {
    let place = tempfile::tempdir().unwrap();
    let mut command = Command::new(MADOGUCHI);
    let mut authority =
        Spoken::start(command.args(["authority", "serve", "--listen", "127.0.0.1:0"]));
    let line = authority.until("OCSP");
    let to = line.split("http://").nth(1).unwrap().trim_end().trim_end_matches('/').to_owned();
    let listen = free();
    let taps = format!("  authority: {{listen: 'http://{listen}', to: 'http://{to}'}}\n");
    let mut tap = tap(&written(place.path(), &["backend"], &taps), &[]);
    let card = place.path().join("card");
    let mut issue = Command::new(MADOGUCHI);
    issue.args(["card", "issue", "--persona", "hanako", "--out"]).arg(&card).output().unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args(["ocsp", "-noverify", "-url", &format!("http://{listen}/"), "-issuer"]);
    openssl.arg(card.join("user-authentication-ca.crt")).arg("-cert");
    let said = openssl.arg(card.join("user-authentication.crt")).output().unwrap();
    assert!(String::from_utf8_lossy(&said.stdout).contains(": good"), "{said:?}");
    tap.until("answers 200");
    let (code, told) = tap.end();
    assert_eq!(code, 0, "{told}");
    assert_eq!(rules(place.path(), "pass"), ["authority/question-answered"]);
}

#[test]
fn a_file_that_is_written_under_its_own_name_is_seen_growing() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join("oqs").join(name);
    ["req", "res", "face"].iter().for_each(|name| std::fs::create_dir_all(at(name)).unwrap());
    let sut = written(place.path(), &["receipt-computer"], "  folders: {at: oqs}\n");
    let mut tap = tap(&sut, &[]);
    std::fs::write(at("req/OQSsiquc01req_1.xml"), "<XmlMsg>").unwrap();
    tap.until("req   →");
    std::fs::write(at("req/OQSsiquc01req_1.xml"), "<XmlMsg></XmlMsg>").unwrap();
    std::fs::write(at("res/.aside"), "<XmlMsg></XmlMsg>").unwrap();
    std::fs::rename(at("res/.aside"), at("res/OQSsiquc01res_1.xml")).unwrap();
    tap.until("res   ←");
    let (code, told) = tap.end();
    assert_eq!(
        (code, rules(place.path(), "fail")),
        (1, vec!["folders/whole".to_owned()]),
        "{told}"
    );
    assert!(rules(place.path(), "pass").contains(&"folders/answered-by-name".to_owned()), "{told}");
    assert_eq!(std::fs::read_dir(at("req")).unwrap().count(), 1, "nothing is touched");
}
