//! Any citizen of a country of 125,000,000, from one seed: computed when asked for, in any order, nothing stored.
//!
//! Imitated: what the resident register, the card's front and its certificates say, with the rare cases that real systems trip over in known
//! shares and at places that [`Population::with`] lists.
//! Refused: real people. Names are made of words like 見本 (sample), places are on no map, and the check digit of every 個人番号 is wrong unless
//! [`CheckDigit::Valid`] is asked for.

pub(crate) mod certificates;
mod citizen;
mod draw;
mod kana;
mod life;
mod names;
mod number;
mod oddity;
mod open;
mod permutation;
mod places;
mod spelling;
mod words;

use jiff::civil::{Date, date};

pub use certificates::CitizenCertificate;
pub use citizen::Citizen;
pub use kana::half_width;
pub use life::{Sex, card_expiry};
pub use names::{CitizenName, NAME_LIMIT};
pub use number::{CheckDigit, IndividualNumber, check_digit, has_valid_check_digit};
pub use oddity::{Oddity, UnknownOddity};
pub use open::{OpenError, OpenedCard};
pub use places::{ADDRESS_LIMIT, Address};
pub use spelling::Spelling;

/// Number of citizens.
pub const SIZE: u64 = 125_000_000;
/// The day ages are seen from unless another is given (bench profile).
pub const REFERENCE_DAY: Date = date(2026, 10, 1);
/// Days the population can be seen from: from the first whole year of cards without infant photos, as long as people of 1926 may live.
const DAYS: (Date, Date) = (date(2025, 1, 1), date(2040, 12, 31));

/// What cannot be asked of a population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum PopulationError {
    #[error("there is no citizen {index}; they are numbered 0 to {}", SIZE - 1)]
    NoSuchCitizen { index: u64 },
    #[error("the population cannot be seen on {today}, only from {} to {}", DAYS.0, DAYS.1)]
    DayOutOfRange { today: Date },
}

/// All citizens that belong to a seed. A handful of bytes, whatever is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    seed: u64,
    today: Date,
    check: CheckDigit,
}

impl Population {
    /// The population of a seed, seen on [`REFERENCE_DAY`], with numbers that are nobody's.
    pub fn new(seed: u64) -> Self {
        Self { seed, today: REFERENCE_DAY, check: CheckDigit::Wrong }
    }

    /// The population seen on another day: everybody's age stays about the same, so birth dates and card dates move with it.
    ///
    /// # Errors
    /// [`PopulationError::DayOutOfRange`] outside of 2025 to 2040.
    pub fn seen_on(self, today: Date) -> Result<Self, PopulationError> {
        let within = DAYS.0 <= today && today <= DAYS.1;
        within.then_some(Self { today, ..self }).ok_or(PopulationError::DayOutOfRange { today })
    }

    /// The same people with the check digits asked for. Read [`CheckDigit::Valid`] before you ask for it.
    #[must_use]
    pub fn with_check_digits(self, check: CheckDigit) -> Self {
        Self { check, ..self }
    }

    /// The day the population is seen from.
    pub fn today(self) -> Date {
        self.today
    }

    /// One citizen; the cost does not depend on which.
    ///
    /// # Errors
    /// [`PopulationError::NoSuchCitizen`] from [`SIZE`] on.
    pub fn citizen(self, index: u64) -> Result<Citizen, PopulationError> {
        (index < SIZE)
            .then(|| Citizen::new(self, index))
            .ok_or(PopulationError::NoSuchCitizen { index })
    }

    /// The indices of the citizens with an oddity by design, in ascending order. It begins at once and goes on to the end of the population.
    pub fn with(self, oddity: Oddity) -> impl Iterator<Item = u64> {
        (0..SIZE / oddity::BLOCK).flat_map(move |block| oddity::within(self.seed, block, oddity))
    }

    /// Who has these twelve digits as 個人番号, wrong or right check digit included; found without a search.
    pub fn index_of(self, individual_number: &str) -> Option<u64> {
        let index = number::index_of(self.seed, individual_number).filter(|index| *index < SIZE)?;
        let theirs = IndividualNumber::of(self.seed, index, self.check);
        (theirs.digits() == individual_number).then_some(index)
    }
}
