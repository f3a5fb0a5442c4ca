//! What the matcher knows of faces in general: for each coefficient its mean, the inverse of how much
//! it varies between pictures of one and the same face, and its part in the eight ways in which faces
//! differ most. Those eight (much or little hair, a long or a round face …) would drown the rest, so
//! they are damped until each weighs as much as the ninth.
//!
//! Trained on the synthetic people of seeds 1 000 000 to 1 000 399, each with the portrait, one clean
//! and one poor capture. After a change of the drawings the test below fails and tells the new table.

use super::matcher::KEPT;

/// Ways of differing that are damped.
pub(super) const DAMPED: usize = 8;

/// One coefficient.
pub(super) struct Row {
    pub(super) mean: f32,
    pub(super) weight: f32,
    pub(super) damped: [f32; DAMPED],
}

const fn row(mean: f32, weight: f32, damped: [f32; DAMPED]) -> Row {
    Row { mean, weight, damped }
}

#[rustfmt::skip]
pub(super) const WHITENING: [Row; KEPT] = [
    row(-5.7658, 1.8760, [0.0055, -0.0978, -0.0071, -0.0014, 0.0176, -0.0131, 0.0251, 0.0101]),
    row(0.1073, 3.0931, [-0.0003, -0.0066, -0.0103, 0.0844, -0.0032, 0.0129, 0.0099, -0.0105]),
    row(7.9448, 1.6754, [-0.1597, -0.0067, -0.0285, -0.0110, 0.0011, 0.0114, -0.0003, -0.0061]),
    row(-0.7717, 2.0743, [-0.0347, -0.0279, 0.0580, -0.0125, -0.0443, -0.0151, 0.0202, -0.0373]),
    row(0.0770, 1.1334, [0.0015, -0.0025, -0.0009, 0.0114, 0.0004, 0.0096, 0.0038, -0.0027]),
    row(0.5498, 1.2486, [-0.0178, 0.0798, -0.0045, 0.0028, 0.0045, -0.0038, -0.0070, -0.0148]),
    row(-0.0778, 2.3707, [0.0019, 0.0034, 0.0086, -0.0570, 0.0026, -0.0102, -0.0069, 0.0100]),
    row(-0.5423, 4.5002, [0.0695, 0.0397, -0.0960, -0.0164, 0.0384, -0.0351, 0.0915, 0.0112]),
    row(0.0150, 6.5053, [0.0085, -0.0114, 0.0045, -0.0455, 0.0063, 0.0819, 0.0232, -0.0089]),
    row(2.1256, 2.7686, [0.1002, 0.1021, -0.0207, 0.0221, -0.0061, 0.0020, 0.0071, 0.0229]),
    row(-0.1175, 5.1264, [0.0027, 0.0115, 0.0190, -0.1479, 0.0068, -0.0363, -0.0204, 0.0276]),
    row(3.9609, 2.3748, [0.0036, -0.0213, -0.0954, -0.0275, 0.0279, -0.0055, -0.0524, -0.0514]),
    row(1.1422, 3.1847, [-0.0310, 0.0791, -0.0212, -0.0069, -0.0920, -0.0150, 0.0667, -0.0120]),
    row(-0.0126, 3.9824, [0.0044, -0.0007, 0.0065, -0.0714, 0.0068, 0.0393, 0.0079, 0.0013]),
    row(3.8293, 3.9170, [-0.0498, 0.0031, -0.0299, -0.0086, -0.1295, 0.0398, -0.0265, 0.0580]),
    row(-0.0846, 2.7481, [0.0001, 0.0062, 0.0070, -0.0454, 0.0021, -0.0317, -0.0121, 0.0120]),
    row(5.4541, 3.4872, [-0.1135, -0.0437, 0.0388, -0.0187, -0.1182, -0.0054, -0.0085, -0.0188]),
    row(-0.0140, 4.0363, [0.0017, 0.0020, 0.0040, -0.0248, 0.0002, 0.0106, -0.0001, -0.0007]),
    row(-2.4928, 5.1109, [-0.0165, 0.2216, -0.0958, -0.0220, -0.0521, -0.0029, 0.0423, -0.0283]),
    row(-0.0237, 8.1586, [0.0007, 0.0072, 0.0141, -0.1667, 0.0118, 0.0301, -0.0005, 0.0099]),
    row(0.2239, 4.3272, [0.0300, 0.0423, 0.0968, 0.0060, 0.0269, 0.0208, -0.1037, -0.0360]),
    row(-0.0368, 6.0126, [-0.0059, 0.0123, 0.0049, -0.0041, -0.0033, -0.0877, -0.0250, 0.0165]),
    row(-4.3556, 3.5361, [0.1366, 0.0767, 0.1109, 0.0170, -0.0018, -0.0017, 0.0022, -0.0003]),
    row(-0.0088, 5.9111, [-0.0004, 0.0023, 0.0035, -0.0319, -0.0010, 0.0144, 0.0004, -0.0049]),
    row(0.1548, 5.4253, [0.2021, -0.0321, -0.1574, -0.0458, -0.0810, -0.0148, -0.0639, -0.0856]),
    row(0.1682, 4.0278, [-0.0470, 0.1184, -0.0349, -0.0014, -0.0550, 0.0065, 0.0272, 0.0353]),
    row(-0.0315, 7.6273, [-0.0013, 0.0115, 0.0115, -0.1254, 0.0095, -0.0253, -0.0189, 0.0151]),
    row(2.0905, 4.8612, [0.0778, -0.1101, -0.0116, 0.0415, 0.0549, 0.0317, -0.0786, 0.0637]),
    row(-0.0046, 10.4510, [-0.0116, 0.0134, -0.0120, 0.1468, -0.0169, -0.1467, -0.0380, 0.0095]),
    row(-0.3820, 4.4682, [0.1320, -0.0897, -0.1215, 0.0025, 0.0485, 0.0226, -0.0065, 0.0618]),
    row(-0.0016, 5.0740, [-0.0031, 0.0027, -0.0047, 0.0119, -0.0015, -0.0033, -0.0019, -0.0068]),
    row(0.6917, 4.5141, [-0.0042, -0.0795, -0.0435, -0.0274, -0.1272, 0.0138, -0.0131, -0.0054]),
    row(0.0024, 6.6311, [0.0004, -0.0004, -0.0024, 0.0150, -0.0013, 0.0102, 0.0032, -0.0068]),
    row(0.3931, 7.0310, [0.0066, 0.2050, -0.0435, 0.0066, -0.0434, 0.0426, -0.0561, 0.0385]),
    row(-0.0425, 12.8608, [-0.0061, 0.0182, 0.0169, -0.1279, 0.0111, -0.0990, -0.0452, 0.0271]),
    row(1.7379, 4.9744, [-0.0005, -0.1541, 0.1297, 0.0140, 0.0262, 0.0173, -0.0956, -0.0102]),
    row(0.0235, 8.6298, [-0.0088, 0.0024, -0.0216, 0.1966, -0.0190, -0.0793, -0.0144, -0.0065]),
    row(-2.1976, 5.2526, [-0.0953, -0.0764, 0.1317, -0.0032, -0.1239, 0.0101, 0.0218, 0.0057]),
    row(0.0135, 7.2604, [-0.0073, 0.0007, -0.0118, 0.0636, -0.0042, -0.0106, -0.0012, -0.0133]),
    row(-2.6700, 3.8424, [-0.0465, 0.0296, 0.1572, 0.0208, -0.0122, 0.0013, 0.0261, 0.0243]),
    row(0.0085, 9.0529, [-0.0008, -0.0008, -0.0058, 0.0327, -0.0019, 0.0174, 0.0062, -0.0120]),
    row(1.3343, 6.7050, [0.3301, -0.0603, 0.0344, 0.0083, -0.1817, -0.0034, 0.0143, 0.0214]),
    row(1.3300, 6.0585, [-0.0135, 0.0957, -0.0144, 0.0195, -0.0209, 0.0267, -0.0862, 0.0493]),
    row(-0.0411, 12.6520, [-0.0051, 0.0121, 0.0112, -0.0469, 0.0022, -0.1203, -0.0420, 0.0253]),
    row(0.2982, 5.4386, [0.0390, -0.1814, 0.0442, 0.0024, 0.1103, 0.0048, -0.0537, -0.0049]),
    row(0.0419, 7.2609, [-0.0040, -0.0045, -0.0193, 0.1729, -0.0172, -0.0077, 0.0061, -0.0172]),
    row(-1.7159, 7.1433, [0.2057, 0.0067, 0.0389, 0.0043, 0.1935, -0.0195, 0.0284, -0.0214]),
    row(0.0131, 6.1514, [-0.0031, -0.0048, -0.0089, 0.0608, -0.0029, 0.0075, 0.0040, -0.0121]),
    row(0.3839, 4.7993, [0.2167, -0.0052, 0.0068, 0.0408, 0.1481, -0.0049, 0.0201, 0.0349]),
    row(0.0191, 9.0535, [-0.0016, -0.0019, -0.0097, 0.0380, -0.0021, 0.0135, 0.0040, -0.0084]),
    row(0.5031, 7.5631, [0.1562, -0.1015, -0.0589, -0.0139, -0.0539, 0.0134, -0.0309, 0.0226]),
    row(0.0027, 8.2087, [-0.0019, 0.0001, -0.0021, 0.0249, 0.0006, -0.0114, -0.0029, -0.0037]),
    row(0.6878, 8.3998, [0.0128, 0.0759, 0.0034, 0.0460, 0.0045, 0.0814, -0.1162, 0.0414]),
    row(-0.0310, 14.3359, [-0.0073, 0.0071, 0.0070, 0.0153, -0.0071, -0.1270, -0.0338, 0.0222]),
    row(-0.6788, 6.7389, [0.0044, -0.1868, 0.0760, -0.0051, 0.0163, -0.0245, 0.0295, -0.0304]),
    row(0.0468, 10.2450, [0.0028, -0.0119, -0.0243, 0.1915, -0.0169, 0.0696, 0.0309, -0.0349]),
    row(0.3569, 7.5996, [-0.0788, -0.1226, -0.0890, 0.0236, -0.0761, -0.0098, 0.0902, 0.0787]),
    row(-0.0073, 7.1375, [0.0028, -0.0110, -0.0033, 0.0408, 0.0005, 0.0372, 0.0120, -0.0114]),
    row(1.4035, 7.8656, [-0.1460, -0.1563, -0.0985, 0.0153, -0.0366, 0.0140, 0.0389, 0.0909]),
    row(0.0172, 8.4600, [-0.0004, -0.0042, -0.0056, 0.0242, 0.0005, 0.0147, 0.0048, -0.0035]),
    row(-0.5465, 7.6913, [-0.2852, -0.0245, 0.1140, 0.0217, 0.0702, 0.0118, 0.0490, 0.0628]),
    row(0.0041, 14.5981, [-0.0037, 0.0007, -0.0060, 0.0535, 0.0024, -0.0159, -0.0035, -0.0046]),
    row(-0.9669, 5.8835, [0.2219, 0.0298, 0.1255, 0.0232, -0.0724, 0.0063, 0.0693, 0.0908]),
    row(0.8978, 8.0548, [-0.0272, -0.0025, 0.0175, 0.0129, 0.0288, 0.0394, -0.0985, 0.0378]),
    row(-0.0189, 18.3293, [-0.0108, 0.0040, 0.0008, 0.0689, -0.0172, -0.1278, -0.0267, 0.0157]),
    row(-0.5892, 6.7546, [0.0732, -0.1251, 0.0156, -0.0242, 0.0475, -0.0462, 0.0816, -0.0592]),
    row(0.0421, 9.4826, [0.0063, -0.0115, -0.0166, 0.0997, -0.0056, 0.1169, 0.0414, -0.0348]),
    row(-1.6372, 8.1751, [0.0115, 0.0873, 0.0378, -0.0388, -0.0114, -0.0309, 0.0431, -0.0904]),
    row(-0.0070, 8.6219, [0.0065, -0.0134, 0.0046, -0.0073, 0.0038, 0.0620, 0.0216, -0.0065]),
    row(-2.5816, 4.2425, [-0.0580, 0.0748, 0.1066, -0.0026, 0.0250, -0.0151, 0.0358, -0.0311]),
    row(0.0209, 8.9149, [0.0035, -0.0051, 0.0027, -0.0108, 0.0043, 0.0226, 0.0066, 0.0023]),
    row(-3.4200, 5.0385, [0.0011, 0.1430, 0.1047, 0.0313, 0.1103, -0.0121, 0.0617, -0.0018]),
    row(0.0046, 9.9579, [0.0005, -0.0020, -0.0013, 0.0128, 0.0011, 0.0064, 0.0013, 0.0028]),
    row(-0.1019, 8.4521, [0.0923, -0.0186, -0.0171, -0.0054, -0.0156, 0.0116, 0.0076, 0.0464]),
    row(0.0066, 8.6778, [0.0001, -0.0001, 0.0003, 0.0093, 0.0016, -0.0095, -0.0029, 0.0002]),
    row(0.3839, 9.1936, [0.0215, -0.0358, 0.0375, 0.0434, 0.0469, 0.0487, -0.0407, 0.0131]),
    row(-0.0042, 16.7199, [-0.0099, 0.0015, -0.0025, 0.0784, -0.0184, -0.0736, -0.0128, 0.0036]),
    row(-0.3672, 8.7815, [0.0092, -0.1231, 0.0064, -0.0418, -0.0231, -0.0661, 0.1251, -0.0373]),
    row(0.0318, 10.0319, [0.0087, -0.0101, -0.0107, 0.0258, 0.0023, 0.1414, 0.0439, -0.0315]),
    row(0.3663, 9.3143, [-0.0178, 0.0117, -0.1288, -0.0008, 0.0335, -0.0299, 0.0816, 0.0483]),
    row(0.0094, 13.7667, [0.0103, -0.0106, 0.0131, -0.0829, 0.0090, 0.0730, 0.0289, 0.0050]),
    row(-0.5707, 7.0763, [0.0572, 0.0504, -0.1545, -0.0031, 0.0978, -0.0062, 0.0576, 0.0261]),
    row(0.0098, 9.9823, [0.0063, -0.0033, 0.0116, -0.0548, 0.0079, 0.0217, 0.0050, 0.0085]),
    row(-0.3989, 6.0935, [-0.0301, 0.0085, -0.1984, -0.0129, 0.0962, 0.0023, 0.0035, 0.0241]),
    row(-0.0013, 9.3518, [0.0040, -0.0023, 0.0016, -0.0190, -0.0012, 0.0164, 0.0045, 0.0064]),
    row(-0.4188, 7.2163, [-0.2313, -0.0331, -0.0786, 0.0062, 0.1216, 0.0043, -0.0211, -0.0009]),
    row(0.0084, 16.8454, [0.0002, -0.0015, 0.0042, 0.0137, 0.0031, -0.0138, -0.0031, 0.0031]),
    row(-1.1241, 6.5862, [0.0831, 0.0709, 0.1592, 0.0261, 0.0446, 0.0090, 0.0853, 0.0966]),
];

