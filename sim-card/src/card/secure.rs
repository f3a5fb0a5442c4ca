//! Secure messaging of 券面入力補助AP: SET SESSION KEY, and commands of class 08 within the session.
//!
//! The session hides what the card says and is told; nothing is authenticated. The four-digit PIN has to be verified in the
//! clear first. Each secured command has a number, from 1; it makes the initial vector of both directions.
//!
//! Source: what the crate myna-card 3.3.4 publishes of measurements on a card; JICSAP IC card specification v1.1.

use aes::Aes128;
use aes::cipher::block_padding::{Iso7816, NoPadding};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use rsa::traits::PublicKeyParts;
use rsa::{Oaep, RsaPrivateKey};
use sha2::Sha256;

use super::machine::{Done, Machine};
use crate::apdu::{CommandView, StatusWord};
use crate::files::{ApplicationName, Right};
use crate::pin::PinName;
use crate::rsa_signing::RsaSigner;
use crate::tlv;

/// Encrypted data, behind an indicator of their padding.
const CRYPTOGRAM: u32 = 0x86;
/// The length asked for, in the three bytes of an extended Le.
const EXPECTED_LENGTH: u32 = 0x96;
/// Padding of ISO/IEC 7816-4: 80 and as many 00 as fill the block.
const PADDING_INDICATOR: u8 = 0x01;
/// Cipher block and key, in bytes.
const BLOCK: usize = 16;

/// An open session. Its `Debug` form does not tell the key.
#[derive(Clone)]
pub(super) struct Session {
    key: [u8; BLOCK],
    /// Number of the next secured command.
    next: u32,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("next", &self.next).finish_non_exhaustive()
    }
}

impl Session {
    fn new(key: [u8; BLOCK]) -> Self {
        Self { key, next: 1 }
    }

    /// The initial vector of a command: its number on sixteen bytes, encrypted.
    fn initial_vector(&self, number: u32) -> [u8; BLOCK] {
        let zero = [0; BLOCK];
        let block = u128::from(number).to_be_bytes();
        let encryptor = cbc::Encryptor::<Aes128>::new(&self.key.into(), &zero.into());
        let vector = encryptor.encrypt_padded_vec::<NoPadding>(&block);
        vector.try_into().unwrap_or(zero)
    }

    fn encrypt(&self, number: u32, plain: &[u8]) -> Vec<u8> {
        let vector = self.initial_vector(number);
        let encryptor = cbc::Encryptor::<Aes128>::new(&self.key.into(), &vector.into());
        encryptor.encrypt_padded_vec::<Iso7816>(plain)
    }

    /// `None` when no padding comes out: another key, another number, or bytes that were changed.
    fn decrypt(&self, number: u32, cryptogram: &[u8]) -> Option<Vec<u8>> {
        let vector = self.initial_vector(number);
        let decryptor = cbc::Decryptor::<Aes128>::new(&self.key.into(), &vector.into());
        decryptor.decrypt_padded_vec::<Iso7816>(cryptogram).ok()
    }

    /// The number of this command. `None` when there are no more: no number may come twice.
    fn step(&mut self) -> Option<u32> {
        let number = self.next;
        self.next = number.checked_add(1)?;
        Some(number)
    }
}

/// What a secured command says once it is in the clear.
struct Opened {
    number: u32,
    data: Vec<u8>,
    ne: Option<u32>,
}

