//! What one assertion looks at in outcomes about many, about reference numbers. `None` means: an outcome of another kind.

use crate::model::{
    BulkAnswer, BulkOutcome, Outcome, QueryOutcome, Record, RegistrationOutcome, UnitOutcome,
};

fn bulk(outcome: &Outcome) -> Option<&BulkOutcome> {
    if let Outcome::Bulk(bulk) = outcome { Some(bulk) } else { None }
}

/// The result of a bulk query; the outer `None` for outcomes of other kinds.
fn answer(outcome: &Outcome) -> Option<Option<&BulkAnswer>> {
    bulk(outcome).map(|bulk| match bulk {
        BulkOutcome::Answered(answer) => Some(answer),
        BulkOutcome::Alarm | BulkOutcome::Refused | BulkOutcome::Silent => None,
    })
}

fn unit<'a>(outcome: &'a Outcome, entry: &str) -> Option<Option<&'a UnitOutcome>> {
    Some(answer(outcome)?.and_then(|answer| answer.units.get(entry)))
}

/// Whether a reception number came first and nothing else.
pub fn received_first(outcome: &Outcome) -> Option<bool> {
    Some(answer(outcome)?.is_some_and(|answer| answer.received_first))
}

/// Whether "in process" came first, and then the result.
pub fn in_process_first(outcome: &Outcome) -> Option<bool> {
    Some(answer(outcome)?.is_some_and(|answer| answer.in_process_first))
}

/// Normal entries and errors, as counted in the header.
pub fn counts(outcome: &Outcome) -> Option<Option<(u32, u32)>> {
    Some(answer(outcome)?.map(|answer| (answer.normal, answer.errors)))
}

/// Whether the whole result was taken for another request's.
pub fn alarm(outcome: &Outcome) -> Option<bool> {
    bulk(outcome).map(|bulk| *bulk == BulkOutcome::Alarm)
}

/// QualificationValidity of an entry.
pub fn validity(entry: &str) -> impl Fn(&Outcome) -> Option<Option<u8>> {
    move |outcome| {
        Some(unit(outcome, entry)?.and_then(|unit| match unit {
            UnitOutcome::Answered { validity, .. } => Some(*validity),
            UnitOutcome::Refused | UnitOutcome::Alarm => None,
        }))
    }
}

/// 氏名 in the record of an entry.
pub fn name(entry: &str) -> impl Fn(&Outcome) -> Option<Option<String>> {
    move |outcome| {
        Some(unit(outcome, entry)?.and_then(|unit| match unit {
            UnitOutcome::Answered { record, .. } => Some(record.as_ref()?.name.clone()),
            UnitOutcome::Refused | UnitOutcome::Alarm => None,
        }))
    }
}

/// LimitApplicationCertificateChanged of an entry.
pub fn limit_changed(entry: &str) -> impl Fn(&Outcome) -> Option<Option<bool>> {
    move |outcome| {
        Some(unit(outcome, entry)?.and_then(|unit| match unit {
            UnitOutcome::Answered { limit_changed, .. } => *limit_changed,
            UnitOutcome::Refused | UnitOutcome::Alarm => None,
        }))
    }
}

/// ReferenceNumber of an entry.
pub fn reference_number(entry: &str) -> impl Fn(&Outcome) -> Option<Option<String>> {
    move |outcome| {
        Some(unit(outcome, entry)?.and_then(|unit| match unit {
            UnitOutcome::Answered { reference_number, .. } => reference_number.clone(),
            UnitOutcome::Refused | UnitOutcome::Alarm => None,
        }))
    }
}

/// Whether an entry alone was refused.
pub fn refused(entry: &str) -> impl Fn(&Outcome) -> Option<bool> {
    move |outcome| Some(unit(outcome, entry)? == Some(&UnitOutcome::Refused))
}

/// Whether the answer to an entry was taken for another patient's.
pub fn mismatch(entry: &str) -> impl Fn(&Outcome) -> Option<bool> {
    move |outcome| Some(unit(outcome, entry)? == Some(&UnitOutcome::Alarm))
}

/// Whether an entry discloses a limit class or a consent.
pub fn discloses_more(outcome: &Outcome) -> Option<bool> {
    let more = |unit: &UnitOutcome| match unit {
        UnitOutcome::Answered { limit, consents, .. } => limit.is_some() || !consents.is_empty(),
        UnitOutcome::Refused | UnitOutcome::Alarm => false,
    };
    Some(answer(outcome)?.is_some_and(|answer| answer.units.values().any(more)))
}

/// Whether a result was given to whoever asked by the number.
pub fn fetched(outcome: &Outcome) -> Option<bool> {
    if let Outcome::BulkFetch { given } = outcome { Some(*given) } else { None }
}

/// How many reference numbers stand now, and how many do not.
pub fn registrations(outcome: &Outcome) -> Option<Option<(usize, usize)>> {
    let Outcome::Register(registered) = outcome else { return None };
    Some(match registered {
        RegistrationOutcome::Answered(accepted) => {
            let stand = accepted.iter().filter(|stands| **stands).count();
            Some((stand, accepted.len() - stand))
        }
        RegistrationOutcome::Refused | RegistrationOutcome::Silent => None,
    })
}

/// ReferenceNumber in the record of a visit or a number query.
pub fn answered_reference(outcome: &Outcome) -> Option<Option<String>> {
    let number = |record: &Record| record.reference_number.clone();
    match outcome {
        Outcome::Visit(visit) => {
            let record = visit.answer.as_ref().and_then(|answer| answer.record.as_ref());
            Some(record.and_then(number))
        }
        Outcome::Query(QueryOutcome::Answered { record, .. }) => {
            Some(record.as_ref().and_then(number))
        }
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
