//! A matcher behind an address: one POST a comparison.

use std::time::Duration;

use super::Exchange;
use super::wire::{self, Answer, REPLY_LIMIT, Request};
use crate::face::NoScore;

/// A matcher that answers POST requests.
#[derive(Debug, Clone)]
pub struct HttpMatcher {
    address: String,
    client: reqwest::Client,
    patience: Duration,
}

impl HttpMatcher {
    /// The matcher at `address`, asked through an HTTP client that the caller has built.
    pub fn new(address: impl Into<String>, client: reqwest::Client, patience: Duration) -> Self {
        Self { address: address.into(), client, patience }
    }

    async fn post(&self, body: String) -> Result<Vec<u8>, NoScore> {
        let request = self.client.post(&self.address).timeout(self.patience);
        // The runtime lives as long as one request, so no connection may be kept for another.
        let request =
            request.header("connection", "close").header("content-type", "application/json");
        let mut response = request.body(body).send().await.map_err(|error| self.failure(&error))?;
        if !response.status().is_success() {
            return Err(NoScore::Status { status: response.status().as_u16() });
        }
        let mut reply = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(&error))? {
            reply.extend_from_slice(&chunk);
            if reply.len() as u64 > REPLY_LIMIT {
                return Err(NoScore::Unreadable("more than a reply can be".to_owned()));
            }
        }
        Ok(reply)
    }

    fn failure(&self, error: &reqwest::Error) -> NoScore {
        if error.is_timeout() {
            let waited_ms = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX);
            NoScore::Silent { waited_ms }
        } else if error.is_connect() || error.is_builder() {
            NoScore::Unreachable("no connection".to_owned())
        } else {
            NoScore::Gone
        }
    }
}

impl Exchange for HttpMatcher {
    /// Waits on a thread of its own, since the caller may be a task of a runtime that must not be blocked twice.
    fn exchange(&self, request: &Request<'_>) -> Result<Answer, NoScore> {
        let body = request.text()?;
        let reply = std::thread::scope(|scope| {
            let asked = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.map_err(|error| NoScore::Unreachable(error.to_string()))?;
                runtime.block_on(self.post(body))
            });
            asked.join().unwrap_or(Err(NoScore::Gone))
        })?;
        wire::read(&reply, None)
    }
}
