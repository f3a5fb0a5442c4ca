//! OCSP: the question in DER, and all that must hold before an answer is believed.
//!
//! Source: RFC 6960 §3.2 and §4; nonce RFC 9654.

use jiff::{SignedDuration, Timestamp};
use rasn::types::Integer;
use rasn_ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspRequest, OcspResponse, OcspResponseStatus, Request,
    ResponderId, ResponseData, SingleResponse, TbsRequest,
};
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use x509_parser::extensions::ParsedExtension;

use super::der::{element, sequence};
use super::key::Algorithm;
use super::parsed::Parsed;
use super::path::{DIGITAL_SIGNATURE, key_usage};
use super::status::{AnswerFault, RevocationReason, Status, StatusError, StatusQuery};

/// Octets of a nonce.
pub const NONCE_LENGTH: usize = 32;

/// Hash algorithm of a CertID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CertIdHash {
    /// What every responder knows; names things, protects nothing.
    #[default]
    Sha1,
    /// For responders that know it.
    Sha256,
}

/// How far clocks may be apart (bench profile).
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// How old an answer without `nextUpdate` may be (bench profile).
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

/// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1.
const BASIC: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 1];
/// id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2.
const NONCE: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 2];
const NONCE_DER: &[u8] = b"\x06\x09\x2B\x06\x01\x05\x05\x07\x30\x01\x02";
/// What may be critical in a responder's certificate: keyUsage, extKeyUsage, basicConstraints,
/// certificatePolicies.
const KNOWN_CRITICAL: [&str; 4] = ["2.5.29.15", "2.5.29.37", "2.5.29.19", "2.5.29.32"];

const OCTET_STRING: u8 = 0x04;

impl CertIdHash {
    fn identifier(self) -> &'static [u8] {
        match self {
            Self::Sha1 => b"\x30\x09\x06\x05\x2B\x0E\x03\x02\x1A\x05\x00",
            Self::Sha256 => b"\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00",
        }
    }

    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }
}

/// One question: its DER, and what the answer is held against.
#[derive(Debug, Clone)]
pub struct Question {
    /// DER of the OCSPRequest.
    pub der: Vec<u8>,
    certificate: CertId,
    issuer: Vec<u8>,
    nonce: [u8; NONCE_LENGTH],
    now: Timestamp,
}

impl Question {
    /// Builds the question for one certificate.
    ///
    /// # Errors
    /// [`StatusError::Question`] when issuer or serial number are no such things.
    pub fn new(
        query: StatusQuery<'_>,
        hash: CertIdHash,
        nonce: [u8; NONCE_LENGTH],
    ) -> Result<Self, StatusError> {
        let broken = |what| StatusError::Question { what };
        let certificate = cert_id(query, hash)?;
        let value = element(OCTET_STRING, &element(OCTET_STRING, &nonce));
        let extensions = sequence(&[&sequence(&[NONCE_DER, &value])]);
        let extensions = rasn::der::decode(&extensions).map_err(|_| broken("the nonce"))?;
        let request = Request { req_cert: certificate.clone(), single_request_extensions: None };
        let tbs_request = TbsRequest {
            version: Integer::from(0),
            requestor_name: None,
            request_list: vec![request],
            request_extensions: Some(extensions),
        };
        let request = OcspRequest { tbs_request, optional_signature: None };
        let der = rasn::der::encode(&request).map_err(|_| broken("the encoding"))?;
        Ok(Self { der, certificate, issuer: query.issuer.to_vec(), nonce, now: query.now })
    }

