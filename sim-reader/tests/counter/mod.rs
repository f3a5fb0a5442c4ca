//! A terminal in front of a scripted backend on loopback, for the tests of terminal and institution.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::type_complexity,
    clippy::expect_used,
    reason = "test support: a broken set-up ends the test"
)]
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::Timestamp;
use sim_reader::clock::Now;
use sim_reader::terminal::xml::{self, Element};
use sim_reader::terminal::{
    BackendClient, Encoding, FolderEvent, FolderService, Folders, Observer, Settings, Terminal,
    TerminalConfig,
};
use tempfile::TempDir;

pub const CODE: &str = "1319999999";

/// What the backend does with the next requests.
#[derive(Clone)]
pub enum Script {
    /// Answers each family from this function.
    Answers(Arc<dyn Fn(&str, &Element, Encoding) -> Vec<u8> + Send + Sync>),
    /// Accepts and never answers.
    Silent,
    /// An HTTP status without a message.
    Status(u16),
}

#[derive(Clone)]
pub struct Backend {
    pub script: Arc<Mutex<Script>>,
    /// Family and bytes of every request.
    pub asked: Arc<Mutex<Vec<(String, Vec<u8>)>>>,
}

pub struct Counter {
    pub root: TempDir,
    pub folders: Folders,
    pub terminal: Terminal,
    pub backend: Backend,
    pub events: Arc<Mutex<Vec<FolderEvent>>>,
}

/// A terminal with face account F0001, whose files in `face` have this encoding.
pub async fn counter(encoding: Encoding, script: Script) -> Counter {
    counter_with(encoding, script, Settings::default(), now()).await
}

/// The same with an operator's settings and a clock.
pub async fn counter_with(
    encoding: Encoding,
    script: Script,
    settings: Settings,
    now: Now,
) -> Counter {
    let backend = Backend::new(script);
    let base = serve(oqs_router(backend.clone())).await;
    let root = tempfile::tempdir().unwrap();
    let folders = Folders::under(root.path());
    let events: Arc<Mutex<Vec<FolderEvent>>> = Arc::default();
    let heard = Arc::clone(&events);
    let observer: Observer = Arc::new(move |event| heard.lock().unwrap().push(event));
    let client = BackendClient::new(http(), base, CODE).with_limit(Duration::from_millis(200));
    let accounts = vec!["F0001".into()];
    let config = TerminalConfig { accounts, encoding, seed: 7, settings };
    let terminal = Terminal::new(config, client, folders.clone(), now, observer).unwrap();
    Counter { root, folders, terminal, backend, events }
}

impl Backend {
    pub fn new(script: Script) -> Self {
        Self { script: Arc::new(Mutex::new(script)), asked: Arc::default() }
    }
}

pub fn oqs_router(backend: Backend) -> Router {
    Router::new().route("/oqs", post(oqs)).with_state(backend)
}

impl Counter {
    pub fn service(&self, patience: u32) -> FolderService {
        FolderService::new(self.terminal.clone(), patience)
    }

    pub fn drop_request(&self, file: &str, bytes: &[u8]) {
        std::fs::write(self.folders.req.join(file), bytes).unwrap();
    }

    /// The answer file as text elements, with its encoding.
    pub fn answer(&self, file: &str) -> Option<(Element, Encoding)> {
        let bytes = std::fs::read(self.folders.res.join(file)).ok()?;
        Some(xml::parse(&bytes).unwrap())
    }

    pub fn requests_left(&self) -> usize {
        std::fs::read_dir(&self.folders.req).unwrap().count()
    }

    pub fn script(&self, script: Script) {
        *self.backend.script.lock().unwrap() = script;
    }

    pub fn times_asked(&self) -> usize {
        self.backend.asked.lock().unwrap().len()
    }
}

/// 2026-04-01 09:30:15 in Japan.
pub fn now() -> Now {
    Hand::new("2026-04-01T09:30:15").clock()
}

/// A clock that a test moves by hand.
#[derive(Clone)]
pub struct Hand(Arc<Mutex<Timestamp>>);

impl Hand {
    /// It stands at this time in Japan.
    pub fn new(time: &str) -> Self {
        let hand = Self(Arc::default());
        hand.set(time);
        hand
    }

    pub fn set(&self, time: &str) {
        *self.0.lock().unwrap() = format!("{time}+09:00").parse().unwrap();
    }

    pub fn clock(&self) -> Now {
        let hand = Arc::clone(&self.0);
        Arc::new(move || *hand.lock().unwrap())
    }
}

