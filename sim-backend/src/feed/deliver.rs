//! One delivery: read each record, store the readable ones, tell what became of each.
//!
//! The records of an insurer whose feed the operator stopped are not taken; those of others go through. Row OQS-INS-12.

use std::collections::BTreeSet;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::{
    flaw,
    record::{Change, FeedRecord, Outcome, RecordId, RecordOutcome},
    warning::warnings,
};
use crate::{
    messages::{InsurerNumber, codes::InsuredCardClassification},
    operator::stopped_feeds,
    service::{
        coded,
        insurer::is_late_elderly,
        proof,
        records::{CoverageDetails, PersonCode},
        shares::check_limit,
        ticket::{LINES, Ticket},
    },
    store::{Appended, Delivery, Store, StoreError},
};

/// Names at the top of a record.
pub(super) const NAMES: [&str; 6] =
    ["record_id", "insurer_number", "person", "revision", "kind", "data"];

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
            record_id: named(value),
            outcome: match read {
                Ok(record) => self::outcome(record, appended.next(), &delivery),
                Err(reason) => Outcome::rejected(reason),
            },
        };
    Ok(records.iter().zip(&read).enumerate().map(outcome).collect())
}

/// What a record of a stopped feed is told.
pub(super) const STOPPED: &str = "the feed of this insurer is stopped; send the record again later";

fn taken(
    read: Result<FeedRecord, String>,
    stopped: &BTreeSet<String>,
) -> Result<FeedRecord, String> {
    match read {
        Ok(record) if stopped.contains(record.insurer_number.as_str()) => Err(STOPPED.to_owned()),
        read => read,
    }
}

/// Reads one record from a sender we do not trust.
///
/// # Errors
/// What is wrong with it, for the insurer.
pub fn read(value: &Value) -> Result<FeedRecord, String> {
    let names = value.as_object().ok_or("not a JSON object")?.keys();
    if names.into_iter().any(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("the record: a name other than {}", NAMES.join(", ")));
    }
    let record = flaw::read(value)?;
    check(&record).map_err(str::to_owned)?;
    Ok(record)
}

/// Why a text is no record, with the record's name as far as it could be read.
pub(super) type Unreadable = (Option<String>, String);

/// Reads one record from its text, as [`read`] does from its value, and several times as fast.
///
/// # Errors
/// [`Unreadable`], with the words of [`read`].
pub(super) fn read_text(text: &[u8]) -> Result<FeedRecord, Unreadable> {
    if let Some(record) = read_quickly(text) {
        return match check(&record) {
            Ok(()) => Ok(record),
            Err(why) => Err((Some(record.record_id.to_string()), why.to_owned())),
        };
    }
    let value = serde_json::from_slice(text).map_err(|error| (None, not_json(text, &error)))?;
    read(&value).map_err(|why| (named(&value), why))
}

/// The names at the top of a record but those of the change, which are read by its own rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    #[serde(with = "coded")]
    record_id: RecordId,
    #[serde(with = "coded")]
    insurer_number: InsurerNumber,
    person: PersonCode,
    #[serde(default)]
    revision: u32,
    #[serde(rename = "kind")]
    _kind: IgnoredAny,
    #[serde(rename = "data")]
    _data: IgnoredAny,
}

/// Twice over the text, and nothing is built that is not kept. `None` for whatever is unusual.
fn read_quickly(text: &[u8]) -> Option<FeedRecord> {
    let Head { record_id, insurer_number, person, revision, .. } =
        serde_json::from_slice(text).ok()?;
    let change = serde_json::from_slice(text).ok()?;
    Some(FeedRecord { record_id, insurer_number, person, revision, change })
}

/// Without the place, which tells of one line where the insurer counts them all.
fn not_json(text: &[u8], error: &serde_json::Error) -> String {
    if std::str::from_utf8(text).is_err() {
        return "not UTF-8".to_owned();
    }
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    format!("not JSON: {words} at byte {}", error.column())
}

