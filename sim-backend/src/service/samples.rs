//! Fictitious people for the tests of this crate.

use jiff::{Timestamp, civil::Date};

use super::{
    consent::MedicalKind,
    disclose::{CardConsents, Record, Route, disclose},
    qualify::by_card,
    records::{
        Certificates, Coverage, CoverageDetails, Holder, Limit, Loss, Period, PersonCode,
        PersonState, SpecificDisease,
    },
    ticket::{Ticket, TicketMonth},
};
use crate::messages::{
    BranchNumber, InsurerNumber, Text, YearMonth,
    codes::{
        InsuredCardClassification, LimitCertificateClassification, LimitCertificateFlag,
        PersonalFamilyClassification, Sex, SpecificDiseaseCategory,
    },
};

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).unwrap()
}

pub fn insurer(number: &str) -> InsurerNumber {
    InsurerNumber::new(number).unwrap()
}

pub fn details(gained: &str) -> CoverageDetails {
    CoverageDetails {
        insurer_name: text("架空健康保険組合"),
        card_class: InsuredCardClassification::General,
        symbol: Some(text("記号1")),
        number: text("0001234"),
        branch: BranchNumber::new("00").ok(),
        own_or_family: PersonalFamilyClassification::Insured,
        insured_name: Some(text("架空　花子")),
        gained: day(gained),
        issued: None,
        valid_from: None,
        expires: None,
        contribution_ratio: None,
    }
}

pub fn coverage(of: &str, gained: &str, lost: Option<&str>) -> Coverage {
    Coverage {
        insurer_number: insurer(of),
        details: details(gained),
        lost: lost.map(|on| Loss { on: day(on), reason: None, certificate_returned: None }),
        certificates: Certificates::default(),
        tickets: Vec::new(),
    }
}

/// Medical aid with tickets of April 2026.
pub fn aid(gained: &str, tickets: Vec<Ticket>) -> Coverage {
    let mut aid = coverage("12990001", gained, None);
    aid.details.insurer_name = text("架空福祉事務所");
    aid.details.card_class = InsuredCardClassification::MedicalAid;
    (aid.details.symbol, aid.details.branch) = (None, None);
    aid.details.number = text("9999999");
    aid.tickets = vec![TicketMonth { month: YearMonth::of(day("2026-04-01")), tickets }];
    aid
}

/// A ticket for an institution, with nothing else on it.
pub fn ticket(institution: &str) -> Ticket {
    let json = serde_json::json!({"kind": "01", "institution": institution});
    serde_json::from_value(json).unwrap()
}

pub fn holder(birthdate: &str) -> Holder {
    Holder {
        name: text("架空　花子"),
        name_kana: Some(text("ｶｸｳ ﾊﾅｺ")),
        name_of_other: None,
        name_of_other_kana: None,
        sex1: Sex::Female,
        sex2: None,
        birthdate: day(birthdate),
        address: Some(text("東京都架空区模擬１－２－３")),
        post_number: Some(text("100-0000")),
        address_withheld: false,
        self_information_refused: false,
        identity_unconfirmed: false,
    }
}

pub fn person(code: &str, birthdate: &str, coverages: Vec<Coverage>) -> PersonState {
    PersonState {
        holder: Some(holder(birthdate)),
        coverages,
        ..PersonState::unknown(PersonCode::new(code).unwrap())
    }
}

/// Half past nine of 1 April 2026 in Japan, and a quarter of a second.
pub fn now() -> Timestamp {
    "2026-04-01T00:30:15.25Z".parse().unwrap()
}

pub fn period(start: &str, end: &str) -> Period {
    Period { start: day(start), end: Some(day(end)) }
}

pub fn limit(flag: LimitCertificateFlag, start: &str, end: &str) -> Limit {
    Limit {
        class: LimitCertificateClassification::Limit,
        flag,
        issued: None,
        long_term: None,
        period: period(start, end),
    }
}

pub fn disease(category: SpecificDiseaseCategory, start: &str, end: &str) -> SpecificDisease {
    SpecificDisease { category, issued: None, self_pay: 10_000, period: period(start, end) }
}

/// Somebody with two limits, one after the other, and a specific disease.
pub fn rich() -> PersonState {
    let mut only = coverage("99990013", "2024-04-01", None);
    only.certificates.limits = vec![
        limit(LimitCertificateFlag::A03, "2025-08-01", "2026-07-31"),
        limit(LimitCertificateFlag::A04, "2026-08-01", "2027-07-31"),
    ];
    only.certificates.specific_diseases =
        vec![disease(SpecificDiseaseCategory::RenalFailure, "2025-04-01", "2026-12-31")];
    person("P-1", "1985-05-05", vec![only])
}

/// Yes to everything the reader asks.
pub fn all() -> CardConsents {
    CardConsents {
        limit: true,
        specific_diseases: true,
        medical: MedicalKind::HISTORY.into(),
        grace: false,
        until: None,
    }
}

/// The record that an answer for a day gives.
pub fn given(state: &PersonState, route: Route, on: &str) -> Record {
    disclose(&by_card(state, day(on)), &route, day(on), now()).record.unwrap()
}

/// Limit, number of specific diseases, number of medical kinds.
pub fn summary(record: &Record) -> (Option<&'static str>, usize, Option<usize>) {
    let limit = record.limit.content.as_ref().map(|limit| limit.flag.code());
    (limit, record.specific_diseases.content.len(), record.medical.as_ref().map(Vec::len))
}
