//! Makes a story that parts from the oracle smaller, as long as it parts in the same way.
//!
//! First proptest's own shrinking, which drops whole scenes and makes what is drawn plainer; then single happenings, people, institutions,
//! charts, coverages and whatever else is not needed, one after the other. Both are bounded, and say so when a bound ended them.

use jiff::{SignedDuration, Timestamp};
use proptest::strategy::ValueTree;

use crate::model::{Event, Reports, World};

use super::play::{Parting, Played};

/// A world and a story.
pub type Tale = (World, Vec<Event>);

/// How long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most replays.
    pub replays: u32,
    /// Longest time. What it ends depends on the machine.
    pub time: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { replays: 400, time: SignedDuration::from_secs(60) }
    }
}

/// What ended the shrinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nothing more could be left out.
    AtTheSmallest,
    /// [`Limits::replays`].
    ByReplays,
    /// [`Limits::time`].
    ByTime,
    /// Somebody wished it.
    ByWish,
}

/// The smallest story that was found.
#[derive(Debug)]
pub struct Shrunk {
    /// Up to the event at which it parts.
    pub tale: Tale,
    /// Where that is.
    pub parting: Parting,
    /// How often stories were played for it.
    pub replays: u32,
    /// What ended it.
    pub ended: Ended,
}

/// What it is done with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The wall clock.
    pub now: &'a dyn Fn() -> Timestamp,
    /// Whether somebody wishes it to end.
    pub is_unwished: &'a dyn Fn() -> bool,
    /// Plays a story, or what of it the product does.
    pub play: &'a dyn Fn(&Tale) -> (Tale, Played),
}

/// The work of shrinking.
pub struct Shrinking<'a> {
    limits: Limits,
    means: Means<'a>,
    began: Timestamp,
    replays: u32,
    ended: Ended,
}

impl<'a> Shrinking<'a> {
    /// Shrinks with these means within these limits.
    pub fn new(limits: Limits, means: Means<'a>) -> Self {
        let began = (means.now)();
        Self { limits, means, began, replays: 0, ended: Ended::AtTheSmallest }
    }

    /// The smallest story like the one of this tree; `None` when that one does not part a second time.
    pub fn shrink(mut self, mut tree: Box<dyn ValueTree<Value = Tale>>) -> Option<Shrunk> {
        let (tale, parting) = self.parts(&tree.current())?;
        let mut best = (cut(tale, &parting), parting);
        self.plainer(tree.as_mut(), &mut best);
        self.fewer(&mut best);
        let (tale, parting) = best;
        Some(Shrunk { tale, parting, replays: self.replays, ended: self.ended })
    }

    /// The story up to where it parts, played once more.
    fn parts(&mut self, tale: &Tale) -> Option<(Tale, Parting)> {
        self.replays += 1;
        match (self.means.play)(tale) {
            (played, Played::Parts(parting)) => Some((played, parting)),
            (_, Played::Agrees { .. } | Played::NotForIt(_) | Played::Unseen(_)) => None,
        }
    }

    /// Whether a story parts in the same way; if so, it is the best one now.
    fn is_better(&mut self, tale: &Tale, best: &mut (Tale, Parting)) -> bool {
        let Some((tale, parting)) = self.parts(tale) else { return false };
        let is_like = parting.is_like(&best.1);
        if is_like {
            *best = (cut(tale, &parting), parting);
        }
        is_like
    }

    fn may_go_on(&mut self) -> bool {
        if self.replays >= self.limits.replays {
            self.ended = Ended::ByReplays;
        } else if (self.means.now)().duration_since(self.began) >= self.limits.time {
            self.ended = Ended::ByTime;
        } else if (self.means.is_unwished)() {
            self.ended = Ended::ByWish;
        }
        self.ended == Ended::AtTheSmallest
    }

