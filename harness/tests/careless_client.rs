//! A careless receipt computer in plain Python at a running counter: it writes straight into `req`, in pieces, twice
//! under one name, and rubbish between. Every complete request must be answered once, rightly, in its own encoding;
//! the rest is refused in words or left alone; and nobody else waits for it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::bench::STORY_BEGINS;
use harness::catalogue::Catalogue;
use harness::clock::at_jst;
use harness::model::{ConsentKind, Event, Mode, Outcome, Presented, Visit, VisitEnd, World};
use harness::seed::Seed;
use harness::world::{Stage, Workshop};
use serde::Deserialize;
use serde_json::json;

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/careless.py");
/// A clinic whose files are UTF-8 and a pharmacy whose files are Shift_JIS.
const COUNTERS: [(&str, &str); 2] = [("1319999999", "UTF-8"), ("1349999997", "Shift_JIS")];
/// People with one living qualification, asked by numbers. The first one visits, too.
const PEOPLE: [&str; 6] = ["hanako", "taro", "takasaki", "john", "kiku", "goro"];
/// A client that pauses longer than this within a file may be told that the file is no message.
const PATIENCE_SECONDS: f64 = 0.1;
/// The client's names that are no requests, as they must be left.
const LEFT_ALONE: [&str; 6] = [
    ".OQSsiquc01req_x.xml",
    "OQSsiquc01req_folder.xml",
    "OQSsiquc01req_x.xml.tmp",
    "OQSsiquc01res_x.xml",
    "request.xml",
    "メモ.txt",
];

/// What the client tells.
#[derive(Debug, Deserialize)]
struct Report {
    told: Vec<Told>,
    req: Vec<String>,
    res: Vec<String>,
    face: Vec<Found>,
}

/// One request and what came of it.
#[derive(Debug, Deserialize)]
struct Told {
    kind: Kind,
    file: String,
    answer: Option<Answer>,
    #[serde(default)]
    identifier: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    pause: f64,
    #[serde(default)]
    case: String,
}

/// What was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A complete request.
    Whole,
    /// The last of several under one name, written without waiting.
    Hasty,
    /// No request at all, or one that must be refused.
    Rubbish,
}

/// A file in `face`.
#[derive(Debug, Deserialize)]
struct Found {
    file: String,
    #[serde(flatten)]
    result: Answer,
}

/// An answer as the client read it: its encoding as declared and decoded, and some fields.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(rename = "encoding")]
    encoding: String,
    arbitrary_file_identifier: Option<String>,
    medical_institution_code: Option<String>,
    segment_of_result: Option<String>,
    error_code: Option<String>,
    error_message: Option<String>,
    character_code_identifier: Option<String>,
    qualification_validity: Option<String>,
    name: Option<String>,
    insured_identification_number: Option<String>,
}

fn world() -> World {
    let catalogue = Catalogue::embedded().unwrap();
    let people = PEOPLE.map(|slug| (slug.to_owned(), catalogue.personas[slug].clone()));
    World {
        seed: 1,
        now: at_jst(STORY_BEGINS).unwrap(),
        people: BTreeMap::from(people),
        institutions: catalogue.institutions.clone(),
    }
}

async fn stage() -> Stage {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
    Stage::start(workshop, world()).await.unwrap()
}

/// Hanako checks in by face: the counter is open, and one more file lies in `face`.
async fn visit(stage: &mut Stage, institution: &str) {
    let visit = Visit {
        person: PEOPLE[0].to_owned(),
        institution: institution.to_owned(),
        presented: Presented::CardOf(PEOPLE[0].to_owned()),
        mode: Mode::Face,
        then: Vec::new(),
        consents: BTreeSet::from([ConsentKind::Drugs]),
        register: true,
        prescription: None,
        trouble: None,
        occasion: None,
    };
    let Outcome::Visit(outcome) = stage.perform(&Event::Visit(visit)).await.unwrap() else {
        panic!("no visit")
    };
    assert_eq!((outcome.end, outcome.result_files), (VisitEnd::Completed, 1));
}

/// Lets the client loose on the folders of a counter.
async fn let_loose(stage: &Stage, institution: &str) -> Report {
    let people: Vec<_> = PEOPLE
        .iter()
        .map(|slug| {
            let person = &stage.world().people[*slug];
            let numbers = person.coverages[0].numbers();
            json!({
                "name": person.name,
                "birthdate": person.birthdate,
                "insurer_number": numbers.insurer_number,
                "symbol": numbers.symbol,
                "number": numbers.number,
                "branch": numbers.branch,
            })
        })
        .collect();
    let folders = stage.folders(institution).unwrap();
    let order =
        json!({"folders": folders, "institution": institution, "people": people}).to_string();
    tokio::task::spawn_blocking(move || run_client(&order)).await.unwrap()
}

