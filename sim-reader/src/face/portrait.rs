//! A face: some sixty numbers, drawn with plain geometry.
//!
//! The drawings are flat and schematic on purpose, so that nobody takes one for a photograph. Only
//! additions, multiplications, divisions and square roots are used: the same numbers give the same
//! pixels on every machine.

use super::lanes::{LANES, Lanes, PLACES};
use super::shade::shade;
use super::{GreyImage, to_greys};

/// Width of a portrait and of a capture, pixels.
pub const WIDTH: u32 = 240;
/// Height of a portrait and of a capture, pixels.
pub const HEIGHT: u32 = 320;

/// What a face looks like. Lengths are pixels of a portrait, measured from its centre; tones are
/// grey levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Appearance {
    pub(super) sex: Sex,
    /// Years.
    pub(super) age: f32,
    /// How deep the lines of age are, 0 to 1.
    pub(super) lines: f32,
    /// Which spots and strands the skin and the hair have.
    pub(super) grain: u32,
    pub(super) tones: Tones,
    pub(super) head: Head,
    pub(super) hair: Hair,
    pub(super) eyes: Eyes,
    pub(super) brows: Brows,
    pub(super) nose: Nose,
    pub(super) mouth: Mouth,
    pub(super) moles: [Mole; 2],
    pub(super) glasses: Option<Glasses>,
    pub(super) mask: Option<Mask>,
}

/// As far as a face tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sex {
    Female,
    Male,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tones {
    pub(super) background: f32,
    pub(super) skin: f32,
    pub(super) hair: f32,
    pub(super) clothes: f32,
    /// Darkening of the lower face, 0 to 1.
    pub(super) beard: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub(super) half_width: f32,
    pub(super) half_height: f32,
    /// 0 an ellipse, 1 nearly a rounded box.
    pub(super) squareness: f32,
    /// How much the face narrows towards the chin.
    pub(super) taper: f32,
    pub(super) ear: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hair {
    /// Height of the hairline above the centre.
    pub(super) line: f32,
    pub(super) slant: f32,
    /// How far the hairline falls towards the temples.
    pub(super) bow: f32,
    pub(super) volume: f32,
    /// Where the hair at the sides ends.
    pub(super) side: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Eyes {
    /// Half the distance of the pupils.
    pub(super) half_distance: f32,
    pub(super) y: f32,
    pub(super) half_width: f32,
    pub(super) half_height: f32,
    pub(super) tilt: f32,
    pub(super) iris: f32,
    pub(super) iris_tone: f32,
    pub(super) shadow: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Brows {
    /// Height above the pupils.
    pub(super) lift: f32,
    pub(super) half_width: f32,
    pub(super) thickness: f32,
    pub(super) tilt: f32,
    pub(super) arch: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Nose {
    pub(super) length: f32,
    pub(super) half_width: f32,
    pub(super) ridge: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mouth {
    /// Distance below the nose.
    pub(super) drop: f32,
    pub(super) half_width: f32,
    pub(super) lip: f32,
    pub(super) curve: f32,
    pub(super) tone: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mole {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) radius: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glasses {
    pub(super) half_width: f32,
    pub(super) half_height: f32,
    pub(super) squareness: f32,
    pub(super) rim: f32,
}

/// A surgical mask over nose, mouth and chin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mask {
    /// Its upper edge below the pupils.
    pub(super) drop: f32,
    pub(super) tone: f32,
}

/// The portrait as it is taken for the card: from the front, evenly lit, plain background.
/// 240 × 320 pixels.
pub fn draw(appearance: &Appearance) -> GreyImage {
    let greys = exposed(|x, y| shade(appearance, x, y));
    let pixels = greys.chunks(LANES).flat_map(|greys| to_greys(Lanes::from(greys))).collect();
    GreyImage { width: WIDTH, height: HEIGHT, pixels }
}

/// The grey of each pixel, `at` the middle of it.
pub(super) fn exposed(at: impl Fn(Lanes, Lanes) -> Lanes) -> Vec<f32> {
    let mut greys = Vec::with_capacity((WIDTH * HEIGHT) as usize);
    for row in 0..HEIGHT {
        for first in (0..WIDTH).step_by(LANES) {
            let (x, y) = centred(first, row);
            greys.extend(at(x + Lanes::from(PLACES), Lanes::splat(y)).to_array());
        }
    }
    greys
}

/// The middle of a pixel, measured from the centre of the portrait.
pub(super) fn centred(column: u32, row: u32) -> (f32, f32) {
    let half = |size: u32| size as f32 / 2.0 - 0.5;
    (column as f32 - half(WIDTH), row as f32 - half(HEIGHT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_is_one_face_and_another_seed_another() {
        let first = draw(&Appearance::from_seed(1));
        assert_eq!(first, draw(&Appearance::from_seed(1)));
        assert_ne!(first, draw(&Appearance::from_seed(2)));
        assert_eq!(first.pixels.len(), 240 * 320);
    }

    #[test]
    fn a_portrait_uses_the_range_of_greys() {
        let portrait = draw(&Appearance::from_seed(3));
        let dark = portrait.pixels.iter().filter(|&&p| p < 90).count();
        let light = portrait.pixels.iter().filter(|&&p| p > 150).count();
        assert!(dark > 1_000 && light > 10_000, "{dark} dark, {light} light");
    }
}
