//! The reference reader as a product of somebody else: it takes orders by HTTP, and reaches card, camera, key and terminal as any
//! product does.

mod at_counter;
mod card;
mod fittings;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use harness::sut::http::SESSION;
use harness::sut::reader::protocol::{Awaiting, ReaderOrder};
use serde::Deserialize;
use sim_reader::institution::protocol::{Hello, Reply, Status};

use at_counter::AtCounter;

/// What is not as with the reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Habit {
    /// Nothing.
    #[default]
    None,
    /// It takes consent to one kind of medical information for consent to every other.
    AssumesConsents,
    /// It takes every face for the holder's.
    KnowsEverybody,
    /// It falls asleep over each visit.
    Dreams,
    /// It tells of no consent that it asked.
    TellsHalf,
}

#[derive(Clone, Default)]
struct Product {
    sessions: Arc<Mutex<BTreeMap<String, Arc<Mutex<AtCounter>>>>>,
    habit: Habit,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
    #[serde(flatten)]
    order: ReaderOrder,
}

impl Product {
    fn session(&self, name: &str) -> Arc<Mutex<AtCounter>> {
        self.sessions.lock().unwrap().get(name).cloned().expect("no reset")
    }

    /// Carries an order out, on a thread that may block.
    fn perform(&self, session: &str, Numbered { id, order }: Numbered) -> Reply {
        match order {
            ReaderOrder::Hello => {
                let (product, version) = ("Served".to_owned(), "1".to_owned());
                Reply::ok(id, Hello { product, version, positions: vec!["reader".into()] })
            }
            ReaderOrder::Reset(reset) => {
                let counter = AtCounter::new(reset, self.habit);
                let card = counter.door();
                let counter = Arc::new(Mutex::new(counter));
                self.sessions.lock().unwrap().insert(session.to_owned(), counter);
                Reply::ok(id, Awaiting { card })
            }
            ReaderOrder::Clock { now } => {
                self.session(session).lock().unwrap().set_clock(now);
                Reply::ok(id, ())
            }
            ReaderOrder::Visit(visit) => {
                let told = self.session(session).lock().unwrap().lead(&visit);
                if self.habit == Habit::TellsHalf {
                    return Reply::ok(id, serde_json::json!({"end": told.end, "notices": []}));
                }
                Reply::ok(id, told)
            }
            ReaderOrder::NoSuchOperation => {
                Reply::not_ok(id, Status::Unsupported, None, "nobody knows it".into())
            }
        }
    }
}

async fn perform(
    State(product): State<Product>,
    headers: HeaderMap,
    Json(order): Json<Numbered>,
) -> Json<Reply> {
    let session = headers.get(SESSION).unwrap().to_str().unwrap().to_owned();
    let led = tokio::task::spawn_blocking(move || product.perform(&session, order));
    Json(led.await.unwrap())
}

/// Serves it for as long as the runtime lives, and tells where.
pub fn serve(runtime: &tokio::runtime::Runtime, habit: Habit) -> String {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/madoguchi", listener.local_addr().unwrap());
    let product = Product { habit, ..Product::default() };
    let router = Router::new().route("/madoguchi", post(perform)).with_state(product);
    runtime.spawn(async move { axum::serve(listener, router).await });
    url
}
