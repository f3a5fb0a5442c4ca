//! Stage: who is found by the month of tickets or by the days of care. Rows OQS-AID-03, OQS-VISIT-04, 05.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::{ConsentKind, Finding, FindingOutcome, FoundPerson, Occasion, Whom, World};

use super::calendar::day;
use super::qualification::Qualification;
use super::state::State;
use super::{aid, bulk, care, disclosure, qualification, reference};

/// What is told to the institution that asks, as of the instant of the request; then the time goes by that a result takes. Of
/// somebody with 自己情報提供不可 nothing is told (OQS-REG-10).
pub(super) fn judge(world: &World, state: &mut State, finding: &Finding) -> FindingOutcome {
    let Finding { institution, whom } = finding;
    if !world.institutions.contains_key(institution) {
        return FindingOutcome::Refused;
    }
    let open = world.people.iter().filter(|(_, person)| !person.disclosure_barred);
    let told = open.filter_map(|(slug, person)| {
        Some((person.name.clone(), told(world, state, institution, slug, whom)?))
    });
    let found = told.collect();
    bulk::take_time(state);
    FindingOutcome::Found(found)
}

fn told(
    world: &World,
    state: &State,
    institution: &str,
    name: &str,
    whom: &Whom,
) -> Option<FoundPerson> {
    match whom {
        Whom::Ticketed { month } => ticketed(state, institution, name, *month),
        Whom::CaredFor { occasion, by, from, to } => {
            let newest = care::cared_for(state, institution, *occasion, (*by, *from, *to));
            let own = newest.into_iter().find(|one| one.person == name)?;
            Some(cared_for(world, state, institution, (name, *occasion, own.on)))
        }
    }
}

/// Medical aid of the month, with those of its tickets that name the institution: those of others are not told (bench choice).
/// It is looked at today, or on the nearest day of the month.
fn ticketed(state: &State, institution: &str, name: &str, month: Date) -> Option<FoundPerson> {
    let on = day(state.now).clamp(month, month.last_of_month());
    let (granted, _) = aid::of(state, name, on)?;
    let mut tickets = aid::tickets(state, name, granted, on);
    tickets.retain(|named| named == institution);
    if tickets.is_empty() {
        return None;
    }
    let qualification = Qualification { validity: 1, told: Some((name, granted)) };
    Some(found(state, institution, (name, qualification), (tickets, BTreeSet::new())))
}

/// The qualification of the day of the examination; what was agreed to, as long as care goes on.
fn cared_for(
    world: &World,
    state: &State,
    institution: &str,
    (name, occasion, on): (&str, Occasion, Date),
) -> FoundPerson {
    let qualification = qualification::by_card(state, name, on);
    let agreed = care::agreed(state, institution, name, occasion);
    let consents = disclosure::open(world, state, qualification, &agreed);
    let tickets = match qualification.told {
        Some((_, told)) if aid::is_aid(state, name, told) => aid::tickets(state, name, told, on),
        Some(_) | None => Vec::new(),
    };
    found(state, institution, (name, qualification), (tickets, consents))
}

fn found(
    state: &State,
    institution: &str,
    (name, qualification): (&str, Qualification<'_>),
    (tickets, consents): (Vec<String>, BTreeSet<ConsentKind>),
) -> FoundPerson {
    let insurer = qualification.told.map(|(_, coverage)| coverage.insurer_number.clone());
    FoundPerson {
        validity: qualification.validity,
        insurer_number: insurer.unwrap_or_default(),
        tickets,
        reference_numbers: reference::all(state, institution, name),
        consents,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{CLINIC, HANAKO, OTHER_CLINIC, at, numbers_of, visit, world};
    use super::super::visit as visits;
    use super::*;
    use crate::model::{CareDay, Mode, Repeat, Visit};

    #[test] // row OQS-VISIT-04
    fn by_the_day_of_consent_or_of_examination_at_one_institution() {
        let world = world();
        let mut state = State::before(&world);
        let (home, online) = (Occasion::HomeVisit, Occasion::Online);
        let mode = Mode::Pin(vec!["1234".into()]);
        visits::judge(&world, &mut state, &Visit { mode, occasion: Some(home), ..visit(HANAKO) });
        state.now = at("2026-05-20T09:00:00");
        let again = Repeat {
            institution: CLINIC.into(),
            numbers: numbers_of(&world, HANAKO),
            birthdate: world.people[HANAKO].birthdate,
            occasion: home,
        };
        care::repeat(&world, &mut state, &again);
        let may = |day| date(2026, 5, day);
        for (institution, occasion, by, from, to, expected) in [
            (CLINIC, home, CareDay::Consent, may(1), may(1), 1),
            (CLINIC, home, CareDay::Consent, may(2), may(31), 0),
            (CLINIC, home, CareDay::Examination, may(2), may(20), 1),
            (CLINIC, home, CareDay::Examination, may(2), may(19), 0),
            (CLINIC, online, CareDay::Consent, may(1), may(31), 0),
            (OTHER_CLINIC, home, CareDay::Consent, may(1), may(31), 0),
        ] {
            let whom = Whom::CaredFor { occasion, by, from, to };
            let finding = Finding { institution: institution.into(), whom };
            let outcome = judge(&world, &mut state.clone(), &finding);
            let FindingOutcome::Found(people) = outcome else { panic!("{finding:?}") };
            assert_eq!(people.len(), expected, "{finding:?}");
        }
    }
}
