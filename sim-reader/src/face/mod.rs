//! Faces: synthetic portraits, pictures of them, the photo in the chip and the comparison.
//!
//! Every face here is drawn from a seed; no picture of a person is used or needed.

pub mod capture;
pub mod detection;
pub mod evaluate;
pub mod matcher;
pub mod photo;
pub mod portrait;
pub mod vendor;

mod attack;
mod change;
mod lanes;
mod likeness;
mod pupils;
mod seam;
mod setting;
mod shade;
mod uniform;
mod whitening;

use std::fmt;

use lanes::{LANES, Lanes};

pub use attack::Attack;
pub use capture::{CaptureCamera, Conditions};
pub use likeness::Company;
pub use matcher::Builtin;
pub use portrait::Appearance;
pub use seam::{Matcher, NoScore, Picture};
pub use setting::{Setting, UnknownSetting};

/// A grey picture, row by row from the top left, one byte a pixel, 0 black.
#[derive(Clone, PartialEq, Eq)]
pub struct GreyImage {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width` × `height` bytes; pixels that are missing count as black.
    pub pixels: Vec<u8>,
}

impl GreyImage {
    /// The pixel at column `x` and row `y`; outside the picture the nearest pixel of its edge.
    pub fn at(&self, x: i64, y: i64) -> u8 {
        let column = clamp(x, self.width);
        let row = clamp(y, self.height);
        let index = row.saturating_mul(self.width as usize).saturating_add(column);
        self.pixels.get(index).copied().unwrap_or(0)
    }

    /// As a binary PGM (P5, 8 bits), whose pixels are exactly as many as its header says.
    pub fn pgm(&self) -> Vec<u8> {
        let mut pgm = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        let size = self.width as usize * self.height as usize;
        let missing = std::iter::repeat(0);
        pgm.extend(self.pixels.iter().copied().chain(missing).take(size));
        pgm
    }
}

fn clamp(position: i64, size: u32) -> usize {
    let last = i64::from(size).saturating_sub(1).max(0);
    usize::try_from(position.clamp(0, last)).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of a byte")]
fn to_greys(greys: Lanes) -> [u8; LANES] {
    let bytes = (greys + 0.5).fast_max(Lanes::ZERO).fast_min(Lanes::splat(255.0));
    bytes.fast_trunc_int().to_array().map(|grey| grey.cast_unsigned() as u8)
}

/// Shows the size only: a picture never reaches a log.
impl fmt::Debug for GreyImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GreyImage({}x{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_size_and_no_pixel() {
        let image = GreyImage { width: 2, height: 1, pixels: vec![200, 201] };
        assert_eq!(format!("{image:?}"), "GreyImage(2x1)");
    }

    #[test]
    fn outside_lies_the_edge_and_missing_pixels_are_black() {
        let image = GreyImage { width: 2, height: 2, pixels: vec![1, 2, 3] };
        assert_eq!((image.at(-5, 0), image.at(9, 0), image.at(1, 1)), (1, 2, 0));
        assert_eq!(GreyImage { width: 0, height: 0, pixels: vec![] }.at(0, 0), 0);
    }
}
