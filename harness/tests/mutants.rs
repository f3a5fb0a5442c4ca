//! The hunt for mutants: a fixed sample falls by the right ids, a defect that does nothing survives, and lawful variants pass.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use harness::catalogue::Catalogue;
use harness::mutants::{Fate, Found, Hunt, Mutant, Plant, Reach, Score, Variant};
use harness::seed::Seed;
use harness::world::Workshop;

/// One of each kind of plant, each with a MUST, and the id it must fall by.
const SAMPLE: [(&str, &str); 12] = [
    ("revoked-accepted", "OQS-CERT-06"),
    ("linked-to-another", "OQS-PRIV-09"),
    ("foreign-authority-trusted", "OQS-CERT-05"),
    ("backend-nine-hours-ahead", "OQS-CERT-11"),
    ("consent-endless", "OQS-CONS-03"),
    ("every-face-matches", "OQS-FACE-04"),
    ("pin-tries-refilled", "OQS-PIN-02"),
    ("newest-file", "OQS-MSG-19"),
    ("result-twice", "OQS-MSG-02"),
    ("lead-zeros-lost", "OQS-QUAL-23"),
    ("moving-revokes", "OQS-CERT-10"),
    ("pad-lost", "OQS-CLM-08"),
];

fn catalogue() -> &'static Catalogue {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Catalogue::embedded().unwrap()
}

fn hunt(reach: Reach) -> Hunt {
    let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
    Hunt::new(catalogue(), workshop, reach)
}

fn mutant(id: &str) -> &'static Mutant {
    catalogue().mutants.iter().find(|mutant| mutant.id == id).unwrap_or_else(|| panic!("{id}"))
}

fn hunted<'m>(mutants: &[&'m Mutant]) -> Vec<Found<'m>> {
    hunt(Reach::UntilRed).mutants(mutants, &|_| {}).unwrap()
}

#[test]
fn a_sample_of_every_kind_falls_by_the_right_requirement() {
    let sample: Vec<&Mutant> = SAMPLE.iter().map(|(id, _)| mutant(id)).collect();
    let found = hunted(&sample);
    for (found, (id, requirement)) in found.iter().zip(SAMPLE) {
        assert_eq!(found.fate, Fate::Killed, "{id}");
        assert!(
            found.kills.iter().any(|kill| kill.requirement == requirement),
            "{id}: {:?}",
            found.kills
        );
    }
    assert!(Score::of(catalogue(), &found).holds());
}

#[test]
fn a_defect_that_does_nothing_is_reported_as_a_survivor() {
    let real = mutant("revoked-accepted");
    let dud = Mutant { plant: Plant::Nothing, ..real.clone() };
    let found = hunted(&[&dud]);
    assert_eq!(found[0].fate, Fate::Survived);
    assert!(found[0].met > 1, "it met the scenarios of its requirements");
    assert!(!Score::of(catalogue(), &found).holds());
}

#[test]
fn a_failure_under_another_requirement_is_no_kill() {
    // In the same scenarios the assertion of OQS-FACE-04 fails; that of OQS-FACE-06 holds, for no PIN is touched.
    let mislabelled = Mutant {
        requirements: vec!["OQS-FACE-06".to_owned()],
        ..mutant("every-face-matches").clone()
    };
    let found = hunted(&[&mislabelled]);
    assert_eq!(found[0].fate, Fate::Survived, "{:?}", found[0].kills);
    assert!(found[0].met > 1);
}

#[test]
fn an_equivalent_mutant_is_not_run_and_does_not_count() {
    let why = Some("the two cannot be told apart".to_owned());
    let equivalent = Mutant { equivalent: why, ..mutant("revoked-accepted").clone() };
    let found = hunted(&[&equivalent]);
    assert_eq!((found[0].met, Score::of(catalogue(), &found).total.mutants), (0, 0));
}

#[test]
fn a_lawful_variant_passes_and_a_defect_among_the_variants_does_not() {
    let lawful = catalogue().variants.iter().find(|one| one.id == "other-order-of-consents");
    let lawful = lawful.unwrap();
    let defect = mutant("limit-without-consent");
    let unlawful = Variant { plant: defect.plant.clone(), ..lawful.clone() };
    let tried = hunt(Reach::UntilRed).variants(&[lawful, &unlawful], &|_| {}).unwrap();
    assert_eq!(tried[0].failed, []);
    assert!(!tried[1].failed.is_empty());
}

#[test]
fn every_mutant_names_requirements_that_exist_and_has_an_id_of_its_own() {
    let catalogue = catalogue();
    assert!(catalogue.mutants.len() >= 120, "{}", catalogue.mutants.len());
    assert!(catalogue.variants.len() >= 20, "{}", catalogue.variants.len());
    let ids: BTreeSet<&str> = catalogue.mutants.iter().map(|mutant| mutant.id.as_str()).collect();
    assert_eq!(ids.len(), catalogue.mutants.len());
    for mutant in &catalogue.mutants {
        assert!(!mutant.requirements.is_empty(), "{}", mutant.id);
        for id in &mutant.requirements {
            assert!(
                catalogue.requirements.contains_key(id),
                "{} names the unknown {id}",
                mutant.id
            );
        }
        assert!(mutant.defect.contains(" | "), "{} has one language", mutant.id);
    }
    for variant in &catalogue.variants {
        assert!(variant.variation.contains(" | "), "{} has one language", variant.id);
        assert!(variant.requirements.iter().all(|id| catalogue.requirements.contains_key(id)));
    }
}
