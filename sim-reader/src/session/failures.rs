//! How often in a row a face did not match, by card. The one thing a reader keeps between visits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

/// From this many mismatches in a row face mode is locked for the card.
pub const FACE_LIMIT: u8 = 10;

/// Stands for a card in [`FaceFailures`]: a digest of its token information (JPKI AP EF 0006), which is read
/// when the card is recognised and holds a serial number.
///
/// The certificate would tell cards apart for sure, but must not be read before identity is proved.
/// Bench profile: on the virtual cards the serial number differs from card to card; that it does on real
/// cards is not public. Where it does not, cards share their count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardKey([u8; 32]);

impl CardKey {
    /// The key of the card with this token information.
    pub fn of(token_information: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(b"madoguchi face failures\0");
        Self(digest.chain_update(token_information).finalize().into())
    }
}

impl fmt::Debug for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardKey")
    }
}

/// Mismatches in a row, by card. Only a match takes them away: neither the right PIN nor the visual
/// check does, and nothing at the counter unlocks a card.
#[derive(Debug, Default)]
pub struct FaceFailures {
    by_card: Mutex<BTreeMap<CardKey, u8>>,
}

impl FaceFailures {
    /// A store in which no card has failed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Mismatches in a row of a card.
    pub fn of(&self, card: CardKey) -> u8 {
        self.entries().get(&card).copied().unwrap_or(0)
    }

    /// Whether face mode is locked for a card.
    pub fn locked(&self, card: CardKey) -> bool {
        self.of(card) >= FACE_LIMIT
    }

    /// Counts one comparison and gives the mismatches in a row after it.
    pub fn record(&self, card: CardKey, matched: bool) -> u8 {
        let mut entries = self.entries();
        if matched {
            entries.remove(&card);
            return 0;
        }
        let count = entries.entry(card).or_insert(0);
        *count = count.saturating_add(1);
        *count
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<CardKey, u8>> {
        self.by_card.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_in_a_row_lock_and_a_match_before_takes_them_away() {
        let (failures, card) = (FaceFailures::new(), CardKey::of(b"one"));
        assert_eq!((1..=9).map(|_| failures.record(card, false)).max(), Some(9));
        assert!(!failures.locked(card));
        assert_eq!(failures.record(card, true), 0);
        assert_eq!((1..=10).map(|_| failures.record(card, false)).max(), Some(10));
        assert!(failures.locked(card));
        assert!(!failures.locked(CardKey::of(b"another")));
    }
}
