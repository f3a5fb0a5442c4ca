//! Values with a fixed shape: text, dates, numbers, octets.

use std::fmt;
use std::ops::Deref;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::element::Scalar;
use super::shape::Facet;
use super::xml::{is_space, is_xml_char};

/// Japanese time, the time of every date in a message.
const JAPAN: Offset = Offset::constant(9);

/// The Japanese date and time of an instant, in whole seconds.
pub fn japanese_time(instant: Timestamp) -> DateTime {
    let time = JAPAN.to_datetime(instant);
    time.with().subsec_nanosecond(0).build().unwrap_or(time)
}

/// The Japanese calendar day of an instant.
pub fn japanese_day(instant: Timestamp) -> Date {
    JAPAN.to_datetime(instant).date()
}

/// A value that does not have the shape of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the value is not {expected}")]
pub struct ShapeError {
    /// What it should have been.
    pub expected: String,
}

impl ShapeError {
    pub(crate) fn of<T: Scalar>() -> Self {
        Self { expected: T::shape() }
    }
}

/// Text of 1 to `MAX` characters without control characters, not only white space; kept exactly
/// as it came, so that echoes are unchanged (OQS-MSG-10).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Checks and takes a text.
    ///
    /// # Errors
    /// [`ShapeError`] when it is blank, too long, or holds characters XML or a line cannot hold.
    pub fn new(text: impl Into<String>) -> Result<Self, ShapeError> {
        let text = text.into();
        let fits = !is_space(&text)
            && text.chars().count() <= MAX
            && text.chars().all(|c| is_xml_char(c) && !c.is_control());
        if fits { Ok(Self(text)) } else { Err(ShapeError::of::<Self>()) }
    }

    /// Takes a text that may be long or broken: drops control characters, cuts at `MAX`, and puts
    /// a dash for nothing. For messages of our own, never for data.
    pub fn lossy(text: &str) -> Self {
        let kept = text.chars().filter(|c| is_xml_char(*c) && !c.is_control()).take(MAX);
        let kept: String = kept.collect();
        if is_space(&kept) { Self("-".to_owned()) } else { Self(kept) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<const MAX: usize> TryFrom<&str> for Text<MAX> {
    type Error = ShapeError;

    fn try_from(text: &str) -> Result<Self, ShapeError> {
        Self::new(text)
    }
}

impl<const MAX: usize> Scalar for Text<MAX> {
    fn shape() -> String {
        format!("text of 1 to {MAX} characters without control characters")
    }

    fn facet() -> Facet {
        Facet::Text(MAX)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

/// A free identifier or reference number: up to 50 characters (length from one source).
pub type Identifier = Text<50>;
/// A name of a person or body; the official length is unknown, this is the bench's ceiling.
pub type Name = Text<200>;
/// A postal address, remark or message; the ceiling is the bench's.
pub type LongText = Text<400>;

/// Digits of a fixed count.
pub(crate) fn digits(text: &str, count: usize) -> Option<&str> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

fn number<T: std::str::FromStr>(text: &str, from: usize, count: usize) -> Option<T> {
    text.get(from..from + count)?.parse().ok()
}

/// A real day of the calendar in eight digits (OQS-MSG-16).
impl Scalar for Date {
    fn shape() -> String {
        "a real date in eight digits".to_owned()
    }

    fn facet() -> Facet {
        Facet::Day
    }

    fn parse(text: &str) -> Option<Self> {
        let text = digits(text, 8)?;
        let year = number(text, 0, 4).filter(|year| *year > 0)?;
        Date::new(year, number(text, 4, 2)?, number(text, 6, 2)?).ok()
    }

    fn text(&self) -> String {
        format!("{:04}{:02}{:02}", self.year(), self.month(), self.day())
    }
}

/// A real date and time in fourteen digits, Japanese time (OQS-MSG-16). Fractions of a second are
/// not written.
impl Scalar for DateTime {
    fn shape() -> String {
        "a real date and time in fourteen digits".to_owned()
    }

    fn facet() -> Facet {
        Facet::Time
    }

    fn parse(text: &str) -> Option<Self> {
        let text = digits(text, 14)?;
        let date = Date::parse(text.get(..8)?)?;
        let (hour, minute) = (number(text, 8, 2)?, number(text, 10, 2)?);
        let time = jiff::civil::Time::new(hour, minute, number(text, 12, 2)?, 0).ok()?;
        Some(date.to_datetime(time))
    }

    fn text(&self) -> String {
        let (hour, minute, second) = (self.hour(), self.minute(), self.second());
        format!("{}{hour:02}{minute:02}{second:02}", self.date().text())
    }
}

/// A month of the calendar, written in six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth(Date);

impl YearMonth {
    /// The month of a year; `None` outside years 1 to 9999 and months 1 to 12.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        Date::new(year, month, 1).ok().filter(|first| first.year() > 0).map(Self)
    }

    /// The month a day lies in.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// The first day of the month.
    pub fn first_day(self) -> Date {
        self.0
    }
}

impl Scalar for YearMonth {
    fn shape() -> String {
        "a real month in six digits".to_owned()
    }

    fn facet() -> Facet {
        Facet::Month
    }

    fn parse(text: &str) -> Option<Self> {
        let text = digits(text, 6)?;
        Self::new(number(text, 0, 4)?, number(text, 4, 2)?)
    }

    fn text(&self) -> String {
        format!("{:04}{:02}", self.0.year(), self.0.month())
    }
}

/// `0` no, `1` yes.
impl Scalar for bool {
    fn shape() -> String {
        "0 or 1".to_owned()
    }

    fn facet() -> Facet {
        Facet::Code { table: "Flag", codes: vec!["0", "1"] }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "0" => Some(false),
            "1" => Some(true),
            _ => None,
        }
    }

    fn text(&self) -> String {
        u8::from(*self).to_string()
    }
}

/// A share or ratio in per cent, written in three digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// 0 to 100 per cent.
    pub fn new(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self(percent))
    }

    /// Per cent.
    pub fn value(self) -> u8 {
        self.0
    }
}

