//! Disaster mode (災害時): opened by the ministry for an area and a period. Rows OQS-DIS-01 to OQS-DIS-04.
//!
//! While it is open at an institution, a person is found there by name, birth date, sex and address without card, and medical
//! information is given without a consent. The area is a set of prefectures, told by the first two digits of an institution's
//! code; orders as such are bench profile.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::messages::InstitutionCode;

/// One order of the ministry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisasterOrder {
    /// Prefectures, two digits each, `01` to `47`.
    pub prefectures: BTreeSet<String>,
    /// The first Japanese day of the period.
    pub from: Date,
    /// The last day, belonging to it.
    pub to: Date,
}

impl DisasterOrder {
    /// Whether the order can be carried out.
    ///
    /// # Errors
    /// What is wrong with it, for the operator.
    pub fn check(&self) -> Result<(), &'static str> {
        let known = |code: &String| {
            code.len() == 2
                && code.bytes().all(|byte| byte.is_ascii_digit())
                && code.parse().is_ok_and(|code: u8| (1..=47).contains(&code))
        };
        if self.prefectures.is_empty() {
            Err("name one prefecture at least")
        } else if !self.prefectures.iter().all(known) {
            Err("a prefecture is two digits, 01 to 47")
        } else if self.to < self.from {
            Err("the period ends before it begins")
        } else {
            Ok(())
        }
    }

    /// Whether the order opens the mode at an institution on a day. Rows OQS-DIS-01, OQS-DIS-04.
    #[must_use]
    pub fn opens(&self, institution: &InstitutionCode, day: Date) -> bool {
        let inside =
            institution.as_str().get(..2).is_some_and(|code| self.prefectures.contains(code));
        inside && self.from <= day && day <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{messages::Digits, service::samples::day};

    fn order(prefectures: &[&str], from: &str, to: &str) -> DisasterOrder {
        let prefectures = prefectures.iter().map(|code| (*code).to_owned()).collect();
        DisasterOrder { prefectures, from: day(from), to: day(to) }
    }

    #[test] // rows OQS-DIS-01 (area and period) and OQS-DIS-04 (closed again after the period)
    fn the_mode_is_open_in_its_area_and_its_period() {
        let order = order(&["17", "13"], "2026-04-01", "2026-04-07");
        for (institution, on, open) in [
            ("1319999999", "2026-03-31", false),
            ("1319999999", "2026-04-01", true),
            ("1319999999", "2026-04-07", true),
            ("1319999999", "2026-04-08", false),
            ("1749999999", "2026-04-01", true),
            ("2719999999", "2026-04-01", false),
        ] {
            let code = Digits::new(institution).unwrap();
            assert_eq!(order.opens(&code, day(on)), open, "{institution} on {on}");
        }
    }

    #[test]
    fn an_order_names_real_prefectures_and_a_period() {
        for (prefectures, from, to, fits) in [
            (&["01", "47"][..], "2026-04-01", "2026-04-01", true),
            (&[], "2026-04-01", "2026-04-01", false),
            (&["00"], "2026-04-01", "2026-04-01", false),
            (&["48"], "2026-04-01", "2026-04-01", false),
            (&["1"], "2026-04-01", "2026-04-01", false),
            (&["+1"], "2026-04-01", "2026-04-01", false),
            (&["13"], "2026-04-02", "2026-04-01", false),
        ] {
            assert_eq!(
                order(prefectures, from, to).check().is_ok(),
                fits,
                "{prefectures:?} {from}"
            );
        }
    }
}
