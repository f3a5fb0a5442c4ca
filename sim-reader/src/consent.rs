//! Consents: which kinds the reader asks for, and what becomes of the answers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::reader_link::{CertificateState, ConsentFlags, Prescription};

/// A kind of information that is given only with the patient's consent, each asked apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentKind {
    /// 限度額情報.
    Limit,
    /// 特定疾病療養受療証.
    SpecificDiseases,
    /// 特定健診情報.
    HealthCheck,
    /// 薬剤情報.
    Drugs,
    /// 診療情報.
    Care,
    /// 手術情報.
    Operations,
}

impl ConsentKind {
    /// All kinds, in the order in which the reader asks.
    pub const ALL: [Self; 6] = [
        Self::Limit,
        Self::SpecificDiseases,
        Self::HealthCheck,
        Self::Drugs,
        Self::Care,
        Self::Operations,
    ];

    /// Whether the kind is medical information, which a certificate in grace cannot open.
    pub fn is_medical(self) -> bool {
        match self {
            Self::Limit | Self::SpecificDiseases => false,
            Self::HealthCheck | Self::Drugs | Self::Care | Self::Operations => true,
        }
    }
}

/// What the patient would answer to each question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consents {
    /// 限度額情報.
    pub limit: bool,
    /// 特定疾病療養受療証.
    pub specific_diseases: bool,
    /// 特定健診情報.
    pub health_check: bool,
    /// 薬剤情報.
    pub drugs: bool,
    /// 診療情報.
    pub care: bool,
    /// 手術情報.
    pub operations: bool,
    /// 処方箋 form, where the institution offers the choice.
    pub prescription: Option<Prescription>,
}

impl Consents {
    /// The answers to the questions that were really asked; what was not asked is not consented.
    pub fn answers(&self, asked: &BTreeSet<ConsentKind>) -> ConsentFlags {
        let given = |kind, wish| wish && asked.contains(&kind);
        ConsentFlags {
            limit: given(ConsentKind::Limit, self.limit),
            specific_diseases: given(ConsentKind::SpecificDiseases, self.specific_diseases),
            health_check: given(ConsentKind::HealthCheck, self.health_check),
            drugs: given(ConsentKind::Drugs, self.drugs),
            care: given(ConsentKind::Care, self.care),
            operations: given(ConsentKind::Operations, self.operations),
        }
    }
}

/// The kinds to ask for: those the institution offers, without medical ones in grace.
pub fn to_ask(offers: &BTreeSet<ConsentKind>, state: CertificateState) -> BTreeSet<ConsentKind> {
    let medical = match state {
        CertificateState::Valid | CertificateState::ExpiresSoon => true,
        CertificateState::Grace => false,
    };
    offers.iter().copied().filter(|kind| medical || !kind.is_medical()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_offered_is_asked_and_in_grace_nothing_medical() {
        let all = BTreeSet::from(ConsentKind::ALL);
        assert_eq!(to_ask(&all, CertificateState::ExpiresSoon), all);
        let in_grace = BTreeSet::from([ConsentKind::Limit, ConsentKind::SpecificDiseases]);
        assert_eq!(to_ask(&all, CertificateState::Grace), in_grace);
        let drugs = BTreeSet::from([ConsentKind::Drugs]);
        assert_eq!(to_ask(&drugs, CertificateState::Valid), drugs);
        assert!(to_ask(&drugs, CertificateState::Grace).is_empty());
    }

    #[test]
    fn a_wish_that_was_not_asked_for_is_no_consent() {
        let wishes = Consents { drugs: true, limit: true, ..Consents::default() };
        let flags = wishes.answers(&BTreeSet::from([ConsentKind::Limit, ConsentKind::Care]));
        assert_eq!(flags, ConsentFlags { limit: true, ..ConsentFlags::default() });
    }
}
