//! The messages a receipt computer writes and reads. Order, empty elements and unknown elements do not matter.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::chart::Insurance;
use crate::terminal::messages::{Problem, message, normal_body};
use crate::terminal::xml::{self, Element, XmlError};

/// The result of one card use or one number query, as far as a receipt computer needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaceResult {
    /// `MedicalInstitutionCode`.
    pub institution: String,
    /// `ArbitraryFileIdentifier`.
    pub file_identifier: Option<String>,
    /// `ProcessExecutionTime`, Japanese time.
    pub time: Option<DateTime>,
    /// `QualificationConfirmationDate`: the day the validity is told for.
    pub confirmation_date: Option<Date>,
    /// `QualificationValidity`, 1 to 6 (CD006).
    pub validity: u8,
    /// `ProcessingResultCode` beside status 1: a notice, no error (OQS-QUAL-33).
    pub notice: Option<String>,
    /// `PrescriptionIssueSelect`: 1 electronic, 2 paper.
    pub prescription: Option<u8>,
    /// The records, in the order of the file.
    pub records: Vec<ResultRecord>,
}

/// One `ResultOfQualificationConfirmation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultRecord {
    /// `Name`.
    pub name: String,
    /// `NameKana`.
    pub kana: Option<String>,
    /// `Birthdate`.
    pub birthdate: Date,
    /// `Sex1` (CD007).
    pub sex: Option<u8>,
    /// The numbers, without pads; `None` for medical aid.
    pub insurance: Option<Insurance>,
    /// `PersonalFamilyClassification`: 1 insured, 2 family.
    pub relation: Option<u8>,
    /// `InsurerName`.
    pub insurer_name: Option<String>,
    /// `QualificationDate`: first day covered.
    pub gained: Option<Date>,
    /// `DisqualificationDate`: first day not covered.
    pub lost: Option<Date>,
    /// `LimitApplicationCertificateClassificationFlag` (CD012).
    pub limit: Option<String>,
    /// `ReferenceNumber` of this institution.
    pub reference_number: Option<String>,
    /// Consents by the stem of their element, e.g. `PharmacistsInfo`; newer kinds included.
    pub consents: BTreeMap<String, Consent>,
}

/// One consent: flag and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// `…ConsFlg` (CD016): 1 yes.
    pub given: bool,
    /// `…AvailableTime`: the information may be asked for until then, Japanese time.
    pub available_until: Option<DateTime>,
}

/// Numbers to ask by (`QualificationConfirmSearchInfo`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The numbers of the card or certificate.
    #[serde(flatten)]
    pub insurance: Insurance,
    /// 生年月日.
    pub birthdate: Date,
    /// The patient agreed orally that the limit is told (OQS-LIM-04).
    #[serde(default)]
    pub limit_consent: bool,
}

/// What of the drug and care history to ask for (`YZKsiquc01req`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InformationSearch<'a> {
    /// Whose.
    pub insurance: &'a Insurance,
    /// First month, `yyyyMM`.
    pub from: String,
    /// Last month, `yyyyMM`.
    pub to: String,
    /// MedicalTreatmentFlag.
    pub flag: &'a str,
    /// `PrDiInfClassification`: drugs beside care, or care alone.
    pub drugs: bool,
    /// `FileCategory`: as PDF, else as XML (OQS-INFO-07).
    pub document: bool,
}

/// Why bytes are no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// No XML message, or not complete yet.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// A whole-file error, or an element that the layout requires is missing.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// An element holds what its type does not allow.
    #[error("the element {0} holds no value of its type")]
    Value(&'static str),
}

