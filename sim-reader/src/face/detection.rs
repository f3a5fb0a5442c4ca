//! Presentation attack detection (PAD) from the pixels of one capture.
//!
//! Print has dots and screens have a grid: in the spectrum of the picture each makes two peaks that stand
//! alone, at a right angle and of one distance, where edges and hair make ridges and the sensor's noise
//! an even floor. A capture is as suspect as such a pair is high. What is out of focus hides its grid;
//! `madoguchi face evaluate` tells how often.
//!
//! Bench profile: how real readers do it is not public.

use std::sync::LazyLock;

use super::GreyImage;

/// Captures from here on are taken for an attack by the built-in matcher.
///
/// Of 180 faces in each of three conditions none scores more than 0.29; `madoguchi face evaluate` tells BPCER and APCER.
pub const THRESHOLD: f64 = 0.35;

/// Side of the blocks whose spectra are added up.
const BLOCK: usize = 64;
/// Cycles a block: from a period of about 8 pixels to 2.
const LOWEST: usize = 8;
/// A peak this many times as high as its surroundings scores one half.
const HALF: f64 = 12.0;

/// How much a capture looks like something printed or shown on a screen, 0 to 1.
pub fn attack_score(capture: &GreyImage) -> f64 {
    let spectrum = spectrum(capture);
    let peak = loneliest(&spectrum);
    peak / (peak + HALF)
}

/// The power at each pair of frequencies, row by row.
type Spectrum = Vec<f32>;
/// One row of a block.
type Row = [f32; BLOCK];
/// Real and imaginary parts of one row of a transformed block.
type Line = (Row, Row);

/// Summed over blocks around the middle of the picture.
fn spectrum(image: &GreyImage) -> Spectrum {
    let mut sum = vec![0.0; BLOCK * BLOCK];
    let (cx, cy) = (i64::from(image.width / 2), i64::from(image.height / 2));
    for (dx, dy) in [(-64, -80), (0, -80), (-64, -16), (0, -16), (-64, 48), (0, 48)] {
        let rows = windowed(image, cx + dx, cy + dy);
        let lines = transposed(rows.iter().map(real_transformed).collect());
        let each = sum.chunks_exact_mut(BLOCK).zip(&lines).enumerate();
        for (_, (sum, line)) in each.filter(|&(v, _)| is_read(v)) {
            let (re, im) = transformed(line);
            for ((sum, re), im) in sum.iter_mut().zip(re).zip(im) {
                *sum += re * re + im * im;
            }
        }
    }
    sum
}

/// Whether anything looks at this row of the spectrum: the half plane, its edge and the reach of `ring`.
fn is_read(row: usize) -> bool {
    let (edge, reach) = (1, 4);
    row <= BLOCK / 2 + reach || row >= BLOCK - edge - reach
}

/// A block without its mean, faded out towards its edges.
fn windowed(image: &GreyImage, left: i64, top: i64) -> Vec<Row> {
    let mut rows = Vec::with_capacity(BLOCK);
    for y in 0..BLOCK as i64 {
        let mut row = [0.0; BLOCK];
        for (x, grey) in (left..).zip(&mut row) {
            *grey = f32::from(image.at(x, top + y));
        }
        rows.push(row);
    }
    let total: f32 = rows.iter().flatten().sum();
    let mean = total / (BLOCK * BLOCK) as f32;
    for (y, row) in rows.iter_mut().enumerate() {
        for (x, grey) in row.iter_mut().enumerate() {
            *grey = (*grey - mean) * fade(x) * fade(y);
        }
    }
    rows
}

/// 0 at the ends of a block, 1 in its middle.
fn fade(place: usize) -> f32 {
    let x = (place as f32 + 0.5) / BLOCK as f32;
    let rise = 4.0 * x * (1.0 - x);
    rise * rise
}

fn transposed(rows: Vec<Line>) -> Vec<Line> {
    let mut columns = vec![([0.0; BLOCK], [0.0; BLOCK]); BLOCK];
    for (y, (re, im)) in rows.iter().enumerate() {
        for ((column, re), im) in columns.iter_mut().zip(re).zip(im) {
            if let (Some(real), Some(imaginary)) = (column.0.get_mut(y), column.1.get_mut(y)) {
                (*real, *imaginary) = (*re, *im);
            }
        }
    }
    columns
}

/// The discrete Fourier transform of one row of greys: `transformed` without imaginary parts.
fn real_transformed(row: &Row) -> Line {
    let mut sums = ([0.0; BLOCK], [0.0; BLOCK]);
    for (grey, (cosines, sines)) in row.iter().zip(WAVES.iter()) {
        let waves = cosines.iter().zip(sines);
        for ((sum_re, sum_im), (c, s)) in sums.0.iter_mut().zip(&mut sums.1).zip(waves) {
            *sum_re += grey * c;
            *sum_im -= grey * s;
        }
    }
    sums
}

