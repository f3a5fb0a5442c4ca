//! `madoguchi card serve`, `card state` and `card script` as their users meet them: over HTTP, with a state that outlives a
//! killed process.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use sim_card::CardState;
use sim_card::PinName;

/// SELECT 券面入力補助AP, whose 照合番号A has ten tries.
const SELECT: &str = "00A4040C0AD3921000310001010408";
/// VERIFY of it with a wrong value.
const WRONG: &str = "002000940C303030303030303030303030";

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

/// A card that is served over HTTP by a process of its own, killed with the value.
struct Served {
    child: Child,
    address: String,
    view: BufReader<std::process::ChildStdout>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn new(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["card", "serve", "--http", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut view = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        view.read_line(&mut line).unwrap();
        let (_, address) = line.split_once("http://").expect(&line);
        let address = address.split('/').next().unwrap().to_owned();
        Self { child, address, view }
    }

    /// Sends a request and does not wait.
    fn send(&self, path: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(stream, "POST {path} HTTP/1.1\r\nHost: card\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
        stream
    }

    /// Sends a request and gives the body of the answer.
    fn ask(&self, path: &str, body: &str) -> String {
        let mut answer = String::new();
        self.send(path, body).read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").expect(&answer).1.trim().to_owned()
    }

    /// Power, and 券面入力補助AP.
    fn selected(&self) {
        let atr: Value = serde_json::from_str(&self.ask("/power-on", "")).unwrap();
        assert_eq!(atr["atr"], "3BE000FF8131FE4514");
        assert_eq!(self.ask("/apdu", SELECT), "9000");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.view.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

fn tries(file: &str) -> u8 {
    let state = CardState::from_json(&std::fs::read(file).unwrap()).expect("a whole file");
    state.tries_left(PinName::TextReferenceNumberA)
}

#[test]
fn a_citizens_card_is_served_over_http_and_shown_in_words() {
    let mut served = Served::new(&["--citizen", "42", "--seed", "7"]);
    served.selected();
    assert_eq!(served.ask("/apdu", WRONG), "63C9");
    assert_eq!(served.line(), "power on");
    assert_eq!(served.line(), "SELECT 券面入力補助AP (text input) -> 9000 done");
    let verify = "VERIFY EF 0014 照合番号A (reference number A), 12 bytes -> 63C9 9 tries left";
    assert_eq!(served.line(), verify);
}

#[test]
fn a_killed_process_gives_no_try_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "card.json");
    let arguments = ["--persona", "hanako", "--state", &file];
    for left in [9, 8, 7] {
        let mut served = Served::new(&arguments);
        served.selected();
        assert_eq!(served.ask("/apdu", WRONG), format!("63C{left}"));
        // SIGKILL: nothing is tidied up.
        served.child.kill().unwrap();
        served.child.wait().unwrap();
        assert_eq!(tries(&file), left);
    }
    // Killed at any moment around the answer: a whole file, and a try that was answered is gone.
    let mut before = tries(&file);
    for pause in [0, 1, 2, 4, 8] {
        let mut served = Served::new(&arguments);
        served.selected();
        let mut asked = served.send("/apdu", WRONG);
        std::thread::sleep(Duration::from_millis(pause));
        served.child.kill().unwrap();
        served.child.wait().unwrap();
        let mut answer = String::new();
        let _ = asked.read_to_string(&mut answer);
        let after = tries(&file);
        assert!(after == before || after + 1 == before, "{before} {after}");
        assert!(!answer.contains("63C") || after + 1 == before, "the answer came first: {answer}");
        before = after;
    }
}

#[test]
fn a_served_state_is_nobody_elses_and_can_be_put_right_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "card.json");
    let served = Served::new(&["--persona", "hanako", "--state", &file]);
    served.selected();
    assert_eq!(served.ask("/apdu", WRONG), "63C9");
    let output = madoguchi(&["card", "state", &file]);
    assert!(told(&output).contains("9 of 10 tries left"), "{}", told(&output));
    let output = madoguchi(&["card", "state", &file, "--reset"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(
        told(&output).contains("in use") && told(&output).contains("next:"),
        "{}",
        told(&output)
    );
    drop(served);
    let output = madoguchi(&[
        "card",
        "state",
        &file,
        "--unblock",
        "text-reference-number-a",
        "--set",
        "user-authentication=0",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(tries(&file), 10);
    assert!(told(&output).contains("user-authentication       blocked"), "{}", told(&output));
    let output = madoguchi(&[
        "card",
        "serve",
        "--persona",
        "taro",
        "--state",
        &file,
        "--http",
        "127.0.0.1:0",
    ]);
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("persona hanako"), "{}", told(&output));
    let output = madoguchi(&["card", "state", &file, "--reset"]);
    assert!(told(&output).contains("3 of 3 tries left"), "{}", told(&output));
}

#[test]
fn a_card_misbehaves_as_it_is_told_and_what_is_no_fault_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "faults.apdu");
    let script = "00A4040C 0A D392F000260100000001 -> 9000\n00B0860020 -> 4A50 9000\n00B0860020\n";
    std::fs::write(&file, script).unwrap();
    let play = |faults: &[&str]| {
        let whose = ["card", "script", &file, "--persona", "hanako"];
        madoguchi(&[&whose[..], faults].concat())
    };
    let output = play(&["--fault", "truncated:B0:2", "--fault", "mute-after:2"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("does not answer"), "{}", told(&output));
    for (faults, words) in [
        (vec!["--fault", "asleep"], "mute-after:5"),
        (vec!["--fault", "swapped-after:1"], "--under"),
        (vec!["--fault", "open-key", "--under", "taro"], "swapped-after:N"),
        (vec!["--fault", "open-key", "--state", "card.json"], "cannot be used with"),
    ] {
        let output = play(&faults);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
    let output = play(&["--fault", "swapped-after:1", "--under", "taro"]);
    assert_eq!(output.status.code(), Some(1), "the other card knows of no application yet");
}

#[test]
fn a_certificate_names_the_responder_it_is_told_and_never_the_real_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(folder.path(), "card");
    let issue = |url: &str| {
        madoguchi(&["card", "issue", "--citizen", "42", "--out", &out, "--ocsp-url", url])
    };
    assert_eq!(issue("http://127.0.0.1:8881").status.code(), Some(0));
    let certificate = std::fs::read(folder.path().join("card/user-authentication.crt")).unwrap();
    let url = b"http://127.0.0.1:8881";
    assert!(certificate.windows(url.len()).any(|part| part == url));
    for (url, words) in [
        ("127.0.0.1:8881", "give an address like"),
        ("http://ocspauthnorm.jpki.go.jp", "jpki.go.jp"),
    ] {
        let output = issue(url);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
}

#[test]
fn the_shipped_script_runs_and_a_wrong_expectation_is_1_with_its_line() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/card.apdu");
    let output = madoguchi(&["card", "script", example, "--persona", "hanako"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("every answer as expected"), "{}", told(&output));
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "wrong.apdu");
    std::fs::write(&file, "# a head\n00840000 08 -> 6982\n0020008004 34373131 -> 6986\n").unwrap();
    let output = madoguchi(&["card", "script", &file, "--citizen", "42"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains("line 2: expected 6982, got 8 bytes of data, 9000"),
        "{}",
        told(&output)
    );
    assert!(told(&output).contains("2 commands, 1 answer not as expected"), "{}", told(&output));
    std::fs::write(&file, "00840000 08\nverify 4711\n").unwrap();
    let output = madoguchi(&["card", "script", &file, "--citizen", "42"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        told(&output).contains("line 2") && !told(&output).contains("4711"),
        "{}",
        told(&output)
    );
}

#[test]
fn what_cannot_be_is_told_with_a_next_step() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    // Bound and never listening: nobody else gets the port meanwhile.
    let silent = tokio::net::TcpSocket::new_v4().unwrap();
    silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nobody = silent.local_addr().unwrap().to_string();
    let missing = ["card", "serve"];
    let both = ["card", "serve", "--persona", "hanako", "--citizen", "1"];
    let misspelt = ["card", "serve", "--persona", "hanak"];
    let beyond = ["card", "serve", "--citizen", "125000000"];
    let doors = ["card", "serve", "--persona", "hanako", "--vpcd", "x", "--http", "y"];
    let no_pcscd = ["card", "serve", "--persona", "hanako", "--vpcd", &nobody];
    let no_state = ["card", "state", "no-such-file"];
    let tries = ["card", "state", "no-such-file", "--set", "user-authentication=4"];
    for (arguments, code, words) in [
        (&missing[..], 2, "--persona NAME"),
        (&both[..], 2, "not both"),
        (&misspelt[..], 2, "did you mean `hanako`?"),
        (&beyond[..], 2, "there is no citizen"),
        (&doors[..], 2, "cannot be used with"),
        (&no_pcscd[..], 4, "start pcscd"),
        (&no_state[..], 3, "there is no state of a card"),
        (&tries[..], 2, "0 to 3 tries"),
    ] {
        let output = madoguchi(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(words), "{arguments:?}: {}", told(&output));
    }
    let output = madoguchi(&["card", "serve", "--persona", "hanako", "--http", &taken]);
    assert_eq!(output.status.code(), Some(4));
    assert!(told(&output).contains("another address with --http"), "{}", told(&output));
}

/// The content of every file of an issued card.
fn files_below(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| files_below(folder));
    below.chain(files.iter().map(|file| std::fs::read(file).unwrap())).collect()
}

#[test]
fn a_citizens_issued_card_has_the_secrets_and_never_the_number() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(folder.path(), "card");
    let output = madoguchi(&["card", "issue", "--citizen", "42", "--out", &out]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let citizen = sim_card::population::Population::new(1).citizen(42).unwrap();
    for bytes in files_below(Path::new(&out)) {
        assert!(!String::from_utf8_lossy(&bytes).contains(citizen.individual_number.digits()));
    }
    let facts: Value =
        serde_json::from_slice(&std::fs::read(format!("{out}/card.json")).unwrap()).unwrap();
    assert_eq!((&facts["citizen"], &facts["user_pin"]), (&42.into(), &citizen.user_pin.into()));
    let photo = std::fs::read(format!("{out}/photo.jp2")).unwrap();
    let photo = sim_reader::face::photo::decode(&photo).unwrap();
    assert_eq!(
        (photo.width, photo.height),
        (240, 320),
        "the photo the reader's faces are compared with"
    );
}
