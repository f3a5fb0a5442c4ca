//! The files of a card as its commands give them out: what a reader of the chain can come to see, byte for byte.
//!
//! Absent are whatever holds the 12-digit number, and the applications that no reader selects.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sim_card::apdu::{CommandApdu, ResponseApdu};
use sim_card::apps::{CARD_FACE_AID, JPKI_AID, jpki};
use sim_card::contents::era_birth_key;
use sim_card::{Card, CardContents, face_info, reference_number_b};

use crate::error::BenchError;

/// Files of an application that one reference opens.
struct Behind<'a> {
    aid: &'a [u8],
    /// The reference's file and its value; `None`: free to read.
    reference: Option<(u16, String)>,
    files: &'a [u16],
}

/// Every file by its place: `<AID>/<EF>`, in hexadecimal.
///
/// # Errors
/// [`BenchError`] when the card does not hand one out.
pub(super) fn all(contents: &CardContents) -> Result<BTreeMap<PathBuf, Vec<u8>>, BenchError> {
    let mut card = Card::new(contents.clone());
    card.power_on();
    let mut files = BTreeMap::new();
    for behind in references(contents) {
        send(&mut card, &CommandApdu::select_application(behind.aid))?;
        if let Some((file, value)) = behind.reference {
            send(&mut card, &CommandApdu::select_file(file))?;
            send(&mut card, &CommandApdu::verify(value.as_bytes()))?;
        }
        for id in behind.files {
            let place = PathBuf::from(hex(behind.aid)).join(hex(&id.to_be_bytes()));
            files.insert(place, read(&mut card, *id)?);
        }
    }
    Ok(files)
}

fn references(contents: &CardContents) -> Vec<Behind<'static>> {
    let face = &contents.face;
    let birth = (face_info::BIRTH_KEY, era_birth_key(face.birthdate));
    let number_b = reference_number_b(face.birthdate, face.expiry.year(), &face.security_code);
    let number_b = (face_info::REFERENCE_NUMBER_B, number_b);
    let password = contents.signature_password.as_ref().map(|text| text.to_ascii_uppercase());
    let behind = |aid, reference, files| Behind { aid, reference, files };
    let mut all = vec![
        behind(&JPKI_AID[..], None, &FREE_IN_JPKI[..]),
        behind(&CARD_FACE_AID, None, &[face_info::BASIC, face_info::CERTIFICATE]),
        behind(&CARD_FACE_AID, Some(birth), &[face_info::AGE]),
        behind(&CARD_FACE_AID, Some(number_b), &[face_info::FACE]),
    ];
    let password = password.map(|password| (jpki::SIGNATURE_PASSWORD, password));
    all.extend(password.map(|open| behind(&JPKI_AID, Some(open), &[jpki::SIGNATURE_CERTIFICATE])));
    all
}

const FREE_IN_JPKI: [u16; 5] = [
    jpki::SIGNATURE_CA_CERTIFICATE,
    jpki::TOKEN,
    jpki::PRESENCE,
    jpki::USER_CERTIFICATE,
    jpki::USER_CA_CERTIFICATE,
];

/// A whole file; one that is there and empty has no bytes.
fn read(card: &mut Card, id: u16) -> Result<Vec<u8>, BenchError> {
    send(card, &CommandApdu::select_file(id))?;
    let mut file = Vec::new();
    while let Ok(offset) = u16::try_from(file.len()) {
        let piece = answer(card, &CommandApdu::read_binary(offset, 256))?.data;
        file.extend_from_slice(&piece);
        if piece.len() < 256 {
            break;
        }
    }
    Ok(file)
}

fn send(card: &mut Card, command: &CommandApdu) -> Result<(), BenchError> {
    let sw = answer(card, command)?.sw;
    if sw.is_success() { Ok(()) } else { Err(BenchError::setup("card files", sw.to_string())) }
}

fn answer(card: &mut Card, command: &CommandApdu) -> Result<ResponseApdu, BenchError> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("card files", error);
    let answer = card.exchange(&command.to_bytes()).map_err(|silence| failed(&silence))?;
    ResponseApdu::parse(&answer).map_err(|error| failed(&error))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
