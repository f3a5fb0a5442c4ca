//! The days of a citizen's life: birth by the age pyramid, issue and end of the card.

use jiff::{ToSpan, civil::Date, civil::date};

use super::draw::Draw;
use super::oddity::Oddity;

/// First day any 個人番号カード was given out.
const FIRST_CARDS: Date = date(2016, 1, 1);
/// From this day on cards of children under one year carry no photo.
const NO_INFANT_PHOTOS: Date = date(2024, 12, 2);
/// From this day on people are adults at 18, before at 20. Source: 民法 第4条 as amended in 2018.
const ADULT_AT_18: Date = date(2022, 4, 1);

/// Five-year age groups from 0 on: people in ten thousands, and women among a hundred of them.
///
/// The shape of the official population estimates of October 2024, rounded. Who is 100 or older is not here but an [`Oddity`].
const PYRAMID: [(u16, u8); 20] = [
    (390, 49),
    (480, 49),
    (520, 49),
    (545, 49),
    (620, 49),
    (650, 49),
    (630, 49),
    (690, 49),
    (760, 49),
    (890, 49),
    (960, 50),
    (850, 50),
    (760, 51),
    (720, 51),
    (810, 53),
    (770, 56),
    (600, 59),
    (400, 65),
    (210, 73),
    (65, 83),
];

/// 性別 as the resident register has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
}

impl Sex {
    /// The digit on card and certificate.
    pub fn digit(self) -> char {
        match self {
            Self::Male => '1',
            Self::Female => '2',
        }
    }
}

/// When a card was given out, and what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CardDays {
    pub(super) issued: Date,
    pub(super) expiry: Date,
    pub(super) photo: bool,
}

/// Birth date and sex.
pub(super) fn birth(draw: Draw, oddity: Option<Oddity>, today: Date) -> (Date, Sex) {
    let ordinary = ordinary_birthdate(draw, today);
    let birthdate = oddity.and_then(|odd| odd_birthdate(draw, odd, ordinary, today));
    let birthdate = birthdate.unwrap_or(ordinary);
    (birthdate, sex(draw, age(birthdate, today)))
}

/// Whole years of age, the birthday counted as the day of completion.
pub(super) fn age(birthdate: Date, on: Date) -> i16 {
    let years = on.year() - birthdate.year();
    let had = birthday(birthdate, on.year()) <= on;
    if had { years } else { years - 1 }
}

/// A card that is valid on `today`.
pub(super) fn card_days(
    draw: Draw,
    birthdate: Date,
    oddity: Option<Oddity>,
    today: Date,
) -> CardDays {
    let earliest = if oddity == Some(Oddity::Newborn) { NO_INFANT_PHOTOS } else { FIRST_CARDS };
    let within = |years: i16| {
        let from = today.saturating_sub(years.years()).max(birthdate).max(earliest);
        let span = u64::try_from(days_between(from, today)).unwrap_or_default();
        from.saturating_add(days(draw.below("card issued", span + 1)))
    };
    // Nine years back a card of an adult is still valid today, four years back a child's.
    let issued =
        [9, 4].map(within).into_iter().find(|issued| card_expiry(birthdate, *issued) >= today);
    let issued = issued.unwrap_or(today);
    let photo = issued < NO_INFANT_PHOTOS || age(birthdate, issued) >= 1;
    CardDays { issued, expiry: card_expiry(birthdate, issued), photo }
}

/// Last day of a card: the tenth birthday after its issue, for minors the fifth. A birthday on the day of issue does not count.
///
/// Who was born on 29 February has the birthday on 28 February in common years, as for certificates (bench profile). A foreign resident's
/// permitted stay, which ends a real card earlier, is not looked at.
pub fn card_expiry(birthdate: Date, issued: Date) -> Date {
    let majority = if issued >= ADULT_AT_18 { 18 } else { 20 };
    let count = if age(birthdate, issued) >= majority { 10 } else { 5 };
    let first = issued.year() + i16::from(birthday(birthdate, issued.year()) <= issued);
    birthday(birthdate, first.saturating_add(count - 1))
}

/// The birthday in a year; of 29 February it is the 28th in common years.
pub(super) fn birthday(birthdate: Date, year: i16) -> Date {
    birthdate.saturating_add((i32::from(year) - i32::from(birthdate.year())).years())
}

