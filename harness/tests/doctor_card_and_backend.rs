//! `madoguchi doctor` asks card middleware, a reader, a backend and an authority client whether they are honest: one that accepts all, or refuses all, is not judged; and
//! one that falls silent in the story is never failed for it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs an example after one mistake was written into it: `MISTAKE` is what stood there, `INSTEAD` what stands there now.
const MISTAKEN: &str = r#"
import os, sys
example = os.environ["EXAMPLE"]
sys.path.insert(0, os.path.dirname(example))
text, mistake = open(example, encoding="utf-8").read(), os.environ["MISTAKE"]
assert text.count(mistake) == 1, mistake
exec(compile(text.replace(mistake, os.environ["INSTEAD"]), example, "exec"), {"__name__": "__main__"})
"#;

/// An example and the position that it fills.
struct Example {
    file: &'static str,
    position: &'static str,
    name: &'static str,
    /// What `madoguchi.yaml` says besides.
    more: &'static str,
}

const CARD_CLIENT: Example = Example {
    file: "card-client-python/card_client.py",
    position: "card-middleware",
    name: "Example Card Client",
    more: "",
};
const BACKEND: Example = Example {
    file: "backend-python/backend.py",
    position: "backend",
    name: "Example Backend",
    more: "",
};
const READER: Example = Example {
    file: "reader-python/reader.py",
    position: "reader",
    name: "Example Reader",
    more: "",
};

const AUTHORITY_CLIENT: Example = Example {
    file: "authority-client-python/authority_client.py",
    position: "authority-client",
    name: "Example Authority Client",
    more: "",
};

impl Example {
    fn file(&self) -> PathBuf {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples")).join(self.file)
    }

    /// What the command says of the example with a mistake: exit code and words.
    fn told(&self, (mistake, instead): (&str, &str), words: &[&str]) -> (i32, String) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("product.py"), MISTAKEN).unwrap();
        let (name, position) = (self.name, self.position);
        let limit = if instead.contains("sleep") { 6_000 } else { 20_000 };
        let yaml = format!(
            "product: {{name: {name}, version: 1.0.0, vendor: Test}}\npositions:\n  {position}:\n    adapter: process\n    command: [python3, -B, product.py]\n    timeout_ms: {limit}\n{}",
            self.more
        );
        fs::write(folder.path().join("madoguchi.yaml"), yaml).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(words).arg("--sut").arg(folder.path().join("madoguchi.yaml"));
        command.current_dir(folder.path()).env("EXAMPLE", self.file());
        command.env("MISTAKE", mistake).env("INSTEAD", instead).env_remove("FAULT");
        let output = command.output().unwrap();
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    }

    fn assert_found(&self, mistake: (&str, &str), (check, what): (&str, &str)) {
        let (code, said) = self.told(mistake, &["doctor"]);
        assert_eq!(code, 4, "{mistake:?}: {said}");
        let bad = format!("BAD     {check}\n        product: ");
        assert!(said.contains(&bad), "{mistake:?}: {said}");
        assert!(said.contains(what), "{mistake:?}: nothing of {what:?} in {said}");
        assert_eq!(said.matches("next: ").count(), 1, "{mistake:?}: one next step: {said}");
    }

    /// Silence and an early end within a story say nothing of the product.
    fn assert_inconclusive(&self, mistake: (&str, &str), what: &str) {
        let (code, said) = self.told(mistake, &["run", "--only", "certificate/valid"]);
        assert_eq!(code, 4, "{mistake:?}: {said}");
        assert!(said.contains("inconclusive") && said.contains(what), "{mistake:?}: {said}");
    }
}

