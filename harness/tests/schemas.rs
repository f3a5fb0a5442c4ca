//! The JSON Schemas in `docs/schemas` say what the types of the protocols say: each order and reply fits its definition, each
//! definition knows exactly the members that there are, and whatever is left out or added to an order fits no more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod schema;

use std::collections::{BTreeMap, BTreeSet};

use harness::sut::product::Common;
use harness::sut::terminal::{BackendAccess, Serving, TerminalOrder, TerminalReset};
use jiff::civil::date;
use schema::Schema;
use serde::Serialize;
use serde_json::{Value, json};
use sim_reader::face::vendor::{ProcessMatcher, Start};
use sim_reader::face::{GreyImage, Matcher as _, NoScore, Picture};
use sim_reader::institution::chart::Doubt;
use sim_reader::institution::protocol;
use sim_reader::institution::protocol::{
    Ask, Bulk, BulkEntry, BulkResult, Bulked, Claim, Claimed, Collect, Collected, Decision,
    Declared, HealthCheck, HealthCheckItem, Hello, Information, Informed, KnownLimit, Op, Register,
    Registered, Registering, Registration, Reply, Request, Reset, Status, Unclear, Verdict,
};
use sim_reader::institution::{Chart, Insurance, Search};
use sim_reader::reader_link::{
    CertificateState, Certified, CertifyAnswer, CertifyRequest, Challenge, ChallengeAnswer,
    ChallengeRequest, ConsentFlags, Mode, Notice, Occasion, Prescription, Qualified, QualifyAnswer,
    QualifyRequest, Refusal, RefusalKind,
};
use sim_reader::terminal::{Encoding, Folders};

/// Values of a definition.
type Samples = Vec<(&'static str, Value)>;

fn value(of: impl Serialize) -> Value {
    serde_json::to_value(of).unwrap()
}

/// Holds samples against a schema, in both directions.
fn assert_agreed(schema: &Schema, samples: &Samples) {
    let mut members: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, sample) in samples {
        schema.fits(name, sample).unwrap_or_else(|why| panic!("{why}"));
        let Some(object) = sample.as_object() else { panic!("{name} is no object") };
        members.entry(name).or_default().extend(object.keys().cloned());
        let definition = schema.definition(name);
        for required in definition["required"].as_array().into_iter().flatten() {
            let mut less = object.clone();
            less.remove(required.as_str().unwrap());
            assert!(schema.fits(name, &less.into()).is_err(), "{name} without {required}");
        }
        if definition["additionalProperties"] == false {
            let mut more = object.clone();
            more.insert("shoe_size".into(), 26.into());
            assert!(schema.fits(name, &more.into()).is_err(), "{name} with one more member");
        }
    }
    for (name, seen) in members {
        let Some(known) = schema.definition(name)["properties"].as_object() else { continue };
        let known: BTreeSet<String> = known.keys().cloned().collect();
        assert_eq!(seen, known, "{name}");
    }
}

/// Every definition has a sample, but for parts of others.
fn assert_complete(schema: &Schema, samples: &Samples, parts: &[&str]) {
    let held: BTreeSet<String> = samples.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = schema.names();
    let left: Vec<_> = names.difference(&held).filter(|it| !parts.contains(&it.as_str())).collect();
    assert!(left.is_empty(), "no sample of {left:?}");
}

fn numbered(op: impl Serialize) -> Value {
    let mut order = value(op);
    order["id"] = 1.into();
    order
}

