//! Errors of the JSON interfaces, in Japanese and English. Source: RFC 9457 §3.
//!
//! One document carries both languages: `title` and `detail` are English, `title_ja` and `detail_ja` Japanese (extension members,
//! §3.2), whatever `Accept-Language` says, since the log of a product is read by others than its user. No value of a request is
//! repeated: it might be somebody's name.

use axum::{
    Json,
    extract::rejection::BytesRejection,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::store::StoreError;

/// Seconds after which a caller may try again what our own side could not do.
const RETRY_AFTER: u32 = 5;

/// Media type of problem details. Source: RFC 9457 §3.
const PROBLEM_TYPE: &str = "application/problem+json";

/// Problem details of one failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// The last part of the type's address; stable.
    pub kind: &'static str,
    /// What kind of problem it is, in English.
    pub title: &'static str,
    /// The same in Japanese.
    pub title_ja: &'static str,
    /// What happened this time and what to do, in English. Never repeats a value of the request.
    pub detail: String,
    /// The same in Japanese.
    pub detail_ja: String,
    /// Seconds after which it may be tried again.
    pub retry_after: Option<u32>,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    title_ja: &'a str,
    detail_ja: &'a str,
}

/// Two languages of one thing: Japanese, English.
pub(super) type Words = (&'static str, &'static str);

impl Problem {
    pub(super) fn new(status: StatusCode, kind: &'static str, title: Words, detail: Words) -> Self {
        Self {
            status,
            kind,
            title: title.1,
            title_ja: title.0,
            detail: detail.1.to_owned(),
            detail_ja: detail.0.to_owned(),
            retry_after: None,
        }
    }

    /// The same with a detail of its own in English; the general Japanese one stays.
    fn because(self, detail: impl ToString) -> Self {
        Self { detail: detail.to_string(), ..self }
    }

    /// The same with this detail in Japanese.
    #[must_use]
    pub fn in_japanese(self, detail: impl Into<String>) -> Self {
        Self { detail_ja: detail.into(), ..self }
    }

    /// The body cannot be read as what the route takes. `detail` must repeat no value.
    pub fn unreadable(detail: impl ToString) -> Self {
        let title = ("本文を読めません", "the body cannot be read");
        let words = ("本文の形式がこの経路のものではありません。", "");
        Self::new(StatusCode::BAD_REQUEST, "unreadable", title, words).because(detail)
    }

