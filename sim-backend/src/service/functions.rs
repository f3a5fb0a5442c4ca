//! When each function of the service began: first days as data. Row OQS-OPS-08.

use jiff::civil::{Date, date};

/// A function that the service has had since a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// What it does, in a few words.
    pub name: &'static str,
    /// The first day on which it is there. A row that names a month means its first day.
    pub first_day: Date,
    /// The requirement row that dates it.
    pub row: &'static str,
}

/// The patient sees care information, operations included, at the portal (マイナポータル).
pub const PORTAL_CARE: Function = Function {
    name: "care information at the portal",
    first_day: date(2022, 9, 1),
    row: "OQS-INFO-03",
};

/// Electronic prescriptions (電子処方箋) tell about drugs at once.
pub const ELECTRONIC_PRESCRIPTION: Function =
    Function { name: "electronic prescriptions", first_day: date(2023, 1, 1), row: "OQS-INFO-06" };

/// Institutions see care information, operations included.
pub const INSTITUTION_CARE: Function = Function {
    name: "care information at institutions",
    first_day: date(2023, 5, 1),
    row: "OQS-INFO-02",
};

/// Every function with a date, in the order of their days.
pub const FUNCTIONS: [Function; 3] = [PORTAL_CARE, ELECTRONIC_PRESCRIPTION, INSTITUTION_CARE];

impl Function {
    /// Whether it is there on this day.
    #[must_use]
    pub fn is_on(&self, day: Date) -> bool {
        self.first_day <= day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // rows OQS-INFO-02, OQS-INFO-03, OQS-INFO-06, OQS-OPS-08
    fn a_function_is_there_from_its_first_day() {
        for (function, before, first) in [
            (PORTAL_CARE, date(2022, 8, 31), date(2022, 9, 1)),
            (ELECTRONIC_PRESCRIPTION, date(2022, 12, 31), date(2023, 1, 1)),
            (INSTITUTION_CARE, date(2023, 4, 30), date(2023, 5, 1)),
        ] {
            assert!(!function.is_on(before) && function.is_on(first), "{}", function.name);
        }
    }

    #[test]
    fn the_table_is_in_the_order_of_its_days() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.first_day));
    }
}
