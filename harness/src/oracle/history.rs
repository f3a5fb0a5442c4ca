//! Stage: the care history, to whom and how far back. Table §3.4, rows OQS-CONS-01 to 03, 09, OQS-INFO, OQS-DIS-03, OQS-PRIV-10.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use crate::model::{
    Act, ConsentKind, InformationKind, InformationOutcome, InformationRequest, Numbers, Person,
    World,
};

use super::calendar::{day, months_before};
use super::state::State;
use super::{care, consent, disaster, feed, health, numbers, portal};

/// When all medicines of a world were dispensed, counted back from its beginning (bench profile).
const DISPENSED_DAYS_BEFORE: i64 = 14;

/// Months before the present one that a request for the care history covers (bench profile).
const MONTHS_ASKED: i32 = 3;
/// The care history: only on a living consent at this institution (OQS-CONS-01, 03, 09; OQS-PRIV-10), and of it the months
/// asked for.
///
/// It is asked by numbers, which several people may share; it is given only if they lead to one single person with such a
/// consent, and nobody, somebody without and several of them look alike (bench choice). Of somebody with 自己情報提供不可 it is
/// never given: a consent needs the card, which is closed (OQS-REG-10).
pub(super) fn information(
    world: &World,
    state: &State,
    request: &InformationRequest,
) -> InformationOutcome {
    let institution = &request.institution;
    let Some(asked) = numbers_on_file(world, state, request) else {
        return InformationOutcome::Refused;
    };
    let meant = |is_open: &dyn Fn(&str) -> bool| {
        let mut open = world.people.iter().filter(|(name, person)| {
            !person.disclosure_barred
                && !feed::is_hidden(world, state, name)
                && is_open(name)
                && has_held(state, name, &asked)
        });
        open.next().filter(|_| open.next().is_none())
    };
    let consented = meant(&|name| agreed(state, request, name));
    // OQS-DIS-03: without the consent at the reader.
    let opened = consented
        .or_else(|| meant(&|_| disaster::is_open(state, institution)))
        .filter(|_| world.institutions.contains_key(institution))
        .filter(|_| kinds_asked(request.kind).iter().any(|kind| is_shown(state, *kind)));
    opened.map_or(InformationOutcome::Refused, |(name, one)| match request.kind {
        InformationKind::Drugs => InformationOutcome::Given(drugs(world, state, name, one)),
        InformationKind::DrugsDocument => InformationOutcome::Document, // OQS-INFO-07
        InformationKind::Care => InformationOutcome::Given(acts(state, request, name, one)),
        InformationKind::HealthChecks => {
            InformationOutcome::Given(health::given(&one.health_checks, day(state.now)))
        }
    })
}

/// The first day on which institutions see care and operations. Row OQS-INFO-02.
const CARE_SHOWN: Date = date(2023, 5, 1);
/// The first day on which consents to clinical information are kept. Row OQS-OPS-08.
const CLINICAL_ASKED: Date = date(2025, 1, 1);
/// The first day of which care and operations are known. Row OQS-INFO-01.
const CARE_KNOWN: Date = date(2022, 6, 1);

/// Whether there is a kind of information for institutions yet. Row OQS-INFO-02.
pub(super) fn is_shown(state: &State, kind: ConsentKind) -> bool {
    match kind {
        ConsentKind::Care | ConsentKind::Operations => CARE_SHOWN <= day(state.now),
        ConsentKind::DiagnosisNames
        | ConsentKind::Infections
        | ConsentKind::Allergies
        | ConsentKind::Contraindications
        | ConsentKind::Tests
        | ConsentKind::Prescriptions => CLINICAL_ASKED <= day(state.now),
        ConsentKind::Limit
        | ConsentKind::SpecificDiseases
        | ConsentKind::HealthCheck
        | ConsentKind::Drugs => true,
    }
}

