//! Card visits from challenge to face result, and what they leave behind.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::process::Command;

use backend_support::{
    Bench, ELSEWHERE, HERE, as_peer,
    credentials::{FakeAnswer, TestCard},
    element, header, message, someone,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use sim_backend::{certificate::RevocationReason, http::RENEWAL_NOTICE};
use tower::ServiceExt;

const FLAGS: [&str; 6] = [
    "LimitApplicationCertificateRelated",
    "SpecificDiseasesCertificateRelated",
    "SpecificHealthCheckupsInfo",
    "PharmacistsInfo",
    "DiagnosisInfo",
    "OperationInfo",
];

/// What a patient says at the reader.
#[derive(Clone, Copy)]
struct Says {
    registers: bool,
    agrees: bool,
}

const YES: Says = Says { registers: true, agrees: true };
const NO: Says = Says { registers: false, agrees: false };

async fn bench() -> (Bench, TestCard) {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let card = TestCard::until(0x1a, (2029, 5, 5));
    issue(&bench, &card, "P-1");
    (bench, card)
}

fn issue(bench: &Bench, card: &TestCard, person: &str) {
    bench.link.people.lock().unwrap().insert(card.serial.clone(), person.into());
}

async fn challenge(bench: &Bench, at: &str) -> (String, Vec<u8>) {
    let answer = bench.ask(at, "SIMchalng01req", message(&header(at), "")).await;
    let identifier = element(&answer, "ChallengeIdentifier").unwrap().to_owned();
    (identifier, BASE64_STANDARD.decode(element(&answer, "Challenge").unwrap()).unwrap())
}

async fn certify(
    bench: &Bench,
    at: &str,
    card: &TestCard,
    identifier: &str,
    challenge: &[u8],
) -> String {
    let body = format!(
        "<ChallengeIdentifier>{identifier}</ChallengeIdentifier>\
         <UserAuthenticationCertificate>{}</UserAuthenticationCertificate><Signature>{}</Signature>\
         <IdentificationMode>1</IdentificationMode>",
        BASE64_STANDARD.encode(&card.der),
        BASE64_STANDARD.encode(card.sign(challenge))
    );
    bench.ask(at, "SIMcertif01req", message(&header(at), &body)).await
}

async fn qualify(bench: &Bench, at: &str, ticket: &str, says: Says) -> String {
    let header = format!(
        "<QualificationConfirmationDate>20260401</QualificationConfirmationDate>{}",
        header(at)
    );
    let flags: String = FLAGS
        .map(|name| format!("<{name}ConsFlg>{}</{name}ConsFlg>", u8::from(says.agrees)))
        .concat();
    let registration = u8::from(says.registers);
    let body = format!(
        "<AuthenticationTicket>{ticket}</AuthenticationTicket><Registration>{registration}</Registration>{flags}\
         <PrescriptionIssueSelect>1</PrescriptionIssueSelect>"
    );
    bench.ask(at, "SIMqualif01req", message(&header, &body)).await
}

/// A whole visit: the answer to the certificate when that is refused, else the face result.
async fn visit(bench: &Bench, at: &str, card: &TestCard, says: Says) -> String {
    let (identifier, octets) = challenge(bench, at).await;
    let answer = certify(bench, at, card, &identifier, &octets).await;
    match element(&answer, "AuthenticationTicket") {
        Some(ticket) => qualify(bench, at, ticket, says).await,
        None => answer,
    }
}

async fn drugs(bench: &Bench, at: &str) -> String {
    let header = format!(
        "<MedicalInstitutionCode>{at}</MedicalInstitutionCode><InsurerNumber>99990013</InsurerNumber>\
         <InsuranceCardSymbol>記号1</InsuranceCardSymbol><InsuredPersonIdentificationNumber>0001234</InsuredPersonIdentificationNumber>"
    );
    let body =
        "<StartDate>202504</StartDate><EndDate>202604</EndDate><FileCategory>2</FileCategory>";
    bench.ask(at, "YZKsiquc01req", message(&header, body)).await
}

async fn health_checks(bench: &Bench, at: &str) -> String {
    let header = format!(
        "<MedicalInstitutionCode>{at}</MedicalInstitutionCode><InsurerNumber>99990013</InsurerNumber>\
         <InsuranceCardSymbol>記号1</InsuranceCardSymbol><InsuredPersonIdentificationNumber>0001234</InsuredPersonIdentificationNumber>"
    );
    bench.ask(at, "TKKsiquc01req", message(&header, "<FileCategory>2</FileCategory>")).await
}

fn outcome(answer: &str) -> &str {
    element(answer, "ErrorCode")
        .or(element(answer, "ResultCode"))
        .or(element(answer, "QualificationValidity"))
        .unwrap()
}

#[tokio::test] // rows OQS-REG-01, OQS-QUAL-06, OQS-CONS-03, OQS-CONS-08, OQS-MSG-02
async fn a_first_visit_registers_and_answers() {
    let (bench, card) = bench().await;
    let answer = visit(&bench, HERE, &card, YES).await;
    for (name, text) in [
        ("ReferenceClassification", Some("1")),
        ("QualificationValidity", Some("1")),
        ("Name", Some("架空　花子")),
        ("PrescriptionIssueSelect", Some("1")),
        ("PharmacistsInfoConsFlg", Some("1")),
        ("PharmacistsInfoConsTime", Some("20260401093000")),
        ("PharmacistsInfoAvailableTime", Some("20260402093000")),
        ("LimitApplicationCertificateRelatedConsTime", Some("20260401093000")),
        ("QualificationConfirmSearchInfo", None),
        ("ProcessingResultCode", None),
    ] {
        assert_eq!(element(&answer, name), text, "{name} in {answer}");
    }
    assert!(!answer.contains(&card.serial.repeat(4)) && !answer.contains("P-1"), "row OQS-PRIV-14");
}

#[tokio::test] // rows OQS-REG-04, OQS-REG-06, OQS-CONS-06
async fn registration_is_asked_once() {
    let (bench, card) = bench().await;
    assert_eq!(outcome(&visit(&bench, HERE, &card, NO).await), "SIM-E2003");
    assert_eq!(outcome(&visit(&bench, HERE, &card, YES).await), "1");
    let again = visit(&bench, HERE, &card, NO).await;
    assert_eq!((outcome(&again), element(&again, "PharmacistsInfoConsFlg")), ("1", Some("0")));
    assert_eq!(element(&again, "PharmacistsInfoConsTime"), None);
    assert_eq!(outcome(&visit(&bench, ELSEWHERE, &card, NO).await), "1");
}

#[tokio::test] // row OQS-REG-07
async fn a_registered_card_without_feed_has_no_qualification() {
    let (bench, _) = bench().await;
    let card = TestCard::until(0x1b, (2029, 5, 5));
    issue(&bench, &card, "P-2");
    assert_eq!(outcome(&visit(&bench, HERE, &card, YES).await), "4");
    let unknown = TestCard::until(0x1c, (2029, 5, 5)); // row OQS-CERT-18
    assert_eq!(outcome(&visit(&bench, HERE, &unknown, YES).await), "SIM-E2003");
}

#[tokio::test] // row OQS-CERT-17
async fn a_renewed_certificate_finds_the_same_person() {
    let (bench, card) = bench().await;
    visit(&bench, HERE, &card, YES).await;
    let renewed = TestCard::until(0x2a, (2034, 5, 5));
    issue(&bench, &renewed, "P-1");
    assert_eq!(outcome(&visit(&bench, HERE, &renewed, NO).await), "1");
    bench.link.people.lock().unwrap().clear();
    assert_eq!(outcome(&visit(&bench, HERE, &renewed, NO).await), "1", "bound by the visit before");
}

#[tokio::test] // row OQS-REG-10
async fn a_person_who_refuses_self_information_is_not_served_by_card() {
    let (bench, card) = bench().await;
    visit(&bench, HERE, &card, YES).await;
    let flag = json!({"name": "架空　花子", "sex1": "2", "birthdate": "1985-05-05", "self_information_refused": true});
    bench.feed(json!([{"record_id": "X", "insurer_number": "99990013", "person": "P-1", "revision": 1, "kind": "person", "data": flag}])).await;
    assert_eq!(outcome(&visit(&bench, HERE, &card, YES).await), "SIM-E2003");
}

#[tokio::test] // rows OQS-CERT-07, -08, -09, -19, -20, -21, -22
async fn the_status_is_asked_at_every_use_and_the_reason_is_not_told() {
    let (bench, card) = bench().await;
    let mut refusals = std::collections::BTreeSet::new();
    for reason in [
        None,
        Some(RevocationReason::KeyCompromise),
        Some(RevocationReason::CertificateHold),
        Some(RevocationReason::Superseded),
    ] {
        *bench.status.answer.lock().unwrap() = FakeAnswer::Revoked(reason);
        refusals.insert(visit(&bench, HERE, &card, YES).await);
    }
    *bench.status.answer.lock().unwrap() = FakeAnswer::Unknown;
    refusals.insert(visit(&bench, HERE, &card, YES).await);
    assert_eq!(refusals.len(), 1);
    assert_eq!(outcome(refusals.first().unwrap()), "SIM-E2001");
    *bench.status.answer.lock().unwrap() = FakeAnswer::Silent;
    assert_eq!(outcome(&visit(&bench, HERE, &card, YES).await), "SIM-E3001");
    *bench.status.answer.lock().unwrap() = FakeAnswer::Good;
    *bench.link.silent.lock().unwrap() = true;
    assert_eq!(outcome(&visit(&bench, HERE, &card, YES).await), "SIM-E3001");
}

#[tokio::test] // rows OQS-CERT-05, -12, -13, -14, -15, -16
async fn a_certificate_has_its_time() {
    for (row, card, expected, notice, drugs) in [
        ("long", TestCard::until(1, (2029, 5, 5)), "1", None, Some("1")),
        (
            "OQS-CERT-12 soon",
            TestCard::until(2, (2026, 6, 30)),
            "1",
            Some(RENEWAL_NOTICE),
            Some("1"),
        ),
        (
            "OQS-CERT-14 grace",
            TestCard::until(3, (2026, 1, 10)),
            "1",
            Some(RENEWAL_NOTICE),
            Some("0"),
        ),
        ("OQS-CERT-15 over", TestCard::until(4, (2025, 12, 10)), "SIM-E2001", None, None),
        ("OQS-CERT-05 foreign", TestCard::foreign(5), "SIM-E2001", None, None),
    ] {
        let (bench, _) = bench().await;
        issue(&bench, &card, "P-1");
        let answer = visit(&bench, HERE, &card, YES).await;
        assert_eq!(outcome(&answer), expected, "{row}: {answer}");
        assert_eq!(element(&answer, "ProcessingResultCode"), notice, "{row}");
        assert_eq!(element(&answer, "PharmacistsInfoConsFlg"), drugs, "{row}");
    }
}

#[tokio::test] // row OQS-CERT-03
async fn a_challenge_is_fresh_single_and_the_institutions_own() {
    let (bench, card) = bench().await;
    let (identifier, octets) = challenge(&bench, HERE).await;
    let refused = async |at: &str, identifier: &str, octets: &[u8]| {
        let answer = certify(&bench, at, &card, identifier, octets).await;
        element(&answer, "ErrorCode").map(str::to_owned)
    };
    let code = Some("SIM-E2002".to_owned());
    assert_eq!(refused(ELSEWHERE, &identifier, &octets).await, code, "another institution");
    assert_eq!(refused(HERE, &identifier, &octets).await, None);
    assert_eq!(refused(HERE, &identifier, &octets).await, code, "replayed");
    let (identifier, _) = challenge(&bench, HERE).await;
    assert_eq!(refused(HERE, &identifier, &octets).await, code, "another challenge was signed");
    let (identifier, octets) = challenge(&bench, HERE).await;
    bench.turn(301);
    assert_eq!(refused(HERE, &identifier, &octets).await, code, "late");
    assert_eq!(refused(HERE, "unknown", &octets).await, code);
}

#[tokio::test]
async fn a_ticket_is_single_and_the_institutions_own() {
    let (bench, card) = bench().await;
    let (identifier, octets) = challenge(&bench, HERE).await;
    let answer = certify(&bench, HERE, &card, &identifier, &octets).await;
    assert_eq!(
        (element(&answer, "CertificateState"), element(&answer, "Registered")),
        (Some("1"), Some("0"))
    );
    let ticket = element(&answer, "AuthenticationTicket").unwrap();
    assert_eq!(outcome(&qualify(&bench, ELSEWHERE, ticket, YES).await), "SIM-E2004");
    assert_eq!(outcome(&qualify(&bench, HERE, ticket, YES).await), "1");
    assert_eq!(outcome(&qualify(&bench, HERE, ticket, YES).await), "SIM-E2004");
    let (identifier, octets) = challenge(&bench, HERE).await;
    let answer = certify(&bench, HERE, &card, &identifier, &octets).await;
    assert_eq!(element(&answer, "Registered"), Some("1"));
    bench.turn(601);
    assert_eq!(
        outcome(
            &qualify(&bench, HERE, element(&answer, "AuthenticationTicket").unwrap(), YES).await
        ),
        "SIM-E2004"
    );
}

#[tokio::test] // rows OQS-CONS-01, -03, -05, -09, OQS-PRIV-10
async fn drug_information_needs_a_living_consent_here() {
    let (bench, card) = bench().await;
    let medicine = json!({"dispensed": "2026-03-10", "code": "620000000", "name": "架空錠10mg", "quantity": "3", "times": 14,
        "prescriber": "1319999999"});
    bench.feed(json!([{"record_id": "M", "insurer_number": "99990013", "person": "P-1", "kind": "medicine", "data": medicine}])).await;
    assert_eq!(outcome(&drugs(&bench, HERE).await), "SIM-E4001", "never asked");
    visit(&bench, HERE, &card, YES).await;
    let given = drugs(&bench, HERE).await;
    assert_eq!(
        (outcome(&given), element(&given, "DrugN"), element(&given, "DiDate")),
        ("1", Some("架空錠10mg"), Some("20260310"))
    );
    assert_eq!(outcome(&drugs(&bench, ELSEWHERE).await), "SIM-E4001", "another institution");
    bench.turn(24 * 3600);
    assert_eq!(outcome(&drugs(&bench, HERE).await), "1", "to the last second");
    bench.turn(1);
    assert_eq!(outcome(&drugs(&bench, HERE).await), "SIM-E4001", "a day later");
    visit(&bench, HERE, &card, YES).await;
    assert_eq!(outcome(&drugs(&bench, HERE).await), "1");
    visit(&bench, HERE, &card, NO).await;
    assert_eq!(outcome(&drugs(&bench, HERE).await), "SIM-E4001", "taken back by the next check");
}

#[tokio::test] // rows OQS-CONS-01, OQS-CONS-03, OQS-CONS-09, OQS-INFO-01
async fn health_checks_are_opened_by_the_consent_here() {
    let (bench, card) = bench().await;
    let check = |made: &str, value: &str| json!({"made": made, "items": [{"code": "9N001000000000001", "name": "身長", "value": value, "unit": "cm"}]});
    bench
        .feed(json!([
            {"record_id": "H1", "insurer_number": "99990013", "person": "P-1", "kind": "health_check", "data": check("2024-06-01", "160.1")},
            {"record_id": "H2", "insurer_number": "99990013", "person": "P-1", "kind": "health_check", "data": check("2025-06-01", "160.2")},
        ]))
        .await;
    assert_eq!(outcome(&health_checks(&bench, HERE).await), "SIM-E4001", "never asked");
    visit(&bench, HERE, &card, YES).await;
    let given = health_checks(&bench, HERE).await;
    for (name, text) in [
        ("ResultCode", "1"),
        ("KanasName", "ｶｸｳ ﾊﾅｺ"),
        ("EffectiveTime", "20250601"),
        ("ItemName", "身長"),
        ("DataValue", "160.2"),
        ("Unit", "cm"),
    ] {
        assert_eq!(element(&given, name), Some(text), "{name} in {given}");
    }
    assert_eq!(outcome(&health_checks(&bench, ELSEWHERE).await), "SIM-E4001", "elsewhere");
}

/// A history asked for as a document: what the answer is, and its bytes.
async fn document(bench: &Bench, family: &str, months: &str) -> (String, Vec<u8>) {
    let header = format!(
        "<MedicalInstitutionCode>{HERE}</MedicalInstitutionCode><InsurerNumber>99990013</InsurerNumber>\
         <InsuranceCardSymbol>記号1</InsuranceCardSymbol><InsuredPersonIdentificationNumber>0001234</InsuredPersonIdentificationNumber>"
    );
    let body = message(&header, &format!("{months}<FileCategory>1</FileCategory>"));
    let request = axum::http::Request::post("/oqs").header("x-oqs-message", family);
    let router = as_peer(bench.backend.institution_router(), HERE);
    let answer = router.oneshot(request.body(axum::body::Body::from(body)).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["x-oqs-message"], family.replace("req", "res"));
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (kind, bytes.to_vec())
}

/// The text of a document, as another implementation reads it; spaces do not matter.
fn read_back(document: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, document).unwrap();
    let output = Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-").output();
    let output = output.unwrap_or_else(|error| {
        panic!("pdftotext: {error}; install poppler-utils and poppler-data")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// How much of a document's first sheet is ink, in tenths of a per cent.
fn ink(document: &[u8]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, document).unwrap();
    let picture = folder.path().join("sheet");
    let mut command = Command::new("pdftoppm");
    command.args(["-gray", "-r", "50", "-singlefile"]).arg(&file).arg(&picture);
    let status = command.status();
    let status = status.unwrap_or_else(|error| panic!("pdftoppm: {error}; install poppler-utils"));
    assert!(status.success());
    let pixels = std::fs::read(picture.with_extension("pgm")).unwrap();
    pixels.iter().filter(|grey| **grey < 160).count() * 1000 / pixels.len()
}

#[tokio::test] // row OQS-INFO-07
async fn histories_are_given_as_documents_when_asked_for() {
    let (bench, card) = bench().await;
    let months = "<StartDate>202504</StartDate><EndDate>202604</EndDate>";
    let (kind, refusal) = document(&bench, "YZKsiquc01req", months).await;
    assert_eq!(kind, "application/xml; charset=UTF-8", "a refusal is no document");
    assert_eq!(outcome(&String::from_utf8(refusal).unwrap()), "SIM-E4001");
    let medicines: Vec<_> = (0..70)
        .map(|n| {
            let data = json!({"dispensed": "2026-03-10", "code": format!("62000{n:04}"), "name": format!("架空錠{n}ｍｇ「模擬」"),
                "quantity": "3", "unit": "錠", "usage": "１日３回毎食後", "times": 14, "prescriber": "1319999999", "prescriber_name": "架空診療所"});
            json!({"record_id": format!("M{n}"), "insurer_number": "99990013", "person": "P-1", "kind": "medicine", "data": data})
        })
        .collect();
    bench.feed(json!(medicines)).await;
    let place = json!({"code": "1319999999", "name": "架空病院"});
    let drugs = json!([{"code": "990000001", "name": "架空処方薬", "quantity": "2", "unit": "錠"}]);
    let dispensed = json!({"on": "2026-03-31", "pharmacy": {"code": "1349999999", "name": "架空薬局"}, "drugs": drugs});
    for (kind, data) in [
        (
            "prescription",
            json!({"number": "RX-1", "issued": "2026-03-30", "prescriber": place, "drugs": drugs, "dispensed": dispensed}),
        ),
        (
            "care",
            json!({"on": "2026-02-01", "institution": place, "code": "990000003", "name": "架空診療"}),
        ),
        (
            "operation",
            json!({"on": "2026-02-02", "institution": place, "code": "990000004", "name": "架空手術"}),
        ),
    ] {
        bench.feed(json!([{"record_id": kind, "insurer_number": "99990013", "person": "P-1", "kind": kind, "data": data}])).await;
    }
    let items =
        json!([{"code": "9N001000000000001", "name": "身長", "value": "160.2", "unit": "cm"}]);
    let check = json!({"made": "2025-06-01", "items": items});
    bench.feed(json!([{"record_id": "H", "insurer_number": "99990013", "person": "P-1", "kind": "health_check", "data": check}])).await;
    visit(&bench, HERE, &card, YES).await;
    for (family, months, words) in [
        (
            "YZKsiquc01req",
            months,
            &[
                "薬剤・診療情報",
                "架空 花子",
                "ｶｸｳ ﾊﾅｺ",
                "1985年5月5日",
                "女",
                "2026年3月診療分",
                "架空診療所",
                "調剤2026年3月10日",
                "架空錠0ｍｇ「模擬」",
                "架空錠69ｍｇ「模擬」",
                "3錠",
                "１日３回毎食後",
                "14回",
                "2026年3月電子処方箋　処方 架空病院 処方 2026年3月30日 架空処方薬　2錠",
                "2026年3月電子処方箋の調剤　架空薬局　処方 架空病院 調剤 2026年3月31日（処方 2026年3月30日） 架空処方薬　2錠",
                "診療情報 2026年2月1日　架空病院　架空診療（990000003）",
                "手術情報 2026年2月2日　架空病院　架空手術（990000004）",
                "1 / 2",
                "2 / 2",
            ][..],
        ),
        (
            "TKKsiquc01req",
            "",
            &["特定健診情報", "架空 花子", "受診日2025年6月1日", "身長", "160.2cm", "1 / 1"],
        ),
    ] {
        let (kind, bytes) = document(&bench, family, months).await;
        assert_eq!(kind, "application/pdf");
        assert_eq!(document(&bench, family, months).await.1, bytes, "the same bytes again");
        let text = read_back(&bytes);
        let packed = |text: &str| text.split_whitespace().collect::<String>();
        for word in words {
            assert!(packed(&text).contains(&packed(word)), "{family} {word}: {text}");
        }
        assert!(ink(&bytes) >= 3, "{family}: {} of a thousand", ink(&bytes));
        assert!(!text.contains("P-1") && !bytes.windows(5).any(|part| part == b"/Date"));
    }
}

#[tokio::test]
async fn what_a_visit_left_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/store.db?mode=rwc", folder.path().display());
    let card = TestCard::until(0x1a, (2029, 5, 5));
    let bench = Bench::open_at(&url).await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    issue(&bench, &card, "P-1");
    visit(&bench, HERE, &card, YES).await;
    bench.backend.close().await;
    let bench = Bench::open_at(&url).await;
    assert_eq!(outcome(&drugs(&bench, HERE).await), "1");
    assert_eq!(
        outcome(&visit(&bench, HERE, &card, NO).await),
        "1",
        "registered before, and the link knows nobody now"
    );
}
