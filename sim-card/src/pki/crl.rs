//! The revocation list. Source: RFC 5280 §5.

use der::{Encode, asn1::OctetString, oid::AssociatedOid};
use jiff::Timestamp;
use rsa::pkcs1v15::Signature;
use x509_cert::{
    builder::{Builder, CrlBuilder},
    crl::RevokedCert,
    ext::{
        Extension,
        pkix::{CrlNumber, CrlReason},
    },
    serial_number::SerialNumber,
    time::Time,
};

use super::{
    authority::AuthorityError,
    ca::Ca,
    ledger::{Ledger, Standing},
    validity::asn1_time,
};

/// Why a certificate ended. Source: RFC 5280 §5.3.1, without `removeFromCRL`, which only delta lists know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevocationReason {
    /// 0; written as no reason at all, as RFC 5280 asks.
    Unspecified,
    /// 1; key or card lost to others.
    KeyCompromise,
    /// 2.
    CaCompromise,
    /// 3; name or address changed.
    AffiliationChanged,
    /// 4; replaced by a newer certificate.
    Superseded,
    /// 5; the holder died, left the country or gave the card back.
    CessationOfOperation,
    /// 6; suspended (一時停止), may come back.
    CertificateHold,
    /// 9.
    PrivilegeWithdrawn,
    /// 10.
    AaCompromise,
}

impl RevocationReason {
    /// Every reason, in the order of the codes.
    pub const ALL: [Self; 9] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// The code to write, none for "unspecified".
    pub(crate) fn code(self) -> Option<CrlReason> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(CrlReason::KeyCompromise),
            Self::CaCompromise => Some(CrlReason::CaCompromise),
            Self::AffiliationChanged => Some(CrlReason::AffiliationChanged),
            Self::Superseded => Some(CrlReason::Superseded),
            Self::CessationOfOperation => Some(CrlReason::CessationOfOperation),
            Self::CertificateHold => Some(CrlReason::CertificateHold),
            Self::PrivilegeWithdrawn => Some(CrlReason::PrivilegeWithdrawn),
            Self::AaCompromise => Some(CrlReason::AaCompromise),
        }
    }
}

impl Standing {
    /// Since when and why a verifier must refuse; `None` for a good certificate.
    pub(crate) fn refusal(self) -> Option<(Timestamp, RevocationReason)> {
        match self {
            Self::Good => None,
            Self::Held { since } => Some((since, RevocationReason::CertificateHold)),
            Self::Revoked { at, reason } => Some((at, reason)),
        }
    }
}

/// Builds and signs the full list of one CA. Real lists are cut by municipality; all of ours live in one (bench profile).
pub(crate) fn list(
    ca: &Ca,
    ledger: &Ledger,
    this_update: Timestamp,
    next_update: Timestamp,
) -> Result<Vec<u8>, AuthorityError> {
    let from = asn1_time(this_update)?;
    // Grows with time and never repeats for another state of the list, without a counter to keep.
    let number = CrlNumber::try_from(from.unix_duration().as_secs())?;
    let mut builder = CrlBuilder::new_with_this_update(&ca.certificate, number, Time::from(from))?
        .with_next_update(Some(Time::from(asn1_time(next_update)?)));
    let entries = entries(ca, ledger, this_update)?;
    // An empty list must be absent, not empty (RFC 5280 §5.1.2.6).
    if !entries.is_empty() {
        builder = builder.with_certificates(entries.into_iter());
    }
    Ok(builder.build::<_, Signature>(&ca.signer)?.to_der()?)
}

fn entries(ca: &Ca, ledger: &Ledger, at: Timestamp) -> Result<Vec<RevokedCert>, AuthorityError> {
    ledger
        .of(ca.kind)
        .filter_map(|(serial, record)| Some((serial, record.standing(at)?.refusal()?)))
        .map(|(serial, (since, reason))| entry(serial, since, reason))
        .collect()
}

fn entry(
    serial: u64,
    since: Timestamp,
    reason: RevocationReason,
) -> Result<RevokedCert, AuthorityError> {
    let crl_entry_extensions = reason.code().map(reason_extension).transpose()?;
    Ok(RevokedCert {
        serial_number: SerialNumber::from(serial),
        revocation_date: Time::from(asn1_time(since)?),
        crl_entry_extensions,
    })
}

fn reason_extension(code: CrlReason) -> der::Result<Vec<Extension>> {
    let extn_value = OctetString::new(code.to_der()?)?;
    Ok(vec![Extension { extn_id: CrlReason::OID, critical: false, extn_value }])
}
