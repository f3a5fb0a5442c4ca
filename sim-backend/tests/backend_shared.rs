//! Several backends behind one PostgreSQL: whatever they do at once ends as if one had done it after the other.
#![cfg(feature = "postgres")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::{collections::BTreeSet, sync::Arc};

use backend_support::{
    Bench, HERE, credentials::TestCard, element, header, message, place::Place, postgres::Postgres,
    someone,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sim_backend::{
    feed::{FeedRecord, fold, read},
    messages::Digits,
    service::{
        consent::{Consent, MedicalKind},
        records::PersonCode,
    },
    store::{Appended, Reception, SqlStore, Store, StoreError, Visit},
};
use sqlx::{Connection, Row};
use tokio::task::JoinSet;

const AT: &str = "2026-04-01T00:00:00Z";

fn record(id: &str, person: &str, kind: &str, data: Value) -> FeedRecord {
    read(&json!({"record_id": id, "insurer_number": "99990013", "person": person, "kind": kind, "data": data}))
        .unwrap()
}

fn gain(id: &str, person: &str, number: &str) -> FeedRecord {
    record(
        id,
        person,
        "gain",
        json!({"insurer_name": "架空健康保険組合", "symbol": "記号1", "number": number, "branch": "00",
            "own_or_family": "1", "gained": "2024-04-01"}),
    )
}

fn code(person: &str) -> PersonCode {
    PersonCode::new(person).unwrap()
}

/// Several stores behind one database, as several processes have them.
async fn stores(url: &str, count: usize) -> Vec<Arc<SqlStore>> {
    let mut opening = JoinSet::new();
    for _ in 0..count {
        let url = url.to_owned();
        opening.spawn(async move { Arc::new(SqlStore::open(&url).await.unwrap()) });
    }
    opening.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn backends_that_start_at_once_bring_the_schema_up_once() {
    for _ in 0..5 {
        let place = Place::postgres().await;
        let opened = stores(&place.url, 8).await;
        let mut work = sqlx::AnyConnection::connect(&place.url).await.unwrap();
        let sql = "SELECT COUNT(*) AS steps, MAX(version) AS version FROM schema_version";
        let row = sqlx::query(sql).fetch_one(&mut work).await.unwrap();
        assert_eq!(row.get::<i64, _>("steps"), row.get::<i64, _>("version"));
        for store in opened {
            store.append(&[gain("F-1", "P-1", "0001234")]).await.unwrap();
            store.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deliveries_about_the_same_people_at_once_end_in_the_fold_of_all() {
    let place = Place::postgres().await;
    let stores = stores(&place.url, 4).await;
    let mut all = Vec::new();
    for person in 0..6 {
        for n in 0..24 {
            let (id, who) = (format!("F-{person}-{n}"), format!("P-{person}"));
            all.push(match n % 4 {
                0 | 1 => gain(&id, &who, &format!("{person}{n:06}")),
                2 => record(&id, &who, "loss", json!({"number": format!("{person}{:06}", n - 1), "loss": {"on": "2026-01-01"}})),
                _ => record(&id, &who, "correction", json!({"corrects": format!("F-{person}-{}", n - 3)})),
            });
        }
    }
    let mut work = JoinSet::new();
    for (turn, store) in stores.iter().cloned().enumerate() {
        // Every second record to two of the stores, each in an order and in portions of its own.
        let mut own: Vec<_> = all.iter().skip(turn % 2).step_by(2).cloned().collect();
        own.rotate_left(turn * 11);
        if turn > 1 {
            own.reverse();
        }
        work.spawn(async move {
            for portion in own.chunks(5 + turn) {
                let delivery = store.append(portion).await.unwrap();
                let taken = |one: &Appended| matches!(one, Appended::Stored | Appended::Known);
                assert!(delivery.appended.iter().all(taken), "{:?}", delivery.appended);
            }
        });
    }
    work.join_all().await;
    for person in 0..6 {
        let who = code(&format!("P-{person}"));
        let state = stores[0].person(&who).await.unwrap().unwrap();
        assert_eq!(state, fold(&who, &all));
        for coverage in &state.coverages {
            let found =
                stores[1].by_number(&coverage.insurer_number, &coverage.details.number).await;
            assert_eq!(found.unwrap(), std::slice::from_ref(&state));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_records_of_one_name_about_different_people_one_is_stored() {
    let place = Place::postgres().await;
    let stores = stores(&place.url, 2).await;
    for round in 0..20 {
        let of = |who: &str| -> Vec<_> {
            (0..10)
                .map(|n| gain(&format!("F-{round}-{n}"), &format!("{who}-{n}"), "0001234"))
                .collect()
        };
        let (one, mut other) = (of("A"), of("B"));
        other.reverse();
        let (first, second) = tokio::join!(
            tokio::spawn({
                let store = stores[0].clone();
                async move { store.append(&one).await.unwrap() }
            }),
            tokio::spawn({
                let store = stores[1].clone();
                async move { store.append(&other).await.unwrap() }
            }),
        );
        let (first, mut second) = (first.unwrap().appended, second.unwrap().appended);
        second.reverse();
        for pair in first.iter().zip(&second) {
            let one_of_two = matches!(
                pair,
                (Appended::Stored, Appended::Conflict) | (Appended::Conflict, Appended::Stored)
            );
            assert!(one_of_two, "{pair:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn visits_at_once_leave_the_consents_of_one_of_them() {
    let place = Place::postgres().await;
    let stores = stores(&place.url, 4).await;
    let here = Digits::new("1319999999").unwrap();
    for round in 0..10 {
        let who = code(&format!("P-{round}"));
        let mut work = JoinSet::new();
        for (store, kind) in stores.iter().cloned().zip(MedicalKind::HISTORY) {
            let visit = Visit {
                institution: here.clone(),
                person: who.clone(),
                registration: Some(("0a0b".into(), AT.parse().unwrap())),
                consents: Some(vec![Consent::given_at(kind, AT.parse().unwrap())]),
                care: None,
                confirmation: None,
            };
            work.spawn(async move { store.keep_visit(&visit).await.unwrap() });
        }
        work.join_all().await;
        assert_eq!(stores[0].consents(&here, &who).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reception_number_is_given_by_one_backend_only() {
    let place = Place::postgres().await;
    let mut work = JoinSet::new();
    for store in stores(&place.url, 4).await {
        work.spawn(async move {
            let mut numbers = Vec::new();
            for _ in 0..10 {
                let reception = Reception {
                    institution: Digits::new("1319999999").unwrap(),
                    family: "OQSmuquc02res".to_owned(),
                    received: AT.parse().unwrap(),
                    result: "-".to_owned(),
                };
                numbers.push(store.receive(&reception).await.unwrap().to_string());
            }
            numbers
        });
    }
    let numbers: BTreeSet<_> = work.join_all().await.into_iter().flatten().collect();
    assert_eq!(numbers.len(), 40);
}

/// The challenge of one process, the certificate at a second, the consents at a third.
#[tokio::test]
async fn a_visit_goes_through_whichever_backend_is_reached() {
    let place = Place::postgres().await;
    let mut benches = Vec::new();
    for _ in 0..3 {
        benches.push(Bench::open_at(&place.url).await);
    }
    benches[0].feed(json!(someone("P-1", "0001234", "1985-05-05"))).await;
    let card = TestCard::until(0x1a, (2029, 5, 5));
    for bench in &benches {
        bench.link.people.lock().unwrap().insert(card.serial.clone(), "P-1".into());
    }
    let ask = |bench: usize, family: &'static str, message: Vec<u8>| {
        benches[bench].ask(HERE, family, message)
    };
    let challenge = ask(0, "SIMchalng01req", message(&header(HERE), "")).await;
    let other = ask(1, "SIMchalng01req", message(&header(HERE), "")).await;
    let octets =
        |answer: &str| BASE64_STANDARD.decode(element(answer, "Challenge").unwrap()).unwrap();
    assert_ne!(octets(&challenge), octets(&other), "each process hands out its own");
    let body = format!(
        "<ChallengeIdentifier>{}</ChallengeIdentifier><UserAuthenticationCertificate>{}</UserAuthenticationCertificate>\
         <Signature>{}</Signature><IdentificationMode>1</IdentificationMode>",
        element(&challenge, "ChallengeIdentifier").unwrap(),
        BASE64_STANDARD.encode(&card.der),
        BASE64_STANDARD.encode(card.sign(&octets(&challenge)))
    );
    let certify = message(&header(HERE), &body);
    let certified = ask(1, "SIMcertif01req", certify.clone()).await;
    let ticket = element(&certified, "AuthenticationTicket").unwrap().to_owned();
    let again = ask(0, "SIMcertif01req", certify).await;
    assert_eq!(
        element(&again, "AuthenticationTicket"),
        None,
        "a challenge is used once by all together"
    );
    let flags = [
        "LimitApplicationCertificateRelated",
        "SpecificDiseasesCertificateRelated",
        "SpecificHealthCheckupsInfo",
        "PharmacistsInfo",
        "DiagnosisInfo",
        "OperationInfo",
    ]
    .map(|name| format!("<{name}ConsFlg>1</{name}ConsFlg>"))
    .concat();
    let body = format!(
        "<AuthenticationTicket>{ticket}</AuthenticationTicket><Registration>1</Registration>{flags}\
         <PrescriptionIssueSelect>1</PrescriptionIssueSelect>"
    );
    let day = "<QualificationConfirmationDate>20260401</QualificationConfirmationDate>";
    let qualify = message(&format!("{day}{}", header(HERE)), &body);
    let answer = ask(2, "SIMqualif01req", qualify.clone()).await;
    assert_eq!(element(&answer, "QualificationValidity"), Some("1"), "{answer}");
    let again = ask(1, "SIMqualif01req", qualify).await;
    assert_eq!(element(&again, "QualificationValidity"), None, "{again}");
    let here = Digits::new(HERE).unwrap();
    let consents = benches[1].backend.store().consents(&here, &code("P-1")).await.unwrap();
    assert_eq!(consents.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_comes_back_is_found_again_and_has_lost_nothing() {
    let server = Postgres::start();
    let url = server.database().await;
    let store = SqlStore::open(&url).await.unwrap();
    let keep = |n: usize| {
        let (store, record) = (&store, gain(&format!("F-{n}"), &format!("P-{n}"), "0001234"));
        async move { store.append(&[record]).await }
    };
    for n in 0..20 {
        keep(n).await.unwrap();
    }
    server.stop();
    assert!(matches!(keep(20).await, Err(StoreError::Database(_))));
    assert!(store.person(&code("P-0")).await.is_err());
    server.start_again();
    for n in 20..40 {
        keep(n).await.unwrap();
    }
    for n in 0..40 {
        assert!(store.person(&code(&format!("P-{n}"))).await.unwrap().is_some(), "P-{n}");
    }
}
