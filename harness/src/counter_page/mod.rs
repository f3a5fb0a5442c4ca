//! The counter as a page and a JSON interface (bench profile): who stands there, what lies on the reader, what came of it.
//!
//! One world with every persona and institution of the catalogue, on a virtual clock that begins with the stories of the
//! bench. Each visit is made by the actors over their real seams and, apart from them, judged by the oracle.

mod api;
mod fields;
mod problem;
mod reception;
mod request;
mod retold;
pub mod session;
mod story;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, header};
use axum::middleware::map_response;
use axum::response::{Html, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Router, http::HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

pub use fields::Fields;
pub use problem::Problem;
pub use reception::{Attendance, Door, Job, Reception};
pub use request::{Body, Names, Nearest};
pub use session::Session;

use api::Desk;

/// Bytes of one request's body at most; the longest sensible visit needs a tenth.
const BODY_LIMIT: usize = 16 * 1024;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// The looks of the pages of the bench.
pub const BASE_STYLE: &str = STYLE;
const SCRIPT: &str = include_str!("page.js");
const OPENAPI: &str = include_str!("openapi.json");

/// Every route beside the page, by its path in `openapi.json`.
fn routes() -> Vec<(&'static str, MethodRouter<Arc<Desk>>)> {
    vec![
        ("/api/personas", get(api::personas)),
        ("/api/institutions", get(api::institutions)),
        ("/api/visits", post(api::visit)),
        ("/api/visits/{number}", get(api::earlier_visit)),
        ("/api/clock", get(api::clock).post(api::advance)),
        ("/api/authority", post(api::authority)),
        ("/api/session", get(session::api::session)),
        ("/api/session/acts", post(session::api::act)),
        ("/api/evidence", get(session::api::evidence)),
        ("/api/claims", post(session::api::claim)),
        ("/api/feed", post(session::api::feed)),
        ("/openapi.json", get(openapi)),
    ]
}

/// The page of whole visits at `/visits`, and the interface of this page and of the screens.
pub fn router(door: Door, names: Names, session: Session) -> Router {
    let page = PAGE.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", SCRIPT);
    let paths = routes()
        .into_iter()
        .fold(Router::new(), |router, (path, method)| router.route(path, method));
    paths
        .route("/visits", get(|| async { Html(page) }))
        .fallback(|| async { Problem::no_route() })
        .method_not_allowed_fallback(|| async { Problem::no_method() })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(map_response(guarded_by(STYLE, SCRIPT)))
        .with_state(Arc::new(Desk::new(door, names, session)))
}

async fn openapi() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

/// What every response of a page with this style and script bears: nothing is kept by the browser, framed by another page,
/// or loaded from elsewhere, and only this style and script run.
pub fn guarded_by(
    style: &str,
    script: &str,
) -> impl Fn(Response) -> std::future::Ready<Response> + Clone + Send + 'static {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        source_hash(style),
        source_hash(script)
    );
    let policy = HeaderValue::try_from(policy).ok();
    move |mut response| {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if let Some(policy) = policy.clone() {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        std::future::ready(response)
    }
}

/// A hash source. Source: W3C Content Security Policy Level 3, §2.3.1.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn the_description_names_every_route_and_no_other() {
        let document: Value = serde_json::from_str(OPENAPI).unwrap();
        let described: BTreeSet<&str> =
            document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut served: BTreeSet<&str> = routes().iter().map(|(path, _)| *path).collect();
        served.extend(["/", "/staff", "/visits"]);
        assert_eq!(described, served);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        let document: Value = serde_json::from_str(OPENAPI).unwrap();
        for reference in OPENAPI.split("\"$ref\": \"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        assert!(
            PAGE.contains("<style>/*STYLE*/</style>")
                && PAGE.contains("<script>/*SCRIPT*/</script>")
        );
        for part in [PAGE, STYLE, SCRIPT] {
            for way_out in ["http:", "https:", "src=", "url(", "@import", "import("] {
                assert!(!part.contains(way_out), "{way_out}");
            }
        }
        assert!(
            !SCRIPT.contains("innerHTML") && !SCRIPT.contains("</script"),
            "texts are shown, never obeyed"
        );
    }
}
