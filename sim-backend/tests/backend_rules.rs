//! Rules that show only through the whole backend: the feed's meaning, disaster mode, the emergency function, emergency care.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, Request},
};
use backend_support::{
    Bench, ELSEWHERE, HERE,
    credentials::{FakeAnswer, TestCard},
    element, header, message, number_query, number_query_on, someone,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sim_backend::certificate::RevocationReason;
use tower::ServiceExt;

async fn bench() -> Bench {
    let bench = Bench::open().await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let medicine = json!({"dispensed": "2026-03-10", "code": "620000000", "name": "架空錠10mg", "quantity": "3"});
    bench.feed(json!([record("M-1", "P-1", "medicine", medicine)])).await;
    bench
}

fn record(id: &str, person: &str, kind: &str, data: Value) -> Value {
    json!({"record_id": id, "insurer_number": "99990013", "person": person, "kind": kind, "data": data})
}

/// Status and JSON of a request to the operator's side or to the insurers'.
async fn order(bench: &Bench, method: Method, path: &str, body: Value) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("content-type", "application/json");
    let request = request.body(Body::from(body.to_string())).unwrap();
    let router = if path.starts_with("/operator") {
        bench.backend.operator_router(&Arc::default())
    } else {
        bench.backend.insurer_router()
    };
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn get(bench: &Bench, path: &str) -> Value {
    let (status, answer) = order(bench, Method::GET, path, Value::Null).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

async fn put(bench: &Bench, path: &str, body: Value) -> u16 {
    order(bench, Method::PUT, path, body).await.0
}

fn outcome(answer: &str) -> &str {
    element(answer, "ErrorCode")
        .or(element(answer, "ResultCode"))
        .or(element(answer, "QualificationValidity"))
        .unwrap()
}

async fn person_query(bench: &Bench, at: &str, function: &str, name: &str) -> String {
    let header = format!(
        "<QualificationConfirmationDate>20260401</QualificationConfirmationDate>{}",
        header(at)
    );
    let body = format!(
        "<SpecialFunction>{function}</SpecialFunction><Name>{name}</Name><Birthdate>19850505</Birthdate>\
         <Sex1>2</Sex1><Address>東京都架空区模擬1-2-3</Address>"
    );
    bench.ask(at, "SIMperson01req", message(&header, &body)).await
}

async fn drugs(bench: &Bench, at: &str, occasion: &str) -> String {
    let header = format!(
        "<MedicalInstitutionCode>{at}</MedicalInstitutionCode><InsurerNumber>99990013</InsurerNumber>\
         <InsuranceCardSymbol>記号1</InsuranceCardSymbol><InsuredPersonIdentificationNumber>0001234</InsuredPersonIdentificationNumber>"
    );
    let body = format!(
        "<StartDate>202504</StartDate><EndDate>202604</EndDate><FileCategory>2</FileCategory>{occasion}"
    );
    bench.ask(at, "YZKsiquc01req", message(&header, &body)).await
}

const EMERGENCY: &str = "<MedicalTreatmentFlag>4</MedicalTreatmentFlag>";

fn card(bench: &Bench, person: &str, number: u8, expiry: (i32, u8, u8)) -> TestCard {
    let card = TestCard::until(number, expiry);
    bench.link.people.lock().unwrap().insert(card.serial.clone(), person.into());
    card
}

/// A visit with registration, consents or none, and more elements.
async fn visit(bench: &Bench, at: &str, card: &TestCard, agrees: bool, more: &str) -> String {
    let answer = bench.ask(at, "SIMchalng01req", message(&header(at), "")).await;
    let challenge = BASE64_STANDARD.decode(element(&answer, "Challenge").unwrap()).unwrap();
    let body = format!(
        "<ChallengeIdentifier>{}</ChallengeIdentifier>\
         <UserAuthenticationCertificate>{}</UserAuthenticationCertificate><Signature>{}</Signature>\
         <IdentificationMode>1</IdentificationMode>",
        element(&answer, "ChallengeIdentifier").unwrap(),
        BASE64_STANDARD.encode(&card.der),
        BASE64_STANDARD.encode(card.sign(&challenge))
    );
    let answer = bench.ask(at, "SIMcertif01req", message(&header(at), &body)).await;
    let Some(ticket) = element(&answer, "AuthenticationTicket") else { return answer };
    let flags: String = [
        "LimitApplicationCertificateRelated",
        "SpecificDiseasesCertificateRelated",
        "SpecificHealthCheckupsInfo",
        "PharmacistsInfo",
        "DiagnosisInfo",
        "OperationInfo",
    ]
    .map(|name| format!("<{name}ConsFlg>{}</{name}ConsFlg>", u8::from(agrees)))
    .concat();
    let header = format!(
        "<QualificationConfirmationDate>20260401</QualificationConfirmationDate>{}",
        header(at)
    );
    let body = format!(
        "<AuthenticationTicket>{ticket}</AuthenticationTicket><Registration>1</Registration>{flags}{more}"
    );
    bench.ask(at, "SIMqualif01req", message(&header, &body)).await
}

#[tokio::test] // row OQS-REG-10: the card gives no insurance data; numbers do
async fn refused_self_information_closes_the_card_and_not_the_numbers() {
    let bench = bench().await;
    let who = json!({"name": "架空　花子", "sex1": "2", "birthdate": "1985-05-05", "self_information_refused": true});
    let mut flag = record("W-2", "P-1", "person", who);
    flag["revision"] = json!(1);
    bench.feed(json!([flag])).await;
    let card = card(&bench, "P-1", 1, (2029, 5, 5));
    assert_eq!(outcome(&visit(&bench, HERE, &card, true, "").await), "SIM-E2003");
    let answer = bench.ask(HERE, "OQSsiquc01req", number_query("0001234", "1985-05-05")).await;
    assert_eq!((outcome(&answer), element(&answer, "Name")), ("1", Some("架空　花子")));
}

#[tokio::test] // row OQS-INS-02: one person per kind of insurer; row OQS-CONS-10: 自衛官 and 日雇特例 have no history
async fn people_of_every_kind_of_insurer_are_answered() {
    let bench = Bench::open().await;
    for (place, (kind, insurer, class, drugs)) in [
        ("協会けんぽ", "01999999", "01", "1"),
        ("船員保険", "02999999", "01", "1"),
        ("日雇特例", "03999999", "01", "0"),
        ("健保組合", "06999999", "01", "1"),
        ("自衛官", "07999999", "07", "0"),
        ("共済", "32999999", "01", "1"),
        ("後期高齢", "39999999", "01", "1"),
        ("特例退職", "63999999", "06", "1"),
        ("退職国保", "67999999", "02", "1"),
        ("国保", "990001", "01", "1"),
        ("国保の短期証", "990001", "03", "1"),
        ("国保の特別療養費", "990001", "05", "0"),
        ("国保組合", "993001", "01", "1"),
    ]
    .into_iter()
    .enumerate()
    {
        let person = format!("P-{place}");
        let mut records = someone(&person, &format!("{place:07}"), "1950-05-05");
        for record in &mut records {
            record["insurer_number"] = json!(insurer);
        }
        let gain = &mut records[1]["data"];
        gain["card_class"] = json!(class);
        if kind == "後期高齢" {
            gain.as_object_mut()
                .unwrap()
                .retain(|name, _| !["symbol", "branch"].contains(&&**name));
            gain["contribution_ratio"] = json!("010");
        }
        bench.feed(json!(records)).await;
        let card = card(&bench, &person, u8::try_from(place).unwrap() + 1, (2029, 5, 5));
        let answer = visit(&bench, HERE, &card, true, "").await;
        let told = |name| element(&answer, name).map(str::trim);
        assert_eq!(told("QualificationValidity"), Some("1"), "{kind}: {answer}");
        assert_eq!(told("InsurerNumber"), Some(insurer), "{kind}");
        assert_eq!(told("InsuredCardClassification"), Some(class), "{kind}");
        assert_eq!(told("PharmacistsInfoConsFlg"), Some(drugs), "{kind}");
    }
}

#[tokio::test] // row OQS-INS-07: a mismatch hides the person's medical data until the insurer confirms
async fn a_mismatch_with_the_register_is_told_and_hides_until_it_is_confirmed() {
    let bench = bench().await;
    let card = card(&bench, "P-1", 1, (2029, 5, 5));
    let flag = async || {
        let answer = visit(&bench, HERE, &card, true, "").await;
        assert_eq!(outcome(&answer), "1");
        element(&answer, "PharmacistsInfoConsFlg").unwrap().to_owned()
    };
    assert_eq!(flag().await, "1", "never checked");
    let entry = json!({"name": "架空　花代", "name_kana": "ｶｸｳ ﾊﾅﾖ", "birthdate": "1985-05-05", "sex": "2"});
    let checked = json!([record("R-1", "P-1", "register", entry)]);
    let (_, answer) = order(&bench, Method::POST, "/feed/records", checked).await;
    let warning = answer["results"][0]["warning"].as_str().unwrap();
    assert!(warning.contains("another name, kana") && !warning.contains("花"), "{warning}");
    assert_eq!(flag().await, "0");
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "SIM-E4001", "the earlier consent too");
    let listed = get(&bench, "/feed/warnings?insurer_number=99990013").await;
    assert_eq!(listed["entries"][0]["person"], "P-1");
    bench.feed(json!([record("X-1", "P-1", "identity", json!({"confirms": "P-1-who"}))])).await;
    assert_eq!(flag().await, "1");
    let listed = get(&bench, "/feed/warnings?insurer_number=99990013").await;
    assert_eq!(listed, json!({"entries": []}));
    let mut again = someone("P-1", "0001234", "1985-05-05")[0].clone();
    (again["record_id"], again["revision"]) = (json!("P-1-who-2"), json!(1));
    bench.feed(json!([again])).await;
    assert_eq!(flag().await, "0", "another record describes the person, and nobody confirmed it");
}

#[tokio::test] // row OQS-INS-08: the wrong person's data disappear from later answers
async fn a_repaired_link_moves_qualification_and_history_to_the_right_person() {
    let bench = bench().await;
    let who = |person: &str| json!([someone(person, "x", "1985-05-05")[0]]);
    bench.feed(who("P-2")).await;
    let (wrong, right) =
        (card(&bench, "P-1", 1, (2029, 5, 5)), card(&bench, "P-2", 2, (2029, 5, 5)));
    assert_eq!(outcome(&visit(&bench, HERE, &wrong, true, "").await), "1");
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "1", "shown to the wrong patient");
    let [_, gain] = someone("P-2", "0001234", "1985-05-05");
    let medicine = json!({"dispensed": "2026-03-10", "code": "620000000", "name": "架空錠10mg", "quantity": "3"});
    bench
        .feed(json!([
            record("C-1", "P-1", "correction", json!({"corrects": "P-1-gain"})),
            record("C-2", "P-1", "correction", json!({"corrects": "M-1"})),
            gain,
            record("M-2", "P-2", "medicine", medicine),
        ]))
        .await;
    assert_eq!(
        outcome(&drugs(&bench, HERE, "").await),
        "SIM-E4001",
        "the old consent opens nothing"
    );
    assert_eq!(outcome(&visit(&bench, HERE, &wrong, true, "").await), "4");
    assert_eq!(outcome(&visit(&bench, HERE, &right, true, "").await), "1");
    assert_eq!(element(&drugs(&bench, HERE, "").await, "DrugN"), Some("架空錠10mg"));
}

