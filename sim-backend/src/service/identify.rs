//! From numbers to persons: nobody, one, or several.

use jiff::civil::Date;

use super::records::{Coverage, PersonState};
use crate::messages::{BranchNumber, InsurerNumber, record::CardText};

/// What a number query searches by. Row OQS-QUAL-01.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// `InsurerNumber` without pad.
    pub insurer_number: InsurerNumber,
    /// `InsuredCardSymbol`; absent for late-elderly care.
    pub symbol: Option<CardText>,
    /// `InsuredIdentificationNumber`.
    pub number: CardText,
    /// `InsuredBranchNumber`; without it several persons can match.
    pub branch: Option<BranchNumber>,
    /// `Birthdate`; a drug information request has none.
    pub birthdate: Option<Date>,
}

/// Whom the numbers point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identified<'a> {
    /// Nobody.
    Nobody,
    /// Exactly one person.
    One(&'a PersonState),
    /// Two or more; who, is not told.
    Several,
}

impl Search {
    /// Whether these are the numbers of the coverage. Exact, lead zeros and widths included. Rows OQS-QUAL-13, OQS-QUAL-23.
    #[must_use]
    pub fn names(&self, coverage: &Coverage) -> bool {
        self.insurer_number == coverage.insurer_number
            && self.symbol == coverage.details.symbol
            && self.number == coverage.details.number
            && self
                .branch
                .as_ref()
                .is_none_or(|branch| Some(branch) == coverage.details.branch.as_ref())
    }

    /// A coverage that has not begun by the day names nobody yet. The flag 自己情報提供不可 closes the card and not the
    /// numbers (row OQS-REG-10).
    fn finds(&self, state: &PersonState, day: Date) -> bool {
        let begun = |coverage: &&Coverage| coverage.details.gained <= day;
        self.fits_birthdate(state)
            && state.coverages.iter().filter(begun).any(|coverage| self.names(coverage))
    }

    /// Row OQS-QUAL-14: a wrong birth date is no match.
    fn fits_birthdate(&self, state: &PersonState) -> bool {
        let Some(holder) = &state.holder else { return false };
        self.birthdate.is_none_or(|birthdate| birthdate == holder.birthdate)
    }
}

