//! Speaks to any My Number Card over a [`CardChannel`], with the few commands a reader needs.
//!
//! What is absent: the files that hold the 12-digit number (券面入力補助AP EF 0001, 券面事項確認AP
//! EF 0005), 照合番号A, the signature certificate (JPKI AP EF 0001), and any command that changes or
//! unblocks a PIN. Nothing in this file can send them.

mod face_record;
mod front;
mod middleware;

use std::fmt;
use std::sync::Arc;

use rsa::RsaPrivateKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sim_card::RsaSigner;
use sim_card::apdu::{CommandApdu, ResponseApdu, StatusWord};
use sim_card::tlv;

use crate::{CardChannel, ChannelError};

pub use face_record::{FaceRecordError, authentic_photo};
pub use front::CardFront;
pub use middleware::CardMiddleware;

/// 公的個人認証AP.
const JPKI_AID: [u8; 10] = [0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
/// 券面事項確認AP.
const CARD_FACE_AID: [u8; 10] = [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02];

/// Elementary files by identifier. Source: the applications' file tables as public clients use them.
const TOKEN_INFORMATION: u16 = 0x0006;
const PRESENCE: u16 = 0x0008;
const USER_CERTIFICATE: u16 = 0x000A;
const USER_KEY: u16 = 0x0017;
const USER_PIN: u16 = 0x0018;
const FACE_RECORD: u16 = 0x0002;
const ISSUER_CERTIFICATE: u16 = 0x0004;
const REFERENCE_NUMBER_B: u16 = 0x0012;

/// The token information is a CK_TOKEN_INFO; it begins with the label.
const TOKEN_INFORMATION_LENGTH: u32 = 160;
const TOKEN_LABEL_LENGTH: usize = 32;
/// The offset of READ BINARY has 15 bits; longer files are nothing a reader wants.
const LONGEST_FILE: usize = 0x7FFF;
/// Bytes of a signature by an RSA key of 2048 bits.
const SIGNATURE: usize = 256;
/// One READ BINARY with a short Le.
const BLOCK: usize = 256;

/// Why a step with the card failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// No response at all.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The card refused.
    #[error("the card answered {sw} to {step}")]
    Refused {
        /// What was asked for.
        step: &'static str,
        /// The card's answer.
        sw: StatusWord,
    },
    /// A file is cut short or not of its form.
    #[error("{step} cannot be read")]
    Unreadable {
        /// What was read.
        step: &'static str,
    },
}

/// What lies on the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// A plastic My Number Card.
    MyNumberCard {
        /// EF 0006 as read, 160 bytes, among them a serial number.
        token_information: Vec<u8>,
    },
    /// A phone that carries the certificates.
    Phone {
        /// Which kind.
        kind: PhoneKind,
        /// EF 0006 as read, 160 bytes.
        token_information: Vec<u8>,
    },
    /// Something else with a chip: another card, or an old 住民基本台帳カード.
    Foreign,
}

/// A phone with スマホ用電子証明書. Row OQS-CARD-04.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhoneKind {
    /// Its certificate is behind a PIN that the reader's keypad takes.
    Android,
    /// It checks its holder itself.
    Iphone,
}

/// The user-authentication PIN (利用者証明用暗証番号) as typed: exactly four digits, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin([u8; 4]);

impl Pin {
    /// `None` unless `entry` is exactly four ASCII digits.
    pub fn new(entry: &str) -> Option<Self> {
        let digits: [u8; 4] = entry.as_bytes().try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The digits, for whoever hands them to the card and to nobody else.
    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(****)")
    }
}

/// The card's own count of wrong PINs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinCounter {
    /// Tries left, at least one.
    Left(u8),
    /// None left; only the municipality can help.
    Blocked,
    /// The card has no PIN (顔認証マイナンバーカード).
    NoPin,
}

/// The card's answer to a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAnswer {
    /// Right; the key may sign.
    Right,
    /// Wrong, `left` tries remain.
    Wrong {
        /// Tries left, at least one.
        left: u8,
    },
    /// Wrong with the last try, or blocked before.
    Blocked,
}