/// Takes features to the space in which they are compared.
pub(super) fn whiten(features: &[f32; KEPT]) -> [f32; KEPT] {
    let mut white = [0.0; KEPT];
    let mut common = [0.0; DAMPED];
    for ((value, feature), row) in white.iter_mut().zip(features).zip(&WHITENING) {
        *value = (feature - row.mean) * row.weight;
        for (sum, part) in common.iter_mut().zip(row.damped) {
            *sum += *value * part;
        }
    }
    for (value, row) in white.iter_mut().zip(&WHITENING) {
        *value -= common.iter().zip(row.damped).map(|(sum, part)| sum * part).sum::<f32>();
    }
    white
}

#[cfg(test)]
mod tests {
    use super::super::matcher::features;
    use super::super::portrait::draw;
    use super::super::{Appearance, Conditions, capture};
    use super::*;

    type Features = [f32; KEPT];

    fn pictures_of(person: u64) -> Vec<Features> {
        let face = Appearance::from_seed(1_000_000 + person);
        let captures = [Conditions::clean(person), Conditions::poor(person + 9_000)]
            .map(|conditions| capture::capture(&face, &conditions));
        std::iter::once(draw(&face)).chain(captures).filter_map(|image| features(&image)).collect()
    }

    fn mean(of: &[Features], index: usize) -> f32 {
        of.iter().map(|features| features[index]).sum::<f32>() / of.len() as f32
    }

