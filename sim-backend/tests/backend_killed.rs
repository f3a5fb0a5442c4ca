//! A backend that is killed at any moment has kept all it acknowledged: feed records, delivered whole or as a stream, and consents.
//! Where it is shared, the database server is killed too.
//!
//! The backend runs in a process of its own, which is this program once more; the moments are drawn from a seed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a failed preparation fails the test"
)]

mod backend_support;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use backend_support::{
    Bench, HERE, credentials::TestCard, element, header, message, place::Place, someone,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use sim_backend::{
    http::serve_plain,
    messages::Digits,
    service::records::PersonCode,
    store::{SqlStore, Store},
};
use sqlx::{Connection, Row};

/// The variable that makes this program the process to be killed: the address of its store.
const STORE: &str = "KILLED_BACKEND_STORE";
/// Cards, one for each visit.
const CARDS: u8 = 120;
const KILLS: usize = 3;
/// Of people who come in one delivery each, all is stored or nothing.
const DELIVERED: &str = "D";
/// People who come in a stream; where a chunk of it ends, one may be told by half until the next is stored.
const STREAMED: &str = "S";

fn visitor(card: u8) -> String {
    format!("V-{card}")
}

/// No test by itself: the process that the tests kill.
#[tokio::test(flavor = "multi_thread")]
async fn the_backend_that_is_killed() {
    let Ok(url) = std::env::var(STORE) else { return };
    let bench = Bench::open_at(&url).await;
    for card in 1..=CARDS {
        bench.link.people.lock().unwrap().insert(format!("{card:02x}"), visitor(card));
    }
    let listen = || tokio::net::TcpListener::bind("127.0.0.1:0");
    let (feed, institutions) = (listen().await.unwrap(), listen().await.unwrap());
    let at = |listener: &tokio::net::TcpListener| listener.local_addr().unwrap();
    println!("\nserving {} {}", at(&feed), at(&institutions));
    tokio::join!(
        serve_plain(feed, bench.backend.insurer_router(), std::future::pending()),
        serve_plain(institutions, bench.backend.institution_router(), std::future::pending()),
    );
}

/// The process.
struct Served {
    child: Child,
    feed: String,
    institutions: String,
}

impl Served {
    fn start(url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "the_backend_that_is_killed", "--nocapture"]).env(STORE, url);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let line = { said }.find(|line| line.starts_with("serving ")).expect("it serves");
        let mut places = line.split(' ').skip(1).map(str::to_owned);
        let (feed, institutions) = (places.next().unwrap(), places.next().unwrap());
        Self { child, feed, institutions }
    }

    /// SIGKILL: nothing is tidied up.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Sends a request; the connection with the answer on it, or nothing when the other side is gone.
fn send(address: &str, path: &str, head: &str, body: &[u8]) -> Option<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect(address).ok()?;
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: {length}\r\n{head}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    Some(BufReader::new(stream))
}

/// The body of a good answer that came whole.
fn ask(address: &str, path: &str, head: &str, body: &[u8]) -> Option<String> {
    let mut answer = String::new();
    send(address, path, head, body)?.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (head.starts_with("HTTP/1.1 200") && length == Some(body.len())).then(|| body.to_owned())
}

/// What was acknowledged, and what is sent next.
#[derive(Default)]
struct Book {
    people: Mutex<BTreeSet<String>>,
    visitors: Mutex<BTreeSet<String>>,
    next: AtomicUsize,
    cards: AtomicUsize,
    acknowledged: AtomicUsize,
    is_over: AtomicBool,
}

