//! A backend with a clock that the test turns, people whom it fed, and plain-text messages.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test; each test file uses a part of it"
)]

pub mod credentials;
pub mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod tls;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::Extension,
    http::{Request, StatusCode},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sim_backend::{
    Backend, BackendConfig,
    feed::{Outcome, deliver},
    http::PeerInstitution,
    messages::{Digits, Form},
    person_link::{LinkError, Linked, PersonLink},
    service::records::PersonCode,
};
use tower::ServiceExt;

pub const HERE: &str = "1319999999";
pub const ELSEWHERE: &str = "1319999998";
/// 1 April 2026, half past nine in Japan.
pub const START: &str = "2026-04-01T00:30:00Z";

/// The backend and what the test can turn.
pub struct Bench {
    pub backend: Backend,
    pub clock: Arc<Mutex<Timestamp>>,
    pub status: Arc<credentials::FakeStatus>,
    pub link: Arc<FakeLink>,
}

/// The authority's link service: serial → person.
#[derive(Default)]
pub struct FakeLink {
    pub people: Mutex<BTreeMap<String, String>>,
    pub silent: Mutex<bool>,
}

impl PersonLink for FakeLink {
    fn person<'a>(&'a self, serial_hex: &'a str) -> Linked<'a> {
        let silent = *self.silent.lock().unwrap();
        let person = self
            .people
            .lock()
            .unwrap()
            .get(serial_hex)
            .map(|code| PersonCode::new(code.clone()).unwrap());
        Box::pin(async move { if silent { Err(LinkError("silent".into())) } else { Ok(person) } })
    }
}

impl Bench {
    pub async fn open() -> Self {
        Self::open_at(&place::Place::asked_for().await.url).await
    }

    pub async fn open_at(store_url: &str) -> Self {
        Self::open_with(store_url, Form::default()).await
    }

    /// A backend whose answers have a form.
    pub async fn open_with(store_url: &str, form: Form) -> Self {
        let clock = Arc::new(Mutex::new(START.parse().unwrap()));
        let (status, link) =
            (Arc::<credentials::FakeStatus>::default(), Arc::<FakeLink>::default());
        let hand = clock.clone();
        let config = BackendConfig {
            store_url: store_url.into(),
            institutions: BTreeSet::from([HERE.to_owned(), ELSEWHERE.to_owned()]),
            trust: credentials::trust(),
            status: status.clone(),
            validator: None,
            link: link.clone(),
            now: Arc::new(move || *hand.lock().unwrap()),
            seed: [7; 32],
            trust_stated_institution: true,
            form,
            defect: None,
        };
        Self { backend: Backend::open(config).await.unwrap(), clock, status, link }
    }

    pub fn turn(&self, seconds: i64) {
        *self.clock.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    pub async fn feed(&self, records: Value) {
        let records = records.as_array().unwrap();
        for outcome in deliver(self.backend.store().as_ref(), records).await.unwrap() {
            assert!(matches!(outcome.outcome, Outcome::Accepted { .. }), "{outcome:?}");
        }
    }

    /// Many people with the insurer 99990013, numbered from 0000000.
    pub async fn feed_people(&self, count: usize) {
        self.feed_people_from(0, count).await;
    }

    /// The same from a number on.
    pub async fn feed_people_from(&self, first: usize, count: usize) {
        let people = (first..first + count)
            .flat_map(|n| someone(&format!("P-{n}"), &format!("{n:07}"), "1985-05-05"));
        self.feed(Value::Array(people.collect())).await;
    }

    /// Sends a message as the institution of the connection and returns the answer's text.
    pub async fn ask(&self, peer: &str, family: &str, body: impl Into<Vec<u8>>) -> String {
        let router = as_peer(self.backend.institution_router(), peer);
        let (status, answer) = post(router, "/oqs", family, body.into()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }
}

/// The router as it is behind mutual TLS.
pub fn as_peer(router: Router, institution: &str) -> Router {
    router.layer(Extension(PeerInstitution(Digits::new(institution).unwrap())))
}

pub async fn post(router: Router, path: &str, family: &str, body: Vec<u8>) -> (StatusCode, String) {
    let request =
        Request::post(path).header("x-oqs-message", family).body(Body::from(body)).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

/// Who somebody is and one coverage from 1 April 2024.
pub fn someone(person: &str, number: &str, birthdate: &str) -> [Value; 2] {
    let record = |suffix: &str, kind: &str, data: Value| json!({"record_id": format!("{person}{suffix}"), "insurer_number": "99990013", "person": person, "kind": kind, "data": data});
    [
        record(
            "-who",
            "person",
            json!({"name": "架空　花子", "name_kana": "ｶｸｳ ﾊﾅｺ", "sex1": "2", "birthdate": birthdate,
            "address": "東京都架空区模擬１－２－３", "post_number": "100-0000"}),
        ),
        record(
            "-gain",
            "gain",
            json!({"insurer_name": "架空健康保険組合", "symbol": "記号1", "number": number, "branch": "00",
            "own_or_family": "1", "insured_name": "架空　花子", "gained": "2024-04-01"}),
        ),
    ]
}

/// Header elements of a request.
pub fn header(institution: &str) -> String {
    format!(
        "<MedicalInstitutionCode>{institution}</MedicalInstitutionCode><ArbitraryFileIdentifier>F1</ArbitraryFileIdentifier>"
    )
}

pub fn message(header: &str, body: &str) -> Vec<u8> {
    let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#;
    format!("{head}<XmlMsg><MessageHeader>{header}</MessageHeader><MessageBody>{body}</MessageBody></XmlMsg>").into_bytes()
}

/// OQSsiquc01req of the institution [`HERE`] for 1 April 2026.
pub fn number_query(number: &str, birthdate: &str) -> Vec<u8> {
    number_query_on("20260401", HERE, number, birthdate, "")
}

pub fn number_query_on(
    day: &str,
    institution: &str,
    number: &str,
    birthdate: &str,
    more: &str,
) -> Vec<u8> {
    let header = format!(
        "<QualificationConfirmationDate>{day}</QualificationConfirmationDate>{}",
        header(institution)
    );
    let birthdate = birthdate.replace('-', "");
    let search = format!(
        "<InsurerNumber>99990013</InsurerNumber><InsuredCardSymbol>記号1</InsuredCardSymbol>\
         <InsuredIdentificationNumber>{number}</InsuredIdentificationNumber><Birthdate>{birthdate}</Birthdate>\
         <ArbitraryIdentifier>A-1</ArbitraryIdentifier>{more}"
    );
    message(
        &header,
        &format!("<QualificationConfirmSearchInfo>{search}</QualificationConfirmSearchInfo>"),
    )
}

/// The text of the first element of a name.
pub fn element<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = answer.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// The texts of all elements of a name, in order.
pub fn all<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    answer.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0)).collect()
}

