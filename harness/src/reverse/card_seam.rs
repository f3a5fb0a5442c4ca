//! A tap between a card and the virtual reader vpcd: each message is a 16-bit big-endian length and that many bytes.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use reports::evidence::Seam;
use sim_card::apdu::Describer;
use sim_card::link::Event;
use sim_reader::{CardChannel, ChannelError};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::card_log::CardLog;
use super::carry::{Ear, From, carry};
use super::heard::{Heard, Trouble};
use super::http_seam::accepted;
use crate::error::BenchError;
use crate::sut::reverse::CardTap;
use crate::taps::card::TappedCard;

/// A tap that the card connects to.
#[derive(Clone)]
pub struct CardSeam {
    to: String,
    heard: Heard,
}

impl CardSeam {
    /// Opens the door for the card.
    ///
    /// # Errors
    /// [`BenchError::TapListen`].
    pub async fn open(tap: &CardTap, heard: Heard) -> Result<(Self, TcpListener), BenchError> {
        let address = tap.listen.clone();
        let listener = TcpListener::bind(&address).await;
        let listener =
            listener.map_err(|source| BenchError::TapListen { seam: "card", address, source })?;
        Ok((Self { to: tap.to.clone(), heard }, listener))
    }

    /// Serves until `stop` is told.
    pub async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let mut stopped = stop.clone();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                card = accepted(&listener) => {
                    connections.spawn(self.clone().connection(card, stop.clone()));
                }
                Some(_) = connections.join_next() => {}
                _ = stopped.wait_for(|stopped| *stopped) => break,
            }
        }
        while connections.join_next().await.is_some() {}
    }

    async fn connection(self, card: TcpStream, mut stop: watch::Receiver<bool>) {
        let reader = match TcpStream::connect(&self.to).await {
            Ok(reader) => reader,
            Err(error) => {
                let _ = card.set_zero_linger();
                let what = format!("the virtual reader cannot be reached: {error}");
                return self.heard.trouble(Trouble { seam: Seam::Card, what });
            }
        };
        let _ = (card.set_nodelay(true), reader.set_nodelay(true));
        let (tell, told) = unbounded_channel();
        let heard = self.heard.clone();
        let carrying = async move {
            let ear = Frames::new(tell);
            let (mut card, mut reader) = (Prompt(card), Prompt(reader));
            tokio::select! {
                _ = carry(&mut card, &mut reader, &ear) => {}
                _ = stop.wait_for(|stopped| *stopped) => {}
            }
        };
        tokio::join!(carrying, write_down(heard, told));
    }
}

/// Acknowledges at once what it reads: vpcd sends length and body apart, and would hold the body back for 40 ms otherwise.
struct Prompt(TcpStream);

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        // The kernel forgets the option, so it is set before each read.
        #[cfg(target_os = "linux")]
        let _ = self.0.set_quickack(true);
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// What passed between card and reader.
#[derive(Debug, PartialEq, Eq)]
enum Passed {
    PowerOff,
    PowerOn,
    Reset,
    Exchange { command: Vec<u8>, answer: Vec<u8> },
    Silence,
}

/// Makes messages of the copies.
struct Frames {
    tell: UnboundedSender<Passed>,
    state: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    from_card: Vec<u8>,
    from_reader: Vec<u8>,
    /// What the card was asked and has not answered: a command, or its answer to reset.
    asked: VecDeque<Vec<u8>>,
}

impl Frames {
    fn new(tell: UnboundedSender<Passed>) -> Self {
        Self { tell, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, Open> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, passed: Passed) {
        // The one who writes down lives as long as the connection.
        let _ = self.tell.send(passed);
    }

    fn of_reader(&self, open: &mut Open, message: Vec<u8>) {
        let passed = match message.as_slice() {
            [0x00] => Passed::PowerOff,
            [0x01] => Passed::PowerOn,
            [0x02] => Passed::Reset,
            [] => return,
            _ => return open.asked.push_back(message),
        };
        // Power and reset are not answered: a command that still waits then never will be.
        if open.asked.drain(..).any(|asked| asked.len() > 1) {
            self.say(Passed::Silence);
        }
        self.say(passed);
    }

    fn of_card(&self, open: &mut Open, answer: Vec<u8>) {
        let command = open.asked.pop_front().filter(|asked| asked.len() > 1);
        if let Some(command) = command {
            self.say(Passed::Exchange { command, answer });
        }
    }
}

impl Ear for Frames {
    fn hear(&self, from: From, bytes: &[u8]) {
        let mut open = self.state();
        let buffer = match from {
            From::Asking => &mut open.from_card,
            From::Answering => &mut open.from_reader,
        };
        buffer.extend_from_slice(bytes);
        let messages: Vec<Vec<u8>> = std::iter::from_fn(|| frame(buffer)).collect();
        for message in messages {
            match from {
                From::Asking => self.of_card(&mut open, message),
                From::Answering => self.of_reader(&mut open, message),
            }
        }
    }

