//! Stage: what an insurer's record changes. Rows OQS-INS-01, 05, 09, 10, 11.

use crate::model::{Change, Coverage, FeedRecord, Limit, Numbers};

use super::numbers;
use super::state::State;

/// Takes one record, or leaves everything as it is.
///
/// A record taken before is taken again without effect; its id with another content is not (OQS-INS-11). A record that
/// was turned away is forgotten, so it may come again once what it refers to has been fed (bench choice).
pub(super) fn record(state: &mut State, record: &FeedRecord) -> bool {
    if let Some(known) = state.feed_records.get(&record.record_id) {
        return known == record;
    }
    let Some(held) = state.coverages.get_mut(&record.person) else { return false };
    let accepted = match &record.change {
        Change::Gain(coverage) => gain(held, coverage),
        Change::Loss { numbers, date, reason } => named(held, numbers).is_some_and(|coverage| {
            let possible = coverage.gained <= *date;
            if possible {
                coverage.lost = Some(*date);
                coverage.loss_reason.clone_from(reason);
            }
            possible
        }),
        Change::Limit { numbers, limit } => grant(held, numbers, limit),
    };
    if accepted {
        state.feed_records.insert(record.record_id.clone(), record.clone());
    }
    accepted
}

/// 資格取得. The same numbers gained on the same day are the same coverage: it is replaced and keeps its place in the
/// feed order (bench choice). A loss before the gain is turned away.
pub(super) fn gain(held: &mut Vec<Coverage>, coverage: &Coverage) -> bool {
    if coverage.lost.is_some_and(|lost| lost < coverage.gained) {
        return false;
    }
    let numbers = numbers::of(coverage);
    let known = held
        .iter_mut()
        .find(|old| old.gained == coverage.gained && numbers::same(&numbers::of(old), &numbers));
    match known {
        Some(old) => *old = coverage.clone(),
        None => held.push(coverage.clone()),
    }
    true
}

/// 限度額適用 granted; a second grant replaces the first.
fn grant(held: &mut [Coverage], numbers: &Numbers, limit: &Limit) -> bool {
    named(held, numbers).is_some_and(|coverage| {
        coverage.limit = Some(limit.clone());
        true
    })
}

/// The coverage with these numbers; the newest gained one, should there be several (bench choice).
fn named<'a>(held: &'a mut [Coverage], numbers: &Numbers) -> Option<&'a mut Coverage> {
    held.iter_mut()
        .filter(|coverage| numbers::same(&numbers::of(coverage), numbers))
        .max_by_key(|coverage| coverage.gained)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{HANAKO, coverage, feed_gain, feed_limit, feed_loss, world};
    use super::*;

    fn start() -> State {
        State::before(&world())
    }

    #[test]
    fn a_repeated_record_changes_nothing_and_a_changed_one_is_turned_away() {
        let mut state = start();
        let loss = feed_loss("r1", HANAKO, "1001", date(2026, 5, 1));
        assert!(record(&mut state, &loss));
        let after = state.clone();
        assert!(record(&mut state, &loss));
        assert!(!record(&mut state, &feed_loss("r1", HANAKO, "1001", date(2026, 6, 1))));
        assert_eq!(state, after);
    }

    #[test]
    fn what_is_turned_away_leaves_no_trace() {
        let mut state = start();
        let before = state.clone();
        assert!(!record(&mut state, &feed_loss("r1", HANAKO, "no such number", date(2026, 5, 1))));
        assert!(
            !record(&mut state, &feed_loss("r2", HANAKO, "1001", date(2025, 3, 31))),
            "the day before the gain"
        );
        assert!(!record(&mut state, &feed_limit("r3", HANAKO, "no such number")));
        assert!(!record(
            &mut state,
            &feed_gain("r4", "nobody", coverage("2001", date(2026, 5, 1)))
        ));
        let impossible =
            Coverage { lost: Some(date(2026, 4, 30)), ..coverage("2001", date(2026, 5, 1)) };
        assert!(!record(&mut state, &feed_gain("r5", HANAKO, impossible)));
        assert_eq!(state, before);
    }

    #[test]
    fn a_loss_on_the_day_of_the_gain_is_possible() {
        assert!(record(&mut start(), &feed_loss("r1", HANAKO, "1001", date(2025, 4, 1))));
    }

    #[test]
    fn a_record_turned_away_may_come_again_after_the_gain() {
        let mut state = start();
        let limit = feed_limit("r1", HANAKO, "2001");
        assert!(!record(&mut state, &limit));
        assert!(record(&mut state, &feed_gain("r2", HANAKO, coverage("2001", date(2026, 5, 1)))));
        assert!(record(&mut state, &limit));
    }

    #[test]
    fn the_same_coverage_is_replaced_and_another_is_added() {
        let mut state = start();
        let corrected =
            Coverage { insurer_name: "見本組合".into(), ..coverage("1001", date(2025, 4, 1)) };
        assert!(record(&mut state, &feed_gain("r1", HANAKO, corrected.clone())));
        assert_eq!(state.coverages[HANAKO], std::slice::from_ref(&corrected));
        let rejoined = coverage("1001", date(2026, 4, 1));
        assert!(record(&mut state, &feed_gain("r2", HANAKO, rejoined.clone())));
        assert_eq!(state.coverages[HANAKO], [corrected, rejoined]);
    }

    #[test]
    fn loss_and_limit_mean_the_newest_coverage_of_these_numbers() {
        let mut state = start();
        assert!(record(&mut state, &feed_gain("r1", HANAKO, coverage("1001", date(2026, 4, 1)))));
        assert!(record(&mut state, &feed_loss("r2", HANAKO, "1001", date(2026, 5, 1))));
        assert!(record(&mut state, &feed_limit("r3", HANAKO, "1001")));
        let held = &state.coverages[HANAKO];
        assert_eq!((held[0].lost, held[0].limit.is_some()), (None, false));
        assert_eq!((held[1].lost, held[1].limit.is_some()), (Some(date(2026, 5, 1)), true));
    }
}