/// What a patient says at the reader, and how the visit takes place.
#[derive(Clone, Copy)]
pub struct Says<'a> {
    pub day: &'a str,
    pub agrees: bool,
    /// `IdentificationMode`: 1 face, 2 PIN, 3 by eye.
    pub mode: u8,
    /// More elements of SIMqualif01req.
    pub more: &'a str,
}

impl Bench {
    /// A card whose holder is known to the authority.
    pub fn card(&self, person: &str, serial: u8) -> credentials::TestCard {
        let card = credentials::TestCard::until(serial, (2029, 5, 5));
        self.link.people.lock().unwrap().insert(card.serial.clone(), person.into());
        card
    }

    /// A whole visit that registers the card: the answer to the last message.
    pub async fn visit(&self, at: &str, card: &credentials::TestCard, says: Says<'_>) -> String {
        self.visit_with(at, card, says, true).await
    }

    /// A whole visit of somebody who does not register the card.
    pub async fn visit_unregistered(
        &self,
        at: &str,
        card: &credentials::TestCard,
        says: Says<'_>,
    ) -> String {
        self.visit_with(at, card, says, false).await
    }

    async fn visit_with(
        &self,
        at: &str,
        card: &credentials::TestCard,
        says: Says<'_>,
        registers: bool,
    ) -> String {
        let answer = self.ask(at, "SIMchalng01req", message(&header(at), "")).await;
        let identifier = element(&answer, "ChallengeIdentifier").unwrap().to_owned();
        let challenge = BASE64_STANDARD.decode(element(&answer, "Challenge").unwrap()).unwrap();
        let body = format!(
            "<ChallengeIdentifier>{identifier}</ChallengeIdentifier>\
             <UserAuthenticationCertificate>{}</UserAuthenticationCertificate><Signature>{}</Signature>\
             <IdentificationMode>{}</IdentificationMode>",
            BASE64_STANDARD.encode(&card.der),
            BASE64_STANDARD.encode(card.sign(&challenge)),
            says.mode
        );
        let answer = self.ask(at, "SIMcertif01req", message(&header(at), &body)).await;
        let ticket = element(&answer, "AuthenticationTicket").unwrap();
        let flags: String = CONSENTS
            .map(|name| format!("<{name}ConsFlg>{}</{name}ConsFlg>", u8::from(says.agrees)))
            .concat();
        let body = format!(
            "<AuthenticationTicket>{ticket}</AuthenticationTicket><Registration>{}</Registration>{flags}{}",
            u8::from(registers),
            says.more
        );
        let day = format!(
            "<QualificationConfirmationDate>{}</QualificationConfirmationDate>{}",
            says.day,
            header(at)
        );
        self.ask(at, "SIMqualif01req", message(&day, &body)).await
    }

    /// Both steps of a bulk family: the result.
    pub async fn bulk(&self, at: &str, family: &str, body: &str) -> String {
        let taken = self.ask(at, &format!("{family}01req"), message(&header(at), body)).await;
        assert_eq!(element(&taken, "SegmentOfResult"), Some("1"), "{taken}");
        let number = element(&taken, "ReceptionNumber").unwrap();
        self.turn(3);
        let body = format!("<ReceptionNumber>{number}</ReceptionNumber>");
        self.ask(at, &format!("{family}02req"), message(&header(at), &body)).await
    }
}

const CONSENTS: [&str; 6] = [
    "LimitApplicationCertificateRelated",
    "SpecificDiseasesCertificateRelated",
    "SpecificHealthCheckupsInfo",
    "PharmacistsInfo",
    "DiagnosisInfo",
    "OperationInfo",
];
