//! The test keys, embedded. See `fixtures/README.md`: throwaway, public, worth nothing.

use rsa::{RsaPrivateKey, pkcs8::DecodePrivateKey};

/// A named test key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixtureKey {
    /// CA for user authentication (利用者証明用).
    UserAuthenticationCa,
    /// CA for digital signature (署名用).
    DigitalSignatureCa,
    /// User-authentication CA of a hierarchy nobody trusts.
    ForeignUserAuthenticationCa,
    /// Digital-signature CA of a hierarchy nobody trusts.
    ForeignDigitalSignatureCa,
    /// User-authentication CA before its last change of key.
    FormerUserAuthenticationCa,
    /// Digital-signature CA before its last change of key.
    FormerDigitalSignatureCa,
    /// CA for user authentication on smartphones (bench profile).
    MobileUserAuthenticationCa,
    /// CA for digital signature on smartphones (bench profile).
    MobileDigitalSignatureCa,
    /// Delegated OCSP responder.
    OcspResponder,
    /// Signs the card's face record (券面事項確認AP, DF28).
    FaceIssuer,
    /// Signs terminal certificates (bench profile).
    TerminalAuthority,
    /// A terminal's own key (bench profile).
    Terminal,
}

/// A test key that cannot be loaded; the fixture file is damaged.
#[derive(Debug, thiserror::Error)]
#[error("test key {name} is no PKCS#8 RSA key")]
pub struct KeyError {
    /// Which file.
    pub name: String,
    /// What the decoder said.
    pub source: rsa::pkcs8::Error,
}

/// Number of keys in the pool.
pub const POOL_SIZE: usize = POOL.len();

/// The first so many keys of the pool belong to the conformance personas, two each by their place; citizens share the others.
pub const PERSONA_KEYS: usize = 40;

/// Loads a named key.
///
/// # Errors
/// [`KeyError`] when the embedded file does not decode.
pub fn fixture_key(key: FixtureKey) -> Result<RsaPrivateKey, KeyError> {
    decode(key.name(), key.pkcs8())
}

/// Loads the card key number `index`; the pool repeats after [`POOL_SIZE`].
///
/// # Errors
/// [`KeyError`] when the embedded file does not decode.
pub fn pooled_key(index: usize) -> Result<RsaPrivateKey, KeyError> {
    let at = index % POOL_SIZE;
    decode(&format!("pool-{at:02}"), POOL.get(at).copied().unwrap_or_default())
}

fn decode(name: &str, pkcs8: &[u8]) -> Result<RsaPrivateKey, KeyError> {
    RsaPrivateKey::from_pkcs8_der(pkcs8)
        .map_err(|source| KeyError { name: name.to_owned(), source })
}

/// One embedded key file.
macro_rules! key_file {
    ($name:literal) => {
        include_bytes!(concat!("../../fixtures/keys/", $name, ".p8.der")).as_slice()
    };
}

impl FixtureKey {
    /// The file's stem.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserAuthenticationCa => "user-authentication-ca",
            Self::DigitalSignatureCa => "digital-signature-ca",
            Self::ForeignUserAuthenticationCa => "foreign-user-authentication-ca",
            Self::ForeignDigitalSignatureCa => "foreign-digital-signature-ca",
            Self::FormerUserAuthenticationCa => "former-user-authentication-ca",
            Self::FormerDigitalSignatureCa => "former-digital-signature-ca",
            Self::MobileUserAuthenticationCa => "mobile-user-authentication-ca",
            Self::MobileDigitalSignatureCa => "mobile-digital-signature-ca",
            Self::OcspResponder => "ocsp-responder",
            Self::FaceIssuer => "face-issuer",
            Self::TerminalAuthority => "terminal-authority",
            Self::Terminal => "terminal",
        }
    }

    fn pkcs8(self) -> &'static [u8] {
        match self {
            Self::UserAuthenticationCa => key_file!("user-authentication-ca"),
            Self::DigitalSignatureCa => key_file!("digital-signature-ca"),
            Self::ForeignUserAuthenticationCa => key_file!("foreign-user-authentication-ca"),
            Self::ForeignDigitalSignatureCa => key_file!("foreign-digital-signature-ca"),
            Self::FormerUserAuthenticationCa => key_file!("former-user-authentication-ca"),
            Self::FormerDigitalSignatureCa => key_file!("former-digital-signature-ca"),
            Self::MobileUserAuthenticationCa => key_file!("mobile-user-authentication-ca"),
            Self::MobileDigitalSignatureCa => key_file!("mobile-digital-signature-ca"),
            Self::OcspResponder => key_file!("ocsp-responder"),
            Self::FaceIssuer => key_file!("face-issuer"),
            Self::TerminalAuthority => key_file!("terminal-authority"),
            Self::Terminal => key_file!("terminal"),
        }
    }
}

