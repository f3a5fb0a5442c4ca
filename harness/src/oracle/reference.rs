//! Stage: an institution's own numbers (照会番号) for its patients. Rows OQS-REF-01, 02, 04, 05, 06, OQS-VISIT-05.
//!
//! A number belongs to an institution and a person, not to an insurance, so it outlives every change of insurer (OQS-REF-06).

use crate::model::{Record, ReferenceEntry, Registration, RegistrationOutcome, World};

use super::calendar::day;
use super::qualification::Qualification;
use super::state::{RegisteredUnder, State};
use super::{bulk, numbers};

/// Most characters of a reference number. Row OQS-REF-04.
const LONGEST: usize = 50;

/// Takes each number whose entry names one person, whatever becomes of the others (OQS-REF-05). The last one counts (OQS-REF-01).
pub(super) fn register(
    world: &World,
    state: &mut State,
    registration: &Registration,
) -> RegistrationOutcome {
    if !world.institutions.contains_key(&registration.institution) {
        return RegistrationOutcome::Refused;
    }
    if registration.bulk && !bulk::is_possible(registration.entries.len()) {
        bulk::take_time(state);
        return RegistrationOutcome::Refused;
    }
    let take = |entry: &ReferenceEntry| {
        let Some(person) = meant(world, state, entry) else { return false };
        under(state, &registration.institution, &person, entry);
        let key = (registration.institution.clone(), person);
        state.references.insert(key, entry.reference_number.clone());
        true
    };
    let accepted = registration.entries.iter().map(take).collect();
    // Whom the numbers mean is decided when the request comes, not when its result is fetched.
    if registration.bulk {
        bulk::take_time(state);
    }
    RegistrationOutcome::Answered(accepted)
}

/// A number replaces the one that was registered under the same insurance, and stands beside those under others.
fn under(state: &mut State, institution: &str, person: &str, entry: &ReferenceEntry) {
    state.registered_under.retain(|other| {
        other.institution != institution
            || other.person != person
            || !numbers::same(&other.numbers, &entry.numbers)
    });
    state.registered_under.push(RegisteredUnder {
        institution: institution.to_owned(),
        person: person.to_owned(),
        numbers: entry.numbers.clone(),
        reference_number: entry.reference_number.clone(),
    });
}

/// All numbers that the institution has registered for a person, one under each insurance, the newest first. Row OQS-VISIT-05.
pub(super) fn all(state: &State, institution: &str, person: &str) -> Vec<String> {
    let own = |one: &&RegisteredUnder| one.institution == institution && one.person == person;
    let mut all: Vec<String> = Vec::new();
    for one in state.registered_under.iter().rev().filter(own) {
        if !all.contains(&one.reference_number) {
            all.push(one.reference_number.clone());
        }
    }
    all
}

/// The one person whose insurance of these numbers has begun today, ended or not; there is no birth date to go by. Nobody and
/// several are refused (bench choices). 自己情報提供不可 closes the card and not the numbers (OQS-REG-10).
fn meant(world: &World, state: &State, entry: &ReferenceEntry) -> Option<String> {
    if !(1..=LONGEST).contains(&entry.reference_number.chars().count()) {
        return None;
    }
    let today = day(state.now);
    let exists = |name: &String| world.people.contains_key(name);
    let mut named = state.coverages.iter().filter(|(name, held)| {
        exists(name)
            && held.iter().any(|coverage| {
                coverage.gained <= today && numbers::answers(&entry.numbers, &numbers::of(coverage))
            })
    });
    match (named.next(), named.next()) {
        (Some((name, _)), None) => Some(name.clone()),
        (None | Some(_), _) => None,
    }
}

/// The institution's number for a person: its own only (OQS-REF-02).
pub(super) fn of(state: &State, institution: &str, person: &str) -> Option<String> {
    state.references.get(&(institution.to_owned(), person.to_owned())).cloned()
}

