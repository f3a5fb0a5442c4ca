//! Public keys and the signature algorithms that are accepted.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};
use x509_parser::asn1_rs::Tag;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

/// A signature algorithm. SHA-1 is not among them, nor is RSA below 2048 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
}

const RSA_KEY: &str = "1.2.840.113549.1.1.1";
const EC_KEY: &str = "1.2.840.10045.2.1";
const CURVE_P256: &str = "1.2.840.10045.3.1.7";
const CURVE_P384: &str = "1.3.132.0.34";

impl Algorithm {
    const ALL: [Self; 5] =
        [Self::RsaSha256, Self::RsaSha384, Self::RsaSha512, Self::EcdsaSha256, Self::EcdsaSha384];

    /// The one DER form of the identifier. Source: RFC 4055 §5, RFC 5758 §3.2.
    pub fn der(self) -> &'static [u8] {
        match self {
            Self::RsaSha256 => b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00",
            Self::RsaSha384 => b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C\x05\x00",
            Self::RsaSha512 => b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D\x05\x00",
            Self::EcdsaSha256 => b"\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02",
            Self::EcdsaSha384 => b"\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x03",
        }
    }

    /// Finds an algorithm by its DER.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.der() == der)
    }

    /// Finds an algorithm by a parsed identifier.
    pub fn from_identifier(identifier: &AlgorithmIdentifier<'_>) -> Option<Self> {
        let parameters = match &identifier.parameters {
            None => &b""[..],
            Some(any) if any.tag() == Tag::Null && any.data.is_empty() => b"\x05\x00",
            Some(_) => return None,
        };
        let oid = super::der::element(6, identifier.algorithm.as_bytes());
        Self::from_der(&super::der::sequence(&[&oid, parameters]))
    }

    /// The verification that fits algorithm and key.
    fn verification(
        self,
        key: &SubjectPublicKeyInfo<'_>,
    ) -> Option<&'static dyn VerificationAlgorithm> {
        let kind = key.algorithm.algorithm.to_id_string();
        let parameters = key.algorithm.parameters.as_ref();
        let curve =
            parameters.filter(|any| any.tag() == Tag::Oid).and_then(|any| any.as_oid().ok());
        let curve = curve.map(|oid| oid.to_id_string());
        match (self, kind.as_str(), curve.as_deref()) {
            (Self::RsaSha256, RSA_KEY, None) => Some(&RSA_PKCS1_2048_8192_SHA256),
            (Self::RsaSha384, RSA_KEY, None) => Some(&RSA_PKCS1_2048_8192_SHA384),
            (Self::RsaSha512, RSA_KEY, None) => Some(&RSA_PKCS1_2048_8192_SHA512),
            (Self::EcdsaSha256, EC_KEY, Some(CURVE_P256)) => Some(&ECDSA_P256_SHA256_ASN1),
            (Self::EcdsaSha384, EC_KEY, Some(CURVE_P384)) => Some(&ECDSA_P384_SHA384_ASN1),
            (_, _, _) => None,
        }
    }

    /// Whether the signature over a message was made with the private half of the key.
    pub fn verifies(
        self,
        key: &SubjectPublicKeyInfo<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.verification(key).is_some_and(|algorithm| {
            let key = UnparsedPublicKey::new(algorithm, &key.subject_public_key.data);
            key.verify(message, signature).is_ok()
        })
    }
}
