//! Which qualification pays for each day of a claim. Rows OQS-CLM-02 to -05, OQS-CLM-07.

use jiff::civil::Date;

use super::{
    check::Known,
    file::Claim,
    form::{OLD_QUALIFICATION, remark},
    holder::{Holder, holder},
    reason::ReturnReason,
    verdict::{ClaimOutcome, Judgement, Part},
};
use crate::{
    messages::{
        claim::{ConfirmationKind, InsurerRecord, ReceiptRecord},
        codes::ReasonOfLoss,
    },
    service::{
        qualify::{Qualification, Standing, by_card},
        records::Coverage,
    },
    store::Confirmation,
};

/// Judges a claim on a stated insurance.
///
/// # Errors
/// Why it goes back.
pub(super) fn judge(
    claim: &Claim,
    receipt: &ReceiptRecord,
    insurer: &InsurerRecord,
    known: &Known,
) -> Result<Judgement, ReturnReason> {
    let confirmed = confirmed(claim, (receipt, insurer), known);
    let days: Vec<_> = claim.treatment_days().collect();
    let all_confirmed = !confirmed.is_empty() && days.iter().all(|day| confirmed.contains(day));
    if all_confirmed {
        return Ok(Judgement::accepted(ConfirmationKind::Unchanged));
    }
    let payers = Payers { holder: holder(receipt, insurer, claim, known)?, confirmed };
    let found = match days.as_slice() {
        [] => payers.of_month(claim, insurer),
        days => payers.of_days(days, claim, insurer),
    };
    match found {
        Err(ReturnReason::QualificationLost) if remark(claim, OLD_QUALIFICATION).is_some() => {
            Ok(Judgement::accepted(ConfirmationKind::LostAskedStatedInsurer))
        }
        found => found,
    }
}

/// Days for which the institution was told that the stated insurance is valid, and says so. What was confirmed is
/// neither returned nor transferred later, whatever the insurer reported since. Rows OQS-CLM-02, OQS-CLM-03. Without a branch
/// the birth date tells whose confirmation it is: one about another of the family confirms nothing.
fn confirmed(
    claim: &Claim,
    (receipt, insurer): (&ReceiptRecord, &InsurerRecord),
    known: &Known,
) -> Vec<Date> {
    let branch = claim.checked().and_then(|checked| checked.branch_number.as_ref());
    let is_another = |given: &Confirmation| {
        let about = known.holders.iter().find(|state| state.person == given.person);
        let holder = about.and_then(|state| state.holder.as_ref());
        holder.is_some_and(|holder| holder.birthdate != receipt.birthdate)
    };
    let about = known.confirmations.iter().filter(|given| {
        given.symbol == insurer.symbol
            && branch
                .map_or_else(|| !is_another(given), |branch| Some(branch) == given.branch.as_ref())
    });
    about.filter(|_| claim.is_checked()).map(|given| given.day).collect()
}

/// Who could pay.
struct Payers<'a> {
    holder: Holder<'a>,
    confirmed: Vec<Date>,
}

/// Who pays for one day.
#[derive(Clone, Copy)]
enum Payer<'a> {
    Stated,
    Other(&'a Coverage),
}

