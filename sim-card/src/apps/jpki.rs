//! 公的個人認証AP: both key pairs, their certificates and their PINs.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::JPKI_AID;
use crate::contents::{CardContents, KeyAndCertificate, Token};
use crate::files::{Access, Application, ApplicationName, Content, File, Right};
use crate::pin::PinName;

/// EF of the 署名用電子証明書.
pub const SIGNATURE_CERTIFICATE: u16 = 0x0001;
/// EF of the CA certificate for it.
pub const SIGNATURE_CA_CERTIFICATE: u16 = 0x0002;
/// EF of the token information.
pub const TOKEN: u16 = 0x0006;
/// EF that tells which certificates exist.
pub const PRESENCE: u16 = 0x0008;
/// EF of the 利用者証明用電子証明書.
pub const USER_CERTIFICATE: u16 = 0x000A;
/// EF of the CA certificate for it.
pub const USER_CA_CERTIFICATE: u16 = 0x000B;
/// EF of the key terminals' certificates are checked with.
pub const TERMINAL_AUTHORITY: u16 = 0x0016;
/// EF of the 利用者証明用秘密鍵.
pub const USER_KEY: u16 = 0x0017;
/// EF of the 利用者証明用 PIN.
pub const USER_PIN: u16 = 0x0018;
/// EF of the 署名用秘密鍵.
pub const SIGNATURE_KEY: u16 = 0x001A;
/// EF of the 署名用パスワード.
pub const SIGNATURE_PASSWORD: u16 = 0x001B;

const USER: Right = Right::Verified(PinName::UserAuthentication);
const AFTER_PASSWORD: Access = Access::AnyOf(&[Right::Verified(PinName::DigitalSignature)]);
const AFTER_PIN: Access = Access::AnyOf(&[USER]);
/// VERIFY of the PIN, or an approved terminal (bench profile).
const AFTER_PIN_OR_TERMINAL: Access = Access::AnyOf(&[USER, Right::ApprovedTerminal]);

/// The table of the application.
pub(crate) fn application(contents: &Arc<CardContents>) -> Application {
    let user = contents.user_authentication.as_ref();
    let signature = contents.digital_signature.as_ref();
    let filler = contents.open_questions.certificate_filler;
    // On a phone the PIN comes before the certificate.
    let user_certificate = match contents.token {
        Token::Android => AFTER_PIN,
        Token::Card | Token::Iphone | Token::OldResident | Token::NextGeneration => Access::Free,
    };
    let files = vec![
        File::new(SIGNATURE_CERTIFICATE, certificate(signature, filler), AFTER_PASSWORD),
        File::new(SIGNATURE_CA_CERTIFICATE, ca_certificate(signature, filler), Access::Free),
        File::free(TOKEN, token_information(contents)),
        File::free(PRESENCE, [presence(signature), presence(user), 0x00]),
        // Content unknown; nothing opens it.
        File::new(0x0009, Content::Transparent(Vec::new()), Access::Never),
        File::new(USER_CERTIFICATE, certificate(user, filler), user_certificate),
        File::new(USER_CA_CERTIFICATE, ca_certificate(user, filler), Access::Free),
        File::new(
            TERMINAL_AUTHORITY,
            Content::TerminalAuthority(contents.terminal_authority.clone()),
            Access::Never,
        ),
        File::new(USER_KEY, key(user), AFTER_PIN_OR_TERMINAL),
        File::reference(USER_PIN, PinName::UserAuthentication),
        File::new(SIGNATURE_KEY, key(signature), AFTER_PASSWORD),
        File::reference(SIGNATURE_PASSWORD, PinName::DigitalSignature),
    ];
    Application { name: ApplicationName::Jpki, aid: &JPKI_AID, files, own_key: false }
}

/// A certificate EF with its filler; on a card without this certificate it is there and empty (bench profile).
fn certificate(pair: Option<&KeyAndCertificate>, filler: u16) -> Content {
    filled(pair.map(|pair| &pair.certificate), filler)
}

fn ca_certificate(pair: Option<&KeyAndCertificate>, filler: u16) -> Content {
    filled(pair.map(|pair| &pair.ca_certificate), filler)
}

fn filled(certificate: Option<&Vec<u8>>, filler: u16) -> Content {
    let mut bytes = certificate.cloned().unwrap_or_default();
    if !bytes.is_empty() {
        bytes.resize(bytes.len() + usize::from(filler), 0xFF);
    }
    Content::Transparent(bytes)
}

fn key(pair: Option<&KeyAndCertificate>) -> Content {
    Content::SigningKey(pair.map(|pair| pair.key.clone()))
}

