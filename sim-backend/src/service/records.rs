//! What the backend knows of a person: plain records that the rules read.
//!
//! A person is an opaque code. The 12-digit number has no field here. Rows OQS-PRIV-01, OQS-PRIV-04.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::{coded, proof::Proof, register::RegisterItem, ticket::TicketMonth};
use crate::messages::{
    BranchNumber, Digits, InstitutionCode, InsurerNumber, LongText, Name, Percent, Text,
    codes::{
        InsuredCardClassification, LimitCertificateClassification, LimitCertificateFlag,
        PersonalFamilyClassification, ReasonOfLoss, Sex, SpecificDiseaseCategory,
    },
    record::CardText,
};

/// An opaque person code of 1 to 64 characters. Twelve digits are refused, so that nobody keys by the number.
/// Row OQS-PRIV-04.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonCode(String);

/// A text that is no person code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a person code has 1 to 64 characters and is not twelve digits")]
pub struct NotAPersonCode;

impl PersonCode {
    /// Checks and takes a code.
    ///
    /// # Errors
    /// [`NotAPersonCode`] for an empty or long text, control characters, and twelve digits.
    pub fn new(code: impl Into<String>) -> Result<Self, NotAPersonCode> {
        let code = code.into();
        let twelve_digits = code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=64).contains(&code.chars().count()) && !code.chars().any(char::is_control);
        if fits && !twelve_digits { Ok(Self(code)) } else { Err(NotAPersonCode) }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PersonCode {
    type Error = NotAPersonCode;

    fn try_from(code: String) -> Result<Self, NotAPersonCode> {
        Self::new(code)
    }
}

impl From<PersonCode> for String {
    fn from(code: PersonCode) -> Self {
        code.0
    }
}

/// Who somebody is, as the insurers registered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// `Name`: family and given name apart by a full-width space.
    #[serde(with = "coded")]
    pub name: Name,
    /// `NameKana`, half width.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub name_kana: Option<Name>,
    /// `NameOfOther`: a name in common use. Row OQS-QUAL-31: helps, never replaces `Name`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub name_of_other: Option<Name>,
    /// `NameOfOtherKana`, half width.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub name_of_other_kana: Option<Name>,
    /// `Sex1`.
    #[serde(with = "coded")]
    pub sex1: Sex,
    /// `Sex2`, as printed, when the insurer keeps it apart. Row OQS-QUAL-30.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub sex2: Option<Sex>,
    /// `Birthdate`.
    pub birthdate: Date,
    /// `Address`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub address: Option<LongText>,
    /// `PostNumber`, `nnn-nnnn`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub post_number: Option<Text<8>>,
    /// 不開示: address and post number stay here. Row OQS-PRIV-08.
    #[serde(default)]
    pub address_withheld: bool,
    /// 自己情報提供不可: no registration and no answer by card. Row OQS-REG-10.
    #[serde(default)]
    pub self_information_refused: bool,
    /// The insurer itself says that a mismatch with the resident register is not cleared: no medical view. Row OQS-INS-07.
    #[serde(default)]
    pub identity_unconfirmed: bool,
}

/// One qualification with one insurer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// `InsurerNumber` without pad.
    #[serde(with = "coded")]
    pub insurer_number: InsurerNumber,
    /// What the insurer registered with the gain.
    #[serde(flatten)]
    pub details: CoverageDetails,
    /// `DisqualificationDate`: the first day not covered. Row OQS-QUAL-16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Loss>,
    /// Limit and share certificates of this insurer.
    #[serde(default)]
    pub certificates: Certificates,
    /// Tickets of medical aid, oldest month first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<TicketMonth>,
}

/// What an insurer registers when somebody gains a qualification. Texts are kept exactly. Row OQS-QUAL-23.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageDetails {
    /// `InsurerName`.
    #[serde(with = "coded")]
    pub insurer_name: Name,
    /// `InsuredCardClassification`.
    #[serde(default = "general", with = "coded")]
    pub card_class: InsuredCardClassification,
    /// `InsuredCardSymbol`; late-elderly care has none. Row OQS-QUAL-19.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub symbol: Option<CardText>,
    /// `InsuredIdentificationNumber`.
    #[serde(with = "coded")]
    pub number: CardText,
    /// `InsuredBranchNumber`, two digits; late-elderly care has none.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchNumber>,
    /// `PersonalFamilyClassification`.
    #[serde(with = "coded")]
    pub own_or_family: PersonalFamilyClassification,
    /// `InsuredName`: the insured or the head of the household.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub insured_name: Option<Name>,
    /// `QualificationDate`: the first day covered. Row OQS-QUAL-16.
    pub gained: Date,
    /// `InsuredCertificateIssuanceDate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// `InsuredCardValidDate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// `InsuredCardExpirationDate`, last day. It ends short-term qualifications only. Row OQS-QUAL-22.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// `InsuredPartialContributionRatio`, percent.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub contribution_ratio: Option<Percent>,
}

/// The end of a qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// `DisqualificationDate`: the first day not covered.
    pub on: Date,
    /// `ReasonOfLoss`, if known.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonOfLoss>,
    /// The day on which the insurer took card or certificate back (証回収), if it did. Bench profile. Row OQS-CLM-07.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_returned: Option<Date>,
}

/// Certificates that change what a patient pays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificates {
    /// `LimitApplicationCertificateRelatedInfo`, one a period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// `ElderlyRecipientCertificateInfo`, one a period. Row OQS-LIM-12.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elderly: Vec<ElderlyShare>,
    /// `SpecificDiseasesCertificateInfo`. Row OQS-LIM-10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specific_diseases: Vec<SpecificDisease>,
    /// In arrears: no limit is shown. Row OQS-LIM-08.
    #[serde(default)]
    pub limit_withheld: bool,
}

