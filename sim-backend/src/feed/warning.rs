//! What the insurers of a person should look into, though every record stands. Rows OQS-QUAL-25, OQS-INS-07, OQS-INS-10, OQS-LIM-05.

use std::collections::BTreeSet;

use crate::{
    messages::InsurerNumber,
    service::{
        qualify::{Standing, overlaps},
        records::{Coverage, PersonState},
        shares::fits_age,
    },
};

/// One thing to look into. Never repeats who the person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Whom it concerns.
    pub insurers: BTreeSet<InsurerNumber>,
    /// What it is.
    pub text: String,
}

/// Everything to look into about a person. It follows from what is known, so neither order nor repetition of deliveries matters.
#[must_use]
pub fn warnings(state: &PersonState) -> Vec<Warning> {
    let mut found: Vec<_> = overlap(state).into_iter().chain(mismatch(state)).collect();
    found.extend(state.coverages.iter().filter_map(|coverage| misfit(state, coverage)));
    found
}

/// Rows OQS-QUAL-25, OQS-INS-10: two qualifications at once stand, and the insurers of both are told.
fn overlap(state: &PersonState) -> Option<Warning> {
    let later: Vec<_> = overlaps(state).collect();
    let starts: Vec<_> = later.iter().map(|one| one.details.gained).collect();
    let numbers: Vec<_> = later.iter().map(|one| one.insurer_number.to_string()).collect();
    let running = |coverage: &&Coverage| {
        starts.iter().any(|start| coverage.standing(*start) == Standing::Active)
    };
    let concerned = state.coverages.iter().filter(running);
    (!later.is_empty()).then(|| Warning {
        insurers: concerned.map(|coverage| coverage.insurer_number.clone()).collect(),
        text: format!(
            "the person has another qualification when that of {} begins",
            numbers.join(", ")
        ),
    })
}

/// Row OQS-INS-07.
fn mismatch(state: &PersonState) -> Option<Warning> {
    let items: Vec<_> = state.register_mismatch.iter().map(|item| item.word()).collect();
    (!items.is_empty()).then(|| Warning {
        insurers: state.coverages.iter().map(|one| one.insurer_number.clone()).collect(),
        text: format!(
            "the resident register has another {}: medical information stays hidden until the person record is corrected or confirmed",
            items.join(", ")
        ),
    })
}

/// Row OQS-LIM-05.
fn misfit(state: &PersonState, coverage: &Coverage) -> Option<Warning> {
    let holder = state.holder.as_ref()?;
    let misfit =
        coverage.certificates.limits.iter().find(|limit| !fits_age(limit, coverage, holder))?;
    Some(Warning {
        insurers: BTreeSet::from([coverage.insurer_number.clone()]),
        text: format!(
            "the limit class {} does not fit the age from the first to the last day of the certificate",
            misfit.flag.code()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        messages::codes::LimitCertificateFlag,
        service::{
            register::RegisterItem,
            samples::{coverage, insurer, limit, person},
        },
    };

    const A: &str = "99990013";
    const B: &str = "99990021";
    const C: &str = "99990039";

    fn concerned(state: &PersonState) -> Vec<Vec<String>> {
        let numbers = |warning: Warning| warning.insurers.iter().map(ToString::to_string).collect();
        warnings(state).into_iter().map(numbers).collect()
    }

    #[test] // row OQS-QUAL-25: the overlap is told to the insurers of both, and to nobody else
    fn an_overlap_concerns_both_insurers() {
        let past = coverage(C, "2020-04-01", Some("2024-04-01"));
        let (old, new) = (coverage(A, "2024-04-01", None), coverage(B, "2026-01-01", None));
        let state = person("P-1", "1985-05-05", vec![past.clone(), old, new.clone()]);
        assert_eq!(concerned(&state), [[A, B]]);
        let ended = coverage(A, "2024-04-01", Some("2026-01-01"));
        assert!(warnings(&person("P-1", "1985-05-05", vec![past, ended, new])).is_empty());
    }

    #[test] // row OQS-LIM-05
    fn a_class_that_does_not_fit_the_age_is_told_to_its_insurer() {
        let mut one = coverage(A, "2024-04-01", None);
        one.certificates.limits =
            vec![limit(LimitCertificateFlag::B03, "2025-08-01", "2026-07-31")];
        let young = person("P-1", "1985-05-05", vec![one.clone()]);
        assert_eq!(concerned(&young), [[A]]);
        assert!(warnings(&person("P-1", "1954-05-05", vec![one])).is_empty());
    }

    #[test] // row OQS-INS-07
    fn a_mismatch_names_the_items_and_no_value() {
        let mut state = person("P-1", "1985-05-05", vec![coverage(A, "2024-04-01", None)]);
        state.register_mismatch = vec![RegisterItem::Name, RegisterItem::Address];
        let warning = warnings(&state).remove(0);
        assert_eq!(warning.insurers, BTreeSet::from([insurer(A)]));
        assert!(warning.text.contains("another name, address"), "{}", warning.text);
        assert!(!warning.text.contains("花子"));
    }
}
