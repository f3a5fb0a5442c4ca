//! From the records about one person to the care history, which is kept apart from what queries read.

use std::collections::BTreeMap;

use super::{
    fold::{Rank, standing},
    record::{Change, FeedRecord},
};
use crate::service::{
    care_history::{CareHistory, Prescription},
    records::PersonCode,
};

/// The care history that follows from the records, `None` when none of them, corrected or not, is about it. Like
/// [`super::fold`] a pure function of the set of records.
#[must_use]
pub fn fold_history<'a>(
    person: &PersonCode,
    records: impl IntoIterator<Item = &'a FeedRecord> + Clone,
) -> Option<CareHistory> {
    let concerned = |record: &FeedRecord| record.person == *person && concerns(&record.change);
    if !records.clone().into_iter().any(concerned) {
        return None;
    }
    let mut history = CareHistory::default();
    let mut newest: BTreeMap<&str, (Rank<'_>, &Prescription)> = BTreeMap::new();
    for one in standing(person, records) {
        match one.change {
            Change::Care(care) => history.care.push(care.clone()),
            Change::Operation(operation) => history.operations.push(operation.clone()),
            Change::MedicalCost(cost) => history.costs.push(cost.clone()),
            Change::Prescription(prescription) => {
                let entry =
                    newest.entry(prescription.number.as_str()).or_insert((one.rank, prescription));
                *entry = (*entry).max((one.rank, prescription));
            }
            Change::Gain(_)
            | Change::Loss(_)
            | Change::Correction(_)
            | Change::Limit(_)
            | Change::Person(_)
            | Change::Medicine(_)
            | Change::HealthCheck(_)
            | Change::Tickets(_)
            | Change::Cancellation(_)
            | Change::Register(_)
            | Change::Identity(_)
            | Change::Proof(_) => {}
        }
    }
    history.prescriptions = newest.into_values().map(|(_, newest)| newest.clone()).collect();
    history.care.sort();
    history.operations.sort();
    history.costs.sort();
    history.prescriptions.sort();
    Some(history)
}

/// Whether a record is about the care history.
fn concerns(change: &Change) -> bool {
    match change {
        Change::Care(_)
        | Change::Operation(_)
        | Change::MedicalCost(_)
        | Change::Prescription(_) => true,
        Change::Gain(_)
        | Change::Loss(_)
        | Change::Correction(_)
        | Change::Limit(_)
        | Change::Person(_)
        | Change::Medicine(_)
        | Change::HealthCheck(_)
        | Change::Tickets(_)
        | Change::Cancellation(_)
        | Change::Register(_)
        | Change::Identity(_)
        | Change::Proof(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::feed::read;

    fn person() -> PersonCode {
        PersonCode::new("P-1").unwrap()
    }

    fn record(id: &str, revision: u32, kind: &str, data: Value) -> FeedRecord {
        read(&json!({"record_id": id, "insurer_number": "99990013", "person": "P-1", "revision": revision,
            "kind": kind, "data": data}))
        .unwrap()
    }

    fn place() -> Value {
        json!({"code": "1319999999", "name": "架空病院"})
    }

    fn operation(id: &str, on: &str) -> FeedRecord {
        let data =
            json!({"on": on, "institution": place(), "code": "990000001", "name": "架空手術"});
        record(id, 0, "operation", data)
    }

    fn prescription(id: &str, revision: u32, dispensed: bool) -> FeedRecord {
        let drugs = json!([{"code": "990000001", "name": "架空錠10mg", "quantity": "1"}]);
        let mut data = json!({"issued": "2026-04-01", "number": "RX-1", "prescriber": place(), "drugs": drugs});
        if dispensed {
            data["dispensed"] = json!({"on": "2026-04-01", "pharmacy": place(), "drugs": drugs});
        }
        record(id, revision, "prescription", data)
    }

    #[test]
    fn nothing_reported_is_no_history_and_a_withdrawn_report_an_empty_one() {
        let who = record("1", 0, "cancellation", json!({"requested": "2026-04-01"}));
        assert_eq!(fold_history(&person(), std::slice::from_ref(&who)), None);
        let withdrawn = record("3", 0, "correction", json!({"corrects": "2"}));
        let records = [who, operation("2", "2026-03-01"), withdrawn];
        assert_eq!(fold_history(&person(), &records), Some(CareHistory::default()));
    }

    #[test]
    fn a_prescription_is_told_by_its_newest_report() {
        let dispensed = |records: &[FeedRecord]| {
            let history = fold_history(&person(), records).unwrap();
            assert_eq!(history.prescriptions.len(), 1);
            history.prescriptions[0].dispensed.is_some()
        };
        assert!(!dispensed(&[prescription("1", 0, false)]));
        assert!(dispensed(&[prescription("1", 0, false), prescription("2", 1, true)]));
        assert!(dispensed(&[prescription("2", 1, true), prescription("1", 0, false)]));
        assert!(!dispensed(&[prescription("2", 0, true), prescription("1", 1, false)]));
    }

    proptest! {
        #[test]
        fn order_and_repetition_change_nothing(
            order in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle(),
            again in 0..6usize,
        ) {
            let all = [operation("1", "2026-03-01"), operation("2", "2026-02-01"), operation("3", "2026-02-01"),
                prescription("4", 0, false), prescription("5", 1, true),
                record("6", 0, "correction", json!({"corrects": "3"}))];
            let mut shuffled: Vec<_> = order.iter().map(|place| all[*place].clone()).collect();
            shuffled.push(all[again].clone());
            prop_assert_eq!(fold_history(&person(), &shuffled), fold_history(&person(), &all));
        }
    }
}
