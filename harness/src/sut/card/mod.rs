//! A product that is the card itself: how it is reached, and the one card of a person that it plays.

mod lying;
mod pcsc;
mod started;
mod vpcd;

use std::collections::BTreeMap;

use serde::Deserialize;
use sim_card::Silence;
use sim_card::link::CardSlot;
use sim_reader::{CardChannel, ChannelError};

use super::adapter::{ReverseAdapter, five_seconds};
use crate::catalogue::Catalogue;

pub use self::lying::LyingCard;
pub use self::pcsc::open;
pub use self::vpcd::VirtualCard;

/// How the product is reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "adapter", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CardAdapter {
    /// As a card reaches a reader, in one of two ways.
    Card(CardWays),
    /// A card that works already with a reader: the bench stands between them and listens; see [`super::reverse`].
    Reverse(ReverseAdapter),
}

/// The two ways; exactly one is given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardWays {
    /// A program that is a virtual card.
    pub vpcd: Option<VpcdCard>,
    /// A card that lies in a PC/SC reader.
    pub pcsc: Option<PcscReader>,
}

/// A program that is started for each card of each scenario, and connects as a card does to vpcd.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VpcdCard {
    /// Program and arguments; run in the folder of `madoguchi.yaml`.
    pub command: Vec<String>,
    /// How long it may take to connect, and one command, in milliseconds.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u64,
    /// Environment variables beside the bench's own.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// Where a card lies that is there already, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PcscReader {
    /// The reader's name, or the beginning of it.
    pub reader: String,
    /// The person of the scenarios whose card it is.
    pub persona: String,
}

/// Either way, once it is known which.
#[derive(Debug, Clone, Copy)]
pub enum CardWay<'a> {
    /// See [`VpcdCard`].
    Vpcd(&'a VpcdCard),
    /// See [`PcscReader`].
    Pcsc(&'a PcscReader),
}

/// A card in a slot, as a reader's own client speaks to it.
pub struct InSlot(pub Box<dyn CardSlot>);

impl CardChannel for InSlot {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.0.exchange(command).map_err(|silence| match silence {
            Silence::Removed => ChannelError::Removed,
            Silence::Mute | Silence::NoPower => ChannelError::Mute,
        })
    }

    fn power_up(&mut self) {
        self.0.power_on();
    }
}

impl CardAdapter {
    /// The way to the product; `None` when the configuration gives none.
    pub fn way(&self) -> Option<CardWay<'_>> {
        let Self::Card(ways) = self else { return None };
        let pcsc = ways.pcsc.as_ref().map(CardWay::Pcsc);
        ways.vpcd.as_ref().map(CardWay::Vpcd).or(pcsc)
    }

    /// Whether nothing is ordered of it, only listened to.
    pub fn is_reverse(&self) -> bool {
        match self {
            Self::Reverse(_) => true,
            Self::Card(_) => false,
        }
    }

    /// What is wrong with it, although it can be read.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let Self::Card(ways) = self else { return None };
        match (&ways.vpcd, &ways.pcsc) {
            (None, None) | (Some(_), Some(_)) => {
                Some("give one of `vpcd` (a program) and `pcsc` (a card in a reader)")
            }
            (Some(vpcd), None) if vpcd.command.is_empty() => {
                Some("`command` is empty: it needs at least the program to start")
            }
            (Some(vpcd), None) => (vpcd.timeout_ms == 0)
                .then_some("`timeout_ms` is 0: nothing can be answered in no time"),
            (None, Some(pcsc)) => pcsc.fault(),
        }
    }
}

impl PcscReader {
    fn fault(&self) -> Option<&'static str> {
        if self.reader.is_empty() {
            return Some("`reader` is empty: name the reader, or give the beginning of its name");
        }
        let person = Catalogue::embedded().ok()?.personas.get(&self.persona);
        let card = person.and_then(|person| person.card.as_ref());
        let fits = card.is_some_and(|card| card.certificate && card.pin.is_some());
        (!fits).then_some(
            "`persona` names nobody whose card has a certificate and a PIN; see `madoguchi list personas`",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(ways: &str) -> Option<&'static str> {
        let adapter: CardAdapter = serde_yaml::from_str(&format!("adapter: card\n{ways}")).unwrap();
        adapter.fault()
    }

    #[test]
    fn exactly_one_way_is_given() {
        const VPCD: &str = "vpcd: {command: [card]}\n";
        const PCSC: &str = "pcsc: {reader: R, persona: hanako}\n";
        assert_eq!((fault(VPCD), fault(PCSC)), (None, None));
        assert!(fault("").unwrap().contains("one of"));
        assert!(fault(&[VPCD, PCSC].concat()).unwrap().contains("one of"));
        assert!(fault("vpcd: {command: []}").unwrap().contains("command"));
        assert!(fault("vpcd: {command: [card], timeout_ms: 0}").unwrap().contains("timeout_ms"));
        assert!(fault("pcsc: {reader: '', persona: hanako}").unwrap().contains("reader"));
        for nobody in ["hanakko", "shiro"] {
            let told = fault(&format!("pcsc: {{reader: R, persona: {nobody}}}"));
            assert!(told.unwrap().contains("persona"), "{nobody}");
        }
    }
}
