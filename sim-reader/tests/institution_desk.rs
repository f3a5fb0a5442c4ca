//! The reference institution and the example product at the same counter: one protocol, the same decisions.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests end the test"
)]

mod counter;
mod desk;

use std::fs;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counter::{CODE, Counter, Script, counter, friendly, refusing, result};
use desk::{Desk, both};
use serde_json::{Value, json};
use sim_reader::terminal::Encoding;
use sim_reader::terminal::xml::{self, Element};

fn chart(id: &str) -> Value {
    json!({
        "id": id, "name": "架空花子", "kana": "カクウ　ハナコ", "birthdate": "1985-05-05", "sex": 2,
        "insurance": {"insurer_number": "999999", "symbol": "01", "number": "0001234", "branch": "02"},
        "reference_number": null,
    })
}

fn stranger(id: &str) -> Value {
    json!({
        "id": id, "name": "仮想　太郎", "kana": "ｶｿｳ ﾀﾛｳ", "birthdate": "1970-01-01", "sex": 1,
        "insurance": null, "reference_number": null,
    })
}

fn search() -> Value {
    json!({"insurer_number": "999999", "symbol": "01", "number": "0001234", "birthdate": "1985-05-05",
           "limit_consent": true})
}

async fn ask(desk: &mut Desk, encoding: &str, timeout: u64) -> Value {
    let op = json!({"op": "ask", "search": search(), "date": "2026-04-01", "file_identifier": "Q1",
                    "encoding": encoding, "timeout_ms": timeout});
    desk.call(op).await
}

async fn drugs(desk: &mut Desk) -> Value {
    let op = json!({"op": "information", "kind": "drugs", "insurer_number": "999999", "symbol": "01",
                    "number": "0001234", "branch": "02", "from": "2026-01", "to": "2026-04", "timeout_ms": 5000});
    desk.call(op).await
}

async fn reset(desk: &mut Desk, counter: &Counter, charts: &[Value]) {
    let op = json!({"op": "reset", "institution": CODE, "charts": charts, "folders": {
        "req": counter.folders.req, "res": counter.folders.res, "face": counter.folders.face}});
    assert_eq!(desk.call(op).await["status"], "ok");
}

async fn collect(desk: &mut Desk, files: usize) -> Value {
    desk.call(json!({"op": "collect", "wait_files": files, "timeout_ms": 3000})).await
}

async fn claim(desk: &mut Desk, day: &str, typed: Option<Value>) -> (Value, String) {
    let mut op = json!({"op": "claim", "chart": "P1", "month": &day[..7], "day": day});
    if let Some(typed) = typed {
        op["typed"] = typed;
    }
    let reply = desk.call(op).await;
    let bytes = STANDARD.decode(reply["claim_base64"].as_str().unwrap_or_default()).unwrap();
    (reply, Encoding::ShiftJis.decode(&bytes).unwrap())
}

fn put_face(counter: &Counter, middle: &str, encoding: Encoding, changes: &[(&str, &str)]) {
    let root = result(&Element::default(), changes);
    let name = format!("OQSsiquc01res_face_{middle}_20260401093015.xml");
    fs::write(counter.folders.face.join(name), xml::write(&root, encoding).unwrap()).unwrap();
}

