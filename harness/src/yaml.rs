//! Data of the model as YAML within a scenario: what is usual is left out, and so is a 12-digit number.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_yaml::with::singleton_map_recursive as plain;
use serde_yaml::{Error, Mapping, Value};

use crate::model::Person;
use crate::properties::generate::individual_number;

/// Lists that may be left out when they are empty.
const LISTS: [&str; 8] = [
    "charts",
    "coverages",
    "medicines",
    "health_checks",
    "care",
    "operations",
    "costs",
    "prescriptions",
];
/// What is so unless it is said.
const USUALLY: [&str; 4] = ["photo", "registered", "certificate", "approved"];
/// What is not so unless it is said.
const SELDOM: [&str; 4] =
    ["address_withheld", "disclosure_barred", "electronic_prescriptions", "phones"];
/// The number that never stands in a scenario.
const NUMBER: &str = "individual_number";

/// Data as YAML, without the keys named.
///
/// # Errors
/// The data are none that YAML can hold.
pub fn write<T: Serialize>(data: &T, without: &[&str]) -> Result<String, Error> {
    let mut value = plain::serialize(data, serde_yaml::value::Serializer)?;
    if let Value::Mapping(map) = &mut value {
        without.iter().for_each(|key| drop(map.remove(*key)));
    }
    serde_yaml::to_string(&brief(value))
}

/// A person without the 12-digit number.
///
/// # Errors
/// As [`write()`].
pub fn write_person(person: &Person) -> Result<String, Error> {
    write(person, &[NUMBER])
}

/// Data from YAML, with keys that stand elsewhere.
///
/// # Errors
/// Place and reason.
pub fn read<T: DeserializeOwned>(text: &str, with: &[(&str, &str)]) -> Result<T, Error> {
    let mut value: Value = serde_yaml::from_str(text)?;
    if let Value::Mapping(map) = &mut value {
        for (key, known) in with {
            map.entry((*key).into()).or_insert_with(|| (*known).into());
        }
    }
    plain::deserialize(value)
}

/// A person; the 12-digit number follows from the name of the persona where it is left out.
///
/// # Errors
/// As [`read()`].
pub fn read_person(slug: &str, text: &str) -> Result<Person, Error> {
    read(text, &[(NUMBER, &individual_number(slug))])
}

/// Without what need not be said.
fn brief(value: Value) -> Value {
    match value {
        Value::Mapping(map) => {
            let pairs = map.into_iter().map(|(key, value)| (key, brief(value)));
            Value::Mapping(pairs.filter(|(key, value)| !is_usual(key, value)).collect())
        }
        Value::Sequence(all) => Value::Sequence(all.into_iter().map(brief).collect()),
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Tagged(_)) => other,
    }
}

fn is_usual(key: &Value, value: &Value) -> bool {
    let key = key.as_str().unwrap_or_default();
    match value {
        Value::Null => true,
        Value::Bool(true) => USUALLY.contains(&key),
        Value::Bool(false) => SELDOM.contains(&key),
        Value::Sequence(all) => all.is_empty() && LISTS.contains(&key),
        Value::Mapping(all) => *all == Mapping::new() && key == "reports",
        Value::String(word) => {
            matches!((key, word.as_str()), ("issuer", "trusted") | ("encoding", "utf8"))
        }
        Value::Number(_) | Value::Tagged(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::model::{AnswerTrouble, BulkQuery, Change, Institution};

    #[test]
    fn every_persona_and_institution_comes_back_and_no_number_is_written() {
        let catalogue = Catalogue::embedded().unwrap();
        for (slug, person) in &catalogue.personas {
            let text = write_person(person).unwrap();
            assert!(!text.contains(&person.individual_number), "{slug}");
            let number = individual_number(slug);
            let own = Person { individual_number: number, ..person.clone() };
            assert_eq!(read_person(slug, &text).unwrap(), own);
        }
        for institution in catalogue.institutions.values() {
            let text = write(institution, &[]).unwrap();
            assert_eq!(&read::<Institution>(&text, &[]).unwrap(), institution);
        }
    }

    #[test]
    fn a_kind_is_a_plain_key_and_what_stands_elsewhere_is_left_out() {
        let change = Change::Cancellation { requested: jiff::civil::date(2026, 4, 1) };
        let text = write(&change, &[]).unwrap();
        assert_eq!(text, "cancellation:\n  requested: 2026-04-01\n");
        assert_eq!(read::<Change>(&text, &[]).unwrap(), change);
        let query = BulkQuery {
            institution: "1319999999".to_owned(),
            date: jiff::civil::date(2026, 4, 1),
            entries: Vec::new(),
            trouble: Some(AnswerTrouble::OtherReferenceNumber("P-1".to_owned())),
        };
        let text = write(&query, &["institution"]).unwrap();
        assert!(!text.contains("1319999999"), "{text}");
        let read: BulkQuery = read(&text, &[("institution", "1319999999")]).unwrap();
        assert_eq!(read, query);
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = read_person("somebody", "nam: 架空　花子\n").unwrap_err().to_string();
        assert!(error.contains("nam"), "{error}");
    }
}
