//! The medical ticket (医療券・調剤券) beside the claim that is made on it. Row OQS-AID-05.

use std::collections::{BTreeMap, BTreeSet};

use super::{file::Claim, verdict::TicketDetail};
use crate::messages::{
    Digits, InstitutionCode, InsurerNumber, YearMonth,
    claim::{BurdenKind, ConfirmationKind, PublicExpenseRecord},
    codes::MedicalTreatmentType,
};
use crate::service::{
    self,
    records::{Coverage, PersonState},
    ticket::TicketMonth,
};

/// What a medical ticket tells that a claim repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// 公費負担者番号 of the welfare office.
    pub payer_number: InsurerNumber,
    /// 公費受給者番号.
    pub beneficiary_number: Digits<7>,
    /// `DesignatedMedicalInstitutionCode`.
    pub institution: InstitutionCode,
    /// `MedicalTreatmentMonth`.
    pub month: YearMonth,
    /// `MedicalTreatmentType`.
    pub kind: MedicalTreatmentType,
    /// `SelfPayAmount`, yen.
    pub self_pay: u32,
}

/// What came of the comparison.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// 確認区分 of each public expense of the claim.
    pub confirmations: BTreeMap<BurdenKind, ConfirmationKind>,
    /// What differs.
    pub differs: BTreeSet<TicketDetail>,
}

/// Lays each public expense of the claim beside the tickets of its beneficiary; the one that fits best counts. An expense
/// without a ticket cannot be confirmed, which is no fault: paper tickets stay valid. Row OQS-AID-04.
pub(super) fn compare(claim: &Claim, tickets: &[Ticket]) -> Compared {
    let mut compared = Compared::default();
    for (burden, payer) in BurdenKind::ALL.iter().skip(1).zip(&claim.public) {
        let own = tickets.iter().filter(|ticket| is_about(ticket, payer));
        let best = own.map(|ticket| differing(ticket, claim, payer)).min_by_key(BTreeSet::len);
        let kind = match &best {
            Some(differs) if differs.is_empty() => ConfirmationKind::Unchanged,
            Some(_) | None => ConfirmationKind::CannotConfirm,
        };
        compared.confirmations.insert(*burden, kind);
        compared.differs.extend(best.into_iter().flatten());
    }
    compared
}

/// The tickets that the payer issued to its beneficiary, as far as they tell what a claim repeats.
pub(super) fn issued(holders: &[PersonState], payer: &PublicExpenseRecord) -> Vec<Ticket> {
    let beneficiary = payer.beneficiary_number.as_ref();
    let is_own = |aid: &&Coverage| {
        aid.insurer_number == payer.payer_number
            && beneficiary.is_some_and(|number| number.as_str() == aid.details.number.as_str())
    };
    let months = holders.iter().flat_map(|state| &state.coverages).filter(is_own);
    let told = |of: &TicketMonth, ticket: &service::ticket::Ticket| {
        Some(Ticket {
            payer_number: payer.payer_number.clone(),
            beneficiary_number: beneficiary?.clone(),
            institution: ticket.institution.clone(),
            month: of.month,
            kind: ticket.treatment?,
            self_pay: ticket.self_pay.unwrap_or_default(),
        })
    };
    let of_month = |of: &TicketMonth| -> Vec<_> {
        of.tickets.iter().filter_map(|ticket| told(of, ticket)).collect()
    };
    months.flat_map(|aid| &aid.tickets).flat_map(of_month).collect()
}

fn is_about(ticket: &Ticket, payer: &PublicExpenseRecord) -> bool {
    ticket.payer_number == payer.payer_number
        && Some(&ticket.beneficiary_number) == payer.beneficiary_number.as_ref()
}

fn differing(
    ticket: &Ticket,
    claim: &Claim,
    payer: &PublicExpenseRecord,
) -> BTreeSet<TicketDetail> {
    let month = claim.receipt.as_ref().map(|receipt| receipt.treatment_month);
    [
        (TicketDetail::Institution, ticket.institution == claim.institution),
        (TicketDetail::Month, Some(ticket.month) == month),
        (TicketDetail::Kind, Some(ticket.kind) == kind(claim)),
        (TicketDetail::SelfPay, ticket.self_pay == payer.burden_amount.unwrap_or_default()),
    ]
    .into_iter()
    .filter_map(|(detail, agrees)| (!agrees).then_some(detail))
    .collect()
}

/// 診療別 of a claim: the score table of the institution tells it, and for 医科 the last digit of レセプト種別, odd for in-patients.
fn kind(claim: &Claim) -> Option<MedicalTreatmentType> {
    let last = claim.receipt.as_ref()?.receipt_kind.as_str().bytes().last()?;
    match claim.institution.as_str().as_bytes().get(2)? {
        b'1' if last % 2 == 1 => Some(MedicalTreatmentType::Inpatient),
        b'1' => Some(MedicalTreatmentType::Outpatient),
        b'3' => Some(MedicalTreatmentType::Dental),
        b'4' => Some(MedicalTreatmentType::Dispensing),
        b'6' => Some(MedicalTreatmentType::HomeNursing),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::{aid, insurer, person, ticket};

    #[test] // row OQS-AID-05
    fn a_claim_is_held_against_the_tickets_of_its_own_beneficiary() {
        let mut told = ticket("1319999999");
        told.treatment = Some(MedicalTreatmentType::Outpatient);
        told.self_pay = Some(1_500);
        let silent = ticket("1319999998");
        let holders = [person("P-1", "1985-05-05", vec![aid("2026-02-01", vec![told, silent])])];
        let payer = |payer_number: &str, beneficiary: &str| PublicExpenseRecord {
            payer_number: insurer(payer_number),
            beneficiary_number: Digits::new(beneficiary).ok(),
            optional_benefit: None,
            treatment_days: 1,
            points: 100,
            burden_amount: None,
            outpatient_amount: None,
            inpatient_amount: None,
            reserved: None,
            meals: None,
            meal_amount: None,
        };
        let found = issued(&holders, &payer("12990001", "9999999"));
        let kinds: Vec<_> = found.iter().map(|ticket| (ticket.kind, ticket.self_pay)).collect();
        assert_eq!(kinds, [(MedicalTreatmentType::Outpatient, 1_500)]);
        assert!(issued(&holders, &payer("12990001", "9999998")).is_empty());
        assert!(issued(&holders, &payer("12990002", "9999999")).is_empty());
    }
}
