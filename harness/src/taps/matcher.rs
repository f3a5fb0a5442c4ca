//! The tap of the matcher seam: what a product says of two pictures, never the pictures. What it leaves unsaid is noted as
//! trouble, since a reader goes on without a decision.

use std::sync::Arc;

use reports::Text2;
use reports::evidence::{Direction, Seam, party};
use sim_reader::GreyImage;
use sim_reader::face::{Matcher, NoScore};

use super::{Crossed, Taps};
use crate::sut::matcher::trouble;
use crate::sut::troubles::Troubles;

/// A product's matcher with a tap around it.
pub struct TappedMatcher {
    inner: Arc<dyn Matcher>,
    product: String,
    taps: Taps,
    troubles: Troubles,
}

impl TappedMatcher {
    /// Puts a tap around a product's matcher.
    pub fn new(inner: Arc<dyn Matcher>, product: &str, taps: Taps, troubles: Troubles) -> Self {
        Self { inner, product: product.to_owned(), taps, troubles }
    }

    fn asked(&self, (ja, en): (&str, &str), kind: &str, pixels: &[u8]) {
        let crossed = crossed(Direction::Request, Text2::new(ja, en));
        self.taps.take_secret(crossed, kind, pixels);
    }

    fn answered(&self, said: Result<String, &NoScore>) {
        let said = said.unwrap_or_else(|why| why.kind().to_owned());
        let summary = Text2::new(format!("答え {said}"), format!("answers {said}"));
        self.taps.take(crossed(Direction::Answer, summary), said.as_bytes());
    }

    fn noted<T>(&self, said: Result<T, NoScore>) -> Result<T, NoScore> {
        if let Some(error) = said.as_ref().err().and_then(|why| trouble(&self.product, why)) {
            self.troubles.note(error);
        }
        said
    }
}

fn crossed(direction: Direction, summary: Text2) -> Crossed {
    let (from, to) = match direction {
        Direction::Answer => (party::MATCHER, party::READER),
        Direction::Request | Direction::Event => (party::READER, party::MATCHER),
    };
    Crossed { seam: Seam::Matcher, from, to, direction, summary }
}

impl Matcher for TappedMatcher {
    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<f64, NoScore> {
        let both: Vec<u8> = photo.pixels.iter().chain(&capture.pixels).copied().collect();
        let words = ("写真と顔を照合させる", "has photo and capture compared");
        self.asked(words, "photo and capture", &both);
        let score = self.inner.score(photo, capture);
        self.answered(score.as_ref().map(|score| format!("{score:.4}")));
        self.noted(score)
    }

    fn usable(&self, capture: &GreyImage) -> bool {
        self.inner.usable(capture)
    }

    fn attack(&self, capture: &GreyImage) -> Result<Option<f64>, NoScore> {
        let words = ("なりすましを調べさせる", "has the capture looked at for an attack");
        self.asked(words, "capture", &capture.pixels);
        let score = self.inner.attack(capture);
        let said = |score: &Option<f64>| match score {
            Some(score) => format!("{score:.4}"),
            None => "unsupported".to_owned(),
        };
        self.answered(score.as_ref().map(said));
        self.noted(score)
    }
}
