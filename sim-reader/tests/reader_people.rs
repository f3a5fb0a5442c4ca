//! Patient and staff at the reader: repeats, changes of mode, staff who step in, and nobody there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking, and names the answers that matter to it"
)]

mod reader_support;

use std::collections::BTreeSet;

use reader_support::*;
use sim_card::PinName;
use sim_reader::card_client::PhoneKind;
use sim_reader::consent::ConsentKind;
use sim_reader::face::{CaptureCamera, GreyImage};
use sim_reader::reader_link::{CertificateState, Mode, Occasion};
use sim_reader::session::machine::WAITING;
use sim_reader::session::{
    End, Entry, ModeChoice, Placed, Question, Reply, Screen, State, Visitor,
};
use sim_reader::{Camera, CameraFault};

fn completed(end: &End) -> bool {
    matches!(end, End::Completed(_))
}

/// One after another steps before the camera; the last one stays.
struct Queue(Vec<CaptureCamera>);

impl Queue {
    fn of(people: &[u64]) -> Self {
        Self(people.iter().rev().map(|person| camera(*person)).collect())
    }
}

impl Camera for Queue {
    fn capture(&mut self) -> Result<GreyImage, CameraFault> {
        let mut front = if self.0.len() > 1 { self.0.pop() } else { None };
        front.as_mut().or(self.0.last_mut()).unwrap().capture()
    }
}

#[test] // OQS-FACE-04
fn after_a_mismatch_the_patient_may_repeat() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let twice = one_after_the_other(&[ModeChoice::Face, ModeChoice::Face]);
    let report = counter.visit(&mut card, &mut Queue::of(&[STRANGER, HOLDER]), &twice);
    assert!(completed(&report.end), "{report:?}");
    assert_eq!(report.face_failures, 0);
    assert_eq!(card.sent(&[0x00, 0x20]), 1, "照合番号B once: the photo is opened once a visit");
    let mismatch = report.screens.iter().filter(|screen| **screen == Screen::FaceMismatch).count();
    assert_eq!(mismatch, 1);
}

#[test] // OQS-FACE-04, 05, PIN-05, FALL-10: what is still possible is offered, row by row
fn a_mode_that_fails_leads_back_to_the_others() {
    let wrong = || pin(&["0000"]);
    let locked = || pin(&["0000", "0000", "0000"]);
    let (face, visual) = (ModeChoice::Face, ModeChoice::Visual);
    for (name, modes, completed_by) in [
        ("face, then PIN", vec![face.clone(), pin(&[PIN])], Ok(Mode::Pin)),
        ("face, then staff", vec![face.clone(), visual.clone()], Ok(Mode::Visual)),
        ("wrong PIN, then staff", vec![wrong(), visual.clone()], Ok(Mode::Visual)),
        ("locked PIN, then staff", vec![locked(), visual.clone()], Ok(Mode::Visual)),
        ("both, then staff", vec![face.clone(), locked(), visual], Ok(Mode::Visual)),
        ("wrong PIN, then right", vec![wrong(), pin(&[PIN])], Ok(Mode::Pin)),
        ("face alone", vec![face.clone()], Err(End::FaceMismatch)),
        ("wrong PIN alone", vec![wrong()], Err(End::WrongPin { left: 2 })),
        ("wrong PIN, then face", vec![wrong(), face.clone()], Err(End::FaceMismatch)),
        ("face, then wrong PIN", vec![face.clone(), wrong()], Err(End::WrongPin { left: 2 })),
        ("locked PIN alone", vec![locked()], Err(End::PinLocked)),
        ("locked PIN, then PIN", vec![locked(), pin(&[PIN])], Err(End::ModeNotOffered)),
    ] {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let report = counter.visit(&mut card, &mut camera(STRANGER), &one_after_the_other(&modes));
        match completed_by {
            Ok(mode) => {
                assert!(completed(&report.end), "{name}: {report:?}");
                assert_eq!(report.mode, Some(mode), "{name}");
                assert_eq!(counter.link.certified.lock().unwrap()[0].mode, mode, "{name}");
            }
            Err(end) => {
                assert_eq!((&report.end, report.queried), (&end, false), "{name}");
                assert!(report.screens.contains(&Screen::OtherProofs), "{name}");
            }
        }
    }
}