/// Orders fit `request` too.
fn orders(samples: &mut Samples, all: Vec<(&'static str, Value)>) {
    for (name, order) in all {
        samples.push((name, order.clone()));
        samples.push(("request", order));
    }
}

fn common(position: &str) -> Samples {
    let hello =
        Hello { product: "P".into(), version: "1".into(), positions: vec![position.to_owned()] };
    let refused = Reply::not_ok(1, Status::Rejected, Some("E".into()), "no".into());
    let mut samples = vec![("reply-hello", value(hello)), ("reply", value(refused))];
    for (name, op) in [("hello", Common::Hello), ("no-such-operation", Common::NoSuchOperation)] {
        samples.push((name, numbered(op)));
        samples.push(("request", numbered(op)));
    }
    for status in [Status::Ok, Status::Unsupported, Status::Error] {
        samples.push(("reply", value(Reply::not_ok(1, status, None, "-".into()))));
    }
    samples
}

fn folders() -> Folders {
    Folders::under("/tmp".as_ref())
}

#[test]
fn the_terminals_orders_and_the_readers_calls() {
    let schema = Schema::read("terminal.json");
    let now = "2026-04-01T00:30:00Z".parse().unwrap();
    let mut samples = common("terminal");
    let reset = |encoding| {
        TerminalOrder::Reset(TerminalReset {
            institution: "1319999999".into(),
            account: "F01319999999".into(),
            encoding,
            folders: folders(),
            backend: BackendAccess {
                url: "https://127.0.0.1:1".into(),
                ca: "/ca.pem".into(),
                certificate: "/terminal.pem".into(),
            },
            now,
        })
    };
    orders(
        &mut samples,
        vec![
            ("reset", numbered(reset(Encoding::Utf8))),
            ("reset", numbered(reset(Encoding::ShiftJis))),
            ("clock", numbered(TerminalOrder::Clock { now })),
        ],
    );
    samples.push(("reply-reset", value(Serving { reader_url: "http://127.0.0.1:1".into() })));
    let account = || "F01319999999".to_owned();
    samples.push(("challenge", value(ChallengeRequest { account: account() })));
    let bytes = || serde_json::from_value(json!("AAEC")).unwrap();
    for mode in [Mode::Face, Mode::Pin, Mode::Visual] {
        let (challenge_id, certificate, signature) = ("c".to_owned(), bytes(), bytes());
        let request =
            CertifyRequest { account: account(), challenge_id, certificate, signature, mode };
        samples.push(("certificate", value(request)));
    }
    for (prescription, occasion) in [
        (Some(Prescription::Electronic), Some(Occasion::HomeVisit)),
        (Some(Prescription::Paper), Some(Occasion::Online)),
        (None, None),
    ] {
        let request = QualifyRequest {
            account: account(),
            ticket: "t".into(),
            register: true,
            consents: ConsentFlags::default(),
            prescription,
            occasion,
        };
        samples.push(("qualification", value(request)));
    }
    let challenge = Challenge { challenge_id: "c".into(), challenge: bytes() };
    samples.push(("challenge-answer", value(ChallengeAnswer::Given(challenge))));
    for certificate_state in
        [CertificateState::Valid, CertificateState::ExpiresSoon, CertificateState::Grace]
    {
        let certified = Certified { ticket: "t".into(), certificate_state, registered: false };
        samples.push(("certificate-answer", value(CertifyAnswer::Accepted(certified))));
    }
    let notices = vec![Notice::RenewCertificate, Notice::Grace, Notice::Other];
    let qualified = Qualified { validity: 1, notices, file: "f.xml".into() };
    samples.push(("qualification-answer", value(QualifyAnswer::Answered(qualified))));
    for kind in [
        RefusalKind::CertificateRefused,
        RefusalKind::SignatureRefused,
        RefusalKind::NotRegistered,
        RefusalKind::Closed,
        RefusalKind::SystemError,
    ] {
        let refused = Refusal { code: "SIM-E2001".into(), kind };
        for (name, answer) in [
            ("challenge-answer", value(ChallengeAnswer::Refused { refused: refused.clone() })),
            ("certificate-answer", value(CertifyAnswer::Refused { refused: refused.clone() })),
            ("qualification-answer", value(QualifyAnswer::Refused { refused })),
        ] {
            samples.push((name, answer));
        }
    }
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &[]);
}

fn insurance() -> Insurance {
    Insurance {
        insurer_number: "99999999".into(),
        symbol: Some("1".into()),
        number: "2".into(),
        branch: None,
    }
}

