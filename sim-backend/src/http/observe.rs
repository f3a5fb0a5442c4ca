//! One line of log and one count for each request. Of a request stand in it only: who asked by its certificate, which family or
//! route, what came of it, how long it took. No path as sent, no header, no body: they may name a person.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

use super::{metrics::Metrics, peer::PeerInstitution};

/// Names a request in the log; stands in its answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a handler tells of its answer, as an extension of the response. Nothing in it may come from a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Name of the message family or of the interface.
    pub family: &'static str,
    /// A code from a fixed set: `answered`, `SIM-E1002`.
    pub outcome: String,
}

/// Counts feed records as they are taken and refused, as an extension of the request: a stream is counted long after its answer
/// began.
#[derive(Debug, Clone)]
pub struct FeedCounter(Arc<Metrics>);

impl FeedCounter {
    /// Counts records that were stored, now or before, and others that were not.
    pub fn count(&self, accepted: u64, rejected: u64) {
        self.0.feed(accepted, rejected);
    }
}

/// The kind of a problem, as an extension of the response.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failed(pub &'static str);

/// The route that answered, as an extension of the response.
#[derive(Debug, Clone)]
struct Route(MatchedPath);

/// Who watches a listener.
#[derive(Debug, Clone)]
pub struct Watch {
    /// What the listener is called in log and metrics.
    pub listener: &'static str,
    /// Where it is counted.
    pub metrics: Arc<Metrics>,
    numbers: Arc<AtomicU64>,
}

impl Watch {
    /// Watches a listener.
    #[must_use]
    pub fn new(listener: &'static str, metrics: Arc<Metrics>) -> Self {
        Self { listener, metrics, numbers: Arc::default() }
    }

    /// What a handler of this listener counts feed records with.
    pub(super) fn feed_counter(&self) -> FeedCounter {
        FeedCounter(Arc::clone(&self.metrics))
    }

    /// Name of the next request: listener and number, unique in one run.
    fn request_id(&self) -> String {
        format!("{}-{:08}", self.listener, self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    /// Tells of one answer, and names it.
    pub(super) fn tell(
        &self,
        peer: Option<&PeerInstitution>,
        response: &mut Response,
        took: Duration,
    ) {
        let request_id = self.request_id();
        let status = response.status();
        let extensions = response.extensions();
        let told = extensions.get::<Told>();
        let route = extensions.get::<Route>().map(|Route(path)| path.as_str());
        let family = told.map(|told| told.family).or(route).unwrap_or("none");
        let failed = extensions.get::<Failed>().map(|Failed(kind)| *kind);
        let outcome = failed.or(told.map(|told| told.outcome.as_str())).unwrap_or(status.as_str());
        let institution = peer.map(|PeerInstitution(code)| code.as_str());
        self.metrics.request(family, outcome, took.as_secs_f64());
        let listener = self.listener;
        let (status, milliseconds) = (status.as_u16(), took.as_secs_f64() * 1_000.0);
        tracing::info!(target: "madoguchi::request", request_id, listener, institution, family, outcome, status, milliseconds, "request");
        if let Ok(value) = HeaderValue::try_from(request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
    }
}

/// Remembers the route's pattern, which names nobody, for who tells of the answer.
pub(crate) async fn remember_route(
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(path) = path {
        response.extensions_mut().insert(Route(path));
    }
    response
}
