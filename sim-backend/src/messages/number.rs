//! Numbers of insurers, institutions and branches.

use std::fmt;

use super::element::Scalar;
use super::scalar::{ShapeError, digits};
use super::shape::Facet;

/// 保険者番号: up to eight digits, kept without padding, so that two compare equal whichever way
/// they were padded; written eight wide with spaces on the left (OQS-MSG-09). Zeros are digits: a
/// client that pads with zeros names another insurer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InsurerNumber(String);

impl InsurerNumber {
    /// Width in messages and claims.
    pub const WIDTH: usize = 8;

    /// Reads a number with or without its padding.
    ///
    /// # Errors
    /// [`ShapeError`] when spaces stand elsewhere than left, or 1 to 8 digits do not remain.
    pub fn new(text: &str) -> Result<Self, ShapeError> {
        Self::parse(text).ok_or_else(ShapeError::of::<Self>)
    }

    /// The digits without padding.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits, eight wide.
    pub fn padded(&self) -> String {
        format!("{:>width$}", self.0, width = Self::WIDTH)
    }
}

impl fmt::Display for InsurerNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Scalar for InsurerNumber {
    fn shape() -> String {
        "an insurer number of 1 to 8 digits, padded on the left with spaces".to_owned()
    }

    fn facet() -> Facet {
        Facet::InsurerNumber
    }

    fn parse(text: &str) -> Option<Self> {
        let number = text.trim_start_matches(' ');
        let fits = text.len() <= Self::WIDTH && !number.is_empty();
        (fits && digits(number, number.len()).is_some()).then(|| Self(number.to_owned()))
    }

    fn text(&self) -> String {
        self.padded()
    }
}

/// A number of exactly `COUNT` digits; leading zeros count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits<const COUNT: usize>(String);

impl<const COUNT: usize> Digits<COUNT> {
    /// Checks and takes the digits.
    ///
    /// # Errors
    /// [`ShapeError`] when they are not `COUNT` ASCII digits.
    pub fn new(text: &str) -> Result<Self, ShapeError> {
        Self::parse(text).ok_or_else(ShapeError::of::<Self>)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const COUNT: usize> fmt::Display for Digits<COUNT> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<const COUNT: usize> Scalar for Digits<COUNT> {
    fn shape() -> String {
        format!("a number of {COUNT} digits")
    }

    fn facet() -> Facet {
        Facet::Digits { least: COUNT, most: COUNT }
    }

    fn parse(text: &str) -> Option<Self> {
        digits(text, COUNT).map(|text| Self(text.to_owned()))
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

/// 医療機関コード: prefecture (2), score table (1 医科, 3 歯科, 4 調剤), institution (7).
pub type InstitutionCode = Digits<10>;
/// 枝番 of the insured person.
pub type BranchNumber = Digits<2>;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padding_is_written_and_never_compared() {
        let padded = InsurerNumber::new("  990001").unwrap();
        assert_eq!(padded, InsurerNumber::new("990001").unwrap());
        assert_eq!((padded.as_str(), padded.padded().as_str()), ("990001", "  990001"));
        assert_ne!(padded, InsurerNumber::new("00990001").unwrap());
    }

    #[test]
    fn only_left_spaces_are_padding() {
        for bad in
            ["", "        ", "990001  ", "9 90001", "999900001", "   990001", "９９", "9900-1"]
        {
            assert!(InsurerNumber::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn institution_codes_have_ten_digits() {
        assert!(InstitutionCode::new("1319999999").is_ok());
        for bad in ["131999999", "13199999990", "131999999x", "１３１９９９９９９９"] {
            assert!(InstitutionCode::new(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn insurer_numbers_survive_their_padding(text in "[0-9]{1,8}") {
            let number = InsurerNumber::new(&text).unwrap();
            prop_assert_eq!(number.padded().len(), 8);
            prop_assert_eq!(InsurerNumber::new(&number.padded()).unwrap(), number);
        }

        #[test]
        fn no_text_makes_a_number_panic(text in any::<String>()) {
            let _ = (InsurerNumber::new(&text), InstitutionCode::new(&text));
        }
    }
}
