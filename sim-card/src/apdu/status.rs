//! SW1-SW2 and what each value means on this card.

use std::fmt;

/// SW1-SW2: a newtype, so each of the 65 536 values exists, compares exactly and round-trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// Done.
    pub const SUCCESS: Self = Self(0x9000);
    /// Check failed, and this reference has no counter.
    pub const VERIFICATION_FAILED: Self = Self(0x6300);
    /// The card's memory cannot be written; only a card whose state is kept in a file says so (bench profile).
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// Secure messaging is not set up in this application.
    pub const SECURE_MESSAGING_ABSENT: Self = Self(0x66F1);
    /// Lc or Le wrong.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// Logical channels are not offered.
    pub const CHANNEL_NOT_SUPPORTED: Self = Self(0x6881);
    /// This command cannot be secured.
    pub const SECURE_MESSAGING_NOT_SUPPORTED: Self = Self(0x6882);
    /// The command does not fit the file's structure.
    pub const INCOMPATIBLE_FILE: Self = Self(0x6981);
    /// The security condition is not met.
    pub const SECURITY_NOT_SATISFIED: Self = Self(0x6982);
    /// The key is blocked; ISO's 6983 is not used by this card.
    pub const REFERENCE_BLOCKED: Self = Self(0x6984);
    /// Conditions of use not met: signing input of a wrong size, key of a wrong kind.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// No EF is current.
    pub const NO_CURRENT_EF: Self = Self(0x6986);
    /// A data object of secure messaging is missing.
    pub const SECURE_OBJECT_MISSING: Self = Self(0x6987);
    /// A data object of secure messaging is wrong.
    pub const SECURE_OBJECT_WRONG: Self = Self(0x6988);
    /// Secure messaging class without a session.
    pub const NO_SESSION: Self = Self(0x69FC);
    /// The data field is wrong.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// Function not offered.
    pub const FUNCTION_NOT_SUPPORTED: Self = Self(0x6A81);
    /// File or application not found.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// Record not found.
    pub const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// P1-P2 wrong.
    pub const WRONG_P1_P2: Self = Self(0x6A86);
    /// Referenced data (GET DATA object, key) not found.
    pub const REFERENCE_NOT_FOUND: Self = Self(0x6A88);
    /// Offset at or after the end of the file.
    pub const OFFSET_OUTSIDE: Self = Self(0x6B00);
    /// INS unknown.
    pub const INS_NOT_SUPPORTED: Self = Self(0x6D00);
    /// CLA unknown.
    pub const CLA_NOT_SUPPORTED: Self = Self(0x6E00);
    /// No precise reason.
    pub const NO_DIAGNOSIS: Self = Self(0x6F00);

    /// 63Cx: VERIFY failed or was empty, and `left` tries remain (at most 15 can be said).
    pub fn tries_left(left: u8) -> Self {
        Self(0x63C0 | u16::from(left.min(0x0F)))
    }

    /// The x of 63Cx.
    pub fn tries(self) -> Option<u8> {
        let [high, low] = self.0.to_be_bytes();
        (high == 0x63 && low & 0xF0 == 0xC0).then_some(low & 0x0F)
    }

    /// Whether the command was carried out.
    pub fn is_success(self) -> bool {
        self == Self::SUCCESS
    }

    /// Digits and meaning: `9000 done`, `63C2 2 tries left`.
    pub fn in_words(self) -> String {
        match self.tries() {
            Some(1) => format!("{self} 1 try left"),
            Some(left) => format!("{self} {left} tries left"),
            None => format!("{self} {}", self.meaning()),
        }
    }

    /// The meaning in words.
    ///
    /// Source: ISO/IEC 7816-4:2020 §5.6, JICSAP IC card specification v1.1.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::SUCCESS => "done",
            Self::VERIFICATION_FAILED => "verification failed",
            Self::MEMORY_FAILURE => "memory failure",
            Self::SECURE_MESSAGING_ABSENT => "secure messaging not set up in this application",
            Self::WRONG_LENGTH => "wrong length",
            Self::CHANNEL_NOT_SUPPORTED => "logical channel not supported",
            Self::SECURE_MESSAGING_NOT_SUPPORTED => "secure messaging not supported here",
            Self::INCOMPATIBLE_FILE => "command does not fit the file",
            Self::SECURITY_NOT_SATISFIED => "security condition not met",
            Self::REFERENCE_BLOCKED => "reference data blocked",
            Self::CONDITIONS_NOT_SATISFIED => "conditions of use not met",
            Self::NO_CURRENT_EF => "no current EF",
            Self::SECURE_OBJECT_MISSING => "secure messaging object missing",
            Self::SECURE_OBJECT_WRONG => "secure messaging object wrong",
            Self::NO_SESSION => "no secure messaging session",
            Self::WRONG_DATA => "wrong data field",
            Self::FUNCTION_NOT_SUPPORTED => "function not supported",
            Self::NOT_FOUND => "file or application not found",
            Self::RECORD_NOT_FOUND => "record not found",
            Self::WRONG_P1_P2 => "wrong P1-P2",
            Self::REFERENCE_NOT_FOUND => "referenced data not found",
            Self::OFFSET_OUTSIDE => "offset outside the file",
            Self::INS_NOT_SUPPORTED => "instruction unknown",
            Self::CLA_NOT_SUPPORTED => "class unknown",
            Self::NO_DIAGNOSIS => "no precise diagnosis",
            Self(0x6983) => "authentication method blocked",
            other => match other.0.to_be_bytes() {
                [0x63, low] if low & 0xF0 == 0xC0 => "not verified, tries left in the last digit",
                [0x61, _] => "more response bytes available",
                [0x62 | 0x63, _] => "warning",
                [0x6C, _] => "wrong Le",
                _ => "unknown status word",
            },
        }
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_the_last_digit() {
        assert_eq!(StatusWord::tries_left(10), StatusWord(0x63CA));
        assert_eq!(StatusWord(0x63C0).tries(), Some(0));
        assert_eq!(StatusWord(0x6300).tries(), None);
        assert_eq!(StatusWord(0x63CA).to_string(), "63CA");
    }

    #[test]
    fn every_value_has_words() {
        assert!((0..=u16::MAX).all(|value| !StatusWord(value).meaning().is_empty()));
    }
}
