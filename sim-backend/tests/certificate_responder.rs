//! Answers of a status service that are right but for one thing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

use jiff::Timestamp;
use rasn::types::Integer;
use rasn_ocsp::{
    BasicOcspResponse, CertStatus, OcspRequest, OcspResponse, OcspResponseStatus, ResponderId,
    ResponseBytes, ResponseData, RevokedInfo, SingleResponse,
};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PublicKeyData, SigningKey, date_time_ymd,
};
use sim_backend::certificate::{
    AnswerFault, CertIdHash, Question, RevocationReason, Status, StatusError, StatusQuery,
};

const NOW: i64 = 1_780_000_000; // 2026-05-28T20:26:40Z
const SERIAL: &[u8] = &[0x12, 0x34];

struct Ca {
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Ca {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    fn question(&self) -> Question {
        let now = Timestamp::from_second(NOW).unwrap();
        let query = StatusQuery { issuer: &self.der, serial: SERIAL, now };
        Question::new(query, CertIdHash::Sha256, [3; 32]).unwrap()
    }

    fn responder(&self, change: impl Fn(&mut CertificateParams)) -> Responder {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Responder");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Responder { key, certificate }
    }
}

struct Responder {
    key: KeyPair,
    certificate: Vec<u8>,
}

impl Responder {
    fn id(&self) -> ResponderId {
        let key = PublicKeyData::der_bytes(&self.key);
        let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, key);
        ResponderId::ByKey(hash.as_ref().to_vec().into())
    }

    /// A good answer to the question, changed, then signed.
    fn answer(&self, question: &Question, change: impl Fn(&mut ResponseData)) -> Vec<u8> {
        let request: OcspRequest = rasn::der::decode(&question.der).unwrap();
        let single = SingleResponse {
            cert_id: request.tbs_request.request_list[0].req_cert.clone(),
            cert_status: CertStatus::Good,
            this_update: instant(NOW),
            next_update: Some(instant(NOW + 900)),
            single_extensions: None,
        };
        let mut data = ResponseData {
            version: Integer::from(0),
            responder_id: self.id(),
            produced_at: instant(NOW),
            responses: vec![single],
            response_extensions: request.tbs_request.request_extensions,
        };
        change(&mut data);
        self.signed(data)
    }

    fn signed(&self, data: ResponseData) -> Vec<u8> {
        let inside = rasn::der::encode(&data).unwrap();
        let signature = self.key.sign(&inside).unwrap();
        let algorithm = b"\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02";
        let basic = BasicOcspResponse {
            tbs_response_data: data,
            signature_algorithm: rasn::der::decode(algorithm).unwrap(),
            signature: rasn::types::BitString::from_vec(signature),
            certs: Some(vec![rasn::der::decode(&self.certificate).unwrap()]),
        };
        let basic_oid = vec![1, 3, 6, 1, 5, 5, 7, 48, 1, 1];
        let bytes = ResponseBytes {
            r#type: rasn::types::ObjectIdentifier::new(basic_oid).unwrap(),
            response: rasn::der::encode(&basic).unwrap().into(),
        };
        envelope(OcspResponseStatus::Successful, Some(bytes))
    }
}

fn envelope(status: OcspResponseStatus, bytes: Option<ResponseBytes>) -> Vec<u8> {
    rasn::der::encode(&OcspResponse { status, bytes }).unwrap()
}

fn instant(second: i64) -> rasn::types::GeneralizedTime {
    let text = Timestamp::from_second(second).unwrap().strftime("%Y%m%d%H%M%SZ").to_string();
    rasn::der::decode(&[&[0x18, 15], text.as_bytes()].concat()).unwrap()
}

fn fault(answer: Result<Status, StatusError>) -> Option<AnswerFault> {
    match answer {
        Ok(_) => None,
        Err(StatusError::Unverifiable(fault)) => Some(fault),
        Err(other) => panic!("another error: {other}"),
    }
}

