//! The messages the terminal writes and reads itself: the card messages towards the backend, and error answers.
//!
//! The `SIM…` families are the bench's own (bench profile): how the real reader and backend exchange challenge,
//! certificate and consents is not public. All other families pass through the terminal as they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::encoding::Encoding;
use super::xml::Element;
use crate::reader_link::{
    Bytes, CertificateState, Certified, CertifyRequest, Challenge, Mode, Occasion, Prescription,
    QualifyRequest,
};

/// `SIMchalng01req`: asks for a challenge.
pub const CHALLENGE: &str = "SIMchalng01req";
/// `SIMcertif01req`: certificate and signature.
pub const CERTIFY: &str = "SIMcertif01req";
/// `SIMqualif01req`: consents; answered by a face result.
pub const QUALIFY: &str = "SIMqualif01req";

/// An answer that does not give what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// `SegmentOfResult` 9: the backend says no, or that it cannot tell.
    #[error("refused with {code}: {message}")]
    Refused {
        /// `ErrorCode`, or `ProcessingResultCode` for one person.
        code: String,
        /// The message beside it.
        message: String,
    },
    /// The answer lacks what its layout requires.
    #[error("the answer has no usable {0}")]
    Incomplete(&'static str),
}

/// The Japanese calendar date and time (UTC+9) of an instant.
pub fn jst(now: Timestamp) -> DateTime {
    now.to_zoned(TimeZone::fixed(Offset::constant(9))).datetime()
}

/// `yyyyMMddHHmmss` in Japan.
pub fn fourteen_digits(now: Timestamp) -> String {
    jst(now).strftime("%Y%m%d%H%M%S").to_string()
}

/// Asks for a challenge.
pub fn challenge_request(institution: &str) -> Element {
    message(vec![code(institution)], Vec::new())
}

/// Reads the challenge.
///
/// # Errors
/// [`Problem`].
pub fn challenge_answer(root: &Element) -> Result<Challenge, Problem> {
    let body = normal_body(root)?;
    let challenge = STANDARD.decode(required(body, "Challenge")?.trim());
    Ok(Challenge {
        challenge_id: required(body, "ChallengeIdentifier")?.to_owned(),
        challenge: Bytes(challenge.map_err(|_| Problem::Incomplete("Challenge"))?),
    })
}

/// Hands over certificate and signature.
pub fn certify_request(institution: &str, request: &CertifyRequest) -> Element {
    let body = vec![
        Element::leaf("ChallengeIdentifier", &request.challenge_id),
        Element::leaf("UserAuthenticationCertificate", STANDARD.encode(&request.certificate.0)),
        Element::leaf("Signature", STANDARD.encode(&request.signature.0)),
        Element::leaf("IdentificationMode", identification(request.mode)),
    ];
    message(vec![code(institution)], body)
}

/// Reads what the backend thinks of the certificate.
///
/// # Errors
/// [`Problem`].
pub fn certify_answer(root: &Element) -> Result<Certified, Problem> {
    let body = normal_body(root)?;
    let certificate_state = match required(body, "CertificateState")?.trim() {
        "1" => CertificateState::Valid,
        "2" => CertificateState::ExpiresSoon,
        "3" => CertificateState::Grace,
        _ => return Err(Problem::Incomplete("CertificateState")),
    };
    let registered = match required(body, "Registered")?.trim() {
        "0" => false,
        "1" => true,
        _ => return Err(Problem::Incomplete("Registered")),
    };
    let ticket = required(body, "AuthenticationTicket")?.to_owned();
    Ok(Certified { ticket, certificate_state, registered })
}

