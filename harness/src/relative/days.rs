//! Days in words and in data, moved by whole days: of steps, of their tables and texts, of personas.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Years that a day of a story can lie in; other digits are numbers of something.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
/// The day of a month by which a month is moved: the one that the fewest days lead out of it.
const MIDDLE: i8 = 15;

/// A text with each of its days moved: `2026年4月1日`, `2026-04-01`, and months without a day.
pub fn text(text: &str, days: i64) -> String {
    let (mut moved, mut rest, mut before) = (String::new(), text, None);
    while let Some(next) = rest.chars().next() {
        let is_inside = before.is_some_and(|it: char| it.is_ascii_digit() || it == '-');
        match spelt(rest).filter(|_| !is_inside) {
            Some((found, after)) => {
                moved.push_str(&found.moved(days).words());
                (rest, before) = (after, Some('0'));
            }
            None => {
                moved.push(next);
                (rest, before) = (rest.get(next.len_utf8()..).unwrap_or_default(), Some(next));
            }
        }
    }
    moved
}

/// Data with each of its days and instants moved; what is part of a longer text stays.
///
/// # Errors
/// Data that is not read back as it was written, or leaves the calendar.
pub fn data<T: Serialize + DeserializeOwned>(of: &T, days: i64) -> Result<T, serde_json::Error> {
    let mut value = serde_json::to_value(of)?;
    move_all(&mut value, days);
    serde_json::from_value(value)
}

fn move_all(value: &mut Value, days: i64) {
    match value {
        Value::String(words) => *words = whole(words, days),
        Value::Array(all) => all.iter_mut().for_each(|one| move_all(one, days)),
        Value::Object(all) => all.values_mut().for_each(|one| move_all(one, days)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A word that is a day or an instant as a whole.
fn whole(words: &str, days: i64) -> String {
    if let Some((found, "")) = spelt(words) {
        return found.moved(days).words();
    }
    let instant =
        words.parse::<Timestamp>().ok().and_then(|at| at.checked_add((days * 24).hours()).ok());
    instant.map_or_else(|| words.to_owned(), |at| at.to_string())
}

/// A day or a month, and how it is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spelt {
    day: Date,
    is_month: bool,
    is_japanese: bool,
}

impl Spelt {
    fn moved(self, days: i64) -> Self {
        Self { day: self.day.saturating_add(days.days()), ..self }
    }

    fn words(self) -> String {
        let (year, month, day) = (self.day.year(), self.day.month(), self.day.day());
        match (self.is_japanese, self.is_month) {
            (true, true) => format!("{year}年{month}月"),
            (true, false) => format!("{year}年{month}月{day}日"),
            (false, true) => format!("{year:04}-{month:02}"),
            (false, false) => format!("{year:04}-{month:02}-{day:02}"),
        }
    }
}

/// What a text begins with, and the rest of it.
fn spelt(text: &str) -> Option<(Spelt, &str)> {
    let (year, rest) = number(text, 4..=4)?;
    let is_japanese = rest.starts_with('年');
    let (month, after) = if is_japanese {
        let (month, rest) = number(rest.strip_prefix('年')?, 1..=2)?;
        (month, rest.strip_prefix('月')?)
    } else {
        number(rest.strip_prefix('-')?, 2..=2)?
    };
    let (day, rest) = match the_day(is_japanese, after) {
        Some((day, rest)) => (Some(day), rest),
        None if !is_japanese && after.starts_with('-') => return None,
        None => (None, after),
    };
    let middle = i16::from(MIDDLE);
    let date = Date::new(year, short(month)?, short(day.unwrap_or(middle))?).ok()?;
    let found = Spelt { day: date, is_month: day.is_none(), is_japanese };
    YEARS.contains(&year).then_some((found, rest))
}

fn the_day(is_japanese: bool, after: &str) -> Option<(i16, &str)> {
    if is_japanese {
        let (day, rest) = number(after, 1..=2)?;
        return Some((day, rest.strip_prefix('日')?));
    }
    number(after.strip_prefix('-')?, 2..=2)
}

/// A number of so many digits, no more.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<(i16, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    if digits.contains(&end) { Some((number.parse().ok()?, rest)) } else { None }
}

fn short(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_is_moved_and_nothing_else() {
        for (before, after) in [
            ("日時は2026年4月1日9時30分である", "日時は2026年12月1日9時30分である"),
            (
                "claims the visit on 2026-04-01 and 2026-02-28",
                "claims the visit on 2026-12-01 and 2026-10-30",
            ),
            ("2026年4月の医療券", "2026年12月の医療券"),
            ("from 2026-04 to 2026-05.", "from 2026-12 to 2027-01."),
            ("at: 2026-04-01T00:30:00Z", "at: 2026-12-01T00:30:00Z"),
            ("1979年2月28日生まれ", "1979年10月30日生まれ"),
            (
                "番号『0001234』、電話 03-2026-0401、[OQS-CERT-07]",
                "番号『0001234』、電話 03-2026-0401、[OQS-CERT-07]",
            ),
            (
                "『99990013』 2026-04-011 12026-04-01 2026-13",
                "『99990013』 2026-04-011 12026-04-01 2026-13",
            ),
            ("9999-12-31", "9999-12-31"),
        ] {
            assert_eq!(text(before, 244), after);
        }
    }

    #[test]
    fn data_is_moved_where_a_word_is_a_day_as_a_whole() {
        let before = json!({"birthdate": "1980-02-17", "issued": "2023-06-01T01:00:00Z", "month": "2026-04",
            "postcode": "100-0001", "pin": "1234", "note": "seen on 2026-04-01", "face": 2026, "card": null});
        let after = json!({"birthdate": "1980-10-18", "issued": "2024-01-31T01:00:00Z", "month": "2026-12",
            "postcode": "100-0001", "pin": "1234", "note": "seen on 2026-04-01", "face": 2026, "card": null});
        assert_eq!(data(&before, 244).unwrap(), after);
    }

    proptest! {
        #[test]
        fn what_is_moved_there_and_back_is_as_before(day in 1_i64..20_000, days in -900_i64..900) {
            let words = |day: i64| (jiff::civil::date(1970, 1, 1) + day.days()).to_string();
            let moved = text(&words(day), days);
            prop_assert_eq!(&moved, &words(day + days));
            prop_assert_eq!(text(&moved, -days), words(day));
        }

        #[test]
        fn any_text_is_moved_or_left(words in ".{0,60}", days in -900_i64..900) {
            drop(text(&words, days));
            prop_assert_eq!(text(&words, 0).len() <= words.len() + 2, true);
        }
    }
}
