//! Bulk queries and reference numbers over the institutions' router: two steps, one unit a person, nobody else's.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use backend_support::{
    Bench, ELSEWHERE, HERE, all, element, header, message, number_query, someone,
};
use serde_json::json;

const QUERY: &str = "OQSsiquc01req";

async fn bench() -> Bench {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    bench.feed(json!(someone("P-2", "0005678", "1990-01-01"))).await;
    bench
}

/// Entries of a bulk query: number, birth date, identifier, and more elements.
fn bulk_query(entries: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    let header = format!(
        "<QualificationConfirmationDate>20260401</QualificationConfirmationDate>{}",
        header(HERE)
    );
    let entry = |(number, birthdate, identifier, more): &(&str, &str, &str, &str)| {
        format!(
            "<QualificationConfirmSearchInfo><InsurerNumber>99990013</InsurerNumber>\
             <InsuredCardSymbol>記号1</InsuredCardSymbol>\
             <InsuredIdentificationNumber>{number}</InsuredIdentificationNumber>\
             <Birthdate>{birthdate}</Birthdate>{more}\
             <ArbitraryIdentifier>{identifier}</ArbitraryIdentifier></QualificationConfirmSearchInfo>"
        )
    };
    message(&header, &entries.iter().map(entry).collect::<String>())
}

fn registration(institution: &str, number: &str, reference: &str) -> (String, String) {
    let info = format!(
        "<ReferenceNumberRegistrationInfo><ReferenceNumber>{reference}</ReferenceNumber>\
         <InsurerNumber>99990013</InsurerNumber><InsuredCardSymbol>記号1</InsuredCardSymbol>\
         <InsuredIdentificationNumber>{number}</InsuredIdentificationNumber>\
         <InsuredBranchNumber>00</InsuredBranchNumber></ReferenceNumberRegistrationInfo>"
    );
    (header(institution), info)
}

fn result_request(institution: &str, reception: &str) -> Vec<u8> {
    message(&header(institution), &format!("<ReceptionNumber>{reception}</ReceptionNumber>"))
}

async fn reception(bench: &Bench, family: &str, body: Vec<u8>) -> String {
    let answer = bench.ask(HERE, family, body).await;
    assert_eq!(element(&answer, "SegmentOfResult"), Some("1"), "{answer}");
    element(&answer, "ReceptionNumber").unwrap().to_owned()
}

#[tokio::test] // rows OQS-BULK-01, -02, -03, -04, -05, OQS-MSG-12
async fn a_bulk_query_is_taken_processed_and_answered_entry_by_entry() {
    let bench = bench().await;
    let entries = [
        ("0001234", "19850505", "A-1", ""),
        ("0009999", "19850505", "A-2", ""),
        ("0005678", "soon", "A-3", ""),
        ("0005678", "19900101", "A-4", ""),
    ];
    let number = reception(&bench, "OQSmuquc01req", bulk_query(&entries)).await;
    let ask = || bench.ask(HERE, "OQSmuquc02req", result_request(HERE, &number));
    let early = ask().await;
    assert_eq!(element(&early, "SegmentOfResult"), Some("2"), "{early}");
    assert_eq!(element(&early, "Name"), None);
    bench.turn(3);
    let answer = ask().await;
    for (name, texts) in [
        ("SegmentOfResult", vec!["1"]),
        ("ReceptionNumber", vec![number.as_str()]),
        ("QualificationConfirmationDate", vec!["20260401"]),
        ("NumberOfProcessingResult", vec!["4"]),
        ("NumberOfNormalProcessing", vec!["3"]),
        ("NumberOfError", vec!["1"]),
        ("ArbitraryIdentifier", vec!["A-1", "A-2", "A-3", "A-4"]),
        ("ProcessingResultStatus", vec!["1", "1", "2", "1"]),
        ("ProcessingResultCode", vec!["SIM-E1001"]),
        ("QualificationValidity", vec!["1", "4", "1"]),
    ] {
        assert_eq!(all(&answer, name), texts, "{name} in {answer}");
    }
    assert_eq!(ask().await, answer, "asking again gives the same");
}

#[tokio::test] // row OQS-BULK-07
async fn a_bulk_answer_tells_neither_the_limit_nor_a_consent_only_whether_it_changed() {
    let bench = bench().await;
    let limit = json!({"certificates": {"limits": [{"class": "01", "flag": "A03", "period": {"start": "2025-08-01", "end": "2026-07-31"}}]}});
    bench.feed(json!([{"record_id": "L", "insurer_number": "99990013", "person": "P-1", "kind": "limit", "data": limit}])).await;
    let known = |flag: &str| {
        format!(
            "<LimitApplicationCertificateRelatedInfo>\
             <LimitApplicationCertificateClassification>01</LimitApplicationCertificateClassification>\
             <LimitApplicationCertificateClassificationFlag>{flag}</LimitApplicationCertificateClassificationFlag>\
             </LimitApplicationCertificateRelatedInfo>"
        )
    };
    let (same, other) = (known("A03"), known("A04"));
    let entries = [
        ("0001234", "19850505", "1", same.as_str()),
        ("0001234", "19850505", "2", other.as_str()),
        ("0001234", "19850505", "3", ""),
        ("0005678", "19900101", "4", same.as_str()),
    ];
    let number = reception(&bench, "OQSmuquc01req", bulk_query(&entries)).await;
    bench.turn(3);
    let answer = bench.ask(HERE, "OQSmuquc02req", result_request(HERE, &number)).await;
    assert_eq!(all(&answer, "LimitApplicationCertificateChanged"), ["0", "1", "1"], "{answer}");
    for unit in all(&answer, "ResultOfQualificationConfirmation") {
        assert!(!unit.contains("Limit") && !unit.contains("ConsFlg"), "{unit}");
    }
}