/// The discrete Fourier transform of one row.
fn transformed((re, im): &Line) -> Line {
    let mut sums = ([0.0; BLOCK], [0.0; BLOCK]);
    for ((re, im), (cosines, sines)) in re.iter().zip(im).zip(WAVES.iter()) {
        let waves = cosines.iter().zip(sines);
        for ((sum_re, sum_im), (c, s)) in sums.0.iter_mut().zip(&mut sums.1).zip(waves) {
            *sum_re += re * c + im * s;
            *sum_im += im * c - re * s;
        }
    }
    sums
}

/// For each place, cosine and sine of each frequency there.
static WAVES: LazyLock<Vec<Line>> = LazyLock::new(|| {
    let turn = |x: usize, k: usize| std::f32::consts::TAU * ((x * k) % BLOCK) as f32 / BLOCK as f32;
    let wave = |x: usize| {
        (std::array::from_fn(|k| turn(x, k).cos()), std::array::from_fn(|k| turn(x, k).sin()))
    };
    (0..BLOCK).map(wave).collect()
});

/// Frequencies of the half plane that is looked at; the other half mirrors it.
const HALF_PLANE: i64 = BLOCK as i64 / 2;

/// By how much the loneliest pair of peaks surpasses its surroundings: the geometric mean of both.
fn loneliest(spectrum: &Spectrum) -> f64 {
    let lonely = lonelinesses(spectrum);
    let at = |u: i64, v: i64| lonely.get(place(u, v)).copied().unwrap_or(0.0);
    let near = |u: i64, v: i64| {
        let around = (-1..=1).flat_map(|dv| (-1..=1).map(move |du| (u + du, v + dv)));
        around.map(|(u, v)| at(u, v)).fold(0.0, f64::max)
    };
    let half = 0..HALF_PLANE;
    let all = half.flat_map(|v| (0..HALF_PLANE).map(move |u| (u, v)));
    let pairs = all.filter(|&(u, v)| at(u, v) > 1.0).map(|(u, v)| at(u, v) * near(-v, u));
    pairs.fold(0.0, f64::max).sqrt()
}

/// Each power beside the mean around it, in the half plane and one row beyond its edges; 0 where
/// periods are too long for dots.
fn lonelinesses(spectrum: &Spectrum) -> Vec<f64> {
    let power = |u: i64, v: i64| f64::from(spectrum.get(place(u, v)).copied().unwrap_or(0.0));
    let mut lonely = vec![0.0; BLOCK * BLOCK];
    for (v, u) in (-1..=HALF_PLANE).flat_map(|v| (-HALF_PLANE..HALF_PLANE).map(move |u| (v, u))) {
        if u * u + v * v >= (LOWEST * LOWEST) as i64 {
            let around = ring().map(|(du, dv)| power(u + du, v + dv));
            let level = around.iter().sum::<f64>() / around.len() as f64;
            if let Some(value) = lonely.get_mut(place(u, v)) {
                *value = power(u, v) / (level + 1.0);
            }
        }
    }
    lonely
}

/// Where a frequency stands in the spectrum.
fn place(u: i64, v: i64) -> usize {
    let index = |k: i64| usize::try_from(k.rem_euclid(BLOCK as i64)).unwrap_or(0);
    index(v) * BLOCK + index(u)
}

/// Places around a peak that its own skirt does not reach.
fn ring() -> [(i64, i64); 16] {
    [
        (4, 0),
        (4, 2),
        (3, 3),
        (2, 4),
        (0, 4),
        (-2, 4),
        (-3, 3),
        (-4, 2),
        (-4, 0),
        (-4, -2),
        (-3, -3),
        (-2, -4),
        (0, -4),
        (2, -4),
        (3, -3),
        (4, -2),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::capture::capture;
    use super::super::{Attack, Company, Conditions};
    use super::*;

    #[test]
    fn in_focus_print_and_screen_are_told_from_faces() {
        for seed in 0..12 {
            let face = Company::from_seed(seed).person(seed);
            let own = attack_score(&capture(&face, &Conditions::steady(seed)));
            assert!(own < THRESHOLD, "seed {seed}: a face scores {own}");
            for attack in [Attack::Print, Attack::Screen] {
                let held = Conditions { attack: Some(attack), ..Conditions::steady(seed) };
                let score = attack_score(&capture(&face, &held));
                assert!(score >= THRESHOLD, "seed {seed}: {} scores {score}", attack.name());
            }
        }
    }

    #[test]
    fn rows_that_are_left_out_decide_nothing() {
        let whole: Spectrum = (0..BLOCK * BLOCK).map(|n| (n * 37 % 101 + 1) as f32).collect();
        let mut cut = whole.clone();
        let rows = cut.chunks_exact_mut(BLOCK).enumerate();
        let left_out: Vec<_> = rows.filter(|(v, _)| !is_read(*v)).collect();
        assert_eq!(left_out.len(), 22);
        left_out.into_iter().for_each(|(_, row)| row.fill(1e6));
        assert_eq!(lonelinesses(&whole), lonelinesses(&cut));
    }

    #[test]
    fn what_has_no_pattern_is_not_suspect() {
        for (width, height, grey) in [(240, 320, 128), (1, 1, 9), (0, 0, 0), (500, 2, 255)] {
            let flat = GreyImage { width, height, pixels: vec![grey; (width * height) as usize] };
            assert!(attack_score(&flat) < 0.1);
        }
    }
}
