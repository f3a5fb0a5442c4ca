//! Why a value is no record: which field, and what kind of fault, in words of our own that repeat nothing of what was sent.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::{
    deliver::Head,
    record::{
        Cancellation, CertificatesOf, Correction, Ending, FeedRecord, IdentityConfirmation,
        TicketsOf,
    },
};
use crate::service::{
    care_history::{Care, MedicalCost, Operation, Prescription},
    coded::UNFIT,
    proof::Proof,
    records::{CoverageDetails, HealthCheck, Holder, Medicine, NotAPersonCode},
    register::RegisterEntry,
};

/// What is wrong with data that stand at a place.
type Flaw = fn(&Value, &str) -> Option<String>;

/// Each kind of record by its name.
const KINDS: [(&str, Flaw); 16] = [
    ("gain", of::<CoverageDetails>),
    ("loss", of::<Ending>),
    ("correction", of_correction),
    ("limit", of::<CertificatesOf>),
    ("person", of::<Holder>),
    ("medicine", of::<Medicine>),
    ("health_check", of::<HealthCheck>),
    ("care", of::<Care>),
    ("operation", of::<Operation>),
    ("medical_cost", of::<MedicalCost>),
    ("prescription", of::<Prescription>),
    ("tickets", of::<TicketsOf>),
    ("cancellation", of::<Cancellation>),
    ("register", of::<RegisterEntry>),
    ("identity", of::<IdentityConfirmation>),
    ("proof", of::<Proof>),
];

/// Reads a record.
///
/// # Errors
/// Where it is none, and why.
pub(super) fn read(value: &Value) -> Result<FeedRecord, String> {
    serde_json::from_value(value.clone()).map_err(|_| {
        let flaw = of::<Head>(value, "").or_else(|| of_change(value, ""));
        flaw.unwrap_or_else(|| "the record cannot be read".to_owned())
    })
}

/// What is wrong with `kind` and `data` of an object that stands at a place.
fn of_change(object: &Value, at: &str) -> Option<String> {
    let missing = |name| Some(format!("{} is missing", below(at, name)));
    let Some(kind) = object.get("kind") else { return missing("kind") };
    let Some(data) = object.get("data") else { return missing("data") };
    match KINDS.iter().find(|(name, _)| kind.as_str() == Some(name)) {
        Some((_, flaw)) => flaw(data, &below(at, "data")),
        None => {
            let known = KINDS.map(|(name, _)| name).join(", ");
            Some(format!("{}: not one of {known}", below(at, "kind")))
        }
    }
}

/// A replacement is a change of its own.
fn of_correction(data: &Value, at: &str) -> Option<String> {
    let replacement = data.get("replacement").filter(|replacement| !replacement.is_null());
    let inner = replacement.and_then(|change| of_change(change, &below(at, "replacement")));
    inner.or_else(|| of::<Correction>(data, at))
}

/// What is wrong with a value of a type that stands at a place.
fn of<T: DeserializeOwned>(value: &Value, at: &str) -> Option<String> {
    let error = serde_path_to_error::deserialize::<_, T>(value).err()?;
    let words = error.inner().to_string();
    let place = place(at, error.path());
    if let Some(rest) = words.strip_prefix("missing field `") {
        let name = rest.split('`').next().unwrap_or_default();
        return Some(format!("{} is missing", below(&place, name)));
    }
    if words.starts_with("unknown field `") {
        return Some(unknown_name(at, error.path()));
    }
    Some(format!("{}: {}", of_record(&place), kind_of_fault(&words)))
}

/// The words of serde for all but names begin with what was found, which is left out, and end with what was expected, which our
/// types say. What a text of the interface should be is told by our own words. All else that checks a text is a day.
fn kind_of_fault(words: &str) -> String {
    if let Some(own) = words.strip_prefix(UNFIT) {
        return own.to_owned();
    }
    if words == NotAPersonCode.to_string() {
        return words.to_owned();
    }
    if words.starts_with("unknown variant `") {
        return "not one of the words that stand here".to_owned();
    }
    let is_form = ["invalid type: ", "invalid value: ", "invalid length "];
    if !is_form.iter().any(|form| words.starts_with(form)) {
        return "not a real day in the form YYYY-MM-DD".to_owned();
    }
    let expected = words.rsplit_once(", expected ").map_or("something else", |(_, what)| what);
    format!("expected {expected}")
}

/// The last segment is the name itself, which the sender made up.
fn unknown_name(at: &str, path: &Path) -> String {
    let segments: Vec<&Segment> = path.iter().collect();
    let parents = segments.split_last().map_or(&[][..], |(_, parents)| parents);
    let place = parents.iter().fold(at.to_owned(), |place, segment| step(&place, segment));
    format!("{}: an unknown name", of_record(&place))
}

