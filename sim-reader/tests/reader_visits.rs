//! Whole visits: the virtual card, the built-in matcher, a terminal that answers as told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod reader_support;

use std::collections::BTreeSet;

use reader_support::*;
use sim_card::PinName;
use sim_reader::consent::ConsentKind;
use sim_reader::face::CaptureCamera;
use sim_reader::reader_link::{
    CertificateState, CertifyAnswer, LinkError, Mode, Notice, Prescription, QualifyAnswer,
    RefusalKind,
};
use sim_reader::session::{End, ModeChoice, Screen, State, run_visit};

const VERIFY: &[u8] = &[0x00, 0x20];
const SELECT_PIN: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18];
const SELECT_CERTIFICATE: &[u8] = &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x0A];
const READ: &[u8] = &[0x00, 0xB0];

fn completed(end: &End) -> bool {
    matches!(end, End::Completed(_))
}

#[test]
fn the_face_opens_the_card_without_pin() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(ModeChoice::Face));
    assert!(completed(&report.end), "{report:?}");
    assert_eq!((report.mode, report.face_failures), (Some(Mode::Face), 0));
    assert_eq!(card.sent(SELECT_PIN), 0);
    assert_eq!(card.sent(VERIFY), 1, "照合番号B only");
    let requests = counter.link.certified.lock().unwrap();
    assert_eq!(requests[0].certificate.0, certificate());
    assert_eq!(requests[0].signature.0.len(), 256);
    let first_and_last = (report.screens.first(), report.screens.last());
    assert_eq!(first_and_last, (Some(&Screen::PlaceCard), Some(&Screen::TakeCardBack)));
    assert_eq!(report.steps.last(), Some(&State::Done));
}

#[test]
fn neither_number_nor_signature_certificate_is_ever_touched() {
    for mode in [ModeChoice::Face, pin(&[PIN]), ModeChoice::Visual] {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode));
        assert!(completed(&report.end), "{report:?}");
        for file in [0x01, 0x05, 0x13] {
            assert_eq!(
                card.sent(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, file]),
                0,
                "EF 00{file:02X}"
            );
        }
        let bytes =
            |(command, answer): &(Vec<u8>, Vec<u8>)| [command.clone(), answer.clone()].concat();
        let wire: Vec<u8> = card.log.iter().flat_map(bytes).collect();
        assert!(!wire.windows(12).any(|window| window == NUMBER.as_bytes()));
    }
}

#[test]
fn another_face_asks_nothing_and_ten_in_a_row_lock() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let face = visitor(ModeChoice::Face);
    for round in 1..=10u8 {
        let report = counter.visit(&mut card, &mut camera(STRANGER), &face);
        let expected = if round < 10 { End::FaceMismatch } else { End::FaceLocked };
        assert_eq!((&report.end, report.face_failures), (&expected, round));
        assert!(!report.queried);
        assert_eq!(card.sent(SELECT_CERTIFICATE), 0, "not before the face matched");
        card.again();
    }
    assert_eq!(*counter.link.challenges.lock().unwrap(), 0);
    assert_eq!(card.card.tries_left(PinName::UserAuthentication), 3);
    let report = counter.visit(&mut card, &mut camera(HOLDER), &face);
    assert_eq!(report.end, End::ModeNotOffered);
    assert_eq!(report.offered, BTreeSet::from([Mode::Pin, Mode::Visual]));
    for mode in [pin(&[PIN]), ModeChoice::Visual] {
        card.again();
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode));
        assert!(completed(&report.end));
        assert_eq!(report.face_failures, 10);
    }
}

#[test]
fn a_match_forgets_the_mismatches_before_it() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let face = visitor(ModeChoice::Face);
    counter.visit(&mut card, &mut camera(STRANGER), &face);
    card.again();
    assert_eq!(counter.visit(&mut card, &mut camera(HOLDER), &face).face_failures, 0);
}

