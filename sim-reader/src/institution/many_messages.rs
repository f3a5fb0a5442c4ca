//! The messages about many persons, and about reference numbers, that a receipt computer writes and reads.

use jiff::civil::Date;

use super::chart::Insurance;
use super::exchange::DeskError;
use super::messages::{ResultError, ResultRecord, digit, eight_digits, padded, text};
use super::protocol::{BulkEntry, BulkResult, REFERENCE_NUMBER, Registering, Registration};
use crate::terminal::messages::{Problem, message};
use crate::terminal::xml::Element;

/// `OQSmuquc01req`: many persons by numbers.
pub(super) fn bulk_query(
    institution: &str,
    entries: &[BulkEntry],
    day: Date,
    file_identifier: &str,
) -> Element {
    let header = vec![
        Element::leaf("QualificationConfirmationDate", eight_digits(day)),
        Element::leaf("MedicalInstitutionCode", institution),
        Element::leaf("ArbitraryFileIdentifier", file_identifier),
    ];
    message(header, entries.iter().map(search_info).collect())
}

fn search_info(entry: &BulkEntry) -> Element {
    let mut info = numbers(&entry.insurance);
    info.push(Element::leaf("Birthdate", eight_digits(entry.birthdate)));
    info.extend(entry.known_limit.as_ref().map(|known| {
        let codes = vec![
            Element::leaf("LimitApplicationCertificateClassification", &known.class),
            Element::leaf("LimitApplicationCertificateClassificationFlag", &known.flag),
        ];
        Element::group("LimitApplicationCertificateRelatedInfo", codes)
    }));
    info.push(Element::leaf("ArbitraryIdentifier", &entry.identifier));
    Element::group("QualificationConfirmSearchInfo", info)
}

/// `OQSsiimm01req` with one entry, `OQSmuimm01req` with many.
pub(super) fn registration(
    institution: &str,
    entries: &[Registration],
    file_identifier: &str,
) -> Element {
    let header = vec![
        Element::leaf("MedicalInstitutionCode", institution),
        Element::leaf("ArbitraryFileIdentifier", file_identifier),
    ];
    let info = |entry: &Registration| {
        let mut info = vec![Element::leaf("ReferenceNumber", &entry.reference_number)];
        info.extend(numbers(&entry.insurance));
        Element::group("ReferenceNumberRegistrationInfo", info)
    };
    message(header, entries.iter().map(info).collect())
}

/// `…02req`: is the result of this number ready?
pub(super) fn reception_request(institution: &str, reception_number: &str) -> Element {
    let header = vec![Element::leaf("MedicalInstitutionCode", institution)];
    message(header, vec![Element::leaf("ReceptionNumber", reception_number)])
}

fn numbers(insurance: &Insurance) -> Vec<Element> {
    let mut leaves = vec![Element::leaf("InsurerNumber", padded(&insurance.insurer_number))];
    let symbol = insurance.symbol.as_ref();
    leaves.extend(symbol.map(|symbol| Element::leaf("InsuredCardSymbol", symbol)));
    leaves.push(Element::leaf("InsuredIdentificationNumber", &insurance.number));
    let branch = insurance.branch.as_ref();
    leaves.extend(branch.map(|branch| Element::leaf("InsuredBranchNumber", branch)));
    leaves
}

/// One result an entry, tied by `ArbitraryIdentifier` and never by place (OQS-BULK-03).
///
/// # Errors
/// [`DeskError::Unusable`] unless each entry has exactly one unit and the header counts what there is (OQS-BULK-04).
pub(super) fn bulk_results(
    root: &Element,
    entries: &[BulkEntry],
) -> Result<Vec<BulkResult>, DeskError> {
    let units = units(root, "BulkConfirmUnit", entries.len())?;
    let result = |entry: &BulkEntry| {
        let identifier = |unit: &Element| {
            text(unit.child("QualificationConfirmSearchInfo")?, "ArbitraryIdentifier")
        };
        let own = |unit: &&&Element| identifier(unit).as_deref() == Some(entry.identifier.as_str());
        let mut found = units.iter().filter(own);
        match (found.next(), found.next()) {
            (Some(unit), None) => bulk_result(unit, entry).map_err(DeskError::from),
            (_, _) => Err(DeskError::Unusable("an entry has not exactly one unit".into())),
        }
    };
    entries.iter().map(result).collect()
}

