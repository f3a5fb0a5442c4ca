//! Expected and actual outcome side by side, leaf by leaf: easier to read than two blocks of JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::clean;
use crate::model::Judgement;

/// Deeper values are shown as JSON text.
const DEPTH: usize = 16;

/// One leaf of the two outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Leaf {
    pub pointer: String,
    pub expected: Option<String>,
    pub actual: Option<String>,
    /// The first divergence lies here.
    pub first: bool,
}

/// The leaves of one judgement, sorted into those that differ and those that agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Comparison {
    pub differing: Vec<Leaf>,
    pub agreeing: Vec<Leaf>,
}

pub(super) fn compare(judgement: &Judgement) -> Comparison {
    let expected = leaves(&judgement.expected);
    let actual = leaves(&judgement.actual);
    let (by_expected, by_actual) = (by_pointer(&expected), by_pointer(&actual));
    let value_in = |side: &BTreeMap<&str, &str>, pointer: &str| {
        side.get(pointer).map(|value| clean::one_line(value))
    };
    let only_actual =
        actual.iter().filter(|(pointer, _)| value_in(&by_expected, pointer).is_none());
    let pointers = expected.iter().chain(only_actual).map(|(pointer, _)| pointer);
    let all = pointers.map(|pointer| Leaf {
        expected: value_in(&by_expected, pointer),
        actual: value_in(&by_actual, pointer),
        first: judgement.divergence.as_ref().is_some_and(|at| lies_in(pointer, &at.pointer)),
        pointer: clean::one_line(pointer),
    });
    let (agreeing, differing) = all.partition(|leaf| leaf.expected == leaf.actual && !leaf.first);
    Comparison { differing, agreeing }
}

fn by_pointer(leaves: &[(String, String)]) -> BTreeMap<&str, &str> {
    leaves.iter().map(|(pointer, value)| (pointer.as_str(), value.as_str())).collect()
}

fn lies_in(pointer: &str, branch: &str) -> bool {
    pointer.strip_prefix(branch).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Pointer and text of each leaf, in the order of the document. Source of the pointers: RFC 6901.
fn leaves(value: &Value) -> Vec<(String, String)> {
    let mut found = vec![];
    collect(value, String::new(), 0, &mut found);
    found
}

fn collect(value: &Value, pointer: String, depth: usize, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if !members.is_empty() && depth < DEPTH => {
            for (key, value) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{pointer}/{key}"), depth + 1, found);
            }
        }
        Value::Array(items) if !items.is_empty() && depth < DEPTH => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), depth + 1, found);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => found.push((pointer, value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Divergence;

    #[test]
    fn leaves_of_both_sides_meet_by_their_pointer() {
        let judgement = Judgement {
            event: "visit 1".into(),
            expected: json!({"end": "refused", "screens": ["002", "006"], "a/b": {}}),
            actual: json!({"end": "completed", "screens": ["002"], "file": true, "a/b": {}}),
            agrees: false,
            divergence: Some(Divergence {
                pointer: "/end".into(),
                expected: "refused".into(),
                actual: "completed".into(),
                evidence_seq: None,
            }),
        };
        let Comparison { differing, agreeing } = compare(&judgement);
        let names =
            |leaves: &[Leaf]| leaves.iter().map(|leaf| leaf.pointer.clone()).collect::<Vec<_>>();
        assert_eq!(names(&differing), ["/end", "/screens/1", "/file"]);
        assert_eq!(names(&agreeing), ["/a~1b", "/screens/0"]);
        assert_eq!(differing.iter().filter(|leaf| leaf.first).count(), 1);
        assert_eq!(differing[1].actual, None);
    }
}
