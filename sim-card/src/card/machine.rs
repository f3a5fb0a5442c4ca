//! The volatile half, and the view on a card that carries out one command.

use rand_chacha::ChaCha20Rng;
use rsa::RsaPublicKey;

use super::Layout;
use super::secure::Session;
use crate::apdu::StatusWord;
use crate::contents::Token;
use crate::faults::{Faults, Progress};
use crate::files::{Application, ApplicationName, File, Right, Rights};
use crate::pin::{PinName, ReferenceData};

/// `Err` carries the status word of a refusal, so that a handler may end early with `?`.
pub(super) type Done = Result<(), StatusWord>;

/// The half of a card that ends with its power. Place 0 of the table is the issuer security domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Volatile {
    /// Place of the current application.
    pub application: usize,
    /// Place of the current EF within it.
    pub file: Option<usize>,
    /// Rights granted since the application was selected.
    pub rights: Rights,
    /// The challenge EXTERNAL AUTHENTICATE must sign (bench profile).
    pub challenge: Option<[u8; 16]>,
    /// Key of a terminal whose certificate was accepted (bench profile).
    pub terminal: Option<RsaPublicKey>,
    /// Secure messaging with the current application.
    pub session: Option<Session>,
    /// A phone has checked its holder by its own means (bench profile).
    pub holder_checked: bool,
    /// What has come of the faults since power-up.
    pub progress: Progress,
}

impl Volatile {
    /// What a warm reset takes: neither the application nor its rights, unless the card takes `all`.
    pub fn warm_reset(&mut self, all: bool) {
        if all {
            *self = self.powered_anew();
        }
        self.file = None;
        self.challenge = None;
    }

    /// The state after power-up, faults going on where they stand.
    pub fn powered_anew(&self) -> Self {
        Self { progress: self.progress, ..Self::default() }
    }

    /// Makes an application current. Rights and session go with the old one; selecting it again keeps them.
    pub fn enter(&mut self, place: usize) {
        self.file = None;
        if self.application != place {
            self.application = place;
            self.rights = Rights::default();
            self.challenge = None;
            self.terminal = None;
            self.session = None;
            self.grant_to_holder();
        }
    }

    /// What the phone's own check of its holder is worth: it stands for the PIN.
    pub fn grant_to_holder(&mut self) {
        if self.holder_checked {
            self.rights.grant(Right::Verified(PinName::UserAuthentication));
        }
    }
}

/// What P2 of VERIFY, CHANGE REFERENCE DATA and COMPUTE DIGITAL SIGNATURE points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// 80: the current EF.
    Current,
    /// 80 | short EF identifier.
    Short(u8),
}

impl Target {
    /// Reads P2.
    pub fn of(p2: u8) -> Result<Self, StatusWord> {
        match p2 {
            0x80 => Ok(Self::Current),
            0x81..=0x9E => Ok(Self::Short(p2 & 0x1F)),
            _ => Err(StatusWord::WRONG_P1_P2),
        }
    }
}

/// A card at work on one command: the shared layout and exclusive access to the rest.
pub(super) struct Machine<'a> {
    pub layout: &'a Layout,
    pub references: &'a mut [ReferenceData],
    pub random: &'a mut ChaCha20Rng,
    pub volatile: &'a mut Volatile,
    pub faults: &'a Faults,
    /// Power is lost inside this command, before what it changes is written.
    pub breaks_off: bool,
}

impl<'a> Machine<'a> {
    /// The current application.
    pub fn application(&self) -> Result<&'a Application, StatusWord> {
        self.layout.applications.get(self.volatile.application).ok_or(StatusWord::NO_DIAGNOSIS)
    }

    /// Which application is current.
    pub fn here(&self) -> Result<ApplicationName, StatusWord> {
        self.application().map(|application| application.name)
    }

    /// The current EF.
    pub fn current_file(&self) -> Result<&'a File, StatusWord> {
        let place = self.volatile.file.ok_or(StatusWord::NO_CURRENT_EF)?;
        self.application()?.files.get(place).ok_or(StatusWord::NO_CURRENT_EF)
    }

    /// Makes the EF with this identifier current; `missing` is the refusal when there is none.
    pub fn open(&mut self, id: u16, missing: StatusWord) -> Result<&'a File, StatusWord> {
        let application = self.application()?;
        let place = application.position(id).ok_or(missing)?;
        self.volatile.file = Some(place);
        application.files.get(place).ok_or(missing)
    }

    /// The file P2 points at; a short identifier makes it current.
    pub fn target(&mut self, target: Target) -> Result<&'a File, StatusWord> {
        match target {
            Target::Current => self.current_file(),
            Target::Short(sfi) => self.open(u16::from(sfi), StatusWord::REFERENCE_NOT_FOUND),
        }
    }

    /// The reference data of this name.
    pub fn reference(&mut self, name: PinName) -> Result<&mut ReferenceData, StatusWord> {
        let found = self.references.iter_mut().find(|one| one.name() == name);
        found.ok_or(StatusWord::REFERENCE_NOT_FOUND)
    }

    /// `80 FC 00 00`: ends a session on the iPhone's token; a physical card does not know it.
    pub fn end_session(&self) -> Done {
        match self.layout.token {
            Token::Iphone => Ok(()),
            Token::Card | Token::Android | Token::OldResident | Token::NextGeneration => {
                Err(StatusWord::WRONG_LENGTH)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_points_at_the_current_ef_or_a_short_identifier() {
        for (p2, target) in [
            (0x80, Ok(Target::Current)),
            (0x98, Ok(Target::Short(0x18))),
            (0x9E, Ok(Target::Short(0x1E))),
            (0x9F, Err(StatusWord::WRONG_P1_P2)),
            (0x00, Err(StatusWord::WRONG_P1_P2)),
            (0x18, Err(StatusWord::WRONG_P1_P2)),
        ] {
            assert_eq!(Target::of(p2), target, "{p2:02X}");
        }
    }
}
