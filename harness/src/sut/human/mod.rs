//! The `human` adapter: a person operates the product, and tells the bench what it did.
//!
//! Each order becomes one question or a few; what is told becomes the reply that a program would have sent, so that nothing
//! behind this line knows the difference. Bench profile: `docs/human.md`.

mod claim_order;
mod console;
mod desk;
mod desk_orders;
mod field;
mod files;
mod many;
mod page;
mod prompt;
mod settings;
mod talk;
#[cfg(test)]
mod tests;
mod told;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sim_reader::institution::FaceResult;
use sim_reader::institution::protocol::{
    Ask, Bulk, Collect, Op, Register, Reply, Request, Reset, Status,
};

pub use desk::{Desk, Ended, NotTaken, Place, View};
pub use field::{Field, Kind};
pub use page::Answered;
pub use prompt::{Answer, Choice, Fact, Prompt, Table, Wrong, words};
pub use settings::{HumanAdapter, HumanSettings};

use self::desk::Unheard;
use self::prompt::Means;
use self::told::{Told, bare, informed, ok};
use crate::error::BenchError;
use crate::sut::config::SutConfig;

/// A product with a person before it, for one scenario.
#[derive(Debug)]
pub(super) struct HumanLine {
    product: String,
    version: String,
    desk: Desk,
    patience: Option<Duration>,
    face: PathBuf,
    /// Files of `face` that the person was asked about.
    told: BTreeSet<String>,
    /// There is one product, and so one institution at a time.
    turn: Option<Arc<()>>,
    sees_files: bool,
}

/// What an order comes to; `None` when it is to be given once more.
type Attempt = Result<Option<Reply>, BenchError>;

impl HumanLine {
    /// Opens the desk, if this is the first time.
    ///
    /// # Errors
    /// [`BenchError::Address`].
    pub fn start(sut: &SutConfig, adapter: &HumanAdapter) -> Result<Self, BenchError> {
        let desk = sut.desk.clone();
        settings::open(&desk, sut.human.as_ref())?;
        Ok(Self {
            product: sut.product.name.clone(),
            version: sut.product.version.clone(),
            desk,
            patience: adapter.timeout_ms.map(Duration::from_millis),
            face: PathBuf::new(),
            told: BTreeSet::new(),
            turn: None,
            sees_files: false,
        })
    }

    /// The same before a product whose files the bench carries.
    pub fn seeing_files(self) -> Self {
        Self { sees_files: true, ..self }
    }

    /// Has a person carry out one order.
    ///
    /// # Errors
    /// [`BenchError`] when nobody told what came of it.
    pub async fn exchange(&mut self, order: &str) -> Result<Vec<u8>, BenchError> {
        // The runner tells which step this is as soon as the step waits for the first time.
        tokio::task::yield_now().await;
        let failed = |error| BenchError::setup("questions to a person", error);
        let Request { id, op } = serde_json::from_str(order).map_err(failed)?;
        let reply = loop {
            if let Some(reply) = self.attempt(&op).await? {
                break reply;
            }
        };
        serde_json::to_vec(&Reply { id, ..reply }).map_err(failed)
    }

    async fn attempt(&mut self, op: &Op) -> Attempt {
        match op {
            Op::Hello => self.greet().await,
            Op::Reset(reset) => self.reset(reset).await,
            Op::Arrive { chart } => self.once(desk_orders::arrive(chart)).await,
            Op::Collect(collect) => self.collect(*collect).await,
            Op::Ask(ask) => self.asked(ask).await,
            Op::Information(asked) => {
                Ok(self.once(desk_orders::information(asked)).await?.map(informed))
            }
            Op::Bulk(bulk) => self.bulk(bulk).await,
            Op::Register(register) => self.register(register).await,
            Op::Claim(claim) => self.once(claim_order::claim(claim)).await,
            // There are no words for what nobody knows, and no person could do it.
            Op::NoSuchOperation => Ok(Some(bare(Status::Unsupported))),
        }
    }

    /// An order that one question settles.
    async fn once(&self, prompt: Prompt) -> Attempt {
        Ok(self.ask(prompt).await?.map(Told::reply))
    }

    /// A question by numbers: behind fixed folders the bench has seen the answer's file, and the person compares.
    async fn asked(&self, ask: &Ask) -> Attempt {
        drop(self.desk.take_brought());
        let Some(said) = self.ask(desk_orders::ask(ask, self.sees_files)).await? else {
            return Ok(None);
        };
        if said.status != Status::Ok || !self.sees_files {
            return Ok(Some(said.reply()));
        }
        let file = self.desk.take_brought().and_then(|bytes| FaceResult::parse(&bytes).ok());
        let Some(said) = self.ask(desk_orders::shown(file.as_ref())).await? else {
            return Ok(None);
        };
        Ok(Some(match file {
            Some(file) if said.key == desk_orders::SAME => Reply::ok(0, desk_orders::asked(&file)),
            Some(_) | None => said.reply(),
        }))
    }

    async fn greet(&self) -> Attempt {
        let told = self.ask(desk_orders::greeting(&self.product, &self.version)).await?;
        Ok(told.map(|told| {
            let mut reply = told.reply();
            let own = json!({ "product": self.product, "version": self.version, "positions": ["receipt-computer"] });
            for (name, value) in own.as_object().into_iter().flatten() {
                reply.body.entry(name).or_insert_with(|| value.clone());
            }
            reply
        }))
    }

