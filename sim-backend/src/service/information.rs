//! Medical information: who may have it, and how far back it reaches.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::{
    consent::{Consent, MedicalKind},
    days::day_of,
    disclose::may_have_medical_view,
    identify::Search,
    qualify::by_numbers,
    records::{HealthCheck, Holder, Medicine, PersonState},
};
use crate::{messages::SimError as Refusal, service::qualify::Qualification};

/// The first day of drug information ever. Row OQS-INFO-01.
pub(super) const FIRST_DAY: Date = jiff::civil::date(2021, 9, 1);
/// How far back drug information reaches. Row OQS-INFO-01.
pub(super) const YEARS_BACK: i64 = 3;
/// The first day of health checks ever. Row OQS-INFO-01.
pub(super) const FIRST_HEALTH_CHECK: Date = jiff::civil::date(2020, 4, 1);
/// The first day of care information ever, operations included. Row OQS-INFO-01.
pub(super) const FIRST_CARE: Date = jiff::civil::date(2022, 6, 1);
/// How far back health checks reach. Row OQS-INFO-01.
pub(super) const YEARS_BACK_OF_HEALTH_CHECKS: i64 = 5;

/// A person who may be meant, and the consents given to the asking institution. Row OQS-CONS-09: to no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub state: PersonState,
    /// Consents to the institution that asks.
    pub consents: Vec<Consent>,
}

/// What is given: the holder and the medicines of the months asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drugs<'a> {
    /// Whose they are.
    pub holder: &'a Holder,
    /// Oldest first.
    pub medicines: Vec<&'a Medicine>,
}

/// First and last day asked; `None` leaves the end open.
pub type Days = (Option<Date>, Option<Date>);

/// The drug information that an institution may have now.
///
/// # Errors
/// [`Refusal::ConsentMissing`] unless exactly one person of these numbers has a living consent to drug information with
/// this institution. Rows OQS-CONS-01, -03, -09, OQS-CERT-14, OQS-QUAL-32, OQS-PRIV-10. Nobody, somebody without consent
/// and several look alike from outside.
pub fn drugs<'a>(
    search: &Search,
    candidates: &'a [Candidate],
    days: Days,
    now: Timestamp,
) -> Result<Drugs<'a>, Refusal> {
    let (state, holder) = opened(search, candidates, MedicalKind::Drugs, now)?;
    let shown =
        state.medicines.iter().filter(|medicine| is_within(medicine.dispensed, days, day_of(now)));
    Ok(Drugs { holder, medicines: shown.collect() })
}

/// The health checks that are given: the holder and the checks, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthChecks<'a> {
    /// Whose they are.
    pub holder: &'a Holder,
    /// Newest first.
    pub checks: Vec<&'a HealthCheck>,
}

/// The health checks that an institution may have now.
///
/// # Errors
/// As [`drugs`], by the consent to health checks.
pub fn health_checks<'a>(
    search: &Search,
    candidates: &'a [Candidate],
    now: Timestamp,
) -> Result<HealthChecks<'a>, Refusal> {
    let (state, holder) = opened(search, candidates, MedicalKind::HealthCheck, now)?;
    let today = day_of(now);
    let first = first_day(today, YEARS_BACK_OF_HEALTH_CHECKS, FIRST_HEALTH_CHECK);
    let shown = state.health_checks.iter().rev();
    let checks = shown.filter(|check| first <= check.made && check.made <= today).collect();
    Ok(HealthChecks { holder, checks })
}

/// The one person of these numbers whose consent to this kind lives.
fn opened<'a>(
    search: &Search,
    candidates: &'a [Candidate],
    kind: MedicalKind,
    now: Timestamp,
) -> Result<(&'a PersonState, &'a Holder), Refusal> {
    let mut open = candidates.iter().filter(|candidate| candidate.opens(search, kind, now));
    let (Some(one), None) = (open.next(), open.next()) else { return Err(Refusal::ConsentMissing) };
    let holder = one.state.holder.as_ref().ok_or(Refusal::ConsentMissing)?;
    Ok((&one.state, holder))
}

/// How far back a kind of information reaches today.
pub(super) fn first_day(today: Date, years: i64, ever: Date) -> Date {
    today.checked_sub(years.years()).unwrap_or(ever).max(ever)
}

impl Candidate {
    fn opens(&self, search: &Search, kind: MedicalKind, now: Timestamp) -> bool {
        let agreed = self.consents.iter().any(|consent| consent.kind == kind && consent.lives(now));
        agreed && may_have_medical_view(&self.state) && self.is_named_by(search, day_of(now))
    }

    fn is_named_by(&self, search: &Search, day: Date) -> bool {
        match by_numbers(search, std::slice::from_ref(&self.state), day) {
            Qualification::Valid(..)
            | Qualification::Invalid(..)
            | Qualification::Superseded(..) => true,
            Qualification::Nothing | Qualification::Several => false,
        }
    }
}

