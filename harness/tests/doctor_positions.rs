//! `madoguchi doctor` asks a matcher and a terminal whether they are honest: one that accepts all, or refuses all, is not judged.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::fs;
use std::process::Command;

/// A matcher of the example's, that makes one mistake: what `MISTAKE` names.
const MATCHER: &str = r#"
import json, os, sys, time
sys.path.insert(0, os.environ["EXAMPLE"])
import matcher
mistake = os.environ.get("MISTAKE", "")
if mistake == "dies": sys.exit(1)
for line in sys.stdin:
    asked = json.loads(line)
    said = matcher.reply(asked)
    if mistake == "everybody" and "score" in said: said = {"score": 1.0}
    if mistake == "nobody" and "score" in said: said = {"score": 0.0}
    if mistake == "sees faces everywhere" and "unusable" in said: said = {"score": 1.0}
    if mistake == "silent": time.sleep(60)
    if mistake == "no score": said = {"verdict": "same"}
    print(json.dumps({"id": asked["id"], **said}), flush=True)
"#;

/// A terminal that fetches challenges and nothing else, and makes one mistake: what `MISTAKE` names.
const TERMINAL: &str = r#"
import http.server, json, os, re, ssl, sys, threading, time, urllib.request
mistake = os.environ.get("MISTAKE", "")
desk = {}

def challenge():
    if mistake == "makes one up": return {"challenge_id": "1", "challenge": "AAAA"}
    if mistake == "refuses all": return {"refused": {"code": "X", "kind": "system_error"}}
    tls = ssl.create_default_context(cafile=desk["backend"]["ca"])
    tls.load_cert_chain(desk["backend"]["certificate"])
    body = f"<XmlMsg><MessageHeader><MedicalInstitutionCode>{desk['institution']}</MedicalInstitutionCode></MessageHeader><MessageBody></MessageBody></XmlMsg>"
    headers = {"x-oqs-message": "SIMchalng01req", "content-type": "application/xml"}
    request = urllib.request.Request(desk["backend"]["url"] + "/oqs", body.encode(), headers)
    xml = urllib.request.urlopen(request, context=tls).read().decode()
    found = {name: re.search(f"<{name}>(.*?)</{name}>", xml) for name in ("ChallengeIdentifier", "Challenge", "ErrorCode")}
    if found["ErrorCode"]:
        if mistake == "accepts all": return {"challenge_id": "1", "challenge": "bWFkb2d1Y2hp"}
        return {"refused": {"code": found["ErrorCode"][1], "kind": "system_error"}}
    return {"challenge_id": found["ChallengeIdentifier"][1], "challenge": found["Challenge"][1]}

class Reader(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        in_the_story = self.path == "/reader/certificate"
        if mistake == "silent in the story" and in_the_story: time.sleep(60)
        if mistake == "gone in the story" and in_the_story: os._exit(1)
        body = json.dumps(challenge()).encode()
        self.send_response(500 if mistake == "fails" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass

for line in sys.stdin:
    asked = json.loads(line)
    reply = {"status": "ok"}
    if asked["op"] == "hello":
        reply.update(product="Example", version="1", positions=["reader" if mistake == "other position" else "terminal"])
    elif asked["op"] == "reset" and mistake != "refuses reset":
        desk.update(asked)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reader)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        if mistake != "no address": reply["reader_url"] = f"http://127.0.0.1:{server.server_port}"
        if mistake == "results from nothing": open(desk["folders"]["face"] + "/x.xml", "w").close()
    elif mistake != "accepts the unknown":
        reply["status"] = "unsupported"
    print(json.dumps({"id": asked["id"], **reply}), flush=True)
"#;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/face-matcher-python");

/// What doctor says of a product with this mistake: exit code and words.
fn examined(script: &str, position: &str, mistake: &str) -> (i32, String) {
    told(script, position, mistake, &["doctor"])
}

