//! Card middleware of a product: it takes the reader's orders line by line, and reaches the bench's card over vpcd's socket.
//!
//! The reader waits for each order, as it waits for a card; the product speaks from a thread of its own, so that its commands
//! can be carried out meanwhile, on the thread of the reader and one after the other.

pub(crate) mod door;
pub mod protocol;
mod seated;
mod slot;

use std::sync::mpsc::{Receiver, Sender, channel};

use serde::de::DeserializeOwned;
use sim_reader::CardChannel;
use sim_reader::institution::protocol::Reply;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use self::door::turn_at;
use self::protocol::{Door, Op};
pub use self::seated::{OnceRecognised, Seated};
use self::slot::Slot;
use super::adapter::Adapter;
use super::config::SutConfig;
use super::product::{Product, brought};
use crate::error::BenchError;

/// A product in the place of the reader's card client. It ends with the value.
#[derive(Debug)]
pub struct Middleware {
    name: String,
    orders: UnboundedSender<Op>,
    heard: Receiver<Heard>,
    ears: Sender<Heard>,
    door: String,
    seats: u64,
}

/// What is heard of the product.
#[derive(Debug)]
enum Heard {
    /// To an order.
    Reply(Result<Reply, BenchError>),
    /// To the card in the seat of this number.
    Message { seat: u64, message: Vec<u8> },
}

impl Middleware {
    /// Starts the product and learns where it awaits cards.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be started or does not tell.
    pub fn start(sut: &SutConfig, adapter: &Adapter) -> Result<Self, BenchError> {
        let (orders, taken) = unbounded_channel();
        let (ears, heard) = channel();
        let (sut, adapter, replies) = (sut.clone(), adapter.clone(), ears.clone());
        let name = sut.product.name.clone();
        std::thread::spawn(move || speak(&sut, &adapter, taken, &replies));
        let mut started = Self { name, orders, heard, ears, door: String::new(), seats: 0 };
        let reply = started.order(Op::Reset, None)?;
        let Door { card } = started.must(&reply)?;
        started.door = card;
        Ok(started)
    }

    /// Puts a card into the product's reader, once no other lies there.
    ///
    /// # Errors
    /// [`BenchError::ProductError`] when nothing listens where the product said.
    pub async fn seat<'m>(
        &'m mut self,
        card: &'m mut dyn CardChannel,
    ) -> Result<Seated<'m>, BenchError> {
        self.seats += 1;
        let turn = turn_at(&self.door).await;
        let connected = Slot::connect(card, &self.door, self.seats, (turn, self.ears.clone()));
        let slot = connected.map_err(|error| BenchError::ProductError {
            product: self.name.clone(),
            reason: format!("no card can be put into its reader at {}: {error}", self.door),
        })?;
        Ok(Seated::new(self, slot))
    }

    /// Gives an order while no card lies on the reader.
    ///
    /// # Errors
    /// [`BenchError`] when no reply comes, or none that can be read.
    pub fn ask(&mut self, op: Op) -> Result<Reply, BenchError> {
        self.order(op, None)
    }

    /// Gives an order and, until its reply comes, has the card do what the product asks of it.
    fn order(&mut self, op: Op, mut slot: Option<&mut Slot<'_>>) -> Result<Reply, BenchError> {
        // Whoever takes orders is gone only after it told why.
        let _ = self.orders.send(op);
        loop {
            match self.heard.recv() {
                Ok(Heard::Reply(reply)) => return reply,
                Ok(Heard::Message { seat, message }) if seat == self.seats => {
                    if let Some(slot) = slot.as_deref_mut() {
                        slot.answer(&message);
                    }
                }
                // To a card that was taken out.
                Ok(Heard::Message { .. }) => {}
                Err(_) => return Err(BenchError::setup("card middleware", "its thread ended")),
            }
        }
    }

    fn must<T: DeserializeOwned>(&self, reply: &Reply) -> Result<T, BenchError> {
        brought(&self.name, reply)
    }
}

/// Speaks with the product until nobody gives orders any more.
fn speak(
    sut: &SutConfig,
    adapter: &Adapter,
    mut orders: UnboundedReceiver<Op>,
    replies: &Sender<Heard>,
) {
    let told = |reply| replies.send(Heard::Reply(reply)).is_ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| BenchError::setup("card middleware", error));
    let spoken = runtime.and_then(|runtime| {
        runtime.block_on(async {
            let mut product = Product::start(sut, adapter)?;
            while let Some(op) = orders.recv().await {
                if !told(product.order(&op).await) {
                    break;
                }
            }
            Ok(())
        })
    });
    if let Err(error) = spoken {
        told(Err(error));
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use sim_reader::ChannelError;
    use sim_reader::card_client::{CardError, CardMiddleware as _};

    use super::*;

    struct Mute;

    impl CardChannel for Mute {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, ChannelError> {
            Err(ChannelError::Mute)
        }
    }

    /// A product that tells its door and then answers as given, to whatever it is asked.
    fn product(reply: &str) -> (TcpListener, Middleware) {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let card = door.local_addr().unwrap();
        let script = format!(
            r#"read l; echo '{{"id":1,"status":"ok","card":"{card}"}}'; read l; {reply}; sleep 5"#
        );
        let yaml = format!(
            "product: {{name: P, version: '1', vendor: V}}\npositions:\n  card-middleware:\n    adapter: process\n    command: [sh, -c, {}]\n    timeout_ms: 1000\n",
            serde_json::to_string(&script).unwrap()
        );
        let sut = SutConfig::parse(&yaml).unwrap();
        let adapter = sut.positions.card_middleware.as_ref().unwrap();
        let started = Middleware::start(&sut, adapter).unwrap();
        (door, started)
    }

    fn recognise(reply: &str) -> (CardError, Option<BenchError>) {
        let (_door, mut middleware) = product(reply);
        let mut card = Mute;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut seated = runtime.block_on(middleware.seat(&mut card)).unwrap();
        (seated.recognise().unwrap_err(), seated.trouble())
    }

    #[test]
    fn silence_is_a_trouble_and_no_word_of_the_card() {
        let (_, trouble) = recognise(":");
        assert!(matches!(trouble, Some(BenchError::ProductSilent { waited_ms: 1000, .. })));
    }

    #[test]
    fn an_end_is_a_trouble_and_no_word_of_the_card() {
        let (_, trouble) = recognise("exit 3");
        assert!(matches!(trouble, Some(BenchError::ProductGone { .. })), "{trouble:?}");
    }

    #[test]
    fn what_the_card_said_is_told_apart_from_what_the_product_did() {
        for (reply, told, troubled) in [
            (r#"echo '{"id":2,"status":"rejected","sw":"6985"}'"#, "6985", false),
            (r#"echo '{"id":2,"status":"error","error_code":"removed"}'"#, "removed", false),
            (r#"echo '{"id":2,"status":"error","error_code":"unreadable"}'"#, "read", false),
            (r#"echo '{"id":2,"status":"rejected"}'"#, "answer", true),
            (r#"echo '{"id":2,"status":"error","error_code":"no-driver"}'"#, "answer", true),
            (r#"echo '{"id":2,"status":"unsupported"}'"#, "answer", true),
            (r#"echo '{"id":2,"status":"ok","token":"coin"}'"#, "answer", true),
        ] {
            let (error, trouble) = recognise(reply);
            assert!(error.to_string().contains(told), "{reply}: {error}");
            assert_eq!(trouble.is_some(), troubled, "{reply}: {trouble:?}");
        }
    }
}
