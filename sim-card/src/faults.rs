//! Deliberate misbehaviour of the card. None is on unless a scenario switches it on.

mod spelling;

use std::time::Duration;

use crate::apdu::{CommandView, StatusWord};
pub use spelling::{SPELLINGS, UnknownFault};

/// One way a card can be wrong. As text it is one word, with its numbers behind colons: [`SPELLINGS`].
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
    /// Answers to commands with this INS take this time. The card itself does not wait: [`crate::Card::delay`] tells whoever
    /// carries the answer.
    Delayed {
        /// The instruction byte.
        ins: u8,
        /// Time in milliseconds.
        milliseconds: u32,
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
    /// After this many commands since power-up the card is taken off the reader, misses some commands, and lies there again
    /// as after power-up. Once each power-up.
    PutBackAfter {
        /// Commands still answered.
        commands: u32,
        /// Commands that find no card; with 0 only the lost state tells.
        missed: u32,
    },
    /// After this many commands since power-up the card given to [`crate::Card::lay_under`] answers, as after power-up, until
    /// the power goes. Without one the card is taken off the reader.
    SwappedAfter {
        /// Commands still answered.
        commands: u32,
    },
    /// Power is lost inside a command with this INS and a data field, and the card is off the reader until it is powered again.
    TornInside {
        /// The instruction byte.
        ins: u8,
        /// After what the command changes for good was written, or before; a try of a VERIFY is taken either way.
        written: bool,
    },
    /// The first command after each power-up is answered 6F00 and not carried out, as some cards do.
    FirstCommandFails,
    /// A wrong VERIFY tells the tries that were left before it.
    StaleCounter,
    /// One byte of the photo (counted from its start, modulo its size) is read with all bits turned.
    FlippedPhotoByte {
        /// Which byte.
        index: usize,
    },
    /// One byte of a holder's certificate is read with all bits turned.
    CorruptCertificate {
        /// Of which certificate.
        certificate: CertificateName,
        /// What the byte spoils.
        damage: Damage,
    },
    /// Signatures of the two JPKI keys are made with another key of the same size.
    WrongKey,
    /// The user-authentication key signs without any VERIFY: a broken access rule.
    OpenKey,
}

/// One of the holder's certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum CertificateName {
    /// 利用者証明用電子証明書, EF 000A.
    UserAuthentication,
    /// 署名用電子証明書, EF 0001.
    DigitalSignature,
}

/// What a turned byte of a certificate spoils.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Damage {
    /// The tag of the TBSCertificate: the bytes are no certificate any more.
    Der,
    /// The last byte of the CA's signature: a certificate that nobody signed.
    Signature,
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

/// What the next command finds on the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// The card.
    Card,
    /// The card as after power-up.
    CardAgain,
    /// The card that lay under it.
    Another,
    /// No card, or one that does not answer.
    Nothing(Silence),
}

/// What has come of the faults since power-up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    /// Commands answered.
    pub answered: u32,
    /// Commands that found no card.
    pub missed: u32,
    /// The card was put back.
    pub returned: bool,
    /// Another card was laid there.
    pub swapped: bool,
    /// Power was lost inside a command.
    pub torn: bool,
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

    /// What the next command finds; `under` tells whether another card lies ready.
    pub(crate) fn found(&self, at: &Progress, under: bool) -> Found {
        if at.torn {
            return Found::Nothing(Silence::Removed);
        }
        self.first(|fault| happens(fault, at, under)).unwrap_or(Found::Card)
    }

    /// The status word that replaces this command.
    pub(crate) fn replaced(&self, sent: u8, answered: u32) -> Option<StatusWord> {
        if answered == 0 && self.has(Fault::FirstCommandFails) {
            return Some(StatusWord::NO_DIAGNOSIS);
        }
        self.first(|fault| {
            let Fault::WrongStatus { ins, status } = fault else { return None };
            (ins == sent).then_some(status)
        })
    }

    /// Data bytes that survive of this command's answer.
    pub(crate) fn kept(&self, sent: u8) -> Option<usize> {
        self.first(|fault| {
            let Fault::Truncated { ins, keep } = fault else { return None };
            (ins == sent).then_some(keep)
        })
    }

    /// The time this command's answer takes.
    pub(crate) fn delay(&self, sent: u8) -> Duration {
        let found = self.first(|fault| {
            let Fault::Delayed { ins, milliseconds } = fault else { return None };
            (ins == sent).then_some(milliseconds)
        });
        Duration::from_millis(found.map_or(0, u64::from))
    }

    /// Whether power is lost inside this command, and if so whether what it changes was written.
    pub(crate) fn torn(&self, command: &[u8]) -> Option<bool> {
        self.first(|fault| {
            let Fault::TornInside { ins, written } = fault else { return None };
            let view = CommandView::parse(command).ok()?;
            let [_, sent, ..] = view.header;
            (ins == sent && !view.data.is_empty()).then_some(written)
        })
    }

    /// The photo byte that is turned.
    pub(crate) fn flipped(&self) -> Option<usize> {
        self.first(|fault| {
            let Fault::FlippedPhotoByte { index } = fault else { return None };
            Some(index)
        })
    }

    /// The byte that is turned of a certificate of this size.
    pub(crate) fn corrupted(&self, wanted: CertificateName, size: usize) -> Option<usize> {
        let damage = self.first(|fault| {
            let Fault::CorruptCertificate { certificate, damage } = fault else { return None };
            (certificate == wanted).then_some(damage)
        });
        match damage? {
            // The outer SEQUENCE of a certificate takes four bytes.
            Damage::Der => Some(4),
            Damage::Signature => size.checked_sub(1),
        }
    }

    /// Whether this fault, which has no parameters, is on.
    pub(crate) fn has(&self, wanted: Fault) -> bool {
        self.0.contains(&wanted)
    }

    fn first<T>(&self, pick: impl FnMut(Fault) -> Option<T>) -> Option<T> {
        self.0.iter().copied().find_map(pick)
    }
}

/// What a fault makes of the next command, if it bears on who answers at all.
fn happens(fault: Fault, at: &Progress, under: bool) -> Option<Found> {
    let (commands, found) = match fault {
        Fault::MuteAfter { commands } => (commands, Found::Nothing(Silence::Mute)),
        Fault::PulledAfter { commands } => (commands, Found::Nothing(Silence::Removed)),
        Fault::PutBackAfter { .. } if at.returned => return None,
        Fault::PutBackAfter { commands, missed } if at.missed >= missed => {
            (commands, Found::CardAgain)
        }
        Fault::PutBackAfter { commands, .. } => (commands, Found::Nothing(Silence::Removed)),
        Fault::SwappedAfter { .. } if at.swapped => return None,
        Fault::SwappedAfter { commands } if under => (commands, Found::Another),
        Fault::SwappedAfter { commands } => (commands, Found::Nothing(Silence::Removed)),
        Fault::WrongStatus { .. }
        | Fault::Truncated { .. }
        | Fault::Delayed { .. }
        | Fault::TornInside { .. }
        | Fault::FirstCommandFails
        | Fault::StaleCounter
        | Fault::FlippedPhotoByte { .. }
        | Fault::CorruptCertificate { .. }
        | Fault::WrongKey
        | Fault::OpenKey => return None,
    };
    (at.answered >= commands).then_some(found)
}