    /// Leaves a fourth of the replays for what comes after it.
    fn plainer(&mut self, tree: &mut dyn ValueTree<Value = Tale>, best: &mut (Tale, Parting)) {
        let most = self.limits.replays - self.limits.replays / 4;
        let mut moved = tree.simplify();
        while moved && self.may_go_on() {
            if self.replays >= most {
                self.ended = Ended::ByReplays;
                return;
            }
            moved = if self.is_better(&tree.current(), best) {
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
    }

    fn fewer(&mut self, best: &mut (Tale, Parting)) {
        // A bound that ended the first half stays told, and leaves the second half its own.
        let before = std::mem::replace(&mut self.ended, Ended::AtTheSmallest);
        self.leave_out(best);
        if self.ended == Ended::AtTheSmallest {
            self.ended = before;
        }
    }

    fn leave_out(&mut self, best: &mut (Tale, Parting)) {
        for without in cuts(&best.0) {
            if !self.may_go_on() {
                return;
            }
            let Some(tale) = without.applied(&best.0) else { continue };
            self.is_better(&tale, best);
        }
    }
}

/// Without what comes after the parting.
fn cut((world, mut story): Tale, parting: &Parting) -> Tale {
    story.truncate(parting.nth + 1);
    (world, story)
}

/// Something that may not be needed.
#[derive(Debug, Clone)]
enum Without {
    Event(usize),
    Person(String),
    Institution(String),
    Chart(String, String),
    Coverage(String, usize),
    History(String),
}

/// Everything in a tale that may not be needed, later things first, so that places stay what they are.
fn cuts((world, story): &Tale) -> Vec<Without> {
    let events = (0..story.len().saturating_sub(1)).rev().map(Without::Event);
    let people = world.people.keys().cloned().map(Without::Person);
    let institutions = world.institutions.keys().cloned().map(Without::Institution);
    let charts = world.institutions.iter().flat_map(|(code, institution)| {
        institution.charts.iter().map(|chart| Without::Chart(code.clone(), chart.id.clone()))
    });
    let coverages = world.people.iter().flat_map(|(slug, person)| {
        (0..person.coverages.len()).rev().map(|place| Without::Coverage(slug.clone(), place))
    });
    let histories = world.people.keys().cloned().map(Without::History);
    events
        .chain(people)
        .chain(institutions)
        .chain(charts)
        .chain(coverages)
        .chain(histories)
        .collect()
}

impl Without {
    /// The tale without it, unless the story speaks of it or it is not there any more.
    fn applied(&self, (world, story): &Tale) -> Option<Tale> {
        let (mut world, mut story) = (world.clone(), story.clone());
        match self {
            Self::Event(place) if *place + 1 < story.len() => {
                story.remove(*place);
            }
            Self::Person(slug) if !is_named(&story, slug) => {
                world.people.remove(slug)?;
            }
            Self::Institution(code) if !is_named(&story, code) => {
                world.institutions.remove(code)?;
            }
            Self::Event(_) | Self::Person(_) | Self::Institution(_) => return None,
            Self::Chart(code, id) => {
                let charts = &mut world.institutions.get_mut(code)?.charts;
                let place = charts.iter().position(|chart| chart.id == *id)?;
                charts.remove(place);
            }
            Self::Coverage(slug, place) => {
                let coverages = &mut world.people.get_mut(slug)?.coverages;
                coverages.get(*place)?;
                coverages.remove(*place);
            }
            Self::History(slug) => {
                let person = world.people.get_mut(slug)?;
                let is_bare = person.medicines.is_empty() && person.health_checks.is_empty();
                if is_bare && person.reports == Reports::default() {
                    return None;
                }
                person.medicines.clear();
                person.health_checks.clear();
                person.reports = Reports::default();
            }
        }
        Some((world, story))
    }
}

/// Whether the story names somebody or some institution.
fn is_named(story: &[Event], name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    serde_json::to_string(story).is_ok_and(|text| text.contains(&quoted))
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy as _;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::error::BenchError;
    use crate::properties::generate::story;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn shrink(
        limits: Limits,
        now: &dyn Fn() -> Timestamp,
        play: &dyn Fn(&Tale) -> Played,
    ) -> Option<Shrunk> {
        let play: &dyn Fn(&Tale) -> (Tale, Played) = &|tale| (tale.clone(), play(tale));
        Shrinking::new(limits, Means { now, is_unwished: &|| false, play }).shrink(tree())
    }

    /// Parts at the first visit, as a product that can make none would.
    fn no_visit(tale: &Tale) -> Played {
        let place = tale.1.iter().position(|event| matches!(event, Event::Visit(_)));
        place.map_or(Played::Agrees { visits: 0 }, |nth| Played::Parts(parting(nth)))
    }

    fn parting(nth: usize) -> Parting {
        Parting {
            nth,
            event: "visit".to_owned(),
            pointer: "/visit/end".to_owned(),
            expected: "\"completed\"".to_owned(),
            actual: "\"no-card\"".to_owned(),
        }
    }

    fn tree() -> Box<dyn ValueTree<Value = Tale>> {
        let mut runner = TestRunner::deterministic();
        loop {
            let tree = story().new_tree(&mut runner).unwrap();
            let (_, story) = tree.current();
            if story.len() > 4 && story.iter().skip(3).any(|it| matches!(it, Event::Visit(_))) {
                return Box::new(tree);
            }
        }
    }

    #[test]
    fn what_is_not_needed_goes_and_what_is_needed_stays() {
        let now = || at(0);
        let limits = Limits { replays: 10_000, ..Limits::default() };
        let shrunk = shrink(limits, &now, &no_visit).unwrap();
        let (world, story) = &shrunk.tale;
        assert_eq!((story.len(), world.institutions.len()), (1, 1));
        let Event::Visit(visit) = &story[0] else { panic!("{story:?}") };
        assert!(world.people.contains_key(&visit.person));
        assert!(world.people.keys().all(|slug| is_named(story, slug)), "{:?}", world.people);
        assert!(world.people.values().all(|it| it.coverages.is_empty() && it.medicines.is_empty()));
        assert!(world.institutions.values().all(|it| it.charts.is_empty()));
        assert_eq!((shrunk.parting, shrunk.ended), (parting(0), Ended::AtTheSmallest));
    }

    #[test]
    fn a_bound_ends_it_and_is_told() {
        let now = || at(0);
        let few = Limits { replays: 3, ..Limits::default() };
        let shrunk = shrink(few, &now, &no_visit).unwrap();
        assert_eq!((shrunk.replays, shrunk.ended), (3, Ended::ByReplays));
        let ticks = std::cell::Cell::new(0);
        let later = || {
            ticks.set(ticks.get() + 25);
            at(ticks.get())
        };
        let shrunk = shrink(Limits::default(), &later, &no_visit).unwrap();
        assert_eq!(shrunk.ended, Ended::ByTime);
        let play = |tale: &Tale| (tale.clone(), no_visit(tale));
        let means = Means { now: &now, is_unwished: &|| true, play: &play };
        let shrunk = Shrinking::new(Limits::default(), means).shrink(tree()).unwrap();
        assert_eq!((shrunk.replays, shrunk.ended), (1, Ended::ByWish));
    }

    #[test]
    fn what_does_not_part_again_or_cannot_be_seen_is_no_counterexample() {
        let (now, limits) = (|| at(0), Limits::default());
        let agrees = |_: &Tale| Played::Agrees { visits: 1 };
        assert!(shrink(limits, &now, &agrees).is_none());
        let silent = |_: &Tale| {
            let product = "P".to_owned();
            Played::Unseen(BenchError::ProductSilent { product, waited_ms: 1 })
        };
        assert!(shrink(limits, &now, &silent).is_none());
    }
}
