//! A product that is the card, as a foreign process: `madoguchi doctor` asks whether it is honest, one that falls silent or ends is never
//! failed for it, and nothing of it stays behind.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Runs the example after one mistake was written into it: `MISTAKE` is what stood there, `INSTEAD` what stands there now.
const MISTAKEN: &str = r#"
import os
text, mistake = open(os.environ["EXAMPLE"], encoding="utf-8").read(), os.environ["MISTAKE"]
assert text.count(mistake) == 1, mistake
exec(compile(text.replace(mistake, os.environ["INSTEAD"]), "card.py", "exec"), {"__name__": "__main__"})
"#;

/// What came of a command: exit code and words.
struct Told {
    code: i32,
    words: String,
}

/// A folder with a `madoguchi.yaml` whose card is this command.
fn product(command: &str, limit: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("product.py"), MISTAKEN).unwrap();
    fs::create_dir(folder.path().join("tmp")).unwrap();
    let yaml = format!(
        "product: {{name: Example Card, version: 1.0.0, vendor: Test}}\npositions:\n  card:\n    adapter: card\n    vpcd: {{command: {command}, timeout_ms: {limit}}}\n"
    );
    fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    folder
}

fn ask(folder: &TempDir, (mistake, instead): (&str, &str), words: &[&str]) -> Told {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/card-python/card.py");
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(words).arg("--sut").arg(folder.path().join("madoguchi.yaml"));
    command.current_dir(folder.path()).env("TMPDIR", folder.path().join("tmp"));
    command.env("EXAMPLE", example).env("MISTAKE", mistake).env("INSTEAD", instead);
    let output = command.env_remove("FAULT").output().unwrap();
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    Told { code: output.status.code().unwrap(), words: String::from_utf8(said).unwrap() }
}

fn mistaken((mistake, instead): (&str, &str), words: &[&str]) -> Told {
    let limit = if instead.contains("sleep") { 3_000 } else { 20_000 };
    ask(&product("[python3, -B, product.py]", limit), (mistake, instead), words)
}

#[test]
fn mistakes_of_a_card() {
    for (mistake, check, what) in [
        (("3BE000FF8131FE4514", "00E000FF8131FE4514"), "answer to reset", "3B or 3F"),
        (
            ("file.read_bytes() for file in", "file.read_bytes()[:20] for file in"),
            "an echo",
            "does not show what it is",
        ),
        (
            ("file.read_bytes() for file in", "file.read_bytes()[:-1] + b'!' for file in"),
            "an echo",
            "another certificate than it was given",
        ),
        (
            ("private_key(\"user-authentication\")", "private_key(\"digital-signature\")"),
            "an echo",
            "signs with another key",
        ),
        (
            ("value and value.encode()", "value and value[::-1].encode()"),
            "an echo",
            "refuses the right PIN",
        ),
        (
            ("refuse_unless(data == self.value, WRONG | self.left)", "pass"),
            "a known-bad step",
            "has to refuse a wrong PIN",
        ),
        (("place not in self.locks or", "True or"), "a known-bad step", "signs without the PIN"),
        (
            ("refuse_unless(carry_out, NO_INS)", "carry_out = carry_out or (lambda *_: b'')"),
            "an unknown step",
            "an instruction that nobody knows",
        ),
        (
            ("refuse_unless(found, NO_FILE)", "found = found or JPKI"),
            "nothing from nothing",
            "an application that is not there",
        ),
    ] {
        let told = mistaken(mistake, &["doctor"]);
        assert_eq!(told.code, 4, "{mistake:?}: {}", told.words);
        let bad = format!("BAD     {check}\n        product: ");
        assert!(told.words.contains(&bad), "{mistake:?}: {}", told.words);
        assert!(told.words.contains(what), "{mistake:?}: nothing of {what:?} in {}", told.words);
        assert_eq!(told.words.matches("next: ").count(), 1, "{mistake:?}: {}", told.words);
    }
}

/// The line before which a card hangs or ends: it has answered recognition and certificate by then.
const SIGN: &str =
    "        place = self.target(p2)\n        refuse_unless(place in self.keys, KIND)\n";