#[test]
fn the_certificate_is_read_once_identity_is_proved_and_not_before() {
    for (mode, proof) in [
        (ModeChoice::Face, &[0x00, 0x82][..]),
        (pin(&["0000", PIN]), VERIFY),
        (ModeChoice::Visual, &[0x00, 0x82][..]),
    ] {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode.clone()));
        assert!(completed(&report.end), "{report:?}");
        assert_eq!(card.sent(SELECT_CERTIFICATE), 1);
        let read = card.first(SELECT_CERTIFICATE).unwrap();
        let proved = card.log.iter().rposition(|(command, _)| command.starts_with(proof)).unwrap();
        assert!(proved < read, "{mode:?}: {proved} {read}");
        assert!(report.steps.contains(&State::ReadingCertificate));
    }
    for mode in [pin(&["0000"]), ModeChoice::Visual] {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        let visitor = sim_reader::session::Visitor { staff_confirms: false, ..visitor(mode) };
        counter.visit(&mut card, &mut camera(HOLDER), &visitor);
        assert_eq!(card.sent(SELECT_CERTIFICATE), 0);
    }
}

#[test]
fn a_card_pulled_while_its_certificate_is_read_keeps_what_the_identity_check_did() {
    for mode in [ModeChoice::Face, pin(&[PIN])] {
        let mut card = OnReader::new(contents());
        Counter::default().visit(&mut card, &mut camera(HOLDER), &visitor(mode.clone()));
        let select = card.first(SELECT_CERTIFICATE).unwrap();
        let blocks = card.log[select + 1..].iter().take_while(|(c, _)| c.starts_with(READ)).count();
        assert!(blocks > 2);
        for pulled_after in select..=select + blocks {
            let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
            card.card.set_tries_left(PinName::UserAuthentication, 1);
            counter.visit(&mut card, &mut camera(STRANGER), &visitor(ModeChoice::Face));
            card.again();
            card.pulled_after = Some(pulled_after);
            let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode.clone()));
            let at = State::ReadingCertificate;
            assert_eq!((report.end, report.queried), (End::CardRemoved { at }, false));
            let (mismatches, tries) = if mode == ModeChoice::Face { (0, 1) } else { (1, 3) };
            assert_eq!(report.face_failures, mismatches);
            assert_eq!(card.card.tries_left(PinName::UserAuthentication), tries);
        }
    }
}

#[test]
fn mismatches_are_counted_by_chip_whatever_certificate_it_carries() {
    let (counter, face) = (Counter::default(), visitor(ModeChoice::Face));
    let visit = |contents: sim_card::CardContents| {
        let mut card = OnReader::new(contents);
        counter.visit(&mut card, &mut camera(STRANGER), &face).face_failures
    };
    assert_eq!((visit(contents()), visit(contents())), (1, 2));
    assert_eq!(visit(reissued()), 1, "another chip with the same certificate");
    let mut renewed = contents();
    *renewed.user_authentication.as_mut().unwrap().certificate.last_mut().unwrap() ^= 1;
    assert_eq!(visit(renewed), 3, "the same chip with another certificate");
}

#[test]
fn pins_are_tried_in_order_and_only_four_digits_are_sent() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let typed = visitor(pin(&["123", "12345", "abcd", "0000", PIN, "9999"]));
    let report = counter.visit(&mut card, &mut camera(HOLDER), &typed);
    assert!(completed(&report.end), "{report:?}");
    assert_eq!(report.pin_tries_left, Some(3));
    // The empty query, the wrong one and the right one.
    assert_eq!(card.sent(VERIFY), 3);
    assert_eq!(card.card.tries_left(PinName::UserAuthentication), 3);
    assert_eq!(card.sent(&[0x80, 0xA2]), 0, "no terminal authentication in PIN mode");
}

#[test]
fn wrong_pins_count_over_visits_until_the_card_locks() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    for (entries, expected) in [
        (vec!["0000"], End::WrongPin { left: 2 }),
        (vec!["12"], End::WrongPin { left: 2 }),
        (vec!["0000"], End::WrongPin { left: 1 }),
        (vec!["0000", PIN], End::PinLocked),
        (vec![PIN], End::ModeNotOffered),
    ] {
        card.again();
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&entries)));
        assert_eq!(report.end, expected);
        assert!(!report.queried);
    }
    card.again();
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(ModeChoice::Face));
    assert!(completed(&report.end), "a locked PIN leaves the face");
}

fn token_information(card: &mut OnReader) -> Vec<u8> {
    let commands =
        ["00A4040C0AD392F000260100000001", "00A4020C020006", "00B00000A0"].map(hex::decode);
    let mut answer = commands.map(|command| card.card.transmit(&command.unwrap())).concat();
    card.again();
    answer.truncate(answer.len() - 2);
    answer.split_off(4)
}

