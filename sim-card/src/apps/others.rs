//! 共通カードAP and 住基AP: the card's number, key ids, a key anyone may challenge, and the two 住民基本台帳用 PINs.

use sha2::{Digest, Sha256};

use super::face_info::{MUNICIPALITY, eight_digits, key_id};
use super::{COMMON_AID, RESIDENT_AID};
use crate::contents::CardContents;
use crate::files::{Access, Application, ApplicationName, Content, File};
use crate::pin::PinName;

/// EF of the key INTERNAL AUTHENTICATE uses.
pub(crate) const AUTHENTICATION_KEY: u16 = 0x0019;
/// EF of the 住民基本台帳用 PIN in either application.
pub(crate) const RESIDENT_PIN: u16 = 0x001C;

/// The 15 digits of the card's serial number: fictitious, from the seed.
pub(crate) fn card_number(contents: &CardContents) -> Vec<u8> {
    let digest = Sha256::new().chain_update(b"card number").chain_update(contents.challenge_seed);
    let digits = digest.finalize();
    std::iter::once(b'9').chain(digits.iter().map(|byte| b'0' + byte % 10)).take(15).collect()
}

/// Eight digits: the card's last day.
pub(crate) fn expiry(contents: &CardContents) -> Vec<u8> {
    eight_digits(contents.face.expiry)
}

/// 共通カードAP: the card number record, the key id record, a key and a PIN.
pub(crate) fn common(contents: &CardContents) -> Application {
    let number = [&card_number(contents)[..], MUNICIPALITY.as_bytes(), &expiry(contents)].concat();
    let files = vec![
        records(0x0001, &number),
        records(0x0002, &key_id("9900010", "001")),
        File::new(AUTHENTICATION_KEY, Content::OwnKey, Access::Free),
        File::reference(RESIDENT_PIN, PinName::Common),
    ];
    Application { name: ApplicationName::Common, aid: &COMMON_AID, files, own_key: false }
}

/// 住基AP: the key id record and a PIN; nothing else of it is public.
pub(crate) fn resident(_contents: &CardContents) -> Application {
    let files = vec![
        records(0x0002, &key_id("9900010", "001")),
        File::reference(RESIDENT_PIN, PinName::Resident),
    ];
    Application { name: ApplicationName::Resident, aid: &RESIDENT_AID, files, own_key: false }
}

/// A record EF with one simple-TLV record `01 L value`.
fn records(id: u16, value: &[u8]) -> File {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    let mut record = vec![0x01, length];
    record.extend(value.iter().take(usize::from(length)));
    File::new(id, Content::Records(vec![record]), Access::Free)
}
