//! What a step's words stand for where care is given outside, a person is asked for by name, or a list is named.

use std::fmt;
use std::str::FromStr;

use cucumber::Parameter;
use jiff::civil::Date;

use super::params::{UnknownWord, unknown};
use crate::model::{CareDay, EmergencyAct, Occasion, SpecialFunction};

/// A month: `2026年4月` or `2026-04`; its first day.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(name = "month", regex = "\\d{4}年\\d{1,2}月|\\d{4}-\\d{2}")]
pub struct Month(pub Date);

impl FromStr for Month {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.replace('年', "-").replace('月', "");
        let first = Date::strptime("%Y-%m-%d", format!("{plain}-01"));
        first.map(Self).map_err(|_| unknown("month", text))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}年{}月", self.0.year(), self.0.month())
    }
}

/// Where care outside the institution is given.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(name = "occasion", regex = "訪問診療|オンライン診療|home visits|online care")]
pub struct At(pub Occasion);

impl FromStr for At {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "訪問診療" | "home visits" => Ok(Self(Occasion::HomeVisit)),
            "オンライン診療" | "online care" => Ok(Self(Occasion::Online)),
            _ => Err(unknown("occasion", text)),
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Occasion::HomeVisit => "訪問診療",
            Occasion::Online => "オンライン診療",
        })
    }
}

/// By which day care is searched for.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(name = "care_day", regex = "同意日|受診日|consent|examination")]
pub struct By(pub CareDay);

impl FromStr for By {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "同意日" | "consent" => Ok(Self(CareDay::Consent)),
            "受診日" | "examination" => Ok(Self(CareDay::Examination)),
            _ => Err(unknown("day of care", text)),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            CareDay::Consent => "同意日",
            CareDay::Examination => "受診日",
        })
    }
}

/// The function by which a person is found without card and numbers.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(name = "special_function", regex = "災害時|緊急時|disaster|emergency")]
pub struct Special(pub SpecialFunction);

impl FromStr for Special {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "災害時" | "disaster" => Ok(Self(SpecialFunction::Disaster)),
            "緊急時" | "emergency" => Ok(Self(SpecialFunction::Emergency)),
            _ => Err(unknown("function", text)),
        }
    }
}

const EMERGENCY_STEPS: [(EmergencyAct, &str, &str); 4] = [
    (EmergencyAct::Request, "電話で申し込まれる", "asked for by telephone"),
    (EmergencyAct::CallBack, "折り返しの電話で確かめられる", "confirmed by calling back"),
    (EmergencyAct::Release, "開放される", "released"),
    (EmergencyAct::Close, "閉じられる", "closed"),
];

/// A step about the emergency function, in words.
#[derive(Debug, Clone, Copy, Parameter)]
#[param(
    name = "emergency_step",
    regex = "電話で申し込まれる|折り返しの電話で確かめられる|開放される|閉じられる|asked for by telephone|confirmed by calling back|released|closed"
)]
pub struct EmergencyWord(pub EmergencyAct);

impl FromStr for EmergencyWord {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = EMERGENCY_STEPS.iter().find(|(_, ja, en)| *ja == text || *en == text);
        found.map(|(act, ..)| Self(*act)).ok_or_else(|| unknown("step", text))
    }
}

impl fmt::Display for EmergencyWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = EMERGENCY_STEPS.iter().find(|(act, ..)| *act == self.0);
        f.write_str(found.map_or("報告される", |(_, ja, _)| ja))
    }
}

/// Words in one pair of quotes, separated by 「、」.
#[derive(Debug, Clone, Parameter)]
#[param(name = "listing", regex = "『[^』]*』|'[^']*'")]
pub struct Listing(pub Vec<String>);

impl FromStr for Listing {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.trim_matches(['『', '』', '\'']).split('、');
        Ok(Self(words.map(str::to_owned).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_about_the_emergency_function_is_in_its_expression() {
        for (act, ja, en) in EMERGENCY_STEPS {
            assert!(EmergencyWord::REGEX.split('|').any(|word| word == ja), "{ja}");
            assert!(EmergencyWord::REGEX.split('|').any(|word| word == en), "{en}");
            assert_eq!(EmergencyWord::from_str(ja).unwrap().0, act);
        }
    }
}
