//! The reference institution asks about many, registers reference numbers and asks for health checks; the example product
//! says kindly that it does not.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests end the test"
)]

mod counter;
mod desk;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use counter::{CODE, Counter, Script, counter, leaves, message};
use desk::{Desk, both};
use serde_json::{Value, json};
use sim_reader::terminal::Encoding;
use sim_reader::terminal::xml::{self, Element};

/// What a scripted backend does with a bulk request, apart from what it has to.
#[derive(Clone, Copy, Default)]
struct Quirks {
    /// How often a result is in process.
    in_process: usize,
    /// The units come in the opposite order.
    reversed: bool,
    /// The result bears this reception number instead of `0000000001`.
    reception: Option<&'static str>,
    /// Every unit bears this reference number.
    reference: Option<&'static str>,
    /// The header counts one more than there is.
    miscounts: bool,
}

fn header(segment: &str) -> Vec<(&'static str, String)> {
    vec![("MedicalInstitutionCode", CODE.into()), ("SegmentOfResult", segment.into())]
}

fn written(header: &[(&'static str, String)], body: Vec<Element>) -> Vec<u8> {
    let header: Vec<(&str, &str)> =
        header.iter().map(|(name, text)| (*name, text.as_str())).collect();
    xml::write(&message(&header, body), Encoding::Utf8).unwrap()
}

/// A backend that answers each entry with status 1, a name made of its identifier, and the entry itself; one without a number
/// with status 2.
fn backend(quirks: Quirks) -> Script {
    let (asked, entries) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    Script::Answers(Arc::new(move |family, request, _| match family {
        "OQSmuquc01req" | "OQSmuimm01req" => {
            *entries.lock().unwrap() = request.child("MessageBody").unwrap().children.clone();
            let number = Element::leaf("ReceptionNumber", "0000000001");
            written(&header("1"), vec![number])
        }
        "OQSmuquc02req" | "OQSmuimm02req" => {
            assert_eq!(request.anywhere("ReceptionNumber"), Some("0000000001"));
            if asked.fetch_add(1, Ordering::SeqCst) < quirks.in_process {
                return written(&header("2"), Vec::new());
            }
            let of = if family.starts_with("OQSmuquc") { confirm } else { registered };
            let mut units: Vec<Element> =
                entries.lock().unwrap().iter().map(|entry| of(entry, quirks)).collect();
            if quirks.reversed {
                units.reverse();
            }
            let mut header = header("1");
            header.push(("ReceptionNumber", quirks.reception.unwrap_or("0000000001").into()));
            let count = units.len() + usize::from(quirks.miscounts);
            header.push(("NumberOfProcessingResult", count.to_string()));
            written(&header, units)
        }
        "OQSsiimm01req" => {
            let info = &request.child("MessageBody").unwrap().children[0];
            written(&header("1"), registered(info, quirks).children)
        }
        "TKKsiquc01req" => health_checks(),
        other => panic!("{other}"),
    }))
}

fn status(info: &Element) -> &'static str {
    if info.text_of("InsuredIdentificationNumber").is_some() { "1" } else { "2" }
}

fn confirm(info: &Element, quirks: Quirks) -> Element {
    let mut unit = vec![info.clone(), Element::leaf("ProcessingResultStatus", status(info))];
    if status(info) == "2" {
        unit.push(Element::leaf("ProcessingResultCode", "SIM-E1001"));
        return Element::group("BulkConfirmUnit", unit);
    }
    let name = format!("架空　{}", info.text_of("ArbitraryIdentifier").unwrap());
    let mut record = leaves(&[("Name", name.as_str()), ("Birthdate", "19850505")]);
    for name in ["InsurerNumber", "InsuredCardSymbol", "InsuredIdentificationNumber"] {
        record.extend(info.child(name).cloned());
    }
    unit.push(Element::leaf("QualificationValidity", "1"));
    unit.push(Element::group("ResultOfQualificationConfirmation", record));
    unit.push(Element::leaf("LimitApplicationCertificateChanged", "1"));
    unit.extend(quirks.reference.map(|number| Element::leaf("ReferenceNumber", number)));
    Element::group("BulkConfirmUnit", unit)
}

/// What cannot be read of a refused entry is not in its echo.
fn registered(info: &Element, _: Quirks) -> Element {
    let mut echo = info.clone();
    let too_long = |child: &Element| child.text.chars().count() > 50;
    echo.children.retain(|child| !too_long(child));
    let mut unit = vec![echo, Element::leaf("ProcessingResultStatus", status(info))];
    if status(info) == "2" {
        unit.push(Element::leaf("ProcessingResultCode", "SIM-E3001"));
    }
    Element::group("BulkRegistrationUnit", unit)
}

fn health_checks() -> Vec<u8> {
    let item = |name, value| leaves(&[("ItemName", name), ("DataValue", value)]);
    let items = [item("架空検査甲", "1"), item("架空検査乙", "2")]
        .map(|item| Element::group("HealthCheckupResultAndQuestionInfo", item));
    let list = Element::group("HealthCheckupResultAndQuestionInfos", items.into());
    let check = vec![Element::leaf("EffectiveTime", "20251001"), list];
    let header = [("MedicalInstitutionCode", CODE.to_owned()), ("ResultCode", "1".to_owned())];
    written(&header, vec![Element::group("SpecificHealthCheckupInfo", check)])
}

fn entry(identifier: &str, number: &str, reference: Option<&str>) -> Value {
    json!({"identifier": identifier, "insurer_number": "999999", "symbol": "01", "number": number, "branch": null,
           "birthdate": "1985-05-05", "known_limit": {"class": "01", "flag": "A03"}, "reference_number": reference})
}

fn bulk(entries: Value) -> Value {
    json!({"op": "bulk", "entries": entries, "date": "2026-04-01", "file_identifier": "B1", "encoding": "shift_jis",
           "pause_ms": 1, "timeout_ms": 5000})
}

fn register(entries: Value, bulk: bool) -> Value {
    json!({"op": "register", "entries": entries, "bulk": bulk, "encoding": "utf-8", "pause_ms": 1, "timeout_ms": 5000})
}

fn number(reference: &str, number: &str) -> Value {
    json!({"reference_number": reference, "insurer_number": "999999", "symbol": "01", "number": number, "branch": "02"})
}

async fn running(quirks: Quirks) -> Counter {
    let counter = counter(Encoding::Utf8, backend(quirks)).await;
    let interval = std::time::Duration::from_millis(5);
    tokio::spawn(counter.service(5).run(interval, std::future::pending()));
    counter
}

async fn call(desk: &mut Desk, counter: &Counter, op: Value) -> Value {
    let reset = json!({"op": "reset", "institution": CODE, "charts": [], "folders": {
        "req": counter.folders.req, "res": counter.folders.res, "face": counter.folders.face}});
    assert_eq!(desk.call(reset).await["status"], "ok");
    desk.call(op).await
}

async fn asked(quirks: Quirks, op: Value) -> Value {
    call(&mut Desk::reference(), &running(quirks).await, op).await
}

fn names(reply: &Value) -> Vec<(&str, &str)> {
    let results = reply["results"].as_array().unwrap().iter();
    results
        .map(|one| (one["identifier"].as_str().unwrap(), one["name"].as_str().unwrap_or("-")))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_is_asked_for_until_it_is_there_and_tied_by_identifier() {
    let quirks = Quirks { in_process: 3, reversed: true, ..Quirks::default() };
    let entries = json!([entry("a", "0001", None), entry("b", "", None), entry("c", "0003", None)]);
    let reply = asked(quirks, bulk(entries)).await;
    assert_eq!(names(&reply), [("a", "架空　a"), ("b", "-"), ("c", "架空　c")], "{reply}");
    assert_eq!(reply["results"][0]["number"], "0001");
    assert_eq!(reply["results"][0]["limit_changed"], true);
    assert_eq!(reply["results"][1]["error_code"], "SIM-E1001");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_ours_is_not_taken_in() {
    let other = Quirks { reception: Some("0000000002"), ..Quirks::default() };
    let reply = asked(other, bulk(json!([entry("a", "0001", None)]))).await;
    assert_eq!((&reply["status"], &reply["error_code"]), (&json!("error"), &json!("wrong-answer")));
    let miscounted = Quirks { miscounts: true, ..Quirks::default() };
    assert_eq!(asked(miscounted, bulk(json!([entry("a", "0001", None)]))).await["status"], "error");
    for (theirs, ours, alarm) in [
        (Some("P-1"), Some("P-1"), Value::Null),
        (Some("P-2"), Some("P-1"), json!("reference-number")),
        (Some("P-2"), None, Value::Null),
        (None, Some("P-1"), Value::Null),
    ] {
        let quirks = Quirks { reference: theirs, ..Quirks::default() };
        let reply = asked(quirks, bulk(json!([entry("a", "0001", ours)]))).await;
        let result = &reply["results"][0];
        assert_eq!(result["alarm"], alarm, "{theirs:?} {ours:?}");
        assert_eq!(result["name"].is_null(), !alarm.is_null(), "{theirs:?} {ours:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_that_never_comes_is_no_answer() {
    let endless = Quirks { in_process: usize::MAX, ..Quirks::default() };
    let mut op = bulk(json!([entry("a", "0001", None)]));
    op["timeout_ms"] = json!(200);
    let reply = asked(endless, op).await;
    assert_eq!((&reply["status"], &reply["error_code"]), (&json!("error"), &json!("no-answer")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reference_numbers_are_registered_one_or_many() {
    let accepted = |reply: &Value| -> Vec<bool> {
        let results = reply["results"].as_array().unwrap().iter();
        results.map(|one| one["accepted"].as_bool().unwrap()).collect()
    };
    let long = "P".repeat(51);
    let many = json!([number("P-1", "0001"), number(&long, ""), number("P-1", "0001")]);
    let quirks = Quirks { in_process: 1, reversed: true, ..Quirks::default() };
    let reply = asked(quirks, register(many.clone(), true)).await;
    assert_eq!(accepted(&reply), [true, false, true], "{reply}");
    assert_eq!(reply["results"][1]["error_code"], "SIM-E3001");
    let one = asked(quirks, register(json!([number("P-1", "0001")]), false)).await;
    assert_eq!(accepted(&one), [true], "{one}");
    assert_eq!(asked(quirks, register(many, false)).await["status"], "error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_checks_are_read() {
    let op = json!({"op": "information", "kind": "health-checks", "insurer_number": "999999", "symbol": "01",
                    "number": "0001234", "branch": "02", "from": "2026-01", "to": "2026-04", "timeout_ms": 5000});
    let reply = asked(Quirks::default(), op).await;
    let expected = json!([{"made": "2025-10-01", "items": [
        {"name": "架空検査甲", "value": "1"}, {"name": "架空検査乙", "value": "2"}]}]);
    assert_eq!(reply["checks"], expected, "{reply}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_product_does_not_do_it_says() {
    let [_, mut example] = both();
    let counter = running(Quirks::default()).await;
    let checks = json!({"op": "information", "kind": "health-checks", "insurer_number": "999999", "symbol": null,
                        "number": "1", "branch": null, "from": "2026-01", "to": "2026-04", "timeout_ms": 100});
    for op in [bulk(json!([])), register(json!([]), true), checks] {
        let reply = call(&mut example, &counter, op).await;
        assert_eq!(reply["status"], "unsupported", "{} {reply}", example.name());
    }
}
