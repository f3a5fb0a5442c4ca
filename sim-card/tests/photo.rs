//! The chip's photo, read by a decoder that shares no code with the encoder.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

use std::process::Command;

use sim_card::photo::encode_photo;

const WIDTH: usize = 240;
const HEIGHT: usize = 320;

/// A picture with soft and hard edges.
fn picture() -> Vec<u8> {
    let value = |x: usize, y: usize| {
        let (dx, dy) = (x.abs_diff(WIDTH / 2), y.abs_diff(HEIGHT / 2));
        if dx * dx * 2 + dy * dy < 14_000 { 190 - (dy / 4) as u8 } else { 60 + (x / 6) as u8 }
    };
    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| value(x, y))).collect()
}

/// Width, height and pixels of a binary PGM with one-byte values.
fn parse_pgm(bytes: &[u8]) -> (String, &[u8]) {
    let pixels = bytes.len() - WIDTH * HEIGHT;
    let header = String::from_utf8_lossy(&bytes[..pixels]);
    let words = header.lines().filter(|line| !line.starts_with('#'));
    (words.collect::<Vec<_>>().join(" "), &bytes[pixels..])
}

#[test]
fn openjpeg_decodes_the_photo() {
    let folder = tempfile::tempdir().unwrap();
    let (coded, plain) = (folder.path().join("photo.jp2"), folder.path().join("photo.pgm"));
    let pixels = picture();
    std::fs::write(&coded, encode_photo(WIDTH as u32, HEIGHT as u32, &pixels).unwrap()).unwrap();
    let output =
        Command::new("opj_decompress").arg("-i").arg(&coded).arg("-o").arg(&plain).output();
    let output =
        output.unwrap_or_else(|_| panic!("opj_decompress is missing: install libopenjp2-tools"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let decoded = std::fs::read(&plain).unwrap();
    let (header, decoded) = parse_pgm(&decoded);
    assert_eq!(header, "P5 240 320 255");
    let squares: u64 =
        pixels.iter().zip(decoded).map(|(was, is)| u64::from(was.abs_diff(*is)).pow(2)).sum();
    let mean = squares as f64 / pixels.len() as f64;
    assert!(mean < 25.0, "mean square error {mean}");
}
