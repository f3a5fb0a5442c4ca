//! What looks random about a citizen: bytes by seed, index and label, so that no order of calls changes them.

use sha2::{Digest, Sha256};

/// Everything drawn for one citizen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw {
    seed: u64,
    index: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        Self { seed, index }
    }

    /// 32 bytes that belong to `label`.
    pub(crate) fn bytes(self, label: &str) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"madoguchi population")
            .chain_update(self.seed.to_be_bytes())
            .chain_update(self.index.to_be_bytes())
            .chain_update(label)
            .finalize()
            .into()
    }

    /// A number that belongs to `label`.
    pub(crate) fn number(self, label: &str) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes(label);
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// A number from 0 to `bound` - 1, or 0 when `bound` is 0.
    pub(crate) fn below(self, label: &str, bound: u64) -> u64 {
        let scaled = u128::from(self.number(label)) * u128::from(bound);
        u64::try_from(scaled >> 64).unwrap_or_default()
    }

    /// One of a pool; the default when there is nothing to pick from.
    pub(crate) fn pick<T: Copy + Default>(self, label: &str, pool: &[T]) -> T {
        let bound = u64::try_from(pool.len()).unwrap_or_default();
        let at = usize::try_from(self.below(label, bound)).unwrap_or_default();
        pool.get(at).copied().unwrap_or_default()
    }

    /// Four decimal digits.
    pub(crate) fn four_digits(self, label: &str) -> String {
        format!("{:04}", self.below(label, 10_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_index_and_label_all_count() {
        let draw = Draw::new(1, 2);
        assert_eq!(draw.number("a"), Draw::new(1, 2).number("a"));
        for other in [Draw::new(1, 3).number("a"), Draw::new(2, 2).number("a"), draw.number("b")] {
            assert_ne!(draw.number("a"), other);
        }
    }

    #[test]
    fn bounds_hold_at_their_edges() {
        assert_eq!(Draw::new(0, 0).below("a", 0), 0);
        assert_eq!(Draw::new(0, 0).below("a", 1), 0);
        assert_eq!(Draw::new(0, 0).pick::<u8>("a", &[]), 0);
        let seen: std::collections::BTreeSet<_> =
            (0..200).map(|index| Draw::new(0, index).below("a", 7)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
    }
}
