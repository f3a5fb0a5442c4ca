//! Consents to medical information: given at the reader, for one institution, for a day.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::days::whole_second;

/// How long a consent lives, counted from `ConsTime`. Row OQS-CONS-03.
pub const CONSENT_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// The kinds of medical information that are asked one by one. Row OQS-CONS-02.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MedicalKind {
    /// `SpecificHealthCheckupsInfo`, 特定健診情報.
    HealthCheck,
    /// `PharmacistsInfo`, 薬剤情報.
    Drugs,
    /// `DiagnosisInfo`, 診療情報.
    Care,
    /// `OperationInfo`, 手術情報.
    Operations,
    /// `DiagnosisName`, 傷病名情報.
    DiagnosisNames,
    /// `InfectiousInfo`, 感染症情報.
    Infections,
    /// `AllergyInfo`, アレルギー情報.
    Allergies,
    /// `ContraindicationInfo`, 薬剤禁忌情報.
    Contraindications,
    /// `TestInfo`, 検査情報.
    Tests,
    /// `PrescriptionInfo`, 処方情報.
    Prescriptions,
}

impl MedicalKind {
    /// The kinds that open a history.
    pub const HISTORY: [Self; 4] = [Self::HealthCheck, Self::Drugs, Self::Care, Self::Operations];

    /// The kinds of clinical information (電子カルテ情報共有), consented to since January 2025. What they open, CIPsiquc01, is known by
    /// name only.
    pub const CLINICAL: [Self; 6] = [
        Self::DiagnosisNames,
        Self::Infections,
        Self::Allergies,
        Self::Contraindications,
        Self::Tests,
        Self::Prescriptions,
    ];

    /// All kinds, in the order of the result record.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::HISTORY.into_iter().chain(Self::CLINICAL)
    }

    /// The word the store keeps.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HealthCheck => "health_check",
            Self::Drugs => "drugs",
            Self::Care => "care",
            Self::Operations => "operations",
            Self::DiagnosisNames => "diagnosis_names",
            Self::Infections => "infections",
            Self::Allergies => "allergies",
            Self::Contraindications => "contraindications",
            Self::Tests => "tests",
            Self::Prescriptions => "prescriptions",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all().find(|kind| kind.word() == word)
    }
}

/// One consent that was given. Whose and for whom is where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// What it opens.
    pub kind: MedicalKind,
    /// `ConsTime`, whole seconds.
    pub given: Timestamp,
    /// `AvailableTime`: the last instant at which the information may be asked. Rows OQS-CONS-03, OQS-VISIT-03.
    pub until: Timestamp,
}

impl Consent {
    /// A consent given now, for a day.
    #[must_use]
    pub fn given_at(kind: MedicalKind, now: Timestamp) -> Self {
        let given = whole_second(now);
        let until = given.checked_add(CONSENT_LIFE).unwrap_or(Timestamp::MAX);
        Self { kind, given, until }
    }

    /// Whether the information may be asked now. A consent of the future opens nothing.
    #[must_use]
    pub fn lives(&self, now: Timestamp) -> bool {
        self.given <= now && now <= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // row OQS-CONS-03: AvailableTime = ConsTime + 24 h; one second later is an error
    fn a_consent_lives_for_a_day() {
        let consent =
            Consent::given_at(MedicalKind::Drugs, "2026-04-01T00:30:15.4Z".parse().unwrap());
        assert_eq!(consent.until, "2026-04-02T00:30:15Z".parse().unwrap());
        for (now, lives) in [
            ("2026-04-01T00:30:14Z", false),
            ("2026-04-01T00:30:15.4Z", true),
            ("2026-04-02T00:30:15Z", true),
            ("2026-04-02T00:30:16Z", false),
        ] {
            assert_eq!(consent.lives(now.parse().unwrap()), lives, "{now}");
        }
    }

    #[test]
    fn words_lead_back_to_their_kinds() {
        for kind in MedicalKind::all() {
            assert_eq!(MedicalKind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(MedicalKind::from_word("limit"), None);
    }
}