pub fn http() -> reqwest::Client {
    // A second test in the same process finds the provider installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

async fn oqs(State(backend): State<Backend>, headers: HeaderMap, body: Bytes) -> Response {
    let family = headers["x-oqs-message"].to_str().unwrap().to_owned();
    backend.asked.lock().unwrap().push((family.clone(), body.to_vec()));
    let script = backend.script.lock().unwrap().clone();
    match script {
        Script::Silent => std::future::pending().await,
        Script::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Script::Answers(answer) => {
            let (root, encoding) = xml::parse(&body).unwrap();
            let bytes = answer(&family, &root, encoding);
            ([("x-oqs-message", family.replace("req", "res"))], bytes).into_response()
        }
    }
}

pub fn leaves(pairs: &[(&str, &str)]) -> Vec<Element> {
    pairs.iter().map(|(name, text)| Element::leaf(name, *text)).collect()
}

/// A message of leaves.
pub fn message(header: &[(&str, &str)], body: Vec<Element>) -> Element {
    let parts =
        vec![Element::group("MessageHeader", leaves(header)), Element::group("MessageBody", body)];
    Element::group("XmlMsg", parts)
}

/// A number query of 架空 花子 in the encoding.
pub fn query(identifier: &str, encoding: Encoding) -> Vec<u8> {
    let header = [
        ("QualificationConfirmationDate", "20260401"),
        ("MedicalInstitutionCode", CODE),
        ("ArbitraryFileIdentifier", identifier),
    ];
    let info = leaves(&[
        ("InsurerNumber", "  999999"),
        ("InsuredIdentificationNumber", "0001234"),
        ("Birthdate", "19850505"),
        ("ArbitraryIdentifier", "架空"),
    ]);
    let body = vec![Element::group("QualificationConfirmSearchInfo", info)];
    xml::write(&message(&header, body), encoding).unwrap()
}

/// A valid result for 架空 花子, with the changes of the caller to its record's leaves.
pub fn result(request: &Element, changes: &[(&str, &str)]) -> Element {
    let identifier = request.anywhere("ArbitraryFileIdentifier").unwrap_or("SIM0000000000001");
    let header = [
        ("ProcessExecutionTime", "20260401093015"),
        ("QualificationConfirmationDate", "20260401"),
        ("MedicalInstitutionCode", CODE),
        ("ArbitraryFileIdentifier", identifier),
        ("ReferenceClassification", "1"),
        ("SegmentOfResult", "1"),
        ("CharacterCodeIdentifier", "0"),
    ];
    let mut record = Element::group(
        "ResultOfQualificationConfirmation",
        leaves(&[
            ("InsuredCardClassification", "01"),
            ("InsurerNumber", "  999999"),
            ("InsuredCardSymbol", "01"),
            ("InsuredIdentificationNumber", "0001234"),
            ("InsuredBranchNumber", "02"),
            ("PersonalFamilyClassification", "2"),
            ("Name", "架空　花子"),
            ("NameKana", "ｶｸｳ ﾊﾅｺ"),
            ("Sex1", "2"),
            ("Birthdate", "19850505"),
            ("InsurerName", "架空健康保険組合"),
        ]),
    );
    for (name, text) in changes {
        record.set(name, text);
    }
    let mut body = leaves(&[("ProcessingResultStatus", "1"), ("QualificationValidity", "1")]);
    body.push(Element::group("ResultList", vec![record]));
    message(&header, body)
}

/// Answers everything a counter asks; always in UTF-8, whatever the request's encoding.
pub fn friendly() -> Script {
    Script::Answers(Arc::new(|family, request, _| {
        let normal = [("MedicalInstitutionCode", CODE), ("SegmentOfResult", "1")];
        let root = match family {
            "SIMchalng01req" => {
                let challenge = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
                message(&normal, leaves(&[("ChallengeIdentifier", "C1"), ("Challenge", challenge)]))
            }
            "SIMcertif01req" => {
                let body = [
                    ("AuthenticationTicket", "T1"),
                    ("CertificateState", "2"),
                    ("Registered", "1"),
                ];
                message(&normal, leaves(&body))
            }
            "YZKsiquc01req" => drugs(request),
            _ => result(request, &[]),
        };
        xml::write(&root, Encoding::Utf8).unwrap()
    }))
}

/// Refuses everything with this code, in the layout of the family.
pub fn refusing(code: &'static str) -> Script {
    Script::Answers(Arc::new(move |family, _, _| {
        let header = if family.starts_with("YZK") {
            [
                ("MedicalInstitutionCode", CODE),
                ("ResultCode", code),
                ("MessageContents", "同意がありません"),
            ]
        } else {
            [("SegmentOfResult", "9"), ("ErrorCode", code), ("ErrorMessage", "利用できません")]
        };
        xml::write(&message(&header, Vec::new()), Encoding::Utf8).unwrap()
    }))
}

fn drugs(request: &Element) -> Element {
    let identifier = request.anywhere("ArbitraryFileIdentifier").unwrap_or_default();
    let header = [
        ("MedicalInstitutionCode", CODE),
        ("ArbitraryFileIdentifier", identifier),
        ("ResultCode", "1"),
    ];
    let drug = |name| Element::group("DrugInf", leaves(&[("DrugC", "620000000"), ("DrugN", name)]));
    let list = Element::group("DrugInfs", vec![drug("架空錠10mg"), drug("仮想散5%")]);
    let day = Element::group("DiDateInfs", vec![Element::group("DiDateInf", vec![list])]);
    message(
        &header,
        vec![Element::group("MeTrMonthInf", vec![Element::leaf("MeTrMonth", "202603"), day])],
    )
}
