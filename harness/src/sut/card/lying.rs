//! A card that lies in a reader and cannot be made anew: the bench spends no try of it that nobody could give back.

use sim_card::Silence;
use sim_card::apdu::{CommandApdu, ResponseApdu};
use sim_card::link::CardSlot;
use sim_reader::card_client::{CardClient, CardMiddleware as _, Pin, PinAnswer, PinCounter};

use super::InSlot;
use crate::error::BenchError;
use crate::sut::troubles::Troubles;
use crate::sut::vpcd::Turn;

const VERIFY: u8 = 0x20;

/// The card in the slot, for one scenario. Dropping it gives its PIN all tries back, and lets the next scenario have it.
pub struct LyingCard {
    product: String,
    card: InSlot,
    pin: Option<Pin>,
    troubles: Troubles,
    _turn: Option<Turn>,
}

impl LyingCard {
    /// Takes the card, makes sure that `pin` is its PIN, and so gives that all tries back.
    ///
    /// # Errors
    /// [`BenchError::ProductError`] when its PIN is blocked, nearly so, or another one.
    pub fn take(
        product: &str,
        slot: Box<dyn CardSlot>,
        pin: Option<&str>,
        (turn, troubles): (Option<Turn>, &Troubles),
    ) -> Result<Self, BenchError> {
        let (card, pin) = (InSlot(slot), pin.and_then(Pin::new));
        let (product, troubles) = (product.to_owned(), troubles.clone());
        let mut taken = Self { product, card, pin, troubles, _turn: turn };
        let proven = taken.present_pin(ALMOST_BLOCKED + 1);
        taken.power_off();
        if proven.is_err() {
            // Not to be presented again when this value goes.
            taken.pin = None;
        }
        let product = taken.product.clone();
        proven.map_err(|reason| BenchError::ProductError { product, reason })?;
        Ok(taken)
    }

    /// Presents the right PIN, which gives all tries back, unless fewer than so many are left.
    fn present_pin(&mut self, least: u8) -> Result<(), String> {
        let Some(pin) = self.pin.clone() else { return Ok(()) };
        self.power_on();
        let mut client = CardClient::new(&mut self.card);
        let counter = client.select_jpki().and_then(|()| client.pin_counter());
        match counter.map_err(|error| error.to_string())? {
            PinCounter::Left(left) if left >= least => {}
            PinCounter::Left(_) => return Err(ONE_LEFT.to_owned()),
            PinCounter::Blocked | PinCounter::NoPin => return Err("its PIN is blocked".to_owned()),
        }
        match client.verify_pin(&pin).map_err(|error| error.to_string())? {
            PinAnswer::Right => Ok(()),
            PinAnswer::Wrong { .. } | PinAnswer::Blocked => {
                Err("it refuses the PIN of the persona".to_owned())
            }
        }
    }

    /// Whether it would block what nobody can unblock: a wrong value where one try is left. The card tells how many there are.
    fn spends_the_last_try(&mut self, command: &[u8]) -> bool {
        let Ok(CommandApdu { header: [class, VERIFY, p1, p2], data, .. }) =
            CommandApdu::parse(command)
        else {
            return false;
        };
        let is_right = self.pin.as_ref().is_some_and(|pin| pin.digits().as_bytes() == data);
        if data.is_empty() || is_right {
            return false;
        }
        let left = self.card.0.exchange(&[class, VERIFY, p1, p2]);
        let left = left.ok().and_then(|told| ResponseApdu::parse(&told).ok()?.sw.tries());
        left == Some(ALMOST_BLOCKED)
    }

    fn trouble(&mut self, silence: Silence) -> BenchError {
        let product = self.product.clone();
        match silence {
            Silence::Removed => BenchError::ProductGone {
                product,
                how: "it was taken out of the reader".to_owned(),
            },
            Silence::Mute | Silence::NoPower => {
                BenchError::ProductError { product, reason: "the card gave no answer".to_owned() }
            }
        }
    }
}

/// Tries left of a PIN that the next wrong value blocks.
const ALMOST_BLOCKED: u8 = 1;
const ONE_LEFT: &str = "its PIN has one try left, and whether the persona's is right is not known: present it once by another program";

impl CardSlot for LyingCard {
    fn atr(&self) -> Vec<u8> {
        self.card.0.atr()
    }

    fn is_present(&self) -> bool {
        self.card.0.is_present()
    }

    fn has_power(&self) -> bool {
        self.card.0.has_power()
    }

    fn power_on(&mut self) {
        // Off first: power that stays on would keep what was granted.
        self.card.0.power_off();
        self.card.0.power_on();
    }

    fn power_off(&mut self) {
        self.card.0.power_off();
    }

    fn reset(&mut self) {
        self.card.0.reset();
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
        if self.spends_the_last_try(command) {
            let what =
                "a card that may be blocked: nobody unblocks the one in the reader".to_owned();
            let product = self.product.clone();
            self.troubles.note(BenchError::ProductUnsupported { product, what });
            return Err(Silence::Mute);
        }
        let answer = self.card.0.exchange(command);
        answer.inspect_err(|silence| {
            let trouble = self.trouble(*silence);
            self.troubles.note(trouble);
        })
    }
}