#[tokio::test] // row OQS-INS-12: the last state stays, and others are not disturbed
async fn a_stopped_feed_keeps_its_last_state_and_stops_nobody_else() {
    let bench = bench().await;
    let loss = record("L-1", "P-1", "loss", json!({"loss": {"on": "2026-02-01"}}));
    let mut other = someone("P-2", "0005678", "1985-05-05");
    other.iter_mut().for_each(|record| record["insurer_number"] = json!("99990021"));
    let delivery = json!([loss, other[0], other[1]]);
    let outcomes = async || {
        let (_, answer) = order(&bench, Method::POST, "/feed/records", delivery.clone()).await;
        let word = |result: &Value| result["outcome"].as_str().unwrap().to_owned();
        answer["results"].as_array().unwrap().iter().map(word).collect::<Vec<_>>()
    };
    assert_eq!(put(&bench, "/operator/feed-stops/99990013", json!({"on": true})).await, 200);
    assert_eq!(outcomes().await, ["rejected", "accepted", "accepted"]);
    let asked = || number_query("0001234", "1985-05-05");
    assert_eq!(outcome(&bench.ask(HERE, "OQSsiquc01req", asked()).await), "1");
    assert_eq!(put(&bench, "/operator/feed-stops/99990013", json!({"on": false})).await, 200);
    assert_eq!(outcomes().await, ["accepted", "accepted", "accepted"]);
    assert_eq!(outcome(&bench.ask(HERE, "OQSsiquc01req", asked()).await), "2");
}

