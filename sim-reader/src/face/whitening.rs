//! What the matcher knows of faces in general: for each coefficient its mean, and the inverse of how
//! much it varies between pictures of one and the same face.
//!
//! Trained on the synthetic people of seeds 1 000 000 to 1 000 399, each with the portrait, one clean
//! and one poor capture. `train` below makes the table anew after a change of the drawings.

use super::matcher::KEPT;

/// Mean and weight of each coefficient.
#[rustfmt::skip]
pub(super) const WHITENING: [(f32, f32); KEPT] = [
    (-5.7658, 1.8771),
    (0.1073, 3.0950),
    (7.9448, 1.6765),
    (-0.7717, 2.0757),
    (0.0770, 1.1341),
    (0.5498, 1.2494),
    (-0.0778, 2.3722),
    (-0.5423, 4.5030),
    (0.0150, 6.5094),
    (2.1256, 2.7704),
    (-0.1175, 5.1297),
    (3.9609, 2.3763),
    (1.1422, 3.1867),
    (-0.0126, 3.9849),
    (3.8293, 3.9194),
    (-0.0846, 2.7498),
    (5.4541, 3.4894),
    (-0.0140, 4.0388),
    (-2.4928, 5.1142),
    (-0.0237, 8.1638),
    (0.2239, 4.3299),
    (-0.0368, 6.0163),
    (-4.3556, 3.5383),
    (-0.0088, 5.9149),
    (0.1548, 5.4288),
    (0.1682, 4.0303),
    (-0.0315, 7.6321),
    (2.0905, 4.8642),
    (-0.0046, 10.4576),
    (-0.3820, 4.4711),
    (-0.0016, 5.0772),
    (0.6917, 4.5170),
    (0.0024, 6.6353),
    (0.3931, 7.0354),
    (-0.0425, 12.8689),
    (1.7379, 4.9775),
    (0.0235, 8.6353),
    (-2.1976, 5.2559),
    (0.0135, 7.2650),
    (-2.6700, 3.8448),
    (0.0085, 9.0586),
    (1.3343, 6.7092),
    (1.3300, 6.0623),
    (-0.0411, 12.6599),
    (0.2982, 5.4421),
    (0.0419, 7.2655),
    (-1.7159, 7.1478),
    (0.0131, 6.1553),
    (0.3839, 4.8023),
    (0.0191, 9.0592),
    (0.5031, 7.5679),
    (0.0027, 8.2139),
    (0.6878, 8.4050),
    (-0.0310, 14.3449),
    (-0.6788, 6.7432),
    (0.0468, 10.2514),
    (0.3569, 7.6044),
    (-0.0073, 7.1420),
    (1.4035, 7.8705),
    (0.0172, 8.4653),
    (-0.5465, 7.6961),
    (0.0041, 14.6072),
    (-0.9669, 5.8872),
    (0.8978, 8.0598),
    (-0.0189, 18.3408),
    (-0.5892, 6.7589),
    (0.0421, 9.4886),
    (-1.6372, 8.1803),
    (-0.0070, 8.6273),
    (-2.5816, 4.2451),
    (0.0209, 8.9205),
    (-3.4200, 5.0417),
    (0.0046, 9.9642),
    (-0.1019, 8.4574),
    (0.0066, 8.6832),
    (0.3839, 9.1994),
    (-0.0042, 16.7304),
    (-0.3672, 8.7870),
    (0.0318, 10.0382),
    (0.3663, 9.3202),
    (0.0094, 13.7754),
    (-0.5707, 7.0808),
    (0.0098, 9.9886),
    (-0.3989, 6.0973),
    (-0.0013, 9.3577),
    (-0.4188, 7.2208),
    (0.0084, 16.8560),
    (-1.1241, 6.5904),
];

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

    fn table(people: u64) -> Vec<(f32, f32)> {
        let people: Vec<Vec<Features>> = (0..people).map(pictures_of).collect();
        let all: Vec<Features> = people.iter().flatten().copied().collect();
        let freedom = (all.len() - people.len()) as f32;
        let row = |index: usize| {
            let spread = |own: &Vec<Features>| {
                let centre = mean(own, index);
                own.iter().map(|f| (f[index] - centre).powi(2)).sum::<f32>()
            };
            let within = people.iter().map(spread).sum::<f32>() / freedom;
            (mean(&all, index), within.sqrt().recip())
        };
        (0..KEPT).map(row).collect()
    }

    #[test]
    fn a_small_sample_of_the_training_people_fits_the_table() {
        let mut close = 0;
        for ((mean, weight), (known, known_weight)) in table(12).into_iter().zip(WHITENING) {
            assert!((mean - known).abs() < 3.0, "mean {mean}, table {known}");
            close += u32::from((0.4..2.5).contains(&(weight / known_weight)));
        }
        assert!(close > 60, "{close} of {KEPT} weights are near the table");
    }

    #[test]
    #[ignore = "prints the table; run in release after a change of the drawings"]
    #[expect(clippy::print_stdout, reason = "its output is the table")]
    fn train() {
        for (mean, weight) in table(400) {
            println!("    ({mean:.4}, {weight:.4}),");
        }
    }
}
