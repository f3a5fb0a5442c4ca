//! Two naive comparisons; where they do well, the faces are too easy.

use super::super::{GreyImage, Matcher, NoScore};

/// How near the mean grey of two pictures is.
#[derive(Debug, Clone, Copy)]
pub struct MeanColour;

/// How near two pictures are, pixel by pixel.
#[derive(Debug, Clone, Copy)]
pub struct RawPixels;

impl Matcher for MeanColour {
    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<f64, NoScore> {
        Ok(1.0 - (mean(photo) - mean(capture)).abs() / 255.0)
    }
}

impl Matcher for RawPixels {
    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<f64, NoScore> {
        let pairs = middle(photo).zip(middle(capture));
        let (count, sum) = pairs
            .fold((0u32, 0u32), |(count, sum), (a, b)| (count + 1, sum + u32::from(a.abs_diff(b))));
        Ok(1.0 - f64::from(sum) / f64::from(255 * count.max(1)))
    }
}

fn mean(image: &GreyImage) -> f64 {
    let (count, sum) =
        middle(image).fold((0u32, 0u32), |(count, sum), pixel| (count + 1, sum + u32::from(pixel)));
    f64::from(sum) / f64::from(count.max(1))
}

/// The middle of a picture, where the face is: wall and clothes would only make it harder.
fn middle(image: &GreyImage) -> impl Iterator<Item = u8> {
    let (width, height) = (image.width as usize, image.height as usize);
    let rows = image.pixels.chunks_exact(width.max(1)).take(height * 13 / 16).skip(height * 3 / 16);
    rows.flat_map(move |row| row.iter().copied().take(width * 3 / 4).skip(width / 4))
}
