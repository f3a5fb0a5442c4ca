//! One use of a reader, stage after stage. Main flow, oqs-flow §2, steps 1 to 10.

use std::collections::BTreeSet;

use crate::model::{Answer, Mode, Presented, Visit, VisitEnd, VisitOutcome, World};

use super::calendar::day;
use super::reader::{self, Card};
use super::state::{Consents, State, Waiting};
use super::{
    care, certificate, consent, disclosure, mishap, qualification, reference, registration,
};

/// Lets somebody use a reader and returns what an outsider sees of it.
pub(super) fn judge(world: &World, state: &mut State, visit: &Visit) -> VisitOutcome {
    let mut seen = VisitOutcome {
        end: VisitEnd::Completed,
        asked_backend: false,
        pin_tries_left: None,
        consents_asked: BTreeSet::new(),
        notice: None,
        result_files: 0,
        answer: None,
    };
    if let Err(refusal) = walk(world, state, visit, &mut seen) {
        seen.end = refusal;
    }
    seen.pin_tries_left = reader::pin_tries_left(world, state, &visit.presented);
    seen
}

/// The stages in their order; each `?` is a way out of the main flow. Only the last lines give an answer, so a refused
/// visit never has one.
///
/// A notice stays shown when registration is declined; a reader at an institution nobody knows gets no challenge
/// and so no decision (bench choices).
fn walk(
    world: &World,
    state: &mut State,
    visit: &Visit,
    seen: &mut VisitOutcome,
) -> Result<(), VisitEnd> {
    let card = reader::card(world, &visit.presented)?;
    let institution = world.institutions.get(&visit.institution);
    if let Presented::PhoneOf { phone, .. } = visit.presented {
        let institution = institution.ok_or(VisitEnd::SystemError)?;
        let tries = state.phone_tries.entry(card.holder.to_owned()).or_insert(3);
        reader::by_phone(institution, card, tries, visit, phone)?;
    } else {
        mishap::read(visit)?;
        reader::has_certificate(card)?;
        mishap::answers(state, visit)?;
        let mode = identity(world, state, card, visit)?;
        reader::stays(visit)?;
        mishap::signs(state, visit)?;
        reader::approved(institution.ok_or(VisitEnd::SystemError)?, visit, mode)?;
    }
    let institution = institution.ok_or(VisitEnd::SystemError)?;
    seen.asked_backend = true;
    let notice = certificate::accept(state, card, visit)?;
    registration::possible(card)?;
    seen.notice = notice;
    if !certificate::is_linked(state, card.holder) {
        return Err(VisitEnd::NotRegistered); // OQS-CERT-18: a card of nobody's cannot be a registered one
    }
    registration::require(state, card, visit)?;
    seen.consents_asked = consent::asked(institution, seen.notice);
    let today = day(state.now);
    let qualification = if institution.medical_aid {
        qualification::by_card(state, card.holder, today)
    } else {
        qualification::insured_by_card(state, card.holder, today)
    };
    let mut answer = disclosure::answer(
        world,
        state,
        qualification,
        &consent::given(&seen.consents_asked, visit),
        consent::prescription(institution, visit),
        today,
    );
    if visit.occasion.is_some() {
        answer.available_until = answer.available_until.map(|_| care::until(today));
    }
    if let Some(record) = &mut answer.record {
        record.reference_number = reference::of(state, &visit.institution, card.holder);
    }
    remember(state, visit, card, &answer);
    seen.result_files = 1; // OQS-MSG-02: each successful use, whatever the validity
    seen.answer = Some(answer);
    Ok(())
}

fn identity<'v>(
    world: &World,
    state: &mut State,
    card: Card<'_>,
    visit: &'v Visit,
) -> Result<&'v Mode, VisitEnd> {
    let memory = state.cards.get_mut(card.holder).ok_or(VisitEnd::NoCard)?;
    reader::identify(world, card, memory, visit)
}

