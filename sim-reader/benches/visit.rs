//! One visit at the reader alone: the virtual card, the built-in matcher, people and a terminal who answer at once.
//!
//! The goal is 10 ms of CPU; the face costs some 3 ms more here, since the camera's picture is drawn (`docs/speed.md`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench may fail"
)]

#[path = "../tests/reader_support/mod.rs"]
mod reader_support;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use reader_support::{Counter, HOLDER, OnReader, PIN, block_on, camera, contents, pin, visitor};
use sim_reader::CardChannel;
use sim_reader::face::Builtin;
use sim_reader::session::{End, ModeChoice, run_visit};

fn visits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("visit at the reader");
    group.throughput(Throughput::Elements(1));
    let modes =
        [("face", ModeChoice::Face), ("PIN", pin(&[PIN])), ("visual check", ModeChoice::Visual)];
    for (name, mode) in modes {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let (patient, mut eye) = (visitor(mode), camera(HOLDER));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                card.again();
                counter.link.certified.lock().unwrap().clear();
                counter.link.qualified.lock().unwrap().clear();
                let (config, link, failures) = (&counter.config, &counter.link, &counter.failures);
                let on_reader = Some(&mut card as &mut dyn CardChannel);
                let visit =
                    run_visit(config, &Builtin, on_reader, &mut eye, &patient, link, failures);
                let report = block_on(visit);
                assert!(matches!(report.end, End::Completed(_)), "{report:?}");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, visits);
criterion_main!(benches);
