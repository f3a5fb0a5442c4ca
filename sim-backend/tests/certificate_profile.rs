//! The path rules one by one: certificates that are right but for one thing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, SerialNumber,
};
use sim_backend::certificate::{GraceRule, RefusalReason, TrustAnchors};

/// DER of certificatePolicies with the one policy 1.2.392.200149.8.5.1.0.`last`.
fn policies(last: u8) -> CustomExtension {
    let oid = [0x06, 0x0B, 0x2A, 0x83, 0x08, 0x8C, 0x9B, 0x55, 0x08, 0x05, 0x01, 0x00, last];
    let value = [&[0x30, 0x0F, 0x30, 0x0D][..], &oid].concat();
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 32], value);
    extension.set_criticality(true);
    extension
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "997794E9AGCIEG13221003A");
    params.serial_number = Some(SerialNumber::from_slice(&[0x12, 0x34]));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.custom_extensions = vec![policies(30)];
    params
}

fn key() -> KeyPair {
    KeyPair::generate().unwrap()
}

struct Ca {
    anchor: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Ca {
    fn new(params: CertificateParams, key: KeyPair) -> Self {
        let anchor = params.self_signed(&key).unwrap().der().to_vec();
        Self { anchor, issuer: Issuer::new(params, key) }
    }

    fn trust(&self) -> TrustAnchors {
        TrustAnchors::new([self.anchor.clone()]).unwrap()
    }

    fn judge(&self, leaf: &CertificateParams) -> Result<(), RefusalReason> {
        let certificate = leaf.signed_by(&key(), &self.issuer).unwrap();
        self.trust().issuer_of(certificate.der()).map(|_| ())
    }
}

#[test]
fn one_wrong_thing_is_enough() {
    let ca = Ca::new(ca_params("Test CA"), key());
    type Change = fn(&mut CertificateParams);
    let table: [(Change, Result<(), RefusalReason>); 15] = [
        (|_| (), Ok(())),
        (|leaf| leaf.key_usages.clear(), Err(RefusalReason::KeyUsage)),
        (
            |leaf| leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement],
            Err(RefusalReason::KeyUsage),
        ),
        (
            |leaf| leaf.key_usages.push(KeyUsagePurpose::ContentCommitment),
            Err(RefusalReason::KeyUsage),
        ),
        (|leaf| leaf.key_usages.push(KeyUsagePurpose::KeyCertSign), Err(RefusalReason::KeyUsage)),
        (|leaf| leaf.extended_key_usages.clear(), Err(RefusalReason::ExtendedKeyUsage)),
        (
            |leaf| leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
            Err(RefusalReason::ExtendedKeyUsage),
        ),
        (
            |leaf| leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
            Err(RefusalReason::ExtendedKeyUsage),
        ),
        (
            |leaf| leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Err(RefusalReason::Authority),
        ),
        (|leaf| leaf.is_ca = IsCa::ExplicitNoCa, Ok(())),
        (|leaf| leaf.custom_extensions.clear(), Err(RefusalReason::Policy)),
        (|leaf| leaf.custom_extensions = vec![policies(20)], Err(RefusalReason::Policy)),
        (
            |leaf| leaf.custom_extensions.push(policies(30)),
            Err(RefusalReason::Malformed), // the same extension twice
        ),
        (
            |leaf| leaf.custom_extensions.push(strange(true)),
            Err(RefusalReason::CriticalExtension { oid: "1.2.3.4".to_owned() }),
        ),
        (|leaf| leaf.custom_extensions.push(strange(false)), Ok(())),
    ];
    for (row, (change, expected)) in table.into_iter().enumerate() {
        let mut leaf = leaf_params();
        change(&mut leaf);
        assert_eq!(ca.judge(&leaf), expected, "row {row}");
    }
}

fn strange(critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0x05, 0x00]);
    extension.set_criticality(critical);
    extension
}

#[test]
fn the_issuer_is_found_by_name_and_by_key() {
    let ours = Ca::new(ca_params("Test CA"), key());
    let same_name = Ca::new(ca_params("Test CA"), key());
    let other_name = Ca::new(ca_params("Other CA"), key());
    let issued = |ca: &Ca| leaf_params().signed_by(&key(), &ca.issuer).unwrap().der().to_vec();
    let trust = ours.trust();
    assert!(trust.issuer_of(&issued(&ours)).is_ok());
    assert_eq!(trust.issuer_of(&issued(&same_name)), Err(RefusalReason::Signature));
    assert_eq!(trust.issuer_of(&issued(&other_name)), Err(RefusalReason::UnknownIssuer));
}

#[test]
fn elliptic_curves_of_the_next_card_are_read() {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let ca = Ca::new(ca_params("Test CA"), key);
    assert_eq!(ca.judge(&leaf_params()), Ok(()));
}

#[test]
fn only_authorities_are_anchors() {
    let ca = Ca::new(ca_params("Test CA"), key());
    let leaf = leaf_params().signed_by(&key(), &ca.issuer).unwrap().der().to_vec();
    let mut unable = ca_params("Test CA");
    unable.key_usages = vec![KeyUsagePurpose::CrlSign];
    let unable = unable.self_signed(&key()).unwrap().der().to_vec();
    let selfish = leaf_params().self_signed(&key()).unwrap().der().to_vec();
    for wrong in [leaf, unable, selfish, b"nothing".to_vec()] {
        let error = TrustAnchors::new([ca.anchor.clone(), wrong]).unwrap_err();
        assert_eq!(error.index, 1);
    }
}

#[test]
fn policies_and_grace_can_be_set() {
    let ca = Ca::new(ca_params("Test CA"), key());
    let mut leaf = leaf_params();
    leaf.custom_extensions = vec![policies(20)];
    let certificate = leaf.signed_by(&key(), &ca.issuer).unwrap();
    let trust = ca.trust().with_policies(vec!["1.2.392.200149.8.5.1.0.20".to_owned()]);
    let trust = trust.with_grace(GraceRule::ThreeMonthsExactly);
    assert!(trust.issuer_of(certificate.der()).is_ok());
    assert_eq!(trust.grace(), GraceRule::ThreeMonthsExactly);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn serial_numbers_are_positive_and_of_twenty_octets_at_most(
        serial in prop::collection::vec(1_u8.., 1..24),
    ) {
        let ca = Ca::new(ca_params("Test CA"), key());
        let mut leaf = leaf_params();
        leaf.serial_number = Some(SerialNumber::from_slice(&serial));
        // A leading bit costs one more octet, since the number is positive.
        let octets = serial.len() + usize::from(serial[0] > 0x7F);
        prop_assert_eq!(ca.judge(&leaf).is_ok(), octets <= 20);
    }
}