/// Hands over registration and consents, and says so where the terminal shows no medical aid (OQS-AID-02); `file_identifier`
/// comes back in the face result.
pub fn qualify_request(
    institution: &str,
    now: Timestamp,
    file_identifier: &str,
    request: &QualifyRequest,
    medical_aid: bool,
) -> Element {
    let header = vec![
        Element::leaf("QualificationConfirmationDate", jst(now).strftime("%Y%m%d").to_string()),
        code(institution),
        Element::leaf("ArbitraryFileIdentifier", file_identifier),
    ];
    let consents = request.consents;
    let mut body = vec![
        Element::leaf("AuthenticationTicket", &request.ticket),
        flag("Registration", request.register),
        flag("LimitApplicationCertificateRelatedConsFlg", consents.limit),
        flag("SpecificDiseasesCertificateRelatedConsFlg", consents.specific_diseases),
        flag("SpecificHealthCheckupsInfoConsFlg", consents.health_check),
        flag("PharmacistsInfoConsFlg", consents.drugs),
        flag("DiagnosisInfoConsFlg", consents.care),
        flag("OperationInfoConsFlg", consents.operations),
    ];
    let clinical = [
        ("DiagnosisNameConsFlg", consents.diagnosis_names),
        ("InfectiousInfoConsFlg", consents.infections),
        ("AllergyInfoConsFlg", consents.allergies),
        ("ContraindicationInfoConsFlg", consents.contraindications),
        ("TestInfoConsFlg", consents.tests),
        ("PrescriptionInfoConsFlg", consents.prescriptions),
    ];
    // The kinds that came later are named where they were agreed to.
    body.extend(
        clinical.into_iter().filter(|(_, agreed)| *agreed).map(|(name, _)| flag(name, true)),
    );
    body.extend(request.prescription.map(|form| {
        let digit = match form {
            Prescription::Electronic => "1",
            Prescription::Paper => "2",
        };
        Element::leaf("PrescriptionIssueSelect", digit)
    }));
    body.extend(request.occasion.map(|occasion| {
        let digit = match occasion {
            Occasion::HomeVisit => "2",
            Occasion::Online => "3",
        };
        Element::leaf("MedicalTreatmentFlag", digit)
    }));
    if !medical_aid {
        body.push(flag("MedicalAidSupported", false));
    }
    message(header, body)
}

/// `QualificationValidity` of a face result, and whether a notice came with it (OQS-QUAL-33).
///
/// # Errors
/// [`Problem`]; `ProcessingResultStatus` 2 is a refusal of this person's query.
pub fn qualify_answer(root: &Element) -> Result<(u8, bool), Problem> {
    let body = normal_body(root)?;
    let result_code = body.text_of("ProcessingResultCode");
    if body.text_of("ProcessingResultStatus").map(str::trim) == Some("2") {
        let message = body.text_of("ProcessingResultMessage").unwrap_or_default().to_owned();
        return Err(Problem::Refused { code: result_code.unwrap_or_default().to_owned(), message });
    }
    let validity = required(body, "QualificationValidity")?.trim().parse().ok();
    let validity = validity.filter(|digit| (1..=6).contains(digit));
    Ok((validity.ok_or(Problem::Incomplete("QualificationValidity"))?, result_code.is_some()))
}

/// A whole-file error of the terminal's own: code and words, no person data (OQS-MSG-11).
///
/// What the request said of itself is echoed, as far as it could be read. The codes are the bench's own. The families of
/// medical information (`YZK…`, `TKK…`) tell errors in `ResultCode` and `MessageContents`, all others in `SegmentOfResult` 9.
pub fn error_answer(
    request: Option<&Element>,
    (family, institution): (&str, &str),
    (code, words): (&str, &str),
    now: Timestamp,
) -> Element {
    let asked = request.and_then(|root| root.child("MessageHeader"));
    let echo = |name: &str| {
        asked.and_then(|header| header.text_of(name)).map(|text| Element::leaf(name, text))
    };
    let mut header = vec![Element::leaf("ProcessExecutionTime", fourteen_digits(now))];
    let history = ["YZK", "TKK"].iter().any(|kind| family.starts_with(kind));
    header.extend(echo("QualificationConfirmationDate").filter(|_| !history));
    header.push(echo("MedicalInstitutionCode").unwrap_or_else(|| self::code(institution)));
    header.extend(echo("ArbitraryFileIdentifier"));
    if history {
        header.push(Element::leaf("ResultCode", code));
        header.push(Element::leaf("MessageContents", words));
    } else {
        header.push(Element::leaf("SegmentOfResult", "9"));
        header.push(Element::leaf("ErrorCode", code));
        header.push(Element::leaf("ErrorMessage", words));
    }
    message(header, Vec::new())
}

