//! The card: power, reset, dispatch. Bytes in, bytes out; a refusal is a status word.

mod curves;
mod machine;
mod mishaps;
mod read;
mod secure;
mod security;
mod select;
mod sign;
mod state;
mod terminal;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;

use crate::apdu::{CommandView, StatusWord};
use crate::apps;
use crate::contents::{CardContents, OpenQuestions, Token};
use crate::faults::{Faults, Silence};
use crate::files::Application;
use crate::pin::{PinName, ReferenceData};
use crate::rsa_signing::RsaSigner;
use machine::{Machine, Volatile};
pub use state::{CardState, StateError};

/// Contact ATR: T=1, no historical bytes.
const ATR: [u8; 9] = [0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14];

/// Contact ATR of a former 住民基本台帳カード; one of several generations.
const OLD_RESIDENT_ATR: [u8; 19] = [
    0x3B, 0xDA, 0x13, 0xFF, 0x81, 0x31, 0xFB, 0x46, 0x80, 0x12, 0x39, 0x2F, 0x31, 0xC1, 0x73, 0xC6,
    0x01, 0xC0, 0x3B,
];

/// What a token answers to a reset. A phone has no contacts; the bench's readers are given the card's.
fn atr_of(token: Token) -> &'static [u8] {
    match token {
        Token::OldResident => &OLD_RESIDENT_ATR,
        Token::Card | Token::Android | Token::Iphone | Token::NextGeneration => &ATR,
    }
}

/// The key a virtual card signs with when P2 is 00. All virtual cards share it unless they are given their own:
/// making a key costs more than a whole visit, and no one at the counter asks for it (bench profile).
static SHARED_OWN_KEY: LazyLock<Option<Arc<RsaSigner>>> = LazyLock::new(|| {
    let der = include_bytes!("../fixtures/card/own.p8.der");
    RsaPrivateKey::from_pkcs8_der(der).ok().map(RsaSigner::new).map(Arc::new)
});

/// What personalisation fixed for good.
struct Layout {
    applications: Vec<Application>,
    /// GET DATA objects by tag.
    objects: Vec<read::DataObject>,
    questions: OpenQuestions,
    token: Token,
    own_key: Option<Arc<RsaSigner>>,
    /// Reference data as personalisation left them.
    delivered: Vec<ReferenceData>,
}

/// The half of a card that outlives power: files, keys, reference data with their counters, random number state.
///
/// Cloning is cheap; files and keys are shared.
#[derive(Clone)]
pub struct Persistent {
    layout: Arc<Layout>,
    references: Vec<ReferenceData>,
    random: ChaCha20Rng,
}

impl Persistent {
    /// Tries left of a reference; 0 when blocked.
    pub fn tries_left(&self, pin: PinName) -> u8 {
        self.references.iter().find(|one| one.name() == pin).map_or(0, ReferenceData::tries_left)
    }
}

impl std::fmt::Debug for Persistent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Persistent").field("references", &self.references).finish_non_exhaustive()
    }
}

/// A virtual My Number Card (個人番号カード).
///
/// A new card has no power. Its persistent half survives power cycles and can be carried to another
/// card object with [`Card::persistent`] and [`Card::restore`].
#[derive(Debug, Clone)]
pub struct Card {
    persistent: Persistent,
    /// `None` without power.
    volatile: Option<Volatile>,
    faults: Faults,
    /// What answers in this one's place once a fault has swapped them, and afterwards this one's own half.
    under: Option<Box<Persistent>>,
    /// How long the last answer takes.
    delay: Duration,
}

impl Card {
    /// Personalises a card. Its own key, which signs without any PIN in the card-face application, is one that all virtual cards share.
    pub fn new(contents: CardContents) -> Self {
        Self::build(contents, SHARED_OWN_KEY.clone())
    }

    /// Personalises a card that has its own key for itself.
    pub fn with_own_key(contents: CardContents, own_key: RsaPrivateKey) -> Self {
        Self::build(contents, Some(Arc::new(RsaSigner::new(own_key))))
    }

