//! myna-card on 券面事項確認AP: what is printed on the card, signed.

use myna_card::ap::jpki::SignatureScheme;
use myna_card::ap::surface::{SurfaceAp, ef};
use myna_card::{Error, ImageFormat, Retries, Sex, verification_code_b};
use sim_card::population::{self, Citizen};
use sim_card_clients::{citizen, client, day, digits};

/// 照合番号B as the client makes it from what is printed on the card.
fn number_b(citizen: &Citizen) -> myna_card::Pin {
    let expiry = u16::try_from(citizen.card_expiry.year()).unwrap();
    verification_code_b(day(citizen.birthdate), expiry, citizen.security_code.as_bytes()).unwrap()
}

fn sex(citizen: &Citizen) -> Sex {
    match citizen.sex {
        population::Sex::Male => Sex::Male,
        population::Sex::Female => Sex::Female,
    }
}

#[test]
fn what_needs_no_credential() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut face = SurfaceAp::select(&mut client).unwrap();
    let basic = face.read_ap_basic_data().unwrap();
    assert_eq!(basic.identification.to_bytes(), [0x06, 0x03, 0x0E, 0x01]);
    assert_eq!(basic.encrypted_reference_number.data.len(), 256);
    assert_eq!(face.read_ef(ef::UNKNOWN_0006).unwrap(), [0xFF; 16]);
    for closed in [ef::AGE_RECORD, ef::CARD_FACE, ef::MY_NUMBER_IMAGE] {
        let refused = face.read_ef(closed);
        assert!(matches!(refused, Err(Error::Status(sw)) if sw.value() == 0x6982), "{closed:04X}");
    }
}

/// The client looks for the key of 証明者鍵ID among the real authority's. Nothing was checked, and nothing failed.
#[test]
fn the_certificate_names_no_real_authority() {
    let mut client = client(&citizen());
    let certificate = SurfaceAp::select(&mut client).unwrap().read_certificate().unwrap();
    let failure = certificate.verify();
    let issuer = certificate.issuer_key_id;
    assert!(matches!(failure, Err(Error::UnknownCertificateAuthority(named)) if named == issuer));
    assert!(issuer.number().starts_with("99"), "{issuer}");
    // The bench's authority for card faces certifies its own key.
    certificate.verify_with(&certificate.public_key).unwrap();
}

#[test]
fn the_birth_date_opens_the_age_record_and_no_more() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut face = SurfaceAp::select(&mut client).unwrap();
    let issuer = face.read_certificate().unwrap().public_key;
    let number_b = number_b(&citizen);
    face.verify_birth_date(&myna_card::Pin::numeric(&number_b.as_bytes()[..6]).unwrap()).unwrap();
    let age = face.read_age_record().unwrap();
    assert_eq!(age.birth_date, day(citizen.birthdate));
    age.verify(&issuer).unwrap();
    assert!(face.read_card_face().is_err() && face.read_my_number_image().is_err());
}

#[test]
fn number_b_opens_the_face_without_the_number() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut face = SurfaceAp::select(&mut client).unwrap();
    let issuer = face.read_certificate().unwrap().public_key;
    face.verify_code_b(&number_b(&citizen)).unwrap();
    let record = face.read_card_face().unwrap();
    record.verify(&issuer).unwrap();
    assert_eq!(record.birth_date, day(citizen.birthdate));
    assert_eq!(record.expiry, day(citizen.card_expiry));
    assert_eq!(record.sex, sex(&citizen));
    assert_eq!(record.photo.format, ImageFormat::Jpeg2000);
    for image in [&record.name_image, &record.address_image, &record.security_code_image] {
        assert_eq!(image.format, ImageFormat::Png);
    }
    assert!(face.read_my_number_image().is_err() && face.read_age_record().is_err());
}

#[test]
fn number_a_opens_the_face_and_the_number() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut face = SurfaceAp::select(&mut client).unwrap();
    let issuer = face.read_certificate().unwrap().public_key;
    face.verify_code_a(&digits(citizen.individual_number.digits())).unwrap();
    let record = face.read_card_face().unwrap();
    record.verify(&issuer).unwrap();
    let number = face.read_my_number_image().unwrap();
    number.verify(&issuer).unwrap();
    assert_eq!(number.image.format, ImageFormat::Png);
    // One key of the card stands in all its records.
    assert_eq!(number.public_key, record.public_key);
    assert!(face.read_age_record().is_err());
}

#[test]
fn a_changed_record_does_not_verify() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut face = SurfaceAp::select(&mut client).unwrap();
    let issuer = face.read_certificate().unwrap().public_key;
    face.verify_code_b(&number_b(&citizen)).unwrap();
    let record = face.read_card_face().unwrap();
    for segment in 0..record.signed_segments.len() {
        let mut changed = record.clone();
        changed.signed_segments[segment][10] ^= 1;
        assert!(matches!(changed.verify(&issuer), Err(Error::SignatureInvalid(_))), "{segment}");
    }
}

#[test]
fn the_card_proves_that_it_is_there() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut face = SurfaceAp::select(&mut client).unwrap();
    face.verify_code_b(&number_b(&citizen)).unwrap();
    let key = face.read_card_face().unwrap().public_key;
    let challenge = face.card().get_challenge(16).unwrap();
    let signature = face.sign(&challenge).unwrap();
    SignatureScheme::Sha256DigestInfo.verify(&key, &challenge, &signature).unwrap();
    assert_ne!(face.card().get_challenge(16).unwrap(), challenge);
}

#[test]
fn the_three_keys_have_counters_of_their_own() {
    let citizen = citizen();
    let mut client = client(&citizen);
    let mut face = SurfaceAp::select(&mut client).unwrap();
    let refused = face.verify_code_a(&digits("000000000000"));
    assert!(matches!(refused, Err(Error::PinIncorrect { retries: Some(9) })));
    for (key, left) in [(ef::CODE_A, 9), (ef::CODE_B, 10), (ef::BIRTH_DATE, 10)] {
        assert_eq!(face.retries(key).unwrap(), Retries::Remaining(left), "{key:04X}");
    }
}
