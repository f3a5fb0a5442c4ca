//! The reader seam: JSON in, one backend message each, one face file after each success.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests end the test"
)]

mod counter;

use std::fs;

use counter::{CODE, Counter, Script, counter, friendly, http, refusing, serve};
use serde_json::{Value, json};
use sim_reader::terminal::xml::{self, Element};
use sim_reader::terminal::{Action, Encoding, Folder, INSTANCE_HEADER, server};

struct Reader {
    base: String,
}

impl Reader {
    async fn of(counter: &Counter) -> Self {
        Self { base: serve(server::router(counter.terminal.clone())).await }
    }

    async fn call(&self, path: &str, body: Value) -> (u16, Value) {
        let response =
            http().post(format!("{}{path}", self.base)).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn visit(&self) -> Value {
        self.call("/reader/certificate", certificate("F0001")).await;
        self.call("/reader/qualification", qualification()).await.1
    }
}

fn certificate(account: &str) -> Value {
    json!({"account": account, "challenge_id": "C1", "certificate": "MAA=", "signature": "AAEC", "mode": "pin"})
}

fn qualification() -> Value {
    json!({
        "account": "F0001", "ticket": "T1", "register": false, "prescription": "paper",
        "consents": {"limit": true, "specific_diseases": false, "health_check": false, "drugs": true,
                     "care": false, "operations": false},
    })
}

fn face_files(counter: &Counter) -> Vec<String> {
    let entries = fs::read_dir(&counter.folders.face).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn last_asked(counter: &Counter) -> (String, Element) {
    let (family, bytes) = counter.backend.asked.lock().unwrap().last().cloned().unwrap();
    (family, xml::parse(&bytes).unwrap().0)
}

#[tokio::test]
async fn a_challenge_is_passed_through() {
    let counter = counter(Encoding::Utf8, friendly()).await;
    let (status, body) =
        Reader::of(&counter).await.call("/reader/challenge", json!({"account": "F0001"})).await;
    assert_eq!((status, &body["challenge_id"]), (200, &json!("C1")));
    assert_eq!(body["challenge"].as_str().unwrap().len(), 44);
    let (family, asked) = last_asked(&counter);
    assert_eq!(
        (family.as_str(), asked.anywhere("MedicalInstitutionCode")),
        ("SIMchalng01req", Some(CODE))
    );
}

#[tokio::test]
async fn the_certificate_goes_out_with_signature_and_mode() {
    let counter = counter(Encoding::Utf8, friendly()).await;
    let (_, body) =
        Reader::of(&counter).await.call("/reader/certificate", certificate("F0001")).await;
    assert_eq!(
        body,
        json!({"ticket": "T1", "certificate_state": "expires_soon", "registered": true})
    );
    let (_, asked) = last_asked(&counter);
    for (name, text) in [
        ("UserAuthenticationCertificate", "MAA="),
        ("Signature", "AAEC"),
        ("IdentificationMode", "2"),
    ] {
        assert_eq!(asked.anywhere(name), Some(text));
    }
}

#[tokio::test]
async fn a_success_puts_exactly_one_result_into_face() {
    for encoding in [Encoding::Utf8, Encoding::ShiftJis] {
        let counter = counter(encoding, friendly()).await;
        let body = Reader::of(&counter).await.visit().await;
        let files = face_files(&counter);
        assert_eq!((body["validity"].clone(), body["file"].clone()), (json!(1), json!(files[0])));
        assert_eq!((files.len(), &body["notices"]), (1, &json!(["renew_certificate"])));
        let bytes = fs::read(counter.folders.face.join(&files[0])).unwrap();
        let (root, found) = xml::parse(&bytes).unwrap();
        assert_eq!(
            (found, root.anywhere("CharacterCodeIdentifier")),
            (encoding, Some(encoding.identifier()))
        );
        assert_eq!(root.anywhere("ArbitraryFileIdentifier").map(str::len), Some(16));
        let events = counter.events.lock().unwrap();
        let acts: Vec<_> =
            events.iter().map(|event| (event.folder, event.action, event.bytes == bytes)).collect();
        assert_eq!(acts, [(Folder::Face, Action::Written, true)]);
    }
}

#[tokio::test]
async fn consents_and_prescription_reach_the_backend() {
    let counter = counter(Encoding::Utf8, friendly()).await;
    Reader::of(&counter).await.visit().await;
    let (family, asked) = last_asked(&counter);
    assert_eq!(family, "SIMqualif01req");
    for (name, text) in [
        ("QualificationConfirmationDate", "20260401"),
        ("LimitApplicationCertificateRelatedConsFlg", "1"),
        ("PharmacistsInfoConsFlg", "1"),
        ("DiagnosisInfoConsFlg", "0"),
        ("Registration", "0"),
        ("PrescriptionIssueSelect", "2"),
    ] {
        assert_eq!(asked.anywhere(name), Some(text), "{name}");
    }
}

#[tokio::test]
async fn where_a_visit_takes_place_reaches_the_backend() {
    let counter = counter(Encoding::Utf8, friendly()).await;
    let reader = Reader::of(&counter).await;
    for (occasion, flag) in
        [(json!(null), None), (json!("home_visit"), Some("2")), (json!("online"), Some("3"))]
    {
        let mut body = qualification();
        body["occasion"] = occasion;
        reader.call("/reader/qualification", body).await;
        assert_eq!(last_asked(&counter).1.anywhere("MedicalTreatmentFlag"), flag);
    }
}

#[tokio::test]
async fn visits_within_one_second_get_names_of_their_own() {
    let counter = counter(Encoding::Utf8, friendly()).await;
    let reader = Reader::of(&counter).await;
    for _ in 0..5 {
        reader.visit().await;
    }
    let files = face_files(&counter);
    assert_eq!(files.len(), 5);
    for file in files {
        let middle = file.strip_prefix("OQSsiquc01res_face_1319999999").unwrap();
        let middle = middle.strip_suffix("_20260401093015.xml").unwrap();
        assert_eq!(middle.len(), 20);
    }
}

#[tokio::test]
async fn refusals_are_told_by_kind_and_leave_no_file() {
    for (code, kind) in [
        ("SIM-E2001", "certificate_refused"),
        ("SIM-E2002", "signature_refused"),
        ("SIM-E2003", "not_registered"),
        ("SIM-E3001", "system_error"),
    ] {
        let counter = counter(Encoding::Utf8, refusing(code)).await;
        let reader = Reader::of(&counter).await;
        let expected = json!({"refused": {"code": code, "kind": kind}});
        assert_eq!(
            reader.call("/reader/certificate", certificate("F0001")).await,
            (200, expected.clone())
        );
        assert_eq!(reader.call("/reader/qualification", qualification()).await, (200, expected));
        assert!(face_files(&counter).is_empty());
    }
}

#[tokio::test]
async fn silence_is_an_error_and_never_a_refusal() {
    for (script, expected) in [(Script::Silent, 504), (Script::Status(500), 502)] {
        let counter = counter(Encoding::Utf8, script).await;
        let (status, body) =
            Reader::of(&counter).await.call("/reader/qualification", qualification()).await;
        assert_eq!((status, &body["status"]), (expected, &json!(expected)));
        assert!(body.get("refused").is_none() && face_files(&counter).is_empty());
    }
    let closed = counter(Encoding::Utf8, Script::Status(503)).await;
    let (_, body) =
        Reader::of(&closed).await.call("/reader/challenge", json!({"account": "F0001"})).await;
    assert_eq!(body["refused"]["kind"], "closed");
}

#[tokio::test]
async fn an_unknown_account_and_a_second_reader_are_refused() {
    let counter = counter(Encoding::Utf8, friendly()).await;
    let reader = Reader::of(&counter).await;
    let (_, body) = reader.call("/reader/certificate", certificate("F0002")).await;
    assert_eq!(body["refused"]["code"], "account-unknown");
    let url = format!("{}/reader/challenge", reader.base);
    let mut codes = Vec::new();
    for instance in ["left", "right"] {
        let call =
            http().post(&url).header(INSTANCE_HEADER, instance).json(&json!({"account": "F0001"}));
        let body: Value = call.send().await.unwrap().json().await.unwrap();
        codes.push(body["refused"]["code"].clone());
    }
    assert_eq!(codes, [json!(null), json!("account-in-use")]);
}

#[tokio::test]
async fn a_request_that_cannot_be_read_gets_problem_details() {
    let counter = counter(Encoding::Utf8, friendly()).await;
    let (status, body) =
        Reader::of(&counter).await.call("/reader/certificate", json!({"account": "F0001"})).await;
    assert_eq!((status, &body["status"]), (422, &json!(422)));
    assert!(body["detail"].as_str().unwrap().contains("challenge_id"));
    assert_eq!(counter.times_asked(), 0);
}
