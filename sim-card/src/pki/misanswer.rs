//! Shapes an answer as a behaviour asks: what is wrong about it is wrong in exactly one place.

use der::asn1::{BitString, OctetString};
use jiff::{SignedDuration, Timestamp};

use super::{
    authority::AuthorityError,
    behaviour::ResponderBehaviour,
    generation::Hierarchy,
    ocsp::{OcspDraft, encode, refusal},
    ocsp_wire::{OcspResponseStatus, ResponseData},
};

/// How old a stale answer is.
const STALE_BY: SignedDuration = SignedDuration::from_hours(48);

impl ResponderBehaviour {
    /// The moment whose truth is told at `at`.
    pub(crate) fn tells_of(self, at: Timestamp) -> Timestamp {
        if self == Self::Stale { at.checked_sub(STALE_BY).unwrap_or(Timestamp::MIN) } else { at }
    }
}

impl OcspDraft {
    /// Signs and encodes as `behaviour` asks. Waiting and silence are the server's affair: here they answer as [`Self::sign`].
    pub fn sign_as(self, behaviour: ResponderBehaviour) -> Vec<u8> {
        let broken = |_: AuthorityError| refusal(OcspResponseStatus::InternalError);
        match behaviour {
            ResponderBehaviour::Answering
            | ResponderBehaviour::Silent
            | ResponderBehaviour::Delayed { .. }
            | ResponderBehaviour::Stale => self.sign(),
            ResponderBehaviour::TryLater => refusal(OcspResponseStatus::TryLater),
            ResponderBehaviour::InternalError => refusal(OcspResponseStatus::InternalError),
            ResponderBehaviour::PreSigned | ResponderBehaviour::NonceDropped => {
                self.altered(without_nonce).sign()
            }
            ResponderBehaviour::NonceWrong => self.altered(other_nonce).sign(),
            ResponderBehaviour::Malformed => halved(self.sign()),
            ResponderBehaviour::Unsigned => {
                self.with_signature(|_| Vec::new()).unwrap_or_else(broken)
            }
            ResponderBehaviour::BadSignature => self
                .with_signature(|right| right.iter().rev().copied().collect())
                .unwrap_or_else(broken),
            ResponderBehaviour::WrongSigner => self.by_stranger().unwrap_or_else(broken),
            ResponderBehaviour::ExpiredResponder => self.by_expired().unwrap_or_else(broken),
        }
    }

    fn altered(mut self, alter: impl Fn(&mut ResponseData)) -> Self {
        self.answer.iter_mut().for_each(alter);
        self
    }

    fn with_signature(self, alter: impl Fn(&[u8]) -> Vec<u8>) -> Result<Vec<u8>, AuthorityError> {
        let Ok(data) = self.answer else { return Ok(self.sign()) };
        let mut basic = self.hierarchy.responder(self.ca).basic(data)?;
        basic.signature = BitString::from_bytes(&alter(basic.signature.raw_bytes()))?;
        Ok(encode(&basic)?)
    }

    fn by_stranger(self) -> Result<Vec<u8>, AuthorityError> {
        let Ok(data) = self.answer else { return Ok(self.sign()) };
        let stranger = Hierarchy::of(self.hierarchy.generation.stranger())?;
        Ok(encode(&stranger.responder(self.ca).basic(data)?)?)
    }

    fn by_expired(self) -> Result<Vec<u8>, AuthorityError> {
        let Ok(data) = self.answer else { return Ok(self.sign()) };
        Ok(encode(&self.hierarchy.expired_responder(self.ca).basic(data)?)?)
    }
}

fn without_nonce(data: &mut ResponseData) {
    data.response_extensions = None;
}

/// Every bit of the nonce's bytes is turned; the header of the OCTET STRING inside stays.
fn other_nonce(data: &mut ResponseData) {
    for nonce in data.response_extensions.iter_mut().flatten() {
        let mut bytes = nonce.extn_value.as_bytes().to_vec();
        let header = if bytes.len() > 2 { 2 } else { 0 };
        bytes.iter_mut().skip(header).for_each(|byte| *byte = !*byte);
        if let Ok(turned) = OctetString::new(bytes) {
            nonce.extn_value = turned;
        }
    }
}

fn halved(mut answer: Vec<u8>) -> Vec<u8> {
    answer.truncate(answer.len() / 2);
    answer
}