#[test] // the identity table, row by row, with each of the three modes chosen
fn modes_offered_by_card() {
    let without_photo = |mut c: sim_card::CardContents| {
        c.face.photo = None;
        c
    };
    let without_pin = |mut c: sim_card::CardContents| {
        c.user_pin = None;
        c
    };
    for (name, contents, pin_locked, face_locked, expected) in [
        ("normal", contents(), false, false, [true, true, true]),
        ("PIN locked", contents(), true, false, [true, false, true]),
        ("face locked", contents(), false, true, [false, true, true]),
        ("both locked", contents(), true, true, [false, false, true]),
        ("under one year", without_photo(contents()), false, false, [false, true, true]),
        ("without PIN", without_pin(contents()), false, false, [true, false, true]),
    ] {
        let modes = [ModeChoice::Face, pin(&[PIN]), ModeChoice::Visual];
        for (mode, expected) in modes.into_iter().zip(expected) {
            let (counter, mut card) = (Counter::default(), OnReader::new(contents.clone()));
            if pin_locked {
                card.card.set_tries_left(PinName::UserAuthentication, 0);
            }
            if face_locked {
                let key = sim_reader::session::CardKey::of(&token_information(&mut card));
                for _ in 0..10 {
                    counter.failures.record(key, false);
                }
            }
            let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode.clone()));
            assert_eq!(completed(&report.end), expected, "{name}, {mode:?}: {report:?}");
            if !expected {
                assert_eq!(report.end, End::ModeNotOffered, "{name}, {mode:?}");
                assert!(report.screens.contains(&Screen::OtherProofs));
            }
        }
    }
}

#[test]
fn the_visual_check_needs_staff_and_touches_no_counter() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    card.card.set_tries_left(PinName::UserAuthentication, 1);
    let mut visual = visitor(ModeChoice::Visual);
    let report = counter.visit(&mut card, &mut CaptureCamera::dead(), &visual);
    assert!(completed(&report.end));
    assert_eq!(counter.link.certified.lock().unwrap()[0].mode, Mode::Visual);
    card.again();
    visual.staff_confirms = false;
    let report = counter.visit(&mut card, &mut CaptureCamera::dead(), &visual);
    assert_eq!((report.end, report.queried), (End::StaffRefused, false));
    assert_eq!(card.card.tries_left(PinName::UserAuthentication), 1);
}

#[test]
fn without_approval_the_card_refuses_to_sign_for_a_face() {
    for credential in [None, {
        let mut foreign = credential();
        *foreign.certificate.last_mut().unwrap() ^= 1;
        Some(foreign)
    }] {
        let (mut counter, mut card) = (Counter::default(), OnReader::new(contents()));
        counter.config.terminal = credential;
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(ModeChoice::Face));
        assert_eq!((report.end, report.queried), (End::TerminalNotApproved, false));
        card.again();
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&[PIN])));
        assert!(completed(&report.end), "the PIN needs no approval");
    }
}

/// A card whose photo had one byte changed after issue.
struct Tampered(OnReader);

impl sim_reader::CardChannel for Tampered {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, sim_reader::ChannelError> {
        let mut answer = self.0.transmit(command)?;
        let face_file = self.0.sent(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x02]) == 1;
        // The third block of the record lies within the photo.
        if face_file && command == [0x00, 0xB0, 0x08, 0x00, 0x00] {
            answer[100] ^= 0x01;
        }
        Ok(answer)
    }
}

#[test]
fn a_flipped_byte_of_the_photo_is_noticed() {
    let counter = Counter::default();
    let mut card = Tampered(OnReader::new(contents()));
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(ModeChoice::Face));
    assert_eq!((report.end, report.face_failures), (End::TamperedFace, 0));
    assert!(!report.queried);
}

#[test]
fn a_wrong_front_costs_a_try_of_the_reference_number_and_leaves_the_pin() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let mut misread = visitor(ModeChoice::Face);
    misread.front.as_mut().unwrap().security_code = "2286".into();
    let report = counter.visit(&mut card, &mut camera(HOLDER), &misread);
    assert_eq!(report.end, End::ModeNotOffered);
    assert!(report.offered.contains(&Mode::Pin));
    misread.front = None;
    card.again();
    let report = counter.visit(&mut card, &mut camera(HOLDER), &misread);
    assert_eq!(report.end, End::ModeNotOffered);
    assert_eq!(card.sent(VERIFY), 0);
}

#[test]
fn a_dead_camera_is_no_decision() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let face = visitor(ModeChoice::Face);
    let report = counter.visit(&mut card, &mut CaptureCamera::dead(), &face);
    assert_eq!((report.end, report.face_failures), (End::NoPicture, 0));
    assert!(report.offered.contains(&Mode::Pin));
}