/// Sets `CharacterCodeIdentifier` to what the file will really be (OQS-MSG-06); medical information has no such element.
pub fn state_encoding(root: &mut Element, encoding: Encoding) {
    let header = root.children.iter_mut().find(|child| child.name == "MessageHeader");
    if let Some(header) = header.filter(|header| header.child("ResultCode").is_none()) {
        header.set("CharacterCodeIdentifier", encoding.identifier());
    }
}

/// A message of header and body.
pub fn message(header: Vec<Element>, body: Vec<Element>) -> Element {
    let parts = vec![Element::group("MessageHeader", header), Element::group("MessageBody", body)];
    Element::group("XmlMsg", parts)
}

/// The body of an answer whose header says "normal".
///
/// # Errors
/// [`Problem::Refused`] on an error code or `SegmentOfResult` 9.
pub fn normal_body(root: &Element) -> Result<&Element, Problem> {
    let header = root.child("MessageHeader").ok_or(Problem::Incomplete("MessageHeader"))?;
    let segment = header.text_of("SegmentOfResult").map(str::trim);
    let error = header.text_of("ErrorCode");
    match (segment, error) {
        (Some("9"), _) | (_, Some(_)) => {
            let message = header.text_of("ErrorMessage").unwrap_or_default().to_owned();
            Err(Problem::Refused { code: error.unwrap_or_default().trim().to_owned(), message })
        }
        (Some("1") | None, None) => {
            root.child("MessageBody").ok_or(Problem::Incomplete("MessageBody"))
        }
        (Some(_), None) => Err(Problem::Incomplete("SegmentOfResult")),
    }
}

fn required<'a>(body: &'a Element, name: &'static str) -> Result<&'a str, Problem> {
    body.text_of(name).ok_or(Problem::Incomplete(name))
}

fn code(institution: &str) -> Element {
    Element::leaf("MedicalInstitutionCode", institution)
}

fn flag(name: &str, set: bool) -> Element {
    Element::leaf(name, if set { "1" } else { "0" })
}

fn identification(mode: Mode) -> &'static str {
    match mode {
        Mode::Face => "1",
        Mode::Pin => "2",
        Mode::Visual => "3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(header: &[(&str, &str)], body: &[(&str, &str)]) -> Element {
        let leaves = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, text)| Element::leaf(name, *text)).collect()
        };
        message(leaves(header), leaves(body))
    }

    #[test]
    fn a_refusal_keeps_its_code() {
        let root = answer(&[("SegmentOfResult", "9"), ("ErrorCode", "SIM-E2001")], &[]);
        let Err(Problem::Refused { code, .. }) = certify_answer(&root) else {
            panic!("no refusal")
        };
        assert_eq!(code, "SIM-E2001");
    }

    #[test]
    fn a_notice_is_no_error() {
        let root = answer(
            &[("SegmentOfResult", "1")],
            &[
                ("QualificationValidity", "1"),
                ("ProcessingResultCode", "SIM-N0001"),
                ("ProcessingResultStatus", "1"),
            ],
        );
        assert_eq!(qualify_answer(&root), Ok((1, true)));
    }

    #[test]
    fn validity_outside_the_table_is_not_passed_on() {
        for digit in ["0", "7", "x", ""] {
            let root = answer(&[("SegmentOfResult", "1")], &[("QualificationValidity", digit)]);
            assert!(qualify_answer(&root).is_err(), "{digit}");
        }
    }

    #[test]
    fn the_day_in_japan_begins_nine_hours_early() {
        let evening = "2026-04-01T15:00:00Z".parse().unwrap();
        assert_eq!(fourteen_digits(evening), "20260402000000");
    }
}
