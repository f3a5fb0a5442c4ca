//! What the public record of the card leaves open, each question a named switch with the likelier answer as default.

use std::num::NonZeroU8;

use crate::apdu::StatusWord;
use crate::pin::PinName;

/// The answers one virtual card gives to questions nobody has answered in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestions {
    /// Whether a wrong VERIFY leaves an earlier right one of the same reference in force. Default: no.
    pub wrong_verify_keeps_right: bool,
    /// Whether a warm reset takes the rights and the application away, as power does. Default: no.
    pub warm_reset_ends_rights: bool,
    /// How CHANGE REFERENCE DATA and CHANGE KEY refuse a malformed new value. Default: by what is wrong.
    pub malformed_new_value: MalformedValue,
    /// What VERIFY and COMPUTE DIGITAL SIGNATURE say to an EF of another kind. Default: 6981.
    pub wrong_kind_of_file: StatusWord,
    /// Bytes `FF` behind each certificate in its EF. Default: none.
    pub certificate_filler: u16,
    /// What SELECT with P2 = 00 answers. Default: the DF name.
    pub file_control_information: FileControlInformation,
    /// Whether GET DATA 00F8, a certificate of the card's level, is there: older cards lack it. Default: yes.
    pub level_certificate: bool,
    /// Where GET DATA 5F51 is answered: cards differ. Default: everywhere.
    pub contact_atr: ContactAtr,
    /// Whether selecting 券面入力補助AP anew ends its secure messaging session. Default: no; its rights stay too.
    pub reselect_ends_session: bool,
    /// Whether SET SESSION KEY with a key that is refused ends the session before it. Default: no.
    pub refused_key_ends_session: bool,
    /// Whether a secured command without its data object (6987), or one that cannot be secured, ends the session, as a
    /// wrong object (6988) is known to. Default: yes.
    pub missing_object_ends_session: bool,
    /// What a secured command other than SELECT, READ BINARY and VERIFY is answered within a session. Default: 6882.
    pub unsecured_command: StatusWord,
    /// Tries of the 生年月日. Default: 10, as the references beside it have.
    pub birth_date_tries: NonZeroU8,
    /// Tries of each of the two 住民基本台帳用 PINs. Default: 3, as other four-digit PINs have.
    pub resident_pin_tries: NonZeroU8,
}

impl OpenQuestions {
    /// Tries of a reference before the block.
    pub fn tries(&self, pin: PinName) -> NonZeroU8 {
        match pin {
            PinName::BirthDate => self.birth_date_tries,
            PinName::Common | PinName::Resident => self.resident_pin_tries,
            PinName::UserAuthentication
            | PinName::DigitalSignature
            | PinName::ReferenceNumberA
            | PinName::ReferenceNumberB
            | PinName::TextInput
            | PinName::TextInputSpare
            | PinName::TextReferenceNumberA
            | PinName::TextReferenceNumberB => pin.limit(),
        }
    }
}

/// How a malformed new PIN is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MalformedValue {
    /// 6700 for its length, 6A80 for its characters.
    ByKind,
    /// One status word for both.
    Always(StatusWord),
}

/// What an FCI template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileControlInformation {
    /// `6F` { `84` AID }.
    DfName,
    /// `6F` without content.
    Empty,
}

/// Where the contact ATR is a data object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactAtr {
    /// At the power-up level and in every application.
    Everywhere,
    /// With an application selected only.
    InApplications,
    /// At the power-up level only.
    AtPowerUp,
}

impl Default for OpenQuestions {
    fn default() -> Self {
        Self {
            wrong_verify_keeps_right: false,
            warm_reset_ends_rights: false,
            malformed_new_value: MalformedValue::ByKind,
            wrong_kind_of_file: StatusWord::INCOMPATIBLE_FILE,
            certificate_filler: 0,
            file_control_information: FileControlInformation::DfName,
            level_certificate: true,
            contact_atr: ContactAtr::Everywhere,
            reselect_ends_session: false,
            refused_key_ends_session: false,
            missing_object_ends_session: true,
            unsecured_command: StatusWord::SECURE_MESSAGING_NOT_SUPPORTED,
            birth_date_tries: PinName::BirthDate.limit(),
            resident_pin_tries: PinName::Resident.limit(),
        }
    }
}
