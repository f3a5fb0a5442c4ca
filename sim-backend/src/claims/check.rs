//! Is this claim good? A pure rule over what the store knows. Rows OQS-CLM-02 to OQS-CLM-12, OQS-AID-05, OQS-DIS-05.

use super::{
    file::Claim,
    form, qualification,
    reason::ReturnReason,
    ticket::{self, Ticket},
    verdict::Judgement,
};
use crate::{
    messages::{
        claim::{ConfirmationKind, InsurerRecord},
        record::CardText,
    },
    service::records::PersonState,
    store::Confirmation,
};

/// What the store knows that bears on a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Whether anybody has or had a number with the insurer.
    pub insurer: bool,
    /// Who has or had the number.
    pub holders: Vec<PersonState>,
    /// Confirmations given to the institution about the number in the month.
    pub confirmations: Vec<Confirmation>,
    /// Medical tickets of the beneficiaries that the claim names.
    pub tickets: Vec<Ticket>,
}

/// Judges one claim.
pub(super) fn judge(claim: &Claim, known: &Known) -> Judgement {
    let public = match form::check(claim) {
        Ok(()) => ticket::compare(claim, &known.tickets),
        Err(reason) => return Judgement::returned(reason),
    };
    if !public.differs.is_empty() {
        let (differs, public) = (public.differs, public.confirmations);
        return Judgement { differs, public, ..Judgement::returned(ReturnReason::TicketDiffers) };
    }
    let judged = insurance(claim, known).unwrap_or_else(Judgement::returned);
    Judgement { public: public.confirmations, ..judged }
}

/// What an unknown insurance hides is looked up elsewhere, and public expense alone has no insurance. Rows OQS-CLM-11, OQS-CLM-12.
fn insurance(claim: &Claim, known: &Known) -> Result<Judgement, ReturnReason> {
    let receipt = claim.receipt.as_ref().ok_or(ReturnReason::Unreadable)?;
    match &claim.insurer {
        Some(insurer) if !insurer.is_unknown() => {
            qualification::judge(claim, receipt, insurer, known)
        }
        Some(_) | None => Ok(Judgement::accepted(ConfirmationKind::CannotConfirm)),
    }
}

/// The number a claim is looked up by.
pub(super) fn number_of(claim: &Claim) -> Option<(&InsurerRecord, &CardText)> {
    let insurer = claim.insurer.as_ref()?;
    Some((insurer, insurer.number.as_ref()?))
}
