//! Same seed, same bytes: in any order of scenarios, evidence included. Wall-clock fields stand in one object of their own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use harness::catalogue::{Case, Catalogue};
use harness::runner;
use harness::seed::Seed;
use harness::world::Workshop;
use reports::evidence::write_lines;
use reports::model::CaseResult;

/// Result and evidence of each case, as written.
fn run(cases: &[&'static Case], seed: u64) -> BTreeMap<String, (String, Vec<u8>)> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let workshop = Arc::new(Workshop::new(Seed(seed), None).unwrap());
    let results = runner::run(
        cases,
        &workshop,
        &(Arc::new(|_: &str| {}) as runner::Progress),
        &runner::Stop::default(),
    )
    .unwrap();
    results.into_iter().map(written).collect()
}

fn written(case: CaseResult) -> (String, (String, Vec<u8>)) {
    let mut evidence = Vec::new();
    write_lines(&case.evidence, &mut evidence).unwrap();
    (case.id.clone(), (serde_json::to_string_pretty(&case).unwrap(), evidence))
}

fn areas(wanted: &[&str]) -> Vec<&'static Case> {
    let catalogue = Catalogue::embedded().unwrap();
    catalogue.cases.iter().filter(|case| wanted.contains(&case.area.as_str())).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_any_order() {
    let cases = areas(&["story", "certificate", "inbox", "query"]);
    let shuffled: Vec<_> = cases.iter().rev().copied().collect();
    let (first, second) = (run(&cases, 7), run(&shuffled, 7));
    assert_eq!(first.len(), cases.len());
    for (id, (result, evidence)) in &first {
        let (other_result, other_evidence) = &second[id];
        assert!(
            !evidence.is_empty() || result.contains("\"judgements\": []"),
            "{id} left no evidence"
        );
        assert_eq!(result, other_result, "{id}");
        assert_eq!(
            String::from_utf8_lossy(evidence),
            String::from_utf8_lossy(other_evidence),
            "{id}"
        );
    }
}

#[test]
fn another_seed_gives_other_challenges() {
    let cases = areas(&["story"]);
    let (first, second) = (run(&cases, 1), run(&cases, 2));
    assert_ne!(first["story/eight-steps"].1, second["story/eight-steps"].1);
}

#[test]
fn neither_ports_nor_addresses_stand_in_the_record() {
    for (id, (result, evidence)) in run(&areas(&["story"]), 1) {
        let all = format!("{result}{}", String::from_utf8_lossy(&evidence));
        assert!(!all.contains("127.0.0.1"), "{id}");
        assert!(!all.contains("/tmp"), "{id}");
    }
}
