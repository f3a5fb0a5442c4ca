//! The positions of the chain that a product can fill, each by an adapter of its own.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::adapter::Adapter;
use super::matcher::MatcherAdapter;
use crate::catalogue::Position;

/// The positions that the product fills; the bench simulates the rest.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Positions {
    /// Software between the reader and the card.
    pub card_middleware: Option<Adapter>,
    /// What compares two faces.
    pub matcher: Option<MatcherAdapter>,
    /// 資格確認端末.
    pub terminal: Option<Adapter>,
    /// レセコン.
    pub receipt_computer: Option<Adapter>,
    /// 資格確認機関.
    pub backend: Option<Adapter>,
}

impl Positions {
    /// Each position that can be filled, with what is wrong with its entry: the one list of them.
    fn entries(&self) -> [(Position, Option<Option<&'static str>>); 5] {
        [
            (Position::CardMiddleware, self.card_middleware.as_ref().map(Adapter::fault)),
            (Position::Matcher, self.matcher.as_ref().map(MatcherAdapter::fault)),
            (Position::Terminal, self.terminal.as_ref().map(Adapter::fault)),
            (Position::ReceiptComputer, self.receipt_computer.as_ref().map(Adapter::fault)),
            (Position::Backend, self.backend.as_ref().map(Adapter::fault)),
        ]
    }

    /// The positions that are filled.
    pub fn filled(&self) -> BTreeSet<Position> {
        let entries = self.entries().into_iter();
        entries.filter(|(_, entry)| entry.is_some()).map(|(position, _)| position).collect()
    }

    /// Whether one is filled beside the receipt computer's, which alone is ordered event by event.
    pub fn go_beyond_receipt_computer(&self) -> bool {
        self.filled().iter().any(|position| *position != Position::ReceiptComputer)
    }

    /// Of the filled ones, those that are listened to only.
    pub fn reversed(&self) -> BTreeSet<Position> {
        let adapters = [
            (Position::CardMiddleware, &self.card_middleware),
            (Position::Terminal, &self.terminal),
            (Position::ReceiptComputer, &self.receipt_computer),
            (Position::Backend, &self.backend),
        ];
        let reversed =
            |adapter: &Option<Adapter>| adapter.as_ref().is_some_and(Adapter::is_reverse);
        adapters.into_iter().filter(|(_, it)| reversed(it)).map(|(position, _)| position).collect()
    }

    /// What is wrong with them, although they can be read.
    pub(super) fn fault(&self) -> Option<String> {
        let entries = self.entries();
        if entries.iter().all(|(_, entry)| entry.is_none()) {
            let known: Vec<&str> = entries.iter().map(|(position, _)| position.name()).collect();
            return Some(format!("`positions` fills none: give one of {}", known.join(", ")));
        }
        let fault = |(position, entry): (Position, Option<Option<&'static str>>)| {
            entry.flatten().map(|fault| format!("{}: {fault}", position.name()))
        };
        entries.into_iter().find_map(fault)
    }
}
