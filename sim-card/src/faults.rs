//! Deliberate misbehaviour of the card. None is on unless a scenario switches it on.

use crate::apdu::StatusWord;

/// One way a card can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Fault {
    /// Commands with this INS are not carried out and answered with this status word.
    WrongStatus {
        /// The instruction byte.
        ins: u8,
        /// The answer.
        status: StatusWord,
    },
    /// Commands with this INS are carried out, but at most `keep` data bytes come back before the status word.
    Truncated {
        /// The instruction byte.
        ins: u8,
        /// Data bytes that survive.
        keep: usize,
    },
    /// After this many commands since power-up no answer comes any more, until the card is powered again.
    MuteAfter {
        /// Commands still answered.
        commands: u32,
    },
    /// After this many commands since power-up the card is taken off the reader, until it is powered again.
    PulledAfter {
        /// Commands still answered.
        commands: u32,
    },
    /// The first command after each power-up is answered 6F00 and not carried out, as some cards do.
    FirstCommandFails,
    /// One byte of the photo (counted from its start, modulo its size) is read with all bits turned.
    FlippedPhotoByte {
        /// Which byte.
        index: usize,
    },
    /// Signatures of the two JPKI keys are made with another key of the same size.
    WrongKey,
    /// The user-authentication key signs without any VERIFY: a broken access rule.
    OpenKey,
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// The card has no power.
    #[error("the card has no power")]
    NoPower,
    /// The card is there and does not answer.
    #[error("the card does not answer")]
    Mute,
    /// The card is not on the reader any more.
    #[error("the card was removed")]
    Removed,
}

/// The switched-on faults of a card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self(faults)
    }

    pub(crate) fn none(&self) -> bool {
        self.0.is_empty()
    }

    /// The silence that meets the next command when `answered` were answered since power-up.
    pub(crate) fn silence(&self, answered: u32) -> Option<Silence> {
        self.0.iter().find_map(|fault| {
            let (commands, silence) = match *fault {
                Fault::MuteAfter { commands } => (commands, Silence::Mute),
                Fault::PulledAfter { commands } => (commands, Silence::Removed),
                Fault::WrongStatus { .. }
                | Fault::Truncated { .. }
                | Fault::FirstCommandFails
                | Fault::FlippedPhotoByte { .. }
                | Fault::WrongKey
                | Fault::OpenKey => return None,
            };
            (answered >= commands).then_some(silence)
        })
    }

    /// The status word that replaces this command.
    pub(crate) fn replaced(&self, sent: u8, answered: u32) -> Option<StatusWord> {
        if answered == 0 && self.has(Fault::FirstCommandFails) {
            return Some(StatusWord::NO_DIAGNOSIS);
        }
        self.0.iter().find_map(|fault| {
            if let Fault::WrongStatus { ins, status } = *fault
                && ins == sent
            {
                Some(status)
            } else {
                None
            }
        })
    }

    /// Data bytes that survive of this command's answer.
    pub(crate) fn kept(&self, sent: u8) -> Option<usize> {
        self.0.iter().find_map(|fault| {
            if let Fault::Truncated { ins, keep } = *fault
                && ins == sent
            {
                Some(keep)
            } else {
                None
            }
        })
    }

    /// The photo byte that is turned.
    pub(crate) fn flipped(&self) -> Option<usize> {
        self.0.iter().find_map(|fault| {
            if let Fault::FlippedPhotoByte { index } = *fault { Some(index) } else { None }
        })
    }

    /// Whether this fault, which has no parameters, is on.
    pub(crate) fn has(&self, wanted: Fault) -> bool {
        self.0.contains(&wanted)
    }
}
