//! Laws over all stories, stated by what an outsider sees and without repeating the rules.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::model::*;
use crate::properties::describe;
use crate::properties::generate::story;

use super::{after, judge, judge_story, step};

/// Each visit of a story with the number of its event and its outcome.
fn visits<'a>(
    story: &'a [Event],
    outcomes: &'a [Outcome],
) -> impl Iterator<Item = (usize, &'a Visit, &'a VisitOutcome)> {
    story.iter().zip(outcomes).enumerate().filter_map(|(nth, both)| match both {
        (Event::Visit(visit), Outcome::Visit(outcome)) => Some((nth, visit, outcome)),
        _ => None,
    })
}

fn holder(visit: &Visit) -> Option<&String> {
    match &visit.presented {
        Presented::CardOf(holder) | Presented::PhoneOf { holder, .. } => Some(holder),
        Presented::Nothing | Presented::ForeignCard => None,
    }
}

/// Whether the holder's chart is the only one there with these numbers or this birth date, and all in it is right.
fn opens_own_chart(world: &World, visit: &Visit, answer: &Answer) -> bool {
    let charts = &world.institutions[&visit.institution].charts;
    let record = answer.record.as_ref().unwrap();
    let near = |chart: &&Chart| {
        chart.birthdate == record.birthdate || chart.insurance.as_ref() == Some(&record.numbers)
    };
    let near: Vec<_> = charts.iter().filter(near).collect();
    let [chart] = near.as_slice() else { return false };
    let holder = holder(visit).unwrap();
    chart.id == format!("chart-{holder}")
        && (&chart.name, &chart.kana) == (&record.name, &world.people[holder].kana)
        && chart.birthdate == record.birthdate
        && chart.insurance.as_ref() == Some(&record.numbers)
}

/// Whether something opens the care history there that is no consent of the last day: a disaster, or care that goes on outside.
fn is_beyond_a_day(before: &[Event], request: &InformationRequest) -> bool {
    let in_disaster = |event: &Event| matches!(event, Event::Disaster(_));
    let outside =
        |visit: &Visit| visit.institution == request.institution && visit.occasion.is_some();
    before
        .iter()
        .any(|event| in_disaster(event) || matches!(event, Event::Visit(visit) if outside(visit)))
}

/// The clock before each event.
fn clocks(world: &World, story: &[Event]) -> Vec<jiff::Timestamp> {
    let mut now = world.now;
    story
        .iter()
        .map(|event| {
            let before = now;
            if let Event::Clock(to) = event {
                now = now.max(*to);
            }
            if matches!(event, Event::BulkQuery(_) | Event::Finding(_))
                || matches!(event, Event::Register(Registration { bulk: true, .. }))
            {
                now += SignedDuration::from_secs(BULK_SECONDS);
            }
            before
        })
        .collect()
}

