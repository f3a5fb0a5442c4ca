//! One message in all its forms: XML and JSON, any order, absent or empty, with strangers, and what its schema says of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

mod messages_support;

use std::path::{Path, PathBuf};
use std::process::Command;

use messages_support::{face, full_record, query, samples};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};
use sim_backend::messages::shape::{Content, Facet, Group, Place, Times};
use sim_backend::messages::{
    Absent, Encoding, Family, Form, Message, MessageErrorKind, Order, PrescriptionPlace, Syntax,
    decode, decode_json, encode, encode_as, schema,
};

const PLAIN: Form = Form {
    order: Order::Layout,
    absent: Absent::LeftOut,
    unknown_elements: false,
    prescription: PrescriptionPlace::BeforeStatus,
    encoding: None,
};

/// Every switch by itself, and all of them.
fn forms() -> Vec<Form> {
    let mut forms = vec![
        PLAIN,
        Form { order: Order::Shuffled(5), ..PLAIN },
        Form { absent: Absent::Empty, ..PLAIN },
        Form { unknown_elements: true, ..PLAIN },
        Form { prescription: PrescriptionPlace::AfterRecords, ..PLAIN },
        Form { prescription: PrescriptionPlace::InRecord, ..PLAIN },
    ];
    forms.push(Form {
        order: Order::Shuffled(6),
        absent: Absent::Empty,
        unknown_elements: true,
        prescription: PrescriptionPlace::InRecord,
        encoding: None,
    });
    forms
}

fn json_of(message: &Message) -> Value {
    serde_json::from_slice(&encode_as(message, Syntax::Json, &PLAIN).unwrap()).unwrap()
}

fn from_json(family: Family, value: &Value) -> Option<Message> {
    decode_json(family, value.to_string().as_bytes()).ok()
}

#[test]
fn every_message_says_the_same_in_every_form() {
    for message in samples() {
        for form in forms() {
            let family = message.family();
            for encoding in [Encoding::Utf8, Encoding::ShiftJis] {
                let bytes = encode_as(&message, Syntax::Xml(encoding), &form).unwrap();
                assert_eq!(decode(family, &bytes).unwrap().0, message, "{form:?}");
            }
            let bytes = encode_as(&message, Syntax::Json, &form).unwrap();
            assert_eq!(decode_json(family, &bytes).unwrap(), message, "{form:?}");
        }
    }
}

/// Row OQS-MSG-17; the shape of a public client's sample: values as text, `ResultList` an array of objects with one member.
#[test]
fn json_mirrors_the_xml() {
    let value = json_of(&face(vec![full_record(), full_record()]));
    let body = &value["XmlMsg"]["MessageBody"];
    assert_eq!(value["XmlMsg"]["MessageHeader"]["SegmentOfResult"], "1");
    assert_eq!(value["XmlMsg"]["MessageHeader"]["CharacterCodeIdentifier"], "0");
    assert_eq!(body["QualificationValidity"], "1");
    assert_eq!(body["ResultList"].as_array().unwrap().len(), 2);
    let record = &body["ResultList"][1]["ResultOfQualificationConfirmation"];
    assert_eq!(record["InsurerNumber"], "  990001");
    assert_eq!(
        record["LimitApplicationCertificateRelatedInfo"]["LimitApplicationCertificateClassificationFlag"],
        "A02"
    );
}