fn receipt_computer_orders() -> Vec<(&'static str, Value)> {
    let day = date(2026, 4, 1);
    let chart = |insurance| Chart {
        id: "K".into(),
        name: "架空".into(),
        kana: "カクウ".into(),
        birthdate: day,
        sex: 2,
        insurance,
        reference_number: None,
    };
    let charts = vec![chart(Some(insurance())), chart(None)];
    let reset =
        Reset {
            institution: "1319999999".into(), name: "架空".into(), folders: folders(), charts
        };
    let search = Search { insurance: insurance(), birthdate: day, limit_consent: true };
    let (date, timeout_ms) = (day, 1);
    let known_limit = Some(KnownLimit { class: "1".into(), flag: "A".into() });
    let entry = BulkEntry {
        identifier: "a".into(),
        insurance: insurance(),
        birthdate: day,
        known_limit,
        reference_number: Some("P-1".into()),
    };
    let declared = Declared { address: "a".into(), employer: "e".into(), contact: "c".into() };
    let unclear =
        Unclear { current: Some(insurance()), old: Some(insurance()), declared: Some(declared) };
    let claim = Claim {
        chart: "K".into(),
        month: "2026-04".into(),
        day,
        also: vec![day],
        typed: Some(insurance()),
        unclear: Some(unclear),
    };
    let information = Information {
        kind: "drugs".into(),
        insurance: insurance(),
        from: "2026-01".into(),
        to: "2026-04".into(),
        medical_treatment_flag: "1".into(),
        timeout_ms,
    };
    let file_identifier = || "Q1".to_owned();
    let encoding = Encoding::ShiftJis;
    let entries = vec![Registration { reference_number: "P".into(), insurance: insurance() }];
    [
        ("reset", Op::Reset(reset)),
        ("arrive", Op::Arrive { chart: "K".into() }),
        ("collect", Op::Collect(Collect { wait_files: 1, timeout_ms })),
        (
            "ask",
            Op::Ask(Ask { search, date, file_identifier: file_identifier(), encoding, timeout_ms }),
        ),
        ("information", Op::Information(information)),
        (
            "bulk",
            Op::Bulk(Bulk {
                entries: vec![entry],
                date,
                file_identifier: file_identifier(),
                encoding,
                pause_ms: 1,
                timeout_ms,
            }),
        ),
        (
            "register",
            Op::Register(Register { entries, bulk: true, encoding, pause_ms: 1, timeout_ms }),
        ),
        ("claim", Op::Claim(Box::new(claim))),
    ]
    .map(|(name, op)| (name, value(Request { id: 1, op })))
    .into()
}

fn receipt_computer_replies() -> Samples {
    let decisions = [Verdict::Opened, Verdict::AskStaff, Verdict::Unknown];
    let decision = |decision| Decision {
        file: "f".into(),
        decision,
        chart: Some("K".into()),
        validity: Some(1),
        why: Some(Doubt::NameDiffers),
    };
    let results = decisions.map(decision).into();
    let some = || Some("x".to_owned());
    let asked = protocol::Asked {
        validity: 1,
        name: some(),
        insurer_number: some(),
        symbol: some(),
        number: some(),
        branch: some(),
        limit: some(),
    };
    let items = vec![HealthCheckItem { name: "n".into(), value: "v".into() }];
    let checks = vec![HealthCheck { made: date(2026, 4, 1), items }];
    let medicines = vec!["m".to_owned()];
    let bulk = BulkResult {
        identifier: "a".into(),
        validity: Some(1),
        name: some(),
        insurer_number: some(),
        symbol: some(),
        number: some(),
        branch: some(),
        limit_changed: Some(true),
        reference_number: some(),
        error_code: some(),
        alarm: some(),
    };
    let registering =
        Registering { reference_number: "P".into(), accepted: true, error_code: some() };
    let claimed = Claimed { claim_base64: "AA==".into(), differences: vec!["branch".into()] };
    let informed = Informed {
        result_code: "1".into(),
        medicines,
        checks,
        care: vec!["c".into()],
        operations: vec!["o".into()],
        document: some(),
    };
    vec![
        ("reply-collect", value(Collected { results, duplicates: 0 })),
        ("reply-ask", value(asked)),
        ("reply-information", value(informed)),
        ("reply-bulk", value(Bulked { results: vec![bulk] })),
        ("reply-register", value(Registered { results: vec![registering] })),
        ("reply-claim", value(claimed)),
    ]
}

