//! Things handed out once: challenges and tickets.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// How long a challenge may be answered. Bench profile.
pub const CHALLENGE_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// How long a proven identity may be used for a qualification. Bench profile.
pub const TICKET_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How many may be open at once, so that a caller who only asks cannot fill the memory.
const OPEN_LIMIT: usize = 4_096;

/// What is handed out: usable once, by one institution, until a time. Volatile, so a restart voids all of it.
#[derive(Debug)]
pub struct Pending<T> {
    rng: ChaCha20Rng,
    life: SignedDuration,
    open: BTreeMap<String, Entry<T>>,
}

#[derive(Debug)]
struct Entry<T> {
    institution: String,
    until: Timestamp,
    content: T,
}

impl<T> Pending<T> {
    /// Nothing handed out yet. The same seed gives the same identifiers in the same order.
    #[must_use]
    pub fn new(seed: [u8; 32], life: SignedDuration) -> Self {
        Self { rng: ChaCha20Rng::from_seed(seed), life, open: BTreeMap::new() }
    }

    /// Hands out `make(32 random bytes)` under a fresh identifier.
    pub fn issue(
        &mut self,
        institution: &str,
        now: Timestamp,
        make: impl FnOnce([u8; 32]) -> T,
    ) -> String {
        self.drop_late(now);
        let (identifier, random) = self.draw();
        let until = now.checked_add(self.life).unwrap_or(Timestamp::MAX);
        self.open.insert(
            identifier.clone(),
            Entry { institution: institution.to_owned(), until, content: make(random) },
        );
        identifier
    }

    /// A fresh identifier and 32 random bytes, for what is kept elsewhere.
    pub fn draw(&mut self) -> (String, [u8; 32]) {
        let (mut identifier, mut random) = ([0; 16], [0; 32]);
        self.rng.fill_bytes(&mut identifier);
        self.rng.fill_bytes(&mut random);
        (hex::encode(identifier), random)
    }

    /// Takes back what was handed out, for good. `None` when it is unknown, used, late, or another institution's;
    /// in the last case it stays usable for its owner.
    pub fn take(&mut self, identifier: &str, institution: &str, now: Timestamp) -> Option<T> {
        let owner = &self.open.get(identifier)?.institution;
        if owner != institution {
            return None;
        }
        self.open.remove(identifier).filter(|entry| now <= entry.until).map(|entry| entry.content)
    }

    fn drop_late(&mut self, now: Timestamp) {
        self.open.retain(|_, entry| now <= entry.until);
        while self.open.len() >= OPEN_LIMIT {
            let Some(first) = self.soonest() else { return };
            self.open.remove(&first);
        }
    }

    fn soonest(&self) -> Option<String> {
        self.open
            .iter()
            .min_by_key(|(_, entry)| entry.until)
            .map(|(identifier, _)| identifier.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "1319999999";
    const ELSEWHERE: &str = "1319999998";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn challenges() -> Pending<[u8; 32]> {
        Pending::new([7; 32], CHALLENGE_LIFE)
    }

    #[test]
    fn usable_once() {
        let mut open = challenges();
        let id = open.issue(HERE, at("2026-04-01T00:00:00Z"), |random| random);
        assert!(open.take(&id, HERE, at("2026-04-01T00:01:00Z")).is_some());
        assert!(open.take(&id, HERE, at("2026-04-01T00:01:00Z")).is_none());
    }

    #[test]
    fn usable_until_five_minutes_have_passed() {
        for (when, usable) in [("2026-04-01T00:05:00Z", true), ("2026-04-01T00:05:01Z", false)] {
            let mut open = challenges();
            let id = open.issue(HERE, at("2026-04-01T00:00:00Z"), |random| random);
            assert_eq!(open.take(&id, HERE, at(when)).is_some(), usable, "{when}");
        }
    }

    #[test]
    fn another_institution_can_neither_use_nor_burn_it() {
        let mut open = challenges();
        let id = open.issue(HERE, at("2026-04-01T00:00:00Z"), |random| random);
        assert!(open.take(&id, ELSEWHERE, at("2026-04-01T00:00:01Z")).is_none());
        assert!(open.take(&id, HERE, at("2026-04-01T00:00:01Z")).is_some());
    }

    #[test]
    fn the_seed_fixes_the_sequence_and_nothing_repeats() {
        let (mut one, mut two) = (challenges(), challenges());
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let now = at("2026-04-01T00:00:00Z");
            let id = one.issue(HERE, now, |random| random);
            assert_eq!(id, two.issue(HERE, now, |random| random));
            assert!(seen.insert(id));
        }
    }

    #[test]
    fn a_caller_who_only_asks_cannot_fill_the_memory() {
        let mut open = challenges();
        for _ in 0..OPEN_LIMIT + 5 {
            open.issue(HERE, at("2026-04-01T00:00:00Z"), |random| random);
        }
        assert_eq!(open.open.len(), OPEN_LIMIT);
    }
}
