//! When each function of the service began, and how far back its information reaches, as data. Rows OQS-OPS-08, OQS-INFO-01.
//!
//! No rule names such a day itself: it asks here, for the instant in question.

use jiff::{Timestamp, ToSpan, civil::Date, civil::date};

use super::{consent::MedicalKind, days::day_of};

/// What did not exist from the beginning, or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// The patient sees care information (診療情報), operations included, in マイナポータル.
    CareInPortal,
    /// Electronic prescriptions (電子処方箋).
    EPrescription,
    /// Institutions in principle offer the check.
    DutyToOffer,
    /// Institutions see care information, operations included.
    CareAtInstitutions,
    /// No insurance card (被保険者証) is issued any more: 資格確認書 and 資格情報のお知らせ take its place.
    AbolitionOfInsuranceCards,
    /// Consents to the six kinds of clinical information (電子カルテ情報共有).
    ClinicalConsents,
    /// The phone (スマートフォン) serves as the card does.
    Phone,
    /// The last insurance cards have ended.
    EndOfInsuranceCards,
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// What begins.
    pub function: Function,
    /// The first Japanese day; where the source names a month only, its first.
    pub first_day: Date,
    /// The requirement row, or the section of the message facts.
    pub row: &'static str,
}

const fn opening(function: Function, first_day: Date, row: &'static str) -> Opening {
    Opening { function, first_day, row }
}

/// All openings, oldest first.
pub const OPENINGS: [Opening; 8] = [
    opening(Function::CareInPortal, date(2022, 9, 1), "OQS-INFO-03"),
    opening(Function::EPrescription, date(2023, 1, 1), "OQS-INFO-06"),
    opening(Function::DutyToOffer, date(2023, 4, 1), "OQS-OPS-01"),
    opening(Function::CareAtInstitutions, date(2023, 5, 1), "OQS-INFO-02"),
    opening(Function::AbolitionOfInsuranceCards, date(2024, 12, 2), "OQS-INS-13"),
    opening(Function::ClinicalConsents, date(2025, 1, 1), "messages, result record"),
    opening(Function::Phone, date(2025, 9, 19), "flow, phone"),
    opening(Function::EndOfInsuranceCards, date(2025, 12, 2), "OQS-FALL-09"),
];

impl Function {
    /// Its name in data.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CareInPortal => "care_in_portal",
            Self::EPrescription => "e_prescription",
            Self::DutyToOffer => "duty_to_offer",
            Self::CareAtInstitutions => "care_at_institutions",
            Self::AbolitionOfInsuranceCards => "abolition_of_insurance_cards",
            Self::ClinicalConsents => "clinical_consents",
            Self::Phone => "phone",
            Self::EndOfInsuranceCards => "end_of_insurance_cards",
        }
    }

    /// Its line of the table.
    #[must_use]
    pub fn opening(self) -> Option<&'static Opening> {
        OPENINGS.iter().find(|opening| opening.function == self)
    }

    /// Its first Japanese day; none ever comes for what stands in no line.
    #[must_use]
    pub fn first_day(self) -> Date {
        self.opening().map_or(Date::MAX, |opening| opening.first_day)
    }

    /// Whether it exists on a Japanese day.
    #[must_use]
    pub fn is_open_on(self, day: Date) -> bool {
        self.first_day() <= day
    }

    /// Whether it exists at an instant.
    #[must_use]
    pub fn is_open(self, now: Timestamp) -> bool {
        self.is_open_on(day_of(now))
    }
}

/// The function that lets institutions see a kind of information; `None` for what they saw from the beginning.
#[must_use]
pub fn function_of(kind: MedicalKind) -> Option<Function> {
    match kind {
        MedicalKind::HealthCheck | MedicalKind::Drugs => None,
        MedicalKind::Care | MedicalKind::Operations => Some(Function::CareAtInstitutions),
        MedicalKind::DiagnosisNames
        | MedicalKind::Infections
        | MedicalKind::Allergies
        | MedicalKind::Contraindications
        | MedicalKind::Tests
        | MedicalKind::Prescriptions => Some(Function::ClinicalConsents),
    }
}

/// Whether institutions are given a kind of information at an instant. Row OQS-INFO-02.
#[must_use]
pub fn is_given(kind: MedicalKind, now: Timestamp) -> bool {
    function_of(kind).is_none_or(|function| function.is_open(now))
}

/// How far back a kind of information reaches. Row OQS-INFO-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The first day of which there is any.
    pub first_day: Date,
    /// Years back from today; `None` where no end is public.
    pub years: Option<i32>,
}