impl Machine<'_> {
    /// `80 AE 00 00` with RSA-OAEP-SHA256 of `A0 { 80 : 32 bytes }`. The access rule is judged before anything is decrypted.
    ///
    /// Of the 32 bytes AES-128 takes the first 16. The other applications know the command and have no use for it.
    pub(super) fn set_session_key(&mut self, view: &CommandView<'_>) -> Done {
        match self.here()? {
            ApplicationName::TextInput => (),
            ApplicationName::Common | ApplicationName::CardFace => {
                return Err(StatusWord::SECURE_MESSAGING_ABSENT);
            }
            ApplicationName::Jpki
            | ApplicationName::Resident
            | ApplicationName::IssuerSecurityDomain => {
                return Err(StatusWord::SECURITY_NOT_SATISFIED);
            }
        }
        if !self.volatile.rights.holds(Right::Verified(PinName::TextInput)) {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        let key = self.delivered_key(view);
        if key.is_err() && self.layout.questions.refused_key_ends_session {
            self.volatile.session = None;
        }
        self.volatile.session = Some(Session::new(key?));
        Ok(())
    }

    fn delivered_key(&self, view: &CommandView<'_>) -> Result<[u8; BLOCK], StatusWord> {
        let [_, _, p1, p2] = view.header;
        if (p1, p2) != (0x00, 0x00) {
            return Err(StatusWord::WRONG_P1_P2);
        }
        if view.data.is_empty() || view.ne.is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let key = self.layout.own_key.as_deref().map(RsaSigner::key);
        let key = key.ok_or(StatusWord::SECURE_MESSAGING_ABSENT)?;
        if is_out_of_range(key, view.data) {
            return Err(StatusWord::NO_DIAGNOSIS);
        }
        let message = key.decrypt(Oaep::<Sha256>::new(), view.data);
        let key = message.ok().and_then(|message| session_key(&message));
        key.ok_or(StatusWord::WRONG_DATA)
    }

    /// Class 08: one command within the session, its data and its answer encrypted. What the command itself is refused
    /// counts as a command; a wrong object ends the session.
    pub(super) fn secured(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> Done {
        let session = self.volatile.session.as_mut().ok_or(StatusWord::NO_SESSION)?;
        let opened = match open(session, view) {
            Ok(opened) => opened,
            Err(refusal) => return self.broken(refusal),
        };
        let [_, ins, p1, p2] = view.header;
        let plain = CommandView {
            header: [0x00, ins, p1, p2],
            data: &opened.data,
            ne: opened.ne,
            extended: false,
        };
        let session = session.clone();
        match ins {
            0xA4 => self.select(&plain, out)?,
            0xB0 => self.read_binary(&plain, out)?,
            0x20 => self.verify(&plain)?,
            _ => return self.broken(self.layout.questions.unsecured_command),
        }
        if out.is_empty() {
            return Ok(());
        }
        let answer = cryptogram_object(&session.encrypt(opened.number, out));
        out.clear();
        if view.ne.is_none_or(|ne| usize::try_from(ne).is_ok_and(|ne| ne < answer.len())) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        out.extend_from_slice(&answer);
        Ok(())
    }

    /// Class 0C: the session has no key for checksums, so the object it would need is always missing.
    pub(super) fn checksummed(&mut self) -> Done {
        match self.volatile.session {
            Some(_) => self.broken(StatusWord::SECURE_OBJECT_MISSING),
            None => Err(StatusWord::NO_SESSION),
        }
    }

    /// A refusal of secure messaging itself.
    fn broken(&mut self, refusal: StatusWord) -> Done {
        if refusal == StatusWord::SECURE_OBJECT_WRONG
            || self.layout.questions.missing_object_ends_session
        {
            self.volatile.session = None;
        }
        Err(refusal)
    }
}

/// Takes the one data object of a secured command: 96 for READ BINARY, 86 for all others.
fn open(session: &mut Session, view: &CommandView<'_>) -> Result<Opened, StatusWord> {
    const WRONG: StatusWord = StatusWord::SECURE_OBJECT_WRONG;
    if view.data.is_empty() {
        return Err(StatusWord::SECURE_OBJECT_MISSING);
    }
    let (object, rest) = tlv::read(view.data).map_err(|_| WRONG)?;
    if !rest.is_empty() {
        return Err(WRONG);
    }
    let [_, ins, ..] = view.header;
    match (ins, object.tag, object.value) {
        (0xB0, EXPECTED_LENGTH, &[0x00, high, low]) => {
            let ne = Some(length_asked(u16::from_be_bytes([high, low])));
            Ok(Opened { number: session.step().ok_or(WRONG)?, data: Vec::new(), ne })
        }
        (0xB0, ..) => Err(WRONG),
        (_, CRYPTOGRAM, [PADDING_INDICATOR, cryptogram @ ..]) => {
            let number = session.step().ok_or(WRONG)?;
            let data = session.decrypt(number, cryptogram).ok_or(WRONG)?;
            Ok(Opened { number, data, ne: None })
        }
        _ => Err(WRONG),
    }
}

/// Zero asks for all there is.
fn length_asked(le: u16) -> u32 {
    if le == 0 { 65_536 } else { u32::from(le) }
}

fn cryptogram_object(cryptogram: &[u8]) -> Vec<u8> {
    let value = [&[PADDING_INDICATOR], cryptogram].concat();
    let mut object = Vec::with_capacity(value.len() + 4);
    tlv::write(&mut object, CRYPTOGRAM, &value);
    object
}

/// Whether these bytes are no number below the modulus: this the card looks at before it decrypts.
fn is_out_of_range(key: &RsaPrivateKey, delivered: &[u8]) -> bool {
    let modulus = key.n_bytes();
    delivered.len() == modulus.len() && delivered >= modulus.as_ref()
}

/// The key in an opened delivery: exactly `A0 { 80 : 32 bytes }`; the forms with a checksum key (81) are refused.
fn session_key(message: &[u8]) -> Option<[u8; BLOCK]> {
    let (outer, after) = tlv::read(message).ok()?;
    let (inner, rest) = tlv::read(outer.value).ok()?;
    let whole = outer.tag == 0xA0 && inner.tag == 0x80 && after.is_empty() && rest.is_empty();
    let material: &[u8; 32] = inner.value.try_into().ok().filter(|_| whole)?;
    material.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vector_is_the_encrypted_number() {
        let session = Session::new([0x11; BLOCK]);
        assert_ne!(session.initial_vector(1), session.initial_vector(2));
        // From openssl enc -aes-128-ecb.
        assert_eq!(hex::encode(session.initial_vector(1)), "93c25119975f5efca9f4fb08462e7ec5");
    }

    #[test]
    fn no_number_comes_twice() {
        let mut session = Session::new([0; BLOCK]);
        assert_eq!((session.step(), session.step()), (Some(1), Some(2)));
        session.next = u32::MAX;
        assert_eq!((session.step(), session.step()), (None, None));
    }

    #[test]
    fn deliveries() {
        let material = "00112233445566778899AABBCCDDEEFF0123456789ABCDEF0123456789ABCDEF";
        for (message, taken) in [
            (format!("A022 8020 {material}"), true),
            (format!("A022 8120 {material}"), false),
            (format!("A044 8020 {material} 8120 {material}"), false),
            (format!("A022 8020 {material} 00"), false),
            (format!("A122 8020 {material}"), false),
            (format!("8020 {material}"), false),
            ("A012 8010 00112233445566778899AABBCCDDEEFF".to_owned(), false),
            (String::new(), false),
        ] {
            let bytes = hex::decode(message.replace(' ', "")).unwrap();
            let wanted = taken.then(|| bytes[4..20].try_into().unwrap());
            assert_eq!(session_key(&bytes), wanted, "{message}");
        }
    }

    #[test]
    fn debug_does_not_tell_the_key() {
        assert_eq!(format!("{:?}", Session::new([0xAB; BLOCK])), "Session { next: 1, .. }");
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted(
            key: [u8; BLOCK],
            number: u32,
            plain in prop::collection::vec(any::<u8>(), 0..70),
        ) {
            let session = Session::new(key);
            let cryptogram = session.encrypt(number, &plain);
            prop_assert_eq!(cryptogram.len(), plain.len() / BLOCK * BLOCK + BLOCK);
            prop_assert_eq!(session.decrypt(number, &cryptogram), Some(plain));
        }

        #[test]
        fn any_object_is_opened_or_refused(
            ins in prop::sample::select(vec![0xA4u8, 0xB0, 0x20, 0x24]),
            tag in prop::sample::select(vec![0x86u8, 0x96, 0x87]),
            value in prop::collection::vec(any::<u8>(), 0..50),
            raw in prop::collection::vec(any::<u8>(), 0..50),
        ) {
            let mut object = Vec::new();
            tlv::write(&mut object, u32::from(tag), &value);
            for data in [&object[..], &raw] {
                let view = CommandView { header: [8, ins, 0, 0], data, ne: None, extended: false };
                let _ = open(&mut Session::new([7; BLOCK]), &view);
                let _ = session_key(data);
            }
        }
    }
}
