//! Japanese calendar days. The rows speak of days; an instant becomes a day here and nowhere else.

use jiff::civil::Date;
use jiff::tz::{Offset, offset};
use jiff::{Span, Timestamp};

/// Japan: nine hours ahead of UTC all year round.
const JAPAN: Offset = offset(9);

/// The Japanese calendar day of an instant; it begins at 15:00:00Z of the day before.
pub(super) fn day(at: Timestamp) -> Date {
    JAPAN.to_datetime(at).date()
}

/// The birthday in a given year. Somebody born on 29 February has it on 28 February of common years (bench choice).
pub(super) fn birthday(birthdate: Date, year: i16) -> Date {
    Date::new(year, birthdate.month(), birthdate.day())
        .or_else(|_| Date::new(year, birthdate.month(), 28))
        .unwrap_or(Date::MAX)
}

/// The same day of the month, `months` earlier; the last day of that month where it is shorter.
pub(super) fn months_before(day: Date, months: i32) -> Date {
    day.checked_sub(Span::new().months(months)).unwrap_or(Date::MIN)
}

/// The last day of the month that follows `months` months after the month of `day`.
pub(super) fn end_of_month_after(day: Date, months: i32) -> Date {
    day.first_of_month()
        .checked_add(Span::new().months(months))
        .unwrap_or(Date::MAX)
        .last_of_month()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_japanese_day_turns_at_15_00_utc() {
        assert_eq!(day("2026-03-31T14:59:59Z".parse().unwrap()), date(2026, 3, 31));
        assert_eq!(day("2026-03-31T15:00:00Z".parse().unwrap()), date(2026, 4, 1));
    }

    #[test]
    fn birthdays_of_the_29th_of_february() {
        assert_eq!(birthday(date(2000, 2, 29), 2028), date(2028, 2, 29));
        assert_eq!(birthday(date(2000, 2, 29), 2027), date(2027, 2, 28));
        assert_eq!(birthday(date(1999, 7, 31), 2027), date(2027, 7, 31));
    }

    #[test]
    fn months_are_clamped_at_their_end() {
        for (from, before) in [
            (date(2026, 5, 31), date(2026, 2, 28)),
            (date(2028, 5, 31), date(2028, 2, 29)),
            (date(2026, 7, 15), date(2026, 4, 15)),
            (date(2026, 1, 30), date(2025, 10, 30)),
        ] {
            assert_eq!(months_before(from, 3), before, "{from}");
        }
        assert_eq!(end_of_month_after(date(2026, 11, 30), 3), date(2027, 2, 28));
        assert_eq!(end_of_month_after(date(2026, 5, 1), 3), date(2026, 8, 31));
    }
}
