//! A validator in the backend's own validator's place: what it finds of a certificate is believed, and the backend draws its conclusions.
//!
//! Path, period and status are the validator's and are not looked at again, else its mistakes would never show. What follows for the day
//! stays the backend's: grace, the renewal notice, and what serves smartphones. Bench profile.

use jiff::Timestamp;

use super::grace::{CertificateState, GraceRule, Standing};
use super::path::{Carrier, TrustAnchors};
use super::refusal::{RefusalReason, VerifyError};
use super::status::{BoxFuture, Status};
use super::{Dates, Verified, decided, usable};

/// Whoever validates certificates in the backend's place.
pub trait CertificateValidator: Send + Sync {
    /// Looks at a certificate (DER) at an instant.
    ///
    /// # Errors
    /// [`VerifyError::Refused`] for a path that leads to no trust anchor; [`VerifyError::StatusUnavailable`] when no status could be had.
    fn validate<'a>(
        &'a self,
        certificate: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Findings, VerifyError>>;
}

/// What a validator finds of a certificate under a trust anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Findings {
    /// Where the day lies in its period.
    pub period: Period,
    /// What the authority says of it.
    pub status: Status,
}

/// Where an instant lies in a certificate's period, which both ends belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Before it.
    NotYet,
    /// Within it.
    Current,
    /// After it. Whether grace is given is not the validator's affair.
    Ended,
}

/// Verifies a user-authentication certificate (DER) at an instant by what a validator finds.
///
/// # Errors
/// As [`verify`](super::verify).
///
/// Source: OQS-CERT-12, -13, -16, OQS-MOB-04.
pub async fn verify_by(
    validator: &dyn CertificateValidator,
    trust: &TrustAnchors,
    certificate: &[u8],
    now: Timestamp,
) -> Result<Verified, VerifyError> {
    let Findings { period, status } = validator.validate(certificate, now).await?;
    let dates = Dates::read(certificate)?;
    let state = state(trust.grace(), period, &dates, now)?;
    // A policy that nobody knows was the validator's to refuse; it took this for a card's.
    let carrier = trust.carrier_of(certificate).unwrap_or(Carrier::Card);
    usable(carrier, state, dates.not_after, now)?;
    decided(
        status,
        Verified { serial: hex::encode(dates.serial), state, not_after: dates.not_after },
    )
}

/// The state on the day, where the validator says that it lies so in the period.
fn state(
    grace: GraceRule,
    period: Period,
    dates: &Dates,
    now: Timestamp,
) -> Result<CertificateState, RefusalReason> {
    let Dates { not_before, not_after, .. } = *dates;
    let by_the_day = grace.standing(not_before, not_after, now);
    match (period, by_the_day) {
        (Period::NotYet, _) => Err(RefusalReason::NotYetValid { not_before }),
        (Period::Current, Standing::Usable(CertificateState::Valid) | Standing::NotYetValid) => {
            Ok(CertificateState::Valid)
        }
        (Period::Current, Standing::Usable(_) | Standing::Expired) => {
            Ok(CertificateState::ExpiresSoon)
        }
        (Period::Ended, Standing::Expired) => Err(RefusalReason::Expired { not_after }),
        (Period::Ended, Standing::Usable(_) | Standing::NotYetValid) => Ok(CertificateState::Grace),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_is_believed_and_the_days_are_the_backends() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let dates = Dates {
            serial: vec![1],
            not_before: at("2021-01-01T00:00:00Z"),
            not_after: at("2026-02-17T14:59:59Z"),
        };
        use CertificateState::{ExpiresSoon, Grace, Valid};
        for (now, not_yet, current, ended) in [
            ("2020-06-01T00:00:00Z", None, Some(Valid), Some(Grace)),
            ("2025-06-01T00:00:00Z", None, Some(Valid), Some(Grace)),
            ("2026-01-01T00:00:00Z", None, Some(ExpiresSoon), Some(Grace)),
            ("2026-03-01T00:00:00Z", None, Some(ExpiresSoon), Some(Grace)),
            ("2026-06-01T00:00:00Z", None, Some(ExpiresSoon), None),
        ] {
            let told = |period| state(GraceRule::default(), period, &dates, at(now)).ok();
            assert_eq!(told(Period::NotYet), not_yet, "{now}");
            assert_eq!(told(Period::Current), current, "{now}");
            assert_eq!(told(Period::Ended), ended, "{now}");
        }
    }
}
