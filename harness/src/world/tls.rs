//! The TLS certificates of the backend seam: one authority, one server, one client certificate an institution.
//!
//! Bench profile. They are valid around real time, since TLS libraries ask the wall clock, and stay out of evidence.
//! Not to be confused with the JPKI certificates on the cards, which live on the virtual clock.

use p256::pkcs8::EncodePrivateKey as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::seed::Seed;

/// The name under which the backend's certificate is issued; clients resolve it to where the backend listens.
pub const BACKEND_HOST: &str = "backend.madoguchi.invalid";

/// Why TLS certificates cannot be made.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum TlsError {
    #[error("cannot derive the TLS key of {whose}")]
    Key { whose: String },
    #[error("cannot issue the TLS certificate of {whose}: {source}")]
    Issue { whose: String, source: rcgen::Error },
}

/// A certificate with its key.
#[derive(Debug)]
pub struct Identity {
    /// DER of the certificate.
    pub certificate: CertificateDer<'static>,
    /// PKCS#8 of the key.
    pub key: PrivatePkcs8KeyDer<'static>,
    /// Both in one PEM, as HTTP clients take it.
    pub pem: String,
}

impl Identity {
    /// The key as TLS servers take it.
    pub fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.clone_key())
    }
}

/// The bench's TLS authority.
pub struct TlsAuthority {
    seed: Seed,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl TlsAuthority {
    /// An authority whose keys follow from the seed.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(seed: Seed) -> Result<Self, TlsError> {
        let whose = "the TLS authority";
        let mut params = CertificateParams::default();
        named(&mut params, "Madoguchi bench TLS");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, key_pair(seed, whose)?)
            .map_err(|source| TlsError::Issue { whose: whose.to_owned(), source })?;
        Ok(Self { seed, issuer })
    }

    /// The root that both sides trust.
    pub fn root(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    /// The root in PEM.
    pub fn root_pem(&self) -> String {
        self.issuer.pem()
    }

    /// The certificate of a server with these host names or addresses.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn server(&self, hosts: &[&str]) -> Result<Identity, TlsError> {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let whose = hosts.join(", ");
        let params = CertificateParams::new(hosts)
            .map_err(|source| TlsError::Issue { whose: whose.clone(), source })?;
        self.issue(params, &whose, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// The client certificate of an institution: its code is the common name.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn institution(&self, code: &str) -> Result<Identity, TlsError> {
        self.issue(CertificateParams::default(), code, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn issue(
        &self,
        mut params: CertificateParams,
        whose: &str,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Result<Identity, TlsError> {
        named(&mut params, whose);
        params.extended_key_usages = vec![purpose];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = key_pair(self.seed, whose)?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(|source| TlsError::Issue { whose: whose.to_owned(), source })?;
        let pem = format!("{}{}", key.serialize_pem(), certificate.pem());
        Ok(Identity { certificate: certificate.into(), key: key.serialize_der().into(), pem })
    }
}

fn named(params: &mut CertificateParams, name: &str) {
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
}

/// A P-256 key that follows from the seed.
fn key_pair(seed: Seed, whose: &str) -> Result<KeyPair, TlsError> {
    let failed = || TlsError::Key { whose: whose.to_owned() };
    let scalar = seed.bytes(&format!("TLS key of {whose}"));
    let secret = p256::SecretKey::from_slice(&scalar).map_err(|_| failed())?;
    let der = secret.to_pkcs8_der().map_err(|_| failed())?;
    KeyPair::try_from(der.as_bytes()).map_err(|_| failed())
}