#[test] // OQS-FACE-05
fn ten_mismatches_within_one_visit_lock_the_face() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let mut offers = Vec::new();
    let mut people = Asked::new(|question: &Question| match question {
        Question::Mode { offered } => {
            offers.push(offered.clone());
            if offered.contains(&Mode::Face) { Reply::Face } else { Reply::GiveUp }
        }
        _ => Reply::Done,
    });
    let report = people.visit(&counter, placed(&mut card), &mut camera(STRANGER));
    assert_eq!((report.end, report.face_failures), (End::FaceLocked, 10));
    assert_eq!(report.offered, BTreeSet::from([Mode::Pin, Mode::Visual]));
    let pin_only = BTreeSet::from([Mode::Pin]);
    assert_eq!((offers.len(), offers.last()), (11, Some(&pin_only)));
    assert_eq!(card.card.tries_left(PinName::UserAuthentication), 3);
}

#[test] // OQS-FACE-11
fn a_dead_camera_leads_to_the_pin() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let both = one_after_the_other(&[ModeChoice::Face, pin(&[PIN])]);
    let report = counter.visit(&mut card, &mut CaptureCamera::dead(), &both);
    assert!(completed(&report.end), "{report:?}");
    assert_eq!((report.face_failures, report.mode), (0, Some(Mode::Pin)));
    assert!(report.screens.contains(&Screen::NoPicture));
}

#[test] // OQS-VIS-01: no button of the patient's starts it, and none ends it well
fn only_staff_start_and_confirm_the_visual_check() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let mut people = Asked::new(|question: &Question| match question {
        Question::Mode { offered } => {
            assert!(!offered.contains(&Mode::Visual), "no button of the patient's");
            Reply::StaffStart
        }
        Question::StaffCheck => Reply::Yes,
        _ => Reply::Done,
    });
    let report = people.visit(&counter, placed(&mut card), &mut camera(HOLDER));
    assert_eq!((report.end, report.queried), (End::StaffRefused, false));
}

#[test] // main flow, step 3: staff may switch to visual
fn staff_may_step_in_at_camera_and_keypad() {
    for first in [Reply::Face, Reply::Pin] {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let mut people = Asked::new(|question: &Question| match question {
            Question::Mode { .. } => first.clone(),
            Question::Look | Question::Pin { .. } => Reply::StaffStart,
            Question::StaffCheck => Reply::StaffConfirm,
            _ => Reply::No,
        });
        let report = people.visit(&counter, placed(&mut card), &mut camera(STRANGER));
        assert!(completed(&report.end), "{report:?}");
        assert_eq!((report.mode, report.face_failures), (Some(Mode::Visual), 0));
        assert_eq!(card.card.tries_left(PinName::UserAuthentication), 3);
    }
}

/// Leads a visit to each state that waits for a person, where nobody answers.
fn until_nobody_answers(at: State, phone: bool) -> impl FnMut(&Question) -> Reply + Send {
    move |question| match (question, at) {
        (Question::Mode { .. }, State::ChoosingMode)
        | (Question::Look, State::TakingPicture)
        | (Question::Pin { .. }, State::EnteringPin)
        | (Question::StaffCheck, State::StaffChecking)
        | (Question::Registration, State::OfferingRegistration)
        | (Question::Consent { .. }, State::AskingConsents)
        | (Question::PhonePin, State::EnteringPhonePin)
        | (Question::HoldPhone { .. }, State::HoldingPhone) => Reply::Silent,
        (Question::Mode { .. }, State::TakingPicture) => Reply::Face,
        (Question::Mode { .. }, State::StaffChecking) => Reply::StaffStart,
        (Question::Mode { .. }, _) => Reply::Pin,
        (Question::Pin { .. } | Question::PhonePin, _) => {
            assert!(phone || at != State::EnteringPin);
            Reply::Typed(Entry(PIN.into()))
        }
        (Question::Registration | Question::Consent { .. }, _) => Reply::Yes,
        _ => Reply::Done,
    }
}

