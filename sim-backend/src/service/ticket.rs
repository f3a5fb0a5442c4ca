//! 医療券・調剤券 as welfare offices (福祉事務所) issue them, month by month.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::coded;
use crate::messages::{
    Identifier, InstitutionCode, LongText, Name, YearMonth,
    codes::{MedicalTreatmentType, SchemeStatus, SingleOrCombinedUse, TicketType},
};

/// How many 傷病名 and 備考 a ticket has room for.
pub const LINES: usize = 3;

/// One ticket: an institution is entrusted (委託) with somebody's treatment in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// `TicketType`.
    #[serde(with = "coded")]
    pub kind: TicketType,
    /// `DesignatedMedicalInstitutionCode`: who is entrusted.
    #[serde(with = "coded")]
    pub institution: InstitutionCode,
    /// `DesignatedMedicalInstitutionName`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub institution_name: Option<Name>,
    /// `MedicalTicketValidDate`: first day; absent is the first of the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// `MedicalTicketExpirationDate`: last day; absent is the last of the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// `IssueNumber`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub issue_number: Option<Identifier>,
    /// `PrescriptionIssuerMedicalInstitutionCode`, 調剤券 only.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub prescriber: Option<InstitutionCode>,
    /// `PrescriptionIssuerMedicalInstitutionName`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub prescriber_name: Option<Name>,
    /// `InjuryName1` to `InjuryName3`.
    #[serde(default, with = "coded::list", skip_serializing_if = "Vec::is_empty")]
    pub injuries: Vec<Name>,
    /// `MedicalTreatmentType`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub treatment: Option<MedicalTreatmentType>,
    /// `SelfPayAmount`, yen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_pay: Option<u32>,
    /// `DistrictContactName`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub district_contact: Option<Name>,
    /// `HandlingContactName`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub handling_contact: Option<Name>,
    /// `SingleOrCombinedUse`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub combination: Option<SingleOrCombinedUse>,
    /// `StatusOfSocialInsurance`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub social_insurance: Option<SchemeStatus>,
    /// `StatusOfInfecton`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub infection: Option<SchemeStatus>,
    /// `StatusOfElderlyMedicalCare`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub elderly_care: Option<SchemeStatus>,
    /// `StatusOfPrefecturalExpenses`.
    #[serde(default, with = "coded::optional", skip_serializing_if = "Option::is_none")]
    pub prefectural_expenses: Option<SchemeStatus>,
    /// `Remarks1` to `Remarks3`.
    #[serde(default, with = "coded::list", skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<LongText>,
}

impl Ticket {
    /// Whether the ticket holds on a day of its month.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|first| first <= day)
            && self.expires.is_none_or(|last| day <= last)
    }
}

/// All tickets of a month; none says that nobody is entrusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketMonth {
    /// `MedicalTreatmentMonth`.
    #[serde(with = "coded")]
    pub month: YearMonth,
    /// The tickets, in the welfare office's order.
    pub tickets: Vec<Ticket>,
}
