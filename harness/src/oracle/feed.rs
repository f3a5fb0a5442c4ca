//! Stage: what insurers have fed, and the coverages that follow from it. Rows OQS-INS-01, 05, 07 to 11.
//!
//! What is known is the *set* of the records taken. Coverages are derived from it, so neither a repetition nor the order of
//! arrival matters (OQS-INS-11). Where two records speak of the same thing, the one with the later `record_id` counts: insurers
//! number what they send (bench choice). What was fed before the story comes before all of that.

use jiff::civil::Date;

use crate::model::{Change, Coverage, ElectronicPrescription, FeedRecord, Limit, Numbers, World};

use super::state::State;
use super::{numbers, text};

/// Takes one record, or leaves everything as it is.
///
/// A record is taken whatever it refers to: a loss or a limit that comes before its gain waits for it (OQS-INS-10). A record
/// taken before is taken again without effect; its id with another content is turned away (OQS-INS-11).
pub(super) fn record(world: &World, state: &mut State, record: &FeedRecord) -> bool {
    if let Some(known) = state.feed_records.get(&record.record_id) {
        return known == record;
    }
    state.feed_records.insert(record.record_id.clone(), record.clone());
    let coverages = coverages(world, state, &record.person);
    state.coverages.insert(record.person.clone(), coverages);
    let prescriptions = prescriptions(state, &record.person);
    state.prescriptions.insert(record.person.clone(), prescriptions);
    true
}

/// What was told of a person in the story and not taken back: a record that was about somebody else counts as never sent
/// (OQS-INS-08). In the order of the records.
pub(super) fn standing<'a>(state: &'a State, person: &str) -> impl Iterator<Item = &'a Change> {
    let withdrawn = |id: &str| {
        state.feed_records.values().any(|other| {
            if let Change::Withdrawal { record, .. } = &other.change { record == id } else { false }
        })
    };
    let own = state.feed_records.values().filter(move |record| record.person == person);
    own.filter(move |record| !withdrawn(&record.record_id)).map(|record| &record.change)
}

/// The reports of electronic prescriptions about a person, the last of a number counting like every other record.
fn prescriptions(state: &State, person: &str) -> Vec<ElectronicPrescription> {
    let told = standing(state, person);
    told.filter_map(
        |change| {
            if let Change::Prescription(one) = change { Some(one.clone()) } else { None }
        },
    )
    .collect()
}

/// The days on which a person asked to cancel the registration.
pub(super) fn cancellations(state: &State, person: &str) -> Vec<Date> {
    let told = standing(state, person);
    told.filter_map(|change| {
        if let Change::Cancellation { requested } = change { Some(*requested) } else { None }
    })
    .collect()
}

/// Whether a person's medical information is hidden: the resident register says otherwise than the insurer, and the insurer has
/// not confirmed (OQS-INS-07). Of what the register says the name is compared here, spaces aside.
pub(super) fn is_hidden(world: &World, state: &State, person: &str) -> bool {
    let known = world.people.get(person).map(|person| person.name.as_str());
    let differs =
        |name: &String| known.is_some_and(|known| text::folded(known) != text::folded(name));
    let said = standing(state, person).filter_map(|change| {
        if let Change::Register { name } = change { Some(name) } else { None }
    });
    let confirmed = standing(state, person).any(|change| *change == Change::Confirmed);
    said.last().is_some_and(differs) && !confirmed
}

/// The coverages of a person after everything that was fed: gains first, then what ends them, then limits.
pub(super) fn coverages(world: &World, state: &State, person: &str) -> Vec<Coverage> {
    let before = world.people.get(person).map(|person| fed_before(&person.coverages));
    let later = standing(state, person).cloned();
    let changes: Vec<Change> = before.into_iter().flatten().chain(later).collect();
    let mut held = Vec::new();
    for change in &changes {
        if let Change::Gain(coverage) = change {
            gain(&mut held, coverage);
        }
    }
    for change in &changes {
        match change {
            Change::Gain(_)
            | Change::ElderlyShares { .. }
            | Change::Diseases { .. }
            | Change::Aid(_)
            | Change::Tickets { .. }
            | Change::Register { .. }
            | Change::Confirmed
            | Change::Withdrawal { .. }
            | Change::Prescription(_)
            | Change::Cancellation { .. } => {}
            Change::Loss { numbers, date, reason } => lose(&mut held, numbers, *date, reason),
            Change::Limit { numbers, limit } => grant(&mut held, numbers, limit),
        }
    }
    held
}

