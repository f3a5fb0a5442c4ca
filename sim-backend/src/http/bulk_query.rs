//! OQSmuquc01req: an eligibility query for many persons (一括照会).

use jiff::{Timestamp, civil::Date};

use super::{bulk, card, fault::Fault, record::result_of};
use crate::{
    backend::Desk,
    defect,
    messages::{
        Answer, AnswerHeader, InstitutionCode, Message, Outcome, RequestHeader, SimError,
        codes::{LimitCertificateClassification, LimitCertificateFlag, ProcessingResultStatus},
        muquc::{BulkConfirmBody, BulkConfirmUnit, BulkQuery, BulkSearchInfo},
        record::ResultOfQualificationConfirmation,
    },
    service::{
        disclose::{Route, disclose},
        identify::Search,
        qualify::by_numbers,
        shares::limit_changed,
    },
};

/// Takes a bulk query. Rows OQS-BULK-01, OQS-BULK-03, OQS-BULK-05.
pub(super) async fn receive(
    desk: &Desk,
    request: BulkQuery,
    now: Timestamp,
) -> Result<Message, Fault> {
    let BulkQuery { header, body } = request;
    bulk::within_limit(body.queries.len())?;
    let day = header.qualification_confirmation_date;
    let mut units = Vec::with_capacity(body.queries.len());
    for info in body.queries {
        units.push(unit(desk, &header.medical_institution_code, info, (day, now)).await?);
    }
    let asked = RequestHeader {
        medical_institution_code: header.medical_institution_code,
        arbitrary_file_identifier: header.arbitrary_file_identifier,
    };
    let header = card::answer_header(asked, now);
    let of_day = AnswerHeader { qualification_confirmation_date: Some(day), ..header.clone() };
    let outcome =
        Outcome::Normal(bulk::take_in(desk, of_day, BulkConfirmBody { units }, now).await?);
    Ok(Message::BulkQueryReception(Answer { header, outcome }))
}

/// What becomes of one entry, whatever becomes of the others.
async fn unit(
    desk: &Desk,
    institution: &InstitutionCode,
    info: BulkSearchInfo,
    (day, now): (Date, Timestamp),
) -> Result<BulkConfirmUnit, Fault> {
    let Some((search, known)) = asked(&info) else { return Ok(malformed(info)) };
    let candidates = desk.store.by_number(&search.insurer_number, &search.number).await?;
    let candidates = defect::all_known(desk.defect, candidates);
    let found = by_numbers(&search, &candidates, day);
    let reference_number = super::reference_number(desk, institution, &found).await?;
    let changed = known.map(|known| limit_changed(&found, known, day));
    let given = disclose(&found, &Route::Numbers { limit: false }, day, now);
    Ok(BulkConfirmUnit {
        qualification_confirm_search_info: info,
        processing_result_status: ProcessingResultStatus::Normal,
        processing_result_code: None,
        processing_result_message: None,
        qualification_validity: Some(given.validity),
        result: given
            .record
            .map(|record| without_certificates(result_of(record, institution, None))),
        limit_application_certificate_changed: changed,
        reference_number,
    })
}

/// Row OQS-BULK-07: nobody agreed to anything.
pub(super) fn without_certificates(
    record: ResultOfQualificationConfirmation,
) -> ResultOfQualificationConfirmation {
    ResultOfQualificationConfirmation {
        limit_application_certificate_related: None,
        limit_application_certificate_related_info: None,
        specific_diseases_certificate_related: None,
        specific_diseases_certificates: Vec::new(),
        ..record
    }
}

/// An entry that lacks what a search needs, or has something in it that cannot be read.
fn malformed(info: BulkSearchInfo) -> BulkConfirmUnit {
    let report = SimError::MalformedMessage.report();
    BulkConfirmUnit {
        qualification_confirm_search_info: info,
        processing_result_status: ProcessingResultStatus::Error,
        processing_result_code: Some(report.code),
        processing_result_message: Some(report.message),
        qualification_validity: None,
        result: None,
        limit_application_certificate_changed: None,
        reference_number: None,
    }
}

/// Kind and class of a limit certificate.
type Limit = (LimitCertificateClassification, LimitCertificateFlag);

/// Whom an entry asks about, and the limit certificate it knows of.
fn asked(info: &BulkSearchInfo) -> Option<(Search, Option<Limit>)> {
    info.arbitrary_identifier.optional()?;
    let known = info.limit_application_certificate_related_info.optional()?.map(|known| {
        (
            known.limit_application_certificate_classification,
            known.limit_application_certificate_classification_flag,
        )
    });
    let search = Search {
        insurer_number: info.insurer_number.required()?.clone(),
        symbol: info.insured_card_symbol.optional()?.cloned(),
        number: info.insured_identification_number.required()?.clone(),
        branch: info.insured_branch_number.optional()?.cloned(),
        birthdate: Some(*info.birthdate.required()?),
    };
    Some((search, known))
}