#[tokio::test] // row OQS-QUAL-25: both insurers see the overlap, whoever fed it
async fn an_overlap_is_listed_for_both_insurers() {
    let bench = bench().await;
    let mut later = someone("P-1", "0009999", "1985-05-05")[1].clone();
    (later["record_id"], later["insurer_number"]) = (json!("G-2"), json!("99990021"));
    later["data"]["gained"] = json!("2026-01-01");
    let mut past = later.clone();
    (past["record_id"], past["insurer_number"]) = (json!("G-0"), json!("99990039"));
    past["data"]["gained"] = json!("2020-01-01");
    let loss = json!({"record_id": "L-0", "insurer_number": "99990039", "person": "P-1", "kind": "loss",
        "data": {"loss": {"on": "2022-01-01"}}});
    bench.feed(json!([later, past, loss])).await;
    for (insurer, listed) in [("99990013", 1), ("99990021", 1), ("99990039", 0)] {
        let list = get(&bench, &format!("/feed/warnings?insurer_number={insurer}")).await;
        assert_eq!(list["entries"].as_array().unwrap().len(), listed, "{insurer}: {list}");
    }
}

#[tokio::test] // rows OQS-DIS-01 (area), -02 (four items), -03 (no consent), -04 (closed again)
async fn disaster_mode_opens_in_its_area_for_its_period() {
    let bench = bench().await;
    let path = "/operator/disasters/D-1";
    assert_eq!(outcome(&person_query(&bench, HERE, "1", "架空　花子").await), "SIM-E6001");
    let far = json!({"prefectures": ["17"], "from": "2026-04-01", "to": "2026-04-02"});
    assert_eq!(put(&bench, path, far).await, 200);
    assert_eq!(outcome(&person_query(&bench, HERE, "1", "架空　花子").await), "SIM-E6001");
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "SIM-E4001");
    let here = json!({"prefectures": ["17", "13"], "from": "2026-04-01", "to": "2026-04-02"});
    assert_eq!(put(&bench, path, here).await, 200);
    let answer = person_query(&bench, HERE, "1", "架空　花子").await;
    for (name, text) in [
        ("QualificationValidity", Some("1")),
        ("InsuredIdentificationNumber", Some("0001234")),
        ("LimitApplicationCertificateRelatedConsFlg", Some("0")),
        ("PharmacistsInfoConsFlg", None),
    ] {
        assert_eq!(element(&answer, name), text, "{name} in {answer}");
    }
    assert_eq!(outcome(&person_query(&bench, HERE, "1", "架空　花代").await), "4");
    assert_eq!(element(&drugs(&bench, HERE, "").await, "DrugN"), Some("架空錠10mg"));
    bench.turn(2 * 24 * 3600);
    assert_eq!(outcome(&person_query(&bench, HERE, "1", "架空　花子").await), "SIM-E6001");
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "SIM-E4001");
    let orders = get(&bench, "/operator/disasters").await;
    assert_eq!(orders[0]["name"], "D-1");
    let empty = json!({"prefectures": [], "from": "2026-04-01", "to": "2026-04-02"});
    assert_eq!(put(&bench, path, empty).await, 422);
}

