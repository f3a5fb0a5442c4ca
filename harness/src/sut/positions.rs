//! The positions of the chain that a product can fill, each by an adapter of its own.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::adapter::Adapter;
use super::card::CardAdapter;
use super::matcher::MatcherAdapter;
use crate::catalogue::Position;

/// The positions that the product fills; the bench simulates the rest.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Positions {
    /// The card in the patient's hand.
    pub card: Option<CardAdapter>,
    /// Software between the reader and the card.
    pub card_middleware: Option<Adapter>,
    /// 顔認証付きカードリーダー.
    pub reader: Option<Adapter>,
    /// What compares two faces.
    pub matcher: Option<MatcherAdapter>,
    /// 資格確認端末.
    pub terminal: Option<Adapter>,
    /// レセコン.
    pub receipt_computer: Option<Adapter>,
    /// 資格確認機関.
    pub backend: Option<Adapter>,
    /// What asks the authority about certificates.
    pub authority_client: Option<Adapter>,
}

impl Positions {
    /// Each position that can be filled, with what is wrong with its entry: the one list of them.
    fn entries(&self) -> [(Position, Option<Option<&'static str>>); 8] {
        [
            (Position::Card, self.card.as_ref().map(CardAdapter::fault)),
            (Position::CardMiddleware, self.card_middleware.as_ref().map(Adapter::fault)),
            (Position::Reader, self.reader.as_ref().map(Adapter::fault)),
            (Position::Matcher, self.matcher.as_ref().map(MatcherAdapter::fault)),
            (Position::Terminal, self.terminal.as_ref().map(Adapter::fault)),
            (Position::ReceiptComputer, self.receipt_computer.as_ref().map(Adapter::fault)),
            (Position::Backend, self.backend.as_ref().map(Adapter::fault)),
            (Position::AuthorityClient, self.authority_client.as_ref().map(Adapter::fault)),
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
        let adapters = self.adapters().into_iter().filter(|(_, adapter)| adapter.is_reverse());
        let card = self.card.as_ref().filter(|card| card.is_reverse());
        adapters.map(|(position, _)| position).chain(card.map(|_| Position::Card)).collect()
    }

    /// Whether scenarios run one after the other, because there is one person, or one folder, for all of them.
    pub fn one_at_a_time(&self) -> bool {
        self.adapters().iter().any(|(_, adapter)| adapter.is_one_for_all())
    }

    /// Whether a program that the bench starts takes orders in this position.
    pub fn takes_orders_as_program(&self, position: Position) -> bool {
        self.adapters().iter().any(|(filled, adapter)| *filled == position && adapter.is_process())
    }

    /// The positions that are reached by an [`Adapter`].
    fn adapters(&self) -> Vec<(Position, &Adapter)> {
        let each = [
            (Position::CardMiddleware, &self.card_middleware),
            (Position::Reader, &self.reader),
            (Position::Terminal, &self.terminal),
            (Position::ReceiptComputer, &self.receipt_computer),
            (Position::Backend, &self.backend),
            (Position::AuthorityClient, &self.authority_client),
        ];
        each.into_iter()
            .filter_map(|(position, adapter)| Some((position, adapter.as_ref()?)))
            .collect()
    }

    /// A position that an adapter is not made for.
    fn misplaced(&self) -> Option<String> {
        let why = |(position, adapter): (Position, &Adapter)| {
            adapter.misplaced(position).map(|why| format!("{}: {why}", position.name()))
        };
        self.adapters().into_iter().find_map(why)
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
        let fault = entries.into_iter().find_map(fault);
        fault.or_else(|| self.misplaced()).or_else(|| self.idle())
    }

    /// A position that nobody would ask, since the product beside it does its work: it would be found faultless.
    fn idle(&self) -> Option<String> {
        // Whoever is only listened to asks whom it likes.
        let asks = |adapter: &&Adapter| !adapter.is_reverse();
        let reader = self.reader.as_ref().filter(asks).map(|_| "reader");
        let backend = self.backend.as_ref().filter(asks).map(|_| "backend");
        let beside = [
            (reader, Position::Matcher, self.matcher.is_some()),
            (reader, Position::CardMiddleware, self.card_middleware.is_some()),
            (backend, Position::AuthorityClient, self.authority_client.is_some()),
        ];
        let found = beside.into_iter().find(|(by, _, filled)| by.is_some() && *filled)?;
        let (by, idle) = (found.0?, found.1.name());
        Some(format!("a {by} does the work of `{idle}` itself: leave `{idle}` or `{by}` out"))
    }
}
