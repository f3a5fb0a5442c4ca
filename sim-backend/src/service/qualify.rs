//! Is this person insured on this day, and with whom?

use std::cmp::Reverse;

use jiff::civil::Date;
use serde::Serialize;

use super::{
    identify::{Identified, Search, identify},
    records::{Coverage, PersonState},
};
use crate::messages::codes::InsuredCardClassification as CardClass;

/// Where a day lies with respect to a coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Before the gain.
    NotYet,
    /// Covered.
    Active,
    /// On or after the loss, or after the end of a short-term certificate.
    Ended,
}

/// The answer to a query. `QualificationValidity` is the digit in the doc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qualification<'a> {
    /// 1: valid.
    Valid(&'a PersonState, &'a Coverage),
    /// 2: invalid, nothing newer.
    Invalid(&'a PersonState, &'a Coverage),
    /// 3: invalid, but a newer one exists. By numbers only.
    Superseded(&'a PersonState, &'a Coverage),
    /// 4: no qualification.
    Nothing,
    /// 5: several persons; by numbers only.
    Several,
    /// 6: medical aid that is valid, but nobody is entrusted on the day. Row OQS-AID-03.
    Unregistered(&'a PersonState, &'a Coverage),
}

impl<'a> Qualification<'a> {
    /// The one person the answer is about.
    #[must_use]
    pub fn person(&self) -> Option<&'a PersonState> {
        match *self {
            Self::Valid(state, _)
            | Self::Invalid(state, _)
            | Self::Superseded(state, _)
            | Self::Unregistered(state, _) => Some(state),
            Self::Nothing | Self::Several => None,
        }
    }
}

impl Coverage {
    /// The gain day is covered, the loss day is not. Rows OQS-QUAL-15, -16, -22.
    #[must_use]
    pub fn standing(&self, day: Date) -> Standing {
        if day < self.details.gained {
            Standing::NotYet
        } else if self.is_lost(day) || self.is_expired(day) {
            Standing::Ended
        } else {
            Standing::Active
        }
    }

    fn is_lost(&self, day: Date) -> bool {
        self.lost.is_some_and(|loss| loss.on <= day)
    }

    /// Row OQS-QUAL-22: only a short-term certificate ends a qualification; its last day is covered.
    fn is_expired(&self, day: Date) -> bool {
        is_short_term(self.details.card_class)
            && self.details.expires.is_some_and(|last| last < day)
    }
}

/// Row OQS-QUAL-22.
fn is_short_term(class: CardClass) -> bool {
    match class {
        CardClass::ShortTermGeneral | CardClass::ShortTermRetired => true,
        CardClass::General
        | CardClass::Retired
        | CardClass::SpecialMedicalExpense
        | CardClass::SpecialRetired
        | CardClass::SelfDefenseForces
        | CardClass::MedicalAid => false,
    }
}

/// The qualification of a person whom the card identified. Rows OQS-QUAL-06, -08, -09, -11, -18, -25, OQS-INS-06.
///
/// An answer by card is never [`Qualification::Superseded`]: the newer one is given.
#[must_use]
pub fn by_card(state: &PersonState, day: Date) -> Qualification<'_> {
    if state.holder.is_none() {
        return Qualification::Nothing;
    }
    if let Some(active) = active(state, day) {
        return holding(state, active, day);
    }
    newest(state, day, Standing::Ended)
        .map_or(Qualification::Nothing, |old| Qualification::Invalid(state, old))
}

/// The qualification that the numbers name. Rows OQS-QUAL-08 to -14.
#[must_use]
pub fn by_numbers<'a>(
    search: &Search,
    candidates: &'a [PersonState],
    day: Date,
) -> Qualification<'a> {
    match identify(search, candidates, day) {
        Identified::Nobody => Qualification::Nothing,
        Identified::Several => Qualification::Several,
        Identified::One(state) => named(search, state, day),
    }
}

/// Numbers may come back after a gap, so they can name more than one coverage of the person.
fn named<'a>(search: &Search, state: &'a PersonState, day: Date) -> Qualification<'a> {
    let asked = |wanted| {
        newest_of(state.coverages.iter().filter(|coverage| search.names(coverage)), day, wanted)
    };
    if let Some(active) = asked(Standing::Active) {
        return holding(state, active, day);
    }
    let Some(old) = asked(Standing::Ended) else { return Qualification::Nothing };
    match active(state, day) {
        Some(newer) if newer.details.gained > old.details.gained => {
            Qualification::Superseded(state, old)
        }
        Some(_) | None => Qualification::Invalid(state, old),
    }
}

/// Valid, or medical aid of which nobody is entrusted yet.
pub(crate) fn holding<'a>(
    state: &'a PersonState,
    active: &'a Coverage,
    day: Date,
) -> Qualification<'a> {
    if active.is_medical_aid() && !active.is_entrusted(day) {
        return Qualification::Unregistered(state, active);
    }
    Qualification::Valid(state, active)
}