    /// Mean and weight of each coefficient.
    fn scales(people: &[Vec<Features>]) -> Vec<(f32, f32)> {
        let all: Vec<Features> = people.iter().flatten().copied().collect();
        let freedom = (all.len() - people.len()) as f32;
        let scale = |index: usize| {
            let spread = |own: &Vec<Features>| {
                let centre = mean(own, index);
                own.iter().map(|f| (f[index] - centre).powi(2)).sum::<f32>()
            };
            let within = people.iter().map(spread).sum::<f32>() / freedom;
            (mean(&all, index), within.sqrt().recip())
        };
        (0..KEPT).map(scale).collect()
    }

    fn covariance(samples: &[Vec<f32>]) -> Vec<Vec<f64>> {
        let product =
            |i: usize, j: usize| samples.iter().map(|s| f64::from(s[i] * s[j])).sum::<f64>();
        (0..KEPT)
            .map(|i| (0..KEPT).map(|j| product(i, j) / samples.len() as f64).collect())
            .collect()
    }

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(x, y)| x * y).sum()
    }

    /// The strongest direction by power iteration, and its variance; it is taken out of the matrix.
    fn strongest(matrix: &mut [Vec<f64>]) -> (f64, Vec<f64>) {
        let mut vector: Vec<f64> = (0..KEPT).map(|i| 1.0 + (i % 7) as f64).collect();
        for _ in 0..2_000 {
            let next: Vec<f64> = matrix.iter().map(|row| dot(row, &vector)).collect();
            let norm = dot(&next, &next).sqrt();
            vector = next.into_iter().map(|value| value / norm).collect();
        }
        let image: Vec<f64> = matrix.iter().map(|row| dot(row, &vector)).collect();
        let variance = dot(&image, &vector);
        for (row, a) in matrix.iter_mut().zip(&vector) {
            row.iter_mut().zip(&vector).for_each(|(value, b)| *value -= variance * a * b);
        }
        (variance, vector)
    }

    /// The table by training, as long as it takes on four hundred people.
    fn trained() -> Vec<Row> {
        let people: Vec<_> = (0..400).map(pictures_of).collect();
        let scales = scales(&people);
        let scaled = |features: &Features| {
            let pairs = features.iter().zip(&scales);
            pairs.map(|(value, (mean, weight))| (value - mean) * weight).collect::<Vec<f32>>()
        };
        let mut matrix = covariance(&people.iter().flatten().map(scaled).collect::<Vec<_>>());
        let found: Vec<_> = (0..=DAMPED).map(|_| strongest(&mut matrix)).collect();
        let level = found[DAMPED].0;
        let damping = |variance: f64| (1.0 - (level / variance).sqrt()).sqrt();
        let damped = |index: usize| {
            std::array::from_fn(|nth| {
                let (variance, vector) = &found[nth];
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "the table keeps four decimals"
                )]
                let part = (damping(*variance) * vector[index]) as f32;
                part
            })
        };
        let rows = scales.iter().enumerate();
        rows.map(|(index, (mean, weight))| row(*mean, *weight, damped(index))).collect()
    }

    fn numbers(row: &Row) -> Vec<f32> {
        [&[row.mean, row.weight], &row.damped[..]].concat()
    }

    fn in_words(row: &Row) -> String {
        let damped = row.damped.map(|part| format!("{part:.4}")).join(", ");
        format!("    row({:.4}, {:.4}, [{damped}]),\n", row.mean, row.weight)
    }

    #[test]
    fn the_table_is_what_training_gives() {
        let trained = trained();
        let mut pairs = trained.iter().zip(&WHITENING);
        let near = |(new, known): (&Row, &Row)| {
            numbers(new).iter().zip(numbers(known)).all(|(new, known)| (new - known).abs() < 0.01)
        };
        let table: String = trained.iter().map(in_words).collect();
        assert!(pairs.all(near), "the drawings have changed; the table is now\n{table}");
    }
}
