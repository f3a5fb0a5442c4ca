//! Log-in by card: a challenge, its signature by the user-authentication key after the PIN, a session. Rows OQS-CERT-03,
//! OQS-REG-02.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PortalDesk, refusal::Refusal, session::Session};
use crate::{
    certificate::Verified,
    http::{card, credential},
    messages::codes::CertificateStateCode,
    service::pending::CHALLENGE_LIFE,
};
use std::sync::Arc;

/// To whom challenges are given out; there is one portal.
const PORTAL: &str = "portal";

/// A challenge for a card.
#[derive(Debug, Serialize)]
pub(super) struct Challenge {
    challenge_identifier: String,
    /// 32 bytes in Base64.
    challenge: String,
    valid_until: String,
}

/// What a card and its holder answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    challenge_identifier: String,
    /// DER in Base64.
    certificate: String,
    /// RSASSA-PKCS1-v1_5 with SHA-256 over the challenge, in Base64.
    signature: String,
    identification: Identification,
}

/// How the holder was identified before the card signed. The portal believes its own log-in page in this, as the reader
/// is believed at the counter: a signature does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Identification {
    Pin,
    Face,
    Visual,
}

/// Hands out a fresh challenge.
pub(super) fn challenge(desk: &PortalDesk, now: Timestamp) -> Challenge {
    let mut challenge = [0; 32];
    let challenge_identifier = desk.challenges().issue(PORTAL, now, |random| {
        challenge = random;
        random
    });
    let until = now.checked_add(CHALLENGE_LIFE).unwrap_or(Timestamp::MAX);
    Challenge {
        challenge_identifier,
        challenge: STANDARD.encode(challenge),
        valid_until: super::answers::instant(until),
    }
}

/// Checks the proof as the card route does and logs the holder in. Rows OQS-CERT-03 to -07, OQS-CERT-19, OQS-CERT-20.
pub(super) async fn log_in(
    desk: &PortalDesk,
    proof: Proof,
    now: Timestamp,
) -> Result<(String, Session), Refusal> {
    match proof.identification {
        Identification::Pin => {}
        Identification::Face | Identification::Visual => return Err(Refusal::PinNeeded),
    }
    let challenge = desk.challenges().take(&proof.challenge_identifier, PORTAL, now);
    let challenge = challenge.ok_or(Refusal::Signature)?;
    let certificate = decoded(&proof.certificate)?;
    let signature = decoded(&proof.signature)?;
    let Verified { serial, state, not_after } =
        credential::check(&desk.desk, &certificate, &challenge, &signature, now).await?;
    match credential::state_code(state) {
        CertificateStateCode::Valid | CertificateStateCode::ExpiresSoon => {}
        // The grace is for the qualification at a counter and opens no medical information. Row OQS-CERT-14.
        CertificateStateCode::Grace => return Err(Refusal::Certificate),
    }
    let person = card::person(&desk.desk, &serial, not_after).await?.ok_or(Refusal::NobodyKnown)?;
    Ok(desk.sessions().open(person, serial, now))
}

fn decoded(text: &str) -> Result<Vec<u8>, Refusal> {
    STANDARD.decode(text).map_err(|_| Refusal::Unreadable(None))
}

/// A request with a living session.
pub(super) struct LoggedIn {
    pub session: Session,
    pub token: String,
    pub now: Timestamp,
}

impl FromRequestParts<Arc<PortalDesk>> for LoggedIn {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        desk: &Arc<PortalDesk>,
    ) -> Result<Self, Refusal> {
        let now = (desk.desk.now)();
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(bearer).ok_or(Refusal::NoSession)?;
        let session = desk.sessions().find(token, now).ok_or(Refusal::NoSession)?;
        Ok(Self { session, token: token.to_owned(), now })
    }
}

/// The token of a header value. Source: RFC 6750 §2.1; the scheme's name has no case (RFC 9110 §11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
