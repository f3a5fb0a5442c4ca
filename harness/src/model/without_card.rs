//! Questions that need no card at hand: a later visit at home or online, a person by name, and whoever is found by month or day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ConsentKind, Numbers, Occasion};

/// A later visit at home or online, asked without the card (再照会; SIMrepeat01, bench profile). Row OQS-VISIT-02.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    /// Who asks.
    pub institution: String,
    /// The numbers on file.
    pub numbers: Numbers,
    /// 生年月日 on file.
    pub birthdate: Date,
    /// Where the care is given.
    pub occasion: Occasion,
}

/// A person by what stands on the front of a card (SIMperson01, bench profile). Rows OQS-DIS-02, OQS-FALL-12.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonQuery {
    /// Who asks.
    pub institution: String,
    /// By which function.
    pub function: SpecialFunction,
    /// 氏名.
    pub name: String,
    /// 生年月日.
    pub birthdate: Date,
    /// 性別 (CD007).
    pub sex: u8,
    /// 住所.
    pub address: String,
}

/// The functions by which a person is found without card and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpecialFunction {
    /// 災害時.
    Disaster,
    /// 緊急時医療情報・資格確認機能, in an outage.
    Emergency,
}

/// A step of the emergency function of an outage, by telephone. Row OQS-FALL-12.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyStep {
    /// Whose.
    pub institution: String,
    /// Which.
    pub act: EmergencyAct,
}

/// Who does what about the emergency function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmergencyAct {
    /// The institution telephones the call centre.
    Request,
    /// The call centre calls back.
    CallBack,
    /// The call centre releases the function.
    Release,
    /// The outage is over: the function is closed, and a report of its use is due.
    Close,
    /// The institution reports so many uses.
    Report(u32),
}

/// A question about whoever there is, in two steps; it takes [`super::BULK_SECONDS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Who asks.
    pub institution: String,
    /// About whom.
    pub whom: Whom,
}

/// Who is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// Those whose tickets of a month name the institution (OQSmutic). Row OQS-AID-03.
    Ticketed {
        /// The first day of the month.
        month: Date,
    },
    /// Those whom the institution cared for outside (OQSmuhvq, OQSmuonq). Row OQS-VISIT-04.
    CaredFor {
        /// Where.
        occasion: Occasion,
        /// What happened on one of the days.
        by: CareDay,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
}

/// What makes a day of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CareDay {
    /// The patient consented (同意日).
    Consent,
    /// The patient was examined (受診日).
    Examination,
}

/// What came of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingOutcome {
    /// Who was found, by 氏名.
    Found(BTreeMap<String, FoundPerson>),
    /// A whole-file error.
    Refused,
}

/// What is told of one who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPerson {
    /// QualificationValidity.
    pub validity: u8,
    /// Whose insurance or medical aid: 保険者番号 or 公費負担者番号.
    pub insurer_number: String,
    /// The institutions that the tickets name.
    pub tickets: Vec<String>,
    /// 照会番号, one or several. Row OQS-VISIT-05.
    pub reference_numbers: Vec<String>,
    /// Consent flags that stand at 1.
    pub consents: BTreeSet<ConsentKind>,
}
