//! An authority of the test's own and cards under it. Shares no code with the one the bench plays.

use std::sync::Mutex;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, SerialNumber, date_time_ymd,
};
use ring::{rand::SystemRandom, signature::RSA_PKCS1_SHA256};
use rustls::pki_types::PrivatePkcs8KeyDer;
use sim_backend::certificate::{
    BoxFuture, CertificateStatus, RevocationReason, Status, StatusError, StatusQuery, TrustAnchors,
};

const AUTHORITY: &[u8] = include_bytes!("authority.p8.der");
const HOLDER: &[u8] = include_bytes!("holder.p8.der");
/// certificatePolicies naming the test policy of user authentication, 1.2.392.200149.8.5.1.0.30, and no other.
const POLICY: &str = "300f300d060b2a83088c9b55080501001e";

/// A card in the hand of its holder.
#[derive(Clone)]
pub struct TestCard {
    pub serial: String,
    pub der: Vec<u8>,
}

impl TestCard {
    /// A card with a certificate from 1 April 2024 to the end of a day in UTC.
    pub fn until(serial: u8, (year, month, day): (i32, u8, u8)) -> Self {
        Self::under(AUTHORITY, serial, (year, month, day))
    }

    /// A card of somebody who plays authority under the same name.
    pub fn foreign(serial: u8) -> Self {
        Self::under(HOLDER, serial, (2029, 4, 1))
    }

    fn under(authority: &[u8], serial: u8, (year, month, day): (i32, u8, u8)) -> Self {
        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from_slice(&[serial]));
        params.distinguished_name.push(DnType::CommonName, "fictitious holder");
        (params.not_before, params.not_after) =
            (date_time_ymd(2024, 4, 1), date_time_ymd(year, month, day));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let policy =
            CustomExtension::from_oid_content(&[2, 5, 29, 32], hex::decode(POLICY).unwrap());
        params.custom_extensions.push(policy);
        let issuer = Issuer::new(authority_params(), key(authority));
        let der = params.signed_by(&key(HOLDER), &issuer).unwrap().der().to_vec();
        Self { serial: format!("{serial:02x}"), der }
    }

    /// The signature over a challenge.
    pub fn sign(&self, challenge: &[u8]) -> Vec<u8> {
        let key = ring::signature::RsaKeyPair::from_pkcs8(HOLDER).unwrap();
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), challenge, &mut signature).unwrap();
        signature
    }
}

/// The authority that is trusted.
pub fn trust() -> TrustAnchors {
    let root = authority_params().self_signed(&key(AUTHORITY)).unwrap();
    TrustAnchors::new([root.der().to_vec()]).unwrap()
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "fictitious authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn key(pkcs8: &[u8]) -> KeyPair {
    KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(pkcs8), &PKCS_RSA_SHA256)
        .unwrap()
}

/// A status service that says what the test wants.
#[derive(Default)]
pub struct FakeStatus {
    pub answer: Mutex<FakeAnswer>,
}

/// What it says.
#[derive(Clone, Copy, Default)]
pub enum FakeAnswer {
    #[default]
    Good,
    Revoked(Option<RevocationReason>),
    Unknown,
    Silent,
}

impl CertificateStatus for FakeStatus {
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        let answer = *self.answer.lock().unwrap();
        Box::pin(async move {
            match answer {
                FakeAnswer::Good => Ok(Status::Good),
                FakeAnswer::Revoked(reason) => Ok(Status::Revoked { reason, time: query.now }),
                FakeAnswer::Unknown => Ok(Status::Unknown),
                FakeAnswer::Silent => Err(StatusError::Timeout { waited_ms: 5_000 }),
            }
        })
    }
}
