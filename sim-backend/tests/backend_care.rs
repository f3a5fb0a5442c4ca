//! Home visits and online care over the institutions' router: consents that live while care goes on, told to one institution.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use backend_support::{
    Bench, ELSEWHERE, HERE, Says, all, credentials::TestCard, element, header, message, someone,
};
use serde_json::json;

const DAY: i64 = 86_400;
const AT_HOME: Says<'static> = Says {
    day: "20260401",
    agrees: true,
    mode: 2,
    more: "<MedicalTreatmentFlag>2</MedicalTreatmentFlag>",
};
const ONLINE: Says<'static> =
    Says { more: "<MedicalTreatmentFlag>3</MedicalTreatmentFlag>", ..AT_HOME };
const AT_THE_COUNTER: Says<'static> = Says { more: "", ..AT_HOME };

async fn bench() -> (Bench, TestCard) {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let medicine = json!({"dispensed": "2026-03-10", "code": "620000000", "name": "架空錠10mg", "quantity": "3"});
    let check = json!({"made": "2025-06-01", "items": [{"code": "9N001000000000001", "name": "身長", "value": "160"}]});
    bench.feed(json!([
        {"record_id": "M", "insurer_number": "99990013", "person": "P-1", "kind": "medicine", "data": medicine},
        {"record_id": "H", "insurer_number": "99990013", "person": "P-1", "kind": "health_check", "data": check},
        {"record_id": "L", "insurer_number": "99990013", "person": "P-1", "kind": "limit", "data": {"certificates": {"limits":
            [{"class": "01", "flag": "A03", "period": {"start": "2025-08-01"}}]}}},
    ])).await;
    let card = bench.card("P-1", 0x1a);
    (bench, card)
}

/// The result code of a request for drugs or health checks on an occasion.
async fn history(bench: &Bench, at: &str, family: &str, occasion: &str) -> String {
    let header = format!(
        "<MedicalInstitutionCode>{at}</MedicalInstitutionCode><InsurerNumber>99990013</InsurerNumber>\
         <InsuranceCardSymbol>記号1</InsuranceCardSymbol><InsuredPersonIdentificationNumber>0001234</InsuredPersonIdentificationNumber>"
    );
    let body = format!(
        "<StartDate>202504</StartDate><EndDate>202612</EndDate><FileCategory>2</FileCategory>{occasion}"
    );
    let answer = bench.ask(at, family, message(&header, &body)).await;
    element(&answer, "ResultCode").unwrap().to_owned()
}

fn flag(digit: &str) -> String {
    format!("<MedicalTreatmentFlag>{digit}</MedicalTreatmentFlag>")
}

fn span(kind: &str, from: &str, to: &str, occasion: &str) -> String {
    format!(
        "<QualificationConfirmSearchInfo><{kind}DateFrom>{from}</{kind}DateFrom><{kind}DateTo>{to}</{kind}DateTo>{}</QualificationConfirmSearchInfo>",
        flag(occasion)
    )
}

fn repeat(at: &str, day: &str, birthdate: &str, occasion: &str) -> Vec<u8> {
    let header = format!(
        "<QualificationConfirmationDate>{day}</QualificationConfirmationDate>{}",
        header(at)
    );
    let body = format!(
        "<QualificationConfirmSearchInfo><InsurerNumber>99990013</InsurerNumber><InsuredCardSymbol>記号1</InsuredCardSymbol>\
         <InsuredIdentificationNumber>0001234</InsuredIdentificationNumber><Birthdate>{birthdate}</Birthdate></QualificationConfirmSearchInfo>{}",
        flag(occasion)
    );
    message(&header, &body)
}

