//! Names of applications, EFs and references, in the field's Japanese and in short English, for live views.

use crate::apps::{
    CARD_FACE_AID, COMMON_AID, ISD_AID, JPKI_AID, RESIDENT_AID, TEXT_INPUT_AID, face_info, jpki,
    text_input,
};
use crate::files::ApplicationName;

/// A Japanese term and its short English name.
pub(super) type Name = (&'static str, &'static str);

/// One application: which it is, its AID, its name.
type Row = (ApplicationName, &'static [u8], Name);

/// In the order in which a part of an AID finds them, the one current after power-up first.
const APPLICATIONS: [Row; 6] = [
    (ApplicationName::IssuerSecurityDomain, &ISD_AID, ("発行者領域", "issuer security domain")),
    (ApplicationName::Jpki, &JPKI_AID, ("公的個人認証AP", "JPKI")),
    (ApplicationName::Common, &COMMON_AID, ("共通カードAP", "common card")),
    (ApplicationName::Resident, &RESIDENT_AID, ("住基AP", "resident register")),
    (ApplicationName::CardFace, &CARD_FACE_AID, ("券面事項確認AP", "card face")),
    (ApplicationName::TextInput, &TEXT_INPUT_AID, ("券面入力補助AP", "text input")),
];

/// The application that an AID, or the beginning of one, selects.
pub(super) fn application(aid: &[u8]) -> Option<(ApplicationName, Name)> {
    let row = APPLICATIONS.iter().find(|(_, known, _)| known.starts_with(aid));
    row.map(|(which, _, name)| (*which, *name))
}

/// What an EF of an application holds; `None`: no such EF.
pub(super) fn file(application: ApplicationName, id: u16) -> Option<Name> {
    match application {
        ApplicationName::IssuerSecurityDomain => match id {
            0x001E => Some(("管理用", "administrative")),
            _ => None,
        },
        ApplicationName::Jpki => in_jpki(id),
        ApplicationName::Common => match id {
            0x0001 => Some(("カード番号", "card number")),
            0x0002 => Some(("鍵ID", "key id")),
            0x0019 => Some(("内部認証鍵", "internal authentication key")),
            0x001C => Some(RESIDENT_PIN),
            _ => None,
        },
        ApplicationName::Resident => match id {
            0x0002 => Some(("鍵ID", "key id")),
            0x001C => Some(RESIDENT_PIN),
            _ => None,
        },
        ApplicationName::CardFace => in_card_face(id),
        ApplicationName::TextInput => in_text_input(id),
    }
}

const RESIDENT_PIN: Name = ("住民基本台帳用PIN", "resident-register PIN");
const NUMBER_A: Name = ("照合番号A", "reference number A");
const NUMBER_B: Name = ("照合番号B", "reference number B");
const BASIC: Name = ("AP基本データ", "application data");
const ISSUER_CERTIFICATE: Name = ("発行者証明書", "issuer certificate");

fn in_jpki(id: u16) -> Option<Name> {
    Some(match id {
        jpki::SIGNATURE_CERTIFICATE => ("署名用電子証明書", "digital signature certificate"),
        jpki::SIGNATURE_CA_CERTIFICATE => ("署名用CA証明書", "digital signature CA certificate"),
        jpki::TOKEN => ("トークン情報", "token information"),
        jpki::PRESENCE => ("証明書の有無", "which certificates exist"),
        0x0009 => ("用途不明", "of unknown use"),
        jpki::USER_CERTIFICATE => ("利用者証明用電子証明書", "user authentication certificate"),
        jpki::USER_CA_CERTIFICATE => ("利用者証明用CA証明書", "user authentication CA certificate"),
        jpki::TERMINAL_AUTHORITY => ("端末認証用公開鍵", "terminal authority key"),
        jpki::USER_KEY => ("利用者証明用秘密鍵", "user authentication key"),
        jpki::USER_PIN => ("利用者証明用PIN", "user authentication PIN"),
        jpki::SIGNATURE_KEY => ("署名用秘密鍵", "digital signature key"),
        jpki::SIGNATURE_PASSWORD => ("署名用パスワード", "digital signature password"),
        _ => return None,
    })
}

fn in_card_face(id: u16) -> Option<Name> {
    Some(match id {
        face_info::AGE => ("年齢確認情報", "age record"),
        face_info::FACE => ("券面情報", "face record"),
        face_info::BASIC => BASIC,
        face_info::CERTIFICATE => ISSUER_CERTIFICATE,
        face_info::NUMBER_IMAGE => ("個人番号画像", "image of the number"),
        0x0006 => ("用途不明", "of unknown use"),
        face_info::BIRTH_KEY => ("生年月日キー", "birth date key"),
        face_info::REFERENCE_NUMBER_B => NUMBER_B,
        face_info::REFERENCE_NUMBER_A => NUMBER_A,
        _ => return None,
    })
}

fn in_text_input(id: u16) -> Option<Name> {
    Some(match id {
        text_input::NUMBER => ("個人番号", "individual number"),
        text_input::ATTRIBUTES => ("基本4情報", "four basic attributes"),
        text_input::INTEGRITY => ("真正性情報", "integrity record"),
        text_input::CERTIFICATE => ISSUER_CERTIFICATE,
        text_input::BASIC => BASIC,
        text_input::SESSION_KEY => ("セッション鍵用公開鍵", "session key's public key"),
        text_input::PUBLIC_KEY => ("AP公開鍵", "application public key"),
        0x0008 => ("用途不明", "of unknown use"),
        0x0011 => ("券面入力補助用PIN", "text input PIN"),
        0x0012 => ("用途不明のPIN", "PIN of unknown use"),
        0x0014 => NUMBER_A,
        0x0015 => NUMBER_B,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_aid_names_the_first_that_fits() {
        let which = |aid: &[u8]| application(aid).map(|(which, _)| which);
        assert_eq!(which(&[]), Some(ApplicationName::IssuerSecurityDomain));
        assert_eq!(which(&[0xD3, 0x92]), Some(ApplicationName::Jpki));
        assert_eq!(which(&TEXT_INPUT_AID), Some(ApplicationName::TextInput));
        assert_eq!(which(b"1234"), None);
    }
}
