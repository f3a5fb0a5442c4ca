//! Kinds of insurers, told by their numbers. Rows OQS-INS-02, OQS-CONS-10.
//!
//! An insurer number of eight digits begins with the 法別番号, two digits that name the law it insures under; one of six
//! digits belongs to National Health Insurance, and its third digit is 3 for an association of a trade.

use crate::messages::InsurerNumber;

/// What kind of insurer it is. The 法別番号 stands in the doc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InsurerKind {
    /// `01` 協会けんぽ.
    HealthInsuranceAssociation,
    /// `02` 船員保険.
    Seamen,
    /// `03` and `04` 日雇特例被保険者.
    DayLabourers,
    /// `06` 健康保険組合.
    HealthInsuranceSociety,
    /// `07` 自衛官.
    SelfDefenseForces,
    /// `31` to `34` 共済組合.
    MutualAid,
    /// `39` 後期高齢者医療.
    LateElderly,
    /// `63` and `72` to `75` 特例退職被保険者.
    SpecialRetired,
    /// `67` 退職者医療 of National Health Insurance.
    Retired,
    /// Six digits: 国民健康保険 of a municipality.
    NationalHealthInsurance,
    /// Six digits, the third a 3: 国民健康保険組合.
    NationalHealthInsuranceSociety,
    /// No law: numbers of a bench, visibly nobody's. Bench profile: as a 健康保険組合.
    Fictitious,
}

/// The kind of an insurer.
#[must_use]
pub fn kind(insurer: &InsurerNumber) -> InsurerKind {
    let number = insurer.as_str();
    if number.len() < InsurerNumber::WIDTH {
        return match number.as_bytes() {
            [_, _, b'3', ..] => InsurerKind::NationalHealthInsuranceSociety,
            [..] => InsurerKind::NationalHealthInsurance,
        };
    }
    match number.get(..2).unwrap_or_default() {
        "01" => InsurerKind::HealthInsuranceAssociation,
        "02" => InsurerKind::Seamen,
        "03" | "04" => InsurerKind::DayLabourers,
        "06" => InsurerKind::HealthInsuranceSociety,
        "07" => InsurerKind::SelfDefenseForces,
        "31" | "32" | "33" | "34" => InsurerKind::MutualAid,
        "39" => InsurerKind::LateElderly,
        "63" | "72" | "73" | "74" | "75" => InsurerKind::SpecialRetired,
        "67" => InsurerKind::Retired,
        _ => InsurerKind::Fictitious,
    }
}

/// Whether the insurer number is one of late-elderly care (後期高齢者医療).
#[must_use]
pub fn is_late_elderly(insurer: &InsurerNumber) -> bool {
    kind(insurer) == InsurerKind::LateElderly
}

/// Row OQS-CONS-10: 自衛官 and 日雇特例 stand outside the history service.
#[must_use]
pub fn has_history_service(insurer: &InsurerNumber) -> bool {
    match kind(insurer) {
        InsurerKind::SelfDefenseForces | InsurerKind::DayLabourers => false,
        InsurerKind::HealthInsuranceAssociation
        | InsurerKind::Seamen
        | InsurerKind::HealthInsuranceSociety
        | InsurerKind::MutualAid
        | InsurerKind::LateElderly
        | InsurerKind::SpecialRetired
        | InsurerKind::Retired
        | InsurerKind::NationalHealthInsurance
        | InsurerKind::NationalHealthInsuranceSociety
        | InsurerKind::Fictitious => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::insurer;

    #[test] // rows OQS-INS-02 (the kinds) and OQS-CONS-10 (who has no history service)
    fn the_number_tells_the_kind() {
        for (name, number, expected, history) in [
            ("協会けんぽ", "01999999", InsurerKind::HealthInsuranceAssociation, true),
            ("船員保険", "02999999", InsurerKind::Seamen, true),
            ("日雇特例", "03999999", InsurerKind::DayLabourers, false),
            ("日雇特例, 特別療養費", "04999999", InsurerKind::DayLabourers, false),
            ("健保組合", "06999999", InsurerKind::HealthInsuranceSociety, true),
            ("自衛官", "07999999", InsurerKind::SelfDefenseForces, false),
            ("国家公務員共済", "31999999", InsurerKind::MutualAid, true),
            ("私学共済", "34999999", InsurerKind::MutualAid, true),
            ("後期高齢", "39999999", InsurerKind::LateElderly, true),
            ("特例退職", "63999999", InsurerKind::SpecialRetired, true),
            ("共済の特例退職", "72999999", InsurerKind::SpecialRetired, true),
            ("退職国保", "67999999", InsurerKind::Retired, true),
            ("国保", "990001", InsurerKind::NationalHealthInsurance, true),
            ("国保 in 39…", "390001", InsurerKind::NationalHealthInsurance, true),
            ("国保組合", "993001", InsurerKind::NationalHealthInsuranceSociety, true),
            ("bench", "99990013", InsurerKind::Fictitious, true),
        ] {
            let number = insurer(number);
            assert_eq!(
                (kind(&number), has_history_service(&number)),
                (expected, history),
                "{name}"
            );
        }
    }
}
