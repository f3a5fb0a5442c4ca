//! What an operator sets: stay time, output of results, encrypted files, idle log-out, planned stops; and an outage with its recovery.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests end the test"
)]

mod counter;

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use counter::{Counter, Hand, Script, counter_with, friendly, http, query, serve};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sim_reader::terminal::xml;
use sim_reader::terminal::{Action, Encoding, Folder, Seal, Settings, server};

const MORNING: &str = "2026-04-01T09:00:00";

async fn at(hand: &Hand, settings: Settings) -> Counter {
    counter_with(Encoding::Utf8, friendly(), settings, hand.clock()).await
}

fn minutes(count: i64) -> Option<SignedDuration> {
    Some(SignedDuration::from_mins(count))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Something of the client's own, which is none of the terminal's business however old it is.
fn old_file(path: &Path) {
    fs::File::create(path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
}

/// A reader's last call of a visit.
async fn visit(base: &str) -> Value {
    let body = json!({
        "account": "F0001", "ticket": "T1", "register": false, "prescription": "paper",
        "consents": {"limit": true, "specific_diseases": false, "health_check": false, "drugs": true,
                     "care": false, "operations": false},
    });
    let call = http().post(format!("{base}/reader/qualification")).json(&body);
    call.send().await.unwrap().json().await.unwrap()
}

async fn reader_of(counter: &Counter) -> String {
    serve(server::router(counter.terminal.clone())).await
}

#[tokio::test] // OQS-MSG-14
async fn an_answer_nobody_takes_goes_after_the_stay_time_with_a_notice() {
    let hand = Hand::new(MORNING);
    let counter = at(&hand, Settings { stay: minutes(1440), ..Settings::default() }).await;
    let res = &counter.folders.res;
    let mut service = counter.service(3);
    counter.drop_request("OQSsiquc01req_1.xml", &query("Q1", Encoding::Utf8));
    service.sweep().await.unwrap();
    old_file(&res.join("notes.xml"));
    hand.set("2026-04-01T21:00:00");
    counter.drop_request("OQSsiquc01req_2.xml", &query("Q2", Encoding::Utf8));
    service.sweep().await.unwrap();
    hand.set("2026-04-02T08:59:59");
    service.sweep().await.unwrap();
    assert_eq!(names(res), ["OQSsiquc01res_1.xml", "OQSsiquc01res_2.xml", "notes.xml"]);
    hand.set("2026-04-02T09:01:00");
    service.sweep().await.unwrap();
    let notice = "DEL20260402090100.txt";
    assert_eq!(names(res), [notice, "OQSsiquc01res_2.xml", "notes.xml"]);
    assert_eq!(fs::read_to_string(res.join(notice)).unwrap(), "OQSsiquc01res_1.xml\r\n");
    // The notice goes in its turn, without one of its own.
    hand.set("2026-04-03T12:00:00");
    service.sweep().await.unwrap();
    assert_eq!(names(res), ["DEL20260403120000.txt", "notes.xml"]);
    hand.set("2026-04-05T12:00:00");
    service.sweep().await.unwrap();
    assert_eq!(names(res), ["notes.xml"]);
}

#[tokio::test]
async fn without_a_stay_time_an_answer_stays_and_without_notices_there_is_none() {
    for (stay, expected) in [(None, 1), (minutes(10), 0)] {
        let hand = Hand::new(MORNING);
        let counter = at(&hand, Settings { stay, notice: false, ..Settings::default() }).await;
        let mut service = counter.service(3);
        counter.drop_request("OQSsiquc01req_1.xml", &query("Q1", Encoding::Utf8));
        service.sweep().await.unwrap();
        hand.set("2027-04-01T09:00:00");
        service.sweep().await.unwrap();
        assert_eq!(names(&counter.folders.res).len(), expected);
    }
}

#[tokio::test] // OQS-PRIV-11
async fn a_result_goes_after_its_own_stay_time_and_nothing_beside_it() {
    let hand = Hand::new(MORNING);
    let counter = at(&hand, Settings { face_stay: minutes(60), ..Settings::default() }).await;
    let face = &counter.folders.face;
    visit(&reader_of(&counter).await).await;
    old_file(&face.join("OQSsiquc01res_1.xml"));
    assert_eq!(names(face).len(), 2);
    hand.set("2026-04-01T12:00:00");
    counter.service(3).sweep().await.unwrap();
    assert_eq!(names(face), ["OQSsiquc01res_1.xml"]);
    let events = counter.events.lock().unwrap();
    let last = events.last().map(|event| (event.folder, event.action));
    assert_eq!(last, Some((Folder::Face, Action::Removed)));
}

#[tokio::test]
async fn with_the_output_off_a_visit_succeeds_and_leaves_no_result() {
    let settings = Settings { face_output: false, ..Settings::default() };
    let counter = at(&Hand::new(MORNING), settings).await;
    let told = visit(&reader_of(&counter).await).await;
    assert_eq!((&told["validity"], &told["file"]), (&json!(1), &json!("")));
    assert!(names(&counter.folders.face).is_empty());
}

fn opened(path: &Path, password: &str) -> (String, Vec<u8>) {
    let mut zip = zip::ZipArchive::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let mut file = zip.by_index_decrypt(0, password.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    (file.name().unwrap().into_owned(), bytes)
}

#[tokio::test] // OQS-MSG-18
async fn chosen_prefixes_come_as_encrypted_zip() {
    let (res, face) = (vec!["YZKsiquc01res".to_owned()], vec!["OQSsiquc01res_face_".to_owned()]);
    let password = "架空の鍵".to_owned();
    let seal = Some(Seal { res, face, password: password.clone() });
    let counter = at(&Hand::new(MORNING), Settings { seal, ..Settings::default() }).await;
    let mut service = counter.service(3);
    counter.drop_request("YZKsiquc01req患者.xml", &query("Q1", Encoding::ShiftJis));
    counter.drop_request("OQSsiquc01req1.xml", &query("Q2", Encoding::Utf8));
    service.sweep().await.unwrap();
    assert_eq!(names(&counter.folders.res), ["OQSsiquc01res1.xml", "YZKsiquc01res患者.zip"]);
    let zip = counter.folders.res.join("YZKsiquc01res患者.zip");
    let (inside, bytes) = opened(&zip, &password);
    assert_eq!(inside, "YZKsiquc01res患者.xml");
    assert_eq!(xml::parse(&bytes).unwrap().0.anywhere("ArbitraryFileIdentifier"), Some("Q1"));
    counter.script(Script::Answers(Arc::new(|_, _, _| b"%PDF-1.7".to_vec())));
    counter.drop_request("YZKsiquc01req患者.xml", &query("Q3", Encoding::ShiftJis));
    service.sweep().await.unwrap();
    assert_eq!(opened(&zip, &password), ("YZKsiquc01res患者.pdf".into(), b"%PDF-1.7".to_vec()));
    counter.script(friendly());
    let told = visit(&reader_of(&counter).await).await;
    let name = told["file"].as_str().unwrap();
    assert!(name.ends_with("_20260401090000.zip"), "{name}");
    assert!(opened(&counter.folders.face.join(name), &password).0.ends_with(".xml"));
}

#[tokio::test] // OQS-OPS-05
async fn after_idle_time_client_and_reader_notice_that_nobody_is_logged_in() {
    let hand = Hand::new(MORNING);
    let counter = at(&hand, Settings { idle: minutes(30), ..Settings::default() }).await;
    let (base, mut service) = (reader_of(&counter).await, counter.service(3));
    hand.set("2026-04-01T09:29:00");
    assert_eq!(visit(&base).await["validity"], 1);
    hand.set("2026-04-01T09:58:00");
    let mut code_of = async |time: &str| {
        hand.set(time);
        counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::ShiftJis));
        service.sweep().await.unwrap();
        let (answer, _) = counter.answer("OQSsiquc01res1.xml").unwrap();
        answer.anywhere("ErrorCode").map(str::to_owned)
    };
    assert_eq!(code_of("2026-04-01T09:58:00").await, None);
    assert_eq!(code_of("2026-04-01T10:28:00").await.as_deref(), Some("SIM-E1004"));
    assert_eq!(visit(&base).await["refused"]["code"], "terminal-logged-out");
    assert_eq!(code_of("2026-04-01T10:29:00").await.as_deref(), Some("SIM-E1004"));
    let login = http().post(format!("{base}{}", server::LOG_IN_PATH)).send().await.unwrap();
    assert_eq!(login.status().as_u16(), 204);
    assert_eq!(code_of("2026-04-01T10:30:00").await, None);
    assert_eq!(visit(&base).await["validity"], 1);
}

#[tokio::test] // OQS-OPS-06
async fn in_a_planned_stop_the_service_is_closed_and_gives_nothing_wrong() {
    let hand = Hand::new("2026-04-01T22:10:00");
    let stops = vec!["22:00-06:00".parse().unwrap()];
    let counter = at(&hand, Settings { stops, ..Settings::default() }).await;
    let (base, mut service) = (reader_of(&counter).await, counter.service(3));
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::Utf8));
    let sweep = service.sweep().await.unwrap();
    assert_eq!((sweep.outage, sweep.waiting.len()), (true, 1));
    assert_eq!(visit(&base).await["refused"]["kind"], "closed");
    assert!(names(&counter.folders.res).is_empty() && names(&counter.folders.face).is_empty());
    assert_eq!(counter.times_asked(), 0);
    hand.set("2026-04-02T06:00:00");
    assert_eq!(service.sweep().await.unwrap().answered.len(), 1);
    assert_eq!(visit(&base).await["validity"], 1);
}

