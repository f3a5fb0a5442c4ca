//! Refusals: one answer outward, the reason for the backend's own log.

use jiff::Timestamp;

use super::status::{RevocationReason, StatusError};

/// Why a certificate was refused. For the backend's log; the institution is not told (OQS-CERT-20).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message says it")]
pub enum RefusalReason {
    #[error("not a well-formed version 3 certificate")]
    Malformed,
    #[error("the signature algorithm is not accepted")]
    Algorithm,
    #[error("the issuer is no trust anchor")]
    UnknownIssuer,
    #[error("no trust anchor of the issuer's name made the signature")]
    Signature,
    #[error("keyUsage does not allow signatures of the holder only")]
    KeyUsage,
    #[error("extKeyUsage does not allow client authentication")]
    ExtendedKeyUsage,
    #[error("the certificate is one of a certification authority")]
    Authority,
    #[error("critical extension {oid} is not known")]
    CriticalExtension { oid: String },
    #[error("no policy of user authentication")]
    Policy,
    #[error("not valid before {not_before}")]
    NotYetValid { not_before: Timestamp },
    #[error("expired at {not_after}, and the time of grace is over")]
    Expired { not_after: Timestamp },
    #[error("revoked at {time}")]
    Revoked { reason: Option<RevocationReason>, time: Timestamp },
    #[error("the status service does not know the certificate")]
    StatusUnknown,
}

/// A refused certificate. What it shows is the same for every reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the user-authentication certificate is refused")]
pub struct CertificateRefusal {
    /// For the log only.
    pub reason: RefusalReason,
}

/// Why no certificate was verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The certificate is refused.
    #[error(transparent)]
    Refused(#[from] CertificateRefusal),
    /// The status is not known now: a system error, never a refusal (OQS-CERT-19).
    #[error("the status of the certificate cannot be determined: {0}")]
    StatusUnavailable(#[from] StatusError),
}

impl From<RefusalReason> for VerifyError {
    fn from(reason: RefusalReason) -> Self {
        Self::Refused(CertificateRefusal { reason })
    }
}
