//! RSA signatures by PKCS #1 v1.5, for card and authority alike: pure Rust, or by AWS-LC where the feature `fast-crypto` is on.
//!
//! The feature changes the speed and not one byte: AWS-LC signs the DigestInfos of SHA-256, SHA-384 and SHA-512, all else is left to the
//! `rsa` crate. For ECDSA see `card/curves`: on P-256 AWS-LC does the dear step of it, P-384 stays with its crate.

#[cfg(feature = "fast-crypto")]
mod aws_lc;

use rsa::{
    Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey,
    pkcs1v15::{Signature, SigningKey, VerifyingKey},
    signature::{self, Keypair, Signer, hazmat::PrehashSigner},
};
use sha2::{Digest, Sha256};
use x509_cert::{
    der::AnyRef,
    spki::{AlgorithmIdentifier, SignatureAlgorithmIdentifier},
};

/// DigestInfo of SHA-256 up to the 32 bytes of the hash. Source: RFC 8017 §9.2, note 1.
const SHA_256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// An RSA private key that signs. As a [`Signer`] it signs `sha256WithRSAEncryption`.
///
/// With the feature `fast-crypto` it takes its key over into AWS-LC at the first signature, and keeps it there: share the
/// signer, not the key.
pub struct RsaSigner {
    key: RsaPrivateKey,
    #[cfg(feature = "fast-crypto")]
    fast: aws_lc::Imported,
}

impl RsaSigner {
    /// A signer of this key.
    pub fn new(key: RsaPrivateKey) -> Self {
        Self {
            key,
            #[cfg(feature = "fast-crypto")]
            fast: aws_lc::Imported::default(),
        }
    }

    /// The key itself, for all that is no PKCS #1 v1.5 signature.
    pub fn key(&self) -> &RsaPrivateKey {
        &self.key
    }

    /// Pads the data as they are, without a DigestInfo of ours, and signs.
    ///
    /// # Errors
    /// The data are longer than the modulus less 11 bytes.
    ///
    /// Source: RFC 8017 §8.2.1 from step 1 of §9.2 on, the DigestInfo given.
    pub fn sign_as_given(&self, data: &[u8]) -> rsa::Result<Vec<u8>> {
        #[cfg(feature = "fast-crypto")]
        if let Some(signature) = self.fast.sign(&self.key, data) {
            return Ok(signature);
        }
        self.key.sign(Pkcs1v15Sign::new_unprefixed(), data)
    }

    /// Signs a SHA-256 value within its DigestInfo.
    ///
    /// # Errors
    /// The value has not 32 bytes.
    pub fn sign_hash(&self, hash: &[u8]) -> rsa::Result<Vec<u8>> {
        let hash: [u8; 32] = hash.try_into().map_err(|_| rsa::Error::InputNotHashed)?;
        self.sign_as_given(&[SHA_256_INFO.as_slice(), &hash].concat())
    }
}

/// Whether this is a `sha256WithRSAEncryption` signature of the message by the key.
pub(crate) fn verifies(key: &RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
    // AWS-LC takes no small keys, so what it does not find good the other looks at again.
    #[cfg(feature = "fast-crypto")]
    if aws_lc::verifies(key, message, signature) {
        return true;
    }
    key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message), signature).is_ok()
}

impl From<RsaPrivateKey> for RsaSigner {
    fn from(key: RsaPrivateKey) -> Self {
        Self::new(key)
    }
}

impl Keypair for RsaSigner {
    type VerifyingKey = VerifyingKey<Sha256>;

    fn verifying_key(&self) -> Self::VerifyingKey {
        VerifyingKey::new(self.key.to_public_key())
    }
}

impl PrehashSigner<Signature> for RsaSigner {
    fn sign_prehash(&self, hash: &[u8]) -> signature::Result<Signature> {
        let signature = self.sign_hash(hash).map_err(signature::Error::from_source)?;
        Signature::try_from(signature.as_slice())
    }
}

impl Signer<Signature> for RsaSigner {
    fn try_sign(&self, message: &[u8]) -> signature::Result<Signature> {
        self.sign_prehash(&Sha256::digest(message))
    }
}

impl SignatureAlgorithmIdentifier for RsaSigner {
    type Params = AnyRef<'static>;

    const SIGNATURE_ALGORITHM_IDENTIFIER: AlgorithmIdentifier<Self::Params> =
        SigningKey::<Sha256>::SIGNATURE_ALGORITHM_IDENTIFIER;
}
