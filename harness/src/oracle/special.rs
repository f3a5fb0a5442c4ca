//! Stage: a person without card and numbers, in a disaster or by the emergency function of an outage. Rows OQS-DIS-02,
//! OQS-FALL-12.

use crate::model::{
    EmergencyAct, EmergencyStep, Person, PersonQuery, QueryOutcome, SpecialFunction, World,
};

use super::calendar::day;
use super::qualification::{self, Qualification};
use super::state::{Emergency, State};
use super::text::folded;
use super::{disaster, disclosure, shares};

/// Asked by name, birth date, sex and address, and only while the function is open at the institution. All four must name one
/// person; nobody is guessed. Limit and specific diseases are not told (bench choice).
pub(super) fn query(world: &World, state: &mut State, query: &PersonQuery) -> QueryOutcome {
    let institution = &query.institution;
    if !world.institutions.contains_key(institution) || !is_open(state, query) {
        return QueryOutcome::Refused;
    }
    let today = day(state.now);
    let mut named = world
        .people
        .iter()
        .filter(|(name, person)| is_registered(state, name, person) && is_named(query, person));
    let qualification = match (named.next(), named.next()) {
        (Some((name, _)), None) => qualification::by_card(state, name, today),
        (None, _) => Qualification { validity: 4, told: None },
        (Some(_), Some(_)) => Qualification { validity: 5, told: None },
    };
    let agreed = shares::Agreed { limit: false, diseases: false };
    disclosure::answered(world, state, qualification, (institution, agreed, today))
}

/// Each query by the emergency function is counted for the report.
fn is_open(state: &mut State, query: &PersonQuery) -> bool {
    match query.function {
        SpecialFunction::Disaster => disaster::is_open(state, &query.institution),
        SpecialFunction::Emergency => match state.emergencies.get_mut(&query.institution) {
            Some(Emergency::Open(queries)) => {
                *queries += 1;
                true
            }
            Some(Emergency::Requested | Emergency::CalledBack | Emergency::ReportDue(_)) | None => {
                false
            }
        },
    }
}

/// Whether an insurer has told who somebody is.
fn is_registered(state: &State, name: &str, person: &Person) -> bool {
    person.disclosure_barred || state.coverages.get(name).is_some_and(|held| !held.is_empty())
}

fn is_named(query: &PersonQuery, person: &Person) -> bool {
    folded(&query.name) == folded(&person.name)
        && query.birthdate == person.birthdate
        && query.sex == person.sex
        && folded(&query.address) == folded(&person.address)
}

/// One step after the other: asked for, called back, released, closed, reported. Until the report tells how often it was used, it is
/// not released again. Unused it needs no report, and it may be given up at any time (bench choices).
pub(super) fn emergency(state: &mut State, step: &EmergencyStep) -> bool {
    let before = state.emergencies.get(&step.institution).copied();
    let after = match (before, step.act) {
        (None, EmergencyAct::Request) => Some(Emergency::Requested),
        (Some(Emergency::Requested), EmergencyAct::CallBack) => Some(Emergency::CalledBack),
        (Some(Emergency::CalledBack), EmergencyAct::Release) => Some(Emergency::Open(0)),
        (Some(Emergency::Open(queries)), EmergencyAct::Close) if queries > 0 => {
            Some(Emergency::ReportDue(queries))
        }
        (
            Some(Emergency::Requested | Emergency::CalledBack | Emergency::Open(_)),
            EmergencyAct::Close,
        ) => None,
        (Some(Emergency::ReportDue(queries)), EmergencyAct::Report(told)) if queries == told => {
            None
        }
        (
            None
            | Some(
                Emergency::Requested
                | Emergency::CalledBack
                | Emergency::Open(_)
                | Emergency::ReportDue(_),
            ),
            EmergencyAct::Request
            | EmergencyAct::CallBack
            | EmergencyAct::Release
            | EmergencyAct::Close
            | EmergencyAct::Report(_),
        ) => return false,
    };
    match after {
        Some(after) => state.emergencies.insert(step.institution.clone(), after),
        None => state.emergencies.remove(&step.institution),
    };
    true
}

#[cfg(test)]
mod tests {
    use super::super::testing::{CLINIC, HANAKO, OTHER_CLINIC, world};
    use super::*;

    fn step(state: &mut State, act: EmergencyAct) -> bool {
        emergency(state, &EmergencyStep { institution: CLINIC.into(), act })
    }

    fn asked(world: &World, institution: &str) -> PersonQuery {
        let person = &world.people[HANAKO];
        PersonQuery {
            institution: institution.into(),
            function: SpecialFunction::Emergency,
            name: person.name.replace('　', " "),
            birthdate: person.birthdate,
            sex: person.sex,
            address: person.address.clone(),
        }
    }

    #[test] // row OQS-FALL-12
    fn released_after_a_call_back_and_reported_before_the_next_time() {
        use EmergencyAct::{CallBack, Close, Release, Report, Request};
        let world = world();
        let mut state = State::before(&world);
        assert!(step(&mut state, Request) && !step(&mut state, Release));
        assert_eq!(query(&world, &mut state, &asked(&world, CLINIC)), QueryOutcome::Refused);
        assert!(step(&mut state, CallBack) && step(&mut state, Release));
        let answered = query(&world, &mut state, &asked(&world, CLINIC));
        assert!(matches!(answered, QueryOutcome::Answered { validity: 1, .. }));
        assert_eq!(query(&world, &mut state, &asked(&world, OTHER_CLINIC)), QueryOutcome::Refused);
        assert!(step(&mut state, Close) && !step(&mut state, Request));
        assert!(!step(&mut state, Report(2)) && step(&mut state, Report(1)));
        assert!(step(&mut state, Request) && step(&mut state, Close) && step(&mut state, Request));
    }

    #[test] // row OQS-DIS-02
    fn all_four_must_name_one_person() {
        let world = world();
        let mut state = State::before(&world);
        for act in [EmergencyAct::Request, EmergencyAct::CallBack, EmergencyAct::Release] {
            step(&mut state, act);
        }
        let right = asked(&world, CLINIC);
        for (case, asked, expected) in [
            ("all four", right.clone(), 1),
            ("name", PersonQuery { name: "別人　花子".into(), ..right.clone() }, 4),
            ("sex", PersonQuery { sex: 3 - right.sex, ..right.clone() }, 4),
            ("address", PersonQuery { address: "別の住所".into(), ..right.clone() }, 4),
        ] {
            let QueryOutcome::Answered { validity, .. } = query(&world, &mut state, &asked) else {
                panic!("{case}")
            };
            assert_eq!(validity, expected, "{case}");
        }
    }
}