impl<'a> Identified<'a> {
    /// Of who was found.
    #[must_use]
    pub fn of(mut found: impl Iterator<Item = &'a PersonState>) -> Self {
        match (found.next(), found.next()) {
            (None, _) => Self::Nobody,
            (Some(one), None) => Self::One(one),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

/// Whom the search finds among the candidates on a day. Rows OQS-QUAL-11, -12, -13, -14.
#[must_use]
pub fn identify<'a>(search: &Search, candidates: &'a [PersonState], day: Date) -> Identified<'a> {
    Identified::of(candidates.iter().filter(|state| search.finds(state, day)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::records::PersonCode;
    use crate::service::samples::{coverage, day, insurer, person, text};

    fn search(symbol: &str, number: &str, branch: Option<&str>, birthdate: &str) -> Search {
        Search {
            insurer_number: insurer("99990013"),
            symbol: Some(text(symbol)),
            number: text(number),
            branch: branch.map(|branch| BranchNumber::new(branch).unwrap()),
            birthdate: birthdate.parse().ok(),
        }
    }

    #[test]
    fn numbers_point_at_nobody_one_or_several() {
        let mut elder = person("P-1", "2018-05-05", vec![coverage("99990013", "2024-04-01", None)]);
        let mut twin = elder.clone();
        twin.person = PersonCode::new("P-2").unwrap();
        elder.coverages[0].details.branch = BranchNumber::new("02").ok();
        twin.coverages[0].details.branch = BranchNumber::new("03").ok();
        let people = [elder, twin];
        for (row, query, expected) in [
            ("OQS-QUAL-12", search("記号1", "0001234", None, "2018-05-05"), "several"),
            ("OQS-QUAL-24", search("記号1", "0001234", Some("02"), "2018-05-05"), "P-1"),
            ("OQS-QUAL-24", search("記号1", "0001234", Some("03"), "2018-05-05"), "P-2"),
            ("OQS-QUAL-11", search("記号1", "0001234", Some("04"), "2018-05-05"), "nobody"),
            ("OQS-QUAL-14", search("記号1", "0001234", Some("02"), "2018-05-06"), "nobody"),
            ("OQS-QUAL-23", search("記号1", "1234", Some("02"), "2018-05-05"), "nobody"),
            ("OQS-QUAL-23", search("記号１", "0001234", Some("02"), "2018-05-05"), "nobody"),
        ] {
            let found = match identify(&query, &people, day("2026-04-01")) {
                Identified::Nobody => "nobody",
                Identified::One(state) => state.person.as_str(),
                Identified::Several => "several",
            };
            assert_eq!(found, expected, "{row} {query:?}");
        }
    }

    #[test] // row OQS-REG-10: the card gives no insurance data; of numbers the row says nothing
    fn numbers_find_a_person_who_refuses_self_information() {
        let mut barred =
            person("P-2", "2018-05-05", vec![coverage("99990013", "2024-04-01", None)]);
        barred.holder.as_mut().unwrap().self_information_refused = true;
        let asked = search("記号1", "0001234", None, "2018-05-05");
        let people = [barred];
        assert_eq!(identify(&asked, &people, day("2026-04-01")), Identified::One(&people[0]));
    }

    #[test] // row OQS-QUAL-34: the branch printed on the certificate of an elderly recipient may be the insured's
    fn an_elderly_dependant_is_found_by_the_own_branch() {
        let member = |code: &str, branch: &str, born: &str| {
            let mut member = person(code, born, vec![coverage("99990013", "2024-04-01", None)]);
            member.coverages[0].details.branch = BranchNumber::new(branch).ok();
            member
        };
        let people = [member("P-1", "00", "1955-05-05"), member("P-2", "01", "1954-03-03")];
        for (branch, born, expected) in [
            (Some("00"), "1954-03-03", Identified::Nobody),
            (Some("01"), "1954-03-03", Identified::One(&people[1])),
            (None, "1954-03-03", Identified::One(&people[1])),
        ] {
            let asked = search("記号1", "0001234", branch, born);
            assert_eq!(identify(&asked, &people, day("2026-04-01")), expected, "{branch:?} {born}");
        }
    }

    #[test] // row OQS-QUAL-13
    fn a_unique_match_needs_no_branch() {
        let people = [person("P-1", "2018-05-05", vec![coverage("99990013", "2024-04-01", None)])];
        let found =
            identify(&search("記号1", "0001234", None, "2018-05-05"), &people, day("2026-04-01"));
        assert_eq!(found, Identified::One(&people[0]));
    }

    #[test]
    fn a_coverage_to_come_names_nobody_yet() {
        let now = person("P-1", "2018-05-05", vec![coverage("99990013", "2024-04-01", None)]);
        let later = person("P-2", "2018-05-05", vec![coverage("99990013", "2026-04-02", None)]);
        let people = [now, later];
        let query = search("記号1", "0001234", None, "2018-05-05");
        assert_eq!(identify(&query, &people, day("2026-04-01")), Identified::One(&people[0]));
        assert_eq!(identify(&query, &people, day("2026-04-02")), Identified::Several);
    }

    #[test]
    fn a_person_whom_no_insurer_described_is_not_found() {
        let mut unnamed =
            person("P-1", "2018-05-05", vec![coverage("99990013", "2024-04-01", None)]);
        unnamed.holder = None;
        assert_eq!(
            identify(
                &search("記号1", "0001234", None, "2018-05-05"),
                &[unnamed],
                day("2026-04-01")
            ),
            Identified::Nobody
        );
    }
}
