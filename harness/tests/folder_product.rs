//! Products behind fixed folders: the example with its hooks, one with a person before it, and a terminal that only watches.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reports::model::{RunRecord, Verdict};
use tempfile::TempDir;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

fn madoguchi(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    // Named from elsewhere, as one mostly does.
    let file = Path::new(folder.file_name().unwrap()).join("madoguchi.yaml");
    command.args(words).arg("--sut").arg(file).current_dir(folder.parent().unwrap());
    command.env("LC_ALL", "C.UTF-8").env_remove("FAULT").stdin(Stdio::null());
    command
}

/// Exit code, and what was said.
fn told(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

fn run(folder: &Path, only: &[&str]) -> Command {
    let mut command = madoguchi(folder, &["run", "--quiet"]);
    command.args(only).arg("--out").arg(folder.join("report"));
    command
}

fn record(folder: &Path) -> RunRecord {
    reports::json::read(&std::fs::read(folder.join("report/result.json")).unwrap()).unwrap()
}

fn worst(record: &RunRecord) -> Vec<(String, Verdict, Option<String>)> {
    let fine = [Verdict::Pass, Verdict::Warn, Verdict::NotApplicable];
    let bad = record.cases.iter().filter(|case| !fine.contains(&case.verdict));
    bad.map(|case| (case.id.clone(), case.verdict, case.why.clone())).collect()
}

/// The names of all files below the three folders that are not hidden.
fn left(root: &Path) -> Vec<String> {
    let names = |folder| std::fs::read_dir(root.join(folder)).unwrap().flatten();
    let all = ["req", "res", "face"].into_iter().flat_map(names);
    let all = all.map(|entry| entry.file_name().into_string().unwrap());
    all.filter(|name| !name.starts_with('.')).collect()
}

fn folders_under(root: &Path) {
    for folder in ["req", "res", "face"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
}

/// A copy of the example, since its folders are in use by one run at a time.
fn example() -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    for (from, file) in [
        ("receipt-computer-folder", "desk.py"),
        ("receipt-computer-folder", "madoguchi.yaml"),
        ("receipt-computer-python", "receipt_computer.py"),
    ] {
        std::fs::create_dir_all(root.path().join(from)).unwrap();
        let (from, to) =
            (Path::new(EXAMPLES).join(from).join(file), root.path().join(from).join(file));
        std::fs::copy(from, to).unwrap();
    }
    let folder = root.path().join("receipt-computer-folder");
    // Whatever it claims: it is to be judged whole.
    let yaml = folder.join("madoguchi.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    std::fs::write(&yaml, text.split_once("claims:").unwrap().0).unwrap();
    folders_under(&folder.join("folders"));
    (root, folder)
}

const AREAS: [&str; 2] = ["--tags", "@area:inbox or @area:story or @area:query"];

#[test]
fn the_example_is_conformant_and_its_folders_are_left_as_they_were() {
    let (_root, folder) = example();
    let (code, said) = told(&mut run(&folder, &AREAS));
    let record = record(&folder);
    assert_eq!(code, Some(0), "{:#?} {said}", worst(&record));
    let passed = record.cases.iter().filter(|case| case.verdict == Verdict::Pass).count();
    assert!(passed > 20, "{passed}");
    assert_eq!(left(&folder.join("folders")), Vec::<String>::new());
}

#[test]
fn the_example_with_its_fault_is_found_out() {
    let (_root, folder) = example();
    let (code, said) = told(run(&folder, &["--only", "OQS-MSG-19"]).env("FAULT", "newest-file"));
    assert_eq!(code, Some(1), "{said}");
}

#[test]
fn doctor_looks_at_the_folders_and_removes_nothing() {
    let (_root, folder) = example();
    let (code, said) = told(&mut madoguchi(&folder, &["doctor"]));
    assert_eq!(code, Some(0), "{said}");
    let letter = folder.join("folders/res/letter.txt");
    std::fs::write(&letter, "dear").unwrap();
    let (code, said) = told(&mut madoguchi(&folder, &["doctor"]));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("letter.txt") && said.contains("removes nothing of others"), "{said}");
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "dear");
    std::fs::remove_dir_all(folder.join("folders/face")).unwrap();
    std::fs::remove_file(&letter).unwrap();
    let (code, said) = told(&mut madoguchi(&folder, &["doctor"]));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("folders/face"), "{said}");
}

#[test]
fn hooks_that_fail_are_no_verdict_on_the_product() {
    for (hook, code, word) in [
        ("[sh, -c, 'exit 3']", 4, "exit status: 3"),
        ("[sh, -c, 'echo nonsense']", 4, "no reply"),
        ("[no-such-program]", 3, "no-such-program"),
    ] {
        let (_root, folder) = example();
        let yaml = folder.join("madoguchi.yaml");
        let text = std::fs::read_to_string(&yaml).unwrap();
        let text = text.replace("arrive: [python3, -B, desk.py]", &format!("arrive: {hook}"));
        std::fs::write(&yaml, text).unwrap();
        let (found, said) = told(&mut madoguchi(&folder, &["doctor"]));
        assert_eq!(found, Some(code), "{hook}: {said}");
        assert!(said.contains(word), "{hook}: {said}");
    }
}

