//! Feed records as an insurer sends them: JSON of the feed seam, written here and not with the backend's own types.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::reporting;
use crate::model::{
    Change, Coverage, DiseaseCertificate, ElderlyShare, FeedRecord, HealthCheck, Limit, Person,
    Relation,
};

/// An insurer number for records about people who have no insurer yet. Fictitious.
const NOBODYS_INSURER: &str = "99000008";

/// What insurers had fed about a person before the story.
pub fn before_story(slug: &str, person: &Person, today: Date) -> Vec<Value> {
    let mut changes: Vec<(String, &str, Value)> = Vec::new();
    let insurer =
        person.coverages.first().map_or(NOBODYS_INSURER, |coverage| &coverage.insurer_number);
    if is_told_before(person) {
        changes.push((insurer.to_owned(), "person", holder(person)));
    }
    for coverage in &person.coverages {
        let insurer = coverage.insurer_number.clone();
        changes.push((insurer.clone(), "gain", gain(coverage)));
        if let Some(lost) = coverage.lost {
            changes.push((
                insurer.clone(),
                "loss",
                loss(&coverage.number, lost, coverage.loss_reason.as_deref()),
            ));
        }
        if let Some(limit) = &coverage.limit {
            changes.push((insurer, "limit", limit_of(&coverage.number, limit)));
        }
    }
    let dispensed = today.checked_sub(jiff::Span::new().days(14)).unwrap_or(today);
    for (place, name) in person.medicines.iter().enumerate() {
        changes.push((insurer.to_owned(), "medicine", medicine(place, name, dispensed)));
    }
    for check in &person.health_checks {
        changes.push((insurer.to_owned(), "health_check", health_check(check)));
    }
    for (kind, data) in reporting::records(&person.reports) {
        changes.push((insurer.to_owned(), kind, data));
    }
    let record = |(place, (insurer, kind, data)): (usize, (String, &str, Value))| json!({"record_id": format!("before-{slug}-{place:02}"), "insurer_number": insurer, "person": slug, "kind": kind, "data": data});
    changes.into_iter().enumerate().map(record).collect()
}

/// One change of the story, and before a gain or medical aid who the person is if that was never told: no insurer knows somebody it does
/// not name. Its revision outranks what was fed before about the same thing, whatever the records are called.
pub fn in_story(record: &FeedRecord, person: Option<&Person>) -> Vec<Value> {
    let nobody = NOBODYS_INSURER.to_owned();
    let first = person.and_then(|person| person.coverages.first());
    let own = first.map_or(&nobody, |coverage| &coverage.insurer_number);
    let (insurer, kind, data) = match &record.change {
        Change::Gain(coverage) => (&coverage.insurer_number, "gain", gain(coverage)),
        Change::Aid(coverage) => (&coverage.insurer_number, "gain", aid(coverage)),
        Change::Tickets { numbers, month, institutions } => {
            (&numbers.insurer_number, "tickets", tickets(&numbers.number, *month, institutions))
        }
        Change::ElderlyShares { numbers, shares } => {
            (&numbers.insurer_number, "limit", elderly(&numbers.number, shares))
        }
        Change::Diseases { numbers, certificates } => {
            (&numbers.insurer_number, "limit", diseases(&numbers.number, certificates))
        }
        Change::Register { name } => (own, "register", register(name, person)),
        // The record that told who the person is, before the story.
        Change::Confirmed => {
            (own, "identity", json!({"confirms": format!("before-{}-00", record.person)}))
        }
        Change::Withdrawal { record, insurer_number } => {
            (insurer_number, "correction", json!({"corrects": record}))
        }
        Change::Loss { numbers, date, reason } => {
            (&numbers.insurer_number, "loss", loss(&numbers.number, *date, reason.as_deref()))
        }
        Change::Prescription(one) => (&nobody, "prescription", reporting::prescription(one)),
        Change::Cancellation { requested } => {
            (&nobody, "cancellation", json!({"requested": requested}))
        }
        Change::Limit { numbers, limit } => {
            (&numbers.insurer_number, "limit", limit_of(&numbers.number, limit))
        }
    };
    let is_new = |person: &&Person| kind == "gain" && !is_told_before(person);
    let who = person.filter(is_new).map(|person| {
        let id = format!("{}-person", record.record_id);
        json!({"record_id": id, "insurer_number": insurer, "person": record.person, "kind": "person", "data": holder(person)})
    });
    let what = json!({"record_id": record.record_id, "revision": 1, "insurer_number": insurer, "person": record.person, "kind": kind, "data": data});
    who.into_iter().chain([what]).collect()
}

