//! Signature, then certificate: who cannot sign learns nothing about a certificate.

use jiff::Timestamp;

use crate::{
    backend::Desk,
    certificate::{CertificateState, SignatureError, VerifyError, verify, verify_challenge},
    messages::{SimError, codes::CertificateStateCode},
};

/// Serial (hex) and state of a card that signed the challenge and may be used today.
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
) -> Result<(String, CertificateStateCode), SimError> {
    verify_challenge(certificate, challenge, signature).map_err(|error| match error {
        SignatureError::Certificate(_) => SimError::CertificateRefused,
        SignatureError::Signature => SimError::SignatureRefused,
    })?;
    let verified =
        verify(&desk.trust, desk.status.as_ref(), certificate, now).await.map_err(refusal)?;
    Ok((verified.serial, state_code(verified.state)))
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

fn state_code(state: CertificateState) -> CertificateStateCode {
    match state {
        CertificateState::Valid => CertificateStateCode::Valid,
        CertificateState::ExpiresSoon => CertificateStateCode::ExpiresSoon,
        CertificateState::Grace => CertificateStateCode::Grace,
    }
}
