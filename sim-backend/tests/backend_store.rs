//! The store behaves alike in memory and in a file, and what it acknowledged is there after it was opened again.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::{task::Poll, time::Instant};

use backend_support::place::Place;
use serde_json::{Value, json};
use sim_backend::{
    feed::{Outcome, deliver},
    messages::{Digits, InsurerNumber, Text},
    service::{
        consent::{Consent, MedicalKind},
        records::PersonCode,
    },
    store::{Confirmation, Reception, SqlStore, Store, StoreError, Visit},
};
use sqlx::Connection;

const AT: &str = "2026-04-01T00:00:00Z";

fn person() -> PersonCode {
    PersonCode::new("P-1").unwrap()
}

fn gain(id: &str, person: &str, number: &str) -> Value {
    json!({"record_id": id, "insurer_number": "99990013", "person": person, "kind": "gain", "data": {
        "insurer_name": "架空健康保険組合", "symbol": "記号1", "number": number, "branch": "00",
        "own_or_family": "1", "gained": "2024-04-01",
    }})
}

fn visit() -> Visit {
    Visit {
        institution: Digits::new("1319999999").unwrap(),
        person: person(),
        registration: Some(("0a0b".into(), AT.parse().unwrap())),
        consents: Some(vec![Consent::given_at(MedicalKind::Drugs, AT.parse().unwrap())]),
        care: None,
        confirmation: Some(Confirmation {
            institution: Digits::new("1319999999").unwrap(),
            day: "2026-04-01".parse().unwrap(),
            person: person(),
            insurer_number: InsurerNumber::new("99990013").unwrap(),
            symbol: None,
            number: Text::new("0001234").unwrap(),
            branch: None,
        }),
    }
}

async fn fill(store: &dyn Store) {
    let outcomes = deliver(store, &[gain("F-1", "P-1", "0001234")]).await.unwrap();
    assert_eq!(outcomes[0].outcome, Outcome::accepted());
    store.keep_visit(&visit()).await.unwrap();
    store.keep_visit(&visit()).await.unwrap();
}

async fn look(store: &dyn Store) {
    let visit = visit();
    let (insurer, number) =
        (InsurerNumber::new("99990013").unwrap(), Text::new("0001234").unwrap());
    let found = store.by_number(&insurer, &number).await.unwrap();
    assert_eq!(found.iter().map(|state| &state.person).collect::<Vec<_>>(), [&visit.person]);
    assert_eq!(store.person(&visit.person).await.unwrap().as_ref(), found.first());
    assert!(store.knows_insurer(&insurer).await.unwrap());
    assert_eq!(store.registered_serial("0a0b").await.unwrap().unwrap().person, visit.person);
    assert_eq!(store.registered_person(&visit.person).await.unwrap(), AT.parse().ok());
    assert_eq!(
        Some(store.consents(&visit.institution, &visit.person).await.unwrap()),
        visit.consents
    );
    let april = ("2026-04-01".parse().unwrap(), "2026-04-30".parse().unwrap());
    let confirmed =
        store.confirmations(&visit.institution, &insurer, &number, april).await.unwrap();
    assert_eq!(confirmed, visit.confirmation.into_iter().collect::<Vec<_>>());
}

async fn look_for_nothing(store: &dyn Store) {
    let elsewhere = Digits::new("1319999998").unwrap();
    let nobody = PersonCode::new("P-9").unwrap();
    assert_eq!(store.person(&nobody).await.unwrap(), None);
    assert!(store.registered_serial("ffff").await.unwrap().is_none());
    assert_eq!(store.registered_person(&nobody).await.unwrap(), None);
    assert!(store.consents(&elsewhere, &person()).await.unwrap().is_empty()); // row OQS-CONS-09
    assert!(!store.knows_insurer(&InsurerNumber::new("99990021").unwrap()).await.unwrap());
}

/// Each test once on each engine. PostgreSQL is there with the feature alone.
macro_rules! on_each_engine {
    ($($test:ident),+ $(,)?) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Place::memory()).await;
            })+
        }
        mod in_a_file {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Place::file()).await;
            })+
        }
        #[cfg(feature = "postgres")]
        mod on_postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Place::postgres().await).await;
            })+
        }
    };
}

