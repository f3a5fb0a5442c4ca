//! Finds the two pupils in a picture: dark discs with light to the left and the right of them, two
//! of them, about level.

use std::sync::LazyLock;

use super::GreyImage;

/// A point in a picture, pixels from the top left, between pixels too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

/// The pupils as the picture shows them: the left one in the picture first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pupils {
    pub(super) left: Point,
    pub(super) right: Point,
}

/// How many discs are considered.
const CANDIDATES: usize = 16;
/// Discs weaker than this, in grey levels, are no pupils.
const WEAKEST: f32 = 18.0;
/// Surroundings that resemble an eye less than this are none.
const LIKENESS: f32 = 0.3;
/// Distance of the pupils as a part of the picture's width.
const NEAREST: f32 = 0.16;
const FARTHEST: f32 = 0.36;
/// Pupils lie at most this much out of level, as a part of their distance.
const TILT: f32 = 0.3;

/// The pupils, or `None` when the picture shows no two of them.
pub(super) fn find(image: &GreyImage) -> Option<Pupils> {
    let sums = Sums::of(image);
    let discs = strongest(image, &sums);
    let mut best: Option<(f32, Pupils)> = None;
    for left in &discs {
        for right in &discs {
            if fits(left.at, right.at, sums.width as f32) {
                let strength = left.strength + right.strength;
                if best.is_none_or(|(so_far, _)| strength > so_far) {
                    best = Some((strength, Pupils { left: left.at, right: right.at }));
                }
            }
        }
    }
    best.map(|(_, pupils)| pupils)
}

fn fits(left: Point, right: Point, width: f32) -> bool {
    let (dx, dy) = (right.x - left.x, right.y - left.y);
    dx > NEAREST * width && dx < FARTHEST * width && dy.abs() < TILT * dx
}

/// Places around a pupil, in units of 1/120 of the picture's width, and the grey that an eye has there, from -1 to 1.
static EYE: LazyLock<Vec<(i64, i64, f32)>> = LazyLock::new(|| {
    let grid = (-5..=5i16).flat_map(|y| (-9..=9i16).map(move |x| (x, y)));
    let grey = |(x, y): (i16, i16)| (x.into(), y.into(), eye_pattern(x.into(), y.into()));
    grid.map(grey).collect()
});

fn eye_pattern(x: f32, y: f32) -> f32 {
    let almond = (x * x / 42.0 + y * y / 11.5).sqrt();
    if x * x + y * y < 7.5 {
        -1.0
    } else if almond < 1.0 {
        1.0
    } else if almond < 1.3 {
        -0.5
    } else {
        0.2
    }
}

