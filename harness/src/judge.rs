//! One comparison judges all: the oracle's outcome beside the actual one, and the first place where they part.

use reports::model::{Divergence, Judgement};
use serde_json::Value;

use crate::model::{Event, Outcome};

/// Compares two outcomes of one event.
pub fn compare(
    event: &Event,
    expected: &Outcome,
    actual: &Outcome,
    last_seq: Option<u64>,
) -> Judgement {
    let (expected, actual) = (json(expected), json(actual));
    let divergence =
        first_divergence(String::new(), &expected, &actual).map(|(pointer, expected, actual)| {
            Divergence {
                pointer,
                expected: expected.to_string(),
                actual: actual.to_string(),
                evidence_seq: last_seq,
            }
        });
    Judgement { event: name(event), agrees: divergence.is_none(), expected, actual, divergence }
}

fn json(outcome: &Outcome) -> Value {
    serde_json::to_value(outcome).unwrap_or_else(|error| Value::String(error.to_string()))
}

/// The first place where two values part, depth first, members in order. Source of the pointer: RFC 6901.
fn first_divergence(
    at: String,
    expected: &Value,
    actual: &Value,
) -> Option<(String, Value, Value)> {
    match (expected, actual) {
        (left, right) if left == right => None,
        (Value::Object(left), Value::Object(right)) => {
            let keys: std::collections::BTreeSet<&String> =
                left.keys().chain(right.keys()).collect();
            keys.into_iter().find_map(|key| {
                let missing = Value::Null;
                let pair = (left.get(key).unwrap_or(&missing), right.get(key).unwrap_or(&missing));
                first_divergence(
                    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                    pair.0,
                    pair.1,
                )
            })
        }
        (left, right) => Some((at, left.clone(), right.clone())),
    }
}

/// The event in a few words.
fn name(event: &Event) -> String {
    match event {
        Event::Clock(at) => format!("clock: {}", crate::clock::rfc3339(*at)),
        Event::Authority { person, act } => format!("authority: {act:?} {person}"),
        Event::Responder { silent } => {
            format!("responder: {}", if *silent { "silent" } else { "answering" })
        }
        Event::Disaster(mode) => format!("disaster mode: prefecture {}", mode.prefecture),
        Event::Emergency(step) => format!("emergency function of {}", step.institution),
        Event::Feed(record) => format!("feed: {} of {}", record.record_id, record.person),
        Event::Visit(visit) => format!("visit: {} at {}", visit.person, visit.institution),
        Event::Replay { institution } => format!("replay from {institution}"),
        Event::NumberQuery(query) => format!("number query from {}", query.institution),
        Event::Repeat(repeat) => format!("later visit told by {}", repeat.institution),
        Event::PersonQuery(query) => format!("query by name from {}", query.institution),
        Event::Finding(finding) => format!("search by {}", finding.institution),
        Event::Information(request) => {
            format!("{:?} of {} for {}", request.kind, request.person, request.institution)
        }
        Event::BulkQuery(query) => format!("bulk query from {}", query.institution),
        Event::BulkFetch { institution } => format!("bulk result asked for by {institution}"),
        Event::Register(register) => format!("reference numbers from {}", register.institution),
        Event::Collect { institution, .. } => format!("results taken in at {institution}"),
        Event::Oddity { institution, what } => format!("{what:?} in the folders of {institution}"),
        Event::Claim(claim) => format!("claim of {} for {}", claim.institution, claim.person),
        Event::Portal(used) => format!("portal: {}", used.person),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_place_is_named_by_a_json_pointer() {
        let expected = json!({"a": 1, "b": {"c": [1, 2], "d": null}});
        let actual = json!({"a": 1, "b": {"c": [1, 3]}});
        let (pointer, ..) = first_divergence(String::new(), &expected, &actual).unwrap();
        assert_eq!(pointer, "/b/c");
        assert!(first_divergence(String::new(), &expected, &expected).is_none());
    }

    #[test]
    fn a_missing_member_is_null() {
        assert!(first_divergence(String::new(), &json!({"a": null}), &json!({})).is_none());
    }
}
