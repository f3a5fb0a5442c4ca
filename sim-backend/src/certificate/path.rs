//! The certification path: one user-authentication certificate under one trust anchor.
//!
//! Source: RFC 5280 §6, for paths of length one; certificate profile of the user-authentication
//! certificate (利用者証明用電子証明書).

use x509_parser::extensions::ParsedExtension;

use super::grace::GraceRule;
use super::parsed::Parsed;
use super::refusal::RefusalReason;

/// Certificate policy of user authentication in the test hierarchy.
pub const USER_AUTHENTICATION_TEST_POLICY: &str = "1.2.392.200149.8.5.1.0.30";

/// Certificate policy of user authentication on smartphones in the test hierarchy (bench profile).
pub const PHONE_TEST_POLICY: &str = "1.2.392.200149.8.5.1.0.50";

/// What carries a certificate, told by its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// The My Number Card.
    Card,
    /// A smartphone. Row OQS-MOB-04: its certificate has no grace.
    Phone,
}

/// keyUsage, extKeyUsage, basicConstraints, certificatePolicies: what may be critical.
const KNOWN_CRITICAL: [&str; 4] = ["2.5.29.15", "2.5.29.37", "2.5.29.19", "2.5.29.32"];

/// The authorities that are trusted, and the rules that apply to what they issue.
#[derive(Debug, Clone)]
pub struct TrustAnchors {
    anchors: Vec<Vec<u8>>,
    policies: Vec<String>,
    phone_policies: Vec<String>,
    grace: GraceRule,
}

/// An authority certificate that cannot be a trust anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("certificate {index} is no self-signed certificate of an authority")]
pub struct AnchorError {
    /// Which one of those handed in, from 0.
    pub index: usize,
}

impl TrustAnchors {
    /// Trusts authorities by their DER certificates. Several generations may share one name.
    ///
    /// # Errors
    /// [`AnchorError`] for a certificate that is not self-signed, not an authority's, or may not
    /// sign certificates.
    pub fn new(anchors: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, AnchorError> {
        let anchors: Vec<_> = anchors.into_iter().collect();
        match anchors.iter().position(|anchor| !is_authority(anchor)) {
            Some(index) => Err(AnchorError { index }),
            None => Ok(Self {
                anchors,
                policies: vec![USER_AUTHENTICATION_TEST_POLICY.to_owned()],
                phone_policies: vec![PHONE_TEST_POLICY.to_owned()],
                grace: GraceRule::default(),
            }),
        }
    }

    /// Replaces the accepted certificate policies of cards (dotted object identifiers).
    #[must_use]
    pub fn with_policies(mut self, policies: Vec<String>) -> Self {
        self.policies = policies;
        self
    }

    /// Replaces the accepted certificate policies of smartphones; none refuses them all.
    #[must_use]
    pub fn with_phone_policies(mut self, policies: Vec<String>) -> Self {
        self.phone_policies = policies;
        self
    }

    /// Replaces the rule for the time after expiry.
    #[must_use]
    pub fn with_grace(mut self, grace: GraceRule) -> Self {
        self.grace = grace;
        self
    }

    /// The rule for the time after expiry.
    pub fn grace(&self) -> GraceRule {
        self.grace
    }

    /// Finds the anchor that issued a user-authentication certificate and checks all that holds
    /// regardless of time. Gives the anchor's DER and what carries the certificate.
    ///
    /// # Errors
    /// The first [`RefusalReason`] found.
    pub fn issuer_of(&self, certificate: &[u8]) -> Result<(&[u8], Carrier), RefusalReason> {
        let certificate = Parsed::new(certificate)?;
        let anchor = self.signer(&certificate)?;
        certificate.only_known_critical(&KNOWN_CRITICAL)?;
        purpose(&certificate)?;
        Ok((anchor, self.carrier(&certificate)?))
    }

    /// What carries a certificate, by its policy alone; `None` where no accepted one stands in it.
    pub(super) fn carrier_of(&self, certificate: &[u8]) -> Option<Carrier> {
        self.carrier(&Parsed::new(certificate).ok()?).ok()
    }

    fn signer(&self, certificate: &Parsed<'_>) -> Result<&[u8], RefusalReason> {
        let mut reason = RefusalReason::UnknownIssuer;
        for anchor in &self.anchors {
            let parsed = Parsed::new(anchor)?;
            if certificate.names(&parsed) {
                if certificate.is_signed_by(&parsed) {
                    return Ok(anchor);
                }
                reason = RefusalReason::Signature;
            }
        }
        Err(reason)
    }

    fn carrier(&self, certificate: &Parsed<'_>) -> Result<Carrier, RefusalReason> {
        let named = certificate.extension(|extension| {
            let ParsedExtension::CertificatePolicies(policies) = extension else { return None };
            Some(policies.iter().map(|policy| policy.policy_id.to_id_string()).collect())
        });
        let named: Vec<String> = named.unwrap_or_default();
        let of = |accepted: &[String]| named.iter().any(|policy| accepted.contains(policy));
        if of(&self.policies) {
            Ok(Carrier::Card)
        } else if of(&self.phone_policies) {
            Ok(Carrier::Phone)
        } else {
            Err(RefusalReason::Policy)
        }
    }
}

fn is_authority(certificate: &[u8]) -> bool {
    Parsed::new(certificate).is_ok_and(|parsed| {
        let signs = key_usage(&parsed).is_some_and(|usage| usage & KEY_CERT_SIGN != 0);
        parsed.x509.is_ca() && signs && parsed.names(&parsed) && parsed.is_signed_by(&parsed)
    })
}

/// Bits of keyUsage, counted from the first named bit. Source: RFC 5280 §4.2.1.3.
pub(super) const DIGITAL_SIGNATURE: u16 = 1;
pub(super) const KEY_CERT_SIGN: u16 = 1 << 5;
pub(super) const CRL_SIGN: u16 = 1 << 6;

/// The bits of keyUsage; `None` without the extension.
pub(super) fn key_usage(certificate: &Parsed<'_>) -> Option<u16> {
    certificate.extension(|extension| {
        let ParsedExtension::KeyUsage(usage) = extension else { return None };
        Some(usage.flags)
    })
}

/// A key for client authentication, and for nothing else.
fn purpose(certificate: &Parsed<'_>) -> Result<(), RefusalReason> {
    if key_usage(certificate) != Some(DIGITAL_SIGNATURE) {
        return Err(RefusalReason::KeyUsage);
    }
    if certificate.x509.is_ca() {
        return Err(RefusalReason::Authority);
    }
    let client = certificate.extension(|extension| {
        let ParsedExtension::ExtendedKeyUsage(usage) = extension else { return None };
        Some(usage.client_auth)
    });
    (client == Some(true)).then_some(()).ok_or(RefusalReason::ExtendedKeyUsage)
}