impl FaceResult {
    /// Reads a face file or an answer to a number query, which share one layout.
    ///
    /// # Errors
    /// [`ResultError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ResultError> {
        let (root, _) = xml::parse(bytes)?;
        Self::read(&root)
    }

    pub(super) fn read(root: &Element) -> Result<Self, ResultError> {
        let body = normal_body(root)?;
        let header = root.child("MessageHeader").ok_or(Problem::Incomplete("MessageHeader"))?;
        let code = text(body, "ProcessingResultCode");
        if digit(body, "ProcessingResultStatus")? == Some(2) {
            let message = text(body, "ProcessingResultMessage").unwrap_or_default();
            return Err(Problem::Refused { code: code.unwrap_or_default(), message }.into());
        }
        let validity =
            digit(body, "QualificationValidity")?.filter(|digit| (1..=6).contains(digit));
        let records = body.child("ResultList").map(|list| &list.children);
        let records: Vec<&Element> = records
            .into_iter()
            .flatten()
            .filter(|child| child.name == "ResultOfQualificationConfirmation")
            .collect();
        Ok(Self {
            institution: text(header, "MedicalInstitutionCode").unwrap_or_default(),
            file_identifier: header.text_of("ArbitraryFileIdentifier").map(str::to_owned),
            time: time(header, "ProcessExecutionTime")?,
            confirmation_date: date(header, "QualificationConfirmationDate")?,
            validity: validity.ok_or(ResultError::Value("QualificationValidity"))?,
            notice: code,
            prescription: prescription(body, &records)?,
            records: records.into_iter().map(ResultRecord::read).collect::<Result<_, _>>()?,
        })
    }

    /// The person the result is about: the first record's.
    pub fn person(&self) -> Option<&ResultRecord> {
        self.records.first()
    }
}

impl ResultRecord {
    pub(super) fn read(record: &Element) -> Result<Self, ResultError> {
        let limit = record.child("LimitApplicationCertificateRelatedInfo");
        Ok(Self {
            name: record.text_of("Name").ok_or(Problem::Incomplete("Name"))?.to_owned(),
            kana: text(record, "NameKana"),
            birthdate: date(record, "Birthdate")?.ok_or(Problem::Incomplete("Birthdate"))?,
            sex: digit(record, "Sex1")?,
            insurance: insurance(record),
            relation: digit(record, "PersonalFamilyClassification")?,
            insurer_name: text(record, "InsurerName"),
            gained: date(record, "QualificationDate")?,
            lost: date(record, "DisqualificationDate")?,
            limit: limit
                .and_then(|limit| text(limit, "LimitApplicationCertificateClassificationFlag")),
            reference_number: text(record, "ReferenceNumber"),
            consents: consents(record)?,
        })
    }
}

/// The medicine names of a drug answer, in the order of the file.
///
/// # Errors
/// [`ResultError`]; a `ResultCode` other than 1 is a refusal.
pub fn read_medicines(bytes: &[u8]) -> Result<Vec<String>, ResultError> {
    let (root, _) = xml::parse(bytes)?;
    medicines(&root)
}

pub(super) fn medicines(root: &Element) -> Result<Vec<String>, ResultError> {
    history_of(root)?;
    Ok(root.descendants("DrugInf").into_iter().filter_map(|drug| text(drug, "DrugN")).collect())
}

/// Whether an answer holds medical information.
///
/// # Errors
/// [`ResultError`]; a `ResultCode` other than 1 is a refusal.
pub(super) fn history_of(root: &Element) -> Result<(), ResultError> {
    normal_body(root)?;
    match root.anywhere("ResultCode").map(str::trim) {
        None | Some("1") => Ok(()),
        Some(code) => {
            let message = root.anywhere("MessageContents").unwrap_or_default().to_owned();
            Err(Problem::Refused { code: code.to_owned(), message }.into())
        }
    }
}

/// `OQSsiquc01req`: one person by numbers.
pub fn number_query(
    institution: &str,
    search: &Search,
    day: Date,
    file_identifier: &str,
) -> Element {
    let header = vec![
        Element::leaf("QualificationConfirmationDate", eight_digits(day)),
        Element::leaf("MedicalInstitutionCode", institution),
        Element::leaf("ArbitraryFileIdentifier", file_identifier),
    ];
    let numbers = &search.insurance;
    let mut info = vec![Element::leaf("InsurerNumber", padded(&numbers.insurer_number))];
    info.extend(numbers.symbol.as_ref().map(|symbol| Element::leaf("InsuredCardSymbol", symbol)));
    info.push(Element::leaf("InsuredIdentificationNumber", &numbers.number));
    info.extend(numbers.branch.as_ref().map(|branch| Element::leaf("InsuredBranchNumber", branch)));
    info.push(Element::leaf("Birthdate", eight_digits(search.birthdate)));
    let consent = if search.limit_consent { "1" } else { "0" };
    info.push(Element::leaf("LimitApplicationCertificateRelatedConsFlg", consent));
    message(header, vec![Element::group("QualificationConfirmSearchInfo", info)])
}

