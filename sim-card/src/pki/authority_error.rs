//! What the authority cannot do, and why.

use jiff::Timestamp;

use super::{keys::KeyError, ledger::StandingError};

/// What the authority cannot do.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// An embedded key is damaged.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The OCSP URL is one of the real service, which nobody must ask by chance.
    #[error("{url} belongs to the real service; name a responder of your own")]
    RealResponder {
        /// As configured.
        url: String,
    },
    /// A certificate or list could not be built.
    #[error("cannot build: {0}")]
    Build(#[from] x509_cert::builder::Error),
    /// A value does not fit into DER.
    #[error("cannot encode: {0}")]
    Encode(#[from] der::Error),
    /// A public key does not fit into a certificate.
    #[error("cannot encode the public key: {0}")]
    PublicKey(#[from] x509_cert::spki::Error),
    /// A list could not be written out.
    #[error("cannot write the list: {0}")]
    Write(#[from] std::io::Error),
    /// A time before 1970 or beyond the calendar.
    #[error("a date lies outside of what certificates can say")]
    DateOutOfRange,
    /// The certificate would end before it begins; the card has expired.
    #[error("the certificate would end at {not_after}, before its beginning at {not_before}")]
    ReversedPeriod {
        /// Moment of issue.
        not_before: Timestamp,
        /// End.
        not_after: Timestamp,
    },
    /// Nothing was issued under this serial number.
    #[error("no certificate has the serial number {serial}")]
    UnknownSerial {
        /// Hexadecimal.
        serial: String,
    },
    /// Only user-authentication certificates are renewed; the others are issued anew, since they carry name and address.
    #[error("certificate {serial} is not for user authentication")]
    NotForUserAuthentication {
        /// Hexadecimal.
        serial: String,
    },
    /// The certificate tells no name and address, so it is renewed without.
    #[error("certificate {serial} is not for digital signatures")]
    NotForDigitalSignature {
        /// Hexadecimal.
        serial: String,
    },
    /// A certificate that the authority shall know has another's signature.
    #[error("the certificate was not signed by this authority's keys")]
    NotOurs,
    /// One serial number names one certificate.
    #[error("the serial number {serial} is taken, or none of ours")]
    SerialTaken {
        /// Hexadecimal.
        serial: String,
    },
    /// Citizens of two populations have the same serial numbers.
    #[error("the authority knows another population; a second one needs an authority of its own")]
    OtherPopulation,
    /// The change of standing is not allowed.
    #[error(transparent)]
    Standing(#[from] StandingError),
}
