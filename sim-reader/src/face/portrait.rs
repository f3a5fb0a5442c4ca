//! A face from a seed: some forty numbers, drawn with plain geometry.
//!
//! The drawings are flat and schematic on purpose, so that nobody takes one for a photograph. Only
//! additions, multiplications, divisions and square roots are used: a seed gives the same pixels on
//! every machine.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::shade::shade;
use super::uniform::uniform;
use super::{GreyImage, to_grey};

/// Width of a portrait and of a capture, pixels.
pub const WIDTH: u32 = 240;
/// Height of a portrait and of a capture, pixels.
pub const HEIGHT: u32 = 320;

/// What a face looks like. Lengths are pixels of a portrait, measured from its centre; tones are
/// grey levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Appearance {
    pub(super) tones: Tones,
    pub(super) head: Head,
    pub(super) hair: Hair,
    pub(super) eyes: Eyes,
    pub(super) brows: Brows,
    pub(super) nose: Nose,
    pub(super) mouth: Mouth,
    pub(super) moles: [Mole; 2],
    pub(super) glasses: Option<Glasses>,
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

impl Appearance {
    /// The face of a seed; the same seed is the same face, or a twin to a camera.
    pub fn from_seed(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x6d61_646f_6775_6368);
        let mut pick = |low: f32, high: f32| uniform(&mut rng, low, high);
        Self {
            tones: Tones {
                background: pick(225.0, 245.0),
                skin: pick(165.0, 215.0),
                hair: pick(15.0, 95.0),
                clothes: pick(30.0, 170.0),
                beard: (pick(-0.35, 0.35)).max(0.0),
            },
            head: Head {
                half_width: pick(58.0, 76.0),
                half_height: pick(80.0, 102.0),
                squareness: pick(0.0, 0.55),
                taper: pick(0.05, 0.34),
                ear: pick(7.0, 14.0),
            },
            hair: Hair {
                line: pick(34.0, 70.0),
                slant: pick(-0.35, 0.35),
                bow: pick(-0.004, 0.009),
                volume: pick(4.0, 24.0),
                side: pick(-30.0, 110.0),
            },
            eyes: Eyes {
                half_distance: pick(26.0, 33.0),
                y: pick(-16.0, -2.0),
                half_width: pick(11.0, 15.5),
                half_height: pick(5.2, 8.4),
                tilt: pick(-0.2, 0.2),
                iris: pick(4.8, 6.0),
                iris_tone: pick(15.0, 60.0),
                shadow: pick(0.0, 0.25),
            },
            brows: Brows {
                lift: pick(13.0, 22.0),
                half_width: pick(12.0, 19.0),
                thickness: pick(1.6, 5.0),
                tilt: pick(-0.28, 0.28),
                arch: pick(-1.0, 6.0),
            },
            nose: Nose {
                length: pick(24.0, 42.0),
                half_width: pick(6.5, 13.5),
                ridge: pick(0.03, 0.22),
            },
            mouth: Mouth {
                drop: pick(13.0, 26.0),
                half_width: pick(14.0, 28.0),
                lip: pick(2.0, 7.0),
                curve: pick(-6.0, 7.0),
                tone: pick(0.5, 0.85),
            },
            moles: [(); 2].map(|()| Mole {
                x: pick(-45.0, 45.0),
                y: pick(10.0, 60.0),
                radius: pick(-2.5, 2.6),
            }),
            glasses: (pick(0.0, 1.0) < 0.22).then(|| Glasses {
                half_width: pick(18.0, 23.0),
                half_height: pick(12.0, 19.0),
                squareness: pick(0.0, 1.0),
                rim: pick(1.0, 2.6),
            }),
        }
    }
}

/// The portrait as it is taken for the card: from the front, evenly lit, plain background.
/// 240 × 320 pixels.
pub fn draw(appearance: &Appearance) -> GreyImage {
    let mut pixels = Vec::with_capacity((WIDTH * HEIGHT) as usize);
    for row in 0..HEIGHT {
        for column in 0..WIDTH {
            let (x, y) = centred(column, row);
            pixels.push(to_grey(shade(appearance, x, y)));
        }
    }
    GreyImage { width: WIDTH, height: HEIGHT, pixels }
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