#[test]
fn nobody_answering_ends_the_visit_at_every_state_that_waits() {
    for &at in WAITING {
        let phone = matches!(at, State::EnteringPhonePin | State::HoldingPhone);
        let mut counter = Counter::default();
        counter.config.phones = true;
        counter.link.certify = Ok(accepted(CertificateState::Valid, false));
        let token = if phone { sim_card::Token::Android } else { sim_card::Token::Card };
        let mut card = OnReader::new(sim_card::CardContents { token, ..contents() });
        let placed = if phone {
            Placed::Phone { phone: PhoneKind::Android, channel: &mut card }
        } else {
            placed(&mut card)
        };
        let mut people = Asked::new(until_nobody_answers(at, phone));
        let begins = people.clock.now();
        let report = people.visit(&counter, placed, &mut camera(HOLDER));
        assert_eq!(report.end, End::TimedOut { at }, "{report:?}");
        assert!(report.screens.contains(&Screen::TimedOut) && !report.card_left);
        assert!(counter.link.qualified.lock().unwrap().is_empty());
        let limit = counter.config.patience;
        let limit = if at == State::StaffChecking { limit.staff } else { limit.patient };
        assert!(people.clock.now() >= begins + limit);
    }
}

#[test]
fn an_answer_that_comes_too_late_is_no_answer() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let clock = TestClock::new();
    let late = clock.clone();
    let mut people = Asked::new(move |_: &Question| {
        late.set(late.now() + jiff::SignedDuration::from_secs(61));
        Reply::StaffStart
    });
    people.clock = clock;
    let report = people.visit(&counter, placed(&mut card), &mut camera(HOLDER));
    assert_eq!(report.end, End::TimedOut { at: State::ChoosingMode });
}

#[test] // OQS-CARD-16
fn a_card_that_is_left_behind_does_not_stop_the_reader() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let mut people = Asked::new(|question: &Question| match question {
        Question::Mode { .. } => Reply::Pin,
        Question::Pin { .. } => Reply::Typed(Entry(PIN.into())),
        Question::TakeCardBack => Reply::Silent,
        _ => Reply::No,
    });
    let report = people.visit(&counter, placed(&mut card), &mut camera(HOLDER));
    assert!(completed(&report.end) && report.card_left);
    assert_eq!(report.screens.last(), Some(&Screen::CardLeft));
    assert_eq!(report.steps.last(), Some(&State::Done));
}

#[test] // OQS-CARD-09: the reader sees the card go also while it waits for a person
fn a_card_taken_away_at_any_question_ends_the_visit() {
    for at in 0.. {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let mut asked = 0;
        let mut people = Asked::new(|question: &Question| {
            asked += 1;
            match question {
                _ if asked == at + 1 => Reply::CardTaken,
                Question::Mode { .. } => Reply::Pin,
                Question::Pin { .. } => Reply::Typed(Entry(PIN.into())),
                _ => Reply::Yes,
            }
        });
        let report = people.visit(&counter, placed(&mut card), &mut camera(HOLDER));
        if people.questions.get(at) == Some(&Question::TakeCardBack) {
            assert!(completed(&report.end));
            return;
        }
        assert!(matches!(report.end, End::CardRemoved { .. }), "{at}: {report:?}");
        assert!(counter.link.qualified.lock().unwrap().is_empty());
    }
}

#[test] // OQS-CONS-02, 06, 13
fn each_consent_is_a_question_of_its_own() {
    for yes in ConsentKind::ALL.map(Some).into_iter().chain([None]) {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let mut people = Asked::new(|question: &Question| match question {
            Question::Mode { .. } => Reply::StaffStart,
            Question::StaffCheck => Reply::StaffConfirm,
            Question::Consent { kind } if Some(*kind) == yes => Reply::Yes,
            Question::Consent { kind } if kind.is_medical() => Reply::GiveUp,
            _ => Reply::No,
        });
        let report = people.visit(&counter, placed(&mut card), &mut camera(HOLDER));
        assert!(completed(&report.end), "also when all are refused: {report:?}");
        let sent = counter.link.qualified.lock().unwrap()[0].consents;
        assert_eq!(sent, sim_reader::consent::flags(&yes.into_iter().collect()));
        let asked =
            people.questions.iter().filter(|question| matches!(question, Question::Consent { .. }));
        assert_eq!(asked.count(), ConsentKind::ALL.len());
    }
}

