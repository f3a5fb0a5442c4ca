//! Private keys a card signs with: RSA today, elliptic curves in the outlook profile.

use std::sync::Arc;

use rsa::RsaPrivateKey;

use crate::rsa_signing::RsaSigner;

/// A key pair on the card. Clones share the key.
#[derive(Clone)]
pub enum CardKey {
    /// What today's card has; RSA-2048 there, any size here.
    Rsa(Arc<RsaSigner>),
    /// ECDSA on P-256 with SHA-256, for comparison (bench profile).
    P256(Arc<p256::ecdsa::SigningKey>),
    /// ECDSA on P-384 with SHA-384: announced for the next card, its commands are bench profile.
    P384(Arc<p384::ecdsa::SigningKey>),
}

impl CardKey {
    /// The RSA key, if it is one.
    pub fn rsa(&self) -> Option<&RsaPrivateKey> {
        match self {
            Self::Rsa(signer) => Some(signer.key()),
            Self::P256(_) | Self::P384(_) => None,
        }
    }
}

impl From<RsaPrivateKey> for CardKey {
    fn from(key: RsaPrivateKey) -> Self {
        Self::Rsa(Arc::new(RsaSigner::new(key)))
    }
}

impl From<Arc<RsaSigner>> for CardKey {
    fn from(signer: Arc<RsaSigner>) -> Self {
        Self::Rsa(signer)
    }
}

impl From<p256::ecdsa::SigningKey> for CardKey {
    fn from(key: p256::ecdsa::SigningKey) -> Self {
        Self::P256(Arc::new(key))
    }
}

impl From<p384::ecdsa::SigningKey> for CardKey {
    fn from(key: p384::ecdsa::SigningKey) -> Self {
        Self::P384(Arc::new(key))
    }
}