#[test]
fn the_receipt_computers_orders_and_replies() {
    let schema = Schema::read("receipt-computer.json");
    let mut samples = common("receipt-computer");
    orders(&mut samples, receipt_computer_orders());
    samples.extend(receipt_computer_replies());
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &["chart", "insurance"]);
}

/// What was made of a matcher's replies to a comparison and a look for attacks, and what it was asked.
type Asked = (Result<f64, NoScore>, Result<Option<f64>, NoScore>, Vec<Value>);

/// A matcher that writes each request down and answers in this way.
fn asked(reply: &str) -> Asked {
    const SCRIPT: &str = "import json, sys\nfor line in sys.stdin:\n    open('asked', 'a').write(line)\n    print(sys.argv[1].replace('ID', str(json.loads(line)['id'])), flush=True)";
    let folder = tempfile::tempdir().unwrap();
    let command = ["python3", "-B", "-c", SCRIPT, reply].map(str::to_owned).into();
    let start = Start { command, folder: Some(folder.path().to_owned()), ..Start::default() };
    let matcher = ProcessMatcher::started(start, std::time::Duration::from_secs(30));
    let picture = GreyImage { width: 2, height: 1, pixels: vec![1, 2] };
    let said = (matcher.score(&picture, &picture), matcher.attack(&picture));
    let lines = std::fs::read_to_string(folder.path().join("asked")).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (said.0, said.1, lines)
}

#[test]
fn the_matchers_requests_and_replies() {
    let schema = Schema::read("matcher.json");
    let mut samples = Samples::new();
    for (name, reply, expected) in [
        ("reply-score", r#"{"id":ID,"score":0.5}"#, Ok(0.5)),
        (
            "reply-unusable",
            r#"{"id":ID,"unusable":"photo"}"#,
            Err(NoScore::Unusable(Picture::Photo)),
        ),
        (
            "reply-unusable",
            r#"{"id":ID,"unusable":"capture"}"#,
            Err(NoScore::Unusable(Picture::Capture)),
        ),
    ] {
        let (score, _, lines) = asked(reply);
        assert_eq!(score, expected);
        orders(&mut samples, vec![("compare", lines[0].clone()), ("attack", lines[1].clone())]);
        let reply: Value = serde_json::from_str(&reply.replace("ID", "1")).unwrap();
        samples.push((name, reply.clone()));
        samples.push(("reply", reply));
    }
    let unsupported = r#"{"id":ID,"unsupported":true}"#;
    assert_eq!(asked(unsupported).1, Ok(None));
    let unsupported: Value = serde_json::from_str(&unsupported.replace("ID", "1")).unwrap();
    samples.push(("reply-unsupported", unsupported.clone()));
    samples.push(("reply", unsupported));
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &[]);
    for wrong in [
        json!({"id": 1, "score": 1.5}),
        json!({"id": 1, "score": 0.5, "unusable": "photo"}),
        json!({"id": 1, "unusable": "both"}),
        json!({"id": 1}),
    ] {
        assert!(schema.fits("reply", &wrong).is_err(), "{wrong}");
        let line = wrong.to_string().replace("\"id\":1", "\"id\":ID");
        assert!(!matches!(asked(&line).0, Ok(_) | Err(NoScore::Unusable(_))), "{wrong}");
    }
}

