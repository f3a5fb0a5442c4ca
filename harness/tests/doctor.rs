//! `madoguchi doctor` finds mistakes of the set-up, says whose they are, and what to do next.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A product that does what doctor asks, and makes one mistake: what `MISTAKE` names.
const PRODUCT: &str = r#"
import json, os, sys, time
mistake = os.environ.get("MISTAKE", "")
if mistake == "banner": print("Starting up ...", flush=True)
if mistake == "dies at once": sys.exit(7)
replies = {
    "hello": {"product": "Example", "version": "1", "positions": ["receipt-computer"]},
    "reset": {}, "collect": {"results": [], "duplicates": 0},
}
hello = replies["hello"]
if mistake == "other name": hello["product"] = "Another"
if mistake == "other version": hello["version"] = "2"
if mistake == "no positions": del hello["positions"]
if mistake == "other position": hello["positions"] = ["reader"]
if mistake == "results from nothing": replies["collect"]["results"] = [{"file": "x.xml", "decision": "opened", "chart": "K-1", "validity": 1}]
if mistake == "collects no list": replies["collect"] = {"results": 3}
for line in sys.stdin:
    asked = json.loads(line)
    op, number = asked["op"], asked["id"]
    reply = {"status": "ok", **replies.get(op, {})}
    if op == "arrive" and asked["chart"] != "K-1": reply = {"status": "error", "error_code": "no-chart"}
    if op not in ("hello", "reset", "collect", "arrive"): reply = {"status": "unsupported"}
    if mistake == "accepts all": reply["status"] = "ok"
    if mistake == "refuses all": reply = {"status": "rejected", "reason": "no"}
    if mistake == "supports nothing": reply = {"status": "unsupported"}
    if mistake == "refuses the chart" and op == "arrive": reply = {"status": "error", "error_code": "no-chart"}
    if mistake == "rejects the unknown" and reply["status"] == "unsupported": reply["status"] = "rejected"
    if mistake == "unknown is an error" and reply["status"] == "unsupported": reply["status"] = "error"
    if mistake == "rejects the bad" and reply["status"] == "error": reply["status"] = "rejected"
    if mistake == "dies at the unknown" and reply["status"] == "unsupported": sys.exit(1)
    if mistake == "accepts the unknown" and reply["status"] == "unsupported": reply["status"] = "ok"
    if mistake == "empty folder is an error" and op == "collect": reply = {"status": "error", "reason": "no files"}
    if mistake == "no status": del reply["status"]
    if mistake == "new status": reply["status"] = "fine"
    in_the_story = op == "collect" and asked["wait_files"] > 0
    if mistake == "silent" or mistake == "silent later" and op == "reset": time.sleep(60)
    if mistake == "silent in the story" and in_the_story: time.sleep(60)
    if mistake == "gone in the story" and in_the_story: sys.exit(1)
    text = json.dumps({"id": number + (mistake == "wrong id"), **reply})
    if mistake == "no json": text = "OK"
    if mistake == "two lines": text += "\n" + text
    if mistake == "pretty": text = json.dumps(json.loads(text), indent=2)
    if mistake == "utf-16":
        sys.stdout.buffer.write((text + "\n").encode("utf-16")); sys.stdout.buffer.flush(); continue
    print(text, flush=mistake != "buffered")
"#;

const YAML: &str = "product: {name: Example, version: '1', vendor: Test}\npositions:\n  receipt-computer:\n    adapter: process\n    command: [python3, -B, product.py]\n    timeout_ms: 20000\n";

/// A folder with the product and its configuration.
fn set_up(yaml: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("product.py"), PRODUCT).unwrap();
    fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    folder
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    // With it Python would flush every line, and one of the mistakes could not be made.
    command.env_remove("PYTHONUNBUFFERED");
    command.args(["doctor", "--sut"]).arg(folder.join("madoguchi.yaml"));
    command
}

