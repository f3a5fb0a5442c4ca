//! A card in somebody's hand: ours, whose memory the bench can look into, or a product's, of which only commands tell.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sim_card::apdu::{CommandApdu, ResponseApdu, StatusWord};
use sim_card::apps::{JPKI_AID, jpki};
use sim_card::link::CardSlot;
use sim_card::{Card, PinName};

/// One card; clones are the same.
#[derive(Clone)]
pub enum Plastic {
    /// Simulated here.
    Ours(Arc<Mutex<Card>>),
    /// The product.
    Product(Arc<Mutex<dyn CardSlot>>),
}

/// The counter that the outcome names.
pub const USER_PIN: PinName = PinName::UserAuthentication;

impl Plastic {
    /// Ours; `None` for the product.
    pub fn ours(&self) -> Option<&Arc<Mutex<Card>>> {
        match self {
            Self::Ours(card) => Some(card),
            Self::Product(_) => None,
        }
    }

    /// Uses it as whatever lies in a slot is used.
    pub fn with<T>(&self, use_it: impl FnOnce(&mut dyn CardSlot) -> T) -> T {
        match self {
            Self::Ours(card) => use_it(&mut *locked(card)),
            Self::Product(card) => use_it(&mut *locked(card)),
        }
    }

    /// Whether it is the very same card.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ours(one), Self::Ours(other)) => Arc::ptr_eq(one, other),
            (Self::Product(one), Self::Product(other)) => Arc::ptr_eq(one, other),
            (Self::Ours(_), Self::Product(_)) | (Self::Product(_), Self::Ours(_)) => false,
        }
    }

    /// How many tries its user-authentication PIN has left, 0 when it is blocked. A product is asked by VERIFY without data, which
    /// costs none, twice and between two visits; `None` when it says something else.
    pub fn tries_left(&self) -> Option<u8> {
        match self {
            Self::Ours(card) => Some(locked(card).tries_left(USER_PIN)),
            Self::Product(card) => tries_told(&mut *locked(card)),
        }
    }
}

fn locked<T: ?Sized>(card: &Mutex<T>) -> MutexGuard<'_, T> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tries_told(card: &mut dyn CardSlot) -> Option<u8> {
    card.power_on();
    let commands = [
        CommandApdu::select_application(&JPKI_AID),
        CommandApdu::select_file(jpki::USER_PIN),
        CommandApdu::verify(&[]),
        // What the question itself cost, the second answer shows.
        CommandApdu::verify(&[]),
    ];
    let mut told = None;
    for command in commands {
        let answer = card.exchange(&command.to_bytes()).ok();
        told = answer.and_then(|answer| ResponseApdu::parse(&answer).ok()).map(|answer| answer.sw);
    }
    card.power_off();
    match told? {
        StatusWord::REFERENCE_BLOCKED => Some(0),
        told => told.tries(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sim_card::Silence;

    use super::*;

    /// A card that answers each command with the next of these words.
    struct Says(Vec<u16>);

    impl CardSlot for Says {
        fn atr(&self) -> Vec<u8> {
            Vec::new()
        }
        fn is_present(&self) -> bool {
            true
        }
        fn has_power(&self) -> bool {
            true
        }
        fn power_on(&mut self) {}
        fn power_off(&mut self) {}
        fn reset(&mut self) {}
        fn exchange(&mut self, _: &[u8]) -> Result<Vec<u8>, Silence> {
            self.0.pop().map(|word| word.to_be_bytes().into()).ok_or(Silence::Mute)
        }
        fn delay(&self) -> Duration {
            Duration::ZERO
        }
    }

    #[test]
    fn a_product_tells_its_tries_by_the_second_answer_to_the_question() {
        for (words, tries) in [
            ([0x63C3, 0x63C3, 0x9000, 0x9000], Some(3)),
            // Row OQS-PIN-09.
            ([0x63C2, 0x63C3, 0x9000, 0x9000], Some(2)),
            ([0x63C0, 0x63C0, 0x9000, 0x9000], Some(0)),
            ([0x6984, 0x6984, 0x9000, 0x9000], Some(0)),
            ([0x9000, 0x9000, 0x9000, 0x9000], None),
            ([0x6A88, 0x63C1, 0x6A82, 0x63C1], None),
        ] {
            let card = Plastic::Product(Arc::new(Mutex::new(Says(words.into()))));
            assert_eq!(card.tries_left(), tries, "{words:04X?}");
        }
        let mute = Plastic::Product(Arc::new(Mutex::new(Says(Vec::new()))));
        assert_eq!(mute.tries_left(), None);
    }
}
