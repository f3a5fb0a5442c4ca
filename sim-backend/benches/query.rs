//! Number queries a second, through the router: decode, look up, judge, keep the confirmation, encode. And how long a
//! fresh store takes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a bench that cannot start has nothing to measure"
)]

use std::hint::black_box;

use axum::{Router, body::Body, http::Request};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sim_backend::store::SqlStore;
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[path = "../tests/backend_support/mod.rs"]
mod support;

use support::{Bench, number_query};

/// People in the store.
const PEOPLE: usize = 1_000;

async fn ask(router: Router, body: Vec<u8>) -> usize {
    let request = Request::post("/oqs")
        .header("x-oqs-message", "OQSsiquc01req")
        .body(Body::from(body))
        .unwrap();
    let answer = router.oneshot(request).await.unwrap();
    axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().len()
}

fn number_queries(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::open());
    runtime.block_on(bench.feed_people(PEOPLE));
    let router = bench.backend.institution_router();
    let mut group = criterion.benchmark_group("number query");
    group.throughput(Throughput::Elements(1));
    group.bench_function("through the router", |bencher| {
        let mut turn = 0;
        bencher.to_async(&runtime).iter(|| {
            turn = (turn + 1) % PEOPLE;
            let body = number_query(&format!("{turn:07}"), "1985-05-05");
            let router = router.clone();
            async move { black_box(ask(router, body).await) }
        });
    });
    group.finish();
}

/// Each scenario opens a store of its own.
fn openings(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    criterion.bench_function("open a store in memory", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| async { SqlStore::open("sqlite::memory:").await.unwrap() });
    });
}

criterion_group!(benches, number_queries, openings);
criterion_main!(benches);