fn ordinary_birthdate(draw: Draw, today: Date) -> Date {
    let total: u64 = PYRAMID.iter().map(|group| u64::from(group.0)).sum();
    let mut place = draw.below("age group", total);
    let mut youngest = 0;
    for (count, _) in PYRAMID {
        match place.checked_sub(u64::from(count)) {
            None => break,
            Some(rest) => place = rest,
        }
        youngest += 5;
    }
    let latest = today.saturating_sub(youngest.years());
    let earliest = today.saturating_sub((youngest + 5).years());
    let span = u64::try_from(days_between(earliest, latest)).unwrap_or_default();
    latest.saturating_sub(days(draw.below("day of birth", span)))
}

/// The birth date an oddity asks for, `None` when it asks for none.
fn odd_birthdate(draw: Draw, oddity: Oddity, ordinary: Date, today: Date) -> Option<Date> {
    let fixed = |year, month, day| Date::new(year, month, day).ok();
    // The same day in the latest year up to the ordinary one that has it and has seen it.
    let latest = |month, day| {
        (0..9)
            .filter_map(|back| Date::new(ordinary.year() - back, month, day).ok())
            .find(|date| *date <= today)
    };
    match oddity {
        Oddity::LeapDay => latest(2, 29),
        Oddity::FirstOfApril => latest(4, 1),
        Oddity::LastDayOfTaisho => fixed(1926, 12, 24),
        Oddity::FirstDayOfShowa => fixed(1926, 12, 25),
        Oddity::LastDayOfShowa => fixed(1989, 1, 7),
        Oddity::FirstDayOfHeisei => fixed(1989, 1, 8),
        Oddity::LastDayOfHeisei => fixed(2019, 4, 30),
        Oddity::FirstDayOfReiwa => fixed(2019, 5, 1),
        Oddity::Centenarian => {
            // The older, the fewer: the smaller of two draws.
            let above = draw.below("beyond 100", 12).min(draw.below("beyond 100 again", 12));
            let turned = today.saturating_sub(i64::try_from(100 + above).unwrap_or(100).years());
            Some(turned.saturating_sub(days(draw.below("day of birth", 365))))
        }
        Oddity::Newborn => Some(today.saturating_sub(days(draw.below("day of birth", 330)))),
        Oddity::VariationSelector
        | Oddity::OutsideJis
        | Oddity::SupplementaryKanji
        | Oddity::BeyondBasicPlane
        | Oddity::PrivateUse
        | Oddity::AddressOutsideJis
        | Oddity::LongName
        | Oddity::LongAddress
        | Oddity::ForeignName
        | Oddity::SingleName
        | Oddity::CommonName
        | Oddity::FormerSurname
        | Oddity::KanaMismatch => None,
    }
}

fn sex(draw: Draw, age: i16) -> Sex {
    let group = usize::try_from(age / 5).unwrap_or_default();
    let women = PYRAMID.get(group).map_or(88, |row| u64::from(row.1));
    if draw.below("sex", 100) < women { Sex::Female } else { Sex::Male }
}

fn days(count: u64) -> jiff::Span {
    i64::try_from(count).unwrap_or_default().days()
}

fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_end_on_a_birthday() {
        for (case, born, issued, end) in [
            ("adult", date(1980, 2, 17), date(2025, 10, 27), date(2035, 2, 17)),
            ("adult, birthday ahead", date(1980, 11, 1), date(2025, 10, 27), date(2034, 11, 1)),
            ("adult, on the birthday", date(1980, 10, 27), date(2025, 10, 27), date(2035, 10, 27)),
            ("turned 18 today", date(2007, 10, 27), date(2025, 10, 27), date(2035, 10, 27)),
            ("turns 18 tomorrow", date(2007, 10, 28), date(2025, 10, 27), date(2029, 10, 28)),
            ("19 while adults were 20", date(2003, 1, 1), date(2022, 3, 31), date(2027, 1, 1)),
            ("19 when adults are 18", date(2003, 1, 1), date(2022, 4, 1), date(2032, 1, 1)),
            ("newborn", date(2025, 10, 27), date(2025, 10, 27), date(2030, 10, 27)),
            ("29 February", date(2000, 2, 29), date(2025, 10, 27), date(2035, 2, 28)),
            ("29 February, leap end", date(2000, 2, 29), date(2022, 10, 27), date(2032, 2, 29)),
        ] {
            assert_eq!(card_expiry(born, issued), end, "{case}");
        }
    }

    #[test]
    fn ages_change_on_the_birthday() {
        for (born, on, years) in [
            (date(2000, 2, 29), date(2023, 2, 27), 22),
            (date(2000, 2, 29), date(2023, 2, 28), 23),
            (date(2000, 12, 31), date(2001, 1, 1), 0),
            (date(2026, 10, 1), date(2026, 10, 1), 0),
        ] {
            assert_eq!(age(born, on), years, "{born} on {on}");
        }
    }
}