/// The insurance of the day, or the medical aid of somebody who has none: what an insurance pays, medical aid does not.
fn active(state: &PersonState, day: Date) -> Option<&Coverage> {
    let insurances = state.coverages.iter().filter(|coverage| !coverage.is_medical_aid());
    newest_of(insurances, day, Standing::Active).or_else(|| newest(state, day, Standing::Active))
}

fn newest(state: &PersonState, day: Date, wanted: Standing) -> Option<&Coverage> {
    newest_of(state.coverages.iter(), day, wanted)
}

/// The newest start wins; with the same start the smaller insurer number, so that order of arrival never decides.
/// Row OQS-QUAL-25.
fn newest_of<'a>(
    coverages: impl Iterator<Item = &'a Coverage>,
    day: Date,
    wanted: Standing,
) -> Option<&'a Coverage> {
    coverages.filter(|coverage| coverage.standing(day) == wanted).max_by_key(|coverage| {
        (
            coverage.details.gained,
            Reverse(&coverage.insurer_number),
            Reverse(&coverage.details.number),
        )
    })
}

/// The later starts among qualifications that run at the same time: a warning for the insurers. Rows OQS-QUAL-25, OQS-INS-10.
/// Medical aid beside an insurance is none of these.
pub fn overlaps(state: &PersonState) -> impl Iterator<Item = &Coverage> {
    let starts_within = |later: &Coverage, earlier: &Coverage| {
        earlier.details.gained < later.details.gained
            && earlier.is_medical_aid() == later.is_medical_aid()
            && earlier.standing(later.details.gained) == Standing::Active
    };
    state
        .coverages
        .iter()
        .filter(move |later| state.coverages.iter().any(|earlier| starts_within(later, earlier)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::{self, aid, coverage, day, person, text, ticket};

    const A: &str = "99990013";
    const B: &str = "99990021";

    fn words(answer: Qualification<'_>) -> String {
        match answer {
            Qualification::Valid(_, record) => format!("1 {}", record.insurer_number),
            Qualification::Invalid(_, record) => format!("2 {}", record.insurer_number),
            Qualification::Superseded(_, record) => format!("3 {}", record.insurer_number),
            Qualification::Nothing => "4".into(),
            Qualification::Several => "5".into(),
            Qualification::Unregistered(_, record) => format!("6 {}", record.insurer_number),
        }
    }

    fn numbers_of(insurer: &str) -> Search {
        Search {
            insurer_number: samples::insurer(insurer),
            symbol: Some(text("記号1")),
            number: text("0001234"),
            branch: None,
            birthdate: Some(day("1985-05-05")),
        }
    }

    #[test] // the table of qualification answers: data at the backend, by card, by the numbers of A
    fn what_is_known_decides_the_answer() {
        let a = |lost| coverage(A, "2024-04-01", lost);
        let b = |from| coverage(B, from, None);
        for (row, coverages, on, card, numbers) in [
            ("one active", vec![a(None)], "2026-04-01", "1 99990013", "1 99990013"),
            (
                "old lost, new active",
                vec![a(Some("2026-01-01")), b("2026-01-01")],
                "2026-04-01",
                "1 99990021",
                "3 99990013",
            ),
            (
                "old lost, nothing new",
                vec![a(Some("2026-01-01"))],
                "2026-04-01",
                "2 99990013",
                "2 99990013",
            ),
            ("nothing", vec![], "2026-04-01", "4", "4"),
            (
                "two active",
                vec![a(None), b("2025-10-01")],
                "2026-04-01",
                "1 99990021",
                "1 99990013",
            ),
            (
                "OQS-QUAL-15 day before the loss",
                vec![a(Some("2026-01-01"))],
                "2025-12-31",
                "1 99990013",
                "1 99990013",
            ),
            (
                "OQS-QUAL-16 day of the loss",
                vec![a(Some("2026-01-01"))],
                "2026-01-01",
                "2 99990013",
                "2 99990013",
            ),
            (
                "OQS-QUAL-16 day of the gain",
                vec![a(None)],
                "2024-04-01",
                "1 99990013",
                "1 99990013",
            ),
            ("OQS-QUAL-16 day before the gain", vec![a(None)], "2024-03-31", "4", "4"),
            (
                "OQS-QUAL-18 change on the day",
                vec![a(Some("2026-04-01")), b("2026-04-01")],
                "2026-04-01",
                "1 99990021",
                "3 99990013",
            ),
            (
                "OQS-INS-06 gap before the feed",
                vec![a(Some("2026-03-01")), b("2026-04-02")],
                "2026-04-01",
                "2 99990013",
                "2 99990013",
            ),
        ] {
            let state = person("P-1", "1985-05-05", coverages);
            assert_eq!(words(by_card(&state, day(on))), card, "{row}, by card");
            let candidates = [state];
            assert_eq!(
                words(by_numbers(&numbers_of(A), &candidates, day(on))),
                numbers,
                "{row}, by numbers"
            );
        }
    }

    #[test] // rows OQS-AID-01, OQS-AID-03, and the table of qualification answers
    fn medical_aid_answers_by_the_tickets_of_the_day() {
        let ticketed = || aid("2026-04-01", vec![ticket("1319999999")]);
        let bare = || aid("2026-04-01", vec![]);
        let insured = |lost| coverage(A, "2024-04-01", lost);
        for (row, coverages, on, card, numbers) in [
            ("entrusted", vec![ticketed()], "2026-04-01", "1 12990001", "1 12990001"),
            ("month not registered", vec![bare()], "2026-04-01", "6 12990001", "6 12990001"),
            ("next month", vec![ticketed()], "2026-05-01", "6 12990001", "6 12990001"),
            ("before the aid", vec![ticketed()], "2026-03-31", "4", "4"),
            (
                "insurance lost, aid begun",
                vec![insured(Some("2026-04-01")), bare()],
                "2026-04-01",
                "6 12990001",
                "6 12990001",
            ),
            (
                "insurance beside aid",
                vec![insured(None), ticketed()],
                "2026-04-01",
                "1 99990013",
                "1 12990001",
            ),
        ] {
            let state = person("P-1", "1985-05-05", coverages);
            assert_eq!(words(by_card(&state, day(on))), card, "{row}, by card");
            let search = Search {
                insurer_number: samples::insurer("12990001"),
                symbol: None,
                number: text("9999999"),
                branch: None,
                birthdate: Some(day("1985-05-05")),
            };
            let candidates = [state];
            let found = words(by_numbers(&search, &candidates, day(on)));
            assert_eq!(found, numbers, "{row}, by numbers");
        }
        let lost = person("P-1", "1985-05-05", vec![insured(Some("2026-04-01")), bare()]);
        let found = words(by_numbers(&numbers_of(A), &[lost], day("2026-04-01")));
        assert_eq!(found, "3 99990013", "the numbers of the insurance before");
        let both = person("P-1", "1985-05-05", vec![insured(None), ticketed()]);
        assert_eq!(overlaps(&both).count(), 0);
    }

    #[test] // row OQS-QUAL-22
    fn a_short_term_certificate_ends_a_qualification_and_a_normal_one_does_not() {
        for (class, on, expected) in [
            (CardClass::ShortTermGeneral, "2026-03-31", "1 99990013"),
            (CardClass::ShortTermGeneral, "2026-04-01", "2 99990013"),
            (CardClass::ShortTermRetired, "2026-04-01", "2 99990013"),
            (CardClass::General, "2026-04-01", "1 99990013"),
        ] {
            let mut only = coverage(A, "2025-10-01", None);
            only.details.card_class = class;
            only.details.expires = Some(day("2026-03-31"));
            let state = person("P-1", "1985-05-05", vec![only]);
            assert_eq!(words(by_card(&state, day(on))), expected, "{class:?} on {on}");
        }
    }

    #[test] // row OQS-QUAL-12
    fn several_persons_give_no_record() {
        let one = person("P-1", "1985-05-05", vec![coverage(A, "2024-04-01", None)]);
        let two = person("P-2", "1985-05-05", vec![coverage(A, "2024-04-01", None)]);
        assert_eq!(words(by_numbers(&numbers_of(A), &[one, two], day("2026-04-01"))), "5");
    }

    #[test]
    fn numbers_that_come_back_after_a_gap_name_the_coverage_of_the_day() {
        let first = coverage(A, "2020-04-01", Some("2022-04-01"));
        let again = coverage(A, "2024-04-01", None);
        let state = [person("P-1", "1985-05-05", vec![first, again])];
        for (on, expected) in [
            ("2021-04-01", "1 99990013"),
            ("2023-04-01", "2 99990013"),
            ("2025-04-01", "1 99990013"),
        ] {
            assert_eq!(words(by_numbers(&numbers_of(A), &state, day(on))), expected, "{on}");
        }
    }

    #[test] // row OQS-QUAL-25
    fn overlapping_qualifications_are_named_and_neighbours_are_not() {
        let named = |coverages| {
            let state = person("P-1", "1985-05-05", coverages);
            overlaps(&state).map(|later| later.insurer_number.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            named(vec![coverage(A, "2024-04-01", None), coverage(B, "2026-01-01", None)]),
            [B]
        );
        assert!(
            named(vec![
                coverage(A, "2024-04-01", Some("2026-01-01")),
                coverage(B, "2026-01-01", None)
            ])
            .is_empty()
        );
    }
}