#[tokio::test] // row OQS-BULK-05
async fn a_part_that_cannot_be_read_is_not_taken_for_an_absent_one() {
    let bench = bench().await;
    let branch = |text: &str| format!("<InsuredBranchNumber>{text}</InsuredBranchNumber>");
    let (right, empty, wrong) = (branch("00"), branch(""), branch("ABC"));
    let entries = [
        ("0001234", "19850505", "1", right.as_str()),
        ("0001234", "19850505", "2", empty.as_str()),
        ("0001234", "19850505", "3", wrong.as_str()),
    ];
    let number = reception(&bench, "OQSmuquc01req", bulk_query(&entries)).await;
    bench.turn(3);
    let answer = bench.ask(HERE, "OQSmuquc02req", result_request(HERE, &number)).await;
    assert_eq!(all(&answer, "ProcessingResultStatus"), ["1", "1", "2"], "{answer}");
    let (header, info) = registration(HERE, "0001234", "P-0001");
    let info = info.replace(&right, &wrong);
    let answer = bench.ask(HERE, "OQSsiimm01req", message(&header, &info)).await;
    assert_eq!(element(&answer, "ProcessingResultCode"), Some("SIM-E1001"), "{answer}");
}

#[tokio::test]
async fn a_result_too_long_for_a_message_is_refused_at_once() {
    let bench = bench().await;
    let long = json!({"name": "架".repeat(200), "name_kana": "ｶ".repeat(200), "sex1": "2", "birthdate": "1985-05-05",
        "address": "架".repeat(400), "name_of_other": "架".repeat(200), "name_of_other_kana": "ｶ".repeat(200)});
    bench.feed(json!([{"record_id": "P-1-long", "insurer_number": "99990013", "person": "P-1", "revision": 1, "kind": "person", "data": long}])).await;
    let entries = vec![("0001234", "19850505", "A-1", ""); 1_000];
    let answer = bench.ask(HERE, "OQSmuquc01req", bulk_query(&entries)).await;
    assert_eq!(element(&answer, "ErrorCode"), Some("SIM-E1004"), "{answer}");
}

#[tokio::test] // row OQS-BULK-02
async fn a_reception_number_is_its_owners_and_its_familys() {
    let bench = bench().await;
    let entries = [("0001234", "19850505", "A-1", "")];
    let number = reception(&bench, "OQSmuquc01req", bulk_query(&entries)).await;
    bench.turn(3);
    for (row, peer, family, asked) in [
        ("unknown", HERE, "OQSmuquc02req", "0000000002"),
        ("no number", HERE, "OQSmuquc02req", "1' OR '1'='1"),
        ("another institution's", ELSEWHERE, "OQSmuquc02req", number.as_str()),
        ("of another family", HERE, "OQSmuimm02req", number.as_str()),
    ] {
        let answer = bench.ask(peer, family, result_request(peer, asked)).await;
        assert_eq!(element(&answer, "ErrorCode"), Some("SIM-E5003"), "{row}: {answer}");
        assert_eq!(element(&answer, "Name"), None, "{row}");
    }
}

#[tokio::test] // rows OQS-REF-01, -02, -04, -06
async fn a_reference_number_stays_with_the_person_and_with_the_institution() {
    let bench = bench().await;
    let register = async |institution: &'static str, number: &str, reference: &str| {
        let (header, info) = registration(institution, number, reference);
        let answer = bench.ask(institution, "OQSsiimm01req", message(&header, &info)).await;
        element(&answer, "ProcessingResultCode").unwrap_or("registered").to_owned()
    };
    let known = async |institution: &str, number: &str| {
        let query = number_query(number, "1985-05-05");
        let query = String::from_utf8(query).unwrap().replace(HERE, institution);
        let answer = bench.ask(institution, QUERY, query).await;
        element(&answer, "ReferenceNumber").map(str::to_owned)
    };
    let longest = "患".repeat(50);
    assert_eq!(known(HERE, "0001234").await, None);
    assert_eq!(register(HERE, "0001234", "P-0001").await, "registered");
    assert_eq!(register(HERE, "0009999", "P-0001").await, "SIM-E5001");
    assert_eq!(register(HERE, "0001234", &"患".repeat(51)).await, "SIM-E1001");
    assert_eq!(known(HERE, "0001234").await.as_deref(), Some("P-0001"));
    assert_eq!(known(ELSEWHERE, "0001234").await, None);
    assert_eq!(register(HERE, "0001234", &longest).await, "registered");
    assert_eq!(known(HERE, "0001234").await, Some(longest.clone()));
    let gain = json!({"insurer_name": "架空健康保険組合", "symbol": "記号1", "number": "0007777", "branch": "00", "own_or_family": "1", "gained": "2026-03-01"});
    bench.feed(json!([{"record_id": "G", "insurer_number": "99990013", "person": "P-1", "kind": "gain", "data": gain}])).await;
    assert_eq!(
        known(HERE, "0007777").await,
        Some(longest),
        "the insurer changed, the person did not"
    );
}