#[test]
fn the_switches_do_what_they_say() {
    let message = face(vec![full_record()]);
    let text = |form: &Form| {
        let bytes = encode_as(&message, Syntax::Xml(Encoding::Utf8), form).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let place = |text: &str, name: &str| text.find(&format!("<{name}>")).unwrap();
    let plain = text(&PLAIN);
    assert!(place(&plain, "PrescriptionIssueSelect") < place(&plain, "ProcessingResultStatus"));
    let after = text(&Form { prescription: PrescriptionPlace::AfterRecords, ..PLAIN });
    assert!(after.find("</ResultList>").unwrap() < place(&after, "PrescriptionIssueSelect"));
    let within = text(&Form { prescription: PrescriptionPlace::InRecord, ..PLAIN });
    let at = place(&within, "PrescriptionIssueSelect");
    assert!(place(&within, "ReferenceNumber") < at);
    assert!(at < within.find("</ResultOfQualificationConfirmation>").unwrap());
    let empty = text(&Form { absent: Absent::Empty, ..PLAIN });
    for absent in [
        "<ErrorCode/>",
        "<PharmacistsInfoConsTime>",
        "<PublicExpenseResultList/>",
        "<OperationInfoConsTime/>",
    ] {
        assert!(empty.contains(absent), "{absent}");
        assert_eq!(plain.contains(absent), absent.ends_with("Time>"), "{absent}");
    }
    let strangers = text(&Form { unknown_elements: true, ..PLAIN });
    assert!(strangers.matches("<BenchUnknownElement>").count() > 4, "{strangers}");
    assert!(text(&Form { order: Order::Shuffled(1), ..PLAIN }) != plain);
}

#[test]
fn json_that_is_no_message_is_refused_without_its_values() {
    let good = json_of(&query());
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        change(&mut value["XmlMsg"]);
        let error = decode_json(Family::NumberQuery, value.to_string().as_bytes()).unwrap_err();
        assert!(!error.to_string().contains("19800217"), "{error}");
        error.kind
    };
    let search = |value: &mut Value, new: Value| {
        value["MessageBody"]["QualificationConfirmSearchInfo"]["Birthdate"] = new;
    };
    assert!(matches!(broken(&|v| search(v, json!(19800217))), MessageErrorKind::NotText { .. }));
    assert!(matches!(
        broken(&|v| search(v, json!(["19800217"]))),
        MessageErrorKind::NotAValue { .. }
    ));
    assert!(matches!(broken(&|v| search(v, json!("1980-02-17"))), MessageErrorKind::Value { .. }));
    assert!(matches!(broken(&|v| search(v, Value::Null)), MessageErrorKind::Missing { .. }));
    let header = |v: &mut Value| v["MessageHeader"] = json!([v["MessageHeader"]]);
    assert!(matches!(broken(&header), MessageErrorKind::NotOne { .. }));
    let twice = br#"{"XmlMsg":{"MessageHeader":{"MedicalInstitutionCode":"1319999999","MedicalInstitutionCode":"1319999998"}}}"#;
    let error = decode_json(Family::ChallengeRequest, twice).unwrap_err();
    assert!(matches!(error.kind, MessageErrorKind::Repeated { .. }), "{error}");
    let other = decode_json(Family::NumberQuery, br#"{"Xml":{}}"#).unwrap_err();
    assert!(matches!(other.kind, MessageErrorKind::Root { .. }), "{other}");
}

/// A text that fits a facet, drawn anew and not taken from the code under test.
fn drawn(facet: &Facet, rng: &mut ChaCha8Rng) -> String {
    let digits = |rng: &mut ChaCha8Rng, count: usize| -> String {
        (0..count).map(|_| char::from(rng.random_range(b'0'..=b'9'))).collect()
    };
    let day = |rng: &mut ChaCha8Rng| {
        let leap = ["20000229", "20240229", "19960229"];
        match rng.random_range(0..4) {
            0 => (*leap.choose(rng).unwrap()).to_owned(),
            1 => format!(
                "{:04}{:02}31",
                rng.random_range(1..9999),
                [1, 3, 5, 7, 8, 10, 12].choose(rng).unwrap()
            ),
            _ => format!(
                "{:04}{:02}{:02}",
                rng.random_range(1..9999),
                rng.random_range(1..=12),
                rng.random_range(1..=28)
            ),
        }
    };
    match facet {
        Facet::Text(most) => {
            let letters: Vec<char> = "架空亜ヶ髙①ｱﾟ　 aZ09-<>&'\"]/".chars().collect();
            let count = rng.random_range(1..=(*most).min(60));
            let text: String = (0..count).map(|_| *letters.choose(rng).unwrap()).collect();
            if text.trim_matches(' ').is_empty() { "空".to_owned() } else { text }
        }
        Facet::Digits { least, most } => {
            let count = rng.random_range(*least..=*most);
            digits(rng, count)
        }
        Facet::InsurerNumber => {
            let count = rng.random_range(1..=8);
            format!("{:>8}", digits(rng, count))
        }
        Facet::Day => day(rng),
        Facet::Time => {
            let [hour, minute, second] = [24, 60, 60].map(|end| rng.random_range(0..end));
            format!("{}{hour:02}{minute:02}{second:02}", day(rng))
        }
        Facet::Month => format!("{:04}{:02}", rng.random_range(1..9999), rng.random_range(1..=12)),
        Facet::Percent => format!("{:03}", rng.random_range(0..=100)),
        Facet::Code { codes, .. } => (*codes.choose(rng).unwrap()).to_owned(),
        Facet::Octets(Some(_)) => format!("{}A=", "/9".repeat(21)),
        Facet::Octets(None) => "AAAA".repeat(rng.random_range(1..9)),
    }
}

/// Changes one thing somewhere in a group: a value, an optional element, the number of repeats.
fn change(group: &Group, members: &mut Map<String, Value>, rng: &mut ChaCha8Rng) {
    let Some(place) = group.places.choose(rng) else { return };
    if place.times == Times::Maybe && members.contains_key(&place.name) && rng.random_bool(0.2) {
        members.remove(&place.name);
        return;
    }
    match (&place.content, members.get_mut(&place.name)) {
        (Content::Value(facet), Some(Value::Array(items))) => items.push(drawn(facet, rng).into()),
        (Content::Value(facet), _) => {
            members.insert(place.name.clone(), drawn(facet, rng).into());
        }
        (Content::Group(group), Some(Value::Object(inner))) => change(group, inner, rng),
        (Content::Group(group), Some(Value::Array(items))) => change_items(group, items, rng),
        (Content::List(item), Some(Value::Array(items))) => change_list(item, items, rng),
        (Content::Group(_) | Content::List(_), _) => {}
    }
}

fn change_items(group: &Group, items: &mut Vec<Value>, rng: &mut ChaCha8Rng) {
    if rng.random_bool(0.1) {
        items.push(items[0].clone());
    } else if rng.random_bool(0.1) && items.len() > 1 {
        items.pop();
    }
    let at = rng.random_range(0..items.len());
    change(group, items[at].as_object_mut().unwrap(), rng);
}

fn change_list(item: &Place, items: &mut Vec<Value>, rng: &mut ChaCha8Rng) {
    let Content::Group(group) = &item.content else { return };
    let mut inner: Vec<Value> = items.iter().map(|one| one[&item.name].clone()).collect();
    change_items(group, &mut inner, rng);
    *items = inner.into_iter().map(|one| json!({ &item.name: one })).collect();
}

/// A message some steps away from a sample; steps that break a rule between elements are not taken.
fn wandered(sample: &Message, seed: u64, steps: usize) -> Message {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shape = Message::shape(sample.family());
    let mut message = sample.clone();
    for _ in 0..steps {
        let mut value = json_of(&message);
        change(&shape, value["XmlMsg"].as_object_mut().unwrap(), &mut rng);
        // An entry of many that cannot be read is not written again, so it is no step either.
        if let Some(next) = from_json(message.family(), &value) {
            message = next;
        }
    }
    message
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn xml_and_json_are_equal_for_all_families(seed in any::<u64>()) {
        for sample in samples() {
            let message = wandered(&sample, seed, 12);
            let family = message.family();
            let xml = encode(&message, Encoding::Utf8).unwrap();
            let from_xml = decode(family, &xml).unwrap().0;
            let from_json = from_json(family, &json_of(&message)).unwrap();
            prop_assert_eq!(&from_xml, &from_json);
            prop_assert_eq!(json_of(&from_xml), json_of(&from_json));
            prop_assert_eq!(from_xml, message);
        }
    }
}

#[test]
fn wandering_leaves_the_samples_behind() {
    let moved = samples().iter().filter(|sample| wandered(sample, 1, 12) != **sample).count();
    assert!(moved * 10 > samples().len() * 8, "{moved} of {}", samples().len());
}

/// What is shipped beside the crate.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

#[test]
fn the_shipped_schemas_are_those_of_the_types() {
    for family in Family::ALL {
        let file = shipped().join(schema::file_name(*family));
        // `just bless` takes new schemas over like new snapshots.
        if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            std::fs::write(&file, schema::xsd(*family)).unwrap();
        }
        let shipped = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            shipped == schema::xsd(*family),
            "{}: run `madoguchi export schemas --out sim-backend/schemas`",
            file.display()
        );
    }
    let count = std::fs::read_dir(shipped()).unwrap().count();
    assert_eq!(count, Family::ALL.len(), "a schema of no message is shipped");
}