impl Book {
    fn count(&self) {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    fn acknowledges(&self, person: &str) -> bool {
        self.people.lock().unwrap().contains(person)
    }

    /// People nobody has heard of yet.
    fn new_people(&self, kind: &str, count: usize) -> Vec<String> {
        let first = self.next.fetch_add(count, Ordering::SeqCst);
        (first..first + count).map(|n| format!("{kind}-{n}")).collect()
    }

    /// Deliveries, one after the other, until the backend is gone.
    fn deliver(&self, served: &Served) {
        while !self.is_over.load(Ordering::SeqCst) {
            let people = self.new_people(DELIVERED, 10);
            let records: Vec<_> =
                people.iter().flat_map(|who| someone(who, &who[2..], "1985-05-05")).collect();
            let body = json!(records).to_string();
            let Some(answer) = ask(
                &served.feed,
                "/feed/records",
                "Content-Type: application/json",
                body.as_bytes(),
            ) else {
                continue;
            };
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert!(
                answer["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|one| one["outcome"] == "accepted"),
                "{answer}"
            );
            self.people.lock().unwrap().extend(people);
            self.count();
        }
    }

    /// Streams, each line of counts an acknowledgement.
    fn stream(&self, served: &Served) {
        while !self.is_over.load(Ordering::SeqCst) {
            let people = self.new_people(STREAMED, 600);
            let records = people.iter().flat_map(|who| someone(who, &who[2..], "1985-05-05"));
            let body: String = records.map(|record| format!("{record}\n")).collect();
            let Some(answer) = send(
                &served.feed,
                "/feed/records",
                "Content-Type: application/x-ndjson",
                body.as_bytes(),
            ) else {
                continue;
            };
            for line in answer.lines().map_while(Result::ok) {
                let Ok(line) = serde_json::from_str::<Value>(&line) else { continue };
                let Some(received) = line["received"].as_u64() else { continue };
                assert_eq!(line["rejected"], 0, "{line}");
                let told = people.iter().take(usize::try_from(received).unwrap() / 2);
                self.people.lock().unwrap().extend(told.cloned());
                self.count();
            }
        }
    }

    /// Visits, each with a card of its own.
    fn visit(&self, served: &Served) {
        while !self.is_over.load(Ordering::SeqCst) {
            let card = self.cards.fetch_add(1, Ordering::SeqCst) + 1;
            let Some(card) = u8::try_from(card).ok().filter(|card| *card <= CARDS) else { return };
            if whole_visit(served, &TestCard::until(card, (2029, 5, 5))).is_some() {
                self.visitors.lock().unwrap().insert(visitor(card));
                self.count();
            }
        }
    }
}

/// From challenge to face result.
fn whole_visit(served: &Served, card: &TestCard) -> Option<()> {
    let post = |family: &str, header: &str, body: &str| {
        let head = format!("Content-Type: application/xml\r\nx-oqs-message: {family}");
        ask(&served.institutions, "/oqs", &head, &message(header, body))
    };
    let answer = post("SIMchalng01req", &header(HERE), "")?;
    let challenge = BASE64_STANDARD.decode(element(&answer, "Challenge")?).unwrap();
    let body = format!(
        "<ChallengeIdentifier>{}</ChallengeIdentifier>\
         <UserAuthenticationCertificate>{}</UserAuthenticationCertificate><Signature>{}</Signature>\
         <IdentificationMode>1</IdentificationMode>",
        element(&answer, "ChallengeIdentifier")?,
        BASE64_STANDARD.encode(&card.der),
        BASE64_STANDARD.encode(card.sign(&challenge))
    );
    let answer = post("SIMcertif01req", &header(HERE), &body)?;
    let ticket = element(&answer, "AuthenticationTicket")?;
    let flags: String = [
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
    let header = format!(
        "<QualificationConfirmationDate>20260401</QualificationConfirmationDate>{}",
        header(HERE)
    );
    let answer = post("SIMqualif01req", &header, &body)?;
    assert_eq!(element(&answer, "QualificationValidity"), Some("1"), "{answer}");
    Some(())
}

/// All that was acknowledged is there.
async fn look(url: &str, book: &Book) {
    let store = SqlStore::open(url).await.unwrap();
    let states = states(url).await;
    for code in book.people.lock().unwrap().iter() {
        assert!(states.contains_key(code), "{code} was acknowledged and is lost");
    }
    for (code, state) in &states {
        let (is_named, coverages) = (state["holder"].is_object(), &state["coverages"]);
        let is_whole = is_named && coverages.as_array().unwrap().len() == 1;
        let may_be_half = code.starts_with(STREAMED) && !book.acknowledges(code);
        assert!(is_whole || may_be_half, "{code} is there by half");
    }
    let visitors = book.visitors.lock().unwrap().clone();
    for code in visitors {
        let person = PersonCode::new(code.clone()).unwrap();
        let consents = store.consents(&Digits::new(HERE).unwrap(), &person).await.unwrap();
        assert_eq!(consents.len(), 4, "consents of {code} were acknowledged and are lost");
        assert!(store.registered_person(&person).await.unwrap().is_some(), "{code}");
    }
    store.close().await;
}

/// Everybody in the store, at one look.
async fn states(url: &str) -> BTreeMap<String, Value> {
    let mut work = sqlx::AnyConnection::connect(url).await.unwrap();
    let rows = sqlx::query("SELECT person, body FROM person").fetch_all(&mut work).await.unwrap();
    work.close().await.unwrap();
    let state = |row: &sqlx::any::AnyRow| {
        (row.get("person"), serde_json::from_str(row.get::<&str, _>("body")).unwrap())
    };
    rows.iter().map(state).collect()
}

async fn feed_visitors(url: &str) {
    let store = SqlStore::open(url).await.unwrap();
    let records: Vec<_> = (1..=CARDS)
        .flat_map(|card| someone(&visitor(card), &format!("9{card:06}"), "1985-05-05"))
        .collect();
    sim_backend::feed::deliver(&store, &records).await.unwrap();
    store.close().await;
}

/// Kills the backend again and again, `disturb` before each time; after each, all that was acknowledged is there.
async fn killed_again_and_again(url: &str, seed: u64, disturb: impl Fn(usize)) {
    feed_visitors(url).await;
    let (mut random, mut book) = (ChaCha8Rng::seed_from_u64(seed), Book::default());
    for kill in 0..KILLS {
        let served = Served::start(url);
        let enough = book.acknowledged.load(Ordering::SeqCst) + random.random_range(1..30_usize);
        book.is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| book.deliver(&served));
            scope.spawn(|| book.stream(&served));
            scope.spawn(|| book.visit(&served));
            while book.acknowledged.load(Ordering::SeqCst) < enough {
                std::thread::yield_now();
            }
            disturb(kill);
            // As the kernel kills it, by its number: the threads are still sending.
            let killed =
                Command::new("kill").args(["-KILL", &served.child.id().to_string()]).status();
            assert!(killed.unwrap().success());
            book.is_over.store(true, Ordering::SeqCst);
        });
        served.kill();
        look(url, &book).await;
    }
    assert!(!book.visitors.lock().unwrap().is_empty() && book.people.lock().unwrap().len() > 100);
}

#[tokio::test]
async fn a_killed_backend_has_kept_in_its_file_what_it_acknowledged() {
    let place = Place::file();
    killed_again_and_again(&place.url, 1, |_| {}).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_killed_backend_has_kept_in_postgres_what_it_acknowledged() {
    let place = Place::postgres().await;
    killed_again_and_again(&place.url, 2, |_| {}).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_killed_database_server_has_kept_what_the_backend_acknowledged() {
    let server = backend_support::postgres::Postgres::start();
    let url = server.database().await;
    // Stopped and started under load, so that acknowledgements before, between and after count alike.
    killed_again_and_again(&url, 3, |_| {
        server.stop();
        server.start_again();
    })
    .await;
}
