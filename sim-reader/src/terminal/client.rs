//! The terminal's way to the backend (資格確認機関): one message out, one message back.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};

use super::xml::MAX_BYTES;

/// Names the message family in requests and answers. Bench profile.
pub const MESSAGE_HEADER: &str = "x-oqs-message";

/// How long the bench waits for an answer (OQS-QUAL-02).
const LIMIT: Duration = Duration::from_secs(10);

/// One message on its way to the backend, and the answer on its way back.
pub type Carried<'a> =
    Pin<Box<dyn Future<Output = Result<BackendAnswer, BackendError>> + Send + 'a>>;

/// A way to the backend. HTTP over mutual TLS is one; a bench that has the backend in its own process may have another.
pub trait BackendWay: std::fmt::Debug + Send + Sync {
    /// Carries one message of the family there and the answer back, unread, however long it takes: the client has the limit.
    fn carry<'a>(&'a self, family: &'a str, body: Vec<u8>) -> Carried<'a>;
}

/// A client of the backend seam for one institution.
#[derive(Debug, Clone)]
pub struct BackendClient {
    way: Arc<dyn BackendWay>,
    institution: String,
    limit: Duration,
}

/// `POST {base_url}/oqs`.
#[derive(Debug)]
struct Http {
    client: reqwest::Client,
    base_url: String,
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

    /// The family that an answer by HTTP names. A message behind an HTTP error status is an answer all the same, if its family is named.
    ///
    /// # Errors
    /// [`BackendError::Closed`] or [`BackendError::Status`]: an error status and no message.
    pub fn family_of(status: StatusCode, headers: &HeaderMap) -> Result<String, BackendError> {
        let named = headers.get(MESSAGE_HEADER).and_then(|value| value.to_str().ok());
        let family = named.unwrap_or_default();
        let is_answer = status.is_success() || family.contains("res");
        is_answer.then(|| family.to_owned()).ok_or_else(|| no_message(status.as_u16()))
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
        Self::by(Arc::new(Http { client: http, base_url }), institution)
    }

    /// A client by another way, which knows by itself for which institution it speaks.
    pub fn by(way: Arc<dyn BackendWay>, institution: impl Into<String>) -> Self {
        Self { way, institution: institution.into(), limit: LIMIT }
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
        let carried = self.way.carry(family, body);
        tokio::time::timeout(self.limit, carried).await.unwrap_or(Err(BackendError::Silent))
    }
}

impl BackendWay for Http {
    fn carry<'a>(&'a self, family: &'a str, body: Vec<u8>) -> Carried<'a> {
        Box::pin(self.exchange(family, body))
    }
}

impl Http {
    async fn exchange(&self, family: &str, body: Vec<u8>) -> Result<BackendAnswer, BackendError> {
        let response = self
            .client
            .post(format!("{}/oqs", self.base_url))
            .header(MESSAGE_HEADER, family)
            .header("content-type", "application/xml")
            .body(body)
            .send()
            .await
            .map_err(|error| transport(&error))?;
        let family = BackendAnswer::family_of(response.status(), response.headers())?;
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