/// 8F says present; the value for absent is bench profile.
fn presence(pair: Option<&KeyAndCertificate>) -> u8 {
    if pair.is_some() { 0x8F } else { 0x00 }
}

/// EF 0006: a CK_TOKEN_INFO with big-endian numbers, 160 bytes.
///
/// Source: PKCS #11 v2.20 §9.2, as the card serialises it.
fn token_information(contents: &CardContents) -> Vec<u8> {
    const RNG_LOGIN_PIN_INITIALISED: u32 = 0x0000_040D;
    let mut out = Vec::with_capacity(160);
    padded(&mut out, contents.token.label(), 32);
    out.extend_from_slice(b"00000000000000000000000000000001"); // manufacturer
    padded(&mut out, "MADOGUCHI-SIM", 16); // model
    out.extend_from_slice(&serial_number(contents));
    out.extend_from_slice(&RNG_LOGIN_PIN_INITIALISED.to_be_bytes());
    for count in [1u32, 0, 1, 0] {
        out.extend_from_slice(&count.to_be_bytes()); // sessions: max, open, max R/W, open R/W
    }
    for length in [16u32, 6] {
        out.extend_from_slice(&length.to_be_bytes()); // PIN: longest, shortest
    }
    out.extend_from_slice(&[0xFF; 16]); // memory: not told
    out.extend_from_slice(b"0301"); // hardware, firmware
    out.extend_from_slice(&[b'9'; 16]); // utcTime
    out
}

/// 16 digits that tell one virtual card from another. Whether the field is unique on real cards is not known (bench
/// profile).
fn serial_number(contents: &CardContents) -> [u8; 16] {
    let digest = Sha256::new().chain_update(b"token serial").chain_update(contents.challenge_seed);
    let mut serial = [b'0'; 16];
    for (digit, byte) in serial.iter_mut().zip(digest.finalize()) {
        *digit += byte % 10;
    }
    serial
}

fn padded(out: &mut Vec<u8>, text: &str, width: usize) {
    let end = out.len() + width;
    out.extend(text.bytes().take(width));
    out.resize(end, b' ');
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;
    use crate::contents::{FaceIssuer, FaceRecord, Holder, OpenQuestions, OtherPins};
    use crate::pki::keys::pooled_key;

    fn contents(token: Token, challenge_seed: [u8; 32]) -> CardContents {
        let key = pooled_key(0).unwrap();
        CardContents {
            token,
            user_authentication: None,
            digital_signature: None,
            user_pin: None,
            signature_password: None,
            face: FaceRecord {
                birthdate: date(1980, 2, 17),
                sex: '1',
                expiry: date(2035, 2, 17),
                security_code: "0000".to_owned(),
                photo: None,
                images: None,
            },
            other_pins: OtherPins::default(),
            holder: Holder {
                name: "架空　花子".to_owned(),
                kana: None,
                address: "架空県".to_owned(),
            },
            individual_number: "999999999999".to_owned(),
            issuer: Arc::new(FaceIssuer {
                key,
                certificate: Vec::new(),
                text_certificate: Vec::new(),
            }),
            terminal_authority: None,
            challenge_seed,
            open_questions: OpenQuestions::default(),
        }
    }

    #[test]
    fn each_card_has_a_serial_number_of_its_own() {
        let serial = |seed| token_information(&contents(Token::Card, [seed; 32]))[80..96].to_vec();
        let all: BTreeSet<_> = (0..100).map(serial).collect();
        assert_eq!(all.len(), 100);
        assert!(all.iter().flatten().all(u8::is_ascii_digit));
        assert_eq!(serial(7), serial(7));
    }

    #[test]
    fn token_information_has_its_fields_in_place() {
        for (token, label) in [
            (Token::Card, "JPKIAPICCTOKEN2                 "),
            (Token::Android, "JPKIAPGPSETOKEN                 "),
            (Token::Iphone, "JPKIAPIOSTOKEN                  "),
            (Token::OldResident, "JPKIAPICCTOKEN                  "),
        ] {
            let bytes = token_information(&contents(token, [7; 32]));
            assert_eq!(bytes.len(), 160);
            assert_eq!(&bytes[..32], label.as_bytes());
            assert_eq!(&bytes[96..100], &[0x00, 0x00, 0x04, 0x0D]);
            assert_eq!(&bytes[116..124], &[0, 0, 0, 16, 0, 0, 0, 6]);
            assert_eq!(&bytes[144..], &[b'9'; 16]);
        }
    }
}