impl Scalar for Percent {
    fn shape() -> String {
        "a percentage in three digits, 000 to 100".to_owned()
    }

    fn facet() -> Facet {
        Facet::Percent
    }

    fn parse(text: &str) -> Option<Self> {
        Self::new(digits(text, 3)?.parse().ok()?)
    }

    fn text(&self) -> String {
        format!("{:03}", self.0)
    }
}

/// An amount of money or a count: up to nine digits without sign.
impl Scalar for u32 {
    fn shape() -> String {
        "a number of up to nine digits".to_owned()
    }

    fn facet() -> Facet {
        Facet::Digits { least: 1, most: 9 }
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() <= 9 { digits(text, text.len())?.parse().ok() } else { None }
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

/// Octets, written in base64; line breaks in between are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Octets(pub Vec<u8>);

impl Scalar for Octets {
    fn shape() -> String {
        "octets in base64".to_owned()
    }

    fn facet() -> Facet {
        Facet::Octets(None)
    }

    fn parse(text: &str) -> Option<Self> {
        let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        BASE64_STANDARD.decode(packed).ok().map(Self)
    }

    fn text(&self) -> String {
        BASE64_STANDARD.encode(&self.0)
    }
}

/// 32 octets, written in base64 (bench profile: the challenge).
impl Scalar for [u8; 32] {
    fn shape() -> String {
        "32 octets in base64".to_owned()
    }

    fn facet() -> Facet {
        Facet::Octets(Some(32))
    }

    fn parse(text: &str) -> Option<Self> {
        Octets::parse(text)?.0.try_into().ok()
    }

    fn text(&self) -> String {
        BASE64_STANDARD.encode(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_real_days_in_eight_digits() {
        for (text, day) in [
            ("20240229", Some(date(2024, 2, 29))),
            ("20230229", None),
            ("19000229", None),
            ("20000229", Some(date(2000, 2, 29))),
            ("20260431", None),
            ("20261301", None),
            ("20260100", None),
            ("00000101", None),
            ("2026041", None),
            ("202604010", None),
            ("2026-4-1", None),
            ("２０２６０４０１", None),
            (" 0260401", None),
            ("+0260401", None),
        ] {
            assert_eq!(Date::parse(text), day, "{text}");
        }
    }

    #[test]
    fn times_are_real_and_in_fourteen_digits() {
        for (text, real) in [
            ("20260401093015", true),
            ("20260401235959", true),
            ("20260401240000", false),
            ("20260401236000", false),
            ("20260401235960", false),
            ("20260431000000", false),
            ("2026040109301", false),
        ] {
            assert_eq!(
                DateTime::parse(text).map(|time| time.text()),
                real.then(|| text.to_owned())
            );
        }
    }

    #[test]
    fn months_ratios_numbers_and_flags() {
        assert_eq!(YearMonth::parse("202602"), YearMonth::new(2026, 2));
        assert_eq!(YearMonth::parse("202613"), None);
        assert_eq!(Percent::parse("030").map(Percent::value), Some(30));
        assert_eq!(Percent::parse("101"), None);
        assert_eq!(Percent::parse("30"), None);
        assert_eq!(u32::parse("000123"), Some(123));
        assert_eq!(u32::parse("1234567890"), None);
        assert_eq!(u32::parse(""), None);
        assert_eq!(u32::parse("+1"), None);
        assert_eq!(bool::parse("2"), None);
    }

    #[test]
    fn text_keeps_edges_and_refuses_control_characters() {
        assert_eq!(Text::<5>::new(" 01 ").unwrap().as_str(), " 01 ");
        assert_eq!(Text::<5>::new("　").unwrap().as_str(), "　");
        for bad in ["", "  ", "123456", "a\nb", "\u{7F}", "\u{FFFE}"] {
            assert!(Text::<5>::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Text::<5>::lossy("a\nbcdefg").as_str(), "abcde");
        assert_eq!(Text::<5>::lossy("\n").as_str(), "-");
    }

    #[test]
    fn the_japanese_day_begins_at_fifteen_hours_utc() {
        for (instant, day) in [
            ("2026-03-31T14:59:59Z", date(2026, 3, 31)),
            ("2026-03-31T15:00:00Z", date(2026, 4, 1)),
        ] {
            assert_eq!(japanese_day(instant.parse().unwrap()), day);
        }
    }

    proptest! {
        #[test]
        fn octets_come_back(octets in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(Octets::parse(&Octets(octets.clone()).text()).unwrap().0, octets);
        }

        #[test]
        fn no_text_makes_a_scalar_panic(text in any::<String>()) {
            let _ = (Date::parse(&text), DateTime::parse(&text), YearMonth::parse(&text));
            let _ = (Percent::parse(&text), u32::parse(&text), Octets::parse(&text));
            let _ = (bool::parse(&text), <[u8; 32]>::parse(&text), Text::<9>::parse(&text));
        }
    }
}
