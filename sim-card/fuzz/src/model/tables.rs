//! The card's published tables: applications, EFs, what opens them, references, data objects.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sim_card::PinName;

use crate::support::{self, BIRTH_KEY, NUMBER_A, NUMBER_B, PASSWORD, PIN};

/// AIDs in the order in which a part of one is looked for.
pub const APPLICATIONS: [&str; 6] = [
    "A0000001510000",
    "D392F000260100000001",
    "D3921000310001010100",
    "D3921000310001010401",
    "D3921000310001010402",
    "D3921000310001010408",
];
/// Places of the applications in that order.
pub const ISD: usize = 0;
pub const JPKI: usize = 1;
pub const COMMON: usize = 2;
pub const RESIDENT: usize = 3;
pub const FACE: usize = 4;
pub const TEXT: usize = 5;

/// Application, EF, reference.
pub const REFERENCES: [(usize, u8, PinName); 11] = [
    (JPKI, 0x18, PinName::UserAuthentication),
    (JPKI, 0x1B, PinName::DigitalSignature),
    (COMMON, 0x1C, PinName::Common),
    (RESIDENT, 0x1C, PinName::Resident),
    (FACE, 0x11, PinName::BirthDate),
    (FACE, 0x12, PinName::ReferenceNumberB),
    (FACE, 0x13, PinName::ReferenceNumberA),
    (TEXT, 0x11, PinName::TextInput),
    (TEXT, 0x12, PinName::TextInputSpare),
    (TEXT, 0x14, PinName::TextReferenceNumberA),
    (TEXT, 0x15, PinName::TextReferenceNumberB),
];

/// Application, transparent EF, EFs of the references that open it. None: free.
pub const FILES: [(usize, u8, &[u8]); 21] = [
    (JPKI, 0x01, &[0x1B]),
    (JPKI, 0x02, &[]),
    (JPKI, 0x06, &[]),
    (JPKI, 0x08, &[]),
    // Whatever is presented, this one stays closed.
    (JPKI, 0x09, &[0xFF]),
    (JPKI, 0x0A, &[]),
    (JPKI, 0x0B, &[]),
    (FACE, 0x01, &[0x11]),
    (FACE, 0x02, &[0x12, 0x13]),
    (FACE, 0x03, &[]),
    (FACE, 0x04, &[]),
    (FACE, 0x05, &[0x13]),
    (FACE, 0x06, &[]),
    (TEXT, 0x01, &[0x11, 0x14]),
    (TEXT, 0x02, &[0x11, 0x15]),
    (TEXT, 0x03, &[0x11, 0x14, 0x15]),
    (TEXT, 0x04, &[]),
    (TEXT, 0x05, &[]),
    (TEXT, 0x06, &[0x11, 0x14, 0x15]),
    (TEXT, 0x07, &[0x11, 0x14, 0x15]),
    (TEXT, 0x08, &[]),
];

/// Application and EF of one record.
pub const RECORDS: [(usize, u8); 3] = [(COMMON, 0x01), (COMMON, 0x02), (RESIDENT, 0x02)];

/// EFs with neither bytes nor records nor a value to verify.
pub const OTHERS: [(usize, u8); 5] =
    [(ISD, 0x1E), (JPKI, 0x16), (JPKI, 0x17), (JPKI, 0x1A), (COMMON, 0x19)];

/// GET DATA objects; all but the last answer at the power-up level alone.
pub const OBJECTS: [u16; 9] =
    [0x0042, 0x0045, 0x0066, 0x00F0, 0x00F2, 0x00F7, 0x00F8, 0x7F21, 0x5F51];

type Place = (usize, u8);

/// What every readable EF holds, read from a card that is open wherever it can be.
pub static CONTENTS: LazyLock<BTreeMap<Place, Vec<u8>>> = LazyLock::new(|| {
    let mut card = support::card();
    let mut contents = BTreeMap::new();
    let rows = FILES.iter().filter(|row| row.2 != [0xFF]);
    for (application, file, keys) in rows {
        let aid = APPLICATIONS[*application];
        let select = format!("00A4040C {:02X} {aid}", aid.len() / 2);
        support::expect(&mut card, &[(&select, "9000")]);
        if let Some(key) = keys.first() {
            let verify = format!("002000{:02X} {}", 0x80 | key, lv(delivered(*application, *key)));
            support::expect(&mut card, &[(&verify, "9000")]);
        }
        support::expect(&mut card, &[(&format!("00A4020C 02 00{file:02X}"), "9000")]);
        contents.insert((*application, *file), support::read_all(&mut card));
    }
    contents
});

fn delivered(application: usize, key: u8) -> &'static str {
    match (application, key) {
        (JPKI, 0x1B) => PASSWORD,
        (FACE, 0x11) => BIRTH_KEY,
        (FACE, 0x12) | (TEXT, 0x15) => NUMBER_B,
        (FACE, 0x13) | (TEXT, 0x14) => NUMBER_A,
        _ => PIN,
    }
}

fn lv(text: &str) -> String {
    format!("{:02X}{}", text.len(), hex::encode(text))
}
