//! The link over HTTP.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    CERTIFICATE_PATH, CHALLENGE_PATH, CertifyAnswer, CertifyRequest, ChallengeAnswer,
    ChallengeRequest, LinkError, LinkFuture, QUALIFICATION_PATH, QualifyAnswer, QualifyRequest,
    TerminalLink,
};

/// How long the reader waits for the terminal unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(15);

/// Answers beyond this size are not read to the end.
const ANSWER_LIMIT: usize = 64 * 1024;

/// A [`TerminalLink`] to a terminal that serves the reader seam over HTTP.
#[derive(Debug, Clone)]
pub struct HttpTerminalLink {
    base_url: String,
    client: reqwest::Client,
    patience: Duration,
}

impl HttpTerminalLink {
    /// A link to `base_url` (scheme, host and port, no trailing path) over an HTTP client that the
    /// caller has built.
    pub fn new(base_url: impl Into<String>, client: reqwest::Client) -> Self {
        let base_url = base_url.into().trim_end_matches('/').to_owned();
        Self { base_url, client, patience: PATIENCE }
    }

    /// The same link with another limit for one whole call.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn call<Q, A>(&self, path: &str, request: Q) -> LinkFuture<'_, A>
    where
        Q: Serialize + Send + 'static,
        A: DeserializeOwned + 'static,
    {
        let url = format!("{}{path}", self.base_url);
        Box::pin(async move {
            let sent = self.client.post(url).json(&request).timeout(self.patience).send().await;
            read(sent.map_err(|error| failure(&error))?).await
        })
    }
}

async fn read<A: DeserializeOwned>(mut response: reqwest::Response) -> Result<A, LinkError> {
    if !response.status().is_success() {
        return Err(LinkError::Status { status: response.status().as_u16() });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_LIMIT {
            return Err(LinkError::Unreadable);
        }
    }
    serde_json::from_slice(&body).map_err(|_| LinkError::Unreadable)
}

fn failure(error: &reqwest::Error) -> LinkError {
    if error.is_connect() && !error.is_timeout() {
        LinkError::Unreachable
    } else {
        LinkError::Silent
    }
}

impl TerminalLink for HttpTerminalLink {
    fn challenge(&self, request: ChallengeRequest) -> LinkFuture<'_, ChallengeAnswer> {
        self.call(CHALLENGE_PATH, request)
    }

    fn certify(&self, request: CertifyRequest) -> LinkFuture<'_, CertifyAnswer> {
        self.call(CERTIFICATE_PATH, request)
    }

    fn qualify(&self, request: QualifyRequest) -> LinkFuture<'_, QualifyAnswer> {
        self.call(QUALIFICATION_PATH, request)
    }
}
