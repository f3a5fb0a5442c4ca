//! One golden file for each writer; the record behind them holds each of the nine verdicts. `INSTA_UPDATE=always`
//! rewrites them, and a reviewer reads the difference.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod record;

use reports::ReportWriter;
use reports::evidence::{verify_chain, write_lines};
use reports::html::Html;
use reports::json::{self, Json};
use reports::junit::Junit;
use reports::model::{CaseResult, RunRecord, Verdict};
use reports::text::Text;
use reports::timeline;
use reports::words::Language;

fn written(writer: &dyn ReportWriter) -> String {
    let mut out = vec![];
    writer.write(&record::run(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn refused() -> CaseResult {
    record::run().cases.into_iter().find(|case| case.verdict == Verdict::Fail).unwrap()
}

/// The text without what stands between two marks: style, script and their hashes have no meaning to compare.
fn without(text: &str, from: &str, to: &str) -> String {
    let (before, rest) = text.split_once(from).unwrap();
    let (_, after) = rest.split_once(to).unwrap();
    format!("{before}{from}…{to}{after}")
}

#[test]
fn the_record_holds_every_verdict() {
    for verdict in Verdict::ALL {
        assert!(record::run().cases.iter().any(|case| case.verdict == verdict), "{verdict:?}");
    }
}

#[test]
fn html() {
    let page = written(&Html);
    let page = without(&without(&page, "<style>", "</style>"), "<script>", "</script>");
    golden("report.html", &without(&page, "default-src 'none'", "base-uri"));
}

#[test]
fn junit() {
    golden("junit.xml", &written(&Junit));
}

#[test]
fn result() {
    golden("result.json", &written(&Json));
}

#[test]
fn text_in_japanese() {
    golden("terminal-ja", &written(&Text::default()));
}

#[test]
fn text_in_english_with_colours() {
    golden(
        "terminal-en",
        &written(&Text { language: Language::English, colour: true, width: 130 }),
    );
}

#[test]
fn evidence_lines() {
    let mut out = vec![];
    write_lines(&refused().evidence, &mut out).unwrap();
    let head = verify_chain(&out).unwrap();
    assert_eq!(Some(head.hash), refused().evidence_head);
    golden("evidence.jsonl", &String::from_utf8(out).unwrap());
}

#[test]
fn sequence_picture() {
    golden("timeline.svg", &timeline::picture(&refused().evidence, Some(39)));
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    for writer in [&Html as &dyn ReportWriter, &Junit, &Json, &Text::default()] {
        assert_eq!(written(writer), written(writer));
    }
}

#[test]
fn result_json_reads_back_to_the_record_without_its_evidence() {
    let bare = |mut run: RunRecord| {
        run.cases.iter_mut().for_each(|case| case.evidence.clear());
        run
    };
    assert_eq!(json::read(written(&Json).as_bytes()).unwrap(), bare(record::run()));
}

#[test]
fn no_wall_clock_time_stands_in_a_report_of_a_record_without_one() {
    let run = RunRecord { wall: None, ..record::run() };
    for writer in [&Html as &dyn ReportWriter, &Junit, &Json, &Text::default()] {
        let mut out = vec![];
        writer.write(&run, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            !text.contains("10:52:06") && !text.contains(" time=\"") && !text.contains("\"wall\"")
        );
    }
}