const POOL: [&[u8]; 88] = [
    key_file!("pool-00"),
    key_file!("pool-01"),
    key_file!("pool-02"),
    key_file!("pool-03"),
    key_file!("pool-04"),
    key_file!("pool-05"),
    key_file!("pool-06"),
    key_file!("pool-07"),
    key_file!("pool-08"),
    key_file!("pool-09"),
    key_file!("pool-10"),
    key_file!("pool-11"),
    key_file!("pool-12"),
    key_file!("pool-13"),
    key_file!("pool-14"),
    key_file!("pool-15"),
    key_file!("pool-16"),
    key_file!("pool-17"),
    key_file!("pool-18"),
    key_file!("pool-19"),
    key_file!("pool-20"),
    key_file!("pool-21"),
    key_file!("pool-22"),
    key_file!("pool-23"),
    key_file!("pool-24"),
    key_file!("pool-25"),
    key_file!("pool-26"),
    key_file!("pool-27"),
    key_file!("pool-28"),
    key_file!("pool-29"),
    key_file!("pool-30"),
    key_file!("pool-31"),
    key_file!("pool-32"),
    key_file!("pool-33"),
    key_file!("pool-34"),
    key_file!("pool-35"),
    key_file!("pool-36"),
    key_file!("pool-37"),
    key_file!("pool-38"),
    key_file!("pool-39"),
    key_file!("pool-40"),
    key_file!("pool-41"),
    key_file!("pool-42"),
    key_file!("pool-43"),
    key_file!("pool-44"),
    key_file!("pool-45"),
    key_file!("pool-46"),
    key_file!("pool-47"),
    key_file!("pool-48"),
    key_file!("pool-49"),
    key_file!("pool-50"),
    key_file!("pool-51"),
    key_file!("pool-52"),
    key_file!("pool-53"),
    key_file!("pool-54"),
    key_file!("pool-55"),
    key_file!("pool-56"),
    key_file!("pool-57"),
    key_file!("pool-58"),
    key_file!("pool-59"),
    key_file!("pool-60"),
    key_file!("pool-61"),
    key_file!("pool-62"),
    key_file!("pool-63"),
    key_file!("pool-64"),
    key_file!("pool-65"),
    key_file!("pool-66"),
    key_file!("pool-67"),
    key_file!("pool-68"),
    key_file!("pool-69"),
    key_file!("pool-70"),
    key_file!("pool-71"),
    key_file!("pool-72"),
    key_file!("pool-73"),
    key_file!("pool-74"),
    key_file!("pool-75"),
    key_file!("pool-76"),
    key_file!("pool-77"),
    key_file!("pool-78"),
    key_file!("pool-79"),
    key_file!("pool-80"),
    key_file!("pool-81"),
    key_file!("pool-82"),
    key_file!("pool-83"),
    key_file!("pool-84"),
    key_file!("pool-85"),
    key_file!("pool-86"),
    key_file!("pool-87"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rsa::traits::PublicKeyParts;

    use super::*;

    #[test]
    fn every_pooled_key_is_a_different_rsa_2048_key() {
        let moduli: BTreeSet<_> =
            (0..POOL_SIZE).map(|i| pooled_key(i).unwrap().n_bytes().to_vec()).collect();
        assert_eq!(moduli.len(), POOL_SIZE);
        assert!(moduli.iter().all(|n| n.len() == 256));
    }

    #[test]
    fn the_pool_repeats() {
        assert_eq!(pooled_key(POOL_SIZE + 3).unwrap(), pooled_key(3).unwrap());
    }

    #[test]
    fn every_named_key_loads() {
        for key in [
            FixtureKey::UserAuthenticationCa,
            FixtureKey::DigitalSignatureCa,
            FixtureKey::ForeignUserAuthenticationCa,
            FixtureKey::ForeignDigitalSignatureCa,
            FixtureKey::FormerUserAuthenticationCa,
            FixtureKey::FormerDigitalSignatureCa,
            FixtureKey::MobileUserAuthenticationCa,
            FixtureKey::MobileDigitalSignatureCa,
            FixtureKey::OcspResponder,
            FixtureKey::FaceIssuer,
            FixtureKey::TerminalAuthority,
            FixtureKey::Terminal,
        ] {
            assert_eq!(fixture_key(key).unwrap().e_bytes().as_ref(), [1, 0, 1], "{}", key.name());
        }
    }
}
