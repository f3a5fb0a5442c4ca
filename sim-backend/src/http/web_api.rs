//! The Web API: login for tokens, and the query of one person as JSON, for receipt computers that use no shared folders.
//!
//! `POST …/MSA12020/ILI12020SV01/auth` and `POST …/MSA01030/ILI01030SV01/search`, behind one path segment such as `oqs-api-pro`;
//! the answer's frame `{status, msg, result}` and the raw `idToken` in `Authorization` are those of a public client. What stands in the
//! login's body is not public: bench profile.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    PeerInstitution, Problem, must_be,
    oqs::{Asked, answer},
};
use crate::{
    backend::Desk,
    messages::{Family, InstitutionCode, MAX_BYTES},
    service::sessions::Tokens,
};

/// Beginning of a terminal's login ids. Source: OQS messages, shared folders.
const ACCOUNT_PREFIX: &str = "R0";
/// Longest login id read.
const ACCOUNT_LENGTH: usize = 50;

/// The two routes, behind one segment that may be any.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/{service}/MSA12020/ILI12020SV01/auth", post(login))
        .route("/{service}/MSA01030/ILI01030SV01/search", post(search))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(desk)
}

/// A login, or its renewal. The password is not looked at: the client's certificate proves who asks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    login_id: Option<String>,
    #[serde(default)]
    forced_login: bool,
    refresh_token: Option<String>,
}

/// Rows OQS-MSG-17, OQS-OPS-05.
async fn login(
    State(desk): State<Arc<Desk>>,
    peer: Option<Extension<PeerInstitution>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    must_be(&headers, &["application/json"])?;
    let body = body.map_err(|rejection| Problem::body(&rejection))?;
    let institution = certified(peer)?;
    if !desk.institutions.contains(&institution) {
        return Err(unknown_institution());
    }
    let asked: Login = serde_json::from_slice(&body).map_err(|error| no_login(&error))?;
    let (institution, now) = (institution.as_str(), (desk.now)());
    let tokens = match (asked.login_id, asked.refresh_token) {
        (None, Some(token)) => {
            let renewed = desk.sessions().refresh(&token, institution, now);
            renewed.ok_or_else(logged_out)?
        }
        (Some(account), None) if is_account(&account) => {
            let login = desk.sessions().login(institution, &account, asked.forced_login, now);
            login.map_err(|_| too_many_logins())?
        }
        (Some(_), None) => return Err(no_account()),
        (Some(_), Some(_)) | (None, None) => return Err(neither_or_both()),
    };
    Ok(Json(handed_out(&tokens)))
}

fn is_account(account: &str) -> bool {
    account.starts_with(ACCOUNT_PREFIX)
        && account.len() <= ACCOUNT_LENGTH
        && account.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn handed_out(tokens: &Tokens) -> Value {
    json!({
        "status": "OK",
        "msg": "",
        "result": {
            "accessToken": tokens.access,
            "refreshToken": tokens.refresh,
            "idToken": tokens.id,
        },
    })
}

/// Rows OQS-MSG-17, OQS-QUAL-01.
async fn search(
    State(desk): State<Arc<Desk>>,
    peer: Option<Extension<PeerInstitution>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    must_be(&headers, &["application/json"])?;
    let body = body.map_err(|rejection| Problem::body(&rejection))?;
    let institution = certified(peer)?;
    let now = (desk.now)();
    let token = headers.get(header::AUTHORIZATION).and_then(|token| token.to_str().ok());
    let token = token.unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or(token);
    if !desk.sessions().admit(token, institution.as_str(), now) {
        return Err(logged_out());
    }
    let name = Family::NumberQuery.name();
    let asked = Asked { peer: Some(institution), name, body: &body, json: true };
    answer(&desk, asked, name, now).await
}

fn certified(peer: Option<Extension<PeerInstitution>>) -> Result<InstitutionCode, Problem> {
    let named = peer.map(|Extension(PeerInstitution(code))| code);
    named.ok_or_else(|| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "no-certificate",
            ("クライアント証明書がありません", "no institution is named by a client certificate"),
            (
                "医療機関のクライアント証明書で接続してください。",
                "connect with the institution's client certificate",
            ),
        )
    })
}

fn unknown_institution() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "unknown-institution",
        ("この医療機関は登録されていません", "the institution may not ask"),
        (
            "登録されている医療機関の証明書で接続してください。",
            "the backend does not know the institution of the client certificate; use another's",
        ),
    )
}

fn too_many_logins() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "too-many-logins",
        ("ログインが多すぎます", "the account is logged in too often"),
        (
            "他のログインが30分間使われずに終わるのを待つか、forcedLogin を true にしてください。",
            "wait until another login has been idle for 30 minutes, or send forcedLogin true",
        ),
    )
}

/// The same whether a token is unknown, another institution's, or idle for too long.
fn logged_out() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "logged-out",
        ("ログインしていません", "nobody is logged in with this token"),
        (
            "ログインし直し、idToken を Authorization に入れてください。30分間照会がないとログインは終わります。",
            "log in again and send the idToken in Authorization; a login ends after 30 minutes without a query",
        ),
    )
}

fn no_account() -> Problem {
    Problem::unprocessable(
        "loginId is no terminal's; send one of letters and digits that begins with R0",
    )
    .in_japanese("loginId は R0 で始まる英数字にしてください。")
}

fn neither_or_both() -> Problem {
    Problem::unprocessable("send either loginId or refreshToken")
        .in_japanese("loginId か refreshToken のどちらか一方を送ってください。")
}

/// Where it broke, never what stood there.
fn no_login(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::unreadable(format_args!(
        "no login at line {line}, column {column}; send {{\"loginId\": \"R0…\", \"password\": \"…\"}} or {{\"refreshToken\": \"…\"}}"
    ))
    .in_japanese(format!("{line}行{column}桁：loginId か refreshToken を持つ JSON を送ってください。"))
}
