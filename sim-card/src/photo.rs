//! The chip's photo: grey pixels to a JP2 file of card size. Only the bench's own pictures go in here.

use openjp2::openjpeg::{OPJ_CLRSPC_GRAY, OPJ_CODEC_JP2};
use openjp2::{Codec, Stream, opj_cparameters_t, opj_image, opj_image_comptparm};

/// Compression ratio: 240 × 320 grey pixels become a little under 4 kB.
const RATIO: f32 = 20.0;
/// Longest side. A larger photo could not be read whole with 15-bit offsets.
const MAX_SIDE: u32 = 640;
/// Wavelet resolutions; a small picture takes fewer, since each halves it.
const RESOLUTIONS: u32 = 6;

/// Why a picture did not become a photo.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum PhotoError {
    #[error("{width} × {height} pixels; each side must be 1 to {MAX_SIDE}")]
    Size { width: u32, height: u32 },
    #[error("{expected} grey values wanted, {given} given")]
    PixelCount { expected: usize, given: usize },
    #[error("the encoder failed at: {step}")]
    Encoder { step: &'static str },
    #[error("cannot use a temporary file")]
    File(#[from] std::io::Error),
}

/// Encodes grey pixels, row by row from the top left, as JP2. The same pixels give the same bytes.
///
/// # Errors
/// [`PhotoError`] when sizes do not fit, when the encoder refuses, or when no temporary file can be made.
///
/// Source: ISO/IEC 15444-1:2019 Annex I for the file format.
pub fn encode_photo(width: u32, height: u32, grey: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let sides = 1..=MAX_SIDE;
    if !sides.contains(&width) || !sides.contains(&height) {
        return Err(PhotoError::Size { width, height });
    }
    let expected = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
    if grey.len() != expected {
        return Err(PhotoError::PixelCount { expected, given: grey.len() });
    }
    let mut image = image(width, height, grey)?;
    // The encoder writes to a path; its in-memory streams would need `unsafe` on our side.
    let file = tempfile::NamedTempFile::new()?;
    compress(&mut image, &mut parameters(width.min(height)), file.path())?;
    Ok(std::fs::read(file.path())?)
}

fn image(width: u32, height: u32, grey: &[u8]) -> Result<Box<opj_image>, PhotoError> {
    let component =
        opj_image_comptparm { dx: 1, dy: 1, w: width, h: height, prec: 8, ..Default::default() };
    let step = "picture";
    let mut image =
        opj_image::create(&[component], OPJ_CLRSPC_GRAY).ok_or(PhotoError::Encoder { step })?;
    image.x1 = width;
    image.y1 = height;
    let values: Vec<i32> = grey.iter().map(|value| i32::from(*value)).collect();
    let component = image.comps_mut().and_then(|components| components.first_mut());
    match component.map(|component| component.set_data(&values)) {
        Some(true) => Ok(image),
        _ => Err(PhotoError::Encoder { step }),
    }
}

#[expect(
    clippy::field_reassign_with_default,
    reason = "a type with a destructor has no update syntax"
)]
fn parameters(shorter_side: u32) -> opj_cparameters_t {
    let mut parameters = opj_cparameters_t::default();
    parameters.tcp_numlayers = 1;
    if let Some(rate) = parameters.tcp_rates.first_mut() {
        *rate = RATIO;
    }
    parameters.cp_disto_alloc = 1;
    parameters.irreversible = 1;
    parameters.numresolution = RESOLUTIONS.min(shorter_side.ilog2() + 1).cast_signed();
    parameters
}

/// Runs the encoder's four steps; its results are C booleans.
fn compress(
    image: &mut opj_image,
    parameters: &mut opj_cparameters_t,
    path: &std::path::Path,
) -> Result<(), PhotoError> {
    const BUFFER: usize = 64 * 1024;
    let done = |result: i32, step| {
        if result == 0 { Err(PhotoError::Encoder { step }) } else { Ok(()) }
    };
    let encoder = Codec::new_encoder(OPJ_CODEC_JP2);
    let mut codec = encoder.ok_or(PhotoError::Encoder { step: "start" })?;
    done(codec.setup_encoder(parameters, image), "setup")?;
    let mut stream = Stream::new_file(path, BUFFER, false)?;
    done(codec.start_compress(image, &mut stream), "header")?;
    done(codec.encode(&mut stream), "pixels")?;
    done(codec.end_compress(&mut stream), "end")?;
    Ok(stream.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(width: u32, height: u32) -> Vec<u8> {
        (0..height).flat_map(|y| (0..width).map(move |x| (x + 2 * y).to_le_bytes()[0])).collect()
    }

    #[test]
    fn the_same_pixels_give_the_same_bytes() {
        let pixels = gradient(240, 320);
        let first = encode_photo(240, 320, &pixels).unwrap();
        assert_eq!(first, encode_photo(240, 320, &pixels).unwrap());
        assert!(first.starts_with(&[0, 0, 0, 12, b'j', b'P', b' ', b' ']), "{:?}", &first[..12]);
        assert!((1_000..6_000).contains(&first.len()), "{} bytes", first.len());
    }

    #[test]
    fn small_pictures_are_encoded_too() {
        for (width, height) in [(1, 1), (3, 5), (16, 20), (33, 64)] {
            encode_photo(width, height, &gradient(width, height)).unwrap();
        }
    }

    #[test]
    fn sizes_must_fit() {
        assert!(matches!(encode_photo(0, 5, &[]), Err(PhotoError::Size { .. })));
        assert!(matches!(encode_photo(5, 641, &[]), Err(PhotoError::Size { .. })));
        let short = encode_photo(2, 2, &[1, 2, 3]);
        assert!(matches!(short, Err(PhotoError::PixelCount { expected: 4, given: 3 })));
    }
}