    fn ended(&self, _: From) {
        if self.state().asked.drain(..).any(|asked| asked.len() > 1) {
            self.say(Passed::Silence);
        }
    }
}

/// The next whole message.
fn frame(buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes(*buffer.first_chunk()?));
    (buffer.len() >= length + 2).then(|| buffer.drain(..length + 2).skip(2).collect())
}

/// Gives the tap of the card seam what the card answered long ago.
#[derive(Default)]
struct Replay(Arc<Mutex<Vec<u8>>>);

impl CardChannel for Replay {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, ChannelError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Writes down what passed, in order, until the connection is over.
async fn write_down(heard: Heard, mut passed: UnboundedReceiver<Passed>) {
    let mut replay = Replay::default();
    let answered = Arc::clone(&replay.0);
    let tapped = TappedCard::new(&mut replay, heard.taps().clone());
    let (words, log) = (Describer::default(), CardLog::new(heard.next_card()));
    let mut scribe = Scribe { heard, tapped, answered, words, log };
    while let Some(passed) = passed.recv().await {
        scribe.line(&passed);
        scribe.note(passed);
    }
}

/// Evidence by the same tap as everywhere, a line of the live view, and a note for the rules.
struct Scribe<'a> {
    heard: Heard,
    tapped: TappedCard<'a>,
    answered: Arc<Mutex<Vec<u8>>>,
    words: Describer,
    log: CardLog,
}

impl Scribe<'_> {
    fn line(&mut self, passed: &Passed) {
        let event = match passed {
            Passed::PowerOff => Event::PowerOff,
            Passed::PowerOn => Event::PowerOn,
            Passed::Reset => Event::Reset,
            Passed::Exchange { command, answer } => Event::Exchange { command, answer },
            Passed::Silence => return,
        };
        let line = self.words.event(&event);
        self.heard.tell(Seam::Card, &line);
    }

    fn note(&mut self, passed: Passed) {
        match passed {
            Passed::PowerOff | Passed::PowerOn | Passed::Reset => {
                self.tapped.power_up();
                self.log.power_up();
            }
            Passed::Exchange { command, answer } => self.exchange(&command, &answer),
            Passed::Silence => {
                let what = "the card gave no answer to a command".to_owned();
                self.heard.trouble(Trouble { seam: Seam::Card, what });
            }
        }
    }

    fn exchange(&mut self, command: &[u8], answer: &[u8]) {
        // The clock of the evidence stands at the present instant.
        let _ = self.heard.taps();
        answer.clone_into(&mut self.answered.lock().unwrap_or_else(PoisonError::into_inner));
        // A replay never fails.
        let _ = self.tapped.transmit(command);
        let seq = self.heard.taps().last_seq().unwrap_or_default();
        self.heard.command(self.log.note(command, answer, seq));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_paired_whatever_the_pieces() {
        for size in [1, 2, 3, 100] {
            let (tell, mut told) = unbounded_channel();
            let frames = Frames::new(tell);
            let hear = |from, bytes: &[u8]| bytes.chunks(size).for_each(|it| frames.hear(from, it));
            hear(From::Answering, &[0, 1, 1, 0, 1, 4]);
            hear(From::Asking, &[0, 2, 0x3B, 0]);
            hear(From::Answering, &[0, 5, 0, 0xB0, 0, 0, 0]);
            hear(From::Asking, &[0, 2, 0x90, 0]);
            hear(From::Answering, &[0, 4, 0, 0x84, 0, 0, 0, 1, 0]);
            frames.ended(From::Asking);
            let mut passed = Vec::new();
            while let Ok(one) = told.try_recv() {
                passed.push(one);
            }
            let (command, answer) = (vec![0, 0xB0, 0, 0, 0], vec![0x90, 0]);
            let exchange = Passed::Exchange { command, answer };
            assert_eq!(passed, [Passed::PowerOn, exchange, Passed::Silence, Passed::PowerOff]);
        }
    }
}