    /// The body is no JSON, or other JSON than the route takes; where that shows. The parser's own words stay out: they may
    /// repeat a value.
    pub fn no_json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let (ja, en) = if error.is_data() {
            ("この経路の JSON ではありません", "not the JSON of this path")
        } else {
            ("JSON として読めません", "no JSON")
        };
        Self::unreadable(format_args!("{en}, at line {line}, column {column}"))
            .in_japanese(format!("{line}行{column}桁：{ja}。"))
    }

    /// The body was read and makes no sense as a whole. `detail` must repeat no value.
    pub fn unprocessable(detail: impl ToString) -> Self {
        let title = ("本文の内容が正しくありません", "the body cannot be processed");
        let words = ("本文は読めましたが、この経路で扱える内容ではありません。", "");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", title, words).because(detail)
    }

    /// The body never arrived whole, or is larger than the route takes.
    pub fn body(rejection: &BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::too_large();
        }
        let title = ("本文が途中で終わりました", "the body did not arrive whole");
        let words = (
            "本文を最後まで受け取れませんでした。送り直してください。",
            "the body ended before its stated end; send it again",
        );
        Self::new(StatusCode::BAD_REQUEST, "incomplete", title, words)
    }

    /// The body is larger than the route takes.
    pub fn too_large() -> Self {
        let title = ("本文が大きすぎます", "the body is too large");
        let words = (
            "この経路で受け取れる大きさを超えています。分けて送ってください。",
            "it is larger than this route takes; send it in parts",
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title, words)
    }

    /// The client certificate is that of an institution, where insurers come in.
    pub fn not_for_institutions() -> Self {
        let title = ("医療機関等の入口ではありません", "not a door for institutions");
        let words = (
            "保険者等のクライアント証明書で接続してください。",
            "connect with the client certificate of insurers",
        );
        Self::new(StatusCode::FORBIDDEN, "not-for-institutions", title, words)
    }

    /// The request took too long.
    pub fn too_slow() -> Self {
        let title = ("時間切れです", "the request took too long");
        let words = (
            "保存されたかどうかは分かりません。もう一度送ってください。",
            "nothing is known to be stored; try again",
        );
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", title, words)
    }

    /// Path and query are longer than any route.
    pub fn address_too_long() -> Self {
        let title = ("アドレスが長すぎます", "the address is too long");
        let words = ("これほど長い経路はありません。", "no route is that long");
        Self::new(StatusCode::URI_TOO_LONG, "address-too-long", title, words)
    }

    /// More header fields than are read, or larger ones.
    pub fn too_many_headers() -> Self {
        let title = ("ヘッダーが多すぎます", "there are too many header fields");
        let words = ("ヘッダーを減らすか短くしてください。", "send fewer or shorter header fields");
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        Self::new(status, "too-many-headers", title, words)
    }

    /// No route has this path.
    pub fn no_route() -> Self {
        let title = ("この経路はありません", "there is no such path");
        let words = ("経路の一覧は /docs にあります。", "/docs lists the paths");
        Self::new(StatusCode::NOT_FOUND, "no-such-path", title, words)
    }

    /// The path exists, with other methods.
    pub fn no_method() -> Self {
        let title = ("このメソッドは使えません", "the path has no such method");
        let words = (
            "使えるメソッドは Allow ヘッダーにあります。",
            "the Allow header names the methods it has",
        );
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", title, words)
    }

    /// The body is said to be of a kind that the route does not take.
    pub fn wrong_type(taken: &'static [&'static str]) -> Self {
        let title = ("本文の種類が違います", "the body is of another kind");
        let taken = taken.join(", ");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-content-type", title, ("", ""))
            .because(format_args!("send it as Content-Type {taken}"))
            .in_japanese(format!("Content-Type を {taken} にしてください。"))
    }

    /// The order makes no sense as things stand. `detail` must repeat no value.
    pub fn conflict(detail: impl ToString) -> Self {
        let title = ("今はこの操作ができません", "the order has no place now");
        let words = ("現在の状態では受け付けられません。状態を確認してください。", "");
        Self::new(StatusCode::CONFLICT, "conflict", title, words).because(detail)
    }

    /// Our own store failed; the cause goes to the log and not to the caller.
    pub fn store(error: &StoreError) -> Self {
        match error {
            // What cannot be read is somebody's record: its words stay out of the log too.
            StoreError::Unreadable { what, .. } => {
                tracing::error!(what, "the store cannot be read");
            }
            StoreError::Database(_)
            | StoreError::Shared(_)
            | StoreError::WriterGone
            | StoreError::Address(_)
            | StoreError::NotBuiltIn
            | StoreError::Contended
            | StoreError::FromTheFuture { .. } => tracing::error!(%error, "store failed"),
        }
        let title = ("保存先が使えません", "the store failed");
        let words = (
            "何も保存されていません。少し待ってからもう一度送ってください。",
            "nothing was stored; wait a little and try again",
        );
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "store", title, words);
        Self { retry_after: Some(RETRY_AFTER), ..problem }
    }

    /// An answer could not be written. The cause may repeat what stands in the answer, so it goes nowhere.
    pub fn answer(_: &dyn std::error::Error) -> Self {
        tracing::error!("an answer cannot be written");
        let title = ("応答を書けません", "the answer cannot be written");
        let words = (
            "応答に使えない文字があります。ベンチの不具合です。",
            "it holds what cannot be written; a defect of the bench",
        );
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "answer", title, words)
    }

    /// What a library refused with this status, in words of ours; its own may repeat a value.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => return Self::too_large(),
            StatusCode::NOT_FOUND => return Self::no_route(),
            StatusCode::METHOD_NOT_ALLOWED => return Self::no_method(),
            _ if status.is_server_error() => return Self { status, ..Self::fault() },
            _ => (),
        }
        let title = ("要求を受け取れません", "the request was not taken");
        let words = (
            "アドレスと本文の形を /docs で確かめてください。",
            "compare its address and body with /docs",
        );
        Self::new(status, "not-taken", title, words)
    }

    /// Our own code failed in a way it should not.
    pub fn fault() -> Self {
        let title = ("サーバーの不具合です", "the server has a defect");
        let words = (
            "要求のせいではありません。記録の request_id とともに報告してください。",
            "not the fault of the request; report it with the request_id of the log",
        );
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", title, words)
    }
}

