//! The revocation lists: full, delta and partitioned. Source: RFC 5280 §5.

use der::{
    Encode,
    asn1::{ObjectIdentifier, OctetString},
    referenced::OwnedToRef,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BaseCrlNumber, CrlNumber, CrlReason, FreshestCrl,
            IssuingDistributionPoint, SubjectKeyIdentifier,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
};

use super::{
    authority::AuthorityError,
    ca::Ca,
    crl_stream::{Entry, Frame},
    ledger::{Ledger, Record, Standing},
    municipality::Municipality,
    names::{self, CaKind},
    profile::{extension, point},
    validity::asn1_time,
};

const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");

/// Why a certificate ended. Source: RFC 5280 §5.3.1, without `removeFromCRL`, which only delta lists know. As JSON it has the name it has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevocationReason {
    /// 0; written as no reason at all, as RFC 5280 asks.
    Unspecified,
    /// 1; key or card lost to others.
    KeyCompromise,
    /// 2.
    #[serde(rename = "cACompromise")]
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
    #[serde(rename = "aACompromise")]
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
    pub fn code(self) -> Option<CrlReason> {
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

/// Which list of a CA.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ListKind {
    /// Everything the CA ended, in one list (bench profile: real lists are cut by municipality).
    #[default]
    Full,
    /// As [`Self::Full`], and it says where its delta lists are. Source: RFC 5280 §5.2.6.
    Base,
    /// What changed since the list of that moment; a released certificate is listed as `removeFromCRL`. Source: RFC 5280 §5.2.4.
    Delta {
        /// `this_update` of the base list.
        since: Timestamp,
    },
    /// What was issued at the counters of one municipality, scoped by the distribution point that its certificates name, in which its code does not
    /// stand. Source: RFC 5280 §5.2.5.
    Partition(Municipality),
}

/// Which list, and for which time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOrder {
    /// Whose.
    pub ca: CaKind,
    /// Which part.
    pub kind: ListKind,
    /// The state it tells; with a `next_update` that is past, the list is stale.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Timestamp,
}

/// What goes around the entries of an order: numbers, key identifier, scope.
pub(crate) fn frame(ca: &Ca, order: &ListOrder) -> Result<Frame, AuthorityError> {
    let mut extensions =
        vec![extension(false, &number(order.this_update)?)?, extension(false, &issuer_key(ca)?)?];
    match &order.kind {
        ListKind::Full => {}
        ListKind::Base => {
            extensions
                .push(extension(false, &FreshestCrl(vec![point(names::delta_point(ca.kind)?)]))?);
        }
        ListKind::Delta { since } => {
            let base = BaseCrlNumber(number(*since)?.0);
            extensions.push(extension(true, &base)?);
        }
        ListKind::Partition(of) => {
            extensions.push(scope(names::distribution_point(ca.kind, of)?)?);
        }
    }
    Ok(Frame { this_update: order.this_update, next_update: order.next_update, extensions })
}

/// The seconds of `this_update`: they grow with time and never repeat for another state of the list, without a counter to keep.
fn number(this_update: Timestamp) -> Result<CrlNumber, AuthorityError> {
    Ok(CrlNumber::try_from(asn1_time(this_update)?.unix_duration().as_secs())?)
}

fn issuer_key(ca: &Ca) -> Result<AuthorityKeyIdentifier, AuthorityError> {
    let key = ca.certificate.tbs_certificate().subject_public_key_info().owned_to_ref();
    let key_identifier = Some(SubjectKeyIdentifier::try_from(key)?.0);
    Ok(AuthorityKeyIdentifier { key_identifier, ..AuthorityKeyIdentifier::default() })
}

/// IssuingDistributionPoint, critical. Its number is written here, since the type of `x509-cert` 0.3 carries another extension's.
fn scope(directory_name: Name) -> der::Result<Extension> {
    let full_name = vec![GeneralName::DirectoryName(directory_name)];
    let scope = IssuingDistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(full_name)),
        only_contains_user_certs: false,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl: false,
        only_contains_attribute_certs: false,
    };
    let extn_value = OctetString::new(scope.to_der()?)?;
    Ok(Extension { extn_id: ISSUING_DISTRIBUTION_POINT, critical: true, extn_value })
}

/// The entries of an order, by rising serial number.
pub(crate) fn entries<'a>(
    ledger: &'a Ledger,
    order: &'a ListOrder,
) -> impl Iterator<Item = Entry> + Clone + 'a {
    let at = order.this_update;
    ledger.of(order.ca).filter_map(move |(serial, record)| {
        let (since, reason) = match &order.kind {
            ListKind::Full | ListKind::Base => listed(record.standing(at)?)?,
            ListKind::Partition(of) if record.municipality.shares_point(of) => {
                listed(record.standing(at)?)?
            }
            ListKind::Partition(_) => return None,
            ListKind::Delta { since } => changed(record, *since, at)?,
        };
        Some(Entry { serial, since, reason })
    })
}

fn listed(standing: Standing) -> Option<(Timestamp, Option<CrlReason>)> {
    standing.refusal().map(|(since, reason)| (since, reason.code()))
}

/// What a delta list says about one certificate: nothing unless its line in the full list changed.
fn changed(
    record: &Record,
    base: Timestamp,
    at: Timestamp,
) -> Option<(Timestamp, Option<CrlReason>)> {
    let before = record.standing(base).and_then(listed);
    let now = record.standing(at).and_then(listed);
    match (before, now) {
        (before, now) if before == now => None,
        (_, Some(line)) => Some(line),
        (_, None) => record.latest(at).map(|since| (since, Some(CrlReason::RemoveFromCRL))),
    }
}
