//! `madoguchi card serve`: how programs reach the card, and the live view in words.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use clap::Args;
use sim_card::Card;
use sim_card::apdu::Describer;
use sim_card::link::vpcd::LinkError;
use sim_card::link::{CardSlot, Event, http, vpcd};

use super::card_faults::Misbehaviour;
use super::card_holder::HeldCard;
use super::card_state::keep;
use super::{Failure, INCOMPLETE, block_on, say, stopped};
use crate::error::BenchError;

/// Where vpcd listens unless another place is named.
const VPCD: &str = "127.0.0.1:35963";

/// Where the card can be reached.
#[derive(Debug, Args)]
pub struct Door {
    /// Put the card into the virtual reader (vpcd) that listens here; the default, at 127.0.0.1:35963
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "http")]
    vpcd: Option<String>,
    /// Serve the card over HTTP here instead; without an address at 127.0.0.1:8890
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, default_missing_value = "127.0.0.1:8890")]
    http: Option<String>,
}

/// Serves a virtual card until Ctrl-C.
pub fn serve(
    held: &HeldCard,
    door: &Door,
    misbehaviour: &Misbehaviour,
    state: Option<&Path>,
) -> Result<u8, Failure> {
    let name = &held.name;
    let mut card = Card::new(held.contents.clone());
    misbehaviour.lay_on(&mut card)?;
    match state {
        Some(file) => {
            let card = keep(card, name, file)?;
            door.open(card, &format!("card of {name} (state in {})", file.display()))
        }
        None => door.open(card, &format!("card of {name}")),
    }
}

impl Door {
    /// Serves any card until Ctrl-C, and shows each APDU in words.
    pub fn open(&self, card: impl CardSlot + 'static, name: &str) -> Result<u8, Failure> {
        let card = Arc::new(Mutex::new(card));
        match &self.http {
            Some(address) => over_http(card, address, name),
            None => to_vpcd(card, self.vpcd.as_deref().unwrap_or(VPCD), name),
        }
    }
}

fn over_http(
    card: Arc<Mutex<impl CardSlot + 'static>>,
    address: &str,
    name: &str,
) -> Result<u8, Failure> {
    block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
            let message = format!("cannot listen on {address}: {error}");
            let next = "choose another address with --http, or stop the program that holds it";
            Failure::told(INCOMPLETE, message, next)
        })?;
        let bound = listener.local_addr().map_err(BenchError::Listen)?;
        say(format_args!("{name} at http://{bound}/; Ctrl-C takes it away"));
        if !bound.ip().is_loopback() {
            say("whoever reaches this address can use the card");
        }
        let routes = http::router(card, live_view());
        sim_backend::http::serve_plain(listener, routes, stopped()).await;
        Ok(0)
    })
}

fn to_vpcd(
    card: Arc<Mutex<impl CardSlot + 'static>>,
    address: &str,
    name: &str,
) -> Result<u8, Failure> {
    say(format_args!("{name} for the virtual reader at {address}; Ctrl-C takes it away"));
    block_on(async {
        tokio::select! {
            ended = vpcd::serve(card, address, live_view()) => {
                ended.map_err(|error| unreachable_reader(address, &error))?;
                say("the reader let the card go");
            }
            () = stopped() => {}
        }
        Ok(0)
    })
}

/// The usual reason is that pcscd with the vpcd driver does not run.
fn unreachable_reader(address: &str, error: &LinkError) -> Failure {
    let (message, next) = match error {
        LinkError::Connect(source) if source.kind() == io::ErrorKind::ConnectionRefused => (
            format!("no virtual reader listens at {address}"),
            "start pcscd with the vpcd driver (Debian: pcscd, vsmartcard-vpcd), name its place with --vpcd, or use --http",
        ),
        LinkError::Connect(source) => (
            format!("cannot reach a virtual reader at {address}: {source}"),
            "name the place where vpcd listens with --vpcd HOST:PORT, or use --http",
        ),
        LinkError::Broken(_) | LinkError::TooLong(_) => {
            (format!("{error}"), "look at pcscd's log, then serve the card again")
        }
    };
    Failure::told(INCOMPLETE, message, next)
}

/// Says each event in words.
fn live_view() -> impl FnMut(&Event<'_>) + Send + 'static {
    let mut words = Describer::default();
    move |event: &Event<'_>| say(words.event(event))
}
