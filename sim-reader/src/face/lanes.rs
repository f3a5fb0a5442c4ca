//! Eight pixels of a row at once: what drawing needs besides arithmetic.
//!
//! Each lane gets the bits that a pixel by itself would get, on every machine.

use wide::{f32x8, i32x8, u32x8};

/// One value for each of eight pixels that lie side by side.
pub(super) type Lanes = f32x8;

/// How many pixels that are.
pub(super) const LANES: usize = 8;

/// How far each lies to the right of the first.
pub(super) const PLACES: [f32; LANES] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

/// `changed` where `place` holds, and `grey` elsewhere; nothing is worked out where it holds nowhere.
pub(super) fn only(place: Lanes, grey: Lanes, changed: impl FnOnce(Lanes) -> Lanes) -> Lanes {
    if place.any() { place.bitselect(changed(grey), grey) } else { grey }
}

/// What `at` says of each pixel by itself.
pub(super) fn each(x: Lanes, y: Lanes, at: impl Fn(f32, f32) -> f32) -> Lanes {
    let mut values = x.to_array();
    for (value, y) in values.iter_mut().zip(y.to_array()) {
        *value = at(*value, y);
    }
    values.into()
}

/// Where a position lies at most `reach` from the middle, either way.
pub(super) fn within(position: Lanes, reach: f32) -> Lanes {
    position.abs().simd_le(reach)
}

/// From 0 to 1: what lies beyond counts as the end it lies beyond.
pub(super) fn unit(value: Lanes) -> Lanes {
    value.fast_max(Lanes::ZERO).fast_min(Lanes::ONE)
}

/// How much of a pixel lies inside when its centre is `distance` outside the edge.
pub(super) fn cover(distance: Lanes) -> Lanes {
    unit(0.5 - distance)
}

/// `above` laid over `below` as far as `coverage`, 0 to 1, says.
pub(super) fn mix(below: Lanes, above: impl Into<Lanes>, coverage: Lanes) -> Lanes {
    below + (above.into() - below) * coverage
}

/// What a division by `divisor`, 7.5 or 15, leaves, with the sign of what is divided. By these no quotient just below a whole number
/// is rounded up to it.
pub(super) fn remainder(value: Lanes, divisor: f32) -> Lanes {
    value - Lanes::from_i32x8((value / divisor).fast_trunc_int()) * divisor
}

/// A smooth line through numbers from 0 to 1 at whole numbers, others for each `salt`.
pub(super) fn ripple(at: Lanes, salt: u32) -> Lanes {
    let cell = floor(at);
    let part = at - Lanes::from_i32x8(cell);
    let cell = unsigned(cell) + salt;
    let (one, other) = (hash(cell), hash(cell + 1_u32));
    one + (other - one) * part * part * (3.0 - 2.0 * part)
}

/// The whole numbers below; positions in a picture are small.
fn floor(value: Lanes) -> i32x8 {
    let whole = value.fast_trunc_int();
    let above = Lanes::from_i32x8(whole).simd_gt(value);
    // All bits set is -1.
    whole + wide::bytemuck::cast::<Lanes, i32x8>(above)
}

/// A number from 0 up to, not including, 1 for each whole number, the same each time.
fn hash(n: u32x8) -> Lanes {
    let n = (n ^ (n >> 16)) * 0x7feb_352d_u32;
    let n = (n ^ (n >> 15)) * 0x846c_a68b_u32;
    Lanes::from_i32x8(wide::bytemuck::cast((n ^ (n >> 16)) >> 8)) / 16_777_216.0
}

fn unsigned(whole: i32x8) -> u32x8 {
    wide::bytemuck::cast(whole)
}

/// Numbers around 0 with deviation 1, each from the four lower bytes of a draw; never beyond ±3.5.
pub(super) fn bell(draws: [u64; LANES]) -> Lanes {
    let sum = |draw: u64| {
        let [one, two, three, four, ..] = draw.to_le_bytes();
        let four = u32::from_le_bytes([one, two, three, four]);
        let pairs = (four & 0x00ff_00ff) + ((four >> 8) & 0x00ff_00ff);
        ((pairs & 0xffff) + (pairs >> 16)).cast_signed()
    };
    (Lanes::from_i32x8(draws.map(sum).into()) - 510.0) / 147.8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_remainder_is_that_of_the_operator(value in -7.0f32..3_000.0, near in -2i32..=2) {
            for divisor in [7.5, 15.0] {
                // Beside a multiple, where a quotient is rounded.
                let multiple = (value / divisor).round().max(1.0) * divisor;
                let beside = f32::from_bits(multiple.to_bits().wrapping_add_signed(near));
                for value in [value, beside] {
                    let [left, ..] = remainder(Lanes::splat(value), divisor).to_array();
                    prop_assert_eq!(left, value % divisor, "{} by {}", value, divisor);
                }
            }
        }

        #[test]
        fn a_ripple_goes_from_whole_number_to_whole_number(at in -500.0f32..500.0, salt: u32) {
            let [low, high, between, ..] =
                ripple([at.floor(), at.floor() + 1.0, at, 0., 0., 0., 0., 0.].into(), salt).to_array();
            prop_assert!((0.0..1.0).contains(&low));
            prop_assert!(low.min(high) <= between + 1e-6 && between <= low.max(high) + 1e-6);
        }
    }
}
