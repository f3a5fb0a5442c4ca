//! Error rates of a comparison: two lists of scores and where one would draw the line.

/// The scores of genuine and of impostor comparisons that gave one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rates {
    /// Ascending.
    genuine: Vec<f64>,
    /// Ascending.
    impostors: Vec<f64>,
}

impl Rates {
    /// The rates of these scores, in any order.
    pub fn new(mut genuine: Vec<f64>, mut impostors: Vec<f64>) -> Self {
        genuine.sort_by(f64::total_cmp);
        impostors.sort_by(f64::total_cmp);
        Self { genuine, impostors }
    }

    /// False non-match rate: the share of genuine comparisons below a threshold.
    ///
    /// Source: ISO/IEC 19795-1:2021.
    pub fn fnmr(&self, threshold: f64) -> f64 {
        share(below(&self.genuine, threshold), self.genuine.len())
    }

    /// False match rate: the share of impostor comparisons at or above a threshold.
    ///
    /// Source: ISO/IEC 19795-1:2021.
    pub fn fmr(&self, threshold: f64) -> f64 {
        let matching = self.impostors.len() - below(&self.impostors, threshold);
        share(matching, self.impostors.len())
    }

    /// The lowest threshold at which no more than this share of impostors match.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count, not below 0"
    )]
    pub fn threshold_at(&self, target_fmr: f64) -> f64 {
        let allowed = (target_fmr.clamp(0.0, 1.0) * self.impostors.len() as f64 + 1e-9) as usize;
        let highest_refused = self.impostors.iter().rev().nth(allowed);
        highest_refused.map_or(0.0, |score| score.next_up())
    }

    /// The highest threshold at which no more than this share of genuine comparisons do not match.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count, not below 0"
    )]
    pub fn threshold_missing(&self, target_fnmr: f64) -> f64 {
        let missed = (target_fnmr.clamp(0.0, 1.0) * self.genuine.len() as f64 + 1e-9) as usize;
        self.genuine.get(missed).copied().unwrap_or(f64::MAX)
    }

    /// The equal error rate: where false non-matches are as frequent as false matches, between the two nearest thresholds.
    pub fn equal(&self) -> f64 {
        let gap = |(fmr, fnmr): &(f64, f64)| (fmr - fnmr).abs();
        let nearest = self.curve().into_iter().min_by(|a, b| gap(a).total_cmp(&gap(b)));
        nearest.map_or(0.0, |(fmr, fnmr)| f64::midpoint(fmr, fnmr))
    }

    /// False match and false non-match rate at each threshold that changes one of them, from the strictest on.
    pub fn curve(&self) -> Vec<(f64, f64)> {
        let mut thresholds: Vec<f64> = [&self.genuine[..], &self.impostors].concat();
        thresholds.push(f64::MAX);
        thresholds.sort_by(|a, b| b.total_cmp(a));
        thresholds.dedup();
        thresholds.into_iter().map(|at| (self.fmr(at), self.fnmr(at))).collect()
    }
}

/// How many scores lie below a threshold.
fn below(ascending: &[f64], threshold: f64) -> usize {
    ascending.partition_point(|score| *score < threshold)
}

/// A part of a whole; of nothing it is 0.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_by_hand() {
        let rates = Rates::new(vec![0.9, 0.4, 0.8, 0.7], vec![0.1, 0.5, 0.2, 0.3, 0.2]);
        for (threshold, fnmr, fmr) in [
            (0.0, 0.0, 1.0),
            (0.2, 0.0, 0.8),
            (0.45, 0.25, 0.2),
            (0.5, 0.25, 0.2),
            (0.51, 0.25, 0.0),
            (0.95, 1.0, 0.0),
        ] {
            assert!((rates.fnmr(threshold) - fnmr).abs() < 1e-12, "FNMR at {threshold}");
            assert!((rates.fmr(threshold) - fmr).abs() < 1e-12, "FMR at {threshold}");
        }
        assert!((rates.equal() - 0.225).abs() < 1e-12, "{}", rates.equal());
        for (target, passing) in [(0.0, 0), (0.19, 0), (0.2, 1), (0.4, 2), (1.0, 5)] {
            let threshold = rates.threshold_at(target);
            assert!((rates.fmr(threshold) - f64::from(passing) / 5.0).abs() < 1e-12, "{target}");
        }
    }

    #[test]
    fn without_scores_there_is_no_error() {
        let rates = Rates::new(vec![], vec![]);
        assert!(rates.equal() < 1e-12 && rates.fmr(0.5) < 1e-12 && rates.threshold_at(0.1) < 1e-12);
    }

    proptest! {
        #[test]
        fn the_threshold_keeps_its_target(impostors in prop::collection::vec(0u8..20, 1..80), target in 0.0f64..1.0) {
            let rates = Rates::new(vec![], impostors.iter().map(|s| f64::from(*s) / 20.0).collect());
            prop_assert!(rates.fmr(rates.threshold_at(target)) <= target + 1e-6);
        }

        #[test]
        fn a_stricter_threshold_refuses_more(scores in prop::collection::vec(0.0f64..1.0, 1..40), a in 0.0f64..1.0, b in 0.0f64..1.0) {
            let rates = Rates::new(scores.clone(), scores);
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(rates.fnmr(low) <= rates.fnmr(high) && rates.fmr(low) >= rates.fmr(high));
        }
    }
}
