//! What stands before every router: the length of head and address, the time a request takes, and what becomes of a panic.

use std::panic::AssertUnwindSafe;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::FutureExt as _;
use tower::ServiceExt as _;

use super::{
    HttpLimits, Problem,
    lending::{Loan, lend},
};

/// The router's answer, or ours when the request breaks a limit or the router its word.
pub(super) async fn answer(router: Router, limits: &HttpLimits, request: Request) -> Response {
    match judge(&request, limits) {
        Ok(()) => within(router, limits, request).await,
        Err(problem) => closing(problem),
    }
}

fn judge(request: &Request, limits: &HttpLimits) -> Result<(), Problem> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > limits.address_bytes {
        return Err(Problem::address_too_long());
    }
    let fields = request.headers();
    let bytes: usize =
        fields.iter().map(|(name, value)| name.as_str().len() + value.as_bytes().len()).sum();
    if fields.len() > limits.header_fields || bytes > limits.head_bytes {
        return Err(Problem::too_many_headers());
    }
    Ok(())
}

/// Answers in time, or 408.
async fn within(router: Router, limits: &HttpLimits, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Who waits to be told to go on has sent nothing, and is not told to.
    let waits = parts.headers.contains_key(header::EXPECT);
    let (body, loan) = lend(body, limits.request);
    let answering = router.oneshot(Request::from_parts(parts, body));
    let answering = AssertUnwindSafe(answering).catch_unwind();
    tokio::pin!(answering);
    let mut read = 0;
    loop {
        match tokio::time::timeout(limits.request, answering.as_mut()).await {
            Ok(Ok(Ok(response))) if waits && loan.read() == 0 => return response,
            Ok(Ok(Ok(response))) => return settled(response, loan, limits).await,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_)) => return closing(Problem::fault()),
            Err(_) if loan.read() >= read + limits.progress_bytes => read = loan.read(),
            Err(_) => return closing(Problem::too_slow()),
        }
    }
}

/// Takes what is left of a refused body before it is answered.
async fn settled(response: Response, loan: Loan, limits: &HttpLimits) -> Response {
    if response.status().is_client_error() {
        let _ = tokio::time::timeout(limits.request, loan.discard(limits.discarded_bytes)).await;
    }
    response
}

/// The connection cannot be used again: what is left of the request is not read.
fn closing(problem: Problem) -> Response {
    let mut response = problem.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
