//! Stage: which specific health checks (特定健診) are given of those that were made. Row OQS-INFO-01.

use jiff::civil::{Date, date};

use crate::model::HealthCheck;

use super::calendar::months_before;

/// Months that health checks reach back.
const MONTHS_BACK: i32 = 5 * 12;

/// Before this day none were kept.
const FIRST_EVER: Date = date(2020, 4, 1);

/// The items of the checks of the last five years, today's included, newest first; of one day, by name backwards (bench choice).
pub(super) fn given(made: &[HealthCheck], today: Date) -> Vec<String> {
    let first = months_before(today, MONTHS_BACK).max(FIRST_EVER);
    let mut shown: Vec<_> =
        made.iter().filter(|check| first <= check.made && check.made <= today).collect();
    shown.sort_by(|one, other| other.cmp(one));
    shown.into_iter().map(|check| check.item.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // row OQS-INFO-01
    fn five_years_back_and_not_before_the_service_began() {
        let check = |made: Date| HealthCheck { made, item: made.to_string() };
        let made = [
            date(2020, 3, 31),
            date(2020, 4, 1),
            date(2021, 3, 31),
            date(2021, 4, 1),
            date(2026, 4, 1),
            date(2026, 4, 2),
        ]
        .map(check);
        for (today, expected) in [
            (date(2026, 4, 1), vec!["2026-04-01", "2021-04-01"]),
            (date(2026, 3, 31), vec!["2021-04-01", "2021-03-31"]),
            (date(2024, 6, 1), vec!["2021-04-01", "2021-03-31", "2020-04-01"]),
        ] {
            assert_eq!(given(&made, today), expected, "{today}");
        }
    }
}
