//! Reference data (PINs, passwords, 照合番号) and their retry counters. All of it is persistent.

use std::fmt;
use std::num::NonZeroU8;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::apdu::StatusWord;

/// Every reference on the card, by use. Each has its own counter, even where people use one value for several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum PinName {
    /// 利用者証明用 PIN: JPKI EF 0018, four digits, three tries.
    UserAuthentication,
    /// 署名用パスワード: JPKI EF 001B, 6 to 16 of A–Z 0–9, five tries.
    DigitalSignature,
    /// 生年月日: card-face EF 0011, six digits, ten tries.
    BirthDate,
    /// 照合番号B of the card-face application: EF 0012, 14 digits, ten tries.
    ReferenceNumberB,
    /// 照合番号A of the card-face application: EF 0013, the 12-digit number, ten tries.
    ReferenceNumberA,
    /// 券面入力補助用 PIN: EF 0011 of that application, four digits, three tries.
    TextInput,
    /// 照合番号A of the 券面入力補助 application: EF 0014, ten tries.
    TextReferenceNumberA,
    /// 照合番号B of the 券面入力補助 application: EF 0015, ten tries.
    TextReferenceNumberB,
    /// EF 0012 of the 券面入力補助 application, of unknown use: delivered blocked.
    TextInputSpare,
    /// 住民基本台帳用 PIN kept by the 共通カード application: EF 001C, four digits, three tries.
    Common,
    /// 住民基本台帳用 PIN kept by the 住基 application: EF 001C, four digits, three tries.
    Resident,
}

impl PinName {
    /// All references, in the order of their applications and EFs.
    pub const ALL: [Self; 11] = [
        Self::UserAuthentication,
        Self::DigitalSignature,
        Self::BirthDate,
        Self::ReferenceNumberB,
        Self::ReferenceNumberA,
        Self::TextInput,
        Self::TextReferenceNumberA,
        Self::TextReferenceNumberB,
        Self::TextInputSpare,
        Self::Common,
        Self::Resident,
    ];

    /// Its name in files and on command lines: `user-authentication`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::UserAuthentication => "user-authentication",
            Self::DigitalSignature => "digital-signature",
            Self::BirthDate => "birth-date",
            Self::ReferenceNumberB => "reference-number-b",
            Self::ReferenceNumberA => "reference-number-a",
            Self::TextInput => "text-input",
            Self::TextReferenceNumberA => "text-reference-number-a",
            Self::TextReferenceNumberB => "text-reference-number-b",
            Self::TextInputSpare => "text-input-spare",
            Self::Common => "common",
            Self::Resident => "resident",
        }
    }

    /// Its Japanese name with the application it belongs to.
    pub fn japanese(self) -> &'static str {
        match self {
            Self::UserAuthentication => "利用者証明用PIN",
            Self::DigitalSignature => "署名用パスワード",
            Self::BirthDate => "生年月日 (券面事項確認AP)",
            Self::ReferenceNumberB => "照合番号B (券面事項確認AP)",
            Self::ReferenceNumberA => "照合番号A (券面事項確認AP)",
            Self::TextInput => "券面入力補助用PIN",
            Self::TextReferenceNumberA => "照合番号A (券面入力補助AP)",
            Self::TextReferenceNumberB => "照合番号B (券面入力補助AP)",
            Self::TextInputSpare => "用途不明のPIN (券面入力補助AP)",
            Self::Common => "住民基本台帳用PIN (共通カードAP)",
            Self::Resident => "住民基本台帳用PIN (住基AP)",
        }
    }

    /// Tries before the block, as far as they are known or likely.
    pub fn limit(self) -> NonZeroU8 {
        const fn tries(count: u8) -> NonZeroU8 {
            match NonZeroU8::new(count) {
                Some(count) => count,
                None => NonZeroU8::MIN,
            }
        }
        match self {
            Self::UserAuthentication
            | Self::TextInput
            | Self::TextInputSpare
            | Self::Common
            | Self::Resident => const { tries(3) },
            Self::DigitalSignature => const { tries(5) },
            Self::BirthDate
            | Self::ReferenceNumberA
            | Self::ReferenceNumberB
            | Self::TextReferenceNumberA
            | Self::TextReferenceNumberB => const { tries(10) },
        }
    }

    /// What a new value must look like.
    pub fn format(self) -> PinFormat {
        match self {
            Self::UserAuthentication
            | Self::TextInput
            | Self::TextInputSpare
            | Self::Common
            | Self::Resident => PinFormat::FourDigits,
            Self::DigitalSignature => PinFormat::Password,
            Self::BirthDate
            | Self::ReferenceNumberA
            | Self::ReferenceNumberB
            | Self::TextReferenceNumberA
            | Self::TextReferenceNumberB => PinFormat::Fixed,
        }
    }
}

impl fmt::Display for PinName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// No reference has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no PIN has this name; names are {}", PinName::ALL.map(PinName::slug).join(", "))]
pub struct UnknownPin;

