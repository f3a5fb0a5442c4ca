//! TLS of a tap: it is the server of the asking side and a client of the answering side, so both must trust what it shows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use sim_backend::http::PeerInstitution;

use crate::error::BenchError;
use crate::sut::reverse::TapTls;

/// The files of a tap, read.
#[derive(Debug, Clone)]
pub struct Files {
    roots: Arc<RootCertStore>,
    server: Option<PathBuf>,
    client: Option<PathBuf>,
}

impl Files {
    /// Reads them; relative paths are relative to `folder`.
    ///
    /// # Errors
    /// [`BenchError::TapFile`] names the file.
    pub fn open(tls: &TapTls, folder: &Path) -> Result<Self, BenchError> {
        let at = |path: &PathBuf| folder.join(path);
        let ca = at(&tls.ca);
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&ca)? {
            roots.add(certificate).map_err(|error| wrong(&ca, &error))?;
        }
        let files = Self {
            roots: Arc::new(roots),
            server: tls.server.as_ref().map(at),
            client: tls.client.as_ref().map(at),
        };
        files.client_of(None)?;
        Ok(files)
    }

    /// What the asking side meets. It may come with a certificate under `ca`, or with none: the answering side decides.
    ///
    /// # Errors
    /// [`BenchError::TapFile`] names the file.
    pub fn server(&self) -> Result<ServerConfig, BenchError> {
        let path = self.server.clone().unwrap_or_default();
        let (chain, key) = identity(&path)?;
        let provider = Arc::new(default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(
            Arc::clone(&self.roots),
            Arc::clone(&provider),
        );
        let verifier = verifier.allow_unauthenticated().build();
        let verifier = verifier.map_err(|error| BenchError::setup("TLS of a tap", error))?;
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| BenchError::setup("TLS of a tap", error))?;
        let config = config.with_client_cert_verifier(verifier).with_single_cert(chain, key);
        config.map_err(|error| wrong(&path, &error))
    }

    /// As whom the tap goes on for a peer of this common name.
    ///
    /// # Errors
    /// [`BenchError::TapFile`] names the file.
    pub fn client(&self, peer: Option<&str>) -> Result<ClientConfig, BenchError> {
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| BenchError::setup("TLS of a tap", error))?
            .with_root_certificates(Arc::clone(&self.roots));
        let Some(path) = self.client_of(peer)? else { return Ok(config.with_no_client_auth()) };
        let (chain, key) = identity(&path)?;
        config.with_client_auth_cert(chain, key).map_err(|error| wrong(&path, &error))
    }

    /// The file with the certificate for a peer: the one file, or that of its name in the folder; without a peer's name none.
    fn client_of(&self, peer: Option<&str>) -> Result<Option<PathBuf>, BenchError> {
        let Some(path) = &self.client else { return Ok(None) };
        if !path.exists() {
            return Err(wrong(path, &"it is not there"));
        }
        if !path.is_dir() {
            return Ok(Some(path.clone()));
        }
        Ok(peer.map(|name| path.join(format!("{name}.pem"))))
    }
}

/// The common name of a client certificate: an institution's ten-digit code.
pub fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    PeerInstitution::of_certificate(certificate).map(|peer| peer.0.as_str().to_owned())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BenchError> {
    let found =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = found.map_err(|error| wrong(path, &error))?;
    if found.is_empty() {
        return Err(wrong(path, &"there is no certificate in it"));
    }
    Ok(found)
}

/// Certificate chain and key of one PEM file.
fn identity(
    path: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), BenchError> {
    let key = PrivateKeyDer::from_pem_file(path).map_err(|error| wrong(path, &error))?;
    Ok((certificates(path)?, key))
}

fn wrong(path: &Path, reason: &dyn std::fmt::Display) -> BenchError {
    BenchError::TapFile { path: path.to_owned(), reason: reason.to_string() }
}
