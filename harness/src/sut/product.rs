//! A product that takes one order after another, whatever position it fills and however it is reached.
//!
//! An order is a JSON object with `id` and `op`; the reply has the same `id` and a `status` ([`Status`]), beside what the order
//! brings. Bench profile.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sim_reader::institution::protocol::{Reply, Request, Status};

use super::adapter::Adapter;
use super::codes::VendorCodes;
use super::config::{Isolation, SutConfig};
use super::folder::FolderLine;
use super::http::HttpLine;
use super::human::HumanLine;
use super::kept::Lent;
use super::process::ProcessLine;
use super::{Performing, ReceiptComputer};
use crate::error::BenchError;

/// A product in one position. It knows nothing yet, or forgets it by `reset`, and ends with the value or waits for the next.
#[derive(Debug)]
pub struct Product {
    name: String,
    codes: VendorCodes,
    line: Line,
    orders: u64,
}

#[derive(Debug)]
enum Line {
    Process(Lent),
    Http(HttpLine),
    Human(Box<HumanLine>),
    Folder(Box<FolderLine>),
}

/// An order as it is sent.
#[derive(Debug, Serialize)]
struct Order<'a, T> {
    id: u64,
    #[serde(flatten)]
    op: &'a T,
}

/// Greets: the product names itself and what it can stand for.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Common {
    /// Name product, version and positions.
    Hello,
    /// What nobody knows, and everybody has to answer with `unsupported`.
    NoSuchOperation,
}

impl Product {
    /// Starts the product, or opens a session with it.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be started.
    pub fn start(sut: &SutConfig, adapter: &Adapter) -> Result<Self, BenchError> {
        let name = sut.product.name.clone();
        let line = match adapter {
            Adapter::Process(adapter) => Line::Process(match sut.isolation {
                Isolation::FreshProcess => {
                    Lent::never_back(ProcessLine::start(&name, adapter, &sut.folder)?)
                }
                Isolation::Reset => sut.kept.lend(&name, adapter, &sut.folder)?,
            }),
            Adapter::Http(adapter) => Line::Http(HttpLine::new(&name, adapter)?),
            Adapter::Human(adapter) => Line::Human(Box::new(HumanLine::start(sut, adapter)?)),
            Adapter::Folder(adapter) => Line::Folder(Box::new(FolderLine::start(sut, adapter)?)),
            Adapter::Reverse(_) => return Err(BenchError::NoOrders { product: name }),
        };
        Ok(Self { name, codes: sut.codes.clone(), line, orders: 0 })
    }

    /// What `madoguchi.yaml` calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives an order, whose name is its `op`; a refusal is a reply.
    ///
    /// # Errors
    /// [`BenchError`] when no reply came, or none that can be read.
    pub async fn order<T: Serialize + Sync>(&mut self, op: &T) -> Result<Reply, BenchError> {
        self.orders += 1;
        let order = Order { id: self.orders, op };
        self.exchange(order.id, &order).await
    }

    /// Gives an order that must be carried out, and reads what it brings.
    ///
    /// # Errors
    /// [`BenchError`] when the reply is anything but ok, or lacks something.
    pub async fn must<T, A>(&mut self, op: &T) -> Result<A, BenchError>
    where
        T: Serialize + Sync,
        A: DeserializeOwned,
    {
        let reply = self.order(op).await?;
        brought(&self.name, &reply)
    }

    async fn exchange<T: Serialize + Sync>(
        &mut self,
        id: u64,
        order: &T,
    ) -> Result<Reply, BenchError> {
        let unreadable =
            |reason: String| BenchError::ProductUnreadable { product: self.name.clone(), reason };
        let order = serde_json::to_string(order).map_err(|error| unreadable(error.to_string()))?;
        let answer = match &mut self.line {
            Line::Process(line) => line.exchange(order).await?,
            Line::Http(line) => line.exchange(order).await?,
            Line::Human(line) => line.exchange(&order).await?,
            Line::Folder(line) => line.exchange(&order).await?,
        };
        let reply: Reply =
            serde_json::from_slice(&answer).map_err(|error| unreadable(error.to_string()))?;
        if reply.id == id {
            return Ok(self.codes.understood(reply));
        }
        Err(unreadable(format!("reply {} to request {id}", reply.id)))
    }
}

/// What the reply of a product brings.
///
/// # Errors
/// [`BenchError`] when it is anything but ok, or lacks something.
pub(crate) fn brought<A: DeserializeOwned>(product: &str, reply: &Reply) -> Result<A, BenchError> {
    let (product, told) = (product.to_owned(), told(reply));
    match reply.status {
        Status::Ok => reply
            .body()
            .map_err(|error| BenchError::ProductUnreadable { product, reason: error.to_string() }),
        Status::Unsupported => Err(BenchError::ProductUnsupported { product, what: told }),
        Status::Rejected | Status::Error => Err(BenchError::ProductError { product, reason: told }),
    }
}

/// What a reply says beside its status.
fn told(reply: &Reply) -> String {
    reply.reason.clone().or_else(|| reply.error_code.clone()).unwrap_or_default()
}

impl ReceiptComputer for Product {
    fn perform(&mut self, request: Request) -> Performing<'_> {
        Box::pin(async move { self.exchange(request.id, &request).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_flat() {
        let line = |op| serde_json::to_string(&Order { id: 3, op: &op }).unwrap();
        assert_eq!(line(Common::Hello), r#"{"id":3,"op":"hello"}"#);
        assert_eq!(line(Common::NoSuchOperation), r#"{"id":3,"op":"no-such-operation"}"#);
    }
}