    async fn reset(&mut self, reset: &Reset) -> Attempt {
        self.turn = self.turn.take().or_else(|| self.desk.claim("the product"));
        if self.turn.is_none() {
            let why = "a second institution in one scenario: there is one product".to_owned();
            return Ok(Some(Reply { reason: Some(why), ..bare(Status::Unsupported) }));
        }
        self.face.clone_from(&reset.folders.face);
        self.told.clear();
        let as_before = self.desk.is_as_before(reset);
        self.once(desk_orders::reset(reset, as_before)).await
    }

    async fn collect(&mut self, collect: Collect) -> Attempt {
        let limit = Duration::from_millis(collect.timeout_ms);
        let files = files::awaited(&self.face, &self.told, collect.wait_files, limit).await;
        if files.is_empty() {
            return self.nothing_to_collect().await;
        }
        let (mut results, mut duplicates, mut told) = (Vec::new(), 0, BTreeSet::new());
        for (place, file) in files.iter().enumerate() {
            let prompt = files::taken_in(&self.face, file, (place + 1, files.len()));
            let Some(said) = self.ask(prompt).await? else { return Ok(None) };
            match (said.status, said.key) {
                (Status::Ok, files::NOTHING) => continue,
                (Status::Ok, files::DUPLICATE) => duplicates += 1,
                (Status::Ok, _) => results.push(said.decision(file)),
                (Status::Rejected | Status::Unsupported | Status::Error, _) => {
                    return Ok(Some(said.reply()));
                }
            }
            told.insert(file.clone());
        }
        self.told.append(&mut told);
        Ok(Some(ok(json!({ "results": results, "duplicates": duplicates }))))
    }

    async fn nothing_to_collect(&self) -> Attempt {
        let Some(said) = self.ask(files::none_came()).await? else { return Ok(None) };
        if said.status != Status::Ok {
            return Ok(Some(said.reply()));
        }
        let results = if said.values.is_empty() { vec![] } else { vec![said.opened_unseen()] };
        Ok(Some(ok(json!({ "results": results, "duplicates": 0 }))))
    }

    async fn bulk(&self, bulk: &Bulk) -> Attempt {
        let of = bulk.entries.len();
        let entries = bulk.entries.iter().enumerate();
        let each = entries.map(|(place, entry)| {
            let own = json!({ "identifier": entry.identifier });
            (many::bulk_entry(entry, (place + 1, of)), own)
        });
        self.each(many::bulk(bulk), each.collect()).await
    }

    async fn register(&self, register: &Register) -> Attempt {
        let of = register.entries.len();
        let entries = register.entries.iter().enumerate();
        let each = entries.map(|(place, entry)| {
            let own = json!({ "reference_number": entry.reference_number });
            (many::register_entry(entry, (place + 1, of)), own)
        });
        self.each(many::register(register), each.collect()).await
    }

    /// An order that is carried out once, and of which each entry brings something of its own.
    async fn each(&self, whole: Prompt, entries: Vec<(Prompt, Value)>) -> Attempt {
        let Some(said) = self.ask(whole).await? else { return Ok(None) };
        if said.status != Status::Ok {
            return Ok(Some(said.reply()));
        }
        let mut results = Vec::new();
        for (prompt, own) in entries {
            let Some(said) = self.ask(prompt).await? else { return Ok(None) };
            if said.status != Status::Ok {
                return Ok(Some(said.reply()));
            }
            results.push(said.entry(own));
        }
        Ok(Some(ok(json!({ "results": results }))))
    }

    /// Asks; `None` when the order is to be given once more.
    async fn ask(&self, prompt: Prompt) -> Result<Option<Told>, BenchError> {
        let answer = self.desk.ask(prompt.clone(), self.patience).await;
        let answer = answer.map_err(|why| self.unheard(why))?;
        let choice = prompt.chosen(&answer);
        let choice =
            choice.map_err(|wrong| BenchError::setup("questions to a person", wrong.words.en))?;
        let (status, code) = match choice.means {
            Means::Reply(status, code) => (status, code),
            Means::Again => return Ok(None),
            Means::Stop => {
                self.desk.end(Ended::ByPerson);
                return Err(self.unheard(Unheard::Ended(Ended::ByPerson)));
            }
        };
        let value = |field: &field::Field| {
            let told = answer.fields.get(field.key).map_or("", String::as_str);
            Some((field.key.to_owned(), field.value(told)?))
        };
        let values = choice.fields.iter().filter_map(value).collect();
        Ok(Some(Told { status, code, key: choice.key, values }))
    }

    fn unheard(&self, why: Unheard) -> BenchError {
        match why {
            Unheard::Silent => {
                let waited = self.patience.unwrap_or_default().as_millis();
                let waited_ms = u64::try_from(waited).unwrap_or(u64::MAX);
                BenchError::ProductSilent { product: self.product.clone(), waited_ms }
            }
            Unheard::Ended(ended) => BenchError::PersonLeft { how: ended.words() },
        }
    }
}
