//! Errors of the counter's interface, in Japanese and English. Source: RFC 9457 §3; `title_ja`, `detail_ja`, `pointer` and
//! `nearest` are extension members (§3.2). No value of a request is repeated: it might be a PIN in the wrong place.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use reports::Text2;
use serde::Serialize;

use crate::error::BenchError;

/// Problem details of one failed request.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: (&'static str, &'static str),
    // Boxed, so that a result is not large for the sake of its rare error.
    words: Box<Words>,
}

#[derive(Debug, Clone)]
struct Words {
    detail: Text2,
    pointer: Option<String>,
    nearest: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    title_ja: &'a str,
    detail_ja: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<&'a str>,
}

impl Problem {
    /// A problem of a kind of its own.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: (&'static str, &'static str),
        detail: Text2,
    ) -> Self {
        Self {
            status,
            kind,
            title,
            words: Box::new(Words { detail, pointer: None, nearest: None }),
        }
    }

    fn at(mut self, pointer: impl Into<String>) -> Self {
        self.words.pointer = Some(pointer.into());
        self
    }

    /// The body is no JSON.
    pub fn unreadable(error: &serde_json::Error) -> Self {
        let ja = format!("{}行{}桁で JSON として読めません。", error.line(), error.column());
        let title = ("本文を読めません", "the body cannot be read");
        Self::new(StatusCode::BAD_REQUEST, "unreadable", title, Text2::new(ja, error.to_string()))
    }

    /// The body is JSON, but not what the route takes; `pointer` names the place (RFC 6901).
    pub fn unprocessable(pointer: impl Into<String>, detail: Text2) -> Self {
        let title = ("本文の内容が正しくありません", "the body is not what this route takes");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", title, detail).at(pointer)
    }

    /// A persona or institution that does not exist, and the nearest that does.
    pub fn unknown(pointer: &str, what: Text2, list: &str, nearest: Option<String>) -> Self {
        let (hint_ja, hint_en) = match &nearest {
            Some(near) => {
                (format!("「{near}」ではありませんか。"), format!("did you mean `{near}`?"))
            }
            None => (format!("{list} を見てください。"), format!("see {list}")),
        };
        let detail = Text2::new(
            format!("{}がありません。{hint_ja}", what.ja),
            format!("there is no such {}; {hint_en}", what.en),
        );
        let title = ("名前が見つかりません", "nothing has this name");
        let mut problem =
            Self::new(StatusCode::NOT_FOUND, "unknown-name", title, detail).at(pointer);
        problem.words.nearest = nearest;
        problem
    }

    /// A visit that was never made, or is forgotten.
    pub fn no_visit() -> Self {
        let detail = Text2::new(
            "まだ行われていないか、新しい 100 件より古い受付です。",
            "it was not made yet, or is older than the newest hundred",
        );
        Self::new(
            StatusCode::NOT_FOUND,
            "no-visit",
            ("その受付はありません", "there is no such visit"),
            detail,
        )
    }

    /// The virtual clock was asked to run backwards.
    pub fn backwards() -> Self {
        let detail = Text2::new(
            "仮想時計は戻せません。最初からやり直すには起動し直してください。",
            "the virtual clock never runs backwards; start the counter again to begin anew",
        );
        let title = ("時計は戻せません", "the clock does not run backwards");
        Self::new(StatusCode::CONFLICT, "backwards", title, detail).at("/to")
    }

    /// Somebody stands at the reader.
    pub fn occupied() -> Self {
        let detail = Text2::new(
            "カードが読取機に置かれています。取ってから行ってください（/api/session）。",
            "a card lies on the reader; have it taken away first (/api/session)",
        );
        let title = ("受付の途中です", "a visit goes on");
        Self::new(StatusCode::CONFLICT, "occupied", title, detail)
    }

    /// No route has this path.
    pub fn no_route() -> Self {
        let detail = Text2::new(
            "/openapi.json にすべての経路があります。",
            "/openapi.json names every route",
        );
        let title = ("経路がありません", "there is no such route");
        Self::new(StatusCode::NOT_FOUND, "no-route", title, detail)
    }

    /// The route does not take this method.
    pub fn no_method() -> Self {
        let detail = Text2::new(
            "使えるメソッドは Allow ヘッダーにあります。",
            "the Allow header names the methods it takes",
        );
        let title = ("このメソッドは使えません", "the route does not take this method");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "no-method", title, detail)
    }

    /// The body is not declared as JSON. A page of another origin cannot declare it without being asked.
    pub fn no_json() -> Self {
        let detail = Text2::new(
            "Content-Type を application/json にしてください（curl なら --json）。",
            "send Content-Type: application/json (with curl: --json)",
        );
        let title = ("JSON ではありません", "the body is not declared as JSON");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no-json", title, detail)
    }

    /// The body never arrived whole, or is larger than the route takes.
    pub fn body(rejection: &axum::extract::rejection::BytesRejection) -> Self {
        let title = ("本文を受け取れません", "the body was not taken");
        let detail = Text2::new(
            "本文が途中で切れたか、16 KiB を超えています。",
            "the body broke off, or is larger than 16 KiB",
        );
        Self::new(rejection.status(), "body", title, detail)
    }

    /// The bench could not carry it out, or could not see what came of it.
    pub fn bench(error: &BenchError) -> Self {
        let ja = format!("ベンチが処理できませんでした（{error}）。起動し直してください。");
        let title = ("ベンチの障害", "the bench is at fault");
        let en = format!("{error}; {}", error.help());
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "bench", title, Text2::new(ja, en))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Words { detail, pointer, nearest } = *self.words;
        let document = Document {
            r#type: format!("https://madoguchi.invalid/problems/{}", self.kind),
            title: self.title.1,
            status: self.status.as_u16(),
            detail: &detail.en,
            title_ja: self.title.0,
            detail_ja: &detail.ja,
            pointer: pointer.as_deref(),
            nearest: nearest.as_deref(),
        };
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], Json(document))
            .into_response()
    }
}
