//! A virtual card of a product, as the bench's reader has it in its slot: the reader's side of vpcd's protocol.
//!
//! Each message in both directions is a 16-bit big-endian length and that many bytes; one byte is a control message, more are a
//! command or its answer. Only a command, and the question for the answer to reset, are answered.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use sim_card::link::CardSlot;
use sim_card::{CardContents, Silence};
use tempfile::TempDir;

use super::VpcdCard;
use super::started::Started;
use crate::card_folder;
use crate::error::BenchError;
use crate::sut::config::SutConfig;
use crate::sut::troubles::Troubles;

/// Control messages of vpcd.
const POWER_OFF: u8 = 0x00;
const POWER_ON: u8 = 0x01;
const RESET: u8 = 0x02;
const ANSWER_TO_RESET: u8 = 0x04;

/// One card of a product. What it leaves undone is noted as a trouble: silence is no word of a card.
#[derive(Debug)]
pub struct VirtualCard {
    product: String,
    limit_ms: u64,
    stream: TcpStream,
    started: Started,
    troubles: Troubles,
    atr: Vec<u8>,
    powered: bool,
    /// Nothing that comes after can be understood.
    broken: bool,
}

impl VirtualCard {
    /// Writes the card's folder, starts the product with it and waits until it has put the card in.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be started, does not connect in time, or does not answer to reset.
    pub fn insert(
        sut: &SutConfig,
        adapter: &VpcdCard,
        (person, contents): (&str, &CardContents),
        troubles: &Troubles,
    ) -> Result<Self, BenchError> {
        let folder = folder_of(person, contents)?;
        let (started, stream) = Started::connected(sut, adapter, folder)?;
        let limit = Duration::from_millis(adapter.timeout_ms);
        let ready = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(limit)));
        ready.map_err(|error| BenchError::setup("card socket", error))?;
        let mut card = Self {
            product: sut.product.name.clone(),
            limit_ms: adapter.timeout_ms,
            stream,
            started,
            troubles: Troubles::default(),
            atr: Vec::new(),
            powered: false,
            broken: false,
        };
        card.first_answer()?;
        card.troubles = troubles.clone();
        Ok(card)
    }

    /// What does not answer to reset is no card yet.
    fn first_answer(&mut self) -> Result<(), BenchError> {
        self.power_on();
        self.power_off();
        self.troubles.settle()
    }

    fn say(&mut self, message: &[u8]) -> io::Result<()> {
        let length = u16::try_from(message.len()).map_err(io::Error::other)?;
        self.stream.write_all(&[&length.to_be_bytes(), message].concat())
    }

    fn hear(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.stream.read_exact(&mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        self.stream.read_exact(&mut message)?;
        Ok(message)
    }

    /// Says something that is answered by at least so many bytes.
    fn ask(&mut self, message: &[u8], least: usize) -> Option<Vec<u8>> {
        if self.broken {
            return None;
        }
        match self.say(message).and_then(|()| self.hear()) {
            Ok(answer) if answer.len() >= least => Some(answer),
            Ok(answer) => {
                let reason = format!("{} bytes, where {least} are the least", answer.len());
                let product = self.product.clone();
                self.give_up(BenchError::ProductUnreadable { product, reason })
            }
            Err(error) => {
                let trouble = self.trouble(&error);
                self.give_up(trouble)
            }
        }
    }

    /// Says something that is not answered.
    fn tell(&mut self, control: u8) {
        if !self.broken
            && let Err(error) = self.say(&[control])
        {
            let trouble = self.trouble(&error);
            self.give_up::<()>(trouble);
        }
    }

    fn give_up<T>(&mut self, trouble: BenchError) -> Option<T> {
        self.broken = true;
        self.troubles.note(trouble);
        None
    }

    fn trouble(&mut self, error: &io::Error) -> BenchError {
        let product = self.product.clone();
        if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) {
            BenchError::ProductSilent { product, waited_ms: self.limit_ms }
        } else {
            BenchError::ProductGone { product, how: self.started.last_words() }
        }
    }
}

/// What is on the card of this person, as the program gets it.
fn folder_of(person: &str, contents: &CardContents) -> Result<TempDir, BenchError> {
    let folder = private_folder().map_err(|error| BenchError::setup("card folder", error))?;
    let facts = std::iter::once(("persona".to_owned(), person.into())).collect();
    card_folder::write(contents, facts, folder.path())?;
    Ok(folder)
}

/// A folder that nobody else looks into: keys and PINs will lie there.
fn private_folder() -> io::Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("madoguchi-card");
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder.tempdir()
}

impl CardSlot for VirtualCard {
    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn is_present(&self) -> bool {
        !self.broken
    }

    fn has_power(&self) -> bool {
        self.powered
    }

    /// A reader gives power and then asks for the answer to reset; so does this one.
    fn power_on(&mut self) {
        self.power_off();
        self.tell(POWER_ON);
        self.powered = true;
        self.atr = self.ask(&[ANSWER_TO_RESET], 2).unwrap_or_default();
    }

    fn power_off(&mut self) {
        if std::mem::take(&mut self.powered) {
            self.tell(POWER_OFF);
        }
    }

    fn reset(&mut self) {
        if self.powered { self.tell(RESET) } else { self.power_on() }
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
        if !self.powered {
            return Err(Silence::NoPower);
        }
        self.ask(command, 2).ok_or(Silence::Mute)
    }
}