impl<'a> Payers<'a> {
    /// Row OQS-CLM-07: a day that the stated insurance does not cover goes to the one that does.
    fn on(&self, day: Date) -> Result<Payer<'a>, ReturnReason> {
        let is_active = |coverage: &&Coverage| coverage.standing(day) == Standing::Active;
        if self.confirmed.contains(&day)
            || self.holder.stated.iter().copied().any(|c| is_active(&c))
        {
            return Ok(Payer::Stated);
        }
        match self.holder.person.map(|person| by_card(person, day)) {
            // Medical aid pays by its tickets and never takes over a claim to an insurer.
            Some(Qualification::Valid(_, other)) if !other.is_medical_aid() => {
                Ok(Payer::Other(other))
            }
            Some(
                Qualification::Valid(..)
                | Qualification::Unregistered(..)
                | Qualification::Invalid(..)
                | Qualification::Superseded(..)
                | Qualification::Nothing
                | Qualification::Several,
            )
            | None => Err(self.lost(day)),
        }
    }

    /// Why the stated insurance does not cover the day: the newest of it that has ended tells.
    fn lost(&self, day: Date) -> ReturnReason {
        let ended =
            self.holder.stated.iter().filter(|coverage| coverage.standing(day) == Standing::Ended);
        let Some(newest) = ended.max_by_key(|coverage| coverage.details.gained) else {
            return ReturnReason::NotYetQualified;
        };
        let loss = newest.lost.filter(|loss| loss.on <= day);
        if loss.is_some_and(|loss| loss.reason == Some(ReasonOfLoss::Death)) {
            ReturnReason::LostByDeath
        } else if loss.and_then(|loss| loss.certificate_returned).is_some_and(|back| back <= day) {
            ReturnReason::LostAfterReturn
        } else {
            ReturnReason::QualificationLost
        }
    }

    fn of_days(
        &self,
        days: &[Date],
        claim: &Claim,
        insurer: &InsurerRecord,
    ) -> Result<Judgement, ReturnReason> {
        let mut parts: Vec<(bool, Part)> = Vec::new();
        for day in days {
            let payer = self.on(*day)?;
            let (stated, mut part) = match payer {
                Payer::Stated => (true, self.stated(claim, insurer)),
                Payer::Other(other) => (false, Part::of(other)),
            };
            let same = |(_, known): &&mut (bool, Part)| {
                Part { days: part.days.clone(), ..known.clone() } == part
            };
            match parts.iter_mut().find(same) {
                Some((_, known)) => known.days.extend([day.day()]),
                None => {
                    part.days.extend([day.day()]);
                    parts.push((stated, part));
                }
            }
        }
        Ok(self.paid_by(parts))
    }

    /// When the file tells no days: good if the stated insurance covers some day of the month, else whole to whoever does.
    fn of_month(&self, claim: &Claim, insurer: &InsurerRecord) -> Result<Judgement, ReturnReason> {
        let (first, last) = claim.month().ok_or(ReturnReason::Unreadable)?;
        let begins = self.holder.coverages().map(|coverage| coverage.details.gained);
        let begins = begins.filter(|gained| first <= *gained && *gained <= last);
        let payers: Vec<_> = begins.chain([first]).map(|day| self.on(day)).collect();
        if payers.iter().any(|payer| matches!(payer, Ok(Payer::Stated))) {
            return Ok(self.paid_by(vec![(true, self.stated(claim, insurer))]));
        }
        match payers.into_iter().rev().find_map(Result::ok) {
            Some(Payer::Other(other)) => Ok(self.paid_by(vec![(false, Part::of(other))])),
            Some(Payer::Stated) | None => Err(self.lost(last)),
        }
    }

    fn stated(&self, claim: &Claim, insurer: &InsurerRecord) -> Part {
        let stated = Part::stated(insurer, claim);
        let branch =
            self.holder.stated.first().and_then(|coverage| coverage.details.branch.clone());
        if self.holder.branch_fixed { Part { branch, ..stated } } else { stated }
    }

    fn paid_by(&self, parts: Vec<(bool, Part)>) -> Judgement {
        let only_stated = parts.iter().all(|(stated, _)| *stated);
        let outcome = match parts.as_slice() {
            [_] if only_stated => ClaimOutcome::Accepted,
            [_] => ClaimOutcome::Transferred,
            [..] => ClaimOutcome::Split,
        };
        let parts = parts.into_iter().map(|(_, part)| part).collect();
        match (outcome, self.holder.branch_fixed) {
            (ClaimOutcome::Accepted, false) => Judgement::accepted(ConfirmationKind::Unchanged),
            (ClaimOutcome::Accepted, true) => {
                Judgement::paid_by(outcome, ConfirmationKind::BranchFixed, parts)
            }
            (ClaimOutcome::Transferred, _) => {
                Judgement::paid_by(outcome, ConfirmationKind::Transferred, parts)
            }
            (ClaimOutcome::Split | ClaimOutcome::Returned, _) => {
                Judgement::paid_by(outcome, ConfirmationKind::Split, parts)
            }
        }
    }
}