on_each_engine!(
    the_census_counts_and_tells_the_size,
    what_was_kept_is_found_and_nothing_else,
    a_new_consent_takes_the_place_of_the_old_ones,
    many_writers_and_readers_at_once_lose_nothing,
    a_large_delivery_is_stored_as_many_small_ones,
    a_delivery_given_up_in_the_middle_is_stored_whole_or_not,
    reception_numbers_are_given_once,
);

#[tokio::test]
async fn a_file_of_the_version_before_is_brought_to_the_present_one() {
    records_kept_before_they_stood_with_the_person_still_count(Place::file()).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_database_of_the_version_before_is_brought_to_the_present_one() {
    records_kept_before_they_stood_with_the_person_still_count(Place::postgres().await).await;
}

/// A store of the version before, made by undoing the step; what comes next is folded with what was there.
async fn records_kept_before_they_stood_with_the_person_still_count(place: Place) {
    const UNDO: &str = "CREATE INDEX feed_record_person ON feed_record (person); \
         ALTER TABLE person DROP COLUMN records; DELETE FROM schema_version WHERE version = 7;";
    let store = SqlStore::open(&place.url).await.unwrap();
    deliver(&store, &[gain("F-1", "P-1", "0001"), gain("F-2", "P-1", "0002")]).await.unwrap();
    store.close().await;
    let mut work = sqlx::AnyConnection::connect(&place.url).await.unwrap();
    sqlx::raw_sql(UNDO).execute(&mut work).await.unwrap();
    work.close().await.unwrap();
    let store = SqlStore::open(&place.url).await.unwrap();
    deliver(&store, &[gain("F-3", "P-1", "0003")]).await.unwrap();
    let known = store.person(&person()).await.unwrap().unwrap();
    assert_eq!(known.coverages.len(), 3, "{known:?}");
}

async fn the_census_counts_and_tells_the_size(place: Place) {
    let store = SqlStore::open(&place.url).await.unwrap();
    fill(&store).await;
    let census = store.census().await.unwrap();
    assert_eq!((census.persons, census.records), (1, 1));
    // The empty tables take as much.
    assert!(census.bytes > 16 * 1024, "{census:?}");
}

async fn what_was_kept_is_found_and_nothing_else(place: Place) {
    let store = SqlStore::open(&place.url).await.unwrap();
    look_for_nothing(&store).await;
    fill(&store).await;
    look(&store).await;
    look_for_nothing(&store).await;
    store.close().await;
    if place.outlives_its_process() {
        look(&SqlStore::open(&place.url).await.unwrap()).await;
    }
}

#[tokio::test]
async fn two_stores_in_memory_are_two() {
    let (one, two) = (
        SqlStore::open("sqlite::memory:").await.unwrap(),
        SqlStore::open("sqlite::memory:").await.unwrap(),
    );
    fill(&one).await;
    assert_eq!(two.person(&person()).await.unwrap(), None);
}

#[tokio::test]
async fn other_engines_are_refused_by_name() {
    for url in ["mysql:x", "", "relative/x"] {
        assert!(matches!(SqlStore::open(url).await, Err(StoreError::Address(_))), "{url}");
    }
    assert!(matches!(
        SqlStore::open("sqlite:/nowhere/at/all.db").await,
        Err(StoreError::Database(_))
    ));
}

#[cfg(not(feature = "postgres"))]
#[tokio::test]
async fn postgres_without_its_feature_is_refused_by_the_command_that_builds_it() {
    let Err(error) = SqlStore::open("postgres://localhost/x").await else { panic!("opened") };
    assert!(error.to_string().contains("cargo build --release --features postgres"), "{error}");
}

#[tokio::test]
async fn opening_in_memory_is_quick_enough_for_a_scenario_each() {
    SqlStore::open("sqlite::memory:").await.unwrap();
    let mut fastest = u128::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        SqlStore::open("sqlite::memory:").await.unwrap();
        fastest = fastest.min(start.elapsed().as_micros());
    }
    assert!(fastest < 20_000, "{fastest} µs even in the best of twenty tries");
}

