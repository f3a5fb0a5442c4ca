//! Who may have medical information at all, whatever was agreed to.

use jiff::Timestamp;

use super::{
    consent::{Consent, MedicalKind},
    disclose::Route,
    functions::is_given,
    insurer::has_history_service,
    records::{Coverage, PersonState},
};
use crate::messages::codes::InsuredCardClassification as CardClass;

/// Rows OQS-CERT-14, OQS-CONS-06, -08, -10, OQS-INFO-02, OQS-INS-07, OQS-QUAL-32, OQS-PRIV-10. A lost qualification does
/// not close what the patient agreed to.
pub(super) fn medical(
    state: &PersonState,
    coverage: &Coverage,
    route: &Route,
    now: Timestamp,
) -> Option<Vec<Consent>> {
    let Route::Card(consents) = route else { return None };
    let open = !consents.grace && may_have_medical_view(state) && has_medical_history(coverage);
    let given = consents.medical.iter().filter(|kind| open && is_given(**kind, now));
    let consent = |kind: &MedicalKind| {
        let of_a_day = Consent::given_at(*kind, now);
        Consent { until: consents.until.unwrap_or(of_a_day.until), ..of_a_day }
    };
    Some(given.map(consent).collect())
}

/// Row OQS-CONS-10: groups outside the history service, told by the insurer or by the certificate.
#[must_use]
pub fn has_medical_history(coverage: &Coverage) -> bool {
    has_history_service(&coverage.insurer_number) && is_class_with_history(coverage)
}

fn is_class_with_history(coverage: &Coverage) -> bool {
    match coverage.details.card_class {
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

/// Row OQS-INS-07: a mismatch with the resident register hides the medical view until the insurer confirms. Bench
/// profile: the flag 自己情報提供不可 closes it too, also what was agreed to before the flag was set.
#[must_use]
pub fn may_have_medical_view(state: &PersonState) -> bool {
    let Some(holder) = &state.holder else { return false };
    state.register_mismatch.is_empty()
        && !holder.identity_unconfirmed
        && !holder.self_information_refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::{
        consent::MedicalKind,
        disclose::disclose,
        qualify::by_card,
        samples::{all, day, given, insurer, rich, summary},
    };

    #[test] // row OQS-CONS-10
    fn groups_without_history_service_get_no_medical_information() {
        for (class, of, kinds) in [
            (CardClass::SelfDefenseForces, "99990013", 0),
            (CardClass::General, "07999999", 0),
            (CardClass::General, "03999999", 0),
            (CardClass::SpecialMedicalExpense, "99990013", 0),
            (CardClass::MedicalAid, "99990013", 0),
            (CardClass::Retired, "99990013", 4),
            (CardClass::General, "06999999", 4),
        ] {
            let mut state = rich();
            state.coverages[0].details.card_class = class;
            state.coverages[0].insurer_number = insurer(of);
            assert_eq!(
                summary(&given(&state, Route::Card(all()), "2026-04-01")).2,
                Some(kinds),
                "{class:?} of {of}"
            );
        }
    }

    #[test] // row OQS-INS-07
    fn a_mismatch_with_the_register_hides_the_medical_view() {
        let mut state = rich();
        state.holder.as_mut().unwrap().identity_unconfirmed = true;
        assert_eq!(summary(&given(&state, Route::Card(all()), "2026-04-01")).2, Some(0));
        let mut state = rich();
        state.register_mismatch = vec![crate::service::register::RegisterItem::Name];
        let told = given(&state, Route::Card(all()), "2026-04-01");
        assert_eq!(summary(&told), (Some("A03"), 1, Some(0)), "the qualification is answered");
    }

    #[test] // row OQS-INFO-02
    fn care_and_operations_are_agreed_to_from_may_2023() {
        let kinds = |now: &str| {
            let state = rich();
            let now: Timestamp = now.parse().unwrap();
            let found = by_card(&state, day("2026-04-01"));
            let given = disclose(&found, &Route::Card(all()), day("2026-04-01"), now);
            let consents = given.record.unwrap().medical.unwrap();
            consents.iter().map(|consent| consent.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds("2023-04-30T14:59:59Z"), [MedicalKind::HealthCheck, MedicalKind::Drugs]);
        assert_eq!(kinds("2023-04-30T15:00:00Z"), MedicalKind::HISTORY);
    }

    #[test] // row OQS-REG-10, bench profile: what was agreed to before the flag is closed by it
    fn refused_self_information_closes_the_medical_view() {
        let mut state = rich();
        assert!(may_have_medical_view(&state));
        state.holder.as_mut().unwrap().self_information_refused = true;
        assert!(!may_have_medical_view(&state));
    }
}
