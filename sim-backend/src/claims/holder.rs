//! Whose insurance does a claim state? Rows OQS-CLM-04, OQS-CLM-05, OQS-CLM-07.

use super::{check::Known, file::Claim, reason::ReturnReason};
use crate::{
    messages::claim::{InsurerRecord, ReceiptRecord},
    service::records::{Coverage, PersonState},
};

/// Whose insurance a claim states.
pub(super) struct Holder<'a> {
    /// The coverages that the claim names; never empty.
    pub stated: Vec<&'a Coverage>,
    /// The one person who has them; `None` when several do.
    pub person: Option<&'a PersonState>,
    /// The branch was missing or another, and the birth date tells which it is. Check class 09.
    pub branch_fixed: bool,
}

impl<'a> Holder<'a> {
    /// All that could pay: the stated coverages, and the person's others.
    pub fn coverages(&self) -> impl Iterator<Item = &'a Coverage> {
        let others = self.person.into_iter().flat_map(|person| &person.coverages);
        self.stated.iter().copied().chain(others)
    }
}

type Named<'a> = (&'a PersonState, &'a Coverage);

/// The holder of the stated insurance, or the first thing that does not fit.
pub(super) fn holder<'a>(
    receipt: &ReceiptRecord,
    insurer: &InsurerRecord,
    claim: &Claim,
    known: &'a Known,
) -> Result<Holder<'a>, ReturnReason> {
    if !known.insurer {
        return Err(ReturnReason::InsurerUnknown);
    }
    let mut named: Vec<Named<'a>> =
        known.holders.iter().flat_map(|state| numbered(state, insurer)).collect();
    some(&named, ReturnReason::NumberUnknown)?;
    named.retain(|(_, coverage)| coverage.details.symbol == insurer.symbol);
    some(&named, ReturnReason::SymbolDiffers)?;
    named.retain(|(state, _)| {
        state.holder.as_ref().is_some_and(|holder| holder.birthdate == receipt.birthdate)
    });
    some(&named, ReturnReason::HolderDiffers)?;
    by_branch(claim, named)
}

fn some(named: &[Named<'_>], otherwise: ReturnReason) -> Result<(), ReturnReason> {
    if named.is_empty() { Err(otherwise) } else { Ok(()) }
}

fn numbered<'a>(state: &'a PersonState, insurer: &InsurerRecord) -> Vec<Named<'a>> {
    let is_named = |coverage: &&Coverage| {
        coverage.insurer_number == insurer.insurer_number
            && insurer.number.as_ref() == Some(&coverage.details.number)
    };
    state.coverages.iter().filter(is_named).map(|coverage| (state, coverage)).collect()
}

/// The branch decides between members of a family. Where the birth date leaves one person, a wrong or missing one is put
/// right; without SN record none is stated, so there is nothing to put right.
fn by_branch<'a>(claim: &Claim, named: Vec<Named<'a>>) -> Result<Holder<'a>, ReturnReason> {
    let Some(checked) = claim.checked() else { return Ok(of(named, false)) };
    let fits = |(_, coverage): &&Named<'a>| coverage.details.branch == checked.branch_number;
    let fitting: Vec<_> = named.iter().filter(fits).copied().collect();
    if !fitting.is_empty() {
        return Ok(of(fitting, false));
    }
    let found = of(named, true);
    match (found.person, &checked.branch_number) {
        (Some(_), _) => Ok(found),
        (None, Some(_)) => Err(ReturnReason::HolderDiffers),
        (None, None) => Ok(Holder { branch_fixed: false, ..found }),
    }
}

fn of(named: Vec<Named<'_>>, branch_fixed: bool) -> Holder<'_> {
    let first = named.first().map(|(state, _)| *state);
    let person = first.filter(|first| named.iter().all(|(state, _)| state.person == first.person));
    Holder {
        stated: named.into_iter().map(|(_, coverage)| coverage).collect(),
        person,
        branch_fixed,
    }
}
