//! The tap of the seams that speak HTTP: a layer around a server's router. Addresses and ports stay out of the record.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http_body_util::BodyExt as _;
use reports::Text2;
use reports::evidence::{Direction, Seam, party};

use super::{Crossed, Proof, Taps, words};
use crate::checks::seams::Sighting;

/// Which seam a router stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Reader to terminal.
    Reader,
    /// Terminal to backend.
    Backend,
    /// Backend to authority.
    ValidationAuthority,
    /// Insurer to backend.
    Feed,
    /// Receipt computer to review and payment agency.
    Claim,
    /// Patient to portal.
    Portal,
}

impl Place {
    /// The seam, who asks there and who answers.
    pub fn parties(self) -> (Seam, &'static str, &'static str) {
        match self {
            Self::Reader => (Seam::Reader, party::READER, party::TERMINAL),
            Self::Backend => (Seam::Backend, party::TERMINAL, party::BACKEND),
            Self::ValidationAuthority => {
                (Seam::ValidationAuthority, party::BACKEND, party::AUTHORITY)
            }
            Self::Feed => (Seam::Feed, party::INSURER, party::BACKEND),
            Self::Claim => (Seam::Claim, party::RECEIPT_COMPUTER, party::CLAIMS),
            Self::Portal => (Seam::Portal, party::PATIENT, party::BACKEND),
        }
    }

    /// What a request is for, by its path and the family in its header.
    pub fn request(self, path: &str, message: Option<&str>) -> Text2 {
        match (self, path) {
            (Self::Backend, _) => words::family(message.unwrap_or(path)),
            (Self::Reader, "/reader/challenge") => {
                Text2::new("チャレンジを求める", "asks for a challenge")
            }
            (Self::Reader, "/reader/certificate") => {
                Text2::new("証明書と署名を渡す", "hands over certificate and signature")
            }
            (Self::Reader, "/reader/qualification") => Text2::new(
                "同意を渡し資格を尋ねる",
                "hands over consents, asks for the qualification",
            ),
            (Self::Reader, _) => Text2::new(path, path),
            (Self::ValidationAuthority, "/") => {
                Text2::new("証明書の失効を尋ねる (OCSP)", "asks about revocation (OCSP)")
            }
            (Self::ValidationAuthority, _) if path.starts_with("/link/") => {
                Text2::new("シリアル番号の紐付けを尋ねる", "asks for the link of a serial number")
            }
            (Self::ValidationAuthority, _) => {
                Text2::new("失効リストを求める (CRL)", "asks for the revocation list (CRL)")
            }
            (Self::Feed, _) => {
                Text2::new("資格の異動を届け出る", "feeds a change of qualification")
            }
            (Self::Claim, _) => Text2::new("診療報酬を請求する", "claims"),
            (Self::Portal, "/portal/challenges") => {
                Text2::new("チャレンジを求める", "asks for a challenge")
            }
            (Self::Portal, "/portal/sessions") => {
                Text2::new("カードの署名でログインする", "logs in by the card's signature")
            }
            (Self::Portal, path) => Text2::new(
                format!("自分の情報を扱う ({path})"),
                format!("about their own data ({path})"),
            ),
        }
    }
}

/// Puts a tap around a router.
pub fn tapped(router: Router, place: Place, taps: Taps) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        let taps = taps.clone();
        async move { pass(place, &taps, request, next).await }
    }))
}

async fn pass(place: Place, taps: &Taps, request: Request, next: Next) -> Response {
    let (seam, client, server) = place.parties();
    let (parts, body) = request.into_parts();
    let body = whole(body).await;
    let message = parts.headers.get("x-oqs-message").and_then(|name| name.to_str().ok());
    let summary = place.request(parts.uri.path(), message);
    taps.take(
        Crossed { seam, from: client, to: server, direction: Direction::Request, summary },
        &body,
    );
    sight(place, taps, parts.uri.path(), message, &body);
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let body = whole(body).await;
    let message = parts.headers.get("x-oqs-message").and_then(|name| name.to_str().ok());
    let status = parts.status;
    let summary = message.map_or_else(
        || Text2::new(format!("応答 {status}"), format!("answers {status}")),
        words::family,
    );
    taps.take(
        Crossed { seam, from: server, to: client, direction: Direction::Answer, summary },
        &body,
    );
    Response::from_parts(parts, Body::from(body))
}

fn sight(place: Place, taps: &Taps, path: &str, message: Option<&str>, body: &Bytes) {
    match (place, message) {
        (Place::Backend, Some(family @ "SIMcertif01req")) => {
            taps.sight(Sighting::CertificateSent);
            taps.keep_proof(Proof { family: family.to_owned(), body: body.to_vec() });
        }
        (Place::ValidationAuthority, _) if path == "/" => taps.sight(Sighting::StatusAsked),
        _ => {}
    }
}

/// The whole body; a peer that breaks off leaves what came.
async fn whole(body: Body) -> Bytes {
    body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}
