//! The ASN.1 of OCSP. Source: RFC 6960 §4.1.1, §4.2.1.

use der::{
    Choice, Decode, Encode, Enumerated, Sequence,
    asn1::{Any, BitString, GeneralizedTime, Int, Null, ObjectIdentifier, OctetString},
};
use sha1::{Digest, Sha1};
use x509_cert::{
    Certificate,
    ext::{Extension, pkix::CrlReason},
    name::Name,
    spki::AlgorithmIdentifierOwned,
};

/// id-pkix-ocsp-basic.
pub const BASIC_RESPONSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// id-pkix-ocsp-nonce.
pub const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// Hash algorithm of a CertID.
pub const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
/// Hash algorithm of a CertID.
pub const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// OCSPRequest.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct OcspRequest {
    /// What is asked.
    pub tbs_request: TbsRequest,
    /// Signature of the requestor; not looked at.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub optional_signature: Option<Any>,
}

/// TBSRequest.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct TbsRequest {
    /// v1 is 0 and the default.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub version: Option<u8>,
    /// GeneralName; not looked at.
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub requestor_name: Option<Any>,
    /// At least one.
    pub request_list: Vec<Request>,
    /// The nonce comes here.
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub request_extensions: Option<Vec<Extension>>,
}

impl OcspRequest {
    /// The plainest question: one certificate, SHA-1 CertID, no nonce.
    ///
    /// # Errors
    /// [`der::Error`] when `ca_certificate` is no DER certificate.
    pub fn about(ca_certificate: &[u8], serial: &[u8]) -> der::Result<Self> {
        let req_cert = CertId::sha1(&Certificate::from_der(ca_certificate)?, serial)?;
        let request = Request { req_cert, single_request_extensions: None };
        let tbs_request = TbsRequest {
            version: None,
            requestor_name: None,
            request_list: vec![request],
            request_extensions: None,
        };
        Ok(Self { tbs_request, optional_signature: None })
    }
}

/// Request.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct Request {
    /// Which certificate.
    pub req_cert: CertId,
    /// None is known here.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub single_request_extensions: Option<Vec<Extension>>,
}

/// CertID.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct CertId {
    /// SHA-1 or SHA-256 here.
    pub hash_algorithm: AlgorithmIdentifierOwned,
    /// Over the DER of the issuer's name.
    pub issuer_name_hash: OctetString,
    /// Over the issuer's key bits.
    pub issuer_key_hash: OctetString,
    /// Any INTEGER; a strange one is unknown, not malformed.
    pub serial_number: Int,
}

impl CertId {
    fn sha1(ca: &Certificate, serial: &[u8]) -> der::Result<Self> {
        let tbs = ca.tbs_certificate();
        let key = tbs.subject_public_key_info().subject_public_key.raw_bytes();
        let parameters = Some(Any::null());
        Ok(Self {
            hash_algorithm: AlgorithmIdentifierOwned { oid: SHA_1, parameters },
            issuer_name_hash: OctetString::new(Sha1::digest(tbs.subject().to_der()?).to_vec())?,
            issuer_key_hash: OctetString::new(Sha1::digest(key).to_vec())?,
            serial_number: Int::new(serial)?,
        })
    }
}

/// OCSPResponse.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct OcspResponse {
    /// Whether there is an answer.
    pub response_status: OcspResponseStatus,
    /// The answer, for `successful` only.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub response_bytes: Option<ResponseBytes>,
}

/// OCSPResponseStatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[repr(u8)]
pub enum OcspResponseStatus {
    /// 0.
    Successful = 0,
    /// 1.
    MalformedRequest = 1,
    /// 2.
    InternalError = 2,
    /// 3.
    TryLater = 3,
    /// 5.
    SigRequired = 5,
    /// 6.
    Unauthorized = 6,
}

/// ResponseBytes.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct ResponseBytes {
    /// [`BASIC_RESPONSE`].
    pub response_type: ObjectIdentifier,
    /// DER of the [`BasicOcspResponse`].
    pub response: OctetString,
}

/// BasicOCSPResponse.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct BasicOcspResponse {
    /// What is signed.
    pub tbs_response_data: ResponseData,
    /// sha256WithRSAEncryption.
    pub signature_algorithm: AlgorithmIdentifierOwned,
    /// By the responder's key.
    pub signature: BitString,
    /// The delegated responder's certificate.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub certs: Option<Vec<Certificate>>,
}

/// ResponseData, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct ResponseData {
    /// Who answers.
    pub responder_id: ResponderId,
    /// When it was signed.
    pub produced_at: GeneralizedTime,
    /// One for each request, in the same order.
    pub responses: Vec<SingleResponse>,
    /// The nonce goes here.
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub response_extensions: Option<Vec<Extension>>,
}

/// ResponderID.
#[derive(Debug, Clone, PartialEq, Eq, Choice)]
pub enum ResponderId {
    /// The responder's subject.
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(Name),
    /// SHA-1 of the responder's key bits.
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

/// SingleResponse.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct SingleResponse {
    /// As asked.
    pub cert_id: CertId,
    /// The status.
    pub cert_status: CertStatus,
    /// Since when it is known to be right.
    pub this_update: GeneralizedTime,
    /// When newer information will be there.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub next_update: Option<GeneralizedTime>,
}

/// CertStatus.
#[derive(Debug, Clone, PartialEq, Eq, Choice)]
pub enum CertStatus {
    /// Issued by us and not revoked.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    /// Revoked, for now or for good.
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    /// Not ours, or never issued.
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

/// RevokedInfo.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct RevokedInfo {
    /// Since when.
    pub revocation_time: GeneralizedTime,
    /// Why; absent for "unspecified".
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub revocation_reason: Option<CrlReason>,
}