impl FromStr for PinName {
    type Err = UnknownPin;

    fn from_str(text: &str) -> Result<Self, UnknownPin> {
        Self::ALL.into_iter().find(|name| name.slug() == text).ok_or(UnknownPin)
    }
}

/// What CHANGE REFERENCE DATA accepts. The status words of a refusal are bench profile: nobody has published the card's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinFormat {
    /// Exactly four decimal digits.
    FourDigits,
    /// 6 to 16 upper-case letters and digits.
    Password,
    /// Set at personalisation, never by the holder.
    Fixed,
}

impl PinFormat {
    /// The refusal a new value meets, if any: 6700 for its length, 6A80 for its characters, 6982 when no change is allowed.
    pub fn refusal(self, value: &[u8]) -> Option<StatusWord> {
        let (length_fits, characters_fit) = match self {
            Self::FourDigits => (value.len() == 4, value.iter().all(u8::is_ascii_digit)),
            Self::Password => (
                (6..=16).contains(&value.len()),
                value.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
            ),
            Self::Fixed => return Some(StatusWord::SECURITY_NOT_SATISFIED),
        };
        match (length_fits, characters_fit) {
            (true, true) => None,
            (false, _) => Some(StatusWord::WRONG_LENGTH),
            (true, false) => Some(StatusWord::WRONG_DATA),
        }
    }
}

/// Retry state of one reference; persistent, so neither reset nor power touches it. "Zero left" cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinState {
    /// Wrong tries that remain before the block.
    Usable(NonZeroU8),
    /// Lifted by the issuer only; the right value does not help.
    Blocked,
}

impl PinState {
    /// The state after one VERIFY that did (`matched`) or did not carry the right value. Pure and total.
    pub fn after(self, matched: bool, limit: NonZeroU8) -> Self {
        match (self, matched) {
            (Self::Blocked, _) => Self::Blocked,
            (Self::Usable(_), true) => Self::Usable(limit),
            (Self::Usable(left), false) => Self::of(left.get() - 1),
        }
    }

    /// The state with this many tries left; none left is blocked.
    pub fn of(left: u8) -> Self {
        NonZeroU8::new(left).map_or(Self::Blocked, Self::Usable)
    }

    /// Tries left; 0 when blocked.
    pub fn left(self) -> u8 {
        match self {
            Self::Usable(left) => left.get(),
            Self::Blocked => 0,
        }
    }
}

/// One reference with its value and state. Its `Debug` form does not tell the value.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferenceData {
    name: PinName,
    value: Vec<u8>,
    state: PinState,
    limit: NonZeroU8,
}

impl ReferenceData {
    /// A reference as personalisation leaves it, with this many tries; without a value it is delivered blocked.
    pub fn new(name: PinName, value: Option<&[u8]>, limit: NonZeroU8) -> Self {
        let state = value.map_or(PinState::Blocked, |_| PinState::Usable(limit));
        Self { name, value: value.unwrap_or_default().to_vec(), state, limit }
    }

    /// Which reference this is.
    pub fn name(&self) -> PinName {
        self.name
    }

    /// Tries left; 0 when blocked.
    pub fn tries_left(&self) -> u8 {
        self.state.left()
    }

    /// One VERIFY with data: 9000, 63Cx, or 6984 when blocked before.
    ///
    /// The try is taken before the values are compared, so that nobody gains one by taking the power away in between.
    ///
    /// Source: JICSAP IC card specification v1.1 §5.2.2.
    pub fn verify(&mut self, presented: &[u8]) -> StatusWord {
        let before = self.state;
        if !self.take_try() {
            return StatusWord::REFERENCE_BLOCKED;
        }
        if presented != self.value {
            return StatusWord::tries_left(self.state.left());
        }
        self.state = before.after(true, self.limit);
        StatusWord::SUCCESS
    }

    /// The first half of a VERIFY: takes one try. `false`, and nothing taken, when blocked.
    pub(crate) fn take_try(&mut self) -> bool {
        if self.state == PinState::Blocked {
            return false;
        }
        self.state = self.state.after(false, self.limit);
        true
    }

    /// VERIFY without data: always 63Cx, also when verified or blocked.
    pub fn query(&self) -> StatusWord {
        StatusWord::tries_left(self.state.left())
    }

    /// Takes a new value and fills the counter, or says why not. The caller has checked the right to change.
    ///
    /// A counter that ran out after the right was proved stays out (6984).
    pub fn change(&mut self, value: &[u8]) -> StatusWord {
        if let Some(refusal) = self.name.format().refusal(value) {
            return refusal;
        }
        if self.state == PinState::Blocked {
            return StatusWord::REFERENCE_BLOCKED;
        }
        self.value = value.to_vec();
        self.state = PinState::Usable(self.limit);
        StatusWord::SUCCESS
    }

