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
    /// 傷病名情報.
    DiagnosisNames,
    /// 感染症情報.
    Infections,
    /// アレルギー情報.
    Allergies,
    /// 薬剤禁忌情報.
    Contraindications,
    /// 検査情報.
    Tests,
    /// 処方情報.
    Prescriptions,
}

impl ConsentKind {
    /// All kinds, in the order in which the reader asks.
    pub const ALL: [Self; 12] = [
        Self::Limit,
        Self::SpecificDiseases,
        Self::HealthCheck,
        Self::Drugs,
        Self::Care,
        Self::Operations,
        Self::DiagnosisNames,
        Self::Infections,
        Self::Allergies,
        Self::Contraindications,
        Self::Tests,
        Self::Prescriptions,
    ];

    /// Whether the kind is medical information, which a certificate in grace cannot open.
    pub fn is_medical(self) -> bool {
        match self {
            Self::Limit | Self::SpecificDiseases => false,
            Self::HealthCheck
            | Self::Drugs
            | Self::Care
            | Self::Operations
            | Self::DiagnosisNames
            | Self::Infections
            | Self::Allergies
            | Self::Contraindications
            | Self::Tests
            | Self::Prescriptions => true,
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
    /// The kinds of clinical information (電子カルテ情報共有, since January 2025) that are agreed to.
    pub clinical: BTreeSet<ConsentKind>,
    /// 処方箋 form, where the institution offers the choice.
    pub prescription: Option<Prescription>,
}

impl Consents {
    /// What the patient would answer to this question.
    pub fn wants(&self, kind: ConsentKind) -> bool {
        match kind {
            ConsentKind::Limit => self.limit,
            ConsentKind::SpecificDiseases => self.specific_diseases,
            ConsentKind::HealthCheck => self.health_check,
            ConsentKind::Drugs => self.drugs,
            ConsentKind::Care => self.care,
            ConsentKind::Operations => self.operations,
            ConsentKind::DiagnosisNames
            | ConsentKind::Infections
            | ConsentKind::Allergies
            | ConsentKind::Contraindications
            | ConsentKind::Tests
            | ConsentKind::Prescriptions => self.clinical.contains(&kind),
        }
    }
}

/// What was consented to, as the terminal is told; each kind stands for itself.
pub fn flags(given: &BTreeSet<ConsentKind>) -> ConsentFlags {
    let given = |kind| given.contains(&kind);
    ConsentFlags {
        limit: given(ConsentKind::Limit),
        specific_diseases: given(ConsentKind::SpecificDiseases),
        health_check: given(ConsentKind::HealthCheck),
        drugs: given(ConsentKind::Drugs),
        care: given(ConsentKind::Care),
        operations: given(ConsentKind::Operations),
        diagnosis_names: given(ConsentKind::DiagnosisNames),
        infections: given(ConsentKind::Infections),
        allergies: given(ConsentKind::Allergies),
        contraindications: given(ConsentKind::Contraindications),
        tests: given(ConsentKind::Tests),
        prescriptions: given(ConsentKind::Prescriptions),
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

    #[test] // OQS-CONS-02, 13: all 4,096 answers, each flag by itself
    fn each_flag_stands_for_one_kind() {
        for bits in 0..4096u32 {
            let on = |place: usize| bits & (1 << place) != 0;
            let kinds = ConsentKind::ALL.into_iter().enumerate();
            let given = kinds.filter_map(|(place, kind)| on(place).then_some(kind)).collect();
            let expected = ConsentFlags {
                limit: on(0),
                specific_diseases: on(1),
                health_check: on(2),
                drugs: on(3),
                care: on(4),
                operations: on(5),
                diagnosis_names: on(6),
                infections: on(7),
                allergies: on(8),
                contraindications: on(9),
                tests: on(10),
                prescriptions: on(11),
            };
            assert_eq!(flags(&given), expected);
        }
    }
}
