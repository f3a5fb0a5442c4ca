//! The terminal's side of secure messaging, written from the published measurements and not from the card.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

use aes::Aes128;
use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::{BoxedUint, Oaep, RsaPublicKey};
use sha2::Sha256;
use sim_card::apdu::{CommandApdu, ResponseApdu};
use sim_card::{Card, tlv};

/// The 32 bytes a terminal makes up.
pub const MATERIAL: [u8; 32] = *b"session material, 32 bytes long.";

/// SET SESSION KEY for a message under the key of EF 0006.
pub fn set_session_key(file_0006: &[u8], message: &[u8]) -> Vec<u8> {
    let (outer, _) = tlv::read(file_0006).unwrap();
    let number = |tag| {
        let value = tlv::find(outer.value, tag).unwrap().unwrap().value;
        BoxedUint::from_be_slice(value, value.len() as u32 * 8).unwrap()
    };
    let key = RsaPublicKey::new(number(0x91), number(0x90)).unwrap();
    let mut random = ChaCha20Rng::from_seed([3; 32]);
    let delivered = key.encrypt(&mut random, Oaep::<Sha256>::new(), message).unwrap();
    CommandApdu::new([0x80, 0xAE, 0x00, 0x00], delivered, None).to_bytes()
}

/// The message that carries the material as the encryption key.
pub fn delivery() -> Vec<u8> {
    [&[0xA0, 34, 0x80, 32], &MATERIAL[..]].concat()
}

/// A terminal in a session; block by block, so that nothing but the cipher itself is shared with the card.
pub struct Terminal {
    cipher: Aes128,
    pub number: u32,
}

impl Terminal {
    pub fn new() -> Self {
        Self { cipher: Aes128::new_from_slice(&MATERIAL[..16]).unwrap(), number: 1 }
    }

    fn vector(&self) -> [u8; 16] {
        let mut block: Block<Aes128> = u128::from(self.number).to_be_bytes().into();
        self.cipher.encrypt_block(&mut block);
        block.into()
    }

    /// Object 86 around the padded and encrypted data, for the next command's number.
    pub fn object(&self, plain: &[u8]) -> Vec<u8> {
        let mut padded = [plain, &[0x80]].concat();
        padded.resize(padded.len().next_multiple_of(16), 0);
        let (mut before, mut value) = (self.vector(), vec![0x01]);
        for chunk in padded.chunks(16) {
            let mixed: [u8; 16] = std::array::from_fn(|at| chunk[at] ^ before[at]);
            let mut block: Block<Aes128> = mixed.into();
            self.cipher.encrypt_block(&mut block);
            before = block.into();
            value.extend_from_slice(&before);
        }
        let mut object = Vec::new();
        tlv::write(&mut object, 0x86, &value);
        object
    }

    /// What stands in an answer's object 86.
    pub fn plain(&self, answer: &[u8]) -> Vec<u8> {
        let (object, rest) = tlv::read(answer).unwrap();
        assert_eq!((object.tag, object.value[0], rest), (0x86, 0x01, &[][..]));
        let (mut before, mut out) = (self.vector(), Vec::new());
        for chunk in object.value[1..].chunks(16) {
            let mut block: Block<Aes128> = <[u8; 16]>::try_from(chunk).unwrap().into();
            self.cipher.decrypt_block(&mut block);
            out.extend((0..16).map(|at| block[at] ^ before[at]));
            before = chunk.try_into().unwrap();
        }
        let end = out.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(out.split_off(end)[0], 0x80);
        out
    }

    /// A secured command with encrypted data; steps the number.
    pub fn command(&mut self, [ins, p1, p2]: [u8; 3], plain: &[u8]) -> Vec<u8> {
        let object = self.object(plain);
        self.number += 1;
        CommandApdu::new([0x08, ins, p1, p2], object, None).to_bytes()
    }

    /// Secured READ BINARY of the current EF and the plain bytes, or the refusal; steps the number.
    pub fn read(&mut self, card: &mut Card, offset: u16, length: u16) -> Result<Vec<u8>, u16> {
        let [p1, p2] = offset.to_be_bytes();
        let [high, low] = length.to_be_bytes();
        let object = [0x96, 0x03, 0x00, high, low];
        let command = CommandApdu::new([0x08, 0xB0, p1, p2], object, Some(65_536));
        let answer = ResponseApdu::parse(&card.transmit(&command.to_bytes())).unwrap();
        let outcome = match answer.sw.0 {
            0x9000 => Ok(self.plain(&answer.data)),
            refusal => Err(refusal),
        };
        self.number += 1;
        outcome
    }
}
