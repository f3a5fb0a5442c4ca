//! What the matcher knows of faces in general: the mean of each coefficient, and the sixteen directions in which people of
//! like age, sex and colouring differ most, in units of how much pictures of one person differ (linear discriminant analysis).
//!
//! Learnt from synthetic people whom no measurement meets: companies of their own, each member with the portrait and
//! captures that are clean, poor and years later. After a change of the drawings the test below fails and writes the new table.

use std::sync::LazyLock;

use super::matcher::KEPT;

/// Directions in which faces are compared.
pub(super) const DIRECTIONS: usize = 16;

/// One coefficient: its mean, and its part in each direction.
struct Row {
    mean: f32,
    parts: [f32; DIRECTIONS],
}

/// One row a line. What cannot be read is 0, and the test of the table fails.
static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |line: &str| {
        let mut numbers = line.split(' ').map(|number| number.parse().unwrap_or(0.0));
        let mean = numbers.next().unwrap_or(0.0);
        Row { mean, parts: std::array::from_fn(|_| numbers.next().unwrap_or(0.0)) }
    };
    include_str!("whitening.txt").lines().map(row).collect()
});

/// Takes features to the space in which they are compared.
pub(super) fn whiten(features: &[f32; KEPT]) -> [f32; DIRECTIONS] {
    let mut white = [0.0; DIRECTIONS];
    for (feature, row) in features.iter().zip(TABLE.iter()) {
        for (value, part) in white.iter_mut().zip(row.parts) {
            *value += (feature - row.mean) * part;
        }
    }
    white
}

#[cfg(test)]
mod tests {
    use super::super::capture::capture;
    use super::super::matcher::features;
    use super::super::portrait::draw;
    use super::super::{Company, Setting};
    use super::*;

    const COMPANIES: u64 = 60;
    const MEMBERS: u64 = 6;

    type Vector = Vec<f64>;
    type Matrix = Vec<Vector>;

    /// The features of each picture of a person.
    fn pictures_of(company: u64, member: u64) -> Matrix {
        let face = Company::from_seed(0x7472_6169_6e00 + company)
            .person(77_000_000 + 1_000 * company + member);
        let seed = 100_000 * company + 100 * member;
        let captures = [Setting::Clean, Setting::Poor, Setting::Age]
            .map(|setting| capture(&face, &setting.conditions(seed + setting as u64)));
        let pictures = std::iter::once(draw(&face)).chain(captures);
        let numbers = |features: [f32; KEPT]| features.map(f64::from).to_vec();
        pictures.filter_map(|picture| features(&picture).map(numbers)).collect()
    }

    /// By company, by member.
    fn people() -> Vec<Vec<Matrix>> {
        let company = |n| (0..MEMBERS).map(|member| pictures_of(n, member)).collect();
        std::thread::scope(|scope| {
            let halves = [0..COMPANIES / 2, COMPANIES / 2..COMPANIES];
            let halves = halves.map(|half| scope.spawn(|| half.map(company).collect::<Vec<_>>()));
            halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
        })
    }

    fn mean(of: &[Vector]) -> Vector {
        (0..KEPT).map(|i| of.iter().map(|x| x[i]).sum::<f64>() / of.len() as f64).collect()
    }

    fn without(x: &Vector, mean: &Vector) -> Vector {
        x.iter().zip(mean).map(|(x, mean)| x - mean).collect()
    }

    /// Products of all pairs of coefficients, summed, over `freedom`.
    fn covariance(of: &[Vector], freedom: usize) -> Matrix {
        let product = |i: usize, j: usize| of.iter().map(|x| x[i] * x[j]).sum::<f64>();
        (0..KEPT).map(|i| (0..KEPT).map(|j| product(i, j) / freedom as f64).collect()).collect()
    }

    /// The lower triangle whose product with its mirror is the matrix (Cholesky).
    fn triangle(a: &Matrix) -> Matrix {
        let mut l = vec![vec![0.0; KEPT]; KEPT];
        for i in 0..KEPT {
            for j in 0..=i {
                let sum: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
                l[i][j] = if i == j { (a[i][i] - sum).sqrt() } else { (a[i][j] - sum) / l[j][j] };
            }
        }
        l
    }

