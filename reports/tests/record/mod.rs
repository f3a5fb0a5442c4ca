//! A made-up run that holds each of the nine verdicts, for the golden files and the sample report.

use std::collections::BTreeMap;

use reports::evidence::{Bytes, Chain, Crossing, Direction, EvidenceEntry, Seam, party};
use reports::model::{
    BenchInfo, Blame, CaseResult, Check, ClaimSeen, Divergence, Flow, Judgement, Level,
    ProductInfo, RequirementRow, RunRecord, Source, StepResult, Text2, Verdict, Wall,
};
use reports::rollup;
use reports::scope::{Budgeted, CheckKind, Scope};
use serde_json::{Value, json};

/// The whole run.
pub fn run() -> RunRecord {
    RunRecord {
        bench: BenchInfo { name: "madoguchi".into(), version: "0.1.0".into() },
        product: ProductInfo {
            name: "架空リーダー FR-9".into(),
            version: "3.2.1".into(),
            vendor: "架空システムズ株式会社".into(),
            positions: vec!["reader".into(), "terminal".into()],
        },
        seed: 20_261_124,
        plan_digest: "6f1ed002ab5595859014ebf0951522d9f0b4e2d6b8a0d2d8d1f1f3b7e7a3c9d4".into(),
        cases: cases(),
        requirements: requirements(),
        wall: Some(Wall {
            started: "2026-11-24T10:52:06Z".into(),
            seconds: 12.34,
            cases: BTreeMap::from([
                ("certificate/revoked".to_owned(), 0.42),
                ("face/same-person".to_owned(), 0.33),
            ]),
        }),
        incomplete: Some("the run was stopped after 9 of 10 scenarios".into()),
        scope: Scope { budget: Some(budget()), ..Scope::default() },
    }
}

fn budget() -> Budgeted {
    Budgeted {
        budget: "30s".into(),
        expected: "28.4 s".into(),
        chosen: 10,
        left_out: vec!["claim/split".into(), "story/pharmacy".into()],
        mutants: 41,
        of_mutants: 60,
    }
}

fn cases() -> Vec<CaseResult> {
    vec![
        passed(),
        revoked(),
        warned(),
        outside(
            "pin/terminal-screen",
            "PIN 画面の表示",
            "PIN screen as shown",
            Verdict::NotApplicable,
        )
        .because("the product does not play the role `kiosk`", None),
        outside(
            "certificate/status-silent",
            "失効情報の無応答",
            "Silent status service",
            Verdict::Inconclusive,
        )
        .because("no answer from the terminal within 3000 ms", Some(Blame::Environment))
        .then("start the target, or raise `timeout_ms` in its adapter file"),
        outside(
            "visual/staff-screen",
            "職員による目視確認",
            "Staff confirms by eye",
            Verdict::NeedsReview,
        )
        .because("a person must judge the picture of the staff screen", None)
        .then(
            "open the picture beside the evidence and record your decision with `madoguchi review`",
        ),
        outside(
            "folder/wrong-path",
            "共有フォルダの場所",
            "Place of the shared folder",
            Verdict::ConfigError,
        )
        .because("folder `face` of the product does not exist", Some(Blame::Configuration))
        .then("correct `folders.face` in madoguchi.yaml"),
        outside("card/own-fault", "ベンチの点検", "Bench checks itself", Verdict::BenchError)
            .because(
                "the oracle and the scenario disagree: this is a defect of the bench",
                Some(Blame::Bench),
            ),
        outside("folder/later", "中断後のシナリオ", "Scenario after the stop", Verdict::NotRun),
    ]
}

