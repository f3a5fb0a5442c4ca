//! Stage: what is told of a qualification, to whom, and what is left out. Table §3.4, rows OQS-LIM, OQS-CONS-10, OQS-INS-07,
//! OQS-PRIV-08.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::{
    Answer, Certificates, ConsentKind, Coverage, NumberQuery, Person, Prescription, QueryOutcome,
    Record, World,
};

use super::qualification::{self, Qualification};
use super::state::State;
use super::{aid, consent, feed, history, numbers, reference, shares};

/// The answer to a card.
///
/// The flags stand inside the record, so an answer without record has none, and nothing was agreed to (bench choice; the message
/// layout has no other place). The form of prescription stands outside it.
pub(super) fn answer(
    world: &World,
    state: &State,
    qualification: Qualification<'_>,
    given: &BTreeSet<ConsentKind>,
    prescription: Option<Prescription>,
    today: Date,
) -> Answer {
    let consents = open(world, state, qualification, given);
    let agreed = shares::Agreed {
        limit: consents.contains(&ConsentKind::Limit),
        diseases: consents.contains(&ConsentKind::SpecificDiseases),
    };
    let certificates = shares::told(world, state, qualification, agreed, today);
    let record = record(world, qualification).map(|record| Record { certificates, ..record });
    Answer {
        validity: qualification.validity,
        limit: limit(qualification, consents.contains(&ConsentKind::Limit), today),
        available_until: consent::available_until(&consents, state.now),
        consents,
        record,
        prescription,
    }
}

/// What was agreed to and can be given: without a record nothing; care only since institutions see it (OQS-INFO-02); of somebody whose insurance the register gives reason to doubt
/// (OQS-INS-07) and of somebody on medical aid (OQS-CONS-10) nothing medical.
pub(super) fn open(
    world: &World,
    state: &State,
    qualification: Qualification<'_>,
    given: &BTreeSet<ConsentKind>,
) -> BTreeSet<ConsentKind> {
    let Some((name, coverage)) =
        qualification.told.filter(|(name, _)| world.people.contains_key(*name))
    else {
        return BTreeSet::new();
    };
    let closed = feed::is_hidden(world, state, name) || aid::is_aid(state, name, coverage);
    let opens = |kind: &ConsentKind| {
        history::is_shown(state, *kind) && !(closed && consent::is_medical(*kind))
    };
    given.iter().copied().filter(opens).collect()
}

/// The answer to numbers: validity only, never medical information (OQS-QUAL-04, 32). An unknown institution gets a
/// whole-file error (OQS-QUAL-26). No certificate is involved, so a silent status responder does not matter.
pub(super) fn query(world: &World, state: &State, query: &NumberQuery) -> QueryOutcome {
    if !world.institutions.contains_key(&query.institution) {
        return QueryOutcome::Refused;
    }
    let qualification = qualification::by_numbers(world, state, query);
    // OQS-LIM-04; a specific disease is told to the card alone.
    let agreed = shares::Agreed { limit: query.limit_consent, diseases: false };
    answered(world, state, qualification, (&query.institution, agreed, query.date))
}

/// An answer without consents to medical information.
pub(super) fn answered(
    world: &World,
    state: &State,
    qualification: Qualification<'_>,
    (institution, agreed, day): (&str, shares::Agreed, Date),
) -> QueryOutcome {
    let certificates = shares::told(world, state, qualification, agreed, day);
    let record = record(world, qualification).map(|record| Record { certificates, ..record });
    QueryOutcome::Answered {
        validity: qualification.validity,
        record: reference::tell(state, institution, qualification, record),
        limit: limit(qualification, agreed.limit, day),
    }
}
/// The limit of the coverage that is told: only while it is valid, with consent (OQS-LIM-01, 03) and from its first to its
/// last day (OQS-LIM-06).
fn limit(qualification: Qualification<'_>, consented: bool, day: Date) -> Option<String> {
    let (_, coverage) = qualification.told?;
    let limit = coverage.limit.as_ref()?;
    let due = qualification.validity == 1 && consented && limit.from <= day && day <= limit.to;
    due.then(|| limit.flag.clone())
}