    /// What the issuer's office does: fills the counter, and sets a new value if one is given. `false` when there is no
    /// value to be used, old or new, or when the new one is malformed; then nothing changes.
    pub fn unblock(&mut self, value: Option<&[u8]>) -> bool {
        match value {
            Some(value) if self.name.format().refusal(value).is_some() => return false,
            Some(value) => self.value = value.to_vec(),
            None if self.value.is_empty() => return false,
            None => (),
        }
        self.state = PinState::Usable(self.limit);
        true
    }

    /// Whether it has a value, from personalisation or since.
    pub(crate) fn has_value(&self) -> bool {
        !self.value.is_empty()
    }

    /// Whether its value is that of another.
    pub(crate) fn has_value_of(&self, other: &Self) -> bool {
        self.value == other.value
    }

    /// Its value; a value that a holder chose is ASCII.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }

    /// The same reference after use: with another value, if it was changed, and so many tries left.
    pub(crate) fn used(&self, changed: Option<&[u8]>, left: u8) -> Self {
        let value = changed.map_or_else(|| self.value.clone(), <[u8]>::to_vec);
        let state = PinState::of(left.min(self.limit.get()));
        Self { name: self.name, value, state, limit: self.limit }
    }

    /// Puts the counter where a scenario wants it, at most to its limit; 0 blocks.
    pub fn set_tries_left(&mut self, left: u8) {
        self.state = PinState::of(left.min(self.limit.get()));
    }
}

impl std::fmt::Debug for ReferenceData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReferenceData")
            .field("name", &self.name)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: NonZeroU8 = NonZeroU8::new(3).unwrap();

    #[test]
    fn the_counter_runs_out_and_stays_out() {
        let mut pin = ReferenceData::new(
            PinName::UserAuthentication,
            Some(b"1234"),
            PinName::UserAuthentication.limit(),
        );
        for (presented, status, left) in [
            (&b"0000"[..], 0x63C2, 2),
            (b"1234", 0x9000, 3),
            (b"12345", 0x63C2, 2),
            (b"1", 0x63C1, 1),
            (b"0000", 0x63C0, 0),
            (b"1234", 0x6984, 0),
            (b"0000", 0x6984, 0),
        ] {
            assert_eq!((pin.verify(presented), pin.tries_left()), (StatusWord(status), left));
        }
        assert_eq!(pin.query(), StatusWord(0x63C0));
    }

    #[test]
    fn a_reference_without_a_value_is_delivered_blocked() {
        let mut pin = ReferenceData::new(
            PinName::UserAuthentication,
            None,
            PinName::UserAuthentication.limit(),
        );
        assert_eq!(pin.query(), StatusWord(0x63C0));
        assert_eq!(pin.verify(b""), StatusWord::REFERENCE_BLOCKED);
    }

    #[test]
    fn formats_of_new_values() {
        for (name, value, status) in [
            (PinName::UserAuthentication, "4321", 0x9000),
            (PinName::UserAuthentication, "43210", 0x6700),
            (PinName::UserAuthentication, "432A", 0x6A80),
            (PinName::DigitalSignature, "ABC123", 0x9000),
            (PinName::DigitalSignature, "ABC12", 0x6700),
            (PinName::DigitalSignature, "abc123", 0x6A80),
            (PinName::DigitalSignature, "ABCDEFGHIJKLMNOPQ", 0x6700),
            (PinName::ReferenceNumberB, "55021720352285", 0x6982),
        ] {
            let mut pin = ReferenceData::new(name, Some(b"old"), name.limit());
            assert_eq!(pin.change(value.as_bytes()), StatusWord(status), "{name:?} {value}");
        }
    }

    #[test]
    fn names_are_written_and_read_alike() {
        for name in PinName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.slug());
            assert_eq!(name.slug().parse(), Ok(name));
        }
        assert_eq!("1234".parse::<PinName>(), Err(UnknownPin));
    }

    #[test]
    fn debug_does_not_tell_the_value() {
        let pin = ReferenceData::new(
            PinName::UserAuthentication,
            Some(b"8765"),
            PinName::UserAuthentication.limit(),
        );
        let words = format!("{pin:?}");
        assert!(!words.contains("8765") && !words.contains("56, 55"), "{words}");
    }

    proptest! {
        #[test]
        fn a_blocked_pin_stays_blocked(tries in prop::collection::vec(any::<bool>(), 0..40)) {
            let end = tries.iter().fold(PinState::Blocked, |s, &ok| s.after(ok, LIMIT));
            prop_assert_eq!(end, PinState::Blocked);
        }

        #[test]
        fn the_counter_rises_only_by_the_right_value(tries in prop::collection::vec(any::<bool>(), 0..40)) {
            let mut state = PinState::Usable(LIMIT);
            for matched in tries {
                let next = state.after(matched, LIMIT);
                prop_assert!(matched || next.left() <= state.left());
                prop_assert!(next.left() <= LIMIT.get());
                state = next;
            }
        }
    }
}