fn run_client(order: &str) -> Report {
    let mut command = Command::new("python3");
    command.args(["-B", CLIENT]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut client = command.spawn().expect("this test needs the Debian package: python3");
    client.stdin.take().unwrap().write_all(order.as_bytes()).unwrap();
    let output = client.wait_with_output().unwrap();
    assert!(output.status.success(), "the client itself failed, see above");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How often an answer was written under each name.
fn answers_written(stage: &Stage, institution: &str) -> BTreeMap<String, usize> {
    let mut written = BTreeMap::new();
    for file in stage.taps().files_since(0) {
        if file.institution == institution && file.folder == "res" {
            *written.entry(file.name).or_default() += 1;
        }
    }
    written
}

/// A complete request has its answer: for this file, about this person, in the request's encoding.
fn check_answer(told: &Told, answer: &Answer) {
    if told.pause > PATIENCE_SECONDS && answer.error_code.as_deref() == Some("SIM-E1001") {
        return;
    }
    assert_eq!(
        answer.arbitrary_file_identifier.as_deref(),
        Some(told.identifier.as_str()),
        "{told:?}"
    );
    assert_eq!(answer.segment_of_result.as_deref(), Some("1"), "{told:?}");
    assert_eq!(answer.qualification_validity.as_deref(), Some("1"), "{told:?}");
    assert_eq!(answer.name.as_deref(), Some(told.person.as_str()), "{told:?}");
    check_encoding(answer, &told.encoding);
}

/// The file says in both places which encoding it is in.
fn check_encoding(answer: &Answer, expected: &str) {
    assert_eq!(answer.encoding, expected, "{answer:?}");
    let identifier = if expected == "UTF-8" { "0" } else { "1" };
    assert_eq!(answer.character_code_identifier.as_deref(), Some(identifier), "{answer:?}");
}

/// Rubbish is refused with a code and words, and tells nothing of anybody.
fn check_refusal(told: &Told, answer: &Answer) {
    let code = match told.case.as_str() {
        "other" => "SIM-E1002",
        "family" => "SIM-E1003",
        _ => "SIM-E1001",
    };
    assert_eq!(answer.error_code.as_deref(), Some(code), "{told:?}");
    assert!(answer.error_message.as_ref().is_some_and(|words| words.len() > 10), "{told:?}");
    assert_eq!(answer.segment_of_result.as_deref(), Some("9"), "{told:?}");
    assert_eq!(
        (answer.name.as_ref(), answer.qualification_validity.as_ref()),
        (None, None),
        "{told:?}"
    );
}

/// Counts panics of every thread of this process from now on; each is shown as before.
fn count_panics() -> Arc<AtomicUsize> {
    let panics = Arc::new(AtomicUsize::new(0));
    let (counted, before) = (Arc::clone(&panics), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        counted.fetch_add(1, Ordering::Relaxed);
        before(panic);
    }));
    panics
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_careless_client_gets_every_answer_and_disturbs_nobody() {
    let panics = count_panics();
    let mut stage = stage().await;
    for (institution, encoding) in COUNTERS {
        visit(&mut stage, institution).await;
        let report = let_loose(&stage, institution).await;
        let written = answers_written(&stage, institution);
        let again =
            report.told.iter().filter(|told| told.file == "OQSsiquc01res_again.xml").count();
        for told in &report.told {
            let answer = told.answer.as_ref().unwrap_or_else(|| panic!("no answer: {told:?}"));
            match told.kind {
                Kind::Whole | Kind::Hasty => check_answer(told, answer),
                Kind::Rubbish => check_refusal(told, answer),
            }
            let times = written.get(&told.file).copied().unwrap_or_default();
            match (told.kind, told.file.as_str()) {
                (Kind::Hasty, _) => assert!((1..=5).contains(&times), "{times} answers: {told:?}"),
                (_, "OQSsiquc01res_again.xml") => assert_eq!(times, again, "{told:?}"),
                (Kind::Whole | Kind::Rubbish, _) => assert_eq!(times, 1, "{told:?}"),
            }
        }
        assert_eq!(report.req, LEFT_ALONE, "what is no request stays, and nothing else does");
        assert_eq!(
            report.res.iter().collect::<BTreeSet<_>>(),
            written.keys().collect(),
            "no half-written answer lies about"
        );
        check_results(&report.face, institution, encoding);
        // The reader works on as well.
        visit(&mut stage, institution).await;
    }
    assert_eq!(panics.load(Ordering::Relaxed), 0);
}

/// The one result in `face` is hanako's, at this institution, in its encoding.
fn check_results(face: &[Found], institution: &str, encoding: &str) {
    let [Found { file, result }] = face else { panic!("not one result: {face:?}") };
    assert!(file.starts_with(&format!("OQSsiquc01res_face_{institution}")), "{file}");
    assert_eq!(result.medical_institution_code.as_deref(), Some(institution));
    assert_eq!(result.qualification_validity.as_deref(), Some("1"));
    assert_eq!(result.name.as_deref(), Some("架空　花子"));
    assert_eq!(result.insured_identification_number.as_deref(), Some("0001234"));
    check_encoding(result, encoding);
}