pub(super) fn record(world: &World, qualification: Qualification<'_>) -> Option<Record> {
    let (name, coverage) = qualification.told?;
    world.people.get(name).map(|person| record_of(person, coverage))
}

/// The record as fed, a loss to come included (OQS-QUAL-17, 23); the address is left out on 不開示 (OQS-PRIV-08).
fn record_of(person: &Person, coverage: &Coverage) -> Record {
    Record {
        numbers: numbers::of(coverage),
        relation: coverage.relation,
        name: person.name.clone(),
        birthdate: person.birthdate,
        address: (!person.address_withheld).then(|| person.address.clone()),
        gained: coverage.gained,
        lost: coverage.lost,
        loss_reason: coverage.loss_reason.clone(),
        reference_number: None,
        certificates: Certificates::default(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{CLINIC, HANAKO, limit as granted, query as asked, world};
    use super::*;

    #[test]
    fn when_a_limit_is_given() {
        let coverage = Coverage {
            limit: Some(granted(date(2026, 5, 1), date(2026, 5, 31))),
            ..world().people[HANAKO].coverages[0].clone()
        };
        for (validity, consented, day, given) in [
            (1, true, date(2026, 5, 1), true),
            (1, true, date(2026, 5, 31), true),
            (1, true, date(2026, 4, 30), false),
            (1, true, date(2026, 6, 1), false),
            (1, false, date(2026, 5, 10), false),
            (2, true, date(2026, 5, 10), false),
            (3, true, date(2026, 5, 10), false),
        ] {
            let qualification = Qualification { validity, told: Some((HANAKO, &coverage)) };
            let expected = given.then(|| "A03".to_owned());
            assert_eq!(
                limit(qualification, consented, day),
                expected,
                "{validity} {consented} {day}"
            );
        }
    }

    #[test]
    fn a_withheld_address_is_left_out_and_nothing_else() {
        let world = world();
        let (mut person, coverage) =
            (world.people[HANAKO].clone(), &world.people[HANAKO].coverages[0]);
        let open = record_of(&person, coverage);
        assert_eq!(open.address.as_deref(), Some(person.address.as_str()));
        person.address_withheld = true;
        assert_eq!(record_of(&person, coverage), Record { address: None, ..open });
    }

    #[test]
    fn a_loss_to_come_is_told() {
        let world = world();
        let coverage = Coverage {
            lost: Some(date(2030, 1, 1)),
            loss_reason: Some("03".into()),
            ..world.people[HANAKO].coverages[0].clone()
        };
        let record = record_of(&world.people[HANAKO], &coverage);
        assert_eq!(
            (record.lost, record.loss_reason.as_deref()),
            (Some(date(2030, 1, 1)), Some("03"))
        );
    }

    #[test]
    fn an_answer_without_record_has_no_flags() {
        let world = world();
        let state = State::before(&world);
        let given = [ConsentKind::Limit, ConsentKind::Drugs].into();
        let nothing = Qualification { validity: 4, told: None };
        let paper = Some(Prescription::Paper);
        let answer = answer(&world, &state, nothing, &given, paper, date(2026, 5, 1));
        let expected = Answer {
            validity: 4,
            record: None,
            consents: BTreeSet::new(),
            available_until: None,
            limit: None,
            prescription: paper,
        };
        assert_eq!(answer, expected);
    }

    #[test]
    fn number_queries_work_without_the_responder_and_only_for_known_institutions() {
        let world = world();
        let mut state = State::before(&world);
        state.responder_silent = true;
        let answered = query(&world, &state, &asked(CLINIC, HANAKO, "1001"));
        assert!(matches!(
            answered,
            QueryOutcome::Answered { validity: 1, record: Some(_), limit: None }
        ));
        assert_eq!(
            query(&world, &state, &asked("9999999999", HANAKO, "1001")),
            QueryOutcome::Refused
        );
    }
}