#[tokio::test] // row OQS-VISIT-01
async fn the_occasion_decides_how_the_holder_is_identified() {
    for (row, says, mode, expected) in [
        ("home, face", AT_HOME, 1, Some("SIM-E2005")),
        ("home, PIN", AT_HOME, 2, None),
        ("home, by eye", AT_HOME, 3, None),
        ("online, face", ONLINE, 1, Some("SIM-E2005")),
        ("online, PIN", ONLINE, 2, None),
        ("online, by eye", ONLINE, 3, Some("SIM-E2005")),
        ("counter, face", AT_THE_COUNTER, 1, None),
    ] {
        let (bench, card) = bench().await;
        let answer = bench.visit(HERE, &card, Says { mode, ..says }).await;
        assert_eq!(element(&answer, "ErrorCode"), expected, "{row}: {answer}");
        assert_eq!(element(&answer, "Name").is_some(), expected.is_none(), "{row}");
    }
}

#[tokio::test] // row OQS-VISIT-03
async fn consents_at_home_live_for_months_and_those_at_the_counter_for_a_day() {
    for family in ["YZKsiquc01req", "TKKsiquc01req"] {
        for (row, says, occasion, late, expected) in [
            ("home, at once", AT_HOME, "2", 0, "1"),
            ("home, months later", AT_HOME, "2", 180 * DAY, "1"),
            ("home, when care is over", AT_HOME, "2", 184 * DAY, "SIM-E4001"),
            ("home, asked as a visit", AT_HOME, "1", 0, "SIM-E4001"),
            ("home, asked as online care", AT_HOME, "3", 0, "SIM-E4001"),
            ("online, months later", ONLINE, "3", 180 * DAY, "1"),
            ("counter, at once", AT_THE_COUNTER, "1", 0, "1"),
            ("counter, two days later", AT_THE_COUNTER, "1", 2 * DAY, "SIM-E4001"),
            ("counter, asked as a home visit", AT_THE_COUNTER, "2", 0, "SIM-E4001"),
            ("nothing agreed to", Says { agrees: false, ..AT_HOME }, "2", 0, "SIM-E4001"),
        ] {
            let (bench, card) = bench().await;
            bench.visit(HERE, &card, says).await;
            bench.turn(late);
            let here = history(&bench, HERE, family, &flag(occasion)).await;
            assert_eq!(here, expected, "{family}, {row}");
            let there = history(&bench, ELSEWHERE, family, &flag(occasion)).await;
            assert_eq!(there, "SIM-E4001", "{family}, {row}, elsewhere");
        }
    }
}

#[tokio::test] // row OQS-CONS-05
async fn a_visit_at_home_leaves_the_consents_at_the_counter_as_they_are() {
    let (bench, card) = bench().await;
    bench.visit(HERE, &card, AT_THE_COUNTER).await;
    bench.visit(HERE, &card, Says { agrees: false, ..AT_HOME }).await;
    assert_eq!(history(&bench, HERE, "YZKsiquc01req", "").await, "1");
    bench.visit(HERE, &card, AT_HOME).await;
    bench.visit(HERE, &card, Says { agrees: false, ..AT_THE_COUNTER }).await;
    assert_eq!(history(&bench, HERE, "YZKsiquc01req", "").await, "SIM-E4001");
    assert_eq!(history(&bench, HERE, "YZKsiquc01req", &flag("2")).await, "1");
}

#[tokio::test]
async fn a_face_result_at_home_says_how_long_its_consents_live() {
    let (bench, card) = bench().await;
    let answer = bench.visit(HERE, &card, AT_HOME).await;
    assert_eq!(element(&answer, "PharmacistsInfoConsTime"), Some("20260401093000"));
    assert_eq!(element(&answer, "PharmacistsInfoAvailableTime"), Some("20261001235959"));
    let answer = bench.visit(HERE, &card, AT_THE_COUNTER).await;
    assert_eq!(element(&answer, "PharmacistsInfoAvailableTime"), Some("20260402093000"));
}

