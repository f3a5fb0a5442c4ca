//! Names and numbers that can belong to nobody. Everything outside kana readings lies within JIS X 0208.

use sim_card::population::check_digit;

use crate::seed::Seed;

/// Family names that say they are made up, with their reading.
pub(super) const FAMILY_NAMES: [(&str, &str); 6] = [
    ("架空", "ｶｸｳ"),
    ("仮名", "ｶﾒｲ"),
    ("見本", "ﾐﾎﾝ"),
    ("模擬", "ﾓｷﾞ"),
    ("試験", "ｼｹﾝ"),
    ("例示", "ﾚｲｼﾞ"),
];

/// Given names with their reading and sex (CD007).
pub(super) const GIVEN_NAMES: [(&str, &str, u8); 6] = [
    ("花子", "ﾊﾅｺ", 2),
    ("太郎", "ﾀﾛｳ", 1),
    ("次子", "ﾂｷﾞｺ", 2),
    ("一郎", "ｲﾁﾛｳ", 1),
    ("ベル", "ﾍﾞﾙ", 2),
    ("健", "ｹﾝ", 1),
];

/// Insurers: number without padding, name, whether it gives symbol and branch (後期高齢 does not).
pub(super) const INSURERS: [(&str, &str, bool); 4] = [
    ("99990012", "架空健康保険組合", true),
    ("999905", "見本市国民健康保険", true),
    ("99990020", "模擬共済組合", true),
    ("39999904", "例示後期高齢者医療広域連合", false),
];

/// Symbols (記号), full-width and with lead zeros on purpose.
pub(super) const SYMBOLS: [&str; 3] = ["見本", "０１－２", "007"];

/// Limit classes (CD012).
pub(super) const LIMIT_FLAGS: [&str; 4] = ["A03", "A05", "B02", "B10"];

/// Reasons of loss (CD008).
pub(super) const LOSS_REASONS: [&str; 4] = ["01", "02", "03", "99"];

/// 暗証番号 of cards.
pub(super) const PINS: [&str; 4] = ["1234", "0000", "9876", "0420"];

/// What is typed and is not four digits.
pub(super) const NO_PINS: [&str; 5] = ["", "123", "12345", "12a4", "１２３４"];

/// Institutions: code (Tokyo, medical and pharmacy) and name.
pub(super) const INSTITUTIONS: [(&str, &str); 2] =
    [("1319999999", "架空医院"), ("1349999998", "見本薬局")];

/// Picks by any number; the pools are never empty.
pub(super) fn pick<T: Copy>(pool: &[T], index: usize) -> Option<T> {
    pool.iter().cycle().nth(index % pool.len().max(1)).copied()
}

/// A 個人番号 of the right length whose check digit is wrong, so that it is nobody's. It follows from whose it is, so that it need
/// not be told.
pub fn individual_number(person: &str) -> String {
    let own = Seed(0).number(&format!("number of {person}")) % 1_000_000;
    let digits = format!("{:011}", 99_999_000_000 + own);
    let wrong = (check_digit(&digits) + 1) % 10;
    format!("{digits}{wrong}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn individual_numbers_have_twelve_digits_and_the_wrong_last_one() {
        let mut met = std::collections::BTreeSet::new();
        for person in 0..8 {
            let number = individual_number(&format!("person-{person}"));
            assert!(met.insert(number.clone()), "{number} is two people's");
            let (digits, last) = number.split_at(11);
            assert!(
                last.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()),
                "{number}"
            );
            assert_ne!(last, check_digit(digits).to_string());
        }
    }

    #[test]
    fn any_index_picks() {
        assert_eq!(pick(&PINS, 5), Some("0000"));
        assert_eq!(pick::<u8>(&[], 5), None);
    }
}
