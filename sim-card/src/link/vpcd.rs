//! The card side of vpcd, the virtual reader of pcscd: any PC/SC client then sees the card.
//!
//! The card connects out to the reader. Each message in both directions is a 16-bit big-endian length and
//! that many bytes; one byte is a control message, more are a command APDU.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, ToSocketAddrs};

use super::{CardSlot, Event};
use crate::faults::Silence;

/// Why a link ended other than by the reader closing it or the card being taken away.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No connection to the reader.
    #[error("cannot connect to the virtual reader")]
    Connect(#[source] io::Error),
    /// The connection broke.
    #[error("the connection to the virtual reader broke")]
    Broken(#[from] io::Error),
    /// The answer does not fit the 16-bit length.
    #[error("an answer of {0} bytes does not fit a message")]
    TooLong(usize),
}

/// Puts a card into the virtual reader at `address` and serves it until the reader closes the connection
/// or a fault pulls the card.
///
/// `observer` is called with each event, in order: with a command and its answer after the answer was made and before it
/// is sent. The card is locked for one command at a time, so others may look at it or change its faults meanwhile.
///
/// # Errors
/// [`LinkError`] when the reader cannot be reached or the connection breaks.
pub async fn serve<S: CardSlot>(
    card: Arc<Mutex<S>>,
    address: impl ToSocketAddrs,
    mut observer: impl FnMut(&Event<'_>),
) -> Result<(), LinkError> {
    let mut stream = TcpStream::connect(address).await.map_err(LinkError::Connect)?;
    stream.set_nodelay(true)?;
    while let Some(message) = read_message(&mut stream).await? {
        match react(&card, &message, &mut observer) {
            Reaction::Nothing => (),
            Reaction::Answer(answer, delay) => {
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                stream.write_all(&framed(&answer)?).await?;
            }
            Reaction::Remove => break,
        }
    }
    Ok(())
}

/// What one message of the reader leads to.
enum Reaction {
    Nothing,
    Answer(Vec<u8>, Duration),
    /// The card is gone: closing the connection says so.
    Remove,
}

fn react<S: CardSlot>(
    card: &Mutex<S>,
    message: &[u8],
    observer: &mut impl FnMut(&Event<'_>),
) -> Reaction {
    let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
    let event = match message {
        [0x04] if card.is_present() => return Reaction::Answer(card.atr(), Duration::ZERO),
        [0x04] => return Reaction::Remove,
        [0x00] => {
            card.power_off();
            Event::PowerOff
        }
        [0x01] => {
            card.power_on();
            Event::PowerOn
        }
        [0x02] => {
            card.reset();
            Event::Reset
        }
        [] | [_] => return Reaction::Nothing,
        command => {
            let outcome = card.exchange(command).map(|answer| (answer, card.delay()));
            drop(card);
            return carried_out(command, outcome, observer);
        }
    };
    // The observer may look at the card itself.
    drop(card);
    observer(&event);
    Reaction::Nothing
}

fn carried_out(
    command: &[u8],
    outcome: Result<(Vec<u8>, Duration), Silence>,
    observer: &mut impl FnMut(&Event<'_>),
) -> Reaction {
    match outcome {
        Ok((answer, delay)) => {
            observer(&Event::Exchange { command, answer: &answer });
            Reaction::Answer(answer, delay)
        }
        Err(silence) => {
            observer(&Event::Silence { command, silence });
            match silence {
                Silence::Removed => Reaction::Remove,
                Silence::Mute | Silence::NoPower => Reaction::Nothing,
            }
        }
    }
}

/// The next message, or `None` when the reader closed the connection between two of them.
async fn read_message(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    acknowledge_at_once(stream)?;
    if stream.read(length.get_mut(..1).unwrap_or_default()).await? == 0 {
        return Ok(None);
    }
    acknowledge_at_once(stream)?;
    stream.read_exact(length.get_mut(1..).unwrap_or_default()).await?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    acknowledge_at_once(stream)?;
    stream.read_exact(&mut message).await?;
    Ok(Some(message))
}

/// vpcd sends length and body apart with Nagle's algorithm on: while the acknowledgement of the length is
/// delayed, it holds the body back for 40 ms. The kernel forgets the option, so it is set before each read.
fn acknowledge_at_once(stream: &TcpStream) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_quickack(true)?;
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
    Ok(())
}

/// Length and body in one buffer, so that they leave in one write.
fn framed(answer: &[u8]) -> Result<Vec<u8>, LinkError> {
    let length = u16::try_from(answer.len()).map_err(|_| LinkError::TooLong(answer.len()))?;
    let mut frame = Vec::with_capacity(answer.len() + 2);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(answer);
    Ok(frame)
}
