//! Stage: disaster mode (災害時), opened for an area and a period. Rows OQS-DIS-01, 03, 04.

use crate::model::DisasterMode;

use super::calendar::day;
use super::state::State;

/// A later word about an area takes the place of the one before (bench choice).
pub(super) fn open(state: &mut State, mode: &DisasterMode) {
    state.disasters.insert(mode.prefecture.clone(), (mode.from, mode.to));
}

/// Whether it is open at an institution now: there alone where its code begins with the prefecture (OQS-DIS-01), from the first
/// to the last day and not after (OQS-DIS-04).
pub(super) fn is_open(state: &State, institution: &str) -> bool {
    let today = day(state.now);
    state.disasters.iter().any(|(prefecture, (from, to))| {
        institution.starts_with(prefecture.as_str()) && *from <= today && today <= *to
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{at, world};
    use super::*;

    #[test]
    fn open_in_its_area_and_period() {
        let mut state = State::before(&world());
        let (from, to) = (date(2026, 5, 1), date(2026, 5, 31));
        open(&mut state, &DisasterMode { prefecture: "13".into(), from, to });
        for (now, institution, expected) in [
            ("2026-04-30T23:59:59", "1319999999", false),
            ("2026-05-01T00:00:00", "1319999999", true),
            ("2026-05-31T23:59:59", "1349999997", true),
            ("2026-06-01T00:00:00", "1319999999", false),
            ("2026-05-10T12:00:00", "2719999991", false),
            ("2026-05-10T12:00:00", "0113999999", false),
        ] {
            state.now = at(now);
            assert_eq!(is_open(&state, institution), expected, "{now} {institution}");
        }
    }
}
