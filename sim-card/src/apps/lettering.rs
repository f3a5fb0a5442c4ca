//! PNG images of printed text for the card-face files. **Bench profile**: digits are drawn, other characters are cells whose
//! dots spell their code point, so that each text has an image of its own without a font.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};

/// Dots of a cell in each direction; the outermost are white.
const CELL: usize = 8;

/// Five columns by seven rows, one byte a row, for the digits 0 to 9.
const DIGITS: [[u8; 7]; 10] = [
    [0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E],
    [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E],
    [0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F],
    [0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E],
    [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02],
    [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E],
    [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E],
    [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
    [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E],
    [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C],
];

/// One line of text as PNG, eight bits grey.
pub(super) fn png(text: &str) -> Vec<u8> {
    // More characters are not printed on any card; an empty line is one white cell.
    let cells: Vec<[u8; CELL]> = text.chars().take(1000).map(cell).collect();
    let cells = if cells.is_empty() { vec![[0; CELL]] } else { cells };
    let image = GrayImage::from_fn(side(cells.len() * CELL), side(CELL), |x, y| {
        let (place, column) = (x as usize / CELL, x as usize % CELL);
        let dots = cells.get(place).and_then(|cell| cell.get(y as usize)).copied().unwrap_or(0);
        Luma([if dots << column & 0x80 == 0 { 0xFF } else { 0x00 }])
    });
    let mut out = Cursor::new(Vec::new());
    // Memory takes any number of bytes, so nothing can fail here.
    image.write_to(&mut out, ImageFormat::Png).map(|()| out.into_inner()).unwrap_or_default()
}

fn side(dots: usize) -> u32 {
    u32::try_from(dots).unwrap_or(u32::MAX)
}

/// Black dots of one character, a byte a row.
fn cell(letter: char) -> [u8; CELL] {
    let mut rows = [0; CELL];
    let digit = letter.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
    let code = u32::from(letter).to_be_bytes();
    let dots: [u8; 7] = match digit.and_then(|digit| DIGITS.get(digit)) {
        Some(dots) => dots.map(|row| row << 2),
        None => {
            let [_, a, b, c] = code;
            let half = |byte: u8| [(byte >> 4) << 2 | 0x40, (byte & 0x0F) << 2 | 0x40];
            let ([a0, a1], [b0, b1], [c0, c1]) = (half(a), half(b), half(c));
            [a0, a1, b0, b1, c0, c1, 0x7C]
        }
    };
    for (row, dots) in rows.iter_mut().zip(dots) {
        *row = dots;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_images_of_their_own() {
        let images = ["", "0", "1", "2285", "架空　花子", "架空　太郎"].map(png);
        for (place, image) in images.iter().enumerate() {
            assert!(image::load_from_memory(image).is_ok(), "{place}");
            assert!(!images[..place].contains(image), "{place}");
        }
    }

    #[test]
    fn a_one_stands_upright() {
        let image = image::load_from_memory(&png("1")).unwrap().into_luma8();
        let row = |y| {
            (0..8)
                .map(move |x| (x, y))
                .map(|(x, y)| if image.get_pixel(x, y).0 == [0] { '#' } else { '.' })
        };
        let drawn: Vec<String> = (0..8).map(|y| row(y).collect()).collect();
        let one = "...#.... ..##.... ...#.... ...#.... ...#.... ...#.... ..###... ........";
        assert_eq!(drawn.join(" "), one);
    }
}
