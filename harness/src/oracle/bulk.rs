//! Stage: what is told of many at once. Rows OQS-BULK-01 to 07, OQS-MSG-12.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::model::{
    AnswerTrouble, BULK_SECONDS, BulkAnswer, BulkEntry, BulkOutcome, BulkQuery, NumberQuery,
    UnitOutcome, World,
};

use super::qualification::{self, Qualification};
use super::state::State;
use super::{disclosure, reference};

/// Most entries of one request. Bench profile.
const MOST_ENTRIES: usize = 1_000;

/// The result of a query about many: first a reception number (OQS-BULK-01), then "in process", which is no failure
/// (OQS-MSG-12), then one unit an entry, each for itself (OQS-BULK-03, 05), as of the instant of the request (bench choice).
pub(super) fn query(world: &World, state: &mut State, query: &BulkQuery) -> BulkOutcome {
    if !world.institutions.contains_key(&query.institution) {
        return BulkOutcome::Refused;
    }
    let outcome = taken(world, state, query);
    take_time(state);
    outcome
}

fn taken(world: &World, state: &mut State, query: &BulkQuery) -> BulkOutcome {
    if !is_possible(query.entries.len()) {
        return BulkOutcome::Refused;
    }
    state.last_bulk = Some(query.institution.clone());
    if query.trouble == Some(AnswerTrouble::OtherReceptionNumber) {
        return BulkOutcome::Alarm; // OQS-BULK-06
    }
    let refused = query.entries.iter().filter(|entry| is_unreadable(entry)).count();
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    let units = query.entries.iter();
    BulkOutcome::Answered(BulkAnswer {
        received_first: true,
        in_process_first: true,
        normal: count(query.entries.len() - refused), // OQS-BULK-04
        errors: count(refused),
        units: units
            .map(|entry| (entry.identifier.clone(), unit(world, state, query, entry)))
            .collect(),
    })
}

/// Asked for by its reception number a result is given to whoever made the request and to nobody else (OQS-BULK-02).
pub(super) fn fetch(state: &State, institution: &str) -> bool {
    state.last_bulk.as_deref() == Some(institution)
}

/// A request about nobody, or about too many, is refused as a whole (bench profile).
pub(super) fn is_possible(entries: usize) -> bool {
    (1..=MOST_ENTRIES).contains(&entries)
}

/// While a result is made, time goes by.
pub(super) fn take_time(state: &mut State) {
    let later = state.now.checked_add(SignedDuration::from_secs(BULK_SECONDS));
    state.now = later.unwrap_or(state.now);
}

/// What a search cannot do without.
fn is_unreadable(entry: &BulkEntry) -> bool {
    entry.numbers.number.trim().is_empty() || entry.numbers.insurer_number.trim().is_empty()
}

/// As by numbers, but without limit and consents: nobody is there to agree (OQS-BULK-07).
fn unit(world: &World, state: &State, query: &BulkQuery, entry: &BulkEntry) -> UnitOutcome {
    if is_unreadable(entry) {
        return UnitOutcome::Refused;
    }
    let asked = NumberQuery {
        institution: query.institution.clone(),
        numbers: entry.numbers.clone(),
        birthdate: entry.birthdate,
        date: query.date,
        limit_consent: false,
    };
    let qualification = qualification::by_numbers(world, state, &asked);
    let told = qualification.told;
    let own = told.and_then(|(person, _)| reference::of(state, &query.institution, person));
    let reference_number = match &query.trouble {
        Some(AnswerTrouble::OtherReferenceNumber(other)) => Some(other.clone()),
        Some(AnswerTrouble::UnitsReversed | AnswerTrouble::OtherReceptionNumber) | None => own,
    };
    let on_file = entry.reference_number.as_ref().zip(reference_number.as_ref());
    if on_file.is_some_and(|(ours, theirs)| ours != theirs) {
        return UnitOutcome::Alarm; // OQS-BULK-06
    }
    let changed = |known: &String| is_changed(qualification, known, query);
    UnitOutcome::Answered {
        validity: qualification.validity,
        record: disclosure::record(world, qualification),
        limit_changed: entry.known_limit.as_ref().map(changed),
        reference_number,
        limit: None,
        consents: BTreeSet::new(),
    }
}

