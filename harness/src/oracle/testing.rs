//! A small world for the tests of the stages: two people, two clinics, one coverage each.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::model::*;

pub(super) const HANAKO: &str = "hanako";
pub(super) const TARO: &str = "taro";
pub(super) const CLINIC: &str = "1319999999";
pub(super) const OTHER_CLINIC: &str = "1349999998";

/// An instant in Japanese local time, `2026-05-01T09:00:00`.
pub(super) fn at(local: &str) -> Timestamp {
    format!("{local}+09:00").parse().unwrap()
}

pub(super) fn world() -> World {
    let hanako = Person {
        sex: 2, ..person("架空　花子", "ｶｸｳ ﾊﾅｺ", date(1990, 6, 15), 1, "1001")
    };
    let taro = person("仮名　太郎", "ｶﾒｲ ﾀﾛｳ", date(1985, 11, 30), 2, "1002");
    World {
        seed: 1,
        now: at("2026-05-01T09:00:00"),
        people: BTreeMap::from([(HANAKO.into(), hanako), (TARO.into(), taro)]),
        institutions: BTreeMap::from([
            (CLINIC.into(), institution()),
            (OTHER_CLINIC.into(), institution()),
        ]),
    }
}

fn person(name: &str, kana: &str, birthdate: Date, face: u64, number: &str) -> Person {
    Person {
        name: name.into(),
        kana: kana.into(),
        birthdate,
        sex: 1,
        address: "架空県見本市１－１".into(),
        postcode: "999-0001".into(),
        individual_number: "000000000001".into(),
        face,
        address_withheld: false,
        disclosure_barred: false,
        card: Some(CardFacts {
            issued: at("2022-07-01T09:00:00"), // ends on the fifth birthday after it
            expiry: date(2032, 6, 15),
            pin: Some("1234".into()),
            security_code: "0000".into(),
            photo: true,
            registered: true,
            certificate: true,
            issuer: Issuer::Trusted,
        }),
        coverages: vec![coverage(number, date(2025, 4, 1))],
        medicines: vec![format!("見本薬{number}")],
        health_checks: vec![HealthCheck {
            made: date(2025, 10, 1),
            item: format!("見本検査{number}"),
        }],
        reports: Reports::default(),
    }
}

fn institution() -> Institution {
    Institution {
        name: "架空医院".into(),
        offers: all_kinds(),
        electronic_prescriptions: true,
        phones: true,
        approved: true,
        medical_aid: true,
        charts: vec![],
        encoding: FileEncoding::Utf8,
    }
}

pub(super) fn all_kinds() -> BTreeSet<ConsentKind> {
    use ConsentKind::{Care, Drugs, HealthCheck, Limit, Operations, SpecificDiseases};
    [Limit, SpecificDiseases, HealthCheck, Drugs, Care, Operations].into()
}

pub(super) fn coverage(number: &str, gained: Date) -> Coverage {
    Coverage {
        insurer_number: "999901".into(),
        insurer_name: "架空組合".into(),
        symbol: Some("見本".into()),
        number: number.into(),
        branch: Some("01".into()),
        relation: Relation::Insured,
        gained,
        lost: None,
        loss_reason: None,
        valid_until: None,
        limit: None,
    }
}

pub(super) fn limit(from: Date, to: Date) -> Limit {
    Limit { flag: "A03".into(), from, to, long_stay: None }
}

fn numbers(number: &str) -> Numbers {
    super::numbers::of(&coverage(number, date(2026, 1, 1)))
}

pub(super) fn numbers_of(world: &World, person: &str) -> Numbers {
    super::numbers::of(&world.people[person].coverages[0])
}

/// A visit with the own card, by face, agreeing to everything.
pub(super) fn visit(person: &str) -> Visit {
    Visit {
        person: person.into(),
        institution: CLINIC.into(),
        presented: Presented::CardOf(person.into()),
        mode: Mode::Face,
        then: Vec::new(),
        consents: all_kinds(),
        register: false,
        prescription: None,
        trouble: None,
        occasion: None,
    }
}

pub(super) fn query(institution: &str, person: &str, number: &str) -> NumberQuery {
    let birthdate = world().people[person].birthdate;
    NumberQuery {
        institution: institution.into(),
        numbers: numbers(number),
        birthdate,
        date: date(2026, 5, 1),
        limit_consent: true,
    }
}

pub(super) fn feed_gain(record_id: &str, person: &str, coverage: Coverage) -> FeedRecord {
    FeedRecord {
        record_id: record_id.into(),
        person: person.into(),
        change: Change::Gain(coverage),
    }
}

pub(super) fn feed_loss(record_id: &str, person: &str, number: &str, date: Date) -> FeedRecord {
    let change = Change::Loss { numbers: numbers(number), date, reason: Some("03".into()) };
    FeedRecord { record_id: record_id.into(), person: person.into(), change }
}

pub(super) fn feed_limit(record_id: &str, person: &str, number: &str) -> FeedRecord {
    let change = Change::Limit {
        numbers: numbers(number),
        limit: limit(date(2026, 5, 1), date(2026, 7, 31)),
    };
    FeedRecord { record_id: record_id.into(), person: person.into(), change }
}

pub(super) fn chart(id: &str, world: &World, person: &str) -> Chart {
    let facts = &world.people[person];
    Chart {
        id: id.into(),
        name: facts.name.clone(),
        kana: facts.kana.clone(),
        birthdate: facts.birthdate,
        sex: facts.sex,
        insurance: Some(numbers_of(world, person)),
    }
}

pub(super) fn record_of(world: &World, person: &str) -> Record {
    let (facts, coverage) = (&world.people[person], &world.people[person].coverages[0]);
    Record {
        numbers: super::numbers::of(coverage),
        relation: coverage.relation,
        name: facts.name.clone(),
        birthdate: facts.birthdate,
        address: Some(facts.address.clone()),
        gained: coverage.gained,
        lost: coverage.lost,
        loss_reason: coverage.loss_reason.clone(),
        reference_number: None,
        certificates: Certificates::default(),
    }
}
