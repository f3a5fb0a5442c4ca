//! Photo and capture are nowhere: everything that a counter writes, logs and answers is searched for their bytes. Rows
//! OQS-FACE-09, OQS-FACE-10.

use std::fs::File;
use std::path::Path;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use harness::catalogue::Catalogue;
use harness::world::chip_photo;
use serde_json::{Value, json};

use crate::counter::{Counter, command};

/// Bytes in a row that nobody writes by chance.
const WINDOW: usize = 24;
/// A window is looked for in each row of a picture, so that a part of it is found too.
const ROW: usize = 240;

/// A matcher that keeps what it is shown, and takes everybody for the person in the photo.
const KEEPER: &str = r#"
import json, sys
with open(sys.argv[1], "a") as kept:
    for line in sys.stdin:
        asked = json.loads(line)
        kept.write(line); kept.flush()
        reply = {"score": 1.0} if asked["op"] == "compare" else {"unsupported": True}
        print(json.dumps({"id": asked["id"], **reply}), flush=True)
"#;

/// The ways in which a leak could write bytes.
fn spellings(bytes: &[u8]) -> Vec<Vec<u8>> {
    let list = |between: &str| {
        bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(between).into_bytes()
    };
    let hex = hex::encode(bytes);
    let base64 = (0..3).flat_map(|before| {
        // The characters that these bytes alone decide, `before` others in front of them.
        let text = STANDARD_NO_PAD.encode([&vec![0; before], bytes].concat());
        let inner = text[(before * 8).div_ceil(6)..(before + bytes.len()) * 8 / 6].to_owned();
        [inner.replace('+', "-").replace('/', "_"), inner]
    });
    let texts = [hex.to_uppercase(), hex].into_iter().chain(base64).map(String::into_bytes);
    texts.chain([bytes.to_vec(), list(","), list(", ")]).collect()
}

/// Looks for pictures.
struct Sweep(AhoCorasick);

impl Sweep {
    fn of(pictures: &[Vec<u8>]) -> Self {
        let windows = pictures.iter().flat_map(|picture| {
            picture.chunks(ROW).filter_map(|row| row.windows(WINDOW).find(|window| telling(window)))
        });
        Self(AhoCorasick::new(windows.flat_map(spellings)).unwrap())
    }

    fn finds(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }

    /// The files below a folder that hold a part of a picture, and how many bytes were looked at.
    fn below(&self, folder: &Path) -> (Vec<String>, usize) {
        let (mut found, mut looked) = (Vec::new(), 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let (inside, more) = self.below(&path);
                found.extend(inside);
                looked += more;
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            looked += bytes.len();
            if self.finds(&bytes) {
                found.push(path.display().to_string());
            }
        }
        (found, looked)
    }
}

/// Many different bytes, unlike the even wall behind somebody.
fn telling(window: &[u8]) -> bool {
    window.iter().collect::<std::collections::BTreeSet<_>>().len() >= 8
}

/// The pictures that the matcher was shown: each a binary PGM, of which the pixels are the last part.
fn shown(kept: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(kept).unwrap();
    let asked = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let files = asked.flat_map(|asked| {
        ["photo", "capture"]
            .map(|name| asked[name].as_str().map(|text| STANDARD.decode(text).unwrap()))
    });
    files.flatten().map(|file| file[file.len() - 240 * 320..].to_vec()).collect()
}

/// A whole visit by face; what the counter answers goes into `answers`.
async fn visit(counter: &Counter, persona: &str, answers: &Path) {
    let keep = |name: &str, told: &str| {
        std::fs::write(answers.join(format!("{persona}-{name}")), told).unwrap()
    };
    counter.act(json!({"act": "place-card", "card": persona})).await;
    counter.act(json!({"act": "face"})).await;
    let looked = counter.act(json!({"act": "look", "capture": "clean"})).await;
    assert_eq!(looked["question"]["question"], "consent", "{looked}");
    keep("look", &looked.to_string());
    let ended = counter.acts(&["yes", "yes", "yes", "yes", "yes", "yes", "paper"]).await;
    keep("ended", &ended.to_string());
    counter.acts(&["take-card"]).await;
    for (name, path) in [
        ("evidence", "/api/evidence?after=0"),
        ("session", "/api/session"),
        ("visit", "/api/visits/1"),
        ("page", "/"),
    ] {
        keep(name, &counter.get(path).await.text().await.unwrap());
    }
}

#[tokio::test]
async fn nothing_that_a_counter_writes_logs_or_answers_holds_photo_or_capture() {
    let (place, seam) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (script, kept) = (seam.path().join("keeper.py"), seam.path().join("shown.jsonl"));
    std::fs::write(&script, KEEPER).unwrap();
    let (answers, files) = (place.path().join("answers"), place.path().join("files"));
    std::fs::create_dir_all(&answers).unwrap();
    std::fs::create_dir_all(&files).unwrap();
    let mut serve = command("127.0.0.1:0");
    serve.args(["--matcher", &format!("python3 {} {}", script.display(), kept.display())]);
    serve.args(["--threshold", "0.5"]).current_dir(&files).env("TMPDIR", &files);
    serve.env(
        "RUST_LOG",
        "trace,hyper=info,hyper_util=info,rustls=info,mio=info,reqwest=info,want=info",
    );
    serve.stderr(File::create(place.path().join("log")).unwrap());
    let counter = Counter::of(serve);
    for persona in ["hanako", "taro"] {
        visit(&counter, persona, &answers).await;
    }
    let mut pictures = shown(&kept);
    assert!(pictures.len() >= 8, "the matcher saw two pictures of each: {}", pictures.len());
    for person in Catalogue::embedded().unwrap().personas.values() {
        pictures.push(chip_photo(person.face).unwrap());
    }
    let sweep = Sweep::of(&pictures);
    let (found, looked) = sweep.below(place.path());
    assert!(found.is_empty(), "{found:#?}");
    assert!(looked > 100_000, "log, folders and answers are there: {looked} bytes");
    let log = std::fs::metadata(place.path().join("log")).unwrap().len();
    assert!(log > 10_000, "it logs: {log} bytes");

    // The same with a part of the last picture that was compared planted among the answers, in each way to write it.
    let capture = &pictures[pictures.len() - 1 - Catalogue::embedded().unwrap().personas.len()];
    let part = &capture[100 * ROW..103 * ROW];
    for leak in spellings(part) {
        std::fs::write(answers.join("planted"), [b"..", leak.as_slice(), b".."].concat()).unwrap();
        let (found, _) = sweep.below(&answers);
        assert_eq!(found.len(), 1, "{}", String::from_utf8_lossy(&leak[..40]));
        assert!(found[0].ends_with("planted"));
    }
}
