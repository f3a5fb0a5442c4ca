//! What lies in a product's reader while the product carries out one order, during which it speaks to the card as it likes.

use std::future::Future;
use std::io;
use std::pin::pin;

use sim_reader::CardChannel;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::door::{Turn, turn_at};
use super::slot::Slot;

/// A product's reader, with a card or without. Dropping it takes the card out and lets the next one come.
pub(in crate::sut) enum Seat<'c> {
    /// Nothing lies there; nobody else may put a card in meanwhile.
    Empty {
        /// Until the order is carried out.
        _turn: Turn,
    },
    /// A card lies there.
    Taken(Taken<'c>),
}

/// See [`Seat::Taken`].
pub(in crate::sut) struct Taken<'c> {
    slot: Slot<'c>,
    heard: UnboundedReceiver<Vec<u8>>,
}

impl<'c> Seat<'c> {
    /// Waits until the reader at `door` is free, and puts the card in if there is one.
    ///
    /// # Errors
    /// Nothing listens there.
    pub async fn take(card: Option<&'c mut dyn CardChannel>, door: &str) -> io::Result<Self> {
        let turn = turn_at(door).await;
        let Some(card) = card else { return Ok(Self::Empty { _turn: turn }) };
        let (ears, heard) = unbounded_channel();
        let slot = Slot::connect(card, (door, turn), move |message| ears.send(message).is_ok())?;
        Ok(Self::Taken(Taken { slot, heard }))
    }

    /// Has the card do what the product asks of it until the order is carried out.
    pub async fn during<T>(&mut self, order: impl Future<Output = T>) -> T {
        match self {
            Self::Empty { .. } => order.await,
            Self::Taken(Taken { slot, heard }) => {
                let mut order = pin!(order);
                loop {
                    tokio::select! {
                        done = &mut order => return done,
                        Some(message) = heard.recv() => slot.answer(&message),
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use sim_reader::ChannelError;

    use super::*;

    struct Yes;

    impl CardChannel for Yes {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, ChannelError> {
            Ok(vec![0x90, 0x00])
        }
    }

    /// A reader that gives the card power, asks it once and tells what it heard.
    fn ask_once(door: &TcpListener) -> Vec<u8> {
        let (mut card, _) = door.accept().unwrap();
        card.write_all(&[0, 1, 0x01, 0, 2, 0xAA, 0xBB]).unwrap();
        let mut answer = vec![0; 4];
        card.read_exact(&mut answer).unwrap();
        answer
    }

    #[tokio::test]
    async fn the_card_answers_while_the_order_is_carried_out() {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = door.local_addr().unwrap().to_string();
        let mut card = Yes;
        let mut seat = Seat::take(Some(&mut card), &address).await.unwrap();
        let order = tokio::task::spawn_blocking(move || ask_once(&door));
        assert_eq!(seat.during(order).await.unwrap(), [0, 2, 0x90, 0x00]);
    }

    #[tokio::test]
    async fn an_order_without_a_card_is_carried_out_and_a_card_without_a_reader_is_an_error() {
        let mut empty = Seat::take(None, "nobody.invalid:1").await.unwrap();
        assert_eq!(empty.during(std::future::ready(5)).await, 5);
        let door = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        assert!(Seat::take(Some(&mut Yes), &door).await.is_err());
    }
}
