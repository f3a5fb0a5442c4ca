//! The applications of the card, each a table of rows.

pub mod face_info;
pub mod jpki;
mod lettering;
pub(crate) mod others;
pub mod text_input;

use std::sync::Arc;

use rsa::RsaPrivateKey;

use crate::contents::{CardContents, Token};
use crate::files::{Access, Application, ApplicationName, Content, File};
use crate::pin::{PinName, ReferenceData};

/// AID of 公的個人認証AP.
pub const JPKI_AID: [u8; 10] = [0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
/// AID of 共通カードAP.
pub const COMMON_AID: [u8; 10] = [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00];
/// AID of 住基AP.
pub const RESIDENT_AID: [u8; 10] = [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01];
/// AID of 券面事項確認AP.
pub const CARD_FACE_AID: [u8; 10] = [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02];
/// AID of 券面入力補助AP.
pub const TEXT_INPUT_AID: [u8; 10] = [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08];
/// AID of the GlobalPlatform Issuer Security Domain.
pub const ISD_AID: [u8; 7] = [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00];

/// All tables of a card, the power-up level first. SELECT by a part of an AID takes the first that fits.
///
/// The next card has two applications (bench profile: with the identifiers of JPKI and card face).
pub fn layout(contents: &Arc<CardContents>, own_key: Option<&RsaPrivateKey>) -> Vec<Application> {
    let own = own_key.map(|key| face_info::public_key_objects(key.as_public_key()));
    let own = own.unwrap_or_default(); // a card without a key of its own has empty objects
    let mut all = vec![issuer_security_domain(), jpki::application(contents)];
    if contents.token == Token::NextGeneration {
        all.push(face_info::application(contents, &own));
        return all;
    }
    all.push(others::common(contents));
    all.push(others::resident(contents));
    all.push(face_info::application(contents, &own));
    all.push(text_input::application(contents, &own));
    all
}

/// All reference data of a card in their first state.
pub fn references(contents: &CardContents) -> Vec<ReferenceData> {
    let password = contents.signature_password.as_ref().map(|text| text.to_ascii_uppercase());
    let face = &contents.face;
    let birth = crate::contents::era_birth_key(face.birthdate);
    let number_b = crate::contents::reference_number_b(
        face.birthdate,
        face.expiry.year(),
        &face.security_code,
    );
    PinName::ALL
        .into_iter()
        .map(|name| {
            let value = match name {
                PinName::UserAuthentication => contents.user_pin.as_deref(),
                PinName::TextInput => contents.other_pins.text_input.as_deref(),
                PinName::Common => contents.other_pins.common.as_deref(),
                PinName::Resident => contents.other_pins.resident.as_deref(),
                PinName::TextInputSpare => None,
                PinName::DigitalSignature => password.as_deref(),
                PinName::BirthDate => Some(birth.as_str()),
                PinName::ReferenceNumberB | PinName::TextReferenceNumberB => {
                    Some(number_b.as_str())
                }
                PinName::ReferenceNumberA | PinName::TextReferenceNumberA => {
                    Some(contents.individual_number.as_str())
                }
            };
            ReferenceData::new(name, value.map(str::as_bytes), contents.open_questions.tries(name))
        })
        .collect()
}

/// The power-up level: nothing but EF 001E, which can be selected and not read. GET DATA is the card's own affair.
fn issuer_security_domain() -> Application {
    Application {
        name: ApplicationName::IssuerSecurityDomain,
        aid: &ISD_AID,
        files: vec![File::new(0x001E, Content::Administrative, Access::Never)],
        own_key: false,
    }
}