#[tokio::test] // two of the same name, birth date, sex and address: nobody is guessed
async fn twins_by_the_four_items_are_several() {
    let bench = bench().await;
    bench.feed(json!(someone("P-2", "0005678", "1985-05-05"))).await;
    let here = json!({"prefectures": ["13"], "from": "2026-04-01", "to": "2026-04-02"});
    put(&bench, "/operator/disasters/D-1", here).await;
    let answer = person_query(&bench, HERE, "1", "架空　花子").await;
    assert_eq!((outcome(&answer), element(&answer, "Address")), ("5", None));
}

#[tokio::test] // rows OQS-FALL-11, OQS-FALL-12: released after a call-back, counted, and reported
async fn the_emergency_function_is_released_by_call_back_and_reported() {
    let bench = bench().await;
    let path = format!("/operator/emergency/{HERE}");
    let act = async |act: Value| order(&bench, Method::POST, &path, act).await;
    let asks =
        async |at: &str| outcome(&person_query(&bench, at, "2", "架空　花子").await).to_owned();
    assert_eq!(asks(HERE).await, "SIM-E6001");
    assert_eq!(act(json!({"act": "release"})).await.0, 409, "nobody called back");
    for (step, state) in
        [("request", "requested"), ("call_back", "called_back"), ("release", "released")]
    {
        assert_eq!(act(json!({"act": step})).await.1["state"], state);
    }
    assert_eq!(asks(HERE).await, "1");
    assert_eq!(asks(HERE).await, "1");
    assert_eq!(asks(ELSEWHERE).await, "SIM-E6001", "released for another institution");
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "SIM-E4001", "the qualification only");
    let closed = act(json!({"act": "close"})).await.1;
    assert_eq!(closed, json!({"state": "report_due", "queries": 2}));
    assert_eq!(asks(HERE).await, "SIM-E6001");
    assert_eq!(act(json!({"act": "request"})).await.0, 409, "the report is due");
    assert_eq!(act(json!({"act": "report", "queries": 1})).await.0, 409);
    assert_eq!(act(json!({"act": "report", "queries": 2})).await.1, json!({"state": "closed"}));
    assert_eq!(get(&bench, &path).await, json!({"state": "closed"}));
    assert_eq!(act(json!({"act": "query"})).await.0, 409);
}

