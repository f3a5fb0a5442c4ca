//! What is readable on the front of the card, and 照合番号B made of it.

use std::fmt;

use jiff::civil::{Date, date};

/// The front of a card, as the reader's camera or a member of staff reads it. Not the back.
#[derive(Clone, PartialEq, Eq)]
pub struct CardFront {
    /// 生年月日.
    pub birthdate: Date,
    /// Year in which the card expires, Gregorian.
    pub expiry_year: i16,
    /// The four-digit security code (セキュリティコード).
    pub security_code: String,
}

impl CardFront {
    /// 照合番号B: birth date as YYMMDD with the year of the era, expiry year, security code.
    pub fn reference_number_b(&self) -> String {
        let (day, year) = (self.birthdate, era_year(self.birthdate));
        let birth = format!("{year:02}{:02}{:02}", day.month(), day.day());
        format!("{birth}{:04}{}", self.expiry_year, self.security_code)
    }
}

/// The digits open the photo, so they are not shown.
impl fmt::Debug for CardFront {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardFront")
    }
}

/// The year of the Japanese era (和暦) on a day; the year of an era's beginning is 1.
fn era_year(day: Date) -> i16 {
    let begins = [
        date(2019, 5, 1),   // 令和
        date(1989, 1, 8),   // 平成
        date(1926, 12, 25), // 昭和
        date(1912, 7, 30),  // 大正
    ];
    let meiji = date(1868, 1, 25);
    let begin = begins.into_iter().find(|begin| *begin <= day).unwrap_or(meiji);
    (day.year() - begin.year() + 1).rem_euclid(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // the last and first days of the eras
    fn reference_numbers_count_years_by_era() {
        for (birthdate, expected) in [
            (date(1980, 2, 17), "550217"),
            (date(2019, 4, 30), "310430"),
            (date(2019, 5, 1), "010501"),
            (date(1989, 1, 7), "640107"),
            (date(1989, 1, 8), "010108"),
            (date(1926, 12, 24), "151224"),
            (date(1926, 12, 25), "011225"),
            (date(1912, 7, 29), "450729"),
            (date(1912, 7, 30), "010730"),
        ] {
            let front = CardFront { birthdate, expiry_year: 2035, security_code: "2285".into() };
            assert_eq!(front.reference_number_b(), format!("{expected}20352285"));
        }
    }
}