#[tokio::test] // row OQS-VISIT-04
async fn consented_results_are_told_in_bulk_by_either_day_to_the_institution_of_the_visit() {
    let (bench, card) = bench().await;
    // The examination is entered for the day after the consent.
    bench.visit(HERE, &card, Says { day: "20260402", ..AT_HOME }).await;
    bench.visit(HERE, &card, ONLINE).await;
    for (row, at, family, kind, from, to, occasion, found) in [
        ("by consent", HERE, "OQSmuhvq", "Consent", "20260401", "20260401", "2", true),
        ("by examination", HERE, "OQSmuhvq", "Examination", "20260402", "20260430", "2", true),
        ("consent before", HERE, "OQSmuhvq", "Consent", "20260301", "20260331", "2", false),
        ("consent after", HERE, "OQSmuhvq", "Consent", "20260402", "20260430", "2", false),
        ("examined after", HERE, "OQSmuhvq", "Examination", "20260401", "20260401", "2", false),
        ("online", HERE, "OQSmuonq", "Examination", "20260401", "20260401", "3", true),
        ("elsewhere", ELSEWHERE, "OQSmuhvq", "Consent", "20260401", "20260430", "2", false),
        ("online elsewhere", ELSEWHERE, "OQSmuonq", "Consent", "20260401", "20260430", "3", false),
    ] {
        let answer = bench.bulk(at, family, &span(kind, from, to, occasion)).await;
        let count = if found { "1" } else { "0" };
        assert_eq!(element(&answer, "NumberOfProcessingResult"), Some(count), "{row}: {answer}");
        assert_eq!(element(&answer, "Name").is_some(), found, "{row}");
        assert_eq!(element(&answer, "PharmacistsInfoConsFlg"), found.then_some("1"), "{row}");
        let limit = "LimitApplicationCertificateClassificationFlag";
        assert_eq!(element(&answer, limit), found.then_some("A03"), "{row}");
    }
}

#[tokio::test]
async fn a_request_that_asks_for_no_one_span_of_its_own_occasion_is_malformed() {
    let (bench, _) = bench().await;
    let whole = span("Consent", "20260401", "20260402", "2");
    for (row, family, body) in [
        ("another occasion", "OQSmuonq01req", whole.clone()),
        ("a visit", "OQSmuhvq01req", span("Consent", "20260401", "20260402", "1")),
        (
            "no span",
            "OQSmuhvq01req",
            format!(
                "<QualificationConfirmSearchInfo>{}</QualificationConfirmSearchInfo>",
                flag("2")
            ),
        ),
        ("reversed", "OQSmuhvq01req", span("Consent", "20260402", "20260401", "2")),
        ("half", "OQSmuhvq01req", whole.replace("<ConsentDateTo>20260402</ConsentDateTo>", "")),
        ("no real day", "OQSmuhvq01req", span("Consent", "20260401", "20260431", "2")),
    ] {
        let answer = bench.ask(HERE, family, message(&header(HERE), &body)).await;
        assert_eq!(element(&answer, "ErrorCode"), Some("SIM-E1001"), "{row}: {answer}");
    }
}

#[tokio::test] // row OQS-VISIT-05
async fn several_reference_numbers_come_back_for_one_person() {
    let (bench, card) = bench().await;
    let gain = json!({"insurer_name": "架空健康保険組合", "symbol": "記号1", "number": "0007777", "branch": "00", "own_or_family": "1", "gained": "2026-03-01"});
    bench.feed(json!([{"record_id": "G", "insurer_number": "99990013", "person": "P-1", "kind": "gain", "data": gain}])).await;
    for (institution, number, reference) in [
        (HERE, "0001234", "K-1"),
        (HERE, "0007777", "K-2"),
        (HERE, "0001234", "K-3"),
        (ELSEWHERE, "0001234", "E-1"),
    ] {
        let info = format!(
            "<ReferenceNumberRegistrationInfo><ReferenceNumber>{reference}</ReferenceNumber>\
             <InsurerNumber>99990013</InsurerNumber><InsuredCardSymbol>記号1</InsuredCardSymbol>\
             <InsuredIdentificationNumber>{number}</InsuredIdentificationNumber></ReferenceNumberRegistrationInfo>"
        );
        bench.ask(institution, "OQSsiimm01req", message(&header(institution), &info)).await;
    }
    let face = bench.visit(HERE, &card, AT_HOME).await;
    assert_eq!(all(&face, "ReferenceNumber"), ["K-3"], "the one registered last");
    let answer = bench.bulk(HERE, "OQSmuhvq", &span("Consent", "20260401", "20260401", "2")).await;
    assert_eq!(all(&answer, "ReferenceNumber"), ["K-3", "K-2"], "{answer}");
}

