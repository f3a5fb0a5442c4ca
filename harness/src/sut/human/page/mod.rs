//! Questions on a page: the one that stands, with large buttons, in Japanese and English. It loads nothing from elsewhere.

use std::net::{SocketAddr, TcpListener};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::desk::{Desk, NotTaken, View};
use super::prompt::Answer;
use crate::counter_page::{BASE_STYLE, guarded_by};
use crate::error::BenchError;

/// Bytes of one answer at most: a month's claims of one patient are a hundredth of it.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

const PAGE: &str = include_str!("page.html");
const OWN_STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// An answer to the question of a number.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Which question is answered.
    pub number: u64,
    /// The answer.
    pub answer: Answer,
}

/// Serves the page in a thread of its own for as long as the process lives, and gives its address.
///
/// # Errors
/// [`BenchError::Address`].
pub fn serve(desk: &Desk, address: SocketAddr) -> Result<String, BenchError> {
    let failed = |source| BenchError::Address { what: "the questions", address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let url = format!("http://{}/", listener.local_addr().map_err(failed)?);
    let router = router(desk.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(failed)?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            sim_backend::http::serve_plain(listener, router, std::future::pending()).await;
        });
    });
    Ok(url)
}

fn router(desk: Desk) -> Router {
    let style = format!("{BASE_STYLE}{OWN_STYLE}");
    let page = PAGE.replace("/*STYLE*/", &style).replace("/*SCRIPT*/", SCRIPT);
    Router::new()
        .route("/", get(|| async { Html(page) }))
        .route("/api/desk", get(look))
        .route("/api/answers", post(answer))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(map_response(guarded_by(&style, SCRIPT)))
        .with_state(desk)
}

/// What is on the desk.
async fn look(State(desk): State<Desk>) -> Json<View> {
    let view = desk.watch().borrow().clone();
    Json(view)
}

/// An answer: taken, too late, or asked again with what is wrong about it.
async fn answer(State(desk): State<Desk>, Json(told): Json<Answered>) -> Response {
    match desk.answer(told.number, told.answer) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(NotTaken::Late) => StatusCode::CONFLICT.into_response(),
        Err(NotTaken::Wrong(wrong)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(wrong)).into_response()
        }
    }
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
    fn a_port_that_is_taken_is_told_with_its_address() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let error = serve(&Desk::default(), address).unwrap_err();
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }
}
