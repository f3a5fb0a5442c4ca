//! What lies on the reader, how identity is proved, and where care is given, in the words of steps.

use std::fmt;
use std::str::FromStr;

use cucumber::Parameter;

use super::params::{Quoted, UnknownWord, unknown};
use crate::model::{Mode, Occasion, PhoneKind, Presented};

/// What lies on the reader. Names are kept as written.
#[derive(Debug, Clone, PartialEq, Eq, Parameter)]
#[param(
    name = "shown",
    regex = "カードなし|別のICカード|(?:「[^」]+」|\"[^\"]+\")の(?:カード|iPhone|Android)|no card|some other IC card|the (?:card|iPhone|Android phone) of (?:「[^」]+」|\"[^\"]+\")"
)]
pub struct Shown(pub Presented);

impl FromStr for Shown {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "カードなし" | "no card" => return Ok(Self(Presented::Nothing)),
            "別のICカード" | "some other IC card" => return Ok(Self(Presented::ForeignCard)),
            _ => {}
        }
        let quotes = ['「', '」', '"'];
        let mut parts = text.split(quotes);
        let (before, name, after) = (parts.next(), parts.next(), parts.next());
        let holder = name.unwrap_or_default().to_owned();
        Ok(Self(match (before.unwrap_or_default(), after.unwrap_or_default()) {
            ("", "のカード") | ("the card of ", "") => Presented::CardOf(holder),
            ("", "のiPhone") | ("the iPhone of ", "") => {
                Presented::PhoneOf { holder, phone: PhoneKind::Iphone }
            }
            ("", "のAndroid") | ("the Android phone of ", "") => {
                Presented::PhoneOf { holder, phone: PhoneKind::Android }
            }
            _ => return Err(unknown("thing on a reader", text)),
        }))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Presented::Nothing => f.write_str("カードなし"),
            Presented::ForeignCard => f.write_str("別のICカード"),
            Presented::CardOf(holder) => write!(f, "「{holder}」のカード"),
            Presented::PhoneOf { holder, phone: PhoneKind::Iphone } => {
                write!(f, "「{holder}」のiPhone")
            }
            Presented::PhoneOf { holder, phone: PhoneKind::Android } => {
                write!(f, "「{holder}」のAndroid")
            }
        }
    }
}

/// How identity is to be proved.
#[derive(Debug, Clone, PartialEq, Eq, Parameter)]
#[param(
    name = "way",
    regex = "顔認証|暗証番号『[^』]*』|職員の目視|職員の否認|face|the PIN '[^']*'|the eyes of staff|the refusal of staff"
)]
pub struct Way(pub Mode);

impl FromStr for Way {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text {
            "顔認証" | "face" => Mode::Face,
            "職員の目視" | "the eyes of staff" => Mode::Visual(true),
            "職員の否認" | "the refusal of staff" => Mode::Visual(false),
            _ => {
                let typed = text.strip_prefix("暗証番号").or_else(|| text.strip_prefix("the PIN "));
                let typed = typed.ok_or_else(|| unknown("way of proving identity", text))?;
                let Ok(entries) = Quoted::from_str(typed);
                super::visits::pin_entries(&entries)
            }
        }))
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Mode::Face => f.write_str("顔認証"),
            Mode::Pin(entries) => write!(f, "暗証番号『{}』", entries.join(",")),
            Mode::Visual(true) => f.write_str("職員の目視"),
            Mode::Visual(false) => f.write_str("職員の否認"),
        }
    }
}

/// Where care is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Parameter)]
#[param(
    name = "care",
    regex = "受付する|自宅で訪問診療を受ける|オンライン診療を受ける|checks in|is seen at home|is seen online"
)]
pub struct Care(pub Option<Occasion>);

impl FromStr for Care {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "受付する" | "checks in" => Ok(Self(None)),
            "自宅で訪問診療を受ける" | "is seen at home" => {
                Ok(Self(Some(Occasion::HomeVisit)))
            }
            "オンライン診療を受ける" | "is seen online" => {
                Ok(Self(Some(Occasion::Online)))
            }
            _ => Err(unknown("place of care", text)),
        }
    }
}

impl fmt::Display for Care {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "受付する",
            Some(Occasion::HomeVisit) => "自宅で訪問診療を受ける",
            Some(Occasion::Online) => "オンライン診療を受ける",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_on_the_reader_is_read_in_either_language() {
        let card = || Presented::CardOf("架空花子".to_owned());
        let phone = |phone| Presented::PhoneOf { holder: "架空花子".to_owned(), phone };
        for (ja, en, means) in [
            ("カードなし", "no card", Presented::Nothing),
            ("別のICカード", "some other IC card", Presented::ForeignCard),
            ("「架空花子」のカード", "the card of \"架空花子\"", card()),
            ("「架空花子」のiPhone", "the iPhone of \"架空花子\"", phone(PhoneKind::Iphone)),
            (
                "「架空花子」のAndroid",
                "the Android phone of \"架空花子\"",
                phone(PhoneKind::Android),
            ),
        ] {
            assert_eq!(Shown::from_str(ja).unwrap().0, means);
            assert_eq!(Shown(means.clone()).to_string(), ja);
            assert_eq!(Shown::from_str(en).unwrap().0, means);
        }
        assert!(Shown::from_str("the hat of \"架空花子\"").is_err());
    }

    #[test]
    fn every_way_and_place_is_read_in_either_language() {
        let pin = Mode::Pin(vec!["0000".to_owned(), String::new()]);
        for (ja, en, means) in [
            ("顔認証", "face", Mode::Face),
            ("暗証番号『0000,』", "the PIN '0000,'", pin),
            ("職員の目視", "the eyes of staff", Mode::Visual(true)),
            ("職員の否認", "the refusal of staff", Mode::Visual(false)),
        ] {
            assert_eq!(Way::from_str(ja).unwrap().0, means);
            assert_eq!(Way(means.clone()).to_string(), ja);
            assert_eq!(Way::from_str(en).unwrap().0, means);
        }
        for word in Care::REGEX.split('|') {
            assert!(Care::from_str(word).is_ok(), "{word}");
        }
    }
}