#[tokio::test]
async fn when_care_is_over_the_result_says_so_and_gives_nothing_more() {
    let (bench, card) = bench().await;
    bench.visit(HERE, &card, AT_HOME).await;
    bench.turn(184 * DAY);
    let answer = bench.bulk(HERE, "OQSmuhvq", &span("Consent", "20260401", "20260401", "2")).await;
    for (name, texts) in [
        ("QualificationValidity", vec!["1"]),
        ("PharmacistsInfoConsFlg", vec!["2"]),
        ("PharmacistsInfoAvailableTime", vec![]),
        ("SpecificHealthCheckupsInfoConsFlg", vec!["2"]),
        ("LimitApplicationCertificateRelatedConsFlg", vec!["2"]),
        ("LimitApplicationCertificateClassificationFlag", vec![]),
    ] {
        assert_eq!(all(&answer, name), texts, "{name} in {answer}");
    }
}

#[tokio::test] // row OQS-VISIT-02
async fn a_later_visit_is_asked_without_card_while_care_goes_on() {
    let (bench, card) = bench().await;
    let ask = async |at: &'static str, day: &str, birthdate: &str, occasion: &str| {
        bench.ask(at, "SIMrepeat01req", repeat(at, day, birthdate, occasion)).await
    };
    let refused = "SIM-E4001";
    let early = ask(HERE, "20260401", "19850505", "2").await;
    assert_eq!(element(&early, "ErrorCode"), Some(refused), "nobody is in care yet: {early}");
    bench.visit(HERE, &card, AT_HOME).await;
    for (row, at, day, birthdate, occasion) in [
        ("elsewhere", ELSEWHERE, "20260402", "19850505", "2"),
        ("online", HERE, "20260402", "19850505", "3"),
        ("somebody else", HERE, "20260402", "19850506", "2"),
        ("before the consent", HERE, "20260331", "19850505", "2"),
        ("long after", HERE, "20261002", "19850505", "2"),
    ] {
        let answer = ask(at, day, birthdate, occasion).await;
        assert_eq!(element(&answer, "ErrorCode"), Some(refused), "{row}: {answer}");
        assert_eq!(element(&answer, "Name"), None, "{row}");
    }
    let outpatient = ask(HERE, "20260402", "19850505", "1").await;
    assert_eq!(element(&outpatient, "ErrorCode"), Some("SIM-E1001"), "{outpatient}");
    bench.turn(150 * DAY);
    let answer = ask(HERE, "20260829", "19850505", "2").await;
    for (name, text) in [
        ("QualificationValidity", "1"),
        ("ReferenceClassification", "2"),
        ("PharmacistsInfoConsFlg", "1"),
        ("PharmacistsInfoConsTime", "20260401093000"),
        ("PharmacistsInfoAvailableTime", "20270228235959"),
        ("LimitApplicationCertificateClassificationFlag", "A03"),
    ] {
        assert_eq!(element(&answer, name), Some(text), "{name} in {answer}");
    }
    bench.turn(100 * DAY);
    let drugs = history(&bench, HERE, "YZKsiquc01req", &flag("2")).await;
    assert_eq!(drugs, "1", "the later visit kept the relation alive");
    let told =
        bench.bulk(HERE, "OQSmuhvq", &span("Examination", "20260801", "20260831", "2")).await;
    assert_eq!(element(&told, "NumberOfProcessingResult"), Some("1"), "{told}");
}

#[tokio::test]
async fn care_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("store.db").display());
    let first = Bench::open_at(&url).await;
    first.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let card = first.card("P-1", 0x1a);
    first.visit(HERE, &card, AT_HOME).await;
    first.backend.close().await;
    let second = Bench::open_at(&url).await;
    second.turn(30 * DAY);
    assert_eq!(history(&second, HERE, "YZKsiquc01req", &flag("2")).await, "1");
}
