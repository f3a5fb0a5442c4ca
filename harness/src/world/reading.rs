//! Reads what the folder seam carried: a result or answer file, back to the plain data that is judged.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use sim_reader::terminal::xml::{self, Element};

use crate::clock::at_jst;
use crate::error::BenchError;
use crate::model::{
    Answer, Certificates, ConsentKind, Numbers, Prescription, QueryOutcome, Record, Relation,
};

/// Consent kinds with the prefix of their elements.
const CONSENTS: [(ConsentKind, &str); 12] = [
    (ConsentKind::Limit, "LimitApplicationCertificateRelated"),
    (ConsentKind::SpecificDiseases, "SpecificDiseasesCertificateRelated"),
    (ConsentKind::HealthCheck, "SpecificHealthCheckupsInfo"),
    (ConsentKind::Drugs, "PharmacistsInfo"),
    (ConsentKind::Care, "DiagnosisInfo"),
    (ConsentKind::Operations, "OperationInfo"),
    (ConsentKind::DiagnosisNames, "DiagnosisName"),
    (ConsentKind::Infections, "InfectiousInfo"),
    (ConsentKind::Allergies, "AllergyInfo"),
    (ConsentKind::Contraindications, "ContraindicationInfo"),
    (ConsentKind::Tests, "TestInfo"),
    (ConsentKind::Prescriptions, "PrescriptionInfo"),
];

fn unreadable(reason: impl ToString) -> BenchError {
    BenchError::Reading { part: "result file", reason: reason.to_string() }
}

/// A result of a card use, as it lies in `face`.
///
/// # Errors
/// [`BenchError::Reading`] when the file is not what the interface says.
pub fn result(bytes: &[u8]) -> Result<Answer, BenchError> {
    let root = xml::parse(bytes).map_err(unreadable)?.0;
    let validity = validity(&root)?;
    Ok(Answer {
        validity,
        record: record(&root)?,
        consents: consents(&root),
        available_until: available_until(&root)?,
        limit: limit(&root),
        prescription: match root.anywhere("PrescriptionIssueSelect") {
            Some("1") => Some(Prescription::Electronic),
            Some("2") => Some(Prescription::Paper),
            _ => None,
        },
    })
}

/// An answer to a number query, as it lies in `res`.
///
/// # Errors
/// [`BenchError::Reading`] when the file is not what the interface says.
pub fn answer(bytes: &[u8]) -> Result<QueryOutcome, BenchError> {
    let root = xml::parse(bytes).map_err(unreadable)?.0;
    if root.anywhere("SegmentOfResult") == Some("9") {
        return Ok(QueryOutcome::Refused);
    }
    Ok(QueryOutcome::Answered {
        validity: validity(&root)?,
        record: record(&root)?,
        limit: limit(&root),
    })
}

fn validity(root: &Element) -> Result<u8, BenchError> {
    let text = root
        .anywhere("QualificationValidity")
        .ok_or_else(|| unreadable("no QualificationValidity"))?;
    text.parse().map_err(|_| unreadable(format!("QualificationValidity {text}")))
}

/// What the records below an element disclose beyond the qualification: limit flag and consents.
pub fn disclosed(root: &Element) -> (Option<String>, BTreeSet<ConsentKind>) {
    let records = root.descendants("ResultOfQualificationConfirmation");
    let limit = records.iter().find_map(|record| limit(record));
    (limit, records.into_iter().flat_map(consents).collect())
}

fn consents(root: &Element) -> BTreeSet<ConsentKind> {
    let given = CONSENTS.into_iter().filter(|(_, prefix)| stands(root, prefix));
    given.map(|(kind, _)| kind).collect()
}

fn stands(root: &Element, prefix: &str) -> bool {
    root.anywhere(&format!("{prefix}ConsFlg")) == Some("1")
}

fn limit(root: &Element) -> Option<String> {
    root.anywhere("LimitApplicationCertificateClassificationFlag").map(str::to_owned)
}