/// Exit code and everything said.
fn told(output: &Output) -> (i32, String) {
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// One mistake is one label with one next step.
fn assert_found(mistake: &str, output: &Output, (label, what, next): (&str, &str, &str)) {
    let code = if label == "configuration" { 3 } else { 4 };
    let (found, said) = told(output);
    assert_eq!(found, code, "{mistake}: {said}");
    assert!(said.contains(&format!("{label}: ")), "{mistake}: no label {label} in {said}");
    assert!(said.contains(what), "{mistake}: nothing of {what:?} in {said}");
    let step = said.split("next: ").nth(1).unwrap_or_else(|| panic!("{mistake}: no step: {said}"));
    assert!(step.contains(next), "{mistake}: nothing of {next:?} in the next step: {said}");
    assert_eq!(said.matches("next: ").count(), 1, "{mistake}: one next step: {said}");
}

#[test]
fn a_good_set_up_is_told_so() {
    let folder = set_up(YAML);
    let (code, said) = told(&command(folder.path()).output().unwrap());
    assert_eq!(code, 0, "{said}");
    assert_eq!(said.matches("ok  ").count(), 8, "{said}");
    assert!(said.contains("next: madoguchi run --sut"), "{said}");
}

#[test]
fn mistakes_in_the_configuration() {
    let correct = "correct the line named";
    for (right, wrong, what, next) in [
        ("product:", "produkt:", "did you mean `product`?", correct),
        ("vendor:", "vendr:", "did you mean `vendor`?", correct),
        ("receipt-computer:", "receipt_computer:", "did you mean `receipt-computer`?", correct),
        ("adapter: process", "adapter: proces", "did you mean `process`?", correct),
        ("adapter: process", "adaptor: process", "adapter", correct),
        ("timeout_ms:", "timeout:", "unknown field `timeout`", correct),
        ("version: '1', ", "", "missing field `version`", correct),
        ("version: '1'", "version: 1.0", "the version 1.0, the product 1", "`product`"),
        ("name: Example", "name: ''", "not empty", correct),
        ("[python3, -B, product.py]", "[]", "`command` is empty", correct),
        ("[python3, -B, product.py]", "python3 product.py", "expected a sequence", correct),
        ("20000", "0", "`timeout_ms` is 0", correct),
        ("20000", "-1", "`-1`, expected u64", correct),
        ("20000", "five", "expected u64", correct),
        ("timeout_ms: 20000", "env: LOG", "expected a map", correct),
        ("timeout_ms: 20000\n", "timeout_ms: 20000\nisolation: none\n", "isolation", correct),
        ("positions:", "\tpositions:", "line", correct),
        ("name: Example", "name: \"Example", "line", correct),
        (
            "[python3, -B, product.py]",
            "[no-such-program-anywhere]",
            "cannot start",
            "check `command`",
        ),
        ("[python3, -B, product.py]", "[./product.py]", "cannot start", "check `command`"),
        (
            "[python3, -B, product.py]",
            "[python3, -B, produkt.py]",
            "before its first word",
            "by hand",
        ),
        ("name: Example", "name: Sample", "the name Sample, the product Example", "`product`"),
        ("version: '1'", "version: '9'", "the version 9, the product 1", "`product`"),
        (
            "process\n    command: [python3, -B, product.py]",
            "http\n    url: localhost:1",
            "must begin with http://",
            correct,
        ),
        (
            "process\n    command: [python3, -B, product.py]",
            "http\n    url: http://127.0.0.1:1/",
            "cannot be reached at http://127.0.0.1:1/",
            "start the product",
        ),
    ] {
        assert!(YAML.contains(right), "{right}");
        let folder = set_up(&YAML.replace(right, wrong));
        let output = command(folder.path()).output().unwrap();
        assert_found(wrong, &output, ("configuration", what, next));
    }
}

#[test]
fn mistakes_with_the_file_itself() {
    let folder = set_up(YAML);
    let file = folder.path().join("madoguchi.yaml");
    for (content, what, next) in [
        (None, "cannot read", "check the path"),
        (Some(&b""[..]), "madoguchi.yaml", "correct"),
        (Some(b"\x83\x7d\x83\x68\n"), "cannot read", "check the path"),
        (Some(b"just words\n"), "madoguchi.yaml", "correct"),
    ] {
        match content {
            Some(content) => fs::write(&file, content).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let output = command(folder.path()).output().unwrap();
        assert_found(&format!("{content:?}"), &output, ("configuration", what, next));
    }
}

#[test]
fn mistakes_of_the_product() {
    let folder = set_up(YAML);
    let protocol = "receipt-computer-protocol.md";
    for (mistake, label, what, next) in [
        ("dies at once", "configuration", "exit status: 7", "by hand"),
        ("other name", "configuration", "the product Another", "`product`"),
        ("other version", "configuration", "the product 2", "`product`"),
        ("banner", "product", "no reply", "standard error"),
        ("no json", "product", "no reply", "one JSON object a line"),
        ("pretty", "product", "no reply", "one JSON object a line"),
        ("utf-16", "product", "not UTF-8", "UTF-8"),
        ("no status", "product", "missing field `status`", "one JSON object a line"),
        ("new status", "product", "unknown variant `fine`", "one JSON object a line"),
        ("wrong id", "product", "reply 2 to request 1", "one JSON object a line"),
        ("two lines", "product", "reply 1 to request 2", "by hand"),
        ("no positions", "product", "missing field `positions`", protocol),
        ("other position", "product", "receipt-computer", protocol),
        ("refuses all", "product", "refuses the greeting", protocol),
        ("supports nothing", "product", "refuses the greeting", protocol),
        ("refuses the chart", "product", "refuses `arrive`", protocol),
        ("accepts all", "product", "its ok would mean nothing", protocol),
        ("rejects the bad", "product", "by the status error", protocol),
        ("rejects the unknown", "product", "by the status unsupported", protocol),
        ("unknown is an error", "product", "by the status unsupported", protocol),
        ("accepts the unknown", "product", "an operation that nobody knows", protocol),
        ("dies at the unknown", "product", "exit status: 1", "by hand"),
        ("empty folder is an error", "product", "no files", protocol),
        ("results from nothing", "product", "the folder `face` is empty", protocol),
        ("collects no list", "product", "reply to `collect`", protocol),
    ] {
        let output = command(folder.path()).env("MISTAKE", mistake).output().unwrap();
        assert_found(mistake, &output, (label, what, next));
    }
}

/// Silence lasts this long before it is told.
const PATIENCE: &str = "4000";

#[test]
fn silence_is_told_with_what_may_be_behind_it() {
    let folder = set_up(&YAML.replace("20000", PATIENCE));
    std::thread::scope(|scope| {
        for (mistake, next) in
            [("silent", "flush"), ("buffered", "flush"), ("silent later", "timeout_ms")]
        {
            let mut command = command(folder.path());
            scope.spawn(move || {
                let output = command.env("MISTAKE", mistake).output();
                let expected = ("product", "no answer within 4000 ms", next);
                assert_found(mistake, &output.unwrap(), expected);
            });
        }
    });
}

#[test]
fn mistakes_of_the_machine() {
    let folder = set_up(YAML);
    let output = command(folder.path()).env("TMPDIR", folder.path().join("gone")).output();
    let expected = ("environment", "temporary folder", "TMPDIR");
    assert_found("TMPDIR", &output.unwrap(), expected);
    // A run says the same, and blames neither itself nor the product.
    let mut run = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    run.args(["run", "--only", "inbox/chart", "--sut"]).arg(folder.path().join("madoguchi.yaml"));
    run.arg("--out").arg(folder.path().join("out")).env("TMPDIR", folder.path().join("gone"));
    assert_found("TMPDIR of a run", &run.output().unwrap(), expected);
}

/// Runs one scenario with the product and its mistake; `out` is the report's folder.
fn judge(folder: &Path, mistake: &str, out: &Path) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["run", "--only", "inbox/chart", "--sut"]).arg(folder.join("madoguchi.yaml"));
    told(&command.env("MISTAKE", mistake).arg("--out").arg(out).output().unwrap())
}

#[test]
fn what_goes_silent_in_the_story_is_inconclusive_and_never_a_failure() {
    let folder = set_up(&YAML.replace("20000", PATIENCE));
    for mistake in ["silent in the story", "gone in the story"] {
        let (code, said) = judge(folder.path(), mistake, &folder.path().join("out"));
        assert_eq!(code, 4, "{mistake}: {said}");
        assert!(folder.path().join("out/result.json").exists(), "{mistake}: not judged");
    }
}

#[test]
fn a_product_that_accepts_all_or_refuses_all_is_not_judged() {
    let folder = set_up(YAML);
    for mistake in ["accepts all", "refuses all"] {
        let out = folder.path().join("out");
        let (code, said) = judge(folder.path(), mistake, &out);
        assert_eq!(code, 4, "{mistake}: {said}");
        assert!(said.contains("product: "), "{said}");
        assert!(!out.join("result.json").exists(), "{mistake}: judged");
    }
}