impl Drop for LyingCard {
    fn drop(&mut self) {
        // The PIN is known to be right. Whoever takes the card next is told what is the matter with it.
        let _ = self.present_pin(ALMOST_BLOCKED);
        self.power_off();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use sim_card::pki::{Authority, AuthorityConfig};
    use sim_card::population::{Population, REFERENCE_DAY};
    use sim_card::{Card, PinName};

    use super::*;

    /// One card in two hands: the test looks into it.
    struct Shared(Arc<Mutex<Card>>);

    impl CardSlot for Shared {
        fn atr(&self) -> Vec<u8> {
            self.0.lock().unwrap().atr().to_vec()
        }
        fn is_present(&self) -> bool {
            true
        }
        fn has_power(&self) -> bool {
            self.0.lock().unwrap().has_power()
        }
        fn power_on(&mut self) {
            self.0.lock().unwrap().power_on();
        }
        fn power_off(&mut self) {
            self.0.lock().unwrap().power_off();
        }
        fn reset(&mut self) {
            self.0.lock().unwrap().reset();
        }
        fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
            self.0.lock().unwrap().exchange(command)
        }
    }

    fn card() -> (Arc<Mutex<Card>>, String) {
        let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
        let at = jiff::tz::Offset::UTC.to_timestamp(REFERENCE_DAY.at(3, 0, 0, 0)).unwrap();
        let citizen = Population::new(1).citizen(42).unwrap();
        let contents = citizen.card(&mut authority, at, |_| Vec::new()).unwrap().contents;
        let pin = contents.user_pin.clone().unwrap();
        (Arc::new(Mutex::new(Card::new(contents))), pin)
    }

    fn left(card: &Mutex<Card>) -> u8 {
        card.lock().unwrap().tries_left(PinName::UserAuthentication)
    }

    fn take(
        card: &Arc<Mutex<Card>>,
        pin: &str,
        troubles: &Troubles,
    ) -> Result<LyingCard, BenchError> {
        let slot = Box::new(Shared(Arc::clone(card)));
        LyingCard::take("P", slot, Some(pin), (None, troubles))
    }

    #[test]
    fn the_last_try_is_not_spent_and_all_are_given_back() {
        let ((card, pin), troubles) = (card(), Troubles::default());
        let mut taken = take(&card, &pin, &troubles).unwrap();
        taken.power_on();
        let say = |taken: &mut LyingCard, command: CommandApdu| taken.exchange(&command.to_bytes());
        say(&mut taken, CommandApdu::select_application(&sim_card::apps::JPKI_AID)).unwrap();
        say(&mut taken, CommandApdu::select_file(0x0018)).unwrap();
        let wrong = || CommandApdu::verify(b"wrong");
        assert_eq!(say(&mut taken, wrong()), Ok(vec![0x63, 0xC2]));
        assert_eq!(say(&mut taken, wrong()), Ok(vec![0x63, 0xC1]));
        assert!(troubles.settle().is_ok());
        assert_eq!(say(&mut taken, wrong()), Err(Silence::Mute));
        assert!(matches!(troubles.settle(), Err(BenchError::ProductUnsupported { .. })));
        assert_eq!(left(&card), 1, "nothing was sent");
        assert_eq!(say(&mut taken, CommandApdu::verify(pin.as_bytes())), Ok(vec![0x90, 0x00]));
        assert_eq!(say(&mut taken, wrong()), Ok(vec![0x63, 0xC2]));
        drop(taken);
        assert_eq!(left(&card), 3);
        assert!(!card.lock().unwrap().has_power());
    }

    #[test]
    fn a_blocked_card_and_one_with_another_pin_are_not_taken() {
        let ((card, pin), troubles) = (card(), Troubles::default());
        card.lock().unwrap().set_tries_left(PinName::UserAuthentication, 2);
        drop(take(&card, &pin, &troubles).unwrap());
        assert_eq!(left(&card), 3, "a scenario begins with all tries");
        card.lock().unwrap().set_tries_left(PinName::UserAuthentication, 0);
        let refused = take(&card, &pin, &troubles).err().unwrap().to_string();
        assert!(refused.contains("blocked"), "{refused}");
        card.lock().unwrap().set_tries_left(PinName::UserAuthentication, 2);
        let other = if pin == "0000" { "1111" } else { "0000" };
        let refused = take(&card, other, &troubles).err().unwrap().to_string();
        assert!(refused.contains("refuses the PIN"), "{refused}");
        assert_eq!(left(&card), 1, "presented once and not again");
        let refused = take(&card, other, &troubles).err().unwrap().to_string();
        assert!(refused.contains("one try left"), "{refused}");
        assert_eq!(left(&card), 1);
    }
}
