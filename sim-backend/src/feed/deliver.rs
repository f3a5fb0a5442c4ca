//! One delivery: read each record, store the readable ones, tell what became of each.
//!
//! The records of an insurer whose feed the operator stopped are not taken; those of others go through. Row OQS-INS-12.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    record::{Change, FeedRecord, Outcome, RecordOutcome},
    warning::warnings,
};
use crate::{
    operator::stopped_feeds,
    service::{insurer::is_late_elderly, proof, records::CoverageDetails, shares::check_limit},
    store::{Appended, Delivery, Store, StoreError},
};

/// Names at the top of a record.
const NAMES: [&str; 6] = ["record_id", "insurer_number", "person", "revision", "kind", "data"];

/// Stores the good records of a delivery in one step; a bad one spoils no other.
///
/// # Errors
/// [`StoreError`] when the store fails: then none of the delivery is stored.
pub async fn deliver(
    store: &dyn Store,
    records: &[Value],
) -> Result<Vec<RecordOutcome>, StoreError> {
    let stopped = stopped_feeds(store).await?;
    let read: Vec<_> = records.iter().map(|value| taken(read(value), &stopped)).collect();
    let good: Vec<_> = read.iter().filter_map(|record| record.as_ref().ok().cloned()).collect();
    let delivery = if good.is_empty() { Delivery::default() } else { store.append(&good).await? };
    let mut appended = delivery.appended.iter();
    let outcome =
        |(index, (value, read)): (usize, (&Value, &Result<FeedRecord, String>))| RecordOutcome {
            index,
            record_id: value.get("record_id").and_then(Value::as_str).map(str::to_owned),
            outcome: match read {
                Ok(record) => stored(record, appended.next(), &delivery),
                Err(reason) => Outcome::rejected(reason),
            },
        };
    Ok(records.iter().zip(&read).enumerate().map(outcome).collect())
}

fn taken(
    read: Result<FeedRecord, String>,
    stopped: &BTreeSet<String>,
) -> Result<FeedRecord, String> {
    match read {
        Ok(record) if stopped.contains(record.insurer_number.as_str()) => {
            Err("the feed of this insurer is stopped; send the record again later".to_owned())
        }
        read => read,
    }
}

/// Reads one record from a sender we do not trust.
///
/// # Errors
/// What is wrong with it, for the insurer.
pub fn read(value: &Value) -> Result<FeedRecord, String> {
    let names = value.as_object().ok_or("not a JSON object")?.keys();
    if let Some(unknown) = names.into_iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("unknown name {unknown:?}"));
    }
    let record: FeedRecord =
        serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    check(&record).map_err(str::to_owned)?;
    Ok(record)
}

/// Rules that tie the parts of a record together.
fn check(record: &FeedRecord) -> Result<(), &'static str> {
    let replacement = match &record.change {
        Change::Correction(correction) => correction.replacement.as_deref(),
        Change::Gain(_)
        | Change::Loss(_)
        | Change::Limit(_)
        | Change::Person(_)
        | Change::Medicine(_)
        | Change::HealthCheck(_)
        | Change::Care(_)
        | Change::Operation(_)
        | Change::MedicalCost(_)
        | Change::Prescription(_)
        | Change::Cancellation(_)
        | Change::Register(_)
        | Change::Identity(_)
        | Change::Proof(_) => None,
    };
    match replacement.unwrap_or(&record.change) {
        Change::Gain(details) if is_late_elderly(&record.insurer_number) => {
            check_late_elderly(details)
        }
        Change::Correction(_) if replacement.is_some() => {
            Err("a correction cannot be replaced by a correction")
        }
        Change::MedicalCost(cost) if !cost.adds_up() => {
            Err("insurer, public and paid do not make up the total")
        }
        Change::Prescription(prescription) => prescription.flaw().map_or(Ok(()), Err),
        Change::Limit(of) => of.certificates.limits.iter().try_for_each(check_limit),
        Change::Proof(proof) => proof::check(proof),
        Change::Gain(_)
        | Change::Loss(_)
        | Change::Correction(_)
        | Change::Person(_)
        | Change::Medicine(_)
        | Change::HealthCheck(_)
        | Change::Care(_)
        | Change::Operation(_)
        | Change::MedicalCost(_)
        | Change::Cancellation(_)
        | Change::Register(_)
        | Change::Identity(_) => Ok(()),
    }
}

/// Row OQS-QUAL-19.
fn check_late_elderly(details: &CoverageDetails) -> Result<(), &'static str> {
    match (&details.symbol, &details.branch, details.contribution_ratio) {
        (None, None, Some(_)) => Ok(()),
        (None, None, None) => Err("a late-elderly record carries contribution_ratio"),
        (_, _, _) => Err("a late-elderly record has neither symbol nor branch"),
    }
}

