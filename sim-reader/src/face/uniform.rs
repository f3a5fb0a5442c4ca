//! Random numbers that do not depend on a library's way of drawing them.

use rand::Rng;

/// A number from `low` up to, not including, `high`.
pub(super) fn uniform(rng: &mut impl Rng, low: f32, high: f32) -> f32 {
    let unit = (rng.next_u32() >> 8) as f32 / 16_777_216.0;
    low + (high - low) * unit
}

/// Another seed for each place (SplitMix64).
pub(super) fn mixed(seed: u64, place: u64) -> u64 {
    let z = seed.wrapping_add((place.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
