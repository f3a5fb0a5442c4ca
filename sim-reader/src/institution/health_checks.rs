//! Specific health checks (特定健診): the request and its answer, as a receipt computer writes and reads them.

use super::messages::{ResultError, date, history_header, history_of, text};
use super::protocol::{HealthCheck, HealthCheckItem, Information};
use crate::terminal::messages::{Problem, message};
use crate::terminal::xml::Element;

/// `TKKsiquc01req`: all that is there, as XML.
pub(super) fn request(institution: &str, asked: &Information, file_identifier: &str) -> Element {
    let header = history_header(institution, &asked.insurance, file_identifier);
    let flag = Element::leaf("MedicalTreatmentFlag", asked.medical_treatment_flag.as_str());
    message(header, vec![Element::leaf("FileCategory", "2"), flag])
}

/// The checks of an answer, in the order of the file.
///
/// # Errors
/// [`ResultError`]; a `ResultCode` other than 1 is a refusal.
pub(super) fn read(root: &Element) -> Result<Vec<HealthCheck>, ResultError> {
    history_of(root)?;
    root.descendants("SpecificHealthCheckupInfo").into_iter().map(check).collect()
}

fn check(info: &Element) -> Result<HealthCheck, ResultError> {
    let made = date(info, "EffectiveTime")?.ok_or(Problem::Incomplete("EffectiveTime"))?;
    let found = info.descendants("HealthCheckupResultAndQuestionInfo").into_iter();
    let item = |item: &Element| HealthCheckItem {
        name: text(item, "ItemName").unwrap_or_default(),
        value: text(item, "DataValue").unwrap_or_default(),
    };
    Ok(HealthCheck { made, items: found.map(item).collect() })
}