/// The coefficient of correlation of two series.
fn correlation(pairs: impl Iterator<Item = (f32, f32)>) -> f32 {
    let (mut n, mut sa, mut sb, mut saa, mut sbb, mut sab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (a, b) in pairs {
        n += 1.0;
        sa += a;
        sb += b;
        saa += a * a;
        sbb += b * b;
        sab += a * b;
    }
    let spread = ((n * saa - sa * sa) * (n * sbb - sb * sb)).max(0.0).sqrt();
    if spread > 0.0 { (n * sab - sa * sb) / spread } else { 0.0 }
}

struct Disc {
    strength: f32,
    at: Point,
}

/// The strongest discs of the middle of the picture, none next to a stronger one.
fn strongest(image: &GreyImage, sums: &Sums) -> Vec<Disc> {
    let mut found = Vec::new();
    let step = sums.unit().max(1);
    for y in (sums.height / 4..sums.height * 13 / 20).step_by(step) {
        for x in (sums.width / 6..sums.width * 5 / 6).step_by(step) {
            if let Some(strength) = sums.disc(x as i64, y as i64) {
                found.push(Disc { strength, at: Point { x: x as f32, y: y as f32 } });
            }
        }
    }
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    let reach = 6.0 * step as f32;
    let mut kept: Vec<Disc> = Vec::new();
    for disc in found {
        let apart = |other: &Disc| {
            (other.at.x - disc.at.x).abs() > reach || (other.at.y - disc.at.y).abs() > reach
        };
        if kept.len() < CANDIDATES && kept.iter().all(apart) {
            kept.push(disc);
        }
    }
    for disc in &mut kept {
        disc.at = centre(image, disc.at, sums.unit());
        disc.strength = sums.eyelike(disc.at);
    }
    kept.retain(|disc| disc.strength > LIKENESS);
    kept
}

/// Moves a rough position to the centre of what is dark around it.
fn centre(image: &GreyImage, rough: Point, unit: usize) -> Point {
    let radius = 4 * i64::try_from(unit).unwrap_or(1);
    let mut point = rough;
    for _ in 0..4 {
        point = darkness(image, point, radius).unwrap_or(point);
    }
    point
}

/// The centre of gravity of the darkness within `radius` of a point.
fn darkness(image: &GreyImage, around: Point, radius: i64) -> Option<Point> {
    let (cx, cy) = (nearest(around.x), nearest(around.y));
    let limit = (radius as f32 + 0.5) * (radius as f32 + 0.5);
    let level = f32::from(image.at(cx, cy)) + 60.0;
    let (mut mass, mut sx, mut sy) = (0.0, 0.0, 0.0);
    for y in cy - radius - 1..=cy + radius + 1 {
        for x in cx - radius - 1..=cx + radius + 1 {
            let (dx, dy) = (x as f32 - around.x, y as f32 - around.y);
            // A soft rim: a pixel that enters the disc does so by degrees.
            let inside = (limit - dx * dx - dy * dy).clamp(0.0, 8.0) / 8.0;
            let weight = inside * (level - f32::from(image.at(x, y))).max(0.0);
            mass += weight;
            sx += weight * dx;
            sy += weight * dy;
        }
    }
    (mass > 0.0).then(|| Point { x: around.x + sx / mass, y: around.y + sy / mass })
}

#[expect(clippy::cast_possible_truncation, reason = "picture positions are small")]
fn nearest(position: f32) -> i64 {
    position.round() as i64
}

/// Sums of all pixels above and to the left, so that the mean of a box costs four look-ups.
struct Sums {
    width: usize,
    height: usize,
    table: Vec<u32>,
}

impl Sums {
    fn of(image: &GreyImage) -> Self {
        let (width, height) = (image.width as usize, image.height as usize);
        let rows = height.min(image.pixels.len() / width.max(1));
        let mut table = Vec::with_capacity((width + 1) * (rows + 1));
        let mut line = vec![0u32; width + 1];
        table.extend_from_slice(&line);
        for row in image.pixels.chunks_exact(width.max(1)).take(rows) {
            let mut run = 0u32;
            for (sum, &pixel) in line.iter_mut().skip(1).zip(row) {
                run = run.wrapping_add(u32::from(pixel));
                *sum = sum.wrapping_add(run);
            }
            table.extend_from_slice(&line);
        }
        Self { width, height: rows, table }
    }

    /// Pixels that make one step of the search: 2 in a picture 240 wide.
    fn unit(&self) -> usize {
        (self.width / 120).max(1)
    }

    /// By how many grey levels the disc at a point is darker than what lies left and right of it, where that is enough for a pupil.
    fn disc(&self, x: i64, y: i64) -> Option<f32> {
        let unit = self.step();
        let beside = |side: i64| self.mean(x + 5 * side * unit, y, unit, unit);
        let (middle, left) = (self.mean(x, y, 2 * unit, 2 * unit), beside(-1));
        // Most points are ruled out by one side.
        if left - middle <= WEAKEST {
            return None;
        }
        Some(left.min(beside(1)) - middle).filter(|strength| *strength > WEAKEST)
    }

    /// How much the surroundings of a point look like an eye, -1 to 1, whatever the light: a dark
    /// disc on a white almond with a dark rim.
    fn eyelike(&self, at: Point) -> f32 {
        let (unit, cx, cy) = (self.step(), nearest(at.x), nearest(at.y));
        let pairs = EYE.iter().map(|(column, row, grey)| {
            (*grey, self.mean(cx + column * unit, cy + row * unit, unit / 2, unit / 2))
        });
        correlation(pairs)
    }

    fn step(&self) -> i64 {
        i64::try_from(self.unit()).unwrap_or(1)
    }

    /// Mean of the box from `x - a` to `x + a` and `y - b` to `y + b`, cut at the edges.
    fn mean(&self, x: i64, y: i64, a: i64, b: i64) -> f32 {
        let clip = |p: i64, size: usize| usize::try_from(p).unwrap_or(0).min(size);
        let (x0, x1) = (clip(x - a, self.width), clip(x + a + 1, self.width));
        let (y0, y1) = (clip(y - b, self.height), clip(y + b + 1, self.height));
        let area = (x1 - x0.min(x1)) * (y1 - y0.min(y1));
        if area == 0 {
            return 0.0;
        }
        let at =
            |x: usize, y: usize| self.table.get(y * (self.width + 1) + x).copied().unwrap_or(0);
        let sum =
            at(x1, y1).wrapping_sub(at(x0, y1)).wrapping_sub(at(x1, y0)).wrapping_add(at(x0, y0));
        sum as f32 / area as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::Company;
    use super::super::portrait::{centred, draw};
    use super::*;

    /// How far the found pupils are from the drawn ones, pixels; `None` where none are found.
    fn miss(company: u64, member: u64) -> Option<f32> {
        let face = Company::from_seed(company).person(member);
        let Pupils { left, right } = find(&draw(&face))?;
        let (x0, y0) = centred(0, 0);
        let off = |at: Point, x: f32| (at.x + x0 - x).abs().max((at.y + y0 - face.eyes.y).abs());
        let half = face.eyes.half_distance;
        Some(off(left, -half).max(off(right, half)))
    }

    #[test]
    fn pupils_are_found_where_they_were_drawn() {
        for (company, member) in
            (0..30).flat_map(|company| (0..4).map(move |member| (company, member)))
        {
            let far = miss(company, member);
            assert!(
                far.is_some_and(|far| far < 3.0),
                "company {company}, member {member}: {far:?}"
            );
        }
    }
}