    /// Reads an answer from a sender we do not trust; a status comes out only if the answer is
    /// signed by the issuer or its delegate, current, about this certificate, and for this question.
    ///
    /// # Errors
    /// [`StatusError::TryLater`], [`StatusError::Declined`], or [`StatusError::Unverifiable`].
    pub fn read_answer(&self, answer: &[u8]) -> Result<Status, StatusError> {
        let response: OcspResponse = exactly(answer)?;
        let bytes = match (response.status, response.bytes) {
            (OcspResponseStatus::Successful, Some(bytes)) => bytes,
            (OcspResponseStatus::Successful, None) => return Err(AnswerFault::Malformed.into()),
            (OcspResponseStatus::TryLater, _) => return Err(StatusError::TryLater),
            (status, _) => return Err(StatusError::Declined { what: word(status) }),
        };
        if &bytes.r#type[..] != BASIC {
            return Err(AnswerFault::Kind.into());
        }
        let basic: BasicOcspResponse = exactly(&bytes.response)?;
        self.check_signature(&basic)?;
        Ok(self.check_contents(&basic.tbs_response_data)?)
    }

    fn check_signature(&self, basic: &BasicOcspResponse) -> Result<(), AnswerFault> {
        let malformed = |_| AnswerFault::Malformed;
        let algorithm = rasn::der::encode(&basic.signature_algorithm).map_err(malformed)?;
        let algorithm = Algorithm::from_der(&algorithm).ok_or(AnswerFault::Algorithm)?;
        let inside = rasn::der::encode(&basic.tbs_response_data).map_err(malformed)?;
        if !basic.signature.len().is_multiple_of(8) {
            return Err(AnswerFault::Malformed);
        }
        let signature = basic.signature.as_raw_slice();
        let certs = basic.certs.iter().flatten().map(rasn::der::encode);
        let certs: Vec<Vec<u8>> =
            certs.collect::<Result<_, _>>().map_err(|_| AnswerFault::Malformed)?;
        let issuer = Parsed::new(&self.issuer).map_err(|_| AnswerFault::Issuer)?;
        let delegates = certs.iter().filter_map(|der| Parsed::new(der).ok());
        let delegates = delegates.filter(|certificate| self.is_delegate(certificate, &issuer));
        let responder = &basic.tbs_response_data.responder_id;
        let mut signers = delegates.filter(|certificate| is_called(certificate, responder));
        let by =
            |signer: &Parsed<'_>| algorithm.verifies(signer.x509.public_key(), &inside, signature);
        match signers.next() {
            Some(delegate) if by(&delegate) => Ok(()),
            Some(_) => Err(AnswerFault::Signature),
            None if !is_called(&issuer, responder) => Err(AnswerFault::Signer),
            None if by(&issuer) => Ok(()),
            None => Err(AnswerFault::Signature),
        }
    }

    /// Whether the issuer gave this certificate the right to answer. Source: RFC 6960 §4.2.2.2.
    fn is_delegate(&self, certificate: &Parsed<'_>, issuer: &Parsed<'_>) -> bool {
        let signs = certificate.extension(|extension| {
            let ParsedExtension::ExtendedKeyUsage(usage) = extension else { return None };
            Some(usage.ocsp_signing)
        });
        let usage = key_usage(certificate).is_none_or(|usage| usage & DIGITAL_SIGNATURE != 0);
        let validity = certificate.x509.validity();
        let now = self.now.as_second();
        let current =
            (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now);
        signs == Some(true)
            && usage
            && current
            && certificate.only_known_critical(&KNOWN_CRITICAL).is_ok()
            && certificate.names(issuer)
            && certificate.is_signed_by(issuer)
    }

    fn check_contents(&self, data: &ResponseData) -> Result<Status, AnswerFault> {
        if data.version != Integer::from(0) {
            return Err(AnswerFault::Malformed);
        }
        self.check_nonce(data)?;
        let [single] = data.responses.as_slice() else { return Err(AnswerFault::Certificate) };
        if !self.is_about(&single.cert_id) {
            return Err(AnswerFault::Certificate);
        }
        if single.single_extensions.iter().flat_map(|list| list.iter()).any(|e| e.critical) {
            return Err(AnswerFault::CriticalExtension);
        }
        self.check_times(data, single)?;
        match &single.cert_status {
            CertStatus::Good => Ok(Status::Good),
            CertStatus::Unknown(()) => Ok(Status::Unknown),
            CertStatus::Revoked(info) => {
                let code = info.revocation_reason.map(|reason| reason as u8);
                let second = info.revocation_time.timestamp();
                let time = Timestamp::from_second(second).map_err(|_| AnswerFault::Malformed)?;
                Ok(Status::Revoked { reason: code.map(RevocationReason::from_code), time })
            }
        }
    }

    fn check_nonce(&self, data: &ResponseData) -> Result<(), AnswerFault> {
        let expected = element(OCTET_STRING, &self.nonce);
        let mut echoed = false;
        for extension in data.response_extensions.iter().flat_map(|list| list.iter()) {
            match (&extension.extn_id[..] == NONCE, extension.critical) {
                (true, _) if !echoed && extension.extn_value[..] == expected[..] => echoed = true,
                (true, _) => return Err(AnswerFault::Nonce),
                (false, true) => return Err(AnswerFault::CriticalExtension),
                (false, false) => {}
            }
        }
        echoed.then_some(()).ok_or(AnswerFault::Nonce)
    }

    fn is_about(&self, id: &CertId) -> bool {
        let asked = &self.certificate;
        id.hash_algorithm.algorithm == asked.hash_algorithm.algorithm
            && id.issuer_name_hash == asked.issuer_name_hash
            && id.issuer_key_hash == asked.issuer_key_hash
            && id.serial_number == asked.serial_number
    }

    fn check_times(&self, data: &ResponseData, single: &SingleResponse) -> Result<(), AnswerFault> {
        let (now, skew) = (self.now.as_second(), SKEW.as_secs());
        let this_update = single.this_update.timestamp();
        let next_update = match &single.next_update {
            Some(next_update) => next_update.timestamp(),
            None => this_update.saturating_add(MAX_AGE.as_secs()),
        };
        let current = this_update <= now.saturating_add(skew)
            && next_update >= now.saturating_sub(skew)
            && this_update <= next_update
            && data.produced_at.timestamp() <= now.saturating_add(skew);
        current.then_some(()).ok_or(AnswerFault::Time)
    }
}

