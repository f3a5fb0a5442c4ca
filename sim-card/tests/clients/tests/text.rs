//! myna-card on 券面入力補助AP: the number and the four attributes, and what signs them.

use myna_card::ap::jpki::SignatureScheme;
use myna_card::ap::text::{TextAp, ef};
use myna_card::{Error, Retries, Sex, verification_code_b};
use sim_card::population;
use sim_card_clients::{citizen, client, day, digits};

#[test]
fn the_pin_opens_everything_and_all_of_it_is_signed() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    let issuer = text.read_certificate().unwrap().public_key;
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    assert_eq!(text.read_my_number().unwrap().as_str(), citizen.individual_number.digits());
    let attributes = text.read_attributes().unwrap();
    assert_eq!(attributes.name, citizen.name.name.written);
    assert_eq!(attributes.address, citizen.address.address.written);
    assert_eq!(attributes.birth_date, day(citizen.birthdate));
    let male = citizen.sex == population::Sex::Male;
    assert_eq!(attributes.sex, if male { Sex::Male } else { Sex::Female });
    assert!(attributes.split_name().is_some(), "{}", attributes.name);
    text.read_signed_public_key().unwrap().verify(&issuer).unwrap();
}

#[test]
fn the_integrity_record_fits_both_files() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    let issuer = text.read_certificate().unwrap().public_key;
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let record = text.read_integrity_record().unwrap();
    record.verify(&issuer).unwrap();
    let number = text.read_my_number_file().unwrap();
    let mut attributes = text.read_ef(ef::ATTRIBUTES).unwrap();
    assert_eq!(number.len(), 17);
    assert!(record.matches_my_number_file(&number));
    assert!(record.matches_attributes_file(&attributes).unwrap());
    *attributes.last_mut().unwrap() ^= 1;
    assert!(!record.matches_attributes_file(&attributes).unwrap());
}

#[test]
fn the_certificate_names_no_real_authority() {
    let mut client = client(&citizen());
    let mut text = TextAp::select(&mut client).unwrap();
    let certificate = text.read_certificate().unwrap();
    let issuer = certificate.issuer_key_id;
    let failure = certificate.verify();
    assert!(matches!(failure, Err(Error::UnknownCertificateAuthority(named)) if named == issuer));
    certificate.verify_with(&certificate.public_key).unwrap();
    let basic = text.read_ap_basic_data().unwrap();
    assert_eq!(basic.identification.to_bytes(), [0x01, 0x03, 0x0E, 0x01]);
    assert_eq!(basic.trailing.len(), 128);
}

#[test]
fn number_a_opens_the_number_and_number_b_the_attributes() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_code_a(&digits(citizen.individual_number.digits())).unwrap();
    assert!(text.read_my_number().is_ok() && text.read_attributes().is_err());
    assert!(text.read_integrity_record().is_ok() && text.read_signed_public_key().is_ok());
    // Rights end when the application is left.
    myna_card::MasterFile::select(&mut client).unwrap();
    let mut text = TextAp::select(&mut client).unwrap();
    assert!(text.read_my_number().is_err());
    let expiry = u16::try_from(citizen.card_expiry.year()).unwrap();
    let code = citizen.security_code.as_bytes();
    text.verify_code_b(&verification_code_b(day(citizen.birthdate), expiry, code).unwrap())
        .unwrap();
    assert!(text.read_my_number().is_err() && text.read_attributes().is_ok());
    assert!(text.read_session_key_public_key().is_ok());
}

#[test]
fn the_card_proves_that_it_is_there() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    text.verify_pin(&digits(&citizen.user_pin)).unwrap();
    let key = text.read_signed_public_key().unwrap().public_key;
    let challenge = text.card().get_challenge(16).unwrap();
    let signature = text.sign(&challenge).unwrap();
    SignatureScheme::Sha256DigestInfo.verify(&key, &challenge, &signature).unwrap();
}

#[test]
fn the_pin_can_be_changed_and_the_spare_one_is_delivered_blocked() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut text = TextAp::select(&mut client).unwrap();
    let counters = [(ef::PIN, 3), (ef::CODE_A, 10), (ef::CODE_B, 10)];
    for (key, left) in counters {
        assert_eq!(text.retries(key).unwrap(), Retries::Remaining(left), "{key:04X}");
    }
    assert_eq!(text.retries(ef::BLOCKED_0012).unwrap(), Retries::Blocked);
    let (old, new) = (digits(&citizen.user_pin), digits("9517"));
    text.change_pin(&old, &new).unwrap();
    assert!(matches!(text.verify_pin(&old), Err(Error::PinIncorrect { retries: Some(2) })));
    text.verify_pin(&new).unwrap();
    assert_eq!(text.read_ef(ef::UNKNOWN_0008).unwrap(), [0xFF; 16]);
}