/// Same end, same observations, whoever computes them: the whole story at once, event by event, or from a state half-way.
fn splits_anywhere(world: &World, story: &[Event]) -> Result<(), TestCaseError> {
    let at_once = judge_story(world, story);
    for (nth, event) in story.iter().enumerate() {
        prop_assert_eq!(&judge(world, &story[..nth], event), &at_once[nth]);
        let mut state = after(world, &story[..nth]);
        let rest: Vec<_> =
            story[nth..].iter().map(|event| step(world, &mut state, event)).collect();
        prop_assert_eq!(&rest[..], &at_once[nth..]);
        prop_assert_eq!(state, after(world, story));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_past_may_be_split_anywhere((world, story) in story()) {
        splits_anywhere(&world, &story)?;
    }

    #[test]
    fn only_completed_visits_carry_an_answer_and_a_file((world, story) in story()) {
        for (_, _, seen) in visits(&story, &judge_story(&world, &story)) {
            let completed = seen.end == VisitEnd::Completed;
            prop_assert_eq!(seen.answer.is_some(), completed);
            prop_assert_eq!(seen.result_files, u32::from(completed));
            prop_assert!(seen.asked_backend || !completed, "no answer without a question");
            prop_assert!(seen.asked_backend || seen.notice.is_none());
            prop_assert!(completed || seen.consents_asked.is_empty(), "{}", describe(&world, &story));
        }
    }

    #[test]
    fn no_consent_without_asking_and_no_asking_beyond_the_offer((world, story) in story()) {
        for (_, visit, seen) in visits(&story, &judge_story(&world, &story)) {
            prop_assert!(seen.consents_asked.is_subset(&world.institutions[&visit.institution].offers));
            let Some(answer) = &seen.answer else { continue };
            prop_assert!(answer.consents.is_subset(&seen.consents_asked));
            prop_assert!(answer.consents.is_subset(&visit.consents));
            prop_assert!(answer.limit.is_none() || answer.consents.contains(&ConsentKind::Limit));
        }
    }

    #[test]
    fn validity_and_record_fit((world, story) in story()) {
        for outcome in judge_story(&world, &story) {
            if let Outcome::Visit(VisitOutcome { answer: Some(answer), .. }) = outcome {
                prop_assert!([1, 2, 4].contains(&answer.validity));
                prop_assert_eq!(answer.record.is_some(), answer.validity != 4);
                prop_assert!(answer.limit.is_none() || answer.validity == 1);
            } else if let Outcome::Query(QueryOutcome::Answered { validity, record, limit }) = outcome {
                prop_assert!([1, 2, 3, 4, 5].contains(&validity));
                prop_assert_eq!(record.is_some(), validity <= 3);
                prop_assert!(limit.is_none() || validity == 1);
            }
        }
    }

    #[test]
    fn a_record_is_the_card_holders_own((world, story) in story()) {
        for (_, visit, seen) in visits(&story, &judge_story(&world, &story)) {
            let Some(record) = seen.answer.as_ref().and_then(|answer| answer.record.as_ref()) else { continue };
            let person = &world.people[holder(visit).unwrap()];
            prop_assert_eq!((&record.name, record.birthdate), (&person.name, person.birthdate));
            prop_assert_eq!(record.address.is_none(), person.address_withheld);
            prop_assert!(!person.disclosure_barred);
        }
    }

    #[test]
    fn a_reference_number_was_registered_there_for_that_person((world, story) in story()) {
        let outcomes = judge_story(&world, &story);
        for (nth, visit, seen) in visits(&story, &outcomes) {
            let Some(record) = seen.answer.as_ref().and_then(|answer| answer.record.as_ref()) else { continue };
            let Some(number) = &record.reference_number else { continue };
            let registered_here = story[..nth].iter().any(|event| {
                let Event::Register(registration) = event else { return false };
                registration.institution == visit.institution
                    && registration.entries.iter().any(|entry| entry.reference_number == *number)
            });
            prop_assert!(registered_here, "{}", describe(&world, &story));
        }
    }

    #[test]
    fn what_is_told_of_many_is_what_is_told_of_each((world, story) in story()) {
        for (nth, event) in story.iter().enumerate() {
            let Event::BulkQuery(query) = event else { continue };
            let Outcome::Bulk(BulkOutcome::Answered(answer)) = judge(&world, &story[..nth], event) else { continue };
            for entry in &query.entries {
                let alone = Event::NumberQuery(NumberQuery {
                    institution: query.institution.clone(),
                    numbers: entry.numbers.clone(),
                    birthdate: entry.birthdate,
                    date: query.date,
                    limit_consent: false,
                });
                let UnitOutcome::Answered { validity, record, .. } = &answer.units[&entry.identifier] else { continue };
                let Outcome::Query(QueryOutcome::Answered { validity: one, record: same, .. }) =
                    judge(&world, &story[..nth], &alone) else { panic!("of another kind") };
                prop_assert_eq!(*validity, one);
                prop_assert_eq!(record.as_ref().map(|record| &record.numbers), same.as_ref().map(|record| &record.numbers));
            }
        }
    }

    #[test]
    fn a_replay_is_never_taken((world, story) in story(), place in 0..8_usize) {
        let past = &story[..place.min(story.len())];
        let replay = Event::Replay { institution: world.institutions.keys().next().unwrap().clone() };
        prop_assert_eq!(judge(&world, past, &replay), Outcome::Replay { accepted: false });
    }

    #[test]
    fn a_clock_set_back_changes_nothing((world, story) in story(), place in 0..8_usize) {
        let mut turned = story.clone();
        let place = place.min(story.len());
        turned.insert(place, Event::Clock(world.now - SignedDuration::from_hours(1000)));
        let mut expected = judge_story(&world, &story);
        expected.insert(place, Outcome::Done);
        prop_assert_eq!(judge_story(&world, &turned), expected);
    }

    #[test]
    fn a_repeated_feed_record_changes_nothing((world, story) in story()) {
        for (nth, event) in story.iter().enumerate().filter(|(_, event)| matches!(event, Event::Feed(_))) {
            let mut state = after(&world, &story[..nth]);
            let first = step(&world, &mut state, event);
            let known = state.clone();
            prop_assert_eq!(step(&world, &mut state, event), first);
            prop_assert_eq!(state, known);
        }
    }

    #[test]
    fn feeds_about_different_people_may_come_in_either_order((world, story) in story()) {
        let feeds: Vec<_> = story.iter().filter(|event| matches!(event, Event::Feed(_))).cloned().collect();
        for pair in feeds.windows(2) {
            let (Event::Feed(one), Event::Feed(other)) = (&pair[0], &pair[1]) else { continue };
            if one.person != other.person && one.record_id != other.record_id {
                let turned = [pair[1].clone(), pair[0].clone()];
                prop_assert_eq!(after(&world, pair), after(&world, &turned));
            }
        }
    }

    #[test]
    fn the_chart_at_the_counter_never_decides((world, story) in story()) {
        let mut blind = story.clone();
        for event in &mut blind {
            if let Event::Collect { waiting, .. } = event {
                *waiting = None;
            }
        }
        prop_assert_eq!(judge_story(&world, &blind), judge_story(&world, &story));
    }

    #[test]
    fn a_blocked_pin_stays_blocked((world, story) in story()) {
        let mut tries: BTreeMap<String, u8> = BTreeMap::new();
        for (event, outcome) in story.iter().zip(judge_story(&world, &story)) {
            let (holder, left, by_pin) = match (event, outcome) {
                (Event::Visit(visit), Outcome::Visit(seen)) => {
                    let mut ways = std::iter::once(&visit.mode).chain(&visit.then);
                    let by_pin = ways.any(|mode| matches!(mode, Mode::Pin(_)));
                    (holder(visit).cloned(), seen.pin_tries_left, by_pin)
                }
                (Event::Portal(used), Outcome::Portal(seen)) => {
                    (Some(used.person.clone()), seen.pin_tries_left, true)
                }
                _ => continue,
            };
            let (Some(holder), Some(left)) = (holder, left) else { continue };
            let before = tries.insert(holder, left).unwrap_or(3);
            prop_assert!(left <= 3 && (before > 0 || left == 0));
            prop_assert!(by_pin || left == before, "only a PIN that is typed moves the counter");
        }
    }

    #[test]
    fn after_revocation_only_a_renewal_helps((world, story) in story()) {
        let outcomes = judge_story(&world, &story);
        for (nth, visit, _) in visits(&story, &outcomes).filter(|(.., seen)| seen.end == VisitEnd::Completed) {
            let acts = story[..nth].iter().rev().filter_map(|event| {
                if let Event::Authority { person, act } = event { Some((person, *act)) } else { None }
            });
            let last = acts
                .filter(|(person, _)| Some(*person) == holder(visit))
                .map(|(_, act)| act)
                .find(|act| [AuthorityAct::Revoke, AuthorityAct::Died, AuthorityAct::Renew].contains(act));
            prop_assert!(last.is_none_or(|act| act == AuthorityAct::Renew), "{}", describe(&world, &story));
        }
    }

    #[test]
    fn the_care_history_opens_within_24_hours_of_a_consent_there_and_only_then((world, story) in story()) {
        let outcomes = judge_story(&world, &story);
        let clocks = clocks(&world, &story);
        for (nth, event) in story.iter().enumerate() {
            let Event::Information(request) = event else { continue };
            if is_beyond_a_day(&story[..nth], request) {
                continue;
            }
            let mut consents = BTreeMap::new();
            for (at, visit, seen) in visits(&story[..nth], &outcomes) {
                let (Some(answer), Some(holder)) = (&seen.answer, holder(visit)) else { continue };
                let age = clocks[nth].duration_since(clocks[at]);
                let kind = match request.kind {
                    InformationKind::Drugs | InformationKind::DrugsDocument => ConsentKind::Drugs,
                    InformationKind::Care => ConsentKind::Care,
                    InformationKind::HealthChecks => ConsentKind::HealthCheck,
                };
                let lives = answer.consents.contains(&kind)
                    && age <= SignedDuration::from_hours(24);
                if visit.institution == request.institution {
                    consents.insert(holder, lives);
                }
            }
            let living: Vec<_> = consents.iter().filter(|(_, lives)| **lives).map(|(name, _)| *name).collect();
            let Outcome::Information(outcome) = &outcomes[nth] else { panic!("of another kind") };
            // The months asked for may lie after all that was dispensed.
            let young = clocks[nth].duration_since(world.now) < SignedDuration::from_hours(75 * 24);
            let is_of = |given: &Vec<String>, name: &String| {
                let person = &world.people[name];
                let checks = || person.health_checks.iter().map(|check| &check.item);
                match request.kind {
                    // What was reported of care stands elsewhere than medicines.
                    InformationKind::Care => true,
                    InformationKind::Drugs | InformationKind::DrugsDocument => {
                        *given == person.medicines || given.is_empty() && !young
                    }
                    InformationKind::HealthChecks => {
                        given.iter().all(|item| checks().any(|own| own == item))
                    }
                }
            };
            let told = describe(&world, &story);
            match outcome {
                InformationOutcome::Given(given) => {
                    prop_assert!(living.iter().any(|name| is_of(given, name)), "{told}");
                }
                InformationOutcome::Document => {
                    prop_assert_eq!(request.kind, InformationKind::DrugsDocument);
                    prop_assert!(!living.is_empty(), "{told}");
                }
                // Where somebody else who agreed has the same numbers, nobody's is given.
                InformationOutcome::Refused | InformationOutcome::Silent => {
                    prop_assert_ne!(living, vec![&request.person], "{}", told);
                }
            }
        }
    }

    #[test]
    fn what_is_taken_in_was_left_there_since_the_last_time((world, story) in story()) {
        let outcomes = judge_story(&world, &story);
        let mut left: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
        for (event, outcome) in story.iter().zip(&outcomes) {
            match (event, outcome) {
                (Event::Visit(visit), Outcome::Visit(seen)) if seen.result_files == 1 => {
                    left.entry(&visit.institution).or_default().extend(holder(visit));
                }
                // Whoever claims from confirmed data takes in what waits.
                (Event::Claim(Claim { institution, typed: None, unclear: None, .. }), _) => {
                    left.remove(institution);
                }
                (Event::Collect { institution, .. }, Outcome::Inbox(decisions)) => {
                    let mut holders = left.remove(institution).unwrap_or_default();
                    holders.sort();
                    holders.dedup();
                    prop_assert_eq!(decisions.keys().collect::<Vec<_>>(), holders);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn what_was_confirmed_is_paid_whatever_is_fed_later((world, story) in story()) {
        let outcomes = judge_story(&world, &story);
        let clocks = clocks(&world, &story);
        let end = after(&world, &story);
        for (nth, visit, seen) in visits(&story, &outcomes) {
            let Some(answer) = &seen.answer else { continue };
            let claim = Event::Claim(Claim {
                institution: visit.institution.clone(),
                person: holder(visit).unwrap().clone(),
                day: jiff::tz::offset(9).to_datetime(clocks[nth]).date(),
                also: Vec::new(),
                typed: None,
                unclear: None,
                on_paper: false,
            });
            let is_paid = |mut state: super::state::State| {
                let outcome = step(&world, &mut state, &claim);
                matches!(outcome, Outcome::Claim(ClaimOutcome { end: ClaimEnd::Accepted, .. }))
            };
            let paid = is_paid(after(&world, &story[..=nth]));
            prop_assert!(!paid || is_paid(end.clone()), "{}", describe(&world, &story));
            prop_assert!(paid || answer.validity != 1 || !opens_own_chart(&world, visit, answer));
        }
    }

    #[test]
    fn who_only_asks_leaves_nothing_behind((world, story) in story()) {
        let asks = |event: &Event| matches!(
            event,
            Event::NumberQuery(_)
                | Event::Claim(Claim { typed: Some(_), .. })
                | Event::Information(_)
                | Event::BulkFetch { .. }
                | Event::Replay { .. }
        );
        let without: Vec<_> = story.iter().filter(|event| !asks(event)).cloned().collect();
        prop_assert_eq!(after(&world, &story), after(&world, &without));
    }
}
