//! Who may have medical information at all, whatever was agreed to.

use jiff::Timestamp;

use super::{
    consent::Consent,
    disclose::Route,
    records::{Coverage, PersonState},
};
use crate::messages::codes::InsuredCardClassification as CardClass;

/// Rows OQS-CERT-14, OQS-CONS-06, -08, -10, OQS-INS-07, OQS-QUAL-32, OQS-PRIV-10. A lost qualification does not close
/// what the patient agreed to.
pub(super) fn medical(
    state: &PersonState,
    coverage: &Coverage,
    route: &Route,
    now: Timestamp,
) -> Option<Vec<Consent>> {
    let Route::Card(consents) = route else { return None };
    let open = !consents.grace
        && may_have_medical_view(state)
        && has_medical_history(coverage.details.card_class);
    let given = consents.medical.iter().filter(|_| open);
    Some(given.map(|kind| Consent::given_at(*kind, now)).collect())
}

/// Row OQS-CONS-10: groups outside the history service.
fn has_medical_history(class: CardClass) -> bool {
    match class {
        CardClass::SpecialMedicalExpense | CardClass::SelfDefenseForces | CardClass::MedicalAid => {
            false
        }
        CardClass::General
        | CardClass::Retired
        | CardClass::ShortTermGeneral
        | CardClass::ShortTermRetired
        | CardClass::SpecialRetired => true,
    }
}

/// Row OQS-INS-07: a mismatch with the resident register hides the medical view until the insurer confirms.
#[must_use]
pub fn may_have_medical_view(state: &PersonState) -> bool {
    state.holder.as_ref().is_some_and(|holder| !holder.identity_unconfirmed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::{all, given, rich, summary};

    #[test] // row OQS-CONS-10
    fn groups_without_history_service_get_no_medical_information() {
        for (class, kinds) in [
            (CardClass::SelfDefenseForces, 0),
            (CardClass::SpecialMedicalExpense, 0),
            (CardClass::Retired, 4),
        ] {
            let mut state = rich();
            state.coverages[0].details.card_class = class;
            assert_eq!(
                summary(&given(&state, Route::Card(all()), "2026-04-01")).2,
                Some(kinds),
                "{class:?}"
            );
        }
    }

    #[test] // row OQS-INS-07
    fn a_mismatch_with_the_register_hides_the_medical_view() {
        let mut state = rich();
        state.holder.as_mut().unwrap().identity_unconfirmed = true;
        assert_eq!(summary(&given(&state, Route::Card(all()), "2026-04-01")).2, Some(0));
    }
}
