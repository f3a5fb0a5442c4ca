//! Stage: medical aid (医療扶助) and its tickets (医療券・調剤券). Rows OQS-AID-01 to 03, OQS-CONS-10.

use jiff::civil::Date;

use crate::model::{Change, Coverage};

use super::qualification::is_active;
use super::state::State;
use super::{feed, numbers};

/// The medical aid that was told last of a person and runs on a day, with whether it can be used: until the welfare office has
/// registered tickets for the month it is valid and not registered (OQS-AID-03).
pub(super) fn of<'a>(state: &'a State, person: &str, day: Date) -> Option<(&'a Coverage, bool)> {
    let granted = granted(state, person).filter(|aid| is_active(aid, day)).last()?;
    Some((granted, !tickets(state, person, granted, day).is_empty()))
}

/// Whether a coverage that is told of a person is medical aid and no insurance.
pub(super) fn is_aid(state: &State, person: &str, told: &Coverage) -> bool {
    granted(state, person).any(|aid| aid == told)
}

fn granted<'a>(state: &'a State, person: &str) -> impl Iterator<Item = &'a Coverage> {
    let told = feed::standing(state, person);
    told.filter_map(|change| if let Change::Aid(coverage) = change { Some(coverage) } else { None })
}

/// The institutions that the tickets of the day's month name, whoever asks by card (OQS-AID-01). What was told of a month last
/// is all there is of it.
pub(super) fn tickets(state: &State, person: &str, aid: &Coverage, day: Date) -> Vec<String> {
    let of_month = |change: &Change| {
        let Change::Tickets { numbers, month, institutions } = change else { return None };
        let is_meant = *month == day.first_of_month() && numbers::same(numbers, &numbers::of(aid));
        is_meant.then(|| institutions.clone())
    };
    feed::standing(state, person).filter_map(of_month).last().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{CLINIC, HANAKO, OTHER_CLINIC, coverage, world};
    use super::*;
    use crate::model::FeedRecord;

    fn aid() -> Coverage {
        Coverage { symbol: None, branch: None, ..coverage("7001", date(2026, 4, 1)) }
    }

    fn tickets_of(id: &str, month: Date, institutions: &[&str]) -> FeedRecord {
        let institutions = institutions.iter().map(|code| (*code).to_owned()).collect();
        let change = Change::Tickets { numbers: numbers::of(&aid()), month, institutions };
        FeedRecord { record_id: id.into(), person: HANAKO.into(), change }
    }

    #[test]
    fn aid_is_registered_month_by_month_and_the_last_word_counts() {
        let world = world();
        let mut state = State::before(&world);
        let registered = |state: &State, day| of(state, HANAKO, day).map(|(_, usable)| usable);
        assert_eq!(registered(&state, date(2026, 5, 1)), None);
        let granted = Change::Aid(aid());
        let granted = FeedRecord { record_id: "r1".into(), person: HANAKO.into(), change: granted };
        feed::record(&world, &mut state, &granted);
        assert_eq!(registered(&state, date(2026, 3, 31)), None);
        assert_eq!(registered(&state, date(2026, 5, 1)), Some(false));
        feed::record(&world, &mut state, &tickets_of("r2", date(2026, 5, 1), &[CLINIC]));
        for (day, expected) in [
            (date(2026, 4, 30), Some(false)),
            (date(2026, 5, 1), Some(true)),
            (date(2026, 5, 31), Some(true)),
            (date(2026, 6, 1), Some(false)),
        ] {
            assert_eq!(registered(&state, day), expected, "{day}");
        }
        let both = [OTHER_CLINIC, CLINIC];
        feed::record(&world, &mut state, &tickets_of("r3", date(2026, 5, 1), &both));
        assert_eq!(tickets(&state, HANAKO, &aid(), date(2026, 5, 9)), both);
        feed::record(&world, &mut state, &tickets_of("r4", date(2026, 5, 1), &[]));
        assert_eq!(registered(&state, date(2026, 5, 9)), Some(false));
    }
}
