//! Looks at configuration, machine and product before anything is judged, so that a mistake of the set-up is not taken for a defect of the product.

mod authority_client;
mod backend;
mod card;
mod card_middleware;
mod desk;
mod folder_terminal;
mod line;
mod machine;
mod matcher;
mod product;
mod reader;
mod receipt_computer;
mod reverse;
mod table;
mod terminal;

use std::path::Path;

use reports::model::Blame;

use crate::error::BenchError;
use crate::sut::config::SutConfig;

/// What was found, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// On whose side the cause lies.
    pub blame: Blame,
    /// What is the matter.
    pub what: String,
    /// What to do next, as an order.
    pub next: String,
}

impl Finding {
    fn new(blame: Blame, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { blame, what: what.into(), next: next.into() }
    }
}

impl From<BenchError> for Finding {
    fn from(error: BenchError) -> Self {
        Self::new(error.blame(), error.to_string(), error.help())
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, a few words.
    pub name: String,
    /// What came of it.
    pub state: State,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// Something is the matter.
    Bad(Finding),
    /// Not looked at, because something before it is the matter.
    Open,
}

/// What is looked at before the product, in order.
const BEFORE: [&str; 3] = ["configuration", "temporary folder", "loopback ports"];

/// Looks at everything that a run with this `madoguchi.yaml` needs. What follows something that is the matter is left open,
/// since it would only be its echo.
pub async fn examine(file: &Path) -> Vec<Check> {
    let sut = SutConfig::read(file).map_err(Finding::from);
    let mut found = vec![sut.as_ref().map(drop).map_err(Clone::clone)];
    let names = names(sut.as_ref().ok());
    if let Ok(sut) = sut {
        found.push(machine::temporary_folder());
        found.push(machine::loopback_ports().await);
        if found.iter().all(Result::is_ok) {
            found.extend(match &sut.taps {
                Some(taps) => reverse::examine(&sut, taps).await,
                None => product::examine(&sut).await,
            });
        }
    }
    let states = found.into_iter().map(|found| match found {
        Ok(()) => State::Good,
        Err(finding) => State::Bad(finding),
    });
    let states = states.chain(std::iter::repeat(State::Open));
    names.into_iter().zip(states).map(|(name, state)| Check { name, state }).collect()
}

/// What is looked at, in order. A product that fills several positions is asked in each of them.
fn names(sut: Option<&SutConfig>) -> Vec<String> {
    let mut names: Vec<String> = BEFORE.into_iter().map(str::to_owned).collect();
    let Some(sut) = sut else { return names };
    if let Some(taps) = &sut.taps {
        names.extend(reverse::checks(taps));
        return names;
    }
    let filled = sut.positions.filled();
    let several = filled.len() > 1;
    for position in filled {
        let place = if several { format!("{}: ", position.name()) } else { String::new() };
        names.extend(product::names(sut, position).map(|name| format!("{place}{name}")));
    }
    names
}

/// Whether the product is honest enough to be judged: it greets, does what it can, and says no to what cannot be.
///
/// # Errors
/// The first thing that is the matter.
pub async fn honest(sut: &SutConfig) -> Result<(), Finding> {
    if sut.taps.is_some() {
        return Err(BenchError::NoOrders { product: sut.product.name.clone() }.into());
    }
    machine::temporary_folder()?;
    product::examine(sut).await.into_iter().collect()
}