#[tokio::test] // row OQS-DIS-06: own flag and authority, never mixed with normal consent
async fn emergency_care_has_an_authority_of_its_own() {
    let bench = bench().await;
    let card = card(&bench, "P-1", 1, (2029, 5, 5));
    assert_eq!(outcome(&visit(&bench, HERE, &card, true, EMERGENCY).await), "SIM-E6002");
    assert_eq!(outcome(&drugs(&bench, HERE, EMERGENCY).await), "SIM-E6002");
    let path = format!("/operator/emergency-care/{HERE}");
    assert_eq!(put(&bench, &path, json!({"on": true})).await, 200);
    assert_eq!(outcome(&drugs(&bench, HERE, EMERGENCY).await), "SIM-E4001", "no card was used");
    let answer = visit(&bench, HERE, &card, true, EMERGENCY).await;
    assert_eq!(element(&answer, "PharmacistsInfoConsFlg"), Some("0"), "nobody was asked");
    assert_eq!(outcome(&drugs(&bench, HERE, EMERGENCY).await), "1");
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "SIM-E4001", "it is no consent");
    visit(&bench, HERE, &card, true, "").await;
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "1");
    visit(&bench, HERE, &card, true, EMERGENCY).await;
    assert_eq!(outcome(&drugs(&bench, HERE, "").await), "1", "the consent from before stands");
    assert_eq!(outcome(&drugs(&bench, ELSEWHERE, EMERGENCY).await), "SIM-E6002");
    bench.turn(24 * 3600 + 1);
    assert_eq!(outcome(&drugs(&bench, HERE, EMERGENCY).await), "SIM-E4001", "a day later");
    assert_eq!(put(&bench, &path, json!({"on": false})).await, 200);
    assert_eq!(outcome(&drugs(&bench, HERE, EMERGENCY).await), "SIM-E6002");
}

