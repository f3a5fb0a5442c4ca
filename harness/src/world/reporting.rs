//! Reports of care as they reach the backend: care, operations, costs and electronic prescriptions as JSON of
//! the feed seam, written here and not with the backend's own types.

use serde_json::{Value, json};

use crate::model::{Act, Cost, ElectronicPrescription, Place, Reports};

/// Kind and data of each report.
pub fn records(reports: &Reports) -> Vec<(&'static str, Value)> {
    let care = reports.care.iter().enumerate().map(|(nth, one)| ("care", act(nth, one)));
    let operations =
        reports.operations.iter().enumerate().map(|(nth, one)| ("operation", act(50 + nth, one)));
    let costs = reports.costs.iter().map(|one| ("medical_cost", cost(one)));
    let prescriptions = reports.prescriptions.iter().map(|one| ("prescription", prescription(one)));
    care.chain(operations).chain(costs).chain(prescriptions).collect()
}

/// An electronic prescription.
pub fn prescription(of: &ElectronicPrescription) -> Value {
    let drug = |(nth, name): (usize, &String)| json!({"code": format!("9800000{nth:02}"), "name": name, "quantity": "1", "unit": "錠", "times": 7});
    let drugs: Vec<_> = of.drugs.iter().enumerate().map(drug).collect();
    let mut data = json!({"number": of.number, "issued": of.issued, "prescriber": place(&of.at), "drugs": drugs});
    if let (Some(dispensed), Some(fields)) = (&of.dispensed, data.as_object_mut()) {
        let what = json!({"on": dispensed.on, "pharmacy": place(&dispensed.at), "drugs": drugs});
        fields.insert("dispensed".to_owned(), what);
    }
    data
}

fn act(nth: usize, act: &Act) -> Value {
    json!({"on": act.on, "institution": place(&act.at), "code": format!("9700000{nth:02}"), "name": act.name})
}

fn cost(cost: &Cost) -> Value {
    let month = format!("{:04}{:02}", cost.month.year(), cost.month.month());
    json!({"month": month, "institution": place(&cost.at), "total": cost.insurer + cost.public + cost.paid,
        "insurer": cost.insurer, "public": cost.public, "paid": cost.paid})
}

fn place(place: &Place) -> Value {
    json!({"code": place.code, "name": place.name})
}