#[test]
fn a_person_before_fixed_folders_compares_the_answers_file() {
    let folder = tempfile::tempdir().unwrap();
    folders_under(&folder.path().join("shared"));
    let yaml = "product: {name: Example Receipt Computer, version: 1.0.0, vendor: Test}\npositions:\n  receipt-computer:\n    adapter: folder\n    root: shared\nhuman: {page: 127.0.0.1:0, language: en}\n";
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let mut command = run(folder.path(), &AREAS);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut run = Ending(child);
    let mut screen = BufReader::new(run.0.stderr.take().unwrap());
    let mut said = String::new();
    screen.read_line(&mut said).unwrap();
    let url = said.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
    let person = Path::new(CLIENTS).join("person.py");
    let heard = folder.path().join("heard");
    let mut words = Command::new("python3");
    words.stdout(std::fs::File::create(&heard).unwrap());
    words.arg("-B").arg(person).args(["page", &url]);
    let mut person =
        words.arg(Path::new(EXAMPLES).join("receipt-computer-python")).spawn().unwrap();
    // A person who fails would leave a question standing for ever.
    assert!(person.wait().unwrap().success(), "the script that plays the person failed");
    screen.read_to_string(&mut said).unwrap();
    let code = run.0.wait().unwrap().code();
    let record = record(folder.path());
    assert_eq!(code, Some(0), "{:#?} {said}", worst(&record));
    let heard = std::fs::read_to_string(heard).unwrap();
    assert!(heard.contains("same as last time"), "the folders stay where they are: {heard}");
    assert!(heard.contains("stands in the answer's file"), "{heard}");
    assert_eq!(left(&folder.path().join("shared")), Vec::<String>::new());
}

/// A process that ends with the value.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A terminal with fixed folders and a fixed address of its backend.
fn terminal(mistake: &str) -> (TempDir, Ending) {
    let folder = tempfile::tempdir().unwrap();
    folders_under(&folder.path().join("shared"));
    std::fs::create_dir(folder.path().join("tls")).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let yaml = format!(
        "product: {{name: Example Watcher, version: '1', vendor: Test}}\npositions:\n  terminal:\n    adapter: folder\n    root: shared\n    institution: '1319999999'\n    backend: {free}\n    tls: tls\n    timeout_ms: 5000\n"
    );
    std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    let mut command = Command::new("python3");
    command.arg("-B").arg(Path::new(CLIENTS).join("terminal_watcher.py"));
    command.arg(folder.path().join("shared")).arg(folder.path().join("tls")).arg(free.to_string());
    (folder, Ending(command.env("MISTAKE", mistake).spawn().unwrap()))
}

#[test]
fn a_terminal_that_only_watches_its_folders_is_judged_by_its_queries() {
    let (folder, _watching) = terminal("");
    let (code, said) = told(&mut madoguchi(folder.path(), &["doctor"]));
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = told(&mut run(folder.path(), &["--tags", "@area:query or @area:story"]));
    let record = record(folder.path());
    assert!(worst(&record).is_empty(), "{code:?} {:#?} {said}", worst(&record));
    let of = |verdict| record.cases.iter().filter(move |case| case.verdict == verdict);
    assert!(of(Verdict::Pass).count() > 0, "{said}");
    let why = |case: &reports::model::CaseResult| case.why.clone().unwrap_or_default();
    assert!(of(Verdict::NotApplicable).any(|case| why(case).contains("reader_url")));
    assert_eq!(left(&folder.path().join("shared")), Vec::<String>::new());
}

#[test]
fn a_terminal_that_makes_answers_up_is_not_judged() {
    let (folder, _watching) = terminal("makes answers up");
    let (code, said) = told(&mut madoguchi(folder.path(), &["doctor"]));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("BAD     a known-bad step"), "{said}");
}

#[test]
fn a_terminal_that_takes_every_answer_for_utf_8_is_not_judged() {
    let (folder, _watching) = terminal("takes all for UTF-8");
    let (code, said) = told(&mut madoguchi(folder.path(), &["doctor"]));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("BAD     an answer in Shift_JIS"), "{said}");
}

#[test]
fn a_terminal_that_does_not_run_lays_no_answer() {
    let (folder, watching) = terminal("");
    drop(watching);
    let (code, said) = told(&mut madoguchi(folder.path(), &["doctor"]));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("no answer into res within 5000 ms"), "{said}");
    assert_eq!(left(&folder.path().join("shared")), Vec::<String>::new());
}

#[test]
fn what_is_configured_wrongly_is_told() {
    for (position, keys, word) in [
        ("receipt-computer", "root: a, folders: {req: a, res: b, face: c}", "either `root`"),
        ("receipt-computer", "timeout_ms: 1", "either `root`"),
        ("receipt-computer", "root: a, hooks: {ask: []}", "a hook is empty"),
        ("receipt-computer", "root: a, tls: b", "for a terminal"),
        ("terminal", "root: a", "a terminal needs"),
        ("terminal", "root: a, hooks: {ask: [x]}", "for a receipt computer"),
        ("backend", "root: a", "a receipt computer or a terminal"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let yaml = format!(
            "product: {{name: P, version: '1', vendor: V}}\npositions:\n  {position}: {{adapter: folder, {keys}}}\n"
        );
        std::fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
        let (code, said) = told(&mut madoguchi(folder.path(), &["doctor"]));
        assert_eq!(code, Some(3), "{keys}: {said}");
        assert!(said.contains(word), "{keys}: {said}");
    }
}
