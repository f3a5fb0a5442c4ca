//! Systems under test: which positions a product fills, and how it is reached.

pub mod breaker;
pub mod config;
pub mod http;
pub mod process;

use std::future::Future;
use std::pin::Pin;

use sim_reader::institution::Institution;
use sim_reader::institution::protocol::{Reply, Request};

use self::config::{Adapter, SutConfig};
use self::http::HttpProduct;
use self::process::ProcessProduct;
use crate::error::BenchError;

/// What one operation resolves to.
pub type Performing<'a> = Pin<Box<dyn Future<Output = Result<Reply, BenchError>> + Send + 'a>>;

/// A receipt computer, ours or a vendor's. `Ok` carries what it did, its own refusals included; `Err` means that the
/// bench could not see, so the verdict is never *fail*.
pub trait ReceiptComputer: Send + Sync {
    /// Performs one operation of the protocol in `docs/receipt-computer-protocol.md`.
    fn perform(&mut self, request: Request) -> Performing<'_>;
}

/// A product's receipt computer that knows nothing yet.
///
/// # Errors
/// [`BenchError`] when it cannot be started.
pub fn receipt_computer(sut: &SutConfig) -> Result<Box<dyn ReceiptComputer>, BenchError> {
    let name = &sut.product.name;
    Ok(match &sut.positions.receipt_computer {
        Adapter::Process(adapter) => Box::new(ProcessProduct::start(name, adapter, &sut.folder)?),
        Adapter::Http(adapter) => Box::new(HttpProduct::new(name, adapter)?),
    })
}

/// The reference receipt computer, in process.
#[derive(Debug)]
pub struct Reference(pub Institution);

impl ReceiptComputer for Reference {
    fn perform(&mut self, request: Request) -> Performing<'_> {
        Box::pin(async { Ok(self.0.perform(request).await) })
    }
}
