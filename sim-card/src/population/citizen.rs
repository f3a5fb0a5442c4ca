//! One citizen, whole: everything the register, the card and the counter need to know.

use jiff::{Timestamp, civil::Date, tz::Offset};

use super::draw::Draw;
use super::life::{self, CardDays, Sex};
use super::names::{self, CitizenName};
use super::number::{CheckDigit, IndividualNumber};
use super::oddity::{self, Oddity};
use super::places::{self, Address};

/// A fictitious citizen. Which insurance covers whom is not known here.
///
/// The `Debug` form leaves out what is secret on a card: number, PIN, password, security code.
#[derive(Clone, PartialEq, Eq)]
pub struct Citizen {
    /// Place in the population.
    pub index: u64,
    /// What is odd about this citizen by design, if anything.
    pub oddity: Option<Oddity>,
    /// Opaque person code, for the authority's link service.
    pub holder: String,
    /// Name and readings.
    pub name: CitizenName,
    /// Registered address.
    pub address: Address,
    /// Date of birth.
    pub birthdate: Date,
    /// Sex.
    pub sex: Sex,
    /// 個人番号.
    pub individual_number: IndividualNumber,
    /// Four digits printed on the card.
    pub security_code: String,
    /// 利用者証明用 PIN, four digits.
    pub user_pin: String,
    /// 署名用 password.
    pub signature_password: String,
    /// Day the card was given out.
    pub card_issued: Date,
    /// Last day of the card.
    pub card_expiry: Date,
    /// Seed of the appearance.
    pub face: u64,
    /// Whether the card carries a photo.
    pub photo: bool,
    /// Seed of the card's random numbers.
    pub challenge_seed: [u8; 32],
}

impl Citizen {
    pub(super) fn new(seed: u64, index: u64, today: Date, check: CheckDigit) -> Self {
        let draw = Draw::new(seed, index);
        let oddity = oddity::of(seed, index);
        let (birthdate, sex) = life::birth(draw, oddity, today);
        let CardDays { issued, expiry, photo } = life::card_days(draw, birthdate, oddity, today);
        Self {
            index,
            oddity,
            holder: holder(draw),
            name: names::name(draw, oddity, birthdate.year(), sex),
            address: places::address(draw, oddity),
            birthdate,
            sex,
            individual_number: IndividualNumber::of(seed, index, check),
            security_code: draw.four_digits("security code"),
            user_pin: draw.four_digits("user PIN"),
            signature_password: password(draw),
            card_issued: issued,
            card_expiry: expiry,
            face: draw.number("face"),
            photo,
            challenge_seed: draw.bytes("card challenges"),
        }
    }

    /// Whole years of age on a day, negative before birth.
    pub fn age(&self, on: Date) -> i16 {
        life::age(self.birthdate, on)
    }

    /// Noon, Japanese time, of the day the card was given out.
    pub fn issued_at(&self) -> Timestamp {
        let noon = self.card_issued.at(12, 0, 0, 0);
        Offset::constant(9).to_timestamp(noon).unwrap_or_default()
    }
}

impl std::fmt::Debug for Citizen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Citizen")
            .field("index", &self.index)
            .field("oddity", &self.oddity)
            .field("name", &self.name)
            .field("address", &self.address)
            .field("birthdate", &self.birthdate)
            .field("sex", &self.sex)
            .field("card_issued", &self.card_issued)
            .field("card_expiry", &self.card_expiry)
            .field("photo", &self.photo)
            .finish_non_exhaustive()
    }
}

/// Three capitals and five digits; a card takes 6 to 16 characters.
fn password(draw: Draw) -> String {
    const LETTERS: &[char] = &['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N'];
    let letters = ["password 1", "password 2", "password 3"].map(|label| draw.pick(label, LETTERS));
    format!("{}{:05}", letters.iter().collect::<String>(), draw.below("password digits", 100_000))
}

/// Letters only, so that no run of digits in it can be taken for a 個人番号.
fn holder(draw: Draw) -> String {
    let letters = draw.bytes("holder").map(|byte| char::from(b'a' + byte % 26));
    format!("citizen-{}", letters.iter().take(20).collect::<String>())
}
