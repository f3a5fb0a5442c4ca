//! The terminal's side of the reader seam: JSON in, one backend message each, JSON out.
//!
//! A refusal by the backend is an answer (`refused`). No answer from the backend is an HTTP error with problem
//! details (RFC 9457): 503 unreachable or closed, 504 silent, 502 unreadable. It is never a refusal.

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};

use super::client::BackendError;
use super::messages::{self, Problem};
use super::readers::{AccountRefusal, INSTANCE_HEADER};
use super::xml::{self, Element};
use super::{Encoding, Terminal};
use crate::reader_link::{
    CERTIFICATE_PATH, CHALLENGE_PATH, CertificateState, CertifyAnswer, CertifyRequest,
    ChallengeAnswer, ChallengeRequest, Notice, QUALIFICATION_PATH, Qualified, QualifyAnswer,
    QualifyRequest, Refusal, RefusalKind,
};

/// Where staff log the terminal in again after idle time: POST without a body, 204. Bench profile.
pub const LOG_IN_PATH: &str = "/terminal/log-in";

/// The reader seam of one terminal, and its log-in.
pub fn router(terminal: Terminal) -> Router {
    Router::new()
        .route(CHALLENGE_PATH, post(challenge))
        .route(CERTIFICATE_PATH, post(certify))
        .route(QUALIFICATION_PATH, post(qualify))
        .route(LOG_IN_PATH, post(log_in))
        .with_state(terminal)
}

/// What a reader is told when the log-in of its terminal has ended by idle time (OQS-OPS-05).
const LOGGED_OUT: &str = "terminal-logged-out";

type Body<T> = Result<Json<T>, JsonRejection>;

/// Why a call does not end in what was asked for.
enum Failure {
    Refused(Refusal),
    NoAnswer { status: StatusCode, detail: String },
}

async fn log_in(State(terminal): State<Terminal>) -> StatusCode {
    terminal.log_in();
    StatusCode::NO_CONTENT
}

async fn challenge(
    State(terminal): State<Terminal>,
    headers: HeaderMap,
    body: Body<ChallengeRequest>,
) -> Response {
    let outcome = async {
        let request = admitted(&terminal, &headers, body, |request| &request.account)?;
        tracing::debug!(account = request.account, "challenge");
        let message = messages::challenge_request(terminal.institution());
        let answer = terminal.exchange(messages::CHALLENGE, &message).await?;
        Ok(ChallengeAnswer::Given(messages::challenge_answer(&answer)?))
    };
    respond(outcome.await, |refused| ChallengeAnswer::Refused { refused })
}

async fn certify(
    State(terminal): State<Terminal>,
    headers: HeaderMap,
    body: Body<CertifyRequest>,
) -> Response {
    let outcome = async {
        let request = admitted(&terminal, &headers, body, |request| &request.account)?;
        let message = messages::certify_request(terminal.institution(), &request);
        let answer = terminal.exchange(messages::CERTIFY, &message).await?;
        let certified = messages::certify_answer(&answer)?;
        terminal.readers().remember(&certified.ticket, certified.certificate_state);
        Ok(CertifyAnswer::Accepted(certified))
    };
    respond(outcome.await, |refused| CertifyAnswer::Refused { refused })
}

async fn qualify(
    State(terminal): State<Terminal>,
    headers: HeaderMap,
    body: Body<QualifyRequest>,
) -> Response {
    let outcome = async {
        let request = admitted(&terminal, &headers, body, |request| &request.account)?;
        let certificate = terminal.readers().recall(&request.ticket);
        let identifier = terminal.draw(16);
        let (institution, now) = (terminal.institution(), terminal.now());
        let aid = terminal.settings().medical_aid;
        let message = messages::qualify_request(institution, now, &identifier, &request, aid);
        let answer = terminal.exchange(messages::QUALIFY, &message).await?;
        let (validity, noticed) = messages::qualify_answer(&answer)?;
        let file = terminal.publish(answer).map_err(|error| Failure::NoAnswer {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            detail: format!("the result cannot be written into the face folder: {error}"),
        })?;
        Ok(QualifyAnswer::Answered(Qualified {
            validity,
            notices: notices(certificate, noticed),
            file,
        }))
    };
    respond(outcome.await, |refused| QualifyAnswer::Refused { refused })
}

