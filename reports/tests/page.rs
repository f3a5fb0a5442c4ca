//! The HTML report as a browser gets it: one file, nothing loaded, nothing executed that is not ours, and not too large.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod record;

use reports::ReportWriter;
use reports::html::Html;
use reports::junit::Junit;
use reports::model::{CaseResult, Divergence, RunRecord, StepResult, Text2, Verdict};
use reports::text::Text;
use serde_json::Value;

const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onclick='x' \u{202e}\u{1b}[2J\u{0}\u{FFFE}]]>";

fn written(writer: &dyn ReportWriter, run: &RunRecord) -> String {
    let mut out = vec![];
    writer.write(run, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A record in which every text is hostile.
fn hostile() -> RunRecord {
    let mut text = serde_json::to_value(record::run()).unwrap();
    let spared = ["verdict", "level", "source", "blame", "seam", "direction", "flow"];
    spoil(&mut text, &spared);
    let mut run: RunRecord = serde_json::from_value(text).unwrap();
    let bad = || HOSTILE.to_owned();
    for (case, honest) in run.cases.iter_mut().zip(record::run().cases) {
        case.evidence = honest.evidence;
        for entry in &mut case.evidence {
            (entry.virtual_time, entry.from, entry.hash) = (bad(), bad(), bad());
            entry.summary = Some(Text2::new(HOSTILE, format!("{HOSTILE}.")));
        }
        case.steps.push(StepResult {
            keyword: bad(),
            text: bad(),
            verdict: Verdict::Fail,
            message: Some(bad()),
        });
    }
    run
}

fn spoil(value: &mut Value, spared: &[&str]) {
    match value {
        Value::String(text) => HOSTILE.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, spared)),
        Value::Object(members) => {
            let open = members.iter_mut().filter(|(key, _)| !spared.contains(&key.as_str()));
            open.for_each(|(_, value)| spoil(value, spared));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let page = written(&Html, &hostile());
    assert_eq!(page.matches("<script").count(), 1, "only our own script");
    assert_eq!(page.matches("<style").count(), 1);
    for trace in ["<img", "onerror=alert(2)>", "onclick='", "\u{202e}", "\u{1b}", "\u{0}"] {
        assert!(!page.contains(trace), "{trace:?}");
    }
    assert!(page.contains("&lt;img src=x onerror=alert(2)&gt;"), "shown, not swallowed");
}

#[test]
fn a_hostile_path_is_no_link() {
    for path in ["javascript:alert(1)", "//elsewhere/x", "../../secret", "/etc/passwd", "a b", ""] {
        let mut run = record::run();
        run.cases[0].evidence_file = path.into();
        run.cases.truncate(1);
        assert!(!written(&Html, &run).contains(&format!("href=\"{path}\"")), "{path}");
    }
}

#[test]
fn hostile_texts_steer_neither_terminal_nor_xml_reader() {
    let text = written(&Text::default(), &hostile());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    let xml = written(&Junit, &hostile());
    assert!(!xml.contains("<script") && !xml.contains('\u{FFFE}') && !xml.contains('\u{0}'));
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let page = written(&Html, &record::run());
    for trace in ["http://", "https://", "src=", "@import", "url(", "<link"] {
        assert!(!page.contains(trace), "{trace}");
    }
}

#[test]
fn a_broken_chain_is_told() {
    let mut run = record::run();
    let case = run.cases.iter_mut().find(|case| !case.evidence.is_empty()).unwrap();
    case.evidence[2].to = "somebody else".into();
    assert!(written(&Html, &run).contains("evidence line 3: its content was changed"));
    let mut run = record::run();
    let case = run.cases.iter_mut().find(|case| !case.evidence.is_empty()).unwrap();
    case.evidence.pop();
    assert!(written(&Html, &run).contains("the last entry is not the recorded one"));
}

#[test]
fn ids_that_differ_keep_different_anchors_and_every_link_has_its_target() {
    let page = written(&Html, &record::run());
    let attribute = |mark: &str| -> Vec<String> {
        page.split(mark)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let ids = attribute(" id=\"");
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    for target in attribute("href=\"#") {
        assert!(ids.contains(&target), "{target}");
    }
}

/// Sixty scenarios, each with sixty entries that cannot be folded and a judgement of eighty leaves.
#[test]
fn a_large_run_stays_small() {
    let sample = record::run();
    let rich: CaseResult =
        sample.cases.iter().find(|case| case.verdict == Verdict::Fail).cloned().unwrap();
    let lone: Vec<_> = rich
        .evidence
        .iter()
        .filter(|entry| entry.seam != reports::evidence::Seam::Card)
        .cloned()
        .collect();
    let cases = (0..60).map(|index| {
        let mut case = rich.clone();
        case.id = format!("certificate/case-{index}");
        case.evidence = lone.iter().cycle().take(60).cloned().collect();
        let leaves: serde_json::Map<_, _> =
            (0..80).map(|n| (format!("member_{n}"), format!("value {n}").into())).collect();
        for judgement in &mut case.judgements {
            judgement.expected = leaves.clone().into();
            judgement.actual = leaves.clone().into();
            judgement.divergence = Some(Divergence {
                pointer: "/member_7".into(),
                expected: "a".into(),
                actual: "b".into(),
                evidence_seq: Some(2),
            });
        }
        case
    });
    let run = RunRecord { cases: cases.collect(), ..sample };
    let bytes = written(&Html, &run).len();
    assert!(bytes < 5_000_000, "{bytes}");
}
