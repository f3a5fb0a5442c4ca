//! Plays one story on a stage of its own and holds it against the oracle, event by event, up to the first place where they part. Beside
//! it insurers feed what has nothing to do with it.

use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use reports::model::Verdict;
use serde_json::Value;

use crate::error::BenchError;
use crate::judge::compare;
use crate::model::{
    BulkOutcome, Event, InformationKind, InformationOutcome, Outcome, QueryOutcome,
    RegistrationOutcome, World,
};
use crate::oracle::judge_story;
use crate::world::{Stage, Workshop};

/// Where a product and the oracle part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    /// Which event, from 0.
    pub nth: usize,
    /// The event in a few words.
    pub event: String,
    /// JSON pointer into its outcome.
    pub pointer: String,
    /// What the oracle expects there, as JSON.
    pub expected: String,
    /// What is there, as JSON.
    pub actual: String,
}

/// What came of a story.
#[derive(Debug)]
pub enum Played {
    /// Everything is as expected.
    Agrees {
        /// How many visits were made.
        visits: u32,
    },
    /// Something is not.
    Parts(Parting),
    /// The product does not do what this event asks; up to there everything is as expected.
    NotForIt(usize),
    /// Nobody could see what came of an event. That is no verdict.
    Unseen(BenchError),
}

impl Parting {
    /// Whether it is the same defect, as far as that can be told: the same place, and the same words where words stand there.
    pub fn is_like(&self, other: &Self) -> bool {
        self.pointer == other.pointer
            && word(&self.expected) == word(&other.expected)
            && word(&self.actual) == word(&other.actual)
    }
}

/// A word of the model. Names, numbers and days are none: they change while a story shrinks.
fn word(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    match value {
        Value::String(text) => {
            let is_word = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            is_word.then_some(text)
        }
        Value::Null | Value::Bool(_) => Some(value.to_string()),
        Value::Number(_) => Some("a number".to_owned()),
        Value::Array(_) => Some("a list".to_owned()),
        Value::Object(_) => Some("an object".to_owned()),
    }
}

/// Plays a story without whatever the product does not do; the story that is left, and what came of it.
pub async fn play_what_it_does(
    workshop: &Arc<Workshop>,
    (world, story): &(World, Vec<Event>),
) -> ((World, Vec<Event>), Played) {
    let mut left = story.clone();
    loop {
        let played = play(workshop, world, &left).await;
        let Played::NotForIt(nth) = played else { return ((world.clone(), left), played) };
        let unsupported = left.get(nth).map(kind);
        left.retain(|event| Some(kind(event)) != unsupported);
    }
}

/// What a product does or does not do as a whole.
fn kind(event: &Event) -> (Discriminant<Event>, bool) {
    let part = match event {
        Event::Information(request) => request.kind == InformationKind::HealthChecks,
        Event::Register(registration) => registration.bulk,
        Event::Clock(_)
        | Event::Authority { .. }
        | Event::Responder { .. }
        | Event::Disaster(_)
        | Event::Feed(_)
        | Event::Visit(_)
        | Event::Replay { .. }
        | Event::NumberQuery(_)
        | Event::BulkQuery(_)
        | Event::BulkFetch { .. }
        | Event::Collect { .. }
        | Event::Claim(_)
        | Event::Emergency(_)
        | Event::Repeat(_)
        | Event::PersonQuery(_)
        | Event::Finding(_)
        | Event::Oddity { .. }
        | Event::Portal(_) => false,
    };
    (discriminant(event), part)
}

