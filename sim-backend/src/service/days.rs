//! Japanese calendar days and the ages that insurance law counts by.

use jiff::{Timestamp, ToSpan, civil::Date, civil::DateTime, tz::Offset};

/// Japan has one offset and no summer time.
const JAPAN: Offset = Offset::constant(9);

/// The Japanese calendar day of an instant.
#[must_use]
pub fn day_of(instant: Timestamp) -> Date {
    clock_of(instant).date()
}

/// The Japanese wall clock of an instant, as the messages write it.
#[must_use]
pub fn clock_of(instant: Timestamp) -> DateTime {
    JAPAN.to_datetime(instant)
}

/// The first instant of a Japanese calendar day.
#[must_use]
pub fn start_of(day: Date) -> Timestamp {
    JAPAN.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
}

/// The last second of a Japanese calendar day.
#[must_use]
pub fn end_of(day: Date) -> Option<Timestamp> {
    JAPAN.to_timestamp(day.at(23, 59, 59, 0)).ok()
}

/// The instant without its parts of a second: messages carry whole seconds, so rules count in them too.
#[must_use]
pub fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

/// The last day on which a child counts as preschool: the first 31 March on or after the day before the sixth birthday.
/// Row OQS-QUAL-20.
#[must_use]
pub fn preschool_until(birthdate: Date) -> Option<Date> {
    let turns_six = birthdate.checked_add(6.years()).ok()?.yesterday().ok()?;
    let march = |year| Date::new(year, 3, 31).ok();
    march(turns_six.year()).filter(|end| turns_six <= *end).or_else(|| march(turns_six.year() + 1))
}

/// The first day of the elderly share: the month after the seventieth birthday, or that very month for who is born on
/// the first. Row OQS-LIM-11.
#[must_use]
pub fn elderly_share_from(birthdate: Date) -> Option<Date> {
    let birthday = birthdate.checked_add(70.years()).ok()?;
    let month = birthday.first_of_month();
    if birthdate.day() == 1 { Some(month) } else { month.checked_add(1.month()).ok() }
}

/// The first day without elderly recipient certificate: the 75th birthday, when late-elderly care takes over.
#[must_use]
pub fn late_elderly_from(birthdate: Date) -> Option<Date> {
    birthdate.checked_add(75.years()).ok()
}

/// The first day on which a cancelled registration counts no more: a request takes effect at the end of the next month.
/// Row OQS-REG-08.
#[must_use]
pub fn cancellation_from(requested: Date) -> Option<Date> {
    requested.first_of_month().checked_add(2.months()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_japanese_day_begins_at_three_in_the_afternoon_utc() {
        assert_eq!(day_of("2026-04-01T14:59:59Z".parse().unwrap()), day("2026-04-01"));
        assert_eq!(day_of("2026-04-01T15:00:00Z".parse().unwrap()), day("2026-04-02"));
        assert_eq!(start_of(day("2026-04-02")), "2026-04-01T15:00:00Z".parse().unwrap());
    }

    #[test]
    fn the_japanese_day_ends_a_second_before_three_in_the_afternoon_utc() {
        assert_eq!(end_of(day("2026-04-01")), "2026-04-01T14:59:59Z".parse().ok());
    }

    #[test] // row OQS-QUAL-20
    fn preschool_ends_with_the_school_year() {
        for (born, last) in [
            ("2019-04-01", "2025-03-31"), // turns six on 31 March by law
            ("2019-04-02", "2026-03-31"),
            ("2020-03-31", "2026-03-31"),
            ("2020-02-29", "2026-03-31"),
            ("2019-12-24", "2026-03-31"),
        ] {
            assert_eq!(preschool_until(day(born)), Some(day(last)), "born {born}");
        }
    }

    #[test] // row OQS-LIM-11
    fn elderly_share_starts_the_month_after_the_seventieth_birthday() {
        for (born, first) in [
            ("1956-04-01", "2026-04-01"),
            ("1956-04-02", "2026-05-01"),
            ("1955-12-31", "2026-01-01"),
            ("1956-02-29", "2026-03-01"),
        ] {
            assert_eq!(elderly_share_from(day(born)), Some(day(first)), "born {born}");
        }
    }

    #[test] // row OQS-REG-08
    fn a_cancellation_takes_effect_at_the_end_of_the_next_month() {
        assert_eq!(cancellation_from(day("2026-01-31")), Some(day("2026-03-01")));
        assert_eq!(cancellation_from(day("2025-11-10")), Some(day("2026-01-01")));
    }

    #[test]
    fn whole_seconds_are_cut_and_not_rounded() {
        assert_eq!(
            whole_second("2026-04-01T00:00:00.999Z".parse().unwrap()),
            "2026-04-01T00:00:00Z".parse().unwrap()
        );
    }
}