impl Terminal {
    async fn exchange(&self, family: &str, message: &Element) -> Result<Element, Failure> {
        let unreadable =
            |detail: String| Failure::NoAnswer { status: StatusCode::BAD_GATEWAY, detail };
        let bytes =
            xml::write(message, Encoding::Utf8).map_err(|error| unreadable(error.to_string()))?;
        let answer = self.ask(family, bytes).await?;
        let (root, _) = xml::parse(&answer.bytes).map_err(|error| unreadable(error.to_string()))?;
        Ok(root)
    }
}

/// The request of a reader whose account is in order.
fn admitted<T>(
    terminal: &Terminal,
    headers: &HeaderMap,
    body: Body<T>,
    account: impl Fn(&T) -> &str,
) -> Result<T, Failure> {
    let Json(request) = body
        .map_err(|error| Failure::NoAnswer { status: error.status(), detail: error.body_text() })?;
    let instance = headers.get(INSTANCE_HEADER).and_then(|value| value.to_str().ok());
    terminal.readers().admit(account(&request), instance)?;
    if !terminal.is_logged_in() {
        let code = LOGGED_OUT.to_owned();
        return Err(Failure::Refused(Refusal { code, kind: RefusalKind::SystemError }));
    }
    Ok(request)
}

/// What the reader shows: the certificate's state as told with the ticket, else that there is something.
fn notices(certificate: Option<CertificateState>, noticed: bool) -> Vec<Notice> {
    match (certificate, noticed) {
        (Some(CertificateState::ExpiresSoon), _) => vec![Notice::RenewCertificate],
        (Some(CertificateState::Grace), _) => vec![Notice::RenewCertificate, Notice::Grace],
        (Some(CertificateState::Valid) | None, true) => vec![Notice::Other],
        (Some(CertificateState::Valid) | None, false) => Vec::new(),
    }
}

/// The bench's error codes as kinds; what is unknown is a failure of the system, not of the patient.
fn kind(code: &str) -> RefusalKind {
    match code {
        "SIM-E2001" => RefusalKind::CertificateRefused,
        "SIM-E2002" => RefusalKind::SignatureRefused,
        "SIM-E2003" => RefusalKind::NotRegistered,
        _ => RefusalKind::SystemError,
    }
}

impl From<AccountRefusal> for Failure {
    fn from(refusal: AccountRefusal) -> Self {
        Self::Refused(Refusal { code: refusal.to_string(), kind: RefusalKind::SystemError })
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Refused { code, .. } => {
                let kind = kind(&code);
                Self::Refused(Refusal { code, kind })
            }
            Problem::Incomplete(_) => {
                Self::NoAnswer { status: StatusCode::BAD_GATEWAY, detail: problem.to_string() }
            }
        }
    }
}

impl From<BackendError> for Failure {
    fn from(error: BackendError) -> Self {
        let status = match error {
            BackendError::Closed => {
                let code = "backend-closed".to_owned();
                return Self::Refused(Refusal { code, kind: RefusalKind::Closed });
            }
            BackendError::Silent => StatusCode::GATEWAY_TIMEOUT,
            BackendError::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
            BackendError::Status { .. } | BackendError::TooLarge => StatusCode::BAD_GATEWAY,
        };
        Self::NoAnswer { status, detail: error.to_string() }
    }
}

fn respond<T: serde::Serialize>(
    outcome: Result<T, Failure>,
    refuse: impl FnOnce(Refusal) -> T,
) -> Response {
    match outcome {
        Ok(answer) => Json(answer).into_response(),
        Err(Failure::Refused(refusal)) => Json(refuse(refusal)).into_response(),
        Err(Failure::NoAnswer { status, detail }) => problem(status, &detail),
    }
}

fn problem(status: StatusCode, detail: &str) -> Response {
    let body = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("error"),
        "status": status.as_u16(),
        "detail": detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_the_bench() {
        for (code, expected) in [
            ("SIM-E2001", RefusalKind::CertificateRefused),
            ("SIM-E2002", RefusalKind::SignatureRefused),
            ("SIM-E2003", RefusalKind::NotRegistered),
            ("SIM-E3001", RefusalKind::SystemError),
            ("SIM-E2004", RefusalKind::SystemError),
            ("", RefusalKind::SystemError),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }

    #[test]
    fn grace_is_shown_with_its_renewal_notice() {
        let shown = notices(Some(CertificateState::Grace), false);
        assert_eq!(shown, [Notice::RenewCertificate, Notice::Grace]);
        assert_eq!(notices(Some(CertificateState::Valid), false), []);
        assert_eq!(notices(None, true), [Notice::Other]);
    }
}
