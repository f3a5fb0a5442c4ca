//! Card channels: a virtual card in a reader, another kind of card, a card that is pulled, a card whose signature another makes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use sim_card::apdu::CommandApdu;
use sim_card::apps::jpki;
use sim_reader::card_client::{CardClient, CardMiddleware as _, TerminalCredential};
use sim_reader::{CardChannel, ChannelError};

use super::plastic::Plastic;
use crate::clock::VirtualClock;

/// How long a reader waits for an answer before it takes the card for mute (bench profile).
const PATIENCE: Duration = Duration::from_secs(5);

/// A card that lies on the reader.
#[derive(Clone)]
pub struct OnReader {
    card: Plastic,
    clock: VirtualClock,
    held: bool,
}

impl OnReader {
    /// Puts the card on the reader: it gets power. What the card takes its time for, the clock shows.
    pub fn place(card: &Plastic, clock: &VirtualClock) -> Self {
        let mut placed = Self { card: card.clone(), clock: clock.clone(), held: false };
        placed.power_up();
        placed
    }

    /// Holds a phone over the reader, which has checked its holder if it does that itself.
    pub fn hold(phone: &Plastic, clock: &VirtualClock) -> Self {
        let mut on_reader = Self { held: true, ..Self::place(phone, clock) };
        on_reader.power_up();
        on_reader
    }

    /// Waits for an answer that takes so long.
    fn wait(&self, delay: Duration) -> Result<(), ChannelError> {
        let waited = SignedDuration::try_from(delay.min(PATIENCE)).unwrap_or_default();
        let then = self.clock.now().checked_add(waited).map_err(|_| ChannelError::Mute)?;
        self.clock.advance(then);
        if delay > PATIENCE { Err(ChannelError::Mute) } else { Ok(()) }
    }
}

impl CardChannel for OnReader {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let (outcome, delay) = self.card.with(|card| (card.exchange(command), card.delay()));
        let answer = outcome.map_err(|silence| match silence {
            sim_card::Silence::Removed => ChannelError::Removed,
            sim_card::Silence::Mute | sim_card::Silence::NoPower => ChannelError::Mute,
        })?;
        self.wait(delay).map(|()| answer)
    }

    fn power_up(&mut self) {
        self.card.with(|card| card.power_on());
        if let Some(phone) = self.card.ours().filter(|_| self.held) {
            phone.lock().unwrap_or_else(PoisonError::into_inner).checks_its_holder();
        }
    }
}

/// An IC card that knows none of the applications: SELECT finds nothing, all else is unknown.
pub struct OtherCard;

impl CardChannel for OtherCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let select = command.get(1) == Some(&0xA4);
        Ok(if select { vec![0x6A, 0x82] } else { vec![0x6D, 0x00] })
    }
}

/// When a card is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullAt {
    /// When the first byte of its user-authentication certificate is asked for.
    Certificate,
    /// When it is asked to sign.
    Signature,
}

/// A card that is pulled at a certain command.
pub struct Pulled<C> {
    card: C,
    at: PullAt,
    in_certificate: bool,
    gone: bool,
}

impl<C> Pulled<C> {
    /// Will pull the card.
    pub fn new(card: C, at: PullAt) -> Self {
        Self { card, at, in_certificate: false, gone: false }
    }

    fn is_moment(&mut self, command: &[u8]) -> bool {
        let Ok(command) = CommandApdu::parse(command) else { return false };
        match (self.at, command.header) {
            (PullAt::Signature, [_, 0x2A, ..]) => true,
            (PullAt::Certificate, [_, 0xA4, 0x02, _]) => {
                self.in_certificate = command.data == jpki::USER_CERTIFICATE.to_be_bytes();
                false
            }
            (PullAt::Certificate, [_, 0xB0, ..]) => self.in_certificate,
            _ => false,
        }
    }
}

impl<C: CardChannel> CardChannel for Pulled<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.gone = self.gone || self.is_moment(command);
        if self.gone { Err(ChannelError::Removed) } else { self.card.transmit(command) }
    }

    fn power_up(&mut self) {
        self.card.power_up();
    }
}

/// After how many commands a hand moves the card that lies on the reader. Clones are the same number.
#[derive(Debug, Clone, Default)]
pub struct MovesAfter(Arc<AtomicU32>);

impl MovesAfter {
    /// Sets the number.
    pub fn set(&self, commands: u32) {
        self.0.store(commands, Ordering::SeqCst);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A card that a hand takes off the reader once: it is put back after one command that nobody answered, or another card lies there at
/// once. When power is given anew, the first card lies there again.
pub struct Moved {
    card: OnReader,
    other: Option<OnReader>,
    after: MovesAfter,
    answered: u32,
    is_moved: bool,
}

impl Moved {
    /// Will move the card; without `other` it comes back itself.
    pub fn new(card: OnReader, other: Option<OnReader>, after: MovesAfter) -> Self {
        Self { card, other, after, answered: 0, is_moved: false }
    }

    fn lying(&mut self) -> &mut OnReader {
        match self.other.as_mut().filter(|_| self.is_moved) {
            Some(other) => other,
            None => &mut self.card,
        }
    }
}

impl CardChannel for Moved {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        if !self.is_moved && self.answered >= self.after.get() {
            self.is_moved = true;
            self.lying().power_up();
            if self.other.is_none() {
                return Err(ChannelError::Removed);
            }
        }
        let answer = self.lying().transmit(command)?;
        self.answered += 1;
        Ok(answer)
    }

    fn power_up(&mut self) {
        (self.answered, self.is_moved) = (0, false);
        self.card.power_up();
    }
}

/// A card whose signature is made by another one: somebody in the middle of the card seam.
pub struct SignedByOther<C> {
    card: C,
    other: OnReader,
    terminal: TerminalCredential,
}

impl<C> SignedByOther<C> {
    /// Lets `other` sign for `card`. The terminal's own credential opens the other card's key.
    pub fn new(card: C, other: OnReader, terminal: TerminalCredential) -> Self {
        Self { card, other, terminal }
    }

    fn other_signs(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let mut client = CardClient::new(&mut self.other);
        let opened =
            client.select_jpki().and_then(|()| client.authenticate_terminal(&self.terminal));
        opened.map_err(|_| ChannelError::Mute)?;
        self.other.transmit(&CommandApdu::select_file(jpki::USER_KEY).to_bytes())?;
        self.other.transmit(command)
    }
}

impl<C: CardChannel> CardChannel for SignedByOther<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        if command.get(1) == Some(&0x2A) {
            self.other_signs(command)
        } else {
            self.card.transmit(command)
        }
    }

    fn power_up(&mut self) {
        self.card.power_up();
    }
}
