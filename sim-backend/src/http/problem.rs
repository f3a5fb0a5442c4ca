//! Errors of the JSON interfaces. Source: RFC 9457 §3.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// Problem details of one failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// The last part of the type's address; stable.
    pub kind: &'static str,
    /// What kind of problem it is, in words.
    pub title: &'static str,
    /// What happened this time. Never repeats personal data.
    pub detail: String,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    /// The body cannot be read as what the route takes.
    pub fn unreadable(detail: impl ToString) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self {
            status,
            kind: "unreadable",
            title: "the body cannot be read",
            detail: detail.to_string(),
        }
    }

    /// The body was read and makes no sense as a whole.
    pub fn unprocessable(detail: impl ToString) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self {
            status,
            kind: "unprocessable",
            title: "the body cannot be processed",
            detail: detail.to_string(),
        }
    }

    /// The body never arrived whole, or is larger than the route takes.
    pub fn body(rejection: &axum::extract::rejection::BytesRejection) -> Self {
        let status = rejection.status();
        Self {
            status,
            kind: "body",
            title: "the body was not taken",
            detail: rejection.body_text(),
        }
    }

    /// The request took too long.
    pub fn too_slow() -> Self {
        let status = StatusCode::REQUEST_TIMEOUT;
        Self {
            status,
            kind: "too-slow",
            title: "the request took too long",
            detail: "nothing is known to be stored; try again".to_owned(),
        }
    }

    /// Our own store failed; the cause goes to the log and not to the caller.
    pub fn store(error: &crate::store::StoreError) -> Self {
        tracing::error!(%error, "store failed");
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self {
            status,
            kind: "store",
            title: "the store failed",
            detail: "nothing was stored; try again".to_owned(),
        }
    }

    /// An answer could not be written.
    pub fn answer(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "answer cannot be written");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self {
            status,
            kind: "answer",
            title: "the answer cannot be written",
            detail: error.to_string(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let r#type = format!("https://madoguchi.invalid/problems/{}", self.kind);
        let document = Document {
            r#type,
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
        };
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], Json(document))
            .into_response()
    }
}
