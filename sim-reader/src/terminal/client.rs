//! The terminal's way to the backend (資格確認機関): one message out, one message back.

use std::time::Duration;

use super::xml::MAX_BYTES;

/// Names the message family in requests and answers. Bench profile.
pub const MESSAGE_HEADER: &str = "x-oqs-message";

/// A client of the backend seam for one institution.
#[derive(Debug, Clone)]
pub struct BackendClient {
    http: reqwest::Client,
    base_url: String,
    institution: String,
    limit: Duration,
}

/// An answer as it came, unread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendAnswer {
    /// The family the backend names, e.g. `OQSsiquc01res`; empty when it names none.
    pub family: String,
    /// The message.
    pub bytes: Vec<u8>,
}

/// Why there is no answer. None of these is a refusal: a refusal is an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// Connected, but nothing complete came within the limit.
    #[error("the backend did not answer in time; the request stays and is asked again")]
    Silent,
    /// No connection: nobody listens, or the TLS handshake failed.
    #[error(
        "the backend cannot be reached: {0}; check its address and this terminal's certificate"
    )]
    Unreachable(String),
    /// HTTP 503: the service is in a planned stop.
    #[error("the backend is closed at the moment")]
    Closed,
    /// Another status without a message.
    #[error("the backend answered with HTTP status {status} and no message")]
    Status {
        /// The status code.
        status: u16,
    },
    /// More than the interface's size limit.
    #[error("the backend's answer is larger than {MAX_BYTES} bytes")]
    TooLarge,
}

impl BackendAnswer {
    /// Whether the answer is a PDF document instead of a message (OQS-INFO-07). Source: ISO 32000-1:2008 §7.5.2.
    pub fn is_document(&self) -> bool {
        self.bytes.starts_with(b"%PDF-")
    }
}

impl BackendClient {
    /// A client over a ready HTTP client, which carries the institution's TLS certificate.
    pub fn new(
        http: reqwest::Client,
        base_url: impl Into<String>,
        institution: impl Into<String>,
    ) -> Self {
        let base_url = base_url.into().trim_end_matches('/').to_owned();
        Self { http, base_url, institution: institution.into(), limit: Duration::from_secs(10) }
    }

    /// Waits this long for an answer instead of the bench's 10 seconds (OQS-QUAL-02).
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The ten-digit code of the institution this client speaks for.
    pub fn institution(&self) -> &str {
        &self.institution
    }

    /// Sends one message of the family, e.g. `OQSsiquc01req`, and returns the answer unread.
    ///
    /// A message behind an HTTP error status is an answer all the same, if the backend names its family.
    ///
    /// # Errors
    /// [`BackendError`]; all of them mean "no answer", none means "no".
    pub async fn send(&self, family: &str, body: Vec<u8>) -> Result<BackendAnswer, BackendError> {
        let exchange = self.exchange(family, body);
        tokio::time::timeout(self.limit, exchange).await.unwrap_or(Err(BackendError::Silent))
    }

    async fn exchange(&self, family: &str, body: Vec<u8>) -> Result<BackendAnswer, BackendError> {
        let response = self
            .http
            .post(format!("{}/oqs", self.base_url))
            .header(MESSAGE_HEADER, family)
            .header("content-type", "application/xml")
            .body(body)
            .send()
            .await
            .map_err(|error| transport(&error))?;
        let status = response.status();
        let named = response.headers().get(MESSAGE_HEADER).and_then(|value| value.to_str().ok());
        let family = named.unwrap_or_default().to_owned();
        if !status.is_success() && !family.contains("res") {
            return Err(no_message(status.as_u16()));
        }
        Ok(BackendAnswer { family, bytes: limited(response).await? })
    }
}

async fn limited(mut response: reqwest::Response) -> Result<Vec<u8>, BackendError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Err(BackendError::TooLarge);
        }
    }
    Ok(bytes)
}

fn no_message(status: u16) -> BackendError {
    match status {
        503 => BackendError::Closed,
        _ => BackendError::Status { status },
    }
}

/// A connection that breaks off in the middle of an answer counts as silence.
fn transport(error: &reqwest::Error) -> BackendError {
    if error.is_connect() {
        BackendError::Unreachable(innermost(error))
    } else {
        BackendError::Silent
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planned_stop_is_not_any_status() {
        assert_eq!(no_message(503), BackendError::Closed);
        assert_eq!(no_message(403), BackendError::Status { status: 403 });
    }
}
