//! Whole visits over every seam, and scenarios, per second. `cargo bench -p harness`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench may fail"
)]

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use harness::bench::{STORY_BEGINS, Wishes, chart};
use harness::catalogue::Catalogue;
use harness::clock::at_jst;
use harness::model::{Event, Mode, Presented, Visit, World};
use harness::runner::{self, Progress, Stop};
use harness::seed::Seed;
use harness::world::{Stage, Workshop};

const INSTITUTION: &str = "1319999999";

fn world() -> World {
    let catalogue = Catalogue::embedded().expect("the catalogue reads");
    let people = [("hanako".to_owned(), catalogue.personas["hanako"].clone())].into();
    let mut institutions = catalogue.institutions.clone();
    for institution in institutions.values_mut() {
        institution.charts = vec![chart("hanako", &catalogue.personas["hanako"])];
    }
    World { seed: 1, now: at_jst(STORY_BEGINS).expect("a real instant"), people, institutions }
}

fn visit(mode: Mode) -> Event {
    let Wishes { then, consents, register, prescription, trouble } = Wishes::default();
    Event::Visit(Visit {
        person: "hanako".to_owned(),
        institution: INSTITUTION.to_owned(),
        presented: Presented::CardOf("hanako".to_owned()),
        mode,
        then,
        consents,
        register,
        prescription,
        trouble,
        occasion: None,
    })
}

fn visits(criterion: &mut Criterion) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let workshop = Arc::new(Workshop::new(Seed(1), None).expect("a workshop"));
    let mut stage = runtime.block_on(Stage::start(workshop, world())).expect("a stage");
    let mut group = criterion.benchmark_group("visit over every seam");
    group.throughput(Throughput::Elements(1));
    for (name, mode) in [("face", Mode::Face), ("PIN", Mode::Pin(vec!["1234".to_owned()]))] {
        let event = visit(mode);
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(stage.perform(&event)).expect("a visit"));
        });
    }
    group.finish();
}

fn scenarios(criterion: &mut Criterion) {
    let catalogue = Catalogue::embedded().expect("the catalogue reads");
    let cases: Vec<_> = catalogue.cases.iter().collect();
    let workshop = Arc::new(Workshop::new(Seed(1), None).expect("a workshop"));
    let mut group = criterion.benchmark_group("suite");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(u64::try_from(cases.len()).unwrap_or(u64::MAX)));
    group.bench_function("all scenarios", |bencher| {
        bencher.iter(|| {
            runner::run(&cases, &workshop, &(Arc::new(|_: &str| {}) as Progress), &Stop::default())
                .expect("a run")
        });
    });
    group.finish();
}

criterion_group!(benches, visits, scenarios);
criterion_main!(benches);
