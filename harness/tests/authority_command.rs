//! `madoguchi authority` as its users meet it: served as a process, asked by openssl, written to files.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use harness::world::plain_client;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// When things happen: on a day when the certificates of personas and citizens are good, however late the test runs.
const WHEN: &str = "2026-10-01T03:00:00Z";

/// What a program said, both streams, and whether it was content.
struct Said {
    content: bool,
    text: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = [output.stdout.as_slice(), &output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        Self { content: output.status.success(), text }
    }

    fn must_say(&self, words: &str) {
        assert!(self.text.contains(words), "{words:?} is not said:\n{}", self.text);
    }

    fn must_not_say(&self, words: &str) {
        assert!(!self.text.contains(words), "{words:?} is said:\n{}", self.text);
    }
}

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).output().unwrap()
}

/// Runs the openssl program; without it nothing here can be judged, which is a failure and not a pass.
fn openssl(arguments: &[&str]) -> Said {
    let output = Command::new("openssl").args(arguments).output();
    Said::of(&output.unwrap_or_else(|error| panic!("openssl must be on the PATH: {error}")))
}

/// The authority as a process of its own, which ends with the value, and what it exports.
struct Authority {
    process: Child,
    /// Held open: a command whose output nobody takes may end.
    told: BufReader<ChildStdout>,
    url: String,
    files: tempfile::TempDir,
    http: Client,
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(address: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command
        .args(["authority", "serve", "--listen", address])
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Authority {
    fn start(more: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut process = serve("127.0.0.1:0", more).spawn().unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        told.read_line(&mut first).unwrap();
        let url = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let url = url.trim_end_matches('/').to_owned();
        assert!(!url.ends_with(":0"), "the port that was found is told: {first}");
        let files = tempfile::tempdir().unwrap();
        let exported = madoguchi(&["authority", "export", "--out", &text(files.path())]);
        assert!(exported.status.success(), "{}", Said::of(&exported).text);
        let http = plain_client().unwrap();
        let authority = Self { process, told, url, files, http };
        for name in ["user-authentication-ca", "hanako"] {
            let (der, pem) = (format!("{name}.crt"), format!("{name}.pem"));
            let (der, pem) = (authority.path(&der), authority.path(&pem));
            openssl(&["x509", "-inform", "DER", "-in", &der, "-out", &pem]);
        }
        authority
    }

    fn path(&self, name: &str) -> String {
        text(&self.files.path().join(name))
    }

    /// What openssl makes of the answer about hanako's certificate.
    fn ask(&self) -> Said {
        self.ask_for("60")
    }

    /// As [`Self::ask`], but openssl waits so many seconds only.
    fn ask_for(&self, seconds: &str) -> Said {
        let (ca, hanako) = (self.path("user-authentication-ca.pem"), self.path("hanako.pem"));
        let url = format!("{}/", self.url);
        let about = ["ocsp", "-issuer", &ca, "-CAfile", &ca, "-cert", &hanako, "-url", &url];
        openssl(&[&about[..], &["-timeout", seconds]].concat())
    }

    async fn send(&self, method: reqwest::Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.http.request(method, format!("{}{path}", self.url));
        let answer = request.body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    async fn behave(&self, behaviour: Value) {
        let (status, told) =
            self.send(reqwest::Method::PUT, "/control/behaviour", &behaviour).await;
        assert_eq!((status, &told), (StatusCode::OK, &behaviour));
    }

    async fn order(&self, path: &str, body: Value) -> Value {
        let (status, told) = self.send(reqwest::Method::POST, path, &body).await;
        assert!(status.is_success(), "{path}: {told}");
        told
    }

    async fn told_of(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.url)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Asks for a path that is answered and, in the same breath, for another; gives the connection when the first answer is there, so the second
    /// request has arrived.
    fn ask_twice(&self, answered: &str, unanswered: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: authority.invalid\r\n\r\n");
        stream.write_all((get(answered) + &get(unanswered)).as_bytes()).unwrap();
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).unwrap();
        assert!(piece[..read].starts_with(b"HTTP/1.1 200"));
        stream
    }

    /// Asks the process to end as Ctrl-C does, and gives its exit code and all it said on both streams.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let kill = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let asked = Instant::now();
        let code = loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                break status.code();
            }
            assert!(asked.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut said = String::new();
        self.told.read_to_string(&mut said).unwrap();
        let errors = self.process.stderr.take().unwrap();
        BufReader::new(errors).read_to_string(&mut said).unwrap();
        (code, said)
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[tokio::test]
async fn openssl_says_of_each_behaviour_what_is_wrong_with_it() {
    let authority = Authority::start(&["--behaviour", "try-later"]);
    authority.ask().must_say("Responder Error: trylater (3)");
    for (behaviour, said, unsaid) in [
        (json!({"behaviour": "answering"}), &["Response verify OK", ": good"][..], "WARNING"),
        (json!({"behaviour": "pre-signed"}), &["Response verify OK", "no nonce"], "Nonce Verify"),
        (
            json!({"behaviour": "nonce-dropped"}),
            &["Response verify OK", "no nonce"],
            "Nonce Verify",
        ),
        (json!({"behaviour": "nonce-wrong"}), &["Nonce Verify error"], "verify OK"),
        (json!({"behaviour": "internal-error"}), &["internalerror (2)"], "verify OK"),
        (json!({"behaviour": "malformed"}), &["Error querying OCSP responder"], "verify OK"),
        (json!({"behaviour": "unsigned"}), &["Response Verify Failure"], "verify OK"),
        (json!({"behaviour": "bad-signature"}), &["signature failure"], "verify OK"),
        (json!({"behaviour": "wrong-signer"}), &["unable to get local issuer"], "verify OK"),
        (json!({"behaviour": "expired-responder"}), &["certificate has expired"], "verify OK"),
        (json!({"behaviour": "stale"}), &["Status times invalid", "status expired"], ": unknown"),
        (
            json!({"behaviour": "delayed", "milliseconds": 400}),
            &["Response verify OK", ": good"],
            "WARNING",
        ),
        (json!({"behaviour": "silent"}), &["Error querying OCSP responder"], "verify OK"),
        (json!({"behaviour": "answering"}), &["Response verify OK", ": good"], "WARNING"),
    ] {
        authority.behave(behaviour.clone()).await;
        let asked = Instant::now();
        let silent = behaviour["behaviour"] == "silent";
        let verdict = authority.ask_for(if silent { "3" } else { "60" });
        said.iter().for_each(|words| verdict.must_say(words));
        verdict.must_not_say(unsaid);
        let least = behaviour["milliseconds"].as_u64().unwrap_or_default();
        assert!(asked.elapsed() >= Duration::from_millis(least), "{behaviour}");
    }
    let (status, told) = authority
        .send(reqwest::Method::PUT, "/control/behaviour", &json!({"behaviour": "asleep"}))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told["detail"].as_str().unwrap().contains("nonce-wrong"), "{told}");
}

#[tokio::test]
async fn what_happens_to_people_is_seen_by_openssl() {
    let authority = Authority::start(&[]);
    authority.ask().must_say(": good");
    let event = |event: &str| json!({ "event": event, "at": WHEN });
    let events = "/control/people/hanako/events";
    let lost = authority.order(events, event("card-lost")).await;
    authority.ask().must_say("Reason: certificateHold");
    let found = authority.order(events, event("card-found")).await;
    assert_eq!(lost, found);
    authority.ask().must_say(": good");
    authority.order(events, event("moved")).await;
    authority.ask().must_say(": good");
    let person = authority.told_of("/control/people/hanako").await;
    let user = &person["certificates"][0];
    assert_eq!((&user["ca"], &user["standing"]), (&json!("user-authentication"), &json!("good")));
    let serial = user["serial"].as_str().unwrap();
    let renewed = authority
        .order(
            &format!("/control/certificates/{serial}/renew"),
            json!({"card_expiry": "2099-02-17", "at": WHEN}),
        )
        .await;
    authority.ask().must_say("Reason: superseded");
    std::fs::write(authority.path("hanako.pem"), renewed["certificate"].as_str().unwrap()).unwrap();
    authority.ask().must_say(": good");
    let path = format!("/control/certificates/{}/revoke", renewed["serial"].as_str().unwrap());
    authority.order(&path, json!({"reason": "keyCompromise", "at": WHEN})).await;
    authority.ask().must_say("Reason: keyCompromise");
    let list = authority.http.get(format!("{}/crl/user-authentication.crl", authority.url));
    let list = list.send().await.unwrap().bytes().await.unwrap();
    std::fs::write(authority.path("list.der"), &list).unwrap();
    let (ca, list) = (authority.path("user-authentication-ca.pem"), authority.path("list.der"));
    let said = openssl(&["crl", "-inform", "DER", "-in", &list, "-CAfile", &ca, "-noout", "-text"]);
    for words in ["verify OK", "Key Compromise", "Superseded"] {
        said.must_say(words);
    }
}

#[tokio::test]
async fn any_citizen_is_known_by_the_serial_number_that_is_shown() {
    let authority = Authority::start(&["--seed", "5"]);
    for index in ["0", "77777777", "124999999"] {
        let shown = madoguchi(&["population", "show", index, "--seed", "5", "--format", "json"]);
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        let serial = shown["user_authentication_serial"].as_str().unwrap();
        let ca = authority.path("user-authentication-ca.pem");
        let url = format!("{}/", authority.url);
        let ask = || {
            let asked = format!("0x{serial}");
            openssl(&["ocsp", "-issuer", &ca, "-CAfile", &ca, "-serial", &asked, "-url", &url])
        };
        ask().must_say(&format!("0x{serial}: good"));
        let path = format!("/control/people/{}/events", shown["person_code"].as_str().unwrap());
        let changed = authority.order(&path, json!({"event": "died", "at": WHEN})).await;
        assert!(changed["changed"].as_array().unwrap().contains(&json!(serial)), "{changed}");
        let told = authority.told_of(&format!("/control/certificates/{serial}")).await;
        assert_eq!((&told["standing"], &told["since"]), (&json!("revoked"), &json!(WHEN)));
        ask().must_say("Reason: cessationOfOperation");
    }
}

#[test]
fn ctrl_c_ends_it_well_even_while_it_is_silent() {
    let (code, said) = Authority::start(&[]).interrupt();
    assert_eq!(code, Some(0), "{said}");
    for words in ["CRL   GET", "now answering", "125000000 citizens of seed 1", "hanako     serial"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let silent = Authority::start(&["--behaviour", "silent"]);
    let mut waiting = silent.ask_twice("/control/behaviour", "/crl/user-authentication.crl");
    let (code, said) = silent.interrupt();
    assert_eq!(code, Some(0), "{said}");
    let mut rest = Vec::new();
    // How the connection ends is the system's affair.
    let _ = waiting.read_to_end(&mut rest);
    let rest = String::from_utf8_lossy(&rest);
    assert!(!rest.contains("HTTP/1.1"), "it is silent: {rest}");
}

#[test]
fn a_taken_port_and_wrong_words_are_told_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (arguments, code, words) in [
        (
            vec!["--listen", &address],
            4,
            ["cannot listen on 127.0.0.1:", "next: choose another address"],
        ),
        (vec!["--listen", &address, "--behaviour", "asleep"], 2, ["asleep", "nonce-wrong"]),
        (vec!["--listen", &address, "--today", "1999-01-01"], 2, ["1999-01-01", "only from"]),
    ] {
        let output = madoguchi(&[&["authority", "serve"], &arguments[..]].concat());
        let said = Said::of(&output);
        assert_eq!(output.status.code(), Some(code), "{}", said.text);
        words.iter().for_each(|words| said.must_say(words));
    }
}

/// Every file of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (text(path.file_name().unwrap().as_ref()), std::fs::read(path).unwrap()))
        .collect()
}

fn export(out: &Path, more: &[&str]) -> Said {
    let out = text(out);
    Said::of(&madoguchi(&[&["authority", "export", "--out", &out], more].concat()))
}

#[test]
fn the_same_moment_exports_the_same_files() {
    let [one, two, other] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let noon = ["--bulk", "1000", "--at", "2026-10-01T03:00:00Z"];
    for folder in [&one, &two] {
        let said = export(folder.path(), &noon);
        assert!(said.content, "{}", said.text);
    }
    assert!(export(other.path(), &["--at", "2026-10-02T03:00:00Z"]).content);
    let written = files(one.path());
    assert_eq!(written, files(two.path()));
    for name in ["hanako.crt", "user-authentication-ca.crt", "digital-signature-new-with-old.crt"] {
        assert_eq!(
            written[name],
            files(other.path())[name],
            "{name} does not depend on the moment"
        );
    }
    let mut expected = Vec::new();
    for ca in [
        "user-authentication",
        "digital-signature",
        "mobile-user-authentication",
        "mobile-digital-signature",
    ] {
        for list in ["", "-base", "-delta", "-partition", "-stale", "-wrong-issuer"] {
            expected.push(format!("{ca}{list}.crl"));
        }
    }
    expected.push("bulk.crl".to_owned());
    for name in expected {
        assert!(written.contains_key(&name), "{name}");
        assert_ne!(Some(&written[&name]), files(other.path()).get(&name), "{name}");
    }
    let path = |name: &str| text(&one.path().join(name));
    openssl(&[
        "x509",
        "-inform",
        "DER",
        "-in",
        &path("user-authentication-ca.crt"),
        "-out",
        &path("ca.pem"),
    ]);
    let said = openssl(&[
        "crl",
        "-inform",
        "DER",
        "-in",
        &path("bulk.crl"),
        "-CAfile",
        &path("ca.pem"),
        "-noout",
        "-text",
    ]);
    said.must_say("verify OK");
    assert_eq!(said.text.matches("Serial Number:").count(), 1_000);
}

#[test]
fn rare_kanji_of_a_persona_are_substituted_and_marked() {
    let out = tempfile::tempdir().unwrap();
    let folder = text(out.path());
    let issued = madoguchi(&["card", "issue", "--persona", "takasaki", "--out", &folder]);
    assert!(issued.status.success(), "{}", Said::of(&issued).text);
    let certificate = std::fs::read(out.path().join("digital-signature.crt")).unwrap();
    let has = |text: &str| certificate.windows(text.len()).any(|found| found == text.as_bytes());
    assert!(has("高崎\u{3000}試") && has("\u{c}\u{4}1100"), "neither kanji is in JIS");
    assert!(!has("\u{9AD9}\u{FA11}"));
}

#[test]
fn a_folder_that_cannot_be_written_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let out = text(&file.join("under"));
    let output = madoguchi(&["authority", "export", "--out", &out]);
    assert_eq!(output.status.code(), Some(4));
    Said::of(&output).must_say("--out");
}
