//! A receipt computer that a person operates: a script plays the person, on the page and in a terminal, before the example product.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use reports::model::{RunRecord, Verdict};
use tempfile::TempDir;

const PERSON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/person.py");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/receipt-computer-python");

/// A folder with a `madoguchi.yaml` that names a person, and more keys.
fn configured(more: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let yaml = format!(
        "product: {{name: Example Receipt Computer, version: 1.0.0, vendor: Test}}\npositions:\n  receipt-computer:\n    adapter: human\n{more}"
    );
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    folder
}

fn madoguchi(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(words).arg("--sut").arg(folder.join("madoguchi.yaml"));
    command.current_dir(folder).env("LC_ALL", "C.UTF-8").env_remove("FAULT");
    command
}

fn record(folder: &Path) -> RunRecord {
    reports::json::read(&std::fs::read(folder.join("report/result.json")).unwrap()).unwrap()
}

fn verdicts(record: &RunRecord) -> Vec<(String, Verdict, Option<String>)> {
    record.cases.iter().map(|case| (case.id.clone(), case.verdict, case.why.clone())).collect()
}

/// A run before a page, and whoever sits there.
struct Seated {
    run: Child,
    said: BufReader<std::process::ChildStderr>,
    url: String,
}

impl Drop for Seated {
    fn drop(&mut self) {
        let _ = self.run.kill();
        let _ = self.run.wait();
    }
}

