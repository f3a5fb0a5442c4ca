//! First registration (初回登録): may this card be used as insurance card?

use jiff::civil::Date;

use super::records::PersonState;
use crate::messages::SimError as Refusal;

/// What to do with a serial whose certificate and signature were found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Registered before, or by an earlier certificate of the same person.
    Stands,
    /// To be registered now.
    New,
}

/// Whether a registration of that day still counts. A cancellation ends the ones made before it takes effect; who
/// registers after that is registered again. Rows OQS-REG-08, OQS-REG-09.
#[must_use]
pub fn counts(registered: Option<Date>, state: Option<&PersonState>, day: Date) -> bool {
    let Some(registered) = registered else { return false };
    ends(registered, state).is_none_or(|end| day < end)
}

/// The first day on which a registration of that day counts no more: cancellations that took effect before it are spent.
#[must_use]
pub fn ends(registered: Date, state: Option<&PersonState>) -> Option<Date> {
    let cancelled = state.into_iter().flat_map(|state| &state.cancelled_from);
    cancelled.copied().find(|from| *from > registered)
}

/// Decides the registration step of a card run. `registered`: the person has a registration that counts.
///
/// # Errors
/// [`Refusal::NotRegistered`] when the patient declines (row OQS-REG-04) or the person bears the flag 自己情報提供不可
/// (row OQS-REG-10); both look alike from outside.
pub fn decide(
    registered: bool,
    wanted: bool,
    state: Option<&PersonState>,
) -> Result<Registration, Refusal> {
    match (state.is_some_and(PersonState::is_barred), registered, wanted) {
        (true, _, _) | (false, false, false) => Err(Refusal::NotRegistered),
        (false, true, _) => Ok(Registration::Stands),
        (false, false, true) => Ok(Registration::New),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::{day, person};

    #[test]
    fn the_registration_step() {
        let plain = person("P-1", "1985-05-05", vec![]);
        let mut flagged = plain.clone();
        flagged.holder.as_mut().unwrap().self_information_refused = true;
        for (row, registered, wanted, state, expected) in [
            ("OQS-REG-01", false, true, Some(&plain), Ok(Registration::New)),
            ("OQS-REG-04", false, false, Some(&plain), Err(Refusal::NotRegistered)),
            ("OQS-REG-06", true, false, Some(&plain), Ok(Registration::Stands)),
            ("OQS-REG-07 no feed yet", false, true, None, Ok(Registration::New)),
            ("OQS-REG-10", false, true, Some(&flagged), Err(Refusal::NotRegistered)),
            ("OQS-REG-10 flag set later", true, false, Some(&flagged), Err(Refusal::NotRegistered)),
        ] {
            assert_eq!(decide(registered, wanted, state), expected, "{row}");
        }
    }

    #[test] // rows OQS-REG-08, OQS-REG-09
    fn a_cancellation_ends_a_registration_until_the_next_one() {
        let mut state = person("P-1", "1985-05-05", vec![]);
        state.cancelled_from = ["2026-03-01", "2026-06-01"].map(day).into();
        for (registered, today, expected) in [
            (None, "2026-02-28", false),
            (Some("2025-01-01"), "2026-02-28", true),
            (Some("2025-01-01"), "2026-03-01", false),
            // The second request does not give back what the first has ended.
            (Some("2025-01-01"), "2026-05-31", false),
            (Some("2026-03-01"), "2026-05-31", true),
            (Some("2026-03-02"), "2026-03-02", true),
            (Some("2026-03-02"), "2026-06-01", false),
            (Some("2026-06-02"), "2027-06-01", true),
        ] {
            assert_eq!(
                counts(registered.map(day), Some(&state), day(today)),
                expected,
                "{registered:?} on {today}"
            );
        }
    }
}
