//! What the model says of commands that verify, change or use a key or a value.

use std::sync::LazyLock;

use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest, Sha256};
use sim_card::PinName;
use sim_card::apdu::CommandView;

use super::tables::{COMMON, FACE, JPKI, TEXT};
use super::{Done, Model, Open, Refused, RefusedWith, Saying};
use crate::laws::Book;
use crate::support;

static USER_KEY: LazyLock<RsaPublicKey> = LazyLock::new(|| support::user_key().to_public_key());
static SIGNATURE_KEY: LazyLock<RsaPublicKey> =
    LazyLock::new(|| support::signature_key().to_public_key());
static TERMINAL_KEY: LazyLock<RsaPublicKey> =
    LazyLock::new(|| support::terminal_key().to_public_key());

impl Model {
    /// The reference that P2 of VERIFY and its like means, if P1 is right.
    pub(super) fn named(&mut self, view: &CommandView<'_>, p1: u8) -> Option<(u8, PinName)> {
        let [_, _, sent, p2] = view.header;
        let id = match p2 {
            _ if sent != p1 => return None,
            0x80 => self.target(None)?,
            0x81..=0x9E => self.target(Some(p2 & 0x1F))?,
            _ => return None,
        };
        Some((id, self.reference(Some(id))?))
    }

    pub(super) fn verify(&mut self, book: &Book, view: &CommandView<'_>) -> Saying {
        let Some((id, pin)) = self.named(view, 0x00) else { return Refused };
        if view.ne.is_some() || view.data.len() > 16 {
            return RefusedWith(0x6700);
        }
        let left = book.tries(pin);
        if view.data.is_empty() {
            return RefusedWith(0x63C0 | u16::from(left));
        }
        self.rights.remove(&id);
        if left == 0 {
            return RefusedWith(0x6984);
        }
        if view.data != book.value(pin) {
            return RefusedWith(0x63C0 | u16::from(left - 1));
        }
        self.rights.insert(id);
        Done
    }

    pub(super) fn change(
        &mut self,
        book: &mut Book,
        view: &CommandView<'_>,
        p1: u8,
        key: bool,
    ) -> Saying {
        let Some((id, pin)) = self.named(view, p1) else { return Refused };
        let with_change_key = matches!(pin, PinName::Common | PinName::Resident);
        let allowed = self.rights.contains(&id) && with_change_key == key;
        if !allowed || view.ne.is_some() || !well_formed(pin, view.data) {
            return Refused;
        }
        book.changed(pin, view.data);
        Done
    }

    pub(super) fn challenge(&mut self, view: &CommandView<'_>, answer: &[u8]) -> Saying {
        let (Some(ne), [], [_, _, 0, 0], false) = (view.ne, view.data, view.header, view.extended)
        else {
            return Refused;
        };
        assert_eq!(answer.len(), ne as usize, "GET CHALLENGE gives what is asked for");
        self.challenge = (ne == 16).then(|| answer.to_vec());
        Done
    }

    pub(super) fn internal(&mut self, view: &CommandView<'_>) -> Saying {
        let [_, _, p1, p2] = view.header;
        if self.application != COMMON || p1 != 0 {
            return Refused;
        }
        let id = match p2 {
            0x80 => self.target(None),
            0x81..=0x9E => self.target(Some(p2 & 0x1F)),
            _ => None,
        };
        let fits = view.ne.is_some_and(|ne| ne >= 256) && !view.data.is_empty();
        if id == Some(0x19) && fits { Done } else { Refused }
    }

    pub(super) fn sign(&mut self, view: &CommandView<'_>, answer: &[u8]) -> Saying {
        let [_, _, p1, p2] = view.header;
        let fits = match p1 {
            0x00 => (1..=245).contains(&view.data.len()),
            0x02 | 0x04 => view.data.len() == 32,
            0x01 | 0x03 | 0x05 => (1..=255).contains(&view.data.len()),
            _ => return RefusedWith(0x6A86),
        };
        let fits = fits && view.ne.is_some_and(|ne| ne >= 256);
        let sfi = match p2 {
            0x00 if matches!(self.application, FACE | TEXT) => {
                return if fits { Done } else { Refused };
            }
            0x80 => None,
            0x81..=0x9E => Some(p2 & 0x1F),
            _ => return Refused,
        };
        let Some(id) = self.target(sfi) else { return Refused };
        let (key, open) = match (self.application, id) {
            (JPKI, 0x17) => (&*USER_KEY, self.terminal || self.rights.contains(&0x18)),
            (JPKI, 0x1A) => (&*SIGNATURE_KEY, self.rights.contains(&0x1B)),
            _ => return Refused,
        };
        if !open {
            return RefusedWith(0x6982);
        }
        if !fits {
            return Refused;
        }
        if p1 == 0x00 {
            let verified = key.verify(Pkcs1v15Sign::new_unprefixed(), view.data, answer);
            assert!(verified.is_ok(), "the signature does not verify");
        }
        Done
    }

    /// What becomes of a terminal's certificate is the answer's affair; a good one is good only where it belongs.
    pub(super) fn certificate(&mut self, view: &CommandView<'_>, status: u16) -> Saying {
        if self.application != JPKI || view.header[2..] != [0x00, 0x80] {
            return Refused;
        }
        match status {
            0x9000 => self.certificate = true,
            0x6982 => self.certificate = false,
            _ => (),
        }
        Open
    }

    pub(super) fn proof(&mut self, view: &CommandView<'_>) -> Saying {
        if view.header[2..] != [0x00, 0x80] || view.data.is_empty() || view.ne.is_some() {
            return Refused;
        }
        let Some(challenge) = self.challenge.take() else { return Refused };
        if !self.certificate {
            return Refused;
        }
        let digest = Sha256::digest(&challenge);
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        self.terminal = TERMINAL_KEY.verify(scheme, &digest, view.data).is_ok();
        if self.terminal { Done } else { RefusedWith(0x6300) }
    }
}

/// The form of a new value.
fn well_formed(pin: PinName, value: &[u8]) -> bool {
    let digits = value.len() == 4 && value.iter().all(u8::is_ascii_digit);
    match pin {
        PinName::UserAuthentication
        | PinName::TextInput
        | PinName::TextInputSpare
        | PinName::Common
        | PinName::Resident => digits,
        PinName::DigitalSignature => {
            let fit = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            (6..=16).contains(&value.len()) && value.iter().all(fit)
        }
        PinName::BirthDate
        | PinName::ReferenceNumberA
        | PinName::ReferenceNumberB
        | PinName::TextReferenceNumberA
        | PinName::TextReferenceNumberB => false,
    }
}
