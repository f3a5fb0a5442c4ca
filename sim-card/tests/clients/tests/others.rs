//! myna-card on the power-up level, 共通カードAP and 住基AP.

use myna_card::ap::common::{self, CommonAp};
use myna_card::ap::juki::{self, JukiAp};
use myna_card::ap::surface::SurfaceAp;
use myna_card::data::CardVerifiableCertificate;
use myna_card::{Error, MasterFile, Retries, mf::tag};
use sim_card_clients::{citizen, client, day, digits};

#[test]
fn the_power_up_level_answers_each_object() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut level = MasterFile::new(&mut client);
    for object in [
        tag::ISSUER_IDENTIFICATION,
        tag::CARD_IDENTIFICATION,
        tag::CARD_RECOGNITION,
        tag::MUNICIPALITY_CODE,
        tag::EXPIRY,
        tag::INTERMEDIATE_KEY_ID,
        tag::CHAIN_UPPER,
        tag::CHAIN_LOWER,
    ] {
        assert!(!level.data_object(object).unwrap().is_empty(), "{object:04X}");
    }
    let expiry = citizen.card_expiry.strftime("%Y%m%d").to_string();
    assert!(level.data_object(tag::EXPIRY).unwrap().ends_with(expiry.as_bytes()));
    assert_eq!(client.contact_atr().unwrap(), [0x3B, 0xE0, 0, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14]);
}

/// The root of the chain is not the real one, and each certificate below it hangs on the one above.
#[test]
fn the_chain_of_the_power_up_level_fails_at_its_root_alone() {
    let mut client = client(&citizen());
    let mut level = MasterFile::new(&mut client);
    let chain = level.certificate_chain().unwrap();
    let [upper, lower] = &chain[..] else { panic!("{} certificates", chain.len()) };
    let failure = CardVerifiableCertificate::verify_chain(&chain);
    let root = upper.issuer_key_id;
    assert!(matches!(failure, Err(Error::UnknownCertificateAuthority(named)) if named == root));
    assert_eq!(lower.issuer_key_id, upper.subject_key_id);
    lower.verify_with(&upper.public_key).unwrap();
    let named = level.data_object(tag::INTERMEDIATE_KEY_ID).unwrap();
    assert!(named.ends_with(lower.issuer_key_id.as_bytes()));
}

#[test]
fn the_files_that_a_specification_asks_for_are_not_there() {
    let mut client = client(&citizen());
    let mut level = MasterFile::select(&mut client).unwrap();
    let status = |error: Error| match error {
        Error::Status(status) => status.value(),
        other => panic!("{other}"),
    };
    assert_eq!(status(level.card_identifier().unwrap_err()), 0x6981);
    assert_eq!(status(level.application_folders().unwrap_err()), 0x6A82);
    assert_eq!(status(level.ic_manufacturer_id().unwrap_err()), 0x6A82);
}

#[test]
fn the_common_application_tells_the_number_of_the_card() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut common = CommonAp::select(&mut client).unwrap();
    let info = common.read_card_info().unwrap();
    assert_eq!(info.expiry, day(citizen.card_expiry));
    assert_eq!(info.serial.len(), 15);
    let key = common.read_record(common::ef::KEY_REFERENCE, 1).unwrap();
    let mut resident = JukiAp::select(&mut client).unwrap();
    assert_eq!(resident.read_record(juki::ef::KEY_REFERENCE, 1).unwrap(), key);
    let basic = SurfaceAp::select(&mut client).unwrap().read_ap_basic_data().unwrap();
    assert_eq!(basic.municipality_code, info.municipality_code);
}

#[test]
fn the_common_application_signs_for_anyone() {
    let mut client = client(&citizen());
    let mut common = CommonAp::select(&mut client).unwrap();
    let signature = common.internal_authenticate(b"who are you").unwrap();
    assert_eq!(signature.len(), 256);
    assert_eq!(common.internal_authenticate(b"who are you").unwrap(), signature);
    assert_ne!(common.internal_authenticate(b"and you").unwrap(), signature);
}

#[test]
fn the_two_resident_pins_are_two() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let (old, new) = (digits(&citizen.user_pin), digits("9517"));
    let mut common = CommonAp::select(&mut client).unwrap();
    common.change_pin(&old, &new).unwrap();
    assert!(matches!(common.verify_pin(&old), Err(Error::PinIncorrect { retries: Some(2) })));
    common.verify_pin(&new).unwrap();
    let mut resident = JukiAp::select(&mut client).unwrap();
    assert_eq!(resident.pin_retries().unwrap(), Retries::Remaining(3));
    resident.change_pin(&old, &new).unwrap();
    resident.verify_pin(&new).unwrap();
}