/// What was done in the months asked for: care and operations each as far as they are open (OQS-CONS-02), oldest first.
fn acts(state: &State, request: &InformationRequest, name: &str, person: &Person) -> Vec<String> {
    let today = day(state.now);
    let first = months_before(today.first_of_month(), MONTHS_ASKED).max(CARE_KNOWN);
    let is_open = |kind| {
        agreed_to(state, request, name, kind) || disaster::is_open(state, &request.institution)
    };
    let of = |kind, acts: &[Act]| -> Vec<Act> {
        let mut shown: Vec<Act> = acts
            .iter()
            .filter(|act| is_open(kind) && first <= act.on && act.on <= today)
            .cloned()
            .collect();
        shown.sort_by_key(|act| act.on);
        shown
    };
    let care = of(ConsentKind::Care, &person.reports.care);
    let operations = of(ConsentKind::Operations, &person.reports.operations);
    care.into_iter().chain(operations).map(|act| act.name).collect()
}

/// Whether the patient agreed, on the occasion that is named: what was agreed to at the counter opens nothing outside of it, and
/// the other way round (bench choice).
fn agreed(state: &State, request: &InformationRequest, name: &str) -> bool {
    kinds_asked(request.kind).iter().any(|kind| agreed_to(state, request, name, *kind))
}

fn agreed_to(state: &State, request: &InformationRequest, name: &str, kind: ConsentKind) -> bool {
    match request.occasion {
        None => consent::lives(state, &request.institution, name, kind),
        Some(occasion) => care::lives(state, &request.institution, name, occasion, kind),
    }
}

/// What claims told, and what electronic prescriptions tell at once (OQS-INFO-06, OQS-RX-02): first all that was prescribed, then
/// all that was handed out.
fn drugs(world: &World, state: &State, name: &str, person: &Person) -> Vec<String> {
    let today = day(state.now);
    let first = months_before(today.first_of_month(), MONTHS_ASKED);
    let asked = |on: Date| first <= on && on <= today;
    let electronic = portal::prescriptions(state, person, name, today);
    let prescribed = electronic.iter().filter(|one| asked(one.issued));
    let handed_out =
        electronic.iter().filter(|one| one.dispensed.as_ref().is_some_and(|of| asked(of.on)));
    let claimed = person.medicines.iter().filter(|_| is_asked(world.now, state.now));
    claimed.chain(prescribed.chain(handed_out).flat_map(|one| &one.drugs)).cloned().collect()
}

/// Each kind has its own consent (OQS-CONS-02). Care and operations are asked for together.
const fn kinds_asked(kind: InformationKind) -> &'static [ConsentKind] {
    match kind {
        InformationKind::Drugs | InformationKind::DrugsDocument => &[ConsentKind::Drugs],
        InformationKind::Care => &[ConsentKind::Care, ConsentKind::Operations],
        InformationKind::HealthChecks => &[ConsentKind::HealthCheck],
    }
}

/// What the staff ask by: the numbers that a completed visit told them last, else the newest on the patient's papers.
fn numbers_on_file(world: &World, state: &State, request: &InformationRequest) -> Option<Numbers> {
    let key = (request.institution.clone(), request.person.clone());
    let papers = || {
        let held = &world.people.get(&request.person)?.coverages;
        held.iter().max_by_key(|coverage| coverage.gained).map(numbers::of)
    };
    state.told.get(&key).cloned().or_else(papers)
}

/// Whether somebody's coverage of these numbers has begun, lost or not.
fn has_held(state: &State, name: &str, asked: &Numbers) -> bool {
    state.coverages.get(name).into_iter().flatten().any(|coverage| {
        coverage.gained <= day(state.now) && numbers::answers(asked, &numbers::of(coverage))
    })
}

/// Whether the months asked for reach back to where the world's medicines lie.
fn is_asked(beginning: Timestamp, now: Timestamp) -> bool {
    let dispensed = beginning
        .checked_sub(SignedDuration::from_hours(24 * DISPENSED_DAYS_BEFORE))
        .unwrap_or(Timestamp::MIN);
    day(dispensed) >= months_before(day(now).first_of_month(), MONTHS_ASKED)
}

#[cfg(test)]
mod tests {
    use super::super::state::Consents;
    use super::super::testing::{CLINIC, HANAKO, OTHER_CLINIC, TARO, at, world};
    use super::*;
    use crate::model::Coverage;