fn is_within(dispensed: Date, (first, last): Days, today: Date) -> bool {
    first_day(today, YEARS_BACK, FIRST_DAY) <= dispensed
        && first.is_none_or(|first| first <= dispensed)
        && last.is_none_or(|last| dispensed <= last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Digits;
    use crate::service::samples::{coverage, day, insurer, person, text};

    const ASKED: &str = "2026-04-01T03:00:00Z";

    fn medicine(dispensed: &str) -> Medicine {
        Medicine {
            dispensed: day(dispensed),
            prescribed: None,
            code: Digits::new("620000000").unwrap(),
            name: text("架空錠10mg"),
            ingredient: None,
            quantity: text("3"),
            unit: Some(text("錠")),
            usage: None,
            times: Some(14),
            prescriber: Digits::new("1319999999").ok(),
            prescriber_name: None,
        }
    }

    fn candidate(consents: &[(MedicalKind, &str)]) -> Candidate {
        let mut state = person("P-1", "1985-05-05", vec![coverage("99990013", "2024-04-01", None)]);
        state.medicines = ["2021-08-31", "2023-03-31", "2023-04-01", "2026-02-10", "2026-04-01"]
            .map(medicine)
            .into();
        let consents = consents
            .iter()
            .map(|(kind, at)| Consent::given_at(*kind, at.parse().unwrap()))
            .collect();
        Candidate { state, consents }
    }

    fn search() -> Search {
        Search {
            insurer_number: insurer("99990013"),
            symbol: Some(text("記号1")),
            number: text("0001234"),
            branch: None,
            birthdate: None,
        }
    }

    fn ask(candidates: &[Candidate], days: Days) -> Result<Vec<String>, Refusal> {
        let given = drugs(&search(), candidates, days, ASKED.parse().unwrap())?;
        Ok(given.medicines.iter().map(|medicine| medicine.dispensed.to_string()).collect())
    }

    #[test]
    fn only_a_living_consent_to_drugs_opens_them() {
        for (row, consents, open) in [
            ("OQS-CONS-01 none", vec![], false),
            (
                "OQS-CONS-02 another kind",
                vec![(MedicalKind::HealthCheck, "2026-04-01T02:00:00Z")],
                false,
            ),
            ("OQS-CONS-03 living", vec![(MedicalKind::Drugs, "2026-03-31T03:00:00Z")], true),
            ("OQS-CONS-03 expired", vec![(MedicalKind::Drugs, "2026-03-31T02:59:59Z")], false),
        ] {
            assert_eq!(ask(&[candidate(&consents)], (None, None)).is_ok(), open, "{row}");
        }
    }

    #[test]
    fn nobody_and_two_open_persons_are_refused_alike() {
        let one = candidate(&[(MedicalKind::Drugs, "2026-04-01T02:00:00Z")]);
        assert_eq!(ask(&[], (None, None)), Err(Refusal::ConsentMissing));
        assert_eq!(ask(&[one.clone(), one.clone()], (None, None)), Err(Refusal::ConsentMissing));
        assert!(ask(&[one, candidate(&[])], (None, None)).is_ok());
    }

    #[test] // row OQS-INFO-01
    fn health_checks_have_a_consent_of_their_own_and_reach_back_five_years() {
        let check = |made: &str| HealthCheck { made: day(made), items: Vec::new() };
        let ask = |kind, now: &str| {
            let mut candidate = candidate(&[(kind, now)]);
            candidate.state.health_checks =
                ["2020-03-31", "2020-04-01", "2021-03-31", "2021-04-01", "2026-04-02"]
                    .map(check)
                    .into();
            let candidates = [candidate];
            let given = health_checks(&search(), &candidates, now.parse().unwrap())?;
            Ok(given.checks.iter().map(|check| check.made.to_string()).collect::<Vec<_>>())
        };
        let noon = "2026-04-01T03:00:00Z";
        assert_eq!(ask(MedicalKind::Drugs, noon), Err(Refusal::ConsentMissing));
        assert_eq!(ask(MedicalKind::HealthCheck, noon).unwrap(), ["2021-04-01"]);
        let early = ask(MedicalKind::HealthCheck, "2024-06-01T03:00:00Z").unwrap();
        assert_eq!(early, ["2021-04-01", "2021-03-31", "2020-04-01"], "the service begins in 2020");
    }

    #[test] // row OQS-INFO-01, row OQS-INFO-06: today is visible today
    fn three_years_back_are_given_and_today() {
        let open = [candidate(&[(MedicalKind::Drugs, "2026-04-01T02:00:00Z")])];
        assert_eq!(ask(&open, (None, None)).unwrap(), ["2023-04-01", "2026-02-10", "2026-04-01"]);
        let months = (Some(day("2026-02-01")), Some(day("2026-03-31")));
        assert_eq!(ask(&open, months).unwrap(), ["2026-02-10"]);
    }
}
