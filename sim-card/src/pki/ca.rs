//! One certification authority: a key, its self-signed certificate, and the act of signing.

use std::sync::{Arc, OnceLock};

use der::Encode;
use jiff::Timestamp;
use rsa::{
    RsaPublicKey,
    pkcs1v15::{Signature, SigningKey},
    signature::Keypair,
};
use sha2::Sha256;
use x509_cert::{
    Certificate,
    builder::{Builder, CertificateBuilder},
    name::Name,
    serial_number::SerialNumber,
    spki::SubjectPublicKeyInfoOwned,
    time::{Time, Validity},
};

use super::{
    authority::{AuthorityError, Generation},
    keys::{FixtureKey, fixture_key},
    names::{self, CaKind},
    ocsp::Responder,
    profile::{CA_SERIAL, CertificateKind, Profile},
    validity::asn1_time,
};

/// Serial number of the responder's certificate; cards start well above.
const RESPONDER_SERIAL: u64 = 2;

/// Ten Japanese years, as real CA certificates have: 2023-01-01 to 2032-12-31.
const CA_NOT_BEFORE: Timestamp = Timestamp::constant(1_672_498_800, 0);
const CA_NOT_AFTER: Timestamp = Timestamp::constant(1_988_117_999, 0);

/// A certification authority.
pub(crate) struct Ca {
    pub(crate) kind: CaKind,
    pub(crate) certificate: Certificate,
    pub(crate) der: Vec<u8>,
    pub(crate) signer: SigningKey<Sha256>,
    name: Name,
}

/// Both authorities and the responder of one generation: everything that does not change while a bench runs.
pub(crate) struct Hierarchy {
    pub(crate) user_authentication: Ca,
    pub(crate) digital_signature: Ca,
    pub(crate) responder: Responder,
}

impl Hierarchy {
    /// The hierarchy of a generation, made once per process.
    pub(crate) fn of(generation: Generation) -> Result<Arc<Self>, AuthorityError> {
        static CURRENT: OnceLock<Arc<Hierarchy>> = OnceLock::new();
        static FOREIGN: OnceLock<Arc<Hierarchy>> = OnceLock::new();
        let (cell, user, signature) = match generation {
            Generation::Current => {
                (&CURRENT, FixtureKey::UserAuthenticationCa, FixtureKey::DigitalSignatureCa)
            }
            Generation::Foreign => (
                &FOREIGN,
                FixtureKey::ForeignUserAuthenticationCa,
                FixtureKey::ForeignDigitalSignatureCa,
            ),
        };
        if let Some(made) = cell.get() {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new(Self::make(user, signature)?);
        Ok(Arc::clone(cell.get_or_init(|| made)))
    }

    fn make(user: FixtureKey, signature: FixtureKey) -> Result<Self, AuthorityError> {
        let user_authentication = Ca::new(CaKind::UserAuthentication, user)?;
        let digital_signature = Ca::new(CaKind::DigitalSignature, signature)?;
        let responder = responder(&user_authentication)?;
        Ok(Self { user_authentication, digital_signature, responder })
    }

    pub(crate) fn ca(&self, kind: CaKind) -> &Ca {
        match kind {
            CaKind::UserAuthentication => &self.user_authentication,
            CaKind::DigitalSignature => &self.digital_signature,
        }
    }
}

fn responder(ca: &Ca) -> Result<Responder, AuthorityError> {
    let key = fixture_key(FixtureKey::OcspResponder)?;
    let certificate = ca.issue(&Order {
        kind: CertificateKind::OcspResponder,
        subject: names::responder_name()?,
        serial: RESPONDER_SERIAL,
        not_before: CA_NOT_BEFORE,
        not_after: CA_NOT_AFTER,
        key: key.as_public_key(),
    })?;
    Responder::new(SigningKey::new(key), certificate, &ca.certificate)
}

/// One certificate asked from a CA.
pub(crate) struct Order<'a> {
    pub(crate) kind: CertificateKind,
    pub(crate) subject: Name,
    pub(crate) serial: u64,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) key: &'a RsaPublicKey,
}

impl Ca {
    fn new(kind: CaKind, key: FixtureKey) -> Result<Self, AuthorityError> {
        let signer = SigningKey::<Sha256>::new(fixture_key(key)?);
        let name = names::ca_name(kind)?;
        let public_key = signer.verifying_key().into();
        let order = Order {
            kind: CertificateKind::Ca,
            subject: name.clone(),
            serial: CA_SERIAL,
            not_before: CA_NOT_BEFORE,
            not_after: CA_NOT_AFTER,
            key: &public_key,
        };
        let certificate = sign(&signer, kind, &name, &order)?;
        let der = certificate.to_der()?;
        Ok(Self { kind, certificate, der, signer, name })
    }

    /// Signs one certificate; costs one RSA signature.
    pub(crate) fn issue(&self, order: &Order<'_>) -> Result<Certificate, AuthorityError> {
        sign(&self.signer, self.kind, &self.name, order)
    }
}

fn sign(
    signer: &SigningKey<Sha256>,
    ca: CaKind,
    issuer: &Name,
    order: &Order<'_>,
) -> Result<Certificate, AuthorityError> {
    let profile = Profile {
        kind: order.kind.clone(),
        ca,
        subject: order.subject.clone(),
        issuer: issuer.clone(),
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