/// The name of a record; a text that can be none is not repeated.
fn named(value: &Value) -> Option<String> {
    let name = value.get("record_id").and_then(Value::as_str)?;
    RecordId::new(name).ok().map(|name| name.to_string())
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
        | Change::Tickets(_)
        | Change::Cancellation(_)
        | Change::Register(_)
        | Change::Identity(_)
        | Change::Proof(_) => None,
    };
    match replacement.unwrap_or(&record.change) {
        Change::Gain(details) if is_late_elderly(&record.insurer_number) => {
            check_late_elderly(details)
        }
        Change::Gain(details) if details.card_class == InsuredCardClassification::MedicalAid => {
            check_medical_aid(record, details)
        }
        Change::Tickets(tickets) => tickets.of.tickets.iter().try_for_each(check_ticket),
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

/// Row OQS-AID-01: 公費負担者番号 and 受給者番号 stand where an insurance has insurer number and number.
fn check_medical_aid(record: &FeedRecord, details: &CoverageDetails) -> Result<(), &'static str> {
    let eight_digits = record.insurer_number.as_str().len() == InsurerNumber::WIDTH;
    match (&details.symbol, &details.branch, eight_digits) {
        (None, None, true) => Ok(()),
        (None, None, false) => {
            Err("a welfare office reports under a public expense number of eight digits")
        }
        (_, _, _) => Err("a medical aid record has neither symbol nor branch"),
    }
}

fn check_ticket(ticket: &Ticket) -> Result<(), &'static str> {
    if ticket.injuries.len() > LINES || ticket.remarks.len() > LINES {
        return Err("a ticket has room for three injuries and three remarks");
    }
    match (ticket.valid_from, ticket.expires) {
        (Some(first), Some(last)) if last < first => Err("a ticket ends before it begins"),
        (_, _) => Ok(()),
    }
}

