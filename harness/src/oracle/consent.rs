//! Stage: what the patient is asked, what is agreed to, and how long that lives. Rows OQS-CONS-01 to 09, 13, OQS-CERT-14.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::model::{ConsentKind, Institution, Notice, Prescription, Visit};

use super::state::State;

/// Hours that a consent to medical information lives. Row OQS-CONS-03.
const LIFE_IN_HOURS: i64 = 24;

/// The kinds put before the patient: those the institution asks for (OQS-CONS-07), in grace without the medical ones (OQS-CERT-14).
pub(super) fn asked(institution: &Institution, notice: Option<Notice>) -> BTreeSet<ConsentKind> {
    let in_grace = notice == Some(Notice::Grace);
    institution.offers.iter().copied().filter(|&kind| !(in_grace && is_medical(kind))).collect()
}

/// The kinds agreed to, each for itself (OQS-CONS-02, 13). Nothing is agreed to that was not asked.
pub(super) fn given(asked: &BTreeSet<ConsentKind>, visit: &Visit) -> BTreeSet<ConsentKind> {
    asked.intersection(&visit.consents).copied().collect()
}

/// The form of prescription; asked only where electronic ones are handed out. Row OQS-RX-01.
pub(super) fn prescription(institution: &Institution, visit: &Visit) -> Option<Prescription> {
    visit.prescription.filter(|_| institution.electronic_prescriptions)
}

/// AvailableTime of the medical kinds (OQS-CONS-03, 08). Limit and specific-disease consents have none (bench choice).
pub(super) fn available_until(given: &BTreeSet<ConsentKind>, now: Timestamp) -> Option<Timestamp> {
    given.iter().any(|&kind| is_medical(kind)).then(|| end_of_life(now))
}

/// Whether this institution may still open a kind of information about a person: agreed to there (OQS-CONS-09), in the newest
/// completed visit there (OQS-CONS-04), no longer than 24 hours ago, the last instant included (OQS-CONS-03).
pub(super) fn lives(state: &State, institution: &str, person: &str, kind: ConsentKind) -> bool {
    state.consents.get(&(institution.to_owned(), person.to_owned())).is_some_and(|consents| {
        consents.kinds.contains(&kind) && state.now <= end_of_life(consents.given)
    })
}

fn end_of_life(given: Timestamp) -> Timestamp {
    given.checked_add(SignedDuration::from_hours(LIFE_IN_HOURS)).unwrap_or(Timestamp::MAX)
}

/// Kinds of §3.4's last column, as against what belongs to the qualification.
pub(super) fn is_medical(kind: ConsentKind) -> bool {
    match kind {
        ConsentKind::HealthCheck
        | ConsentKind::Drugs
        | ConsentKind::Care
        | ConsentKind::Operations
        | ConsentKind::DiagnosisNames
        | ConsentKind::Infections
        | ConsentKind::Allergies
        | ConsentKind::Contraindications
        | ConsentKind::Tests
        | ConsentKind::Prescriptions => true,
        ConsentKind::Limit | ConsentKind::SpecificDiseases => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Consents;
    use super::super::testing::{CLINIC, HANAKO, OTHER_CLINIC, TARO, at, visit, world};
    use super::*;
    use ConsentKind::{Care, Drugs, HealthCheck, Limit, Operations, SpecificDiseases};

    #[test]
    fn what_is_asked() {
        let all = [Limit, SpecificDiseases, HealthCheck, Drugs, Care, Operations];
        for (offers, notice, expected) in [
            (all.to_vec(), None, all.to_vec()),
            (all.to_vec(), Some(Notice::ExpiresSoon), all.to_vec()),
            (all.to_vec(), Some(Notice::Grace), vec![Limit, SpecificDiseases]),
            (vec![Limit, Drugs], None, vec![Limit, Drugs]),
            (vec![Drugs], Some(Notice::Grace), vec![]),
            (vec![], None, vec![]),
        ] {
            let mut institution = world().institutions[CLINIC].clone();
            institution.offers = offers.iter().copied().collect();
            assert_eq!(
                asked(&institution, notice),
                expected.into_iter().collect(),
                "{offers:?}, {notice:?}"
            );
        }
    }

    #[test]
    fn every_subset_can_be_agreed_to() {
        let all = [Limit, SpecificDiseases, HealthCheck, Drugs, Care, Operations];
        for bits in 0..64_u8 {
            let wish: BTreeSet<_> =
                (0..6).filter(|bit| bits >> bit & 1 == 1).map(|bit| all[bit]).collect();
            let visit = Visit { consents: wish.clone(), ..visit(HANAKO) };
            assert_eq!(given(&all.into_iter().collect(), &visit), wish);
            assert_eq!(
                given(&[Drugs].into(), &visit),
                wish.intersection(&[Drugs].into()).copied().collect()
            );
            let medical =
                wish.iter().any(|kind| [HealthCheck, Drugs, Care, Operations].contains(kind));
            let until = medical.then(|| at("2026-05-02T09:00:00"));
            assert_eq!(available_until(&wish, at("2026-05-01T09:00:00")), until, "{wish:?}");
        }
    }

    #[test]
    fn a_consent_lives_24_hours_where_it_was_given() {
        let mut state = State::before(&world());
        let consents = Consents { given: at("2026-05-01T09:00:00"), kinds: [Drugs].into() };
        state.consents.insert((CLINIC.to_owned(), HANAKO.to_owned()), consents);
        for (now, institution, person, kind, expected) in [
            ("2026-05-01T09:00:00", CLINIC, HANAKO, Drugs, true),
            ("2026-05-02T09:00:00", CLINIC, HANAKO, Drugs, true),
            ("2026-05-02T09:00:01", CLINIC, HANAKO, Drugs, false),
            ("2026-05-01T10:00:00", OTHER_CLINIC, HANAKO, Drugs, false),
            ("2026-05-01T10:00:00", CLINIC, TARO, Drugs, false),
            ("2026-05-01T10:00:00", CLINIC, HANAKO, Care, false),
        ] {
            state.now = at(now);
            assert_eq!(
                lives(&state, institution, person, kind),
                expected,
                "{now} {institution} {person} {kind:?}"
            );
        }
    }

    #[test]
    fn prescriptions_are_asked_about_where_they_are_handed_out() {
        let mut institution = world().institutions[CLINIC].clone();
        for (electronic, wish, expected) in [
            (true, Some(Prescription::Electronic), Some(Prescription::Electronic)),
            (true, Some(Prescription::Paper), Some(Prescription::Paper)),
            (true, None, None),
            (false, Some(Prescription::Paper), None),
        ] {
            institution.electronic_prescriptions = electronic;
            assert_eq!(
                prescription(&institution, &Visit { prescription: wish, ..visit(HANAKO) }),
                expected
            );
        }
    }
}