/// Row OQS-CONS-05.
async fn a_new_consent_takes_the_place_of_the_old_ones(place: Place) {
    let store = SqlStore::open(&place.url).await.unwrap();
    fill(&store).await;
    let later = Visit {
        consents: Some(vec![Consent::given_at(MedicalKind::Care, AT.parse().unwrap())]),
        registration: None,
        ..visit()
    };
    store.keep_visit(&later).await.unwrap();
    assert_eq!(
        Some(store.consents(&later.institution, &later.person).await.unwrap()),
        later.consents
    );
    look_for_nothing(&store).await;
}

async fn many_writers_and_readers_at_once_lose_nothing(place: Place) {
    let store = std::sync::Arc::new(SqlStore::open(&place.url).await.unwrap());
    let mut work = tokio::task::JoinSet::new();
    for n in 0..40 {
        let store = store.clone();
        work.spawn(async move {
            let (id, who) = (format!("F-{n}"), format!("P-{}", n % 7));
            let outcomes =
                deliver(store.as_ref(), &[gain(&id, &who, &format!("{n:07}"))]).await.unwrap();
            assert!(matches!(outcomes[0].outcome, Outcome::Accepted { .. }));
            store.person(&PersonCode::new(who).unwrap()).await.unwrap().unwrap()
        });
    }
    work.join_all().await;
    let mut coverages = 0;
    for n in 0..7 {
        let state =
            store.person(&PersonCode::new(format!("P-{n}")).unwrap()).await.unwrap().unwrap();
        coverages += state.coverages.len();
    }
    assert_eq!(coverages, 40);
}

/// So many that several statements are needed, with losses, gains of the same people again, twins and bad corrections among them.
/// Another mark is about others.
fn large(mark: &str) -> Vec<Value> {
    let mut records = Vec::new();
    for n in 0..700 {
        let (id, who) = (format!("F{mark}-{n:04}"), format!("P{mark}-{:03}", n * 7 % 331));
        records.push(gain(&id, &who, &format!("{n:07}")));
        match n % 10 {
            3 => records.push(loss(&format!("L{mark}-{n:04}"), &who, &format!("{n:07}"))),
            5 => records.push(withdrawal(&format!("W{mark}-{n:04}"), &who, &id)),
            7 => records.push(withdrawal(&format!("X{mark}-{n:04}"), "P-999", &id)),
            8 => records.push(gain(&id, &who, "other")),
            9 => records.push(gain(&id, &who, &format!("{n:07}"))),
            _ => {}
        }
    }
    records
}

fn loss(id: &str, person: &str, number: &str) -> Value {
    json!({"record_id": id, "insurer_number": "99990013", "person": person, "kind": "loss",
        "data": {"number": number, "loss": {"on": "2026-01-01"}}})
}

fn withdrawal(id: &str, person: &str, of: &str) -> Value {
    json!({"record_id": id, "insurer_number": "99990013", "person": person, "kind": "correction",
        "data": {"corrects": of}})
}

/// One by one is what the rules are told in; in memory, where it is quick.
async fn a_large_delivery_is_stored_as_many_small_ones(place: Place) {
    let (whole, single) = (
        SqlStore::open(&place.url).await.unwrap(),
        SqlStore::open("sqlite::memory:").await.unwrap(),
    );
    let records = large("");
    let mut expected = Vec::new();
    for record in &records {
        expected.extend(deliver(&single, std::slice::from_ref(record)).await.unwrap());
    }
    let outcomes = deliver(&whole, &records).await.unwrap();
    let words = |outcomes: &[sim_backend::feed::RecordOutcome]| -> Vec<_> {
        outcomes
            .iter()
            .map(|one| match &one.outcome {
                Outcome::Accepted { .. } => "accepted".to_owned(),
                Outcome::Rejected { reason } => reason.clone(),
            })
            .collect()
    };
    assert_eq!(words(&outcomes), words(&expected));
    assert!(words(&outcomes).iter().filter(|word| *word != "accepted").count() > 100);
    for again in [false, true] {
        if again {
            deliver(&whole, &records).await.unwrap();
        }
        for n in 0..331 {
            let who = PersonCode::new(format!("P-{n:03}")).unwrap();
            let (one, other) =
                (whole.person(&who).await.unwrap(), single.person(&who).await.unwrap());
            assert_eq!(one, other, "{who:?}, delivered again: {again}");
        }
        let insurer = InsurerNumber::new("99990013").unwrap();
        for n in 0..700 {
            let number = Text::new(format!("{n:07}")).unwrap();
            let (one, other) = (
                whole.by_number(&insurer, &number).await.unwrap(),
                single.by_number(&insurer, &number).await.unwrap(),
            );
            assert_eq!(one, other, "{number}, delivered again: {again}");
            assert_eq!(one.is_empty(), n % 10 == 5, "{number} was withdrawn or was not");
        }
    }
}