#[test]
fn one_wrong_thing_in_the_answer_is_enough() {
    let ca = Ca::new("Test CA");
    let (question, responder) = (ca.question(), ca.responder(|_| ()));
    type Change = fn(&mut ResponseData);
    let table: [(&str, Change, Option<AnswerFault>); 14] = [
        ("nothing", |_| (), None),
        ("no nonce", |data| data.response_extensions = None, Some(AnswerFault::Nonce)),
        ("no answer", |data| data.responses.clear(), Some(AnswerFault::Certificate)),
        (
            "two answers",
            |data| data.responses.push(data.responses[0].clone()),
            Some(AnswerFault::Certificate),
        ),
        (
            "another serial",
            |data| data.responses[0].cert_id.serial_number = Integer::from(0x1235),
            Some(AnswerFault::Certificate),
        ),
        (
            "another issuer",
            |data| data.responses[0].cert_id.issuer_key_hash = vec![0; 32].into(),
            Some(AnswerFault::Certificate),
        ),
        ("five minutes ahead", |data| data.responses[0].this_update = instant(NOW + 300), None),
        (
            "further ahead",
            |data| data.responses[0].this_update = instant(NOW + 301),
            Some(AnswerFault::Time),
        ),
        (
            "over",
            |data| data.responses[0].next_update = Some(instant(NOW - 301)),
            Some(AnswerFault::Time),
        ),
        ("made later", |data| data.produced_at = instant(NOW + 301), Some(AnswerFault::Time)),
        (
            "turned around",
            |data| data.responses[0].next_update = Some(instant(NOW - 1)),
            Some(AnswerFault::Time),
        ),
        (
            "a day without end",
            |data| {
                data.responses[0].next_update = None;
                data.responses[0].this_update = instant(NOW - 86_400);
            },
            None,
        ),
        (
            "older without end",
            |data| {
                data.responses[0].next_update = None;
                data.responses[0].this_update = instant(NOW - 86_400 - 301);
            },
            Some(AnswerFault::Time),
        ),
        ("another version", |data| data.version = Integer::from(1), Some(AnswerFault::Malformed)),
    ];
    for (what, change, expected) in table {
        let answer = question.read_answer(&responder.answer(&question, change));
        assert_eq!(fault(answer), expected, "{what}");
    }
}

#[test]
fn the_right_to_answer_comes_from_the_issuer() {
    let (ca, foreign) = (Ca::new("Test CA"), Ca::new("Test CA"));
    let question = ca.question();
    let critical = |params: &mut CertificateParams| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0x05, 0x00]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    };
    for (what, responder, expected) in [
        ("delegated", ca.responder(|_| ()), None),
        ("no usage stated", ca.responder(|params| params.key_usages.clear()), None),
        (
            "no OCSP signing",
            ca.responder(|params| params.extended_key_usages.clear()),
            Some(AnswerFault::Signer),
        ),
        (
            "client authentication",
            ca.responder(|params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }),
            Some(AnswerFault::Signer),
        ),
        (
            "no signatures",
            ca.responder(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]),
            Some(AnswerFault::Signer),
        ),
        (
            "expired",
            ca.responder(|params| params.not_after = date_time_ymd(2026, 5, 28)),
            Some(AnswerFault::Signer),
        ),
        (
            "not yet valid",
            ca.responder(|params| params.not_before = date_time_ymd(2026, 5, 29)),
            Some(AnswerFault::Signer),
        ),
        ("strange", ca.responder(critical), Some(AnswerFault::Signer)),
        ("of another authority", foreign.responder(|_| ()), Some(AnswerFault::Signer)),
    ] {
        let answer = question.read_answer(&responder.answer(&question, |_| ()));
        assert_eq!(fault(answer), expected, "{what}");
    }
}