    fn build(contents: CardContents, own_key: Option<Arc<RsaSigner>>) -> Self {
        let contents = Arc::new(contents);
        let layout = Layout {
            applications: apps::layout(&contents, own_key.as_deref().map(RsaSigner::key)),
            objects: read::objects(&contents, atr_of(contents.token)),
            questions: contents.open_questions.clone(),
            token: contents.token,
            own_key,
            delivered: apps::references(&contents),
        };
        let persistent = Persistent {
            references: layout.delivered.clone(),
            layout: Arc::new(layout),
            random: ChaCha20Rng::from_seed(contents.challenge_seed),
        };
        Self {
            persistent,
            volatile: None,
            faults: Faults::default(),
            under: None,
            delay: Duration::ZERO,
        }
    }

    /// Gives the card power: the issuer security domain is current, no EF, no rights.
    pub fn power_on(&mut self) {
        self.power_off();
        self.volatile = Some(Volatile::default());
    }

    /// Takes the power away, and with it all that is volatile.
    pub fn power_off(&mut self) {
        let swapped = self.volatile.take().is_some_and(|volatile| volatile.progress.swapped);
        if swapped {
            self.change_places();
        }
    }

    /// Whether the card has power.
    pub fn has_power(&self) -> bool {
        self.volatile.is_some()
    }

    /// Warm reset: application and rights stay, as on the real card; the current EF and a pending challenge go.
    /// A card without power gets it.
    pub fn reset(&mut self) {
        let all = self.persistent.layout.questions.warm_reset_ends_rights;
        self.volatile.get_or_insert_default().warm_reset(all);
    }

    /// An iPhone checks its holder by its own means: until power ends its user-authentication key signs without VERIFY. Does
    /// nothing without power, or to any other token (bench profile; what the phone does is not public).
    pub fn checks_its_holder(&mut self) {
        if self.persistent.layout.token == Token::Iphone
            && let Some(volatile) = self.volatile.as_mut()
        {
            volatile.holder_checked = true;
            volatile.grant_to_holder();
        }
    }

    /// Answer to reset of the contact interface.
    pub fn atr(&self) -> &[u8] {
        atr_of(self.persistent.layout.token)
    }

    /// Carries out one command. The answer always ends in a status word; where [`Card::exchange`] finds
    /// silence (no power, or a fault that mutes the card), this answers 6F00.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        self.exchange(command).unwrap_or_else(|_| StatusWord::NO_DIAGNOSIS.0.to_be_bytes().to_vec())
    }

    /// Carries out one command, and can tell silence from an answer.
    ///
    /// # Errors
    /// [`Silence`] when no answer comes: no power, or a fault that mutes or removes the card.
    pub fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
        self.delay = Duration::ZERO;
        self.meet()?;
        let volatile = self.volatile.as_mut().ok_or(Silence::NoPower)?;
        let ins = command.get(1).copied().unwrap_or_default();
        let torn = self.faults.torn(command);
        let mut machine = Machine {
            layout: &self.persistent.layout,
            references: &mut self.persistent.references,
            random: &mut self.persistent.random,
            volatile,
            faults: &self.faults,
            breaks_off: torn == Some(false),
        };
        let mut answer = Vec::new();
        let status = machine.answer(command, &mut answer);
        if torn.is_some() {
            volatile.progress.torn = true;
            return Err(Silence::Removed);
        }
        volatile.progress.answered = volatile.progress.answered.saturating_add(1);
        self.delay = self.faults.delay(ins);
        answer.extend_from_slice(&status.0.to_be_bytes());
        Ok(answer)
    }

    /// The persistent half.
    pub fn persistent(&self) -> &Persistent {
        &self.persistent
    }

    /// Puts a kept persistent half back, for instance of the same card in a world before. The card loses power.
    pub fn restore(&mut self, persistent: Persistent) {
        self.power_off();
        self.persistent = persistent;
    }

    /// Tries left of a reference; 0 when blocked.
    pub fn tries_left(&self, pin: PinName) -> u8 {
        self.persistent.tries_left(pin)
    }

    /// Puts a counter where a scenario wants it, at most to its limit; 0 blocks. No command of the card does this.
    pub fn set_tries_left(&mut self, pin: PinName, left: u8) {
        if let Some(one) = self.persistent.references.iter_mut().find(|one| one.name() == pin) {
            one.set_tries_left(left);
        }
    }

    /// What the issuer's office does to a blocked reference: its counter is full again, its value stays. `false` when the
    /// reference has no value, as one delivered blocked; then give it one with [`Card::unblock_with`].
    ///
    /// No wire form is offered: the JICSAP UNLOCK KEY (`80 54`) needs an office's key and is refused with 6982.
    pub fn unblock(&mut self, pin: PinName) -> bool {
        self.issuer_sets(pin, None)
    }

    /// The same with a new value. `false` when its form does not fit; then nothing changes.
    pub fn unblock_with(&mut self, pin: PinName, value: &str) -> bool {
        self.issuer_sets(pin, Some(value.as_bytes()))
    }

    fn issuer_sets(&mut self, pin: PinName, value: Option<&[u8]>) -> bool {
        let found = self.persistent.references.iter_mut().find(|one| one.name() == pin);
        found.is_some_and(|one| one.unblock(value))
    }
}

