//! The OCSP responder: reads a question, writes a signed answer. Source: RFC 6960; nonce RFC 9654.

use std::sync::Arc;

use der::{
    Decode, Encode,
    asn1::{BitString, GeneralizedTime, Null, OctetString},
};
use jiff::{SignedDuration, Timestamp};
use rsa::signature::{SignatureEncoding, Signer};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::{Certificate, ext::Extension, spki::DynSignatureAlgorithmIdentifier};

use super::{
    authority::AuthorityError,
    generation::Hierarchy,
    ledger::Standing,
    names::CaKind,
    ocsp_wire::{
        BASIC_RESPONSE, BasicOcspResponse, CertId, CertStatus, NONCE, OcspRequest, OcspResponse,
        OcspResponseStatus, Request, ResponderId, ResponseBytes, ResponseData, RevokedInfo, SHA_1,
        SHA_256, SingleResponse, TbsRequest,
    },
    validity::asn1_time,
};
use crate::rsa_signing::RsaSigner;

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

    /// What is asked about.
    pub(crate) fn certificates(&self) -> &[CertId] {
        &self.certificates
    }

    /// What is asked, without the nonce: equal questions get equal answers in one moment.
    pub(crate) fn subject(&self) -> der::Result<Vec<u8>> {
        self.certificates.to_der()
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
    signer: RsaSigner,
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
        signer: RsaSigner,
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
    pub(crate) fn answers_for(&self, id: &CertId) -> bool {
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

    /// Signs; costs one RSA signature.
    pub(crate) fn basic(&self, data: ResponseData) -> Result<BasicOcspResponse, AuthorityError> {
        let signature =
            self.signer.try_sign(&data.to_der()?).map_err(x509_cert::builder::Error::Signature)?;
        Ok(BasicOcspResponse {
            tbs_response_data: data,
            signature_algorithm: self.signer.signature_algorithm_identifier()?,
            signature: BitString::from_bytes(&signature.to_vec())?,
            certs: Some(vec![self.certificate.clone()]),
        })
    }
}

/// The successful OCSPResponse around a signed answer.
pub(crate) fn encode(basic: &BasicOcspResponse) -> der::Result<Vec<u8>> {
    let response = OctetString::new(basic.to_der()?)?;
    let response_bytes = Some(ResponseBytes { response_type: BASIC_RESPONSE, response });
    let response_status = OcspResponseStatus::Successful;
    OcspResponse { response_status, response_bytes }.to_der()
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
    /// Whose responder signs.
    pub(crate) ca: CaKind,
    pub(crate) answer: Result<ResponseData, OcspResponseStatus>,
}

impl OcspDraft {
    /// Signs and encodes the OCSPResponse; a refusal carries no signature.
    pub fn sign(self) -> Vec<u8> {
        let signed = self.answer.map(|data| {
            let basic = self.hierarchy.responder(self.ca).basic(data)?;
            Ok::<_, AuthorityError>(encode(&basic)?)
        });
        match signed {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => refusal(OcspResponseStatus::InternalError),
            Err(status) => refusal(status),
        }
    }
}

/// An OCSPResponse that holds a status only.
pub fn refusal(status: OcspResponseStatus) -> Vec<u8> {
    // SEQUENCE of one ENUMERATED; every status fits into one byte.
    vec![0x30, 0x03, 0x0A, 0x01, status as u8]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::pki::{
        Authority, AuthorityConfig, Generation, IssueRequest, RevocationReason, pooled_key,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::new(1_760_000_000 + second, 0).unwrap()
    }

    fn authority(generation: Generation) -> (Authority, Vec<u8>) {
        let config = AuthorityConfig { generation, ..AuthorityConfig::default() };
        let mut authority = Authority::new(config).unwrap();
        let key = pooled_key(0).unwrap().to_public_key();
        let request = IssueRequest {
            holder: String::from("person-1"),
            birthdate: date(1980, 2, 17),
            at: at(0),
            card_expiry: date(2035, 2, 17),
            key: &key,
            not_after: None,
        };
        let serial = authority.issue_user_authentication(request).unwrap().serial;
        (authority, serial)
    }

    fn question(authority: &Authority, serial: &[u8]) -> OcspRequest {
        OcspRequest::about(authority.ca_certificate(), serial).unwrap()
    }

    fn data(response: &[u8]) -> ResponseData {
        let response = OcspResponse::from_der(response).unwrap();
        assert_eq!(response.response_status, OcspResponseStatus::Successful);
        let bytes = response.response_bytes.unwrap();
        BasicOcspResponse::from_der(bytes.response.as_bytes()).unwrap().tbs_response_data
    }

    fn status_of(response: &[u8]) -> CertStatus {
        data(response).responses[0].cert_status.clone()
    }

    #[test]
    fn the_status_follows_time() {
        let (mut authority, serial) = authority(Generation::Current);
        let question = question(&authority, &serial).to_der().unwrap();
        authority.hold(&serial, at(10)).unwrap();
        authority.release(&serial, at(20)).unwrap();
        authority.revoke(&serial, RevocationReason::Unspecified, at(30)).unwrap();
        let revoked = |second, revocation_reason| {
            let revocation_time = generalized(at(second)).unwrap();
            CertStatus::Revoked(RevokedInfo { revocation_time, revocation_reason })
        };
        for (second, expected) in [
            (-1, CertStatus::Unknown(Null)),
            (0, CertStatus::Good(Null)),
            (10, revoked(10, RevocationReason::CertificateHold.code())),
            (20, CertStatus::Good(Null)),
            (30, revoked(30, None)),
            (500, revoked(30, None)),
        ] {
            assert_eq!(status_of(&authority.ocsp(&question, at(second))), expected, "{second}");
        }
    }

    #[test]
    fn the_foreign_hierarchy_is_unknown_though_its_names_are_ours() {
        let (ours, serial) = authority(Generation::Current);
        let (foreign, foreign_serial) = authority(Generation::Foreign);
        assert_eq!(serial, foreign_serial);
        let question = question(&foreign, &serial).to_der().unwrap();
        assert_eq!(status_of(&ours.ocsp(&question, at(1))), CertStatus::Unknown(Null));
        assert_eq!(status_of(&foreign.ocsp(&question, at(1))), CertStatus::Good(Null));
    }

    #[test]
    fn strange_serials_and_hashes_are_unknown() {
        let (authority, serial) = authority(Generation::Current);
        let mut strange_hash = question(&authority, &serial);
        strange_hash.tbs_request.request_list[0].req_cert.hash_algorithm.oid = NONCE;
        for strange in [
            question(&authority, &[0x7F; 30]),
            question(&authority, &[0xFF]),
            question(&authority, &[0x01]),
            strange_hash,
        ] {
            let response = authority.ocsp(&strange.to_der().unwrap(), at(1));
            assert_eq!(status_of(&response), CertStatus::Unknown(Null));
        }
    }

    #[test]
    fn requests_that_are_malformed() {
        let (authority, serial) = authority(Generation::Current);
        let plain = question(&authority, &serial);
        let extension = |extn_id, critical, len| Extension {
            extn_id,
            critical,
            extn_value: OctetString::new(vec![4; len]).unwrap(),
        };
        let with = |extensions: Vec<Extension>| {
            let mut request = plain.clone();
            request.tbs_request.request_extensions = Some(extensions);
            request
        };
        let mut version_2 = plain.clone();
        version_2.tbs_request.version = Some(1);
        let mut nothing_asked = plain.clone();
        nothing_asked.tbs_request.request_list.clear();
        let mut demanding = plain.clone();
        demanding.tbs_request.request_list[0].single_request_extensions =
            Some(vec![extension(SHA_1, true, 1)]);
        for (case, request) in [
            ("version 2", version_2),
            ("nothing asked", nothing_asked),
            ("critical single extension", demanding),
            ("critical extension", with(vec![extension(SHA_1, true, 1)])),
            ("empty nonce", with(vec![extension(NONCE, false, 0)])),
            ("long nonce", with(vec![extension(NONCE, false, 132)])),
            ("two nonces", with(vec![extension(NONCE, false, 8), extension(NONCE, false, 8)])),
        ] {
            let response = authority.ocsp(&request.to_der().unwrap(), at(1));
            assert_eq!(response, refusal(OcspResponseStatus::MalformedRequest), "{case}");
        }
        let longest = with(vec![extension(NONCE, false, 131)]).to_der().unwrap();
        assert!(data(&authority.ocsp(&longest, at(1))).response_extensions.is_some());
    }

    #[test]
    fn the_same_question_at_the_same_time_gets_the_same_bytes() {
        let (one, serial) = authority(Generation::Current);
        let (other, _) = authority(Generation::Current);
        let question = question(&one, &serial).to_der().unwrap();
        assert_eq!(one.ocsp(&question, at(1)), other.ocsp(&question, at(1)));
        let before_1970 = one.ocsp(&question, Timestamp::MIN);
        assert_eq!(before_1970, refusal(OcspResponseStatus::InternalError));
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let (authority, _) = authority(Generation::Current);
            prop_assert!(OcspResponse::from_der(&authority.ocsp(&bytes, at(1))).is_ok());
        }

        #[test]
        fn a_damaged_request_gets_an_answer(
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            end in any::<prop::sample::Index>(),
        ) {
            let (authority, serial) = authority(Generation::Current);
            let mut request = question(&authority, &serial).to_der().unwrap();
            for (index, byte) in damage {
                *index.get_mut(&mut request) = byte;
            }
            request.truncate(end.index(request.len()) + 1);
            prop_assert!(OcspResponse::from_der(&authority.ocsp(&request, at(1))).is_ok());
        }
    }
}
