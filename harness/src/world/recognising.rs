//! A card before a reader that is the product: when the product has recognised it, and in how many commands, shows in what it sends.

use std::collections::BTreeSet;

use sim_card::apdu::CommandApdu;
use sim_card::apps::JPKI_AID;
use sim_reader::{CardChannel, ChannelError};

use crate::sut::middleware::OnceRecognised;

const SELECT: u8 = 0xA4;
const READ_BINARY: u8 = 0xB0;
/// Files of the JPKI application: what kind of token it is, and whether it bears a certificate.
const TOKEN_INFORMATION: u16 = 0x0006;
const PRESENCE: u16 = 0x0008;

/// A card, and somebody who waits until it is recognised: told before the first command of another kind.
pub struct Recognising<C> {
    card: C,
    waiting: Option<OnceRecognised>,
    commands: u32,
    /// Whether anything was read.
    has_read: bool,
    /// Which of the two files that tell were looked for.
    looked_for: BTreeSet<u16>,
}

impl<C> Recognising<C> {
    /// Will tell `waiting`.
    pub fn new(card: C, waiting: Option<OnceRecognised>) -> Self {
        Self { card, waiting, commands: 0, has_read: false, looked_for: BTreeSet::new() }
    }

    fn watch(&mut self, command: &[u8]) {
        let Ok(command) = CommandApdu::parse(command) else { return };
        if self.has_read
            && !self.recognises(&command)
            && let Some(waiting) = self.waiting.take()
        {
            waiting(self.commands);
        }
        self.has_read |= command.header.get(1) == Some(&READ_BINARY);
        self.looked_for.extend(telling(&command));
    }

    /// Once both files were looked for, the application is selected again for something else.
    fn recognises(&self, command: &CommandApdu) -> bool {
        match command.header {
            [_, SELECT, 0x04, _] => {
                self.looked_for.len() < 2 && JPKI_AID.starts_with(&command.data)
            }
            [_, SELECT, _, _] => telling(command).is_some(),
            [_, READ_BINARY, _, _] => true,
            _ => false,
        }
    }
}

/// The file that tells and is selected.
fn telling(command: &CommandApdu) -> Option<u16> {
    let is_selected = command.header.get(1) == Some(&SELECT);
    let files = [TOKEN_INFORMATION, PRESENCE].into_iter();
    files.filter(|_| is_selected).find(|file| file.to_be_bytes() == *command.data)
}

impl<C: CardChannel> CardChannel for Recognising<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.watch(command);
        self.commands = self.commands.saturating_add(1);
        self.card.transmit(command)
    }

    fn power_up(&mut self) {
        self.commands = 0;
        self.card.power_up();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    struct Yes;

    impl CardChannel for Yes {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, ChannelError> {
            Ok(vec![0x90, 0x00])
        }
    }

    const RECOGNITION: [fn() -> CommandApdu; 6] = [
        || CommandApdu::select_application(&JPKI_AID),
        || CommandApdu::select_file(TOKEN_INFORMATION),
        || CommandApdu::read_binary(0, 160),
        || CommandApdu::select_application(&JPKI_AID),
        || CommandApdu::select_file(PRESENCE),
        || CommandApdu::read_binary(0, 3),
    ];

    #[test]
    fn recognised_is_what_was_read_before_the_first_command_of_another_kind() {
        for next in [CommandApdu::select_file(0x0018), CommandApdu::select_application(&JPKI_AID)] {
            let (told, heard) = channel();
            let waiting: OnceRecognised = Box::new(move |commands| told.send(commands).unwrap());
            let mut card = Recognising::new(Yes, Some(waiting));
            card.power_up();
            for command in RECOGNITION {
                card.transmit(&command().to_bytes()).unwrap();
            }
            assert!(heard.try_recv().is_err());
            card.transmit(&next.to_bytes()).unwrap();
            assert_eq!(heard.try_recv(), Ok(6));
            card.transmit(&CommandApdu::select_file(0x0017).to_bytes()).unwrap();
            assert!(heard.try_recv().is_err(), "told once");
        }
    }

    #[test]
    fn a_card_of_which_nothing_was_read_is_not_recognised() {
        let (told, heard) = channel();
        let mut card =
            Recognising::new(Yes, Some(Box::new(move |commands| told.send(commands).unwrap())));
        card.transmit(&CommandApdu::select_file(0x0018).to_bytes()).unwrap();
        assert!(heard.try_recv().is_err());
    }
}