#[test] // OQS-VISIT-01
fn away_from_the_counter_not_every_mode_is_offered() {
    for (occasion, offered) in [
        (None, vec![Mode::Face, Mode::Pin]),
        (Some(Occasion::HomeVisit), vec![Mode::Pin]),
        (Some(Occasion::Online), vec![Mode::Pin]),
    ] {
        for mode in [ModeChoice::Face, pin(&[PIN]), ModeChoice::Visual] {
            let (mut counter, mut card) = (Counter::default(), OnReader::new(contents()));
            counter.config.occasion = occasion;
            let serves = offered.iter().any(|one| mode == ModeChoice::Face && *one == Mode::Face)
                || matches!(mode, ModeChoice::Pin(_))
                || (mode == ModeChoice::Visual && occasion != Some(Occasion::Online));
            let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode.clone()));
            assert_eq!(completed(&report.end), serves, "{occasion:?} {mode:?}: {report:?}");
            if serves {
                assert_eq!(counter.link.qualified.lock().unwrap()[0].occasion, occasion);
            } else {
                assert_eq!((report.end, report.queried), (End::ModeNotOffered, false));
            }
        }
    }
}

mod phones {
    use super::*;

    fn phone(kind: PhoneKind) -> OnReader {
        let token = match kind {
            PhoneKind::Android => sim_card::Token::Android,
            PhoneKind::Iphone => sim_card::Token::Iphone,
        };
        let mut phone = OnReader::new(sim_card::CardContents { token, ..contents() });
        if kind == PhoneKind::Iphone {
            phone.card.checks_its_holder();
        }
        phone
    }

    fn counter() -> Counter {
        let mut counter = Counter::default();
        counter.config.phones = true;
        counter
    }

