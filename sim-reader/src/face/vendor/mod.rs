//! Matchers that are not ours, over a process or over HTTP: the one place where photo and capture leave the reader.
//!
//! The contract is in `docs/faces.md` (bench profile).

mod guarded;
mod http;
mod process;
mod wire;

use std::time::Duration;

pub use guarded::Guarded;
pub use http::HttpMatcher;
pub use process::{ProcessMatcher, Start};

use super::{GreyImage, Matcher, NoScore};
use wire::{Answer, Request};

/// How long a matcher is waited for unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Sends one request and reads its reply.
trait Exchange {
    /// # Errors
    /// [`NoScore`] when no reply came, or none that can be read.
    fn exchange(&self, request: &Request<'_>) -> Result<Answer, NoScore>;
}

/// Whatever exchanges messages compares faces.
impl<E: Exchange + Send + Sync> Matcher for E {
    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<f64, NoScore> {
        match self.exchange(&Request::compare(photo, capture))? {
            Answer::Score(score) => Ok(score),
            Answer::Unusable(picture) => Err(NoScore::Unusable(picture)),
            Answer::Unsupported => {
                Err(NoScore::Unreadable("comparing is not supported".to_owned()))
            }
        }
    }

    fn attack(&self, capture: &GreyImage) -> Result<Option<f64>, NoScore> {
        match self.exchange(&Request::attack(capture))? {
            Answer::Score(score) => Ok(Some(score)),
            Answer::Unusable(picture) => Err(NoScore::Unusable(picture)),
            Answer::Unsupported => Ok(None),
        }
    }
}
