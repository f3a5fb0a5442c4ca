//! What is looked at of a product, position by position.

use super::{
    Finding, authority_client, backend, card, card_middleware, folder_terminal, line, matcher,
    reader, receipt_computer, terminal,
};
use crate::catalogue::Position;
use crate::sut::adapter::Adapter;
use crate::sut::config::{Isolation, SutConfig};

fn checks(position: Position) -> &'static [&'static str] {
    match position {
        Position::Card => &card::CHECKS,
        Position::Matcher => &matcher::CHECKS,
        Position::Terminal
        | Position::ReceiptComputer
        | Position::CardMiddleware
        | Position::Reader
        | Position::Backend
        | Position::AuthorityClient => &line::CHECKS,
    }
}

/// One that gets no orders is looked at through its folders.
fn checks_of(sut: &SutConfig, position: Position) -> &'static [&'static str] {
    match (position, &sut.positions.terminal) {
        (Position::Terminal, Some(Adapter::Folder(_))) => &folder_terminal::CHECKS,
        (position, _) => checks(position),
    }
}

/// What is looked at last where a program serves one scenario after the other.
const ANEW: &str = "a second beginning";

/// What is looked at of a product in this position, in order.
pub(super) fn names(
    sut: &SutConfig,
    position: Position,
) -> impl Iterator<Item = &'static str> + use<> {
    let last = begins_again(sut, position).then_some(ANEW);
    checks_of(sut, position).iter().copied().chain(last)
}

/// Whether a program in this position has to forget; a matcher has nothing to.
fn begins_again(sut: &SutConfig, position: Position) -> bool {
    sut.isolation == Isolation::Reset && sut.positions.takes_orders_as_program(position)
}

/// Looks at every position that the product fills, in the order of [`names`]; the first that is the matter is the last.
pub(super) async fn examine(sut: &SutConfig) -> Vec<Result<(), Finding>> {
    let mut found = Vec::new();
    for position in sut.positions.filled() {
        if found.iter().all(Result::is_ok) {
            found.extend(in_position(sut, position).await);
        }
        if found.iter().all(Result::is_ok) && begins_again(sut, position) {
            // The program of the first time, which is told nothing but to begin anew.
            found.push(in_position(sut, position).await.into_iter().collect());
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
        Position::Reader => match &positions.reader {
            Some(adapter) => reader::examine(sut, adapter).await,
            None => Vec::new(),
        },
        Position::AuthorityClient => match &positions.authority_client {
            Some(adapter) => authority_client::examine(sut, adapter).await,
            None => Vec::new(),
        },
    }
}