/// Which of the documents xmllint accepts under the schema of a family.
fn accepted(family: Family, documents: &[Vec<u8>]) -> Vec<bool> {
    let folder = tempfile::tempdir().unwrap();
    let file = |at: usize| folder.path().join(format!("{at}.xml"));
    for (at, bytes) in documents.iter().enumerate() {
        std::fs::write(file(at), bytes).unwrap();
    }
    let mut command = Command::new("xmllint");
    let rules = folder.path().join(schema::file_name(family));
    std::fs::write(&rules, schema::xsd(family)).unwrap();
    command.args(["--noout", "--schema"]).arg(rules);
    command.args((0..documents.len()).map(file));
    let output = command.output().expect("xmllint is missing: install libxml2-utils");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("Schemas parser error"), "{said}");
    let validates = |at: usize| {
        let line = format!("{} validates", file(at).display());
        said.lines().any(|said| said == line)
    };
    (0..documents.len()).map(validates).collect()
}

#[test]
fn every_generated_message_fits_its_schema() {
    let forms = [
        PLAIN,
        Form { order: Order::Shuffled(9), ..PLAIN },
        Form { absent: Absent::Empty, ..PLAIN },
        Form { prescription: PrescriptionPlace::InRecord, ..PLAIN },
    ];
    for family in Family::ALL {
        let samples: Vec<_> = samples().into_iter().filter(|s| s.family() == *family).collect();
        let mut documents = Vec::new();
        for seed in 0..24 {
            for sample in &samples {
                let message = wandered(sample, seed, 16);
                for form in &forms {
                    let bytes = encode_as(&message, Syntax::Xml(Encoding::Utf8), form).unwrap();
                    documents.push(bytes);
                }
            }
        }
        for (document, accepted) in documents.iter().zip(accepted(*family, &documents)) {
            assert!(accepted, "{family:?}: {}", String::from_utf8_lossy(document));
        }
    }
}