#[test]
fn the_orders_about_a_card() {
    use harness::sut::middleware::protocol::{
        Certificate, Challenge, Door, Op, PinChecked, Presence, Record, Refusal, Signature, Token,
        TokenKind, Tries,
    };
    let schema = Schema::read("card-middleware.json");
    let mut samples = common("card-middleware");
    let bytes = || serde_json::from_value::<sim_reader::reader_link::Bytes>(json!("AAEC")).unwrap();
    let all = vec![
        ("reset", Op::Reset),
        ("recognise", Op::Recognise),
        ("has-certificate", Op::HasCertificate),
        ("certificate", Op::Certificate),
        ("tries-left", Op::TriesLeft),
        ("verify-pin", Op::VerifyPin { pin: "1234".into() }),
        ("face-record", Op::FaceRecord { reference_number: "02051520352285".into() }),
        ("show-terminal", Op::ShowTerminal { certificate: bytes() }),
        ("prove-terminal", Op::ProveTerminal { signature: bytes() }),
        ("sign", Op::Sign { digest: bytes() }),
        ("select", Op::Select),
        ("end-session", Op::EndSession),
    ];
    orders(&mut samples, all.into_iter().map(|(name, op)| (name, numbered(op))).collect());
    let refused = json!({"id": 1, "status": "rejected", "sw": "6A82", "reason": "no"});
    let refusal: Refusal = serde_json::from_value(refused.clone()).unwrap();
    assert_eq!(refusal.status_word(), Some(0x6A82));
    samples.push(("reply", refused));
    samples.push(("reply-reset", value(Door { card: "127.0.0.1:1".into() })));
    for (token, serial) in [
        (TokenKind::Card, Some("S".to_owned())),
        (TokenKind::Android, Some("S".to_owned())),
        (TokenKind::Iphone, Some("S".to_owned())),
        (TokenKind::Other, None),
    ] {
        samples.push(("reply-recognise", value(Token { token, serial })));
    }
    samples.push(("reply-has-certificate", value(Presence { present: true })));
    for certificate in [Some(bytes()), None] {
        samples.push(("reply-certificate", value(Certificate { certificate })));
    }
    for tries_left in [Some(3), Some(0), None] {
        samples.push(("reply-tries-left", value(Tries { tries_left })));
        samples.push(("reply-verify-pin", value(PinChecked { right: false, tries_left })));
    }
    let record = Record { record: bytes(), issuer_certificate: bytes() };
    samples.push(("reply-face-record", value(record)));
    samples.push(("reply-show-terminal", value(Challenge { challenge: bytes() })));
    samples.push(("reply-sign", value(Signature { signature: bytes() })));
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &[]);
    let five_digits = json!({"id": 1, "op": "verify-pin", "pin": "12345"});
    assert!(schema.fits("request", &five_digits).is_err());
}

