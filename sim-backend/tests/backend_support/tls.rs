//! A certification authority for TLS of the test's own, servers and clients with its certificates.

use std::sync::Arc;

use axum::Router;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{PrivateKeyDer, ServerName},
};
use sim_backend::http::{HttpLimits, Server, server_config};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsConnector, client::TlsStream};

pub struct Pki {
    params: CertificateParams,
    key: KeyPair,
}

/// A certificate with its key.
pub struct Leaf {
    pub pem: String,
    pub key: KeyPair,
    pub der: Vec<u8>,
}

impl Pki {
    pub fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "TLS root");
        Self { params, key: KeyPair::generate().unwrap() }
    }

    pub fn issue(
        &self,
        common_name: &str,
        names: &[String],
        purpose: ExtendedKeyUsagePurpose,
    ) -> Leaf {
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Leaf { pem: certificate.pem(), der: certificate.der().to_vec(), key }
    }

    pub fn client(&self, common_name: &str) -> Leaf {
        self.issue(common_name, &[], ExtendedKeyUsagePurpose::ClientAuth)
    }

    pub fn certificate(&self) -> rcgen::Certificate {
        self.params.self_signed(&self.key).unwrap()
    }

    pub fn server(&self) -> rustls::ServerConfig {
        let leaf =
            self.issue("backend", &["localhost".into()], ExtendedKeyUsagePurpose::ServerAuth);
        let key = PrivateKeyDer::try_from(leaf.key.serialize_der()).unwrap();
        server_config(vec![leaf.der.into()], key, [self.certificate().der().clone()]).unwrap()
    }

    /// Serves over mutual TLS; the port.
    pub async fn serve(&self, router: Router, limits: HttpLimits) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server::new(router).within(limits);
        tokio::spawn(server.mtls(listener, Arc::new(self.server()), std::future::pending()));
        port
    }

    /// A connection with this certificate, or with none. That the server refuses it shows at the first read.
    pub async fn connect(
        &self,
        port: u16,
        leaf: Option<&Leaf>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(self.client_config(leaf))).connect(name, stream).await
    }

    pub fn client_config(&self, leaf: Option<&Leaf>) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate().der().clone()).unwrap();
        let config = ClientConfig::builder().with_root_certificates(roots);
        match leaf {
            Some(leaf) => {
                let key = PrivateKeyDer::try_from(leaf.key.serialize_der()).unwrap();
                config.with_client_auth_cert(vec![leaf.der.clone().into()], key).unwrap()
            }
            None => config.with_no_client_auth(),
        }
    }
}
