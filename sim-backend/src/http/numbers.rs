//! OQSsiquc01req: is the holder of these numbers insured?

use jiff::Timestamp;

use super::{fault::Fault, record::result_of};
use crate::{
    backend::Desk,
    defect,
    messages::{
        Answer, AnswerHeader, Identifier, Message, Outcome,
        codes::ReferenceClassification,
        header::QueryHeader,
        siquc::{NumberQuery, QualificationBody, QualificationConfirmSearchInfo},
    },
    service::{
        disclose::{Route, disclose},
        identify::Search,
        qualify::{Qualification, by_numbers},
        records::PersonState,
    },
    store::{Asked, Candidate, Confirmation},
};

/// Answers a number query. Rows OQS-QUAL-01, OQS-QUAL-04, OQS-MSG-10.
pub(super) async fn answer(
    desk: &Desk,
    query: NumberQuery,
    now: Timestamp,
) -> Result<Message, Fault> {
    let NumberQuery { header, body } = query;
    let info = body.qualification_confirm_search_info;
    let day = header.qualification_confirmation_date;
    let asked = Asked {
        institution: header.medical_institution_code.clone(),
        insurer_number: info.insurer_number.clone(),
        number: info.insured_identification_number.clone(),
    };
    let (candidates, numbers): (Vec<_>, Vec<_>) =
        desk.store.asked(&asked).await?.into_iter().map(Candidate::parts).unzip();
    let candidates = defect::all_known(desk.defect, candidates);
    let search = defect::asked(desk.defect, search(&info));
    let found = by_numbers(&search, &candidates, day);
    if let Some(confirmation) = confirmation(&found, &header) {
        desk.store.keep_confirmation(&confirmation).await?;
    }
    let route =
        Route::Numbers { limit: info.limit_application_certificate_related_cons_flg == Some(true) };
    let given = disclose(&found, &route, day, now);
    let reference_number = own_number(&found, &candidates, numbers);
    let validity = given.validity;
    let institution = &header.medical_institution_code;
    let result = |record| result_of(record, institution, reference_number.clone());
    let mut body = QualificationBody::normal(validity, given.into_records().map(result).collect());
    body.qualification_confirm_search_info = Some(info);
    let header = answer_header(header, ReferenceClassification::Numbers, now);
    Ok(Message::QualificationAnswer(Box::new(Answer { header, outcome: Outcome::Normal(body) })))
}

/// The asking institution's own number for the person found. Rows OQS-REF-01, OQS-REF-02.
fn own_number(
    found: &Qualification<'_>,
    candidates: &[PersonState],
    numbers: Vec<Option<Identifier>>,
) -> Option<Identifier> {
    let person = &found.person()?.person;
    candidates.iter().zip(numbers).find(|(state, _)| state.person == *person)?.1
}

pub(super) fn search(info: &QualificationConfirmSearchInfo) -> Search {
    Search {
        insurer_number: info.insurer_number.clone(),
        symbol: info.insured_card_symbol.clone(),
        number: info.insured_identification_number.clone(),
        branch: info.insured_branch_number.clone(),
        birthdate: Some(info.birthdate),
    }
}

/// What an answer with validity 1 confirms. Rows OQS-CLM-02, OQS-CLM-03.
pub(super) fn confirmation(
    found: &Qualification<'_>,
    header: &QueryHeader,
) -> Option<Confirmation> {
    let Qualification::Valid(state, coverage) = *found else { return None };
    Some(Confirmation {
        institution: header.medical_institution_code.clone(),
        day: header.qualification_confirmation_date,
        person: state.person.clone(),
        insurer_number: coverage.insurer_number.clone(),
        symbol: coverage.details.symbol.clone(),
        number: coverage.details.number.clone(),
        branch: coverage.details.branch.clone(),
    })
}

/// The header of a qualification answer.
pub(super) fn answer_header(
    asked: QueryHeader,
    by: ReferenceClassification,
    now: Timestamp,
) -> AnswerHeader {
    AnswerHeader {
        qualification_confirmation_date: Some(asked.qualification_confirmation_date),
        arbitrary_file_identifier: asked.arbitrary_file_identifier,
        reference_classification: Some(by),
        ..AnswerHeader::new(super::execution_time(now), asked.medical_institution_code)
    }
}
