//! One certification authority: a key, its self-signed certificate, and the act of signing.

use der::Encode;
use jiff::Timestamp;
use rsa::{RsaPublicKey, pkcs1v15::Signature};
use x509_cert::{
    Certificate,
    builder::{Builder, CertificateBuilder},
    name::Name,
    serial_number::SerialNumber,
    spki::SubjectPublicKeyInfoOwned,
    time::{Time, Validity},
};

use super::{
    authority::AuthorityError,
    generation::Generation,
    keys::{FixtureKey, fixture_key},
    municipality::Municipality,
    names::{self, CaKind},
    profile::{CA_SERIAL, CertificateKind, FORMER_CA_SERIAL, Profile},
    validity::asn1_time,
};
use crate::rsa_signing::RsaSigner;

/// 2021-01-01 to 2032-12-31, Japanese days. Real ones have ten years; with two more this one generation holds every certificate that is on a
/// card today, as the shell model of path validation wants it (bench profile).
pub(crate) const CA_NOT_BEFORE: Timestamp = Timestamp::constant(1_609_426_800, 0);
pub(crate) const CA_NOT_AFTER: Timestamp = Timestamp::constant(1_988_117_999, 0);
/// The ten years of the generation before: 2019-01-01 to 2028-12-31.
pub(crate) const FORMER_NOT_BEFORE: Timestamp = Timestamp::constant(1_546_268_400, 0);
pub(crate) const FORMER_NOT_AFTER: Timestamp = Timestamp::constant(1_861_887_599, 0);

/// A certification authority.
pub(crate) struct Ca {
    pub(crate) kind: CaKind,
    pub(crate) certificate: Certificate,
    pub(crate) der: Vec<u8>,
    pub(crate) signer: RsaSigner,
    name: Name,
    serial: u64,
}

/// One certificate asked from a CA.
pub(crate) struct Order<'a> {
    pub(crate) kind: CertificateKind,
    pub(crate) subject: Name,
    pub(crate) serial: u64,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) key: &'a RsaPublicKey,
    pub(crate) municipality: Municipality,
}

impl Ca {
    pub(crate) fn new(
        kind: CaKind,
        generation: Generation,
        key: FixtureKey,
    ) -> Result<Self, AuthorityError> {
        let signer = RsaSigner::new(fixture_key(key)?);
        let name = names::ca_name(kind)?;
        let public_key = signer.key().to_public_key();
        let (serial, not_before, not_after) = match generation {
            Generation::Current | Generation::Foreign => (CA_SERIAL, CA_NOT_BEFORE, CA_NOT_AFTER),
            Generation::Former => (FORMER_CA_SERIAL, FORMER_NOT_BEFORE, FORMER_NOT_AFTER),
        };
        let order = Order {
            kind: CertificateKind::Ca,
            subject: name.clone(),
            serial,
            not_before,
            not_after,
            key: &public_key,
            municipality: Municipality::default(),
        };
        let certificate = sign(&signer, (kind, &name, serial), &order)?;
        let der = certificate.to_der()?;
        Ok(Self { kind, certificate, der, signer, name, serial })
    }

    /// Signs one certificate; costs one RSA signature.
    pub(crate) fn issue(&self, order: &Order<'_>) -> Result<Certificate, AuthorityError> {
        sign(&self.signer, (self.kind, &self.name, self.serial), order)
    }

    /// DER of the certificate of another generation's key under this one's, valid while both are meant to be used together.
    ///
    /// It bears the serial number of the key's self-signed certificate: what the key issued names its issuer by key identifier, issuer and serial
    /// number, and a verifier that compares all three would not accept a link that says anything else.
    pub(crate) fn link(
        &self,
        other: &Self,
        (not_before, not_after): (Timestamp, Timestamp),
    ) -> Result<Vec<u8>, AuthorityError> {
        let key = other.signer.key().to_public_key();
        let order = Order {
            kind: CertificateKind::Link,
            subject: other.name.clone(),
            serial: other.serial,
            not_before,
            not_after,
            key: &key,
            municipality: Municipality::default(),
        };
        Ok(self.issue(&order)?.to_der()?)
    }
}

fn sign(
    signer: &RsaSigner,
    (ca, issuer, issuer_serial): (CaKind, &Name, u64),
    order: &Order<'_>,
) -> Result<Certificate, AuthorityError> {
    let profile = Profile {
        kind: order.kind.clone(),
        ca,
        subject: order.subject.clone(),
        issuer: issuer.clone(),
        issuer_serial,
        municipality: order.municipality.clone(),
    };
    let validity = Validity::new(
        Time::from(asn1_time(order.not_before)?),
        Time::from(asn1_time(order.not_after)?),
    );
    let key = SubjectPublicKeyInfoOwned::from_key(order.key)?;
    let builder =
        CertificateBuilder::new(profile, SerialNumber::from(order.serial), validity, key)?;
    Ok(builder.build::<_, Signature>(signer)?)
}
