//! Medical aid (医療扶助) over the routers: tickets come by the feed, and each route tells them as it may.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use backend_support::{Bench, ELSEWHERE, HERE, Says, all, element, header, message, someone};
use serde_json::{Value, json};

const OFFICE: &str = "12990001";
const CARD: Says<'static> = Says { day: "20260401", agrees: true, mode: 1, more: "" };

fn record(id: &str, kind: &str, data: Value) -> Value {
    json!({"record_id": id, "insurer_number": OFFICE, "person": "P-1", "kind": kind, "data": data})
}

/// Who the person is, and aid from 1 February 2026.
fn on_aid() -> Value {
    json!([
        record(
            "who",
            "person",
            json!({"name": "架空　次郎", "name_kana": "ｶｸｳ ｼﾞﾛｳ", "sex1": "1", "birthdate": "1960-02-29"})
        ),
        record(
            "gain",
            "gain",
            json!({"insurer_name": "架空福祉事務所", "card_class": "A1", "number": "9999999", "own_or_family": "1",
                "gained": "2026-02-01"})
        ),
    ])
}

fn ticket(institution: &str, issue_number: &str) -> Value {
    json!({"kind": "01", "institution": institution, "institution_name": "架空診療所", "issue_number": issue_number,
        "injuries": ["架空病"], "treatment": "02", "self_pay": 1500, "combination": "01", "social_insurance": "02",
        "remarks": ["架空の備考"]})
}

fn month(id: &str, month: &str, tickets: &[Value]) -> Value {
    record(id, "tickets", json!({"of": {"month": month, "tickets": tickets}}))
}

fn by_numbers(day: &str) -> Vec<u8> {
    let header = format!(
        "<QualificationConfirmationDate>{day}</QualificationConfirmationDate>{}",
        header(HERE)
    );
    message(
        &header,
        "<QualificationConfirmSearchInfo><InsurerNumber>12990001</InsurerNumber>\
         <InsuredIdentificationNumber>9999999</InsuredIdentificationNumber><Birthdate>19600229</Birthdate>\
         <ArbitraryIdentifier>A-1</ArbitraryIdentifier></QualificationConfirmSearchInfo>",
    )
}

fn of_month(month: &str) -> String {
    format!(
        "<QualificationConfirmSearchInfo><MedicalTreatmentMonth>{month}</MedicalTreatmentMonth></QualificationConfirmSearchInfo>"
    )
}

#[tokio::test] // row OQS-AID-01
async fn card_and_numbers_tell_the_tickets_of_the_day() {
    let bench = Bench::open().await;
    bench.feed(on_aid()).await;
    let april = month("T-1", "202604", &[ticket(HERE, "0001"), ticket(ELSEWHERE, "0002")]);
    bench.feed(json!([april])).await;
    let card = bench.card("P-1", 0x1a);
    let by_card = bench.visit(HERE, &card, CARD).await;
    let by_numbers = bench.ask(HERE, "OQSsiquc01req", by_numbers("20260401")).await;
    for (route, answer) in [("card", by_card), ("numbers", by_numbers)] {
        let record = element(&answer, "ResultOfQualificationConfirmation").unwrap();
        for (name, texts) in [
            ("InsuredCardClassification", vec!["A1"]),
            ("PublicExpenseNumber", vec!["12990001"]),
            ("BeneficiaryNumber", vec!["9999999"]),
            ("WelfareOfficeName", vec!["架空福祉事務所"]),
            ("InsurerNumber", vec![]),
            ("InsuredIdentificationNumber", vec![]),
            ("InsurerName", vec![]),
            ("TicketType", vec!["01", "01"]),
            ("IssueNumber", vec!["0001", "0002"]),
            ("MedicalTreatmentMonth", vec!["202604", "202604"]),
            ("MedicalTicketValidDate", vec!["20260401", "20260401"]),
            ("MedicalTicketExpirationDate", vec!["20260430", "20260430"]),
            ("DesignatedMedicalInstitutionCode", vec![HERE, ELSEWHERE]),
            ("DesignatedMedicalInstitutionFlag", vec!["0", "1"]),
            ("InjuryName1", vec!["架空病", "架空病"]),
            ("InjuryName2", vec![]),
            ("MedicalTreatmentType", vec!["02", "02"]),
            ("SelfPayAmount", vec!["1500", "1500"]),
            ("ConsistencyFlag", vec![]),
            ("Remarks1", vec!["架空の備考", "架空の備考"]),
        ] {
            assert_eq!(all(record, name), texts, "{route}: {name} in {record}");
        }
        assert_eq!(element(&answer, "QualificationValidity"), Some("1"), "{route}");
        // Row OQS-CONS-10: no medical information, whatever was agreed to.
        assert!(!all(record, "PharmacistsInfoConsFlg").contains(&"1"), "{route}: {record}");
    }
}