fn requirements() -> BTreeMap<String, RequirementRow> {
    let row = |level, ja: &str, en: &str, source, tier| RequirementRow {
        level,
        statement: Text2::new(ja, en),
        source,
        tier,
        check: CheckKind::Auto,
        reason: None,
    };
    let rows = [
        (
            "OQS-CERT-07",
            row(
                Level::Must,
                "失効した証明書では資格情報を返さない。",
                "A revoked certificate gives no qualification data.",
                Source::Public,
                1,
            ),
        ),
        (
            "OQS-CERT-12",
            row(
                Level::Should,
                "有効期限の三か月前から更新の案内を示す。",
                "From three months before the end a renewal notice is shown.",
                Source::Public,
                2,
            ),
        ),
        (
            "OQS-CERT-19",
            row(
                Level::Must,
                "失効情報が得られないことを失効と取り違えない。",
                "A silent status service is not taken for a revocation.",
                Source::BenchProfile,
                3,
            ),
        ),
        (
            "OQS-FACE-03",
            row(
                Level::Must,
                "顔が一致すれば暗証番号なしで進む。",
                "On match the run goes on without PIN.",
                Source::Customer,
                1,
            ),
        ),
    ];
    rows.into_iter().map(|(id, row)| (id.to_owned(), row)).collect()
}

fn blank(id: &str, ja: &str, en: &str) -> CaseResult {
    let area = id.split('/').next().unwrap_or_default();
    CaseResult {
        id: id.into(),
        title: Text2::new(ja, en),
        area: area.into(),
        tags: vec![area.into()],
        feature: format!("{area}.feature"),
        steps: vec![],
        checks: vec![],
        judgements: vec![],
        claims: vec![],
        verdict: Verdict::NotRun,
        why: None,
        next_step: None,
        blame: None,
        evidence_file: format!("evidence/{id}.jsonl"),
        evidence_head: None,
        evidence: vec![],
        virtual_start: "2026-11-24T09:00:00+09:00".into(),
    }
}

/// A case whose verdict comes from outside its checks.
fn outside(id: &str, ja: &str, en: &str, verdict: Verdict) -> CaseResult {
    CaseResult { verdict, ..blank(id, ja, en) }
}

trait Told {
    fn because(self, why: &str, blame: Option<Blame>) -> Self;
    fn then(self, next: &str) -> Self;
}

impl Told for CaseResult {
    fn because(self, why: &str, blame: Option<Blame>) -> Self {
        Self { why: Some(why.into()), blame, ..self }
    }

    fn then(self, next: &str) -> Self {
        Self { next_step: Some(next.into()), ..self }
    }
}

fn weighed(case: CaseResult) -> CaseResult {
    let verdict = rollup::case_verdict(&case.steps, &case.checks, &case.judgements);
    CaseResult {
        verdict,
        evidence_head: case.evidence.last().map(|entry| entry.hash.clone()),
        ..case
    }
}

fn step(keyword: &str, text: &str, verdict: Verdict) -> StepResult {
    StepResult { keyword: keyword.into(), text: text.into(), verdict, message: None }
}

fn check(
    ids: &[&str],
    level: Level,
    step: &str,
    verdict: Verdict,
    expected: &str,
    actual: &str,
) -> Check {
    Check {
        requirement: ids.iter().map(|id| (*id).to_owned()).collect(),
        level,
        step: step.into(),
        verdict,
        expected: expected.into(),
        actual: actual.into(),
        note: None,
    }
}

fn outcome(end: &str, screens: &[&str], queried: bool) -> Value {
    json!({
        "end": end, "mode": "face", "queried": queried, "screens": screens,
        "institution": {"files": if queried { 1 } else { 0 }, "chart": if queried { json!("opened") } else { Value::Null }},
        "pin_tries_left": 3,
    })
}