    /// `y` of `l y = x`, or of `lᵀ y = x`.
    fn solved(l: &Matrix, x: &Vector, mirrored: bool) -> Vector {
        let mut y = vec![0.0; KEPT];
        for step in 0..KEPT {
            let i = if mirrored { KEPT - 1 - step } else { step };
            let known = if mirrored { i + 1..KEPT } else { 0..i };
            let part = |k: usize| if mirrored { l[k][i] } else { l[i][k] };
            let sum: f64 = known.map(|k| part(k) * y[k]).sum();
            y[i] = (x[i] - sum) / l[i][i];
        }
        y
    }

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(x, y)| x * y).sum()
    }

    /// The strongest direction by power iteration; it is taken out of the matrix.
    fn strongest(matrix: &mut Matrix) -> Vector {
        let mut vector: Vector = (0..KEPT).map(|i| 1.0 + (i % 7) as f64).collect();
        for _ in 0..3_000 {
            let next: Vector = matrix.iter().map(|row| dot(row, &vector)).collect();
            let norm = dot(&next, &next).sqrt();
            vector = next.into_iter().map(|value| value / norm).collect();
        }
        let image: Vector = matrix.iter().map(|row| dot(row, &vector)).collect();
        let variance = dot(&image, &vector);
        for (row, a) in matrix.iter_mut().zip(&vector) {
            row.iter_mut().zip(&vector).for_each(|(value, b)| *value -= variance * a * b);
        }
        let sign = vector.iter().find(|value| value.abs() > 0.05).map_or(1.0, |v| v.signum());
        vector.into_iter().map(|value| value * sign).collect()
    }

    /// The table by training: mean and directions.
    fn trained() -> (Vector, Vec<Vector>) {
        let (mut all, mut own, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let companies = people();
        for company in &companies {
            let centres: Vec<_> = company.iter().map(|pictures| mean(pictures)).collect();
            others.extend(centres.iter().map(|centre| without(centre, &mean(&centres))));
            for (pictures, centre) in company.iter().zip(&centres) {
                own.extend(pictures.iter().map(|x| without(x, centre)));
                all.extend(pictures.iter().cloned());
            }
        }
        let persons = others.len();
        let mut within = covariance(&own, own.len() - persons);
        let level = 1e-5 * (0..KEPT).map(|i| within[i][i]).sum::<f64>() / KEPT as f64;
        (0..KEPT).for_each(|i| within[i][i] += level);
        let l = triangle(&within);
        let between = covariance(&others, persons - companies.len());
        let half: Matrix = between.iter().map(|row| solved(&l, row, false)).collect();
        let column = |j: usize| half.iter().map(|row| row[j]).collect::<Vector>();
        let mut white: Matrix = (0..KEPT).map(|j| solved(&l, &column(j), false)).collect();
        let directions = (0..DIRECTIONS).map(|_| solved(&l, &strongest(&mut white), true));
        (mean(&all), directions.collect())
    }

    #[test]
    fn the_table_is_what_training_gives() {
        let (mean, directions) = trained();
        let line = |i: usize| {
            let parts = directions.iter().map(|direction| format!(" {:.3}", direction[i]));
            format!("{:.3}{}\n", mean[i], parts.collect::<String>())
        };
        let table: String = (0..KEPT).map(line).collect();
        let numbers = |text: &str| -> Vec<f64> {
            text.split_whitespace().map(|number| number.parse().unwrap()).collect()
        };
        let (new, known) = (numbers(&table), numbers(include_str!("whitening.txt")));
        let near =
            new.len() == known.len() && new.iter().zip(&known).all(|(a, b)| (a - b).abs() < 0.02);
        if !near {
            let path = std::env::temp_dir().join("whitening.txt");
            std::fs::write(&path, table).unwrap();
            panic!("the drawings have changed; the table is now {}", path.display());
        }
    }
}