#[test]
fn a_delegate_cannot_speak_under_another_key() {
    let ca = Ca::new("Test CA");
    let (question, mut responder) = (ca.question(), ca.responder(|_| ()));
    let other = ca.responder(|_| ());
    let named = other.id();
    let answer = responder.answer(&question, |data| data.responder_id = named.clone());
    assert_eq!(fault(question.read_answer(&answer)), Some(AnswerFault::Signer));
    responder.key = KeyPair::generate().unwrap();
    let genuine = other.id();
    responder.certificate = other.certificate.clone();
    let answer = responder.answer(&question, |data| data.responder_id = genuine.clone());
    assert_eq!(fault(question.read_answer(&answer)), Some(AnswerFault::Signature));
}

#[test]
fn every_reason_is_read_and_an_unspecified_one_too() {
    let ca = Ca::new("Test CA");
    let (question, responder) = (ca.question(), ca.responder(|_| ()));
    for code in [None, Some(0), Some(1), Some(6), Some(9), Some(10)] {
        let answer = responder.answer(&question, |data| {
            let reason = code.map(|code| rasn::der::decode(&[0x0A, 1, code]).unwrap());
            let info = RevokedInfo { revocation_time: instant(NOW - 5), revocation_reason: reason };
            data.responses[0].cert_status = CertStatus::Revoked(info);
        });
        let time = Timestamp::from_second(NOW - 5).unwrap();
        let reason = code.map(RevocationReason::from_code);
        assert_eq!(question.read_answer(&answer), Ok(Status::Revoked { reason, time }));
    }
}

#[test]
fn refusals_to_answer_keep_their_word() {
    let question = Ca::new("Test CA").question();
    for (status, expected) in [
        (OcspResponseStatus::TryLater, StatusError::TryLater),
        (OcspResponseStatus::InternalError, StatusError::Declined { what: "internalError" }),
        (OcspResponseStatus::Unauthorized, StatusError::Declined { what: "unauthorized" }),
        (OcspResponseStatus::SigRequired, StatusError::Declined { what: "sigRequired" }),
        (OcspResponseStatus::Successful, AnswerFault::Malformed.into()),
    ] {
        assert_eq!(question.read_answer(&envelope(status, None)), Err(expected));
    }
}

#[test]
fn another_kind_of_answer_is_not_read() {
    let question = Ca::new("Test CA").question();
    let other = rasn::types::ObjectIdentifier::new(vec![1, 2, 3]).unwrap();
    let bytes = ResponseBytes { r#type: other, response: vec![0x05, 0x00].into() };
    let answer = envelope(OcspResponseStatus::Successful, Some(bytes));
    assert_eq!(fault(question.read_answer(&answer)), Some(AnswerFault::Kind));
}

#[test]
fn the_issuer_itself_may_answer_by_key_or_by_name() {
    let ca = Ca::new("Test CA");
    let question = ca.question();
    let key = KeyPair::try_from(ca.issuer.key().serialize_der()).unwrap();
    let itself = Responder { key, certificate: ca.der.clone() };
    assert_eq!(question.read_answer(&itself.answer(&question, |_| ())), Ok(Status::Good));
    let name = name_of(&ca.der);
    let by_name = |data: &mut ResponseData| data.responder_id = rasn::der::decode(&name).unwrap();
    assert_eq!(question.read_answer(&itself.answer(&question, by_name)), Ok(Status::Good));
    let stranger = ca.responder(|params| params.extended_key_usages.clear());
    let answer = stranger.answer(&question, by_name);
    assert_eq!(fault(question.read_answer(&answer)), Some(AnswerFault::Signature));
}

/// DER of a ResponderId by the subject of a certificate.
fn name_of(certificate: &[u8]) -> Vec<u8> {
    use x509_parser::prelude::FromDer;
    let (_, parsed) = x509_parser::certificate::X509Certificate::from_der(certificate).unwrap();
    let name = parsed.subject().as_raw();
    let length = u8::try_from(name.len()).unwrap();
    [&[0xA1, length], name].concat()
}