fn stored(record: &FeedRecord, appended: Option<&Appended>, delivery: &Delivery) -> Outcome {
    match appended {
        Some(Appended::Stored | Appended::Known) => {
            Outcome::Accepted { warning: warning(record, delivery) }
        }
        Some(Appended::Conflict) => {
            Outcome::rejected("this record_id was used before with other content")
        }
        Some(Appended::NotItsToCorrect) => Outcome::rejected(
            "corrects must name a record of the same insurer and person that is no correction",
        ),
        None => Outcome::rejected("not stored"),
    }
}

/// What the insurers of this person should look into, as one text.
fn warning(record: &FeedRecord, delivery: &Delivery) -> Option<String> {
    let found = delivery.states.binary_search_by(|state| state.person.cmp(&record.person));
    let state = delivery.states.get(found.ok()?)?;
    let texts: Vec<_> = warnings(state).into_iter().map(|warning| warning.text).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn gain(insurer: &str, changes: &[(&str, Value)]) -> Value {
        let mut data = json!({
            "insurer_name": "架空健康保険組合", "symbol": "記号1", "number": "0001234", "branch": "00",
            "own_or_family": "1", "gained": "2024-04-01",
        });
        for (name, value) in changes {
            data[name] = value.clone();
        }
        json!({"record_id": "F-1", "insurer_number": insurer, "person": "P-1", "kind": "gain", "data": data})
    }

    fn cost(total: u32, paid: u32) -> Value {
        let place = json!({"code": "1319999999", "name": "架空病院"});
        json!({"record_id": "F-1", "insurer_number": "99990013", "person": "P-1", "kind": "medical_cost",
            "data": {"month": "202603", "institution": place, "total": total, "insurer": 7_000, "paid": paid}})
    }

    fn prescription(dispensed: &str) -> Value {
        let place = json!({"code": "1319999999", "name": "架空病院"});
        let drugs = json!([{"code": "990000001", "name": "架空錠10mg", "quantity": "1"}]);
        json!({"record_id": "F-1", "insurer_number": "99990013", "person": "P-1", "kind": "prescription",
            "data": {"number": "RX-1", "issued": "2026-04-01", "prescriber": place, "drugs": drugs,
                "dispensed": {"on": dispensed, "pharmacy": place, "drugs": drugs}}})
    }

    #[test]
    fn bad_records_are_named_by_their_reason() {
        for (row, value, reason) in [
            ("good", gain("99990013", &[]), None),
            ("padded insurer number", gain("  990001", &[]), None),
            ("insurer number", gain("9999001X", &[]), Some("insurer number")),
            ("branch", gain("99990013", &[("branch", json!("1"))]), Some("number of 2 digits")),
            (
                "no real day",
                gain("99990013", &[("gained", json!("2024-02-30"))]),
                Some("`2024-02` is invalid"),
            ),
            ("unknown name", gain("99990013", &[("gaind", json!("2024-02-01"))]), Some("gaind")),
            (
                "class",
                gain("99990013", &[("card_class", json!("99"))]),
                Some("not a code of InsuredCardClassification"),
            ),
            ("OQS-QUAL-19", gain("39999999", &[]), Some("neither symbol nor branch")),
            (
                "twelve digits",
                json!({"record_id": "F-1", "insurer_number": "99990013", "person": "123456789012", "kind": "loss",
                "data": {"loss": {"on": "2026-01-01"}}}),
                Some("twelve digits"),
            ),
            (
                "unknown kind",
                json!({"record_id": "F-1", "insurer_number": "1", "person": "P-1", "kind": "x", "data": {}}),
                Some("unknown variant"),
            ),
            ("unknown top", json!({"record_id": "F-1", "extra": 1}), Some("extra")),
            ("cost", cost(10_000, 3_000), None),
            ("cost that does not add up", cost(10_000, 2_999), Some("make up the total")),
            (
                "dispensed before it was issued",
                prescription("2026-03-31"),
                Some("before it is issued"),
            ),
            ("dispensed on the day", prescription("2026-04-01"), None),
            ("no object", json!([1]), Some("not a JSON object")),
        ] {
            match (read(&value), reason) {
                (Ok(_), None) => {}
                (Err(actual), Some(reason)) => assert!(actual.contains(reason), "{row}: {actual}"),
                (actual, expected) => panic!("{row}: {actual:?}, expected {expected:?}"),
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let record = read(&gain("99990013", &[])).unwrap();
        assert_eq!(read(&serde_json::to_value(&record).unwrap()).unwrap(), record);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                let _ = read(&value);
            }
            let _ = read(&json!({"record_id": text, "insurer_number": text, "person": text, "kind": text, "data": text}));
        }
    }
}
