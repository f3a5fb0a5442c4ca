//! What was reported of a person's care before the story: what the portal shows beside qualifications and medicines.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// All of it. Words are recognisable and no medicine: one that turns up where it must not is a leak.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// 診療情報.
    #[serde(default)]
    pub care: Vec<Act>,
    /// 手術情報.
    #[serde(default)]
    pub operations: Vec<Act>,
    /// 医療費.
    #[serde(default)]
    pub costs: Vec<Cost>,
    /// 電子処方箋.
    #[serde(default)]
    pub prescriptions: Vec<ElectronicPrescription>,
}

/// Something that was done, an operation included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The day.
    pub on: Date,
    /// Where.
    pub at: Place,
    /// What.
    pub name: String,
}

/// What one institution's care cost in one month, whole yen. The three shares make up the total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// The first day of the month.
    pub month: Date,
    /// Where.
    pub at: Place,
    /// What the insurer bears.
    pub insurer: u32,
    /// What public funds bear.
    #[serde(default)]
    pub public: u32,
    /// What the patient paid.
    pub paid: u32,
}

/// An electronic prescription and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectronicPrescription {
    /// 処方箋ID.
    pub number: String,
    /// When it was issued.
    pub issued: Date,
    /// By whom.
    pub at: Place,
    /// What was prescribed and, unless it is still open, handed out.
    pub drugs: Vec<String>,
    /// When and where it was dispensed.
    #[serde(default)]
    pub dispensed: Option<Dispensed>,
}

/// A dispensing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispensed {
    /// The day.
    pub on: Date,
    /// The pharmacy.
    pub at: Place,
}

/// An institution or pharmacy of the past, which need not be one of the story's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// 医療機関コード, ten digits.
    pub code: String,
    /// Its name.
    pub name: String,
}
