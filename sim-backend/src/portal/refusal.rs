//! What the portal refuses, in Japanese and English. Source: RFC 9457 §3; `title_ja` and `detail_ja` are extension
//! members (§3.2). No value of a request is repeated.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{http::fault::Fault, messages::SimError, store::StoreError};

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The body is not what the route takes; line and column as far as known.
    Unreadable(Option<(usize, usize)>),
    /// The body never arrived whole, or is too large.
    Body(StatusCode),
    /// The identification was not made by PIN. Rows OQS-REG-02, OQS-REG-03.
    PinNeeded,
    /// Challenge unknown, late or used, or the signature does not fit. Row OQS-CERT-03.
    Signature,
    /// Anything against the certificate, its grace included. Rows OQS-CERT-14, OQS-CERT-20.
    Certificate,
    /// Nobody says whether the certificate is good. Row OQS-CERT-19.
    StatusUnavailable,
    /// The authority knows no person of this certificate.
    NobodyKnown,
    /// No session, or it ended.
    NoSession,
    /// The card is not registered as insurance card, so nothing is tied to it. Row OQS-REG-05.
    NotRegistered,
    /// 自己情報提供不可. Row OQS-REG-10.
    Barred,
    /// Cancelling goes through the insurer. Row OQS-REG-08.
    CancelAtInsurer,
    /// Not a year of four digits.
    NoYear,
    /// Our own store failed.
    Store,
    /// The file cannot be written.
    File,
}

struct Words {
    status: StatusCode,
    kind: &'static str,
    title: (&'static str, &'static str),
    detail: (&'static str, &'static str),
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: String,
    title_ja: &'a str,
    detail_ja: String,
}

impl Refusal {
    /// The body is no JSON, or other JSON than expected.
    pub fn unreadable(error: &serde_json::Error) -> Self {
        Self::Unreadable(Some((error.line(), error.column())))
    }

    fn words(self) -> Words {
        let words = |status, kind, title, detail| Words { status, kind, title, detail };
        match self {
            Self::Unreadable(_) => words(
                StatusCode::BAD_REQUEST,
                "unreadable",
                ("本文を読めません", "the body cannot be read"),
                ("JSON の形と項目名を確かめてください。", "check the JSON and the names in it"),
            ),
            Self::Body(status) => words(
                status,
                "body",
                ("本文を受け取れません", "the body was not taken"),
                (
                    "本文が大きすぎるか、途中で切れました。",
                    "it is too large, or did not arrive whole",
                ),
            ),
            Self::PinNeeded => words(
                StatusCode::FORBIDDEN,
                "pin-needed",
                ("暗証番号による本人確認が必要です", "identification by PIN is needed"),
                (
                    "暗証番号のないカードは、医療機関の窓口のリーダーで顔認証か目視確認により利用登録をしてください。",
                    "the portal takes the PIN only; register a card without PIN at the reader of an institution, by face or visual check",
                ),
            ),
            Self::Signature => words(
                StatusCode::UNAUTHORIZED,
                "signature-refused",
                ("カードによる本人確認ができません", "the card did not prove itself"),
                (
                    "チャレンジを取り直し、カードで署名し直してください。",
                    "ask for a new challenge and have the card sign it within five minutes; each serves once",
                ),
            ),
            Self::Certificate => words(
                StatusCode::FORBIDDEN,
                "certificate-refused",
                ("この電子証明書は使えません", "this certificate cannot be used"),
                (
                    "有効期限が過ぎたか、失効しています。市区町村の窓口で更新してください。",
                    "it has ended, was revoked, or is not of the authority; renew it at the municipality",
                ),
            ),
            Self::StatusUnavailable => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "status-unavailable",
                ("電子証明書の状態を確認できません", "the status of the certificate is not known"),
                (
                    "カードの問題ではありません。しばらくしてからやり直してください。",
                    "this says nothing against the card; try again later",
                ),
            ),
            Self::NobodyKnown => words(
                StatusCode::FORBIDDEN,
                "nobody-known",
                ("この電子証明書の持ち主が分かりません", "nobody is known by this certificate"),
                (
                    "更新したばかりなら、二日ほどしてからやり直してください。",
                    "if it was renewed lately, try again in about two days",
                ),
            ),
            Self::NoSession => words(
                StatusCode::UNAUTHORIZED,
                "no-session",
                ("ログインしていません", "you are not logged in"),
                (
                    "POST /portal/sessions でログインし、トークンを Authorization: Bearer に付けてください。",
                    "log in by POST /portal/sessions and send the token as Authorization: Bearer; it lasts fifteen minutes",
                ),
            ),
            Self::NotRegistered => words(
                StatusCode::FORBIDDEN,
                "not-registered",
                (
                    "健康保険証としての利用登録がありません",
                    "the card is not registered as insurance card",
                ),
                (
                    "POST /portal/registration で利用登録をしてください。",
                    "register by POST /portal/registration, or at the reader of an institution",
                ),
            ),
            Self::Barred => words(
                StatusCode::FORBIDDEN,
                "barred",
                ("自己情報の提供が止められています", "own data are not given"),
                ("加入している保険者にお問い合わせください。", "ask the insurer"),
            ),
            Self::CancelAtInsurer => words(
                StatusCode::METHOD_NOT_ALLOWED,
                "cancel-at-insurer",
                ("利用登録の解除はここではできません", "a registration is not cancelled here"),
                (
                    "加入している保険者に申し出てください。翌月の末に解除されます。",
                    "ask the insurer; it takes effect at the end of the next month",
                ),
            ),
            Self::NoYear => words(
                StatusCode::NOT_FOUND,
                "no-year",
                ("年が正しくありません", "this is no year"),
                ("西暦四桁で指定してください。", "give the year in four digits"),
            ),
            Self::Store => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "store",
                ("保存先に障害があります", "the store failed"),
                ("何も保存されていません。やり直してください。", "nothing was stored; try again"),
            ),
            Self::File => words(
                StatusCode::INTERNAL_SERVER_ERROR,
                "file",
                ("ファイルを作れません", "the file cannot be written"),
                ("記録を確かめてください。", "see the log"),
            ),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store failed");
        Self::Store
    }
}

impl From<SimError> for Refusal {
    /// What the card route refuses, in the portal's words. A log-in meets the three of them; all else is no session.
    fn from(refusal: SimError) -> Self {
        if refusal == SimError::CertificateRefused {
            Self::Certificate
        } else if refusal == SimError::StatusUnavailable {
            Self::StatusUnavailable
        } else {
            Self::Signature
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(refusal) => refusal.into(),
            Fault::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Words { status, kind, title, detail } = self.words();
        let (mut detail_ja, mut detail_en) = (detail.0.to_owned(), detail.1.to_owned());
        if let Self::Unreadable(Some((line, column))) = self {
            detail_ja = format!("{line}行{column}桁: {detail_ja}");
            detail_en = format!("line {line} column {column}: {detail_en}");
        }
        let document = Document {
            r#type: format!("https://madoguchi.invalid/problems/portal/{kind}"),
            title: title.1,
            status: status.as_u16(),
            detail: detail_en,
            title_ja: title.0,
            detail_ja,
        };
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, Json(document)).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self == Self::CancelAtInsurer {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
        }
        response
    }
}
