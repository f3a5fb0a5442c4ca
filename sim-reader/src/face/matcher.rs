//! The built-in comparison of two faces, from their pixels alone.
//!
//! Pupils first: both pictures are turned, scaled and shifted so that the pupils fall on the same two
//! places. Then 32 × 32 greys of the face, their light evened out, their cosine transform, 88 of its
//! coefficients, measured against how much pictures of one face differ and how much faces do, and the
//! cosine of the angle between the two vectors.
//!
//! Bench profile: what real readers do inside, and their thresholds, are not public.

use std::sync::LazyLock;

use super::pupils::{self, Pupils};
use super::seam::{Matcher, NoScore, Picture};
use super::whitening::{DIRECTIONS, whiten};
use super::{GreyImage, detection};

/// Scores from here on count as the same person.
///
/// Derived from a false match rate of 0.1 % among people of like age, sex and colouring: the threshold that
/// `madoguchi face evaluate` gives for it, rounded up. `docs/faces.md` has the figures, `tests/reader_faces.rs`
/// measures again.
pub const THRESHOLD: f64 = 0.88;

/// Side of the aligned patch.
pub(super) const SIDE: usize = 32;
/// Coefficients kept: those with u + v from 2 to 14.
pub(super) const KEPT: usize = 117;
const HIGHEST: usize = 14;
/// Where the pupils come to lie in the patch.
const LEFT_EYE: f32 = 9.5;
const EYE_ROW: f32 = 8.0;
const EYE_DISTANCE: f32 = 12.0;
/// The face in the patch: its middle row, and half of what is looked at.
const MIDDLE: f32 = 14.0;
const HALF_WIDTH: f32 = 13.0;
const HALF_HEIGHT: f32 = 14.0;

/// The matcher of this crate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin;

impl Matcher for Builtin {
    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<f64, NoScore> {
        let photo = Template::of(photo).ok_or(NoScore::Unusable(Picture::Photo))?;
        let capture = Template::of(capture).ok_or(NoScore::Unusable(Picture::Capture))?;
        Ok(photo.similarity(&capture))
    }

    fn usable(&self, capture: &GreyImage) -> bool {
        pupils::find(capture).is_some() && detection::attack_score(capture) < detection::THRESHOLD
    }

    fn attack(&self, capture: &GreyImage) -> Result<Option<f64>, NoScore> {
        Ok(Some(detection::attack_score(capture)))
    }

    /// Each picture's template is made once.
    fn scores(
        &self,
        photos: &[GreyImage],
        captures: &[GreyImage],
        pairs: &[(usize, usize)],
    ) -> Vec<Result<f64, NoScore>> {
        let templates = |images: &[GreyImage]| images.iter().map(Template::of).collect::<Vec<_>>();
        let (photos, captures) = (templates(photos), templates(captures));
        let known = |templates: &[Option<Template>], index: usize, picture| {
            templates.get(index).cloned().flatten().ok_or(NoScore::Unusable(picture))
        };
        let score = |&(photo, capture)| {
            let photo = known(&photos, photo, Picture::Photo)?;
            Ok(photo.similarity(&known(&captures, capture, Picture::Capture)?))
        };
        pairs.iter().map(score).collect()
    }
}

/// What the comparison keeps of a picture; no picture can be made of it again.
#[derive(Clone)]
pub struct Template([f64; DIRECTIONS]);

impl Template {
    /// The template of a picture; `None` when it shows no two pupils.
    pub fn of(image: &GreyImage) -> Option<Self> {
        features(image).map(|features| Self(whiten(&features).map(f64::from)))
    }

    /// How alike two faces are, 0 to 1.
    pub fn similarity(&self, other: &Self) -> f64 {
        cosine(&self.0, &other.0).max(0.0)
    }
}

/// The coefficients of a face before whitening; `None` when no pupils are found.
pub(super) fn features(image: &GreyImage) -> Option<[f32; KEPT]> {
    let mut patch = aligned(image, pupils::find(image)?);
    even_out(&mut patch);
    Some(transform(&patch))
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let norm = (dot(a, a) * dot(b, b)).sqrt();
    if norm > 0.0 { (dot(a, b) / norm).clamp(-1.0, 1.0) } else { 0.0 }
}