/// `YZKsiquc01req`: the drug and care history.
pub fn information_request(
    institution: &str,
    search: &InformationSearch<'_>,
    file_identifier: &str,
) -> Element {
    let header = history_header(institution, search.insurance, file_identifier);
    let body = [
        ("StartDate", search.from.as_str()),
        ("EndDate", search.to.as_str()),
        ("FileCategory", if search.document { "1" } else { "2" }),
        ("PrDiInfClassification", if search.drugs { "1" } else { "0" }),
        ("MedicalTreatmentFlag", search.flag),
    ];
    message(header, body.map(|(name, value)| Element::leaf(name, value)).to_vec())
}

/// The header of a request for medical information. Its element names are these families' own.
pub(super) fn history_header(
    institution: &str,
    numbers: &Insurance,
    file_identifier: &str,
) -> Vec<Element> {
    let mut header = vec![
        Element::leaf("MedicalInstitutionCode", institution),
        Element::leaf("InsurerNumber", padded(&numbers.insurer_number)),
    ];
    header
        .extend(numbers.symbol.as_ref().map(|symbol| Element::leaf("InsuranceCardSymbol", symbol)));
    header.push(Element::leaf("InsuredPersonIdentificationNumber", &numbers.number));
    header.extend(numbers.branch.as_ref().map(|branch| Element::leaf("BranchNumber", branch)));
    header.push(Element::leaf("ArbitraryFileIdentifier", file_identifier));
    header
}

/// Eight wide, filled with spaces on the left (OQS-MSG-09).
pub fn padded(insurer_number: &str) -> String {
    format!("{:>8}", insurer_number.trim())
}

