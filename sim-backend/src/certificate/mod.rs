//! Certificate validation: path, period, status and the challenge signature.
//!
//! The verifier shares no code with the issuer. Order: path, period, status; grace never heals a
//! revocation (OQS-CERT-16), and a status nobody can tell is an error of the system, not of the card
//! (OQS-CERT-19).

mod client;
mod crl;
mod delegate;
mod der;
mod grace;
mod key;
mod ocsp;
mod parsed;
mod path;
mod refusal;
mod signature;
mod status;

pub use client::OcspClient;
pub use crl::RevocationList;
pub use delegate::{CertificateValidator, Findings, Period, verify_by};
pub use grace::{CertificateState, GraceRule, Standing};
pub use ocsp::{CertIdHash, NONCE_LENGTH, Question};
pub use path::{
    AnchorError, Carrier, PHONE_TEST_POLICY, TrustAnchors, USER_AUTHENTICATION_TEST_POLICY,
};
pub use refusal::{CertificateRefusal, RefusalReason, VerifyError};
pub use signature::{SignatureError, verify_challenge};
pub use status::{
    AnswerFault, BoxFuture, CertificateStatus, RevocationReason, Status, StatusError, StatusQuery,
};

use jiff::Timestamp;

use crate::service::functions::Function;
use parsed::Parsed;

/// An accepted certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Serial number, content octets of the INTEGER in lower-case hexadecimal.
    pub serial: String,
    /// Where it stands in time.
    pub state: CertificateState,
    /// When its period ends.
    pub not_after: Timestamp,
}

/// Verifies a user-authentication certificate (DER) at an instant, asking for its status now.
///
/// # Errors
/// [`VerifyError::Refused`] with a reason for the log; [`VerifyError::StatusUnavailable`] when the
/// status service tells nothing that can be believed.
///
/// Source: OQS-CERT-05, -06, -13, -16, -19, -20, OQS-MOB-04.
pub async fn verify(
    trust: &TrustAnchors,
    status: &dyn CertificateStatus,
    certificate: &[u8],
    now: Timestamp,
) -> Result<Verified, VerifyError> {
    let (issuer, carrier) = trust.issuer_of(certificate)?;
    let Dates { serial, not_before, not_after } = Dates::read(certificate)?;
    let state = match trust.grace().standing(not_before, not_after, now) {
        Standing::Usable(state) => state,
        Standing::NotYetValid => return Err(RefusalReason::NotYetValid { not_before }.into()),
        Standing::Expired => return Err(RefusalReason::Expired { not_after }.into()),
    };
    usable(carrier, state, not_after, now)?;
    let told = status.status(StatusQuery { issuer, serial: &serial, now }).await?;
    decided(told, Verified { serial: hex::encode(&serial), state, not_after })
}

/// What becomes of a certificate with this status that is fine otherwise.
fn decided(status: Status, fine: Verified) -> Result<Verified, VerifyError> {
    match status {
        Status::Good => Ok(fine),
        Status::Revoked { reason, time } => Err(RefusalReason::Revoked { reason, time }.into()),
        Status::Unknown => Err(RefusalReason::StatusUnknown.into()),
    }
}

/// A smartphone serves from its first day, and has no grace. Rows OQS-MOB-04, OQS-OPS-08.
fn usable(
    carrier: Carrier,
    state: CertificateState,
    not_after: Timestamp,
    now: Timestamp,
) -> Result<(), RefusalReason> {
    match (carrier, state) {
        (Carrier::Phone, _) if !Function::Phone.is_open(now) => Err(RefusalReason::Policy),
        (Carrier::Phone, CertificateState::Grace) => Err(RefusalReason::Expired { not_after }),
        (Carrier::Phone, CertificateState::Valid | CertificateState::ExpiresSoon)
        | (Carrier::Card, _) => Ok(()),
    }
}

/// The serial number of a certificate as [`Verified`] tells it; `None` when it cannot be read.
#[must_use]
pub fn serial_of(certificate: &[u8]) -> Option<String> {
    Parsed::new(certificate).ok().map(|parsed| hex::encode(parsed.x509.raw_serial()))
}

/// What a certificate says of itself: its serial number and its period, to which both ends belong.
#[derive(Debug)]
struct Dates {
    serial: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Dates {
    fn read(certificate: &[u8]) -> Result<Self, RefusalReason> {
        let parsed = Parsed::new(certificate)?;
        let validity = parsed.x509.validity();
        let instant = |second| Timestamp::from_second(second).map_err(|_| RefusalReason::Malformed);
        Ok(Self {
            serial: parsed.x509.raw_serial().to_vec(),
            not_before: instant(validity.not_before.timestamp())?,
            not_after: instant(validity.not_after.timestamp())?,
        })
    }
}
