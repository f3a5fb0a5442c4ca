//! The patient's page (マイナポータル role, bench profile): the portal's interface with a page in front, and a drawer of
//! virtual cards for it.

mod api;
mod drawer;
mod proof;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::response::Html;
use axum::routing::{get, post};

use crate::counter_page::{BASE_STYLE, guarded_by};

pub use api::Helper;
pub use drawer::Drawer;
pub use proof::{NoProof, Proof, prove};

/// Bytes of one request's body at most.
const BODY_LIMIT: usize = 16 * 1024;

const PAGE: &str = include_str!("page.html");
const OWN_STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page at `/`, what it asks of the bench under `/bench`, and the portal's own routes.
pub fn router(portal: Router, helper: Helper) -> Router {
    let style = format!("{BASE_STYLE}{OWN_STYLE}");
    let page = PAGE.replace("/*STYLE*/", &style).replace("/*SCRIPT*/", SCRIPT);
    let guard = guarded_by(&style, SCRIPT);
    let own = Router::new()
        .route("/", get(|| async { Html(page) }))
        .route("/bench/personas", get(api::personas))
        .route("/bench/cards/{persona}/signature", post(api::signature))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(map_response(guard))
        .with_state(helper);
    // The portal's routes guard themselves, and the page at `/docs` has a style and a script of its own.
    own.merge(portal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        assert!(
            PAGE.contains("<style>/*STYLE*/</style>")
                && PAGE.contains("<script>/*SCRIPT*/</script>")
        );
        for part in [PAGE, OWN_STYLE, SCRIPT] {
            for way_out in ["http:", "https:", "src=", "url(", "@import", "import("] {
                assert!(!part.contains(way_out), "{way_out}");
            }
        }
        assert!(
            !SCRIPT.contains("innerHTML") && !SCRIPT.contains("</script"),
            "texts are shown, never obeyed"
        );
    }

    #[test]
    fn the_page_keeps_no_secret_in_the_browser() {
        for kept in ["sessionStorage", "document.cookie", "indexedDB"] {
            assert!(!SCRIPT.contains(kept), "{kept}");
        }
        assert_eq!(
            SCRIPT.matches("localStorage.setItem").count(),
            1,
            "the language and nothing else"
        );
        assert!(SCRIPT.contains(r#"localStorage.setItem("language", language)"#));
    }

    #[test]
    fn every_text_has_both_languages() {
        assert_eq!(PAGE.matches("data-ja=").count(), PAGE.matches("data-en=").count());
        assert_eq!(PAGE.matches("data-ja-label=").count(), PAGE.matches("data-en-label=").count());
    }
}