#[tokio::test] // row OQS-AID-02: card, registration, terminal and data of the welfare office
async fn aid_is_told_by_card_when_all_four_are_there() {
    for (row, registers, supported, fed, expected) in [
        ("all", "1", "1", true, Some("1")),
        ("no registration", "0", "1", true, None),
        ("no support at the terminal", "1", "0", true, Some("4")),
        ("no data", "1", "1", false, Some("4")),
    ] {
        let bench = Bench::open().await;
        if fed {
            bench.feed(on_aid()).await;
            bench.feed(json!([month("T-1", "202604", &[ticket(HERE, "0001")])])).await;
        }
        let card = bench.card("P-1", 0x1a);
        let more = format!("<MedicalAidSupported>{supported}</MedicalAidSupported>");
        let answer = match registers {
            "1" => bench.visit(HERE, &card, Says { more: &more, ..CARD }).await,
            _ => bench.visit_unregistered(HERE, &card, Says { more: &more, ..CARD }).await,
        };
        assert_eq!(element(&answer, "QualificationValidity"), expected, "{row}: {answer}");
        let told = answer.contains("BeneficiaryNumber");
        assert_eq!(told, expected == Some("1"), "{row}: {answer}");
    }
}

#[tokio::test] // row OQS-AID-03
async fn before_the_month_is_registered_aid_is_valid_but_not_registered_and_the_tickets_come_in_bulk()
 {
    let bench = Bench::open().await;
    bench.feed(on_aid()).await;
    let card = bench.card("P-1", 0x1a);
    let early = bench.visit(HERE, &card, CARD).await;
    assert_eq!(element(&early, "QualificationValidity"), Some("6"), "{early}");
    assert_eq!(element(&early, "BeneficiaryNumber"), Some("9999999"), "{early}");
    assert_eq!(element(&early, "PublicExpenseResultList"), None, "{early}");
    let none = bench.bulk(HERE, "OQSmutic", &of_month("202604")).await;
    assert_eq!(element(&none, "NumberOfProcessingResult"), Some("0"), "{none}");
    bench
        .feed(json!([month("T-1", "202604", &[ticket(HERE, "0001"), ticket(ELSEWHERE, "0002")])]))
        .await;
    let answer = bench.bulk(HERE, "OQSmutic", &of_month("202604")).await;
    for (name, texts) in [
        ("SegmentOfResult", vec!["1"]),
        ("QualificationConfirmationDate", vec![]),
        ("NumberOfProcessingResult", vec!["1"]),
        ("NumberOfNormalProcessing", vec!["1"]),
        ("NumberOfError", vec!["0"]),
        ("QualificationValidity", vec!["1"]),
        ("BeneficiaryNumber", vec!["9999999"]),
        ("IssueNumber", vec!["0001"]),
        ("PharmacistsInfoConsFlg", vec![]),
    ] {
        assert_eq!(all(&answer, name), texts, "{name} in {answer}");
    }
    let later = bench.ask(HERE, "OQSsiquc01req", by_numbers("20260401")).await;
    assert_eq!(element(&later, "QualificationValidity"), Some("1"), "{later}");
    let next = bench.ask(HERE, "OQSsiquc01req", by_numbers("20260501")).await;
    assert_eq!(element(&next, "QualificationValidity"), Some("6"), "{next}");
}

