//! What a person types: which values a field takes, and what becomes of them in the reply. Bench profile.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use reports::model::Text2;
use serde::Serialize;
use serde_json::Value;

use super::prompt::words;

/// One value to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name in answers and in the reply.
    pub key: &'static str,
    /// Its words.
    pub words: Text2,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must not be empty.
    pub needed: bool,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A text of one line.
    Text,
    /// One digit, as codes have.
    Digit,
    /// A day, `YYYY-MM-DD`.
    Day,
    /// Names, in order, with commas between them.
    List,
    /// Some of the numbers of an insurance, by their names.
    Numbers,
    /// Yes or no.
    YesNo,
    /// A file: its path in a terminal, its content in base64 in an answer.
    File,
}

/// Digits of a 個人番号: what is as long is not taken, so that it gets nowhere.
const INDIVIDUAL_NUMBER: usize = 12;
const NUMBERS: [&str; 4] = ["insurer_number", "symbol", "number", "branch"];

impl Field {
    /// One that must be told.
    pub fn needed(key: &'static str, ja: &str, en: &str, kind: Kind) -> Self {
        Self { key, words: words(ja, en), kind, needed: true }
    }

    /// One that may be left empty.
    pub fn free(key: &'static str, ja: &str, en: &str, kind: Kind) -> Self {
        Self { needed: false, ..Self::needed(key, ja, en, kind) }
    }

    /// What is wrong with what was typed.
    pub fn fault(&self, told: &str) -> Option<Text2> {
        match (told.trim(), self.needed) {
            ("", false) => None,
            ("", true) => Some(words("空にできません", "this must not be empty")),
            (told, _) => self.kind.fault(told),
        }
    }

    /// What stands in the reply; nothing where nothing was told.
    pub fn value(&self, told: &str) -> Option<Value> {
        let told = told.trim();
        if told.is_empty() && self.kind != Kind::List { None } else { Some(self.kind.value(told)) }
    }
}

impl Kind {
    fn fault(self, told: &str) -> Option<Text2> {
        match self {
            Self::Text | Self::List => is_secret(told).then(|| {
                words(
                    "12桁の番号は入力しないでください",
                    "never type a number of twelve digits: it could be somebody's",
                )
            }),
            Self::Digit => told.parse::<u8>().ok().filter(|digit| *digit <= 9).map_or_else(
                || Some(words("1桁の数字を入力してください", "one digit, please")),
                |_| None,
            ),
            Self::Day => told.parse::<Date>().is_err().then(|| {
                words("2026-04-01 の形で入力してください", "a day like 2026-04-01, please")
            }),
            Self::Numbers => {
                list(told).iter().any(|name| !NUMBERS.contains(&name.as_str())).then(|| {
                    let known = NUMBERS.join(", ");
                    words(format!("{known} から選んでください"), format!("some of {known}"))
                })
            }
            Self::YesNo => yes_no(told).is_none().then(|| words("はい か いいえ", "yes or no")),
            Self::File => STANDARD
                .decode(told)
                .is_err()
                .then(|| words("ファイルを読めません", "the file cannot be read")),
        }
    }

    fn value(self, told: &str) -> Value {
        match self {
            Self::Text | Self::File | Self::Day => told.into(),
            Self::Digit => told.parse::<u8>().map_or(Value::Null, Value::from),
            Self::List | Self::Numbers => list(told).into(),
            Self::YesNo => yes_no(told).into(),
        }
    }
}

fn list(told: &str) -> Vec<String> {
    let parts = told.split([',', '、', '\n']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn yes_no(told: &str) -> Option<bool> {
    match told.to_lowercase().as_str() {
        "y" | "yes" | "はい" | "1" => Some(true),
        "n" | "no" | "いいえ" | "0" => Some(false),
        _ => None,
    }
}

/// Whether exactly so many digits stand in a row, with or without gaps, as on a card.
fn is_secret(told: &str) -> bool {
    let close: String = told.chars().filter(|letter| !" -‐－　".contains(*letter)).collect();
    let mut runs = close.split(|letter: char| !letter.is_numeric());
    runs.any(|run| run.chars().count() == INDIVIDUAL_NUMBER)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_field_takes_and_what_becomes_of_it() {
        let of = |kind, told: &str| {
            let field = Field::needed("k", "", "", kind);
            field.fault(told).map_or_else(|| field.value(told), |_| None)
        };
        assert_eq!(of(Kind::Text, " 架空 "), Some(json!("架空")));
        assert_eq!(of(Kind::Digit, "1"), Some(json!(1)));
        assert_eq!(of(Kind::Digit, "12"), None);
        assert_eq!(of(Kind::Day, "2026-04-01"), Some(json!("2026-04-01")));
        assert_eq!(of(Kind::Day, "4/1"), None);
        assert_eq!(of(Kind::List, "甲、乙, 丙"), Some(json!(["甲", "乙", "丙"])));
        assert_eq!(of(Kind::Numbers, "branch"), Some(json!(["branch"])));
        assert_eq!(of(Kind::Numbers, "brnch"), None);
        assert_eq!(of(Kind::YesNo, "はい"), Some(json!(true)));
        assert_eq!(of(Kind::File, "AA=="), Some(json!("AA==")));
        assert_eq!(of(Kind::File, "?"), None);
    }

    #[test]
    fn nothing_is_told_where_nothing_was_typed() {
        assert_eq!(Field::free("k", "", "", Kind::Text).value(" "), None);
        assert_eq!(Field::free("k", "", "", Kind::List).value(""), Some(json!([])));
        assert!(Field::needed("k", "", "", Kind::Text).fault(" ").is_some());
    }

    #[test]
    fn a_number_as_long_as_a_persons_is_not_taken() {
        for told in
            ["123456789012", "1234 5678 9012", "氏名 1234-5678-9012", "１２３４５６７８９０１２"]
        {
            assert!(is_secret(told), "{told}");
        }
        for told in ["06132013", "1319999999", "20260401093000", "保険 01"] {
            assert!(!is_secret(told), "{told}");
        }
    }
}