fn bulk_result(unit: &Element, entry: &BulkEntry) -> Result<BulkResult, ResultError> {
    let identifier = entry.identifier.clone();
    if digit(unit, "ProcessingResultStatus")? == Some(2) {
        let error_code = text(unit, "ProcessingResultCode");
        return Ok(BulkResult { identifier, error_code, ..BulkResult::default() });
    }
    let reference_number = text(unit, "ReferenceNumber");
    let on_file = entry.reference_number.as_ref().zip(reference_number.as_ref());
    if on_file.is_some_and(|(ours, theirs)| ours != theirs) {
        let alarm = Some(REFERENCE_NUMBER.to_owned());
        return Ok(BulkResult { identifier, reference_number, alarm, ..BulkResult::default() });
    }
    let validity = digit(unit, "QualificationValidity")?.filter(|digit| (1..=6).contains(digit));
    let record = unit.child("ResultOfQualificationConfirmation").map(ResultRecord::read);
    let person = record.transpose()?;
    let told = person.as_ref().and_then(|person| person.insurance.clone());
    Ok(BulkResult {
        identifier,
        validity: Some(validity.ok_or(ResultError::Value("QualificationValidity"))?),
        name: person.map(|person| person.name),
        insurer_number: told.as_ref().map(|told| told.insurer_number.clone()),
        symbol: told.as_ref().and_then(|told| told.symbol.clone()),
        number: told.as_ref().map(|told| told.number.clone()),
        branch: told.and_then(|told| told.branch),
        limit_changed: digit(unit, "LimitApplicationCertificateChanged")?.map(|digit| digit == 1),
        reference_number,
        error_code: None,
        alarm: None,
    })
}

/// One result an entry, tied by the echo of the entry.
///
/// # Errors
/// As [`bulk_results`].
pub(super) fn registrations(
    root: &Element,
    entries: &[Registration],
) -> Result<Vec<Registering>, DeskError> {
    let mut units = units(root, "BulkRegistrationUnit", entries.len())?;
    let result = |entry: &Registration| {
        let place = units.iter().position(|unit| echoes(unit, entry));
        let unit = place.map(|place| units.swap_remove(place));
        let unit = unit.ok_or_else(|| DeskError::Unusable("an entry has no unit".into()))?;
        Ok(registering(unit, entry)?)
    };
    entries.iter().map(result).collect()
}

/// What came of one registration: a unit, or the body of `OQSsiimm01res`.
pub(super) fn registering(
    unit: &Element,
    entry: &Registration,
) -> Result<Registering, ResultError> {
    let status = digit(unit, "ProcessingResultStatus")?;
    let accepted = status.ok_or(Problem::Incomplete("ProcessingResultStatus"))? == 1;
    Ok(Registering {
        reference_number: entry.reference_number.clone(),
        accepted,
        error_code: text(unit, "ProcessingResultCode").filter(|_| !accepted),
    })
}

/// Whether the unit is about the entry. What could not be read of a refused entry is not in its echo (row OQS-BULK-05).
fn echoes(unit: &Element, entry: &Registration) -> bool {
    let Some(info) = unit.child("ReferenceNumberRegistrationInfo") else { return false };
    let refused = !matches!(digit(unit, "ProcessingResultStatus"), Ok(Some(1)));
    let same = |name, ours: &str| match text(info, name) {
        Some(theirs) => theirs == ours.trim(),
        None => refused || ours.trim().is_empty(),
    };
    let numbers = &entry.insurance;
    same("ReferenceNumber", &entry.reference_number)
        && same("InsurerNumber", &numbers.insurer_number)
        && same("InsuredCardSymbol", numbers.symbol.as_deref().unwrap_or_default())
        && same("InsuredIdentificationNumber", &numbers.number)
        && same("InsuredBranchNumber", numbers.branch.as_deref().unwrap_or_default())
}

fn units<'a>(root: &'a Element, name: &str, wanted: usize) -> Result<Vec<&'a Element>, DeskError> {
    let body = root.child("MessageBody").map_or(&[][..], |body| &body.children);
    let units: Vec<&Element> = body.iter().filter(|child| child.name == name).collect();
    let counted =
        root.anywhere("NumberOfProcessingResult").map(|text| text.trim().parse::<usize>());
    match counted {
        None | Some(Ok(_)) if units.len() != wanted => {
            Err(DeskError::Unusable(format!("{} units for {wanted} entries", units.len())))
        }
        Some(Err(_)) => Err(DeskError::Unusable("NumberOfProcessingResult is no number".into())),
        Some(Ok(count)) if count != units.len() => {
            Err(DeskError::Unusable(format!("{} units where {count} are counted", units.len())))
        }
        None | Some(Ok(_)) => Ok(units),
    }
}