fn cert_id(query: StatusQuery<'_>, hash: CertIdHash) -> Result<CertId, StatusError> {
    let broken = |what| StatusError::Question { what };
    let issuer = Parsed::new(query.issuer).map_err(|_| broken("the issuer's certificate"))?;
    let key = &issuer.x509.public_key().subject_public_key.data;
    let serial = element(0x02, query.serial);
    Ok(CertId {
        hash_algorithm: rasn::der::decode(hash.identifier()).map_err(|_| broken("the hash"))?,
        issuer_name_hash: hash.digest(issuer.x509.subject().as_raw()).into(),
        issuer_key_hash: hash.digest(key).into(),
        serial_number: exactly(&serial).map_err(|_| broken("the serial number"))?,
    })
}

/// Decodes DER that is nothing but the one value: encoding it again must give the same octets.
fn exactly<T: rasn::Decode + rasn::Encode>(der: &[u8]) -> Result<T, AnswerFault> {
    let value: T = rasn::der::decode(der).map_err(|_| AnswerFault::Malformed)?;
    let again = rasn::der::encode(&value).map_err(|_| AnswerFault::Malformed)?;
    if again == der { Ok(value) } else { Err(AnswerFault::Malformed) }
}

/// Whether the responder's name or key hash is the certificate's.
fn is_called(certificate: &Parsed<'_>, responder: &ResponderId) -> bool {
    match responder {
        ResponderId::ByName(name) => {
            rasn::der::encode(name).is_ok_and(|name| name == certificate.x509.subject().as_raw())
        }
        ResponderId::ByKey(hash) => {
            let key = &certificate.x509.public_key().subject_public_key.data;
            CertIdHash::Sha1.digest(key)[..] == hash[..]
        }
    }
}

fn word(status: OcspResponseStatus) -> &'static str {
    match status {
        OcspResponseStatus::Successful => "successful",
        OcspResponseStatus::MalformedRequest => "malformedRequest",
        OcspResponseStatus::InternalError => "internalError",
        OcspResponseStatus::TryLater => "tryLater",
        OcspResponseStatus::SigRequired => "sigRequired",
        OcspResponseStatus::Unauthorized => "unauthorized",
    }
}