    fn with_pin(entries: &'static [&'static str]) -> impl FnMut(&Question) -> Reply + Send {
        let mut entries = entries.iter();
        move |question| match question {
            Question::PhonePin => match entries.next() {
                Some(entry) => Reply::Typed(Entry((*entry).to_owned())),
                None => Reply::GiveUp,
            },
            Question::Consent { .. } => Reply::Yes,
            _ => Reply::Done,
        }
    }

    #[test] // OQS-MOB-01, 02: the order of the steps, and consents on the face reader
    fn android_asks_the_pin_first_and_an_iphone_its_holder() {
        for (kind, first) in
            [(PhoneKind::Android, vec![Question::PhonePin]), (PhoneKind::Iphone, Vec::new())]
        {
            let (counter, mut phone) = (counter(), phone(kind));
            let mut people = Asked::new(with_pin(&[PIN]));
            let placed = Placed::Phone { phone: kind, channel: &mut phone };
            let report = people.visit(&counter, placed, &mut CaptureCamera::dead());
            assert!(completed(&report.end), "{report:?}");
            let mut expected = first;
            expected.push(Question::HoldPhone { phone: kind });
            let consents = ConsentKind::ALL.map(|kind| Question::Consent { kind });
            expected.extend(consents);
            assert_eq!(people.questions, expected);
            assert_eq!((report.phone, report.mode), (Some(kind), Some(Mode::Pin)));
            assert!(!report.screens.contains(&Screen::TakeCardBack), "it is in the hand");
            let requests = counter.link.certified.lock().unwrap();
            assert_eq!(requests[0].certificate.0, certificate());
            let verified = phone.sent(&[0x00, 0x20]);
            assert_eq!(verified, usize::from(kind == PhoneKind::Android));
        }
    }

    #[test]
    fn a_wrong_pin_costs_a_try_of_the_phone_and_three_lock_it() {
        let (counter, mut phone) = (counter(), phone(PhoneKind::Android));
        for (entries, end, left) in [
            (&["0000"][..], Some(End::WrongPin { left: 2 }), 2),
            (&["12345", PIN][..], None, 3),
            (&["0000", "0000", "0000", PIN][..], Some(End::PinLocked), 0),
            (&[PIN][..], Some(End::PinLocked), 0),
            (&[][..], Some(End::GaveUp), 0),
        ] {
            let mut people = Asked::new(with_pin(entries));
            let placed = Placed::Phone { phone: PhoneKind::Android, channel: &mut phone };
            let report = people.visit(&counter, placed, &mut CaptureCamera::dead());
            match end {
                Some(end) => assert_eq!((report.end, report.queried), (end, false)),
                None => assert!(completed(&report.end), "{report:?}"),
            }
            assert_eq!(phone.card.tries_left(PinName::UserAuthentication), left);
            phone.again();
        }
    }

    #[test]
    fn an_iphone_that_has_not_checked_its_holder_does_not_sign() {
        let (counter, mut phone) = (counter(), phone(PhoneKind::Iphone));
        phone.again();
        let mut people = Asked::new(with_pin(&[]));
        let placed = Placed::Phone { phone: PhoneKind::Iphone, channel: &mut phone };
        let report = people.visit(&counter, placed, &mut CaptureCamera::dead());
        assert_eq!((report.end, report.queried), (End::PhoneLocked, false));
    }

    #[test] // OQS-MOB-05
    fn an_institution_without_phones_says_so_and_takes_the_card() {
        let (counter, mut phone) = (Counter::default(), phone(PhoneKind::Android));
        let mut people = Asked::new(with_pin(&[PIN]));
        let placed_phone = Placed::Phone { phone: PhoneKind::Android, channel: &mut phone };
        let report = people.visit(&counter, placed_phone, &mut camera(HOLDER));
        assert_eq!((report.end, report.queried), (End::PhoneNotSupported, false));
        assert!(report.screens.contains(&Screen::UseTheCard) && people.questions.is_empty());
        assert!(phone.log.is_empty());
        let mut card = OnReader::new(contents());
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(ModeChoice::Face));
        assert!(completed(&report.end));
    }

    #[test]
    fn another_thing_than_the_phone_spoken_of_is_not_read() {
        for kind in [PhoneKind::Android, PhoneKind::Iphone] {
            let other = match kind {
                PhoneKind::Android => phone(PhoneKind::Iphone),
                PhoneKind::Iphone => phone(PhoneKind::Android),
            };
            for mut thing in [OnReader::new(contents()), other] {
                let counter = counter();
                let mut people = Asked::new(with_pin(&[PIN]));
                let placed = Placed::Phone { phone: kind, channel: &mut thing };
                let report = people.visit(&counter, placed, &mut camera(HOLDER));
                assert_eq!((report.end, report.queried), (End::NotMyNumberCard, false));
                assert_eq!(thing.sent(&[0x00, 0x20]), 0, "no PIN goes to it");
            }
        }
    }

    #[test]
    fn a_phone_may_go_once_it_has_signed_and_not_before() {
        for kind in [PhoneKind::Android, PhoneKind::Iphone] {
            let run = |pulled_after| {
                let (counter, mut phone) = (counter(), phone(kind));
                phone.pulled_after = pulled_after;
                let mut people = Asked::new(with_pin(&[PIN]));
                let placed = Placed::Phone { phone: kind, channel: &mut phone };
                let report = people.visit(&counter, placed, &mut CaptureCamera::dead());
                (report.end, phone.first(&[0x80, 0x2A]))
            };
            let signature = run(None).1.unwrap();
            assert!(matches!(run(Some(signature)).0, End::CardRemoved { at: State::Signing }));
            assert!(completed(&run(Some(signature + 1)).0), "{kind:?}");
        }
    }
}

#[test] // OQS-VIS-03
fn the_next_patient_does_not_inherit_the_visual_check() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(ModeChoice::Visual));
    assert!(completed(&report.end));
    let mut next = OnReader::new(reissued());
    let patient = Visitor { staff_confirms: false, ..visitor(ModeChoice::Face) };
    let report = counter.visit(&mut next, &mut camera(STRANGER), &patient);
    assert_eq!((report.end, report.queried), (End::FaceMismatch, false));
    assert!(!report.steps.contains(&State::StaffChecking));
}
