//! Stage: what the review and payment agency makes of a claim. Rows OQS-CLM-01 to 05, 13, OQS-OPS-03.

use crate::model::{Claim, ClaimOutcome, Coverage, Numbers};

use super::numbers;
use super::qualification::is_active;
use super::state::State;

/// From confirmed data, or by the old flow from what staff typed.
pub(super) fn judge(state: &State, claim: &Claim) -> ClaimOutcome {
    match &claim.typed {
        None => confirmed(state, claim),
        Some(typed) => by_hand(state, typed, claim),
    }
}

/// A valid qualification confirmed there on that day is paid (OQS-CLM-01, 02), whatever is fed later (OQS-CLM-03).
fn confirmed(state: &State, claim: &Claim) -> ClaimOutcome {
    let key = (claim.institution.clone(), claim.person.clone(), claim.day);
    if state.confirmations.contains(&key) {
        ClaimOutcome::Accepted
    } else {
        ClaimOutcome::NothingConfirmed
    }
}

/// Typed numbers are found wrong only now (OQS-CLM-04, 05). Nobody has them → unknown; somebody had them, on another day → not
/// qualified. That they are somebody else's the agency cannot see: one of the faults of the old flow (OQS-OPS-03).
fn by_hand(state: &State, typed: &Numbers, claim: &Claim) -> ClaimOutcome {
    let named: Vec<&Coverage> = state
        .coverages
        .values()
        .flatten()
        .filter(|coverage| numbers::answers(typed, &numbers::of(coverage)))
        .collect();
    if named.is_empty() {
        ClaimOutcome::ReturnedUnknown
    } else if named.iter().any(|coverage| is_active(coverage, claim.day)) {
        ClaimOutcome::Accepted
    } else {
        ClaimOutcome::ReturnedNotQualified
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::feed;
    use super::super::testing::{CLINIC, HANAKO, OTHER_CLINIC, TARO, feed_loss, numbers_of, world};
    use super::*;

    fn claim(
        institution: &str,
        person: &str,
        day: jiff::civil::Date,
        typed: Option<Numbers>,
    ) -> Claim {
        Claim { institution: institution.into(), person: person.into(), day, typed }
    }

    #[test]
    fn confirmed_claims() {
        let mut state = State::before(&world());
        let day = date(2026, 5, 1);
        state.confirmations.insert((CLINIC.into(), HANAKO.into(), day));
        assert!(
            feed::record(&mut state, &feed_loss("r1", HANAKO, "1001", date(2026, 4, 1))),
            "backdated"
        );
        for (institution, person, day, expected) in [
            (CLINIC, HANAKO, day, ClaimOutcome::Accepted),
            (CLINIC, HANAKO, date(2026, 5, 2), ClaimOutcome::NothingConfirmed),
            (OTHER_CLINIC, HANAKO, day, ClaimOutcome::NothingConfirmed),
            (CLINIC, TARO, day, ClaimOutcome::NothingConfirmed),
        ] {
            assert_eq!(
                judge(&state, &claim(institution, person, day, None)),
                expected,
                "{institution} {person} {day}"
            );
        }
    }

    #[test]
    fn typed_claims() {
        let world = world();
        let mut state = State::before(&world);
        assert!(feed::record(&mut state, &feed_loss("r1", HANAKO, "1001", date(2026, 5, 10))));
        let right = numbers_of(&world, HANAKO);
        let typo = Numbers { number: "1010".into(), ..right.clone() };
        let without_branch = Numbers { branch: None, ..right.clone() };
        let of_taro = numbers_of(&world, TARO);
        for (case, typed, day, expected) in [
            ("right", &right, date(2026, 5, 9), ClaimOutcome::Accepted),
            ("without branch", &without_branch, date(2026, 5, 9), ClaimOutcome::Accepted),
            ("lost", &right, date(2026, 5, 10), ClaimOutcome::ReturnedNotQualified),
            ("before the gain", &right, date(2025, 3, 31), ClaimOutcome::ReturnedNotQualified),
            ("nobody's", &typo, date(2026, 5, 9), ClaimOutcome::ReturnedUnknown),
            ("somebody else's", &of_taro, date(2026, 5, 9), ClaimOutcome::Accepted),
        ] {
            assert_eq!(
                judge(&state, &claim(CLINIC, HANAKO, day, Some(typed.clone()))),
                expected,
                "{case}"
            );
        }
    }
}