/// Plays a story.
pub async fn play(workshop: &Arc<Workshop>, world: &World, story: &[Event]) -> Played {
    let mut stage = match Stage::start(Arc::clone(workshop), world.clone()).await {
        Ok(stage) => stage,
        Err(error) => return Played::Unseen(error),
    };
    let _beside = match stage.feed_beside() {
        Ok(beside) => beside,
        Err(error) => return Played::Unseen(error),
    };
    let mut visits = 0;
    for ((nth, event), expected) in story.iter().enumerate().zip(judge_story(world, story)) {
        let actual = match stage.perform(event).await {
            Ok(actual) => actual,
            Err(error) if error.verdict() == Verdict::NotApplicable => {
                return Played::NotForIt(nth);
            }
            Err(error) => return Played::Unseen(error),
        };
        let actual = workshop.grade().sees(actual, &expected);
        let judgement = compare(event, &expected, &actual, None);
        if let Some(place) = judgement.divergence {
            if is_silent(&actual) {
                return Played::Unseen(unanswered(judgement.event));
            }
            let (event, pointer) = (judgement.event, place.pointer);
            let (expected, actual) = (place.expected, place.actual);
            return Played::Parts(Parting { nth, event, pointer, expected, actual });
        }
        visits += u32::from(matches!(event, Event::Visit(_)));
    }
    Played::Agrees { visits }
}

fn unanswered(event: String) -> BenchError {
    let product = "the receipt computer".to_owned();
    BenchError::ProductError { product, reason: format!("no answer came ({event})") }
}

/// Whether the time ran out on an answer: that is never a verdict.
fn is_silent(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Query(query) => *query == QueryOutcome::Silent,
        Outcome::Information(given) => *given == InformationOutcome::Silent,
        Outcome::Bulk(bulk) => *bulk == BulkOutcome::Silent,
        Outcome::Register(registered) => *registered == RegistrationOutcome::Silent,
        Outcome::Done
        | Outcome::Feed { .. }
        | Outcome::Visit(_)
        | Outcome::Replay { .. }
        | Outcome::BulkFetch { .. }
        | Outcome::Inbox(_)
        | Outcome::Claim(_)
        | Outcome::Emergency { .. }
        | Outcome::Finding(_)
        | Outcome::Portal(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_product_leaves_out_is_one_kind_of_event_and_no_other() {
        use crate::model::InformationRequest;
        let information = |kind, person: &str| {
            let (institution, person) = ("1319999999".to_owned(), person.to_owned());
            Event::Information(InformationRequest { institution, person, kind, occasion: None })
        };
        let checks = information(InformationKind::HealthChecks, "hanako");
        assert_eq!(kind(&checks), kind(&information(InformationKind::HealthChecks, "taro")));
        assert_ne!(kind(&checks), kind(&information(InformationKind::Drugs, "hanako")));
        assert_ne!(kind(&checks), kind(&Event::Responder { silent: true }));
    }

    #[test]
    fn an_answer_that_never_came_is_silence_and_a_refusal_is_none() {
        for (silent, refused) in [
            (Outcome::Query(QueryOutcome::Silent), Outcome::Query(QueryOutcome::Refused)),
            (
                Outcome::Information(InformationOutcome::Silent),
                Outcome::Information(InformationOutcome::Refused),
            ),
            (Outcome::Bulk(BulkOutcome::Silent), Outcome::Bulk(BulkOutcome::Refused)),
            (
                Outcome::Register(RegistrationOutcome::Silent),
                Outcome::Register(RegistrationOutcome::Refused),
            ),
        ] {
            assert!(is_silent(&silent) && !is_silent(&refused), "{silent:?}");
        }
    }

    #[test]
    fn a_parting_is_like_another_by_place_and_words_and_not_by_numbers_or_names() {
        let parting = |pointer: &str, expected: &str, actual: &str| Parting {
            nth: 0,
            event: String::new(),
            pointer: pointer.to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        };
        let refused = parting("/visit/end", "\"certificate-refused\"", "\"completed\"");
        let mismatch = parting("/visit/end", "\"face-mismatch\"", "\"completed\"");
        assert!(refused.is_like(&refused) && !refused.is_like(&mismatch));
        let number = |value| parting("/visit/answer/record/number", "\"0011\"", value);
        assert!(number("\"11\"").is_like(&number("\"0012\"")));
        assert!(!number("\"11\"").is_like(&number("null")));
        assert!(!number("\"11\"").is_like(&parting(
            "/visit/answer/record/name",
            "\"0011\"",
            "\"11\""
        )));
    }
}