#[test]
fn a_card_that_falls_silent_or_ends_in_the_story_is_inconclusive_and_never_a_failure() {
    // Whether it is honest is not in question, so what doctor asks is answered: the PIN stands before each of its signatures.
    let before = |does: &str| format!("        if 'terminal' in self.rights: {does}\n{SIGN}");
    for (does, what) in [
        ("import time; time.sleep(30)", "no answer within 3000 ms"),
        ("os._exit(1)", "ended in the middle of its work (exit status: 1)"),
        (
            "reader.shutdown(socket.SHUT_RDWR); socket.create_server(('127.0.0.1', 0)).accept()",
            "runs on",
        ),
    ] {
        let told = mistaken((SIGN, &before(does)), &["run", "--only", "certificate/valid"]);
        assert_eq!(told.code, 4, "{does}: {}", told.words);
        assert!(told.words.contains("inconclusive"), "{does}: {}", told.words);
        assert!(told.words.contains(what), "{does}: nothing of {what:?} in {}", told.words);
    }
}

#[test]
fn a_program_that_never_puts_a_card_in_is_told_from_one_that_is_not_there() {
    for (command, limit, code, what) in [
        ("[no-such-card]", 5_000, 3, "cannot start no-such-card"),
        ("[sh, -c, 'exit 7']", 5_000, 4, "exit status: 7, before it put a card in"),
        ("[sleep, '60']", 300, 4, "no answer within 300 ms"),
        ("[]", 300, 3, "`command` is empty"),
    ] {
        let told = ask(&product(command, limit), ("", ""), &["doctor"]);
        assert_eq!(told.code, code, "{command}: {}", told.words);
        assert!(told.words.contains(what), "{command}: nothing of {what:?} in {}", told.words);
    }
}

/// What a card is made of is gone with its world, also after a failure.
#[test]
fn no_folder_of_a_card_stays_behind() {
    let folder = product("[python3, -B, product.py]", 20_000);
    // The folder that the card was given, and who may look into it.
    let seen = "import stat; open('seen', 'a').write(f'{FOLDER} {stat.S_IMODE(FOLDER.stat().st_mode):o}\\n')\n";
    let place = "FAULT = os.environ.get(\"FAULT\")\n";
    let told =
        ask(&folder, (place, &format!("{place}{seen}")), &["run", "--only", "identity/wrong-pin"]);
    assert_eq!(told.code, 0, "{}", told.words);
    let seen = fs::read_to_string(folder.path().join("seen")).unwrap();
    let folders: Vec<_> = seen.lines().filter_map(|line| line.rsplit_once(' ')).collect();
    assert!(folders.len() >= 2, "doctor's and the scenario's: {seen}");
    for (card, mode) in folders {
        assert_eq!(mode, "700");
        assert!(!Path::new(card).exists(), "{card}");
    }
}

/// Software between reader and card, and the card: two of a vendor's products, and a hand that moves the card once the first has recognised it.
#[test]
fn a_card_behind_card_middleware_of_the_same_vendor() {
    let folder = tempfile::tempdir().unwrap();
    let examples =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").canonicalize().unwrap();
    let yaml = format!(
        "product: {{name: Example Card Client, version: 1.0.0, vendor: Test}}\npositions:\n  card:\n    adapter: card\n    vpcd: {{command: [python3, -B, {card}], timeout_ms: 20000}}\n  card-middleware:\n    adapter: process\n    command: [python3, -B, {client}]\n    timeout_ms: 20000\n",
        card = examples.join("card-python/card.py").display(),
        client = examples.join("card-client-python/card_client.py").display(),
    );
    fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
    fs::create_dir(folder.path().join("tmp")).unwrap();
    for scenario in ["card/swapped-by-face", "card/put-back-and-again", "identity/wrong-pin"] {
        let told = ask(&folder, ("", ""), &["run", "--only", scenario]);
        assert_eq!(told.code, 0, "{scenario}: {}", told.words);
        assert!(told.words.contains("pass"), "{scenario}: {}", told.words);
    }
}
