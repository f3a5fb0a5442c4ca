//! PSO: COMPUTE DIGITAL SIGNATURE, `80 2A`.

use rsa::Pss;
use sha2::{Digest, Sha256};

use super::curves;
use super::machine::{Done, Machine, Target};
use crate::apdu::{CommandView, StatusWord};
use crate::apps::jpki;
use crate::contents::CardKey;
use crate::faults::Fault;
use crate::files::{ApplicationName, Content, File};
use crate::rsa_signing::RsaSigner;

/// The key a signature is made with.
enum Key<'a> {
    Rsa(&'a RsaSigner),
    P256(&'a p256::ecdsa::SigningKey),
    P384(&'a p384::ecdsa::SigningKey),
}

/// What P1 makes of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// 00: PKCS #1 v1.5 padding around the data as it is; the card does not look at it.
    Raw,
    /// 01: the data's SHA-256 value padded without a DigestInfo.
    BareHash,
    /// 02: the data is a SHA-256 value; the card makes the DigestInfo.
    GivenHash,
    /// 03: the card hashes and makes the DigestInfo.
    Hash,
    /// 04: PSS over a given SHA-256 value.
    PssGivenHash,
    /// 05: PSS, the card hashes.
    PssHash,
}

impl Method {
    fn of(p1: u8) -> Result<Self, StatusWord> {
        Ok(match p1 {
            0x00 => Self::Raw,
            0x01 => Self::BareHash,
            0x02 => Self::GivenHash,
            0x03 => Self::Hash,
            0x04 => Self::PssGivenHash,
            0x05 => Self::PssHash,
            _ => return Err(StatusWord::WRONG_P1_P2),
        })
    }

    fn takes(self, length: usize) -> bool {
        match self {
            Self::Raw => (1..=245).contains(&length),
            Self::GivenHash | Self::PssGivenHash => length == 32,
            Self::BareHash | Self::Hash | Self::PssHash => (1..=255).contains(&length),
        }
    }
}

impl<'a> Machine<'a> {
    /// `80 2A P1 P2`: one VERIFY serves any number of signatures; the answer comes in one piece.
    ///
    /// Source: RFC 8017 §8.1.1, §8.2.1 for the two schemes.
    pub(super) fn compute_signature(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> Done {
        let [_, _, p1, p2] = view.header;
        let method = Method::of(p1)?;
        let key = if p2 == 0x00 { Key::Rsa(self.default_key()?) } else { self.chosen_key(p2)? };
        if view.data.is_empty() || view.ne.is_none() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let signature = match key {
            Key::Rsa(key) if method.takes(view.data.len()) => {
                self.sign(method, key, view.data).ok()
            }
            Key::Rsa(_) => None,
            Key::P256(key) => curves::sign_p256(key, p1, view.data)?,
            Key::P384(key) => curves::sign_p384(key, p1, view.data)?,
        };
        let signature = signature.ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        fits(view, &signature)?;
        out.reserve_exact(signature.len() + 2);
        out.extend_from_slice(&signature);
        Ok(())
    }

    /// `00 88 00 99`: sha256WithRSA over 1 to 255 bytes with the one key for it, in 共通カードAP.
    pub(super) fn internal_authenticate(
        &mut self,
        view: &CommandView<'_>,
        out: &mut Vec<u8>,
    ) -> Done {
        match self.here()? {
            ApplicationName::Common => (),
            ApplicationName::Jpki => return Err(StatusWord::SECURITY_NOT_SATISFIED),
            ApplicationName::CardFace
            | ApplicationName::TextInput
            | ApplicationName::Resident
            | ApplicationName::IssuerSecurityDomain => {
                return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
            }
        }
        let [_, _, p1, p2] = view.header;
        if p1 != 0x00 {
            return Err(StatusWord::WRONG_P1_P2);
        }
        let file = self.target(Target::of(p2)?)?;
        let Content::OwnKey = &file.content else {
            return Err(self.layout.questions.wrong_kind_of_file);
        };
        if view.data.is_empty() || view.ne.is_none() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let key = self.layout.own_key.as_deref().ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        let signature = self.sign(Method::Hash, key, view.data);
        let signature = signature.map_err(|_| StatusWord::CONDITIONS_NOT_SATISFIED)?;
        fits(view, &signature)?;
        out.extend(signature);
        Ok(())
    }

    /// The card's own key, which needs no PIN, where the application has it.
    fn default_key(&self) -> Result<&'a RsaSigner, StatusWord> {
        let key = self
            .layout
            .own_key
            .as_deref()
            .filter(|_| self.application().is_ok_and(|application| application.own_key));
        key.ok_or(StatusWord::REFERENCE_NOT_FOUND)
    }

    fn chosen_key(&mut self, p2: u8) -> Result<Key<'a>, StatusWord> {
        let file = self.target(Target::of(p2)?)?;
        let Content::SigningKey(key) = &file.content else {
            return Err(self.layout.questions.wrong_kind_of_file);
        };
        if !self.stands_open(file) {
            self.allowed(file)?;
        }
        let own = self.layout.own_key.as_deref();
        match (own, key) {
            (Some(own), Some(_)) if self.faults.has(Fault::WrongKey) => Ok(Key::Rsa(own)),
            (_, Some(CardKey::Rsa(key))) => Ok(Key::Rsa(key)),
            (_, Some(CardKey::P256(key))) => Ok(Key::P256(key)),
            (_, Some(CardKey::P384(key))) => Ok(Key::P384(key)),
            (_, None) => Err(StatusWord::REFERENCE_NOT_FOUND),
        }
    }

    /// The fault of a user-authentication key that asks for nothing.
    fn stands_open(&self, file: &File) -> bool {
        self.faults.has(Fault::OpenKey)
            && file.id == jpki::USER_KEY
            && self.here() == Ok(ApplicationName::Jpki)
    }

    fn sign(&mut self, method: Method, key: &RsaSigner, data: &[u8]) -> rsa::Result<Vec<u8>> {
        match method {
            Method::Raw => key.sign_as_given(data),
            Method::BareHash => key.sign_as_given(&Sha256::digest(data)),
            Method::GivenHash => key.sign_hash(data),
            Method::Hash => key.sign_hash(&Sha256::digest(data)),
            Method::PssGivenHash => self.sign_pss(key, data),
            Method::PssHash => self.sign_pss(key, &Sha256::digest(data)),
        }
    }

    /// The salt comes from the card's seeded generator, so that a run can be repeated.
    fn sign_pss(&mut self, key: &RsaSigner, hash: &[u8]) -> rsa::Result<Vec<u8>> {
        key.key().sign_with_rng(self.random, Pss::<Sha256>::new(), hash)
    }
}

/// A shorter Le gets nothing: this card never gives 61xx or 6Cxx.
fn fits(view: &CommandView<'_>, signature: &[u8]) -> Done {
    match view.ne.map(usize::try_from) {
        Some(Ok(ne)) if ne < signature.len() => Err(StatusWord::WRONG_LENGTH),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_signing_input() {
        for (p1, fits, does_not) in [
            (0x00, [1, 245], [0, 246]),
            (0x01, [1, 255], [0, 256]),
            (0x02, [32, 32], [31, 33]),
            (0x03, [1, 255], [0, 256]),
            (0x04, [32, 32], [31, 33]),
            (0x05, [1, 255], [0, 256]),
        ] {
            let method = Method::of(p1).unwrap();
            assert!(fits.iter().all(|length| method.takes(*length)), "P1 {p1:02X}");
            assert!(!does_not.iter().any(|length| method.takes(*length)), "P1 {p1:02X}");
        }
        assert_eq!(Method::of(0x06), Err(StatusWord::WRONG_P1_P2));
    }
}