/// The reach of a kind. Health checks count from the fiscal year 2020 (bench choice: its first day).
#[must_use]
pub const fn reach(kind: MedicalKind) -> Reach {
    match kind {
        MedicalKind::HealthCheck => Reach { first_day: date(2020, 4, 1), years: Some(5) },
        MedicalKind::Drugs => Reach { first_day: date(2021, 9, 1), years: Some(3) },
        MedicalKind::Care | MedicalKind::Operations => {
            Reach { first_day: date(2022, 6, 1), years: None }
        }
        MedicalKind::DiagnosisNames
        | MedicalKind::Infections
        | MedicalKind::Allergies
        | MedicalKind::Contraindications
        | MedicalKind::Tests
        | MedicalKind::Prescriptions => Reach { first_day: date(2025, 1, 1), years: None },
    }
}

/// The first day of a kind of information that is still given today. Row OQS-INFO-01.
#[must_use]
pub fn earliest(kind: MedicalKind, today: Date) -> Date {
    let Reach { first_day, years } = reach(kind);
    let back = years.and_then(|years| today.checked_sub(years.years()).ok());
    back.map_or(first_day, |back| back.max(first_day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::day;

    #[test] // rows OQS-OPS-08, OQS-INFO-02, -03, -06, OQS-INS-13, OQS-FALL-09: the date-switch table
    fn a_function_begins_at_japanese_midnight_of_its_first_day() {
        for (function, last_instant_before, first_instant) in [
            (Function::CareInPortal, "2022-08-31T14:59:59Z", "2022-08-31T15:00:00Z"),
            (Function::EPrescription, "2022-12-31T14:59:59Z", "2022-12-31T15:00:00Z"),
            (Function::DutyToOffer, "2023-03-31T14:59:59Z", "2023-03-31T15:00:00Z"),
            (Function::CareAtInstitutions, "2023-04-30T14:59:59Z", "2023-04-30T15:00:00Z"),
            (Function::AbolitionOfInsuranceCards, "2024-12-01T14:59:59Z", "2024-12-01T15:00:00Z"),
            (Function::ClinicalConsents, "2024-12-31T14:59:59Z", "2024-12-31T15:00:00Z"),
            (Function::Phone, "2025-09-18T14:59:59Z", "2025-09-18T15:00:00Z"),
            (Function::EndOfInsuranceCards, "2025-12-01T14:59:59Z", "2025-12-01T15:00:00Z"),
        ] {
            assert!(!function.is_open(last_instant_before.parse().unwrap()), "{function:?} before");
            assert!(function.is_open(first_instant.parse().unwrap()), "{function:?} from then on");
        }
    }

    #[test]
    fn the_table_is_in_order_and_names_each_function_once() {
        for pair in OPENINGS.windows(2) {
            assert!(pair[0].first_day <= pair[1].first_day, "{pair:?}");
        }
        let named: std::collections::BTreeSet<_> =
            OPENINGS.iter().map(|opening| opening.function).collect();
        assert_eq!(named.len(), OPENINGS.len());
    }

    #[test] // row OQS-INFO-01: health checks 5 years (from 2020), drugs 3 years (from 2021-09), care from 2022-06
    fn information_reaches_back_as_far_as_the_row_says() {
        for (kind, today, first) in [
            (MedicalKind::HealthCheck, "2024-06-01", "2020-04-01"),
            (MedicalKind::HealthCheck, "2026-04-01", "2021-04-01"),
            (MedicalKind::Drugs, "2023-01-01", "2021-09-01"),
            (MedicalKind::Drugs, "2026-04-01", "2023-04-01"),
            (MedicalKind::Care, "2026-04-01", "2022-06-01"),
            (MedicalKind::Operations, "2026-04-01", "2022-06-01"),
        ] {
            assert_eq!(earliest(kind, day(today)), day(first), "{kind:?} on {today}");
        }
    }

    #[test] // row OQS-INFO-02
    fn care_is_given_to_institutions_from_may_2023() {
        for (kind, april, may) in [
            (MedicalKind::HealthCheck, true, true),
            (MedicalKind::Drugs, true, true),
            (MedicalKind::Care, false, true),
            (MedicalKind::Operations, false, true),
        ] {
            assert_eq!(is_given(kind, "2023-04-30T14:59:59Z".parse().unwrap()), april, "{kind:?}");
            assert_eq!(is_given(kind, "2023-04-30T15:00:00Z".parse().unwrap()), may, "{kind:?}");
        }
    }
}
