//! What real systems trip over, and which citizens have it: fixed shares of every ten thousand, at places the seed decides.

use std::str::FromStr;

use super::permutation::Permutation;

/// Citizens per block; in each, every oddity has its share exactly.
pub(super) const BLOCK: u64 = 10_000;
const SIDE: u64 = 100; // BLOCK is its square

/// One thing about a citizen that is lawful, rare, and hard on software.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// A kanji of the family name is told apart by an ideographic variation selector (IVS).
    VariationSelector,
    /// A kanji of the family name is in neither JIS X 0208 nor JIS X 0212; certificates carry a 代替文字.
    OutsideJis,
    /// A kanji of the family name is in JIS X 0212 only: certificates carry it, Shift_JIS cannot.
    SupplementaryKanji,
    /// A kanji of the family name lies beyond the basic plane: four bytes of UTF-8, two units of UTF-16.
    BeyondBasicPlane,
    /// A 外字 of the municipality in the family name, in Unicode's private use area.
    PrivateUse,
    /// A kanji outside of JIS in the address.
    AddressOutsideJis,
    /// A name as long as the registers take.
    LongName,
    /// An address of 200 characters, the most a certificate takes.
    LongAddress,
    /// A foreign name in capitals.
    ForeignName,
    /// A foreign name of one word: no space, no family name.
    SingleName,
    /// A foreign name with a registered 通称.
    CommonName,
    /// A 旧氏 shown beside the name.
    FormerSurname,
    /// A reading that the kanji do not suggest; other registers hold the usual one.
    KanaMismatch,
    /// Born on 29 February.
    LeapDay,
    /// Born on 1 April, who is of the school year before.
    FirstOfApril,
    /// Born on 24 December 1926 (大正15年).
    LastDayOfTaisho,
    /// Born on 25 December 1926 (昭和元年, which had seven days).
    FirstDayOfShowa,
    /// Born on 7 January 1989 (昭和64年, which had seven days).
    LastDayOfShowa,
    /// Born on 8 January 1989 (平成元年).
    FirstDayOfHeisei,
    /// Born on 30 April 2019 (平成31年).
    LastDayOfHeisei,
    /// Born on 1 May 2019 (令和元年).
    FirstDayOfReiwa,
    /// A hundred years old or older.
    Centenarian,
    /// Under one year old, so the card has no photo.
    Newborn,
}

impl Oddity {
    /// Every oddity with its name on the command line and the number of citizens in each ten thousand that have it.
    ///
    /// Foreign residents, hundred-year-olds, 29 February, 1 April and infants come in the shares of the real country; the others are rarer or
    /// unknown there (bench profile).
    pub const TABLE: [(Self, &'static str, u16); 23] = [
        (Self::VariationSelector, "variation-selector", 30),
        (Self::OutsideJis, "outside-jis", 50),
        (Self::SupplementaryKanji, "supplementary-kanji", 30),
        (Self::BeyondBasicPlane, "beyond-basic-plane", 10),
        (Self::PrivateUse, "private-use", 5),
        (Self::AddressOutsideJis, "address-outside-jis", 10),
        (Self::LongName, "long-name", 4),
        (Self::LongAddress, "long-address", 4),
        (Self::ForeignName, "foreign-name", 240),
        (Self::SingleName, "single-name", 10),
        (Self::CommonName, "common-name", 30),
        (Self::FormerSurname, "former-surname", 20),
        (Self::KanaMismatch, "kana-mismatch", 30),
        (Self::LeapDay, "leap-day", 7),
        (Self::FirstOfApril, "first-of-april", 27),
        (Self::LastDayOfTaisho, "last-day-of-taisho", 1),
        (Self::FirstDayOfShowa, "first-day-of-showa", 1),
        (Self::LastDayOfShowa, "last-day-of-showa", 1),
        (Self::FirstDayOfHeisei, "first-day-of-heisei", 1),
        (Self::LastDayOfHeisei, "last-day-of-heisei", 1),
        (Self::FirstDayOfReiwa, "first-day-of-reiwa", 1),
        (Self::Centenarian, "centenarian", 8),
        (Self::Newborn, "newborn", 55),
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        Self::TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// How many of each ten thousand citizens have it by design. Others may have it by chance: anybody can be born on 1 April.
    pub fn per_ten_thousand(self) -> u16 {
        Self::TABLE.iter().find(|row| row.0 == self).map_or(0, |row| row.2)
    }

    /// The places in a block that belong to it.
    fn slots(self) -> std::ops::Range<u64> {
        let before: u64 =
            Self::TABLE.iter().take_while(|row| row.0 != self).map(|row| u64::from(row.2)).sum();
        before..before + u64::from(self.per_ten_thousand())
    }
}

impl std::fmt::Display for Oddity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// No oddity has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no oddity is called `{name}`; there are: {}", Oddity::TABLE.map(|row| row.1).join(", "))]
pub struct UnknownOddity {
    /// What was given.
    pub name: String,
}

impl FromStr for Oddity {
    type Err = UnknownOddity;

    fn from_str(name: &str) -> Result<Self, UnknownOddity> {
        let row = Self::TABLE.iter().find(|row| row.1 == name);
        row.map(|row| row.0).ok_or_else(|| UnknownOddity { name: name.to_owned() })
    }
}

/// The oddity of a citizen. Nobody has more than one by design.
pub(super) fn of(seed: u64, index: u64) -> Option<Oddity> {
    let mut slot = in_block(seed, index / BLOCK).forward(index % BLOCK);
    for (oddity, _, share) in Oddity::TABLE {
        match slot.checked_sub(u64::from(share)) {
            None => return Some(oddity),
            Some(rest) => slot = rest,
        }
    }
    None
}

/// The citizens of a block with an oddity, in ascending order.
pub(super) fn within(seed: u64, block: u64, oddity: Oddity) -> Vec<u64> {
    let permutation = in_block(seed, block);
    let mut found: Vec<u64> =
        oddity.slots().map(|slot| block * BLOCK + permutation.backward(slot)).collect();
    found.sort_unstable();
    found
}

fn in_block(seed: u64, block: u64) -> Permutation {
    Permutation { left: SIDE, right: SIDE, seed, tweak: ("oddity", block) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_has_its_shares_exactly() {
        for block in [0, 7, 12_499] {
            let found: Vec<_> =
                (0..BLOCK).filter_map(|place| of(5, block * BLOCK + place)).collect();
            for (oddity, name, share) in Oddity::TABLE {
                let count = found.iter().filter(|one| **one == oddity).count();
                assert_eq!(count, usize::from(share), "{name} in block {block}");
                let listed = within(5, block, oddity);
                assert!(listed.iter().all(|index| of(5, *index) == Some(oddity)), "{name}");
                assert_eq!(listed.len(), usize::from(share), "{name}");
            }
        }
    }

    #[test]
    fn names_are_read_back() {
        for (oddity, name, _) in Oddity::TABLE {
            assert_eq!(name.parse(), Ok(oddity));
            assert_eq!(oddity.to_string(), name);
        }
        let told = "tall".parse::<Oddity>().unwrap_err().to_string();
        assert!(told.starts_with("no oddity is called `tall`") && told.contains("leap-day"));
    }
}