/// What a completed visit leaves behind: the institution's consents, newest first and only (OQS-CONS-04), the numbers it was
/// told, and a file that waits. All by the holder of the card, whoever brought it.
fn remember(state: &mut State, visit: &Visit, card: Card<'_>, answer: &Answer) {
    let (institution, holder) = (visit.institution.clone(), card.holder.to_owned());
    // Outside the institution an examination is kept under consents of its own, which open nothing at the counter.
    let consents = Consents { given: state.now, kinds: answer.consents.clone() };
    match visit.occasion {
        None => state.consents.insert((institution.clone(), holder.clone()), consents),
        Some(occasion) => {
            if answer.record.is_some() {
                care::examined(state, &institution, &holder, occasion);
            }
            state.care.insert((institution.clone(), holder.clone(), occasion), consents)
        }
    };
    if let Some(record) = &answer.record {
        state.told.insert((institution.clone(), holder.clone()), record.numbers.clone());
    }
    let (validity, day) = (answer.validity, day(state.now));
    let result = Waiting { holder, record: answer.record.clone(), validity, day };
    state.waiting.entry(institution).or_default().push(result);
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{CLINIC, HANAKO, TARO, all_kinds, at, coverage, visit, world};
    use super::super::{certificate, feed, inbox, testing};
    use super::*;
    use crate::model::{
        AuthorityAct, ConsentKind, InboxDecision, Issuer, Notice, Prescription, Trouble,
    };

    fn run(world: &World, visit: &Visit) -> VisitOutcome {
        judge(world, &mut State::before(world), visit)
    }

    #[test]
    fn the_main_flow() {
        let outcome =
            run(&world(), &Visit { prescription: Some(Prescription::Paper), ..visit(HANAKO) });
        let answer = Answer {
            validity: 1,
            record: Some(testing::record_of(&world(), HANAKO)),
            consents: all_kinds(),
            available_until: Some(at("2026-05-02T09:00:00")),
            limit: None,
            prescription: Some(Prescription::Paper),
        };
        let expected = VisitOutcome {
            end: VisitEnd::Completed,
            asked_backend: true,
            pin_tries_left: Some(3),
            consents_asked: all_kinds(),
            notice: None,
            result_files: 1,
            answer: Some(answer),
        };
        assert_eq!(outcome, expected);
    }

    /// Each way out, whether the backend was asked, and the card's own counter. One property differs from the main flow.
    #[test]
    fn the_ways_out() {
        let own = || visit(HANAKO);
        let pin = |entry: &str| Mode::Pin(vec![entry.to_owned()]);
        for (end, asked, tries, visit) in [
            (VisitEnd::NoCard, false, None, Visit { presented: Presented::Nothing, ..own() }),
            (
                VisitEnd::NotMyNumberCard,
                false,
                None,
                Visit { presented: Presented::ForeignCard, ..own() },
            ),
            (VisitEnd::FaceMismatch, false, Some(3), Visit { person: TARO.into(), ..own() }),
            (
                VisitEnd::NoPicture,
                false,
                Some(3),
                Visit { trouble: Some(Trouble::CameraDead), ..own() },
            ),
            (
                VisitEnd::FaceRecordRefused,
                false,
                Some(3),
                Visit { trouble: Some(Trouble::PhotoTampered), ..own() },
            ),
            (VisitEnd::WrongPin, false, Some(2), Visit { mode: pin("0000"), ..own() }),
            (VisitEnd::StaffRefused, false, Some(3), Visit { mode: Mode::Visual(false), ..own() }),
            (
                VisitEnd::CardRemoved,
                false,
                Some(3),
                Visit { trouble: Some(Trouble::PulledBeforeCertificate), ..own() },
            ),
            (
                VisitEnd::CardRemoved,
                false,
                Some(3),
                Visit { trouble: Some(Trouble::PulledBeforeSignature), ..own() },
            ),
            (
                VisitEnd::SignatureRefused,
                true,
                Some(3),
                Visit { trouble: Some(Trouble::SignedByCardOf(TARO.into())), ..own() },
            ),
            (
                VisitEnd::SystemError,
                false,
                Some(3),
                Visit { institution: "9999999999".into(), ..own() },
            ),
        ] {
            let expected = VisitOutcome {
                end,
                asked_backend: asked,
                pin_tries_left: tries,
                consents_asked: BTreeSet::new(),
                notice: None,
                result_files: 0,
                answer: None,
            };
            assert_eq!(run(&world(), &visit), expected);
        }
    }

    #[test]
    fn refusals_that_lie_in_the_world() {
        type Change = fn(&mut crate::model::CardFacts);
        for (end, asked, change) in [
            (VisitEnd::NoCertificate, false, (|card| card.certificate = false) as Change),
            (VisitEnd::ModeNotOffered, false, |card| card.photo = false),
            (VisitEnd::CertificateRefused, true, |card| card.issuer = Issuer::Foreign),
            (VisitEnd::CertificateRefused, true, |card| card.expiry = date(2026, 1, 31)),
            (VisitEnd::NotRegistered, true, |card| card.registered = false),
        ] {
            let mut world = world();
            change(world.people.get_mut(HANAKO).unwrap().card.as_mut().unwrap());
            let outcome = run(&world, &visit(HANAKO));
            assert_eq!((outcome.end, outcome.asked_backend, outcome.answer), (end, asked, None));
            assert_eq!((outcome.result_files, outcome.consents_asked), (0, BTreeSet::new()));
        }
    }

    #[test]
    fn the_right_pin_after_the_pull_still_restores_the_counter() {
        let world = world();
        let mut state = State::before(&world);
        let wrong = Visit { mode: Mode::Pin(vec!["0000".into()]), ..visit(HANAKO) };
        assert_eq!(judge(&world, &mut state, &wrong).pin_tries_left, Some(2));
        let pulled = Visit {
            mode: Mode::Pin(vec!["1234".into()]),
            trouble: Some(Trouble::PulledBeforeSignature),
            ..visit(HANAKO)
        };
        let outcome = judge(&world, &mut state, &pulled);
        assert_eq!((outcome.end, outcome.pin_tries_left), (VisitEnd::CardRemoved, Some(3)));
    }

    #[test]
    fn three_failures_over_days_lock_the_pin_and_leave_face() {
        let world = world();
        let mut state = State::before(&world);
        let wrong = Visit { mode: Mode::Pin(vec!["0000".into()]), ..visit(HANAKO) };
        for (end, left) in [
            (VisitEnd::WrongPin, 2),
            (VisitEnd::WrongPin, 1),
            (VisitEnd::PinLocked, 0),
            (VisitEnd::ModeNotOffered, 0),
        ] {
            let outcome = judge(&world, &mut state, &wrong);
            assert_eq!((outcome.end, outcome.pin_tries_left), (end, Some(left)));
        }
        let by_face = judge(&world, &mut state, &visit(HANAKO));
        assert_eq!((by_face.end, by_face.pin_tries_left), (VisitEnd::Completed, Some(0)));
    }

    #[test]
    fn in_grace_the_qualification_is_given_and_no_medical_kind_is_asked() {
        let mut world = world();
        world.people.get_mut(HANAKO).unwrap().card.as_mut().unwrap().expiry = date(2026, 4, 30);
        let outcome = run(&world, &visit(HANAKO));
        let answer = outcome.answer.unwrap();
        let asked = [ConsentKind::Limit, ConsentKind::SpecificDiseases].into();
        assert_eq!((outcome.notice, outcome.consents_asked), (Some(Notice::Grace), asked));
        assert_eq!((answer.validity, answer.available_until), (1, None));
    }

    #[test]
    fn registering_without_insurance_completes_with_4_and_lasts() {
        let mut world = world();
        let hanako = world.people.get_mut(HANAKO).unwrap();
        hanako.card.as_mut().unwrap().registered = false;
        hanako.coverages.clear();
        let mut state = State::before(&world);
        let first = judge(&world, &mut state, &Visit { register: true, ..visit(HANAKO) });
        assert_eq!(
            (first.end, first.result_files, first.answer.unwrap().validity),
            (VisitEnd::Completed, 1, 4)
        );
        assert_eq!(inbox::collect(&world, &mut state, CLINIC)[HANAKO], InboxDecision::Unknown);
        assert!(feed::record(
            &world,
            &mut state,
            &testing::feed_gain("r1", HANAKO, coverage("2001", date(2026, 5, 1)))
        ));
        let second = judge(&world, &mut state, &visit(HANAKO));
        assert_eq!(second.answer.unwrap().validity, 1);
    }

    #[test]
    fn a_renewed_certificate_finds_the_same_person_also_after_loss_of_the_old() {
        let world = world();
        let mut state = State::before(&world);
        certificate::act(&world, &mut state, HANAKO, AuthorityAct::Hold);
        assert_eq!(judge(&world, &mut state, &visit(HANAKO)).end, VisitEnd::CertificateRefused);
        certificate::act(&world, &mut state, HANAKO, AuthorityAct::Renew);
        assert_eq!(judge(&world, &mut state, &visit(HANAKO)).end, VisitEnd::Completed);
    }

    #[test]
    fn the_next_visit_needs_a_new_consent() {
        let world = world();
        let mut state = State::before(&world);
        let lives = |state: &State| consent::lives(state, CLINIC, HANAKO, ConsentKind::Drugs);
        judge(&world, &mut state, &visit(HANAKO));
        assert!(lives(&state));
        let refused =
            Visit { mode: Mode::Visual(false), consents: BTreeSet::new(), ..visit(HANAKO) };
        judge(&world, &mut state, &refused);
        assert!(lives(&state), "a visit that does not complete changes no consent");
        judge(&world, &mut state, &Visit { consents: BTreeSet::new(), ..visit(HANAKO) });
        assert!(!lives(&state));
    }
}
