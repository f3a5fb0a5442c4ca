//! A card in the virtual reader of a product: the card's side of vpcd's protocol, command by command as the product asks.
//!
//! Each message in both directions is a 16-bit big-endian length and that many bytes; one byte is a control message, more are a
//! command. The commands go by the tap of the card seam, since the channel is tapped.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use sim_reader::{CardChannel, ChannelError};

use super::door::Turn;

/// Control messages of vpcd.
const POWER_OFF: u8 = 0x00;
const POWER_ON: u8 = 0x01;
const ANSWER_TO_RESET: u8 = 0x04;

/// Contact ATR of a My Number Card: T=1, no historical bytes.
const ATR: [u8; 9] = [0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14];

/// A card that was put into the product's reader. Dropping it takes the card out.
pub(in crate::sut) struct Slot<'c> {
    card: &'c mut dyn CardChannel,
    stream: TcpStream,
    _turn: Turn,
    powered: bool,
    /// Commands since power-up.
    pub commands: u32,
}

impl<'c> Slot<'c> {
    /// Connects to the reader at `door`, whose turn it is. What it says from there on is told to `ears`, until they hear no more.
    pub fn connect(
        card: &'c mut dyn CardChannel,
        (door, turn): (&str, Turn),
        ears: impl Fn(Vec<u8>) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(door)?;
        stream.set_nodelay(true)?;
        let mut listening = stream.try_clone()?;
        std::thread::spawn(move || {
            while let Ok(message) = read_message(&mut listening) {
                // Asked for again and again by a reader that looks whether the card is there, also while no order is under way.
                let heard = match message.as_slice() {
                    [ANSWER_TO_RESET] => say(&mut listening, &ATR).is_ok(),
                    _ => ears(message),
                };
                if !heard {
                    break;
                }
            }
        });
        Ok(Self { card, stream, _turn: turn, powered: false, commands: 0 })
    }

    /// Does what a message asks for.
    pub fn answer(&mut self, message: &[u8]) {
        match message {
            [POWER_OFF] => self.powered = false,
            [POWER_ON] => {
                self.card.power_up();
                (self.powered, self.commands) = (true, 0);
            }
            // A warm reset, which takes nothing from this card, or a message that nobody knows.
            [] | [_] => {}
            command => self.carry_out(command),
        }
    }

    fn carry_out(&mut self, command: &[u8]) {
        if !self.powered {
            return;
        }
        self.commands = self.commands.saturating_add(1);
        match self.card.transmit(command) {
            Ok(answer) => self.say(&answer),
            Err(ChannelError::Removed) => self.take_out(),
            // Nothing is said, and the product waits as long as it likes.
            Err(ChannelError::Mute) => {}
        }
    }

    /// A product that hung up hears nothing; its reply will tell.
    fn say(&mut self, message: &[u8]) {
        let _ = say(&mut self.stream, message);
    }

    fn take_out(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.take_out();
    }
}

fn say(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}

fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message)?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::mpsc::channel;

    use super::*;

    /// Answers each command with its first byte and 9000; a command that begins with FF takes the card away.
    struct Parrot(u32);

    impl CardChannel for Parrot {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
            match command.first() {
                Some(0xFF) => Err(ChannelError::Removed),
                Some(0xFE) => Err(ChannelError::Mute),
                first => Ok([first.copied().unwrap_or_default(), 0x90, 0x00].to_vec()),
            }
        }

        fn power_up(&mut self) {
            self.0 += 1;
        }
    }

    #[tokio::test]
    async fn a_card_answers_under_power_and_is_gone_when_it_is_taken_away() {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let (ears, heard) = channel();
        let mut card = Parrot(0);
        let address = door.local_addr().unwrap().to_string();
        let turn = super::super::door::turn_at(&address).await;
        let ears = move |message| ears.send(message).is_ok();
        let mut slot = Slot::connect(&mut card, (&address, turn), ears).unwrap();
        let (mut reader, _) = door.accept().unwrap();
        let mut exchange = |message: &[u8], answer: &[u8]| {
            say(&mut reader, message).unwrap();
            if message != [ANSWER_TO_RESET] {
                slot.answer(&heard.recv().unwrap());
            }
            if !answer.is_empty() {
                assert_eq!(read_message(&mut reader).unwrap(), answer);
            }
        };
        // Without power a command meets nothing; the answer to reset needs nobody who gives orders.
        exchange(&[0xAA, 0xBB], &[]);
        exchange(&[POWER_ON], &[]);
        exchange(&[0xAA, 0xBB], &[0xAA, 0x90, 0x00]);
        exchange(&[0xFE, 1], &[]);
        exchange(&[ANSWER_TO_RESET], &ATR);
        exchange(&[0xFF, 1], &[]);
        assert_eq!(slot.commands, 3);
        assert!(read_message(&mut reader).is_err(), "the card is gone");
        drop(slot);
        assert_eq!(card.0, 1);
    }
}