fn passed() -> CaseResult {
    let then = "受付は暗証番号なしで完了する";
    weighed(CaseResult {
        steps: vec![
            step("前提", "架空 花子 のカードが読取り台にある", Verdict::Pass),
            step("もし", "本人が顔認証を選ぶ", Verdict::Pass),
            step("ならば", then, Verdict::Pass),
        ],
        checks: vec![check(
            &["OQS-FACE-03"],
            Level::Must,
            then,
            Verdict::Pass,
            "no VERIFY of the PIN",
            "no VERIFY of the PIN",
        )],
        judgements: vec![Judgement {
            event: "visit 1".into(),
            expected: outcome("completed", &["010", "020"], true),
            actual: outcome("completed", &["010", "020"], true),
            agrees: true,
            divergence: None,
        }],
        claims: vec![
            ClaimSeen { flow: Flow::Old, returned: true },
            ClaimSeen { flow: Flow::Old, returned: false },
            ClaimSeen { flow: Flow::Old, returned: false },
            ClaimSeen { flow: Flow::New, returned: false },
        ],
        evidence: visit(false),
        ..blank(
            "face/same-person",
            "顔が一致した本人の受付",
            "The right person is received by face",
        )
    })
}

fn revoked() -> CaseResult {
    let then = "結果ファイルは作られない";
    let failed = StepResult {
        message: Some("a result file appeared:\nOQSsiquc01res_face_20261124090003.xml".into()),
        ..step("ならば", then, Verdict::Fail)
    };
    weighed(CaseResult {
        steps: vec![
            step("前提", "架空 太郎 の利用者証明用証明書は失効している", Verdict::Pass),
            step("もし", "本人が顔認証で受け付ける", Verdict::Pass),
            failed,
        ],
        checks: vec![
            check(
                &["OQS-CERT-07"],
                Level::Must,
                then,
                Verdict::Fail,
                "screen 006, no file",
                "screen 010, one file in `face`",
            ),
            check(
                &["OQS-FACE-03"],
                Level::Must,
                "本人が顔認証で受け付ける",
                Verdict::Pass,
                "no VERIFY",
                "no VERIFY",
            ),
        ],
        judgements: vec![Judgement {
            event: "visit 1".into(),
            expected: outcome("certificate_refused", &["010", "006"], false),
            actual: outcome("completed", &["010", "020"], true),
            agrees: false,
            divergence: Some(Divergence {
                pointer: "/end".into(),
                expected: "certificate_refused".into(),
                actual: "completed".into(),
                evidence_seq: Some(39),
            }),
        }],
        evidence: visit(true),
        ..blank(
            "certificate/revoked",
            "失効した証明書は拒否される",
            "A revoked certificate is refused",
        )
    })
    .because(
        "the product went on although the backend refused the certificate",
        Some(Blame::Product),
    )
    .then("look at entry 39: the terminal must stop on error code SIM-E2001 and show screen 006")
}

fn warned() -> CaseResult {
    let then = "更新の案内が表示される";
    let notice = check(
        &["OQS-CERT-12"],
        Level::Should,
        then,
        Verdict::Fail,
        "a renewal notice",
        "no notice",
    );
    weighed(CaseResult {
        steps: vec![step("ならば", then, Verdict::Fail)],
        checks: vec![Check { note: Some("89 days are left".into()), ..notice }],
        ..blank(
            "certificate/expires-soon",
            "期限が近い証明書の案内",
            "Notice of a certificate that expires soon",
        )
    })
    .because("the notice is recommended and was not shown", Some(Blame::Product))
}