/// The record with the institution's number for the person it is about.
pub(super) fn tell(
    state: &State,
    institution: &str,
    qualification: Qualification<'_>,
    record: Option<Record>,
) -> Option<Record> {
    let (person, _) = qualification.told?;
    record.map(|record| Record { reference_number: of(state, institution, person), ..record })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::civil::date;

    use super::super::testing::{
        CLINIC, HANAKO, OTHER_CLINIC, TARO, coverage, feed_gain, numbers_of, query, visit, world,
    };
    use super::super::{disclosure, feed, visit as visits};
    use super::*;
    use crate::model::{Coverage, Numbers, QueryOutcome};

    fn entry(reference_number: &str, numbers: Numbers) -> ReferenceEntry {
        ReferenceEntry { reference_number: reference_number.into(), numbers }
    }

    fn register_at(
        world: &World,
        state: &mut State,
        institution: &str,
        entries: Vec<ReferenceEntry>,
    ) -> RegistrationOutcome {
        let registration = Registration { institution: institution.into(), bulk: true, entries };
        register(world, state, &registration)
    }

    fn by_numbers(world: &World, state: &State, institution: &str, number: &str) -> Option<String> {
        match disclosure::query(world, state, &query(institution, HANAKO, number)) {
            QueryOutcome::Answered { record, .. } => record?.reference_number,
            QueryOutcome::Refused | QueryOutcome::Silent => None,
        }
    }

    #[test]
    fn each_entry_stands_or_falls_alone() {
        let world = world();
        let mut state = State::before(&world);
        let hanako = numbers_of(&world, HANAKO);
        let nobody = Numbers { number: "9999".into(), ..hanako.clone() };
        let entries = vec![
            entry("P-1", hanako.clone()),
            entry("P-2", nobody),
            entry(&"x".repeat(51), hanako.clone()),
            entry("", hanako.clone()),
            entry(&"番".repeat(50), numbers_of(&world, TARO)),
        ];
        let outcome = register_at(&world, &mut state, CLINIC, entries);
        assert_eq!(outcome, RegistrationOutcome::Answered(vec![true, false, false, false, true]));
        assert_eq!(of(&state, CLINIC, HANAKO).as_deref(), Some("P-1"));
        register_at(&world, &mut state, CLINIC, vec![entry("P-9", hanako)]);
        assert_eq!(of(&state, CLINIC, HANAKO).as_deref(), Some("P-9"), "the last one counts");
    }

    #[test]
    fn whom_numbers_mean_is_decided_when_the_request_comes_though_its_result_takes_until_tomorrow()
    {
        for (second, accepted) in [(59, false), (60, true)] {
            let mut world = world();
            let coverages = &mut world.people.get_mut(HANAKO).unwrap().coverages;
            coverages.truncate(1);
            coverages[0].gained = date(2026, 5, 1);
            let mut state = State::before(&world);
            let minute = date(2026, 4, 30).at(23, 59, 0, 0).in_tz("Asia/Tokyo").unwrap();
            state.now = minute.timestamp() + SignedDuration::from_secs(second);
            let entries = vec![entry("P-1", numbers_of(&world, HANAKO))];
            let outcome = register_at(&world, &mut state, CLINIC, entries);
            assert_eq!(outcome, RegistrationOutcome::Answered(vec![accepted]), "{second}");
        }
    }

    #[test]
    fn numbers_of_two_people_name_nobody() {
        let mut world = world();
        let shared = Coverage { branch: None, ..world.people[HANAKO].coverages[0].clone() };
        for name in [HANAKO, TARO] {
            world.people.get_mut(name).unwrap().coverages = vec![shared.clone()];
        }
        let mut state = State::before(&world);
        let entries = vec![entry("P-1", numbers::of(&shared))];
        let refused = RegistrationOutcome::Answered(vec![false]);
        assert_eq!(register_at(&world, &mut state, CLINIC, entries), refused);
    }

    #[test]
    fn a_number_stays_with_the_person_and_with_the_institution() {
        let world = world();
        let mut state = State::before(&world);
        register_at(&world, &mut state, CLINIC, vec![entry("P-1", numbers_of(&world, HANAKO))]);
        assert_eq!(by_numbers(&world, &state, CLINIC, "1001").as_deref(), Some("P-1"));
        assert_eq!(by_numbers(&world, &state, OTHER_CLINIC, "1001"), None);
        let changed = feed_gain("r1", HANAKO, coverage("2002", date(2026, 5, 1)));
        feed::record(&world, &mut state, &changed);
        assert_eq!(by_numbers(&world, &state, CLINIC, "2002").as_deref(), Some("P-1"));
        let by_card = visits::judge(&world, &mut state, &visit(HANAKO)).answer.unwrap();
        let record = by_card.record.unwrap();
        assert_eq!(
            (record.numbers.number.as_str(), record.reference_number.as_deref()),
            ("2002", Some("P-1"))
        );
    }
}
