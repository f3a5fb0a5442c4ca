//! The photo in the chip: JPEG 2000, grey or colour.

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use super::GreyImage;

/// Photos of more pixels than this are not decoded.
const PIXEL_LIMIT: u64 = 1 << 20;

/// Why a photo cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Not a JPEG 2000 picture, or a damaged one.
    #[error("the photo is not a readable JPEG 2000 picture")]
    Unreadable,
    /// A picture that no card photo can be.
    #[error("the photo has {width} x {height} pixels")]
    Size {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Neither grey nor RGB.
    #[error("the photo is neither grey nor RGB")]
    Colours,
}

/// Decodes a JP2 file or a bare codestream to grey, colour by its luma.
///
/// # Errors
/// [`PhotoError`], also when the decoder itself gives up on hostile bytes.
pub fn decode(jp2: &[u8]) -> Result<GreyImage, PhotoError> {
    // The decoder refuses bad bytes, but is not promised to be free of panics; a card must not be
    // able to stop a reader.
    std::panic::catch_unwind(|| decode_checked(jp2)).unwrap_or(Err(PhotoError::Unreadable))
}

fn decode_checked(jp2: &[u8]) -> Result<GreyImage, PhotoError> {
    let image = Image::new(jp2, &DecodeSettings::default()).map_err(|_| PhotoError::Unreadable)?;
    let (width, height) = (image.width(), image.height());
    if !(1..=PIXEL_LIMIT).contains(&(u64::from(width) * u64::from(height))) {
        return Err(PhotoError::Size { width, height });
    }
    let colours = match image.color_space() {
        ColorSpace::Gray => 1,
        ColorSpace::RGB => 3,
        ColorSpace::CMYK | ColorSpace::Unknown { .. } | ColorSpace::Icc { .. } => {
            return Err(PhotoError::Colours);
        }
    };
    let channels = colours + usize::from(image.has_alpha());
    let mut context = DecoderContext::default();
    let samples = image.decode(&mut context).map_err(|_| PhotoError::Unreadable)?.data_u8();
    let pixels = match channels {
        1 => samples,
        _ => samples.chunks_exact(channels).map(|pixel| luma(pixel, colours)).collect(),
    };
    if pixels.len() as u64 != u64::from(width) * u64::from(height) {
        return Err(PhotoError::Unreadable);
    }
    Ok(GreyImage { width, height, pixels })
}

/// Luma of Recommendation ITU-R BT.601, in 256ths.
fn luma(pixel: &[u8], colours: usize) -> u8 {
    match (colours, pixel) {
        (3, [red, green, blue, ..]) => {
            let sum = 77 * u32::from(*red) + 150 * u32::from(*green) + 29 * u32::from(*blue);
            u8::try_from(sum / 256).unwrap_or(u8::MAX)
        }
        (_, [grey, ..]) => *grey,
        (_, []) => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn luma_keeps_black_and_white_and_grey_levels() {
        assert_eq!((luma(&[0, 0, 0], 3), luma(&[255, 255, 255], 3)), (0, 255));
        assert_eq!((luma(&[90, 90, 90], 3), luma(&[91, 200], 1)), (90, 91));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(tail in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut codestream = vec![0xFF, 0x4F, 0xFF, 0x51];
            codestream.extend(&tail);
            prop_assert!(decode(&codestream).is_err());
            prop_assert!(decode(&tail).is_err());
        }
    }
}