#[test]
fn mistakes_of_card_middleware() {
    for (mistake, check, what) in [
        (
            (r#""positions": ["card-middleware"]"#, r#""positions": ["reader"]"#),
            "greeting",
            "does not name the position card-middleware",
        ),
        (
            (r#"b"JPKIAPICCTOKEN2": "card", "#, ""),
            "an echo",
            "does not take a My Number Card for one",
        ),
        (
            ("return got[:total]", "return got[1:total]"),
            "an echo",
            "brings another certificate than the card's",
        ),
        (
            (r#"return {"token": "other"}"#, r#"return {"token": "card", "serial": "1"}"#),
            "a known-bad step",
            "takes a card of another kind for a My Number Card",
        ),
        (
            (
                r#"raise No({"status": "unsupported", "reason": "no such operation"})"#,
                "operation = client.op_hello",
            ),
            "an unknown step",
            "an operation that nobody knows",
        ),
        (
            (
                "(part := self.card.recv(length - len(got)))",
                "(part := self.card.recv(length - len(got)) or bytes(length))",
            ),
            "nothing from nothing",
            "`removed` where no card lies",
        ),
    ] {
        CARD_CLIENT.assert_found(mistake, (check, what));
    }
}

#[test]
fn mistakes_of_a_backend() {
    for (mistake, check, what) in [
        (
            (r#""positions": ["backend"]"#, r#""positions": ["terminal"]"#),
            "greeting",
            "does not name the position backend",
        ),
        (("secrets.token_bytes(32)", "bytes(32)"), "an echo", "the same challenge twice"),
        (
            (
                "        challenge, institution = self.challenges.pop(",
                "        return {'AuthenticationTicket': 'T', 'CertificateState': '1', 'Registered': '1'}\n        challenge, institution = self.challenges.pop(",
            ),
            "a known-bad step",
            "its yes would mean nothing",
        ),
        (
            (r#"{"status": "unsupported"}"#, r#"{"status": "ok"}"#),
            "an unknown step",
            "an operation that nobody knows",
        ),
        (
            (
                r#"return {"QualificationValidity": validity}"#,
                r#"return {"QualificationValidity": "1"}"#,
            ),
            "nothing from nothing",
            "of whom no insurer has told",
        ),
    ] {
        BACKEND.assert_found(mistake, (check, what));
    }
}

#[test]
fn mistakes_of_an_authority_client() {
    for (mistake, check, what) in [
        (
            (r#""positions": ["authority-client"]"#, r#""positions": ["backend"]"#),
            "greeting",
            "does not name the position authority-client",
        ),
        (
            (r#""ended" if now > ends else "current""#, r#""ended""#),
            "an echo",
            "does not find a good certificate good",
        ),
        (
            (r#"return {"path": "untrusted"}"#, "issuer = self.anchors[0]"),
            "a known-bad step",
            "of an authority that is not",
        ),
        (
            (r#"return {"revocation": status[1]}"#, r#"return {"revocation": "good"}"#),
            "a known-bad step",
            "finds a certificate that the authority does not know good",
        ),
        (
            (r#""Response verify OK" not in said or "#, ""),
            "a known-bad step",
            "`no-status` where answers are forged",
        ),
        (
            (r#"return {"revocation": "revoked", "#, r#"return {"revocation": "good", "#),
            "a known-bad step",
            "finds a revoked certificate good; its good would mean nothing",
        ),
        (
            (
                r#"raise No({"status": "unsupported", "reason": "no such operation"})"#,
                "operation = client.op_hello",
            ),
            "an unknown step",
            "an operation that nobody knows",
        ),
        (
            ("if not status or ", "if not status: return {'revocation': 'good'}\n        if "),
            "nothing from nothing",
            "`no-status` where the responder is silent",
        ),
        (
            (
                "if not status or ",
                "if not status: __import__('time').sleep(30)\n        if not status or ",
            ),
            "nothing from nothing",
            "waits for a silent responder longer than 6000 ms",
        ),
    ] {
        AUTHORITY_CLIENT.assert_found(mistake, (check, what));
    }
}

#[test]
fn mistakes_of_a_reader() {
    for (mistake, check, what) in [
        (
            (r#""positions": ["reader"]"#, r#""positions": ["terminal"]"#),
            "greeting",
            "does not name the position reader",
        ),
        (
            ("if left is True: return None", r#"if left is True: return "wrong-pin""#),
            "an echo",
            "ended in `wrong-pin`, and not `completed`",
        ),
        (
            ("kind in yes for kind in flags", "True for kind in flags"),
            "an echo",
            "other consents than the patient's",
        ),
        (
            (r#"{"card": "%s:%d" % door.getsockname()}"#, r#"{"card": "127.0.0.1:1"}"#),
            "an echo",
            "no card can be put into its reader",
        ),
        ((r#""asked": visit.asked"#, r#""asked": []"#), "an echo", "does not ask the consents"),
        (
            ("text(signature)", "text(signature[::-1])"),
            "an echo",
            "another certificate or signature than the card's",
        ),
        (
            (r#"kind.replace("_", "-") if kind in ends"#, r#""completed" if kind in ends"#),
            "a known-bad step",
            "ended in `completed`, and not `certificate-refused`",
        ),
        (
            (r#"raise End("not-my-number-card")"#, r#"raise End("completed")"#),
            "a known-bad step",
            "ended in `completed`, and not `not-my-number-card`",
        ),
        (
            (r#"raise Unsupported("no such operation")"#, "return {}"),
            "an unknown step",
            "an operation that nobody knows",
        ),
        (
            (r#"raise End("no-card")"#, r#"raise End("completed")"#),
            "nothing from nothing",
            "a visit without a card ended in `completed`",
        ),
    ] {
        READER.assert_found(mistake, (check, what));
    }
}

/// The patients of stories consent to more than doctor's does.
#[test]
fn a_reader_that_ends_or_fails_in_the_story_is_inconclusive_and_what_was_typed_is_in_no_words() {
    const VISIT: &str = "    visit = Visit(counter, ask)\n";
    const REPLY: &str = r#"reply = {"status": "ok", **carried_out(ask["op"], ask)}"#;
    let run = ["run", "--only", "identity/right-pin"];
    let gone = format!("    if len(ask['consents']) > 1: os._exit(1)\n{VISIT}");
    let (code, said) = READER.told((VISIT, &gone), &run);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("ended in the middle of its work"), "{said}");
    let fails = format!(
        r#"reply = {{"status": "error", "reason": str(ask["ways"])}} if len(ask.get("consents", [])) > 1 else {}"#,
        REPLY.trim_start_matches("reply = ")
    );
    let (code, said) = READER.told((REPLY, &fails), &run);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("['****']") && !said.contains("1234"), "{said}");
}

#[test]
fn a_product_that_falls_silent_or_ends_in_the_story_is_inconclusive_and_never_a_failure() {
    const QUALIFY: &str = "    def on_SIMqualif01req(self, ask, now):\n";
    const SIGN: &str = "    def op_sign(self, ask):\n";
    const VALIDATE: &str = "    def op_validate(self, ask):\n";
    // Doctor, who asks the same, asks at the present time and not at the story's.
    const STORY: &str = "if ask['now'].startswith('2026-04-01T00:30:00'): ";
    for (example, place, when) in
        [(BACKEND, QUALIFY, ""), (CARD_CLIENT, SIGN, ""), (AUTHORITY_CLIENT, VALIDATE, STORY)]
    {
        let silent = format!("{place}        {when}import time; time.sleep(30)\n");
        example.assert_inconclusive((place, &silent), "no answer within 6000 ms");
        let gone = format!("{place}        {when}os._exit(1)\n");
        example.assert_inconclusive((place, &gone), "ended in the middle of its work");
    }
}

/// What is refused by codes of the product's own is understood by its map, and by nothing else.
#[test]
fn a_backend_with_codes_of_its_own_is_understood_by_its_map() {
    let import = "from doors import Refused, opened, stamp\n";
    let vendor = "import doors\nwrote = doors.tags\ndoors.tags = lambda values: wrote(values).replace('SIM-E2001', 'V-17')\n";
    let mistake = format!("{import}{vendor}");
    let run = ["run", "--only", "certificate/revoked"];
    let (code, said) = BACKEND.told((import, &mistake), &run);
    assert_eq!(code, 1, "{said}");
    let mapped = Example { more: "codes: {V-17: certificate-refused}\n", ..BACKEND };
    let (code, said) = mapped.told((import, &mistake), &run);
    assert_eq!(code, 0, "{said}");
}
