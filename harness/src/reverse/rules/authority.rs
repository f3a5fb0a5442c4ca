//! Questions to the authority and their answers: OCSP as RFC 6960 writes it.

use rasn::types::Integer;
use rasn_ocsp::{BasicOcspResponse, CertStatus, OcspRequest, OcspResponse};
use reports::evidence::Seam;

use super::{Found, Material, Rule, at, each};
use crate::reverse::heard::Call;
use crate::taps::http::Place;

/// The rules of this file.
pub const RULES: &[Rule] = &[at(
    Seam::ValidationAuthority,
    "authority/question-answered",
    &["OQS-CERT-06"],
    (
        "尋ねた証明書について答えがある",
        "a question about a certificate is answered about that certificate",
    ),
    question_answered,
)];

/// What a responder said of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Not revoked.
    Good,
    /// Revoked or held.
    Revoked,
    /// Nothing about it.
    Unknown,
    /// No answer, or none that tells anything.
    Nothing,
}

/// One question with what was said to it.
#[derive(Debug, Clone)]
pub struct Question {
    /// The serial asked about, upper-case hexadecimal without leading zeros.
    pub serial: String,
    /// What was said.
    pub said: Said,
    /// The serial that the answer names.
    pub about: Option<String>,
    /// The evidence entry of the answer.
    pub seq: u64,
}

/// All questions, in order.
pub fn questions(material: &Material) -> impl Iterator<Item = Question> {
    material.calls(Place::ValidationAuthority).filter_map(question)
}

fn question(call: &Call) -> Option<Question> {
    let asked: OcspRequest = rasn::der::decode(&call.request.body).ok()?;
    let serial = number(&asked.tbs_request.request_list.first()?.req_cert.serial_number)?;
    let (said, about) = said(&call.answer.body).unwrap_or((Said::Nothing, None));
    Some(Question { serial, said, about, seq: call.seq })
}

fn said(answer: &[u8]) -> Option<(Said, Option<String>)> {
    let bytes = rasn::der::decode::<OcspResponse>(answer).ok()?.bytes?;
    let basic: BasicOcspResponse = rasn::der::decode(&bytes.response).ok()?;
    let single = basic.tbs_response_data.responses.into_iter().next()?;
    let said = match single.cert_status {
        CertStatus::Good => Said::Good,
        CertStatus::Revoked(_) => Said::Revoked,
        CertStatus::Unknown(_) => Said::Unknown,
    };
    Some((said, number(&single.cert_id.serial_number)))
}

/// A serial number without its tag and its length, which is one byte: serials have 20 octets at most. Source: RFC 5280 §4.1.2.2.
fn number(serial: &Integer) -> Option<String> {
    let der = rasn::der::encode(serial).ok()?;
    der.get(2..).map(hexadecimal)
}

/// Without leading zeros, so that two ways of writing one number are alike.
pub fn hexadecimal(bytes: &[u8]) -> String {
    hex::encode_upper(bytes).trim_start_matches('0').to_owned()
}

fn question_answered(material: &Material) -> Found {
    let look = |question: Question| match &question.about {
        Some(about) if *about == question.serial => Ok(()),
        Some(_) => Err(format!("entry {}: the answer is about another certificate", question.seq)),
        None => Err(format!("entry {}: nothing is said about the certificate", question.seq)),
    };
    each(questions(material).map(look), "no OCSP question passed")
}
