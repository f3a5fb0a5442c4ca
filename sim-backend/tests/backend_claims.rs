//! Claims through `POST /claims`: verdicts in JSON, the answer file, bad files, and the law of the confirmed claim.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use backend_support::{Bench, HERE, number_query, someone};
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt;

const QUERY: &str = "OQSsiquc01req";

async fn bench() -> Bench {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    bench
}

fn shift_jis(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

/// A file of one institution with these claims of April 2026.
fn file(institution: &str, claims: &[&str]) -> Vec<u8> {
    let head = format!("IR,1,13,1,{institution},,架空診療所,202605,00,\r\n");
    let claims = claims.iter().zip(1..).map(|(records, n): (_, usize)| {
        format!("RE,{n},1112,202604,架空　花子,2,19850505\r\n{records}")
    });
    shift_jis(&format!("{head}{}", claims.collect::<String>()))
}

const CONFIRMED: &str = "HO,99990013,記号1,0001234,1,100\r\nSN,1,01,,,,00,,\r\n";

struct Sent {
    status: StatusCode,
    kind: String,
    body: Vec<u8>,
}

impl Sent {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn send(bench: &Bench, headers: &[(header::HeaderName, &str)], body: Vec<u8>) -> Sent {
    let request = headers
        .iter()
        .fold(Request::post("/claims"), |request, (name, value)| request.header(name, *value));
    let request = request.body(Body::from(body)).unwrap();
    let answer = bench.backend.claims_router().oneshot(request).await.unwrap();
    let (status, kind) = (answer.status(), answer.headers().get(header::CONTENT_TYPE).cloned());
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec();
    Sent { status, kind: kind.unwrap().to_str().unwrap().to_owned(), body }
}

#[tokio::test] // rows OQS-CLM-02, OQS-CLM-03, OQS-CLM-04
async fn a_confirmed_claim_survives_a_backdated_loss() {
    let bench = bench().await;
    bench.ask(HERE, QUERY, number_query("0001234", "1985-05-05")).await;
    let loss = json!({"loss": {"on": "2026-03-01"}});
    bench.feed(json!([{"record_id": "L", "insurer_number": "99990013", "person": "P-1", "kind": "loss", "data": loss}])).await;
    let mistyped = CONFIRMED.replace("0001234", "0001243");
    for (row, institution, claim, expected) in [
        (
            "confirmed here",
            "9999999",
            CONFIRMED,
            json!({"row": 2, "receipt_number": 1, "outcome": "accepted", "confirmation": "02"}),
        ),
        (
            "not confirmed there",
            "9999998",
            CONFIRMED,
            json!({"row": 2, "receipt_number": 1, "outcome": "returned", "confirmation": "06",
            "reason": "qualification_lost", "words_ja": "資格喪失後の受診です", "words_en": "treated after the qualification was lost"}),
        ),
        (
            "typed wrong",
            "9999999",
            mistyped.as_str(),
            json!({"row": 2, "receipt_number": 1, "outcome": "returned", "confirmation": "03",
            "reason": "number_unknown", "words_ja": "該当する被保険者番号がありません", "words_en": "the insurer knows no such number"}),
        ),
    ] {
        let sent = send(&bench, &[], file(institution, &[claim])).await;
        assert_eq!(sent.status, StatusCode::OK, "{row}");
        assert_eq!(sent.json(), json!({"results": [expected]}), "{row}");
    }
}

#[tokio::test] // row OQS-CLM-07
async fn a_claim_after_a_change_is_transferred_and_its_check_completed() {
    let bench = bench().await;
    let gain = json!({"insurer_name": "架空共済組合", "symbol": "記号2", "number": "0005678", "branch": "01",
        "own_or_family": "1", "gained": "2026-04-01"});
    bench.feed(json!([
        {"record_id": "L", "insurer_number": "99990013", "person": "P-1", "kind": "loss", "data": {"loss": {"on": "2026-04-01", "reason": "03"}}},
        {"record_id": "G", "insurer_number": "99990021", "person": "P-1", "kind": "gain", "data": gain},
    ])).await;
    let claim = file("9999999", &[CONFIRMED]);
    let sent = send(&bench, &[], claim.clone()).await;
    let new = json!({"insurer_number": "99990021", "symbol": "記号2", "number": "0005678", "branch": "01", "days": []});
    assert_eq!(
        sent.json()["results"][0],
        json!({"row": 2, "receipt_number": 1, "outcome": "transferred", "confirmation": "04", "qualifications": [new]})
    );

    let sent = send(&bench, &[(header::ACCEPT, "text/csv")], claim.clone()).await;
    assert_eq!((sent.status, sent.kind.as_str()), (StatusCode::OK, "text/csv; charset=Shift_JIS"));
    let completed = CONFIRMED.replace("SN,1,01,,,,00,,", "SN,1,04,99990021,記号2,0005678,01,,");
    assert_eq!(sent.body, file("9999999", &[completed.as_str()]));
}

#[tokio::test] // row OQS-CLM-07, class 07
async fn the_insurer_tells_that_the_certificate_came_back() {
    let bench = bench().await;
    let loss = json!({"loss": {"on": "2026-03-01", "certificate_returned": "2026-03-05"}});
    bench.feed(json!([{"record_id": "L", "insurer_number": "99990013", "person": "P-1", "kind": "loss", "data": loss}])).await;
    let sent = send(&bench, &[], file("9999999", &[CONFIRMED])).await;
    assert_eq!(sent.json()["results"][0]["confirmation"], "07");
    assert_eq!(sent.json()["results"][0]["reason"], "lost_after_return");
}

#[tokio::test]
async fn a_bad_line_is_placed_and_the_rest_of_the_file_is_judged() {
    let bench = bench().await;
    let bad_number = "HO,99990013,記号1,0001234,x,100\r\n";
    let mut body = file("9999999", &[CONFIRMED, bad_number, CONFIRMED, "CO,01,1,820000001,予定表"]);
    body.extend(b"\xFF,\r\n");
    body.extend(shift_jis(&format!(
        "RE,x\r\nRE,6,1112,202604,架空　花子,2,19850505\r\n{CONFIRMED}"
    )));
    body.extend(vec![b'9'; 70_000]);
    let sent = send(&bench, &[], body).await;
    let results = sent.json();
    let seen: Vec<_> = results["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["row"].as_u64().unwrap(), one["outcome"].as_str().unwrap(), &one["place"]))
        .map(|(row, outcome, place)| {
            format!("{row} {outcome} {}:{}", place["line"], place["column"])
        })
        .collect();
    assert_eq!(
        seen,
        [
            "2 accepted null:null",
            "5 returned 6:25",
            "7 accepted null:null",
            "10 returned 11:22",
            "12 returned 12:4",
            "13 returned 16:0",
        ]
    );
    assert!(!String::from_utf8(sent.body).unwrap().contains("予定表"), "no content is repeated");
}

#[tokio::test]
async fn what_no_claim_holds_is_named_and_what_is_no_file_is_refused() {
    let bench = bench().await;
    let stray = [
        shift_jis("IR,1,13,1,9999999,,架空診療所,202605,00,\r\nSN,1,01,,,,00,,\r\n"),
        file("9999999", &[CONFIRMED]),
    ]
    .concat();
    let results = send(&bench, &[], stray).await.json();
    assert_eq!(results["strays"][0]["line"], 2);
    assert_eq!(results["results"][0]["outcome"], "accepted");
    for (row, body) in [
        ("no IR", file("9999999", &[CONFIRMED]).split_off(50)),
        ("nothing", vec![]),
        ("noise", vec![0xFF; 99]),
    ] {
        let sent = send(&bench, &[], body).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{row}");
        assert_eq!(sent.kind, "application/problem+json", "{row}");
    }
}

#[tokio::test] // row OQS-CLM-09
async fn only_records_are_taken_and_no_picture_of_paper() {
    let bench = bench().await;
    for (kind, status) in [
        ("text/csv; charset=Shift_JIS", StatusCode::OK),
        ("Application/Octet-Stream", StatusCode::OK),
        ("application/x-www-form-urlencoded", StatusCode::OK),
        ("application/pdf", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("image/tiff", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("multipart/form-data; boundary=x", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let sent =
            send(&bench, &[(header::CONTENT_TYPE, kind)], file("9999999", &[CONFIRMED])).await;
        assert_eq!(sent.status, status, "{kind}");
    }
}

#[tokio::test] // row OQS-AID-05
async fn a_medical_ticket_that_was_fed_is_laid_beside_its_claim() {
    let bench = Bench::open().await;
    let record = |id: &str, kind: &str, data: Value| json!({"record_id": id, "insurer_number": "12990001", "person": "P-1", "kind": kind, "data": data});
    let ticket = json!({"kind": "01", "institution": HERE, "treatment": "02", "self_pay": 1500});
    bench
        .feed(json!([
            record(
                "who",
                "person",
                json!({"name": "架空　次郎", "sex1": "1", "birthdate": "1960-02-29"})
            ),
            record(
                "gain",
                "gain",
                json!({"insurer_name": "架空福祉事務所", "card_class": "A1", "number": "9999999",
            "own_or_family": "1", "gained": "2026-02-01"})
            ),
            record("tickets", "tickets", json!({"of": {"month": "202604", "tickets": [ticket]}})),
        ]))
        .await;
    for (row, institution, payer, outcome, differs) in [
        (
            "as the ticket says",
            "9999999",
            "KO,12990001,9999999,,1,100,1500",
            "accepted",
            json!(null),
        ),
        ("self-pay", "9999999", "KO,12990001,9999999,,1,100,500", "returned", json!(["self_pay"])),
        (
            "institution",
            "9999998",
            "KO,12990001,9999999,,1,100,1500",
            "returned",
            json!(["institution"]),
        ),
        (
            "another beneficiary",
            "9999999",
            "KO,12990001,9999998,,1,100,500",
            "accepted",
            json!(null),
        ),
    ] {
        let sent = send(&bench, &[], file(institution, &[&format!("{payer}\r\n")])).await.json();
        let claim = &sent["results"][0];
        assert_eq!(
            (&claim["outcome"], &claim["differs"]),
            (&json!(outcome), &differs),
            "{row}: {claim}"
        );
    }
}

/// Anything that insurers may report after the visit about the one person or about others with the same number.
fn later() -> impl Strategy<Value = Value> {
    let day =
        (2024_i32..2027, 1_u32..13, 1_u32..29).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"));
    let gain = |number: &'static str| {
        day.clone().prop_map(move |gained| {
            json!({"kind": "gain", "data": {"insurer_name": "架空共済組合", "symbol": "記号1",
            "number": number, "branch": "00", "own_or_family": "1", "gained": gained}})
        })
    };
    let loss = (
        day.clone(),
        prop::option::of(prop::sample::select(vec!["01", "02", "03", "99"])),
        any::<bool>(),
    )
        .prop_map(|(on, reason, back)| {
            let mut loss = json!({"on": on});
            if let Some(reason) = reason {
                loss["reason"] = json!(reason);
            }
            if back {
                loss["certificate_returned"] = json!(on);
            }
            json!({"kind": "loss", "data": {"loss": loss}})
        });
    let withdrawn = prop::sample::select(vec!["P-1-gain", "P-1-who"])
        .prop_map(|record| json!({"kind": "correction", "data": {"corrects": record}}));
    let renamed = day.clone().prop_map(|born| json!({"kind": "person", "data": {"name": "架空　花子", "sex1": "1", "birthdate": born}}));
    let change = prop_oneof![gain("0001234"), gain("0005678"), loss, withdrawn, renamed];
    let insurer = prop::sample::select(vec!["99990013", "99990021"]);
    (change, insurer, prop::sample::select(vec!["P-1", "P-2"]), 0_u32..3).prop_map(
        |(mut record, insurer, person, revision)| {
            record["insurer_number"] = json!(insurer);
            record["person"] = json!(person);
            record["revision"] = json!(revision);
            record
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test] // rows OQS-CLM-02, OQS-CLM-03: never for a wrong or lost qualification, whatever the feed does later
    fn a_claim_on_a_confirmed_answer_is_accepted(later in prop::collection::vec(later(), 0..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = bench().await;
            let answer = bench.ask(HERE, QUERY, number_query("0001234", "1985-05-05")).await;
            assert!(answer.contains("<QualificationValidity>1<"), "{answer}");
            let records = later.iter().zip(0..).map(|(record, n): (_, usize)| {
                let mut record = record.clone();
                record["record_id"] = json!(format!("later-{n}"));
                record
            });
            let records: Vec<_> = records.collect();
            // A record may be turned away, for one that corrects what is not its own: then it changes nothing.
            sim_backend::feed::deliver(bench.backend.store().as_ref(), &records).await.unwrap();
            let mut si = vec![""; 43];
            si[12] = "1";
            let dated = format!("{CONFIRMED}SI,{}\r\n", si.join(","));
            let results = send(&bench, &[], file("9999999", &[CONFIRMED, &dated])).await.json();
            for claim in results["results"].as_array().unwrap() {
                assert_eq!((&claim["outcome"], &claim["confirmation"]), (&json!("accepted"), &json!("02")), "{claim}");
            }
        });
    }
}
