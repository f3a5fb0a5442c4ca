//! PNG images of printed text for the card-face files. **Bench profile**: digits are drawn, other characters are cells whose
//! dots spell their code point, so that each text has an image of its own without a font.

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

/// One line of text, one bit a dot, as PNG.
///
/// Source: PNG (W3C, third edition, 2025) §5, §11; RFC 1950; RFC 1951 §3.2.4 for the stored block.
pub(super) fn png(text: &str) -> Vec<u8> {
    // More characters than fit one stored block are not printed on any card.
    let cells: Vec<[u8; CELL]> = text.chars().take(1000).map(cell).collect();
    let width = u32::try_from(cells.len() * CELL).unwrap_or(u32::MAX);
    let mut rows = Vec::new();
    for row in 0..CELL {
        rows.push(0); // no filter
        rows.extend(cells.iter().filter_map(|cell| cell.get(row)).map(|dots| !dots));
    }
    let mut out = vec![0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];
    let mut header = [width.max(1).to_be_bytes(), 8u32.to_be_bytes()].concat();
    header.extend_from_slice(&[1, 0, 0, 0, 0]); // one bit, grey
    if cells.is_empty() {
        rows = [0, 0x80].repeat(CELL);
    }
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"IDAT", &stored(&rows));
    chunk(&mut out, b"IEND", &[]);
    out
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

/// A zlib stream of one stored block.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&(!length).to_le_bytes());
    out.extend_from_slice(bytes);
    let (low, high) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend_from_slice(&(high << 16 | low).to_be_bytes());
    out
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(kind);
    out.extend_from_slice(data);
    let crc = kind.iter().chain(data).fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xEDB8_8320 }
        })
    });
    out.extend_from_slice(&(!crc).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_images_of_their_own() {
        let images = ["", "0", "1", "2285", "架空　花子", "架空　太郎"].map(png);
        for (place, image) in images.iter().enumerate() {
            assert!(image.starts_with(b"\x89PNG") && image.ends_with(b"IEND\xAE\x42\x60\x82"));
            assert!(!images[..place].contains(image), "{place}");
        }
    }
}
