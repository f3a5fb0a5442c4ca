//! A keyed permutation of a small range: each value has exactly one image, and the way back is as cheap.

use sha2::{Digest, Sha256};

/// Rounds; an even count. This is to look random, not to keep a secret.
const ROUNDS: u8 = 8;

/// A permutation of 0 .. `left` × `right`, by an unbalanced Feistel network over two digits of those bases.
///
/// Source: for the construction NIST SP 800-38G §5 (FF1), with SHA-256 as round function (bench profile).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permutation {
    pub(crate) left: u64,
    pub(crate) right: u64,
    pub(crate) seed: u64,
    /// Tells permutations of one seed apart.
    pub(crate) tweak: (&'static str, u64),
}

impl Permutation {
    /// The image of `value`; values beyond the range come back as they are.
    pub(crate) fn forward(&self, value: u64) -> u64 {
        self.through(value, (0..ROUNDS).collect(), |half, mixed, base| (half + mixed) % base)
    }

    /// The value whose image is `image`.
    pub(crate) fn backward(&self, image: u64) -> u64 {
        let rounds = (0..ROUNDS).rev().collect();
        self.through(image, rounds, |half, mixed, base| (half + base - mixed) % base)
    }

    fn through(&self, value: u64, rounds: Vec<u8>, step: fn(u64, u64, u64) -> u64) -> u64 {
        if value >= self.left * self.right {
            return value;
        }
        let (mut left, mut right) = (value / self.right, value % self.right);
        for round in rounds {
            if round % 2 == 0 {
                left = step(left, self.mix(round, right, self.left), self.left);
            } else {
                right = step(right, self.mix(round, left, self.right), self.right);
            }
        }
        left * self.right + right
    }

    fn mix(&self, round: u8, half: u64, base: u64) -> u64 {
        let (label, number) = self.tweak;
        let digest: [u8; 32] = Sha256::new()
            .chain_update(label)
            .chain_update(self.seed.to_be_bytes())
            .chain_update(number.to_be_bytes())
            .chain_update([round])
            .chain_update(half.to_be_bytes())
            .finalize()
            .into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        u64::from_be_bytes([a, b, c, d, e, f, g, h]) % base
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_small_range_is_met_wholly() {
        let permutation = Permutation { left: 7, right: 30, seed: 3, tweak: ("test", 0) };
        let images: BTreeSet<_> = (0..210).map(|value| permutation.forward(value)).collect();
        assert_eq!(images, (0..210).collect());
        assert_eq!(permutation.forward(210), 210);
    }

    proptest! {
        #[test]
        fn there_is_a_way_back(
            left in 1_u64..1_000_000, right in 1_u64..1_000_000, seed: u64, tweak: u64, any: u64,
        ) {
            let permutation = Permutation { left, right, seed, tweak: ("test", tweak) };
            let value = any % (left * right);
            let image = permutation.forward(value);
            prop_assert!(image < left * right);
            prop_assert_eq!(permutation.backward(image), value);
        }
    }
}