/// 医療扶助: the same as a qualification, by another class of certificate.
fn aid(coverage: &Coverage) -> Value {
    let mut data = gain(coverage);
    if let Some(fields) = data.as_object_mut() {
        fields.insert("card_class".to_owned(), json!("A1"));
    }
    data
}

fn tickets(number: &str, month: Date, institutions: &[String]) -> Value {
    let ticket = |code: &String| json!({"kind": "01", "institution": code});
    let tickets: Vec<_> = institutions.iter().map(ticket).collect();
    let month = month.strftime("%Y%m").to_string();
    json!({"number": number, "of": {"month": month, "tickets": tickets}})
}

fn elderly(number: &str, shares: &[ElderlyShare]) -> Value {
    let share = |one: &ElderlyShare| json!({"ratio": format!("{:03}", one.percent), "period": {"start": one.from, "end": one.to}});
    let shares: Vec<_> = shares.iter().map(share).collect();
    json!({"number": number, "certificates": {"elderly": shares}})
}

fn diseases(number: &str, certificates: &[DiseaseCertificate]) -> Value {
    let one = |one: &DiseaseCertificate| json!({"category": one.category.to_string(), "self_pay": one.self_pay, "period": {"start": one.from, "end": one.to}});
    let all: Vec<_> = certificates.iter().map(one).collect();
    json!({"number": number, "certificates": {"specific_diseases": all}})
}

/// What J-LIS says of a person whose name is another there, or the same.
fn register(name: &str, person: Option<&Person>) -> Value {
    let birthdate = person.map(|person| person.birthdate);
    let sex = person.map(|person| person.sex.to_string());
    json!({"name": name, "birthdate": birthdate, "sex": sex})
}

/// Whether insurers had told who a person is before the story.
fn is_told_before(person: &Person) -> bool {
    !person.coverages.is_empty() || person.disclosure_barred
}

fn holder(person: &Person) -> Value {
    json!({
        "name": person.name,
        "name_kana": person.kana,
        "sex1": person.sex.to_string(),
        "birthdate": person.birthdate,
        "address": person.address,
        "post_number": person.postcode,
        "address_withheld": person.address_withheld,
        "self_information_refused": person.disclosure_barred,
    })
}

/// A gain alone: loss and limit are changes of their own.
fn gain(coverage: &Coverage) -> Value {
    let mut data = json!({
        "insurer_name": coverage.insurer_name,
        "number": coverage.number,
        "own_or_family": match coverage.relation { Relation::Insured => "1", Relation::Family => "2" },
        "gained": coverage.gained,
    });
    let mut put = |key: &str, value: Value| {
        if let Some(fields) = data.as_object_mut() {
            fields.insert(key.to_owned(), value);
        }
    };
    if let Some(symbol) = &coverage.symbol {
        put("symbol", json!(symbol));
    }
    if let Some(branch) = &coverage.branch {
        put("branch", json!(branch));
    }
    // 後期高齢者: the share stands on the qualification itself. Source: OQS-QUAL-19.
    if coverage.insurer_number.starts_with("39") {
        put("contribution_ratio", json!("010"));
    }
    // 03: 短期証. Only such a certificate ends the qualification on its last day.
    if let Some(last) = coverage.valid_until {
        put("card_class", json!("03"));
        put("expires", json!(last));
    }
    data
}

fn loss(number: &str, on: Date, reason: Option<&str>) -> Value {
    let loss =
        reason.map_or_else(|| json!({"on": on}), |reason| json!({"on": on, "reason": reason}));
    json!({"number": number, "loss": loss})
}

fn limit_of(number: &str, limit: &Limit) -> Value {
    let class = limit_class(&limit.flag);
    let mut one = json!({"class": class, "flag": limit.flag, "period": {"start": limit.from, "end": limit.to}});
    if let (Some(from), Some(fields)) = (limit.long_stay, one.as_object_mut()) {
        fields.insert("long_term".to_owned(), json!(from));
    }
    json!({"number": number, "certificates": {"limits": [one]}})
}

/// Kind of certificate (CD011) that a limit flag (CD012) comes with here.
pub fn limit_class(flag: &str) -> &'static str {
    // 02 also covers the reduced standard amount for meals, which comes with low income.
    if ["A05", "A06", "B05", "B06"].contains(&flag) { "02" } else { "01" }
}

fn health_check(check: &HealthCheck) -> Value {
    let item = json!({"code": "99900000000000001", "name": check.item, "value": "架空値"});
    json!({"made": check.made, "items": [item]})
}

fn medicine(place: usize, name: &str, dispensed: Date) -> Value {
    json!({"dispensed": dispensed, "code": format!("9900000{place:02}"), "name": name, "quantity": "1"})
}