/// What the command says of a product with this mistake: exit code and words.
fn told(script: &str, position: &str, mistake: &str, words: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("product.py"), script).unwrap();
    let yaml = format!(
        "product: {{name: Example, version: '1', vendor: Test}}\npositions:\n  {position}:\n    adapter: process\n    command: [python3, -B, product.py]\n    timeout_ms: 20000\n"
    );
    let yaml = if mistake.starts_with("silent") { yaml.replace("20000", "2000") } else { yaml };
    let yaml = match position {
        "matcher" => yaml + "    threshold: 0.85\n",
        _ => yaml,
    };
    fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(words).arg("--sut").arg(folder.path().join("madoguchi.yaml"));
    command.current_dir(folder.path());
    let output = command.env("MISTAKE", mistake).env("EXAMPLE", EXAMPLE).output().unwrap();
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn assert_found(script: &str, position: &str, mistake: &str, (check, what): (&str, &str)) {
    let (code, said) = examined(script, position, mistake);
    assert_eq!(code, 4, "{mistake}: {said}");
    assert!(said.contains(&format!("BAD     {check}\n        product: ")), "{mistake}: {said}");
    assert!(said.contains(what), "{mistake}: nothing of {what:?} in {said}");
    assert_eq!(said.matches("next: ").count(), 1, "{mistake}: one next step: {said}");
}

#[test]
fn mistakes_of_a_matcher() {
    let (code, said) = examined(MATCHER, "matcher", "");
    assert_eq!((code, said.matches("ok  ").count()), (0, 7), "{said}");
    for (mistake, check, what) in [
        ("dies", "a first answer", "ended in the middle"),
        ("silent", "a first answer", "no answer within 2000 ms"),
        ("no score", "a first answer", "no reply"),
        ("nobody", "the same person", "knows none of 3 people again"),
        ("everybody", "somebody else", "its match would mean nothing"),
        ("sees faces everywhere", "no face", "takes a blank sheet for a person"),
    ] {
        assert_found(MATCHER, "matcher", mistake, (check, what));
    }
}

#[test]
fn mistakes_of_a_terminal() {
    let (code, said) = examined(TERMINAL, "terminal", "");
    assert_eq!((code, said.matches("ok  ").count()), (0, 8), "{said}");
    for (mistake, check, what) in [
        ("other position", "greeting", "does not name the position terminal"),
        ("refuses reset", "an echo", "refuses `reset`"),
        ("no address", "an echo", "reader_url"),
        ("fails", "an echo", "HTTP status 500"),
        ("makes one up", "an echo", "another challenge than the backend's"),
        ("refuses all", "an echo", "refuses a challenge that the backend gives"),
        ("accepts all", "a known-bad step", "its yes would mean nothing"),
        ("accepts the unknown", "an unknown step", "an operation that nobody knows"),
        ("results from nothing", "nothing from nothing", "`face` although nothing was asked"),
    ] {
        assert_found(TERMINAL, "terminal", mistake, (check, what));
    }
}

#[test]
fn a_terminal_that_falls_silent_or_ends_in_the_story_is_inconclusive_and_never_a_failure() {
    for (mistake, what) in [
        ("silent in the story", "no answer within 2000 ms"),
        ("gone in the story", "Example ended in the middle of its work"),
    ] {
        let words = ["run", "--only", "identity/face-match"];
        let (code, said) = told(TERMINAL, "terminal", mistake, &words);
        assert_eq!(code, 4, "{mistake}: {said}");
        assert!(said.contains(what), "{mistake}: {said}");
    }
}

#[test]
fn what_a_matcher_has_to_say_of_its_scores() {
    let refused = |more: &str, position: &str, what: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("madoguchi.yaml");
        let yaml = format!(
            "product: {{name: Example, version: '1', vendor: Test}}\npositions:\n  {position}:\n    adapter: process\n    command: [p]\n{more}"
        );
        fs::write(&file, yaml).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        let output = command.args(["doctor", "--sut"]).arg(&file).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(what), "{said}");
    };
    refused("", "matcher", "missing field `threshold`");
    refused("    threshold: 1.5\n", "matcher", "scores from 0 to 1");
    refused("    threshold: 0.5\n    attack_threshold: -1\n", "matcher", "scores from 0 to 1");
    refused("    threshold: 0.5\n", "terminal", "unknown field `threshold`");
}
