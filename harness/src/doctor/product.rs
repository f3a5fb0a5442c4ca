//! What is looked at of a product, position by position.

use super::{
    Finding, backend, card_middleware, folder_terminal, line, matcher, receipt_computer, terminal,
};
use crate::catalogue::Position;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;

/// What is looked at in this position, in order.
pub(super) fn checks(position: Position) -> &'static [&'static str] {
    match position {
        Position::Matcher => &matcher::CHECKS,
        Position::Terminal
        | Position::ReceiptComputer
        | Position::CardMiddleware
        | Position::Backend => &line::CHECKS,
        Position::Card | Position::Reader | Position::AuthorityClient => &[],
    }
}

/// The same of this product: one that gets no orders is looked at through its folders.
pub(super) fn checks_of(sut: Option<&SutConfig>, position: Position) -> &'static [&'static str] {
    let terminal = sut.and_then(|sut| sut.positions.terminal.as_ref());
    match (position, terminal) {
        (Position::Terminal, Some(Adapter::Folder(_))) => &folder_terminal::CHECKS,
        (position, _) => checks(position),
    }
}

/// Looks at every position that the product fills, in the order of [`checks`]; the first that is the matter is the last.
pub(super) async fn examine(sut: &SutConfig) -> Vec<Result<(), Finding>> {
    let mut found = Vec::new();
    for position in sut.positions.filled() {
        if found.iter().all(Result::is_ok) {
            found.extend(in_position(sut, position).await);
        }
    }
    found
}

async fn in_position(sut: &SutConfig, position: Position) -> Vec<Result<(), Finding>> {
    let positions = &sut.positions;
    match position {
        Position::Matcher => match &positions.matcher {
            Some(adapter) => matcher::examine(sut, adapter),
            None => Vec::new(),
        },
        Position::Terminal => match &positions.terminal {
            Some(Adapter::Folder(of)) => folder_terminal::examine(sut, of).await,
            Some(adapter) => terminal::examine(sut, adapter).await,
            None => Vec::new(),
        },
        Position::ReceiptComputer => match &positions.receipt_computer {
            Some(adapter) => receipt_computer::examine(sut, adapter).await,
            None => Vec::new(),
        },
        Position::CardMiddleware => match &positions.card_middleware {
            Some(adapter) => card_middleware::examine(sut, adapter).await,
            None => Vec::new(),
        },
        Position::Backend => match &positions.backend {
            Some(adapter) => backend::examine(sut, adapter).await,
            None => Vec::new(),
        },
        Position::Card | Position::Reader | Position::AuthorityClient => Vec::new(),
    }
}
