//! A defect at a seam that speaks HTTP: a layer inside the tap for the side that answers, outside of it for the side that asks.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use sim_backend::http::MESSAGE_HEADER;
use sim_reader::terminal::{Encoding, xml};

use super::edit::{Edit, Seam, Way};
use super::plant::{Plant, Planted};

impl Planted {
    /// The router with its tap, the defect of either side around or within it.
    pub fn around(&self, router: Router, seam: Seam, tap: impl FnOnce(Router) -> Router) -> Router {
        let within = self.layer(router, seam, Way::Answer);
        self.layer(tap(within), seam, Way::Request)
    }

    fn layer(&self, router: Router, seam: Seam, way: Way) -> Router {
        let Some(editing) = self.editing(seam, way) else { return router };
        let editing = Arc::new(editing);
        router.layer(from_fn(move |request: Request, next: Next| {
            let editing = Arc::clone(&editing);
            async move { editing.pass(request, next).await }
        }))
    }

    /// The change of messages of this side, if that is the defect.
    pub(super) fn editing(&self, seam: Seam, way: Way) -> Option<Editing> {
        let Some(Plant::Edit(edit)) = self.get() else { return None };
        let edit = (edit.seam == seam && edit.way == way).then(|| (**edit).clone())?;
        Some(Editing {
            edit: edit.with(&self.secrets),
            met: AtomicU32::new(0),
            before: Mutex::default(),
        })
    }
}

/// A change at work: it counts the messages it has met, and keeps the last.
#[derive(Debug)]
pub(super) struct Editing {
    pub edit: Edit,
    met: AtomicU32,
    before: Mutex<Option<Vec<u8>>>,
}

impl Editing {
    async fn pass(&self, request: Request, next: Next) -> Response {
        let path = request.uri().path().to_owned();
        let asked = name(request.headers(), &path);
        match self.edit.way {
            Way::Request => {
                let (mut parts, body) = request.into_parts();
                let bytes = self.changed(&asked, &whole(body).await);
                parts.headers.remove(CONTENT_LENGTH);
                next.run(Request::from_parts(parts, Body::from(bytes))).await
            }
            Way::Answer => self.answer(&path, &asked, next.run(request).await).await,
        }
    }

    async fn answer(&self, path: &str, asked: &str, response: Response) -> Response {
        let name = name(response.headers(), path);
        let (mut parts, body) = response.into_parts();
        let bytes = whole(body).await;
        let is_meant = asked.starts_with(&self.edit.of) || name.starts_with(&self.edit.of);
        if let Some(status) = self.edit.fail.filter(|_| is_meant && self.applied(&bytes).is_some())
        {
            return StatusCode::from_u16(status).unwrap_or_default().into_response();
        }
        let bytes = self.changed(&name, &bytes);
        parts.headers.remove(CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(bytes))
    }

    /// The message as it goes on.
    pub(super) fn changed(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        if !name.starts_with(&self.edit.of) {
            return bytes.to_vec();
        }
        let Some(changed) = self.applied(bytes) else { return bytes.to_vec() };
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let last = before.replace(bytes.to_vec()).filter(|_| self.edit.again);
        last.unwrap_or(changed)
    }

    /// The change, where the message is one of those meant.
    fn applied(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if let Ok((mut root, encoding)) = xml::parse(bytes) {
            if self.is_due(self.edit.fits(&mut root)) {
                self.edit.apply(&mut root);
                return xml::write(&root, encoding).ok();
            }
            return None;
        }
        if let Ok(mut value) = serde_json::from_slice::<Value>(bytes) {
            if self.is_due(self.edit.fits(&mut value)) {
                self.edit.apply(&mut value);
                return serde_json::to_vec(&value).ok();
            }
            return None;
        }
        let read = |encoding: Encoding| Some((encoding.decode(bytes).ok()?, encoding));
        let text = read(Encoding::Utf8).or_else(|| read(Encoding::ShiftJis));
        let (text, encoding) = text.filter(|_| self.is_due(true))?;
        encoding.encode(&self.edit.apply_to_text(&text)).ok()
    }

    fn is_due(&self, fits: bool) -> bool {
        fits && self.met.fetch_add(1, Ordering::Relaxed) + 1 >= self.edit.from
    }
}

/// Message family, or path.
fn name(headers: &HeaderMap, path: &str) -> String {
    let family = headers.get(MESSAGE_HEADER).and_then(|name| name.to_str().ok());
    family.unwrap_or(path).to_owned()
}

async fn whole(body: Body) -> Bytes {
    body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}