/// Refuses a body that is said to be of another kind. One of no stated kind is taken.
///
/// # Errors
/// [`Problem::wrong_type`].
pub fn must_be(headers: &HeaderMap, taken: &'static [&'static str]) -> Result<(), Problem> {
    let Some(stated) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let kind = stated.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let fits = taken.iter().any(|one| one.eq_ignore_ascii_case(kind));
    if fits { Ok(()) } else { Err(Problem::wrong_type(taken)) }
}

/// Puts an error that speaks no problem details, as those of libraries do, into such.
pub(crate) async fn explained(response: Response) -> Response {
    let (status, headers) = (response.status(), response.headers());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_problem = kind.is_some_and(|kind| kind.starts_with(PROBLEM_TYPE));
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let allow = headers.get(header::ALLOW).cloned();
    let mut explained = Problem::of_status(status).into_response();
    if let Some(allow) = allow {
        explained.headers_mut().insert(header::ALLOW, allow);
    }
    explained
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let r#type = format!("https://madoguchi.invalid/problems/{}", self.kind);
        let document = Document {
            r#type,
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            title_ja: self.title_ja,
            detail_ja: &self.detail_ja,
        };
        let headers = [(header::CONTENT_TYPE, PROBLEM_TYPE), (header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status, headers, Json(document)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(super::observe::Failed(self.kind));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_speaks_both_languages() {
        let json = serde_json::from_str::<serde_json::Value>("{\"name\": 花子").unwrap_err();
        for problem in [
            Problem::unreadable("x"),
            Problem::no_json(&json),
            Problem::unprocessable("x"),
            Problem::too_large(),
            Problem::not_for_institutions(),
            Problem::too_slow(),
            Problem::address_too_long(),
            Problem::too_many_headers(),
            Problem::no_route(),
            Problem::no_method(),
            Problem::wrong_type(&["text/csv"]),
            Problem::store(&StoreError::WriterGone),
            Problem::answer(&json),
            Problem::fault(),
            Problem::of_status(StatusCode::BAD_REQUEST),
        ] {
            let japanese = |text: &str| text.chars().any(|c| ('ぁ'..='ー').contains(&c));
            assert!(japanese(problem.title_ja) && japanese(&problem.detail_ja), "{problem:?}");
            assert!(!problem.title.is_empty() && !problem.detail.is_empty(), "{problem:?}");
            assert!(!japanese(problem.title) && !problem.detail.contains('花'), "{problem:?}");
        }
    }

    #[test]
    fn a_kind_is_compared_without_its_parameters() {
        for (stated, taken) in [
            (None, true),
            (Some("application/json"), true),
            (Some("Application/JSON; charset=UTF-8"), true),
            (Some("application/x-www-form-urlencoded"), false),
            (Some(""), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(stated) = stated {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(stated));
            }
            assert_eq!(must_be(&headers, &["application/json"]).is_ok(), taken, "{stated:?}");
        }
    }
}
