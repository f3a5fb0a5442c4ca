//! The description of the backend's HTTP interfaces (OpenAPI 3.1), and a page that shows it without a network.
//!
//! Kept by hand: messages are XML in one route, which no generator describes. One part for each interface; a new path goes into the
//! part of its interface, or a new part into [`PARTS`]. Tests name a route that stands in no part, and hold real answers against
//! the schemas.

use std::sync::LazyLock;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// What each interface describes of itself: `paths`, and what goes under `components`.
const PARTS: [&str; 7] = [
    include_str!("institution.json"),
    include_str!("insurer.json"),
    include_str!("insurer_lists.json"),
    include_str!("claims.json"),
    include_str!("operator.json"),
    include_str!("operator_orders.json"),
    include_str!("every.json"),
];
/// The interfaces, each on a listener of its own: name, Japanese, English.
const INTERFACES: [(&str, &str); 5] = [
    ("institution", "医療機関・薬局（相互 TLS） | Institutions, over mutual TLS"),
    ("insurer", "保険者 | Insurers"),
    ("claims", "審査支払機関 | The review and payment agency"),
    ("operator", "運用者 | The operator of this backend"),
    ("every", "すべての口に共通 | On every listener"),
];
const ABOUT: &str = "ベンチ独自のインターフェースです。電文そのもの以外は公式の仕様ではありません。登場する人・機関・番号はすべて架空です。 | \
     Bench profile: beside the messages themselves nothing here is official. All people, institutions and numbers are fictitious.";

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The document as JSON text.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| assemble().to_string());

/// `GET /openapi.json` and `GET /docs`.
pub(crate) fn router() -> Router {
    Router::new().route("/openapi.json", get(document)).route("/docs", get(page))
}

async fn document() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}

/// Nothing is kept, framed or loaded from elsewhere. Only our own style and script run.
async fn page() -> Response {
    let text = PAGE.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", SCRIPT);
    let mut response = Html(text).into_response();
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        source_hash(STYLE),
        source_hash(SCRIPT)
    );
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A hash source. Source: W3C Content Security Policy Level 3, §2.3.1.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// One document of all parts.
fn assemble() -> Value {
    let (mut paths, mut components) = (Map::new(), Map::new());
    for part in PARTS {
        // A part that is no JSON fails the tests; here it would be missing.
        let Ok(Value::Object(part)) = serde_json::from_str(part) else { continue };
        for (kind, entries) in part {
            let Value::Object(entries) = entries else { continue };
            if kind == "paths" {
                paths.extend(entries);
            } else if let Value::Object(held) = components.entry(kind).or_insert(json!({})) {
                held.extend(entries);
            }
        }
    }
    let tag = |(name, words): (&str, &str)| json!({"name": name, "description": words});
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Madoguchi 資格確認 backend",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": ABOUT,
        },
        "servers": [{"url": "/"}],
        "tags": INTERFACES.into_iter().map(tag).collect::<Vec<_>>(),
        "paths": paths,
        "components": components,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_whole_and_none_says_what_another_says() {
        let mut seen = std::collections::BTreeSet::new();
        for part in PARTS {
            let part: Value = serde_json::from_str(part).unwrap();
            for (kind, entries) in part.as_object().unwrap() {
                for name in entries.as_object().unwrap().keys() {
                    assert!(seen.insert((kind.clone(), name.clone())), "{kind} {name} twice");
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_referred_to() {
        let document = assemble();
        let text = document.to_string();
        let referred: Vec<_> =
            text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for pointer in &referred {
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        for kind in ["schemas", "responses"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                let pointer = format!("/components/{kind}/{name}");
                assert!(referred.contains(&pointer.as_str()), "{pointer} is for nothing");
            }
        }
    }

    #[test]
    fn every_operation_is_of_an_interface_and_speaks_both_languages() {
        let document = assemble();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let tag = operation["tags"][0].as_str().unwrap();
                assert!(INTERFACES.iter().any(|(name, _)| *name == tag), "{method} {path}");
                assert!(operation["summary"].as_str().unwrap().contains(" | "), "{method} {path}");
                assert!(operation["responses"]["200"].is_object(), "{method} {path}");
            }
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
