//! What an institution is given of a care history, by the consents that were given there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation fails the test"
)]

mod backend_support;

use backend_support::{Bench, ELSEWHERE, HERE, element, message, someone};
use serde_json::{Value, json};
use sim_backend::{
    messages::Digits,
    service::{
        consent::{Consent, MedicalKind},
        records::PersonCode,
    },
    store::Visit,
};

async fn bench() -> Bench {
    let bench = Bench::open().await;
    bench.feed(Value::from(someone("P-1", "0001234", "1985-05-05").to_vec())).await;
    let place = json!({"code": "1319999999", "name": "架空病院"});
    let drugs = json!([{"code": "990000001", "name": "処方薬", "quantity": "1"}]);
    let record = |kind: &str, data: Value| json!({"record_id": kind, "insurer_number": "99990013", "person": "P-1", "kind": kind, "data": data});
    bench
        .feed(json!([
            record("medicine", json!({"dispensed": "2026-03-01", "code": "990000002", "name": "請求薬", "quantity": "1"})),
            record("care", json!({"on": "2026-02-01", "institution": place, "code": "990000003", "name": "架空診療"})),
            record("operation", json!({"on": "2026-02-02", "institution": place, "code": "990000004", "name": "架空手術"})),
            record("prescription", json!({"number": "RX-1", "issued": "2026-04-01", "prescriber": place, "drugs": drugs,
                "dispensed": {"on": "2026-04-01", "pharmacy": {"code": "1349999999", "name": "架空薬局"}, "drugs": drugs}})),
        ]))
        .await;
    bench
}

/// The patient agreed to these kinds here, now.
async fn agreed(bench: &Bench, kinds: &[MedicalKind]) {
    let now = *bench.clock.lock().unwrap();
    let visit = Visit {
        institution: Digits::new(HERE).unwrap(),
        person: PersonCode::new("P-1").unwrap(),
        registration: None,
        consents: Some(kinds.iter().map(|kind| Consent::given_at(*kind, now)).collect()),
        care: None,
        confirmation: None,
    };
    bench.backend.store().keep_visit(&visit).await.unwrap();
}

async fn ask(bench: &Bench, at: &str, months: (&str, &str), more: &str) -> String {
    let header = format!(
        "<MedicalInstitutionCode>{at}</MedicalInstitutionCode><InsurerNumber>99990013</InsurerNumber>\
         <InsuranceCardSymbol>記号1</InsuranceCardSymbol><InsuredPersonIdentificationNumber>0001234</InsuredPersonIdentificationNumber>"
    );
    let (first, last) = months;
    let body = format!(
        "<StartDate>{first}</StartDate><EndDate>{last}</EndDate><FileCategory>2</FileCategory>{more}"
    );
    bench.ask(at, "YZKsiquc01req", message(&header, &body)).await
}

const WITHOUT_DRUGS: &str = "<PrDiInfClassification>0</PrDiInfClassification>";
const YEAR: (&str, &str) = ("202504", "202604");

#[tokio::test] // rows OQS-INFO-02, OQS-INFO-06, OQS-RX-02, OQS-CONS-02, OQS-PRIV-10
async fn each_consent_opens_its_own_part() {
    use MedicalKind::{Care, Drugs, HealthCheck, Operations};
    // Which of claim, prescription, dispensing, care and operation are given.
    for (row, kinds, more, given) in [
        ("all", &[Drugs, Care, Operations][..], "", "PDcCO"),
        ("drugs", &[Drugs], "", "PDc"),
        ("drugs and operations", &[Drugs, Operations], "", "PDcO"),
        ("care alone, drugs asked", &[Care], "", "refused"),
        ("care alone", &[Care], WITHOUT_DRUGS, "C"),
        ("all, drugs not asked", &[Drugs, Care, Operations], WITHOUT_DRUGS, "CO"),
        ("drugs, drugs not asked", &[Drugs], WITHOUT_DRUGS, "refused"),
        ("health check", &[HealthCheck], WITHOUT_DRUGS, "refused"),
    ] {
        let bench = bench().await;
        agreed(&bench, kinds).await;
        let answer = ask(&bench, HERE, YEAR, more).await;
        let parts = [
            ("ShPrMonthInf", 'P'),
            ("CzDiMonthInf", 'D'),
            ("請求薬", 'c'),
            ("架空診療", 'C'),
            ("架空手術", 'O'),
        ];
        let mut told: String = parts
            .iter()
            .filter(|(word, _)| answer.contains(word))
            .map(|(_, letter)| letter)
            .collect();
        if element(&answer, "ResultCode") != Some("1") {
            told.push_str("refused");
        }
        assert_eq!(told, given, "{row}: {answer}");
    }
}

#[tokio::test] // rows OQS-CONS-03, OQS-CONS-09
async fn care_is_given_here_for_a_day_and_of_the_months_asked() {
    let bench = bench().await;
    agreed(&bench, &[MedicalKind::Care]).await;
    let care = async |at: &str, months: (&str, &str)| {
        ask(&bench, at, months, WITHOUT_DRUGS).await.contains("架空診療")
    };
    assert!(care(HERE, YEAR).await);
    assert!(care(HERE, ("202602", "202602")).await);
    assert!(!care(HERE, ("202603", "202604")).await);
    assert!(!care(HERE, ("202504", "202601")).await);
    assert!(!care(ELSEWHERE, YEAR).await);
    bench.turn(24 * 60 * 60 + 1);
    assert!(!care(HERE, YEAR).await);
}
