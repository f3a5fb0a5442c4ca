//! What one assertion looks at in an outcome. `None` means: not an outcome of the kind the assertion speaks of.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::{
    Answer, Certificates, ClaimEnd, ConsentKind, FindingOutcome, FoundPerson, InboxDecision,
    InformationOutcome, Notice, NumberName, Outcome, PortalEnd, PortalOutcome, PortalSeen,
    Prescription, QueryOutcome, Record, VisitEnd, VisitOutcome,
};

fn visit(outcome: &Outcome) -> Option<&VisitOutcome> {
    if let Outcome::Visit(visit) = outcome { Some(visit) } else { None }
}

fn answer(outcome: &Outcome) -> Option<&Answer> {
    visit(outcome)?.answer.as_ref()
}

/// The record of a visit or of a number query; the outer `None` for outcomes of other kinds.
fn record(outcome: &Outcome) -> Option<Option<&Record>> {
    match outcome {
        Outcome::Visit(visit) => {
            Some(visit.answer.as_ref().and_then(|answer| answer.record.as_ref()))
        }
        Outcome::Query(QueryOutcome::Answered { record, .. }) => Some(record.as_ref()),
        Outcome::Query(QueryOutcome::Refused | QueryOutcome::Silent) => Some(None),
        Outcome::Done
        | Outcome::Feed { .. }
        | Outcome::Replay { .. }
        | Outcome::Information(_)
        | Outcome::Bulk(_)
        | Outcome::BulkFetch { .. }
        | Outcome::Emergency { .. }
        | Outcome::Finding(_)
        | Outcome::Register(_)
        | Outcome::Inbox(_)
        | Outcome::Claim(_)
        | Outcome::Portal(_) => None,
    }
}

/// How a visit ended.
pub fn visit_end(outcome: &Outcome) -> Option<VisitEnd> {
    visit(outcome).map(|visit| visit.end)
}

/// QualificationValidity of a visit or query, if one was answered.
pub fn validity(outcome: &Outcome) -> Option<Option<u8>> {
    match outcome {
        Outcome::Visit(visit) => Some(visit.answer.as_ref().map(|answer| answer.validity)),
        Outcome::Query(QueryOutcome::Answered { validity, .. }) => Some(Some(*validity)),
        Outcome::Query(QueryOutcome::Refused | QueryOutcome::Silent) => Some(None),
        Outcome::Done
        | Outcome::Feed { .. }
        | Outcome::Replay { .. }
        | Outcome::Information(_)
        | Outcome::Bulk(_)
        | Outcome::BulkFetch { .. }
        | Outcome::Emergency { .. }
        | Outcome::Finding(_)
        | Outcome::Register(_)
        | Outcome::Inbox(_)
        | Outcome::Claim(_)
        | Outcome::Portal(_) => None,
    }
}

/// 保険者番号 of the record.
pub fn insurer_number(outcome: &Outcome) -> Option<Option<String>> {
    Some(record(outcome)?.map(|record| record.numbers.insurer_number.clone()))
}

/// 番号 of the record.
pub fn number(outcome: &Outcome) -> Option<Option<String>> {
    Some(record(outcome)?.map(|record| record.numbers.number.clone()))
}

/// 枝番 of the record.
pub fn branch(outcome: &Outcome) -> Option<Option<String>> {
    Some(record(outcome)?.and_then(|record| record.numbers.branch.clone()))
}

/// 記号 and 枝番 of the record.
pub fn symbol_and_branch(outcome: &Outcome) -> Option<Option<(Option<String>, Option<String>)>> {
    Some(
        record(outcome)?
            .map(|record| (record.numbers.symbol.clone(), record.numbers.branch.clone())),
    )
}

/// 氏名 of the record.
pub fn name(outcome: &Outcome) -> Option<Option<String>> {
    Some(record(outcome)?.map(|record| record.name.clone()))
}

/// 資格喪失日 and 喪失事由 of the record.
pub fn loss(outcome: &Outcome) -> Option<Option<(Option<Date>, Option<String>)>> {
    Some(record(outcome)?.map(|record| (record.lost, record.loss_reason.clone())))
}

/// Whether there is a record at all.
pub fn has_record(outcome: &Outcome) -> Option<bool> {
    Some(record(outcome)?.is_some())
}

/// Whether the record has an address.
pub fn has_address(outcome: &Outcome) -> Option<Option<bool>> {
    Some(record(outcome)?.map(|record| record.address.is_some()))
}

/// Consents that stand in the answer.
pub fn consents(outcome: &Outcome) -> Option<Option<BTreeSet<ConsentKind>>> {
    visit(outcome)?;
    Some(answer(outcome).map(|answer| answer.consents.clone()))
}

/// Consents that were put before the patient.
pub fn consents_asked(outcome: &Outcome) -> Option<BTreeSet<ConsentKind>> {
    visit(outcome).map(|visit| visit.consents_asked.clone())
}

/// 限度額区分 of a visit or query.
pub fn limit(outcome: &Outcome) -> Option<Option<String>> {
    match outcome {
        Outcome::Visit(visit) => {
            Some(visit.answer.as_ref().and_then(|answer| answer.limit.clone()))
        }
        Outcome::Query(QueryOutcome::Answered { limit, .. }) => Some(limit.clone()),
        Outcome::Query(QueryOutcome::Refused | QueryOutcome::Silent) => Some(None),
        Outcome::Done
        | Outcome::Feed { .. }
        | Outcome::Replay { .. }
        | Outcome::Information(_)
        | Outcome::Bulk(_)
        | Outcome::BulkFetch { .. }
        | Outcome::Emergency { .. }
        | Outcome::Finding(_)
        | Outcome::Register(_)
        | Outcome::Inbox(_)
        | Outcome::Claim(_)
        | Outcome::Portal(_) => None,
    }
}

