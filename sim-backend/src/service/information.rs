//! Medical information: who may have it, and how far back it reaches.

use jiff::{Timestamp, civil::Date};

use super::{
    consent::{Consent, MedicalKind},
    days::day_of,
    emergency_care,
    functions::{earliest, is_given},
    identify::Search,
    medical::{has_medical_history, may_have_medical_view},
    qualify::by_numbers,
    records::{HealthCheck, Holder, Medicine, PersonState},
};
use crate::{messages::SimError as Refusal, service::qualify::Qualification};

/// A person who may be meant, the consents given to the asking institution, and the last use of the card in emergency care
/// there. Row OQS-CONS-09: to no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub state: PersonState,
    /// Consents to the institution that asks.
    pub consents: Vec<Consent>,
    /// When the card was used in emergency care at that institution. Row OQS-DIS-06.
    pub emergency_use: Option<Timestamp>,
}

/// On what ground medical information is asked for. One ground never stands in for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The patient agreed at the reader. Row OQS-CONS-01.
    Consent,
    /// Emergency care on the institution's own authority, and the card was used so. Row OQS-DIS-06.
    EmergencyCare,
    /// Disaster mode is open at the institution: no consent is needed. Row OQS-DIS-03.
    Disaster,
}

/// An asking institution's ground, at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Why it may ask.
    pub ground: Ground,
    /// When it asks.
    pub now: Timestamp,
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
/// [`Refusal::ConsentMissing`] unless the ground opens the drug information of exactly one person of these numbers: a living consent
/// with this institution, or what stands in its place. Rows OQS-CONS-01, -03, -09, OQS-CERT-14, OQS-QUAL-32, OQS-PRIV-10. Nobody, somebody without consent
/// and several look alike from outside.
pub fn drugs<'a>(
    search: &Search,
    candidates: &'a [Candidate],
    days: Days,
    access: Access,
) -> Result<Drugs<'a>, Refusal> {
    let (state, holder) = opened(search, candidates, MedicalKind::Drugs, access)?;
    let today = day_of(access.now);
    let shown =
        state.medicines.iter().filter(|medicine| is_within(medicine.dispensed, days, today));
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
    access: Access,
) -> Result<HealthChecks<'a>, Refusal> {
    let (state, holder) = opened(search, candidates, MedicalKind::HealthCheck, access)?;
    let today = day_of(access.now);
    let first = earliest(MedicalKind::HealthCheck, today);
    let shown = state.health_checks.iter().rev();
    let checks = shown.filter(|check| first <= check.made && check.made <= today).collect();
    Ok(HealthChecks { holder, checks })
}

/// Whose care history is opened, and which kinds of it. All kinds are of one and the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened<'a> {
    /// Who.
    pub state: &'a PersonState,
    /// The same person by name.
    pub holder: &'a Holder,
    /// Whether care is opened.
    pub care: bool,
    /// Whether operations are opened.
    pub operations: bool,
}

/// What of a care history is opened to an institution now: with drugs as asked for, or without them. Care and operations
/// each need their own consent, and are there since May 2023. Row OQS-INFO-02.
///
/// # Errors
/// As [`drugs`], by the consent to drugs when they are wanted, else by that to care or operations.
pub fn history<'a>(
    search: &Search,
    candidates: &'a [Candidate],
    wants_drugs: bool,
    access: Access,
) -> Result<Opened<'a>, Refusal> {
    const CARE: [MedicalKind; 2] = [MedicalKind::Care, MedicalKind::Operations];
    let opens = |candidate: &Candidate, kind| candidate.opens(search, kind, access);
    let is_meant = |candidate: &&Candidate| {
        if wants_drugs {
            opens(candidate, MedicalKind::Drugs)
        } else {
            CARE.into_iter().any(|kind| opens(candidate, kind))
        }
    };
    let mut meant = candidates.iter().filter(is_meant);
    let (Some(one), None) = (meant.next(), meant.next()) else {
        return Err(Refusal::ConsentMissing);
    };
    Ok(Opened {
        state: &one.state,
        holder: one.state.holder.as_ref().ok_or(Refusal::ConsentMissing)?,
        care: opens(one, MedicalKind::Care),
        operations: opens(one, MedicalKind::Operations),
    })
}