    #[test]
    fn information_needs_a_living_consent_here() {
        let world = world();
        let mut state = State::before(&world);
        let request = |institution: &str| InformationRequest {
            institution: institution.into(),
            person: HANAKO.into(),
            kind: InformationKind::Drugs,
            occasion: None,
        };
        assert_eq!(information(&world, &state, &request(CLINIC)), InformationOutcome::Refused);
        let consents =
            Consents { given: at("2026-05-01T10:00:00"), kinds: [ConsentKind::Drugs].into() };
        state.consents.insert((CLINIC.into(), HANAKO.into()), consents);
        let given = InformationOutcome::Given(world.people[HANAKO].medicines.clone());
        assert_eq!(information(&world, &state, &request(CLINIC)), given);
        assert_eq!(
            information(&world, &state, &request(OTHER_CLINIC)),
            InformationOutcome::Refused
        );
        state.now = at("2026-05-02T10:00:01");
        assert_eq!(information(&world, &state, &request(CLINIC)), InformationOutcome::Refused);
    }

    #[test]
    fn in_a_disaster_no_consent_is_needed_and_the_numbers_must_still_lead_to_one() {
        let mut world = world();
        let mut state = State::before(&world);
        let request = InformationRequest {
            institution: CLINIC.into(),
            person: HANAKO.into(),
            kind: InformationKind::Drugs,
            occasion: None,
        };
        let (from, to) = (date(2026, 5, 1), date(2026, 5, 31));
        let prefecture = CLINIC[..2].to_owned();
        disaster::open(&mut state, &crate::model::DisasterMode { prefecture, from, to });
        let given = InformationOutcome::Given(world.people[HANAKO].medicines.clone());
        assert_eq!(information(&world, &state, &request), given);
        world.people.get_mut(HANAKO).unwrap().disclosure_barred = true;
        assert_eq!(information(&world, &state, &request), InformationOutcome::Refused);
    }

    #[test]
    fn numbers_that_several_people_hold_open_the_history_of_the_one_who_agreed() {
        let mut world = world();
        let branchless = Coverage { branch: None, ..world.people[HANAKO].coverages[0].clone() };
        for name in [HANAKO, TARO] {
            world.people.get_mut(name).unwrap().coverages = vec![branchless.clone()];
        }
        let mut state = State::before(&world);
        let request = InformationRequest {
            institution: CLINIC.into(),
            person: HANAKO.into(),
            kind: InformationKind::Drugs,
            occasion: None,
        };
        let consents =
            Consents { given: at("2026-05-01T09:00:00"), kinds: [ConsentKind::Drugs].into() };
        state.consents.insert((CLINIC.into(), TARO.into()), consents.clone());
        let his = InformationOutcome::Given(world.people[TARO].medicines.clone());
        assert_eq!(information(&world, &state, &request), his);
        state.consents.insert((CLINIC.into(), HANAKO.into()), consents);
        assert_eq!(information(&world, &state, &request), InformationOutcome::Refused);
    }

    #[test]
    fn the_numbers_told_last_are_asked_by() {
        let world = world();
        let mut state = State::before(&world);
        let consents =
            Consents { given: at("2026-05-01T09:00:00"), kinds: [ConsentKind::Drugs].into() };
        state.consents.insert((CLINIC.into(), HANAKO.into()), consents);
        let request = InformationRequest {
            institution: CLINIC.into(),
            person: HANAKO.into(),
            kind: InformationKind::Drugs,
            occasion: None,
        };
        let told =
            Numbers { number: "9999".into(), ..numbers::of(&world.people[HANAKO].coverages[0]) };
        state.told.insert((CLINIC.into(), HANAKO.into()), told);
        assert_eq!(information(&world, &state, &request), InformationOutcome::Refused);
    }

    #[test]
    fn how_long_the_medicines_of_a_world_are_within_the_months_asked() {
        let beginning = at("2026-05-01T09:00:00"); // dispensed on 17 April
        for (now, asked) in [
            ("2026-05-01T09:00:00", true),
            ("2026-07-31T23:59:59", true),
            ("2026-08-01T00:00:00", false),
        ] {
            assert_eq!(is_asked(beginning, at(now)), asked, "{now}");
        }
    }
}
