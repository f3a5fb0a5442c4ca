//! Random numbers that do not depend on a library's way of drawing them.

use rand::Rng;

/// A number from `low` up to, not including, `high`.
pub(super) fn uniform(rng: &mut impl Rng, low: f32, high: f32) -> f32 {
    let unit = (rng.next_u32() >> 8) as f32 / 16_777_216.0;
    low + (high - low) * unit
}

/// A number around 0 with deviation 1, from four random bytes; never beyond ±3.5.
pub(super) fn bell(draw: [u8; 4]) -> f32 {
    let sum: u16 = draw.into_iter().map(u16::from).sum();
    (f32::from(sum) - 510.0) / 147.8
}

/// Another seed for each place (SplitMix64).
pub(super) fn mixed(seed: u64, place: u64) -> u64 {
    let z = seed.wrapping_add((place.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number from 0 up to, not including, 1 for each whole number, the same each time.
pub(super) fn hash(n: u32) -> f32 {
    let n = (n ^ (n >> 16)).wrapping_mul(0x7feb_352d);
    let n = (n ^ (n >> 15)).wrapping_mul(0x846c_a68b);
    ((n ^ (n >> 16)) >> 8) as f32 / 16_777_216.0
}

/// A smooth line through [`hash`] at whole numbers.
#[expect(clippy::cast_possible_truncation, reason = "picture positions are small")]
pub(super) fn ripple(at: f32, salt: u32) -> f32 {
    let cell = at.floor();
    let (cell, part) = ((cell as i32).cast_unsigned().wrapping_add(salt), at - cell);
    let (one, other) = (hash(cell), hash(cell.wrapping_add(1)));
    one + (other - one) * part * part * (3.0 - 2.0 * part)
}