/// A period of days; both ends belong to it, an open end lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

impl Period {
    /// Whether the day lies in the period.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.start <= day && self.end.is_none_or(|end| day <= end)
    }
}

/// One limit certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// `LimitApplicationCertificateClassification`.
    #[serde(with = "coded")]
    pub class: LimitCertificateClassification,
    /// `LimitApplicationCertificateClassificationFlag`, A01–A06 or B01–B10.
    #[serde(with = "coded")]
    pub flag: LimitCertificateFlag,
    /// `LimitApplicationCertificateDate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// `LimitApplicationCertificateLongTermDate`: long stays count from here. Row OQS-LIM-07.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_term: Option<Date>,
    /// When it holds. Row OQS-LIM-06.
    pub period: Period,
}

/// The share of an elderly recipient in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElderlyShare {
    /// `ElderlyRecipientContributionRatio`, percent.
    #[serde(with = "coded")]
    pub ratio: Percent,
    /// `ElderlyRecipientCertificateDate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// When it holds.
    pub period: Period,
}

/// One specific-disease certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecificDisease {
    /// `SpecificDiseasesDiseaseCategory`.
    #[serde(with = "coded")]
    pub category: SpecificDiseaseCategory,
    /// `SpecificDiseasesCertificateDate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// `SpecificDiseasesSelfPay`, yen a month.
    pub self_pay: u32,
    /// When it holds.
    pub period: Period,
}

/// One medicine that was dispensed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medicine {
    /// `DiDate`: day of dispensing.
    pub dispensed: Date,
    /// `PrDate`: day of prescribing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prescribed: Option<Date>,
    /// `DrugC`: nine digits.
    #[serde(with = "coded")]
    pub code: Digits<9>,
    /// `DrugN`.
    #[serde(with = "coded")]
    pub name: Text<64>,
    /// `IngreN`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub ingredient: Option<Text<200>>,
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
    /// `PrlsHCd`: ten digits of the institution that prescribed.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub prescriber: Option<InstitutionCode>,
    /// `PrlsHNm`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub prescriber_name: Option<Name>,
}

/// One specific health check (特定健診).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// `EffectiveTime`: the day it was made.
    pub made: Date,
    /// Measurements and answers, in the order of the report.
    pub items: Vec<HealthCheckItem>,
}

/// One measurement, or one answer of the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthCheckItem {
    /// `ItemCode`, 17 characters of JLAC10 at most.
    #[serde(with = "coded")]
    pub code: Text<17>,
    /// `ItemName`.
    #[serde(with = "coded")]
    pub name: Name,
    /// `DataValue`.
    #[serde(with = "coded")]
    pub value: Text<200>,
    /// `Unit`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text<20>>,
}

/// Everything known of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonState {
    /// The opaque person code.
    pub person: PersonCode,
    /// Absent until an insurer registered who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// Qualifications, oldest gain first.
    #[serde(default)]
    pub coverages: Vec<Coverage>,
    /// Medicines, oldest first.
    #[serde(default)]
    pub medicines: Vec<Medicine>,
    /// Specific health checks, oldest first.
    #[serde(default)]
    pub health_checks: Vec<HealthCheck>,
    /// Of each cancellation the first day on which a registration made before it counts no more. Row OQS-REG-08.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty", deserialize_with = "one_or_many")]
    pub cancelled_from: BTreeSet<Date>,
    /// In what the resident register says otherwise, until the insurer corrects or confirms. Row OQS-INS-07.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub register_mismatch: Vec<RegisterItem>,
    /// What insurers handed out, oldest first. Row OQS-INS-14.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<Proof>,
}

impl PersonState {
    /// A person of whom nothing is known yet.
    #[must_use]
    pub fn unknown(person: PersonCode) -> Self {
        Self {
            person,
            holder: None,
            coverages: Vec::new(),
            medicines: Vec::new(),
            health_checks: Vec::new(),
            cancelled_from: BTreeSet::new(),
            register_mismatch: Vec::new(),
            proofs: Vec::new(),
        }
    }

    /// Whether the person bears the flag 自己情報提供不可: the card gives no insurance data. Row OQS-REG-10.
    #[must_use]
    pub fn is_barred(&self) -> bool {
        self.holder.as_ref().is_some_and(|holder| holder.self_information_refused)
    }
}

/// Stores have kept the latest day alone.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Date>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        One(Date),
        Many(BTreeSet<Date>),
    }
    Ok(match Kept::deserialize(deserializer)? {
        Kept::One(day) => BTreeSet::from([day]),
        Kept::Many(days) => days,
    })
}

fn general() -> InsuredCardClassification {
    InsuredCardClassification::General
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancellations_are_read_as_stores_have_kept_them() {
        for (kept, days) in [
            (r#"{"person":"P-1"}"#, &[][..]),
            (r#"{"person":"P-1","cancelled_from":"2026-06-01"}"#, &["2026-06-01"]),
            (
                r#"{"person":"P-1","cancelled_from":["2026-06-01","2026-08-01"]}"#,
                &["2026-06-01", "2026-08-01"],
            ),
        ] {
            let state: PersonState = serde_json::from_str(kept).unwrap();
            let read: Vec<String> = state.cancelled_from.iter().map(Date::to_string).collect();
            assert_eq!(read, days, "{kept}");
        }
    }

    #[test] // row OQS-PRIV-04
    fn twelve_digits_are_no_person_code() {
        for (code, fits) in [
            ("P-0001", true),
            ("12345678901", true),
            ("123456789012", false),
            ("", false),
            ("a\nb", false),
        ] {
            assert_eq!(PersonCode::new(code).is_ok(), fits, "{code:?}");
        }
    }
}
