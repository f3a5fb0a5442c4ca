//! Which scenarios say something of a product that goes by its own clock, and by how many days each is moved.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use reports::model::{CaseResult, Verdict};

use super::{Move, Relative};
use crate::bench::read_back;
use crate::catalogue::Case;
use crate::clock::jst_day;
use crate::error::BenchError;
use crate::model::{Event, World};
use crate::runner::{self, Progress, Stop};
use crate::world::Workshop;

/// How far a story may move its clock on and still be played on one that cannot be moved.
const A_LITTLE: SignedDuration = SignedDuration::from_secs(60);

/// Moves the scenarios to a day, plays them there against the reference stack, and sets those aside that need another clock or do not
/// hold on that day. `workshop` is one without a product.
///
/// # Errors
/// [`BenchError`] when the reference stack cannot be played.
pub fn plan(
    cases: &[&'static Case],
    workshop: &Workshop,
    today: Date,
    (progress, stop): (&Progress, &Stop),
) -> Result<(Vec<&'static Case>, Relative), BenchError> {
    let mut relative = Relative::on(today);
    let moved = relative.moved(cases, &Arc::new(workshop.clone()))?;
    let reference = Arc::new(workshop.clone().with_relative(relative.clone()));
    for result in runner::run(&moved, &reference, progress, stop)? {
        relative.hold(&result);
    }
    Ok((moved, relative))
}

impl Relative {
    fn moved(
        &mut self,
        cases: &[&'static Case],
        workshop: &Arc<Workshop>,
    ) -> Result<Vec<&'static Case>, BenchError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| BenchError::setup("runner", error))?;
        let mut moved = Vec::new();
        for case in cases {
            moved.push(match runtime.block_on(read_back(workshop, case)) {
                Ok((world, story)) => self.admit(case, &world, &story)?,
                Err(unread) => {
                    let why = format!("what happens in it cannot be told beforehand: {unread}");
                    self.aside.insert(case.id.clone(), why);
                    case
                }
            });
        }
        Ok(moved)
    }

    fn admit(
        &mut self,
        case: &Case,
        world: &World,
        story: &[Event],
    ) -> Result<&'static Case, BenchError> {
        let goes_on = moves_on(world.now, story);
        if goes_on > A_LITTLE {
            let why = format!("the story moves the clock on by {}", in_words(goes_on));
            self.aside.insert(case.id.clone(), why);
        }
        let out = |error: jiff::Error| BenchError::setup("calendar", error);
        let days = i64::from(jst_day(world.now).until(self.today).map_err(out)?.get_days());
        let begins = world.now.checked_add((days * 24).hours()).map_err(out)?;
        let how = Move { days, begins };
        self.moves.insert(case.id.clone(), how);
        // Needed to the end of the command, as the catalogue is.
        Ok(Box::leak(Box::new(how.case(case))))
    }

    fn hold(&mut self, result: &CaseResult) {
        let days = self.of(&result.id).map_or(0, |how| how.days);
        match result.verdict {
            // What was not played is not judged either.
            Verdict::Pass | Verdict::Warn | Verdict::NotRun => {}
            // It was set aside already.
            Verdict::NotApplicable => {}
            Verdict::Fail
            | Verdict::Inconclusive
            | Verdict::NeedsReview
            | Verdict::ConfigError
            | Verdict::BenchError => {
                let today = self.today;
                let why = format!(
                    "moved by {days} days to {today}, the scenario does not hold even of the reference stack: its days belong to their calendar"
                );
                self.aside.insert(result.id.clone(), why);
            }
        }
    }
}

/// By how much a story moves its clock on, all in all.
fn moves_on(begins: Timestamp, story: &[Event]) -> SignedDuration {
    let clock = |event: &Event| if let Event::Clock(to) = event { Some(*to) } else { None };
    let ends = story.iter().filter_map(clock).max().unwrap_or(begins);
    ends.duration_since(begins).max(SignedDuration::ZERO)
}

fn in_words(time: SignedDuration) -> String {
    let (days, hours, minutes) = (time.as_hours() / 24, time.as_hours(), time.as_mins());
    if days > 1 {
        format!("{days} days")
    } else if hours > 0 {
        format!("{hours} hours")
    } else {
        format!("{minutes} minutes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::seed::Seed;

    #[test]
    fn every_scenario_of_the_catalogue_can_be_told_beforehand() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
        let cases: Vec<_> = Catalogue::embedded().unwrap().cases.iter().collect();
        let mut relative = Relative::on("2031-10-05".parse().unwrap());
        let moved = relative.moved(&cases, &workshop).unwrap();
        assert_eq!(moved.len(), cases.len());
        let needs_the_clock = |why: &String| why.starts_with("the story moves the clock on by");
        assert!(relative.aside.values().all(needs_the_clock), "{:?}", relative.aside);
        for (case, moved) in cases.iter().zip(moved) {
            let Move { days, begins } = relative.of(&case.id).unwrap();
            assert_eq!(jst_day(begins), relative.today, "{}", case.id);
            let day = |case: &Case| case.steps().next().map(|step| step.value.clone());
            assert_eq!(day(moved), day(case).map(|words| super::super::days::text(&words, days)));
            assert_eq!(moved.requirements(), case.requirements(), "{}", case.id);
        }
    }

    #[test]
    fn a_story_moves_its_clock_on_by_the_last_instant_that_it_names() {
        let begins: Timestamp = "2026-04-01T00:30:00Z".parse().unwrap();
        let at = |seconds| Event::Clock(begins + SignedDuration::from_secs(seconds));
        let told = |story: &[Event]| in_words(moves_on(begins, story));
        assert_eq!(told(&[]), "0 minutes");
        assert_eq!(told(&[at(59), Event::Responder { silent: true }, at(1)]), "0 minutes");
        assert_eq!(told(&[at(86_400)]), "24 hours");
        assert_eq!(told(&[at(90_000), at(172_800)]), "2 days");
        assert_eq!(moves_on(begins, &[at(-5)]), SignedDuration::ZERO);
    }
}