/// The face record as read, not yet trusted.
#[derive(Clone, PartialEq, Eq)]
pub struct FaceFiles {
    /// EF 0002.
    pub record: Vec<u8>,
    /// EF 0004, the issuer's card-verifiable certificate.
    pub issuer_certificate: Vec<u8>,
}

/// With what a reader of an approved verifier (特定利用者証明検証者) makes a card sign without PIN.
///
/// Bench profile: the real procedure is not public.
#[derive(Clone)]
pub struct TerminalCredential {
    /// The terminal's key. Clones share it, and what `fast-crypto` keeps of it.
    signer: Arc<RsaSigner>,
    /// Its card-verifiable certificate, from the authority whose key lies in the card's EF 0016.
    pub certificate: Vec<u8>,
}

impl TerminalCredential {
    /// The credential of this key, with the certificate for it.
    pub fn new(key: RsaPrivateKey, certificate: Vec<u8>) -> Self {
        Self { signer: Arc::new(RsaSigner::new(key)), certificate }
    }

    /// The signature over a card's challenge.
    ///
    /// # Errors
    /// [`CardError::Unreadable`] when the key cannot sign.
    pub fn prove(&self, challenge: &[u8]) -> Result<Vec<u8>, CardError> {
        let signature = self.signer.sign_hash(&Sha256::digest(challenge));
        signature.map_err(|_| CardError::Unreadable { step: "terminal authentication" })
    }
}

impl fmt::Debug for TerminalCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TerminalCredential({} bytes)", self.certificate.len())
    }
}

/// One card from power-up to removal.
pub struct CardClient<'a> {
    channel: &'a mut dyn CardChannel,
    /// No command has been sent since power-up.
    fresh: bool,
    /// The JPKI application was selected last.
    in_jpki: bool,
}

impl<'a> CardClient<'a> {
    /// A client of a card that has just been powered up.
    pub fn new(channel: &'a mut dyn CardChannel) -> Self {
        Self { channel, fresh: true, in_jpki: false }
    }
}

