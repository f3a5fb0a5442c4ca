//! The OCSP responder: reads a question, writes a signed answer. Source: RFC 6960; nonce RFC 9654.

use std::sync::Arc;

use der::{
    Decode, Encode,
    asn1::{BitString, GeneralizedTime, Null, OctetString},
};
use jiff::{SignedDuration, Timestamp};
use rsa::{
    pkcs1v15::SigningKey,
    signature::{SignatureEncoding, Signer},
};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::{
    Certificate,
    ext::Extension,
    spki::{DynSignatureAlgorithmIdentifier, ObjectIdentifier},
};

use super::{
    authority::AuthorityError,
    ca::Hierarchy,
    ledger::Standing,
    ocsp_wire::{
        BASIC_RESPONSE, BasicOcspResponse, CertId, CertStatus, NONCE, OcspRequest, OcspResponse,
        OcspResponseStatus, Request, ResponderId, ResponseBytes, ResponseData, RevokedInfo,
        SingleResponse, TbsRequest,
    },
    validity::asn1_time,
};

const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// How long an answer holds; the interval vendors quote for the real service (bench profile).
const ANSWER_HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// Longest nonce extension taken: 128 bytes of nonce and the header of its OCTET STRING.
const LONGEST_NONCE: usize = 131;

/// A question that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspQuestion {
    certificates: Vec<CertId>,
    nonce: Option<Extension>,
}

impl OcspQuestion {
    /// Reads a DER OCSPRequest from a sender we do not trust.
    ///
    /// # Errors
    /// [`OcspResponseStatus::MalformedRequest`] for bad DER, another version, no request at all, a critical extension that we do not know, or a
    /// nonce that is empty, doubled or too long.
    pub fn parse(request: &[u8]) -> Result<Self, OcspResponseStatus> {
        let malformed = OcspResponseStatus::MalformedRequest;
        let OcspRequest { tbs_request, .. } =
            OcspRequest::from_der(request).map_err(|_| malformed)?;
        let TbsRequest { version, request_list, request_extensions, .. } = tbs_request;
        let first_version = version.unwrap_or(0) == 0;
        let strange = request_list.iter().any(Request::demands_the_unknown);
        if !first_version || strange || request_list.is_empty() {
            return Err(malformed);
        }
        let nonce = nonce(request_extensions.unwrap_or_default()).ok_or(malformed)?;
        let certificates = request_list.into_iter().map(|request| request.req_cert).collect();
        Ok(Self { certificates, nonce })
    }
}

impl Request {
    fn demands_the_unknown(&self) -> bool {
        self.single_request_extensions.iter().flatten().any(|extension| extension.critical)
    }
}

/// The nonce, if any; `None` when the extensions cannot be honoured.
fn nonce(extensions: Vec<Extension>) -> Option<Option<Extension>> {
    let (nonces, others): (Vec<_>, Vec<_>) =
        extensions.into_iter().partition(|extension| extension.extn_id == NONCE);
    if others.iter().any(|extension| extension.critical) || nonces.len() > 1 {
        return None;
    }
    let fits = |nonce: &Extension| (1..=LONGEST_NONCE).contains(&nonce.extn_value.as_bytes().len());
    nonces.iter().all(fits).then(|| nonces.into_iter().next())
}

/// The delegated responder of one CA.
pub(crate) struct Responder {
    signer: SigningKey<Sha256>,
    certificate: Certificate,
    id: ResponderId,
    issuer_sha1: IssuerHashes,
    issuer_sha256: IssuerHashes,
}

/// How a CertID names the CA.
#[derive(Debug, Clone, PartialEq, Eq)]
struct IssuerHashes {
    name: Vec<u8>,
    key: Vec<u8>,
}

impl IssuerHashes {
    fn of<D: Digest>(ca: &Certificate) -> der::Result<Self> {
        let name = D::digest(ca.tbs_certificate().subject().to_der()?).to_vec();
        Ok(Self { name, key: D::digest(key_bits(ca)).to_vec() })
    }
}

fn key_bits(certificate: &Certificate) -> &[u8] {
    certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes()
}

