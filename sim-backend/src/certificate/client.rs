//! The OCSP client: one question by HTTP, within a time limit.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use reqwest::header::CONTENT_TYPE;

use super::ocsp::{CertIdHash, NONCE_LENGTH, Question};
use super::status::{BoxFuture, CertificateStatus, Status, StatusError, StatusQuery};

/// Longest answer read, in bytes (bench profile).
const MAX_ANSWER: usize = 64 * 1024;

/// Asks an OCSP responder. Every question has a fresh nonce; no answer is kept (OQS-CERT-22).
#[derive(Debug)]
pub struct OcspClient {
    http: reqwest::Client,
    url: String,
    timeout: Duration,
    hash: CertIdHash,
    nonces: Mutex<ChaCha20Rng>,
}

impl OcspClient {
    /// A client for the responder at a URL; `timeout` covers the whole exchange, `seed` decides the
    /// sequence of nonces.
    pub fn new(http: reqwest::Client, url: String, timeout: Duration, seed: [u8; 32]) -> Self {
        let nonces = Mutex::new(ChaCha20Rng::from_seed(seed));
        Self { http, url, timeout, hash: CertIdHash::default(), nonces }
    }

    /// Replaces the hash algorithm of the CertID.
    #[must_use]
    pub fn with_hash(mut self, hash: CertIdHash) -> Self {
        self.hash = hash;
        self
    }

    fn nonce(&self) -> [u8; NONCE_LENGTH] {
        let mut nonce = [0; NONCE_LENGTH];
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut nonce);
        nonce
    }

    async fn ask(&self, query: StatusQuery<'_>) -> Result<Status, StatusError> {
        let question = Question::new(query, self.hash, self.nonce())?;
        let failed = |error: reqwest::Error| self.failure(&error);
        let request = self.http.post(&self.url).timeout(self.timeout);
        let request = request.header(CONTENT_TYPE, "application/ocsp-request");
        let mut response = request.body(question.der.clone()).send().await.map_err(failed)?;
        if response.status().as_u16() != 200 {
            return Err(StatusError::Http { status: response.status().as_u16() });
        }
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            answer.extend(chunk);
            if answer.len() > MAX_ANSWER {
                return Err(StatusError::TooLarge { limit: MAX_ANSWER });
            }
        }
        question.read_answer(&answer)
    }

    fn failure(&self, error: &reqwest::Error) -> StatusError {
        if error.is_timeout() {
            return StatusError::Timeout { waited_ms: self.timeout.as_millis() };
        }
        StatusError::Connection { what: error.to_string() }
    }
}

impl CertificateStatus for OcspClient {
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        Box::pin(self.ask(query))
    }
}