/// `yyyyMMdd`.
pub fn eight_digits(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

/// In the body, or in a record: where it stands depends on the version of the interface.
fn prescription(body: &Element, records: &[&Element]) -> Result<Option<u8>, ResultError> {
    let places = std::iter::once(body).chain(records.iter().copied());
    let mut stated = places.map(|place| digit(place, "PrescriptionIssueSelect"));
    stated.find(|digit| !matches!(digit, Ok(None))).unwrap_or(Ok(None))
}

fn insurance(record: &Element) -> Option<Insurance> {
    Some(Insurance {
        insurer_number: text(record, "InsurerNumber")?,
        symbol: record.text_of("InsuredCardSymbol").map(str::to_owned),
        number: record.text_of("InsuredIdentificationNumber")?.to_owned(),
        branch: text(record, "InsuredBranchNumber"),
    })
}

fn consents(record: &Element) -> Result<BTreeMap<String, Consent>, ResultError> {
    let mut consents = BTreeMap::new();
    for (child, stem) in record
        .children
        .iter()
        .filter_map(|child| Some((child, child.name.strip_suffix("ConsFlg")?)))
    {
        let until = format!("{stem}AvailableTime");
        let available_until = record
            .text_of(&until)
            .map(|digits| fourteen(digits).ok_or(ResultError::Value("AvailableTime")));
        let consent = Consent {
            given: child.text.trim() == "1",
            available_until: available_until.transpose()?,
        };
        consents.insert(stem.to_owned(), consent);
    }
    Ok(consents)
}

pub(super) fn text(group: &Element, name: &str) -> Option<String> {
    group.text_of(name).map(|text| text.trim().to_owned())
}

pub(super) fn digit(group: &Element, name: &'static str) -> Result<Option<u8>, ResultError> {
    let parse = |text: &str| text.trim().parse().map_err(|_| ResultError::Value(name));
    group.text_of(name).map(parse).transpose()
}

pub(super) fn date(group: &Element, name: &'static str) -> Result<Option<Date>, ResultError> {
    let parse = |text: &str| eight(text.trim()).ok_or(ResultError::Value(name));
    group.text_of(name).map(parse).transpose()
}

fn time(group: &Element, name: &'static str) -> Result<Option<DateTime>, ResultError> {
    let parse = |text: &str| fourteen(text.trim()).ok_or(ResultError::Value(name));
    group.text_of(name).map(parse).transpose()
}

/// A real calendar day (OQS-MSG-16).
fn eight(digits: &str) -> Option<Date> {
    let all = digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let part = |range| digits.get(range).filter(|_| all);
    Date::new(part(0..4)?.parse().ok()?, part(4..6)?.parse().ok()?, part(6..8)?.parse().ok()?).ok()
}

fn fourteen(digits: &str) -> Option<DateTime> {
    let all = digits.len() == 14 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let part = |range| digits.get(range).filter(|_| all);
    let number = |range| part(range).and_then(|text: &str| text.parse().ok());
    let time = Time::new(number(8..10)?, number(10..12)?, number(12..14)?, 0).ok()?;
    Some(eight(part(0..8)?)?.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::institution::samples::{insurance as numbers, result_bytes};
    use crate::terminal::Encoding;

    #[test]
    fn a_face_file_is_read_in_any_order_and_both_encodings() {
        let plain = FaceResult::parse(&result_bytes(Encoding::Utf8, false)).unwrap();
        assert_eq!(plain.person().unwrap().insurance, Some(numbers()));
        assert_eq!(plain.validity, 1);
        for (encoding, shuffled) in
            [(Encoding::ShiftJis, false), (Encoding::Utf8, true), (Encoding::ShiftJis, true)]
        {
            let twin = FaceResult::parse(&result_bytes(encoding, shuffled)).unwrap();
            assert_eq!(twin, plain, "{encoding:?} {shuffled}");
        }
    }

    #[test]
    fn the_prescription_is_found_in_body_and_record() {
        let file = String::from_utf8(result_bytes(Encoding::Utf8, false)).unwrap();
        let element = "<PrescriptionIssueSelect>2</PrescriptionIssueSelect>";
        let bare = file.split("<PrescriptionIssueSelect>").next().unwrap().len();
        let without = match file.get(bare..) {
            Some("") | None => file.clone(),
            Some(rest) => {
                format!(
                    "{}{}",
                    &file[..bare],
                    rest.split_once("</PrescriptionIssueSelect>").unwrap().1
                )
            }
        };
        assert_eq!(FaceResult::parse(without.as_bytes()).unwrap().prescription, None);
        for place in ["<MessageBody>", "</MessageBody>", "</ResultOfQualificationConfirmation>"] {
            let changed = match place.starts_with("</") {
                true => without.replacen(place, &format!("{element}{place}"), 1),
                false => without.replacen(place, &format!("{place}{element}"), 1),
            };
            let result = FaceResult::parse(changed.as_bytes()).unwrap();
            assert_eq!(result.prescription, Some(2), "{place}");
        }
    }

    #[test]
    fn consents_come_with_their_end() {
        let result = FaceResult::parse(&result_bytes(Encoding::Utf8, false)).unwrap();
        let consents = &result.person().unwrap().consents;
        assert!(consents["PharmacistsInfo"].given);
        assert_eq!(consents["PharmacistsInfo"].available_until, "2026-04-02T09:30:15".parse().ok());
        assert!(!consents["DiagnosisInfo"].given);
    }

    #[test]
    fn dates_are_real_days() {
        for (digits, real) in
            [("20260228", true), ("20260230", false), ("2026022", false), ("２０２６", false)]
        {
            assert_eq!(eight(digits).is_some(), real, "{digits}");
        }
        assert!(fourteen("20260401240000").is_none());
    }

    #[test]
    fn a_short_insurer_number_is_padded_with_spaces() {
        let search = Search {
            insurance: numbers(),
            birthdate: "1985-05-05".parse().unwrap(),
            limit_consent: true,
        };
        let query = number_query("1319999999", &search, "2026-04-01".parse().unwrap(), "Q1");
        assert_eq!(query.anywhere("InsurerNumber"), Some("  999999"));
        assert_eq!(query.anywhere("Birthdate"), Some("19850505"));
        assert_eq!(query.anywhere("LimitApplicationCertificateRelatedConsFlg"), Some("1"));
    }

    proptest! {
        #[test]
        fn results_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = FaceResult::parse(&bytes);
            let _ = read_medicines(&bytes);
        }

        #[test]
        fn near_results_never_panic(value in "[0-9０-９ a]{0,16}", name in "Birthdate|ProcessExecutionTime|QualificationValidity|Sex1|PharmacistsInfoAvailableTime") {
            let file = String::from_utf8(result_bytes(Encoding::Utf8, false)).unwrap();
            let start = file.find(&format!("<{name}>")).unwrap() + name.len() + 2;
            let end = start + file[start..].find('<').unwrap();
            let file = format!("{}{value}{}", &file[..start], &file[end..]);
            let _ = FaceResult::parse(file.as_bytes());
        }
    }
}
