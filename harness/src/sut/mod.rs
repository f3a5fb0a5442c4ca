//! Systems under test: which positions a product fills, and how it is reached.

pub mod adapter;
pub mod authority_client;
pub mod backend;
pub mod breaker;
pub mod card;
pub mod codes;
pub mod config;
pub mod folder;
pub mod http;
pub mod human;
pub mod kept;
pub mod matcher;
pub mod middleware;
pub mod positions;
mod process;
pub mod product;
pub mod reader;
pub mod relay;
pub mod reverse;
pub mod terminal;
pub mod troubles;
pub(crate) mod vpcd;

use std::future::Future;
use std::pin::Pin;

use sim_reader::institution::Institution;
use sim_reader::institution::protocol::{Reply, Request};

use self::config::SutConfig;
use self::product::Product;
use crate::error::BenchError;

/// What one operation resolves to.
pub type Performing<'a> = Pin<Box<dyn Future<Output = Result<Reply, BenchError>> + Send + 'a>>;

/// A receipt computer, ours or a vendor's. `Ok` carries what it did, its own refusals included; `Err` means that the
/// bench could not see, so the verdict is never *fail*.
pub trait ReceiptComputer: Send + Sync {
    /// Performs one operation of the protocol in `docs/receipt-computer-protocol.md`.
    fn perform(&mut self, request: Request) -> Performing<'_>;
}

/// The product's receipt computer, which knows nothing yet; `None` where the product is none.
///
/// # Errors
/// [`BenchError`] when it cannot be started.
pub fn receipt_computer(sut: &SutConfig) -> Result<Option<Box<dyn ReceiptComputer>>, BenchError> {
    let Some(adapter) = &sut.positions.receipt_computer else { return Ok(None) };
    Ok(Some(Box::new(Product::start(sut, adapter)?)))
}

/// The reference receipt computer, in process.
#[derive(Debug)]
pub struct Reference(pub Institution);

impl ReceiptComputer for Reference {
    fn perform(&mut self, request: Request) -> Performing<'_> {
        Box::pin(async { Ok(self.0.perform(request).await) })
    }
}
