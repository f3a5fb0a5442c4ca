//! What institutions and pharmacies reported of a person's care: care, operations, costs, electronic prescriptions.
//!
//! Kept apart from [`super::records::PersonState`], which every query reads and which stays small for that.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::coded;
use crate::messages::{Digits, InstitutionCode, Name, Text, YearMonth};

/// An institution or pharmacy, as the reports name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// 医療機関コード, ten digits.
    #[serde(with = "coded")]
    pub code: InstitutionCode,
    /// Its name.
    #[serde(with = "coded")]
    pub name: Name,
}

/// Something that was done for the patient on a day (診療情報).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Care {
    /// The day.
    pub on: Date,
    /// Where.
    pub institution: Place,
    /// 診療行為コード, nine digits.
    #[serde(with = "coded")]
    pub code: Digits<9>,
    /// 診療行為名.
    #[serde(with = "coded")]
    pub name: Name,
}

/// An operation (手術情報).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The day.
    pub on: Date,
    /// Where.
    pub institution: Place,
    /// 診療行為コード, nine digits.
    #[serde(with = "coded")]
    pub code: Digits<9>,
    /// 手術名.
    #[serde(with = "coded")]
    pub name: Name,
}

/// What care at one institution cost in one month (医療費通知情報), whole yen. The three shares make up the total.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedicalCost {
    /// 診療年月, six digits.
    #[serde(with = "coded")]
    pub month: YearMonth,
    /// Where.
    pub institution: Place,
    /// 医療費の総額.
    pub total: u32,
    /// What the insurer bears.
    pub insurer: u32,
    /// What public funds bear.
    #[serde(default)]
    pub public: u32,
    /// What the patient paid.
    pub paid: u32,
}

impl MedicalCost {
    /// Whether the shares make up the total.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let shares = [self.insurer, self.public, self.paid].map(u64::from);
        shares.iter().sum::<u64>() == u64::from(self.total)
    }
}

/// An electronic prescription (電子処方箋). A later report about the same number takes the place of an earlier one, so
/// that dispensing is reported by telling the whole again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prescription {
    /// The day it was issued.
    pub issued: Date,
    /// 処方箋ID. Its form is the bench's.
    #[serde(with = "coded")]
    pub number: Text<40>,
    /// Who issued it.
    pub prescriber: Place,
    /// What was prescribed.
    pub drugs: Vec<Drug>,
    /// What became of it at a pharmacy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispensed: Option<Dispensing>,
}

/// What a pharmacy handed out on an electronic prescription.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispensing {
    /// The day.
    pub on: Date,
    /// Where.
    pub pharmacy: Place,
    /// What was handed out, which may differ from what was prescribed.
    pub drugs: Vec<Drug>,
}

/// One drug of a prescription.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drug {
    /// `DrugC`: nine digits.
    #[serde(with = "coded")]
    pub code: Digits<9>,
    /// `DrugN`.
    #[serde(with = "coded")]
    pub name: Text<64>,
    /// `Qua1`.
    #[serde(with = "coded")]
    pub quantity: Text<20>,
    /// `Unit`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text<12>>,
    /// `UsageN`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub usage: Option<Text<30>>,
    /// `Times`: days or doses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u16>,
}

impl Prescription {
    /// What is wrong with it as a whole, if anything.
    #[must_use]
    pub fn flaw(&self) -> Option<&'static str> {
        let handed_out = self.dispensed.as_ref();
        let empty = self.drugs.is_empty() || handed_out.is_some_and(|of| of.drugs.is_empty());
        let early = handed_out.is_some_and(|of| of.on < self.issued);
        match (empty, early) {
            (true, _) => Some("a prescription names at least one drug, and so does its dispensing"),
            (false, true) => Some("a prescription cannot be dispensed before it is issued"),
            (false, false) => None,
        }
    }
}

/// All that was reported of one person, each list oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareHistory {
    /// 診療情報.
    #[serde(default)]
    pub care: Vec<Care>,
    /// 手術情報.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// 医療費通知情報.
    #[serde(default)]
    pub costs: Vec<MedicalCost>,
    /// 電子処方箋.
    #[serde(default)]
    pub prescriptions: Vec<Prescription>,
}
