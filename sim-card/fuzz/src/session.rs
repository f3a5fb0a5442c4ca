//! The terminal's knowledge of a secure session: what a secured command says, and what its answer says.

use std::sync::LazyLock;

use aes::Aes128;
use aes::cipher::block_padding::{Iso7816, NoPadding};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sim_card::tlv;

use crate::secure_client::{MATERIAL, delivery, set_session_key};
use crate::support;

/// The one SET SESSION KEY that opens a session, and one with a message that does not. Encrypted once: the cards are alike.
pub static DELIVERIES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let mut card = support::card();
    for command in [support::SELECT_TEXT, "00200091 04 31323334", "00A4020C 02 0006"] {
        card.transmit(&support::bytes(command));
    }
    let key = support::read_all(&mut card);
    [set_session_key(&key, &delivery()), set_session_key(&key, b"no key")]
});

/// What was encrypted with the session's key for the command of this number, if anything was.
pub fn decrypt(number: u32, cryptogram: &[u8]) -> Option<Vec<u8>> {
    let key: [u8; 16] = *MATERIAL.first_chunk()?;
    let block = u128::from(number).to_be_bytes();
    let vector = cbc::Encryptor::<Aes128>::new(&key.into(), &[0; 16].into())
        .encrypt_padded_vec::<NoPadding>(&block);
    let vector: [u8; 16] = vector.try_into().ok()?;
    let decryptor = cbc::Decryptor::<Aes128>::new(&key.into(), &vector.into());
    decryptor.decrypt_padded_vec::<Iso7816>(cryptogram).ok()
}

/// The one object in a data field.
pub fn object(data: &[u8]) -> Option<(u32, &[u8])> {
    let (object, rest) = tlv::read(data).ok()?;
    rest.is_empty().then_some((object.tag, object.value))
}

/// Bytes of the object around an answer of so many.
pub fn secured_length(plain: usize) -> usize {
    let value = 1 + (plain / 16 + 1) * 16;
    let length = match value {
        0..=0x7F => 1,
        0x80..=0xFF => 2,
        _ => 3,
    };
    1 + length + value
}
