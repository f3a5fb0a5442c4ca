//! What a status service says about a certificate, and what keeps it from saying it.

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;

/// A future that can be stored and sent.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The certificate in question.
#[derive(Debug, Clone, Copy)]
pub struct StatusQuery<'a> {
    /// The issuer's certificate, DER.
    pub issuer: &'a [u8],
    /// Content octets of the serial number's INTEGER.
    pub serial: &'a [u8],
    /// The present instant; answers must hold at it.
    pub now: Timestamp,
}

/// A source of certificate status.
pub trait CertificateStatus: Send + Sync {
    /// Asks for the status of one certificate.
    ///
    /// # Errors
    /// [`StatusError`]: nothing is known, neither good nor bad.
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>>;
}

/// Status of a certificate. Source: RFC 6960 §2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked or held.
    Revoked {
        /// Why; `None` when not told.
        reason: Option<RevocationReason>,
        /// Since when.
        time: Timestamp,
    },
    /// The service does not know the certificate.
    Unknown,
}

/// Why a certificate was revoked. Source: RFC 5280 §5.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevocationReason {
    /// 0.
    Unspecified,
    /// 1.
    KeyCompromise,
    /// 2.
    CaCompromise,
    /// 3.
    AffiliationChanged,
    /// 4.
    Superseded,
    /// 5.
    CessationOfOperation,
    /// 6: held, 一時停止.
    CertificateHold,
    /// 9.
    PrivilegeWithdrawn,
    /// 10.
    AaCompromise,
    /// A code without meaning here; revoked all the same.
    Other(u8),
}

impl RevocationReason {
    /// The reason of a code.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            other => Self::Other(other),
        }
    }
}

/// Why no status is known. None of these means "revoked" (OQS-CERT-19).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum StatusError {
    #[error("the status service gave no answer within {waited_ms} ms")]
    Timeout { waited_ms: u128 },
    #[error("the status service cannot be reached: {what}")]
    Connection { what: String },
    #[error("the status service answered with HTTP status {status}")]
    Http { status: u16 },
    #[error("the status service asks to try later")]
    TryLater,
    #[error("the status service declined the question: {what}")]
    Declined { what: &'static str },
    #[error("the answer of the status service is longer than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the question cannot be put: {what}")]
    Question { what: &'static str },
    #[error("the validator has no status: {what}")]
    Validator { what: String },
    #[error("the answer of the status service cannot be trusted: {0}")]
    Unverifiable(#[from] AnswerFault),
}

/// Why an answer of a status service cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message says it")]
pub enum AnswerFault {
    #[error("it is not DER of the right structure")]
    Malformed,
    #[error("its kind is not known")]
    Kind,
    #[error("its signature algorithm is not accepted")]
    Algorithm,
    #[error("its signer was not given authority by the issuer")]
    Signer,
    #[error("its signature is wrong")]
    Signature,
    #[error("it does not speak of the certificate asked for, or not once only")]
    Certificate,
    #[error("it does not repeat the nonce")]
    Nonce,
    #[error("it is not current")]
    Time,
    #[error("it has a critical extension that is not known")]
    CriticalExtension,
    #[error("it comes from another issuer")]
    Issuer,
}
