//! The 12-digit number (個人番号) is nowhere: every byte that a whole run, a counter and a served backend leave behind is swept
//! for every persona's number in twelve spellings. Rows OQS-PRIV-01, OQS-PRIV-04.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/sweep.rs"]
mod sweep;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use harness::bench::{STORY_BEGINS, Wishes, chart};
use harness::catalogue::Catalogue;
use harness::clock::at_jst;
use harness::model::{
    Event, InformationKind, InformationRequest, Mode, Person, Presented, Visit, World,
};
use harness::seed::Seed;
use harness::world::{Stage, Workshop};
use sweep::{SPELLINGS, Spelling, Sweep};

/// All that our own crates and the database say. Libraries of the transport and of the photo's coding would fill the log with states of
/// sockets and of coefficients, which makes a busy machine too slow for the suite's limits.
const LOG: &str = "trace,hyper=info,hyper_util=info,rustls=info,mio=info,reqwest=info,cucumber=info,want=info,openjp2=info";

const CLINIC: &str = "1319999999";

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded().unwrap()
}

fn everybody() -> Sweep {
    let people = catalogue().personas.iter();
    Sweep::new(people.map(|(slug, person)| (slug.as_str(), person.individual_number.as_str())))
}

fn madoguchi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.env("RUST_LOG", LOG).env("LANG", "C").stdin(Stdio::null());
    command
}

/// Runs the whole suite, everything logged, into a folder: report, JUnit, JSON, evidence, what it printed.
fn run_suite(folder: &Path) {
    let mut run = madoguchi();
    run.args(["run", "--out"]).arg(folder.join("report"));
    run.stdout(File::create(folder.join("run.stdout")).unwrap());
    run.stderr(File::create(folder.join("run.stderr")).unwrap());
    let status = run.status().unwrap();
    let said = std::fs::read_to_string(folder.join("run.stdout")).unwrap();
    assert!(status.success(), "the suite passes: {said}");
    let log = std::fs::metadata(folder.join("run.stderr")).unwrap().len();
    assert!(log > 100_000, "the log is there: {log} bytes");
}

/// Serves a backend with every persona insured, claims at it, and ends it: store, TLS files and log stay.
fn serve_backend(folder: &Path) {
    let mut serve = madoguchi();
    serve.args(["backend", "serve", "--store"]).arg(folder.join("store.db"));
    serve.arg("--tls-dir").arg(folder.join("tls"));
    for door in ["--listen", "--feed", "--claims", "--portal", "--operator"] {
        serve.args([door, "127.0.0.1:0"]);
    }
    serve.stdout(Stdio::piped()).stderr(File::create(folder.join("serve.stderr")).unwrap());
    let mut process = serve.spawn().unwrap();
    let mut kept = File::create(folder.join("serve.stdout")).unwrap();
    let mut claims = None;
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        writeln!(kept, "{line}").unwrap();
        if line.starts_with("claims") {
            claims =
                line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        }
        if line.starts_with("operator") || line.contains("/metrics") {
            break;
        }
    }
    let checked = claim_at(folder, claims.as_deref().unwrap().trim_end_matches("/claims"));
    assert!(checked, "the backend answers claims");
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(std::fs::metadata(folder.join("store.db")).unwrap().len() > 0);
}

fn claim_at(folder: &Path, url: &str) -> bool {
    let file = folder.join("claims.csv");
    let text = "IR,1,13,1,9999999,,架空診療所,202605,00\r\nRE,1,1112,202604,架空　花子,2,19900515\r\nHO,99010017,見本1,0001234,1,291\r\n";
    std::fs::write(&file, encoding_rs::SHIFT_JIS.encode(text).0).unwrap();
    let mut check = madoguchi();
    check.args(["claims", "check"]).arg(&file).args(["--backend", url, "--answer"]);
    check.arg(folder.join("answer.csv"));
    let said = check.output().unwrap();
    std::fs::write(folder.join("check.stdout"), &said.stdout).unwrap();
    std::fs::write(folder.join("check.stderr"), &said.stderr).unwrap();
    said.status.success()
}