#[test]
fn the_authority_clients_orders_and_findings() {
    use harness::sut::authority_client::{Found, NO_STATUS, Op, Reset, Trusted};
    let schema = Schema::read("authority-client.json");
    let now = "2026-04-01T00:30:00Z".parse().unwrap();
    let bytes = || serde_json::from_value::<sim_reader::reader_link::Bytes>(json!("AAEC")).unwrap();
    let url = || "http://127.0.0.1:1/crl/a.crl".to_owned();
    let trusted = Trusted { certificate: bytes(), crl: url(), base_crl: url(), delta_crl: url() };
    let mut samples = common("authority-client");
    samples.push(("authority", value(&trusted)));
    let reset = Reset { now, responder: url(), authorities: vec![trusted] };
    let all = vec![
        ("reset", numbered(Op::Reset(reset))),
        ("validate", numbered(Op::Validate { certificate: bytes(), now })),
    ];
    orders(&mut samples, all);
    let reasons = schema.definition("found-revoked")["properties"]["revocation_reason"].clone();
    let revoked = |more: Value| {
        let mut found = json!({"path": "trusted", "period": "ended", "revocation": "revoked", "revoked_at": now});
        found.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        found
    };
    let mut found = vec![json!({"path": "untrusted"}), revoked(json!({}))];
    for reason in reasons["enum"].as_array().unwrap() {
        found.push(revoked(json!({"revocation_reason": reason})));
    }
    for (period, revocation) in [("not-yet", "good"), ("current", "unknown"), ("ended", "good")] {
        found.push(json!({"path": "trusted", "period": period, "revocation": revocation}));
    }
    for found in found {
        let read: Found = serde_json::from_value(found.clone()).unwrap();
        assert_eq!(value(read), found);
        let one = match found["revocation"].as_str() {
            None => "found-untrusted",
            Some("revoked") => "found-revoked",
            Some(_) => "found-not-revoked",
        };
        samples.push((one, found.clone()));
        samples.push(("reply-validate", found));
    }
    let none = Reply::not_ok(1, Status::Error, Some(NO_STATUS.into()), "silence".into());
    samples.push(("reply", value(none)));
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &[]);
    for wrong in [
        json!({"path": "trusted"}),
        json!({"path": "trusted", "period": "current"}),
        json!({"path": "trusted", "period": "current", "revocation": "revoked"}),
        json!({"path": "trusted", "period": "current", "revocation": "fine"}),
        json!({"path": "believed"}),
    ] {
        assert!(schema.fits("reply-validate", &wrong).is_err(), "{wrong}");
        assert!(serde_json::from_value::<Found>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn the_backends_orders() {
    use harness::sut::backend::{Doors, Op, Registered, Reset};
    let schema = Schema::read("backend.json");
    let now = "2026-04-01T00:30:00Z".parse().unwrap();
    let mut samples = common("backend");
    let reset = Op::Reset(Box::new(Reset {
        now,
        identity: "/identity.pem".into(),
        client_ca: "/clients.pem".into(),
        trust: vec!["/cards.pem".into()],
        authority: "http://127.0.0.1:1".into(),
        institutions: vec!["1319999999".into()],
        registered: vec![Registered { person: "P-1".into(), at: now }],
    }));
    let all = vec![("reset", numbered(reset)), ("clock", numbered(Op::Clock { now }))];
    orders(&mut samples, all);
    let doors = Doors { institutions: "127.0.0.1:1".into(), insurers: "http://127.0.0.1:2".into() };
    samples.push(("reply-reset", value(doors)));
    let accepted = json!({"index": 0, "record_id": "F-1", "outcome": "accepted"});
    let rejected = json!({"index": 1, "outcome": "rejected", "reason": "not JSON"});
    samples.push(("feed-answer", json!({"results": [accepted, rejected]})));
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &[]);
}

#[test]
fn the_readers_orders() {
    use harness::model::VisitEnd;
    use harness::sut::reader::protocol::{
        Approval, Awaiting, Consent, Front, Placed, Proof, Prove, ReaderOrder, ReaderReset,
        VisitOrder, VisitTold, Way,
    };
    use sim_reader::consent::ConsentKind;
    let schema = Schema::read("reader.json");
    let now = "2026-04-01T00:30:00Z".parse().unwrap();
    let mut samples = common("reader");
    let bytes = || serde_json::from_value::<sim_reader::reader_link::Bytes>(json!("AAEC")).unwrap();
    let approval = || Approval { certificate: bytes(), key_url: "http://127.0.0.1:3/key".into() };
    let all = || ConsentKind::ALL.map(Consent).to_vec();
    let reset = |approval| {
        numbered(ReaderOrder::Reset(ReaderReset {
            institution: "1319999999".into(),
            account: "F01319999999".into(),
            terminal_url: "http://127.0.0.1:1".into(),
            camera_url: "http://127.0.0.1:3/camera".into(),
            offers: all(),
            electronic_prescriptions: true,
            phones: false,
            approval,
            now,
        }))
    };
    let front = || Front {
        birthdate: date(1980, 2, 17),
        expiry_year: 2035,
        security_code: "2285".to_owned(),
    };
    let visit = |placed, front, prescription, occasion| {
        numbered(ReaderOrder::Visit(VisitOrder {
            placed,
            front,
            ways: vec![
                Way::Face,
                Way::Pin { entries: vec!["12345".into(), "1234".into()] },
                Way::Visual { confirmed: false },
            ],
            consents: all(),
            register: true,
            prescription,
            occasion,
            silent: false,
        }))
    };
    let (form, home) = (Some(Prescription::Electronic), Some(Occasion::HomeVisit));
    let paper = Some(Prescription::Paper);
    orders(
        &mut samples,
        vec![
            ("reset", reset(Some(approval()))),
            ("reset", reset(None)),
            ("clock", numbered(ReaderOrder::Clock { now })),
            ("visit", visit(Placed::Card, Some(front()), form, home)),
            ("visit", visit(Placed::Android, None, paper, Some(Occasion::Online))),
            ("visit", visit(Placed::Iphone, None, None, None)),
            ("visit", visit(Placed::Nothing, None, None, None)),
        ],
    );
    samples.push(("reply-reset", value(Awaiting { card: "127.0.0.1:1".into() })));
    for end in schema.definition("reply-visit")["properties"]["end"]["enum"].as_array().unwrap() {
        let end: VisitEnd = serde_json::from_value(end.clone()).unwrap();
        let notices = vec![Notice::RenewCertificate, Notice::Grace, Notice::Other];
        samples.push(("reply-visit", value(VisitTold { end, asked: all(), notices })));
    }
    samples.push(("prove", value(Prove { challenge: bytes() })));
    samples.push(("proof", value(Proof { signature: bytes() })));
    samples.push(("approval", value(approval())));
    samples.push(("front", value(front())));
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &["way", "consent"]);
    // The reply that does not know an end names all that there are.
    let unknown = json!({"end": "lunch", "asked": [], "notices": []});
    assert!(schema.fits("reply-visit", &unknown).is_err());
    let named = serde_json::from_value::<VisitTold>(unknown).unwrap_err().to_string();
    let known = &schema.definition("reply-visit")["properties"]["end"]["enum"];
    assert_eq!(named.matches('`').count() / 2, known.as_array().unwrap().len() + 1, "{named}");
}