/// A coverage of the world as the records that made it.
fn fed_before(coverages: &[Coverage]) -> Vec<Change> {
    let changes = |coverage: &Coverage| {
        let loss = coverage.lost.map(|date| {
            let (numbers, reason) = (numbers::of(coverage), coverage.loss_reason.clone());
            Change::Loss { numbers, date, reason }
        });
        let limit = coverage.limit.clone();
        let limit = limit.map(|limit| Change::Limit { numbers: numbers::of(coverage), limit });
        [Some(Change::Gain(coverage.clone())), loss, limit].into_iter().flatten()
    };
    coverages.iter().flat_map(changes).collect()
}

/// 資格取得. The same numbers gained on the same day are the same coverage, told anew. A gain tells neither loss nor limit:
/// these are changes of their own (bench choice).
fn gain(held: &mut Vec<Coverage>, coverage: &Coverage) {
    let coverage = Coverage { lost: None, loss_reason: None, limit: None, ..coverage.clone() };
    let is_same = |old: &&mut Coverage| {
        old.gained == coverage.gained && numbers::same(&numbers::of(old), &numbers::of(&coverage))
    };
    match held.iter_mut().find(is_same) {
        Some(old) => *old = coverage,
        None => held.push(coverage),
    }
}

/// 資格喪失. It ends the newest coverage of this number that began before the day of the loss; without one, the coverage that
/// began that very day and so covers no day at all. A loss before every gain ends nothing until such a gain is fed. A later
/// record about the same coverage replaces the day, also backwards (OQS-INS-09).
fn lose(held: &mut [Coverage], numbers: &Numbers, date: Date, reason: &Option<String>) {
    let (earlier, that_day): (Vec<_>, Vec<_>) = held
        .iter_mut()
        .filter(|coverage| is_numbered(coverage, numbers) && coverage.gained <= date)
        .partition(|coverage| coverage.gained < date);
    let newest = earlier.into_iter().max_by_key(|coverage| coverage.gained);
    if let Some(coverage) = newest.or_else(|| that_day.into_iter().next()) {
        coverage.lost = Some(date);
        coverage.loss_reason.clone_from(reason);
    }
}

/// 限度額適用. It goes with the number and has days of its own, so every coverage of the number has it; a later one replaces it.
fn grant(held: &mut [Coverage], numbers: &Numbers, limit: &Limit) {
    for coverage in held.iter_mut().filter(|coverage| is_numbered(coverage, numbers)) {
        coverage.limit = Some(limit.clone());
    }
}