#[test]
fn pulling_the_card_at_any_command_ends_without_result() {
    for mode in [ModeChoice::Face, pin(&[PIN]), ModeChoice::Visual] {
        let mut card = OnReader::new(contents());
        let report =
            Counter::default().visit(&mut card, &mut camera(HOLDER), &visitor(mode.clone()));
        assert!(completed(&report.end));
        // Reading blocks are alike; every seventh command and all of the last twenty are pulled at.
        let total = card.log.len();
        for count in (0..total).filter(|count| count % 7 == 0 || count + 20 > total) {
            let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
            card.pulled_after = Some(count);
            let mut camera = camera(HOLDER);
            let report = counter.visit(&mut card, &mut camera, &visitor(mode.clone()));
            assert!(matches!(report.end, End::CardRemoved { .. }), "{count}: {report:?}");
            assert!(counter.link.qualified.lock().unwrap().is_empty());
        }
    }
}

#[test]
fn an_empty_reader_and_strange_cards() {
    let (counter, mut eye) = (Counter::default(), camera(HOLDER));
    let (config, link, failures) = (&counter.config, &counter.link, &counter.failures);
    let face = visitor(ModeChoice::Face);
    let visit =
        run_visit(config, &sim_reader::face::Builtin, None, &mut eye, &face, link, failures);
    fn may_be_spawned<T: Send>(visit: T) -> T {
        visit
    }
    assert_eq!(block_on(may_be_spawned(visit)).end, End::NoCard);
    for (token, expected) in [
        (sim_card::Token::Android, End::PhoneNotSupported),
        (sim_card::Token::Iphone, End::PhoneNotSupported),
        (sim_card::Token::OldResident, End::NotMyNumberCard),
    ] {
        let mut card = OnReader::new(sim_card::CardContents { token, ..contents() });
        assert_eq!(counter.visit(&mut card, &mut eye, &face).end, expected);
    }
    let mut card =
        OnReader::new(sim_card::CardContents { user_authentication: None, ..contents() });
    let report = counter.visit(&mut card, &mut eye, &face);
    assert_eq!((report.end, report.queried), (End::NoCertificate, false));
    assert_eq!(report.steps[1..3], [State::Recognising, State::ReturningCard]);
}

#[test]
fn consents_are_asked_as_offered_and_sent_as_answered() {
    let (mut counter, mut card) = (Counter::default(), OnReader::new(contents()));
    counter.config.offers = BTreeSet::from([ConsentKind::Drugs, ConsentKind::Care]);
    counter.config.electronic_prescriptions = true;
    let mut patient = visitor(pin(&[PIN]));
    patient.consents.prescription = Some(Prescription::Electronic);
    let report = counter.visit(&mut card, &mut camera(HOLDER), &patient);
    assert_eq!(report.asked, counter.config.offers);
    let request = counter.link.qualified.lock().unwrap()[0].clone();
    assert!(request.consents.drugs && !request.consents.limit && !request.consents.care);
    assert_eq!(request.prescription, Some(Prescription::Electronic));
    assert!(!request.register, "a registered card is not registered again");
}

#[test]
fn in_grace_nothing_medical_is_asked() {
    let (mut counter, mut card) = (Counter::default(), OnReader::new(contents()));
    counter.link.certify = Ok(accepted(CertificateState::Grace, true));
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&[PIN])));
    assert_eq!(report.asked, BTreeSet::from([ConsentKind::Limit, ConsentKind::SpecificDiseases]));
    assert_eq!(report.notices, BTreeSet::from([Notice::RenewCertificate, Notice::Grace]));
    let consents = counter.link.qualified.lock().unwrap()[0].consents;
    assert!(consents.limit && !consents.drugs);
}

#[test]
fn an_unregistered_card_is_offered_registration() {
    for (register, expected) in [(true, true), (false, false)] {
        let (mut counter, mut card) = (Counter::default(), OnReader::new(contents()));
        counter.link.certify = Ok(accepted(CertificateState::Valid, false));
        let patient = sim_reader::session::Visitor { register, ..visitor(pin(&[PIN])) };
        let report = counter.visit(&mut card, &mut camera(HOLDER), &patient);
        assert_eq!(completed(&report.end), expected, "{report:?}");
        assert!(report.screens.contains(&Screen::Registration));
        if register {
            assert!(counter.link.qualified.lock().unwrap()[0].register);
        } else {
            assert_eq!(report.end, End::RegistrationDeclined);
        }
    }
}