#[tokio::test] // rows OQS-CERT-23, OQS-CERT-15, OQS-INS-14
async fn insurers_learn_monthly_whose_certificates_ended() {
    let bench = bench().await;
    bench.feed(json!(someone("P-2", "0005678", "1985-05-05"))).await;
    bench.feed(json!(someone("P-3", "0009012", "1985-05-05"))).await;
    let (grace, good) =
        (card(&bench, "P-1", 1, (2026, 2, 10)), card(&bench, "P-2", 2, (2029, 5, 5)));
    let renewed = (card(&bench, "P-3", 3, (2026, 2, 10)), card(&bench, "P-3", 4, (2031, 5, 5)));
    for card in [&grace, &good, &renewed.0, &renewed.1] {
        assert_eq!(outcome(&visit(&bench, HERE, card, false, "").await), "1");
    }
    let month = async |month: &str| {
        let path = format!("/feed/ended-certificates?insurer_number=99990013&month={month}");
        get(&bench, &path).await["entries"].clone()
    };
    let due = json!({"person": "P-1", "number": "0001234", "ended_on": "2026-02-10", "due": "certificate_of_qualification"});
    assert_eq!(month("2026-02").await, json!([due]));
    assert_eq!(month("2026-01").await, json!([]));
    assert_eq!(month("2026-03").await, json!([]));
    let proof = json!({"kind": "certificate_of_qualification", "issued": "2026-02-20", "expires": "2027-02-19"});
    bench.feed(json!([record("Z-1", "P-1", "proof", proof)])).await;
    assert_eq!(month("2026-02").await[0].get("due"), None, "one is held");
    *bench.status.answer.lock().unwrap() =
        FakeAnswer::Revoked(Some(RevocationReason::KeyCompromise));
    assert_eq!(outcome(&visit(&bench, HERE, &good, false, "").await), "SIM-E2001");
    let people = async |of: &str| {
        let list = month(of).await;
        let person = |entry: &Value| entry["person"].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(person).collect::<Vec<_>>()
    };
    assert_eq!(people("2026-04").await, ["P-2"], "revoked, and its holder came");
    let path = "/feed/ended-certificates?insurer_number=99990013";
    assert_eq!(order(&bench, Method::GET, path, Value::Null).await.0, 422, "no month");
}