/// Whether a day of care lies within the days asked for, since care is known. Row OQS-INFO-01.
#[must_use]
pub fn is_care_asked(on: Date, (first, last): Days, today: Date) -> bool {
    earliest(MedicalKind::Care, today) <= on
        && on <= today
        && first.is_none_or(|first| first <= on)
        && last.is_none_or(|last| on <= last)
}

/// The one person of these numbers whose information of this kind is open.
fn opened<'a>(
    search: &Search,
    candidates: &'a [Candidate],
    kind: MedicalKind,
    access: Access,
) -> Result<(&'a PersonState, &'a Holder), Refusal> {
    let mut open = candidates.iter().filter(|candidate| candidate.opens(search, kind, access));
    let (Some(one), None) = (open.next(), open.next()) else { return Err(Refusal::ConsentMissing) };
    let holder = one.state.holder.as_ref().ok_or(Refusal::ConsentMissing)?;
    Ok((&one.state, holder))
}

impl Candidate {
    fn opens(&self, search: &Search, kind: MedicalKind, Access { ground, now }: Access) -> bool {
        let open = match ground {
            Ground::Consent => {
                self.consents.iter().any(|consent| consent.kind == kind && consent.lives(now))
            }
            Ground::EmergencyCare => {
                self.emergency_use.is_some_and(|used| emergency_care::lives(used, now))
            }
            Ground::Disaster => true,
        };
        open && is_given(kind, now) && self.is_shown(search, day_of(now))
    }

    /// Whether the numbers name a qualification with medical information that nothing hides. Rows OQS-CONS-10, OQS-INS-07.
    fn is_shown(&self, search: &Search, day: Date) -> bool {
        match by_numbers(search, std::slice::from_ref(&self.state), day) {
            Qualification::Valid(state, coverage)
            | Qualification::Invalid(state, coverage)
            | Qualification::Superseded(state, coverage)
            | Qualification::Unregistered(state, coverage) => {
                may_have_medical_view(state) && has_medical_history(coverage)
            }
            Qualification::Nothing | Qualification::Several => false,
        }
    }
}