/// One visit of each of these people, and what it leaves in the folders of the counter.
fn visit_all(people: Vec<(String, Person)>, into: &Path) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut clinic = catalogue().institutions[CLINIC].clone();
        clinic.charts = people.iter().map(|(slug, person)| chart(slug, person)).collect();
        let world = World {
            seed: 7,
            now: at_jst(STORY_BEGINS).unwrap(),
            people: people.into_iter().collect(),
            institutions: [(CLINIC.to_owned(), clinic)].into(),
        };
        let slugs: Vec<_> = world.people.keys().cloned().collect();
        let workshop = Arc::new(Workshop::new(Seed(7), None).unwrap());
        let mut stage = Stage::start(workshop, world).await.unwrap();
        for person in slugs {
            let wishes = Wishes::default();
            let visit = Visit {
                person: person.clone(),
                institution: CLINIC.to_owned(),
                presented: Presented::CardOf(person.clone()),
                mode: Mode::Face,
                then: Vec::new(),
                consents: wishes.consents,
                register: true,
                prescription: None,
                trouble: None,
                occasion: None,
            };
            stage.perform(&Event::Visit(visit)).await.unwrap();
            let asked = InformationRequest {
                institution: CLINIC.to_owned(),
                person,
                kind: InformationKind::Drugs,
                occasion: None,
            };
            stage.perform(&Event::Information(asked)).await.unwrap();
        }
        let folders = stage.folders(CLINIC).unwrap();
        for (name, folder) in
            [("face", &folders.face), ("res", &folders.res), ("req", &folders.req)]
        {
            let place = into.join("folders").join(name);
            std::fs::create_dir_all(&place).unwrap();
            for file in sweep::files_below(folder) {
                std::fs::copy(&file, place.join(file.file_name().unwrap())).unwrap();
            }
        }
    });
}

#[test]
fn each_spelling_finds_a_planted_number_and_only_that() {
    let hanako = catalogue().personas["hanako"].individual_number.as_str();
    let sweep = everybody();
    for spelling in SPELLINGS {
        let found = sweep.find(&spelling.sample(hanako));
        assert!(found.contains(&("hanako".to_owned(), spelling)), "{spelling:?}: {found:?}");
        let mut near = hanako.to_owned();
        near.replace_range(11.., "9");
        assert!(sweep.find(&spelling.sample(&near)).is_empty(), "{spelling:?}");
    }
    // Base64 shifts with what stands before.
    for before in ["", "a", "ab", "abc"] {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(format!("{before}{hanako}.."));
        let expected = BTreeSet::from([("hanako".to_owned(), Spelling::Base64)]);
        assert_eq!(sweep.find(text.as_bytes()), expected, "{before:?}");
    }
}

#[test]
fn nothing_that_is_left_behind_holds_a_persona_s_number() {
    let place = tempfile::tempdir().unwrap();
    run_suite(place.path());
    serve_backend(place.path());
    let personas = catalogue().personas.iter();
    visit_all(
        personas.map(|(slug, person)| (slug.clone(), person.clone())).collect(),
        place.path(),
    );
    let sweep = everybody();
    let (found, looked) = sweep.find_below(place.path());
    assert!(found.is_empty(), "{found:#?}");
    for written in ["report/index.html", "report/junit.xml", "report/result.json", "answer.csv"] {
        assert!(place.path().join(written).metadata().unwrap().len() > 0, "{written}");
    }
    assert!(!sweep::files_below(&place.path().join("folders/face")).is_empty());
    assert!(looked > 1_000_000, "a whole run is swept: {looked} bytes");

    // The same output with the number planted in one file of it, in each spelling.
    let hanako = catalogue().personas["hanako"].individual_number.as_str();
    for spelling in SPELLINGS {
        let planted = place.path().join("report/evidence/planted.jsonl");
        std::fs::write(&planted, spelling.sample(hanako)).unwrap();
        let (found, _) = sweep.find_below(&place.path().join("report"));
        assert!(
            found.contains(&("evidence/planted.jsonl".into(), "hanako".into(), spelling)),
            "{spelling:?}"
        );
        std::fs::remove_file(&planted).unwrap();
    }
}

#[test]
fn a_number_that_gets_into_a_name_is_found_at_the_other_end_of_the_chain() {
    let place = tempfile::tempdir().unwrap();
    let mut hanako = catalogue().personas["hanako"].clone();
    hanako.name = format!("架空　{}", hanako.individual_number);
    visit_all(vec![("hanako".to_owned(), hanako)], place.path());
    let (found, _) = everybody().find_below(place.path());
    let faces = found.iter().filter(|(path, ..)| path.starts_with("folders/face"));
    let spellings: Vec<_> = faces.map(|(_, who, spelling)| (who.as_str(), *spelling)).collect();
    assert_eq!(spellings, [("hanako", Spelling::Plain)]);
}
