//! Terminal authentication. **Bench profile**: how a real card lets an approved terminal use the
//! user-authentication key without a PIN is not public. This is our own invention in its place:
//!
//! 1. `80 A2 00 80` with a 568-byte card-verifiable certificate, checked with the key of EF 0016;
//! 2. GET CHALLENGE for 16 bytes;
//! 3. `00 82 00 80` EXTERNAL AUTHENTICATE with the terminal's sha256WithRSA signature over them.
//!
//! Key 0017 then signs without VERIFY until the application is left or power ends.

use rsa::{BoxedUint, RsaPublicKey};

use super::machine::{Done, Machine};
use crate::apdu::{CommandView, StatusWord};
use crate::apps::jpki;
use crate::files::{ApplicationName, Content, Right};
use crate::rsa_signing::verifies;
use crate::tlv;

impl<'a> Machine<'a> {
    /// `80 A2 00 80`. P1-P2 of 0000, 00AE, 8000 and 00B6 are refused by the real card too.
    pub(super) fn terminal_certificate(&mut self, view: &CommandView<'_>) -> Done {
        let [_, _, p1, p2] = view.header;
        if (p1, p2) != (0x00, 0x80) {
            return Err(StatusWord::WRONG_P1_P2);
        }
        if view.data.is_empty() || view.ne.is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let authority = self.terminal_authority()?;
        let certificate = Certificate::read(view.data).ok_or(StatusWord::WRONG_DATA)?;
        self.volatile.terminal = None;
        if !verifies(authority, certificate.body, certificate.signature) {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        self.volatile.terminal = Some(certificate.key);
        Ok(())
    }

    /// `00 82 00 80`. The challenge serves once, whatever comes of it.
    pub(super) fn external_authenticate(&mut self, view: &CommandView<'_>) -> Done {
        let [_, _, p1, p2] = view.header;
        if (p1, p2) != (0x00, 0x80) {
            return Err(StatusWord::WRONG_P1_P2);
        }
        if view.data.is_empty() || view.ne.is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let challenge = self.volatile.challenge.take();
        let challenge = challenge.ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        let terminal = self.volatile.terminal.as_ref();
        let terminal = terminal.ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        let proved = verifies(terminal, &challenge, view.data);
        if proved {
            self.volatile.rights.grant(Right::ApprovedTerminal);
            Ok(())
        } else {
            self.volatile.rights.revoke(Right::ApprovedTerminal);
            Err(StatusWord::VERIFICATION_FAILED)
        }
    }

    /// The key of EF 0016, if the card has one and its application is current.
    fn terminal_authority(&self) -> Result<&'a RsaPublicKey, StatusWord> {
        let application = self.application()?;
        if application.name != ApplicationName::Jpki {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        let place = application.position(jpki::TERMINAL_AUTHORITY);
        match place.and_then(|place| application.files.get(place)).map(|file| &file.content) {
            Some(Content::TerminalAuthority(Some(key))) => Ok(key),
            _ => Err(StatusWord::REFERENCE_NOT_FOUND),
        }
    }
}

/// A card-verifiable certificate taken apart.
struct Certificate<'a> {
    body: &'a [u8],
    signature: &'a [u8],
    key: RsaPublicKey,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate from a terminal we do not trust; `None` when anything is out of form.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (outer, rest) = tlv::read(bytes).ok()?;
        if outer.tag != 0x7F21 || !rest.is_empty() {
            return None;
        }
        let body = tlv::find(outer.value, 0x5F4E).ok()??.value;
        let signature = tlv::find(outer.value, 0x5F37).ok()??.value;
        // Two 16-byte key ids stand before the key.
        let key = public_key(body.get(32..)?)?;
        Some(Self { body, signature, key })
    }
}

fn public_key(objects: &[u8]) -> Option<RsaPublicKey> {
    let exponent = number(tlv::find(objects, 0x90).ok()??.value)?;
    let modulus = number(tlv::find(objects, 0x91).ok()??.value)?;
    // The crate refuses even moduli, tiny exponents and keys above 4096 bits.
    RsaPublicKey::new(modulus, exponent).ok()
}

fn number(bytes: &[u8]) -> Option<BoxedUint> {
    let bits = u32::try_from(bytes.len()).ok()?.checked_mul(8)?;
    BoxedUint::from_be_slice(bytes, bits).ok()
}
