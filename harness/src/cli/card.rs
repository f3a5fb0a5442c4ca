//! `madoguchi card`: a virtual My Number Card, served, written to a folder, replayed against a script, its state looked at.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use sim_card::pki::{Authority, AuthorityConfig};

use super::Failure;
use super::card_door::Door;
use super::card_faults::Misbehaviour;
use super::card_holder::Holder;
use super::card_state::Changes;
use super::selection::nearest;
use super::{card_door, card_issue, card_relay, card_script, card_state};
use crate::catalogue::Catalogue;
use crate::error::BenchError;
use crate::model::{CardFacts, Issuer, Person};
use crate::seed::Seed;
use crate::world::{CardPress, Order, Pressed, Workshop};

const SERVE_EXAMPLES: &str = "\
Examples:
  madoguchi card serve --persona hanako                     in pcscd's virtual reader (vpcd)
  madoguchi card serve --persona hanako --http              at http://127.0.0.1:8890/
  madoguchi card serve --persona hanako --http 0.0.0.0:80   for other containers
  madoguchi card serve --citizen 42 --state card.json       counters outlive the command
  madoguchi card serve --persona taro --fault mute-after:5  a card that falls silent
docs/virtual-card.md and docs/card-over-http.md tell more.";

const STATE_EXAMPLES: &str = "\
Examples:
  madoguchi card state card.json                                  counters in words
  madoguchi card state card.json --set user-authentication=1      one try left
  madoguchi card state card.json --unblock digital-signature      what the municipal office does
  madoguchi card state card.json --reset                          as delivered";

const SCRIPT_EXAMPLES: &str = "\
A script has one command in hexadecimal a line, and what the answer must be after an arrow:
  # a comment                 power-on, power-off and reset are lines of their own; the card has power at first
  00A4020C 02 0018  -> 9000   00200080 -> 63Cx   00B0860020 -> 4A504B49.. 9000   0084000008 -> ..(8 bytes) 9000

Examples:
  madoguchi card script examples/card.apdu --persona hanako
  madoguchi card script examples/card.apdu --citizen 42 --state card.json";

/// What can be done with a card.
#[derive(Debug, Subcommand)]
pub enum CardCommand {
    /// Serve a card to PC/SC clients (vpcd) or over HTTP, with a live view of each APDU in words
    #[command(after_help = SERVE_EXAMPLES)]
    Serve {
        #[command(flatten)]
        holder: Holder,
        #[command(flatten)]
        door: Door,
        #[command(flatten)]
        misbehaviour: Misbehaviour,
        /// Keep counters and changed PINs in this file
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
    },
    /// Write a card's certificates, throwaway keys and photo to a folder
    Issue {
        #[command(flatten)]
        holder: Holder,
        /// Folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Show the state a served card keeps, or change it while the card is not served
    #[command(after_help = STATE_EXAMPLES)]
    State {
        /// The file given to `card serve --state`
        file: PathBuf,
        #[command(flatten)]
        changes: Changes,
    },
    /// Replay an APDU script against a card and compare its answers
    #[command(after_help = SCRIPT_EXAMPLES)]
    Script {
        /// The script
        file: PathBuf,
        #[command(flatten)]
        holder: Holder,
        #[command(flatten)]
        misbehaviour: Misbehaviour,
        /// Keep counters and changed PINs in this file
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
    },
    /// Serve a card that lies in a PC/SC reader (needs a build with `--features pcsc`)
    #[command(after_help = card_relay::EXAMPLES)]
    Relay(card_relay::Relay),
}

/// Does what is asked.
pub fn run(command: &CardCommand) -> Result<u8, Failure> {
    match command {
        CardCommand::Serve { holder, door, misbehaviour, state } => {
            card_door::serve(&holder.card()?, door, misbehaviour, state.as_deref())
        }
        CardCommand::Issue { holder, out } => card_issue::issue(&holder.card()?, out),
        CardCommand::State { file, changes } => card_state::state(file, changes),
        CardCommand::Script { file, holder, misbehaviour, state } => {
            card_script::script(file, (holder, misbehaviour), state.as_deref())
        }
        CardCommand::Relay(relay) => relay.run(),
    }
}

/// Finds a persona, or says which one was meant.
pub fn persona(name: &str) -> Result<(&'static str, &'static Person), Failure> {
    let catalogue = Catalogue::embedded()?;
    catalogue.persona(name).ok_or_else(|| {
        let hint = nearest(name, catalogue.personas.keys().map(String::as_str));
        let hint = hint.map_or_else(
            || "see `madoguchi list personas`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::Usage(format!("no persona is called `{name}`; {hint}"))
    })
}

/// The card of a persona with certificates of the foreign authority; `None`: the persona has no card.
pub fn foreign(name: &str) -> Result<Option<Pressed>, Failure> {
    let failed = |error| BenchError::setup("authority", error);
    let mut authority = Authority::new(AuthorityConfig::default()).map_err(failed)?;
    let (workshop, mut press) = (Workshop::new(Seed(1), None)?, CardPress::new()?);
    let found = Catalogue::embedded()?.personas.iter().enumerate().find(|(_, one)| one.0 == name);
    let Some((place, (holder, person))) = found else { return Ok(None) };
    let Some(facts) = &person.card else { return Ok(None) };
    let facts = CardFacts { issuer: Issuer::Foreign, ..facts.clone() };
    let order = Order { holder, person, facts: &facts, place, seed: Seed(1) };
    Ok(Some(press.press(&workshop, &mut authority, &order)?))
}

/// Every persona's card, pressed in the order of their names on one authority that has issued nothing: a serial names the
/// same person in each command.
pub fn pressed(
    mut authority: Authority,
) -> Result<(Authority, BTreeMap<&'static str, Pressed>), Failure> {
    let (workshop, mut press) = (Workshop::new(Seed(1), None)?, CardPress::new()?);
    let mut cards = BTreeMap::new();
    for (place, (holder, person)) in Catalogue::embedded()?.personas.iter().enumerate() {
        let Some(facts) = &person.card else { continue };
        let order = Order { holder, person, facts, place, seed: Seed(1) };
        cards.insert(holder.as_str(), press.press(&workshop, &mut authority, &order)?);
    }
    Ok((authority, cards))
}
