//! Programs that serve one scenario after the other: the example products are started a few times only, are judged as before, and a
//! product that does not begin anew is found out before anything is judged.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// A copy of an example that is kept running, and notes each of its starts.
struct Kept(tempfile::TempDir);

impl Kept {
    fn new(example: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in fs::read_dir(Path::new(EXAMPLES).join(example)).unwrap() {
            let file = file.unwrap();
            if file.file_type().unwrap().is_file() {
                fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
            }
        }
        let yaml = fs::read_to_string(folder.path().join("madoguchi.yaml")).unwrap();
        let (before, command) = yaml.split_once("command: [").unwrap();
        let (command, after) = command.split_once(']').unwrap();
        let command = command.replace(", ", " ");
        let yaml = format!("{before}command: [sh, -c, 'echo >> starts; exec {command}']{after}");
        let yaml = yaml.replace("isolation: fresh-process", "isolation: reset");
        assert!(yaml.contains("isolation: reset"));
        fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
        Self(folder)
    }

    fn told(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(words).arg("--sut").arg(self.0.path().join("madoguchi.yaml"));
        command.env_remove("FAULT").current_dir(self.0.path()).output().unwrap()
    }

    fn starts(&self) -> usize {
        fs::read_to_string(self.0.path().join("starts")).unwrap().lines().count()
    }
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// Runs an example, and tells how many scenarios were played.
fn is_kept(example: &str) {
    let kept = Kept::new(example);
    let output = kept.told(&["run", "--out", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let record = fs::read(kept.0.path().join("out/result.json")).unwrap();
    let played = reports::json::read(&record).unwrap().cases.len();
    // As many as there are runners, each with as many as there are institutions in one scenario.
    assert!(kept.starts() * 2 < played, "{} starts for {played} scenarios", kept.starts());
}

#[test]
fn a_receipt_computer_serves_scenario_after_scenario() {
    is_kept("receipt-computer-python");
}

#[test]
fn a_terminal_serves_scenario_after_scenario() {
    is_kept("terminal-node");
}

#[test]
fn a_backend_serves_scenario_after_scenario() {
    is_kept("backend-python");
}

#[test]
fn card_middleware_serves_scenario_after_scenario() {
    is_kept("card-client-python");
}

#[test]
fn a_program_that_does_not_begin_a_second_time_is_found_before_anything_is_judged() {
    let kept = Kept::new("receipt-computer-python");
    let program = kept.0.path().join("receipt_computer.py");
    let begins = "    def op_reset(self, ask):\n";
    let once = "        if hasattr(self, 'charts'): sys.exit(9)\n";
    let text = fs::read_to_string(&program).unwrap();
    assert!(text.contains(begins), "the example has another shape now");
    fs::write(&program, text.replace(begins, &format!("{begins}{once}"))).unwrap();
    let output = kept.told(&["doctor"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("BAD     a second beginning"), "{said}");
}
