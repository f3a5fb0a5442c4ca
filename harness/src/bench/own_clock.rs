//! A scenario that is told relative to now: its clock shows the present at each event, as a product's own does.
//!
//! Within an event it stands still, so that actors and oracle go by one instant. Bench profile.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Bench, Happening, StepError};
use crate::clock::{jst_day, wall_second};
use crate::error::BenchError;
use crate::model::{Event, Outcome, World};
use crate::relative::{Move, Relative};

/// How far the product's clock may be from the bench's, and what it does within an event from the event's instant.
const APART: SignedDuration = SignedDuration::from_secs(120);

/// The world of a scenario as it is now, and how it was moved there.
///
/// # Errors
/// [`BenchError::DayOver`], and the bench's own where a day leaves the calendar.
pub(super) fn moved(
    relative: &Relative,
    case: &str,
    world: World,
) -> Result<(World, Option<Move>), BenchError> {
    let now = wall_second();
    if jst_day(now) != relative.today {
        return Err(BenchError::DayOver { day: relative.today.to_string() });
    }
    let Some(how) = relative.of(case) else { return Ok((world, None)) };
    let world = how.world(&world, now).map_err(|error| BenchError::setup("calendar", error))?;
    Ok((world, Some(how)))
}

impl Bench {
    /// Lets the clock show the present, as an event of the story that nobody tells.
    pub(super) fn keep_up(&mut self) -> Result<(), StepError> {
        if self.moved.is_none() {
            return Ok(());
        }
        let wall = wall_second();
        if wall <= self.now()? {
            return Ok(());
        }
        let Some(stage) = &self.stage else {
            self.world.iter_mut().for_each(|world| world.now = wall);
            return Ok(());
        };
        stage.clock().advance(wall);
        self.story.push(Event::Clock(wall));
        self.happenings.push(Happening { actual: Outcome::Done, expected: Outcome::Done });
        Ok(())
    }

    /// When an instant of the scenario's words comes, counted from when the story did begin.
    pub(super) fn comes_at(&self, told: Timestamp) -> Result<Timestamp, StepError> {
        let Some(Move { begins, .. }) = self.moved else { return Ok(told) };
        Ok(self.world()?.now.checked_add(told.duration_since(begins))?)
    }

    /// What the actors did, where an instant a little apart from the one expected is as good.
    pub(super) fn by_own_clock(&self, actual: Outcome, expected: &Outcome) -> Outcome {
        if self.moved.is_none() {
            return actual;
        }
        let values = (serde_json::to_value(&actual), serde_json::to_value(expected));
        let (Ok(mut seen), Ok(wanted)) = values else { return actual };
        forgive(&mut seen, &wanted);
        serde_json::from_value(seen).unwrap_or(actual)
    }
}

fn forgive(seen: &mut Value, wanted: &Value) {
    match (seen, wanted) {
        (Value::Object(seen), Value::Object(wanted)) => {
            for (name, one) in seen {
                wanted.get(name).into_iter().for_each(|wanted| forgive(one, wanted));
            }
        }
        (Value::Array(seen), Value::Array(wanted)) => {
            seen.iter_mut().zip(wanted).for_each(|(one, wanted)| forgive(one, wanted));
        }
        (Value::String(seen), Value::String(wanted)) if is_near(seen, wanted) => {
            seen.clone_from(wanted);
        }
        (_, _) => {}
    }
}

fn is_near(seen: &str, wanted: &str) -> bool {
    let instants = (seen.parse::<Timestamp>(), wanted.parse::<Timestamp>());
    let (Ok(seen), Ok(wanted)) = instants else { return false };
    seen.duration_since(wanted).abs() <= APART
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::seed::Seed;
    use crate::world::{Stage, Workshop};

    fn world(now: Timestamp) -> World {
        World { seed: 1, now, people: BTreeMap::new(), institutions: BTreeMap::new() }
    }

    /// A scenario whose words say that it begins at midnight, and that began a minute ago.
    fn begun() -> (Bench, Timestamp) {
        let (midnight, began) =
            (Timestamp::UNIX_EPOCH, wall_second() - SignedDuration::from_secs(60));
        let moved = Some(Move { days: 0, begins: midnight });
        (Bench { world: Some(world(began)), moved, ..Bench::default() }, began)
    }

    #[test]
    fn before_the_first_event_the_story_begins_at_the_present() {
        let (mut bench, began) = begun();
        bench.keep_up().unwrap();
        assert!(bench.began().unwrap() >= began + SignedDuration::from_secs(60));
        assert!(bench.story.is_empty());
    }

    #[tokio::test]
    async fn from_event_to_event_the_clock_shows_the_present_to_actors_and_oracle() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (mut bench, began) = begun();
        let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
        bench.stage = Some(Stage::start(workshop, world(began)).await.unwrap());
        bench.keep_up().unwrap();
        let shown = bench.now().unwrap();
        assert!(shown >= began + SignedDuration::from_secs(60));
        assert!(matches!(bench.story.as_slice(), [Event::Clock(at)] if *at == shown));
        assert_eq!(bench.story.len(), bench.happenings.len());
        assert_eq!(bench.began(), Some(began));
    }

    #[test]
    fn instants_of_the_words_come_as_long_after_the_beginning_as_they_are_told() {
        let (mut bench, began) = begun();
        let half = SignedDuration::from_secs(30);
        assert_eq!(bench.comes_at(Timestamp::UNIX_EPOCH + half).unwrap(), began + half);
        bench.moved = None;
        assert_eq!(bench.comes_at(Timestamp::UNIX_EPOCH).unwrap(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn a_day_that_is_over_is_nobodys_failure() {
        let yesterday = jst_day(wall_second()).yesterday().unwrap();
        let error = moved(&Relative::on(yesterday), "a/b", world(Timestamp::UNIX_EPOCH));
        let error = error.unwrap_err();
        assert_eq!(error.verdict(), reports::model::Verdict::NotRun);
        assert!(error.to_string().contains(&yesterday.to_string()), "{error}");
    }

    #[test]
    fn instants_may_be_a_little_apart_and_days_may_not() {
        let wanted = json!({"until": "2026-04-02T00:30:00Z", "lost": "2026-04-02", "all": [1, "2026-04-02T00:30:00Z"]});
        let mut near = json!({"until": "2026-04-02T00:31:59Z", "lost": "2026-04-02", "all": [1, "2026-04-02T00:29:00Z"]});
        forgive(&mut near, &wanted);
        assert_eq!(near, wanted);
        let mut far = json!({"until": "2026-04-02T00:32:01Z", "lost": "2026-04-03", "all": [2]});
        let before = far.clone();
        forgive(&mut far, &wanted);
        assert_eq!(far, before);
    }
}
