//! The bytes of commands, and which values they are mostly drawn from.

use sim_card::apdu::CommandApdu;

use crate::model::tables::OBJECTS;

/// A command with the shortest length fields.
pub fn encoded(header: [u8; 4], data: &[u8], ne: Option<u32>) -> Vec<u8> {
    CommandApdu::new(header, data, ne).to_bytes()
}

/// The same with length fields of the extended form, however short the command is.
pub fn lengthened(header: [u8; 4], data: &[u8], ne: Option<u32>) -> Vec<u8> {
    let mut out = header.to_vec();
    if !data.is_empty() || ne.is_some() {
        out.push(0);
    }
    if let (Ok(length), false) = (u16::try_from(data.len()), data.is_empty()) {
        out.extend(length.to_be_bytes());
        out.extend(data);
    }
    // 65 536 is written as 0000.
    out.extend(ne.iter().flat_map(|ne| ne.to_be_bytes().into_iter().skip(2)));
    out
}

/// P2 for the current EF or a short identifier.
pub fn p2(sfi: Option<u8>) -> u8 {
    0x80 | sfi.unwrap_or(0)
}

/// A tag that is known, in three cases of four.
pub fn object(tag: u16) -> u16 {
    if tag < 0xC000 { OBJECTS[usize::from(tag) % OBJECTS.len()] } else { tag }
}

/// A class byte, mostly one that means something.
pub fn class(byte: u8) -> u8 {
    match byte {
        0x00..=0x7F => 0x00,
        0x80..=0xD7 => 0x80,
        0xD8..=0xDF => 0x08,
        0xE0..=0xE7 => 0x0C,
        0xE8..=0xFF => byte,
    }
}

/// An instruction byte, mostly one that means something.
pub fn instruction(byte: u8) -> u8 {
    const KNOWN: [u8; 20] = [
        0xA4, 0xB0, 0xB2, 0x20, 0x24, 0x32, 0x2A, 0x82, 0x84, 0x88, 0xCA, 0xA2, 0xAE, 0xFC, 0x8A,
        0x50, 0x52, 0x54, 0x06, 0xC0,
    ];
    if byte < 0xF0 { KNOWN[usize::from(byte) % KNOWN.len()] } else { byte }
}

/// What a command costs of a script's purse: a signature or a decryption three, a check of a signature one.
pub fn price(command: &[u8]) -> u8 {
    match command {
        [0x80, 0x2A | 0xAE, ..] | [0x00, 0x88, ..] => 3,
        [0x80, 0xA2, ..] | [0x00, 0x82, ..] => 1,
        _ => 0,
    }
}