/// A text that does not fit the facet.
fn misfits(facet: &Facet) -> Vec<String> {
    let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    match facet {
        Facet::Text(most) => vec!["架".repeat(most + 1)],
        Facet::Digits { most, .. } => vec!["1".repeat(most + 1), "1x".to_owned(), "１".to_owned()],
        Facet::InsurerNumber => text(&["990001  ", "123456789", "99-0001"]),
        Facet::Day => {
            text(&["20230229", "19000229", "20260431", "20261301", "00000101", "2026041"])
        }
        Facet::Time => text(&["20260401240000", "20260401236000", "20230229000000", "20260401"]),
        Facet::Month => text(&["202613", "202600", "000001", "20261"]),
        Facet::Percent => text(&["101", "30", "0300"]),
        Facet::Code { .. } => text(&["#"]),
        Facet::Octets(_) => text(&["AA!A", "AAA"]),
    }
}

/// All ways to break one element of a group: a required one missing, a wrong text.
fn breaks(group: &Group, members: &Map<String, Value>) -> Vec<(String, Map<String, Value>)> {
    let mut broken = Vec::new();
    // XSD 1.0 has no way to ask for an element in any order beside one that repeats.
    let loose =
        group.places.len() > 1 && group.places.iter().any(|place| place.times == Times::Many);
    for place in &group.places {
        let Some(value) = members.get(&place.name) else { continue };
        let mut with = |what: String, new: Option<Value>| {
            let mut members = members.clone();
            match new {
                Some(new) => drop(members.insert(place.name.clone(), new)),
                None => drop(members.remove(&place.name)),
            }
            broken.push((what, members));
        };
        if place.times == Times::One && !loose {
            with(format!("no {}", place.name), None);
        }
        match (&place.content, value) {
            (Content::Value(facet), Value::String(_)) => {
                for bad in misfits(facet) {
                    with(format!("{} {bad}", place.name), Some(bad.into()));
                }
            }
            (Content::Group(inner), Value::Object(object)) => {
                for (what, object) in breaks(inner, object) {
                    with(what, Some(object.into()));
                }
            }
            (Content::Group(inner), Value::Array(items)) => {
                for (what, object) in breaks(inner, items[0].as_object().unwrap()) {
                    with(what, Some(json!([object])));
                }
            }
            (Content::List(item), Value::Array(items)) => {
                let Content::Group(inner) = &item.content else { continue };
                for (what, object) in breaks(inner, items[0][&item.name].as_object().unwrap()) {
                    with(what, Some(json!([{ &item.name: object }])));
                }
            }
            (Content::Value(_) | Content::Group(_) | Content::List(_), _) => {}
        }
    }
    broken
}

