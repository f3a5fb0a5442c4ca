//! The card in the product's reader, as whoever listens like vpcd reaches it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use sim_reader::{CardChannel, ChannelError};

/// How long an answer of a card is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct InSlot(TcpStream);

impl InSlot {
    /// Takes the card in that was placed, and gives it power.
    pub fn take_in(door: &TcpListener) -> Self {
        let (stream, _) = door.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut card = Self(stream);
        card.say(&[0x01]).unwrap();
        card
    }

    fn say(&mut self, message: &[u8]) -> std::io::Result<()> {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        self.0.write_all(&[&length, message].concat())
    }

    fn hear(&mut self) -> std::io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.0.read_exact(&mut length)?;
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        self.0.read_exact(&mut message)?;
        Ok(message)
    }
}

impl CardChannel for InSlot {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let heard = self.say(command).and_then(|()| self.hear());
        heard.map_err(|error| {
            let waited = [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind());
            if waited { ChannelError::Mute } else { ChannelError::Removed }
        })
    }
}