fn of_record(place: &str) -> &str {
    if place.is_empty() { "the record" } else { place }
}

fn place(at: &str, path: &Path) -> String {
    path.iter().fold(at.to_owned(), |place, segment| step(&place, segment))
}

fn step(place: &str, segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("{place}[{index}]"),
        Segment::Map { key } => below(place, key),
        Segment::Enum { .. } | Segment::Unknown => place.to_owned(),
    }
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::feed::deliver::read as read_record;

    const CANARY: &str = "架空金糸雀";
    const CANARY_NUMBER: u64 = 87_654_321_012;

    /// One record of each kind, with every name there is.
    fn whole() -> Vec<Value> {
        let place = json!({"code": "1319999999", "name": "架空診療所"});
        let drug = json!({"code": "610000001", "name": "薬", "quantity": "1", "unit": "錠", "usage": "朝", "times": 7});
        let period = json!({"start": "2026-04-01", "end": "2027-03-31"});
        let gain = json!({"insurer_name": "架空組合", "card_class": "01", "symbol": "記号", "number": "0001234", "branch": "00",
            "own_or_family": "1", "insured_name": "架空　花子", "gained": "2024-04-01", "issued": "2024-04-01",
            "valid_from": "2024-04-01", "expires": "2027-03-31", "contribution_ratio": "030"});
        let act = json!({"on": "2026-04-01", "institution": place, "code": "110000001", "name": "初診料"});
        let ticket = json!({"kind": "01", "institution": "1319999999", "institution_name": "架空診療所", "valid_from": "2026-04-01",
            "expires": "2026-04-30", "issue_number": "1", "prescriber": "1319999999", "prescriber_name": "架空診療所",
            "injuries": ["傷病"], "treatment": "02", "self_pay": 0, "district_contact": "係", "handling_contact": "係",
            "combination": "01", "social_insurance": "02", "infection": "02", "elderly_care": "02", "prefectural_expenses": "02",
            "remarks": ["備考"]});
        let certificates = json!({
            "limits": [{"class": "01", "flag": "A05", "issued": "2026-04-01", "long_term": "2026-05-01", "period": period}],
            "elderly": [{"ratio": "020", "issued": "2026-04-01", "period": period}],
            "specific_diseases": [{"category": "1", "issued": "2026-04-01", "self_pay": 10000, "period": period}],
            "limit_withheld": false});
        let holder = json!({"name": "架空　花子", "name_kana": "ｶｸｳ ﾊﾅｺ", "name_of_other": "仮名", "name_of_other_kana": "ｶﾅ", "sex1": "2",
            "sex2": "2", "birthdate": "1985-05-05", "address": "架空市1", "post_number": "999-9999", "address_withheld": false,
            "self_information_refused": false, "identity_unconfirmed": false});
        let medicine = json!({"dispensed": "2026-04-01", "prescribed": "2026-04-01", "code": "610000001", "name": "薬", "ingredient": "成分",
            "quantity": "1", "unit": "錠", "usage": "朝", "times": 7, "prescriber": "1319999999", "prescriber_name": "架空診療所"});
        [
            ("gain", gain.clone()),
            ("loss", json!({"number": "0001234", "loss": {"on": "2026-04-01", "reason": "03", "certificate_returned": "2026-04-02"}})),
            ("correction", json!({"corrects": "F-0", "replacement": {"kind": "gain", "data": gain}})),
            ("limit", json!({"number": "0001234", "certificates": certificates})),
            ("person", holder),
            ("medicine", medicine),
            ("health_check", json!({"made": "2026-04-01", "items": [{"code": "9N001", "name": "身長", "value": "170", "unit": "cm"}]})),
            ("care", act.clone()),
            ("operation", act),
            ("medical_cost", json!({"month": "202604", "institution": place, "total": 100, "insurer": 70, "public": 0, "paid": 30})),
            ("prescription", json!({"issued": "2026-04-01", "number": "1", "prescriber": place, "drugs": [drug],
                "dispensed": {"on": "2026-04-02", "pharmacy": place, "drugs": [drug]}})),
            ("tickets", json!({"number": "0001234", "of": {"month": "202604", "tickets": [ticket]}})),
            ("cancellation", json!({"requested": "2026-04-01"})),
            ("register", json!({"name": "架空　花子", "name_kana": "ｶｸｳ", "birthdate": "1985-05-05", "sex": "2", "address": "架空市1"})),
            ("identity", json!({"confirms": "F-0"})),
            ("proof", json!({"issued": "2026-04-01", "kind": "notice_of_qualification", "number": "0001234", "expires": "2027-03-31"})),
        ]
        .map(|(kind, data)| {
            json!({"record_id": "F-1", "insurer_number": "99990013", "person": "P-1", "revision": 1, "kind": kind, "data": data})
        })
        .to_vec()
    }

    /// The pointers of all values below one.
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), value)).collect()
            }
            Value::Array(all) => {
                all.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        for (name, child) in children {
            let pointer = format!("{at}/{name}");
            found.push(pointer.clone());
            pointers(child, &pointer, found);
        }
    }

    /// The name in a record that a pointer leads to, in the words of a reason.
    fn name_at(pointer: &str) -> &str {
        pointer.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap()
    }

    fn repeats(reason: &str) -> bool {
        reason.contains(CANARY) || reason.contains(&CANARY_NUMBER.to_string())
    }

    #[test]
    fn whole_records_are_records_of_every_kind() {
        let kinds: Vec<Value> = whole().iter().map(|record| record["kind"].clone()).collect();
        assert_eq!(kinds, KINDS.map(|(name, _)| name));
        for record in whole() {
            assert!(read_record(&record).is_ok(), "{record}: {:?}", read_record(&record));
        }
    }

    #[test]
    fn a_planted_value_is_in_no_reason_and_its_field_is() {
        let plants = [
            json!(CANARY),
            json!(format!("{CANARY}\u{7}")),
            json!(CANARY.repeat(100)),
            json!(format!("{CANARY}, expected {CANARY}")),
            json!("2024-02-30"),
            json!(CANARY_NUMBER),
            json!(-1.5),
            json!([CANARY]),
            json!({CANARY: CANARY}),
            json!([[CANARY_NUMBER]]),
        ];
        for record in whole() {
            let mut all = Vec::new();
            pointers(&record, "", &mut all);
            for pointer in all {
                let mut refused = 0;
                for plant in &plants {
                    let mut planted = record.clone();
                    *planted.pointer_mut(&pointer).unwrap() = plant.clone();
                    let Err(reason) = read_record(&planted) else { continue };
                    refused += 1;
                    assert!(!repeats(&reason), "{pointer}: {reason}");
                    assert!(reason.contains(name_at(&pointer)), "{pointer} of {plant}: {reason}");
                }
                assert!(refused > 3, "{pointer} takes nearly everything");
            }
        }
    }

    #[test]
    fn a_missing_name_is_told_and_an_unknown_one_is_not() {
        for record in whole() {
            let mut all = vec![String::new()];
            pointers(&record, "", &mut all);
            for pointer in all {
                if record.pointer(&pointer).unwrap().is_object() {
                    let mut more = record.clone();
                    more.pointer_mut(&pointer).unwrap()[CANARY] = json!(CANARY);
                    // A replacement is read by its two names, whatever else stands there.
                    if let Err(reason) = read_record(&more) {
                        assert!(
                            reason.contains("name") && !repeats(&reason),
                            "{pointer}: {reason}"
                        );
                    } else {
                        assert!(pointer.ends_with("/replacement"), "{pointer}");
                    }
                }
                let Some((parent, name)) = pointer.rsplit_once('/') else { continue };
                let mut less = record.clone();
                if let Some(members) = less.pointer_mut(parent).unwrap().as_object_mut() {
                    members.remove(name);
                    if let Err(reason) = read_record(&less) {
                        assert!(reason.contains(name), "{pointer}: {reason}");
                    }
                }
            }
        }
    }

    #[test]
    fn reasons_name_the_place_and_the_fault() {
        for (pointer, plant, reason) in [
            ("/record_id", json!(7), "record_id: expected a string"),
            ("/revision", json!(-1), "revision: expected u32"),
            (
                "/data/loss/on",
                json!("2024-02-30"),
                "data.loss.on: not a real day in the form YYYY-MM-DD",
            ),
            ("/data/loss/reason", json!("4"), "data.loss.reason: not a code of ReasonOfLoss"),
            ("/data/loss", json!({}), "data.loss.on is missing"),
            ("/data/loss", json!({"x": 1}), "data.loss: an unknown name"),
        ] {
            let mut record = whole().swap_remove(1);
            *record.pointer_mut(pointer).unwrap() = plant;
            assert_eq!(read_record(&record).unwrap_err(), reason);
        }
        let mut replaced = whole().swap_remove(2);
        replaced["data"]["replacement"]["data"]["gained"] = json!("x");
        let reason = "data.replacement.data.gained: not a real day in the form YYYY-MM-DD";
        assert_eq!(read_record(&replaced).unwrap_err(), reason);
    }
}
