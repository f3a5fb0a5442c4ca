//! What is looked at of a product, position by position.

use super::{Finding, backend, card, card_middleware, line, matcher, receipt_computer, terminal};
use crate::catalogue::Position;
use crate::sut::config::SutConfig;

/// What is looked at in this position, in order.
pub(super) fn checks(position: Position) -> &'static [&'static str] {
    match position {
        Position::Card => &card::CHECKS,
        Position::Matcher => &matcher::CHECKS,
        Position::Terminal
        | Position::ReceiptComputer
        | Position::CardMiddleware
        | Position::Backend => &line::CHECKS,
        Position::Reader | Position::AuthorityClient => &[],
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
        Position::Card => match &positions.card {
            Some(adapter) => card::examine(sut, adapter),
            None => Vec::new(),
        },
        Position::Matcher => match &positions.matcher {
            Some(adapter) => matcher::examine(sut, adapter),
            None => Vec::new(),
        },
        Position::Terminal => match &positions.terminal {
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
        Position::Reader | Position::AuthorityClient => Vec::new(),
    }
}
