//! A matcher whose word about attacks counts: what it suspects is not compared.

use crate::face::{GreyImage, Matcher, NoScore};

/// A matcher in a reader: a capture that it takes for a presentation attack cannot be used.
pub struct Guarded {
    matcher: Box<dyn Matcher>,
    suspect: f64,
}

impl Guarded {
    /// Captures whose attack score (ISO/IEC 30107-3), 0 to 1, reaches `suspect` are not compared.
    pub fn new(matcher: Box<dyn Matcher>, suspect: f64) -> Self {
        Self { matcher, suspect }
    }
}

impl Matcher for Guarded {
    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<f64, NoScore> {
        self.matcher.score(photo, capture)
    }

    /// A matcher that does not look for attacks takes every picture; one that fails decides nothing.
    fn usable(&self, capture: &GreyImage) -> bool {
        let suspicion = self.matcher.attack(capture);
        if let Err(why) = &suspicion {
            tracing::warn!(kind = why.kind(), "no decision: {why}");
        }
        let fine = suspicion.is_ok_and(|score| score.is_none_or(|score| score < self.suspect));
        fine && self.matcher.usable(capture)
    }

    fn attack(&self, capture: &GreyImage) -> Result<Option<f64>, NoScore> {
        self.matcher.attack(capture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the same of every capture.
    struct Says(Result<Option<f64>, NoScore>);

    impl Matcher for Says {
        fn score(&self, _photo: &GreyImage, _capture: &GreyImage) -> Result<f64, NoScore> {
            Ok(1.0)
        }

        fn attack(&self, _capture: &GreyImage) -> Result<Option<f64>, NoScore> {
            self.0.clone()
        }
    }

    #[test]
    fn what_is_suspected_and_what_is_not_known_is_no_picture_to_decide_on() {
        let capture = GreyImage { width: 1, height: 1, pixels: vec![0] };
        for (says, usable) in [
            (Ok(None), true),
            (Ok(Some(0.0)), true),
            (Ok(Some(0.49)), true),
            (Ok(Some(0.5)), false),
            (Ok(Some(1.0)), false),
            (Err(NoScore::Gone), false),
        ] {
            let told = format!("{says:?}");
            assert_eq!(Guarded::new(Box::new(Says(says)), 0.5).usable(&capture), usable, "{told}");
        }
    }
}
