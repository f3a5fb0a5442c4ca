//! The coverage as one HTML file, with the style and script of the report.

use std::io::{self, Write};

use serde::Serialize;

use super::{Coverage, CoverageWriter, Row, State};
use crate::model::{Level, Text2};
use crate::{page, words};

const PAGE: &str = include_str!("../../templates/coverage.html");

/// The writer of the page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page;

impl CoverageWriter for Page {
    fn write(&self, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        let page = page::render(&[("coverage.html", PAGE)], view(coverage));
        out.write_all(page.map_err(io::Error::other)?.as_bytes())
    }
}

#[derive(Serialize)]
struct View {
    bench: String,
    with_mutants: bool,
    tiers: Vec<Tier>,
    states: Vec<Tally>,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Tier {
    tier: u8,
    total: usize,
    tallies: Vec<Tally>,
    bar: Vec<(&'static str, usize, usize)>,
}

#[derive(Serialize)]
struct Tally {
    class: &'static str,
    word: Text2,
    count: usize,
}

#[derive(Serialize)]
struct Group {
    name: String,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    row: Row,
    class: &'static str,
    sign: &'static str,
    word: Text2,
    level: Text2,
    must: bool,
    source: Text2,
    assertions: usize,
}

/// The class of the report's style that gives a state its colour.
fn class(state: State) -> (&'static str, &'static str) {
    match state {
        State::Proven => ("pass", "✓"),
        State::Checked => ("inconclusive", "·"),
        State::ByHand => ("needs-review", "◉"),
        State::Open => ("not-run", "◌"),
    }
}

fn view(coverage: &Coverage) -> View {
    let mut groups: Vec<Group> = Vec::new();
    for row in &coverage.rows {
        if groups.last().is_none_or(|group| group.name != row.group) {
            groups.push(Group { name: row.group.clone(), rows: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.rows.push(row_view(row));
        }
    }
    let count = |state| coverage.count(1, state) + coverage.count(2, state);
    View {
        bench: coverage.bench.clone(),
        with_mutants: coverage.with_mutants,
        tiers: [1, 2].into_iter().map(|number| tier(coverage, number)).collect(),
        states: tallies(count),
        groups,
    }
}

fn tallies(count: impl Fn(State) -> usize) -> Vec<Tally> {
    let states = State::ALL.into_iter().filter(|state| count(*state) > 0);
    states
        .map(|state| Tally { class: class(state).0, word: state.word(), count: count(state) })
        .collect()
}

fn tier(coverage: &Coverage, tier: u8) -> Tier {
    let total = coverage.rows.iter().filter(|row| row.tier == tier).count();
    let tallies = tallies(|state| coverage.count(tier, state));
    let mut before = 0;
    let bar = tallies.iter().map(|tally| {
        let from = before * 1000 / total.max(1);
        before += tally.count;
        (tally.class, from, before * 1000 / total.max(1) - from)
    });
    let bar = bar.collect();
    Tier { tier, total, tallies, bar }
}

fn row_view(row: &Row) -> RowView {
    let (class, sign) = class(row.state());
    RowView {
        row: row.clone(),
        class,
        sign,
        word: row.state().word(),
        level: words::level(row.level).into(),
        must: row.level == Level::Must,
        source: words::source(row.source).into(),
        assertions: row.assertions(),
    }
}