/// Losses and limits name a coverage by insurer and number (bench choice: a person has each number once at a time).
fn is_numbered(coverage: &Coverage, numbers: &Numbers) -> bool {
    numbers::same_number(&numbers::of(coverage), numbers)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::testing::{HANAKO, coverage, feed_gain, feed_limit, feed_loss, limit, world};
    use super::*;

    /// Hanako holds 1001 from 2025-04-01 before any of this.
    fn after(records: &[FeedRecord]) -> State {
        let world = world();
        let mut state = State::before(&world);
        for one in records {
            record(&world, &mut state, one);
        }
        state
    }

    fn spans(state: &State) -> Vec<(String, Date, Option<Date>)> {
        let span = |one: &Coverage| (one.number.clone(), one.gained, one.lost);
        state.coverages[HANAKO].iter().map(span).collect()
    }

    fn loss(id: &str, number: &str, date: Date) -> FeedRecord {
        feed_loss(id, HANAKO, number, date)
    }

    fn gain(id: &str, number: &str, date: Date) -> FeedRecord {
        feed_gain(id, HANAKO, coverage(number, date))
    }

    #[test]
    fn a_repeated_record_changes_nothing_and_a_changed_one_is_turned_away() {
        let world = world();
        let mut state = State::before(&world);
        let first = loss("r1", "1001", date(2026, 5, 1));
        assert!(record(&world, &mut state, &first));
        let known = state.clone();
        assert!(record(&world, &mut state, &first));
        assert!(!record(&world, &mut state, &loss("r1", "1001", date(2026, 6, 1))));
        assert_eq!(state, known);
    }

    #[test]
    fn which_coverage_a_loss_ends() {
        let first = date(2025, 4, 1);
        let again = date(2026, 4, 1);
        for (case, records, expected) in [
            (
                "the day before the gain",
                vec![loss("r1", "1001", date(2025, 3, 31))],
                vec![("1001", first, None)],
            ),
            (
                "the day of the gain",
                vec![loss("r1", "1001", first)],
                vec![("1001", first, Some(first))],
            ),
            ("nobody's number", vec![loss("r1", "9999", again)], vec![("1001", first, None)]),
            (
                "the newer of two",
                vec![gain("r1", "1001", again), loss("r2", "1001", date(2026, 5, 1))],
                vec![("1001", first, None), ("1001", again, Some(date(2026, 5, 1)))],
            ),
            (
                "the older, on the day the newer began",
                vec![gain("r1", "1001", again), loss("r2", "1001", again)],
                vec![("1001", first, Some(again)), ("1001", again, None)],
            ),
            (
                "OQS-INS-09 the later record counts",
                vec![loss("r1", "1001", again), loss("r2", "1001", date(2026, 2, 1))],
                vec![("1001", first, Some(date(2026, 2, 1)))],
            ),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(number, from, to)| (number.to_owned(), from, to))
                .collect();
            assert_eq!(spans(&after(&records)), expected, "{case}");
        }
    }

    #[test]
    fn what_comes_before_its_gain_waits_for_it() {
        let (gained, lost) = (date(2026, 5, 1), date(2026, 6, 1));
        let records = [
            loss("r1", "2001", lost),
            feed_limit("r2", HANAKO, "2001"),
            gain("r3", "2001", gained),
        ];
        assert_eq!(spans(&after(&records[..2])).len(), 1);
        let state = after(&records);
        let newest = state.coverages[HANAKO].last().unwrap();
        assert_eq!((newest.lost, newest.limit.is_some()), (Some(lost), true));
    }

    #[test]
    fn a_gain_told_anew_keeps_what_ended_it() {
        let corrected =
            Coverage { insurer_name: "見本組合".into(), ..coverage("1001", date(2025, 4, 1)) };
        let records = [loss("r1", "1001", date(2026, 5, 1)), feed_gain("r2", HANAKO, corrected)];
        let state = after(&records);
        let [held] = state.coverages[HANAKO].as_slice() else { panic!("one coverage") };
        assert_eq!((held.insurer_name.as_str(), held.lost), ("見本組合", Some(date(2026, 5, 1))));
    }

    #[test]
    fn a_gain_tells_neither_loss_nor_limit() {
        let told = Coverage {
            lost: Some(date(2026, 5, 2)),
            limit: Some(limit(date(2026, 5, 1), date(2026, 5, 31))),
            ..coverage("2001", date(2026, 5, 1))
        };
        let state = after(&[feed_gain("r1", HANAKO, told)]);
        let newest = state.coverages[HANAKO].last().unwrap();
        assert_eq!((newest.lost, &newest.limit), (None, &None));
    }

    #[test]
    fn what_the_world_holds_is_held_before_the_story() {
        let mut world = world();
        let held = vec![
            Coverage {
                lost: Some(date(2026, 4, 1)),
                loss_reason: Some("03".into()),
                ..coverage("1001", date(2025, 4, 1))
            },
            Coverage {
                limit: Some(limit(date(2026, 4, 1), date(2026, 7, 31))),
                ..coverage("1002", date(2026, 4, 1))
            },
        ];
        world.people.get_mut(HANAKO).unwrap().coverages.clone_from(&held);
        assert_eq!(State::before(&world).coverages[HANAKO], held);
    }

    fn life() -> Vec<FeedRecord> {
        vec![
            gain("r1", "2001", date(2026, 5, 1)),
            loss("r2", "1001", date(2026, 5, 1)),
            loss("r3", "1001", date(2026, 4, 1)),
            feed_limit("r4", HANAKO, "2001"),
            gain("r5", "1001", date(2026, 6, 1)),
            loss("r6", "2001", date(2026, 6, 1)),
            loss("r7", "3001", date(2026, 6, 1)),
        ]
    }

    proptest! {
        #[test]
        fn neither_order_nor_repetition_matters(
            shuffled in Just(life()).prop_shuffle(),
            again in prop::collection::vec(0..7_usize, 0..5),
        ) {
            let mut arrived = shuffled;
            again.into_iter().for_each(|place| arrived.push(arrived[place].clone()));
            prop_assert_eq!(after(&arrived), after(&life()));
        }
    }
}
