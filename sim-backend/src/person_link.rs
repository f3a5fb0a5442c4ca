//! Whose certificate a serial is: asked from the authority, which alone knows. Bench profile.

use std::{future::Future, pin::Pin, time::Duration};

use serde::Deserialize;

use crate::service::records::PersonCode;

/// The authority gave no usable answer. That says nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the link service gave no usable answer: {0}")]
pub struct LinkError(pub String);

/// A future of the link service.
pub type Linked<'a> =
    Pin<Box<dyn Future<Output = Result<Option<PersonCode>, LinkError>> + Send + 'a>>;

/// Leads from the serial of a user-authentication certificate to an opaque person code.
pub trait PersonLink: Send + Sync {
    /// The person of a serial, `None` for an unknown one. Rows OQS-CERT-17, OQS-CERT-18.
    ///
    /// # Errors
    /// [`LinkError`] when the service does not answer.
    fn person<'a>(&'a self, serial_hex: &'a str) -> Linked<'a>;
}

/// The link service of the authority over HTTP: `GET {base}/link/{serial hex}` → `{"person": "…"}` or 404.
#[derive(Debug, Clone)]
pub struct HttpPersonLink {
    client: reqwest::Client,
    base: String,
    timeout: Duration,
}

impl HttpPersonLink {
    /// A client of the service under `base`, which asks no longer than `timeout`.
    #[must_use]
    pub fn new(client: reqwest::Client, base: &str, timeout: Duration) -> Self {
        Self { client, base: base.trim_end_matches('/').to_owned(), timeout }
    }

    async fn ask(&self, serial_hex: &str) -> Result<Option<PersonCode>, LinkError> {
        let address = format!("{}/link/{serial_hex}", self.base);
        let answer = self.client.get(address).timeout(self.timeout).send().await.map_err(failed)?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let linked: LinkedPerson =
            answer.error_for_status().map_err(failed)?.json().await.map_err(failed)?;
        Ok(Some(linked.person))
    }
}

impl PersonLink for HttpPersonLink {
    fn person<'a>(&'a self, serial_hex: &'a str) -> Linked<'a> {
        Box::pin(self.ask(serial_hex))
    }
}

#[derive(Deserialize)]
struct LinkedPerson {
    person: PersonCode,
}

/// Without the address: it holds the serial.
fn failed(error: reqwest::Error) -> LinkError {
    LinkError(error.without_url().to_string())
}