/// The face on a grid of its own, each cell the mean of four points.
fn aligned(image: &GreyImage, Pupils { left, right }: Pupils) -> [f32; SIDE * SIDE] {
    let (ex, ey) = ((right.x - left.x) / EYE_DISTANCE, (right.y - left.y) / EYE_DISTANCE);
    let mut patch = [0.0; SIDE * SIDE];
    for (index, cell) in patch.iter_mut().enumerate() {
        let (column, row) = ((index % SIDE) as f32, (index / SIDE) as f32);
        for (du, dv) in [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)] {
            let (u, v) = (column + du - LEFT_EYE, row + dv - EYE_ROW);
            *cell += between(image, left.x + ex * u - ey * v, left.y + ey * u + ex * v) / 4.0;
        }
    }
    patch
}

/// The grey between four pixels.
#[expect(clippy::cast_possible_truncation, reason = "picture positions are small")]
fn between(image: &GreyImage, x: f32, y: f32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let (fx, fy) = (x - column, y - row);
    let (column, row) = (column as i64, row as i64);
    let at = |dx: i64, dy: i64| f32::from(image.at(column + dx, row + dy));
    let (above, below) =
        (at(0, 0) + (at(1, 0) - at(0, 0)) * fx, at(0, 1) + (at(1, 1) - at(0, 1)) * fx);
    above + (below - above) * fy
}

/// Takes out what lies around the face, which is hair and the wall behind, then brightness and contrast.
fn even_out(patch: &mut [f32; SIDE * SIDE]) {
    let weighed = |values: &[f32]| values.iter().zip(&*WINDOW).map(|(v, w)| v * w).sum::<f32>();
    let total: f32 = WINDOW.iter().sum();
    let mean = weighed(&patch[..]) / total;
    for (cell, weight) in patch.iter_mut().zip(&*WINDOW) {
        *cell = (*cell - mean) * weight;
    }
    let power: f32 = patch.iter().map(|cell| cell * cell).sum();
    let scale = if power > 0.0 { (total / power).sqrt() } else { 0.0 };
    for cell in patch.iter_mut() {
        *cell *= scale;
    }
}

/// How much of each cell is the face.
static WINDOW: LazyLock<[f32; SIDE * SIDE]> = LazyLock::new(|| {
    std::array::from_fn(|index| {
        let half = SIDE as f32 / 2.0 - 0.5;
        let (x, y) = ((index % SIDE) as f32 - half, (index / SIDE) as f32 - MIDDLE);
        let (x, y) = (x / HALF_WIDTH, y / HALF_HEIGHT);
        ((1.15 - (x * x + y * y).sqrt()) / 0.3).clamp(0.0, 1.0)
    })
});

/// The low frequencies of the patch (DCT-II), without the three that light alone can make.
fn transform(patch: &[f32; SIDE * SIDE]) -> [f32; KEPT] {
    let mut rows = [[0.0f32; HIGHEST + 1]; SIDE];
    for (out, row) in rows.iter_mut().zip(patch.chunks_exact(SIDE)) {
        for (value, wave) in out.iter_mut().zip(&*BASIS) {
            *value = row.iter().zip(wave).map(|(a, b)| a * b).sum();
        }
    }
    let mut kept = [0.0; KEPT];
    let pairs = (2..=HIGHEST).flat_map(|sum| (0..=sum).map(move |u| (u, sum - u)));
    for (value, (u, v)) in kept.iter_mut().zip(pairs) {
        let wave = BASIS.get(v).into_iter().flatten();
        *value = rows.iter().zip(wave).map(|(row, b)| row.get(u).copied().unwrap_or(0.0) * b).sum();
    }
    kept
}

/// The waves of the transform, each over the cells of a row or column.
static BASIS: LazyLock<[[f32; SIDE]; HIGHEST + 1]> = LazyLock::new(|| {
    std::array::from_fn(|frequency| {
        let turn = std::f32::consts::PI * frequency as f32 / SIDE as f32;
        let norm = if frequency == 0 { 1.0 } else { 2.0f32 } / SIDE as f32;
        std::array::from_fn(|position| (turn * (position as f32 + 0.5)).cos() * norm.sqrt())
    })
});