/// The seams of one visit by face. When `goes_on`, the terminal ignores the backend's refusal.
fn visit(goes_on: bool) -> Vec<EvidenceEntry> {
    let mut visit = Visit { chain: Chain::new(), entries: vec![], millis: 0 };
    visit.event(
        Seam::Control,
        party::BENCH,
        party::PATIENT,
        ("カードを置く", "puts the card on the reader"),
    );
    visit.event(
        Seam::Camera,
        party::PATIENT,
        party::READER,
        ("撮影 240×320", "picture taken, 240×320"),
    );
    visit.apdu("00A4040C0AD392F000260100000001", "9000", ("JPKI AP を選択", "SELECT JPKI AP"));
    visit.apdu("00A4020C020006", "9000", ("トークン EF を選択", "SELECT EF 0006"));
    for _ in 0..12 {
        visit.apdu("00B0000000", "E0E09000", ("読出し", "READ BINARY"));
    }
    visit.apdu("002A8080", "A1B29000", ("チャレンジに署名", "PSO: COMPUTE DIGITAL SIGNATURE"));
    visit.ask(
        Seam::Reader,
        party::READER,
        party::TERMINAL,
        ("証明書と署名を渡す", "certificate and signature"),
    );
    visit.ask(
        Seam::Backend,
        party::TERMINAL,
        party::BACKEND,
        ("証明書を照会 SIMcertif01req", "SIMcertif01req"),
    );
    visit.ask(
        Seam::ValidationAuthority,
        party::BACKEND,
        party::AUTHORITY,
        ("OCSP 要求", "OCSP request"),
    );
    let status = if goes_on {
        ("OCSP 応答: 失効", "OCSP: revoked")
    } else {
        ("OCSP 応答: 有効", "OCSP: good")
    };
    visit.answer(Seam::ValidationAuthority, party::AUTHORITY, party::BACKEND, status);
    let verdict = if goes_on {
        ("拒否 SIM-E2001", "refused, SIM-E2001")
    } else {
        ("有効、登録済み", "valid, registered")
    };
    visit.answer(Seam::Backend, party::BACKEND, party::TERMINAL, verdict);
    visit.answer(Seam::Reader, party::TERMINAL, party::READER, ("受付票を返す", "ticket"));
    visit.event(
        Seam::Folder,
        party::TERMINAL,
        party::RECEIPT_COMPUTER,
        ("face に結果ファイル", "result file in face"),
    );
    visit.redacted(party::READER, party::CARD, "PIN", 4);
    visit.entries
}

struct Visit {
    chain: Chain,
    entries: Vec<EvidenceEntry>,
    millis: u64,
}

type Words<'a> = (&'a str, &'a str);

impl Visit {
    fn take(
        &mut self,
        seam: Seam,
        way: (&str, &str),
        direction: Direction,
        words: Option<Words<'_>>,
        bytes: Bytes,
    ) {
        self.millis += 75;
        let entry = self.chain.append(Crossing {
            virtual_time: format!(
                "2026-11-24T09:00:{:02}.{:03}+09:00",
                self.millis / 1000,
                self.millis % 1000
            ),
            seam,
            from: way.0.into(),
            to: way.1.into(),
            direction,
            summary: words.map(|(ja, en)| Text2::new(ja, en)),
            bytes,
        });
        self.entries.push(entry);
    }

    fn apdu(&mut self, command: &str, response: &str, words: Words<'_>) {
        let (there, back) = ((party::READER, party::CARD), (party::CARD, party::READER));
        self.take(Seam::Card, there, Direction::Request, Some(words), Bytes::Hex(command.into()));
        self.take(Seam::Card, back, Direction::Answer, None, Bytes::Hex(response.into()));
    }

    fn ask(&mut self, seam: Seam, from: &str, to: &str, words: Words<'_>) {
        self.take(seam, (from, to), Direction::Request, Some(words), Bytes::Text("{}".into()));
    }

    fn answer(&mut self, seam: Seam, from: &str, to: &str, words: Words<'_>) {
        self.take(seam, (from, to), Direction::Answer, Some(words), Bytes::Text("{}".into()));
    }

    fn event(&mut self, seam: Seam, from: &str, to: &str, words: Words<'_>) {
        self.take(seam, (from, to), Direction::Event, Some(words), Bytes::Text(String::new()));
    }

    fn redacted(&mut self, from: &str, to: &str, kind: &str, length: u64) {
        let bytes =
            Bytes::Redacted { kind: kind.into(), length, digest: "5d41402abc4b2a76".into() };
        self.take(Seam::Card, (from, to), Direction::Request, None, bytes);
    }
}
