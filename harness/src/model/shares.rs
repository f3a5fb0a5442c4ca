//! What changes what a patient pays, as insurers and welfare offices feed it, and what of it an answer tells.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// 高齢受給者証: the share of a period. Both days belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElderlyShare {
    /// 負担割合, percent.
    pub percent: u8,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// 特定疾病療養受療証. Both days belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiseaseCertificate {
    /// 認定疾病区分 (CD013), 1 to 3.
    pub category: u8,
    /// 自己負担限度額, yen a month.
    pub self_pay: u32,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// What an answer tells beside a qualification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    /// 高齢受給者証: percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elderly: Option<u8>,
    /// 長期該当年月日.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_stay: Option<Date>,
    /// 特定疾病: category and yen a month, in the order of the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diseases: Vec<(u8, u32)>,
    /// 医療券・調剤券: the institution that each names, in the order of the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<String>,
}

impl Certificates {
    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