/// `card.json` as `card issue` writes it, which is as a product gets it.
fn issued(holder: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["card", "issue"]).args(holder).arg("--out").arg(folder.path());
    assert!(command.output().unwrap().status.success(), "{holder:?}");
    serde_json::from_slice(&std::fs::read(folder.path().join("card.json")).unwrap()).unwrap()
}

#[test]
fn the_cards_facts() {
    let schema = Schema::read("card.json");
    let mut without_pin = issued(&["--persona", "hanako"]);
    without_pin["user_pin"] = Value::Null;
    let holders = [&["--persona", "hanako"][..], &["--citizen", "42"]];
    let mut samples: Samples = holders.map(|holder| ("card", issued(holder))).into();
    samples.push(("card", without_pin.clone()));
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &[]);
    without_pin["user_pin"] = "12345".into();
    assert!(schema.fits("card", &without_pin).is_err());
}

#[test]
fn the_taps_of_a_pair() {
    let schema = Schema::read("tap.json");
    let tls = json!({"ca": "ca.pem", "server": "server.pem", "client": "tls"});
    let ends =
        json!({"listen": "https://127.0.0.1:9443", "to": "https://127.0.0.1:8443", "tls": tls});
    let folders = json!({"at": "oqs", "poll_ms": 10});
    let card = json!({"listen": "127.0.0.1:1", "to": "127.0.0.1:2"});
    let taps = json!({"reader": ends, "backend": ends, "authority": ends, "folders": folders, "card": card});
    let samples: Samples = vec![
        ("taps", taps.clone()),
        ("http", ends),
        ("tls", tls),
        ("folders", folders),
        ("card", card),
    ];
    assert_agreed(&schema, &samples);
    assert_complete(&schema, &samples, &[]);
    let read =
        |taps: &Value| serde_json::from_value::<harness::sut::reverse::TapPlaces>(taps.clone());
    assert!(read(&taps).is_ok());
    for (seam, member) in
        [("reader", "listen"), ("reader", "to"), ("folders", "at"), ("card", "to")]
    {
        let mut less = taps.clone();
        less[seam].as_object_mut().unwrap().remove(member);
        assert!(
            schema.fits("taps", &less).is_err() && read(&less).is_err(),
            "{seam} without {member}"
        );
        let mut more = taps.clone();
        more[seam]["shoe_size"] = 26.into();
        assert!(schema.fits("taps", &more).is_err() && read(&more).is_err(), "{seam}");
    }
}
