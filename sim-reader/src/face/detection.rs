//! Presentation attack detection (PAD) from the pixels of one capture.
//!
//! Print has dots and screens have a grid: in the spectrum of the picture each makes two peaks that stand
//! alone, at a right angle and of one distance, where edges and hair make ridges and the sensor's noise
//! an even floor. A capture is as suspect as such a pair is high. What is out of focus hides its grid;
//! `madoguchi face evaluate` tells how often.
//!
//! Bench profile: how real readers do it is not public.

use microfft::Complex32;
use microfft::complex::cfft_64;
use microfft::real::rfft_64;

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

/// One row of a block.
type Row = [f32; BLOCK];
/// The power at each pair of frequencies: rows of the half plane, from 0 to half a block. The other half mirrors it.
type Spectrum = Vec<Row>;

/// Summed over blocks around the middle of the picture.
fn spectrum(image: &GreyImage) -> Spectrum {
    let mut sum = vec![[0.0; BLOCK]; BLOCK / 2 + 1];
    let (cx, cy) = (i64::from(image.width / 2), i64::from(image.height / 2));
    for (dx, dy) in [(-64, -80), (0, -80), (-64, -16), (0, -16), (-64, 48), (0, 48)] {
        let mut lines = lines(windowed(image, cx + dx, cy + dy));
        for (sum, line) in sum.iter_mut().zip(&mut lines) {
            for (sum, wave) in sum.iter_mut().zip(cfft_64(line)) {
                *sum += wave.re * wave.re + wave.im * wave.im;
            }
        }
    }
    sum
}

/// For each frequency along the rows, from 0 to half a block, how much of it the rows have.
fn lines(mut rows: Vec<Row>) -> Vec<[Complex32; BLOCK]> {
    let mut lines = vec![[Complex32::default(); BLOCK]; BLOCK / 2 + 1];
    for (y, row) in rows.iter_mut().enumerate() {
        let waves = rfft_64(row);
        // The lowest and the highest frequency are real, and come as the two parts of one number.
        let [lowest, ..] = waves;
        let highest = Complex32::new(std::mem::take(&mut lowest.im), 0.0);
        for (line, wave) in lines.iter_mut().zip(waves.iter().chain([&highest])) {
            if let Some(place) = line.get_mut(y) {
                *place = *wave;
            }
        }
    }
    lines
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
    let mut lonely = vec![0.0; BLOCK * BLOCK];
    for (v, u) in (-1..=HALF_PLANE).flat_map(|v| (-HALF_PLANE..HALF_PLANE).map(move |u| (v, u))) {
        if u * u + v * v >= (LOWEST * LOWEST) as i64 {
            let around = ring().map(|(du, dv)| power(spectrum, u + du, v + dv));
            let level = around.iter().sum::<f64>() / around.len() as f64;
            if let Some(value) = lonely.get_mut(place(u, v)) {
                *value = power(spectrum, u, v) / (level + 1.0);
            }
        }
    }
    lonely
}

/// The power at a pair of frequencies anywhere in the plane.
fn power(spectrum: &Spectrum, u: i64, v: i64) -> f64 {
    let index = |k: i64| usize::try_from(k.rem_euclid(BLOCK as i64)).unwrap_or(0);
    let row = spectrum.get(index(v)).map(|row| row.get(index(u)));
    let mirrored = || spectrum.get(index(-v)).map(|row| row.get(index(-u)));
    f64::from(row.or_else(mirrored).flatten().copied().unwrap_or(0.0))
}

/// Where a pair of frequencies stands in the plane.
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
    use std::collections::BTreeSet;
    use std::f32::consts::TAU;

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
    fn a_wave_stands_at_its_two_frequencies_and_nowhere_else() {
        for (u, v) in [(0, 0), (20, 7), (-20, 7), (12, -32), (-32, 5), (9, -30)] {
            let turn = |x: i64, y: i64| ((v * x + u * y) as f32 / BLOCK as f32).fract() * TAU;
            let row = |y: i64| std::array::from_fn(|x| turn(x as i64, y).cos());
            let mut lines = lines((0..BLOCK as i64).map(row).collect());
            let power_of = |line: &mut _| cfft_64(line).map(|wave| wave.norm_sqr());
            let spectrum: Spectrum = lines.iter_mut().map(power_of).collect();
            let plane = (-32..32).flat_map(|v| (-32..32).map(move |u| (u, v)));
            let loud: BTreeSet<_> = plane.filter(|&(u, v)| power(&spectrum, u, v) > 1.0).collect();
            let mirrored = |k: i64| if k == -32 { k } else { -k };
            assert_eq!(loud, BTreeSet::from([(u, v), (mirrored(u), mirrored(v))]));
        }
    }

    #[test]
    fn what_has_no_pattern_is_not_suspect() {
        for (width, height, grey) in [(240, 320, 128), (1, 1, 9), (0, 0, 0), (500, 2, 255)] {
            let flat = GreyImage { width, height, pixels: vec![grey; (width * height) as usize] };
            assert!(attack_score(&flat) < 0.1);
        }
    }
}
