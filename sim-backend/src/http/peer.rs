//! Who is at the other end: mutual TLS and the institution in the client's certificate.

use std::sync::Arc;

use rustls::{
    RootCertStore, ServerConfig, ServerConnection,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{VerifierBuilderError, WebPkiClientVerifier},
    version::TLS13,
};

use crate::messages::InstitutionCode;

/// The institution that the client's certificate names (common name of the subject). Bench profile; put into a request
/// as an extension by [`super::serve_mtls`], or by whoever serves the router otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerInstitution(pub InstitutionCode);

impl PeerInstitution {
    /// The institution of a finished handshake.
    pub(super) fn of(connection: &ServerConnection) -> Option<Self> {
        Self::of_certificate(connection.peer_certificates()?.first()?)
    }

    /// The institution of a client certificate; `None` unless it has one common name of ten digits.
    #[must_use]
    pub fn of_certificate(der: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        let mut names = certificate.subject().iter_common_name();
        let (Some(name), None) = (names.next(), names.next()) else { return None };
        InstitutionCode::new(name.as_str().ok()?).ok().map(Self)
    }
}

/// Why a TLS configuration cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate among the client roots is none.
    #[error("a client root cannot be used: {0}")]
    Root(rustls::Error),
    /// No client could ever be accepted.
    #[error("client certificates cannot be verified: {0}")]
    Verifier(#[from] VerifierBuilderError),
    /// Chain and key do not fit.
    #[error("chain and key cannot be used: {0}")]
    Identity(rustls::Error),
}

/// A server that speaks TLS 1.3 only and asks every client for a certificate under one of the roots.
///
/// # Errors
/// [`TlsError`] when roots, chain or key cannot be used.
pub fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    client_roots: impl IntoIterator<Item = CertificateDer<'static>>,
) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(default_provider());
    let mut roots = RootCertStore::empty();
    for root in client_roots {
        roots.add(root).map_err(TlsError::Root)?;
    }
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()?;
    let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13]);
    let config = config.map_err(TlsError::Identity)?.with_client_cert_verifier(clients);
    config.with_single_cert(chain, key).map_err(TlsError::Identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(common_name: &str) -> Option<PeerInstitution> {
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, common_name);
        let key = rcgen::KeyPair::generate().unwrap();
        PeerInstitution::of_certificate(params.self_signed(&key).unwrap().der())
    }

    #[test]
    fn the_common_name_is_the_institution() {
        assert_eq!(
            named("1319999999"),
            InstitutionCode::new("1319999999").ok().map(PeerInstitution)
        );
        for other in ["131999999", "clinic.invalid", "１３１９９９９９９９"] {
            assert_eq!(named(other), None, "{other}");
        }
        assert_eq!(PeerInstitution::of_certificate(b"no certificate"), None);
    }
}