impl CardMiddleware for CardClient<'_> {
    fn recognise(&mut self) -> Result<Recognised, CardError> {
        match self.select_jpki() {
            Ok(()) => {}
            Err(CardError::Refused { .. }) => return Ok(Recognised::Foreign),
            Err(error) => return Err(error),
        }
        let read =
            self.start_of(TOKEN_INFORMATION, TOKEN_INFORMATION_LENGTH, "token information")?;
        // A cut answer is a card that cannot be read, not a card of another kind.
        let label = read.get(..TOKEN_LABEL_LENGTH);
        let label = label.ok_or(CardError::Unreadable { step: "token information" })?;
        Ok(match label.trim_ascii_end() {
            b"JPKIAPICCTOKEN2" => Recognised::MyNumberCard { token_information: read },
            b"JPKIAPGPSETOKEN" => {
                Recognised::Phone { kind: PhoneKind::Android, token_information: read }
            }
            b"JPKIAPIOSTOKEN" => {
                Recognised::Phone { kind: PhoneKind::Iphone, token_information: read }
            }
            _ => Recognised::Foreign,
        })
    }

    fn has_user_certificate(&mut self) -> Result<bool, CardError> {
        if self.send(&CommandApdu::select_file(PRESENCE))?.sw == StatusWord::NOT_FOUND {
            return Ok(true);
        }
        let presence = self.start_of(PRESENCE, 3, "certificate presence")?;
        Ok(presence.get(1) == Some(&0x8F))
    }

    fn certificate(&mut self) -> Result<Option<Vec<u8>>, CardError> {
        const STEP: &str = "the user-authentication certificate";
        let head = self.start_of(USER_CERTIFICATE, 4, STEP)?;
        match head.as_slice() {
            // The length form every certificate of this size has.
            &[0x30, 0x82, high, low] => {
                let total = 4 + usize::from(u16::from_be_bytes([high, low]));
                self.read_current(total, STEP).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn pin_counter(&mut self) -> Result<PinCounter, CardError> {
        const STEP: &str = "the PIN counter";
        // After face mode the other application is current.
        if !self.in_jpki {
            self.select_jpki()?;
        }
        let selected = self.send(&CommandApdu::select_file(USER_PIN))?;
        if selected.sw == StatusWord::NOT_FOUND {
            return Ok(PinCounter::NoPin);
        }
        success(&selected, STEP)?;
        let sw = self.send(&CommandApdu::verify(&[]))?.sw;
        match (sw, sw.tries()) {
            (_, Some(0)) | (StatusWord::REFERENCE_BLOCKED, _) => Ok(PinCounter::Blocked),
            (_, Some(left)) => Ok(PinCounter::Left(left)),
            (StatusWord::REFERENCE_NOT_FOUND, _) => Ok(PinCounter::NoPin),
            _ => Err(CardError::Refused { step: STEP, sw }),
        }
    }

    fn verify_pin(&mut self, pin: &Pin) -> Result<PinAnswer, CardError> {
        self.select(USER_PIN, "the PIN")?;
        self.verify(&pin.0, "the PIN")
    }

    fn face_files(&mut self, front: &CardFront) -> Result<FaceFiles, CardError> {
        const OPEN: &str = "the face record";
        self.in_jpki = false;
        let selected = self.send(&CommandApdu::select_application(&CARD_FACE_AID))?;
        success(&selected, OPEN)?;
        self.select(REFERENCE_NUMBER_B, OPEN)?;
        let number = front.reference_number_b();
        let sw = self.send(&CommandApdu::verify(number.as_bytes()))?.sw;
        if !sw.is_success() {
            return Err(CardError::Refused { step: OPEN, sw });
        }
        let record = self.template(FACE_RECORD, OPEN)?;
        let issuer_certificate = self.template(ISSUER_CERTIFICATE, "the issuer's certificate")?;
        Ok(FaceFiles { record, issuer_certificate })
    }

    fn authenticate_terminal(&mut self, own: &TerminalCredential) -> Result<(), CardError> {
        const STEP: &str = "terminal authentication";
        // SELECT of the application, `80 A2 00 80` with the certificate, a challenge of 16 bytes, `00 82 00 80` with the
        // signature over it: bench profile.
        self.select_jpki()?;
        let shown = CommandApdu::new([0x80, 0xA2, 0x00, 0x80], own.certificate.clone(), None);
        success(&self.send(&shown)?, STEP)?;
        let asked = self.send(&CommandApdu::new([0x00, 0x84, 0x00, 0x00], [], Some(16)))?;
        success(&asked, STEP)?;
        let proof = CommandApdu::new([0x00, 0x82, 0x00, 0x80], own.prove(&asked.data)?, None);
        success(&self.send(&proof)?, STEP)
    }

    fn sign(&mut self, challenge: &[u8]) -> Result<Vec<u8>, CardError> {
        const STEP: &str = "the signature";
        self.select(USER_KEY, STEP)?;
        let answer = self.send(&CommandApdu::compute_signature(&digest_info(challenge)))?;
        success(&answer, STEP)?;
        // A cut answer is a card that cannot be read; nobody is to refuse its signature.
        if answer.data.len() == SIGNATURE {
            Ok(answer.data)
        } else {
            Err(CardError::Unreadable { step: STEP })
        }
    }

    fn select_jpki(&mut self) -> Result<(), CardError> {
        let answer = self.send(&CommandApdu::select_application(&JPKI_AID))?;
        self.in_jpki = answer.sw.is_success();
        success(&answer, "the JPKI application")
    }

    fn end_session(&mut self) -> Result<(), CardError> {
        let answer = self.send(&CommandApdu::new([0x80, 0xFC, 0x00, 0x00], [], None))?;
        success(&answer, "the end of the session")
    }
}

impl CardClient<'_> {
    fn verify(&mut self, value: &[u8], step: &'static str) -> Result<PinAnswer, CardError> {
        let sw = self.send(&CommandApdu::verify(value))?.sw;
        match (sw, sw.tries()) {
            (StatusWord::SUCCESS, _) => Ok(PinAnswer::Right),
            (_, Some(0)) | (StatusWord::REFERENCE_BLOCKED, _) => Ok(PinAnswer::Blocked),
            (_, Some(left)) => Ok(PinAnswer::Wrong { left }),
            _ => Err(CardError::Refused { step, sw }),
        }
    }

    fn select(&mut self, file: u16, step: &'static str) -> Result<(), CardError> {
        success(&self.send(&CommandApdu::select_file(file))?, step)
    }

    /// The first bytes of a file; fewer when the file is shorter.
    fn start_of(&mut self, file: u16, ne: u32, step: &'static str) -> Result<Vec<u8>, CardError> {
        self.select(file, step)?;
        let answer = self.send(&CommandApdu::read_binary(0, ne))?;
        if answer.sw == StatusWord::OFFSET_OUTSIDE {
            return Ok(Vec::new());
        }
        success(&answer, step)?;
        Ok(answer.data)
    }

    /// A whole file that is one BER-TLV object.
    fn template(&mut self, file: u16, step: &'static str) -> Result<Vec<u8>, CardError> {
        let head = self.start_of(file, 7, step)?;
        let header = tlv::Header::read(&head).map_err(|_| CardError::Unreadable { step })?;
        self.read_current(header.total(), step)
    }

    /// `total` bytes of the current file in blocks, the last one with an exact Le.
    fn read_current(&mut self, total: usize, step: &'static str) -> Result<Vec<u8>, CardError> {
        let unreadable = CardError::Unreadable { step };
        if total > LONGEST_FILE {
            return Err(unreadable);
        }
        let mut bytes = Vec::with_capacity(total);
        while bytes.len() < total {
            let offset = u16::try_from(bytes.len()).map_err(|_| unreadable)?;
            let ne = u32::try_from((total - bytes.len()).min(BLOCK)).map_err(|_| unreadable)?;
            let answer = self.send(&CommandApdu::read_binary(offset, ne))?;
            success(&answer, step)?;
            if answer.data.is_empty() || answer.data.len() > BLOCK {
                return Err(unreadable);
            }
            bytes.extend_from_slice(&answer.data);
        }
        bytes.truncate(total);
        Ok(bytes)
    }

    /// One command. The very first one after power-up is sent again once if it brings 6F00.
    fn send(&mut self, command: &CommandApdu) -> Result<ResponseApdu, CardError> {
        let bytes = command.to_bytes();
        let answer = self.exchange(&bytes)?;
        if std::mem::take(&mut self.fresh) && answer.sw == StatusWord::NO_DIAGNOSIS {
            return self.exchange(&bytes);
        }
        Ok(answer)
    }

    fn exchange(&mut self, command: &[u8]) -> Result<ResponseApdu, CardError> {
        let answer = self.channel.transmit(command)?;
        ResponseApdu::parse(&answer).map_err(|_| CardError::Channel(ChannelError::Mute))
    }
}

fn success(answer: &ResponseApdu, step: &'static str) -> Result<(), CardError> {
    let sw = answer.sw;
    if sw.is_success() { Ok(()) } else { Err(CardError::Refused { step, sw }) }
}

/// `DigestInfo` of the SHA-256 value of `message`, DER. Source: RFC 8017 §9.2, note 1.
fn digest_info(message: &[u8]) -> Vec<u8> {
    const SHA256_PREFIX: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let mut info = SHA256_PREFIX.to_vec();
    info.extend_from_slice(&Sha256::digest(message));
    info
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_digits_are_a_pin() {
        for entry in ["", "123", "12345", "12a4", " 123", "１２３４", "-123"] {
            assert_eq!(Pin::new(entry), None, "{entry:?}");
        }
        assert_eq!(format!("{:?}", Pin::new("1234").unwrap()), "Pin(****)");
    }

    #[test]
    fn the_digest_info_is_51_bytes_and_ends_in_the_hash() {
        let info = digest_info(b"");
        assert_eq!(info.len(), 51);
        assert!(info.ends_with(&Sha256::digest(b"")));
    }
}