#[tokio::test] // OQS-FALL-13, OQS-FALL-14
async fn after_an_outage_the_day_of_the_visit_is_asked_again() {
    let hand = Hand::new(MORNING);
    let counter = at(&hand, Settings::default()).await;
    let mut service = counter.service(3);
    counter.script(Script::Silent);
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::Utf8));
    assert!(service.sweep().await.unwrap().outage);
    assert!(names(&counter.folders.res).is_empty(), "no answer file in an outage");
    // The client gives up waiting and withdraws its request; reception goes on.
    fs::remove_file(counter.folders.req.join("OQSsiquc01req1.xml")).unwrap();
    hand.set("2026-04-03T09:00:00");
    counter.script(friendly());
    assert!(service.sweep().await.unwrap().answered.is_empty());
    assert!(names(&counter.folders.res).is_empty(), "nobody waits for the withdrawn one");
    counter.drop_request("OQSsiquc01req_again.xml", &query("Q2", Encoding::Utf8));
    service.sweep().await.unwrap();
    let (family, asked) = counter.backend.asked.lock().unwrap().last().cloned().unwrap();
    let (asked, _) = xml::parse(&asked).unwrap();
    assert_eq!(family, "OQSsiquc01req");
    // The day of the visit, though it is two days later now.
    assert_eq!(asked.anywhere("QualificationConfirmationDate"), Some("20260401"));
    assert!(counter.answer("OQSsiquc01res_again.xml").is_some());
}