impl Seated {
    fn at(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut run = command.spawn().unwrap();
        let mut said = BufReader::new(run.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no page: {line}")).to_owned();
        Self { run, said, url }
    }

    /// Has the script answer to the end, with a fault in the product or none, and gives the exit code and what was said.
    fn answered(mut self, fault: &str) -> (ExitStatus, String) {
        let mut person = Command::new("python3");
        person.args(["-B", PERSON, "page", &self.url, EXAMPLE]).env("FAULT", fault);
        let mut person = person.stdout(Stdio::null()).spawn().unwrap();
        // A person who fails would leave a question standing for ever.
        assert!(person.wait().unwrap().success(), "the script that plays the person failed");
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        (self.run.wait().unwrap(), said)
    }
}

const PAGE: &str = "human: {page: 127.0.0.1:0, language: en}\n";

#[test]
fn with_a_person_before_it_the_example_is_as_conformant_as_by_a_program() {
    let folder = configured(PAGE);
    let command = madoguchi(
        folder.path(),
        &[
            "run",
            "--tags",
            "@area:inbox or @area:story or @area:query or @area:claim",
            "--out",
            "report",
        ],
    );
    let (status, said) = Seated::at(command).answered("");
    let record = record(folder.path());
    let fine = [Verdict::Pass, Verdict::Warn, Verdict::NotApplicable];
    let worst: Vec<_> = verdicts(&record).into_iter().filter(|it| !fine.contains(&it.1)).collect();
    assert!(status.success(), "{worst:#?}\n{said}");
    let passed = record.cases.iter().filter(|case| case.verdict == Verdict::Pass).count();
    assert!(passed > 30, "{passed} of {}", record.cases.len());
}

#[test]
fn a_person_tells_what_a_faulty_product_does_and_the_rule_is_named() {
    let folder = configured(PAGE);
    let command = madoguchi(folder.path(), &["run", "--only", "OQS-MSG-19", "--out", "report"]);
    let (status, said) = Seated::at(command).answered("newest-file");
    assert_eq!(status.code(), Some(1), "{said}");
    let failed = |check: &&reports::model::Check| check.verdict == Verdict::Fail;
    let record = record(folder.path());
    let checks = record.cases.iter().flat_map(|case| &case.checks).filter(failed);
    assert!(checks.flat_map(|check| &check.requirement).any(|id| id == "OQS-MSG-19"));
}

#[test]
fn in_a_terminal_a_whole_story_is_told_and_no_secret_was_on_the_screen() {
    let folder = configured("human: {language: en}\n");
    let madoguchi_ =
        madoguchi(folder.path(), &["run", "--only", "story/eight-steps", "--out", "report"]);
    let mut command = Command::new("python3");
    command.args(["-B", PERSON, "terminal", EXAMPLE]).arg(madoguchi_.get_program());
    command.args(madoguchi_.get_args()).current_dir(folder.path()).env("LC_ALL", "C.UTF-8");
    let output = command.env_remove("FAULT").output().unwrap();
    let screen = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{screen}");
    assert_eq!(record(folder.path()).cases[0].verdict, Verdict::Pass);
    assert!(screen.contains("1/1  "), "{screen}");
    let digits = screen.split(|letter: char| !letter.is_ascii_digit());
    assert_eq!(digits.filter(|run| run.len() == 12).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// Types these lines into a run without a terminal; the input then ends.
fn typed(folder: &Path, words: &[&str], lines: &str) -> (Option<i32>, String) {
    let mut command = madoguchi(folder, words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    run.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = run.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// What doctor asks, answered as by a good product: greeting, set up, a chart, no such chart, nothing.
const HONEST: &str = "1\n1\n1\n2\n1\n";
const RUN: [&str; 5] = ["run", "--only", "inbox/twins", "--out", "report"];

#[test]
fn doctor_asks_the_person() {
    let folder = configured("human: {language: en}\n");
    let (code, said) = typed(folder.path(), &["doctor"], HONEST);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("ok      nothing from nothing"), "{said}");
    // It opens a chart that there is not.
    let (code, said) = typed(folder.path(), &["doctor"], "1\n1\n1\n1\n");
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("BAD     a known-bad step"), "{said}");
    // Another version stands on the screen.
    let (code, said) = typed(folder.path(), &["doctor"], "2\nExample Receipt Computer\n2.0\n\n");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("the product 2.0"), "{said}");
}

#[test]
fn the_end_of_the_input_and_the_persons_own_end_the_run_as_incomplete() {
    for (lines, how) in [("", "input has come to its end"), ("q\n", "ended the run")] {
        let folder = configured("human: {language: en}\n");
        let (code, said) = typed(folder.path(), &RUN, &format!("{HONEST}{lines}"));
        assert_eq!(code, Some(4), "{said}");
        let record = record(folder.path());
        let why = record.incomplete.clone().unwrap();
        assert!(why.contains(how) && why.contains("--rerun-failed"), "{why}");
        let case = &record.cases[0];
        assert_eq!(case.verdict, Verdict::Inconclusive, "{case:?}");
        assert!(case.checks.iter().all(|check| check.verdict != Verdict::Fail));
    }
}

#[test]
fn a_mistake_is_asked_again_and_what_was_mistyped_too() {
    let folder = configured("human: {language: en}\n");
    let (code, said) = typed(folder.path(), &["doctor"], "x\n9\n1\nr\n1\n1\n2\n1\n");
    assert_eq!(code, Some(0), "{said}");
    let asked = said.matches("Set the product up anew").count();
    assert_eq!(asked, 2, "the order was given once more: {said}");
}

#[test]
fn what_the_product_cannot_do_is_not_applicable() {
    let folder = configured("human: {language: en}\n");
    let words = ["run", "--only", "inbox/twins", "--out", "report"];
    let (code, said) = typed(folder.path(), &words, &format!("{HONEST}u\n"));
    assert_eq!(record(folder.path()).cases[0].verdict, Verdict::NotApplicable, "{code:?} {said}");
}

#[test]
fn a_person_who_takes_too_long_is_silent_and_never_a_refusal() {
    let folder = configured("    timeout_ms: 600\nhuman: {page: 127.0.0.1:0, language: en}\n");
    let command = madoguchi(folder.path(), &["doctor"]);
    let mut seated = Seated::at(command);
    assert_eq!(seated.run.wait().unwrap().code(), Some(4), "nobody answers");
}

#[test]
fn ctrl_c_ends_a_run_while_a_question_waits() {
    let folder = configured("human: {language: en}\n");
    let mut command = madoguchi(folder.path(), &RUN);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    let mut keyboard = run.stdin.take().unwrap();
    keyboard.write_all(HONEST.as_bytes()).unwrap();
    let mut screen = BufReader::new(run.stderr.take().unwrap());
    let mut shown = String::new();
    while !shown.contains("1/1") {
        assert!(screen.read_line(&mut shown).unwrap() > 0, "{shown}");
    }
    let id = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(4), "{shown}");
    assert!(record(folder.path()).incomplete.unwrap().contains("Ctrl-C"));
    drop(keyboard);
}

#[test]
fn positions_that_no_person_can_fill_are_refused_with_a_reason() {
    for (position, word) in [
        ("card-middleware", "command by command"),
        ("terminal", "waits seconds"),
        ("backend", "keeps up"),
        ("matcher", "keeps up"),
    ] {
        let folder = configured("human: {language: en}\n");
        let yaml = folder.path().join("madoguchi.yaml");
        let text = std::fs::read_to_string(&yaml).unwrap().replace("receipt-computer", position);
        std::fs::write(&yaml, text).unwrap();
        let (code, said) = typed(folder.path(), &["doctor"], "");
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains(word), "{position}: {said}");
    }
}

#[test]
fn what_is_configured_wrongly_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let page = format!("human: {{page: '{}'}}\n", taken.local_addr().unwrap());
    for (more, code, word) in [
        (page.as_str(), 4, "choose another port"),
        ("human: {pge: 127.0.0.1:1}\n", 3, "did you mean `page`?"),
        ("human: {page: localhost}\n", 3, "socket address"),
        ("    timeout_ms: 0\n", 3, "timeout_ms"),
        ("    command: [x]\n", 3, "command"),
    ] {
        let folder = configured(more);
        let (found, said) = typed(folder.path(), &["doctor"], "");
        assert_eq!(found, Some(code), "{more}: {said}");
        assert!(said.contains(word), "{more}: {said}");
    }
    let folder = configured("human: {language: en}\n");
    let yaml = folder.path().join("madoguchi.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    std::fs::write(&yaml, text.replace("adapter: human", "adapter: process\n    command: [x]"))
        .unwrap();
    let (code, said) = typed(folder.path(), &["doctor"], "");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("`human` is for positions"), "{said}");
}
