//! Fictitious people for the tests of this crate.

use jiff::civil::Date;

use super::records::{
    Certificates, Coverage, CoverageDetails, Holder, Loss, PersonCode, PersonState,
};
use crate::messages::{
    BranchNumber, InsurerNumber, Text,
    codes::{InsuredCardClassification, PersonalFamilyClassification, Sex},
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
    }
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