fn is_within(dispensed: Date, (first, last): Days, today: Date) -> bool {
    earliest(MedicalKind::Drugs, today) <= dispensed
        && first.is_none_or(|first| first <= dispensed)
        && last.is_none_or(|last| dispensed <= last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Digits, codes::InsuredCardClassification};
    use crate::service::samples::{coverage, day, insurer, person, text};

    const FORCES: InsuredCardClassification = InsuredCardClassification::SelfDefenseForces;
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
        Candidate { state, consents, emergency_use: None }
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

    fn by_consent(now: &str) -> Access {
        Access { ground: Ground::Consent, now: now.parse().unwrap() }
    }

    fn ask(candidates: &[Candidate], days: Days) -> Result<Vec<String>, Refusal> {
        let given = drugs(&search(), candidates, days, by_consent(ASKED))?;
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

    #[test] // rows OQS-INFO-02, OQS-CONS-02
    fn care_and_operations_open_by_their_own_consent_since_may_2023() {
        use MedicalKind::{Care, Drugs, Operations};
        let noon = "2026-04-01T03:00:00Z";
        for (row, now, kinds, wants_drugs, expected) in [
            ("no consent", noon, vec![], true, None),
            ("drugs", noon, vec![Drugs], true, Some((false, false))),
            ("drugs and care", noon, vec![Drugs, Care], true, Some((true, false))),
            ("care without drugs", noon, vec![Care], true, None),
            ("care alone asked", noon, vec![Care], false, Some((true, false))),
            ("operations alone asked", noon, vec![Operations], false, Some((false, true))),
            ("drugs are not care", noon, vec![Drugs], false, None),
            ("April 2023", "2023-04-30T14:59:59Z", vec![Drugs, Care], true, Some((false, false))),
            ("April 2023, care alone", "2023-04-30T14:59:59Z", vec![Care], false, None),
            ("May 2023", "2023-04-30T15:00:00Z", vec![Drugs, Care], true, Some((true, false))),
        ] {
            let consents: Vec<_> = kinds.into_iter().map(|kind| (kind, now)).collect();
            let mut one = candidate(&consents);
            one.state.coverages = vec![coverage("99990013", "2020-04-01", None)];
            let candidates = [one];
            let opened = history(&search(), &candidates, wants_drugs, by_consent(now));
            let opened = opened.ok().map(|opened| (opened.care, opened.operations));
            assert_eq!(opened, expected, "{row}");
        }
    }

    #[test] // row OQS-PRIV-09: two people with the same numbers, each with a consent to another kind
    fn what_one_agreed_to_opens_nothing_of_the_other() {
        let noon = "2026-04-01T03:00:00Z";
        let one = candidate(&[(MedicalKind::Drugs, noon)]);
        let mut other = candidate(&[(MedicalKind::Care, noon)]);
        other.state.person = crate::service::records::PersonCode::new("P-2").unwrap();
        let candidates = [one, other];
        let ask = |wants_drugs| {
            let opened = history(&search(), &candidates, wants_drugs, by_consent(noon)).unwrap();
            (opened.state.person.as_str(), opened.care)
        };
        assert_eq!(ask(true), ("P-1", false));
        assert_eq!(ask(false), ("P-2", true));
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
            let given = health_checks(&search(), &candidates, by_consent(now))?;
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

    #[test] // rows OQS-CONS-10, OQS-INS-07, OQS-REG-10
    fn a_living_consent_does_not_open_what_is_hidden() {
        let open = || candidate(&[(MedicalKind::Drugs, "2026-04-01T02:00:00Z")]);
        let hidden = |change: fn(&mut PersonState)| {
            let mut candidate = open();
            change(&mut candidate.state);
            ask(&[candidate], (None, None)).is_err()
        };
        assert!(ask(&[open()], (None, None)).is_ok());
        for (row, is_hidden) in [
            ("自衛官", hidden(|state| state.coverages[0].details.card_class = FORCES)),
            (
                "mismatch",
                hidden(|state| state.holder.as_mut().unwrap().identity_unconfirmed = true),
            ),
            (
                "flag",
                hidden(|state| state.holder.as_mut().unwrap().self_information_refused = true),
            ),
        ] {
            assert!(is_hidden, "{row}");
        }
    }

    #[test] // rows OQS-DIS-03 (no consent needed) and OQS-DIS-06 (never mixed with normal consent)
    fn each_ground_stands_for_itself() {
        let living = "2026-04-01T02:00:00Z";
        let nothing = candidate(&[]);
        let consented = candidate(&[(MedicalKind::Drugs, living)]);
        let used = |at: &str| Candidate { emergency_use: at.parse().ok(), ..candidate(&[]) };
        let (brought_in, long_ago) = (used(living), used("2026-03-30T02:00:00Z"));
        for (row, who, consent, emergency, disaster) in [
            ("nothing", &nothing, false, false, true),
            ("consent", &consented, true, false, true),
            ("card used in emergency care", &brought_in, false, true, true),
            ("used more than a day ago", &long_ago, false, false, true),
        ] {
            let opens = |ground| {
                let access = Access { ground, now: ASKED.parse().unwrap() };
                let candidates = std::slice::from_ref(who);
                drugs(&search(), candidates, (None, None), access).is_ok()
            };
            let grounds = [Ground::Consent, Ground::EmergencyCare, Ground::Disaster];
            assert_eq!(grounds.map(opens), [consent, emergency, disaster], "{row}");
        }
    }
}
