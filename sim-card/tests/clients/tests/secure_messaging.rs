//! myna-card's secure messaging with 券面入力補助AP: what was encrypted is what is read in the clear.

use myna_card::ap::text::{Attributes, TextAp, ef};
use myna_card::{Error, sm::SEED_LEN};
use sim_card_clients::{citizen, client, digits};

/// Key material of a session; in a test it may be the same every time.
const SEED: [u8; SEED_LEN] = [0x5A; SEED_LEN];

fn status(error: Error) -> u16 {
    match error {
        Error::Status(status) => status.value(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_session_opens_after_the_pin_alone() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    // The key to deliver a session key to is behind a PIN, too.
    assert_eq!(status(text.open_secure_session(&SEED).unwrap_err()), 0x6982);
    text.verify_code_a(&digits(citizen.individual_number.digits())).unwrap();
    assert_eq!(status(text.open_secure_session(&SEED).unwrap_err()), 0x6982);
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    assert_eq!(text.open_secure_session(&SEED).unwrap().counter(), 1);
}

#[test]
fn what_is_read_encrypted_is_what_is_read_in_the_clear() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let number = text.read_my_number_file().unwrap();
    let attributes = text.read_ef(ef::ATTRIBUTES).unwrap();
    let integrity = text.read_ef(ef::INTEGRITY).unwrap();
    let mut session = text.open_secure_session(&SEED).unwrap();
    assert_eq!(session.read_ef_physical(ef::MY_NUMBER).unwrap(), number);
    let read = session.read_ef(ef::ATTRIBUTES).unwrap();
    assert_eq!(read, attributes);
    assert_eq!(Attributes::parse(&read).unwrap().name, citizen.name.name.written);
    assert_eq!(session.read_ef(ef::INTEGRITY).unwrap(), integrity);
    // Each read is a SELECT and a READ BINARY.
    assert_eq!((session.counter(), session.is_broken()), (7, false));
}

#[test]
fn a_part_of_a_file_is_that_part() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let integrity = text.read_ef(ef::INTEGRITY).unwrap();
    let mut session = text.open_secure_session(&SEED).unwrap();
    session.select_ef(ef::INTEGRITY).unwrap();
    for (offset, length) in [(0, 1), (0, 16), (5, 31), (300, 32)] {
        let part = session.read_binary(offset, length).unwrap();
        let (from, to) = (usize::from(offset), usize::from(offset + length));
        assert_eq!(part, integrity[from..to], "{offset} {length}");
    }
}

#[test]
fn number_a_is_presented_encrypted_and_a_wrong_one_costs_a_try() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let mut session = text.open_secure_session(&SEED).unwrap();
    let refused = session.verify(ef::CODE_A, &digits("000000000000"));
    assert!(matches!(refused, Err(Error::PinIncorrect { retries: Some(9) })));
    // A refusal by the application counts as a message, and does not end the session.
    session.verify(ef::CODE_A, &digits(citizen.individual_number.digits())).unwrap();
    assert!(matches!(session.verify(ef::BLOCKED_0012, &digits("1234")), Err(Error::PinBlocked)));
    assert_eq!((session.counter(), session.is_broken()), (4, false));
    let left = text.retries(ef::CODE_A).unwrap();
    assert_eq!(left.count(), Some(10));
}

#[test]
fn commands_in_the_clear_do_not_count() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let mut session = text.open_secure_session(&SEED).unwrap();
    let first = session.read_ef(ef::ATTRIBUTES).unwrap();
    session.card().select_ef(ef::MY_NUMBER).unwrap();
    session.card().read_binary_physical().unwrap();
    assert_eq!(session.read_ef(ef::ATTRIBUTES).unwrap(), first);
    assert_eq!(session.counter(), 5);
}

#[test]
fn a_session_is_forgotten_with_its_application() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let mut session = text.open_secure_session(&SEED).unwrap();
    session.card().select_df(&myna_card::ap::jpki::DF).unwrap();
    session.card().select_df(&myna_card::ap::text::DF).unwrap();
    assert_eq!(status(session.read_ef(ef::MY_NUMBER).unwrap_err()), 0x69FC);
    assert!(session.is_broken());
}

#[test]
fn another_key_than_the_published_one_opens_nothing() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let other = text.read_certificate().unwrap().public_key;
    let refused = myna_card::SecureSession::establish(text.card(), &other, &SEED).unwrap_err();
    // 6F00 when the number happens to lie above the modulus of the card's key.
    assert!([0x6A80, 0x6F00].contains(&status(refused)));
}