/// After the right PIN a card that refuses to sign is another card.
struct Swapped(OnReader);

impl sim_reader::CardChannel for Swapped {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, sim_reader::ChannelError> {
        if command.starts_with(&[0x80, 0x2A]) {
            self.0.again();
            self.0.transmit(&[
                0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0, 0, 0, 1,
            ])?;
            self.0.transmit(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x17])?;
        }
        self.0.transmit(command)
    }
}

#[test]
fn a_card_swapped_under_way_ends_the_visit() {
    let (counter, mut card) = (Counter::default(), Swapped(OnReader::new(contents())));
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&[PIN])));
    assert_eq!(report.end, End::CardUnreadable { at: State::Signing });
    assert!(!report.queried);
}

#[test]
fn silence_is_a_system_error_and_only_a_refusal_is_a_refusal() {
    let system = |code: &str| End::SystemError { code: code.into() };
    let refused = |kind| Ok(CertifyAnswer::Refused { refused: refusal(kind) });
    for (certify, expected) in [
        (refused(RefusalKind::CertificateRefused), End::CertificateRefused),
        (refused(RefusalKind::SignatureRefused), End::SignatureRefused),
        (refused(RefusalKind::NotRegistered), End::NotRegistered),
        (refused(RefusalKind::Closed), End::Closed),
        (refused(RefusalKind::SystemError), system("SIM-E9999")),
        (Err(LinkError::Silent), system("terminal-silent")),
        (Err(LinkError::Unreachable), system("terminal-unreachable")),
        (Err(LinkError::Status { status: 500 }), system("terminal-status")),
        (Err(LinkError::Unreadable), system("terminal-unreadable")),
    ] {
        let (mut counter, mut card) = (Counter::default(), OnReader::new(contents()));
        counter.link.certify = certify;
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&[PIN])));
        let shown = report.screens.contains(&Screen::CertificateRefused);
        assert_eq!(shown, expected == End::CertificateRefused);
        assert_eq!(report.end, expected);
        assert!(report.queried && counter.link.qualified.lock().unwrap().is_empty());
    }
    let (mut counter, mut card) = (Counter::default(), OnReader::new(contents()));
    counter.link.qualify =
        Ok(QualifyAnswer::Refused { refused: refusal(RefusalKind::SystemError) });
    let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(pin(&[PIN])));
    assert_eq!(report.end, system("SIM-E9999"));
}

#[test]
fn a_report_holds_no_pin_and_no_certificate() {
    let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
    let patient = visitor(pin(&["7777", PIN]));
    let report = counter.visit(&mut card, &mut camera(HOLDER), &patient);
    let shown = format!("{report:?} {patient:?} {:?}", counter.link.certified.lock().unwrap());
    assert!(!shown.contains("7777") && !shown.contains(PIN));
    assert!(shown.contains("Bytes(1284)"));
}

/// Another person's card takes this one's place once it was recognised; both keep what was done to them.
#[test]
fn a_card_swapped_after_it_was_recognised_is_noticed_in_every_mode() {
    for mode in [ModeChoice::Face, pin(&[PIN]), ModeChoice::Visual] {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        card.card.lay_under(sim_card::Card::new(reissued()).persistent().clone());
        card.card.power_on();
        card.card.set_faults(vec![sim_card::Fault::SwappedAfter { commands: 6 }]);
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(mode.clone()));
        assert!(matches!(report.end, End::CardRemoved { .. }), "{mode:?}: {report:?}");
        assert!(!report.queried && counter.link.certified.lock().unwrap().is_empty());
        card.again();
        assert_eq!(card.card.tries_left(PinName::UserAuthentication), 3);
    }
}

#[test]
fn a_card_whose_answers_are_cut_is_unreadable_and_no_foreign_card() {
    for (keep, at) in [(0, State::Recognising), (31, State::Recognising)] {
        let (counter, mut card) = (Counter::default(), OnReader::new(contents()));
        card.card.set_faults(vec![sim_card::Fault::Truncated { ins: 0xB0, keep }]);
        let report = counter.visit(&mut card, &mut camera(HOLDER), &visitor(ModeChoice::Face));
        assert_eq!((report.end, report.queried), (End::CardUnreadable { at }, false), "{keep}");
    }
}