/// AvailableTime of the medical kinds; they must agree, since they were given at one moment.
fn available_until(root: &Element) -> Result<Option<Timestamp>, BenchError> {
    let texts: BTreeSet<&str> = CONSENTS
        .iter()
        .filter_map(|(_, prefix)| root.anywhere(&format!("{prefix}AvailableTime")))
        .collect();
    match texts.into_iter().collect::<Vec<_>>().as_slice() {
        [] => Ok(None),
        [one] => {
            let civil = DateTime::strptime("%Y%m%d%H%M%S", one).map_err(unreadable)?;
            at_jst(civil).map(Some).map_err(unreadable)
        }
        several => Err(unreadable(format!("AvailableTime differs: {several:?}"))),
    }
}

/// The first record below an element, if there is one.
///
/// # Errors
/// [`BenchError::Reading`] when it is not what the interface says.
pub fn record(root: &Element) -> Result<Option<Record>, BenchError> {
    let found = root.descendants("ResultOfQualificationConfirmation");
    let Some(result) = found.first() else { return Ok(None) };
    let text = |name: &str| result.text_of(name).map(str::to_owned);
    let required = |name: &str| text(name).ok_or_else(|| unreadable(format!("no {name}")));
    let day = |name: &str| {
        text(name).map(|text| Date::strptime("%Y%m%d", text).map_err(unreadable)).transpose()
    };
    // Medical aid has elements of its own for who pays and for whom.
    let (payer, number) = match text("InsuredCardClassification").as_deref() {
        Some("A1") => ("PublicExpenseNumber", "BeneficiaryNumber"),
        Some(_) | None => ("InsurerNumber", "InsuredIdentificationNumber"),
    };
    let numbers = Numbers {
        insurer_number: required(payer)?.trim().to_owned(),
        symbol: text("InsuredCardSymbol"),
        number: required(number)?,
        branch: text("InsuredBranchNumber"),
    };
    let relation = match text("PersonalFamilyClassification").as_deref() {
        Some("1") => Relation::Insured,
        Some("2") => Relation::Family,
        other => return Err(unreadable(format!("PersonalFamilyClassification {other:?}"))),
    };
    Ok(Some(Record {
        numbers,
        relation,
        name: required("Name")?,
        birthdate: day("Birthdate")?.ok_or_else(|| unreadable("no Birthdate"))?,
        address: text("Address"),
        gained: day("QualificationDate")?.ok_or_else(|| unreadable("no QualificationDate"))?,
        lost: day("DisqualificationDate")?,
        loss_reason: text("ReasonOfLoss"),
        reference_number: text("ReferenceNumber"),
        certificates: certificates(result)?,
    }))
}

/// What a record tells beside the qualification.
fn certificates(record: &Element) -> Result<Certificates, BenchError> {
    let number = |name: &str, text: Option<&str>| {
        let read = text.map(|text| text.trim().parse::<u32>()).transpose();
        read.map_err(|_| unreadable(format!("{name} is no number")))
    };
    let small = |name: &str, text: Option<&str>| {
        let read = number(name, text)?.map(u8::try_from).transpose();
        read.map_err(|_| unreadable(format!("{name} is too large")))
    };
    let ratio = "ElderlyRecipientContributionRatio";
    let long_term = record.anywhere("LimitApplicationCertificateLongTermDate");
    let disease = |one: &Element| {
        let category = small("category", one.text_of("SpecificDiseasesDiseaseCategory"))?;
        let self_pay = number("self-pay", one.text_of("SpecificDiseasesSelfPay"))?;
        Ok((category.unwrap_or_default(), self_pay.unwrap_or_default()))
    };
    Ok(Certificates {
        elderly: small(ratio, record.anywhere(ratio))?,
        long_stay: long_term
            .map(|text| Date::strptime("%Y%m%d", text).map_err(unreadable))
            .transpose()?,
        diseases: record
            .descendants("SpecificDiseasesCertificateInfo")
            .into_iter()
            .map(disease)
            .collect::<Result<_, BenchError>>()?,
        tickets: tickets(record),
    })
}

/// The institutions that tickets of medical aid name, in the order of the file.
pub fn tickets(root: &Element) -> Vec<String> {
    let tickets = root.descendants("MedicalTicketInfo").into_iter();
    let named = tickets.filter_map(|one| one.text_of("DesignatedMedicalInstitutionCode"));
    named.map(str::to_owned).collect()
}
