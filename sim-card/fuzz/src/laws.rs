//! What holds for every card, whatever is sent: the form of answers, and how counters move.

use std::collections::BTreeMap;

use sim_card::apdu::{CommandView, StatusWord};
use sim_card::{Card, Fault, PinName};

use crate::support::{BIRTH_KEY, NUMBER_A, NUMBER_B, PASSWORD, PIN};

/// Every status word this card has, transcribed from its published table; 63Cx stands apart.
const STATUS_WORDS: [u16; 24] = [
    0x9000, 0x6300, 0x66F1, 0x6700, 0x6881, 0x6882, 0x6981, 0x6982, 0x6984, 0x6985, 0x6986, 0x6987,
    0x6988, 0x69FC, 0x6A80, 0x6A81, 0x6A82, 0x6A83, 0x6A86, 0x6A88, 0x6B00, 0x6D00, 0x6E00, 0x6F00,
];

/// The references with their values and counters, as an outsider who knows the card's PINs keeps book of them.
#[derive(Debug, Clone)]
pub struct Book {
    values: BTreeMap<PinName, Vec<u8>>,
    /// New values of references nobody keeps apart, because no model follows this card.
    taken: Vec<Vec<u8>>,
    unfollowed: bool,
    tries: BTreeMap<PinName, u8>,
    faults: Vec<Fault>,
}

/// The value a reference of the tests' card is delivered with.
fn delivered(pin: PinName) -> &'static str {
    match pin {
        PinName::UserAuthentication | PinName::TextInput | PinName::Common | PinName::Resident => {
            PIN
        }
        PinName::DigitalSignature => PASSWORD,
        PinName::BirthDate => BIRTH_KEY,
        PinName::ReferenceNumberA | PinName::TextReferenceNumberA => NUMBER_A,
        PinName::ReferenceNumberB | PinName::TextReferenceNumberB => NUMBER_B,
        PinName::TextInputSpare => "",
    }
}

fn counters(card: &Card) -> BTreeMap<PinName, u8> {
    PinName::ALL.into_iter().map(|pin| (pin, card.tries_left(pin))).collect()
}

impl Book {
    /// The book of a new card with these faults.
    pub fn new(card: &Card, faults: Vec<Fault>) -> Self {
        let values = PinName::ALL.map(|pin| (pin, delivered(pin).as_bytes().to_vec()));
        Self {
            values: values.into(),
            taken: Vec::new(),
            unfollowed: false,
            tries: counters(card),
            faults,
        }
    }

    /// The value that VERIFY wants now.
    pub fn value(&self, pin: PinName) -> &[u8] {
        self.values.get(&pin).map_or(&[], Vec::as_slice)
    }

    /// Tries left as last seen.
    pub fn tries(&self, pin: PinName) -> u8 {
        self.tries.get(&pin).copied().unwrap_or(0)
    }

    /// The issuer unblocked a reference: the counters may be anything they are allowed to be.
    pub fn unblocked(&mut self, card: &Card) {
        self.tries = counters(card);
    }

    /// Checks one answer, and the counters after it; `inside` is what a secured command carries, where that is known.
    ///
    /// # Panics
    /// When a law is broken.
    pub fn check(&mut self, card: &Card, command: &[u8], answer: &[u8], inside: Option<&[u8]>) {
        let (data, status) = split(answer);
        let mut view = CommandView::parse(command).ok();
        self.known(view.as_ref(), status);
        fits(view.as_ref(), data.len());
        if let (Some(view), Some(inside)) = (&mut view, inside) {
            view.data = inside;
        }
        let now = counters(card);
        for (pin, left) in &now {
            let before = self.tries(*pin);
            if *left > before {
                self.may_rise(*pin, before, *left, view.as_ref(), status);
            }
            assert!(before - (*left).min(before) <= 1, "{pin:?}: two tries for one command");
        }
        self.tries = now;
    }

    /// The status word is one this card has, or one that a fault puts in its place.
    fn known(&self, view: Option<&CommandView<'_>>, status: u16) {
        let planted = self.faults.iter().any(|fault| match *fault {
            Fault::WrongStatus { ins, status: wrong } => {
                wrong.0 == status && view.is_some_and(|view| view.header[1] == ins)
            }
            _ => false,
        });
        let known = STATUS_WORDS.contains(&status) || (0x63C0..=0x63CA).contains(&status);
        assert!(known || planted, "the card has no status word {status:04X}");
    }

    /// A counter rises by its right value alone, never from zero, and to its limit.
    fn may_rise(
        &mut self,
        pin: PinName,
        before: u8,
        left: u8,
        view: Option<&CommandView<'_>>,
        status: u16,
    ) {
        let view = view.expect("a counter rose without a command");
        let right = match view.header[1] {
            0x20 => view.data == self.value(pin) || self.may_be_right(view),
            // A new value was taken, which wants the old one to be verified before.
            0x24 | 0x32 => status == StatusWord::SUCCESS.0,
            _ => false,
        };
        assert!(before > 0, "{pin:?} came back to life");
        assert!(right, "{pin:?} rose without its value");
        assert_eq!(left, pin.limit().get(), "{pin:?} rose to something else than its limit");
    }

    /// On a card no model follows, a value some reference may have by now, or one that is encrypted.
    fn may_be_right(&self, view: &CommandView<'_>) -> bool {
        self.unfollowed && (view.header[0] == 0x08 || self.taken.iter().any(|one| one == view.data))
    }

    /// No model follows the card: some reference may have a new value from now on, even if power was lost meanwhile.
    pub fn taken(&mut self, command: &[u8]) {
        self.unfollowed = true;
        if let (Ok(view), [_, 0x24 | 0x32, ..]) = (CommandView::parse(command), command) {
            self.taken.push(view.data.to_vec());
        }
    }

    /// This reference has a new value from now on.
    pub fn changed(&mut self, pin: PinName, value: &[u8]) {
        self.values.insert(pin, value.to_vec());
    }
}

/// Data and status word of an answer.
///
/// # Panics
/// When there is no status word.
pub fn split(answer: &[u8]) -> (&[u8], u16) {
    let (data, status) = answer.split_last_chunk().expect("an answer ends in a status word");
    (data, u16::from_be_bytes(*status))
}

/// No more data than Ne. Without an Le field there are none, but for SELECT, whose P2 asks for FCI.
fn fits(view: Option<&CommandView<'_>>, length: usize) {
    let ne = match view {
        Some(CommandView { ne: Some(ne), .. }) => *ne as usize,
        Some(CommandView { header: [_, 0xA4, _, 0x00], .. }) => 256,
        _ => 0,
    };
    assert!(length <= ne, "{length} bytes for Ne {ne}");
}
