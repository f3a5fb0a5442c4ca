//! Emergency care (救急): medical information of a patient who cannot be asked, on the institution's own authority. Row OQS-DIS-06.
//!
//! The card is used with `MedicalTreatmentFlag` 4; what that opens is opened by it alone and never by a consent, and opens nothing
//! that a consent would. Bench profile: it lives as long as a consent does, and the operator names the institutions.

use jiff::Timestamp;

use super::consent::CONSENT_LIFE;

/// Whether what a card use in emergency care opened is open now. Not before it, and 24 hours at most.
#[must_use]
pub fn lives(used: Timestamp, now: Timestamp) -> bool {
    used <= now && used.checked_add(CONSENT_LIFE).is_ok_and(|end| now <= end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // bench profile: 24 hours, the last second included
    fn a_use_in_emergency_care_opens_for_a_day() {
        for (now, open) in [
            ("2026-04-01T00:29:59Z", false),
            ("2026-04-01T00:30:00Z", true),
            ("2026-04-02T00:30:00Z", true),
            ("2026-04-02T00:30:01Z", false),
        ] {
            let used = "2026-04-01T00:30:00Z".parse().unwrap();
            assert_eq!(lives(used, now.parse().unwrap()), open, "{now}");
        }
    }
}
