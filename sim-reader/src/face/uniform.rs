//! Uniform numbers that do not depend on a library's way of drawing ranges.

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