#[tokio::test]
async fn a_month_in_bulk_is_that_month_of_this_institution() {
    let bench = Bench::open().await;
    bench.feed(on_aid()).await;
    bench
        .feed(json!([
            month("T-1", "202604", &[ticket(ELSEWHERE, "0002")]),
            month("T-2", "202605", &[ticket(HERE, "0003")])
        ]))
        .await;
    for (at, of, numbers) in [
        (HERE, "202604", vec![]),
        (HERE, "202605", vec!["0003"]),
        (ELSEWHERE, "202604", vec!["0002"]),
        (ELSEWHERE, "202605", vec![]),
    ] {
        let answer = bench.bulk(at, "OQSmutic", &of_month(of)).await;
        assert_eq!(all(&answer, "IssueNumber"), numbers, "{at} {of}");
    }
    bench
        .feed(json!([record("T-3", "tickets", json!({"of": {"month": "202604", "tickets": []}}))]))
        .await;
    let answer = bench.bulk(ELSEWHERE, "OQSmutic", &of_month("202604")).await;
    assert_eq!(all(&answer, "IssueNumber"), Vec::<&str>::new(), "taken back by the office");
    let loss = json!({"loss": {"on": "2026-05-01", "reason": "99"}});
    bench.feed(json!([record("L-1", "loss", loss)])).await;
    let answer = bench.bulk(HERE, "OQSmutic", &of_month("202605")).await;
    assert_eq!(all(&answer, "QualificationValidity"), ["2"], "{answer}");
}

#[tokio::test]
async fn insurance_and_aid_together_are_both_told_by_card_and_apart_by_numbers() {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1960-02-29"))).await;
    bench.feed(on_aid()).await;
    bench.feed(json!([month("T-1", "202604", &[ticket(HERE, "0001")])])).await;
    let card = bench.card("P-1", 0x1a);
    let answer = bench.visit(HERE, &card, CARD).await;
    assert_eq!(all(&answer, "InsuredCardClassification"), ["01", "A1"], "{answer}");
    assert_eq!(all(&answer, "QualificationValidity"), ["1"], "{answer}");
    // CD022: the ticket says that there is no social insurance.
    assert_eq!(all(&answer, "ConsistencyFlag"), ["1"], "{answer}");
    let aid = bench.ask(HERE, "OQSsiquc01req", by_numbers("20260401")).await;
    assert_eq!(all(&aid, "InsuredCardClassification"), ["A1"], "{aid}");
}

#[tokio::test]
async fn a_bulk_query_by_numbers_tells_aid_too() {
    let bench = Bench::open().await;
    bench.feed(on_aid()).await;
    let query = String::from_utf8(by_numbers("20260401")).unwrap();
    let taken = bench.ask(HERE, "OQSmuquc01req", query).await;
    let number = element(&taken, "ReceptionNumber").unwrap();
    bench.turn(3);
    let body = format!("<ReceptionNumber>{number}</ReceptionNumber>");
    let answer = bench.ask(HERE, "OQSmuquc02req", message(&header(HERE), &body)).await;
    assert_eq!(element(&answer, "QualificationValidity"), Some("6"), "{answer}");
    assert_eq!(element(&answer, "PublicExpenseNumber"), Some("12990001"), "{answer}");
}

#[tokio::test]
async fn families_known_by_name_only_are_answered_so() {
    let bench = Bench::open().await;
    for family in [
        "OQSsihvq01req",
        "OQSsionq01req",
        "OQSsihvd01req",
        "OQSsiurl01req",
        "OQSsiinq01req",
        "OQSsiupd01req",
        "CIPsiquc01req",
        "PMHsimsm01req",
        "SRJsiquc01req",
        "SHJsiquc01req",
        "EPSsiquc01req",
    ] {
        let answer = bench.ask(HERE, family, message(&header(HERE), "")).await;
        assert_eq!(element(&answer, "SegmentOfResult"), Some("9"), "{family}");
        assert_eq!(element(&answer, "ErrorCode"), Some("SIM-E1003"), "{family}");
        let words = element(&answer, "ErrorMessage").unwrap();
        assert!(family.starts_with(words.split(':').next().unwrap()), "{family}: {words}");
        assert!(words.contains("模擬していません"), "{words}");
        assert_eq!(element(&answer, "MedicalInstitutionCode"), Some(HERE), "{family}");
    }
}