/// A counter whose folder loop runs by itself.
async fn running(script: Script) -> Counter {
    let counter = counter(Encoding::Utf8, script).await;
    tokio::spawn(
        counter.service(5).run(std::time::Duration::from_millis(5), std::future::pending()),
    );
    counter
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_opens_the_chart_it_names_and_not_the_one_at_the_counter() {
    for mut desk in both() {
        let counter = counter(Encoding::Utf8, friendly()).await;
        reset(&mut desk, &counter, &[chart("P1"), stranger("P9")]).await;
        desk.call(json!({"op": "arrive", "chart": "P9"})).await;
        put_face(&counter, "a", Encoding::ShiftJis, &[]);
        let reply = collect(&mut desk, 1).await;
        let result = &reply["results"][0];
        assert_eq!(
            (&result["decision"], &result["chart"]),
            (&json!("opened"), &json!("P1")),
            "{}",
            desk.name()
        );
        assert_eq!(result["validity"], 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubt_goes_to_staff() {
    for (changes, expected) in [
        (&[("Name", "架空　華子")][..], "ask-staff"),
        (&[("NameKana", "ｶｸｳ ﾊﾅﾖ")][..], "opened"),
        (&[("InsuredIdentificationNumber", "0009999"), ("NameKana", "ｶｸｳ ﾊﾅﾖ")][..], "unknown"),
        (&[("InsuredIdentificationNumber", "0009999"), ("NameKana", "")][..], "unknown"),
        (&[("InsuredBranchNumber", "2"), ("Name", "架空　華子")][..], "ask-staff"),
        (&[("InsuredCardSymbol", "０１"), ("Sex1", "1")][..], "unknown"),
        (&[("Birthdate", "19850506")][..], "ask-staff"),
        (&[("InsuredIdentificationNumber", "0009999"), ("Name", "架空　華子")][..], "ask-staff"),
        (&[("InsuredIdentificationNumber", "0009999"), ("Sex1", "1")][..], "unknown"),
        (&[("InsuredIdentificationNumber", "0009999")][..], "opened"),
        (&[("InsuredIdentificationNumber", "0009999"), ("Birthdate", "19990101")][..], "unknown"),
        (&[("NameKana", "")][..], "opened"),
        (&[("InsuredBranchNumber", "")][..], "opened"),
    ] {
        for mut desk in both() {
            let counter = counter(Encoding::Utf8, friendly()).await;
            reset(&mut desk, &counter, &[chart("P1"), stranger("P9")]).await;
            put_face(&counter, "a", Encoding::Utf8, changes);
            let reply = collect(&mut desk, 1).await;
            assert_eq!(reply["results"][0]["decision"], expected, "{} {changes:?}", desk.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_charts_of_one_person_and_known_reference_numbers() {
    for mut desk in both() {
        let counter = counter(Encoding::Utf8, friendly()).await;
        reset(&mut desk, &counter, &[chart("P1"), chart("P2")]).await;
        put_face(&counter, "a", Encoding::Utf8, &[]);
        assert_eq!(
            collect(&mut desk, 1).await["results"][0]["decision"],
            "ask-staff",
            "{}",
            desk.name()
        );
        let mut known = chart("P2");
        known["reference_number"] = json!("R-2");
        known["insurance"]["number"] = json!("0000001");
        reset(&mut desk, &counter, &[chart("P1"), known]).await;
        put_face(&counter, "b", Encoding::Utf8, &[("ReferenceNumber", "R-2")]);
        let reply = collect(&mut desk, 2).await;
        let opened =
            reply["results"].as_array().unwrap().iter().map(|result| result["chart"].clone());
        assert_eq!(opened.collect::<Vec<_>>(), [json!("P1"), json!("P2")], "{}", desk.name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_alone_does_not_choose_between_charts_without_the_numbers() {
    for mut desk in both() {
        let counter = counter(Encoding::Utf8, friendly()).await;
        let mut charts = [chart("P1"), chart("P2")];
        charts.iter_mut().for_each(|chart| chart["insurance"] = Value::Null);
        charts[1]["name"] = json!("架空　華子");
        reset(&mut desk, &counter, &charts).await;
        put_face(&counter, "a", Encoding::Utf8, &[]);
        let reply = collect(&mut desk, 1).await;
        assert_eq!(reply["results"][0]["decision"], "ask-staff", "{}", desk.name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_changes_nothing_and_half_a_file_is_waited_for() {
    for mut desk in both() {
        let counter = counter(Encoding::Utf8, friendly()).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        fs::write(
            counter.folders.face.join("OQSsiquc01res_face_h_20260401093015.xml"),
            "<?xml version=\"1.0\"?><XmlMsg>",
        )
        .unwrap();
        put_face(&counter, "a", Encoding::Utf8, &[]);
        put_face(&counter, "b", Encoding::ShiftJis, &[]);
        let reply = collect(&mut desk, 2).await;
        assert_eq!(reply["results"].as_array().unwrap().len(), 1, "{}", desk.name());
        assert_eq!(reply["duplicates"], 1);
        assert_eq!(collect(&mut desk, 0).await["results"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_query_goes_through_the_folders_in_either_encoding() {
    for mut desk in both() {
        let counter = running(friendly()).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        for encoding in ["utf-8", "shift_jis"] {
            let reply = ask(&mut desk, encoding, 5000).await;
            assert_eq!(
                (&reply["status"], &reply["validity"]),
                (&json!("ok"), &json!(1)),
                "{} {reply}",
                desk.name()
            );
            assert_eq!(
                (&reply["branch"], &reply["insurer_number"]),
                (&json!("02"), &json!("999999"))
            );
        }
        assert_eq!(fs::read_dir(&counter.folders.res).unwrap().count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_stands_on_the_result_of_that_day_even_before_it_is_collected() {
    for mut desk in both() {
        let counter = counter(Encoding::Utf8, friendly()).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        put_face(&counter, "a", Encoding::Utf8, &[]);
        let (nothing, _) = claim(&mut desk, "2026-04-02", None).await;
        let said = (&nothing["status"], &nothing["error_code"]);
        assert_eq!(said, (&json!("rejected"), &json!("nothing-confirmed")), "{}", desk.name());
        let (_, text) = claim(&mut desk, "2026-04-01", None).await;
        let days = ",".repeat(30);
        let expected = format!(
            "IR,2,13,1,9999999,,架空医療機関,202604,00\r\nRE,1,1116,202604,架空花子,2,19850505,,,,,,,P1\r\n\
             HO,  999999,01,0001234,1,291\r\nSN,1,01,,,,02,,\r\nSI,11,1,111000110,,291,1,,,,,,,1{days}\r\n"
        );
        assert_eq!(text, expected, "{}", desk.name());
        assert_eq!(collect(&mut desk, 1).await["results"][0]["chart"], "P1");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_flow_claims_what_was_typed_without_sn() {
    for mut desk in both() {
        let counter = counter(Encoding::Utf8, friendly()).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        let typed = json!({"insurer_number": "999999", "symbol": "01", "number": "0001243", "branch": null});
        let (_, text) = claim(&mut desk, "2026-04-01", Some(typed)).await;
        assert!(
            text.contains("HO,  999999,01,0001243,1,291\r\n") && !text.contains("SN"),
            "{} {text}",
            desk.name()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typing_error_is_reported_before_the_claim() {
    let mut desk = Desk::reference();
    let counter = counter(Encoding::Utf8, friendly()).await;
    reset(&mut desk, &counter, &[chart("P1")]).await;
    put_face(&counter, "a", Encoding::Utf8, &[]);
    collect(&mut desk, 1).await;
    let typed =
        json!({"insurer_number": "999999", "symbol": "01", "number": "0001243", "branch": "02"});
    let (reply, _) = claim(&mut desk, "2026-04-01", Some(typed)).await;
    assert_eq!(reply["differences"], json!(["number"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn medicines_are_given_or_refused() {
    for mut desk in both() {
        let counter = running(friendly()).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        let reply = drugs(&mut desk).await;
        assert_eq!(
            reply["medicines"],
            json!(["架空錠10mg", "仮想散5%"]),
            "{} {reply}",
            desk.name()
        );
        counter.script(refusing("SIM-E4001"));
        let reply = drugs(&mut desk).await;
        assert_eq!(
            (&reply["status"], &reply["error_code"]),
            (&json!("rejected"), &json!("SIM-E4001"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_ends_in_no_answer_and_a_refusal_in_its_code() {
    for mut desk in both() {
        let counter = running(Script::Silent).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        let reply = ask(&mut desk, "utf-8", 100).await;
        assert_eq!(
            (&reply["status"], &reply["error_code"]),
            (&json!("error"), &json!("no-answer")),
            "{}",
            desk.name()
        );
        counter.script(refusing("SIM-E1002"));
        let reply = ask(&mut desk, "utf-8", 5000).await;
        assert_eq!(
            (&reply["status"], &reply["error_code"]),
            (&json!("rejected"), &json!("SIM-E1002"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_another_request_is_not_accepted() {
    for mut desk in both() {
        let swapped = Script::Answers(Arc::new(|_, _, _| {
            xml::write(&result(&Element::default(), &[]), Encoding::Utf8).unwrap()
        }));
        let counter = running(swapped).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        let reply = ask(&mut desk, "utf-8", 5000).await;
        assert_eq!(
            (&reply["status"], &reply["error_code"]),
            (&json!("error"), &json!("wrong-answer"))
        );
        assert_eq!(
            claim(&mut desk, "2026-04-01", None).await.0["status"],
            "rejected",
            "{}",
            desk.name()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_for_another_institution_opens_nothing() {
    for mut desk in both() {
        let counter = counter(Encoding::Utf8, friendly()).await;
        reset(&mut desk, &counter, &[chart("P1")]).await;
        let mut root = result(&Element::default(), &[]);
        root.children[0].set("MedicalInstitutionCode", "1318888888");
        let file = counter.folders.face.join("OQSsiquc01res_face_20260401093015.xml");
        fs::write(file, xml::write(&root, Encoding::Utf8).unwrap()).unwrap();
        assert_eq!(
            collect(&mut desk, 1).await["results"][0]["decision"],
            "unknown",
            "{}",
            desk.name()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_says_hello_and_what_it_cannot_do() {
    let mut desk = Desk::example(&[]);
    let hello = desk.call(json!({"op": "hello"})).await;
    assert_eq!(hello["positions"], json!(["receipt-computer"]));
    assert_eq!(desk.call(json!({"op": "dance"})).await["status"], "unsupported");
    assert_eq!(desk.call(json!({"op": "arrive"})).await["status"], "error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fault_of_the_example_shows() {
    let mut desk = Desk::example(&[("FAULT", "newest-file")]);
    let counter = counter(Encoding::Utf8, friendly()).await;
    reset(&mut desk, &counter, &[chart("P1"), stranger("P9")]).await;
    desk.call(json!({"op": "arrive", "chart": "P9"})).await;
    put_face(&counter, "a", Encoding::Utf8, &[]);
    assert_eq!(collect(&mut desk, 1).await["results"][0]["chart"], "P9");
}