/// An engine that answers at once can be through before anybody gives up, so it is tried until once it was not.
async fn a_delivery_given_up_in_the_middle_is_stored_whole_or_not(place: Place) {
    let store = SqlStore::open(&place.url).await.unwrap();
    for mark in ('a'..='z').map(String::from) {
        if given_up_in_the_middle(&store, &mark).await > 0 {
            return;
        }
    }
    panic!("it was never given up before it was done");
}

/// Given up after some steps, as when the connection it came over is gone. The last step may have been to commit. How much is
/// done in a step is the engine's matter. Tells how often nothing of it was kept, until all of it was.
async fn given_up_in_the_middle(store: &SqlStore, mark: &str) -> usize {
    let read = |record: &Value| sim_backend::feed::read(record).ok();
    let records: Vec<_> = large(mark).iter().filter_map(read).collect();
    let who = |n| PersonCode::new(format!("P{mark}-{n:03}")).unwrap();
    let mut undone = 0;
    for steps in 1..30 {
        let (mut delivery, mut left) = (store.append(&records), steps);
        std::future::poll_fn(|context| {
            left -= 1;
            let is_done = delivery.as_mut().poll(context).is_ready();
            if is_done || left == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        drop(delivery);
        // A commit that was under way goes on; who writes next waits for its end.
        store.append(&[]).await.unwrap();
        let first = store.person(&who(0)).await.unwrap();
        let last = store.person(&who(330)).await.unwrap();
        assert_eq!(first.is_some(), last.is_some(), "given up after {steps} steps");
        if first.is_some() {
            break;
        }
        undone += 1;
    }
    store.append(&records).await.unwrap();
    assert!(store.person(&who(0)).await.unwrap().is_some());
    undone
}

async fn reception_numbers_are_given_once(place: Place) {
    let store = std::sync::Arc::new(SqlStore::open(&place.url).await.unwrap());
    let mut work = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        work.spawn(async move {
            let reception = Reception {
                institution: Digits::new("1319999999").unwrap(),
                family: "OQSmuquc02res".to_owned(),
                received: AT.parse().unwrap(),
                result: "-".to_owned(),
            };
            store.receive(&reception).await.unwrap().to_string()
        });
    }
    let mut numbers = work.join_all().await;
    numbers.sort();
    let expected: Vec<_> = (1..=20).map(|n| format!("{n:010}")).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn no_column_of_the_store_holds_a_twelve_digit_number() {
    // Rows OQS-PRIV-01, OQS-PRIV-04: the number cannot come in as a person code, and nothing else asks for it.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqlStore::open(&format!("sqlite:{}?mode=rwc", path.display())).await.unwrap();
    let outcomes =
        deliver(&store, &[gain("F-1", "999999999991", "0001234"), gain("F-2", "P-1", "0001234")])
            .await
            .unwrap();
    assert!(matches!(outcomes[0].outcome, Outcome::Rejected { .. }));
    assert_eq!(outcomes[1].outcome, Outcome::accepted());
    store.keep_visit(&visit()).await.unwrap();
    store.close().await;
    let dump: Vec<u8> = std::fs::read(&path).unwrap();
    let text = String::from_utf8_lossy(&dump);
    let run = text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 12);
    assert_eq!(run, None);
}
