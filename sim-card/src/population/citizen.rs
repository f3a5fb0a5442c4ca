//! One citizen, whole: everything the register, the card and the counter need to know.

use jiff::{Timestamp, civil::Date};

use super::certificates::noon;
use super::draw::Draw;
use super::life::{self, CardDays, Sex};
use super::names::{self, CitizenName};
use super::number::IndividualNumber;
use super::oddity::{self, Oddity};
use super::permutation::Permutation;
use super::places::{self, Address};
use super::{Population, SIZE};

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
    /// Where all this comes from.
    pub(super) population: Population,
}

impl Citizen {
    pub(super) fn new(population: Population, index: u64) -> Self {
        let Population { seed, today, check } = population;
        let draw = Draw::new(seed, index);
        let oddity = oddity::of(seed, index);
        let (birthdate, sex) = life::birth(draw, oddity, today);
        let CardDays { issued, expiry, photo } = life::card_days(draw, birthdate, oddity, today);
        Self {
            index,
            oddity,
            holder: holder(seed, index, draw),
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
            population,
        }
    }

    /// Whole years of age on a day, negative before birth.
    pub fn age(&self, on: Date) -> i16 {
        life::age(self.birthdate, on)
    }

    /// Noon, Japanese time, of the day the card was given out.
    pub fn issued_at(&self) -> Timestamp {
        noon(self.card_issued)
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

/// Letters that say which citizen it is, scattered; six of them hold 308,915,776 values.
const INDEX_LETTERS: usize = 6;
const LETTERS: u64 = 26;
const PREFIX: &str = "citizen-";

/// Letters only, so that no run of digits in it can be taken for a 個人番号.
fn holder(seed: u64, index: u64, draw: Draw) -> String {
    let mut rest = codes(seed).forward(index);
    let mut letters = Vec::new();
    for _ in 0..INDEX_LETTERS {
        letters.push(rest % LETTERS);
        rest /= LETTERS;
    }
    letters.extend(draw.bytes("holder").map(u64::from).into_iter().take(14));
    let letter = |value: u64| char::from(b'a' + u8::try_from(value % LETTERS).unwrap_or_default());
    format!("{PREFIX}{}", letters.into_iter().map(letter).collect::<String>())
}

/// The index that a person code speaks of, whether or not the rest of it is right.
pub(super) fn index_in(seed: u64, code: &str) -> Option<u64> {
    let letters = code.strip_prefix(PREFIX)?.as_bytes().get(..INDEX_LETTERS)?;
    let value = |letter: &u8| letter.is_ascii_lowercase().then(|| u64::from(letter - b'a'));
    let number = letters
        .iter()
        .rev()
        .try_fold(0, |number, letter| Some(number * LETTERS + value(letter)?))?;
    (number < SIZE).then(|| codes(seed).backward(number))
}

fn codes(seed: u64) -> Permutation {
    Permutation { left: 10_000, right: 12_500, seed, tweak: ("person code", 0) }
}
