//! Signature, then certificate: who cannot sign learns nothing about a certificate.

use jiff::Timestamp;

use super::fault::Fault;
use crate::{
    backend::Desk,
    certificate::{
        CertificateRefusal, CertificateState, RefusalReason, RevocationReason, SignatureError,
        Verified, VerifyError, serial_of, verify, verify_by, verify_challenge,
    },
    defect,
    messages::{SimError, codes::CertificateStateCode},
    store::StoreError,
};

/// A card that signed the challenge and may be used today.
///
/// # Errors
/// [`SimError::SignatureRefused`] (row OQS-CERT-03), [`SimError::CertificateRefused`] for every reason against the
/// certificate (row OQS-CERT-20), [`SimError::StatusUnavailable`] when its status is not known (row OQS-CERT-19).
pub(crate) async fn check(
    desk: &Desk,
    certificate: &[u8],
    challenge: &[u8; 32],
    signature: &[u8],
    now: Timestamp,
) -> Result<Verified, Fault> {
    let signed = verify_challenge(certificate, challenge, signature);
    defect::signed(desk.defect, signed).map_err(|error| match error {
        SignatureError::Certificate(_) => SimError::CertificateRefused,
        SignatureError::Signature => SimError::SignatureRefused,
    })?;
    match validated(desk, certificate, now).await {
        Ok(verified) => Ok(verified),
        Err(error) => {
            keep_end(desk, certificate, &error).await?;
            Err(refusal(error).into())
        }
    }
}

/// By whoever validates here: the backend, or another in its place.
async fn validated(
    desk: &Desk,
    certificate: &[u8],
    now: Timestamp,
) -> Result<Verified, VerifyError> {
    match &desk.validator {
        Some(validator) => verify_by(validator.as_ref(), &desk.trust, certificate, now).await,
        None => verify(&desk.trust, desk.status.as_ref(), certificate, now).await,
    }
}

/// Keeps when a registered certificate was revoked: its insurer will be told. A hold is no end. Row OQS-CERT-23.
async fn keep_end(desk: &Desk, certificate: &[u8], error: &VerifyError) -> Result<(), StoreError> {
    let VerifyError::Refused(CertificateRefusal {
        reason: RefusalReason::Revoked { reason, time },
    }) = error
    else {
        return Ok(());
    };
    let serial = serial_of(certificate).filter(|_| !is_hold(*reason));
    let Some(serial) = serial else { return Ok(()) };
    match desk.store.registered_serial(&serial).await? {
        Some(registered) => desk.store.keep_certificate(&serial, &registered.person, *time).await,
        None => Ok(()),
    }
}

fn is_hold(reason: Option<RevocationReason>) -> bool {
    reason == Some(RevocationReason::CertificateHold)
}

/// The reason goes to the log and no further.
fn refusal(error: VerifyError) -> SimError {
    match error {
        VerifyError::Refused(refused) => {
            tracing::info!(reason = %refused.reason, "certificate refused");
            SimError::CertificateRefused
        }
        VerifyError::StatusUnavailable(error) => {
            tracing::warn!(%error, "status unknown");
            SimError::StatusUnavailable
        }
    }
}

pub(crate) fn state_code(state: CertificateState) -> CertificateStateCode {
    match state {
        CertificateState::Valid => CertificateStateCode::Valid,
        CertificateState::ExpiresSoon => CertificateStateCode::ExpiresSoon,
        CertificateState::Grace => CertificateStateCode::Grace,
    }
}