#[tokio::test] // rows OQS-INS-13, OQS-INS-14, OQS-LIM-07: what an insurer may not feed
async fn records_against_the_rules_are_rejected() {
    let bench = bench().await;
    let limit = |flag: &str, long_term: &str| {
        json!({"certificates": {"limits": [{"class": "02", "flag": flag, "long_term": long_term,
            "period": {"start": "2025-08-01", "end": "2026-07-31"}}]}})
    };
    for (row, kind, data, outcome) in [
        (
            "OQS-INS-13",
            "proof",
            json!({"kind": "insurance_card", "issued": "2024-12-02"}),
            "rejected",
        ),
        (
            "OQS-INS-14",
            "proof",
            json!({"kind": "certificate_of_qualification", "issued": "2025-04-01"}),
            "rejected",
        ),
        (
            "OQS-INS-14 notice",
            "proof",
            json!({"kind": "notice_of_qualification", "issued": "2025-04-01"}),
            "accepted",
        ),
        ("OQS-LIM-07 day", "limit", limit("A05", "2026-04-02"), "rejected"),
        ("OQS-LIM-07 class", "limit", limit("A03", "2026-04-01"), "rejected"),
        ("OQS-LIM-07", "limit", limit("A05", "2026-04-01"), "accepted"),
    ] {
        let delivery = record(row, "P-1", kind, data);
        let (_, answer) = order(&bench, Method::POST, "/feed/records", delivery).await;
        assert_eq!(answer["results"][0]["outcome"], outcome, "{row}: {answer}");
    }
}

#[tokio::test] // row OQS-LIM-07: the long stay is told from its date
async fn a_long_stay_is_told_from_its_date() {
    let bench = bench().await;
    let limit = json!({"certificates": {"limits": [{"class": "02", "flag": "A05", "long_term": "2026-04-01",
        "period": {"start": "2025-08-01", "end": "2026-07-31"}}]}});
    bench.feed(json!([record("L-1", "P-1", "limit", limit)])).await;
    let flag =
        "<LimitApplicationCertificateRelatedConsFlg>1</LimitApplicationCertificateRelatedConsFlg>";
    for (day, told) in [("20260331", None), ("20260401", Some("20260401"))] {
        let query = number_query_on(day, HERE, "0001234", "1985-05-05", flag);
        let answer = bench.ask(HERE, "OQSsiquc01req", query).await;
        assert_eq!(element(&answer, "LimitApplicationCertificateLongTermDate"), told, "{day}");
    }
}

#[tokio::test]
async fn orders_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/store.db?mode=rwc", folder.path().display());
    let bench = Bench::open_at(&url).await;
    bench.feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let here = json!({"prefectures": ["13"], "from": "2026-04-01", "to": "2026-04-02"});
    put(&bench, "/operator/disasters/D-1", here).await;
    put(&bench, "/operator/feed-stops/99990013", json!({"on": true})).await;
    bench.backend.close().await;
    let bench = Bench::open_at(&url).await;
    assert_eq!(outcome(&person_query(&bench, HERE, "1", "架空　花子").await), "1");
    let record = someone("P-2", "0005678", "1985-05-05")[0].clone();
    let (_, answer) = order(&bench, Method::POST, "/feed/records", record).await;
    assert_eq!(answer["results"][0]["outcome"], "rejected");
}

#[tokio::test]
async fn orders_that_make_no_sense_are_refused_without_repeating_them() {
    let bench = bench().await;
    for (path, body, status) in [
        (
            "/operator/disasters/D-1",
            json!({"prefectures": ["架空"], "from": "2026-04-01", "to": "2026-04-02"}),
            422,
        ),
        ("/operator/disasters/D-1", json!({"canary": 1}), 422),
        ("/operator/emergency-care/13", json!({"on": true}), 422),
        ("/operator/feed-stops/canary", json!({"on": true}), 422),
        ("/operator/feed-stops/99990013", json!({"on": "canary"}), 422),
    ] {
        let (actual, problem) = order(&bench, Method::PUT, path, body).await;
        assert_eq!(actual, status, "{path}: {problem}");
        assert!(!problem.to_string().contains("canary"), "{problem}");
    }
}

#[tokio::test] // row OQS-OPS-08
async fn the_table_of_functions_is_public() {
    let table = get(&bench().await, "/operator/functions").await;
    let lines = table.as_array().unwrap();
    assert!(lines.contains(&json!({"function": "care_at_institutions", "first_day": "2023-05-01", "row": "OQS-INFO-02"})));
    assert!(lines.contains(&json!({"function": "abolition_of_insurance_cards", "first_day": "2024-12-02", "row": "OQS-INS-13"})));
}
