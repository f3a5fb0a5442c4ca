//! The `http` adapter: a product as a server that takes each request by POST, one JSON object, and replies with one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;

use super::adapter::HttpAdapter;
use crate::error::BenchError;

/// The header that keeps scenarios apart, which run side by side: what one session was told, no other may know.
pub const SESSION: &str = "x-madoguchi-session";

/// Sessions of this process.
static SESSIONS: AtomicU64 = AtomicU64::new(1);

/// One session with the product.
#[derive(Debug)]
pub(super) struct HttpLine {
    name: String,
    url: String,
    limit: Duration,
    session: String,
    client: reqwest::Client,
}

impl HttpLine {
    /// A session of its own; nothing is sent yet.
    pub fn new(name: &str, adapter: &HttpAdapter) -> Result<Self, BenchError> {
        // A proxy of the machine has nothing to do with a product beside us.
        let client = reqwest::Client::builder().no_proxy().build();
        Ok(Self {
            name: name.to_owned(),
            url: adapter.url.clone(),
            limit: Duration::from_millis(adapter.timeout_ms),
            // The process too, so that a server which outlives a run does not mistake the next one for it.
            session: format!("{}-{}", std::process::id(), SESSIONS.fetch_add(1, Ordering::Relaxed)),
            client: client.map_err(|error| BenchError::setup("HTTP client", error))?,
        })
    }

    /// Posts one object and waits for one.
    pub async fn exchange(&self, request: String) -> Result<Vec<u8>, BenchError> {
        let asked = self.client.post(&self.url).header(SESSION, &self.session);
        let asked = asked.header(CONTENT_TYPE, "application/json").body(request);
        let answer = asked.timeout(self.limit).send().await.map_err(|error| self.failed(error))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(self.unreadable(&format!("HTTP status {status}")));
        }
        let bytes = answer.bytes().await.map_err(|error| self.failed(error))?;
        Ok(bytes.to_vec())
    }

    fn failed(&self, source: reqwest::Error) -> BenchError {
        let product = self.name.clone();
        if source.is_timeout() {
            let waited_ms = u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX);
            return BenchError::ProductSilent { product, waited_ms };
        }
        if source.is_connect() || source.is_builder() {
            return BenchError::ProductUnreachable { product, url: self.url.clone(), source };
        }
        BenchError::ProductGone { product, how: source.to_string() }
    }

    fn unreadable(&self, reason: &impl ToString) -> BenchError {
        BenchError::ProductUnreadable { product: self.name.clone(), reason: reason.to_string() }
    }
}
