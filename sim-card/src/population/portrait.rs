//! A face from a seed, as a photo for the chip: ellipses in grey that nobody looks like.

use super::draw::Draw;
use crate::photo::{PhotoError, encode_photo};

const WIDTH: u32 = 240;
const HEIGHT: u32 = 320;

/// An ellipse: centre, half axes, grey value.
struct Ellipse {
    x: i64,
    y: i64,
    wide: i64,
    high: i64,
    grey: u8,
}

impl Ellipse {
    fn covers(&self, x: i64, y: i64) -> bool {
        let (dx, dy) = ((x - self.x) * self.high, (y - self.y) * self.wide);
        dx * dx + dy * dy <= (self.wide * self.high).pow(2)
    }
}

/// The photo of an appearance, as JP2. The same seed gives the same bytes.
///
/// # Errors
/// [`PhotoError`] when the encoder fails or no temporary file can be made.
pub fn portrait(face: u64) -> Result<Vec<u8>, PhotoError> {
    let shapes = shapes(Draw::new(face, 0));
    let background = 225;
    let grey = |x, y| {
        let top = shapes.iter().rev().find(|shape| shape.covers(x, y));
        top.map_or(background, |shape| shape.grey)
    };
    let rows = 0..i64::from(HEIGHT);
    let pixels: Vec<u8> = rows
        .flat_map(|y| (0..i64::from(WIDTH)).map(move |x| (x, y)))
        .map(|(x, y)| grey(x, y))
        .collect();
    encode_photo(WIDTH, HEIGHT, &pixels)
}

/// From the back to the front: shoulders, hair, head, eyes, mouth.
fn shapes(draw: Draw) -> [Ellipse; 6] {
    let vary = |label, least: i64, most: i64| {
        let range = u64::try_from(most - least + 1).unwrap_or_default();
        least + i64::try_from(draw.below(label, range)).unwrap_or_default()
    };
    let shade = |label, least, most| u8::try_from(vary(label, least, most)).unwrap_or(128);
    let (wide, high) = (vary("head width", 58, 74), vary("head height", 78, 96));
    let (apart, level) = (vary("eyes apart", 22, 32), vary("eye level", 138, 152));
    let eye = |x| Ellipse { x, y: level, wide: 9, high: 5, grey: 30 };
    [
        Ellipse { x: 120, y: 330, wide: 110, high: 90, grey: shade("clothes", 40, 150) },
        Ellipse { x: 120, y: 135, wide: wide + 12, high: high + 10, grey: shade("hair", 20, 170) },
        Ellipse { x: 120, y: 155, wide, high, grey: shade("skin", 175, 210) },
        eye(120 - apart),
        eye(120 + apart),
        Ellipse { x: 120, y: 205, wide: vary("mouth", 14, 26), high: 5, grey: 90 },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_face() {
        let one = portrait(1).unwrap();
        assert_eq!(one, portrait(1).unwrap());
        assert_ne!(one, portrait(2).unwrap());
        assert!((500..6_000).contains(&one.len()), "{} bytes", one.len());
    }
}