/// PrescriptionIssueSelect of the answer.
pub fn prescription(outcome: &Outcome) -> Option<Option<Prescription>> {
    visit(outcome)?;
    Some(answer(outcome).and_then(|answer| answer.prescription))
}

/// The card's own PIN counter.
pub fn pin_tries_left(outcome: &Outcome) -> Option<Option<u8>> {
    visit(outcome).map(|visit| visit.pin_tries_left)
}

/// Whether the card was brought before the backend.
pub fn asked_backend(outcome: &Outcome) -> Option<bool> {
    visit(outcome).map(|visit| visit.asked_backend)
}

/// Result files of the visit.
pub fn result_files(outcome: &Outcome) -> Option<u32> {
    visit(outcome).map(|visit| visit.result_files)
}

/// The notice shown.
pub fn notice(outcome: &Outcome) -> Option<Option<Notice>> {
    visit(outcome).map(|visit| visit.notice)
}

/// Whether a replay was taken.
pub fn replay_accepted(outcome: &Outcome) -> Option<bool> {
    if let Outcome::Replay { accepted } = outcome { Some(*accepted) } else { None }
}

/// What is told beside the qualification, of a visit or a query.
pub fn certificates(outcome: &Outcome) -> Option<Certificates> {
    Some(record(outcome)?.map(|record| record.certificates.clone()).unwrap_or_default())
}

/// Whether a step about the emergency function was taken.
pub fn step_taken(outcome: &Outcome) -> Option<bool> {
    if let Outcome::Emergency { taken } = outcome { Some(*taken) } else { None }
}

/// What is told of one who was found, by 氏名; nothing of one who was not.
pub fn found(name: &str) -> impl Fn(&Outcome) -> Option<Option<FoundPerson>> + use<> {
    let name = name.to_owned();
    move |outcome| {
        let Outcome::Finding(finding) = outcome else { return None };
        Some(match finding {
            FindingOutcome::Found(people) => people.get(&name).cloned(),
            FindingOutcome::Refused => None,
        })
    }
}

/// What a request for the care history brought.
pub fn information(outcome: &Outcome) -> Option<InformationOutcome> {
    if let Outcome::Information(information) = outcome { Some(information.clone()) } else { None }
}

/// What the receipt computer did with the result of this person's card.
pub fn inbox(person: &str) -> impl Fn(&Outcome) -> Option<InboxDecision> {
    move |outcome| {
        if let Outcome::Inbox(decisions) = outcome { decisions.get(person).cloned() } else { None }
    }
}

/// What came of a claim.
pub fn claim(outcome: &Outcome) -> Option<ClaimEnd> {
    if let Outcome::Claim(claim) = outcome { Some(claim.end) } else { None }
}

/// What came of each claim of a file.
pub fn claims(outcome: &Outcome) -> Option<Vec<ClaimEnd>> {
    if let Outcome::Claim(claim) = outcome { Some(claim.ends().collect()) } else { None }
}

/// The insurers that a claim file names.
pub fn insurers_claimed(outcome: &Outcome) -> Option<Vec<String>> {
    if let Outcome::Claim(claim) = outcome { Some(claim.insurers.clone()) } else { None }
}

/// The typed numbers that were reported as other than the confirmed ones.
pub fn reported_numbers(outcome: &Outcome) -> Option<BTreeSet<NumberName>> {
    if let Outcome::Claim(claim) = outcome { Some(claim.reported.clone()) } else { None }
}

/// Whether a feed record was taken.
pub fn feed_accepted(outcome: &Outcome) -> Option<bool> {
    if let Outcome::Feed { accepted } = outcome { Some(*accepted) } else { None }
}

fn portal(outcome: &Outcome) -> Option<&PortalOutcome> {
    if let Outcome::Portal(portal) = outcome { Some(portal) } else { None }
}

/// How a use of the portal ended.
pub fn portal_end(outcome: &Outcome) -> Option<PortalEnd> {
    portal(outcome).map(|portal| portal.end)
}

/// Tries left for the PIN after a use of the portal.
pub fn portal_tries_left(outcome: &Outcome) -> Option<Option<u8>> {
    portal(outcome).map(|portal| portal.pin_tries_left)
}

/// A list of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalList {
    /// Medicines.
    Medicines,
    /// Health checks, by day.
    HealthChecks,
    /// Care.
    Care,
    /// Operations.
    Operations,
    /// Electronic prescriptions, by drug.
    Prescriptions,
}

/// Whether the portal lists something; nothing seen is nothing listed.
pub fn portal_lists(list: PortalList, what: &str) -> impl Fn(&Outcome) -> Option<bool> {
    let what = what.to_owned();
    let of = move |seen: &PortalSeen| match list {
        PortalList::Medicines => seen.medicines.contains(&what),
        PortalList::HealthChecks => seen.health_checks.contains(&what),
        PortalList::Care => seen.care.contains(&what),
        PortalList::Operations => seen.operations.contains(&what),
        PortalList::Prescriptions => seen.prescribed.contains(&what),
    };
    move |outcome| Some(portal(outcome)?.seen.as_deref().is_some_and(&of))
}

/// QualificationValidity on the portal's screen.
pub fn portal_validity(outcome: &Outcome) -> Option<Option<u8>> {
    Some(portal(outcome)?.seen.as_ref().map(|seen| seen.validity))
}

/// What the cost file of a year sums up to.
pub fn portal_paid(year: i16) -> impl Fn(&Outcome) -> Option<Option<u64>> {
    move |outcome| Some(portal(outcome)?.seen.as_ref()?.paid.get(&year).copied())
}
