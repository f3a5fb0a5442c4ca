//! Shows each answer to an institution to a witness: at the backend's door, and as files in `res` and `face`.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use http_body_util::BodyExt as _;
use sim_backend::http::MESSAGE_HEADER;
use sim_reader::terminal::{Action, Folder, FolderEvent, Observer};

use super::workshop::Witness;

/// The router, its messages shown.
pub fn door(router: Router, witness: Option<&Witness>) -> Router {
    let Some(witness) = witness.cloned() else { return router };
    router.layer(from_fn(move |request: Request, next: Next| {
        let witness = witness.clone();
        async move {
            let (parts, body) = next.run(request).await.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            let family = parts.headers.get(MESSAGE_HEADER).and_then(|name| name.to_str().ok());
            if let Some(family) = family {
                witness(family, &body);
            }
            axum::response::Response::from_parts(parts, Body::from(body))
        }
    }))
}

/// The observer, its answers shown.
pub fn folders(observer: Observer, witness: Option<&Witness>) -> Observer {
    let Some(witness) = witness.cloned() else { return observer };
    std::sync::Arc::new(move |event: FolderEvent| {
        match (event.folder, event.action) {
            (Folder::Res | Folder::Face, Action::Written) => witness(&event.file, &event.bytes),
            (Folder::Res | Folder::Face, Action::Read | Action::Removed) | (Folder::Req, _) => {}
        }
        observer(event);
    })
}