/// What became of a record that the store was given.
pub(super) fn outcome(
    record: &FeedRecord,
    appended: Option<&Appended>,
    delivery: &Delivery,
) -> Outcome {
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

    fn tickets(changes: &[(&str, Value)]) -> Value {
        let mut of = json!({"month": "202604", "tickets": [{"kind": "01", "institution": "1319999999", "treatment": "02",
            "self_pay": 0, "injuries": ["架空病"], "social_insurance": "02"}]});
        for (name, value) in changes {
            of[name] = value.clone();
        }
        json!({"record_id": "T-1", "insurer_number": "12990001", "person": "P-1", "kind": "tickets", "data": {"of": of}})
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
                Some("data.gained: not a real day"),
            ),
            (
                "unknown name",
                gain("99990013", &[("gaind", json!("2024-02-01"))]),
                Some("data: an unknown name"),
            ),
            (
                "class",
                gain("99990013", &[("card_class", json!("99"))]),
                Some("not a code of InsuredCardClassification"),
            ),
            ("OQS-QUAL-19", gain("39999999", &[]), Some("neither symbol nor branch")),
            (
                "OQS-AID-01",
                gain("12990001", &[("card_class", json!("A1"))]),
                Some("neither symbol nor branch"),
            ),
            (
                "OQS-AID-01 short office number",
                gain(
                    "129901",
                    &[
                        ("card_class", json!("A1")),
                        ("symbol", Value::Null),
                        ("branch", Value::Null),
                    ],
                ),
                Some("eight digits"),
            ),
            (
                "OQS-AID-01 good",
                gain(
                    "12990001",
                    &[
                        ("card_class", json!("A1")),
                        ("symbol", Value::Null),
                        ("branch", Value::Null),
                    ],
                ),
                None,
            ),
            ("ticket", tickets(&[]), None),
            ("ticket month", tickets(&[("month", json!("202613"))]), Some("not a real month")),
            ("ticket month form", tickets(&[("month", json!("2026-4"))]), Some("not a real month")),
            (
                "too many injuries",
                tickets(&[(
                    "tickets",
                    json!([{"kind": "01", "institution": "1319999999", "injuries": ["a", "b", "c", "d"]}]),
                )]),
                Some("room for three"),
            ),
            (
                "reversed ticket",
                tickets(&[(
                    "tickets",
                    json!([{"kind": "01", "institution": "1319999999", "valid_from": "2026-04-02", "expires": "2026-04-01"}]),
                )]),
                Some("ends before"),
            ),
            (
                "kind of ticket",
                tickets(&[("tickets", json!([{"kind": "03", "institution": "1319999999"}]))]),
                Some("not a code of TicketType"),
            ),
            (
                "twelve digits",
                json!({"record_id": "F-1", "insurer_number": "99990013", "person": "123456789012", "kind": "loss",
                "data": {"loss": {"on": "2026-01-01"}}}),
                Some("twelve digits"),
            ),
            (
                "unknown kind",
                json!({"record_id": "F-1", "insurer_number": "1", "person": "P-1", "kind": "x", "data": {}}),
                Some("kind: not one of gain, loss"),
            ),
            (
                "unknown top",
                json!({"record_id": "F-1", "extra": 1}),
                Some("a name other than record_id"),
            ),
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
        for value in [gain("99990013", &[]), tickets(&[])] {
            let record = read(&value).unwrap();
            assert_eq!(read(&serde_json::to_value(&record).unwrap()).unwrap(), record);
        }
    }

    /// A record, or one with something wrong in it.
    fn texts() -> impl Strategy<Value = String> {
        let odd = prop_oneof![
            Just(json!({"record_id": "F-1"})),
            Just(json!({"revision": "1"})),
            Just(json!({"revision": 7})),
            Just(json!({"extra": null})),
            Just(json!({"kind": "loss"})),
            Just(json!({"kind": "cancellation", "data": {"requested": "2026-01-01"}})),
            Just(json!({"data": null})),
            Just(json!({"person": "123456789012"})),
            Just(json!({"insurer_number": "39999999"})),
            any::<String>().prop_map(|text| json!({"record_id": text})),
            any::<String>().prop_map(|text| json!({"data": {"insurer_name": text}})),
        ];
        (odd, 0_usize..400).prop_map(|(changes, cut)| {
            let mut value = gain("99990013", &[]);
            for (name, change) in changes.as_object().unwrap() {
                value[name] = change.clone();
            }
            let text = value.to_string();
            // Mostly whole.
            text.chars().take(if cut < 300 { usize::MAX } else { cut }).collect()
        })
    }

    #[test]
    fn a_line_that_is_no_record_is_named_by_its_reason() {
        let twice = br#"{"record_id": "F-1", "record_id": "F-2"}"#;
        for (line, name, reason) in [
            (
                &b"{\"record_id\": \"F-1\""[..],
                None,
                "not JSON: EOF while parsing an object at byte 19",
            ),
            (b"\xff", None, "not UTF-8"),
            (b"{\"record_id\": \"\xff\"}", None, "not UTF-8"),
            (b"[]", None, "not a JSON object"),
            (twice, Some("F-2"), "insurer_number is missing"),
        ] {
            let (found, actual) = read_text(line).unwrap_err();
            assert_eq!((found.as_deref(), actual.as_str()), (name, reason));
        }
        let late = gain("39999999", &[]).to_string();
        assert_eq!(read_text(late.as_bytes()).unwrap_err().0.as_deref(), Some("F-1"));
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_its_value_is(text in texts()) {
            let slowly = serde_json::from_str::<Value>(&text).map_err(|_| None).and_then(|value| read(&value).map_err(Some));
            match (read_text(text.as_bytes()), slowly) {
                (Ok(one), Ok(other)) => prop_assert_eq!(one, other),
                (Err((_, one)), Err(Some(other))) => prop_assert_eq!(one, other),
                (Err((name, _)), Err(None)) => prop_assert_eq!(name, None),
                (one, other) => prop_assert!(false, "{:?}, {:?}", one, other),
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                let _ = read(&value);
            }
            let _ = read(&json!({"record_id": text, "insurer_number": text, "person": text, "kind": text, "data": text}));
        }
    }
}
