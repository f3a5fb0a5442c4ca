//! OQSsiimm01req and OQSmuimm01req: an institution's own number (照会番号) for a person.

use jiff::Timestamp;

use super::{bulk, card::answer_header, fault::Fault};
use crate::{
    backend::Desk,
    messages::{
        Answer, InstitutionCode, Message, Outcome, SimError,
        codes::ProcessingResultStatus,
        siimm::{
            BulkReferenceNumberRequest, BulkRegistrationBody, ReferenceNumberRegistrationInfo,
            ReferenceNumberRequest, RegistrationResult,
        },
    },
    service::{
        days::day_of,
        identify::{Identified, Search, identify},
    },
    store::ReferenceNumber,
};

/// Registers one number. Rows OQS-REF-01, OQS-REF-04.
pub(super) async fn answer(
    desk: &Desk,
    request: ReferenceNumberRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let info = request.body.reference_number_registration_info;
    let institution = request.header.medical_institution_code.clone();
    let (result, number) = register(desk, &institution, info, now).await?;
    desk.store.keep_reference_numbers(number.as_slice()).await?;
    let header = answer_header(request.header, now);
    Ok(Message::ReferenceNumberAnswer(Answer { header, outcome: Outcome::Normal(result) }))
}

/// Registers many numbers, each on its own. Row OQS-REF-05.
pub(super) async fn receive(
    desk: &Desk,
    request: BulkReferenceNumberRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    bulk::within_limit(request.body.registrations.len())?;
    let institution = request.header.medical_institution_code.clone();
    let (mut units, mut numbers) = (Vec::new(), Vec::new());
    for info in request.body.registrations {
        let (result, number) = register(desk, &institution, info, now).await?;
        units.push(result);
        numbers.extend(number);
    }
    let header = answer_header(request.header, now);
    let body = BulkRegistrationBody { units };
    let outcome = Outcome::Normal(bulk::take_in(desk, header.clone(), body, now).await?);
    desk.store.keep_reference_numbers(&numbers).await?;
    Ok(Message::BulkReferenceNumberReception(Answer { header, outcome }))
}

/// Whom the numbers name today decides; what is then to be kept.
async fn register(
    desk: &Desk,
    institution: &InstitutionCode,
    info: ReferenceNumberRegistrationInfo,
    now: Timestamp,
) -> Result<(RegistrationResult, Option<ReferenceNumber>), Fault> {
    let meant = meant(desk, institution, &info, now).await?;
    let refused = meant.as_ref().err().map(|refusal| refusal.report());
    let number = meant.ok();
    let status = match number {
        Some(_) => ProcessingResultStatus::Normal,
        None => ProcessingResultStatus::Error,
    };
    let (code, message) = refused.map(|report| (report.code, report.message)).unzip();
    let result = RegistrationResult {
        reference_number_registration_info: info,
        processing_result_status: status,
        processing_result_code: code,
        processing_result_message: message,
    };
    Ok((result, number))
}

/// The number of an entry for the one person it means, or why there is none.
async fn meant(
    desk: &Desk,
    institution: &InstitutionCode,
    info: &ReferenceNumberRegistrationInfo,
    now: Timestamp,
) -> Result<Result<ReferenceNumber, SimError>, Fault> {
    let (Some(number), Some(search)) = (info.reference_number.required(), search(info)) else {
        return Ok(Err(SimError::MalformedMessage));
    };
    let candidates = desk.store.by_number(&search.insurer_number, &search.number).await?;
    Ok(match identify(&search, &candidates, day_of(now)) {
        Identified::One(state) => Ok(ReferenceNumber {
            institution: institution.clone(),
            person: state.person.clone(),
            insurer_number: search.insurer_number.clone(),
            insured_number: search.number.clone(),
            number: number.clone(),
        }),
        Identified::Nobody => Err(SimError::NobodyFound),
        Identified::Several => Err(SimError::SeveralFound),
    })
}

/// Without a birth date: none belongs to this request. `None` when a part is missing or cannot be read.
fn search(info: &ReferenceNumberRegistrationInfo) -> Option<Search> {
    Some(Search {
        insurer_number: info.insurer_number.required()?.clone(),
        symbol: info.insured_card_symbol.optional()?.cloned(),
        number: info.insured_identification_number.required()?.clone(),
        branch: info.insured_branch_number.optional()?.cloned(),
        birthdate: None,
    })
}
