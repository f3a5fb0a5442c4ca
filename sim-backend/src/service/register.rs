//! The resident register (住民基本台帳, asked at J-LIS): does it agree with what an insurer says of a person, and whom does the front
//! of a card name? Rows OQS-INS-07, OQS-DIS-02.
//!
//! Which differences count is not public. Bench profile: spaces, full and half width of Latin letters and digits, and kinds of
//! hyphens do not; what one side does not know is not compared.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{coded, records::Holder};
use crate::messages::{LongText, Name, codes::Sex};

/// What the register says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterEntry {
    /// 氏名.
    #[serde(with = "coded")]
    pub name: Name,
    /// 氏名の振り仮名, half width as in the messages.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub name_kana: Option<Name>,
    /// 生年月日.
    pub birthdate: Date,
    /// 性別.
    #[serde(with = "coded")]
    pub sex: Sex,
    /// 住所.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub address: Option<LongText>,
}

/// One of the five items that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterItem {
    /// 氏名.
    Name,
    /// 振り仮名.
    NameKana,
    /// 生年月日.
    Birthdate,
    /// 性別.
    Sex,
    /// 住所.
    Address,
}

impl RegisterItem {
    /// The item in words; never its value.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameKana => "kana",
            Self::Birthdate => "birth date",
            Self::Sex => "sex",
            Self::Address => "address",
        }
    }
}

/// The items in which an insurer's person is another than the register's. Row OQS-INS-07.
#[must_use]
pub fn differences(holder: &Holder, entry: &RegisterEntry) -> Vec<RegisterItem> {
    [
        (RegisterItem::Name, is_named(holder, &entry.name)),
        (RegisterItem::NameKana, agree(holder.name_kana.as_deref(), entry.name_kana.as_deref())),
        (RegisterItem::Birthdate, holder.birthdate == entry.birthdate),
        (RegisterItem::Sex, is_of_sex(holder, entry.sex)),
        (RegisterItem::Address, agree(holder.address.as_deref(), entry.address.as_deref())),
    ]
    .into_iter()
    .filter_map(|(item, agrees)| (!agrees).then_some(item))
    .collect()
}

/// What stands on the front of a card: whom it names is found without the card. Rows OQS-DIS-02, OQS-FALL-11.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FourItems {
    /// 氏名.
    pub name: Name,
    /// 生年月日.
    pub birthdate: Date,
    /// 性別.
    pub sex: Sex,
    /// 住所.
    pub address: LongText,
}

impl FourItems {
    /// Whether all four name this person. Somebody without a registered address is not guessed.
    #[must_use]
    pub fn name_person(&self, holder: &Holder) -> bool {
        let address = holder.address.as_deref();
        is_named(holder, &self.name)
            && self.birthdate == holder.birthdate
            && is_of_sex(holder, self.sex)
            && address.is_some_and(|address| plain(address) == plain(&self.address))
    }
}

/// By `Name`, or by the name in common use. Row OQS-QUAL-31.
fn is_named(holder: &Holder, name: &str) -> bool {
    let names = [Some(&holder.name), holder.name_of_other.as_ref()];
    names.into_iter().flatten().any(|held| plain(held) == plain(name))
}

/// 未設定 differs from nothing.
fn is_of_sex(holder: &Holder, sex: Sex) -> bool {
    holder.sex1 == sex || holder.sex1 == Sex::Unset || sex == Sex::Unset
}

fn agree(held: Option<&str>, told: Option<&str>) -> bool {
    held.zip(told).is_none_or(|(held, told)| plain(held) == plain(told))
}

/// A text without what does not count.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

fn narrow(c: char) -> char {
    let hyphens = ['‐', '‑', '‒', '–', '—', '―', '−'];
    if hyphens.contains(&c) {
        return '-';
    }
    let ascii = match u32::from(c) {
        full @ 0xFF01..=0xFF5E => char::from_u32(full - 0xFEE0),
        _ => None,
    };
    ascii.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::{holder, text};

    fn entry() -> RegisterEntry {
        RegisterEntry {
            name: text("架空　花子"),
            name_kana: Some(text("ｶｸｳ ﾊﾅｺ")),
            birthdate: "1985-05-05".parse().unwrap(),
            sex: Sex::Female,
            address: Some(text("東京都架空区模擬１－２－３")),
        }
    }

    #[test] // row OQS-INS-07: name, kana, birth, sex, address
    fn each_of_the_five_items_is_compared() {
        use RegisterItem::{Address, Birthdate, Name, NameKana, Sex as OfSex};
        let change = |change: fn(&mut RegisterEntry)| {
            let mut entry = entry();
            change(&mut entry);
            differences(&holder("1985-05-05"), &entry)
        };
        for (row, actual, expected) in [
            ("the same", change(|_| {}), vec![]),
            ("name", change(|entry| entry.name = text("架空　花代")), vec![Name]),
            ("kana", change(|entry| entry.name_kana = Some(text("ｶｸｳ ﾊﾅﾖ"))), vec![NameKana]),
            (
                "birth date",
                change(|entry| entry.birthdate = "1985-05-06".parse().unwrap()),
                vec![Birthdate],
            ),
            ("sex", change(|entry| entry.sex = Sex::Male), vec![OfSex]),
            (
                "address",
                change(|entry| entry.address = Some(text("東京都架空区模擬１－２－４"))),
                vec![Address],
            ),
            (
                "two",
                change(|entry| (entry.name, entry.sex) = (text("架空　太郎"), Sex::Male)),
                vec![Name, OfSex],
            ),
        ] {
            assert_eq!(actual, expected, "{row}");
        }
    }

    #[test] // bench profile
    fn width_spaces_and_unknown_parts_do_not_count() {
        for (row, change) in [
            ("half-width space", (|e| e.name = text("架空 花子")) as fn(&mut RegisterEntry)),
            ("half-width digits", |e| e.address = Some(text("東京都架空区模擬1-2-3"))),
            ("other hyphens", |e| e.address = Some(text("東京都架空区 模擬１−２−３"))),
            ("no kana", |e| e.name_kana = None),
            ("no address", |e| e.address = None),
            ("sex unset", |e| e.sex = Sex::Unset),
        ] {
            let mut entry = entry();
            change(&mut entry);
            assert_eq!(differences(&holder("1985-05-05"), &entry), [], "{row}");
        }
        let mut married = holder("1985-05-05");
        (married.name, married.name_of_other) = (text("仮名　花子"), Some(text("架空　花子")));
        assert_eq!(differences(&married, &entry()), [], "a name in common use");
    }

    #[test] // row OQS-DIS-02: name, birth date, sex, address
    fn the_four_items_name_one_person_and_no_other() {
        let front = || FourItems {
            name: text("架空　花子"),
            birthdate: "1985-05-05".parse().unwrap(),
            sex: Sex::Female,
            address: text("東京都架空区模擬1-2-3"),
        };
        let names = |front: FourItems| front.name_person(&holder("1985-05-05"));
        assert!(names(front()));
        assert!(!names(FourItems { name: text("架空　花代"), ..front() }));
        assert!(!names(FourItems { birthdate: "1985-05-06".parse().unwrap(), ..front() }));
        assert!(!names(FourItems { sex: Sex::Male, ..front() }));
        assert!(!names(FourItems { address: text("東京都架空区"), ..front() }));
        let mut unknown = holder("1985-05-05");
        unknown.address = None;
        assert!(!front().name_person(&unknown));
    }
}