/// Unchanged is only what is known to be the same on that day: a valid insurance with this very class. All else is changed or
/// cannot be decided, which looks alike (CD014).
fn is_changed(qualification: Qualification<'_>, known: &str, query: &BulkQuery) -> bool {
    let limit = qualification.told.and_then(|(_, coverage)| coverage.limit.as_ref());
    let same = limit.is_some_and(|limit| {
        limit.flag == known && limit.from <= query.date && query.date <= limit.to
    });
    qualification.validity != 1 || !same
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::{Date, date};

    use super::super::feed;
    use super::super::testing::{
        CLINIC, HANAKO, OTHER_CLINIC, TARO, at, feed_limit, feed_loss, numbers_of, world,
    };
    use super::*;
    use crate::model::{Numbers, ReferenceEntry, Registration};

    fn entry(world: &World, person: &str) -> BulkEntry {
        BulkEntry {
            identifier: person.into(),
            numbers: numbers_of(world, person),
            birthdate: world.people[person].birthdate,
            known_limit: None,
            reference_number: None,
        }
    }

    fn asked(entries: Vec<BulkEntry>) -> BulkQuery {
        BulkQuery { institution: CLINIC.into(), date: date(2026, 5, 1), entries, trouble: None }
    }

    fn answer(world: &World, state: &mut State, asked: &BulkQuery) -> BulkAnswer {
        match query(world, state, asked) {
            BulkOutcome::Answered(answer) => answer,
            other @ (BulkOutcome::Alarm | BulkOutcome::Refused | BulkOutcome::Silent) => {
                panic!("{other:?}")
            }
        }
    }

    /// Validity, changed, reference number; `None` for a refusal or an alarm.
    type Told = Option<(u8, Option<bool>, Option<String>)>;

    fn told(answer: &BulkAnswer) -> BTreeMap<&str, Told> {
        let unit = |unit: &UnitOutcome| match unit {
            UnitOutcome::Answered {
                validity,
                limit_changed,
                reference_number,
                limit,
                consents,
                ..
            } => {
                assert!(limit.is_none() && consents.is_empty());
                Some((*validity, *limit_changed, reference_number.clone()))
            }
            UnitOutcome::Refused | UnitOutcome::Alarm => None,
        };
        answer.units.iter().map(|(name, one)| (name.as_str(), unit(one))).collect()
    }

    #[test]
    fn one_bad_entry_spoils_no_other_and_is_counted() {
        let world = world();
        let mut state = State::before(&world);
        let bad = entry(&world, HANAKO);
        let bad = BulkEntry { numbers: Numbers { number: String::new(), ..bad.numbers }, ..bad };
        let answer = answer(&world, &mut state, &asked(vec![bad, entry(&world, TARO)]));
        assert_eq!((answer.normal, answer.errors), (1, 1));
        let expected = BTreeMap::from([(HANAKO, None), (TARO, Some((1, None, None)))]);
        assert_eq!(told(&answer), expected);
        assert_eq!(state.now, at("2026-05-01T09:00:03"));
    }

    #[test]
    fn a_known_limit_is_unchanged_only_in_its_days_and_while_insured() {
        let world = world();
        let mut state = State::before(&world);
        feed::record(&world, &mut state, &feed_limit("r1", HANAKO, "1001")); // A03, May to July
        feed::record(&world, &mut state, &feed_loss("r2", HANAKO, "1001", date(2026, 7, 1)));
        let known =
            |flag: &str| BulkEntry { known_limit: Some(flag.into()), ..entry(&world, HANAKO) };
        let changed = |state: &mut State, flag: &str, on: Date| {
            let asked = BulkQuery { date: on, ..asked(vec![known(flag)]) };
            told(&answer(&world, state, &asked))[HANAKO].clone().unwrap().1.unwrap()
        };
        for (flag, on, expected) in [
            ("A03", date(2026, 4, 30), true),
            ("A03", date(2026, 5, 1), false),
            ("A04", date(2026, 5, 1), true),
            ("A03", date(2026, 6, 30), false),
            ("A03", date(2026, 7, 1), true),
        ] {
            assert_eq!(changed(&mut state, flag, on), expected, "{flag} {on}");
        }
    }

    #[test]
    fn a_result_is_fetched_by_whoever_asked() {
        let world = world();
        let mut state = State::before(&world);
        assert!(!fetch(&state, CLINIC));
        query(&world, &mut state, &asked(vec![entry(&world, HANAKO)]));
        assert!(fetch(&state, CLINIC) && !fetch(&state, OTHER_CLINIC));
        assert_eq!(query(&world, &mut state, &asked(vec![])), BulkOutcome::Refused);
        assert!(fetch(&state, CLINIC));
    }

    #[test]
    fn another_number_in_the_answer_is_an_alarm() {
        let world = world();
        let mut state = State::before(&world);
        let entries = vec![ReferenceEntry {
            reference_number: "P-1".into(),
            numbers: numbers_of(&world, HANAKO),
        }];
        let registration = Registration { institution: CLINIC.into(), bulk: false, entries };
        reference::register(&world, &mut state, &registration);
        let on_file = |number: Option<&str>| BulkEntry {
            reference_number: number.map(Into::into),
            ..entry(&world, HANAKO)
        };
        let other = Some(AnswerTrouble::OtherReferenceNumber("P-2".into()));
        let told_is = |number: &str| Some((1, None, Some(number.to_owned())));
        for (file, trouble, expected) in [
            (Some("P-1"), None, told_is("P-1")),
            (Some("P-1"), Some(AnswerTrouble::UnitsReversed), told_is("P-1")),
            (Some("P-1"), other.clone(), None),
            (Some("P-3"), None, None),
            (None, other, told_is("P-2")),
        ] {
            let asked = BulkQuery { trouble: trouble.clone(), ..asked(vec![on_file(file)]) };
            let answer = answer(&world, &mut state, &asked);
            assert_eq!(told(&answer)[HANAKO], expected, "{file:?} {trouble:?}");
        }
        let trouble = Some(AnswerTrouble::OtherReceptionNumber);
        let asked = BulkQuery { trouble, ..asked(vec![on_file(None)]) };
        assert_eq!(query(&world, &mut state, &asked), BulkOutcome::Alarm);
    }
}
