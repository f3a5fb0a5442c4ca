//! 個人番号 that nobody can own: eleven digits that differ for each citizen, and a check digit that is wrong.

use super::draw::Draw;
use super::permutation::Permutation;

/// Eleven digits in front of the check digit: 10^5 × 10^6 values.
const LEFT: u64 = 100_000;
const RIGHT: u64 = 1_000_000;

/// Whether numbers pass the check of their last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CheckDigit {
    /// Never right. Such a number was given to nobody, so it may be shown and stored anywhere.
    #[default]
    Wrong,
    /// Always right, for a closed test system that refuses anything else. Such a number may be that of a living person:
    /// keep it inside that system.
    Valid,
}

/// A 個人番号. Its `Debug` form does not tell it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndividualNumber(String);

impl IndividualNumber {
    /// The number of citizen `index`. Distinct for distinct indices below 10^11.
    pub(super) fn of(seed: u64, index: u64, check: CheckDigit) -> Self {
        let body = format!("{:011}", permutation(seed).forward(index));
        let last = last_digit(&body, seed, index, check);
        Self(format!("{body}{last}"))
    }

    /// Twelve ASCII digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for IndividualNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IndividualNumber(not shown)")
    }
}

/// The index whose number has these twelve digits, were the population without bound. `None` when they are not twelve digits.
pub(super) fn index_of(seed: u64, digits: &str) -> Option<u64> {
    let (body, last) = digits.split_at_checked(11)?;
    let digits_only = digits.bytes().all(|byte| byte.is_ascii_digit()) && last.len() == 1;
    let body = digits_only.then(|| body.parse().ok()).flatten()?;
    Some(permutation(seed).backward(body))
}

/// Whether the last of twelve digits is the one the ordinance prescribes; false for anything but twelve digits.
pub fn has_valid_check_digit(number: &str) -> bool {
    let twelve = number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit());
    number
        .split_at_checked(11)
        .is_some_and(|(body, last)| twelve && last == check_digit(body).to_string())
}

fn permutation(seed: u64) -> Permutation {
    Permutation { left: LEFT, right: RIGHT, seed, tweak: ("individual number", 0) }
}

/// The right digit, or one of the nine wrong ones, so that wrong digits follow no pattern either.
fn last_digit(body: &str, seed: u64, index: u64, check: CheckDigit) -> u64 {
    match check {
        CheckDigit::Valid => check_digit(body),
        CheckDigit::Wrong => {
            (check_digit(body) + 1 + Draw::new(seed, index).below("wrong check digit", 9)) % 10
        }
    }
}

/// The digit that belongs to eleven digits: weights 2 to 7 and 2 to 6 from the last digit on, modulo 11.
///
/// Source: 総務省令第85号 (2014) 第5条.
pub fn check_digit(body: &str) -> u64 {
    let digits = body.bytes().rev().map(|byte| u64::from(byte.saturating_sub(b'0')));
    let sum: u64 = digits.zip((2..=7).chain(2..=6)).map(|(digit, weight)| digit * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_check_digit_is_the_one_of_the_ordinance() {
        assert!(has_valid_check_digit("123456789018"));
        for wrong in ["123456789017", "1234567890", "12345678901８", "", "1234567890180"] {
            assert!(!has_valid_check_digit(wrong), "{wrong}");
        }
    }

    #[test]
    fn it_is_not_told_by_accident() {
        let number = IndividualNumber::of(1, 1, CheckDigit::Wrong);
        assert!(!format!("{number:?}").chars().any(|letter| letter.is_ascii_digit()));
    }

    proptest! {
        #[test]
        fn numbers_lead_back_to_their_index(seed: u64, index in 0..LEFT * RIGHT) {
            for check in [CheckDigit::Wrong, CheckDigit::Valid] {
                let number = IndividualNumber::of(seed, index, check);
                prop_assert_eq!(number.digits().len(), 12);
                prop_assert_eq!(has_valid_check_digit(number.digits()), check == CheckDigit::Valid);
                prop_assert_eq!(index_of(seed, number.digits()), Some(index));
            }
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,14}") {
            let _ = has_valid_check_digit(&text);
            let _ = index_of(1, &text);
        }
    }
}