impl Responder {
    pub(crate) fn new(
        signer: SigningKey<Sha256>,
        certificate: Certificate,
        ca: &Certificate,
    ) -> Result<Self, AuthorityError> {
        let key_hash = Sha1::digest(key_bits(&certificate));
        Ok(Self {
            signer,
            id: ResponderId::ByKey(OctetString::new(key_hash.to_vec())?),
            certificate,
            issuer_sha1: IssuerHashes::of::<Sha1>(ca)?,
            issuer_sha256: IssuerHashes::of::<Sha256>(ca)?,
        })
    }

    /// Whether a CertID names the CA this responder answers for. A hash algorithm we do not know names nobody.
    fn answers_for(&self, id: &CertId) -> bool {
        let ca = match id.hash_algorithm.oid {
            SHA_1 => &self.issuer_sha1,
            SHA_256 => &self.issuer_sha256,
            _ => return false,
        };
        ca.name == id.issuer_name_hash.as_bytes() && ca.key == id.issuer_key_hash.as_bytes()
    }

    /// The answer, not yet signed. `standing` tells about a serial number of the CA.
    pub(crate) fn answer(
        &self,
        question: OcspQuestion,
        at: Timestamp,
        standing: impl Fn(&[u8]) -> Option<Standing>,
    ) -> Result<ResponseData, OcspResponseStatus> {
        let now = generalized(at)?;
        let next_update =
            at.checked_add(ANSWER_HOLDS).map_err(|_| OcspResponseStatus::InternalError)?;
        let next_update = Some(generalized(next_update)?);
        let responses: Result<Vec<_>, _> = question
            .certificates
            .into_iter()
            .map(|cert_id| {
                let ours = self.answers_for(&cert_id);
                let known = ours.then(|| standing(cert_id.serial_number.as_bytes())).flatten();
                let cert_status = status(known)?;
                Ok(SingleResponse { cert_id, cert_status, this_update: now, next_update })
            })
            .collect();
        Ok(ResponseData {
            responder_id: self.id.clone(),
            produced_at: now,
            responses: responses?,
            response_extensions: question.nonce.map(|nonce| vec![nonce]),
        })
    }

    fn sign(&self, data: ResponseData) -> Result<Vec<u8>, AuthorityError> {
        let signature =
            self.signer.try_sign(&data.to_der()?).map_err(x509_cert::builder::Error::Signature)?;
        let basic = BasicOcspResponse {
            tbs_response_data: data,
            signature_algorithm: self.signer.signature_algorithm_identifier()?,
            signature: BitString::from_bytes(&signature.to_vec())?,
            certs: Some(vec![self.certificate.clone()]),
        };
        let response = OctetString::new(basic.to_der()?)?;
        let response_bytes = Some(ResponseBytes { response_type: BASIC_RESPONSE, response });
        let response_status = OcspResponseStatus::Successful;
        Ok(OcspResponse { response_status, response_bytes }.to_der()?)
    }
}

fn status(standing: Option<Standing>) -> Result<CertStatus, OcspResponseStatus> {
    let Some(standing) = standing else { return Ok(CertStatus::Unknown(Null)) };
    let Some((since, reason)) = standing.refusal() else { return Ok(CertStatus::Good(Null)) };
    let revocation_time = generalized(since)?;
    Ok(CertStatus::Revoked(RevokedInfo { revocation_time, revocation_reason: reason.code() }))
}

fn generalized(at: Timestamp) -> Result<GeneralizedTime, OcspResponseStatus> {
    let time = asn1_time(at).map_err(|_| OcspResponseStatus::InternalError)?;
    Ok(GeneralizedTime::from_date_time(time))
}

/// An answer that waits for its signature. It no longer needs the [`super::Authority`].
pub struct OcspDraft {
    pub(crate) hierarchy: Arc<Hierarchy>,
    pub(crate) answer: Result<ResponseData, OcspResponseStatus>,
}

impl OcspDraft {
    /// Signs and encodes the OCSPResponse; a refusal carries no signature.
    pub fn sign(self) -> Vec<u8> {
        match self.answer {
            Ok(data) => self
                .hierarchy
                .responder
                .sign(data)
                .unwrap_or_else(|_| refusal(OcspResponseStatus::InternalError)),
            Err(status) => refusal(status),
        }
    }
}

/// An OCSPResponse that holds a status only.
pub fn refusal(status: OcspResponseStatus) -> Vec<u8> {
    // SEQUENCE of one ENUMERATED; every status fits into one byte.
    vec![0x30, 0x03, 0x0A, 0x01, status as u8]
}
