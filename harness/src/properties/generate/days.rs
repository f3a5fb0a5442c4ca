//! Days and instants near the places where a rule turns. On its own: no rule of the reference pipeline is asked.

use jiff::civil::{Date, date, time};
use jiff::tz::{Offset, offset};
use jiff::{SignedDuration, Span, Timestamp};
use proptest::prelude::*;

/// Japanese time.
const JAPAN: Offset = offset(9);

/// The Japanese day of an instant.
pub(super) fn day(at: Timestamp) -> Date {
    JAPAN.to_datetime(at).date()
}

/// An instant of a Japanese day, given in seconds after its midnight.
pub(super) fn instant(day: Date, seconds: i64) -> Timestamp {
    let midnight = day.to_datetime(time(0, 0, 0, 0));
    JAPAN.to_timestamp(midnight).map_or(Timestamp::MAX, |at| later(at, seconds))
}

/// So many seconds later.
pub(super) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(at)
}

/// So many days later, or earlier.
pub(super) fn days_on(day: Date, days: i32) -> Date {
    day.checked_add(Span::new().days(days)).unwrap_or(day)
}

/// So many months later, or earlier; clamped at the end of the month.
pub(super) fn months_on(day: Date, months: i32) -> Date {
    day.checked_add(Span::new().months(months)).unwrap_or(day)
}

/// So many years later, or earlier.
pub(super) fn years_on(day: Date, years: i32) -> Date {
    day.checked_add(Span::new().years(years)).unwrap_or(day)
}

/// The day on which a story begins: ordinary days, and ends of months, years and fiscal years.
pub(super) fn first_day() -> BoxedStrategy<Date> {
    let borders = [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 12, 31),
        date(2027, 5, 31),
        date(2028, 2, 29),
    ];
    prop_oneof![
        3 => (0..365_i32).prop_map(|days| days_on(date(2026, 1, 5), days)),
        1 => prop::sample::select(borders.to_vec()),
    ]
    .boxed()
}

/// Seconds after midnight: in opening hours, and at both ends of the day.
pub(super) fn second_of_day() -> BoxedStrategy<i64> {
    prop_oneof![4 => Just(10 * 3600_i64), 2 => 9 * 3600..18 * 3600_i64, 1 => Just(0_i64), 1 => Just(86_399_i64)].boxed()
}

/// A step around a border: exactly there, one before, one after.
pub(super) fn around() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0_i64), Just(-1_i64), Just(1_i64)]
}

/// Days from a day that matters: near, or some weeks or a year off.
pub(super) fn offset_in_days() -> BoxedStrategy<i32> {
    prop_oneof![
        2 => Just(0),
        2 => Just(-1),
        2 => Just(1),
        2 => -40..40_i32,
        1 => -400..-300_i32,
    ]
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_days_fit_each_other() {
        for day_of_year in 0..400 {
            let start = days_on(date(2027, 12, 1), day_of_year);
            assert_eq!(day(instant(start, 0)), start);
            assert_eq!(day(instant(start, 86_399)), start);
            assert_eq!(day(instant(start, -1)), days_on(start, -1));
        }
    }
}
