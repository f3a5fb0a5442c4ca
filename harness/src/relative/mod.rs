//! Worlds relative to now, for products that go by a clock of their own: every day of a scenario is moved so that its story begins today.
//!
//! Words and data are moved alike and by the same number of whole days (`days.rs`), so the scenario stays what it was, but for the
//! calendar. Whether it still holds there is found out before a product is judged by it (`plan.rs`). While it is played, the virtual
//! clock shows the present at each event (`bench/own_clock.rs`). Bench profile.

mod days;
mod plan;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

pub use plan::plan;

use crate::catalogue::Case;
use crate::error::BenchError;
use crate::model::World;

/// How the scenarios of a run are moved to its day.
#[derive(Debug, Clone)]
pub struct Relative {
    /// The Japanese calendar day on which every story begins.
    pub today: Date,
    moves: BTreeMap<String, Move>,
    aside: BTreeMap<String, String>,
}

/// How one scenario is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// By how many days.
    pub days: i64,
    /// The instant at which its moved words say that the story begins: an instant of today, but not the present one.
    pub begins: Timestamp,
}

impl Relative {
    /// A run on this day, of which no scenario is known yet.
    pub fn on(today: Date) -> Self {
        Self { today, moves: BTreeMap::new(), aside: BTreeMap::new() }
    }

    /// How a scenario is moved; one that nobody planned stays where it is.
    pub fn of(&self, case: &str) -> Option<Move> {
        self.moves.get(case).copied()
    }

    /// Why a scenario says nothing of a product that goes by its own clock, and is not played.
    pub fn aside(&self, case: &str) -> Option<BenchError> {
        let why = self.aside.get(case)?.clone();
        Some(BenchError::ClockNotMoved { why })
    }
}

impl Move {
    /// The scenario with its days moved.
    pub fn case(self, case: &Case) -> Case {
        let mut moved = case.clone();
        let background = moved.gherkin.background.iter_mut().flat_map(|it| &mut it.steps);
        let scenarios = moved.gherkin.scenarios.iter_mut().flat_map(|it| &mut it.steps);
        for step in background.chain(scenarios) {
            step.value = days::text(&step.value, self.days);
            step.docstring = step.docstring.as_ref().map(|text| days::text(text, self.days));
            let rows = step.table.iter_mut().flat_map(|table| &mut table.rows);
            rows.flatten().for_each(|cell| *cell = days::text(cell, self.days));
        }
        moved
    }

    /// The world with its days moved, and the present as its beginning.
    ///
    /// # Errors
    /// A day that leaves the calendar.
    pub fn world(self, world: &World, now: Timestamp) -> Result<World, serde_json::Error> {
        Ok(World { now, ..days::data(world, self.days)? })
    }
}
