//! The applications no counter needs: 共通カードAP, 住基AP, 券面入力補助AP, as far as they are cheap.
//!
//! They exist so that clients that look at the whole card find it; the README lists what is missing.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::face_info::{MUNICIPALITY, key_id};
use super::{COMMON_AID, RESIDENT_AID, TEXT_INPUT_AID};
use crate::contents::CardContents;
use crate::files::{Access, Application, ApplicationName, Content, File, Right};
use crate::pin::PinName;

const PIN: Right = Right::Verified(PinName::TextInput);
const NUMBER_A: Right = Right::Verified(PinName::TextReferenceNumberA);

/// The 15 digits of the card's serial number: fictitious, from the seed.
pub(crate) fn card_number(contents: &CardContents) -> Vec<u8> {
    let digest = Sha256::new().chain_update(b"card number").chain_update(contents.challenge_seed);
    let digits = digest.finalize();
    std::iter::once(b'9').chain(digits.iter().map(|byte| b'0' + byte % 10)).take(15).collect()
}

/// Eight digits: the card's last day.
pub(crate) fn expiry(contents: &CardContents) -> Vec<u8> {
    let date = contents.face.expiry;
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()).into_bytes()
}

/// 共通カードAP: the card number record and the key id record.
pub(crate) fn common(contents: &CardContents) -> Application {
    let number = [&card_number(contents)[..], MUNICIPALITY.as_bytes(), &expiry(contents)].concat();
    let files = vec![records(0x0001, &number), records(0x0002, &key_id("9900010", "001"))];
    Application { name: ApplicationName::Common, aid: &COMMON_AID, files, own_key: false }
}

/// 住基AP: the key id record.
pub(crate) fn resident(_contents: &CardContents) -> Application {
    let files = vec![records(0x0002, &key_id("9900010", "001"))];
    Application { name: ApplicationName::Resident, aid: &RESIDENT_AID, files, own_key: false }
}

/// 券面入力補助AP: the number, behind PIN or 照合番号A. Its PIN begins as the user's (bench profile) with its own counter.
pub(crate) fn text_input(contents: &Arc<CardContents>) -> Application {
    let mut number = vec![0xFF, 0x10, 0x0C];
    number.extend(contents.individual_number.bytes().chain(std::iter::repeat(0xFF)).take(14));
    let files = vec![
        File::new(0x0001, Content::Transparent(number), Access::AnyOf(&[PIN, NUMBER_A])),
        File::free(0x0008, [0xFF; 16]),
        File::reference(0x0011, PinName::TextInput),
        File::reference(0x0014, PinName::TextReferenceNumberA),
        File::reference(0x0015, PinName::TextReferenceNumberB),
    ];
    Application { name: ApplicationName::TextInput, aid: &TEXT_INPUT_AID, files, own_key: false }
}

/// A record EF with one simple-TLV record `01 L value`.
fn records(id: u16, value: &[u8]) -> File {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    let mut record = vec![0x01, length];
    record.extend(value.iter().take(usize::from(length)));
    File::new(id, Content::Records(vec![record]), Access::Free)
}
