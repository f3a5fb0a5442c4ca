//! What is asked of every product that takes orders, whatever position it fills: that it says who it is, and says no to what
//! nobody knows.

use reports::model::Blame;
use serde::Serialize;
use sim_reader::institution::protocol::{Hello, Reply, Status};

use super::Finding;
use crate::catalogue::Position;
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;
use crate::sut::product::{Common, Product};

const BY_HAND: &str =
    "run `command` of madoguchi.yaml by hand, in the folder of that file, and look at what it says";
const FLUSH: &str =
    "flush standard output after each reply; if the start takes long, raise `timeout_ms`";
const ONE_LINE: &str = "write nothing but replies to standard output, one JSON object a line in UTF-8; logs belong on standard error";
const ONE_OBJECT: &str = "answer each POST to `url` with status 200 and one JSON object; check that `url` is the product's";

/// What is looked at, in order.
pub(super) const CHECKS: [&str; 5] =
    ["greeting", "an echo", "a known-bad step", "an unknown step", "nothing from nothing"];

/// A product in its position, with what surrounds it there: what only this position can tell.
pub(super) trait Placed {
    /// The product.
    fn patient(&mut self) -> &mut Patient;

    /// It does what can be done: a product that refuses all fails here.
    async fn echo(&mut self) -> Result<(), Finding>;

    /// It does not do what cannot be: a product that accepts all fails here.
    async fn known_bad(&mut self) -> Result<(), Finding>;

    /// Where nothing is, it finds nothing.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding>;
}

/// Looks at a product, in the order of [`CHECKS`]; the first that is the matter is the last.
pub(super) async fn examine(
    sut: &SutConfig,
    admitted: Result<impl Placed, Finding>,
) -> Vec<Result<(), Finding>> {
    let mut good = 0;
    let bad = match admitted {
        Ok(mut placed) => until_bad(sut, &mut placed, &mut good).await.err(),
        Err(finding) => Some(finding),
    };
    std::iter::repeat_with(|| Ok(())).take(good).chain(bad.map(Err)).collect()
}

async fn until_bad(
    sut: &SutConfig,
    placed: &mut impl Placed,
    good: &mut usize,
) -> Result<(), Finding> {
    placed.patient().greeting(sut).await?;
    *good += 1;
    placed.echo().await?;
    *good += 1;
    placed.known_bad().await?;
    *good += 1;
    placed.patient().unknown().await?;
    *good += 1;
    placed.nothing_from_nothing().await?;
    *good += 1;
    Ok(())
}

/// The product while it is looked at.
pub(super) struct Patient {
    product: Product,
    position: Position,
    contract: &'static str,
    is_process: bool,
    is_server: bool,
}

impl Patient {
    /// Starts it. `contract` is where its position's orders are described, as a next step.
    pub fn admit(
        sut: &SutConfig,
        (position, adapter): (Position, &Adapter),
        contract: &'static str,
    ) -> Result<Self, Finding> {
        let product = Product::start(sut, adapter)?;
        let is_server = matches!(adapter, Adapter::Http(_));
        Ok(Self { product, position, contract, is_process: adapter.is_process(), is_server })
    }

    /// Gives an order.
    pub async fn ask<T: Serialize + Sync>(&mut self, op: &T) -> Result<Reply, BenchError> {
        self.product.order(op).await
    }

    /// It says who it is, and that is whom the configuration names.
    async fn greeting(&mut self, sut: &SutConfig) -> Result<(), Finding> {
        let reply = self.ask(&Common::Hello).await.map_err(|error| self.speechless(error))?;
        if reply.status != Status::Ok {
            return Err(self.fault(format!("refuses the greeting `hello`{}", told(&reply))));
        }
        let hello: Hello = reply.body().map_err(|error| {
            self.fault(format!("leaves something out of its reply to `hello`: {error}"))
        })?;
        let position = self.position.name();
        if !hello.positions.iter().any(|named| named == position) {
            return Err(self.fault(format!("does not name the position {position} in `positions`")));
        }
        for (what, named, said) in [
            ("name", &sut.product.name, &hello.product),
            ("version", &sut.product.version, &hello.version),
        ] {
            if named != said {
                return Err(Finding::new(
                    Blame::Configuration,
                    format!("madoguchi.yaml gives the {what} {named}, the product {said}"),
                    "start the product that is meant, or correct `product` in madoguchi.yaml",
                ));
            }
        }
        Ok(())
    }

    /// Why there is no first word, as far as it can be told from outside.
    fn speechless(&self, error: BenchError) -> Finding {
        let is_gone = matches!(error, BenchError::ProductGone { .. });
        let is_silent = matches!(error, BenchError::ProductSilent { .. });
        let is_unreadable = matches!(error, BenchError::ProductUnreadable { .. });
        let (what, found) = (error.to_string(), Finding::from(error));
        if is_gone && self.is_process {
            // Mostly it never began: a wrong path, a missing module.
            return Finding::new(
                Blame::Configuration,
                format!("{what}, before its first word"),
                BY_HAND,
            );
        }
        let next = match (self.is_process, is_silent, is_unreadable) {
            (true, true, _) => FLUSH,
            (true, _, true) => ONE_LINE,
            (false, _, true) if self.is_server => ONE_OBJECT,
            (false, _, true) | (_, _, false) => return found,
        };
        Finding { next: next.to_owned(), ..found }
    }

    /// It says that it does not do what it does not know.
    async fn unknown(&mut self) -> Result<(), Finding> {
        let reply = self.ask(&Common::NoSuchOperation).await?;
        match reply.status {
            Status::Unsupported => Ok(()),
            Status::Ok => Err(self.fault("says ok to an operation that nobody knows")),
            Status::Rejected | Status::Error => Err(self.fault(format!(
                "has to answer an operation that it does not know by the status unsupported{}",
                told(&reply)
            ))),
        }
    }

    /// Something that the product does and its contract forbids.
    pub fn fault(&self, what: impl std::fmt::Display) -> Finding {
        let what = format!("{} {what}", self.product.name());
        Finding::new(Blame::Product, what, self.contract)
    }
}

/// What the product said to it, if anything.
pub(super) fn told(reply: &Reply) -> String {
    let said = reply.reason.as_deref().or(reply.error_code.as_deref());
    said.map(|said| format!(": {said}")).unwrap_or_default()
}
