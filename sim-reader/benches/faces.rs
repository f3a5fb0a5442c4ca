//! What a face costs: a comparison of two pictures, its parts, and the photo in the chip.

#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use sim_reader::face::capture::capture;
use sim_reader::face::matcher::Template;
use sim_reader::face::portrait::draw;
use sim_reader::face::{Appearance, Builtin, Conditions, Matcher as _, photo};

fn faces(criterion: &mut Criterion) {
    let face = Appearance::from_seed(1);
    let portrait = draw(&face);
    let picture = capture(&face, &Conditions::clean(1));
    let stored = sim_card::photo::encode_photo(240, 320, &portrait.pixels).unwrap();
    let mut group = criterion.benchmark_group("face");
    // The goal: at most 2 ms a pair, both pictures from their pixels on.
    group.bench_function("match a pair", |bencher| {
        bencher.iter(|| Builtin.score(black_box(&portrait), black_box(&picture)));
    });
    group.bench_function("template", |bencher| bencher.iter(|| Template::of(black_box(&picture))));
    group.bench_function("look for an attack", |bencher| {
        bencher.iter(|| Builtin.attack(black_box(&picture)));
    });
    group.bench_function("decode the photo", |bencher| {
        bencher.iter(|| photo::decode(black_box(&stored)));
    });
    group.bench_function("draw a portrait", |bencher| bencher.iter(|| draw(black_box(&face))));
    group.bench_function("draw a capture", |bencher| {
        bencher.iter(|| capture(black_box(&face), &Conditions::clean(1)));
    });
    group.finish();
}

criterion_group!(benches, faces);
criterion_main!(benches);
