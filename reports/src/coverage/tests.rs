//! What each writer makes of a small coverage.

use super::*;
use crate::words::Language;

fn scene(id: &str, deviation: bool, assertions: &[&str]) -> Scene {
    Scene {
        id: id.into(),
        title: Text2::new("失効した証明書", "A revoked certificate"),
        deviation,
        assertions: assertions.iter().map(|text| (*text).to_owned()).collect(),
    }
}

fn row(id: &str, tier: u8, check: CheckKind, scenarios: Vec<Scene>, mutants: &[&str]) -> Row {
    Row {
        id: id.into(),
        group: id.split('-').nth(1).unwrap().into(),
        level: if tier == 1 { Level::Must } else { Level::Should },
        tier,
        actor: "backend".into(),
        statement: Text2::new("拒む。", "Refuse."),
        source: Source::Public,
        risk: "revocation".into(),
        check,
        reason: (check != CheckKind::Auto).then(|| Text2::new("紙である。", "It is paper.")),
        scenarios,
        mutants: mutants.iter().map(|text| (*text).to_owned()).collect(),
    }
}

fn coverage() -> Coverage {
    let twice = vec![scene("certificate/revoked", true, &["=1+1, \"x\"", "拒否で終わる"])];
    let once = vec![scene("certificate/valid", false, &["完了で終わる"])];
    Coverage {
        bench: "madoguchi 0".into(),
        with_mutants: true,
        rows: vec![
            row("OQS-CERT-07", 1, CheckKind::Auto, twice, &["revoked-accepted"]),
            row("OQS-CERT-16", 2, CheckKind::Auto, once, &[]),
            row("OQS-FALL-05", 1, CheckKind::Attest, vec![], &[]),
            row("OQS-OPS-06", 2, CheckKind::None, vec![], &[]),
        ],
    }
}

fn written(writer: &dyn CoverageWriter, coverage: &Coverage) -> String {
    let mut out = vec![];
    writer.write(coverage, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_state_of_a_row_follows_from_what_bears_it() {
    let states: Vec<State> = coverage().rows.iter().map(Row::state).collect();
    assert_eq!(states, [State::Proven, State::Checked, State::ByHand, State::Open]);
    assert_eq!(coverage().count(1, State::Proven), 1);
    assert_eq!(coverage().count(2, State::Proven), 0);
}

#[test]
fn csv_has_a_line_for_each_assertion_and_for_each_row_without() {
    assert_eq!(
        written(&Csv, &coverage()),
        "requirement,level,tier,actor,risk,check,scenario,deviation,assertion,mutants\r\n\
         OQS-CERT-07,MUST,1,backend,revocation,auto,certificate/revoked,yes,\"'=1+1, \"\"x\"\"\",revoked-accepted\r\n\
         OQS-CERT-07,MUST,1,backend,revocation,auto,certificate/revoked,yes,拒否で終わる,revoked-accepted\r\n\
         OQS-CERT-16,SHOULD,2,backend,revocation,auto,certificate/valid,no,完了で終わる,\r\n\
         OQS-FALL-05,MUST,1,backend,revocation,attest,,,,\r\n\
         OQS-OPS-06,SHOULD,2,backend,revocation,none,,,,\r\n"
    );
}

#[test]
fn the_table_counts_by_row_by_scenario_and_by_tier() {
    let text = written(&Table { language: Language::English }, &coverage());
    let lines: Vec<&str> = text.lines().collect();
    for line in [
        "OQS-CERT-07                                   MUST              2        1  asserted, with mutants",
        "  certificate/revoked                                           2           deviation",
        "tier 1: 2 = asserted, with mutants 1 + asserted 0 + by people 1 + not checked 0",
        "tier 2: 2 = asserted, with mutants 0 + asserted 1 + by people 0 + not checked 1",
    ] {
        assert!(lines.contains(&line), "{line:?} in\n{text}");
    }
    let without = Coverage { with_mutants: false, ..coverage() };
    let text = written(&Table { language: Language::English }, &without);
    assert!(text.contains("There are no mutants"));
}

#[test]
fn json_reads_back() {
    let text = written(&Json, &coverage());
    assert_eq!(serde_json::from_str::<Coverage>(&text).unwrap(), coverage());
}

#[test]
fn the_page_holds_every_row_and_nothing_hostile() {
    let mut hostile = coverage();
    hostile.rows[0].statement = Text2::new("<script>alert(1)</script>", "<img src=x>");
    let page = written(&Page, &hostile);
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(!page.contains("<img"));
    for row in &hostile.rows {
        assert!(page.contains(&format!("id=\"req-{}\"", row.id)), "{}", row.id);
    }
    assert_eq!(written(&Page, &hostile), page);
}
