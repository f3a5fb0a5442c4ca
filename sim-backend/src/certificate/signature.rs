//! The card's signature over the challenge.

use super::key::Algorithm;
use super::parsed::Parsed;
use super::refusal::RefusalReason;

/// Why a signed challenge is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The certificate cannot be read.
    #[error("the certificate cannot be read: {0}")]
    Certificate(RefusalReason),
    /// The signature is not the one of the certificate's key over this challenge.
    #[error("the signature does not fit challenge and certificate")]
    Signature,
}

/// Checks that the key of a DER certificate signed the challenge: RSASSA-PKCS1-v1_5 with SHA-256,
/// RSA of at least 2048 bits. Whether the certificate is trusted is not asked here.
///
/// # Errors
/// [`SignatureError`].
///
/// Source: RFC 8017 §8.2.2; OQS-CERT-03.
pub fn verify_challenge(
    certificate: &[u8],
    challenge: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let parsed = Parsed::new(certificate).map_err(SignatureError::Certificate)?;
    let fits = Algorithm::RsaSha256.verifies(parsed.x509.public_key(), challenge, signature);
    fits.then_some(()).ok_or(SignatureError::Signature)
}