impl Machine<'_> {
    /// One command with the faults around it.
    fn answer(&mut self, command: &[u8], out: &mut Vec<u8>) -> StatusWord {
        let Ok(view) = CommandView::parse(command) else {
            return StatusWord::WRONG_LENGTH;
        };
        if self.faults.none() {
            return self.run(&view, out);
        }
        let [_, ins, ..] = view.header;
        if let Some(status) = self.faults.replaced(ins, self.volatile.progress.answered) {
            return status;
        }
        // Only VERIFY writes twice; of all other commands nothing is done yet.
        if self.breaks_off && ins != 0x20 {
            return StatusWord::NO_DIAGNOSIS;
        }
        let status = self.run(&view, out);
        if let Some(keep) = self.faults.kept(ins) {
            out.truncate(keep);
        }
        status
    }

    fn run(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> StatusWord {
        match self.dispatch(view, out) {
            Ok(()) => StatusWord::SUCCESS,
            Err(status) => status,
        }
    }

    /// Finds what a command asks for. The refusals of foreign classes and of administration are all here.
    fn dispatch(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> machine::Done {
        let [cla, ins, p1, p2] = view.header;
        // Extended Lc is for what does not fit otherwise; the card keeps to short APDUs elsewhere.
        let long = matches!((cla, ins), (0x80, 0xA2 | 0xAE) | (0x00, 0x82) | (0x08, 0xB0));
        if view.extended && !view.data.is_empty() && !long {
            return Err(StatusWord::WRONG_LENGTH);
        }
        match (cla, ins) {
            (0x00, 0xA4) => self.select(view, out),
            (0x00, 0xB0) => self.read_binary(view, out),
            (0x00, 0xB2) => self.read_record(view, out),
            (0x00, 0x20) => self.verify(view),
            (0x00, 0x24) => self.change_reference_data(view),
            (0x00, 0x82) => self.external_authenticate(view),
            (0x00, 0x84) => self.get_challenge(view, out),
            (0x00, 0x88) => self.internal_authenticate(view, out),
            (0x80, 0x32) => self.change_key(view),
            (0x00, 0xCA) => self.get_data(view, out),
            (0x80, 0x2A) => self.compute_signature(view, out),
            (0x80, 0xA2) => self.terminal_certificate(view),
            (0x80, 0xAE) => self.set_session_key(view),
            // MANAGE ATTRIBUTES, LOCK DF, UNLOCK DF, UNLOCK KEY, ERASE ALL RECORDS: administration.
            (0x80, 0x8A | 0x50 | 0x52 | 0x54 | 0x06) => Err(StatusWord::SECURITY_NOT_SATISFIED),
            (0x80, 0xFC) if (p1, p2) == (0, 0) => self.end_session(),
            (0x00 | 0x80, _) => Err(StatusWord::INS_NOT_SUPPORTED),
            (0x08, _) => self.secured(view, out),
            (0x0C, _) => self.checksummed(),
            (0x01..=0x03 | 0x81..=0x83, _) => Err(StatusWord::CHANNEL_NOT_SUPPORTED),
            _ => Err(StatusWord::CLA_NOT_SUPPORTED),
        }
    }
}
