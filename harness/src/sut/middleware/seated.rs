//! A card in the product's reader, as the bench's reader speaks to it: each step is an order to the product.

use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use sim_card::apdu::StatusWord;
use sim_reader::ChannelError;
use sim_reader::card_client::{
    CardError, CardFront, CardMiddleware, FaceFiles, PhoneKind, Pin, PinAnswer, PinCounter,
    Recognised, TerminalCredential,
};
use sim_reader::institution::protocol::{Reply, Status};
use sim_reader::reader_link::Bytes;

use super::Middleware;
use super::protocol::{
    Certificate, Challenge, Op, PinChecked, Presence, Record, Refusal, Signature, Token, TokenKind,
    Tries, code,
};
use crate::error::BenchError;
use crate::sut::vpcd::Slot;

/// Told once the card is recognised, with the number of commands that took.
pub type OnceRecognised = Box<dyn FnOnce(u32) + Send>;

/// A card in the product's reader.
pub struct Seated<'m> {
    middleware: &'m mut Middleware,
    slot: Slot<'m>,
    once_recognised: Option<OnceRecognised>,
    trouble: Option<BenchError>,
}

impl<'m> Seated<'m> {
    pub(super) fn new(middleware: &'m mut Middleware, slot: Slot<'m>) -> Self {
        Self { middleware, slot, once_recognised: None, trouble: None }
    }

    /// The same, and somebody who waits until the card is recognised: before the first order of another kind.
    #[must_use]
    pub fn telling(self, once_recognised: Option<OnceRecognised>) -> Self {
        Self { once_recognised, ..self }
    }

    /// What kept the bench from seeing what the product does, if anything did.
    pub fn trouble(self) -> Option<BenchError> {
        self.trouble
    }

    /// What the product brings. Where it brings nothing that the bench can judge, the reader meets a card that is mute, and the
    /// visit counts for nothing.
    fn order<T: DeserializeOwned>(&mut self, step: &'static str, op: Op) -> Result<T, CardError> {
        let recognising = matches!(op, Op::Recognise | Op::HasCertificate);
        if !recognising && let Some(told) = self.once_recognised.take() {
            told(self.slot.commands);
        }
        let reply = match self.middleware.order(op, Some(&mut self.slot)) {
            Ok(reply) => reply,
            Err(error) => return Err(self.troubled(error)),
        };
        match self.card_said(step, &reply) {
            Some(error) => Err(error),
            None => self.middleware.must(&reply).map_err(|error| self.troubled(error)),
        }
    }

    /// A reply that tells of the card: that it refused, is gone, or cannot be read.
    fn card_said(&self, step: &'static str, reply: &Reply) -> Option<CardError> {
        match (reply.status, reply.error_code.as_deref()) {
            (Status::Rejected, _) => {
                let sw = reply.body::<Refusal>().ok()?.status_word()?;
                Some(CardError::Refused { step, sw: StatusWord(sw) })
            }
            (Status::Error, Some(code::REMOVED)) => Some(CardError::Channel(ChannelError::Removed)),
            (Status::Error, Some(code::MUTE)) => Some(CardError::Channel(ChannelError::Mute)),
            (Status::Error, Some(code::UNREADABLE)) => Some(CardError::Unreadable { step }),
            (Status::Ok | Status::Unsupported | Status::Error, _) => None,
        }
    }

    fn troubled(&mut self, error: BenchError) -> CardError {
        self.trouble.get_or_insert(error);
        CardError::Channel(ChannelError::Mute)
    }

    fn done(&mut self, step: &'static str, op: Op) -> Result<(), CardError> {
        self.order::<Nothing>(step, op).map(|Nothing {}| ())
    }
}

/// A reply that brings nothing.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

impl CardMiddleware for Seated<'_> {
    fn recognise(&mut self) -> Result<Recognised, CardError> {
        let Token { token, serial } = self.order("token information", Op::Recognise)?;
        let token_information = serial.unwrap_or_default().into_bytes();
        Ok(match token {
            TokenKind::Card => Recognised::MyNumberCard { token_information },
            TokenKind::Android => Recognised::Phone { kind: PhoneKind::Android, token_information },
            TokenKind::Iphone => Recognised::Phone { kind: PhoneKind::Iphone, token_information },
            TokenKind::Other => Recognised::Foreign,
        })
    }

    fn has_user_certificate(&mut self) -> Result<bool, CardError> {
        let Presence { present } = self.order("certificate presence", Op::HasCertificate)?;
        Ok(present)
    }

    fn certificate(&mut self) -> Result<Option<Vec<u8>>, CardError> {
        let Certificate { certificate } =
            self.order("the user-authentication certificate", Op::Certificate)?;
        Ok(certificate.map(|Bytes(der)| der))
    }

    fn pin_counter(&mut self) -> Result<PinCounter, CardError> {
        let Tries { tries_left } = self.order("the PIN counter", Op::TriesLeft)?;
        Ok(match tries_left {
            None => PinCounter::NoPin,
            Some(0) => PinCounter::Blocked,
            Some(left) => PinCounter::Left(left),
        })
    }

    fn verify_pin(&mut self, pin: &Pin) -> Result<PinAnswer, CardError> {
        let pin = pin.digits().to_owned();
        let PinChecked { right, tries_left } = self.order("the PIN", Op::VerifyPin { pin })?;
        Ok(match (right, tries_left) {
            (true, _) => PinAnswer::Right,
            (false, Some(0) | None) => PinAnswer::Blocked,
            (false, Some(left)) => PinAnswer::Wrong { left },
        })
    }

    fn face_files(&mut self, front: &CardFront) -> Result<FaceFiles, CardError> {
        let reference_number = front.reference_number_b();
        let Record { record: Bytes(record), issuer_certificate: Bytes(issuer_certificate) } =
            self.order("the face record", Op::FaceRecord { reference_number })?;
        Ok(FaceFiles { record, issuer_certificate })
    }

    /// The terminal's key stays with the reader: the product carries the certificate there and the challenge back.
    fn authenticate_terminal(&mut self, own: &TerminalCredential) -> Result<(), CardError> {
        const STEP: &str = "terminal authentication";
        let certificate = Bytes(own.certificate.clone());
        let Challenge { challenge: Bytes(challenge) } =
            self.order(STEP, Op::ShowTerminal { certificate })?;
        self.done(STEP, Op::ProveTerminal { signature: Bytes(own.prove(&challenge)?) })
    }

    fn sign(&mut self, challenge: &[u8]) -> Result<Vec<u8>, CardError> {
        let digest = Bytes(Sha256::digest(challenge).to_vec());
        let Signature { signature: Bytes(signature) } =
            self.order("the signature", Op::Sign { digest })?;
        Ok(signature)
    }

    fn select_jpki(&mut self) -> Result<(), CardError> {
        self.done("the JPKI application", Op::Select)
    }

    fn end_session(&mut self) -> Result<(), CardError> {
        self.done("the end of the session", Op::EndSession)
    }
}