/// A document with the members as they are, right or wrong, for there is no message of it.
fn document(shape: &Group, members: &Map<String, Value>) -> Vec<u8> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XmlMsg>");
    elements(&mut text, shape, members);
    text.push_str("</XmlMsg>");
    text.into_bytes()
}

fn elements(out: &mut String, shape: &Group, members: &Map<String, Value>) {
    for (name, value) in members {
        let place = shape.places.iter().find(|place| place.name == *name).unwrap();
        match (&place.content, value) {
            (Content::List(item), Value::Array(items)) => {
                out.push_str(&format!("<{name}>"));
                for one in items {
                    element(out, item, &one[&item.name]);
                }
                out.push_str(&format!("</{name}>"));
            }
            (_, Value::Array(items)) => items.iter().for_each(|one| element(out, place, one)),
            (_, value) => element(out, place, value),
        }
    }
}

fn element(out: &mut String, place: &Place, value: &Value) {
    let name = &place.name;
    out.push_str(&format!("<{name}>"));
    match (&place.content, value) {
        (Content::Group(group), Value::Object(members)) => elements(out, group, members),
        (_, value) => {
            let text = value.as_str().unwrap();
            out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
        }
    }
    out.push_str(&format!("</{name}>"));
}

#[test]
fn broken_messages_do_not_fit_their_schema() {
    let mut tried = 0;
    for family in Family::ALL {
        let shape = Message::shape(*family);
        for sample in samples().into_iter().filter(|sample| sample.family() == *family) {
            let value = json_of(&sample);
            let members = value["XmlMsg"].as_object().unwrap();
            let whole = document(&shape, members);
            let (names, mut documents): (Vec<_>, Vec<_>) = breaks(&shape, members)
                .into_iter()
                .map(|(what, members)| (what, document(&shape, &members)))
                .unzip();
            documents.push(whole);
            let mut accepted = accepted(*family, &documents);
            assert_eq!(accepted.pop(), Some(true), "{family:?} unbroken: {value}");
            for (what, accepted) in names.iter().zip(accepted) {
                assert!(!accepted, "{family:?}: {what}");
            }
            tried += names.len();
        }
    }
    assert!(tried > 1_000, "{tried}");
}
