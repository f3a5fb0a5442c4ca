//! What may be told upon which consent, held against the request that bore it.

use std::collections::BTreeMap;

use reports::evidence::Seam;

use super::{Found, Material, Oqs, Rule, at, each};
use crate::taps::FileSeen;

/// Kinds of medical information, by the beginning of their elements.
const MEDICAL: [&str; 10] = [
    "SpecificHealthCheckupsInfo",
    "PharmacistsInfo",
    "DiagnosisInfo",
    "OperationInfo",
    "DiagnosisName",
    "InfectiousInfo",
    "AllergyInfo",
    "ContraindicationInfo",
    "TestInfo",
    "PrescriptionInfo",
];
/// The limit class.
const LIMIT: &str = "LimitApplicationCertificateClassificationFlag";
const LIMIT_CONSENT: &str = "LimitApplicationCertificateRelatedConsFlg";

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(
        Seam::Backend,
        "backend/consents-of-this-visit",
        &["OQS-CONS-04"],
        (
            "この受診で得た同意だけが回答にある",
            "an answer bears no consent that was not given in this visit",
        ),
        of_this_visit,
    ),
    at(
        Seam::Backend,
        "backend/consent-times",
        &["OQS-CONS-08"],
        ("同意の時刻と期限が同意の有無に合う", "times stand where consent was given"),
        consent_times,
    ),
    at(
        Seam::Backend,
        "backend/limit-upon-consent",
        &["OQS-LIM-03"],
        ("同意がなければ限度額の区分を答えない", "without consent no limit class is told"),
        limit_upon_consent,
    ),
    at(
        Seam::Backend,
        "backend/grace-without-medical",
        &["OQS-CERT-14"],
        (
            "猶予期間中は医療情報の同意を答えない",
            "a certificate in grace opens no medical information",
        ),
        grace_without_medical,
    ),
    at(
        Seam::Backend,
        "backend/numbers-without-medical",
        &["OQS-QUAL-32"],
        (
            "番号による回答に医療情報の同意がない",
            "an answer to numbers opens no medical information",
        ),
        numbers_without_medical,
    ),
];

/// Answers to a card at the counter. Home visits, online care and emergencies have consents that outlive the visit.
fn at_the_counter(material: &Material) -> impl Iterator<Item = &Oqs> {
    let visits = material.oqs.iter().filter(|oqs| oqs.is("SIMqualif01") && oqs.is_normal());
    visits.filter(|oqs| oqs.asked("MedicalTreatmentFlag").is_none_or(|flag| flag == "1"))
}

/// The first kind whose consent an answer bears.
fn opened(oqs: &Oqs) -> Option<&'static str> {
    MEDICAL.into_iter().find(|kind| oqs.answered(&format!("{kind}ConsFlg")) == Some("1"))
}

fn of_this_visit(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        let carried = MEDICAL.into_iter().find(|kind| {
            let flag = format!("{kind}ConsFlg");
            oqs.answered(&flag) == Some("1") && oqs.asked(&flag) != Some("1")
        });
        carried
            .map_or(Ok(()), |kind| Err(format!("{kind} was not agreed to, and the answer says so")))
    };
    each(at_the_counter(material).map(look), "no card was answered at the counter")
}

fn consent_times(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        oqs.answer.contains("ConsFlg>").then(|| {
            let file = FileSeen {
                institution: String::new(),
                folder: "face",
                name: oqs.given.clone(),
                bytes: oqs.call.answer.body.clone(),
            };
            crate::checks::files::consents_with_times(&[file])
        })
    };
    let answers = material.oqs.iter().filter(|oqs| oqs.is("SIMqualif01") && oqs.is_normal());
    each(answers.filter_map(look), "no answer told a consent")
}

fn limit_upon_consent(material: &Material) -> Found {
    let by_numbers = material.oqs.iter().filter(|oqs| oqs.is("OQSsiquc01") && oqs.is_normal());
    let without = at_the_counter(material).chain(by_numbers);
    let without = without.filter(|oqs| oqs.asked(LIMIT_CONSENT) != Some("1"));
    let look = |oqs: &Oqs| match oqs.answered(LIMIT) {
        None => Ok(()),
        Some(_) => Err(format!("{}: the class is told without consent", oqs.family)),
    };
    each(without.map(look), "no answer was given without consent to the limit")
}

/// Tickets of certificates in grace, and what was answered upon them.
fn grace_without_medical(material: &Material) -> Found {
    let certified = material.oqs.iter().filter(|oqs| oqs.is("SIMcertif01") && oqs.is_normal());
    let states: BTreeMap<&str, &str> = certified
        .filter_map(|oqs| {
            Some((oqs.answered("AuthenticationTicket")?, oqs.answered("CertificateState")?))
        })
        .collect();
    let in_grace =
        |oqs: &&Oqs| oqs.asked("AuthenticationTicket").and_then(|it| states.get(it)) == Some(&"3");
    each(
        at_the_counter(material).filter(in_grace).map(unopened),
        "no certificate in its grace period was answered",
    )
}

fn unopened(oqs: &Oqs) -> Result<(), String> {
    opened(oqs).map_or(Ok(()), |kind| Err(format!("{}: {kind} is open", oqs.given)))
}

fn numbers_without_medical(material: &Material) -> Found {
    let answers = material.oqs.iter().filter(|oqs| oqs.is("OQSsiquc01") && oqs.is_normal());
    each(answers.map(unopened), "no query by numbers was answered")
}
