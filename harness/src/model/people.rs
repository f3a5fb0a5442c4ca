//! The world: who exists, with which cards and coverages, and who asks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ConsentKind, Reports};

/// Everything that is true before the first event of a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// The one seed that keys, challenges and captures are drawn from.
    pub seed: u64,
    /// The instant at which the story begins.
    pub now: Timestamp,
    /// Who exists, by persona name.
    pub people: BTreeMap<String, Person>,
    /// Who asks, by institution code (医療機関コード, ten digits).
    pub institutions: BTreeMap<String, Institution>,
}

/// One citizen, visibly fictitious.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// 氏名: family and given name with a full-width space between.
    pub name: String,
    /// 氏名 in half-width katakana, a half-width space between.
    pub kana: String,
    /// 生年月日.
    pub birthdate: Date,
    /// 性別: 1 male, 2 female (CD007).
    pub sex: u8,
    /// 住所.
    pub address: String,
    /// 郵便番号, `nnn-nnnn`.
    pub postcode: String,
    /// 個人番号: twelve digits whose check digit is wrong on purpose, so that it can be nobody's.
    pub individual_number: String,
    /// Seed of the face; two people with one seed are twins to a camera.
    pub face: u64,
    /// 不開示: the address is left out of answers.
    #[serde(default)]
    pub address_withheld: bool,
    /// 自己情報提供不可: the person cannot register and the card gives no data.
    #[serde(default)]
    pub disclosure_barred: bool,
    /// The My Number Card; `None` for somebody who has none.
    #[serde(default)]
    pub card: Option<CardFacts>,
    /// Qualifications that insurers had fed before the story begins.
    #[serde(default)]
    pub coverages: Vec<Coverage>,
    /// Medicine names in the care history: canaries, not pharmacology.
    #[serde(default)]
    pub medicines: Vec<String>,
    /// Specific health checks (特定健診) that were made before the story.
    #[serde(default)]
    pub health_checks: Vec<HealthCheck>,
    /// Care, operations, costs and electronic prescriptions that were reported.
    #[serde(default)]
    pub reports: Reports,
}

/// One specific health check: a canary, not medicine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// 受診年月日.
    pub made: Date,
    /// The name of its one item.
    pub item: String,
}

/// The card a person holds, and what the authority knows of its certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFacts {
    /// When the user-authentication certificate (利用者証明用電子証明書) was issued.
    pub issued: Timestamp,
    /// Last day of the card itself (10th or 5th birthday).
    pub expiry: Date,
    /// 暗証番号, four digits; `None` is a 顔認証 card without PIN.
    pub pin: Option<String>,
    /// セキュリティコード printed on the front, four digits.
    pub security_code: String,
    /// Whether the chip holds a photo.
    #[serde(default = "yes")]
    pub photo: bool,
    /// Whether the card is registered as insurance card (健康保険証利用登録).
    #[serde(default = "yes")]
    pub registered: bool,
    /// Whether a user-authentication certificate is on the card at all.
    #[serde(default = "yes")]
    pub certificate: bool,
    /// Whose CA signed the certificate.
    #[serde(default)]
    pub issuer: Issuer,
}

const fn yes() -> bool {
    true
}

/// Who signed a user-authentication certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Issuer {
    /// The test hierarchy that the backend trusts.
    #[default]
    Trusted,
    /// A CA with the same name and another key.
    Foreign,
}

/// One period of insurance (資格) with one insurer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// 保険者番号 without padding, six or eight digits.
    pub insurer_number: String,
    /// 保険者名称.
    pub insurer_name: String,
    /// 記号; absent for 後期高齢者.
    #[serde(default)]
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番, two digits; absent for 後期高齢者.
    #[serde(default)]
    pub branch: Option<String>,
    /// 本人 or 家族.
    pub relation: Relation,
    /// 資格取得日: the first day covered.
    pub gained: Date,
    /// 資格喪失日: the first day **not** covered.
    #[serde(default)]
    pub lost: Option<Date>,
    /// 喪失事由 (CD008): `01`, `02`, `03`, `99`.
    #[serde(default)]
    pub loss_reason: Option<String>,
    /// Last day of a short-term certificate (短期証).
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// 限度額適用区分, if the insurer granted one.
    #[serde(default)]
    pub limit: Option<Limit>,
}

/// 本人・家族の別 (CD009).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// 1 本人.
    Insured,
    /// 2 家族.
    Family,
}

/// A limit certificate (限度額適用認定証) as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// CD012: `A01` … `B10`.
    pub flag: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// 長期該当年月日: from when a long stay counts, by an application. Row OQS-LIM-07.
    #[serde(default)]
    pub long_stay: Option<Date>,
}

/// A clinic, hospital or pharmacy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// 医療機関等名称.
    pub name: String,
    /// Consents its reader asks for.
    pub offers: BTreeSet<ConsentKind>,
    /// Whether it hands out electronic prescriptions.
    #[serde(default)]
    pub electronic_prescriptions: bool,
    /// Whether a second reader for phones stands at its counter.
    #[serde(default)]
    pub phones: bool,
    /// Whether its reader is one of an approved verifier (特定利用者証明検証者).
    #[serde(default = "yes")]
    pub approved: bool,
    /// Whether its terminal can show medical aid (医療扶助). Row OQS-AID-02.
    #[serde(default = "yes")]
    pub medical_aid: bool,
    /// The charts (診療録) it keeps.
    #[serde(default)]
    pub charts: Vec<Chart>,
    /// Encoding of its files.
    #[serde(default)]
    pub encoding: FileEncoding,
}

/// Encoding of the shared folders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileEncoding {
    /// CharacterCodeIdentifier 0.
    #[default]
    Utf8,
    /// CharacterCodeIdentifier 1, Windows-31J.
    ShiftJis,
}

/// What an institution has on file about a patient, right or wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// 診察券番号.
    pub id: String,
    /// 氏名 on the chart.
    pub name: String,
    /// カナ氏名 on the chart.
    pub kana: String,
    /// 生年月日 on the chart.
    pub birthdate: Date,
    /// 性別 on the chart.
    pub sex: u8,
    /// Insurance on file from the last visit.
    #[serde(default)]
    pub insurance: Option<Numbers>,
}

/// The four numbers that name an insured person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// 保険者番号 without padding.
    pub insurer_number: String,
    /// 記号.
    #[serde(default)]
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番.
    #[serde(default)]
    pub branch: Option<String>,
}

impl Coverage {
    /// The four numbers that name it.
    pub fn numbers(&self) -> Numbers {
        Numbers {
            insurer_number: self.insurer_number.clone(),
            symbol: self.symbol.clone(),
            number: self.number.clone(),
            branch: self.branch.clone(),
        }
    }
}
