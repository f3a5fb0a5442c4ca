//! When a certificate ends.

use der::DateTime;
use jiff::{Timestamp, ToSpan, civil::Date, tz::Offset};

use super::authority::AuthorityError;

/// Japan Standard Time; the country has known no summer time since 1951.
const JST: Offset = Offset::constant(9);

/// The Japanese calendar day of an instant.
pub fn japanese_day(at: Timestamp) -> Date {
    JST.to_datetime(at).date()
}

/// The last second of a Japanese calendar day, always 14:59:59Z.
///
/// # Errors
/// [`AuthorityError::DateOutOfRange`] at the ends of the calendar.
pub fn end_of_day(day: Date) -> Result<Timestamp, AuthorityError> {
    JST.to_timestamp(day.at(23, 59, 59, 0)).map_err(|_| AuthorityError::DateOutOfRange)
}

/// The fifth birthday after the day of issue. A birthday on the day of issue itself does not count.
///
/// Who was born on 29 February has the birthday on 28 February in common years (bench profile: the profile document is not public; this is the
/// reading of the Road Traffic Act for driving licences, which end by the same kind of rule).
///
/// # Errors
/// [`AuthorityError::DateOutOfRange`] at the ends of the calendar.
pub fn fifth_birthday(birthdate: Date, issued: Date) -> Result<Date, AuthorityError> {
    let this_year = birthday_in(birthdate, issued.year())?;
    let first = if this_year > issued { issued.year() } else { issued.year().saturating_add(1) };
    birthday_in(birthdate, first.saturating_add(4))
}

/// Adding years to 29 February constrains to the 28th, which is the rule above.
fn birthday_in(birthdate: Date, year: i16) -> Result<Date, AuthorityError> {
    let years = i32::from(year) - i32::from(birthdate.year());
    birthdate.checked_add(years.years()).map_err(|_| AuthorityError::DateOutOfRange)
}

/// End of a certificate issued at `at`: the end of the fifth birthday, but not later than the card's own last day.
///
/// # Errors
/// [`AuthorityError::DateOutOfRange`] at the ends of the calendar.
pub fn regular_end(
    birthdate: Date,
    at: Timestamp,
    card_expiry: Date,
) -> Result<Timestamp, AuthorityError> {
    end_of_day(fifth_birthday(birthdate, japanese_day(at))?.min(card_expiry))
}

/// An instant as ASN.1 knows it: whole seconds, none before 1970.
///
/// # Errors
/// [`AuthorityError::DateOutOfRange`] before 1970.
pub fn asn1_time(at: Timestamp) -> Result<DateTime, AuthorityError> {
    let seconds = u64::try_from(at.as_second()).map_err(|_| AuthorityError::DateOutOfRange)?;
    DateTime::from_unix_duration(core::time::Duration::from_secs(seconds))
        .map_err(|_| AuthorityError::DateOutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_by_birthday_and_card() {
        for (case, born, issued, card, end) in [
            // The one public sample: issued 2025-10-27, birthday 17 February.
            (
                "birthday later in the year",
                "1980-02-17",
                "2025-10-27T03:00:00Z",
                "2035-02-17",
                "2030-02-17",
            ),
            (
                "birthday still ahead this year",
                "1980-11-01",
                "2025-10-27T03:00:00Z",
                "2035-11-01",
                "2029-11-01",
            ),
            (
                "issued on the birthday",
                "1980-10-27",
                "2025-10-27T03:00:00Z",
                "2035-10-27",
                "2030-10-27",
            ),
            (
                "issued the day before the birthday",
                "1980-10-28",
                "2025-10-27T03:00:00Z",
                "2035-10-28",
                "2029-10-28",
            ),
            (
                "the Japanese day counts",
                "1980-10-28",
                "2025-10-27T15:00:00Z",
                "2035-10-28",
                "2030-10-28",
            ),
            (
                "one second before the Japanese midnight",
                "1980-10-28",
                "2025-10-27T14:59:59Z",
                "2035-10-28",
                "2029-10-28",
            ),
            ("card ends first", "1980-02-17", "2025-10-27T03:00:00Z", "2028-02-17", "2028-02-17"),
            (
                "card ends the same day",
                "1980-02-17",
                "2025-10-27T03:00:00Z",
                "2030-02-17",
                "2030-02-17",
            ),
            (
                "29 February, ends in a common year",
                "2000-02-29",
                "2025-10-27T03:00:00Z",
                "2035-02-28",
                "2030-02-28",
            ),
            (
                "29 February, ends in a leap year",
                "2000-02-29",
                "2023-10-27T03:00:00Z",
                "2033-02-28",
                "2028-02-29",
            ),
            (
                "29 February, issued on the kept day",
                "2000-02-29",
                "2025-02-28T03:00:00Z",
                "2035-02-28",
                "2030-02-28",
            ),
            ("new-born", "2025-10-27", "2025-10-27T03:00:00Z", "2030-10-27", "2030-10-27"),
        ] {
            let end_at =
                regular_end(born.parse().unwrap(), issued.parse().unwrap(), card.parse().unwrap());
            assert_eq!(end_at.unwrap().to_string(), format!("{end}T14:59:59Z"), "{case}");
        }
    }

    #[test]
    fn nothing_before_1970() {
        assert!(matches!(
            asn1_time("1969-12-31T23:59:59Z".parse().unwrap()),
            Err(AuthorityError::DateOutOfRange)
        ));
    }
}
