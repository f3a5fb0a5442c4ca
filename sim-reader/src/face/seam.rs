//! The matcher seam: what compares two faces, and why it may have no score.

use super::GreyImage;

/// Failures after which many comparisons are given up.
const IN_A_ROW: usize = 5;

/// Compares the photo in the chip with a picture from the camera.
pub trait Matcher: Send + Sync {
    /// How alike two faces are, 0 to 1.
    ///
    /// # Errors
    /// [`NoScore`]: no decision. It never counts as a mismatch.
    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<f64, NoScore>;

    /// Whether a picture shows a living face well enough to decide anything. What is not usable leads
    /// to "no decision", not to a mismatch.
    fn usable(&self, _capture: &GreyImage) -> bool {
        true
    }

    /// How much a capture looks like a presentation attack (ISO/IEC 30107-3), 0 to 1; `None` when this
    /// matcher does not look for attacks.
    ///
    /// # Errors
    /// [`NoScore`], as above.
    fn attack(&self, _capture: &GreyImage) -> Result<Option<f64>, NoScore> {
        Ok(None)
    }

    /// The scores of many pairs, each named by its places among the photos and the captures. A matcher
    /// that has failed several times in a row is not asked for the rest.
    fn scores(
        &self,
        photos: &[GreyImage],
        captures: &[GreyImage],
        pairs: &[(usize, usize)],
    ) -> Vec<Result<f64, NoScore>> {
        let asked = |photo: usize, capture: usize| {
            let photo = photos.get(photo).ok_or(NoScore::Unusable(Picture::Photo))?;
            let capture = captures.get(capture).ok_or(NoScore::Unusable(Picture::Capture))?;
            self.score(photo, capture)
        };
        let mut failed: Vec<NoScore> = Vec::new();
        let score = |&(photo, capture): &(usize, usize)| {
            if let [.., last] = &failed[..]
                && failed.len() >= IN_A_ROW
            {
                return Err(last.clone());
            }
            let score = asked(photo, capture);
            match &score {
                Ok(_) | Err(NoScore::Unusable(_)) => failed.clear(),
                Err(failure) => failed.push(failure.clone()),
            }
            score
        };
        pairs.iter().map(score).collect()
    }
}

/// One of the two pictures of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Picture {
    /// The photo in the chip.
    Photo,
    /// The picture from the camera.
    Capture,
}

/// Why there is no score. None of these says anything about who stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoScore {
    /// The picture shows no face that could be compared; the pictures' fault, not the matcher's.
    #[error("the {} cannot be used", match .0 {
        Picture::Photo => "photo",
        Picture::Capture => "capture",
    })]
    Unusable(Picture),
    /// The matcher could not be started or reached.
    #[error("the matcher cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("the matcher gave no answer within {waited_ms} ms")]
    Silent {
        /// How long it was waited for.
        waited_ms: u64,
    },
    /// The matcher ended, or closed the connection, in the middle of its work.
    #[error("the matcher ended in the middle of its work")]
    Gone,
    /// The answer is none.
    #[error("the matcher answered with something that is no reply: {0}")]
    Unreadable(String),
    /// The matcher says that it failed.
    #[error("the matcher could not do its work (HTTP status {status})")]
    Status {
        /// Status of the answer.
        status: u16,
    },
    /// A score below 0, above 1, or no number.
    #[error("the matcher gave a score outside 0 to 1")]
    OutOfRange,
}

impl NoScore {
    /// The same for every failure of one kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unusable(_) => "unusable",
            Self::Unreachable(_) => "unreachable",
            Self::Silent { .. } => "silent",
            Self::Gone => "gone",
            Self::Unreadable(_) => "unreadable",
            Self::Status { .. } => "status",
            Self::OutOfRange => "out-of-range",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unusable(_) => {
                "nothing, if the matcher is right; it is told apart as failure to acquire"
            }
            Self::Unreachable(_) => "check the command or address given to --matcher",
            Self::Silent { .. } => "look at the matcher's own log, or raise --timeout-ms",
            Self::Gone => {
                "run the matcher by hand and send it one request; docs/faces.md shows one"
            }
            Self::Unreadable(_) | Self::Status { .. } | Self::OutOfRange => {
                "compare the reply with the contract in docs/faces.md"
            }
        }
    }
}
