//! A fictitious citizen's card, and what clients of other people's making reach it by.

use jiff::civil::{self, date};
use myna_card::{Date, Pin, Transmit};
use sim_card::Card;
use sim_card::photo::encode_photo;
use sim_card::pki::{Authority, AuthorityConfig};
use sim_card::population::{Citizen, Population};

/// Old enough on the day of issue to sign.
const SIGNING_AGE: i16 = 15;

/// The card as myna-card's link to it; a card that does not answer reads as 6F00.
#[derive(Debug)]
pub struct Wire(pub Card);

impl Transmit for Wire {
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        Ok(self.0.transmit(command))
    }
}

/// A client on a card.
pub type Client = myna_card::Card<Wire>;

/// The first citizen with a photo and both certificates, and nothing odd, whose card is younger than its authority.
pub fn citizen() -> Citizen {
    let population = Population::new(1);
    (0..)
        .map(|index| population.citizen(index).expect("a citizen"))
        .filter(|one| {
            one.card_issued >= date(2021, 1, 1) && one.age(one.card_issued) >= SIGNING_AGE
        })
        .find(|one| one.photo && one.oddity.is_none())
        .expect("such a citizen")
}

/// The citizen's card on the day it was issued, with power.
pub fn card(citizen: &Citizen) -> Card {
    let mut authority = Authority::new(AuthorityConfig::default()).expect("an authority");
    let opened = citizen.card(&mut authority, citizen.issued_at(), portrait).expect("a card");
    let mut card = Card::new(opened.contents);
    card.power_on();
    card
}

/// A client on the citizen's card.
pub fn client(citizen: &Citizen) -> Client {
    Client::new(Wire(card(citizen)))
}

/// A photo, as far as its file goes: a slope of greys.
fn portrait(_face: u64) -> Vec<u8> {
    let grey: Vec<u8> = (0..240u32 * 320).map(|place| (place / 320) as u8).collect();
    encode_photo(240, 320, &grey).expect("a photo")
}

/// Digits as the client takes them.
pub fn digits(text: &str) -> Pin {
    Pin::numeric(text).expect("digits")
}

/// A day as the client writes it.
pub fn day(date: civil::Date) -> Date {
    let number = |part: i8| u8::try_from(part).expect("a part of a date");
    let year = u16::try_from(date.year()).expect("a year of our era");
    Date { year, month: number(date.month()), day: number(date.day()) }
}