#[tokio::test] // row OQS-REF-05
async fn many_reference_numbers_are_registered_each_on_its_own() {
    let bench = bench().await;
    let entries = [("0001234", "P-0001"), ("0009999", "P-0002"), ("0005678", "P-0003")];
    let infos: String =
        entries.iter().map(|(number, own)| registration(HERE, number, own).1).collect();
    let number = reception(&bench, "OQSmuimm01req", message(&header(HERE), &infos)).await;
    bench.turn(3);
    let answer = bench.ask(HERE, "OQSmuimm02req", result_request(HERE, &number)).await;
    assert_eq!(all(&answer, "ProcessingResultStatus"), ["1", "2", "1"], "{answer}");
    assert_eq!(all(&answer, "ReferenceNumber"), ["P-0001", "P-0002", "P-0003"]);
    assert_eq!(all(&answer, "NumberOfError"), ["1"]);
    let answer = bench.ask(HERE, QUERY, number_query("0001234", "1985-05-05")).await;
    assert_eq!(element(&answer, "ReferenceNumber"), Some("P-0001"));
}

#[tokio::test] // rows OQS-REF-01, -05
async fn of_many_numbers_for_one_person_the_one_told_last_counts() {
    let bench = bench().await;
    let gain = json!({"insurer_name": "架空健康保険組合", "symbol": "記号1", "number": "0007777", "branch": "00", "own_or_family": "1", "gained": "2026-03-01"});
    bench.feed(json!([{"record_id": "G", "insurer_number": "99990013", "person": "P-1", "kind": "gain", "data": gain}])).await;
    for (first, second) in [("0001234", "0007777"), ("0007777", "0001234")] {
        let entries = [(first, "P-FIRST"), (second, "P-SECOND")];
        let infos: String =
            entries.iter().map(|(number, own)| registration(HERE, number, own).1).collect();
        reception(&bench, "OQSmuimm01req", message(&header(HERE), &infos)).await;
        let answer = bench.ask(HERE, QUERY, number_query("0007777", "1985-05-05")).await;
        assert_eq!(element(&answer, "ReferenceNumber"), Some("P-SECOND"), "{first}: {answer}");
    }
}

#[tokio::test]
async fn a_thousand_entries_are_taken_and_one_more_is_refused() {
    let bench = bench().await;
    let entries = vec![("0001234", "19850505", "A-1", ""); 1_001];
    let number = reception(&bench, "OQSmuquc01req", bulk_query(&entries[..1_000])).await;
    bench.turn(3);
    let answer = bench.ask(HERE, "OQSmuquc02req", result_request(HERE, &number)).await;
    assert_eq!(element(&answer, "NumberOfNormalProcessing"), Some("1000"));
    let answer = bench.ask(HERE, "OQSmuquc01req", bulk_query(&entries)).await;
    assert_eq!(element(&answer, "ErrorCode"), Some("SIM-E1004"), "{answer}");
    let answer = bench.ask(HERE, "OQSmuquc01req", bulk_query(&[])).await;
    assert_eq!(element(&answer, "ErrorCode"), Some("SIM-E1001"), "{answer}");
}

#[tokio::test]
async fn what_was_received_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("store.db").display());
    let first = Bench::open_at(&url).await;
    first.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let (header, info) = registration(HERE, "0001234", "P-0001");
    first.ask(HERE, "OQSsiimm01req", message(&header, &info)).await;
    let entries = [("0001234", "19850505", "A-1", "")];
    let number = reception(&first, "OQSmuquc01req", bulk_query(&entries)).await;
    first.backend.close().await;
    let second = Bench::open_at(&url).await;
    second.turn(3);
    let answer = second.ask(HERE, "OQSmuquc02req", result_request(HERE, &number)).await;
    assert_eq!(element(&answer, "QualificationValidity"), Some("1"), "{answer}");
    assert_eq!(element(&answer, "ReferenceNumber"), Some("P-0001"), "{answer}");
    let next = reception(&second, "OQSmuquc01req", bulk_query(&entries)).await;
    assert_ne!(next, number);
}
